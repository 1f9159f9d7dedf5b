--- 02: starts in the invariant set end exactly at the minimum-norm solution; each half is needed.
--
-- [M21]: V(0) U2' = 0 and U1(0) U2' = 0 both stay so, and Theta(inf) = Theta_hat (U1, U2: the parts
-- of U inside and outside the data's row space). Expected distance: round-off. Negative controls:
-- drop either half. On whitened data, m = 1, alpha = 1/2 and wide networks the weights turn by an
-- angle th with cosh(2 th) = (1 + ||Yt||^2)^(1/2) =: w, so that (derived here from the wide limit
-- of mathematics.md, section 8: V(inf) = cosh(th) V(0) + sinh(th) p'U1(0))
--   both halves kept: 0;   V U2' = 0 alone: dist^2 -> (D - r)/h (w - 1)/2;
--   U1 U2' = 0 alone: (D - r)/h (w + 1)/2;   neither: their sum, the wide law of section 7.
-- On ill-conditioned data with two outputs the controls have no formula, but must break as well.
--
-- SPDX-License-Identifier: MIT

-- Beside this file, wherever it was installed.
package.path = (arg[0]:match("^(.*/)examples/") or "./") .. "?.lua;" .. package.path

local linnet = require "linnet"
local support = require "examples.support"

local example = support.new("02_invariant_set", "distance at the end when the start is orthogonal")

local HALVES = {"both", "V alone", "U1 alone", "neither"}

-- B without its part in the row space of A.
local function without(B, A)
  local Q = A:t():qr()
  return B - (B * Q) * Q:t()
end

-- Gaussian weights of variance 1/h in which U2 is made orthogonal to the rows of V, of U1, or both.
local function start(p, h, seed, half)
  local rng, scale = linnet.random(seed), h ^ -0.5
  local U, V = rng:normal(p.D, h):scale_(scale), rng:normal(p.m, h):scale_(scale)
  local _, Phi1t = p:reduced()
  local U1 = Phi1t * U
  local inside = Phi1t:t() * U1
  local U2 = U - inside
  if half == "both" then U2 = without(U2, U1:vcat(V)) end
  if half == "V alone" then U2 = without(U2, V) end
  if half == "U1 alone" then U2 = without(U2, U1) end
  return p:init{U = inside + U2, V = V}
end

local function distances(p, h, half)
  local list = {}
  for seed = 1, support.size(12, 4) do
    list[seed] = p:flow(start(p, h, seed, half), {t = math.huge}).final:distance()
  end
  return list
end

local function square_mean(list)
  local squares = {}
  for i, x in ipairs(list) do squares[i] = x * x end
  return support.mean(squares)
end

-- ---------------------------------------------------------------- whitened data: numbers

local h = support.size(4000, 1500)
local X, Y = linnet.data.gaussian{n = 20, D = 120, orthonormal = true, seed = 1}
Y = 4 * Y -- far enough for the weights to turn
local p = linnet.problem(X, Y)
local _, _, Yt = p:reduced()
local w, unseen = (1 + Yt:norm() ^ 2) ^ 0.5, (p.D - p.rank) / h
local EXPECTED = {["V alone"] = unseen * (w - 1) / 2, ["U1 alone"] = unseen * (w + 1) / 2,
  neither = unseen * w}

local curves = {log = "y", xlabel = "t", ylabel = "distance to the minimum-norm solution",
  title = "Both halves of the invariant set are needed"}
for i, half in ipairs(HALVES) do
  local list = distances(p, h, half)
  if half == "both" then
    example:at_most("theorem", "whitened, both halves: distance", 1e-10, support.quantile(list, 1))
  else
    -- the spread of each dist^2 is (2/(D - r))^(1/2) = 14 %, the wide limit's error (r/h)^(1/2)
    example:near("control", ("whitened, %s orthogonal: dist^2"):format(half), EXPECTED[half],
      square_mean(list), 4 * (2 / (p.D - p.rank) / #list) ^ 0.5 + (p.rank / h) ^ 0.5, true)
  end
  local run = p:flow(start(p, h, 1, half), {t = 5, tol = 1e-9,
    save_at = linnet.linspace(0, 5, 101)})
  curves[i] = {run.t, run.distance, label = half}
end

-- ---------------------------------------------------------------- other data: broken or not

X, Y = linnet.data.gaussian{n = 15, D = 60, m = 2, kappa = 1e4, noise = 0.1, seed = 2}
local q = linnet.problem(X, Y)
local norm = q:min_norm():norm()
for _, half in ipairs(HALVES) do
  local worst = support.quantile(distances(q, h, half), half == "both" and 1 or 0) / norm
  if half == "both" then
    example:at_most("theorem", "kappa = 1e4, m = 2, both: distance / ||Theta_hat||", 1e-10, worst)
  else
    example:at_least("control", ("kappa = 1e4, m = 2, %s: the same, smallest"):format(half), 0.01,
      worst)
  end
end

-- The kind "invariant" does the same at widths that no computer holds.
local final = q:flow(q:init("invariant", {h = 1e12, seed = 1}), {t = math.huge}).final
example:at_most("theorem", "kind invariant, h = 1e12: distance", 1e-10, final:distance())

example:plot(curves)
return example:finish()
