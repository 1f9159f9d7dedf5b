--- 18: label noise balances the layers: where descent ends when every step sees fresh noise in Y.
--
-- Descent with steps eta on Y + Xi, Xi anew at every step with standard deviation tau. Derived
-- (mathematics.md, section 4.8): in the limit eta -> 0 the imbalance, which the flow keeps, moves
-- without randomness, d Lambda/dt = eta tau^2 (tr(Sig^2) V'V - m U1'Sig^2 U1), until both terms are
-- equal; where the data are fitted this means tr V V' = (m/tr Sig^2)^(1/2) ||Yt||_*, whatever the
-- start was. The rest of the weights sees no noise, so E dist^2 = (D - r) s_u^2 tr V V' shrinks by
-- the same factor. It takes of order 1/(eta^2 tau^2) steps. Expected: the end (after a flow to
-- rest, which keeps Lambda) on this value up to O(eta), slope 1 in eta, for three data sets; the
-- drift at any state. Control: noise in X in place of Y, on the full weights, which acts on
-- everything and ends elsewhere.
--
-- SPDX-License-Identifier: MIT

-- Beside this file, wherever it was installed.
package.path = (arg[0]:match("^(.*/)examples/") or "./") .. "?.lua;" .. package.path

local linnet = require "linnet"
local support = require "examples.support"

local size = support.size
local example = support.new("18_label_noise", "label noise balances the layers")

local H, TAU, PIECES = 1e12, size(0.3, 0.6), size(40, 20)

local function trace_VV(s)
  local _, V = s:reduced()
  return V:norm() ^ 2
end

-- The two sides of the law of the imbalance, in the hidden coordinates that descent leaves alone.
local function sides(p, s)
  local U, V = s:reduced()
  local sigma = linnet.diag(p:singular_values())
  return sigma:norm() ^ 2 * (V:t() * V), p.m * ((sigma * U):t() * (sigma * U))
end

local function law(p) return linnet.theory.label_noise_end(p).trace end

local function rest(p, s) return p:flow(s, {t = math.huge, record = {}, save_at = {}}).final end

-- ---------------------------------------------------------------- the drift, at one state

local function imbalance(s)
  local U, V = s:reduced()
  return U:t() * U - V:t() * V
end

-- How far the drift over `steps` steps is from its law, relative.
local function drift_error(p, s, eta, steps)
  local after = p:descend(s, {eta = eta, label_noise = 0.1, steps = steps, record = {}}).final
  local one, other = sides(p, s)
  local drift = (imbalance(after) - imbalance(s)) / (eta ^ 2 * 0.1 ^ 2 * steps)
  return (drift - (one - other)):norm() / (one - other):norm()
end

-- ---------------------------------------------------------------- the end, over the step

local SETS = {{n = 6, D = 12, m = 2, seed = 1}, {n = 8, D = 12, m = 3, kappa = 10, seed = 4},
  {n = 8, D = 20, m = 3, orthonormal = true, seed = 2}}
local problems = {}
for i, data in ipairs(SETS) do
  local X, Y = linnet.data.gaussian(data)
  problems[i] = linnet.problem(X, 3 * Y)
end

-- Ends for one step size, every so many steps of a descent of SLOW/(eta^2 tau^2).
local SLOW = 10
local function ends(p, s, eta)
  local steps, list = math.ceil(SLOW / (eta * TAU) ^ 2 / PIECES), {}
  for i = 1, PIECES do
    s = p:descend(s, {eta = eta, label_noise = TAU, steps = steps, seed = 1, record = {}}).final
    list[i] = rest(p, s)
  end
  return list
end

local etas = size({0.16, 0.08, 0.04, 0.02}, {0.16, 0.08, 0.04})
local least = etas[#etas]
local times = linnet.linspace(0, SLOW, PIECES + 1)
local curves = {xlabel = "steps times eta^2 tau^2", ylabel = "tr VV' over the law",
  title = "Label noise forgets the start", yrange = {0.9, 2}, key = "top right"}
local errors = {log = "xy", xlabel = "step size eta", ylabel = "tr VV' over the law, less 1",
  title = "to first order in the step", xrange = {0.01, 0.2}, key = "top left"}

for set, p in ipairs(problems) do
  local start = p:init("gaussian", {h = H, seed = 1})
  local flow_end, misses, last = rest(p, start), {}, nil
  for i, eta in ipairs(etas) do
    local curve, late = {trace_VV(flow_end) / law(p)}, {}
    for piece, s in ipairs(ends(p, start, eta)) do
      curve[piece + 1], last = trace_VV(s) / law(p), s
      if piece > PIECES / 3 then late[#late + 1] = curve[piece + 1] - 1 end
    end
    misses[i] = support.mean(late)
    if set == 1 then curves[i] = {times, curve, label = ("eta = %g"):format(eta)} end
  end
  errors[set] = {etas, misses, label = ("data %d"):format(set)}

  local function named(what) return ("data %d, %s"):format(set, what) end
  local one, other = sides(p, last)
  example:at_least("measured", named("flow: tr VV' over the law"), 1.5,
    trace_VV(flow_end) / law(p))
  example:near("derived", named("noise: the same, smallest eta"), 1, 1 + misses[#etas], least)
  example:near("derived", named("error: slope in eta"), 1, support.slope(etas, misses),
    size(0.25, 0.4))
  example:at_most("derived", named("imbalance: sides of its law differ by"), 4 * least,
    (one - other):norm() / one:norm())
  example:near("derived", named("E dist^2 over the flow's"), law(p) / trace_VV(flow_end),
    last:law().mean / flow_end:law().mean, 2 * least)
  example:at_most("derived", named("drift over 5000 steps: off its law by"), 0.05,
    drift_error(p, flow_end, 0.02, 5000))
end

-- ---------------------------------------------------------------- control: noise in X

-- The same loop on the full weights, noise of sd 0.6 in the inputs or in the labels.
local X, Y = linnet.data.gaussian(SETS[1])
local function full(in_x, in_y)
  local s = problems[1]:init("gaussian", {h = 30, seed = 1, explicit = true})
  local U, V, rng = s:U(), s:V(), linnet.random(5)
  for _ = 1, size(16000, 4000) do
    local seen = X + in_x * rng:normal(X:rows(), X:cols())
    local E = 3 * Y + in_y * rng:normal(Y:rows(), Y:cols()) - seen * U * V:t()
    U, V = U + 0.08 * (seen:t() * E * V), V + 0.08 * (E:t() * seen * U)
  end
  local last = rest(problems[1], problems[1]:init{U = U, V = V})
  local one, other = sides(problems[1], last)
  return (one - other):norm() / one:norm()
end
example:at_most("control", "full weights, noise in Y: sides differ by", 0.2, full(0, 0.6))
example:at_least("control", "full weights, noise in X: sides differ by", 0.3, full(0.6, 0))

example:plot{panels = {curves, errors}}
return example:finish()
