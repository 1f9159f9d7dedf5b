--- Problems: data reduced once, then any number of starts and runs.
--
-- X (n x D) and Y (n x m) enter through the thin SVD X = W diag(sigma) Phi1', cut at the numerical
-- rank; what the network can learn is the reduced target W'Y, what it cannot is `optimal_loss`
-- (mathematics.md, section 2).
--
-- SPDX-License-Identifier: MIT
-- @module linnet.problem

local about = require "linnet.csv.about"
local check = require "linnet.check"
local classes = require "linnet.classes"
local core = require "linnet.core"
local options = require "linnet.options"
local error = require("linnet.failure").raise

local M = {}

--- Data reduced once to what training can see; made by `linnet.problem(X, Y)`, never changed.
-- @type problem
-- @field n samples, the rows of X and Y
-- @field D inputs, the columns of X
-- @field m outputs, the columns of Y
-- @field rank numerical rank r of X
-- @field kappa (sigma_1/sigma_r)^2, the condition number of X'X on its range
-- @field optimal_loss L*, the loss that no linear map removes
-- @field loss name of the loss: "squared", "logistic", "softmax" or "huber"
-- @field delta of Huber's loss, else 0
-- @field classes of a loss of classes: their names, or the numbers that stood for them, a list in
-- the order of the outputs (of the logistic loss: that of -1, that of +1); else false

options.define("problem", {
  summary = "Reduce data X (n x D), Y (n x m) to what training can see.",
  {name = "loss", type = "string|table", choices = core.problem.losses, default = "squared",
    help = "of outputs and targets, summed over samples; {'huber', delta = 0.7}"},
  {name = "classes", type = "table", check = classes.is_list, default_help = "those in Y",
    help = "of logistic and softmax: their names (Y then has 1 for the first), or numbers as in Y"},
  {name = "rank_tol", type = "number", range = "[0, 1)",
    default_help = "max(n, D) 2^-52",
    help = "singular values at most rank_tol times the largest count as zero"},
})

-- The loss of checked options: its name, and delta where it has one (0 where not); or nil and what
-- is wrong.
local HUBER_DELTA = 1

local function loss_of(given)
  if type(given) ~= "table" then return given, given == "huber" and HUBER_DELTA or 0 end
  local name, delta, known = given[1], given.delta, false
  for _, loss in ipairs(core.problem.losses) do known = known or loss == name end
  if not known then
    return nil, ("option 'loss': {%s} must begin with one of %s%s"):format(check.shown(name),
      table.concat(core.problem.losses, ", "), check.suggestion(name, core.problem.losses))
  end
  for key in next, given do
    if key ~= 1 and (key ~= "delta" or name ~= "huber") then
      return nil, ("option 'loss': the %s loss has no %s"):format(name, check.shown(key))
    end
  end
  if delta == nil then return name, name == "huber" and HUBER_DELTA or 0 end
  if type(delta) == "number" and delta > 0 and delta < math.huge then return name, delta end
  return nil, ("option 'loss': delta must be a finite number > 0, got %s")
    :format(check.shown(delta))
end

-- Y as the loss wants it and its classes; or nil and what is wrong.
local function targets(Y, loss, o, known)
  if classes.losses[loss] then return classes.encode(Y, loss, o.classes or known) end
  if o.classes then
    return nil, ("option 'classes' is of logistic and softmax, and the loss is %s"):format(loss)
  elseif known and Y:cols() == 1 then
    return nil, ("Y holds numbers of classes (%s, ...): loss = 'softmax'%s"):format(
      check.shown(known[1]), #known == 2 and " or 'logistic'" or "")
  end
  return Y
end

--- A problem from data.
-- Fields: `n`, `D`, `m`, `rank`, `kappa` (largest over smallest eigenvalue of X'X that counts),
-- `optimal_loss`, `loss`. Raises when shapes disagree, data are empty or not finite, or X is zero,
-- or where Y is not what the loss is of.
--
-- The loss is 1/2 ||Y - F||^2 of the outputs F = X U V', or another one, summed over samples:
-- logistic, log(1 + e^(-y f)), one column of +1 and -1; softmax, logsumexp(f) - <y, f>, rows >= 0
-- that sum to 1; huber, e^2/2 where |e| <= delta (1 unless given) and delta (|e| - delta/2) beyond.
-- For logistic and softmax Y may be one column of the numbers of classes (any whole numbers), as
-- `linnet.data.csv` makes it of a target of texts; `classes = about.classes` keeps the names, and
-- the classes that a part of the samples lacks.
-- From min(n, D) = 512 on the singular value decomposition works on the threads that
-- `linnet.threads` says, with the same bits for any number of them, and Ctrl-C ends it inside.
-- @function problem
-- @tparam matrix X n x D
-- @tparam matrix Y n x m
-- @tparam ?table opts `loss`, `classes`, `rank_tol`; what else `linnet.data.gaussian` and
--   `linnet.data.csv` return (a matrix, an about) may come straight in before it: of an about the
--   classes are taken
-- @treturn problem
-- @usage
-- local X, Y = linnet.data.gaussian{n = 20, D = 50, seed = 1}
-- local p = linnet.problem(X, Y)
-- print(p.rank, p.kappa, p.optimal_loss)
-- print(linnet.problem(X, Y, {loss = {"huber", delta = 0.5}}))
-- local kinds = linnet.matrix(20, 1, function(i) return i % 3 + 1 end)
-- local q = linnet.problem(X, kinds, {loss = "softmax", classes = {"red", "green", "blue"}})
-- assert(q.m == 3 and q.classes[3] == "blue")
function M.new(X, Y, opts, after)
  local known = about.is(opts) and opts.classes or nil
  if check.is_matrix(opts) or about.is(opts) then opts = after end
  check.finite("problem", "X", X)
  check.finite("problem", "Y", Y)
  if X:rows() ~= Y:rows() then
    error(("problem: X is %d x %d and Y is %d x %d: both need one row per sample")
      :format(X:rows(), X:cols(), Y:rows(), Y:cols()), 2)
  end
  local o = options.check("problem", opts, 2)
  local rank_tol = o.rank_tol or math.max(X:rows(), X:cols()) * 2.0 ^ -52
  local loss, delta = loss_of(o.loss)
  if not loss then error("problem: " .. delta, 2) end
  local made, list = targets(Y, loss, o, known)
  if not made then error("problem: " .. list, 2) end
  local p, message = core.problem.new(X, made, rank_tol, loss, delta)
  if not p then error(message .. (loss == "softmax" and classes.odd_row(made) or ""), 2) end
  if list then core.problem.note(p, list) end
  return p
end

M.problem = {}

function M.problem.__tostring(p)
  return ("problem: n = %d samples, D = %d inputs, m = %d output%s, rank %d, kappa %.3g, "
    .. "optimal %sloss %.4g%s"):format(p.n, p.D, p.m, p.m == 1 and "" or "s", p.rank, p.kappa,
    p.loss == "squared" and "" or p.loss .. " ", p.optimal_loss,
    core.problem.attained(p) and "" or p.optimal_loss == 0 and ", separable" or ", not attained")
end

return M
