--- 07: how often the inequalities of Lemma 1 fail, beside the probability that is allowed.
--
-- [M21] Lemma 1: entries N(0, h^(-2 alpha)), 1/4 < alpha <= 1/2, h > 16 q^2: with probability at
-- least 1 - delta all of c > h^(1 - 2 alpha), ||Zperp|| <= 2 (m + r)^(1/2) q/h^(2 alpha - 1/2) and
-- ||U1 V'|| <= 2 m^(1/2) q/h^(2 alpha - 1/2) hold, q = (m + D)^(1/2) + (2 log(2/delta))^(1/2)
-- (safe) or with 1/2 log(2/delta) (printed, too small for the proof unless delta <= 2 exp(-8)).
-- Expected: failures at most delta, both ways. Measured: over thousands of draws, at the smallest
-- width that is allowed and at 1e6, for delta = 0.05, 0.5 and 0.9: never. Controls: bounds without
-- their reserve, the root mean squares of ||Zperp|| and ||U1 V'||, fail about every other time, and
-- far below 16 q^2 the bound of c fails far more often than delta.
--
-- SPDX-License-Identifier: MIT

-- Beside this file, wherever it was installed.
package.path = (arg[0]:match("^(.*/)examples/") or "./") .. "?.lua;" .. package.path

local linnet = require "linnet"
local support = require "examples.support"

local example = support.new("07_lemma1", "failures of Lemma 1 against delta")

local D, N, M, ALPHA = 12, 4, 2, 0.45
local X, Y = linnet.data.gaussian{n = N, D = D, m = M, seed = 1}
local p = linnet.problem(X, Y)
local sigma = p:singular_values()

local function lemma(h, delta, constants)
  return linnet.theory.lemma1{D = D, m = M, rank = p.rank, h = h, alpha = ALPHA, delta = delta,
    sigma_1 = sigma(1), sigma_r = sigma(p.rank), norm_Y = Y:norm(), constants = constants}
end

-- c, ||Zperp||, ||U1 V'|| of one draw.
local function quantities(h, seed)
  local s = p:init("gaussian", {h = h, alpha = ALPHA, seed = seed})
  return {c = s:imbalance().c, perpendicular = s:perpendicular(),
    product = s:singular_values():norm()}
end

local draws = support.size(4000, 600)
local samples = {} -- by width: lists of the three quantities
local function sample(h)
  if not samples[h] then
    local lists = {c = {}, perpendicular = {}, product = {}}
    for seed = 1, draws do
      for name, x in pairs(quantities(h, seed)) do lists[name][seed] = x end
    end
    samples[h] = lists
  end
  return samples[h]
end

-- Share of the draws in which any of the three fails.
local function failures(h, bound)
  local lists, count = sample(h), 0
  for i = 1, draws do
    if lists.c[i] <= bound.c or lists.perpendicular[i] > bound.perpendicular
      or lists.product[i] > bound.product then
      count = count + 1
    end
  end
  return count / draws
end

-- ---------------------------------------------------------------- the lemma

for _, constants in ipairs{"safe", "printed"} do
  for _, delta in ipairs{0.05, 0.5, 0.9} do
    local h = math.ceil(lemma(1e6, delta, constants).threshold)
    local bound = lemma(h, delta, constants)
    example:at_least("theorem", ("condition h > 16 q^2, %s, delta = %g"):format(constants, delta),
      bound.threshold, h)
    example:at_most("theorem", ("share of failures, %s, delta = %g"):format(constants, delta),
      delta, failures(h, bound))
  end
end
example:at_most("theorem", "share of failures, h = 1e6, delta = 0.05", 0.05,
  failures(1e6, lemma(1e6, 0.05, "safe")))

-- ---------------------------------------------------------------- controls

-- The means of the squares: (m + r)(D - r) h s^4 and r m h s^4, s = h^-alpha (derived).
local h = math.ceil(lemma(1e6, 0.05, "safe").threshold)
local unit = h ^ (1 - 4 * ALPHA)
local typical = {
  c = -math.huge, perpendicular = ((M + p.rank) * (D - p.rank) * unit) ^ 0.5, product = math.huge,
}
example:within("control", "bound of ||Zperp|| without its reserve: failures", 0.4, 0.6,
  failures(h, typical))
typical = {c = -math.huge, perpendicular = math.huge, product = (p.rank * M * unit) ^ 0.5}
example:within("control", "bound of ||U1 V'|| without its reserve: failures", 0.3, 0.6,
  failures(h, typical))
example:at_least("control", "h = 20, far below 16 q^2: failures", 0.2,
  failures(20, lemma(20, 0.05, "safe")))

-- ---------------------------------------------------------------- the room that is left

local bound, lists = lemma(h, 0.05, "safe"), sample(h)
local LABELS = {{"c", "bound / c"}, {"perpendicular", "‖Zperp‖ / bound"},
  {"product", "‖U1 V'‖ / bound"}}
local curves = {xlabel = "quantity over its bound", ylabel = "share of draws below",
  xrange = {0, 1.05},
  title = "Lemma 1 at its smallest width, delta = 0.05: all three stay below 1"}
for i, label in ipairs(LABELS) do
  local name, ratios, x, y = label[1], {}, {}, {}
  for k, value in ipairs(lists[name]) do
    ratios[k] = name == "c" and bound.c / value or value / bound[name]
  end
  for k = 0, 100 do x[k + 1], y[k + 1] = support.quantile(ratios, k / 100), k / 100 end
  curves[i] = {x, y, label = label[2]}
end
curves[4] = {{1, 1}, {0, 1}, label = "the bound", style = "bound"}
example:plot(curves)
return example:finish()
