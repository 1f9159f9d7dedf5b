--- Theory at a state and along a run: rates, the ladder of bounds, the law of the distance.
--
-- Formulas live in the core; here they meet states and runs. Sections are those of mathematics.md,
-- sources those of `linnet.theory`.
--
-- SPDX-License-Identifier: MIT
-- @module linnet.run.ladder

local check = require "linnet.check"
local core = require "linnet.core"
local display = require "linnet.display"
local integrals = require "linnet.run.integrals"
local options = require "linnet.options"
local run = require "linnet.run"
local theory = require "linnet.theory"
local error = require("linnet.failure").raise

local M = {run = {}, state = {}}

-- ---------------------------------------------------------------- at a state

--- The rates of -d/dt log(L - L*) at this state, per unit of time; 0 where a bound says nothing.
-- Exact: `instantaneous`, and `late` = 2 lam_min(K). From below: `imbalance` (Theorem 1 of [M21],
-- for all later times), `proposition1` (now), `margin` (from now on), `corollary6` (of the limit,
-- where E vanishes). From above: `upper` (now) [X23], `envelope` (from now on). See also
-- `linnet.theory.rates`.
-- The imbalance is that of this state: the flow conserves it, descent does not quite. All are of
-- the flow without weight decay from here on, on the squared loss: of another one `state:rate` is
-- exact too, and no bound was derived. Section 6.
-- @function state:rates
-- @treturn table instantaneous, imbalance, proposition1, margin, corollary6, upper, envelope, late
-- @usage
-- local X, Y = linnet.data.gaussian{n = 5, D = 8, seed = 1}
-- local rates = linnet.problem(X, Y):init("gaussian", {h = 1e6, seed = 1}):rates()
-- assert(rates.proposition1 <= rates.instantaneous and rates.instantaneous <= rates.upper)
function M.state.rates(s)
  check.self(s, core.types.state, "state", "rates")
  check.squared("rates", s.problem)
  return display.of(core.theory.state_rates(s))
end

--- A step size of gradient descent that provably converges from this state, and how fast: see
-- `linnet.theory.safe_step`. For the summed loss; eta of the mean loss is n/2 times as large.
-- @function state:safe_step
-- @treturn table `eta`, `contraction` (of the excess, per step), `c`
-- @usage
-- local p = linnet.problem(linnet.eye(3), linnet.ones(3, 1))
-- print(p:init("gaussian", {h = 100, seed = 1}):safe_step().eta)
function M.state.safe_step(s)
  check.self(s, core.types.state, "state", "safe_step")
  check.squared("safe_step", s.problem)
  local U1, V = s:reduced()
  local _, _, Yt = s.problem:reduced()
  if U1:cols() == 0 then return {eta = 0, contraction = 1, c = 0} end
  return theory.safe_step{U1 = U1, V = V, target = Yt, sigma = s.problem:singular_values()}
end

--- The law of ||U2 V'||_F^2 over the unseen rows of U, given the part of the weights that the data
-- see: exact for independent Gaussian weights, whatever the loss. Once the excess is 0 it is that
-- of the squared distance to the minimum-norm solution. [D], section 7.
-- @function state:law
-- @treturn table `mean`, `variance`, `cdf(x)`
-- @usage
-- local X, Y = linnet.data.gaussian{n = 5, D = 8, seed = 1}
-- local p = linnet.problem(X, Y)
-- local final = p:flow(p:init("gaussian", {h = 1e6, seed = 1}), {t = math.huge}).final
-- print(final:distance() ^ 2, final:law().mean)
function M.state.law(s)
  check.self(s, core.types.state, "state", "law")
  if not s.sampled then
    error(("law: the rows of U that the data do not see are not independent and Gaussian in a "
      .. "start of kind '%s'%s"):format(s.kind, s.task > 1 and " that was trained on other data"
      or s.h == math.huge and " at h = inf" or ""), 2)
  end
  local _, V = s:reduced()
  local nu = (V * V:t()):eigh():map(function(x) return math.max(x, 0) end)
  return theory.law(nu, s.std_u * math.abs(s.decay), s.problem.D - s.problem.rank)
end

-- What Theorem 2 and Lemma 1 of [M21] take of a start; nil and why they do not apply.
local function setting(s, o)
  local p, std = s.problem, s.std_u
  if not s.sampled or std ~= s.std_v or s.h <= 1 then
    return nil, "it is for independent Gaussian weights of variance h^(-2 alpha) in U and V"
  end
  local sigma = p:singular_values()
  local _, _, Yt = p:reduced()
  local seen = Yt:norm() -- all that E(0) knows of Y; the paper's proof takes ||Y||
  local all = (seen ^ 2 + 2 * p.optimal_loss) ^ 0.5
  return {
    D = p.D, m = p.m, rank = p.rank, h = s.h, alpha = -math.log(std) / math.log(s.h),
    delta = o.delta, sigma_1 = sigma:get(1, 1), sigma_r = sigma:get(p.rank, 1),
    norm_Y = o.constants == "printed" and all or seen, constants = o.constants, h0 = o.h0,
  }
end

local function measured(value, bound, holds)
  return {value = value, bound = bound, holds = holds}
end

-- Where the lemma says nothing its bounds are the trivial ones.
local SAYS_NOTHING = {c = 0, perpendicular = math.huge, product = math.huge, threshold = math.huge,
  applies = false}

local function lemma1_of(s, given)
  local start = s:start()
  local perpendicular, _, product = start:perpendicular(), core.theory.norms(start)
  local c, b = start:imbalance().c, given and theory.lemma1(given) or SAYS_NOTHING
  return {
    c = measured(c, b.c, c >= b.c),
    perpendicular = measured(perpendicular, b.perpendicular, perpendicular <= b.perpendicular),
    product = measured(product, b.product, product <= b.product),
    threshold = b.threshold, applies = b.applies,
  }
end

local function theorem2_of(given)
  local b = theory.theorem2(given)
  if not (given.alpha > 0.25 and given.alpha <= 0.5) then
    b.reason = ("does not apply: it needs 1/4 < alpha <= 1/2, alpha is %.6g"):format(given.alpha)
  elseif not b.applies then
    b.reason = ("does not apply: h = %.6g is below its threshold %.3g"):format(given.h, b.threshold)
  end
  return b
end

options.define("bounds", {
  summary = "Bounds of the distance to the minimum-norm solution.",
  theory.DELTA, theory.CONSTANTS, theory.H0,
})

-- alpha as h^-alpha gave the standard deviation, whose logarithm returns it with round-off.
local function tidy(given)
  if math.abs(given.alpha - 0.5) < 1e-12 then given.alpha = 0.5 end
  return given
end

local function bounds(s, o)
  local perpendicular, _, _, error_norm = s:perpendicular(), core.theory.norms(s)
  local sigma = s.problem:singular_values()
  local log_apriori = core.theory.apriori(perpendicular, sigma:get(1, 1),
    sigma:get(s.problem.rank, 1), error_norm, s:imbalance().c)
  local out = {initial = perpendicular, apriori = math.exp(log_apriori), log_apriori = log_apriori}
  local given, why = setting(s, o)
  out.theorem2 = given and theorem2_of(tidy(given)) or {applies = false, bound = math.huge,
    log_bound = math.huge, threshold = math.huge, reason = "does not apply: " .. why}
  out.lemma1 = lemma1_of(s, given)
  return display.of(out)
end

--- Bounds of ||U2 V'||, the distance at the end. `initial` = ||Zperp|| = ||Z U2'||_F and `apriori`
-- = ||Zperp|| exp(sigma_1 ||E||/(sigma_r^2 c)) are of this state and hold from here on (natural
-- logarithm in `log_apriori`; inf at c = 0). `theorem2` (see `linnet.theory.theorem2`; `reason`
-- says why when `applies` is false) and `lemma1` are of the trajectory's start and hold with
-- probability >= 1 - delta; each inequality of `lemma1` (`c`, `perpendicular`, `product`) comes
-- with `value`, `bound` and `holds`. [M21], section 7.
-- @function state:bounds
-- @tparam[opt] table opts see `help("bounds")`
-- @treturn table initial, apriori, log_apriori, theorem2, lemma1
-- @usage
-- local X, Y = linnet.data.gaussian{n = 5, D = 8, seed = 1}
-- local b = linnet.problem(X, Y):init("gaussian", {h = 1e4, seed = 1}):bounds()
-- print(b.initial, b.log_apriori, b.theorem2.reason or b.theorem2.bound)
function M.state.bounds(s, opts)
  check.self(s, core.types.state, "state", "bounds")
  check.squared("bounds", s.problem)
  local o = options.check("bounds", opts, 2)
  return bounds(s, o)
end

-- ---------------------------------------------------------------- along a run

local function rung(name, log, needs)
  return {name = name, value = math.exp(log), log = log, needs = needs}
end

--- The rungs of `run:bounds().ladder`, in order: a list of {name, value, log, needs}, the measured
-- distance first, then its bounds; `print` shows a line for each.
-- @type ladder

local Ladder = {__name = "linnet.ladder"}
function Ladder.__tostring(ladder)
  local lines = {}
  for _, r in ipairs(ladder) do
    local power = r.log / math.log(10)
    local value = math.abs(power) < 300 and ("%.6g"):format(r.value)
      or r.log == math.huge and "inf" or ("10^%.6g"):format(power)
    lines[#lines + 1] = ("%-11s %-13s %s"):format(r.name, value, r.needs)
  end
  return table.concat(lines, "\n")
end

--- Bounds beside the measured distance: those of `state:bounds` for the run's start, and `ladder`,
-- an ordered list of {name, value, log, needs}: the measured ||U2 V'|| at the end, then upper
-- bounds of it, each larger than the one before: ||Zperp|| exp(int ||A||_2), ||Zperp|| exp(sigma_1
-- int ||E||_F), ||Zperp|| exp(sigma_1 ||E(0)||/(sigma_r^2 c)), and Theorem 2. The integrals are
-- measured on the run, from above. [M21], section 7.
-- @function run:bounds
-- @tparam[opt] table opts see `help("bounds")`
-- @treturn table initial, apriori, log_apriori, theorem2, lemma1, ladder (prints as a table)
-- @usage
-- local X, Y = linnet.data.gaussian{n = 5, D = 8, seed = 1}
-- local p = linnet.problem(X, Y)
-- print(p:flow(p:init("gaussian", {h = 1e6, seed = 1}), {t = math.huge}):bounds().ladder)
function M.run.bounds(self, opts)
  check.self(self, run.meta, "run", "bounds")
  if self.k then
    error("bounds: the ladder is for the flow; descent jumps over its integrals", 2)
  elseif not (self.final and self.checkpoints) then
    error("bounds: " .. run.NO_STATES, 2)
  elseif run.decays(self) then
    error("bounds: the ladder is for flows without weight decay, where c is constant: with it "
      .. "c(t) = exp(-2 w t) c(0), and no bound was derived", 2)
  end
  check.squared("bounds", self.problem)
  local o = options.check("bounds", opts, 2)
  local out = bounds(self.start, o)
  local sum = integrals(self)
  local sigma_1 = self.problem:singular_values():get(1, 1)
  local theorem2 = out.theorem2
  out.integrals = sum
  out.ladder = setmetatable({
    rung("measured", math.log((core.theory.norms(self.final))), "nothing: ||U2 V'||_F at the end"),
    rung("force", core.theory.rung(out.initial, sum.force), "the trajectory: int ||A||_2 dt"),
    rung("error", core.theory.rung(out.initial, sigma_1 * sum.error),
      "the trajectory: sigma_1 int ||E||_F dt"),
    rung("apriori", out.log_apriori, "c > 0 at the start"),
    rung("theorem 2", theorem2.log_bound, theorem2.reason
      or ("Gaussian weights, h > %.3g; probability %g"):format(theorem2.threshold, 1 - o.delta)),
  }, Ladder)
  return out
end

return M
