--- The theory's formulas as plain functions of spectra, small matrices and numbers.
--
-- Sources: [M21] Min, Tarmoun, Vidal, Mallada, ICML 2021 (arXiv 2105.06351v1); [M22] its version 2;
-- [X23] Xu, Min, Tarmoun, Mallada, Vidal, AISTATS 2023; [X25] the same, TMLR 2025; [D] derived for
-- this project. Sections are those of mathematics.md. What is a theorem says so; its conditions are
-- the caller's to check.
--
-- SPDX-License-Identifier: MIT
-- @module linnet.theory

local core = require "linnet.core"
local options = require "linnet.options"
local error = require("linnet.failure").raise
local given = require "linnet.theory.arguments"

local M = {}

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
  given.matrix("theory.imbalance", "U1", U1)
  given.matrix("theory.imbalance", "V", V, nil, U1:cols(), "must have as many columns as U1")
  return given.imbalance(U1, V)
end

options.define("theory.rates", {
  summary = "Rates of -d/dt log(L - L*) at reduced weights.",
  {name = "U1", type = "matrix", required = true, help = "r x h', Phi1'U or its factor"},
  {name = "V", type = "matrix", required = true, help = "m x h'"},
  {name = "target", type = "matrix", required = true, help = "r x m, Yt = W'Y"},
  {name = "sigma", type = "matrix|list", default_help = "ones",
    help = "r singular values of X > 0, in the order of the rows of U1 and target"},
})

-- U1, target and sigma with rows turned so that sigma decreases, which the bounds take for granted.
local function decreasing(U1, target, sigma)
  local order, sorted = {}, true
  for i = 1, #sigma do
    order[i] = i
    sorted = sorted and (i == 1 or sigma:get(i, 1) <= sigma:get(i - 1, 1))
  end
  if sorted then return U1, target, sigma end
  table.sort(order, function(i, j)
    local x, y = sigma:get(i, 1), sigma:get(j, 1)
    return x > y or x == y and i < j
  end)
  local function turned(m)
    return core.matrix.new(m:rows(), m:cols(), function(i, j) return m:get(order[i], j) end)
  end
  return turned(U1), turned(target), turned(sigma)
end

--- The rates at reduced weights, each a rate of -d/dt log(L - L*) per unit of time, 0 where a bound
-- says nothing. Section 6.
--
-- Exact: `instantaneous`; `late`, 2 lam_min(K), what it tends to once the weights no longer move.
-- From below: `imbalance`, 2 sigma_r^2 c, for all later times (Theorem 1 of [M21]); `proposition1`,
-- now; `margin`, from now on (Theorem 3); `corollary6`, of the limit as E -> 0: proposition1 with
-- s_i(Yt)/sigma_1 for s_i (all [M22]). From above: `upper`, now [X23]; `envelope`, from now on:
-- `upper` with s_1 <= (||Yt||_2 + ||E||)/sigma_r, as ||E|| only falls ([D] from [X23]).
-- @tparam table opts see `help("theory.rates")`
-- @treturn table instantaneous, imbalance, proposition1, margin, corollary6, upper, envelope, late
-- @usage
-- local rates = linnet.theory.rates{
--   U1 = linnet.eye(3, 4), V = linnet.ones(1, 4), target = linnet.ones(3, 1), sigma = {2, 1, 0.5},
-- }
-- print(rates.proposition1, rates.instantaneous, rates.upper)
function M.rates(opts)
  local o = options.check("theory.rates", opts, 2)
  given.matrix("theory.rates", "U1", o.U1)
  given.matrix("theory.rates", "V", o.V, nil, o.U1:cols(), "must have as many columns as U1")
  local r, m = o.U1:rows(), o.V:rows()
  given.matrix("theory.rates", "target", o.target, r, m, "must be r x m")
  local sigma = given.column("theory.rates", "sigma", o.sigma or core.matrix.ones(r, 1), true)
  if #sigma ~= r then
    error(("theory.rates: sigma has %d values, but U1 %d rows"):format(#sigma, r), 2)
  end
  local U1, target, values = decreasing(o.U1, o.target, sigma)
  return core.theory.rates(given.stacked(U1, o.V), r, target, values)
end

--- T(d, s) = -d + sqrt((d + c)^2 + 4 s^2) of Proposition 1, without cancellation. [M22], section 6.
-- @tparam number d spread D+ or D-, >= 0
-- @tparam number c imbalance, >= 0
-- @tparam number s singular value, >= 0
-- @treturn number
-- @usage assert(linnet.theory.term(0, 0, 2.5) == 5)
function M.term(d, c, s)
  given.number("theory.term", "d", d)
  given.number("theory.term", "c", c)
  given.number("theory.term", "s", s)
  return core.theory.term(d, c, s)
end

--- 2 sigma_r^2 c: L(t) - L* <= exp(-2 sigma_r^2 c t) (L(0) - L*). Theorem 1 of [M21], section 6.
-- @tparam number sigma_r smallest singular value of X
-- @tparam number c imbalance
-- @treturn number
-- @usage assert(linnet.theory.theorem1(0.5, 3) == 1.5)
function M.theorem1(sigma_r, c)
  given.number("theory.theorem1", "sigma_r", sigma_r)
  given.number("theory.theorem1", "c", c)
  return core.theory.theorem1(sigma_r, c)
end

local function imbalance_check(what, b)
  if type(b) ~= "table" or not core.matrix.is_matrix(b.spectrum) then
    error(("%s: the first argument must be an imbalance as theory.imbalance and s:imbalance() give "
      .. "it, got a %s"):format(what, type(b)), 3)
  end
  for _, name in ipairs{"c", "delta_plus", "delta_minus"} do
    given.number(what, "imbalance." .. name, b[name], 4)
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
  given.number("theory.proposition1", "sigma_r", sigma_r)
  given.number("theory.proposition1", "s_m", s_m)
  given.number("theory.proposition1", "s_r", s_r)
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
  given.number("theory.upper", "sigma_1", sigma_1)
  given.number("theory.upper", "s_1", s_1)
  local s = b.spectrum -- of weights without columns: empty
  local high, low = 0, 0
  if #s > 0 then high, low = s:max(), s:min() end
  return core.theory.upper(math.max(high, 0), math.max(-low, 0), sigma_1, s_1)
end

-- ---------------------------------------------------------------- bounds (section 7)

M.DELTA = {name = "delta", type = "number", range = "(0, 1)", default = 0.05,
  help = "the statements hold with probability >= 1 - delta"}
M.CONSTANTS = {name = "constants", choices = {"safe", "printed"}, default = "safe",
  help = "of q: printed is too small unless delta <= 2 exp(-8)"}
M.H0 = {name = "h0", choices = {"corrected", "printed"}, default = "corrected",
  help = "of the width threshold: printed has a slip in an exponent"}

local SETTING = {
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
  {name = "norm_Y", type = "number", range = "[0, inf)", required = true,
    help = "||Y||_F; ||Yt||_F serves as well and is less"},
  M.CONSTANTS,
  M.H0,
}

options.define("theory.theorem2", {
  summary = "Theorem 2 for entries N(0, h^(-2 alpha)).", table.unpack(SETTING),
})
options.define("theory.lemma1", {
  summary = "Lemma 1 for entries N(0, h^(-2 alpha)).", table.unpack(SETTING),
})

local function checked(name, opts)
  local o = options.check(name, opts, 3)
  if o.rank > o.D then
    error(("%s: rank = %d is more than D = %d inputs allow"):format(name, o.rank, o.D), 3)
  elseif o.sigma_1 < o.sigma_r then
    error(("%s: sigma_1 = %.10g, the largest singular value, is less than sigma_r = %.10g"):format(
      name, o.sigma_1, o.sigma_r), 3)
  end
  return o
end

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
-- / sigma_r^2). With ||Yt|| for ||Y|| the same proof holds and the bound is less: what the data
-- cannot reach never enters ([D]). Below the threshold `applies` is false and the bound a number
-- without a meaning. Section 7.
-- @tparam table opts see `help("theory.theorem2")`
-- @treturn table bound, q, constant, h0, threshold, applies, and log_bound, log_constant,
--   log_threshold for what overflows
-- @usage
-- local b = linnet.theory.theorem2{
--   D = 400, m = 1, rank = 100, h = 1e4, sigma_1 = 1.5, sigma_r = 0.5, norm_Y = 0.5,
-- }
-- print(b.bound, b.threshold, b.applies)
function M.theorem2(opts)
  return core.theory.theorem2(setting(checked("theory.theorem2", opts)))
end

--- Lemma 1 of [M21]: on the event of Theorem 2, for h > `threshold` = 16 q^2, at t = 0 the
-- imbalance c > `c` = h^(1 - 2 alpha), ||Z U2'||_F <= `perpendicular`, ||U1 V'||_F <= `product`.
-- Section 7.
-- @tparam table opts see `help("theory.lemma1")`
-- @treturn table c, perpendicular, product, threshold, applies
-- @usage
-- local b = linnet.theory.lemma1{
--   D = 400, m = 1, rank = 100, h = 1e4, sigma_1 = 1.5, sigma_r = 0.5, norm_Y = 0.5,
-- }
-- print(b.c, b.perpendicular, b.product)
function M.lemma1(opts)
  return core.theory.lemma1(setting(checked("theory.lemma1", opts)))
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
  given.number("theory.log_apriori", "norm_perp", norm_perp)
  given.number("theory.log_apriori", "sigma_1", sigma_1)
  given.number("theory.log_apriori", "sigma_r", sigma_r)
  given.number("theory.log_apriori", "norm_E", norm_E)
  given.number("theory.log_apriori", "c", c)
  return core.theory.apriori(norm_perp, sigma_1, sigma_r, norm_E, c)
end

for _, part in ipairs{"law", "weights", "descent", "task"} do
  for name, f in pairs(require("linnet.theory." .. part)) do M[name] = f end
end

return M
