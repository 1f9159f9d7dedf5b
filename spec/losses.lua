--- spec/losses.lua: the losses by their definitions, on matrices, and targets for them. Not a spec
-- itself. SPDX-License-Identifier: MIT
local linnet = require "linnet"

local core = require "linnet.core"

local M = {names = {}, delta = 0.7}

-- All but the squared one.
for _, name in ipairs(core.problem.losses) do
  if name ~= "squared" then M.names[#M.names + 1] = name end
end

local function each(F, f) return linnet.matrix(F:rows(), F:cols(), f) end

-- Rows of e^f / sum e^f.
local function shares(F)
  local sums = {}
  for i = 1, F:rows() do
    local top = F:row(i):max()
    sums[i] = {top, F:row(i):map(function(x) return math.exp(x - top) end):sum()}
  end
  return each(F, function(i, j) return math.exp(F:get(i, j) - sums[i][1]) / sums[i][2] end)
end

--- log(1 + e^-z), with the digits of either end.
function M.tail(z)
  local e = math.exp(-math.abs(z))
  local log = e < 1e-4 and e * (1 - e * (1 / 2 - e * (1 / 3 - e / 4))) or math.log(1 + e)
  return log + math.max(-z, 0)
end

--- The sum over samples.
M.value = {}
function M.value.logistic(F, Y) return F:emul(Y):map(M.tail):sum() end
function M.value.softmax(F, Y)
  return -Y:emul(shares(F):map(function(x) return math.log(x) end)):sum()
end
function M.value.huber(F, Y)
  local delta = M.delta
  return (Y - F):map(function(e)
    e = math.abs(e)
    return e <= delta and e * e / 2 or delta * (e - delta / 2)
  end):sum()
end

--- Minus the slope.
M.residual = {}
function M.residual.squared(F, Y) return Y - F end
function M.residual.logistic(F, Y)
  return each(F, function(i) return Y:get(i, 1) / (1 + math.exp(Y:get(i, 1) * F:get(i, 1))) end)
end
function M.residual.softmax(F, Y) return Y - shares(F) end
function M.residual.huber(F, Y)
  return (Y - F):map(function(e) return math.max(-M.delta, math.min(M.delta, e)) end)
end

--- The second derivative, applied to D.
M.curvature = {}
function M.curvature.squared(_, _, D) return D end
function M.curvature.logistic(F, _, D)
  return D:emul(F:map(function(f) return 1 / (2 + math.exp(f) + math.exp(-f)) end))
end
function M.curvature.softmax(F, _, D)
  local P = shares(F)
  local PD = P:emul(D)
  return each(F, function(i, j) return PD:get(i, j) - P:get(i, j) * PD:row(i):sum() end)
end
function M.curvature.huber(F, Y, D)
  local E = Y - F
  return each(F, function(i, j) return math.abs(E:get(i, j)) <= M.delta and D:get(i, j) or 0 end)
end

for _, name in ipairs(M.names) do
  for _, what in ipairs{"value", "residual", "curvature"} do
    assert(M[what][name], ("spec/losses.lua has no %s of the loss %s"):format(what, name))
  end
end

--- The option `loss` of problems.
function M.option(name) return name == "huber" and {"huber", delta = M.delta} or name end

--- Targets of a loss made of n x m numbers; smooth: labels, of softmax.
function M.targets(name, F, smooth)
  if name ~= "logistic" and name ~= "softmax" then return F end
  if name == "logistic" then return F:map(function(x) return x > 0 and 1 or -1 end) end
  local rest = (smooth or 0) / F:cols()
  return each(F, function(i, j)
    return rest + (select(2, F:row(i):argmax()) == j and 1 - (smooth or 0) or 0)
  end)
end

return M
