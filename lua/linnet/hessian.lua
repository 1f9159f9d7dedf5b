--- The Hessian of the loss over all weights at any width, and the steps of descent that it allows.
--
-- What is known in closed form, +-s_i(A) and zeros as often as they stand, is put beside the two
-- ends of an operator that does not know the width (mathematics.md, section 3.5).
--
-- SPDX-License-Identifier: MIT
-- @module linnet.hessian

local check = require "linnet.check"
local core = require "linnet.core"
local display = require "linnet.display"
local options = require "linnet.options"
local run = require "linnet.run"
local error = require("linnet.failure").raise

local M = {state = {}, problem = {}}

options.define("hessian", {
  summary = "Both ends of the spectrum of the Hessian of the loss.",
  {name = "count", type = "integer", range = "[1, 1000]", default = 6,
    help = "eigenvalues at each end, each as often as it stands"},
})

-- An integer where there is one.
local function whole(x) return math.tointeger(x) or x end

-- The first `count` of all eigenvalues, sorted by `before`: those of the operator once, the list
-- `beside` `times` each, and `zeros` zeros.
local function merged(operator, beside, times, zeros, count, before)
  local all = {}
  for i = 1, #operator do all[i] = operator:get(i, 1) end
  for _, x in ipairs(beside) do
    for _ = 1, math.min(times, count) do all[#all + 1] = x end
  end
  for _ = 1, math.min(zeros, count) do all[#all + 1] = 0.0 end
  table.sort(all, before)
  return core.matrix.new(math.min(count, #all), 1, function(i) return all[i] end)
end

--- The Hessian of the loss over all (D + m) h weights, whatever the width, its products taken and
-- the matrix never formed. Section 3.5.
--
-- Of the loss itself: with weight decay w every eigenvalue is w more, of the mean loss it is 2/n
-- times as much (1/n of another loss than the squared one). Eigenvalues are right to 1e-11 of the
-- largest in modulus. It is an error where Lanczos' method does not get there: narrow networks, h
-- near r + m or less, on stiff data of which 3 r m is beyond 2000.
-- @function state:hessian
-- @tparam ?table opts see `help("hessian")`
-- @treturn table `largest` (a column, decreasing) and `smallest` (increasing), each eigenvalue as
--   often as it stands; `trace`, the sum of all; `size` = (D + m) h, how many there are;
--   `repeated`, a column of min(rank, m) values: each of `multiplicity` = h - k' hidden directions
--   has every one of them, and every one's negative, once more
-- @usage
-- local X, Y = linnet.data.gaussian{n = 20, D = 50, m = 2, seed = 1}
-- local s = linnet.problem(X, Y):init("gaussian", {h = 1e12, seed = 2})
-- local H = s:hessian{count = 3}
-- print(H)
-- assert(math.abs(H.largest(1) / s:sharpness() - 1) < 1e-12 and H.size == 52 * 10^12)
function M.state.hessian(s, opts)
  check.self(s, core.types.state, "state", "hessian")
  local o = options.check("hessian", opts, 2)
  local p = s.problem
  local top, low, beside, order, trace, kp = core.hessian.ends(s, o.count)
  if not top then
    error(("hessian: %d eigenvalues at each end of an operator of order %d do not converge; ask "
      .. "for fewer, or for s:sharpness()"):format(o.count, low), 2)
  end
  local h, few, k = s.h + 0.0, math.min(p.rank, p.m), p.rank + p.m
  local times = h - kp -- inf for inf
  local reduced = k * kp - order -- zeros of the operator that it leaves out
  local zeros = reduced + (p.D > p.rank and (p.D - p.rank) * h or 0)
  if k > 2 * few and times > 0 then zeros = zeros + (k - 2 * few) * times end
  local plus, minus = {}, {}
  for i = 1, few do plus[i], minus[i] = beside:get(i, 1), -beside:get(i, 1) end
  for i = 1, few do plus[few + i], minus[few + i] = minus[i], plus[i] end
  return display.of{
    largest = merged(top, plus, times, zeros, o.count, function(x, y) return x > y end),
    smallest = merged(low, minus, times, zeros, o.count, function(x, y) return x < y end),
    trace = trace, size = whole((p.D + p.m) * h), multiplicity = whole(times), repeated = beside,
  }
end

-- ---------------------------------------------------------------- steps

local function step_of(sharpness)
  if sharpness ~= sharpness then return sharpness end
  return sharpness > 0 and 2 / sharpness or math.huge
end

--- The largest step with which gradient descent does not leave a minimum with this Hessian: 2 over
-- the sharpness. For the summed loss; eta of the mean loss is n/2 times as large. Away from a
-- minimum it promises nothing. Section 3.5.
-- @function state:stable_step
-- @treturn number inf where no direction curves upwards
-- @usage
-- local p = linnet.problem(linnet.eye(3), linnet.ones(3, 1))
-- local s = p:init("gaussian", {h = 1e6, seed = 1})
-- assert(s:stable_step() == 2 / s:sharpness())
function M.state.stable_step(s)
  check.self(s, core.types.state, "state", "stable_step")
  return step_of(s:sharpness())
end

options.define("stable_step", {
  summary = "The least of 2/sharpness along the flow from a state.",
  {name = "t", type = "number", range = "(0, inf]", default = math.huge,
    help = "end time of the flow; math.huge runs to convergence, or where the loss has no minimum "
      .. "until it has fallen a millionfold"},
  {name = "tol", type = "number", range = "(0, 1]", default = 1e-6, help = "of the flow"},
  {name = "max_steps", type = "integer", range = "[1, 9223372036854775807]", default = 1000000,
    help = "of the flow"},
})

local GOLDEN = (5 ^ 0.5 - 1) / 2
-- Of a loss without a minimum: the curvature of exponential tails falls with the loss, but for the
-- logarithmic growth of the weights, so that no larger one comes after this part of the loss.
local FADED = 1e-6

-- The largest f on [a, b], where it has one maximum, to a relative 1e-4 of the interval.
local function peak(f, a, b)
  local x, y = b - GOLDEN * (b - a), a + GOLDEN * (b - a)
  local fx, fy = f(x), f(y)
  for _ = 1, 20 do
    if fx > fy then
      b, y, fy = y, x, fx
      x = b - GOLDEN * (b - a)
      fx = f(x)
    else
      a, x, fx = x, y, fy
      y = a + GOLDEN * (b - a)
      fy = f(y)
    end
  end
  if fx > fy then return fx, x end
  return fy, y
end

--- The least of 2/sharpness along the flow from a state: a larger step meets, somewhere on the
-- way, a curvature at which gradient descent cannot follow the flow. For the summed loss; eta of
-- the mean loss is n/2 times as large. Section 3.5.
--
-- It says where descent leaves the flow, not where it ends: with a larger step it may find a
-- flatter minimum and fit all the same.
-- The sharpness is taken after each step of the flow and, where it is largest, between steps.
-- @function problem:stable_step
-- @tparam state s a state of this problem
-- @tparam ?table opts see `help("stable_step")`
-- @treturn number inf where no direction curves upwards
-- @treturn number the time at which it is least
-- @treturn string how the flow ended, see `p:flow`
-- @usage
-- local X, Y = linnet.data.gaussian{n = 20, D = 50, seed = 1}
-- local p = linnet.problem(X, Y)
-- local eta = p:stable_step(p:init("gaussian", {h = 1e12, seed = 2}))
-- print(eta)
function M.problem.stable_step(p, s, opts)
  check.self(p, core.types.problem, "problem", "stable_step")
  local o = options.check("stable_step", opts, 2)
  run.check_state("stable_step", p, s)
  if s.t == math.huge then return step_of(s:sharpness()), s.t, "converged" end
  if o.t <= s.t then
    error(("stable_step: t = %s must lie after the state's time %s"):format(o.t, s.t), 2)
  end
  local endless = o.t == math.huge and not core.problem.attained(p)
  local flow = p:flow(s, {t = o.t, tol = o.tol, max_steps = o.max_steps, record = {"sharpness"},
    until_excess = endless and FADED * s:excess() or nil})
  local list, t = flow.sharpness, flow.t
  local at = list:argmax()
  local best, when = list(at), t(at)
  local before, after = at > 1 and t(at - 1) or when, at < #t and t(at + 1) or when
  if before < after and after < math.huge then
    local top, place = peak(function(x) return flow:at(x):sharpness() end, before, after)
    if top > best then best, when = top, place end
  end
  return step_of(best), when, flow.stats.reason
end

return M
