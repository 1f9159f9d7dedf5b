--- lua/linnet/theory/arguments.lua: what the formulas of linnet.theory ask of their arguments.
-- What is wrong is raised at the line of the caller of the function that calls here.
-- SPDX-License-Identifier: MIT

local check = require "linnet.check"
local core = require "linnet.core"
local error = require("linnet.failure").raise
local vectors = require "linnet.plot.vectors"

local M = {}

-- x as a finite number >= 0; level as of `error`, of the caller's caller unless given.
function M.number(what, name, x, level)
  if type(x) ~= "number" or not (x >= 0 and x < math.huge) then
    local rule = x == math.huge and "finite" or "a number >= 0"
    error(("%s: %s must be %s, got %s"):format(what, name, rule, check.shown(x)), level or 3)
  end
  return x
end

-- A column matrix of finite numbers >= 0 out of a vector or list; positive: none may be 0.
function M.column(what, name, value, positive)
  local list, why = vectors.numbers(value)
  if list and #list == 0 then list, why = nil, "must not be empty" end
  for i, x in ipairs(list or {}) do
    if not (x >= 0 and x < math.huge) or positive and x == 0 then
      list, why = nil, ("must hold finite numbers %s 0, but item %d is %s"):format(
        positive and ">" or ">=", i, check.shown(x))
      break
    end
  end
  if not list then error(("%s: %s %s"):format(what, name, why), 3) end
  return core.matrix.new(#list, 1, function(i) return list[i] end)
end

-- A matrix of finite numbers, neither side 0, with so many rows and columns where they are given.
function M.matrix(what, name, m, rows, cols, rule)
  check.finite(what, name, m, 3)
  check.matrix(what, name, m, rows, cols, rule, 3)
  return m
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
