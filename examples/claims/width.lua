--- Claim 3: from Gaussian starts of variance 1/h the distance to the minimum-norm solution falls
-- like h^(-1/2).
--
-- Measured at the end of the flow, t = infinity, at widths from 5e2 to 1e12, all at the same cost.
-- Beside it: the wide law (derived, mathematics.md section 7), the values printed in the paper's
-- figure (read off it to 3 %), Theorem 2 where its own width threshold allows it, and the ladder of
-- bounds that shows where a factor is lost.
--
-- SPDX-License-Identifier: MIT

local linnet = require "linnet"
local sheet = require "examples.claims.sheet"

local theory = linnet.theory
local PRINTED = {{500, 0.78}, {1000, 0.58}, {2000, 0.41}, {4000, 0.285}, {8000, 0.21}, {9500, 0.19}}
local PRINTED_ERROR = 0.09 -- 3 % of reading, and means of five seeds that each spread by 4.5 %
local WIDE = 1e4 -- from here on a slope is that of the wide limit
local LADDER_WIDTH = 1e6
local ROUND_OFF = 1e-6
local SENSIBLE = 1e12 -- a larger bound is not drawn
local LARGE = 150 -- r + m, from which fewer flows are run
local FREE = 30 -- directions, below which more are
local THREADS = 2

local function is_large(p) return p.rank + p.m > LARGE end

-- Fewer starts on real data, which take five times as long; more where one direction alone is free,
-- so that the distance of a start is a single Gaussian number.
local function seed_count(set)
  local p = set.distance
  if (p.D - p.rank) * p.m < FREE and p.rank + p.m < FREE then return 40 end
  return is_large(p) and 5 or sheet.size(set.paper and 20 or 8, 5)
end

-- 500, then two (or one) widths per decade from 1e3 to 1e12.
local function widths(p)
  local out, each = {500}, is_large(p) and 1 or sheet.size(2, 1)
  for i = 3 * each, 12 * each do out[#out + 1] = math.floor(10.0 ^ (i / each) + 0.5) end
  return out
end

local function mean_error(column)
  return column:mean(), column:std() / (#column) ^ 0.5
end

-- Root of the mean square, of which the wide law speaks, and its relative error.
local function root_error(column)
  local mean, error = mean_error(column:emul(column))
  return mean ^ 0.5, error / (2 * mean)
end

local function distances(p, h, seeds)
  return linnet.ensemble(p, {init = {"gaussian", h = h, alpha = 0.5}, seeds = seeds,
    flow = {t = math.huge, max_seconds = 60}, threads = THREADS}).distance
end

-- Slope of log y against log h over the widths from WIDE on; and its standard error for values that
-- are wrong by a share of `error` each.
local function slope(k, column, error)
  local n, sx, sy, sxx, sxy = 0, 0, 0, 0, 0
  for i, h in ipairs(k.h) do
    if h >= WIDE then
      local x, y = math.log(h), math.log(column[i])
      n, sx, sy, sxx, sxy = n + 1, sx + x, sy + y, sxx + x * x, sxy + x * y
    end
  end
  return (n * sxy - sx * sy) / (n * sxx - sx * sx), error / (sxx - sx * sx / n) ^ 0.5
end

local function theorem2(p, h)
  local out = p:init("gaussian", {h = h, seed = 1}):bounds().theorem2
  return out.applies and out.bound or nil
end

local function measure(page, set)
  local p = set.distance
  local k = {h = widths(p), mean = {}, error = {}, wide = {}, initial = {}, where = {},
    theorem2 = {}}
  local largest, worst, root, relative_error = 0, 0, nil, nil
  for i, h in ipairs(k.h) do
    local column = distances(p, h, seed_count(set))
    k.mean[i], k.error[i] = mean_error(column)
    root, relative_error = root_error(column)
    worst = math.max(worst, relative_error)
    k.wide[i] = theory.wide_law{h = h, problem = p} ^ 0.5
    k.initial[i] = ((p.D - p.rank) * p.m / h) ^ 0.5
    local bound = theorem2(p, h)
    if bound and bound < SENSIBLE then
      k.where[#k.where + 1], k.theorem2[#k.theorem2 + 1] = h, bound
      largest = math.max(largest, k.mean[i] / bound)
    end
  end
  local fall, error = slope(k, k.mean, worst)
  local room = math.max(0.01, 4 * error)
  page:row(set.name .. ": slope of distance in $h$, 1e4 to 1e12", ("-1/2 ± %.2g"):format(room),
    fall, math.abs(fall + 0.5) <= room).headline = true
  local last = root / k.wide[#k.h]
  room = 4 * relative_error
  page:row(set.name .. ": distance / wide law at h = 1e12", ("1 ± %s"):format(sheet.short(room)),
    last, math.abs(last - 1) <= room).headline = true
  if #k.where > 0 then
    page:at_most(set.name .. ": largest distance / Theorem 2, where it applies", 1, largest)
  end
  return k
end

-- The paper's figure, with data and weights drawn anew for every seed.
local function printed(page, set)
  local rows, worst = {}, 0
  local problems = {}
  for seed = 1, sheet.size(20, 5) do
    local X, Y = linnet.data.gaussian{n = 100, D = 400, m = 1, noise = 0.01, seed = seed}
    problems[seed] = linnet.problem(X, Y)
  end
  for i, entry in ipairs(PRINTED) do
    local sum, law = 0, 0
    for seed, p in ipairs(problems) do
      sum = sum + distances(p, entry[1], {seed}):get(1, 1)
      law = law + theory.wide_law{h = entry[1], problem = p} ^ 0.5
    end
    local mean = sum / #problems
    rows[i] = {entry[1], entry[2], mean, law / #problems}
    worst = math.max(worst, math.abs(mean / entry[2] - 1))
  end
  page:at_most(set.name .. ": largest deviation from six values printed in the paper",
    PRINTED_ERROR, worst).headline = true
  return rows
end

-- The ladder of one run: each rung bounds the one before it.
local function ladder(page, set)
  local p = set.distance
  local run = p:flow(p:init("gaussian", {h = LADDER_WIDTH, seed = 1}), {t = math.huge})
  local rungs, ordered = run:bounds().ladder, true
  for i = 2, 4 do -- the fifth, Theorem 2, may not apply
    ordered = ordered and rungs[i - 1].log <= rungs[i].log + ROUND_OFF
  end
  page:row(("%s: the rungs of the ladder ascend, h = %g"):format(set.name, LADDER_WIDTH), "ordered",
    ordered and "ordered" or "not ordered", ordered)
  return rungs
end

local RUNGS = {
  {"$‖U_2 V(∞)^T‖$, measured", "nothing"},
  {"$‖Z U_2^T‖ exp ∫ ‖A‖_2 dt$", "the forces along the trajectory"},
  {"$‖Z U_2^T‖ exp(σ_1 ∫ ‖E‖ dt)$", "the errors along the trajectory"},
  {"$‖Z U_2^T‖ exp(σ_1 ‖E(0)‖ / σ_r^2 c)$", "the start"},
  {"Theorem 2", "sizes, spectrum and $‖Y‖$; holds with probability 0.95"},
}

local function rung_value(rung)
  if rung.log == math.huge then return "does not apply" end
  local power = rung.log / math.log(10)
  return math.abs(power) < 6 and ("%.3g"):format(math.exp(rung.log))
    or ("$10^{%.6g}$"):format(power)
end

local function ladder_table(report, results)
  local columns, rows = {"rung"}, {}
  for i, rung in ipairs(RUNGS) do
    rows[i] = {rung[1]}
    for _, result in ipairs(results) do
      columns[#rows[i] + 1] = result.name
      rows[i][#rows[i] + 1] = rung_value(result.ladder[i])
    end
    rows[i][#rows[i] + 1] = rung[2]
  end
  columns[#columns + 1] = "needs to know"
  report:table{caption = "One run at $h = 10^6$.", columns = columns, rows = rows}
end

local function figure(set, k)
  local out = {log = "xy", xlabel = "hidden width h", ylabel = "‖Θ(∞) − Θ⁺‖",
    title = "Distance against width, " .. set.name, height = 500,
    {k.h, k.wide, label = "wide law", style = "dash", color = 2},
    {k.h, k.mean, error = k.error, label = "measured, mean of seeds", style = "points", color = 1},
    {k.h, k.initial, label = "‖U₂V(0)ᵀ‖ at the start", style = "bound", color = 8}}
  if set.paper then
    local h, y = {}, {}
    for i, entry in ipairs(PRINTED) do h[i], y[i] = entry[1], entry[2] end
    out[#out + 1] = {h, y, label = "printed in the paper", style = "points", color = 5}
  end
  if #k.where > 0 then
    out[#out + 1] = {k.where, k.theorem2, label = "Theorem 2", style = "bound", color = 3}
  end
  return out
end

local function write(report, results)
  report:section("3. Width buys implicit regularization, at a known price")
    :text("Draw all weights independently from $N(0, 1/h)$. The wider the network, the closer the "
      .. "start is to the invariant set, and the closer the flow ends to $Θ^+$. Theorem 2 says "
      .. "$O(h^{−1/2})$ with high probability. For wide networks we know more than the order, for "
      .. "any data:")
    :formula("E ‖Θ(∞) − Θ^+‖^2 → (D − r) h^{−1} tr (I + Θ^{+T} Θ^+)^{1/2}")
    :text("The figures hold this law against flows run to the very end, at widths up to a "
      .. "trillion. No weight matrix of that size is ever built: the flow needs only a factor with "
      .. "$r + m$ columns, and that factor can be drawn directly from its distribution.")
  for _, result in ipairs(results) do
    report:figure(result.figure, result.caption)
    if result.printed then
      report:table{caption = "The paper's figure, and ours with data and weights drawn anew.",
        columns = {"$h$", "printed", "measured", "wide law"}, rows = result.printed}
    end
  end
  report:text("Theorem 2 holds, and is far from the truth. The ladder shows where the factor is "
    .. "lost. With $Z = (U_1; V)$, $E$ the error that can still be mended and $A$ its image in "
    .. "weight space, each rung bounds the one before it and needs to know less of the trajectory. "
    .. "The first step allows all that $U_1$ shares with $U_2$, some $√(r + m)$ times what $V$ "
    .. "does, to end up in $V$; the last is the price of not looking at the start. On badly "
    .. "conditioned data $σ_1 ‖E(0)‖ / σ_r^2 c$ in the exponent explodes.")
  ladder_table(report, results)
end

local function unique(report)
  report:section("3. Width buys implicit regularization, at a known price"):text(sheet.NOTHING
    .. ". The distance to the minimum-norm solution is 0 at any width.")
end

--- Measure on all data sets; returns what writes the section.
return function(page, sets)
  local results = {}
  for i, set in ipairs(sets) do
    if set.distance.D > set.distance.rank then
      local k = measure(page, set)
      results[#results + 1] = {name = set.name,
        printed = set.paper and printed(page, set) or nil,
        ladder = ladder(page, set),
        figure = page:figure(("3-width-%d"):format(i), figure(set, k)),
        caption = ("Distance to the minimum-norm solution against width, %s. Points: mean over %d "
          .. "starts; bars: its standard error."):format(set.about, seed_count(set))}
    end
  end
  return function(report)
    if #results > 0 then write(report, results) else unique(report) end
  end
end
