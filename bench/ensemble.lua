--- bench/ensemble.lua: 1000 trajectories (n = 100, D = 400, m = 1, gaussian h = 1e6, to
-- t = infinity) on one and two threads in turn; the paper's Figure 1 (19 widths, 5 seeds) end to
-- end with its figure.
-- Run it on an idle machine: the second core is what it measures.
-- SPDX-License-Identifier: MIT
package.path = "bench/?.lua;" .. package.path
local linnet = require "linnet"
local bench = require "support"

local X, Y = linnet.data.gaussian{n = 100, D = 400, m = 1, noise = 0.01, seed = 1}
local p = linnet.problem(X, Y)
local MEMBERS = 1000

local per_thread
local function members(threads)
  return function()
    local result = linnet.ensemble(p, {init = {"gaussian", h = 1e6}, seeds = MEMBERS,
      flow = {t = math.huge}, measure = {"distance"}, threads = threads})
    per_thread = result.bytes_per_thread
    assert(result.distance:rows() == MEMBERS)
  end
end

print(("%d trajectories to t = infinity and their distances (medians of 5, in turn)")
  :format(MEMBERS))
local lists = bench.in_turn(5, {members(1), members(2)})
local one, two = bench.median(lists[1]), bench.median(lists[2])
print(("  one thread %.0f per second, two threads %.0f per second")
  :format(MEMBERS / one, MEMBERS / two))
bench.row("speed of two threads over one", 1.8, one / two, true)
if per_thread then print(("  memory of a thread: %.1f MB"):format(per_thread / 2 ^ 20)) end

print("the paper's Figure 1: 19 widths, 5 seeds, with its figure")
local figure = os.tmpname() .. ".svg"
local function figure1()
  local X1, Y1 = linnet.data.gaussian{n = 100, D = 400, m = 1, noise = 0.01, seed = 1}
  local widths = {}
  for i = 1, 19 do widths[i] = 500 * i end
  local result = linnet.sweep{over = {h = widths}, seeds = 5, problem = linnet.problem(X1, Y1),
    init = {"gaussian", alpha = 0.5}, flow = {t = math.huge},
    measure = {"distance"}}:run{threads = 2}
  result:plot("distance", {x = "h", log = "xy", file = figure})
end
local seconds = bench.times(3, figure1)
os.remove(figure)
bench.row("seconds", 5, bench.median(seconds))

local raw = {}
for j, list in ipairs(lists) do
  for i, x in ipairs(list) do raw[#raw + 1] = {"ensemble of 1000", j, i, ("%.6g"):format(x)} end
end
for i, x in ipairs(seconds) do raw[#raw + 1] = {"figure 1", 2, i, ("%.6g"):format(x)} end
bench.save("ensemble", "what,threads,trial,seconds", raw)
