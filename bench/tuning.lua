--- bench/tuning.lua: what the constants of csrc/flow/tuning.h do. A constant is multiplied by some
-- factors in a copy of the sources, which is built, and flows of small problems of ten kinds are
-- measured: error over tol, steps and rejections, the processor's time.
--
--     lua5.4 bench/tuning.lua                         the constants, and what they give as they are
--     lua5.4 bench/tuning.lua EXPO_STIFF 0.1 1 10     one of them, times 0.1, 1 and 10
--
-- SPDX-License-Identifier: MIT
package.path = "bench/?.lua;" .. package.path

local HEADER = "csrc/flow/tuning.h"
local TOLERANCES = {1e-3, 1e-6, 1e-9}

-- ---------------------------------------------------------------- in the copy: measure

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
  for _, entry in ipairs(kinds) do
    local name, one = entry[1], entry[2]
    local want = one.p:flow(one.s, {t = one.t, tol = 1e-11, method = "rodas4", record = {},
      save_at = {}}).final
    for _, method in ipairs{"auto", "expo4", "expo2", "dop853"} do
      for _, tol in ipairs(TOLERANCES) do
        if method ~= "expo2" or tol > 1e-8 then
          local began = os.clock()
          local run = one.p:flow(one.s, {t = one.t, tol = tol, method = method, record = {},
            save_at = {}, max_steps = 5000})
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
local function report(folder, title)
  local pipe = assert(io.popen(([[cd %s && OPENBLAS_NUM_THREADS=1 \
    LUA_PATH_5_4='lua/?.lua;lua/?/init.lua;build/lua/?.lua;;' LUA_CPATH_5_4='build/lib/?.so;;' \
    lua5.4 bench/tuning.lua --measure]]):format(folder)))
  local groups, order = {}, {}
  for line in pipe:lines() do
    local _, method, tol, ratio, steps, rejected, seconds = table.unpack((function(list)
      for cell in line:gmatch("[^\t]+") do list[#list + 1] = cell end
      return list
    end){})
    local key = ("%-7s %-6s"):format(method, tol)
    local g = groups[key]
    if not g then
      g = {worst = 0, steps = 0, rejected = 0, seconds = 0, runs = 0}
      groups[key], order[#order + 1] = g, key
    end
    g.runs, g.worst = g.runs + 1, math.max(g.worst, tonumber(ratio))
    g.steps, g.rejected = g.steps + tonumber(steps), g.rejected + tonumber(rejected)
    g.seconds = g.seconds + tonumber(seconds)
  end
  pipe:close()
  print(title)
  for _, key in ipairs(order) do
    local g = groups[key]
    print(("  %s %3d runs  worst error/tol %8.2g  steps %6d  rejected %5d  %.3f s"):format(key,
      g.runs, g.worst, g.steps, g.rejected, g.seconds))
  end
end

local header, name = contents(HEADER), arg[1]
local folder = os.tmpname()
os.remove(folder)
command("mkdir %s && cp -r Makefile csrc lua bench tools %s", folder, folder)
local factors = name and {table.unpack(arg, 2)} or {1}
if name and #factors == 0 then factors = {0.5, 1, 2} end
if not name then
  print("constants of " .. HEADER .. ":")
  for found in header:gmatch("[%s,]([A-Z][A-Z0-9_]+) = ") do io.write("  ", found) end
  print()
end
for _, factor in ipairs(factors) do
  local text, new = header, ""
  if name then text, new = varied(header, name, tonumber(factor)) end
  local file <close> = assert(io.open(folder .. "/" .. HEADER, "w"))
  file:write(text)
  file:close()
  command("make -s -C %s build >/dev/null", folder)
  report(folder, name and ("%s = %s"):format(name, new) or "as they are")
end
command("rm -r %s", folder)
