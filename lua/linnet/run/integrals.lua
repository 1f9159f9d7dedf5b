--- lua/linnet/run/integrals.lua: int ||E||_F dt and int ||A||_2 dt along a run, from above: what
-- the ladder of [M21] needs of a trajectory (mathematics.md, section 7.2).
-- SPDX-License-Identifier: MIT

local core = require "linnet.core"
local exact = require "linnet.exact"

local error = require("linnet.failure").raise

local NODES = 2000 -- states looked at between the first and the last, about

-- What stands at a state: ||E||_F, ||A||_2 and ||Z U2'||_F, whose growth int ||A||_2 bounds.
local function at_state(t, s)
  local error_norm, force = core.theory.force(s)
  return {t = t, error = error_norm, force = force, outside = s:perpendicular()}
end

-- int over [0, dt] of what goes from f0 to f1, log-linear in between: exact for one exponential,
-- and too large for a sum of them, whose logarithm is convex.
local function chord(dt, f0, f1)
  if f0 <= 0 then return 0 end
  f1 = math.max(f1, f0 * 1e-16)
  local ratio = math.log(f0 / f1)
  return dt * (math.abs(ratio) < 1e-8 and f1 or (f0 - f1) / ratio)
end

-- The integral of one name over two neighbouring intervals: two chords and their whole distance to
-- one chord, where about a third of it is their error. An upper sum but for the last digits, also
-- where the logarithm is concave, as while weights grow.
local function panel(a, b, c, name)
  local fine = chord(b.t - a.t, a[name], b[name]) + chord(c.t - b.t, b[name], c[name])
  return fine + math.abs(fine - chord(c.t - a.t, a[name], c[name]))
end

-- ||A||_2 of the linearized dynamics at its time tau, and ||E||_F.
local function at_lazy(path, sigma, tau)
  local E = path:at(tau).E
  local A = core.matrix.new(E:rows(), E:cols(), function(i, j)
    return sigma:get(i, 1) * E:get(i, j)
  end)
  return {t = tau, error = E:norm(), force = A:norm(2)}
end

local STAYS = 1e-12 -- ||E|| at t = infinity, over ||Yt||, above which it is no round-off

-- From the last finite state to t = infinity: there the kernel hardly moves any more, or the
-- infinite step would not have been accepted, so E decays by exp(-K t). Nothing when a part of E
-- stays for ever: both integrals are infinite then.
local function tail(s)
  local path, sigma, rates = exact.lazy{state = s}, s.problem:singular_values(), s:rates()
  local _, _, Yt = s.problem:reduced()
  local rest = path:at(math.huge).E:norm()
  if not (rest <= STAYS * Yt:norm()) then return nil end
  local start = at_lazy(path, sigma, 0)
  local first = 1e-3 / math.max(rates.upper, rates.late)
  local last = first
  repeat last = 4 * last until path:at(last).E:norm() - rest <= 1e-40 * start.error
  local count = 2 * math.ceil(10 * math.log(last / first, 10)) + 1
  local nodes = {start}
  for i = 0, count do nodes[i + 2] = at_lazy(path, sigma, first * (last / first) ^ (i / count)) end
  for _, node in ipairs(nodes) do
    node.error = math.max(node.error - rest, 0)
    node.force = math.max(node.force - sigma:get(1, 1) * rest, 0)
  end
  return nodes
end

-- The state at t, or nil where the run cannot be stepped there again, as in the long steps of a
-- flow that creeps to rest.
local function between(self, t)
  local ok, s = pcall(self.at, self, t)
  if ok then return s end
  if not tostring(s):find("was not reached", 1, true) then error(s, 0) end
end

-- The nodes of the step between two states, an even number of intervals; nil without a middle.
local function step(self, a, b, pieces)
  local nodes = {at_state(a.t, a)}
  for j = 1, pieces do
    local t = j == pieces and b.t or a.t + (b.t - a.t) * j / pieces
    local s = j == pieces and b or between(self, t)
    if not s then return nil end
    nodes[j + 1] = at_state(t, s)
  end
  return nodes
end

-- All that is known without a middle: ||E|| never rises.
local function add_flat(sum, a, b, sigma_1)
  local most = (core.theory.force(a)) * (b.t - a.t)
  sum.error, sum.force = sum.error + most, sum.force + sigma_1 * most
end

-- Adds a step's integrals. Of int ||A||_2 one more thing is known from below: ||Z U2'|| of the
-- computed states cannot have grown by more, so what the tolerance of the run did to them counts.
-- And ||A||_2 <= sigma_1 ||E||.
local function add(sum, nodes, sigma_1)
  local force, error_sum, first, last = 0, 0, nodes[1], nodes[#nodes]
  for i = 1, #nodes - 2, 2 do
    force = force + panel(nodes[i], nodes[i + 1], nodes[i + 2], "force")
    error_sum = error_sum + panel(nodes[i], nodes[i + 1], nodes[i + 2], "error")
  end
  if last.outside and first.outside > 0 and last.outside > 0 then
    force = math.max(force, math.log(last.outside / first.outside) + 1e-15)
  end
  sum.force = sum.force + force
  sum.error = sum.error + math.max(error_sum, force / sigma_1)
end

-- Sums from above are no larger than what Theorem 1 allows, nor in another order.
local function capped(self, sum, sigma_1)
  local start, problem = self.start, self.problem
  local sigma_r, c = problem:singular_values():get(problem.rank, 1), start:imbalance().c
  local size = core.theory.force(start)
  if c > 0 then sum.error = math.min(sum.error, size / sigma_r / c / sigma_r) end
  sum.force = math.min(sum.force, sigma_1 * sum.error)
  return sum
end

--- Both integrals of a run that has states.
-- @treturn table `error`, `force`
return function(self)
  local points, sum = self.checkpoints, {error = 0, force = 0}
  local sigma_1 = self.problem:singular_values():get(1, 1)
  local pieces = 2 * math.max(1, math.min(4, NODES // (2 * #points)))
  local s = points[1].state
  for i = 2, #points + 1 do
    local following = points[i] and points[i].state or self.final
    if following.t == math.huge then
      local nodes = tail(s)
      if not nodes then return {error = math.huge, force = math.huge} end
      nodes[1].outside, nodes[#nodes].outside = s:perpendicular(), following:perpendicular()
      add(sum, nodes, sigma_1)
    elseif following.t > s.t then
      local nodes = step(self, s, following, pieces)
      if nodes then add(sum, nodes, sigma_1) else add_flat(sum, s, following, sigma_1) end
      s = following
    end
  end
  return capped(self, sum, sigma_1)
end
