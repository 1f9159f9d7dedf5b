--- bench/tuning.lua: what the constants of csrc/flow/tuning.h do. A constant is multiplied by some
-- factors in a copy of the sources, which is built, and flows of small problems of thirteen kinds
-- are measured: error over tol, steps and rejections, the processor's time. Rows that are as
-- without the factor are left out.
--
--     lua5.4 bench/tuning.lua                         the constants, and what they give as they are
--     lua5.4 bench/tuning.lua EXPO_STIFF 0.1 10       one of them, times 0.1 and 10
--     lua5.4 bench/tuning.lua EXPO_STIFF EXPO_FAR     several, each times 0.5 and 2
--
-- SPDX-License-Identifier: MIT
package.path = "bench/?.lua;" .. package.path

local HEADER = "csrc/flow/tuning.h"
local TOLERANCES = {1e-3, 1e-6, 1e-9}
local SECONDS = 300 -- for one build; what it has not measured then is not printed

-- ---------------------------------------------------------------- in the copy: measure

-- Errors are against the flows of the sources as they are, kept in the folder by the first build.
local function measure()
  local linnet = require "linnet"
  local separation = require("linnet.run").separation
  local inf = math.huge

  local function gaussian(options, init, t)
    local p = linnet.problem(linnet.data.gaussian(options))
    return {p = p, s = p:init("gaussian", init), t = t}
  end

  local function lopsided(h, t)
    local p = linnet.problem(linnet.data.gaussian{n = 30, D = 8, noise = 0.1, seed = 4})
    local U, V = linnet.random(1):normal(8, h) * 10, linnet.random(2):normal(1, h) / 10
    return {p = p, s = p:init{U = U, V = V}, t = t}
  end

  local kinds = {
    {"mild", gaussian({n = 20, D = 40, kappa = 8, seed = 1}, {h = 1e3, seed = 1}, 20)},
    {"stiff", gaussian({n = 12, D = 20, kappa = 1e3, seed = 2}, {h = 1e6, seed = 2}, 300)},
    {"stiffer", gaussian({n = 10, D = 20, kappa = 1e6, seed = 3}, {h = 1e6, seed = 3}, 1e4)},
    {"outputs", gaussian({n = 10, D = 16, m = 3, kappa = 100, seed = 4}, {h = 1e4, seed = 4}, 50)},
    {"small", gaussian({n = 6, D = 9, m = 2, seed = 5}, {h = 50, std = 1e-4, seed = 5}, 30)},
    {"lazy", gaussian({n = 12, D = 20, kappa = 30, seed = 6}, {h = 1e9, alpha = 0.3, seed = 6}, 1)},
    {"narrow", gaussian({n = 6, D = 8, m = 2, kappa = 10, noise = 0.1, seed = 3},
      {h = 1, std = 0.3, seed = 5}, 50)},
    {"rest", gaussian({n = 6, D = 8, m = 2, kappa = 1e4, noise = 0.1, seed = 3},
      {h = 1, std = 0.3, seed = 5}, inf)},
    {"lopsided", lopsided(3, inf)},
    {"ever", gaussian({n = 12, D = 20, m = 2, kappa = 1e3, seed = 7}, {h = 1e4, seed = 7}, inf)},
  }
  -- Scalars that grow from little: errors of the first steps with them.
  for i, z in ipairs{1e-2, 1e-4, 1e-6} do
    local p = linnet.problem(linnet.eye(1), linnet.ones(1, 1))
    local s = p:init{U = linnet.ones(1, 1) * z, V = linnet.ones(1, 1) * z}
    kinds[#kinds + 1] = {"growing" .. i, {p = p, s = s, t = 2 - math.log(z)}}
  end
  for _, entry in ipairs(kinds) do
    local name, one = entry[1], entry[2]
    local path = name .. ".state"
    if not io.open(path) then
      one.p:flow(one.s, {t = one.t, tol = 1e-11, method = "rodas4", record = {}, save_at = {}})
        .final:save(path)
    end
    local want = linnet.load(path)
    for _, method in ipairs{"auto", "expo4", "expo2", "dop853", "dopri5"} do
      for _, tol in ipairs(TOLERANCES) do
        if tol > 1e-8 or method ~= "expo2" and method ~= "dopri5" then
          local began = os.clock()
          local run = one.p:flow(one.s, {t = one.t, tol = tol, method = method, record = {},
            save_at = {}, max_steps = 2000})
          local seconds = os.clock() - began
          if run.stats.reason ~= "max_steps" then
            print(("%s\t%s\t%g\t%g\t%d\t%d\t%g"):format(name, method, tol,
              separation(run.final, want) / tol, run.stats.steps, run.stats.rejected, seconds))
          end
        end
      end
    end
  end
end

if arg[1] == "--measure" then return measure() end

-- ---------------------------------------------------------------- here: vary

local function command(format, ...)
  local text = format:format(...)
  assert(os.execute(text), text)
end

local function contents(path)
  local file <close> = assert(io.open(path))
  return file:read("a")
end

-- The header with one constant multiplied, and what it became.
local function varied(header, name, factor)
  local before, value, after = header:match("^(.-[%s,]" .. name .. " = )([%d.e+-]+)(.*)$")
  if not before then error("no constant " .. name .. " in " .. HEADER) end
  local whole = not value:find("[.e]")
  local new = tonumber(value) * factor
  new = whole and ("%d"):format(math.max(1, math.floor(new + 0.5))) or ("%.9g"):format(new)
  if not whole and not new:find("[.e]") then new = new .. ".0" end
  return before .. new .. after, new
end

-- Rows of one build, summed over the problems by method and tolerance.
local function measured(folder)
  local pipe <close> = assert(io.popen(([[cd %s && OPENBLAS_NUM_THREADS=1 \
    LUA_PATH_5_4='lua/?.lua;lua/?/init.lua;build/lua/?.lua;;' LUA_CPATH_5_4='build/lib/?.so;;' \
    timeout %d lua5.4 bench/tuning.lua --measure]]):format(folder, SECONDS)))
  local groups, order = {}, {}
  for line in pipe:lines() do
    local cells = {}
    for cell in line:gmatch("[^\t]+") do cells[#cells + 1] = tonumber(cell) or cell end
    local _, method, tol, ratio, steps, rejected, seconds = table.unpack(cells)
    local key = ("%-7s %-6s"):format(method, tol)
    local g = groups[key]
    if not g then
      g = {worst = 0, steps = 0, rejected = 0, seconds = 0, runs = 0}
      groups[key], order[#order + 1] = g, key
    end
    g.runs, g.worst = g.runs + 1, math.max(g.worst, ratio)
    g.steps, g.rejected, g.seconds = g.steps + steps, g.rejected + rejected, g.seconds + seconds
  end
  local rows = {}
  for i, key in ipairs(order) do
    local g = groups[key]
    rows[i] = {seconds = g.seconds, text = ("  %s %3d runs  worst error/tol %8.2g  steps %6d  \z
      rejected %5d"):format(key, g.runs, g.worst, g.steps, g.rejected)}
  end
  return rows
end

local function report(title, rows, known)
  print(title)
  local same = true
  for i, row in ipairs(rows) do
    if not known or not known[i] or row.text ~= known[i].text then
      print(("%s  %.3f s"):format(row.text, row.seconds))
      same = false
    end
  end
  if same then print("  nothing changes") end
  io.stdout:flush()
end

local names, factors = {}, {}
for _, word in ipairs(arg) do
  local list = tonumber(word) and factors or names
  list[#list + 1] = tonumber(word) or word
end
if #factors == 0 then factors = {0.5, 2} end

local header, folder = contents(HEADER), os.tmpname()
local function build(text)
  local file <close> = assert(io.open(folder .. "/" .. HEADER, "w"))
  file:write(text)
  file:close()
  command("make -s -C %s build/lib/linnet/core.so >/dev/null", folder)
  return measured(folder)
end

os.remove(folder)
command("mkdir %s && cp -r Makefile csrc lua bench tools %s", folder, folder)
local known = build(header)
if #names == 0 then
  print("constants of " .. HEADER .. ":")
  for found in header:gmatch("[%s,]([A-Z][A-Z0-9_]+) = ") do io.write("  ", found) end
  print()
end
report("as they are", known)
for _, name in ipairs(names) do
  for _, factor in ipairs(factors) do
    local text, new = varied(header, name, factor)
    report(("%s = %s"):format(name, new), build(text), known)
  end
end
command("rm -r %s", folder)
