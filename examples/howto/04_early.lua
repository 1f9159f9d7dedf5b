--- examples/howto/04_early.lua: early stopping: a validation error that is watched while training,
-- an end when it has not improved for a while, the state where it was least.
--
--     linnet run examples/howto/04_early.lua
--
-- SPDX-License-Identifier: MIT
local linnet = require "linnet"
local inputs, noisy, Theta = linnet.data.gaussian{n = 60, D = 40, m = 1, noise = 0.5, seed = 1}
local X1, Y1, Xv, Yv = linnet.data.split(inputs, noisy, {test = 0.3, seed = 2})
local q = linnet.problem(X1, Y1)
local small = q:init("gaussian", {h = 1e6, std = 1e-4, seed = 3})

local best, since = math.huge, 0
local watched = q:flow(small, {t = 1e6,
  record = {val = function(state) return state:test_error(Xv, Yv) end},
  stop = function(state)
    local val = state:test_error(Xv, Yv)
    best, since = math.min(best, val), val < best and 0 or since + 1
    return since >= 10 -- steps without a better one
  end})
local early = watched:at(watched.t(watched.val:argmin()))
print(watched.stats.reason, "least", watched.val:min(), "at", early.t)

assert(watched.stats.reason == "stop")
assert(math.abs(early:test_error(Xv, Yv) / best - 1) < 1e-6)
local converged = q:flow(small, {t = math.huge}).final
assert(early:excess_risk(Theta) < converged:excess_risk(Theta)) -- the noise was not learned
