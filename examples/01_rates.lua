--- 01: imbalance makes the loss fall exponentially, as fast as theory says.
--
-- The paper's experiment [M21]: n = 100, D = 400, m = 1, all singular values of X equal to 1, h =
-- 500, U = s_u U0 and V = s_v V0 with standard normal entries; three cases and a balanced start at
-- the same Theta(0) as the first. Printed: c = 6.0, 39.6, 20.1; after 15,000 gradient steps of 5e-4
-- on the mean loss (t = 0.15 of the flow of the summed loss) L/L(0) = 0.062, 1.2e-7, 1.9e-3, 0.36.
-- Over 40 seeds mathematics.md (section 9) states the 5 % and 95 % quantiles that are expected
-- here.
--
-- Theorem 1 [M21], L(t) - L* <= exp(-2 sigma_r^2 c t)(L(0) - L*), needs c > 0, a row that is
-- checked; Proposition 1 and the margin bound [M22] and the envelope [X23] need nothing. All must
-- hold at every recorded time. Control: c = 0 at the same loss does not have the first case's
-- bound. Gradient descent is no flow: it follows to O(eta), measured.
--
-- SPDX-License-Identifier: MIT

-- Beside this file, wherever it was installed.
package.path = (arg[0]:match("^(.*/)examples/") or "./") .. "?.lua;" .. package.path

local linnet = require "linnet"
local support = require "examples.support"

local example = support.new("01_rates", "loss under three imbalances and a balanced start")

local H, T, ETA, STEPS = 500, 0.15, 5e-4, 15000
local CASES = {
  {std_u = 0.1, std_v = 0.1, c = {5.6, 6.6}, c_printed = 6.0, ratio = {0.045, 0.069},
    printed = 0.062},
  {std_u = 0.5, std_v = 0.02, c = {37.1, 41.5}, c_printed = 39.6, ratio = {1.3e-8, 1.3e-7},
    printed = 1.2e-7},
  {std_u = 0.05, std_v = 0.2, c = {18.1, 22.3}, c_printed = 20.1, ratio = {9.8e-4, 3.3e-3},
    printed = 1.9e-3},
  {balanced = true, ratio = {0.34, 0.41}, printed = 0.36},
}
for _, case in ipairs(CASES) do
  case.name = case.balanced and "balanced" or ("(%g, %g)"):format(case.std_u, case.std_v)
end

local function starts(seed)
  local X, Y = linnet.data.gaussian{n = 100, D = 400, noise = 0.01, orthonormal = true, seed = seed}
  local p, list = linnet.problem(X, Y), {}
  for i, case in ipairs(CASES) do
    list[i] = case.balanced and p:init("balanced", {h = H, theta = list[1]:theta()})
      or p:init("gaussian", {h = H, std_u = case.std_u, std_v = case.std_v, seed = seed})
  end
  return p, list
end

-- ---------------------------------------------------------------- many seeds

local found = {}
for i = 1, #CASES do found[i] = {c = {}, ratio = {}} end
for seed = 1, 40 do
  local p, list = starts(seed)
  for i, s in ipairs(list) do
    local final = p:flow(s, {t = T, record = {}, save_at = {}}).final
    found[i].c[seed], found[i].ratio[seed] = s:imbalance().c, final:excess() / s:excess()
  end
end

-- 39 degrees of freedom: Student's t leaves 0.0005 above this.
local STUDENT = 3.558

-- Where one more draw of a lognormal quantity lies with probability 0.999, given these 40: the
-- printed number is such a draw. All singular values of X being equal, its bases, and with them the
-- weights that a seed stands for, are the BLAS kernel's choice: least and largest of 40 are not
-- the same on every machine, the law is.
local function next_draw(values)
  local n, mean, square = #values, 0, 0
  for _, x in ipairs(values) do mean = mean + math.log(x) / n end
  for _, x in ipairs(values) do square = square + (math.log(x) - mean) ^ 2 / (n - 1) end
  local half = STUDENT * (square * (1 + 1 / n)) ^ 0.5
  return math.exp(mean - half), math.exp(mean + half)
end

-- Share of the seeds within the stated quantiles: 0.9 but for the noise of 40 and of 40 more.
local function stated(what, range, values, printed)
  local inside = 0
  for _, x in ipairs(values) do
    inside = inside + (range[1] <= x and x <= range[2] and 1 or 0)
  end
  example:at_least("paper", ("%s: share in %g .. %g"):format(what, range[1], range[2]), 0.65,
    inside / #values)
  local low, high = next_draw(values)
  example:within("paper", what .. ": printed, in 99.9 % of ours", low, high, printed)
end
for i, case in ipairs(CASES) do
  if case.balanced then
    example:at_most("identity", "c balanced", 1e-12, support.quantile(found[i].c, 1))
  else
    stated("c " .. case.name, case.c, found[i].c, case.c_printed)
  end
  stated("L/L(0) " .. case.name, case.ratio, found[i].ratio, case.printed)
end

-- ---------------------------------------------------------------- one seed: bounds at all times

local NAMES = {"imbalance", "proposition1", "margin", "instantaneous", "upper"}

local function rates_row(s)
  local rates = s:rates()
  return linnet.matrix(1, #NAMES, function(_, j) return rates[NAMES[j]] end)
end

local times = linnet.linspace(0, T, 61)
local losses = {log = "y"}
local p, list = starts(1)
local worst = {theorem1 = 0, lower = 0, upper = 0, descent = 0}

local function compare(run)
  for j = 1, #run.t do
    local r = run.six_rates:row(j)
    worst.lower = math.max(worst.lower, r(1) / r(4), r(2) / r(4), r(3) / r(4))
    worst.upper = math.max(worst.upper, r(4) / r(5))
  end
end

for i, s in ipairs(list) do
  local run = p:flow(s, {t = T, save_at = times, record = {six_rates = rates_row}})
  local c, bound = s:imbalance().c, {}
  for j = 1, #times do
    bound[j] = math.exp(-2 * c * times(j)) * s:excess()
    worst.theorem1 = math.max(worst.theorem1, run.excess(j) / bound[j])
  end
  compare(run)
  losses[#losses + 1] = {run.t, run.excess, label = CASES[i].name, color = i}
  if CASES[i].balanced then -- with the first case's c, and its loss at the start, it would not hold
    example:at_least("control", "c = 0: loss over the bound of (0.1, 0.1)", 1.5,
      run.excess(#times) / (math.exp(-2 * list[1]:imbalance().c * T) * s:excess()))
  else
    example:at_least("theorem", "condition c > 0 " .. CASES[i].name, 1e-3, c)
    losses[#losses + 1] = {run.t, bound, style = "bound", color = i,
      label = i == 1 and "Theorem 1 for each" or nil}
  end
  local descent = p:descend(s, {eta = ETA, steps = STEPS, loss = "mean", record = {}})
  worst.descent = math.max(worst.descent,
    math.abs(math.log(descent.final:excess() / run.final:excess())))
end
losses.title, losses.xlabel, losses.ylabel = "Loss under imbalance, and Theorem 1", "t", "L - L*"
example:plot(losses)

-- The balanced start for longer: c = 0, so Theorem 1 says nothing, but the margin bound does as
-- soon as the error has fallen below the target: restarted from any time it holds from there on.
local run = p:flow(list[4], {t = 5, save_at = linnet.linspace(0, 5, 101),
  record = {six_rates = rates_row}})
compare(run)

-- All singular values are 1 and Theorem 1's factor is approached from below: round-off room.
example:at_most("theorem", "loss over Theorem 1's bound, worst", 1 + 1e-6, worst.theorem1)
example:at_most("theorem", "lower rates over exact rate, worst", 1 + 1e-9, worst.lower)
example:at_most("theorem", "exact rate over upper rate, worst", 1 + 1e-9, worst.upper)
-- eta = 1e-5 in units of the summed loss: a relative error eta K^2 t of the loss, K < 50
example:at_most("derived", "|log| of descent's loss over flow's", 0.01, worst.descent)


local LABELS = {"Theorem 1", "Proposition 1", "margin, from here on", "exact", "upper envelope"}
local envelope = {title = "Exact rate between its bounds, balanced start", xlabel = "t",
  ylabel = "rate of -d/dt log(L - L*)", file = "01_envelope"}
for j, label in ipairs(LABELS) do
  envelope[j] = {run.t, run.six_rates:col(j):copy(), label = label,
    style = j == 4 and "line" or "bound"}
end
example:plot(envelope)

return example:finish()
