--- 20: the phase diagram of linear networks: test error over the variance and the width of the
-- start.
--
-- The setting of Tu, Aranguri and Jacot 2024: X = I, d = 200, Y = A* + noise of variance 1, A* of
-- rank 5 with entries of variance 1, weights of variance s2 and width h; the least test error ||U
-- V' - A*||^2/d^2 on the way. Both lines of their figure are derived here (mathematics.md, section
-- 8), with lam = h s2 and rho = h^(1/2) s2, the deviation of entries of U V' at the start:
--   lam > d, lazy: U V' goes straight from its start to Y and cannot tell A* from the noise; the
--     least error is (1 + rho^2)/(2 + rho^2): 1/2, but 1 beyond the second line, rho = 1;
--   lam < d, active: the modes of A*, of size d, grow before those of the noise: down to the error
--     of the best rank-5 part of Y, about 10/d; wide networks have a closed form in lam alone.
-- The line lam = d is one of exponents: at d = 200 half of the way is at lam near d/10 (measured).
-- Expected: descent with short steps on these values, for three draws. Control: A* of full rank,
-- for which being active gains nothing.
--
-- SPDX-License-Identifier: MIT

-- Beside this file, wherever it was installed.
package.path = (arg[0]:match("^(.*/)examples/") or "./") .. "?.lua;" .. package.path

local linnet = require "linnet"
local support = require "examples.support"

local size = support.size
local example = support.new("20_phase_diagram", "test error over variance and width")

local d = size(200, 60)

-- A problem with what is known of it: mean squares of A* and of the noise, mean product of both.
local function task(seed, rank)
  local rng = linnet.random(seed)
  local A = rank ^ -0.5 * (rng:normal(d, rank) * rng:normal(rank, d))
  local E = rng:normal(d, d)
  local P, s, Q = (A + E):svd()
  local part = P:sub(1, d, 1, rank) * linnet.diag(s:sub(1, rank, 1, 1)) * Q:sub(1, d, 1, rank):t()
  return {p = linnet.problem(linnet.eye(d), A + E), A = A, top = s(1), Y = A + E,
    signal = A:norm() ^ 2 / d ^ 2, noise = E:norm() ^ 2 / d ^ 2, both = (A:t() * E):trace() / d ^ 2,
    truncated = (part - A):norm() ^ 2 / d ^ 2}
end

-- The least test error of descent; it ends when the error has risen again, or Y is fitted.
local function least_error(one, h, s2)
  local least, state = math.huge, one.p:init("gaussian", {h = h, std = s2 ^ 0.5, seed = 1})
  local largest = math.max(one.top, s2 * (h ^ 0.5 + d ^ 0.5) ^ 2) -- of what multiplies the weights
  local function risen(s)
    local U, V = s:reduced()
    local error = (U * V:t() - one.A):norm() ^ 2 / d ^ 2
    least = math.min(least, error)
    return error > 1.02 * least
  end
  one.p:descend(state, {eta = 0.1 / largest, steps = 300, record = {}, every = 300, stop = risen,
    until_excess = 0.005 * d ^ 2})
  return least
end

-- The same at infinite width for h s2 = lam, by the closed form.
local function wide_error(one, lam)
  local path, least = linnet.exact.diagonal{target = one.Y, a = lam, b = lam}, math.huge
  local rate = math.max(lam, one.top)
  local function error(t) return (path:at(t).U1V - one.A):norm() ^ 2 / d ^ 2 end
  local low, high = 0, 20 / rate
  for _ = 1, 24 do -- it falls, then rises
    local x, y = low + 0.382 * (high - low), low + 0.618 * (high - low)
    local at_x, at_y = error(x), error(y)
    least = math.min(least, at_x, at_y)
    if at_x < at_y then high = y else low = x end
  end
  return least
end

-- ---------------------------------------------------------------- three draws, both lines

-- Least mean square on the straight way from a start with deviation rho to Y.
local function lazy(one, rho)
  local first, noise, both = one.signal + rho ^ 2, one.noise, one.both
  return (first * noise - both ^ 2) / (first + noise + 2 * both)
end

local drawn = {}
for draw, rank in ipairs{5, 3, 8} do
  local one, WIDE = task(draw, rank), math.floor(d ^ 3)
  drawn[draw] = one
  local function named(what) return ("rank %d, %s"):format(rank, what) end
  for _, power in ipairs{-0.25, 0, 0.25} do
    local rho = d ^ power
    example:near("derived", named(("lazy, rho = d^%g: least error"):format(power)), lazy(one, rho),
      least_error(one, WIDE, rho / WIDE ^ 0.5), size(0.02, 0.05), true)
  end
  example:near("derived", named("lam = d^(1/2): closed form"), wide_error(one, d ^ 0.5),
    least_error(one, WIDE, d ^ 0.5 / WIDE), 0.03, true)
  for _, h in ipairs{d, WIDE} do
    example:near("derived", named(("active, h = %d: best part of Y"):format(h)), one.truncated,
      least_error(one, h, 1 / d / h), size(0.05, 0.2), true)
  end
end

-- Where the least error of a wide network is halfway between active and lazy.
local low, high = 1, d
for _ = 1, 7 do
  local middle = (low * high) ^ 0.5
  local halfway = (drawn[1].truncated + lazy(drawn[1], 0)) / 2
  if wide_error(drawn[1], middle) < halfway then low = middle else high = middle end
end
example:within("measured", "rank 5: halfway from active to lazy at lam/d", 0.03, 0.3, low / d)

local full = task(4, d)
example:at_least("control", "full rank: active over lazy", 0.8,
  least_error(full, d ^ 3, d ^ -4) / least_error(full, d ^ 3, d ^ (1.25 - 3)))

-- ---------------------------------------------------------------- the map

local cells = size(13, 7)
local widths, variances = linnet.logspace(1, 1e6, cells), linnet.logspace(1e-6, 1, cells)
local map = {}
for i = 1, cells do
  map[i] = {}
  for j = 1, cells do
    map[i][j] = least_error(drawn[1], math.floor(widths(i) + 0.5), variances(j))
  end
end
local function line(f)
  local y = {}
  for j = 1, cells do y[j] = f(variances(j)) end
  return y
end
example:heatmap{map, x = variances, y = widths, log = false, label = "least test error",
  xlabel = "variance of the start", ylabel = "hidden width h",
  title = "Lazy above the first line, noisy above the second",
  lines = {{variances, line(function(s2) return d / s2 end), label = "h s2 = d: lazy"},
    {variances, line(function(s2) return s2 ^ -2 end), label = "h^(1/2) s2 = 1: noisy start"}}}
return example:finish()
