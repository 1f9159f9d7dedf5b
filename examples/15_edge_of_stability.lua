--- 15: the edge of stability: where descent ends, and how sharply the loss curves there, over its
-- step.
--
-- Near a minimizer gradient descent is stable for eta < 2/sharpness, sharpness being the largest
-- eigenvalue of the Hessian (a theorem: mathematics.md, section 3.5). The flattest minimizer of any
-- data is known (derived: section 6); no minimizer is stable for eta > eta_c, 2 over its sharpness,
-- which is 1/s_1(Yt) on whitened data. Expected from starts of width 1e12: small steps end where
-- the flow ends; steps between the naive rule, eta < 2/sharpness at the flow's end, and eta_c fit
-- all the same, at a flatter minimizer whose sharpness is just below 2/eta; a little beyond eta_c
-- the loss stays bounded and descent never fits; far beyond it diverges. That descent finds these
-- ends is measured. Control: the naive rule, which calls steps too large that are not.
--
-- SPDX-License-Identifier: MIT

-- Beside this file, wherever it was installed.
package.path = (arg[0]:match("^(.*/)examples/") or "./") .. "?.lua;" .. package.path

local linnet = require "linnet"
local support = require "examples.support"

local size = support.size
local example = support.new("15_edge_of_stability", "the edge of stability, width-free")

local H, STEPS = 1e12, 20000
local STD_U, STD_V = 1.75 / H ^ 0.5, 0.57 / H ^ 0.5

local function descend(p, s, eta)
  return p:descend(s, {eta = eta, steps = STEPS, record = {}})
end

-- ---------------------------------------------------------------- three data sets, four steps

local panels
for set, data in ipairs{{m = 5, orthonormal = true}, {m = 3, kappa = 3}, {orthonormal = true}} do
  data.n, data.D, data.noise, data.seed = 20, 60, 0.01, data.m or 1
  local X, Y = linnet.data.gaussian(data)
  local p = linnet.problem(X, 3 * Y)
  local s = p:init("gaussian", {h = H, std_u = STD_U, std_v = STD_V, seed = set})
  local critical, flattest = linnet.theory.critical_step(p)
  local flow_end = p:flow(s, {t = math.huge}).final
  local naive = flow_end:stable_step()
  local function named(what) return ("data %d, %s"):format(set, what) end

  local last = descend(p, s, critical / 100).final
  example:near("derived", named("eta = eta_c/100: sharpness over the flow's"), 1,
    last:sharpness() / flow_end:sharpness(), 0.01)
  local between = (naive * critical) ^ 0.5
  last = descend(p, s, between).final
  example:at_least("control", named("eta between: over the naive rule"), 1.05, between / naive)
  example:at_most("measured", named("eta between: fits, excess"), 1e-9, last:excess())
  example:within("theorem", named("then eta times sharpness/2"), between / critical, 1,
    between * last:sharpness() / 2)
  example:at_most("theorem", named("and its sharpness over the flow's"), naive / between,
    last:sharpness() / flow_end:sharpness())
  local beyond = descend(p, s, 1.01 * critical).final
  example:at_least("derived", named("eta = 1.01 eta_c: never fits, excess"), 1e-3, beyond:excess())
  example:at_most("measured", named("and stays bounded, excess"), 1, beyond:excess())
  example:at_least("measured", named("eta = 2 eta_c: diverges"), 1,
    descend(p, s, 2 * critical).stats.reason == "diverged" and 1 or 0)

  -- the sweep of the figure, for the last data
  local steps, sharpness, excess, edge = {}, {}, {}, {}
  local points = size(100, 20)
  for i = 1, set == 3 and points or 0 do
    local x = 1.25 * i / points
    local final = descend(p, s, x * critical).final
    steps[i], edge[i] = x, 2 / (x * critical)
    sharpness[i] = x < 1 and final:sharpness() or 0 / 0 -- nothing settles beyond
    excess[i] = math.max(final:excess(), 1e-30)
  end
  local limit, rule = {1, 1}, naive / critical
  panels = {
    {{steps, sharpness, label = "where descent ends"},
      {steps, edge, label = "2/eta", style = "dash"},
      {{0, 1.25}, {flattest, flattest}, label = "flattest minimizer", style = "bound"},
      {{0, 1.25}, {2 / naive, 2 / naive}, label = "flow's end", style = "bound"},
      xlabel = "eta/eta_c", ylabel = "sharpness", title = "How sharp",
      yrange = {0.9 * flattest, 2.2 / naive}, xrange = {0, 1.25}},
    {{steps, excess, label = "excess at the end"},
      {limit, {1e-30, 10}, label = "eta_c", style = "dash"},
      {{rule, rule}, {1e-30, 10}, label = "naive rule", style = "bound"},
      log = "y", title = "and whether it fits", xlabel = "eta/eta_c",
      ylabel = "loss above its infimum", xrange = {0, 1.25}, yrange = {1e-31, 1e3}},
  }
end

example:plot{panels = panels}
return example:finish()
