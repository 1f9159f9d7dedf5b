--- Claim 2: starts in the invariant set V U2' = 0, U1 U2' = 0 end at the minimum-norm solution.
--
-- U2 is the part of U that the data do not see: it never moves, and what it adds to the learned map
-- is U2 V'. General Gaussian starts keep it, at a distance whose law is known exactly once the flow
-- has ended (mathematics.md, section 7). Controls: either half of the condition alone does not do.
--
-- SPDX-License-Identifier: MIT

local linnet = require "linnet"
local sheet = require "examples.claims.sheet"

local WIDTH, SEED = 500, 4
local ROUND_OFF = 1e-12 -- of ||Theta_hat||
local SPREAD = 5 -- standard deviations: once in two million
local CONTROL_ENTRIES = 1e6 -- of the explicit U that a control builds, at most

local function flow(p, s)
  return p:flow(s, {t = math.huge, tol = 1e-8, record = {}, max_seconds = 60})
end

-- The same flow in finite steps, until what decays slowest has fallen by 1e13.
local function flow_slowly(p, s, final)
  local t = 100 / final:rates().late
  return p:flow(s, {t = t, tol = 1e-6, record = {"distance"}, max_seconds = 60,
    save_at = {log = {1e-7 * t, t, 200}}})
end

-- Explicit Gaussian weights with one half of the condition enforced on U2.
local function half(p, X, h, keep)
  local rng = linnet.random(3)
  local U, V = rng:normal(p.D, h) * h ^ -0.5, rng:normal(p.m, h) * h ^ -0.5
  local _, _, Phi = X:svd()
  Phi = Phi:sub(1, p.D, 1, p.rank):copy()
  local U1 = Phi:t() * U
  local U2 = U - Phi * U1
  local rows = keep == "V" and V or U1 -- U2 becomes orthogonal to these rows
  U2 = U2 - (rows:t():lstsq(U2:t())):t() * rows
  return p:init{U = Phi * U1 + U2, V = V}
end

local function control(page, set)
  local p, X = set.distance, set.X
  local h = 2 * (p.rank + p.m)
  if p.D * h > CONTROL_ENTRIES then return end
  local norm = p:min_norm():norm()
  for _, case in ipairs{{"V", "V U_2^T = 0"}, {"U1", "U_1 U_2^T = 0"}} do
    local final = flow(p, half(p, X, h, case[1])).final
    page:at_least(("%s, only $%s$: final distance $/ ‖Θ^+‖$"):format(set.name, case[2]),
      1e3 * ROUND_OFF, final:distance() / norm)
  end
end

local function measure(page, set)
  local p = set.distance
  local norm, runs, ends = p:min_norm():norm(), {}, {}
  for _, kind in ipairs{"gaussian", "invariant"} do
    local s = p:init(kind, {h = WIDTH, seed = SEED})
    ends[kind] = flow(p, s).final
    runs[kind] = flow_slowly(p, s, ends[kind])
  end
  local general, invariant = ends.gaussian, ends.invariant
  local law = general:law()
  local mean, spread = law.mean ^ 0.5, law.variance ^ 0.5 / (2 * law.mean ^ 0.5)
  page:row(("%s, general start, h = %d: final distance"):format(set.name, WIDTH),
    ("%s ± %s"):format(sheet.short(mean), sheet.short(SPREAD * spread)), general:distance(),
    math.abs(general:distance() - mean) <= SPREAD * spread).headline = true
  page:at_most(("%s, invariant start: final distance $/ ‖Θ^+‖$"):format(set.name), ROUND_OFF,
    invariant:distance() / norm).headline = true
  control(page, set)
  return runs
end

local function figure(set, runs)
  local out = {log = "xy", xlabel = "time t", ylabel = "‖Θ(t) − Θ⁺‖",
    title = "Distance to the minimum-norm solution, " .. set.name}
  for i, case in ipairs{{"gaussian", "general start"}, {"invariant", "invariant start"}} do
    out[i] = {runs[case[1]].t, runs[case[1]].distance, label = case[2]}
  end
  return out
end

local function write(report, figures)
  report:section("2. What the data do not see, stays")
    :text("With more inputs than samples, infinitely many maps fit the data equally well. The one "
      .. "that generalizes in the classical sense is the smallest, $Θ^+$. Does the flow find it? "
      .. "Split $U$ into $U_1$, which the data see, and $U_2$, which they do not. $U_2$ never "
      .. "moves, and the distance left at the end is exactly what it contributes:")
    :formula("‖Θ(∞) − Θ^+‖ = ‖U_2 V(∞)^T‖")
    :text("It vanishes when the start satisfies both")
    :formula("V(0) U_2^T = 0   and   U_1(0) U_2^T = 0,")
    :text("a set that the flow never leaves. A general start is not in it, and ends beside $Θ^+$: "
      .. "at a distance whose law is known exactly, since given the rest of the weights $U_2$ is "
      .. "still the Gaussian matrix it was. Half of the condition is not enough, as the controls "
      .. "show.")
  for _, entry in ipairs(figures) do report:figure(entry[1], entry[2]) end
end

local function unique(report)
  report:section("2. What the data do not see, stays")
    :text(sheet.NOTHING .. ": the solution is unique, and every start ends there.")
end

--- Measure on all data sets; returns what writes the section.
return function(page, sets)
  local figures = {}
  for i, set in ipairs(sets) do
    if set.distance.D > set.distance.rank then
      local runs = measure(page, set)
      figures[#figures + 1] = {page:figure(("2-distance-%d"):format(i), figure(set, runs)),
        ("Two starts of the same width on %s, to $t = ∞$: one keeps what the data do not see, the "
          .. "other never had it, down to round-off."):format(set.about)}
    end
  end
  return function(report)
    if #figures > 0 then write(report, figures) else unique(report) end
  end
end
