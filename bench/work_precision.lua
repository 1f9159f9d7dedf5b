--- bench/work_precision.lua: error against time of every method, and of SUNDIALS' CVODE where
-- libsundials-dev is installed, on the three race systems; one figure each, and what auto gains
-- over the better of CVODE's two at given errors. Seconds are the processor's, on one thread.
-- lua5.4 bench/work_precision.lua [system ...]
-- SPDX-License-Identifier: MIT
package.path = "bench/?.lua;" .. package.path
local json = require "dkjson"
local linnet = require "linnet"
local bench = require "support"

local TRIALS = tonumber(os.getenv("TRIALS") or 5)
-- A method leaves the race once a run took longer, in seconds: expo2, of order 2, needs most.
local PATIENCE = {expo2 = 80}
local PATIENCE_OTHERS = 20
-- Below this error nobody has to go.
local ENOUGH = 1e-12

local SYSTEMS = #arg > 0 and arg or {"mild", "two_outputs", "stiff"}
local METHODS = {"auto", "expo4", "dop853", "dopri5", "expo2"}
local RIVALS = {"adams", "bdf"}
local WANTED = { -- error -> how many times faster than CVODE
  mild = {{1e-4, 5}, {1e-7, 8}, {1e-9, 15}},
  stiff = {{1e-4, 20}, {1e-7, 10}, {1e-9, 5}},
  two_outputs = {{1e-4, 6}, {1e-7, 4}, {1e-9, 3}},
}

local function load_system(name)
  local file = assert(io.open("spec/reference/race_" .. name .. ".json"))
  local data = json.decode(file:read("a"))
  file:close()
  local r, k = data.r, data.r + data.m
  local X = linnet.matrix(r, r, function(i, j) return i == j and data.sigma[i] or 0 end)
  local Z0 = linnet.matrix(data.Z0)
  local p = linnet.problem(X, linnet.matrix(data.Yt))
  return {
    name = name, data = data, problem = p, Zt = linnet.matrix(data.Zt), t = data.t,
    start = p:init{U = Z0:sub(1, r, 1, k), V = Z0:sub(r + 1, k, 1, k)},
  }
end

--- max|Z - Zt| / max|Zt|
local function error_of(system, state)
  local Z = state:U():vcat(state:V())
  return (Z - system.Zt):map(math.abs):max() / system.Zt:map(math.abs):max()
end

local function ours(system, method, tol)
  local began = os.clock()
  local run = system.problem:flow(system.start,
    {t = system.t, tol = tol, method = method, record = {"excess"}, max_steps = 10000000})
  local seconds = os.clock() - began
  return error_of(system, run.final), run.stats.steps, seconds
end

-- CVODE, compiled here, fed the system as text ---------------------------------------------------

local function compile()
  local binary = os.tmpname()
  local done = os.execute("cc -std=c11 -D_POSIX_C_SOURCE=200809L -O2 bench/cvode.c -o " ..
    binary .. " -lsundials_cvode -lsundials_nvecserial -lsundials_sunlinsolspgmr" ..
    " -lsundials_sunnonlinsolfixedpoint -lopenblas -lm 2>/dev/null")
  if done then return binary end
  os.remove(binary)
end

local function write_system(system)
  local d, path = system.data, os.tmpname()
  local file = assert(io.open(path, "w"))
  file:write(("%d %d %.17g\n"):format(d.r, d.m, d.t))
  for _, x in ipairs(d.sigma) do file:write(("%.17g "):format(x)) end
  for _, name in ipairs{"Yt", "Z0", "Zt"} do
    local a = d[name]
    for j = 1, #a[1] do
      for i = 1, #a do file:write(("%.17g "):format(a[i][j])) end
    end
  end
  file:close()
  return path
end

local function rival(binary, path, method, tol)
  local pipe = assert(io.popen(("OPENBLAS_NUM_THREADS=1 %s %s %.17g 1 < %s"):format(binary,
    method, tol, path)))
  local text = pipe:read("a")
  pipe:close()
  local err, steps, seconds = text:match("(%S+) (%S+) (%S+)")
  return tonumber(err), math.tointeger(tonumber(steps)), tonumber(seconds)
end

-- The race ---------------------------------------------------------------------------------------

local TOLERANCES = {1e-2, 1e-3, 1e-4, 1e-5, 1e-6, 1e-7, 1e-8, 1e-9, 1e-10, 1e-11, 1e-12, 1e-13}

local function race(system, binary, rows)
  local entries = {}
  for _, method in ipairs(METHODS) do
    entries[#entries + 1] = {name = method, go = function(tol) return ours(system, method, tol) end}
  end
  local path = binary and write_system(system)
  for _, method in ipairs(binary and RIVALS or {}) do
    entries[#entries + 1] = {name = "cvode_" .. method,
      go = function(tol) return rival(binary, path, method, tol) end}
  end
  -- each tolerance is met by all methods in turn, so that a machine whose speed drifts is fair
  local points = {}
  for _, tol in ipairs(TOLERANCES) do
    for _, entry in ipairs(entries) do
      if (entry.last or 0) < (PATIENCE[entry.name] or PATIENCE_OTHERS) and
        (entry.least or 1) > ENOUGH and (entry.name ~= "expo2" or tol >= 1e-10) then
        local times, err = {}, nil
        for trial = 1, (entry.last or 0) > 0.5 and 1 or TRIALS do
          local steps, seconds
          err, steps, seconds = entry.go(tol)
          times[trial] = seconds
          rows[#rows + 1] = {system.name, entry.name, ("%.3g"):format(tol), ("%.4g"):format(err),
            steps, trial, ("%.6g"):format(seconds)}
        end
        entry.last, entry.least = bench.median(times), err
        points[entry.name] = points[entry.name] or {}
        if err and err >= 0 then
          table.insert(points[entry.name], {error = err, seconds = entry.last})
        end
      end
    end
  end
  if path then os.remove(path) end
  return points
end

--- Least time at which a method was at most so wrong; nil where it never was.
local function time_to(points, target)
  local best
  for _, point in ipairs(points or {}) do
    if point.error <= target and not (best and best <= point.seconds) then best = point.seconds end
  end
  return best
end

local function picture(system, points)
  local curves = {}
  for _, list in ipairs{METHODS, RIVALS} do
    for _, name in ipairs(list) do
      local found = points[name] or points["cvode_" .. name]
      if found then
        local x, y = {}, {}
        for i, point in ipairs(found) do x[i], y[i] = point.error, point.seconds end
        curves[#curves + 1] = {x, y, label = points[name] and name or "CVODE " .. name,
          style = points[name] and "line" or "dash"}
      end
    end
  end
  curves.log, curves.xlabel, curves.ylabel = "xy", "error of Z at the end", "processor seconds"
  local d = system.data
  curves.title = ("%s: r = %d, m = %d, kappa = %g"):format((system.name:gsub("_", " ")), d.r, d.m,
    d.kappa)
  curves.file = "bench/results/work_precision_" .. system.name .. ".svg"
  linnet.plot(curves)
  print("  figure: " .. curves.file)
end

local binary = compile()
if not binary then print("CVODE is left out: install libsundials-dev and a C compiler") end
for _, name in ipairs(SYSTEMS) do
  local system, rows = load_system(name), {}
  print(("%s: r = %d, m = %d, kappa = %g, t = %g (medians of up to %d)"):format(name, system.data.r,
    system.data.m, system.data.kappa, system.t, TRIALS))
  local points = race(system, binary, rows)
  for _, wanted in ipairs(binary and WANTED[name] or {}) do
    local target, factor = wanted[1], wanted[2]
    local mine = time_to(points.auto, target)
    local adams, bdf = time_to(points.cvode_adams, target), time_to(points.cvode_bdf, target)
    local theirs = math.min(adams or math.huge, bdf or math.huge)
    print(("  error %g: auto %.4g s, CVODE %.4g s"):format(target, mine or math.huge, theirs))
    bench.row(("CVODE's time over auto's at an error of %g"):format(target), factor,
      theirs / (mine or math.huge), true)
  end
  for _, method in ipairs(METHODS) do
    local least = math.huge
    for _, point in ipairs(points[method]) do least = math.min(least, point.error) end
    bench.row("smallest error of " .. method, 1e-10, least)
  end
  picture(system, points)
  bench.save("work_precision_" .. name,
    "system,method,tol,error,steps,trial,processor seconds", rows)
end
if binary then os.remove(binary) end
