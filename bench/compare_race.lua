--- bench/compare_race.lua: the race systems by two builds of linnet in turn: how many times as
-- fast the second is at the same error reached.
-- lua5.4 bench/compare_race.lua BEFORE NOW [system ...]
-- BEFORE and NOW are folders with `make build` done (a worktree of an older commit, for one). A
-- point is the least of several processor times; between points of the lower envelope of error and
-- time, both in logarithms, times are interpolated. Errors that a build never reaches are left out.
-- SPDX-License-Identifier: MIT
local SCRIPT, MEASURE = arg[0], "--measure"
local METHODS, SYSTEMS = {"auto", "expo4"}, {"mild", "two_outputs", "stiff"}
local ERRORS = {1e-2, 1e-3, 1e-4, 1e-5, 1e-6, 1e-7, 1e-8, 1e-9, 1e-10}
local TRIALS = tonumber(os.getenv("TRIALS") or 5)
local TOLERANCES = {} -- two in a decade: what an error costs is less a matter of luck
for i = 0, 22 do TOLERANCES[#TOLERANCES + 1] = tonumber(("%.2g"):format(10 ^ (-i / 2))) end

-- In the folder of a build: error, steps, refused steps and least seconds of one flow.
local function measure(system, method, tol)
  local linnet, json = require "linnet", require "dkjson"
  local file <close> = assert(io.open("spec/reference/race_" .. system .. ".json"))
  local data = json.decode(file:read("a"))
  local r, k = data.r, data.r + data.m
  local Z0, Zt = linnet.matrix(data.Z0), linnet.matrix(data.Zt)
  local p = linnet.problem(linnet.matrix(r, r, function(i, j) return i == j and data.sigma[i] or 0
  end), linnet.matrix(data.Yt))
  local start = p:init{U = Z0:sub(1, r, 1, k), V = Z0:sub(r + 1, k, 1, k)}
  local least, run = math.huge, nil
  for _ = 1, TRIALS do
    local began = os.clock()
    run = p:flow(start, {t = data.t, tol = tol, method = method, record = {"excess"},
      max_steps = 1000000})
    least = math.min(least, os.clock() - began)
  end
  local gap = (run.final:U():vcat(run.final:V()) - Zt):map(math.abs):max()
  print(gap / Zt:map(math.abs):max(), run.stats.steps, run.stats.rejected, least)
end

local function ask(folder, ...)
  local pipe = assert(io.popen(([[cd %s && OPENBLAS_NUM_THREADS=1 \
    LUA_PATH_5_4='lua/?.lua;lua/?/init.lua;build/lua/?.lua;;' LUA_CPATH_5_4='build/lib/?.so;;' \
    lua5.4 %s %s]]):format(folder, SCRIPT, table.concat({MEASURE, ...}, " "))))
  local text = pipe:read("a")
  pipe:close()
  local err, steps, refused, seconds = text:match("(%S+)%s+(%S+)%s+(%S+)%s+(%S+)")
  return {error = tonumber(err), steps = tonumber(steps), refused = tonumber(refused),
    seconds = tonumber(seconds)}
end

-- The points that no other one beats in both error and time, the most exact first.
local function envelope(points)
  table.sort(points, function(a, b) return a.error < b.error end)
  local kept = {}
  for _, point in ipairs(points) do
    if #kept == 0 or point.seconds < kept[#kept].seconds then kept[#kept + 1] = point end
  end
  return kept
end

-- Seconds for an error; nil where it is out of reach.
local function time_to(points, target)
  local before
  for _, point in ipairs(points) do
    if point.error > target then
      if not before then return nil end
      local part = math.log(target / before.error) / math.log(point.error / before.error)
      return before.seconds * (point.seconds / before.seconds) ^ part
    end
    before = point
  end
  return before.seconds -- a larger error is to be had for the same
end

local function report(name, method, before, now)
  local cells = {}
  for i, target in ipairs(ERRORS) do
    local a, b = time_to(before, target), time_to(now, target)
    cells[i] = a and b and ("%8.2f"):format(a / b) or ("%8s"):format("")
  end
  print(("%-12s %-6s%s"):format(name, method, table.concat(cells)))
end

local function race(folders, systems)
  local bench = require "support"
  local rows, labels = {}, {"before", "now"}
  io.write(("%-19s"):format("before/now at error"))
  for _, target in ipairs(ERRORS) do io.write(("%8g"):format(target)) end
  print()
  for _, name in ipairs(systems) do
    for _, method in ipairs(METHODS) do
      local points = {{}, {}}
      for _, tol in ipairs(TOLERANCES) do
        for i, folder in ipairs(folders) do
          local point = ask(folder, name, method, tol)
          table.insert(points[i], point)
          rows[#rows + 1] = {labels[i], name, method, ("%.2g"):format(tol),
            ("%.4g"):format(point.error), point.steps, point.refused,
            ("%.5g"):format(point.seconds)}
        end
      end
      report(name, method, envelope(points[1]), envelope(points[2]))
    end
  end
  bench.save("compare_race", "build,system,method,tol,error,steps,refused,processor seconds", rows)
end

if arg[1] == MEASURE then
  measure(arg[2], arg[3], tonumber(arg[4]))
else
  assert(arg[2], "usage: lua5.4 bench/compare_race.lua BEFORE NOW [system ...]")
  package.path = "bench/?.lua;" .. package.path
  SCRIPT = SCRIPT:match("^/") and SCRIPT or os.getenv("PWD") .. "/" .. SCRIPT
  race({arg[1], arg[2]}, #arg > 2 and {table.unpack(arg, 3)} or SYSTEMS)
end
