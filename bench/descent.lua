--- bench/descent.lua: a step of every method of descent in units of gd's (n = 100, D = 400, m = 1),
-- at width 1e15 in units of width 1e3, and what a schedule adds to a step: as a list, as a function
-- of k, as one that takes the state. Processor time.
-- SPDX-License-Identifier: MIT
package.path = "bench/?.lua;" .. package.path
local linnet = require "linnet"
local bench = require "support"

local X, Y = linnet.data.gaussian{n = 100, D = 400, m = 1, noise = 0.01, seed = 1}
local p = linnet.problem(X, Y)
local ETA, STEPS, TRIALS = 1e-5, 2000, 7 -- small: every method goes on taking steps of meaning

local function descent(h, steps, o)
  local s = p:init("gaussian", {h = h, seed = 1})
  local given = {eta = ETA, steps = steps, every = steps, record = {}}
  for name, value in pairs(o) do given[name] = value end
  return function() assert(p:descend(s, given).stats.reason == "time") end
end

local raw = {}

-- Medians of microseconds per step, all in turn; the times are kept under `names`.
local function medians(names, steps, functions)
  local lists, out = {}, {}
  for trial = 0, TRIALS do -- the first one is not counted
    for j, f in ipairs(functions) do
      local began = os.clock()
      f()
      lists[j] = lists[j] or {}
      lists[j][trial] = (os.clock() - began) / steps[j] * 1e6
    end
  end
  for j, list in ipairs(lists) do
    out[j] = bench.median(list)
    for i, x in ipairs(list) do raw[#raw + 1] = {names[j], i, ("%.6g"):format(x)} end
  end
  return out
end

-- ---------------------------------------------------------------- methods

-- Each with the steps it is timed over. Muon's polar factor of a velocity is an SVD of 100 x 101 a
-- step, gauss_newton's an eigenproblem of order 100: of these no multiple of gd is wanted.
local METHODS = {
  {"gd", STEPS, {}}, {"heavy_ball", STEPS, {method = "heavy_ball"}},
  {"nesterov", STEPS, {method = "nesterov"}}, {"sgd (all samples)", STEPS, {method = "sgd"}},
  {"sgd (10 samples)", STEPS, {method = "sgd", batch = 10}},
  {"normalized", STEPS, {method = "normalized"}}, {"sam", STEPS, {method = "sam"}},
  {"muon (momentum 0)", STEPS, {method = "muon", momentum = 0}},
  {"gd, label noise", STEPS, {label_noise = 0.1}},
  {"gd, weight decay", STEPS, {weight_decay = 0.1}},
  {"muon", 20, {method = "muon"}, true}, {"gauss_newton", 60, {method = "gauss_newton"}, true},
}

print("microseconds of a step at h = 1e3, r = 100, m = 1, and in units of gd's")
local names, steps, narrow, wide = {}, {}, {}, {}
for j, row in ipairs(METHODS) do
  names[j], steps[j] = row[1], row[2]
  narrow[j], wide[j] = descent(1e3, row[2], row[3]), descent(1e15, row[2], row[3])
end
local per_step = medians(names, steps, narrow)
for j, row in ipairs(METHODS) do
  local what = ("%s: %.4g us"):format(row[1], per_step[j])
  if row[4] then
    print(("  %-58s measured %.4g"):format(what, per_step[j] / per_step[1]))
  else
    bench.row(what, 3, per_step[j] / per_step[1])
  end
end

print("a step at h = 1e15 in units of one at h = 1e3")
for j, row in ipairs(METHODS) do
  local both = medians({row[1] .. " h = 1e3", row[1] .. " h = 1e15"}, {row[2], row[2]},
    {narrow[j], wide[j]})
  bench.row(row[1], 1.3, both[2] / both[1])
end

-- ---------------------------------------------------------------- schedules

print("gd whose step size is asked for, microseconds more a step")
local function asked(k) return ETA / (1 + 1e-9 * k) end
local list = {}
for k = 1, STEPS do list[k] = asked(k - 1) end
local ways = {{"a number", ETA}, {"a list", list}, {"function(k)", asked},
  {"function(k, state)", function(k, state) return state and asked(k) end}}
local functions, labels, counts = {}, {}, {}
for j, way in ipairs(ways) do
  functions[j], labels[j], counts[j] = descent(1e3, STEPS, {eta = way[2]}), way[1], STEPS
end
local cost = medians(labels, counts, functions)
for j = 2, #ways do
  print(("  %-58s measured %.3g"):format(labels[j], cost[j] - cost[1]))
end
local one = medians({"a call of function(k)"}, {1e6}, {function()
  for k = 1, 1e6 do asked(k) end
end})
print(("  %-58s measured %.3g"):format("one such call in Lua", one[1]))
bench.save("descent", "what,trial,microseconds", raw)
