--- 12: near-infrared spectroscopy: what the start of a deep linear model does to its predictions.
--
-- 60 gasolines, absorbance at 401 wavelengths, octane number to be predicted (examples/data).
-- Random splits, a quarter for testing; means are taken from training data alone and octane numbers
-- go back to their own units, so that nothing of the test data leaks. Test error: root mean square,
-- octane numbers. Predictors: the minimum-norm solution, the flow to t = infinity, the flow stopped
-- where a quarter of the training data, held out for that, is predicted best, and the mean octane
-- number. Derived (mathematics.md, section 7): the converged network's mean squared test error is
-- that of the minimum-norm solution plus s_u^2 tr(V V') times the mean squared length of the test
-- inputs outside the training data's span. Expected: measured within 4 standard errors of that;
-- small starts agree with the minimum-norm solution, large ones pay. Early stopping: measured only.
--
-- SPDX-License-Identifier: MIT

-- Beside this file, wherever it was installed.
package.path = (arg[0]:match("^(.*/)examples/") or "./") .. "?.lua;" .. package.path

local linnet = require "linnet"
local support = require "examples.support"

local size = support.size
local example = support.new("12_spectroscopy", "octane numbers from near-infrared spectra")

local H = 1000
local SCALES = size({0.01, 1, 10, 100, 1000, 1e4}, {0.01, 1e4}) -- h s_u s_v
local RATIOS = size({0.1, 1, 10}, {1}) -- s_u / s_v
local SPLITS = size(20, 6)
local STOPS = {log = {1e-5, 1e5, 81}} -- times at which a flow may be stopped

local spectra, octane = linnet.data.csv(support.home .. "examples/data/gasoline.csv",
  {target = "octane"})

-- Problem of the training part of a split, centered, with the test part as the network sees it.
local function prepared(X, Y, seed)
  local X1, Y1, X2, Y2 = linnet.data.split(X, Y, {test = 0.25, seed = seed})
  local X1c, center = linnet.data.standardize(X1, {scale = false})
  local Y1c, units = linnet.data.standardize(Y1, {scale = false})
  return {p = linnet.problem(X1c, Y1c), X = X1, Y = Y1, Xnew = center(X2), Ynew = Y2, units = units}
end

local function start(data, std_u, std_v, seed)
  return data.p:init("gaussian", {h = H, std_u = std_u, std_v = std_v, seed = seed})
end

-- Mean squared error on the data of a split that were kept back, octane numbers squared.
local function error_of(data, s) return s:test_error(data.Xnew, data.Ynew, data.units) end

-- The time at which the inner split's kept data are predicted best.
local function best_time(inner, s)
  local run = inner.p:flow(s, {t = STOPS.log[2], save_at = STOPS,
    record = {kept = function(state) return error_of(inner, state) end}})
  local best = 1
  for i = 2, #run.t do
    if run.kept(i) < run.kept(best) then best = i end
  end
  return run.t(best)
end

-- Mean squared length of the new inputs outside the span of the training inputs.
local function unseen(data)
  local _, Phi1t = data.p:reduced()
  local outside = data.Xnew - (data.Xnew * Phi1t:t()) * Phi1t
  return outside:norm() ^ 2 / outside:rows()
end

-- ---------------------------------------------------------------- splits

local splits, base, mean_error = {}, {}, {}
for i = 1, SPLITS do
  local outer = prepared(spectra, octane, i)
  local predicted = outer.units:invert(outer.Xnew * outer.p:min_norm())
  local constant = outer.units:invert(linnet.zeros(#outer.Ynew, 1))
  base[i] = (outer.Ynew - predicted):norm() ^ 2 / #outer.Ynew
  mean_error[i] = (outer.Ynew - constant):norm() ^ 2 / #outer.Ynew
  splits[i] = {outer = outer, inner = prepared(outer.X, outer.Y, 1000 + i), unseen = unseen(outer)}
end

local function rms(list) return (support.mean(list)) ^ 0.5 end
print(("root mean square test error: mean octane number %.3f, minimum norm %.3f"):format(
  rms(mean_error), rms(base)))

local curves = {}
for _, ratio in ipairs(RATIOS) do
  local converged_by_scale, stopped_by_scale = {}, {}
  for k, scale in ipairs(SCALES) do
    local std_u, std_v = (scale * ratio / H) ^ 0.5, (scale / ratio / H) ^ 0.5
    local converged, stopped, surplus = {}, {}, {}
    for i, split in ipairs(splits) do
      local s = start(split.outer, std_u, std_v, i)
      local final = split.outer.p:flow(s, {t = math.huge, record = {}, save_at = {}}).final
      local t = best_time(split.inner, start(split.inner, std_u, std_v, i))
      converged[i] = error_of(split.outer, final)
      local early = split.outer.p:flow(s, {t = t, record = {}, save_at = {}}).final
      stopped[i] = error_of(split.outer, early)
      local _, V = final:reduced()
      surplus[i] = converged[i] - base[i] - std_u ^ 2 * V:norm() ^ 2 * split.unseen
    end
    local off, error = support.mean(surplus)
    local name = ("scale %g, s_u/s_v = %g"):format(scale, ratio)
    example:near("derived", name .. ": off the law, standard errors", 0, off / error, 4)
    if k == 1 then
      example:near("derived", name .. ": error over minimum norm's", 1, rms(converged) / rms(base),
        0.01)
      example:at_most("measured", name .. ": stopped over converged", 1,
        rms(stopped) / rms(converged))
    end
    converged_by_scale[k], stopped_by_scale[k] = rms(converged), rms(stopped)
  end
  if ratio == 1 then
    curves[1] = {SCALES, converged_by_scale, label = "converged"}
    curves[2] = {SCALES, stopped_by_scale, label = "stopped early"}
    example:at_least("control", "largest scale: error over minimum norm's", 2,
      converged_by_scale[#SCALES] / rms(base))
  end
end
example:at_most("control", "minimum norm over mean octane number", 0.3, rms(base) / rms(mean_error))
local ends = {SCALES[1], SCALES[#SCALES]}
curves[3] = {ends, {rms(base), rms(base)}, label = "minimum norm", style = "bound"}
curves.log, curves.xlabel, curves.ylabel = "xy", "scale h s_u s_v", "test error, octane numbers"
curves.title = "Octane from spectra: large starts spoil what training converges to"
example:plot(curves)

return example:finish()
