--- lua/linnet/theory/law.lua: how far from the minimum-norm solution training ends, as laws.
--
-- SPDX-License-Identifier: MIT
-- @module linnet.theory

local check = require "linnet.check"
local core = require "linnet.core"
local options = require "linnet.options"
local error = require("linnet.failure").raise
local given = require "linnet.theory.arguments"

local M = {}

local function cdf_argument(x)
  if type(x) ~= "number" or x ~= x then
    error(("law.cdf: x must be a number, got %s"):format(check.shown(x)), 3)
  end
  return x
end

--- The law of ||U2 V'||_F^2 given the part of the weights that the data see: s_u^2 times the sum of
-- nu_j chi^2_dof, independent, nu the eigenvalues of V V', dof = D - rank. Exact. [D], section 7.
-- @tparam matrix|table nu m eigenvalues >= 0
-- @tparam number s_u standard deviation of U's entries
-- @tparam number dof D - rank
-- @treturn table `mean`, `variance`, `cdf(x)`
-- @usage
-- local law = linnet.theory.law({1.2, 0.7}, 0.01, 300)
-- print(law.mean, law.variance ^ 0.5, law.cdf(law.mean))
function M.law(nu, s_u, dof)
  local values = given.column("theory.law", "nu", nu)
  given.number("theory.law", "s_u", s_u)
  given.number("theory.law", "dof", dof)
  local mean, variance = core.theory.law(s_u, dof, values)
  return {mean = mean, variance = variance, cdf = function(x)
    return core.theory.law_cdf(s_u, dof, values, cdf_argument(x))
  end}
end

options.define("theory.wide_law", {
  summary = "Mean of ||Theta(inf) - Theta_hat||^2 in the wide limit.",
  {name = "h", type = "number", range = "[1, inf)", required = true, help = "hidden width"},
  {name = "alpha", type = "number", range = "[0, inf)", default_help = "0.5 unless stds are given",
    help = "entries of variance h^(-2 alpha)"},
  {name = "std_u", type = "number", range = "[0, inf)", help = "of U's entries (with std_v)"},
  {name = "std_v", type = "number", range = "[0, inf)", help = "of V's entries (with std_u)"},
  {name = "problem", help = "for singular_values and dof"},
  {name = "singular_values", type = "matrix|list", help = "m of Theta_hat, zeros included"},
  {name = "dof", type = "number", range = "[0, inf)", help = "D - rank"},
})

-- Raises where no map has the least loss: then there is none whose distance could have a law.
local function check_attained(what, p, level)
  if not core.problem.attained(p) then
    error(("%s: the %s loss of this problem has no minimum"):format(what, p.loss),
      (level or 2) + 1)
  end
end

-- Singular values of a problem's solution within the span of the data.
local function solution_values(p)
  if p.loss ~= "squared" then return select(2, p:min_norm():svd()) end
  local _, _, Yt = p:reduced()
  local sigma = p:singular_values()
  return select(2, core.matrix.new(p.rank, p.m, function(i, j)
    return Yt:get(i, j) / sigma:get(i, 1)
  end):svd())
end

local function target_values(what, p)
  if not check.is(p, "problem") then
    error(("%s: problem must be a problem, got %s"):format(what, check.shown(p)), 3)
  end
  check_attained(what, p, 3)
  local s = solution_values(p)
  return core.matrix.new(p.m, 1, function(i) return i <= s:rows() and s:get(i, 1) or 0 end),
    p.D - p.rank
end

-- Mean of ||U1 V' 1||^2 / m where the loss does not see a shift of all outputs alike, as softmax:
-- V' 1 is where it was, and U1 U1' a function of the map (7.7).
local function unseen_shift(p, values, h, s_u, s_v)
  if p.loss ~= "softmax" then return 0 end
  return core.theory.wide_mean(h, s_v, s_u, 1, core.matrix.new(p.rank, 1, function(i)
    return i <= values:rows() and values:get(i, 1) or 0
  end))
end

--- The m singular values of the minimum-norm solution, zeros included, and D - rank: what the wide
-- law takes of a problem.
-- @tparam problem p
-- @treturn matrix m x 1, decreasing
-- @treturn integer D - rank
-- @usage
-- local X, Y = linnet.data.gaussian{n = 5, D = 8, m = 2, seed = 1}
-- print(linnet.theory.target_values(linnet.problem(X, Y)))
function M.target_values(p)
  local values, dof = target_values("theory.target_values", p)
  return values, dof
end

--- Mean of the final squared distance for wide networks, any data: (D - r) s_u^2 tr((c2^2/4 I +
-- Theta_hat'Theta_hat)^(1/2) - d2/2 I), c2 = h (s_u^2 + s_v^2), d2 = h (s_u^2 - s_v^2); exact as
-- h -> inf, independent of the singular values of X. A problem of the softmax loss adds the shift
-- of all outputs alike, which the loss does not see: s_v^2 tr((c2^2/4 I + Theta_hat
-- Theta_hat')^(1/2) + d2/2 I), r x r. [D], section 7.
-- @tparam table opts see `help("theory.wide_law")`
-- @treturn number mean of ||Theta(inf) - Theta_hat||_F^2
-- @usage print(linnet.theory.wide_law{h = 1e6, singular_values = {1.1}, dof = 300} ^ 0.5)
function M.wide_law(opts)
  local o = options.check("theory.wide_law", opts, 2)
  local pair = o.std_u or o.std_v
  if pair and o.alpha or pair and not (o.std_u and o.std_v) then
    error("theory.wide_law: give alpha, or std_u with std_v", 2)
  elseif (o.problem ~= nil) == (o.singular_values ~= nil or o.dof ~= nil)
    or o.problem == nil and not (o.singular_values and o.dof) then
    error("theory.wide_law: give problem, or singular_values with dof", 2)
  end
  local values, dof = o.singular_values, o.dof
  if o.problem ~= nil then
    values, dof = target_values("theory.wide_law", o.problem)
  end
  local s_u = o.std_u or o.h ^ -(o.alpha or 0.5)
  local s_v = o.std_v or s_u
  return core.theory.wide_mean(o.h, s_u, s_v, dof,
    given.column("theory.wide_law", "singular_values", values))
    + (o.problem and unseen_shift(o.problem, values, o.h, s_u, s_v) or 0)
end

options.define("theory.weight_decay_law", {
  summary = "Mean of ||Theta(t) - Theta_hat||^2 under weight decay, in the wide limit.",
  {name = "state", required = true,
    help = "a state of the wide limit (h = inf, any scale), at the time that is meant"},
  {name = "h", type = "number", range = "[1, inf)", required = true, help = "hidden width"},
  {name = "alpha", type = "number", range = "[0, inf)", default = 0.5,
    help = "entries of variance h^(-2 alpha)"},
})

--- Mean of ||Theta(t) - Theta_hat||_F^2 at any time of a flow with weight decay, over independent
-- entries of variance h^(-2 alpha), any data: ||diag(1/sigma) E||^2 + (D - r) s_u^2 e^(-2wt)
-- tr((lam^2 e^(-4wt) I + P1'P1)^(1/2)), lam = h^(1 - 2 alpha), P1 = U1 V'. E and P1 are those of
-- the given state, from the start `"orthogonal"` with that lam (for alpha = 1/2 any start at h =
-- inf), and e^(-wt) is its `decay`. Of softmax with the shift that it does not see, as in the wide
-- law. Exact as h -> inf; without weight decay it is the wide law at that time. [D], section 10.4.
-- @tparam table opts see `help("theory.weight_decay_law")`
-- @treturn number mean of ||Theta(t) - Theta_hat||_F^2
-- @usage
-- local X, Y = linnet.data.gaussian{n = 5, D = 8, seed = 1}
-- local p = linnet.problem(X, Y)
-- local s = p:flow(p:init("gaussian", {h = math.huge}), {t = 20, weight_decay = 0.05}).final
-- print(linnet.theory.weight_decay_law{state = s, h = 1e6} ^ 0.5)
function M.weight_decay_law(opts)
  local o = options.check("theory.weight_decay_law", opts, 2)
  local s = o.state
  if not check.is(s, "state") then
    error(("theory.weight_decay_law: state must be a state, got %s"):format(check.shown(s)), 2)
  end
  check_attained("theory.weight_decay_law", s.problem)
  local U1, V = s:reduced()
  local _, values = (U1 * V:t()):svd()
  local p, kept = s.problem, s.decay ^ 2
  local t = core.matrix.new(p.m, 1, function(i)
    return i <= values:rows() and values:get(i, 1) or 0
  end)
  local inside = math.max(s:distance() ^ 2 - core.theory.norms(s) ^ 2, 0)
  local s_u = o.h ^ -o.alpha
  return inside + kept * (core.theory.wide_mean(o.h * kept, s_u, s_u, p.D - p.rank, t)
    + unseen_shift(p, t, o.h * kept, s_u, s_u))
end

--- Least-squares slope of log distance against log h of the wide law on these widths, s_u = s_v =
-- h^-alpha: what a measured slope is to be compared with. [D], section 7.
-- @tparam matrix|table widths at least two different ones
-- @tparam number alpha
-- @tparam matrix|table|problem target a problem, or the m singular values of Theta_hat; of a
--   problem of softmax without the shift that `wide_law` adds
-- @treturn number
-- @usage print(linnet.theory.wide_slope({1e4, 1e6, 1e8}, 0.45, {20}))
function M.wide_slope(widths, alpha, target)
  local h = given.column("theory.wide_slope", "widths", widths)
  given.number("theory.wide_slope", "alpha", alpha)
  if h:max() == h:min() or h:min() < 1 then
    error("theory.wide_slope: widths must be at least two different numbers >= 1", 2)
  end
  local values = target
  if check.is(target, "problem") then
    values = target_values("theory.wide_slope", target)
  end
  return core.theory.wide_slope(h, alpha, given.column("theory.wide_slope", "target", values))
end

--- The exponent of the wide law in h as h -> inf: 1/2 - 2 alpha below 1/2, -1/2 at 1/2, -alpha
-- above; no decay for alpha <= 1/4. [D], section 7.
-- @tparam number alpha
-- @treturn number
-- @usage assert(linnet.theory.wide_exponent(0.5) == -0.5)
function M.wide_exponent(alpha)
  return core.theory.wide_exponent(given.number("theory.wide_exponent", "alpha", alpha))
end

return M
