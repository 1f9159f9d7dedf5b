--- The few hidden units that learn what a wide network learns.
--
-- SPDX-License-Identifier: MIT
-- @module linnet.start.narrow

local check = require "linnet.check"
local core = require "linnet.core"
local error = require("linnet.failure").raise

local M = {state = {}}

-- How far a matrix is from x I, relative to the size of the whole.
local function off(matrix, x, size)
  return (matrix - x * core.matrix.eye(matrix:rows())):norm() / size
end

--- The start of m hidden units that learns the same map: infinite width is width m.
-- At h = infinity, and wherever U1 U1' = a I, V V' = b I, U1 V' = 0, the flow moves the map U1 V'
-- as it moves that of m hidden units from U = 0 and V = sqrt(a + b) I, at all times, whatever the
-- data and the loss (docs/mathematics.md, 3.4: theorem). Loss, excess, predictions within the span
-- of the data and the distance of an infinitely wide network are those of the narrow one; its
-- weights and its imbalance are its own, and descent by steps is another matter. `problem:flow`
-- goes that way by itself where it pays; here are the units, to look at, or for another method.
-- Raises for any other start, or one whose clock has run.
-- @function state:narrow
-- @treturn state explicit, h = m
-- @usage
-- local X, Y = linnet.data.gaussian{n = 30, D = 50, m = 2, seed = 1}
-- local p = linnet.problem(X, Y)
-- local wide = p:init("gaussian", {h = math.huge, seed = 1})
-- local one, other = p:flow(wide, {t = 5}).final, p:flow(wide:narrow(), {t = 5}).final
-- print(one:excess(), other:excess())
function M.state.narrow(s)
  check.self(s, core.types.state, "state", "narrow")
  local p = s.problem
  if s.t ~= 0 then
    error(("narrow: the clock of this state is at %g: only starts have one"):format(s.t), 2)
  end
  local U, V = s:reduced()
  local UU, VV = U * U:t(), V * V:t()
  local a, b = UU:trace() / p.rank, VV:trace() / p.m
  local size = a + b > 0 and a + b or 1
  local worst = math.max(off(UU, a, size), off(VV, b, size), (U * V:t()):norm() / size)
  if not (worst < 1e-12 * (p.rank + p.m)) then
    error(("narrow: U1 U1' and V V' must be multiples of the identity and U1 V' = 0, as at h = "
      .. "math.huge; this %s start is %.3g away"):format(s.kind, worst), 2)
  end
  return p:init{U = core.matrix.zeros(p.D, p.m), V = math.sqrt(a + b) * core.matrix.eye(p.m)}
end

return M
