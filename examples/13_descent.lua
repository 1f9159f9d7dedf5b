--- 13: gradient descent against gradient flow: step size, drift of the imbalance, largest stable
-- step.
--
-- Descent U+ = U - eta dL/dU is Z+ = (I + eta S) Z in reduced coordinates: as free of the width as
-- the flow. Derived (mathematics.md, section 4): at equal time t = eta k (2 eta k/n for the mean
-- loss) it differs from the flow by O(eta); one step changes the imbalance, which the flow
-- conserves, by exactly eta^2 (V'A'A V - U1'A A'U1), so at fixed time it drifts by O(eta): slopes
-- 1. Heavy ball with momentum mu follows the flow at t = eta k/(1 - mu). Near a solution descent is
-- linear: it comes back for eta < 2/lam_max(K) and leaves for larger steps (a theorem of linear
-- stability, its condition being the kernel at that solution); farther on steps that are somewhat
-- too large end elsewhere, at flatter solutions with another imbalance (measured). Controls: the
-- time of the summed loss for the mean loss; the flow, whose drift is round-off.
--
-- SPDX-License-Identifier: MIT

-- Beside this file, wherever it was installed.
package.path = (arg[0]:match("^(.*/)examples/") or "./") .. "?.lua;" .. package.path

local linnet = require "linnet"
local support = require "examples.support"

local example = support.new("13_descent", "gradient descent against gradient flow")

local X, Y = linnet.data.gaussian{n = 20, D = 40, kappa = 10, seed = 1}
local p = linnet.problem(X, 2 * Y)
local start = p:init("gaussian", {h = 200, alpha = 0.5, seed = 1})

local function product(s)
  local U, V = s:reduced()
  return U * V:t()
end

local T = 1.0
local flow = p:flow(start, {t = T, tol = 1e-11, method = "dop853", record = {}})
local function relative(s, to) return (product(s) - product(to)):norm() / product(to):norm() end
local function off(s) return relative(s, flow.final) end

-- ---------------------------------------------------------------- order in the step size

local etas = support.size({1e-1, 3e-2, 1e-2, 3e-3, 1e-3, 3e-4, 1e-4}, {1e-2, 3e-3, 1e-3})
local steps, miss, drift, momentum = {}, {}, {}, {}
for i, eta in ipairs(etas) do
  steps[i] = math.ceil(T / eta)
  etas[i] = T / steps[i]
  local run = p:descend(start, {eta = etas[i], steps = steps[i], record = {}})
  miss[i], drift[i] = off(run.final), run.stats.imbalance_drift
  momentum[i] = off(p:descend(start, {eta = 0.1 * etas[i], steps = steps[i], method = "heavy_ball",
    momentum = 0.9, record = {}}).final)
end
local small = #etas - 2 -- slopes over the three smallest steps
local function tail(list) return table.move(list, small, #list, 1, {}) end
local function slope(list) return support.slope(tail(etas), tail(list)) end
example:near("derived", "error at equal time: slope in eta", 1, slope(miss), 0.02)
example:near("derived", "drift of the imbalance: slope in eta", 1, slope(drift), 0.02)
example:near("derived", "heavy ball at t = eta k/(1 - mu): slope", 1, slope(momentum), 0.1)
example:at_most("control", "drift of the flow by an exponential method", 1e-13,
  p:flow(start, {t = T, method = "expo4"}).stats.imbalance_drift)

local heavy = p:descend(start, {eta = 1e-3, steps = 100, method = "heavy_ball", momentum = 0.9,
  record = {}})
example:near("identity", "heavy ball: clock of the run, eta k/(1 - mu)", 1,
  heavy.t(#heavy.t), 1e-12)

-- ---------------------------------------------------------------- identities of one step

local function imbalance(s)
  local U, V = s:reduced()
  return U:t() * U - V:t() * V
end
local U, V = start:reduced()
local _, _, Yt = p:reduced()
local sigma = linnet.diag(p:singular_values())
local A = sigma * (Yt - sigma * U * V:t())
local eta = 0.05
local once = p:descend(start, {eta = eta, steps = 1, record = {}}).final
local expected = eta ^ 2 * ((A * V):t() * (A * V) - (A:t() * U):t() * (A:t() * U))
example:at_most("identity", "drift of one step against its formula, relative", 1e-10,
  (imbalance(once) - imbalance(start) - expected):norm() / expected:norm())

-- ---------------------------------------------------------------- the mean loss and its time

local mean_eta = 1e-3 * p.n / 2
local mean = p:descend(start, {eta = mean_eta, steps = 1000, loss = "mean", record = {}})
example:at_most("derived", "mean loss at t = 2 eta k/n: off the flow", 2e-3, off(mean.final))
example:near("identity", "mean loss: clock of the run", T, mean.t(#mean.t), 1e-12)
local wrong = p:flow(start, {t = mean_eta * 1000, record = {}}).final
example:at_least("control", "mean loss taken for t = eta k: off that flow", 0.05,
  relative(mean.final, wrong))
local batch = p:descend(start, {eta = eta, steps = 20, method = "sgd", batch = p.n, record = {}})
example:at_most("identity", "sgd with all samples: off gradient descent", 1e-12,
  relative(batch.final, p:descend(start, {eta = eta, steps = 20}).final))

-- ---------------------------------------------------------------- the largest stable step

local near = p:flow(start, {t = 100, until_excess = 1e-10, tol = 1e-9}).final
local limit = 2 / near:kernel_reduced():eigh():max()
local function by(factor)
  return p:descend(near, {eta = factor * limit, steps = 800, every = 1, record = {}})
end
example:at_most("theorem", "eta = 0.95 of 2/lam_max(K): excess, end over start", 1e-2,
  by(0.95).final:excess() / near:excess())
example:at_least("theorem", "eta = 1.05 of it: excess, largest over start", 100,
  by(1.05).excess:max() / near:excess())

local beyond = p:descend(start, {eta = 1.2 * limit, steps = 4000, record = {"imbalance_drift"}})
local sharpness = beyond.final:kernel_reduced():eigh():max()
example:at_most("measured", "eta = 1.2 of it, from the start: excess at the end", 1e-8,
  beyond.final:excess())
example:at_most("theorem", "then eta lam_max(K)/2 at the end", 1, 1.2 * limit * sharpness / 2)
example:at_least("measured", "and drift of the imbalance", 0.05, beyond.stats.imbalance_drift)
local far = p:descend(start, {eta = 5 * limit, steps = 4000, record = {}})
example:at_least("theorem", "eta = 5 of it diverges", 1, far.stats.reason == "diverged" and 1 or 0)
example:near("derived", "stable step that the failed run names", limit,
  far.stats.largest_stable_eta or 0, 0.05, true)

example:plot{
  {etas, miss, label = "off the flow at t = 1"},
  {etas, drift, label = "drift of the imbalance"},
  {etas, momentum, label = "heavy ball, off the flow"},
  log = "xy", xlabel = "step size eta", ylabel = "relative difference",
  title = "Descent follows flow to first order in the step",
}
return example:finish()
