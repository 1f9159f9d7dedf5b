--- lua/linnet/theory/decay.lua: one mode of the flow with weight decay from an orthogonal start, by
-- modified Bessel functions (mathematics.md, section 10.5).
-- SPDX-License-Identifier: MIT

local M = {}

local SMALL = 1e-18 -- of the largest term: what is left out of a sum
local WIDTHS = 0.5  -- step of the trapezoidal rule, in widths of the peak; at most STEP
local STEP = 0.2
local LEAST = -600  -- of log x

-- log K_nu(x) and x K_nu'(x) / K_nu(x): int exp(nu u - x cosh u) du over all u is 2 K_nu(x), and
-- the trapezoidal rule for an analytic integrand that falls off this fast has all digits.
local function second_kind(nu, x)
  local q = nu / x -- the peak is at asinh of it; its square may overflow
  local peak = q < 1e8 and math.log(q + math.sqrt(q * q + 1)) or math.log(2 * nu) - math.log(x)
  local function cosh(u) return 0.5 * (math.exp(u) + math.exp(-u)) end
  local top = nu * peak - x * cosh(peak)
  local h = math.min(STEP, WIDTHS * (nu * nu + x * x) ^ -0.25)
  local sum, slope = 0, 0
  for side = -1, 1, 2 do
    local k = side < 0 and 1 or 0
    repeat
      local u = peak + side * k * h
      local c = x * cosh(u)
      local term = math.exp(nu * u - c - top)
      sum, slope = sum + term, slope + c * term
      k = k + 1
    until c * term <= SMALL * slope and term <= SMALL * sum
  end
  return top + math.log(0.5 * h * sum), -slope / sum
end

-- x I_nu'(x) / I_nu(x) = nu + x / (2 (nu + 1)/x + 1 / (2 (nu + 2)/x + ...)), from behind.
local function first_kind(nu, x)
  local tail = 0
  for k = math.ceil(3 * x) + 60, 1, -1 do tail = 1 / (2 * (nu + k) / x + tail) end
  return nu + x * tail
end

-- log K_nu, x K_nu'/K_nu and x I_nu'/I_nu where x is nearly 0: K_nu is sinh(nu l)/nu, l =
-- -log(x/2) - gamma, but for a factor where nu is not small and the factor has no effect any more.
local function vanishing(nu, log_x)
  local l = math.log(2) - log_x - 0.57721566490153286
  if nu * l < 1e-8 then return math.log(l), -1 / l, nu end
  local e = math.exp(-2 * nu * l)
  return nu * l + math.log((1 - e) / (2 * nu)), -nu * (1 + e) / (1 - e), nu
end

-- What solves g' = 2 a g - g^2 + lam^2 e^(-4wt), g(0) = lam, at t: g = a - 2 w x y'(x)/y(x), y =
-- A I_nu + B K_nu, nu = |a|/(2w), x = lam/(2w) e^(-2wt). With p = x y'/y of each, I K (p_I - p_K)
-- = 1.
local function riccati(a, lam, w, t)
  local nu, x0 = math.abs(a) / (2 * w), lam / (2 * w)
  local log_x = math.log(x0) - 2 * w * t
  local log_k0, k0 = second_kind(nu, x0)
  local i0, wanted = first_kind(nu, x0), (a - lam) / (2 * w)
  local log_k, k, i
  if log_x == -math.huge then return a + math.abs(a)
  elseif log_x < LEAST then log_k, k, i = vanishing(nu, log_x)
  else
    local x = math.exp(log_x)
    log_k, k = second_kind(nu, x)
    i = first_kind(nu, x)
  end
  -- A I and B K at x, from their ratio at x0 and what both have become, but for a common factor
  local first, second = wanted - k0, (i0 - wanted) * (i - k) / (i0 - k0)
  local far = 2 * (log_k - log_k0)
  first, second = first * math.exp(math.min(-far, 0)), second * math.exp(math.min(far, 0))
  return a - 2 * w * (first * i + second * k) / (first + second)
end

--- The mode of U1 V' and the eigenvalue of V V' that belong to a singular value s of Yt, from
-- Z Z' = lam I with sigma = 1.
-- @tparam number s
-- @tparam number lam > 0
-- @tparam number w > 0
-- @tparam number t
-- @treturn number p
-- @treturn number of V V', and of U1 U1'
function M.mode(s, lam, w, t)
  if t == 0 then return 0, lam end
  local up, down = riccati(s - w, lam, w, t), riccati(-s - w, lam, w, t)
  return 0.5 * (up - down), 0.5 * (up + down)
end

return M
