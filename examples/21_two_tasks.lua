--- 21: two tasks, one after the other: what a network forgets of the first, at any width.
--
-- Five samples fit a first map; then five others, of other labels, whose inputs span directions at
-- an angle to the first ones, train the same weights to rest. What is forgotten is the excess of
-- the first task at the end of the second. Derived (mathematics.md, section 7.6), for one output,
-- infinite width and Z(0)Z(0)' = lam I: the map ends at Theta_hat_2 + c (what the second data do
-- not see of the first map), c from a quadratic equation, so that what is forgotten is
--   1/2 ||X1 (P2 Theta_1 - Theta_hat_2) + (1 - c) X1 (I - P2) Theta_1||^2.
-- The first part lies in the overlap of the two spans. The second comes by the second layer, which
-- both tasks share: it is there for orthogonal spans too, and gone in the lazy limit lam -> inf.
-- Expected: that end to 1e-9 at every angle and scale; finite widths at alpha = 1/2 on it up to
-- h^(-1/2); Theta unchanged by the change of task at h = 1e12, and the first problem finding all as
-- it was left; for three outputs the determinant (7.4). Controls: the rows of U that the first data
-- did not see left out; layers of unequal scale.
--
-- SPDX-License-Identifier: MIT

-- Beside this file, wherever it was installed.
package.path = (arg[0]:match("^(.*/)examples/") or "./") .. "?.lua;" .. package.path

local linnet = require "linnet"
local support = require "examples.support"

local size = support.size
local example = support.new("21_two_tasks", "what a second task leaves of a first")

local D, N = 40, 5

-- ---------------------------------------------------------------- tasks

local rng = linnet.random(1)
local frame = rng:orthogonal(D, 2 * N)
local first_span, other = frame:sub(1, D, 1, N), frame:sub(1, D, N + 1, 2 * N)
local mix = {rng:normal(N, N), rng:normal(N, N)}

-- A task of m outputs on inputs in the span of the columns; its solution has norm 2, that of the
-- second 4.
local function task(span, which, m)
  local X = mix[which] * span:t()
  local Theta = span * linnet.random(10 + which):normal(N, m)
  return linnet.problem(X, X * Theta * (2 * which / Theta:norm()))
end

local function turned(angle) return math.cos(angle) * first_span + math.sin(angle) * other end

local function rest(p, s, record)
  return p:flow(s, {t = math.huge, tol = 1e-9, record = record or {},
    save_at = record and {log = {0.02, 200, size(60, 20)}} or {}})
end

local function law(p, before, lam)
  return linnet.theory.task_end{problem = p, theta = before:theta(), lam = lam}
end

-- The excess of a map on a task: a network of one hidden unit that is that map.
local function excess(p, theta) return p:init{U = theta, V = linnet.ones(1, 1)}:excess() end

-- ---------------------------------------------------------------- over the angle, at h = inf

local p1 = task(first_span, 1, 1)
local SCALES = {{0.01, "rich, lam = 0.01"}, {1, "mean field, lam = 1"}, {100, "lazy, lam = 100"}}
local degrees = support.list(linnet.linspace(0, 90, size(13, 4)))
local fine = support.list(linnet.linspace(0, 90, 91))
local over = {log = "y", xlabel = "angle between the inputs of the two tasks, degrees",
  ylabel = "excess of task 1 after task 2", title = "What is forgotten, and its law (lines)",
  yrange = {1e-3, 100}, key = "bottom left"}
local worst, ends = 0, {}

for s, scale in ipairs(SCALES) do
  local lam = scale[1]
  local before = rest(p1, p1:init("orthogonal", {h = math.huge, lam = lam})).final
  local points, line = {}, {}
  for i, angle in ipairs(degrees) do
    local p2 = task(turned(math.rad(angle)), 2, 1)
    local after, expected = rest(p2, p2:init(before)).final, law(p2, before, lam)
    worst = math.max(worst, (after:theta() - expected.theta):norm())
    points[i] = after:excess(p1)
    ends[lam] = {forgotten = points[i], gain = expected.gain}
  end
  for i, angle in ipairs(fine) do
    local p2 = task(turned(math.rad(angle)), 2, 1)
    line[i] = excess(p1, law(p2, before, lam).theta)
  end
  over[#over + 1] = {fine, line, color = s, style = "dash"}
  over[#over + 1] = {degrees, points, color = s, style = "points", label = scale[2]}
end
example:at_most("derived", "h = inf: the map off its law, all angles and scales", 1e-9, worst)
local all = p1:init{U = linnet.zeros(D, 1), V = linnet.ones(1, 1)}:excess()
for _, scale in ipairs(SCALES) do
  local got = ends[scale[1]]
  example:near("derived", "90 degrees: forgotten, " .. scale[2], (got.gain - 1) ^ 2 * all,
    got.forgotten, 1e-9)
end
example:at_most("derived", "90 degrees, lazy: forgotten over what there was", 1e-3,
  ends[100].forgotten / all)
example:at_least("measured", "90 degrees, rich: forgotten over what there was", 0.02,
  ends[0.01].forgotten / all)

-- ---------------------------------------------------------------- over the width, alpha = 1/2

local p2 = task(turned(math.rad(45)), 2, 1)
local widths = size({1e2, 1e4, 1e6, 1e8, 1e10, 1e12}, {1e4, 1e8, 1e12})
local misses = {}
for i, h in ipairs(widths) do
  local squares = {}
  for seed = 1, size(20, 5) do
    local before = rest(p1, p1:init("gaussian", {h = h, seed = seed})).final
    local after = rest(p2, p2:init(before)).final
    squares[seed] = (after:theta() - law(p2, before, 1).theta):norm() ^ 2
  end
  misses[i] = support.mean(squares) ^ 0.5
end
example:near("measured", "map off its law: slope in h", -0.5, support.slope(widths, misses), 0.05)

-- ---------------------------------------------------------------- along the time, h = 1e12

local H = 1e12
local start = p1:init("gaussian", {h = H, seed = 1})
local one = rest(p1, start, {new = p2})
local between = p2:init(one.final)
local two = rest(p2, between, {old = p1})
example:at_most("identity", "h = 1e12: change of Theta by the change of task", 1e-13,
  (between:theta() - one.final:theta()):norm())
local back = p1:init(between)
example:at_most("identity", "back in task 1: its excess is off by", 1e-13,
  math.abs(back:excess() - one.final:excess()) + (back:theta() - one.final:theta()):norm())

local function column(m) return support.list(m) end
local along = {log = "xy", xlabel = "time in each task", ylabel = "excess",
  title = "Two tasks, h = 1e12, 45 degrees", key = "bottom left", yrange = {1e-8, 100},
  {column(one.t), column(one.excess), label = "task 1, learned"},
  {column(two.t), column(two.excess), label = "task 2, learned"},
  {column(two.t), column(two.old), label = "task 1, later"}}

-- ---------------------------------------------------------------- several outputs, and controls

do
  local a, b = task(first_span, 1, 3), task(turned(math.rad(60)), 2, 3)
  local before = rest(a, a:init("orthogonal", {h = math.huge})).final
  local after = rest(b, b:init(before)).final
  local _, Pt = b:reduced()
  local function off(s) return s:theta() - Pt:t() * (Pt * s:theta()) end
  local function volume(s)
    local _, V = s:reduced()
    return (V * V:t() + linnet.eye(3)):det()
  end
  example:near("derived", "three outputs: det T over its law", 1,
    off(before):lstsq(off(after)):det() / (volume(after) / volume(before)) ^ 0.5, 1e-8)
end

do
  local before = rest(p1, p1:init("gaussian", {h = math.huge})).final
  local _, Pt = p1:reduced()
  local U, V = before:reduced()
  local without = rest(p2, p2:init{U = Pt:t() * U, V = V}).final
  example:at_least("control", "unseen rows of U left out: map off its law", 0.05,
    (without:theta() - law(p2, before, 1).theta):norm())
  local unequal = rest(p1, p1:init("gaussian", {h = H, seed = 1, std_u = 5e-6, std_v = 2e-7}))
  local after = rest(p2, p2:init(unequal.final)).final
  example:at_least("control", "layers of unequal scale: map off its law", 0.05,
    (after:theta() - law(p2, unequal.final, 1).theta):norm())
end

local guide = {}
for i, h in ipairs(widths) do guide[i] = misses[1] * (h / widths[1]) ^ -0.5 end
example:plot{panels = {over, along, {log = "xy", xlabel = "width h", key = "top right",
  ylabel = "||Theta - law||", title = "alpha = 1/2, 45 degrees",
  {widths, misses, style = "points", label = "measured"},
  {widths, guide, style = "dash", label = "h^(-1/2)"}}}}
return example:finish()
