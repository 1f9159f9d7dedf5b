--- bench/costs.lua: what a step costs against what auto thinks (*_COST_* and RODAS_FEW_* of
-- csrc/flow/tuning.h, as in the cost functions of dop853.c, exponential.c, implicit.c), at sizes
-- from r = 5 to 400. Only ratios between methods matter: the last column is over the median of all.
--
--     lua5.4 bench/costs.lua
--
-- SPDX-License-Identifier: MIT
package.path = "bench/?.lua;" .. package.path
local linnet = require "linnet"
local bench = require "support"

local TRIALS = tonumber(os.getenv("TRIALS") or 5)
local STEPS = 10 -- per measurement; the first steps are taken off

local header = assert(io.open("csrc/flow/tuning.h")):read("a")
local function constant(name)
  local value = header:match("[%s,]" .. name .. " = ([%d.e+-]+)")
  return tonumber(value) or error("no constant " .. name)
end

-- Microseconds by the model; kernels: of expo4, as many as the steps measured took.
local MODEL = {
  dop853 = function(r, m, kp)
    return constant "DOP853_COST_CALL" + constant "DOP853_COST_PRODUCT" * r * (m + 2) * kp +
      constant "DOP853_COST_CUBE" * math.min(13 * m, r + m) ^ 3
  end,
  expo4 = function(r, m, kp, kernels)
    return constant "EXPO_COST_CALL" + constant "EXPO_COST_PRODUCT" * r * (m + 2) * kp +
      kernels * m * r * (constant "EXPO_COST_ROW" +
        r * (constant "EXPO_COST_SQUARE" + r * constant "EXPO_COST_CUBE"))
  end,
  rodas4 = function(r, m, kp)
    return constant "RODAS_FEW_CALL" * m + constant "RODAS_FEW_ROW" * r * m +
      constant "RODAS_FEW_PRODUCT" * r * m * kp
  end,
}

local function problem(r, m, h)
  local sigma = linnet.matrix(r, 1, function(i) return 1e3 ^ (-0.5 * (i - 1) / (r - 1)) end)
  local p = linnet.problem(linnet.diag(sigma), linnet.random(2):normal(r, m))
  return p, p:init("gaussian", {h = h, seed = 1})
end

-- Least processor seconds of a flow of so many attempts; its counts.
local function flow(p, s, method, attempts)
  local least, run = math.huge, nil
  for _ = 1, TRIALS do
    local began = os.clock()
    run = p:flow(s, {t = math.huge, method = method, record = {}, max_steps = attempts})
    least = math.min(least, os.clock() - began)
  end
  return least, run.stats
end

local SIZES = {{5, 1}, {20, 1}, {60, 1}, {150, 1}, {400, 1}, {10, 3}, {40, 3}, {120, 3}, {20, 10},
  {60, 10}, {150, 10}}
local rows, ratios, raw = {}, {}, {}

-- dop853 is measured where auto begins with it: there it conserves the imbalance, which costs.
for _, method in ipairs{"dop853", "expo4", "rodas4"} do
  for _, size in ipairs(SIZES) do
    local r, m = table.unpack(size)
    local h = method == "rodas4" and m or 1000
    if method ~= "rodas4" or 2 * m <= r then
      local p, s = problem(r, m, h)
      local name = method == "dop853" and "auto" or method
      local few, some = method == "dop853" and 1 or 5, method == "dop853" and 5 or 5 + STEPS
      local before, first = flow(p, s, name, few)
      local after, last = flow(p, s, name, some)
      local steps = last.steps + last.rejected - first.steps - first.rejected
      local kernels = (last.eigenproblems - first.eigenproblems) / m / steps
      local measured = 1e6 * (after - before) / steps
      local model = MODEL[method](r, m, math.min(h, r + m), kernels)
      rows[#rows + 1] = {method, r, m, measured, model, kernels}
      ratios[#ratios + 1] = measured / model
      raw[#raw + 1] = {method, r, m, ("%.4g"):format(measured), ("%.4g"):format(model)}
    end
  end
end

local median = bench.median(ratios)
print("method     r   m  microseconds     model  kernels a step  over the model")
for _, row in ipairs(rows) do
  local method, r, m, measured, model, kernels = table.unpack(row)
  print(("%-7s %4d %3d %13.0f %9.0f %15.2f %15.2f"):format(method, r, m, measured, model, kernels,
    measured / model / median))
end
print(("median of measured over model: %.2f"):format(median))
bench.save("costs", "method,r,m,microseconds,model", raw)
