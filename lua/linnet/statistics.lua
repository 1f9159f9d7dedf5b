--- lua/linnet/statistics.lua: summaries of samples, and slopes of power laws with their
-- standard errors.
--
-- SPDX-License-Identifier: MIT
-- @module linnet.statistics

local check = require "linnet.check"

local M = {}

local NAN = math.abs(0 / 0) -- shown as nan; 0 / 0 as -nan by some systems

--- The p-quantile of a sorted list, linear between order statistics (Hyndman and Fan's type 7).
-- @tparam {number,...} sorted increasing, not empty
-- @tparam number p in [0, 1]
-- @treturn number
-- @usage assert(require("linnet.statistics").quantile({1, 2, 4}, 0.75) == 3)
function M.quantile(sorted, p)
  local at = (#sorted - 1) * p + 1
  local low = math.floor(at)
  local a, b = sorted[low], sorted[low + 1]
  if not b or a == b or at == low then return a end -- also when both are infinite
  return a + (at - low) * (b - a)
end

--- Mean and standard deviation (divisor n - 1; nan for n = 1), in two passes.
-- @tparam {number,...} values not empty
-- @treturn number
-- @treturn number
function M.moments(values)
  local n, sum = #values, 0.0
  for _, x in ipairs(values) do sum = sum + x end
  local mean = sum / n
  local squares, rest = 0.0, 0.0
  for _, x in ipairs(values) do
    squares, rest = squares + (x - mean) ^ 2, rest + (x - mean)
  end
  return mean, n > 1 and ((squares - rest ^ 2 / n) / (n - 1)) ^ 0.5 or NAN
end

--- What a sample says.
-- @tparam {number,...} values nan is left out and counted
-- @treturn table `count` (numbers in it), `missing` (nans), `mean`, `sd`, `se` (sd / sqrt(count)),
--   `median`, `min`, `max`, `q05`, `q25`, `q75`, `q95`; nan when the count is 0
-- @usage
-- local s = require("linnet.statistics").describe({3, 1, 2, 0 / 0})
-- assert(s.mean == 2 and s.median == 2 and s.count == 3 and s.missing == 1)
function M.describe(values)
  local kept = {}
  for _, x in ipairs(values) do
    if x == x then kept[#kept + 1] = x end
  end
  table.sort(kept)
  local out = {count = #kept, missing = #values - #kept}
  if #kept == 0 then
    out.mean, out.sd = NAN, NAN
  else
    out.mean, out.sd = M.moments(kept)
  end
  out.se = out.sd / out.count ^ 0.5
  for name, p in pairs{min = 0, q05 = 0.05, q25 = 0.25, median = 0.5, q75 = 0.75, q95 = 0.95,
    max = 1} do
    out[name] = #kept > 0 and M.quantile(kept, p) or NAN
  end
  return out
end

--- The least-squares line y = intercept + slope x.
-- @tparam {number,...} x at least two different values
-- @tparam {number,...} y
-- @treturn number slope
-- @treturn number intercept
-- @treturn number standard error of the slope from the residuals (nan for two points)
function M.line(x, y)
  local n = #x
  local mx, my = M.moments(x), M.moments(y)
  local sxx, sxy = 0.0, 0.0
  for i = 1, n do
    sxx, sxy = sxx + (x[i] - mx) ^ 2, sxy + (x[i] - mx) * (y[i] - my)
  end
  local slope = sxy / sxx
  local intercept, residual = my - slope * mx, 0.0
  for i = 1, n do residual = residual + (y[i] - intercept - slope * x[i]) ^ 2 end
  return slope, intercept, n > 2 and (residual / (n - 2) / sxx) ^ 0.5 or NAN
end

--- The exponent of y ~ x^exponent, by the least-squares line through logarithms.
-- @tparam {number,...} x positive, at least two different values
-- @tparam {number,...} y positive
-- @treturn number
-- @usage assert(math.abs(require("linnet.statistics").exponent({1, 2, 4}, {1, 4, 16}) - 2) < 1e-12)
function M.exponent(x, y)
  local u, v = {}, {}
  for i = 1, #x do u[i], v[i] = math.log(x[i]), math.log(y[i]) end
  return (M.line(u, v))
end

--- The exponent of y ~ x^slope from one fit per seed in logarithms. The seeds see the same random
-- numbers at every point, so points are not independent but seeds are: the standard error is that
-- of the mean of the seeds' slopes. With a single seed it comes from the residuals of its fit.
-- @tparam {number,...} x at least two different values > 0
-- @tparam {{number,...},...} y one list per seed
-- @treturn ?table `slope`, `se`, `intercept` (of log y), `per_seed`, `count` (seeds used),
--   `excluded` (seeds with a value that is no positive number)
-- @treturn ?string why not
-- @usage
-- local fit = require("linnet.statistics").slopes({1, 2, 4}, {{1, 4, 16}, {3, 12, 48}})
-- assert(math.abs(fit.slope - 2) < 1e-12 and fit.se < 1e-12)
function M.slopes(x, y)
  local logs, low, high = {}, math.huge, -math.huge
  for i, value in ipairs(x) do
    if type(value) ~= "number" or not (value > 0 and value < math.huge) then
      return nil, ("x must be positive finite numbers, got %s"):format(check.shown(value))
    end
    logs[i], low, high = math.log(value), math.min(low, value), math.max(high, value)
  end
  if low >= high then return nil, "x must take at least two different values" end
  local per_seed, intercepts, excluded, residual = {}, {}, 0, nil
  for _, values in ipairs(y) do
    local ys, usable = {}, true
    for i, value in ipairs(values) do
      usable = usable and value > 0 and value < math.huge
      ys[i] = usable and math.log(value) or nil
    end
    if usable then
      local k = #per_seed + 1
      per_seed[k], intercepts[k], residual = M.line(logs, ys)
    else
      excluded = excluded + 1
    end
  end
  if #per_seed == 0 then return nil, "no seed has positive finite values at every point" end
  local slope, sd = M.moments(per_seed)
  return {
    slope = slope, se = #per_seed > 1 and sd / (#per_seed) ^ 0.5 or residual,
    intercept = (M.moments(intercepts)), per_seed = per_seed, count = #per_seed,
    excluded = excluded,
  }
end

return M
