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

options.define("problem", {
  summary = "Reduce data X (n x D), Y (n x m) to what training can see.",
  {name = "rank_tol", type = "number", range = "[0, 1)",
    default_help = "max(n, D) 2^-52",
    help = "singular values at most rank_tol times the largest count as zero"},
})

--- A problem from data.
-- Fields: `n`, `D`, `m`, `rank`, `kappa` (largest over smallest eigenvalue of X'X that counts),
-- `optimal_loss`. Raises when shapes disagree, data are empty or not finite, or X is zero.
-- @function problem
-- @tparam matrix X n x D
-- @tparam matrix Y n x m
-- @tparam ?table opts `rank_tol`; what else `linnet.data.gaussian` and `linnet.data.csv` return (a
--   matrix, an about) is passed over, so that their results may come straight in
-- @treturn problem
-- @usage
-- local X, Y = linnet.data.gaussian{n = 20, D = 50, seed = 1}
-- local p = linnet.problem(X, Y)
-- print(p.rank, p.kappa, p.optimal_loss)
function M.new(X, Y, opts, after)
  if check.is_matrix(opts) or about.is(opts) then opts = after end
  check.finite("problem", "X", X)
  check.finite("problem", "Y", Y)
  if X:rows() ~= Y:rows() then
    error(("problem: X is %d x %d and Y is %d x %d: both need one row per sample")
      :format(X:rows(), X:cols(), Y:rows(), Y:cols()), 2)
  end
  local o = options.check("problem", opts, 2)
  local rank_tol = o.rank_tol or math.max(X:rows(), X:cols()) * 2.0 ^ -52
  local p, message = core.problem.new(X, Y, rank_tol)
  if not p then error(message, 2) end
  return p
end

M.problem = {}

function M.problem.__tostring(p)
  return ("problem: n = %d samples, D = %d inputs, m = %d output%s, rank %d, kappa %.3g, "
    .. "optimal loss %.4g"):format(p.n, p.D, p.m, p.m == 1 and "" or "s", p.rank, p.kappa,
    p.optimal_loss)
end

return M
