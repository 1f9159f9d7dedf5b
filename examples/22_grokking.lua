--- 22: grokking with an exact law: octane numbers from spectra, weight decay, and a start that is
-- forgotten long after the fit.
--
-- 45 gasolines to learn from, 15 to predict (examples/data), weights of equal scale and so large
-- that every entry of U V' starts with deviation RHO: the directions that the data have not seen
-- keep that start, U2 V', and spoil the prediction. Derived (mathematics.md, section 10.4): with
-- weight decay w the mean squared test error over the starts tends, as h grows, at every time to
--   ||Ynew - Xnew Phi1 P1||^2/n + s_u^2 e^(-2wt) (lam^2 e^(-4wt) + ||P1||^2)^(1/2) unseen,
-- lam = h s_u^2, unseen the mean squared length of the new inputs outside the training data's span.
-- The first term is a transient that ends with the fit. The second waits for it and then falls like
-- e^(-4wt) and, once lam e^(-2wt) is below ||P1||, like e^(-2wt): its root has the clock 1/(2w),
-- later 1/w. Expected: it to six digits at h = 1e15, at all times, for four decays; errors of drawn
-- networks within 4 standard errors; the fit long before. Control: decays 1.5 w and w/2 of the two
-- layers, a loop on the full weights that agrees with the law when both are w.
--
-- SPDX-License-Identifier: MIT

-- Beside this file, wherever it was installed.
package.path = (arg[0]:match("^(.*/)examples/") or "./") .. "?.lua;" .. package.path

local linnet = require "linnet"
local support = require "examples.support"

local size = support.size
local example = support.new("22_grokking", "test error under weight decay, long after the fit")

local RHO = 150 -- deviation of an entry of U V' at the start; ||Theta_hat|| is 131
local DECAYS = size({1e-2, 1e-3, 1e-4, 1e-5}, {1e-2, 1e-4})
local H, STARTS = 1e4, size(24, 6)

-- ---------------------------------------------------------------- data

local spectra, octane = linnet.data.csv(support.home .. "examples/data/gasoline.csv",
  {target = "octane"})
local X, Y, Xnew, Ynew = linnet.data.split(spectra, octane, {test = 0.25, seed = 1})
local Xc, center = linnet.data.standardize(X, {scale = false})
local Yc, units = linnet.data.standardize(Y, {scale = false})
Xnew = center(Xnew)
local p = linnet.problem(Xc, Yc)
local _, Phi1t = p:reduced()
local seen = Xnew * Phi1t:t()
local unseen = (Xnew - seen * Phi1t):norm() ^ 2 / #Ynew

-- ---------------------------------------------------------------- law and measurement

local function product(s)
  local U, V = s:reduced()
  return U * V:t()
end

-- Mean squared error of what the data see of the weights: the transient, and what remains.
local function inside(s) return (Ynew - units:invert(seen * product(s))):norm() ^ 2 / #Ynew end

-- The second term of the law, from the map P1 of the wide limit; and as a network of that width has
-- it, from its V, a mean over U2 alone.
local function law(s, h)
  local lam, kept = RHO * h ^ 0.5, s.decay ^ 2
  return lam / h * kept * ((lam * kept) ^ 2 + product(s):norm() ^ 2) ^ 0.5 * unseen
end
local function outside(s, h)
  local _, V = s:reduced()
  return RHO * h ^ -0.5 * s.decay ^ 2 * V:norm() ^ 2 * unseen
end

local function thinned(list)
  local out = {}
  for i = 1, #list, 3 do out[#out + 1] = list[i] end
  return out
end

local function start(h, seed)
  return p:init("gaussian", {h = h, std = (RHO * h ^ -0.5) ^ 0.5, seed = seed})
end

-- The wide limit of these starts.
local function limit(h) return p:init("orthogonal", {h = p.rank + 1, lam = RHO * h ^ 0.5}) end

-- To 2wt = 16, recorded at even steps of log t up to 2wt = 1/2, and of 2wt from there on.
local function follow(s, w, from, record)
  local times = support.list(linnet.logspace(from, 0.2 / w, size(41, 15)))
  for x = 0.5, 16, size(0.5, 1.5) do times[#times + 1] = x / (2 * w) end
  return p:flow(s, {t = 8 / w, weight_decay = w, tol = 1e-8, record = record, save_at = times})
end

-- When a recorded error has come down to `level` for good, of a list of times.
local function arrival(times, values, level)
  for i = #values, 1, -1 do
    if values[i] > level then return times[i + 1] end
  end
  return times[1]
end

-- ---------------------------------------------------------------- four decays

local errors = {log = "xy", xlabel = "time t", ylabel = "error, octane numbers",
  title = "Fit early, predict late", xrange = {1e-3, 8 / DECAYS[#DECAYS]}, yrange = {0.05, 40},
  key = "top right"}
local clock = {log = "y", xlabel = "2wt", ylabel = "U2's mean squared error",
  title = "One clock for all decays", xrange = {0, 10}, yrange = {1e-7, 5}, key = "top right"}

for k, w in ipairs(DECAYS) do
  local function named(what) return ("w = %g, %s"):format(w, what) end

  -- the second term of a very wide network against that of the limit, at the same times
  local wide = 1e15
  local exact = follow(limit(wide), w, 1e-9, {law = function(s) return law(s, wide) end})
  local one = follow(start(wide, 1), w, 1e-9, {outside = function(s) return outside(s, wide) end})
  local worst = 0
  for i = 1, #one.t do
    worst = math.max(worst, math.abs(one.outside(i) / exact.law(i) - 1))
  end
  example:at_most("derived", named("h = 1e15: off the law at any time"), 1e-6, worst)

  -- networks as they are drawn, U2 with them, beside the law and what their own P1 adds
  local expected = follow(limit(H), w, 1e-4, {law = function(s) return law(s, H) end})
  local times, n = support.list(expected.t), #expected.t
  local test, transient, train, x = {}, {}, {}, {}
  for i = 1, n do test[i], transient[i], train[i], x[i] = {}, {}, {}, 2 * w * times[i] end
  local drawn -- of the last start
  for seed = 1, STARTS do
    drawn = follow(start(H, seed), w, 1e-4, {inside = inside,
      outside = function(s) return outside(s, H) end,
      test = function(s) return s:test_error(Xnew, Ynew, units) end})
    for i = 1, n do
      test[i][seed], transient[i][seed] = drawn.test(i), drawn.inside(i)
      train[i][seed] = 2 * drawn.excess(i) / #Yc
    end
  end
  local off, whole = 0, {}
  for i = 1, n do
    local surplus = {}
    for seed = 1, STARTS do
      surplus[seed] = test[i][seed] - transient[i][seed] - expected.law(i)
    end
    local mean, error = support.mean(surplus)
    off = math.max(off, math.abs(mean) / error)
    whole[i] = (support.mean(transient[i]) + expected.law(i)) ^ 0.5
    test[i], train[i] = support.mean(test[i]) ^ 0.5, support.mean(train[i]) ^ 0.5
  end
  example:at_most("derived", named("h = 1e4: off the law, standard errors, worst"), 4, off)
  local fitted, predicted = arrival(times, train, 0.2), arrival(times, test, 1.1 * whole[n])
  print(("w = %g: fits at t = %.3g, predicts within 10 %% of its end from %.3g on")
    :format(w, fitted, predicted))
  example:at_least("measured", named("when it predicts over when it fits"), 0.5 / w,
    predicted / fitted)

  errors[2 * k - 1] = {times, whole, color = k, label = ("w = %g"):format(w)}
  errors[2 * k] = {thinned(times), thinned(test), color = k, style = "points"}
  if k == #DECAYS then
    errors[2 * k + 1] = {times, train, color = 8, style = "dash", label = "on training data"}
  end
  local function power(from, to)
    local base, part = {}, {}
    for i = 1, n do
      if from <= x[i] and x[i] <= to then
        base[#base + 1], part[#part + 1] = math.exp(-x[i]), drawn.outside(i)
      end
    end
    return support.slope(base, part)
  end
  example:near("derived", named("U2's part, power of e^(-2wt) at first"), 2, power(0.5, 2),
    0.05)
  example:near("derived", named("and late"), 1, power(8, 16), 0.05)
  clock[2 * k - 1] = {x, support.list(expected.law), color = k}
  clock[2 * k] = {thinned(x), thinned(support.list(drawn.outside)), color = k, style = "points"}
end

-- ---------------------------------------------------------------- control: unequal decays

-- ||U2 V'||^2 over its law for w, by descent on all weights, from entries of variance 1/h.
local function full(h, w, t, eta, decay_u, decay_v)
  local s = p:init("gaussian", {h = h, seed = 2, explicit = true})
  local U, V = s:U(), s:V()
  for _ = 1, math.floor(t / eta + 0.5) do
    local G = Xc:t() * (Yc - Xc * (U * V:t()))
    U, V = U + eta * (G * V - decay_u * U), V + eta * (G:t() * U - decay_v * V)
  end
  local wide = p:flow(p:init("gaussian", {h = math.huge}), {t = t, weight_decay = w}).final
  local mean = linnet.theory.weight_decay_law{state = wide, h = h} - wide:distance() ^ 2
  local Theta = U * V:t()
  return (Theta - Phi1t:t() * (Phi1t * Theta)):norm() ^ 2 / mean
end

-- One start: ||U2 V'||^2 is a chi-square of D - r = 357 degrees, a relative deviation of 0.075.
local width, w, t, eta = size(200, 100), 0.1, size(10, 8), size(1.5e-3, 3e-3)
example:near("derived", "full weights, decays w, w: U2's part over the law", 1,
  full(width, w, t, eta, w, w), 0.2)
example:at_most("control", "full weights, decays 1.5 w, w/2: the same", 0.75,
  full(width, w, t, eta, 1.5 * w, 0.5 * w))
example:at_most("control", "full weights, decays 2 w, 0: the same", 0.75,
  full(width, w, t, eta, 2 * w, 0))

example:plot{panels = {errors, clock}}
return example:finish()
