--- lua/linnet/theory/weights.lua: the theory seen in weights: the two halves of Proposition 1,
-- weights that attain it, and how large a step of descent may be.
--
-- SPDX-License-Identifier: MIT
-- @module linnet.theory

local core = require "linnet.core"
local options = require "linnet.options"
local error = require("linnet.failure").raise
local given = require "linnet.theory.arguments"

local M = {}

local hypot = given.hypot

-- (x - d + ((x + d)^2 + 4 s^2)^(1/2))/2 for x, d, s >= 0, without cancellation.
local function half(x, d, s)
  local root = hypot(x + d, 2 * s)
  if x >= d then return (x - d + root) / 2 end
  return 2 * (x * (d / (d - x + root)) + s * (s / (d - x + root)))
end

-- [lam_1]+, [lam_r]+ of Lambda and [lam_1]+, [lam_m]+ of -Lambda, of a decreasing spectrum.
local function extremes(spectrum, r, m)
  local n = #spectrum
  local function at(i, sign) return n >= 1 and math.max(sign * spectrum:get(i, 1), 0) or 0 end
  return at(1, 1), r <= n and at(r, 1) or 0, at(n, -1), m <= n and at(n - m + 1, -1) or 0
end

local function singular(m, i)
  local _, s = m:svd()
  return i <= #s and s:get(i, 1) or 0
end

--- Lower bounds of lam_r(U1 U1') and lam_m(V V'), the two halves of Proposition 1: with a, b =
-- [lam_1]+, [lam_r]+ of Lambda and e, f = [lam_1]+, [lam_m]+ of -Lambda, (b - e + ((b + e)^2 + 4
-- s_r^2)^(1/2))/2 and (f - a + ((a + f)^2 + 4 s_m^2)^(1/2))/2, s_i the singular values of U1 V', 0
-- beyond min(r, m). 2 sigma_r^2 times their sum is `proposition1`. [M22]; regrouped so by us.
-- Section 6.
-- @tparam matrix U1 r x h'
-- @tparam matrix V m x h'
-- @treturn number lower bound of the least eigenvalue of U1 U1'
-- @treturn number lower bound of the least eigenvalue of V V'
-- @usage
-- local U1, V = linnet.eye(2, 4), linnet.ones(1, 4)
-- local u, v = linnet.theory.gram_bounds(U1, V)
-- assert(u <= (U1 * U1:t()):eigh():min() and v <= (V * V:t()):eigh():min())
function M.gram_bounds(U1, V)
  given.matrix("theory.gram_bounds", "U1", U1)
  given.matrix("theory.gram_bounds", "V", V, nil, U1:cols(), "must have as many columns as U1")
  local r, m = U1:rows(), V:rows()
  local b = given.imbalance(U1, V)
  local P = U1 * V:t()
  local plus_first, plus_last, minus_first, minus_last = extremes(b.spectrum, r, m)
  return half(plus_last, minus_first, singular(P, r)), half(minus_last, plus_first, singular(P, m))
end

-- ---------------------------------------------------------------- the bound attained

options.define("theory.tight_weights", {
  summary = "Weights of given imbalance and product at which Proposition 1 is attained.",
  {name = "plus", type = "matrix|list", required = true,
    help = "r values >= 0: the eigenvalues of Lambda that are not negative"},
  {name = "minus", type = "matrix|list", required = true,
    help = "m values >= 0: the eigenvalues of -Lambda that are not negative"},
  {name = "product", type = "matrix", required = true, help = "r x m, U1 V'"},
})

-- Which of the decreasing p and q stand in which mode of the product, the last having the least
-- singular value. The least of p meets the largest of q there, and the largest of p the least of q:
-- in the last mode too where one of them may stand alone, r not being m, else in the one before.
local function assigned(p, q, r, m)
  local count = math.min(r, m)
  local function rest(list, used)
    local out = {}
    for i = 1, #list do
      if not used[i] then out[#out + 1] = list[i] end
    end
    return out
  end
  local ps, qs, alone = {}, {}, {}
  local up, uq = {}, {}
  local function place(i, a, b)
    ps[i], qs[i], up[a], uq[b] = p[a], q[b], true, true
  end
  if r > m then
    place(count, 1, m)
    up[r], alone[1] = true, p[r]
  elseif r < m then
    place(count, r, 1)
    uq[m], alone[1] = true, q[m]
  else
    place(count, r, 1)
    if count > 1 then place(count - 1, 1, m) end
  end
  local more_p, more_q = rest(p, up), rest(q, uq)
  for i = 1, count do
    if not ps[i] then ps[i], qs[i] = table.remove(more_p), table.remove(more_q) end
  end
  for _, x in ipairs(r > m and more_p or more_q) do alone[#alone + 1] = x end
  return ps, qs, alone
end

-- One mode s with imbalance p, -q in two columns (mathematics.md, section 5).
local function mode(U, V, col, P, R, p, q, s)
  local w = hypot(p + q, 2 * s)
  local swap = q > p
  local large = (math.abs(p - q) + w) / 2
  if large == 0 then return end
  local first, second = swap and V or U, swap and U or V
  local x, y = swap and R or P, swap and P or R
  for i = 1, x:rows() do first:set(i, col, large ^ 0.5 * x:get(i, 1)) end
  for i = 1, y:rows() do
    second:set(i, col, s / large ^ 0.5 * y:get(i, 1))
    second:set(i, col + 1, (p * (q / large)) ^ 0.5 * y:get(i, 1))
  end
end

local function decreasing(list)
  local out = {}
  for i = 1, #list do out[i] = list:get(i, 1) end
  table.sort(out, function(x, y) return x > y end)
  return out
end

--- Weights U1, V (r + m columns) with the eigenvalues `plus` and -`minus` of U1'U1 - V'V and a
-- given product U1 V', at which the least eigenvalue of U1 U1', and that of V V' too wherever the
-- last two singular values of the product are equal, r is not m, or r = m = 1, is its bound of
-- `gram_bounds`: Proposition 1 is then an equality for sigma = 1, and the bound cannot be improved
-- from Lambda and U1 V' alone, which [M22] treats as Proposition 14. With target = product + x
-- `direction`, any x, `instantaneous` is `proposition1`. The construction is [D]; section 6.
-- @tparam table opts see `help("theory.tight_weights")`
-- @treturn table `U1`, `V`, `direction` (r x m), `attained` (both bounds), `bound` (the sum of
--   both)
-- @usage
-- local w = linnet.theory.tight_weights{
--   plus = {2, 1}, minus = {0.5}, product = linnet.matrix{0.7, 0.2},
-- }
-- local rates = linnet.theory.rates{
--   U1 = w.U1, V = w.V, target = w.U1 * w.V:t() + 0.1 * w.direction,
-- }
-- assert(math.abs(rates.instantaneous / rates.proposition1 - 1) < 1e-12 and w.attained)
function M.tight_weights(opts)
  local o = options.check("theory.tight_weights", opts, 2)
  given.matrix("theory.tight_weights", "product", o.product)
  local r, m = o.product:rows(), o.product:cols()
  local p = decreasing(given.column("theory.tight_weights", "plus", o.plus))
  local q = decreasing(given.column("theory.tight_weights", "minus", o.minus))
  if #p ~= r or #q ~= m then
    error(("theory.tight_weights: a product of %d x %d needs %d values plus and %d minus, got %d "
      .. "and %d"):format(r, m, r, m, #p, #q), 2)
  end
  local P, s, R = core.exact.pairs(o.product)
  local count, U, V = math.min(r, m), core.matrix.zeros(r, r + m), core.matrix.zeros(m, r + m)
  local ps, qs, alone = assigned(p, q, r, m)
  for i = 1, count do mode(U, V, 2 * i - 1, P:col(i), R:col(i), ps[i], qs[i], s:get(i, 1)) end
  for i, x in ipairs(alone) do
    local side, basis = r > m and U or V, r > m and P or R
    for j = 1, side:rows() do side:set(j, 2 * count + i, x ^ 0.5 * basis:get(j, count + i)) end
  end
  local u = P:col(r > m and count + 1 or count)
  local v = R:col(m > r and count + 1 or r == m and math.max(count - 1, 1) or count)
  local bound_u = half(p[r], q[1], r > m and 0 or s:get(count, 1))
  local bound_v = half(q[m], p[1], m > r and 0 or s:get(count, 1))
  local uu, vv = (u:t() * U):norm() ^ 2, (v:t() * V):norm() ^ 2
  return {U1 = U, V = V, direction = u * v:t(), bound = bound_u + bound_v,
    attained = uu + vv <= (bound_u + bound_v) * (1 + 1e-12)}
end

-- ---------------------------------------------------------------- steps of descent

options.define("theory.safe_step", {
  summary = "A step of gradient descent that provably converges.",
  {name = "U1", type = "matrix", required = true, help = "r x h', Phi1'U or its factor"},
  {name = "V", type = "matrix", required = true, help = "m x h'"},
  {name = "target", type = "matrix", required = true, help = "r x m, Yt = W'Y"},
  {name = "sigma", type = "matrix|list", default_help = "ones",
    help = "r singular values of X > 0"},
})

--- A step size eta of gradient descent on the summed loss (for the mean: n/2 of it) with which
-- descent provably converges from these weights: L_k - L* <= `contraction`^k (L_0 - L*) for every
-- smaller step too, contraction = (1 - eta sigma_r^2 c/4)^2. Needs c > 0, else both say nothing (0
-- and 1). With B = (||Yt||_2 + ||E||)/sigma_r, M+- = (l+- + (l+-^2 + 4 B^2)^(1/2))/2, l+- =
-- [lam_1(+-Lambda)]+ + c/4, and E at the start, eta is the least of 1/(sigma_1^2 (M+ + M-)),
-- sigma_r^2 c/(4 sigma_1^3 B ||E||) and sigma_r^2 c^2/(16 sigma_1^2 ||E||^2 max(M+, M-)). [D],
-- after [X23], whose own constants this is not; the proof is in mathematics.md, section 6.
-- @tparam table opts see `help("theory.safe_step")`
-- @treturn table `eta`, `contraction`, `c`
-- @usage
-- local X, Y = linnet.data.gaussian{n = 5, D = 8, seed = 1}
-- local p = linnet.problem(X, Y)
-- local s = p:init("gaussian", {h = 1e4, seed = 1})
-- local step = s:safe_step()
-- local run = p:descend(s, {eta = step.eta, steps = 100})
-- assert(run.final:excess() <= step.contraction ^ 100 * s:excess())
function M.safe_step(opts)
  local o = options.check("theory.safe_step", opts, 2)
  local _, _, _, sigma = given.parts("theory.safe_step", o)
  local r, m = o.U1:rows(), o.V:rows()
  local b = given.imbalance(o.U1, o.V)
  if b.c == 0 then return {eta = 0, contraction = 1, c = 0} end
  local high, low = sigma:max(), sigma:min()
  local size = given.error(o.U1, o.V, o.target, sigma):norm()
  local B = (o.target:norm(2) + size) / low
  local plus, _, minus = extremes(b.spectrum, r, m)
  local function top(l) return (l + hypot(l, 2 * B)) / 2 end
  local up, down = top(plus + b.c / 4), top(minus + b.c / 4)
  local eta = 1 / (high ^ 2 * (up + down))
  if size > 0 then
    eta = math.min(eta, low ^ 2 * b.c / (4 * high ^ 3 * B * size),
      low ^ 2 * b.c ^ 2 / (16 * high ^ 2 * size ^ 2 * math.max(up, down)))
  end
  return {eta = eta, contraction = (1 - eta * low ^ 2 * b.c / 4) ^ 2, c = b.c}
end

return M
