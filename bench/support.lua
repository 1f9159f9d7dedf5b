--- bench/support.lua: what the benchmarks share: medians, the processor's name, rows of
-- wanted / measured / met, raw timings as CSV.
-- SPDX-License-Identifier: MIT
local core = require "linnet.core"

local M = {}

--- Median of a list.
function M.median(list)
  local sorted = table.move(list, 1, #list, 1, {})
  table.sort(sorted)
  local n = #sorted
  return n % 2 == 1 and sorted[(n + 1) // 2] or (sorted[n // 2] + sorted[n // 2 + 1]) / 2
end

--- Seconds of each of `count` calls, after one that is not counted.
function M.times(count, f, ...)
  f(...)
  local list = {}
  for i = 1, count do
    local began = core.system.clock()
    f(...)
    list[i] = core.system.clock() - began
  end
  return list
end

--- Several functions in turn, A B A B ..., so that a machine whose speed drifts is fair to all.
-- @return a list of times per function
function M.in_turn(count, functions)
  local lists = {}
  for j, f in ipairs(functions) do
    f()
    lists[j] = {}
  end
  for i = 1, count do
    for j, f in ipairs(functions) do
      local began = core.system.clock()
      f()
      lists[j][i] = core.system.clock() - began
    end
  end
  return lists
end

--- The processor's name, or "unknown".
function M.processor()
  local file = io.open("/proc/cpuinfo")
  local name = file and file:read("a"):match("model name%s*:%s*([^\n]+)")
  if file then file:close() end
  return name or "unknown"
end

--- A Python with NumPy, or nil and a line that says so.
function M.python()
  for _, name in ipairs{"/usr/bin/python3", "python3"} do
    if os.execute(name .. " -c 'import numpy' 2>/dev/null") then return name end
  end
  print("  NumPy is not there: its rows are left out")
end

--- Print one row: what, wanted, measured, met or not. `wanted` is a bound above unless `at_least`.
function M.row(what, wanted, measured, at_least)
  local met = at_least and measured >= wanted or not at_least and measured <= wanted
  print(("  %-58s wanted %s %-9.4g measured %-9.4g %s"):format(what, at_least and ">=" or "<=",
    wanted, measured, met and "met" or "NOT MET"))
  return met
end

--- Write raw timings: a comment line with the processor, a header, one line per row.
function M.save(name, header, rows)
  local path = "bench/results/" .. name .. ".csv"
  local file = assert(io.open(path, "w"))
  file:write(("# %s; seconds unless said otherwise\n%s\n"):format(M.processor(), header))
  for _, row in ipairs(rows) do file:write(table.concat(row, ","), "\n") end
  file:close()
  print("  raw timings: " .. path)
end

return M
