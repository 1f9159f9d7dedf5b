--- lua/linnet/theory/task.lua: where a second task ends, and what it leaves of the first
-- (mathematics.md, section 7.6).
-- SPDX-License-Identifier: MIT
-- @module linnet.theory

local core = require "linnet.core"
local check = require "linnet.check"
local error = require("linnet.failure").raise
local given = require "linnet.theory.arguments"
local options = require "linnet.options"

local M = {}

options.define("theory.task_end", {
  summary = "Where the flow ends on another task, infinitely wide, one output.",
  {name = "problem", required = true, help = "the new task: squared loss, m = 1"},
  {name = "theta", type = "matrix", required = true,
    help = "D x 1, the map that the tasks before have left"},
  {name = "lam", type = "number", range = "[0, inf)", default = 1,
    help = "of the start of the first task: h^(1 - 2 alpha), 1 at alpha = 1/2"},
})

--- Where the flow ends on a new task at infinite width and one output, from the map that it learned
-- before: Theta_hat + c (I - Phi1 Phi1') Theta. What the new data see becomes their solution of
-- least norm; what they do not see keeps its direction and changes its size, as both tasks have the
-- second layer in common. Exact from the start `"orthogonal"` with that lam, and so for
-- `"gaussian"`, alpha = 1/2, at h = inf, whatever tasks came before; off by O(h^(-1/2)) at finite
-- width; c -> 1 as lam -> inf (lazy). The state must have come to rest. [D], section 7.6.
-- @tparam table opts see `help("theory.task_end")`
-- @treturn table `theta` (D x 1), `gain` c
-- @usage
-- local X, Y = linnet.data.gaussian{n = 5, D = 20, seed = 1}
-- local X2, Y2 = linnet.data.gaussian{n = 5, D = 20, seed = 2}
-- local p, p2 = linnet.problem(X, Y), linnet.problem(X2, Y2)
-- local first = p:flow(p:init("gaussian", {h = math.huge}), {t = math.huge}).final
-- local second = p2:flow(p2:init(first), {t = math.huge}).final
-- local law = linnet.theory.task_end{problem = p2, theta = first:theta()}
-- assert((second:theta() - law.theta):norm() < 1e-12)
-- print(law.gain, second:excess(p))
function M.task_end(opts)
  local o = options.check("theory.task_end", opts, 2)
  local p, lam = o.problem, o.lam
  check.object("theory.task_end", "problem", p, core.types.problem, "a problem", 2)
  if p.m ~= 1 then
    error(("theory.task_end: it is known for one output, the problem has m = %d"):format(p.m), 2)
  end
  check.squared("theory.task_end", p)
  given.matrix("theory.task_end", "theta", o.theta, p.D, 1, "must be D x 1")
  local _, Pt = p:reduced()
  local off = o.theta - Pt:t() * (Pt * o.theta)
  local seen, size = p:min_norm(), o.theta:norm()
  -- x^2 a^2 - x (2 lam a + |off|^2) - |seen|^2 = 0, a = s + lam: the root >= 0
  local a = given.hypot(lam, size) + lam
  if a == 0 then return {theta = seen, gain = 1} end
  local half = (lam + 0.5 * (off:norm() / a) * off:norm()) / a
  local x = half + given.hypot(half, seen:norm() / a)
  return {theta = seen + x ^ 0.5 * off, gain = x ^ 0.5}
end

return M
