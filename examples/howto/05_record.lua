--- examples/howto/05_record.lua: records of one's own beside those with names, at chosen times.
--
--     linnet run examples/howto/05_record.lua
--
-- SPDX-License-Identifier: MIT
local linnet = require "linnet"
local X, Y = linnet.data.gaussian{n = 30, D = 60, m = 1, noise = 0.1, seed = 1}
local p = linnet.problem(X, Y)
local s = p:init("gaussian", {h = 1e6, alpha = 0.5, seed = 2})

local mine = p:flow(s, {t = 100, save_at = {log = {0.01, 100, 9}}, record = {
  "distance", "singular_values",
  norm = function(state) return state:theta():norm() end,
  slow = function(state) return state:perpendicular() end,
}})
print(mine:table()[3].norm, mine.norm:max())
mine:plot("norm", {log = "x"})

assert(#mine.t == 9 and mine.norm:rows() == 9)
assert(math.abs(mine.norm(9) - mine.final:theta():norm()) < 1e-12)
assert(math.abs(mine.singular_values(9, 1) - mine.final:singular_values()(1)) < 1e-12)
