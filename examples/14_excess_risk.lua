--- 14: excess risk against the scale of the start and the number of inputs, spiked covariance.
--
-- n = 40 samples, D inputs of covariance Sigma: 10 directions of variance 1, where the truth lies,
-- and a tail of total variance tau = 8 spread over the other D - 10; noise of standard deviation
-- 0.5. Derived, 1: given the data and the part of the weights that they see, the converged
-- network's excess risk has mean R(Theta_hat) + s_u^2 tr((I - Phi1 Phi1')Sigma) tr(V V'), R that of
-- the minimum-norm solution: the directions that the data have not seen keep their start, weighed
-- by their variance. Expected: within 4 standard errors at every scale; wide networks follow it
-- with tr(V V') from the wide law (mathematics.md, section 7). Derived, 2: for D -> inf the tail's
-- Gram matrix tends to tau I, so that the minimum-norm solution predicts as ridge regression on the
-- 10 directions with penalty tau: interpolation is harmless. Control: the formula for isotropic
-- inputs, dist^2 tr(Sigma)/D, is off when the spectrum has spikes.
--
-- SPDX-License-Identifier: MIT

-- Beside this file, wherever it was installed.
package.path = (arg[0]:match("^(.*/)examples/") or "./") .. "?.lua;" .. package.path

local linnet = require "linnet"
local support = require "examples.support"

local size = support.size
local example = support.new("14_excess_risk", "excess risk, scale and D, spiked covariance")

local N, SPIKES, TAU, NOISE, H = 40, 10, 8, 0.5, 1e4

-- Data, truth and the variances of the inputs. Spikes and noise are alike for all D.
local function data(D, seed)
  local rng, variances = linnet.random(seed), {}
  for i = 1, D do variances[i] = i <= SPIKES and 1 or TAU / (D - SPIKES) end
  local S, noise = rng:normal(N, SPIKES), NOISE * rng:normal(N, 1)
  local spikes = rng:normal(SPIKES, 1):scale_(SPIKES ^ -0.5)
  local X = S:hcat(rng:normal(N, D - SPIKES):scale_(variances[D] ^ 0.5))
  return X, S * spikes + noise, spikes:vcat(linnet.zeros(D - SPIKES, 1)), variances
end

local function weighed(M, variances)
  local sum = 0
  for i, variance in ipairs(variances) do sum = sum + variance * M(i, 1) ^ 2 end
  return sum
end

-- tr((I - Phi1 Phi1')Sigma)
local function unseen(p, variances)
  local _, Phi1t = p:reduced()
  local sum = 0
  for i, variance in ipairs(variances) do
    sum = sum + variance * (1 - Phi1t:col(i):norm() ^ 2)
  end
  return sum
end

-- ---------------------------------------------------------------- scale

local scales = support.list(linnet.logspace(1e-2, 1e3, size(11, 3)))
local curves = {log = "xy", xlabel = "scale h s^2", ylabel = "excess risk",
  title = "Excess risk: the start survives where the data have not looked"}
local worst_isotropic = 0
for d, D in ipairs{60, 200, 800} do
  local X, Y, truth, variances = data(D, 1)
  local p = linnet.problem(X, Y)
  local base, outside = weighed(p:min_norm() - truth, variances), unseen(p, variances)
  local risks, law, off = {}, {}, {}
  for k, scale in ipairs(scales) do
    local std, risk, surplus, isotropic = (scale / H) ^ 0.5, {}, {}, {}
    for seed = 1, size(24, 8) do
      local s = p:init("gaussian", {h = H, std = std, seed = seed})
      local final = p:flow(s, {t = math.huge, record = {}, save_at = {}}).final
      local _, V = final:reduced()
      risk[seed] = final:excess_risk(truth, variances)
      surplus[seed] = risk[seed] - base - std ^ 2 * outside * V:norm() ^ 2
      isotropic[seed] = base + final:distance() ^ 2 * (SPIKES + TAU) / D
    end
    risks[k] = support.mean(risk)
    law[k] = base + outside / (D - p.rank)
      * linnet.theory.wide_law{h = H, std_u = std, std_v = std, problem = p}
    local mean, error = support.mean(surplus)
    off[k] = math.abs(mean) / error
    worst_isotropic = math.max(worst_isotropic, support.mean(isotropic) / risks[k])
  end
  local name = ("D = %d: "):format(D)
  example:at_most("derived", name .. "off the exact mean, standard errors, worst", 4,
    support.quantile(off, 1))
  example:near("derived", name .. "largest scale: wide law", law[#law], risks[#risks], 0.15, true)
  example:near("derived", name .. "smallest scale: minimum norm", base, risks[1], 0.02, true)
  curves[2 * d - 1] = {scales, risks, style = "points", color = d, label = ("D = %d"):format(D)}
  curves[2 * d] = {scales, law, style = "bound", color = d, label = d == 1 and "wide law" or nil}
end
example:at_least("control", "isotropic formula over measured, worst", 1.5, worst_isotropic)
example:plot(curves)

-- ---------------------------------------------------------------- number of inputs

-- Excess risk of ridge regression on the spikes.
local function ridge(X, Y, truth)
  local S = X:sub(1, N, 1, SPIKES):copy()
  local theta = (S:t() * S + TAU * linnet.eye(SPIKES)):solve(S:t() * Y)
  return (theta - truth:sub(1, SPIKES, 1, 1)):norm() ^ 2
end

local dimensions = size({45, 60, 100, 200, 400, 800, 1600, 3200}, {45, 200, 1600})
local risks, limits = {}, {}
for k, D in ipairs(dimensions) do
  local risk, limit = {}, {}
  for seed = 1, size(20, 6) do
    local X, Y, truth, variances = data(D, seed)
    risk[seed] = weighed(linnet.problem(X, Y):min_norm() - truth, variances)
    limit[seed] = ridge(X, Y, truth)
  end
  risks[k], limits[k] = support.mean(risk), support.mean(limit)
end
local last = #dimensions
example:near("derived", ("D = %d: minimum norm against ridge"):format(dimensions[last]),
  limits[last], risks[last], 0.1, true)
example:at_least("control", "D = 45, close to n: the same ratio", 2, risks[1] / limits[1])
example:plot{
  {dimensions, risks, label = "minimum norm"},
  {dimensions, limits, label = "ridge on the spikes", style = "bound"},
  log = "xy", xlabel = "inputs D", ylabel = "excess risk", file = "14_dimension",
  title = "With many weak directions, interpolating is harmless",
}

return example:finish()
