--- 10: from small starts the modes of the target are learned one after the other, at predicted
-- times.
--
-- Whitened data, target with singular values 4, 2, 1, 0.5. From a spectral start (balanced, aligned
-- with the target, U1 V' = eps times its singular vectors) every mode is a logistic curve of its
-- own (Saxe et al. 2014, a theorem here: sigma is constant): p_i(t) = s_i/(1 + (s_i/eps - 1) exp(-2
-- s_i t)), half learned at t_i = log(s_i/eps - 1)/(2 s_i). Expected: the measured times.
--
-- Derived for small Gaussian starts of variance s^2, unaligned: while U1 V' is small, mode i grows
-- like exp(s_i t) from the part of the start along it, so half of it is learned at t_i = log(4
-- s_i/g_i)/(2 s_i), g_i = |u_i'U1 + v_i'V|^2, up to corrections that vanish with s for the first
-- mode and are below 2 % for the others.
--
-- Control: at scale 1 there is no staircase: all modes are learned before a small start has half
-- learned its first.
--
-- SPDX-License-Identifier: MIT

-- Beside this file, wherever it was installed.
package.path = (arg[0]:match("^(.*/)examples/") or "./") .. "?.lua;" .. package.path

local linnet = require "linnet"
local support = require "examples.support"

local example = support.new("10_staircase", "modes learned one after the other")

local S, EPS = {4, 2, 1, 0.5}, 1e-6
local n, D = 20, 30

-- Whitened inputs and a target with singular values S.
local rng = linnet.random(3)
local Q, P = rng:orthogonal(D, n):t(), rng:orthogonal(n, #S)
local R = rng:orthogonal(#S, #S)
local p = linnet.problem(Q, P * linnet.diag(linnet.matrix(S)) * R:t())
local _, _, Yt = p:reduced()
local A, _, B = Yt:svd()

-- u_i' U1 V' v_i of a state.
local function modes(s)
  local U, V = s:reduced()
  local M = (A:t() * U) * (V:t() * B)
  return linnet.matrix(1, #S, function(_, j) return M(j, j) end)
end

-- The times at which the modes pass half their values, by interpolation between records.
local function half_times(run)
  local times = {}
  for j = 1, #S do
    for i = 2, #run.t do
      local before, after = run.modes(i - 1, j), run.modes(i, j)
      if not times[j] and after >= S[j] / 2 then
        local part = (S[j] / 2 - before) / (after - before)
        times[j] = run.t(i - 1) + part * (run.t(i) - run.t(i - 1))
      end
    end
  end
  return times
end

local function follow(s, last)
  return p:flow(s, {t = last, save_at = linnet.linspace(0, last, support.size(1201, 601)),
    record = {modes = modes}})
end

-- ---------------------------------------------------------------- spectral start

local start = p:init("spectral", {h = 1e6, scale = EPS ^ 0.5})
example:near("identity", "spectral: U1 V' at the start", EPS, start:singular_values()(1), 1e-9,
  true)
local run = follow(start, 18)
local seen = half_times(run)
for i, s in ipairs(S) do
  -- linear interpolation of an exponential between records: dt^2 s^2 / 2
  example:near("theorem", ("spectral, s = %g: half learned at"):format(s),
    math.log(s / EPS - 1) / (2 * s), seen[i], 2e-3)
end

-- ---------------------------------------------------------------- Gaussian starts

local SMALL, H = 1e-4, 100
local worst, gauss = {0, 0, 0, 0}, nil
for seed = 1, support.size(8, 3) do
  local s = p:init("gaussian", {h = H, std = SMALL, seed = seed})
  local U, V = s:reduced()
  local G = A:t() * U + B:t() * V
  gauss = follow(s, 18)
  local times = half_times(gauss)
  for i = 1, #S do
    local predicted = math.log(4 * S[i] / G:row(i):norm() ^ 2) / (2 * S[i])
    worst[i] = math.max(worst[i], math.abs(times[i] / predicted - 1))
  end
end
for i, s in ipairs(S) do
  example:at_most("derived", ("Gaussian, s = %g: relative error of the time, worst"):format(s),
    i == 1 and 1e-3 or 0.02, worst[i])
end

example:at_least("derived", "spectral: last half time over first", 6, seen[4] / seen[1])

-- At scale 1 all modes move at the kernel's rate of about 2 h, whatever their s: the time from
-- which every mode is within half of its value, the worst of some seeds.
local settled = 0
for seed = 1, support.size(8, 3) do
  local large = follow(p:init("gaussian", {h = H, std = 1, seed = seed}), 0.2)
  for j, s in ipairs(S) do
    for i = 1, #large.t do
      if math.abs(large.modes(i, j) - s) > s / 2 then settled = math.max(settled, large.t(i)) end
    end
  end
end
example:at_most("control", "std = 1: all modes learned before the first small one is half, at", 0.1,
  settled)

-- ---------------------------------------------------------------- figure

local curves = {xlabel = "t", ylabel = "mode of the learned map",
  title = "Small starts learn mode by mode: spectral (solid) and Gaussian (thin)"}
local function every_fifth(column)
  return linnet.matrix((#column + 4) // 5, 1, function(i) return column(5 * i - 4, 1) end)
end
for i, s in ipairs(S) do
  curves[i] = {every_fifth(run.t), every_fifth(run.modes:col(i)), color = i,
    label = ("s = %g"):format(s)}
  curves[4 + i] = {every_fifth(gauss.t), every_fifth(gauss.modes:col(i)), color = i,
    style = "bound"}
end
example:plot(curves)

return example:finish()
