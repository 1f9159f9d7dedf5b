--- examples/howto/06_stop.lua: a run that ends where one wants: at a level, when a condition holds,
-- after so many steps or seconds; how it ended is a word.
--
--     linnet run examples/howto/06_stop.lua
--
-- SPDX-License-Identifier: MIT
local linnet = require "linnet"
local X, Y = linnet.data.gaussian{n = 30, D = 60, m = 1, noise = 0.1, seed = 1}
local p = linnet.problem(X, Y)
local s = p:init("gaussian", {h = 1e6, alpha = 0.5, seed = 2})

local level = p:flow(s, {t = math.huge, until_excess = 1e-6}) -- located exactly
local mine = p:flow(s, {t = math.huge, stop = function(state)
  return state:singular_values()(1) > 0.5 -- asked after every step
end})
local short = p:flow(s, {t = math.huge, max_steps = 3})
for _, run in ipairs{level, mine, short} do
  print(run.stats.reason, run.final.t, run.final:excess())
end

assert(level.stats.reason == "until_excess" and math.abs(level.final:excess() / 1e-6 - 1) < 1e-9)
assert(mine.stats.reason == "stop" and mine.final:singular_values()(1) > 0.5)
assert(short.stats.reason == "max_steps" and short.stats.steps + short.stats.rejected == 3)
local on = p:flow(short.final, {t = math.huge}) -- and goes on from there
assert(on.stats.reason == "converged")
