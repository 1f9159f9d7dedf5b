--- examples/howto/02_schedule.lua: step sizes that change on the way: by the number of the step, by
-- what the state says, from a list, and by hand in two pieces.
--
--     linnet run examples/howto/02_schedule.lua
--
-- SPDX-License-Identifier: MIT
local linnet = require "linnet"
local X, Y = linnet.data.gaussian{n = 30, D = 60, m = 1, noise = 0.1, seed = 1}
local p = linnet.problem(X, Y)
local s = p:init("gaussian", {h = 1e6, alpha = 0.5, seed = 2})

local falling = p:descend(s, {steps = 200, eta = function(k) return 0.02 / (1 + k / 100) end})
local careful = p:descend(s, {steps = 200, eta = function(_, state)
  return 0.3 / state:kernel():eigh():max() -- of the tangent kernel; 2 / it would be too large
end})
local warm = p:descend(s, {eta = 0.02, steps = 200})
local cold = p:descend(warm.final, {eta = 0.005, steps = 200})
print(falling.final:excess(), careful.final:excess(), cold.final:excess(), cold.k(#cold.k))

local sizes = linnet.ones(400, 1) * 0.02
sizes:sub(201, 400, 1, 1):copy_(0.005)
local listed = p:descend(s, {eta = sizes, steps = 400})

assert(cold.k(#cold.k) == 400 and listed.k(#listed.k) == 400)
assert(math.abs(listed.final:excess() / cold.final:excess() - 1) < 1e-12)
assert(falling.final:excess() > warm.final:excess()) -- smaller steps get less far
