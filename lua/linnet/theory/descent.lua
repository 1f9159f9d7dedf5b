--- lua/linnet/theory/descent.lua: how far a step of descent may go, what it does to loss and
-- imbalance, where label noise ends.
--
-- SPDX-License-Identifier: MIT
-- @module linnet.theory

local check = require "linnet.check"
local core = require "linnet.core"
local display = require "linnet.display"
local options = require "linnet.options"
local given = require "linnet.theory.arguments"

local M = {}

local function problem(what, p)
  check.object(what, "the argument", p, core.types.problem, "a problem", 3)
  check.squared(what, p, 3)
end

-- ---------------------------------------------------------------- the flattest minimum

-- ||diag(sigma) x|| and ||Yt'x|| of the unit vector x that belongs to the largest eigenvalue of nu
-- diag(sigma)^2 + Yt Yt'/nu, and that eigenvalue.
local function top_mode(sigma, Yt, nu)
  local r = #sigma
  local H = Yt * Yt:t() * (1 / nu)
  for i = 1, r do H:set(i, i, H:get(i, i) + nu * sigma:get(i, 1) ^ 2) end
  local values, vectors = H:eigh()
  local x = vectors:col(r)
  return x:copy():emul(sigma):norm(), (Yt:t() * x):norm(), values(r)
end

--- The critical step: 2 over the sharpness of the flattest minimum. With a larger eta no network
-- that fits (E = 0), whatever its width, is a stable end of gradient descent; with a smaller one
-- there is a stable minimum, which a given start need not find. For the summed loss; eta of the
-- mean loss is n/2 times as large.
--
-- For any data the least sharpness is the minimum over nu > 0 of the largest eigenvalue of nu
-- diag(sigma)^2 + Yt Yt'/nu, attained by V V' = nu times a projection. For sigma = 1 it is 2
-- s_1(Yt), and the critical step 1/s_1(Yt). [D], section 6.
-- @tparam problem p
-- @treturn number eta, inf where the target is zero
-- @treturn number the sharpness of the flattest minimum
-- @treturn number nu, ||V||_2^2 there
-- @usage
-- local X, Y = linnet.data.gaussian{n = 20, D = 50, orthonormal = true, seed = 1}
-- local p = linnet.problem(X, Y)
-- local _, _, Yt = p:reduced()
-- assert(math.abs(linnet.theory.critical_step(p) * Yt:norm(2) - 1) < 1e-12)
function M.critical_step(p)
  problem("theory.critical_step", p)
  local _, _, Yt = p:reduced()
  local sigma = p:singular_values()
  local size = Yt:norm(2)
  if size == 0 then return math.huge, 0, 0 end
  local y, s = Yt * (1 / size), sigma * (1 / sigma(1)) -- the eigenvalue scales like sigma_1 ||Yt||
  local low, high = 1e-3, 1 / s(#s) -- of nu: at the best one ||Yt'x||/||diag(sigma) x||
  while true do -- below it the second term leads
    local a, b = top_mode(s, y, low)
    if low * a <= b then break end
    low = low / 1e3
  end
  for _ = 1, 200 do
    if high / low - 1 <= 1e-15 then break end
    local nu = (low * high) ^ 0.5
    local a, b = top_mode(s, y, nu)
    if nu * a > b then high = nu else low = nu end
    if nu == low and nu == high then break end
  end
  local _, _, below = top_mode(s, y, low)
  local _, _, above = top_mode(s, y, high)
  local sharpness = math.min(below, above) * sigma(1) * size
  return 2 / sharpness, sharpness, (below < above and low or high) * size / sigma(1)
end

-- ---------------------------------------------------------------- one step, bounded

-- mu, and a, q, w of K(eta) = a (1 + q y + w y^2), y = a eta, at weights: numbers without units, as
-- their product with powers of a may be none.
local function constants(U1, V, target, sigma)
  local r, m, cols = U1:rows(), V:rows(), U1:cols()
  local function ends(W, rows)
    local _, s = W:svd()
    return s:max(), cols >= rows and s:min() or 0
  end
  local u1, ur = ends(U1, r)
  local v1, vm = ends(V, m)
  local high, low = sigma:max(), sigma:min()
  local top = u1 ^ 2 + v1 ^ 2 -- of the two layers' operator, squared
  local root = high * given.error(U1, V, target, sigma):norm() -- sqrt(2 K L), K = sigma_1^2
  local a = high ^ 2 * top + root
  local share, x = root / a, high ^ 2 / a
  return low ^ 2 * (ur ^ 2 + vm ^ 2), a, 3 * (x * top) * share,
    3 * (x * (U1 * V:t()):norm(2)) * share ^ 2
end

-- The eta with eta K(eta) = 1: Newton from above on a convex increasing cubic of y = a eta.
local function reciprocal(a, q, w)
  if a == 0 then return math.huge end
  if a == math.huge then return 0 end
  local y = 1
  for _ = 1, 200 do
    local next = y - (((w * y + q) * y + 1) * y - 1) / ((3 * w * y + 2 * q) * y + 1)
    if not (next < y) then break end
    y = next
  end
  return y / a
end

local RATE = {
  summary = "How much one step of gradient descent lowers the excess at least.",
  table.unpack(given.WEIGHTS),
}
RATE[#RATE + 1] = {name = "eta", type = "number", range = "(0, inf)",
  default_help = "the step with eta K = 1", help = "step size"}
options.define("theory.descent_rate", RATE)

--- What one step of gradient descent on the summed loss does to the excess at least: L+ - L* <=
-- `contraction` (L - L*), contraction = 1 - 2 mu eta + mu K eta^2, where eta K < 2 (`applies`; else
-- it says nothing, and is inf). mu = sigma_r^2 s_min(T)^2, K = sigma_1^2 s_max(T)^2 + R + 3
-- sigma_1^2 s_max(T)^2 R eta + 6 sigma_1^4 s_1(U1 V') L eta^2, with L the excess, R = sigma_1 (2
-- L)^(1/2), s_min(T)^2 = lam_r(U1 U1') + lam_m(V V'), s_max(T)^2 = ||U1||_2^2 + ||V||_2^2.
--
-- Theorem 3.1 of [X25] as printed, for the reduced problem. Section 6.
-- @tparam table opts see `help("theory.descent_rate")`
-- @treturn table `mu`, `K`, `eta`, `contraction`, `applies`
-- @usage
-- local X, Y = linnet.data.gaussian{n = 5, D = 8, seed = 1}
-- local p = linnet.problem(X, Y)
-- local s = p:init("gaussian", {h = 1e4, seed = 1})
-- local rate = linnet.theory.descent_rate{state = s}
-- local after = p:descend(s, {eta = rate.eta, steps = 1}).final
-- assert(after:excess() <= rate.contraction * s:excess())
function M.descent_rate(opts)
  local o = options.check("theory.descent_rate", opts, 2)
  local U1, V, target, sigma = given.weights("theory.descent_rate", o)
  local mu, a, q, w = constants(U1, V, target, sigma)
  local eta = o.eta or reciprocal(a, q, w)
  local K = a
  if a > 0 and eta < math.huge then K = a * (1 + (q + w * (a * eta)) * (a * eta)) end
  local applies = eta < math.huge and eta * K < 2
  return display.of{mu = mu, K = K, eta = eta, applies = applies,
    contraction = applies and 1 - mu * eta * (2 - K * eta) or math.huge}
end

options.define("theory.descent_schedule", {
  summary = "Step sizes that follow the local smoothness, for p:descend.",
  {name = "eta", type = "number", range = "(0, inf)", required = true,
    help = "eta_0, the first and least one unless 1/K is less"},
})

--- The schedule eta_k = min((1 + eta_0^2)^(k/2) eta_0, 1/K_k), K_k the constant of
-- `theory.descent_rate` at the k-th state and at eta_k itself: equation 19 of [X25] with its
-- equation 12. Every step lowers the excess by the factor of `theory.descent_rate`. That these
-- factors stay below one bound is their Theorem 3.2, for an eta_0 that is small enough and weights
-- with enough imbalance or margin. The growth 1 + eta_0^2 has no units: with data in other units it
-- is another schedule; 1/K_k is not. For the summed loss. Section 6.
-- @tparam table opts see `help("theory.descent_schedule")`
-- @treturn function (k, state) -> eta, for the option `eta` of `p:descend`
-- @usage
-- local X, Y = linnet.data.gaussian{n = 5, D = 8, seed = 1}
-- local p = linnet.problem(X, Y)
-- local s = p:init("gaussian", {h = 1e4, seed = 1})
-- print(p:descend(s, {eta = linnet.theory.descent_schedule{eta = 0.02}, steps = 50}))
function M.descent_schedule(opts)
  local first = options.check("theory.descent_schedule", opts, 2).eta
  local growth = math.log(1 + first ^ 2) / 2
  return function(k, state)
    check.object("descent_schedule", "state", state, core.types.state, "a state")
    given.number("descent_schedule", "k", k)
    local U1, V, target, sigma = given.weights("descent_schedule", {state = state})
    local _, a, q, w = constants(U1, V, target, sigma)
    return math.min(first * math.exp(growth * k), reciprocal(a, q, w))
  end
end

-- ---------------------------------------------------------------- the imbalance

local STEP = {summary = "Change of the imbalance by one step of gradient descent.",
  table.unpack(given.WEIGHTS)}
for _, entry in ipairs{
  {name = "eta", type = "number", range = "(0, inf)", required = true, help = "step size"},
  {name = "weight_decay", type = "number", range = "[0, inf)", default = 0,
    help = "w of the loss + w/2 (||U||^2 + ||V||^2)"},
  {name = "label_noise", type = "number", range = "[0, inf)", default = 0,
    help = "sd of fresh noise in each entry of Y: the mean of the change"},
} do
  STEP[#STEP + 1] = entry
end
options.define("theory.imbalance_step", STEP)

--- What one step of gradient descent does to the imbalance Lambda = Z'J Z exactly: Lambda+ = (1 -
-- eta w)^2 Lambda - eta^2 Z'J S^2 Z, and with label noise of deviation tau in the mean eta^2 tau^2
-- (tr diag(sigma)^2 V'V - m U1'diag(sigma)^2 U1) more. The flow keeps Lambda. Section 4.8.
-- @tparam table opts see `help("theory.imbalance_step")`
-- @treturn matrix Lambda+ - Lambda in the columns of U1 and V (of a state: of its factor L)
-- @usage
-- local X, Y = linnet.data.gaussian{n = 5, D = 8, seed = 1}
-- local p = linnet.problem(X, Y)
-- local s = p:init("gaussian", {h = 1e4, seed = 1})
-- local function Lambda(state)
--   local U1, V = state:reduced()
--   return U1:t() * U1 - V:t() * V
-- end
-- local after = p:descend(s, {eta = 0.1, steps = 1}).final
-- local change = linnet.theory.imbalance_step{state = s, eta = 0.1}
-- assert((Lambda(after) - Lambda(s)):allclose(change, 1e-9))
function M.imbalance_step(opts)
  local o = options.check("theory.imbalance_step", opts, 2)
  local U1, V, target, sigma = given.weights("theory.imbalance_step", o)
  local _, A = given.error(U1, V, target, sigma)
  local AV, AU = o.eta * (A * V), o.eta * (A:t() * U1)
  local change = AV:t() * AV - AU:t() * AU
  if o.weight_decay > 0 then
    local Lambda = U1:t() * U1 - V:t() * V
    change = change - o.eta * o.weight_decay * (2 - o.eta * o.weight_decay) * Lambda
  end
  if o.label_noise > 0 then
    local SU, noise = core.matrix.diag(sigma) * U1, o.eta * o.label_noise
    change = change + (noise * sigma:norm()) ^ 2 * (V:t() * V)
      - noise ^ 2 * V:rows() * (SU:t() * SU)
  end
  return change
end

-- ---------------------------------------------------------------- label noise

-- The positive semidefinite square root of a'a (or a a'), from a's singular values.
local function root(s, basis)
  return basis * core.matrix.diag(s) * basis:t()
end

--- Where gradient descent with fresh label noise ends, slowly, on the set E = 0: V V' = c^-1
-- (Yt'Yt)^(1/2) and diag(sigma) U1 U1'diag(sigma) = c (Yt Yt')^(1/2), c = (tr
-- diag(sigma)^2/m)^(1/2), so that tr V V' = (m/tr diag(sigma)^2)^(1/2) ||Yt||_*: of all weights
-- that fit, those of least tr K, the trace of the Hessian. It needs h >= the rank of Yt, and is a
-- limit: eta tau^2 -> 0, for steps k with eta^2 tau^2 k -> inf. [D], section 4.8.
-- @tparam problem p
-- @treturn table `trace` of V V', matrices `VV` and `UU` = U1 U1', `kernel_trace`
-- @usage
-- local X, Y = linnet.data.gaussian{n = 5, D = 8, m = 2, seed = 1}
-- local last = linnet.theory.label_noise_end(linnet.problem(X, Y))
-- print(last.trace, last.VV)
function M.label_noise_end(p)
  problem("theory.label_noise_end", p)
  local _, _, Yt = p:reduced()
  local sigma = p:singular_values()
  local P, s, R = Yt:svd()
  local c = sigma:norm() / p.m ^ 0.5
  local inverse = core.matrix.diag(sigma:map(function(x) return 1 / x end))
  local VV = root(s, R) * (1 / c)
  return display.of{trace = s:sum() / c, VV = VV, UU = inverse * root(s, P) * inverse * c,
    kernel_trace = 2 * sigma:norm() * p.m ^ 0.5 * s:sum()}
end

return M
