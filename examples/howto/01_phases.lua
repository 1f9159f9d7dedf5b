--- examples/howto/01_phases.lua: a phase diagram: the distance to the minimum-norm solution over
-- width and scaling of the start, as a map, as curves, as fitted exponents.
--
--     linnet run examples/howto/01_phases.lua      writes phases.svg and distance.svg
--
-- SPDX-License-Identifier: MIT
local linnet = require "linnet"
local X, Y = linnet.data.gaussian{n = 30, D = 60, m = 1, noise = 0.1, seed = 1}
local p = linnet.problem(X, Y)

local phases = linnet.sweep{
  name = "Distance over width and alpha",
  over = {h = {log = {100, 1e8, 7}}, alpha = {linear = {0.3, 0.5, 5}}}, -- round = true: whole h
  seeds = 4, problem = p, init = "gaussian", flow = {t = math.huge}, measure = {"distance"},
}
local result = phases:run{threads = 2}
result:heatmap("distance", {x = "h", y = "alpha", xlabel = "hidden width", file = "phases.svg"})
result:plot("distance", {x = "h", xlabel = "hidden width", key = "right", file = "distance.svg"})
for _, alpha in ipairs{0.4, 0.5} do
  local wide = result:where{alpha = alpha, h = {1e6, 1e7, 1e8}}
  print(("alpha = %g: distance ~ h^%.3f"):format(alpha, wide:fit_slope("h", "distance").slope))
end

-- The wide law: h^(1/2 - 2 alpha).
local slope = result:where{alpha = 0.5, h = {1e6, 1e7, 1e8}}:fit_slope("h", "distance").slope
assert(math.abs(slope + 0.5) < 0.02, slope)
assert(io.open("phases.svg"):read("a"):find("hidden width", 1, true))
