--- examples/sweeps/noise.lua: test error over the label noise, the width and the seed: a problem
-- per noise level, made by a function from the axis that neither the start nor the flow knows.
-- Expect the excess over the limit of infinite width to fall like 1/h, and the limit to grow with
-- the noise.
--
--     linnet sweep examples/sweeps/noise.lua --threads 2
--
-- SPDX-License-Identifier: MIT
local linnet = require "linnet"

local function data(noise)
  local X, Y = linnet.data.gaussian{n = 60, D = 200, m = 2, noise = noise, seed = 4}
  return linnet.data.split(X, Y, {test = 0.25, seed = 4})
end

local function problem(point)
  local X, Y = data(point.noise)
  return linnet.problem(X, Y)
end

-- Without noise: what there is to learn.
local _, _, Xtest, Ytest = data(0)

return linnet.sweep{
  name = "Test error over label noise",
  over = {noise = {0, 0.03, 0.1, 0.3}, h = {log = {1e3, 1e9, 4}}},
  seeds = 8,
  problem = problem,
  init = {"gaussian", alpha = 0.5},
  flow = {t = math.huge},
  measure = {"test_error", "distance"},
  test = {Xtest, Ytest},
}
