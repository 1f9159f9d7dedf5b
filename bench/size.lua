--- bench/size.lua: one big problem. Flows from infinite width to t = infinity, in units of one
-- dsyevd of the order of the data where there are several outputs; two threads against one. LARGE=1
-- adds r = 3,072, m = 10, half a minute for its singular values. Seconds are the processor's, on
-- one thread, but for those of two threads, which are the clock's and ask for two idle cores.
-- SPDX-License-Identifier: MIT
package.path = "bench/?.lua;" .. package.path
local linnet = require "linnet"
local bench = require "support"
local core = require "linnet.core"

local KAPPA = 7e7 -- of 10,000 digits of 28 x 28 pixels
local rows = {}

local function keep(what, value) rows[#rows + 1] = {what, ("%.6g"):format(value)} end

--- Singular values from 1 to KAPPA^(-1/2), targets with a part in every direction.
local function problem(r, m)
  local sigma = linnet.matrix(r, 1, function(i) return KAPPA ^ (-0.5 * (i - 1) / (r - 1)) end)
  return linnet.problem(linnet.diag(sigma), linnet.random(2):normal(r, m))
end

local function eigenproblem(r)
  local A = linnet.random(1):normal(r, r)
  A = A + A:t()
  local list = {}
  for i = 1, 3 do
    local began = os.clock()
    A:eigh()
    list[i] = os.clock() - began
  end
  return bench.median(list)
end

local function from_infinite_width(r, m)
  local p = problem(r, m)
  local s = p:init("gaussian", {h = math.huge})
  local began = os.clock()
  local run = p:flow(s, {t = math.huge})
  local seconds = os.clock() - began
  assert(run.stats.reason == "converged" and run.final:excess() < 1e-25)
  keep(("r = %d m = %d h = inf: seconds"):format(r, m), seconds)
  keep(("r = %d m = %d h = inf: steps"):format(r, m), run.stats.steps)
  return seconds
end

print("from infinite width to t = infinity, kappa 7e7")
local unit = eigenproblem(700)
keep("dsyevd of order 700: seconds", unit)
bench.row("r = 700, m = 10: dsyevd of that order", 60, from_infinite_width(700, 10) / unit)
bench.row("r = 3000, m = 1: seconds", 20, from_infinite_width(3000, 1))
if os.getenv("LARGE") then
  bench.row("r = 3072, m = 10: seconds", 600, from_infinite_width(3072, 10))
end

-- The problem of a full matrix: its SVD, beside that of one LAPACK call. What does not depend on
-- the number of threads is that the bits are the same.
print("singular values and vectors of 3000 x 3000, by the clock")
local function clocked(f)
  local began = core.system.clock()
  local result = f()
  return core.system.clock() - began, result
end
local X, Y = linnet.random(3):normal(3000, 3000), linnet.ones(3000, 1)
local dgesdd, same = clocked(function() X:svd() end), nil
keep("svd of order 3000: dgesdd, seconds", dgesdd)
for threads = 1, 2 do
  linnet.threads(threads)
  local seconds, made = clocked(function() return linnet.problem(X, Y) end)
  assert(not same or made == same, "other bits on another number of threads")
  same = made
  keep(("svd of order 3000: problem, threads = %d, seconds"):format(threads), seconds)
  bench.row(("problem on %d thread%s: share of dgesdd"):format(threads, threads > 1 and "s" or ""),
    1, seconds / dgesdd)
end
linnet.threads(1)
assert(same)

print("threads of one flow, r = 700, m = 10, h = 1e4")
local p = problem(700, 10)
local s = p:init("gaussian", {h = 1e4, seed = 1})
local times, bits = {{}, {}}, nil
for _ = 1, 3 do
  for threads = 1, 2 do
    local began = core.system.clock()
    local run = p:flow(s, {t = math.huge, method = "expo4", max_steps = 10, threads = threads,
      record = {}, save_at = {}})
    times[threads][#times[threads] + 1] = core.system.clock() - began
    bits = bits or run.final:theta()
    assert(run.final:theta() == bits, "other bits on another number of threads")
  end
end
for threads = 1, 2 do
  keep(("r = 700 m = 10 h = 1e4 threads = %d: seconds of 10 steps"):format(threads),
    bench.median(times[threads]))
end
bench.row("two threads: share of the time of one", 0.6,
  bench.median(times[2]) / bench.median(times[1]))
bench.save("size", "what,value", rows)
