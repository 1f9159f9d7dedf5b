--- bench/softmax.lua: the flow of the softmax loss on a stiff real table to t = 1e6, beside
-- gradient descent on all weights in NumPy.
--
-- 60 near-infrared spectra (examples/data, kappa 4.9e8), three classes of octane number, h = 1000;
-- labels as they are, which linear maps separate, and smoothed. NumPy descends with four steps,
-- from the stable one at the start down to the least along the flow, SECONDS (10) of processor time
-- each; then the flow goes to the least loss that any of them reached. One thread each.
-- SPDX-License-Identifier: MIT
package.path = "bench/?.lua;" .. package.path
local linnet = require "linnet"
local bench = require "support"

local SECONDS, WIDTH, LAST = tonumber(os.getenv("SECONDS") or 10), 1000, 1e6

local X, octane = linnet.data.csv("examples/data/gasoline.csv", {target = "octane"})
local sorted = {}
for i = 1, #octane do sorted[i] = octane(i) end
table.sort(sorted)
local first, second = sorted[#sorted // 3], sorted[2 * #sorted // 3]
local Y = linnet.matrix(#octane, 3, function(i, j)
  local class = octane(i) <= first and 1 or octane(i) <= second and 2 or 3
  return class == j and 1 or 0
end)

-- Descent on U (D x h) and V (m x h), whose gradients cost products with U V' alone.
local NUMPY = [[
import sys, time
import numpy as np
X, Y = np.load(sys.argv[1]), np.load(sys.argv[2])
h, seconds = int(sys.argv[3]), float(sys.argv[4])
for eta in map(float, sys.argv[5:]):
    rng = np.random.default_rng(1)
    U = rng.standard_normal((X.shape[1], h)) / h ** 0.5
    V = rng.standard_normal((Y.shape[1], h)) / h ** 0.5
    k, least, start = 0, np.inf, time.process_time()
    while time.process_time() - start < seconds:
        F = X @ (U @ V.T)
        F -= F.max(axis=1, keepdims=True)
        e = np.exp(F)
        total = e.sum(axis=1, keepdims=True)
        loss = np.log(total).sum() - (Y * F).sum()
        if not np.isfinite(loss): break
        least = min(least, loss)
        G = X.T @ (Y - e / total)
        U, V = U + eta * (G @ V), V + eta * (G.T @ U)
        k += 1
    print("%.17g %d %.17g %.6g" % (eta, k, least, time.process_time() - start), flush=True)
]]

local function numpy(targets, steps)
  local python = bench.python()
  if not python then return {} end
  local names = {os.tmpname(), os.tmpname(), os.tmpname()}
  local file <close> = assert(io.open(names[1], "w"))
  file:write(NUMPY):flush()
  linnet.npy.save(names[2], X)
  linnet.npy.save(names[3], targets)
  local words = {}
  for i, eta in ipairs(steps) do words[i] = ("%.17g"):format(eta) end
  local rows = {}
  local pipe = io.popen(("OPENBLAS_NUM_THREADS=1 %s %s %d %g %s"):format(python,
    table.concat(names, " "), WIDTH, SECONDS, table.concat(words, " ")))
  for line in pipe:lines() do
    local eta, count, loss, seconds = line:match("(%S+) (%S+) (%S+) (%S+)")
    rows[#rows + 1] = {eta = tonumber(eta), steps = tonumber(count), loss = tonumber(loss),
      seconds = tonumber(seconds)}
  end
  pipe:close()
  for _, name in ipairs(names) do os.remove(name) end
  return rows
end

local raw = {}
local function keep(labels, who, steps, seconds, t, loss)
  print(("  %-10s %-22s %8d steps  %7.2f s   t = %-9.3g loss %.6g"):format(labels, who, steps,
    seconds, t, loss))
  raw[#raw + 1] = {labels, who, steps, ("%.4g"):format(seconds), ("%.4g"):format(t),
    ("%.10g"):format(loss)}
end

for _, labels in ipairs{"plain", "smoothed"} do
  local targets = labels == "plain" and Y or 0.9 * Y + 0.1 / 3
  local p = linnet.problem(X, targets, {loss = "softmax"})
  local s = p:init("gaussian", {h = WIDTH, seed = 1})
  local function flow(options)
    options.record, options.save_at = {}, {}
    local began = os.clock()
    local run = p:flow(s, options)
    local seconds = os.clock() - began
    keep(labels, "flow by " .. run.stats.method, run.stats.steps, seconds, run.final.t,
      run.final:loss())
    return seconds
  end
  print(p)
  flow{t = LAST}
  local largest, step = s:stable_step(), s:stable_step()
  p:flow(s, {t = LAST, save_at = {log = {1e-3, LAST, 19}}, record = {step = function(state)
    step = math.min(step, state:stable_step())
    return step
  end}})
  local steps = {}
  for i = 0, 3 do steps[i + 1] = 0.9 * largest ^ (1 - i / 3) * step ^ (i / 3) end
  local least = {loss = math.huge}
  for _, row in ipairs(numpy(targets, steps)) do
    keep(labels, ("NumPy, step %.2g"):format(row.eta), row.steps, row.seconds, row.eta * row.steps,
      row.loss)
    if row.loss < least.loss then least = row end
    if row.eta == steps[#steps] then
      local count = LAST / row.eta
      print(("  %-10s to t = %g with this step, at this speed: %.2g steps, %.2g days"):format(
        labels, LAST, count, count * row.seconds / row.steps / 86400))
    end
  end
  if least.loss < math.huge then
    local seconds = flow{t = LAST, until_excess = least.loss - p.optimal_loss}
    bench.row(labels .. ": NumPy's seconds over the flow's, same loss", 10,
      least.seconds / seconds, true)
  end
end
bench.save("softmax", "labels,who,steps,seconds,t,loss", raw)
