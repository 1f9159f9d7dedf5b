--- A change of task: a state of one problem goes on with another one, at any width.
--
-- The rows of U that the new data see are known as far as earlier data saw them, and as far as the
-- hidden directions that they trained go. What is left is independent Gaussian and was never drawn:
-- as many rows of it as the new data add to the old are drawn now, by Bartlett's factor
-- (mathematics.md, section 5.2).
--
-- SPDX-License-Identifier: MIT
-- @module linnet.start.task

local check = require "linnet.check"
local core = require "linnet.core"
local random = require "linnet.random"

local M = {}

local EPS = 2.0 ^ -52

-- How far off a span a row of unit length may lie and count as in it: what round-off leaves of a
-- singular vector of data, sqrt(kappa) units in the last place.
local function round_off(p, q)
  return math.min(math.max(16 * EPS * (p.kappa ^ 0.5 + q.kappa ^ 0.5), 1e-13), 1e-10)
end

-- Orthonormal columns for the span of those of R, whose singular values above tol count: from R's
-- columns one after the other, those first that the ones before leave most of, by the decade. The
-- largest first would do, but round-off would decide between equal ones, and so what is drawn; in
-- their order alone, what little is left of one would spoil all after it.
local function independent(R, tol)
  local _, values = R:svd()
  local rank, count, level, used = 0, 0, 0.3, {}
  while rank < values:rows() and values:get(rank + 1, 1) > tol do rank = rank + 1 end
  local out = core.matrix.zeros(R:rows(), rank)
  while count < rank do
    for j = 1, R:cols() do
      local x = R:sub(1, R:rows(), j, j)
      for _ = 1, used[j] and 0 or 2 do x = x - out * (out:t() * x) end
      if not used[j] and count < rank and x:norm() > level then
        used[j], count = true, count + 1
        local column = out:sub(1, R:rows(), count, count)
        column:copy_(x):scale_(1 / x:norm())
      end
    end
    level = level / 10
  end
  return out
end

-- Orthonormal rows for what the rows of Pt add to those of B, in their order: q x D.
local function added(Pt, B, tol)
  local function off(x) return x - B:t() * (B * x) end
  local Q, R = off(off(Pt:t())):qr()
  local S = independent(R, tol)
  if S:cols() == 0 then return core.matrix.zeros(0, B:cols()) end
  return (off(off(Q * S)):qr()):t()
end

-- What was never drawn of U along the hidden directions that the rows Q of new inputs need, D x
-- min(q, free), of deviation 1; B spans the inputs of old, the rows of all others are independent.
local function drawn(s, parts, B, Q)
  local q, free = Q:rows(), parts.free
  local cols = math.min(q, free)
  if free == math.huge then return Q:t() end
  local g = random.own(s.seed, "task")
  local seed, stream = core.random.place(g)
  core.random.move(g, seed, stream, parts.task << 40) -- words of its own for each task
  local factor = core.matrix.zeros(q, cols)
  for j = 1, cols do
    for i = j + 1, q do factor:set(i, j, g:normal()) end
  end
  for j = 1, cols do
    local dof = free - j + 1
    factor:set(j, j, (dof > 1e300 and dof or g:chi2(dof)) ^ 0.5)
  end
  local others, known = g:normal(Q:cols(), cols), B:vcat(Q)
  for _ = 1, 2 do others = others - known:t() * (known * others) end
  return Q:t() * factor + others
end

-- What the origin of a state is made of, as that of the start of the next task.
local function parts_of(s)
  local parts = s:parts()
  parts.h, parts.seed, parts.explicit = s.h, s.seed, s.explicit
  parts.std_u, parts.std_v, parts.sampled = 0 / 0, 0 / 0, false
  parts.deviation, parts.task = parts.deviation * math.abs(s.decay), parts.task + 1
  return parts
end

-- The same inputs are seen: U2 stays what it was, and as independent. Spans that are the same but
-- for round-off are only taken for that where U2 has a law to keep: all else is exact without.
local function same_span(p, s, parts, turn)
  local U, V = s:reduced()
  parts.L0 = (turn * U):vcat(V)
  for _, name in ipairs{"R", "U2"} do
    if parts[name] then parts[name] = s.decay * parts[name] end
  end
  parts.sampled, parts.std_u = s.sampled, s.std_u * math.abs(s.decay)
  return core.start.restore(p, s.kind, parts)
end

-- Others: the weights as those of few hidden units, one more for each direction that is drawn.
local function general(p, s, parts, tol)
  local _, Pt = p:reduced()
  local _, Pt1 = s.problem:reduced()
  local B = parts.seen or Pt1
  local U, V = s:units()
  if parts.free > 0 then
    local Q = added(Pt, B, tol)
    local more = drawn(s, parts, B, Q)
    if not (U:cols() + more:cols() <= s.h) then
      return nil, ("the rows of an %s start are orthogonal, and those that both problems see are "
        .. "%d: h must be at least that, it is %d"):format(s.kind, U:cols() + more:cols(), s.h)
    end
    U = U:hcat(parts.deviation * more)
    V = V:hcat(core.matrix.zeros(V:rows(), more:cols()))
    parts.free, parts.seen = parts.free - more:cols(), B:vcat(Q)
  end
  local first = core.start.weights(p, s.kind, U, V, s.seed, false)
  for _, name in ipairs{"L0", "R", "F", "O", "U2"} do parts[name] = nil end
  for name, value in next, first:parts() do
    if check.is_matrix(value) then parts[name] = value end
  end
  return core.start.restore(p, s.kind, parts)
end

--- A state of another problem, of the same D and m, as the first of this one.
-- @tparam problem p
-- @tparam state s
-- @treturn ?state
-- @treturn ?string why there is none
function M.continued(p, s)
  local q = s.problem
  if q.D ~= p.D or q.m ~= p.m then
    return nil, ("the state is of a problem with D = %d inputs and m = %d output%s, this one has "
      .. "D = %d and m = %d"):format(q.D, q.m, q.m == 1 and "" or "s", p.D, p.m)
  end
  local U, V = s:reduced()
  if core.matrix.non_finite(U) or core.matrix.non_finite(V) then
    return nil, "the state is not finite"
  end
  local one <close> = core.matrix.hold() -- luacheck: ignore one
  local parts = parts_of(s)
  local _, Pt = p:reduced()
  local _, Pt1 = q:reduced()
  local turn, tol = Pt * Pt1:t(), round_off(p, q)
  if Pt == Pt1 or s.sampled and p.rank == q.rank
    and core.matrix.max_abs(Pt - turn * Pt1) <= tol then
    return same_span(p, s, parts, turn)
  elseif parts.deviation ~= parts.deviation then
    return nil, "the file that this state came from does not say what of U was not drawn"
  end
  return general(p, s, parts, tol)
end

return M
