--- bench/trajectory.lua: one trajectory (n = 100, D = 400, m = 1, from the paper's start to an
-- excess of 1e-8) at widths 1e3, 1e12 and 1e15, beside full-state gradient descent in NumPy at
-- h = 500 and 5000; how much of the cost of a draw and a flow depends on the width (wanted: none).
-- SPDX-License-Identifier: MIT
package.path = "bench/?.lua;" .. package.path
local linnet = require "linnet"
local bench = require "support"

local X, Y = linnet.data.gaussian{n = 100, D = 400, m = 1, noise = 0.01, seed = 1}
local p = linnet.problem(X, Y)
local TARGET = 1e-8

local function trajectory(h)
  return p:flow(p:init("gaussian", {h = h, seed = 2}), {t = math.huge, until_excess = TARGET,
    record = {}, save_at = {}, progress = false})
end

local WIDTHS = {1e3, 1e12, 1e15}
local lists = bench.in_turn(15, {
  function() trajectory(WIDTHS[1]) end, function() trajectory(WIDTHS[2]) end,
  function() trajectory(WIDTHS[3]) end,
})

-- Full-state descent on the same data, in NumPy if there is one.
local NUMPY = [[
import sys, time
import numpy as np
X, Y = np.load(sys.argv[1]), np.load(sys.argv[2])
target = float(sys.argv[3])
floor = 0.5 * np.linalg.norm(Y - X @ np.linalg.pinv(X) @ Y) ** 2
for h in (500, 5000):
    for trial in range(3):
        rng = np.random.default_rng(trial)
        U, V = rng.standard_normal((400, h)) / h ** 0.5, rng.standard_normal((1, h)) / h ** 0.5
        start, k, eta = time.perf_counter(), 0, 0.25
        while True:
            E = Y - X @ (U @ V.T)
            if 0.5 * np.sum(E * E) - floor < target: break
            G = X.T @ E
            U, V = U + eta * G @ V, V + eta * G.T @ U
            k += 1
        print(h, k, time.perf_counter() - start)
]]
local function numpy()
  local python = bench.python()
  if not python then return {} end
  local script, x, y = os.tmpname(), os.tmpname(), os.tmpname()
  local file = assert(io.open(script, "w"))
  file:write(NUMPY)
  file:close()
  linnet.npy.save(x, X)
  linnet.npy.save(y, Y)
  local rows = {}
  local pipe = io.popen(("%s %s %s %s %g"):format(python, script, x, y, TARGET))
  for line in pipe:lines() do
    local h, k, seconds = line:match("(%S+) (%S+) (%S+)")
    rows[#rows + 1] = {tonumber(h), tonumber(k), tonumber(seconds)}
  end
  pipe:close()
  for _, path in ipairs{script, x, y} do os.remove(path) end
  return rows
end

print("one trajectory to an excess of 1e-8 (medians of 15, three widths in turn)")
local raw, medians = {}, {}
for j, list in ipairs(lists) do
  medians[j] = bench.median(list)
  local run = trajectory(WIDTHS[j])
  print(("  h = %-6g %8.2f ms   %d steps of %s"):format(WIDTHS[j], 1e3 * medians[j],
    run.stats.steps, run.stats.method))
  for i, seconds in ipairs(list) do
    raw[#raw + 1] = {"linnet", ("%g"):format(WIDTHS[j]), i, ("%.6g"):format(seconds)}
  end
end
bench.row("time at h = 1e12 over h = 1e3", 1.3, medians[2] / medians[1])
bench.row("time at h = 1e15 over h = 1e3", 1.3, medians[3] / medians[1])

local peer = {}
for _, row in ipairs(numpy()) do
  local h, k, seconds = table.unpack(row)
  peer[h] = peer[h] or {}
  table.insert(peer[h], seconds)
  raw[#raw + 1] = {"numpy full-state descent", h, k, ("%.6g"):format(seconds)}
end
for _, h in ipairs{500, 5000} do
  if peer[h] then
    local seconds = bench.median(peer[h])
    print(("  NumPy, full state, h = %d: %.2f ms, %.3g times linnet's at h = 1e12"):format(h,
      1e3 * seconds, seconds / medians[2]))
  end
end
bench.save("trajectory", "program,h,trial_or_steps,seconds", raw)
