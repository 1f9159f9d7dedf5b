--- States: what the Lua side adds to the core's methods.
--
-- SPDX-License-Identifier: MIT
-- @module linnet.state

local check = require "linnet.check"
local classes = require "linnet.classes"
local core = require "linnet.core"
local error = require("linnet.failure").raise

local M = {state = {}}

--- Weights at one time, whatever their width: made by `problem:init`, or a run's `start` and
-- `final`; never changed. `s:excess()` is L - L*, `s:distance()` how far the learned map is from
-- the minimum-norm solution.
-- @type state
-- @field t its time; flows continue from there
-- @field k steps of the descents that led to it; a descent from it goes on counting
-- @field weight_decay w of the run that it is from, 0 at a start
-- @field decay what weight decay has left of the rows of U that the data do not see, 1 without
-- @field h hidden width, a float where no integer holds it; math.huge in the wide limit
-- @field kind name of the start it came from ("gaussian", ...)
-- @field task how many problems have had these weights, this one included: 1, or `problem:init` of
--   a state
-- @field seed of that start
-- @field options what the start was asked for, numbers and words (nil where nobody asked)
-- @field explicit whether U and V exist as matrices
-- @field sampled whether the rows of U that the data do not see are independent Gaussians (then
--   `state:law` knows the distance's distribution)
-- @field std_u standard deviation of the entries of U at the start, where there is one
-- @field std_v the same of V
-- @field problem the problem it belongs to

--- Predictions X U V' for new inputs.
-- @function state:predict
-- @tparam matrix Xnew any number of rows, D columns
-- @treturn matrix rows x m
-- @usage
-- local X, Y = linnet.data.gaussian{n = 5, D = 8, seed = 1}
-- local s = linnet.problem(X, Y):init("gaussian", {h = 1e6, seed = 1})
-- assert(s:predict(X):rows() == 5)
function M.state.predict(s, Xnew)
  check.self(s, core.types.state, "state", "predict")
  check.matrix("predict", "Xnew", Xnew, nil, s.problem.D,
    ("must have D = %d columns"):format(s.problem.D))
  return Xnew * s:theta()
end

-- The classes of a state's problem.
local function classes_of(what, s, Xnew)
  check.self(s, core.types.state, "state", what, 3)
  if not s.problem.classes then
    error(("%s: the %s loss has no classes"):format(what, s.problem.loss), 3)
  end
  check.matrix(what, "Xnew", Xnew, nil, s.problem.D,
    ("must have D = %d columns"):format(s.problem.D), 3)
  local wrong = check.not_finite("Xnew", Xnew)
  if wrong then error(("%s: %s"):format(what, wrong), 3) end
  return s.problem.classes
end

--- The class that the network decides for, of each of new inputs: the largest output, or the sign
-- of the one there is.
-- @function state:classify
-- @tparam matrix Xnew any number of rows, D columns
-- @treturn matrix rows x 1, numbers of classes as a column of targets has them
-- @treturn table their names, a list
-- @raise the problem's loss is not one of classes
-- @usage
-- local X = linnet.random(1):normal(20, 3)
-- local kind = linnet.matrix(20, 1, function(i) return X(i, 1) > 0 and 1 or 2 end)
-- local p = linnet.problem(X, kind, {loss = "softmax", classes = {"warm", "cold"}})
-- local final = p:flow(p:init("gaussian", {h = 1e6, seed = 1}), {t = 10}).final
-- local numbers, names = final:classify(X)
-- print(numbers(1), names[1], final:test_accuracy(X, kind))
function M.state.classify(s, Xnew)
  local list = classes_of("classify", s, Xnew)
  local place, names = classes.decide(s:predict(Xnew)), {}
  for i, j in ipairs(place) do names[i] = list[j] end
  return core.matrix.new(#place, 1, function(i)
    return type(list[1]) == "number" and names[i] or place[i]
  end), names
end

--- Share of new samples whose class is decided rightly; `state:accuracy` is that of training.
-- @function state:test_accuracy
-- @tparam matrix Xnew any number of rows, D columns
-- @tparam matrix Ynew a row per row of Xnew: numbers of classes, or targets as the problem's, whose
--   largest entry counts
-- @treturn number from 0 to 1
-- @raise the problem's loss is not one of classes; Ynew has numbers of none, or other columns
-- @usage
-- local X = linnet.random(1):normal(20, 3)
-- local kind = linnet.matrix(20, 1, function(i) return X(i, 1) > 0 and 1 or 0 end)
-- local X1, Y1, X2, Y2 = linnet.data.split(X, kind, {seed = 1})
-- local p = linnet.problem(X1, Y1, {loss = "logistic"})
-- print(p:flow(p:init("gaussian", {h = 1e6, seed = 1}), {t = 10}).final:test_accuracy(X2, Y2))
function M.state.test_accuracy(s, Xnew, Ynew)
  local list = classes_of("test_accuracy", s, Xnew)
  check.finite("test_accuracy", "Ynew", Ynew)
  if Ynew:rows() ~= Xnew:rows() then
    error(("test_accuracy: Ynew must have a row per row of Xnew, got %d and %d"):format(Ynew:rows(),
      Xnew:rows()), 2)
  end
  local targets, why = classes.encode(Ynew, s.problem.loss, list)
  if not targets then error("test_accuracy: " .. why:gsub("^Y", "Ynew"), 2) end
  local right, decided = classes.decide(targets), classes.decide(s:predict(Xnew))
  local count = 0
  for i, j in ipairs(right) do count = count + (decided[i] == j and 1 or 0) end
  return count / #right
end

--- The tangent kernel on the training outputs F = XUV': dF/dt = K R with columns stacked, R minus
-- the slope of the loss at F, Y - F of the squared one.
-- @function state:kernel
-- @treturn matrix n m x n m, symmetric positive semidefinite
-- @usage
-- local p = linnet.problem(linnet.eye(3), linnet.ones(3, 1))
-- print(p:init("gaussian", {h = 10, seed = 1}):kernel())
function M.state.kernel(s)
  check.self(s, core.types.state, "state", "kernel")
  local W = s.problem:reduced()
  local lift = core.matrix.eye(s.problem.m):kron(W)
  return lift * s:kernel_reduced() * lift:t()
end

function M.state.__tostring(s)
  local h = s.h == math.huge and "inf" or ("%.10g"):format(s.h)
  return ("state: %s%s, h = %s%s, t = %.6g, excess %.6g%s"):format(s.kind,
    s.task > 1 and (", task %d"):format(s.task) or "", h, s.explicit and " (explicit)" or "", s.t,
    s:excess(), core.problem.attained(s.problem) and (", distance %.6g"):format(s:distance()) or "")
end

return M
