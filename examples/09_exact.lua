--- 09: exact solutions against the integrators.
--
-- Where gradient flow has a closed form (mathematics.md, section 8), the integrators must agree
-- with it to 10 tol relative to the largest entry, at finite times and at t = infinity: Lambda =
-- lam I and zero imbalance (Fukumizu 1998; Braun et al. 2022; Domine et al. 2024), one input and
-- one output (after Saxe et al. 2014), and the orthogonal and block-diagonal starts that are the
-- wide limits of independent weights (derived). The conditions (singular values 1, Lambda = lam I)
-- are checked by linnet.exact itself, which refuses other starts. Expected: errors of at most 10
-- tol, at any tol, that fall in proportion to it. Controls: the same formulas with time running
-- twice as fast, and with a start that violates the condition.
--
-- SPDX-License-Identifier: MIT

-- Beside this file, wherever it was installed.
package.path = (arg[0]:match("^(.*/)examples/") or "./") .. "?.lua;" .. package.path

local linnet = require "linnet"
local support = require "examples.support"

local exact, size = linnet.exact, support.size
local example = support.new("09_exact", "closed forms against integration")

local X, Y = linnet.data.gaussian{n = 8, D = 20, m = 3, orthonormal = true, seed = 1}
Y = 3 * Y
local p = linnet.problem(X, Y)
local _, _, Yt = p:reduced()
local one = linnet.problem(linnet.matrix{1.3}, linnet.matrix{0.9})

local rng = linnet.random(5)
local cases = {
  {name = "orthogonal, lam = 0.5", start = p:init("orthogonal", {h = 1e6, lam = 0.5}),
    path = exact.orthogonal{target = Yt, lam = 0.5}},
  {name = "wide limit of Xavier's scales", start = p:init("xavier", {h = math.huge}),
    path = exact.diagonal{target = Yt, a = 2, b = 2}},
}

local function add(name, start, path)
  cases[#cases + 1] = {name = name, start = start, path = path}
end
local start = p:init("homogeneous", {h = 5, lam = 0.7, scale = 0.4})
add("homogeneous imbalance, lam = 0.7", start, exact.homogeneous{state = start, lam = 0.7})
start = p:init("balanced", {h = 20, scale = 0.3})
add("zero imbalance", start, exact.homogeneous{state = start})
start = one:init{U = rng:normal(1, 4), V = rng:normal(1, 4)}
add("one input, one output", start, exact.scalar{state = start})

-- U1 V' of a state, and of a closed form at a time.
local function product(s)
  local U, V = s:reduced()
  return U * V:t()
end
local function closed(path, t)
  local at = path:at(t)
  return at.U1V or linnet.matrix(1, 1, at.p)
end

local function largest(M) return math.max(M:max(), -M:min()) end

local TIMES = {0.1, 0.4, 1, 3, 10, math.huge} -- the last for methods that take infinite steps
local INFINITE = {auto = true, expo4 = true}

-- Largest error over the times, relative to the largest entry at the end; `speed` is the control.
local function error_of(case, method, tol, speed)
  local q, scale, worst = case.start.problem, largest(closed(case.path, math.huge)), 0
  for i = 1, #TIMES - (INFINITE[method] and 0 or 1) do
    local t = TIMES[i]
    local run = q:flow(case.start, {t = t, tol = tol, method = method, record = {}, save_at = {}})
    local miss = product(run.final) - closed(case.path, t * (speed or 1))
    worst = math.max(worst, largest(miss) / scale)
  end
  return worst
end

for _, case in ipairs(cases) do
  for _, method in ipairs{"auto", "dop853"} do
    -- 10 tol, what the integrators promise
    example:at_most("identity", ("%s, %s, tol 1e-6"):format(case.name, method), 1e-5,
      error_of(case, method, 1e-6))
  end
  example:at_most("identity", ("%s, dop853, tol 1e-11"):format(case.name), 1e-10,
    error_of(case, "dop853", 1e-11))
  example:at_least("control", ("%s, twice the time"):format(case.name), 1e-2,
    error_of(case, "dop853", 1e-9, 2))
end
example:at_least("control", "homogeneous formula refused for another start", 1,
  pcall(exact.homogeneous, {state = cases[1].start, lam = 0.5}) and 0 or 1)

-- ---------------------------------------------------------------- error against tolerance

local curves = {log = "xy", xlabel = "tol", ylabel = "largest error over all cases and times",
  title = "Errors against closed forms follow the tolerance"}
-- Smallest tolerance, and from which one on the error is in proportion to it: at looser ones expo4
-- is better than that.
local METHODS = {{"expo2", 1e-5, 1e-3}, {"expo4", 1e-9, 1e-6}, {"dopri5", 1e-9, 1e-3},
  {"dop853", 1e-11, 1e-3}}
for i, entry in ipairs(METHODS) do
  local tols, errors, tol, over = {}, {}, 1e-3, 0
  local late = {{}, {}}
  while tol > 0.99 * entry[2] do
    local worst = 0
    for _, case in ipairs(cases) do worst = math.max(worst, error_of(case, entry[1], tol)) end
    tols[#tols + 1], errors[#errors + 1] = tol, worst
    over = math.max(over, worst / tol)
    if tol < 1.01 * entry[3] then
      late[1][#late[1] + 1], late[2][#late[2] + 1] = tol, worst
    end
    tol = tol * size(0.1 ^ 0.5, 0.1)
  end
  curves[i] = {tols, errors, label = entry[1]}
  example:at_most("identity", entry[1] .. ": error over tol, largest", 10, over)
  example:within("identity", ("%s: slope of log error in log tol from %g on"):format(entry[1],
    entry[3]), 0.8, 1.2, support.slope(late[1], late[2]))
end
local ends = {1e-11, 1e-3}
curves[5] = {ends, {1e-10, 1e-2}, label = "10 tol", style = "bound"}
example:plot(curves)

return example:finish()
