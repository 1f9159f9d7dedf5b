--- examples/howto/08_tomorrow.lua: a run is saved today; tomorrow another program goes on with it
-- and draws it, as if nothing had been between.
--
--     linnet run examples/howto/08_tomorrow.lua      writes first.jsonl and whole.svg
--
-- SPDX-License-Identifier: MIT
local linnet = require "linnet"
do
  local X, Y = linnet.data.gaussian{n = 30, D = 60, m = 1, noise = 0.1, seed = 1}
  local p = linnet.problem(X, Y)
  local s = p:init("gaussian", {h = 1e6, alpha = 0.5, seed = 2})
  p:flow(s, {t = 1}):save("first.jsonl")
end

local first = linnet.load("first.jsonl") -- tomorrow, in another program
local rest = first.problem:flow(first.final, {t = 10})
print(rest.start.t, rest.final.t, first.start.options.alpha, first.options.tol)
linnet.plot{{first, label = "today"}, {rest, label = "tomorrow", style = "dash"}, what = "excess",
  file = "whole.svg"}
first:plot("excess", "again.svg")
print(first:bounds().ladder)

-- To the bit what a run without a night gives.
local X, Y = linnet.data.gaussian{n = 30, D = 60, m = 1, noise = 0.1, seed = 1}
local p = linnet.problem(X, Y)
local s = p:init("gaussian", {h = 1e6, alpha = 0.5, seed = 2})
local through = p:flow(p:flow(s, {t = 1}).final, {t = 10})
assert(first.problem == p and through.final:theta() == rest.final:theta())
assert(first.start.seed == 2 and first.options.tol == 1e-6)
