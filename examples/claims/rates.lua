--- Claim 1: the imbalance of the start bounds the rate of convergence from below.
--
-- Three starts with independent Gaussian weights of standard deviations (s_u, s_v), of the same
-- product: the same learned map in law, different imbalances. On the paper's data t = 0.15 is its
-- 15,000 steps of gradient descent of 5e-4 on the mean loss; the ranges there are 5-95 % over 40
-- seeds (mathematics.md, section 9), in which the mean of ten seeds has to lie.
--
-- SPDX-License-Identifier: MIT

local linnet = require "linnet"
local sheet = require "examples.claims.sheet"

local CASES = { -- s_u, s_v; ranges of c and of L(0.15)/L(0); the paper's c
  {0.1, 0.1, c = {5.6, 6.6}, fall = {0.045, 0.069}, printed = 6.0},
  {0.5, 0.02, c = {37.1, 41.5}, fall = {1.3e-8, 1.3e-7}, printed = 39.6},
  {0.05, 0.2, c = {18.1, 22.3}, fall = {9.8e-4, 3.3e-3}, printed = 20.1},
}
local BALANCED_FALL = {0.34, 0.41}
local PAPER_TIME = 0.15
local SEED = 2 -- of the starts that are drawn; ten from here on enter the means

local FLOOR = 1e-18 -- of L - L*, relative: below, the flow's own error is seen
local ROUND_OFF = 1e-6 -- of a quotient that may be 1
local HEIGHT = 500 -- of a figure with a long key

-- Records the bounds of the rate; the rates of a state are computed once.
local function recorder()
  local last, rates
  local function read(name)
    return function(s)
      if s ~= last then last, rates = s, s:rates() end
      return rates[name]
    end
  end
  return {"rate", theorem1 = read("imbalance"), proposition1 = read("proposition1"),
    margin = read("margin"), upper = read("upper")}
end

-- The records of a run as lists, up to t = inf and down to round-off.
local function track(run)
  local out = {t = {}, excess = {}, rate = {}, theorem1 = {}, proposition1 = {}, margin = {},
    upper = {}}
  for i = 1, #run.t do
    if run.t(i) < math.huge and run.excess(i) > FLOOR * run.excess(1) then
      local place = #out.t + 1
      for name, list in pairs(out) do list[place] = run[name](i) end
    end
  end
  for _, name in ipairs{"rate", "excess"} do out[name .. "_0"] = out[name][1] end
  return out
end

local function start(p, case, seed)
  local h = math.max(500, 5 * (p.rank + p.m)) -- wide enough for c > 0
  local scale = (500 / h) ^ 0.5
  return p:init("gaussian", {h = h, std_u = case[1] * scale, std_v = case[2] * scale, seed = seed})
end

-- To the end, or to a given time with evenly spaced records.
local function flow(p, s, t)
  local o = {t = t or math.huge, tol = 1e-9, record = recorder(), max_seconds = 60}
  if t then o.save_at = linnet.linspace(0, t, sheet.size(121, 61)) end
  return p:flow(s, o)
end

-- Largest quotient of the loss and its bounds: Theorem 1 from t = 0, the margin from every time.
local function worst_quotients(k)
  local theorem1, margin = 0, 0
  for i = 2, #k.t do
    theorem1 = math.max(theorem1,
      k.excess[i] / (k.excess_0 * math.exp(-k.theorem1[1] * k.t[i])))
    for j = 1, i - 1 do
      margin = math.max(margin,
        k.excess[i] / (k.excess[j] * math.exp(-k.margin[j] * (k.t[i] - k.t[j]))))
    end
  end
  return theorem1, margin
end

-- Least rate / lower bound and largest rate / upper bound.
local function worst_rates(k)
  local lower, upper = math.huge, 0
  for i = 1, #k.t do
    local bound = math.max(k.theorem1[i], k.proposition1[i], k.margin[i])
    if bound > 0 then lower = math.min(lower, k.rate[i] / bound) end
    upper = math.max(upper, k.rate[i] / k.upper[i])
  end
  return lower, upper
end

-- Mean imbalance and geometric mean of L(0.15)/L(0) over ten starts.
local function means(p, case)
  local c, fall, count = 0, 0, 10
  for seed = SEED, SEED + count - 1 do
    local s = start(p, case, seed)
    local run = p:flow(s, {t = PAPER_TIME, record = {}, save_at = {}})
    c, fall = c + s:imbalance().c / count, fall + math.log(run.final:loss() / s:loss()) / count
  end
  return c, math.exp(fall)
end

local function case_name(case) return ("(%g, %g)"):format(case[1], case[2]) end

-- Rows and tracks of one data set.
local function measure(page, set)
  local p, tracks = set.rates, {}
  local theorem1, margin, lower, upper = 0, 0, math.huge, 0
  for i, case in ipairs(CASES) do
    local s = start(p, case, SEED)
    local k = track(flow(p, s, set.paper and PAPER_TIME))
    local name = ("%s, start %s: "):format(set.name, case_name(case))
    k.c, k.slowest = s:imbalance().c, math.min(table.unpack(k.rate))
    if set.paper then
      local c, fall = means(p, case)
      page:within(name .. "imbalance $c$, mean", case.c[1], case.c[2], c,
        (", paper %.1f"):format(case.printed))
      page:within(name .. "$L/L(0)$ at $t = 0.15$, mean", case.fall[1], case.fall[2], fall)
    end
    page:at_least(name .. "slowest rate against Theorem 1", k.theorem1[1], k.slowest).headline =
      i == 2 or nil
    local a, b = worst_quotients(k)
    local c, d = worst_rates(k)
    theorem1, margin = math.max(theorem1, a), math.max(margin, b)
    lower, upper = math.min(lower, c), math.max(upper, d)
    tracks[i] = k
  end
  page:row(set.name .. ": largest loss / bound of Theorem 1, all times", "≤ 1", theorem1,
    theorem1 <= 1 + ROUND_OFF).headline = true
  page:row(set.name .. ": largest loss / margin bound, all restarts", "≤ 1", margin,
    margin <= 1 + ROUND_OFF)
  page:row(set.name .. ": rate / largest lower bound, all times", "≥ 1", lower,
    lower >= 1 - ROUND_OFF)
  page:row(set.name .. ": rate / upper bound, all times", "≤ 1", upper, upper <= 1 + ROUND_OFF)
  return tracks
end

-- The control: no imbalance, so Theorem 1 promises nothing, and the same learned map is slower.
-- Returns the track to the paper's time, and one to convergence.
local function control(page, set)
  local p = set.rates
  local balanced = p:init("balanced", {h = 500, theta = start(p, CASES[1], SEED):theta()})
  local run = flow(p, balanced, PAPER_TIME)
  page:at_most(set.name .. ", balanced start: imbalance $c$", 1e-12, balanced:imbalance().c)
  page:within(set.name .. ", balanced start: $L/L(0)$ at $t = 0.15$", BALANCED_FALL[1],
    BALANCED_FALL[2], run.final:loss() / balanced:loss())
  return track(run), track(flow(p, balanced, 20 * PAPER_TIME))
end

local function relative(k)
  local out = {}
  for i, excess in ipairs(k.excess) do out[i] = excess / k.excess_0 end
  return out
end

-- exp(-rate (t - t0)) from the point `first` on, down to the least value shown.
local function bound(k, first, rate, least)
  local t, y = {}, {}
  for i = first, #k.t do
    local value = k.excess[first] / k.excess_0 * math.exp(-rate * (k.t[i] - k.t[first]))
    if value < least then break end
    t[#t + 1], y[#y + 1] = k.t[i], value
  end
  return t, y
end

local function restart(k) -- where the loss has fallen to a tenth
  for i, excess in ipairs(k.excess) do
    if excess <= 0.1 * k.excess_0 and k.margin[i] > 0 then return i end
  end
end

local function loss_figure(set, tracks, balanced)
  local figure = {log = set.paper and "y" or "xy", xlabel = "time t",
    ylabel = "(L − L*) / (L(0) − L*)", title = "Loss under its bounds, " .. set.name,
    height = HEIGHT}
  local least = 1
  for _, k in ipairs(tracks) do
    if not set.paper then -- t = 0 has no place on a logarithmic axis
      for _, list in pairs(k) do
        if type(list) == "table" and #list == #k.t and list ~= k.t then table.remove(list, 1) end
      end
      table.remove(k.t, 1)
    end
    least = math.min(least, math.min(table.unpack(relative(k))))
  end
  for i, k in ipairs(tracks) do
    figure[#figure + 1] = {k.t, relative(k), color = i,
      label = ("start %s, c = %.1f"):format(case_name(CASES[i]), k.c)}
  end
  if balanced then
    figure[#figure + 1] = {balanced.t, relative(balanced), color = 4, label = "balanced, c = 0"}
  end
  for i, k in ipairs(tracks) do
    local t, y = bound(k, 1, k.theorem1[1], least)
    figure[#figure + 1] = {t, y, style = "bound", color = i,
      label = i == 1 and "Theorem 1, same colour" or nil}
    local from = restart(k)
    if from then
      t, y = bound(k, from, k.margin[from], least)
      figure[#figure + 1] = {t, y, style = "dash", color = i,
        label = i == 1 and "margin bound, restarted" or nil}
    end
  end
  return figure
end

local function rate_figure(set, k, name)
  return {log = not set.paper and "xy" or nil, xlabel = "time t", ylabel = "rate of decay",
    title = ("Rates and their bounds, %s, %s start"):format(set.name, name), height = HEIGHT,
    {k.t, k.rate, label = "measured −d/dt log(L − L*)"},
    {k.t, k.upper, label = "upper bound", style = "bound", color = 2},
    {k.t, k.proposition1, label = "Proposition 1, now", style = "dash", color = 3},
    {k.t, k.margin, label = "margin, from now on", style = "dash", color = 5},
    {k.t, k.theorem1, label = "Theorem 1, for ever", style = "bound", color = 1}}
end

local function write(report, results)
  report:section("1. Imbalance sets the pace")
    :text("Nothing in the loss tells how fast it will fall; the start does. Call")
    :formula("c = [λ_r(Λ)]_+ + [λ_m(−Λ)]_+")
    :text("the imbalance: how far the two layers are from carrying equal weight. As long as $c > "
      .. "0$, Theorem 1 promises that the loss falls at least exponentially, and because the flow "
      .. "conserves $Λ$ the promise is made once, at $t = 0$:")
    :formula("L(t) − L^* ≤ e^{−2 σ_r^2 c t} (L(0) − L^*)")
    :text("The three starts below represent the same learned map in law and differ in imbalance "
      .. "alone, because their scales $(s_u, s_v)$ have the same product."
      .. (results[1].paper and " The more imbalanced start wins by orders of magnitude. A balanced "
      .. "start of the very same map has $c = 0$: no promise, and indeed the slowest curve." or ""))
    :text("Theorem 1 looks at the worst moment. Once the loss has fallen, the margin bound knows "
      .. "better: it may be restarted at any time (here at a tenth of the loss) and comes "
      .. "closer. Proposition 1 bounds the rate of the moment.")
  for _, result in ipairs(results) do
    for _, entry in ipairs(result) do report:figure(entry[1], entry[2]) end
  end
end

--- Measure on all data sets; returns what writes the section.
return function(page, sets)
  local results = {}
  for i, set in ipairs(sets) do
    local tracks = measure(page, set)
    local balanced, slow
    if set.paper then balanced, slow = control(page, set) end
    results[i] = {paper = set.paper,
      {page:figure(("1-loss-%d"):format(i), loss_figure(set, tracks, balanced)),
        ("Loss from three starts on %s. Solid: measured; dotted: Theorem 1; dashed: the margin "
          .. "bound, restarted where the loss has fallen to a tenth."):format(set.about)},
      {page:figure(("1-rates-%d"):format(i),
        rate_figure(set, slow or tracks[1], slow and "balanced" or "first")),
        slow and "The balanced start, of which Theorem 1 says nothing. Proposition 1 becomes exact "
          .. "as the weights align with the data; the margin bound, which promises a rate for all "
          .. "later times, follows."
          or "The rate of the first start lies between its bounds at every time. Where a lower "
          .. "bound is missing it says nothing there."},
    }
  end
  return function(report) write(report, results) end
end
