--- examples/sweeps/singular.lua: a sweep over a function instead of flows: the least singular value
-- of a square Gaussian matrix over its size. Expect exponents near -1/2 for the least and 1/2 for
-- the largest (Edelman 1988).
--
--     linnet sweep examples/sweeps/singular.lua --threads 2
--     seq 4 | parallel linnet sweep singular.lua --shard {}/4 --out {}.jsonl --resume
--     linnet merge 1.jsonl 2.jsonl 3.jsonl 4.jsonl --out all.jsonl
--
-- SPDX-License-Identifier: MIT
local linnet = require "linnet"

return linnet.sweep{
  name = "Least singular value of a square Gaussian matrix",
  over = {n = {8, 16, 32, 64}},
  seeds = 200,
  run = function(point, rng)
    local _, s = rng:normal(point.n, point.n):svd()
    return {least = s(point.n), largest = s(1)}
  end,
}
