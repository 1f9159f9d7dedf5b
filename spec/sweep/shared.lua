-- spec/sweep/shared.lua: what the specs of sweeps begin with.
-- SPDX-License-Identifier: MIT

local linnet = require "linnet"
local support = require "support"

local M = {}

-- A small problem, made once.
local X, Y = linnet.data.gaussian{n = 10, D = 25, m = 2, noise = 0.1, seed = 3}
M.X, M.Y = X, Y
M.problem = linnet.problem(X, Y)

function M.noisy(point, rng)
  return {y = (point.a or 0) + rng:normal(1, 1)(1, 1), u = rng:uniform(1, 1)(1, 1)}
end

--- The canonical text of a result: what must not depend on how it was computed.
function M.canonical(result, folder)
  local path = folder .. "/canonical.jsonl"
  result:save(path, {canonical = true})
  return support.read(path)
end

return M
