--- examples/howto/03_starts.lua: starts of several kinds, side by side in one figure and over seeds
-- in one sweep.
--
--     linnet run examples/howto/03_starts.lua      writes starts.svg
--
-- SPDX-License-Identifier: MIT
local linnet = require "linnet"
local X, Y = linnet.data.gaussian{n = 30, D = 60, m = 1, noise = 0.1, seed = 1}
local p = linnet.problem(X, Y)

local runs = {what = "excess", title = "Three starts", file = "starts.svg"}
for _, kind in ipairs{"gaussian", "xavier", "uniform"} do
  runs[#runs + 1] = p:flow(p:init(kind, {h = 100, seed = 1}), {t = 20})
end
linnet.plot(runs)

local starts = linnet.sweep{
  over = {init = {"gaussian", "invariant", {"balanced", scale = 0.5}, {"gaussian", std = 1}}},
  seeds = 5, problem = p, init = {h = 100}, flow = {t = math.huge},
  measure = {"distance", "steps", c = function(run) return run.start:imbalance().c end},
}
local result = starts:run{progress = false}
print(result:summary("init"))

local function mean(kind) return result:where{init = kind}.distance:mean() end
assert(mean("invariant") < 1e-6 and mean("gaussian") > 0.01)
assert(result:where{init = "balanced (scale = 0.5)"}.c:max() < 1e-12)
local _, labels = io.open("starts.svg"):read("a"):gsub(">xavier<", "")
assert(labels >= 1)
