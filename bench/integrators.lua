--- bench/integrators.lua: auto against the best single method; the near-infrared data to
-- t = infinity in units of one dsyevd; time against rank and outputs; gradient descent in units of
-- dgemv. Seconds are the processor's, on one thread.
-- SPDX-License-Identifier: MIT
package.path = "bench/?.lua;" .. package.path
local linnet = require "linnet"
local bench = require "support"
local exponent = require("linnet.statistics").exponent

local TRIALS = tonumber(os.getenv("TRIALS") or 5)
local SHORT = 0.01 -- seconds of a flow below which it is timed four times as often
local raw = {}

local function keep(what, detail, seconds)
  raw[#raw + 1] = {what, detail, ("%.6g"):format(seconds)}
end

local function timed(p, s, options)
  collectgarbage() -- what runs before left is not this one's to clear
  local began = os.clock()
  local run = p:flow(s, options)
  return os.clock() - began, run
end

-- The yardsticks, compiled here -------------------------------------------------------------------

local yardstick = os.tmpname()
assert(os.execute("cc -std=c11 -D_POSIX_C_SOURCE=200809L -O2 bench/yardstick.c -o " .. yardstick ..
  " -llapacke -lopenblas"), "cannot compile bench/yardstick.c")

--- Seconds of one dsyevd of order 60, and of 45,000 dgemv of 100 x 101.
local function measure()
  local pipe = assert(io.popen("OPENBLAS_NUM_THREADS=1 " .. yardstick))
  local text = pipe:read("a")
  pipe:close()
  local eigen, products = text:match("(%S+) (%S+)")
  return tonumber(eigen), tonumber(products)
end

-- auto ------------------------------------------------------------------------------------------

local function gaussian(n, D, m, kappa, h)
  local X, Y = linnet.data.gaussian{n = n, D = D, m = m, kappa = kappa, noise = 0.01, seed = 1}
  local p = linnet.problem(X, Y)
  return p, p:init("gaussian", {h = h, seed = 2})
end

local function near_infrared(center, seed)
  local X, Y = linnet.data.csv("examples/data/gasoline.csv", {target = 1, center = center})
  local p = linnet.problem(X, Y)
  return p, p:init("gaussian", {h = 1e4, seed = seed, explicit = true})
end

local inf = math.huge
local GRID = {
  {"n = 100, kappa = 8, t = 30", 30, function() return gaussian(100, 400, 1, 8, 1e3) end},
  {"n = 100, kappa = 8, t = inf", inf, function() return gaussian(100, 400, 1, 8, 1e6) end},
  {"n = 100, kappa = 1e3, t = inf", inf, function() return gaussian(100, 400, 1, 1e3, 1e6) end},
  {"n = 100, kappa = 1e6, t = inf", inf, function() return gaussian(100, 400, 1, 1e6, 1e6) end},
  {"n = 20, m = 5, kappa = 10, t = 30", 30, function() return gaussian(20, 40, 5, 10, 100) end},
  {"n = 50, m = 5, kappa = 1e3, t = inf", inf, function() return gaussian(50, 80, 5, 1e3, 1e4) end},
  {"n = 10, m = 2, kappa = 100, t = 1e3", 1e3, function() return gaussian(10, 30, 2, 100, 30) end},
  {"near infrared, raw, t = inf", inf, function() return near_infrared(false, 1) end},
  {"near infrared, centered, t = inf", inf, function() return near_infrared(true, 1) end},
}

print("auto against the best of dop853, dopri5, expo4 and expo2 at the same tolerance")
for _, entry in ipairs(GRID) do
  local p, s = entry[3]()
  for _, tol in ipairs{1e-3, 1e-6, 1e-9} do
    local lists, limit, trial, trials = {auto = {}}, nil, 0, TRIALS
    repeat
      trial = trial + 1
      for _, method in ipairs{"auto", "expo4", "dop853", "dopri5", "expo2"} do
        -- a method that once took very much longer than auto is out of the race
        if method == "auto" or lists[method] ~= false then
          local seconds, run = timed(p, s, {t = entry[2], tol = tol, method = method, record = {},
            max_steps = 10000000, max_seconds = method ~= "auto" and limit or nil})
          if run.stats.reason == "max_seconds" then
            lists[method] = false
          else
            lists[method] = lists[method] or {}
            lists[method][trial] = seconds
            local detail = ("%s, tol %g, %s"):format(entry[1], tol, method):gsub(",", ";")
            keep("auto grid", detail, seconds)
          end
          if method == "auto" then limit = math.max(1, 20 * seconds) end
        end
      end
      if trial == 1 and lists.auto[1] < SHORT then trials = 4 * TRIALS end
    until trial >= trials
    local best, name = math.huge, nil
    for method, list in pairs(lists) do
      if method ~= "auto" and list and bench.median(list) < best then
        best, name = bench.median(list), method
      end
    end
    local quotients = {} -- of one trial each: a core's clock changes within seconds
    for i, seconds in ipairs(lists.auto) do
      quotients[i] = seconds / (name and lists[name][i] or math.huge)
    end
    bench.row(("%s, tol %g: over %s"):format(entry[1], tol, name or "none"), 1.3,
      bench.median(quotients))
  end
end

-- Near-infrared data ------------------------------------------------------------------------------

print("near-infrared data, gaussian h = 1e4, to t = infinity at the default tolerance")
for _, center in ipairs{false, true} do
  local kind = center and "centered" or "raw"
  for seed = 1, 5 do
    local p, s = near_infrared(center, seed)
    local exact = p:flow(s, {t = math.huge, tol = 1e-9, method = "expo4", record = {}}).final:V()
    local ratios, last = {}, nil
    for trial = 1, TRIALS do
      local eigen = measure()
      local seconds
      seconds, last = timed(p, s, {t = math.huge, method = "expo4", record = {"imbalance_drift"}})
      ratios[trial] = seconds / eigen
      keep("near infrared", kind .. "; seed " .. seed, seconds)
      keep("dsyevd of order 60", "", eigen)
    end
    local what = ("%s, seed %d: "):format(kind, seed)
    bench.row(what .. "accepted steps", 110, last.stats.steps)
    bench.row(what .. "rejected steps", 10, last.stats.rejected)
    local wrong = (last.final:V() - exact):norm() / exact:norm()
    bench.row(what .. "relative error of V(inf)", 1e-6, wrong)
    bench.row(what .. "excess", 1e-18, last.final:excess())
    bench.row(what .. "imbalance drift", 1e-13, last.stats.imbalance_drift)
    bench.row(what .. "time in dsyevd of order 60", 400, bench.median(ratios))
  end
end

-- Sizes -------------------------------------------------------------------------------------------

local function sizes(what, values, make)
  local x, y = {}, {}
  for i, value in ipairs(values) do
    local p, s = make(value)
    local seconds, run = timed(p, s, {t = math.huge, record = {}})
    print(("  %s = %-4d %8.3f s, %d steps, %d eigenproblems"):format(what, value, seconds,
      run.stats.steps, run.stats.eigenproblems))
    keep("sizes", what .. " = " .. value, seconds)
    x[i], y[i] = value, seconds
  end
  print(("  exponent in %s: %.2f"):format(what, exponent(x, y)))
end

print("time to t = infinity against the rank (m = 1) and the outputs (r = 100), kappa = 100")
sizes("r", {50, 100, 200, 400, 800}, function(r) return gaussian(r, 2 * r, 1, 100, 1e6) end)
sizes("m", {1, 2, 5, 10, 20}, function(m) return gaussian(100, 200, m, 100, 1e6) end)

print("n = 100, m = 10, kappa = 1e6 to t = infinity")
do
  local p, s = gaussian(100, 200, 10, 1e6, 1e6)
  local seconds, run = timed(p, s, {t = math.huge, record = {"imbalance_drift"}})
  print(("  %.3f s, %d steps (%d rejected), excess %.2g, imbalance drift %.1e, %s"):format(seconds,
    run.stats.steps, run.stats.rejected, run.final:excess(), run.stats.imbalance_drift,
    run.stats.reason))
  keep("n = 100; m = 10; kappa = 1e6", "t = infinity", seconds)
end

-- Gradient descent --------------------------------------------------------------------------------

print("gradient descent, n = 100, m = 1: 15,000 steps in units of 15,000 x 3 dgemv of 100 x 101")
for _, h in ipairs{500, 1e12} do
  local p, s = gaussian(100, 400, 1, nil, h)
  local ratios = {}
  for trial = 1, TRIALS do
    local _, products = measure()
    local began = os.clock()
    p:descend(s, {eta = 5e-3, steps = 15000, every = 15000, record = {}})
    local seconds = os.clock() - began
    ratios[trial] = seconds / products
    keep("gradient descent", ("h = %g"):format(h), seconds)
    keep("45000 dgemv", "", products)
  end
  bench.row(("h = %g"):format(h), 2, bench.median(ratios))
end

os.remove(yardstick)
bench.save("integrators", "what,detail,processor seconds", raw)
