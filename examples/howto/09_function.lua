--- examples/howto/09_function.lua: a sweep of any function: numbers and lists that are kept, points
-- that fail and are passed over, a file that goes on where it stopped.
--
--     linnet run examples/howto/09_function.lua      writes spectra.jsonl
--
-- SPDX-License-Identifier: MIT
local linnet = require "linnet"

local function sweep(sizes)
  return linnet.sweep{name = "Spectra of square matrices", over = {n = sizes}, seeds = 20,
    run = function(point, rng)
      local _, values = rng:normal(point.n, point.n):svd()
      if values(point.n) < 0.01 then error("nearly singular") end
      return {least = values(point.n), largest = values(1), spectrum = values}
    end}
end
local result = sweep{8, 16, 32}:run{out = "spectra.jsonl", resume = true, progress = false}
print(result:summary("n"))
print("largest ~ n^" .. result:fit_slope("n", "largest").slope)
print(#result.failures .. " failed, the first with: " .. tostring(result.failures[1].error))
print(result.spectrum[1][3]:t()) -- of the first size and the third seed

-- More sizes, or the same after a crash: what is there is not computed again.
local more = sweep{8, 16, 32, 64}:run{out = "spectra.jsonl", resume = true, progress = false}

assert(#result.failures > 0 and result.spectrum[1][3]:rows() == 8)
assert(math.abs(result:fit_slope("n", "largest").slope - 0.5) < 0.1)
assert(more:where{n = {8, 16, 32}}:fit_slope("n", "largest").slope
  == result:fit_slope("n", "largest").slope)
