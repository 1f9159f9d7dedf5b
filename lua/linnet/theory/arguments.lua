--- lua/linnet/theory/arguments.lua: what the formulas of linnet.theory ask of their arguments.
-- What is wrong is raised at the line of the caller of the function that calls here.
-- SPDX-License-Identifier: MIT

local check = require "linnet.check"
local core = require "linnet.core"
local error = require("linnet.failure").raise
local vectors = require "linnet.plot.vectors"

local M = {}

-- (x^2 + y^2)^(1/2), no square of which overflows.
function M.hypot(x, y)
  local top = math.max(math.abs(x), math.abs(y))
  return top > 0 and top < math.huge and top * ((x / top) ^ 2 + (y / top) ^ 2) ^ 0.5 or top
end

-- x as a finite number >= 0; level as of `error`, of the caller's caller unless given.
function M.number(what, name, x, level)
  if type(x) ~= "number" or not (x >= 0 and x < math.huge) then
    local rule = x == math.huge and "finite" or "a number >= 0"
    error(("%s: %s must be %s, got %s"):format(what, name, rule, check.shown(x)), level or 3)
  end
  return x
end

-- A column matrix of finite numbers >= 0 out of a vector or list; positive: none may be 0.
function M.column(what, name, value, positive, level)
  local list, why = vectors.numbers(value)
  if list and #list == 0 then list, why = nil, "must not be empty" end
  for i, x in ipairs(list or {}) do
    if not (x >= 0 and x < math.huge) or positive and x == 0 then
      list, why = nil, ("must hold finite numbers %s 0, but item %d is %s"):format(
        positive and ">" or ">=", i, check.shown(x))
      break
    end
  end
  if not list then error(("%s: %s %s"):format(what, name, why), level or 3) end
  return core.matrix.new(#list, 1, function(i) return list[i] end)
end

-- A matrix of finite numbers, neither side 0, with so many rows and columns where they are given.
function M.matrix(what, name, m, rows, cols, rule, level)
  check.finite(what, name, m, level or 3)
  check.matrix(what, name, m, rows, cols, rule, level or 3)
  return m
end

--- Entries of a schema: weights, as a state or as U1, V, target and sigma.
M.WEIGHTS = {
  {name = "state", help = "a state, for U1, V, target and sigma"},
  {name = "U1", type = "matrix", help = "r x h', Phi1'U or its factor"},
  {name = "V", type = "matrix", help = "m x h'"},
  {name = "target", type = "matrix", help = "r x m, Yt = W'Y"},
  {name = "sigma", type = "matrix|list", default_help = "ones",
    help = "r singular values of X > 0"},
}

-- U1, V, target and the column sigma of options that have them.
function M.parts(what, o, level)
  level = level or 3 -- of the user, in here
  M.matrix(what, "U1", o.U1, nil, nil, nil, level + 1)
  M.matrix(what, "V", o.V, nil, o.U1:cols(), "must have as many columns as U1", level + 1)
  local r, m = o.U1:rows(), o.V:rows()
  M.matrix(what, "target", o.target, r, m, "must be r x m", level + 1)
  local sigma = M.column(what, "sigma", o.sigma or core.matrix.ones(r, 1), true, level + 1)
  if #sigma ~= r then
    error(("%s: sigma has %d values, but U1 %d rows"):format(what, #sigma, r), level)
  end
  return o.U1, o.V, o.target, sigma
end

-- The same of a state too.
function M.weights(what, o)
  local some = o.U1 or o.V or o.target or o.sigma
  if o.state ~= nil and some or o.state == nil and not (o.U1 and o.V and o.target) then
    error(("%s: give state, or U1, V and target"):format(what), 3)
  elseif o.state == nil then
    local U1, V, target, sigma = M.parts(what, o, 4)
    return U1, V, target, sigma
  end
  check.object(what, "state", o.state, core.types.state, "a state", 3)
  check.squared(what, o.state.problem, 3)
  local U1, V = o.state:reduced()
  local _, _, Yt = o.state.problem:reduced()
  return U1, V, Yt, o.state.problem:singular_values()
end

-- E = Yt - diag(sigma) U1 V', and A = diag(sigma) E.
function M.error(U1, V, target, sigma)
  local S = core.matrix.diag(sigma)
  local E = target - S * (U1 * V:t())
  return E, S * E
end

-- [U1; V] or its factor L (k x k): only the row space counts, [U1; V] = L O'.
function M.stacked(U1, V)
  local Z = U1:vcat(V)
  if Z:cols() <= Z:rows() then return Z end
  local _, R = Z:t():qr()
  return R:t():copy()
end

-- The imbalance of checked weights.
function M.imbalance(U1, V)
  local spectrum = core.theory.spectrum(M.stacked(U1, V), U1:rows())
  return core.theory.imbalance(spectrum, U1:rows(), V:rows())
end

return M
