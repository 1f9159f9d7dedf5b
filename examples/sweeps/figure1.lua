--- examples/sweeps/figure1.lua: the paper's distance to the minimum-norm solution over the width,
-- 19 widths and 5 seeds. Expect 0.78, 0.41, 0.21, 0.19 at h = 500, 2000, 8000, 9500, slope -1/2.
--
--     linnet sweep examples/sweeps/figure1.lua --threads 2 --report figure1.html
--
-- SPDX-License-Identifier: MIT
local linnet = require "linnet"

local X, Y = linnet.data.gaussian{n = 100, D = 400, m = 1, noise = 0.01, seed = 1}

return linnet.sweep{
  name = "Distance over width",
  over = {h = {linear = {500, 9500, 19}}},
  seeds = 5,
  problem = linnet.problem(X, Y),
  init = {"gaussian", alpha = 0.5},
  flow = {t = math.huge},
  measure = {"distance", "steps"},
}
