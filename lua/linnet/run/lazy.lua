--- Diagnostics: errors on data, excess risk, and how far a run leaves the linearized dynamics.
--
-- Kernel and kernel distance, alignment, singular values and travel are methods of states already;
-- records carry them along a run.
--
-- SPDX-License-Identifier: MIT
-- @module linnet.run.lazy

local check = require "linnet.check"
local core = require "linnet.core"
local is_matrix = core.matrix.is_matrix
local exact = require "linnet.exact"
local run = require "linnet.run"
local vectors = require "linnet.plot.vectors"
local error = require("linnet.failure").raise

local M = {run = {}, state = {}}

local function check_shape(what, name, value, rows, cols, rule)
  if not is_matrix(value) or value:rows() ~= rows or value:cols() ~= cols then
    error(("%s: %s must be %d x %d, %s, got %s"):format(what, name, rows, cols, rule,
      is_matrix(value) and ("%d x %d"):format(value:rows(), value:cols()) or type(value)), 3)
  end
end

--- Mean over rows of ||y - f(x)||^2 on training or new data.
-- When Y was standardized for training, give the map: predictions then go back into Y's own units
-- before they are compared with Ynew, which is in those units.
-- @function state:test_error
-- @tparam matrix Xnew as the network sees it, any number of rows, D columns
-- @tparam matrix Ynew as many rows, m columns
-- @tparam ?map map of Y, from `linnet.data.standardize`
-- @treturn number
-- @usage
-- local X, Y = linnet.data.gaussian{n = 30, D = 8, noise = 0.1, seed = 1}
-- local X1, Y1, X2, Y2 = linnet.data.split(X, Y, {test = 0.5, seed = 1})
-- local Y1s, units = linnet.data.standardize(Y1)
-- local p = linnet.problem(X1, Y1s)
-- local final = p:flow(p:init("gaussian", {h = 1e6, seed = 1}), {t = math.huge}).final
-- print(final:test_error(X2, Y2, units))
function M.state.test_error(s, Xnew, Ynew, map)
  check.self(s, core.types.state, "state", "test_error")
  if not is_matrix(Xnew) then
    error("test_error: Xnew must be a matrix, got a " .. type(Xnew), 2)
  end
  check_shape("test_error", "Xnew", Xnew, Xnew:rows(), s.problem.D, "one column per input")
  check_shape("test_error", "Ynew", Ynew, Xnew:rows(), s.problem.m,
    "a row per row of Xnew and a column per output")
  if map ~= nil and not (type(map) == "table" and map.invert) then
    error("test_error: map must come from linnet.data.standardize, got a " .. type(map), 2)
  end
  local predicted = s:predict(Xnew)
  if map then predicted = map:invert(predicted) end
  return (Ynew - predicted):norm() ^ 2 / Ynew:rows()
end

--- Excess risk: the mean of ||x'(Theta - Theta_true)||^2 over inputs x of mean 0 and a given
-- covariance, tr((Theta - Theta_true)' Sigma (Theta - Theta_true)).
-- @function state:excess_risk
-- @tparam matrix Theta_true D x m, what Y was made with
-- @tparam ?matrix|table covariance Sigma, D x D, or D variances of independent inputs; default I/D,
--   as `linnet.data.gaussian` draws them
-- @treturn number
-- @usage
-- local X, Y, Theta = linnet.data.gaussian{n = 20, D = 8, noise = 0.1, seed = 1}
-- local p = linnet.problem(X, Y)
-- local final = p:flow(p:init("gaussian", {h = 1e6, seed = 1}), {t = math.huge}).final
-- print(final:excess_risk(Theta))
function M.state.excess_risk(s, Theta_true, covariance)
  check.self(s, core.types.state, "state", "excess_risk")
  local D = s.problem.D
  check_shape("excess_risk", "Theta_true", Theta_true, D, s.problem.m, "as the learned map")
  local miss = s:theta() - Theta_true
  if covariance == nil then return miss:norm() ^ 2 / D end
  if is_matrix(covariance) and covariance:rows() == D and covariance:cols() == D and D > 1 then
    return (miss:t() * (covariance * miss)):trace()
  end
  local variances, why = vectors.numbers(covariance)
  if not variances or #variances ~= D then
    error(("excess_risk: the covariance must be D x D or hold D = %d variances%s"):format(D,
      why and ", but it " .. why or ""), 2)
  end
  local sum = 0
  for i, variance in ipairs(variances) do
    for j = 1, miss:cols() do sum = sum + variance * miss:get(i, j) ^ 2 end
  end
  return sum
end

--- How far a run leaves the dynamics linearized at its start, E(t) = exp(-K(0) t) E(0): the largest
-- ||E - E_lazy||_F over the run's recorded times, relative to ||E(0)||_F; E is the error on the
-- training outputs. 0 in the lazy limit. mathematics.md, section 8.
-- @function run:lazy_deviation
-- @treturn number the largest deviation
-- @treturn number the time of it
-- @treturn matrix the deviation at each recorded time
-- @usage
-- local X, Y = linnet.data.gaussian{n = 5, D = 8, seed = 1}
-- local p = linnet.problem(X, Y)
-- local run = p:flow(p:init("gaussian", {h = 1e9, alpha = 0.3, seed = 1}), {t = 1e-3})
-- assert(run:lazy_deviation() < 0.01)
function M.run.lazy_deviation(self)
  check.self(self, run.meta, "run", "lazy_deviation")
  if not (self.final and self.checkpoints) or self.k then
    error("lazy_deviation: " .. (self.k and "it needs the states of a flow" or run.NO_STATES), 2)
  end
  if run.decays(self) then
    error("lazy_deviation: the linearized dynamics have no weight decay", 2)
  end
  check.squared("lazy_deviation", self.problem)
  local path, start = exact.lazy{state = self.start}, self.start
  local scale = (2 * start:excess()) ^ 0.5
  local sigma = self.problem:singular_values()
  local out, largest, at = core.matrix.zeros(#self.t, 1), 0, start.t
  for i = 1, #self.t do
    local t = self.t:get(i, 1)
    local U, V = self:at(t):reduced()
    local miss = U * V:t() - path:at(t - start.t).U1V -- diag(sigma) of it is E_lazy - E
    for k = 1, miss:rows() do miss:row(k):scale_(sigma:get(k, 1)) end
    local deviation = scale > 0 and miss:norm() / scale or 0
    out:set(i, 1, deviation)
    if deviation > largest then largest, at = deviation, t end
  end
  return largest, at, out
end

return M
