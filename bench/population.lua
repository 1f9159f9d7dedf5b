--- bench/population.lua: what `tol` promises, measured: the error of every method on random
-- problems over tol x amplification, and the steps it took.
-- lua5.4 bench/population.lua [file [method ...]]
--
-- The file is spec/reference/population.npy unless given, made by bench/population.c: one column of
-- numbers, problem after problem. Each has kind of start (8 more with weight decay), n, D, r, m, h,
-- k', t, amplification, then w where there is weight decay,
-- sigma (r), Yt (r x m), the start [U1; V] (r + m x k') and the state at t, column by column. The
-- amplification is what a relative change of the start, or of one of up to 12 states on the way, by
-- 1e-9 becomes at the end, at least 1.
-- SPDX-License-Identifier: MIT
package.path = "spec/?.lua;" .. package.path
local population = require "population"

local path, methods = arg[1], {table.unpack(arg, 2)}
if #methods == 0 then methods = population.METHODS end
local problems = population.load(path)

local function at(sorted, part) return sorted[math.max(1, math.ceil(part * #sorted))] or 0 end

-- Errors of one method at one tolerance over the population, and the mean number of attempts.
local function measure(method, tol)
  local row = {ratios = {}, steps = 0, logs = 0, over = 0, worst = 0, unfinished = 0}
  for i, one in ipairs(problems) do
    if population.legal(one, method) then
      local ratio, run = population.error(one, method, tol)
      if ratio then
        row.ratios[#row.ratios + 1] = ratio
        local steps = run.stats.steps + run.stats.rejected
        row.steps, row.logs = row.steps + steps, row.logs + math.log(math.max(1, steps))
        if not (ratio <= 10) then row.over = row.over + 1 end
        if not (ratio <= row.worst) then row.worst, row.where = ratio, i end
      else
        row.unfinished = row.unfinished + 1
      end
    end
  end
  table.sort(row.ratios)
  return row
end

print(("%d problems: error of U1 or V, relative to its largest entry, over tol x amplification")
  :format(#problems))
print(("%-7s %-6s %5s %9s %9s %9s %9s %5s %5s %8s %8s"):format("method", "tol", "runs", "median",
  "95 %", "99 %", "worst", "> 10", "left", "steps", "typical"))
for _, method in ipairs(methods) do
  for _, tol in ipairs(population.TOLERANCES) do
    if population.pays(method, tol) then
      local row = measure(method, tol)
      local n = #row.ratios
      print(("%-7s %-6g %5d %9.2g %9.2g %9.2g %9.3g %5d %5d %8.1f %8.1f  %s"):format(method, tol, n,
        at(row.ratios, 0.5), at(row.ratios, 0.95), at(row.ratios, 0.99), row.worst, row.over,
        row.unfinished, row.steps / n, math.exp(row.logs / n),
        row.where and population.describe(problems[row.where], row.where) or ""))
    end
  end
end
