--- spec/steps.lua: random states with a step of descent, for the spec of one step's bound and its
-- bench. Not a spec itself. SPDX-License-Identifier: MIT
local linnet = require "linnet"

local M = {}

-- Round-off of ||E||.
local function round_off(p, s)
  local U1, V = s:reduced()
  local _, _, Yt = p:reduced()
  return 2 ^ -50 * (Yt:norm() + p:singular_values()(1) * U1:norm() * V:norm())
end

--- The largest of L+/(contraction L) over so many random problems and starts of all shapes and
-- scales, with the step that the bound likes best and another one; and how many steps it spoke of.
function M.worst(seed, count)
  local g = linnet.random(seed)
  local function power(a, b) return 10 ^ (a + (b - a) * g:uniform(1, 1)(1)) end
  local worst, spoken = 0, 0
  for i = 1, count do
    local r, m, h = g:integer(1, 5), g:integer(1, 4), g:integer(1, 9)
    local X = g:normal(r + g:integer(0, 2), r + g:integer(0, 3)) * power(-1, 1)
    local p = linnet.problem(X, g:normal(X:rows(), m) * power(-1, 1))
    local size = power(-1.5, 1)
    local s = p:init{U = size * power(-0.5, 0.5) * g:normal(p.D, h), V = size * g:normal(m, h)}
    if i % 3 == 0 then s = p:flow(s, {t = power(-1, 1), record = {}, save_at = {}}).final end
    local best = linnet.theory.descent_rate{state = s}
    local other = linnet.theory.descent_rate{state = s, eta = best.eta * power(-1, 0.4)}
    for _, rate in ipairs{best, other} do
      if rate.applies then
        spoken = spoken + 1
        local after = p:descend(s, {eta = rate.eta, steps = 1, record = {}}).final:excess()
        local bound = (rate.contraction * s:excess()) ^ 0.5 + round_off(p, s)
        worst = math.max(worst, after / bound ^ 2)
      end
    end
  end
  return worst, spoken
end

return M
