--- The theory's formulas as plain functions of spectra, small matrices and numbers.
--
-- Sources: [M21] Min, Tarmoun, Vidal, Mallada, ICML 2021 (arXiv 2105.06351v1); [M22] its version 2;
-- [X23] Xu, Min, Tarmoun, Mallada, Vidal, AISTATS 2023; [D] derived for this project. Sections are
-- those of mathematics.md. What is a theorem says so; its conditions are the caller's to check.
--
-- SPDX-License-Identifier: MIT
-- @module linnet.theory

local check = require "linnet.check"
local core = require "linnet.core"
local options = require "linnet.options"
local vectors = require "linnet.plot.vectors"
local error = require("linnet.failure").raise

local M = {}

-- ---------------------------------------------------------------- arguments

-- x as a number, in the range that `ok` says; errors point at the caller of the public function.
local function number(what, name, x, ok, rule)
  if type(x) ~= "number" or x ~= x or ok and not ok(x) then
    error(("%s: %s must be %s, got %s"):format(what, name, rule or "a number",
      type(x) == "number" and tostring(x) or "a " .. type(x)), 3)
  end
  return x
end
local function at_least_0(x) return x >= 0 end

-- A column matrix of finite numbers >= 0 out of a vector or list.
local function column(what, name, value, level)
  local list, why = vectors.numbers(value)
  if list and #list == 0 then list, why = nil, "must not be empty" end
  for i, x in ipairs(list or {}) do
    if not (x >= 0 and x < math.huge) then
      list, why = nil, ("must hold finite numbers >= 0, but item %d is %s"):format(i, x)
      break
    end
  end
  if not list then error(("%s: %s %s"):format(what, name, why), (level or 2) + 1) end
  return core.matrix.new(#list, 1, function(i) return list[i] end)
end

local function finite_matrix(what, name, m, rows, cols, rule)
  check.finite(what, name, m, 3)
  return check.matrix(what, name, m, rows, cols, rule, 3)
end

-- [U1; V] or its factor L (k x k): only the row space counts, [U1; V] = L O'.
local function stacked(U1, V)
  local Z = U1:vcat(V)
  if Z:cols() <= Z:rows() then return Z end
  local _, R = Z:t():qr()
  return R:t():copy()
end

-- ---------------------------------------------------------------- rates (section 6)

--- The imbalance Lambda = U1'U1 - V'V of reduced weights and what the bounds need of it.
-- With lam_i decreasing and [x]+ = max(x, 0): `c` = [lam_r(Lambda)]+ + [lam_m(-Lambda)]+,
-- `delta_plus` = [lam_1(Lambda)]+ - [lam_r(Lambda)]+, `delta_minus` = [lam_1(-Lambda)]+ -
-- [lam_m(-Lambda)]+. Section 6.
-- @tparam matrix U1 r x h', Phi1'U or its factor
-- @tparam matrix V m x h'
-- @treturn table `spectrum` (min(h', r + m) eigenvalues, decreasing, the others being 0) and the
--   numbers above
-- @usage
-- local b = linnet.theory.imbalance(2 * linnet.eye(3, 5), linnet.ones(1, 5))
-- print(b.c, b.delta_plus, b.delta_minus)
function M.imbalance(U1, V)
  finite_matrix("theory.imbalance", "U1", U1)
  finite_matrix("theory.imbalance", "V", V, nil, U1:cols(), "must have as many columns as U1")
  local spectrum = core.theory.spectrum(stacked(U1, V), U1:rows())
  return core.theory.imbalance(spectrum, U1:rows(), V:rows())
end

options.define("theory.rates", {
  summary = "Rates of -d/dt log(L - L*) at reduced weights.",
  {name = "U1", type = "matrix", required = true, help = "r x h', Phi1'U or its factor"},
  {name = "V", type = "matrix", required = true, help = "m x h'"},
  {name = "target", type = "matrix", required = true, help = "r x m, Yt = W'Y"},
  {name = "sigma", type = "matrix|list", default_help = "ones",
    help = "r singular values of X, decreasing"},
})

--- The six rates at reduced weights, each a rate of -d/dt log(L - L*) per unit of time, 0 where a
-- bound says nothing. `instantaneous` is exact; `imbalance` is Theorem 1 of [M21], 2 sigma_r^2 c,
-- valid for all later times; `proposition1` bounds the instantaneous rate from below now, `margin`
-- from now on [M22]; `upper` bounds it from above now [X23]; `late` is 2 lam_min(K), exact once the
-- weights no longer move. Section 6.
-- @tparam table opts see `help("theory.rates")`
-- @treturn table instantaneous, imbalance, proposition1, margin, upper, late
-- @usage
-- local rates = linnet.theory.rates{
--   U1 = linnet.eye(3, 4), V = linnet.ones(1, 4), target = linnet.ones(3, 1), sigma = {2, 1, 0.5},
-- }
-- print(rates.proposition1, rates.instantaneous, rates.upper)
function M.rates(opts)
  local o = options.check("theory.rates", opts, 2)
  local r, m = o.U1:rows(), o.V:rows()
  finite_matrix("theory.rates", "U1", o.U1)
  finite_matrix("theory.rates", "V", o.V, nil, o.U1:cols(), "must have as many columns as U1")
  finite_matrix("theory.rates", "target", o.target, r, m, "must be r x m")
  local sigma = column("theory.rates", "sigma", o.sigma or core.matrix.ones(r, 1))
  if #sigma ~= r then
    error(("theory.rates: sigma has %d values, but U1 %d rows"):format(#sigma, r), 2)
  end
  return core.theory.rates(stacked(o.U1, o.V), r, o.target, sigma)
end

--- T(d, s) = -d + sqrt((d + c)^2 + 4 s^2) of Proposition 1, without cancellation. [M22], section 6.
-- @tparam number d spread D+ or D-, >= 0
-- @tparam number c imbalance, >= 0
-- @tparam number s singular value, >= 0
-- @treturn number
-- @usage assert(linnet.theory.term(0, 0, 2.5) == 5)
function M.term(d, c, s)
  number("theory.term", "d", d, at_least_0, "a number >= 0")
  number("theory.term", "c", c, at_least_0, "a number >= 0")
  number("theory.term", "s", s, at_least_0, "a number >= 0")
  return core.theory.term(d, c, s)
end

--- 2 sigma_r^2 c: L(t) - L* <= exp(-2 sigma_r^2 c t) (L(0) - L*). Theorem 1 of [M21], section 6.
-- @tparam number sigma_r smallest singular value of X
-- @tparam number c imbalance
-- @treturn number
-- @usage assert(linnet.theory.theorem1(0.5, 3) == 1.5)
function M.theorem1(sigma_r, c)
  number("theory.theorem1", "sigma_r", sigma_r, at_least_0, "a number >= 0")
  number("theory.theorem1", "c", c, at_least_0, "a number >= 0")
  return core.theory.theorem1(sigma_r, c)
end

local function imbalance_check(what, b)
  if type(b) ~= "table" or type(b.c) ~= "number" or not core.matrix.is_matrix(b.spectrum) then
    error(("%s: the first argument must be an imbalance as theory.imbalance and s:imbalance() give "
      .. "it, got a %s"):format(what, type(b)), 3)
  end
  return b
end

--- sigma_r^2 (T(D+, s_m) + T(D-, s_r)) <= -d/dt log(L - L*), s_i the singular values of U1 V', 0
-- beyond min(r, m); equal when sigma = 1, D+ = D- = 0 and U1 V' is diagonal in Yt's bases of equal
-- values. With [s_i(Yt) - ||E||]+ / sigma_1 for s_i it holds from now on. [M22], section 6.
-- @tparam table imbalance as from `theory.imbalance`
-- @tparam number sigma_r smallest singular value of X
-- @tparam number s_m
-- @tparam number s_r
-- @treturn number
-- @usage
-- local b = linnet.theory.imbalance(linnet.eye(2, 3), linnet.ones(1, 3))
-- print(linnet.theory.proposition1(b, 1, 0.5, 0))
function M.proposition1(imbalance, sigma_r, s_m, s_r)
  local b = imbalance_check("theory.proposition1", imbalance)
  number("theory.proposition1", "sigma_r", sigma_r, at_least_0, "a number >= 0")
  number("theory.proposition1", "s_m", s_m, at_least_0, "a number >= 0")
  number("theory.proposition1", "s_r", s_r, at_least_0, "a number >= 0")
  return core.theory.proposition1(b.c, b.delta_plus, b.delta_minus, sigma_r, s_m, s_r)
end

--- Upper bound of -d/dt log(L - L*): 2 sigma_1^2 times the sum of (l + sqrt(l^2 + 4 s_1^2))/2 over
-- l+ = [lam_1(Lambda)]+, l- = [lam_1(-Lambda)]+. [X23], section 6.
-- @tparam table imbalance as from `theory.imbalance`
-- @tparam number sigma_1 largest singular value of X
-- @tparam number s_1 largest singular value of U1 V'
-- @treturn number
-- @usage
-- local b = linnet.theory.imbalance(linnet.eye(2, 3), linnet.ones(1, 3))
-- print(linnet.theory.upper(b, 1, 0.5))
function M.upper(imbalance, sigma_1, s_1)
  local b = imbalance_check("theory.upper", imbalance)
  number("theory.upper", "sigma_1", sigma_1, at_least_0, "a number >= 0")
  number("theory.upper", "s_1", s_1, at_least_0, "a number >= 0")
  local s = b.spectrum
  return core.theory.upper(math.max(s:get(1, 1), 0), math.max(-s:get(s:rows(), 1), 0), sigma_1, s_1)
end

-- ---------------------------------------------------------------- bounds (section 7)

M.DELTA = {name = "delta", type = "number", range = "(0, 1)", default = 0.05,
  help = "the statements hold with probability >= 1 - delta"}
M.CONSTANTS = {name = "constants", choices = {"safe", "printed"}, default = "safe",
  help = "of q: printed is too small unless delta <= 2 exp(-8)"}
M.H0 = {name = "h0", choices = {"corrected", "printed"}, default = "corrected",
  help = "of the width threshold: printed has a slip in an exponent"}

options.define("theory.theorem2", {
  summary = "Theorem 2 and Lemma 1 for entries N(0, h^(-2 alpha)).",
  {name = "D", type = "integer", range = "[1, inf)", required = true, help = "inputs"},
  {name = "m", type = "integer", range = "[1, inf)", required = true, help = "outputs"},
  {name = "rank", type = "integer", range = "[1, inf)", required = true, help = "of X"},
  {name = "h", type = "number", range = "[1, inf]", required = true, help = "hidden width"},
  {name = "alpha", type = "number", range = "[0, inf)", default = 0.5,
    help = "the theorem needs 1/4 < alpha <= 1/2"},
  M.DELTA,
  {name = "sigma_1", type = "number", range = "(0, inf)", required = true,
    help = "largest singular value of X"},
  {name = "sigma_r", type = "number", range = "(0, inf)", required = true,
    help = "smallest nonzero singular value of X"},
  {name = "norm_Y", type = "number", range = "[0, inf)", required = true, help = "||Y||_F"},
  M.CONSTANTS,
  M.H0,
})

local function setting(o)
  return {
    D = o.D, m = o.m, r = o.rank, h = o.h, alpha = o.alpha, delta = o.delta, sigma_1 = o.sigma_1,
    sigma_r = o.sigma_r, norm_y = o.norm_Y, printed_constants = o.constants == "printed",
    printed_h0 = o.h0 == "printed",
  }
end

--- Theorem 2 of [M21]: for h above `threshold` = h0^(1/(4 alpha - 1)), with probability >= 1 -
-- delta, ||Theta(inf) - Theta_hat||_2 <= `bound` = 2 C^(1/h^(1 - 2 alpha)) sqrt(m + r) q /
-- h^(2 alpha - 1/2), q = sqrt(m + D) + sqrt(2 log(2/delta)), C = `constant` = exp(1 + sigma_1 ||Y||
-- / sigma_r^2). Below the threshold `applies` is false and the bound a number without a meaning.
-- Section 7.
-- @tparam table opts see `help("theory.theorem2")`
-- @treturn table bound, q, constant, h0, threshold, applies, and log_bound, log_constant,
--   log_threshold for what overflows
-- @usage
-- local b = linnet.theory.theorem2{
--   D = 400, m = 1, rank = 100, h = 1e4, sigma_1 = 1.5, sigma_r = 0.5, norm_Y = 0.5,
-- }
-- print(b.bound, b.threshold, b.applies)
function M.theorem2(opts)
  local o = options.check("theory.theorem2", opts, 2)
  return core.theory.theorem2(setting(o))
end

--- Lemma 1 of [M21]: on the event of Theorem 2, for h > `threshold` = 16 q^2, at t = 0 the
-- imbalance c > `c` = h^(1 - 2 alpha), ||Z U2'||_F <= `perpendicular`, ||U1 V'||_F <= `product`.
-- Section 7.
-- @tparam table opts see `help("theory.theorem2")`
-- @treturn table c, perpendicular, product, threshold, applies
-- @usage
-- local b = linnet.theory.lemma1{
--   D = 400, m = 1, rank = 100, h = 1e4, sigma_1 = 1.5, sigma_r = 0.5, norm_Y = 0.5,
-- }
-- print(b.c, b.perpendicular, b.product)
function M.lemma1(opts)
  local o = options.check("theory.theorem2", opts, 2)
  return core.theory.lemma1(setting(o))
end

--- log(||Zperp|| exp(sigma_1 ||E(0)|| / (sigma_r^2 c))), the last rung of the ladder: it bounds
-- log ||U2 V(t)'|| for all t. [M21], section 7.
-- @tparam number norm_perp ||Z(0) U2'||_F
-- @tparam number sigma_1
-- @tparam number sigma_r
-- @tparam number norm_E ||E(0)||_F
-- @tparam number c imbalance; inf is returned at 0
-- @treturn number a natural logarithm
-- @usage print(linnet.theory.log_apriori(0.5, 1.5, 0.5, 2, 1e-7))
function M.log_apriori(norm_perp, sigma_1, sigma_r, norm_E, c)
  number("theory.log_apriori", "norm_perp", norm_perp, at_least_0, "a number >= 0")
  number("theory.log_apriori", "sigma_1", sigma_1, at_least_0, "a number >= 0")
  number("theory.log_apriori", "sigma_r", sigma_r, at_least_0, "a number >= 0")
  number("theory.log_apriori", "norm_E", norm_E, at_least_0, "a number >= 0")
  number("theory.log_apriori", "c", c, at_least_0, "a number >= 0")
  return core.theory.apriori(norm_perp, sigma_1, sigma_r, norm_E, c)
end

-- ---------------------------------------------------------------- laws (section 7)

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
  local values = column("theory.law", "nu", nu)
  number("theory.law", "s_u", s_u, at_least_0, "a number >= 0")
  number("theory.law", "dof", dof, at_least_0, "a number >= 0")
  local mean, variance = core.theory.law(s_u, dof, values)
  return {mean = mean, variance = variance, cdf = function(x)
    return core.theory.law_cdf(s_u, dof, values, number("law.cdf", "x", x))
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

--- The m singular values of the minimum-norm solution, zeros included, and D - rank: what the wide
-- law takes of a problem.
-- @tparam problem p
-- @treturn matrix m x 1, decreasing
-- @treturn integer D - rank
-- @usage
-- local X, Y = linnet.data.gaussian{n = 5, D = 8, m = 2, seed = 1}
-- print(linnet.theory.target_values(linnet.problem(X, Y)))
function M.target_values(p)
  check.object("theory.target_values", "the argument", p, core.types.problem, "a problem")
  local _, _, Yt = p:reduced()
  local sigma = p:singular_values()
  local P1 = core.matrix.new(p.rank, p.m, function(i, j) return Yt:get(i, j) / sigma:get(i, 1) end)
  local _, s = P1:svd()
  return core.matrix.new(p.m, 1, function(i) return i <= s:rows() and s:get(i, 1) or 0 end),
    p.D - p.rank
end

--- Mean of the final squared distance for wide networks, any data: (D - r) s_u^2 tr((c2^2/4 I +
-- Theta_hat'Theta_hat)^(1/2) - d2/2 I), c2 = h (s_u^2 + s_v^2), d2 = h (s_u^2 - s_v^2); exact as
-- h -> inf, independent of the singular values of X. [D], section 7.
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
    values, dof = M.target_values(o.problem)
  end
  local s_u = o.std_u or o.h ^ -(o.alpha or 0.5)
  return core.theory.wide_mean(o.h, s_u, o.std_v or s_u, dof,
    column("theory.wide_law", "singular_values", values))
end

--- Least-squares slope of log distance against log h of the wide law on these widths, s_u = s_v =
-- h^-alpha: what a measured slope is to be compared with. [D], section 7.
-- @tparam matrix|table widths at least two different ones
-- @tparam number alpha
-- @tparam matrix|table|problem target a problem, or the m singular values of Theta_hat
-- @treturn number
-- @usage print(linnet.theory.wide_slope({1e4, 1e6, 1e8}, 0.45, {20}))
function M.wide_slope(widths, alpha, target)
  local h = column("theory.wide_slope", "widths", widths)
  number("theory.wide_slope", "alpha", alpha, at_least_0, "a number >= 0")
  if h:max() == h:min() or h:min() < 1 then
    error("theory.wide_slope: widths must be at least two different numbers >= 1", 2)
  end
  local values = getmetatable(target) == core.types.problem and M.target_values(target) or target
  return core.theory.wide_slope(h, alpha, column("theory.wide_slope", "target", values))
end

--- The exponent of the wide law in h as h -> inf: 1/2 - 2 alpha below 1/2, -1/2 at 1/2, -alpha
-- above; no decay for alpha <= 1/4. [D], section 7.
-- @tparam number alpha
-- @treturn number
-- @usage assert(linnet.theory.wide_exponent(0.5) == -0.5)
function M.wide_exponent(alpha)
  return core.theory.wide_exponent(number("theory.wide_exponent", "alpha", alpha, at_least_0,
    "a number >= 0"))
end

return M
