--- lua/linnet/keep/parts.lua: problems and states as plain tables of numbers and matrices, and back
-- to the same bits. What comes back is checked as a file from anywhere is: shapes, finite entries,
-- orthonormal factors, before anything is built of it.
--
-- SPDX-License-Identifier: MIT
-- @module linnet.keep.parts

local classes = require "linnet.classes"
local core = require "linnet.core"

local M = {}

-- A matrix of a size, nil for any.
local function sized(m, rows, cols)
  return core.matrix.is_matrix(m) and (not rows or m:rows() == rows)
    and (not cols or m:cols() == cols)
end

-- The same with finite entries.
local function sound(m, rows, cols)
  return sized(m, rows, cols) and not core.matrix.non_finite(m)
end

local ROUND_OFF = 1e-8 -- of a product of orthonormal columns, far above what any size leaves

local function orthonormal(m)
  return core.matrix.max_abs(m:t() * m - core.matrix.eye(m:cols())) < ROUND_OFF
end

local function decreasing(column)
  local last = math.huge
  for i = 1, column:rows() do
    local x = column:get(i, 1)
    if not (x > 0 and x <= last) then return false end
    last = x
  end
  return true
end

-- ---------------------------------------------------------------- problems

--- The factors of X, and Y.
function M.problem_out(p)
  local W, Pt, _, Y = p:reduced()
  return {W = W, sigma = p:singular_values(), Pt = Pt, Y = Y, loss = p.loss,
    delta = p.delta, classes = p.classes or nil}
end

local LOSSES = {}
for _, name in ipairs(core.problem.losses) do LOSSES[name] = true end

--- The problem of what `problem_out` gave, or nil and why it is none.
function M.problem_in(kept)
  if type(kept) ~= "table" then return nil, "its problem is missing" end
  local W, sigma, Pt, Y = kept.W, kept.sigma, kept.Pt, kept.Y
  if not (sound(W) and sound(sigma, W:cols(), 1) and sound(Pt, W:cols())
    and sound(Y, W:rows())) then
    return nil, "the matrices of its problem do not fit each other"
  elseif W:cols() > math.min(W:rows(), Pt:cols()) or not decreasing(sigma)
    or not (orthonormal(W) and orthonormal(Pt:t())) then
    return nil, "the matrices of its problem are no singular value decomposition"
  end
  local name, delta = kept.loss or "squared", kept.delta or 0 -- files of before have none
  if not LOSSES[name] or type(delta) ~= "number" or not (delta >= 0 and delta < math.huge)
    or (delta > 0) ~= (name == "huber") then
    return nil, "its loss is unknown"
  end
  local list = kept.classes
  if list ~= nil and not (type(list) == "table" and classes.losses[name] and classes.is_list(list)
    and #list == math.max(Y:cols(), 2)) then
    return nil, "its classes do not fit its targets"
  end
  local p = core.problem.restore(W, sigma, Pt, Y, name, delta)
  if p and list then core.problem.note(p, list) end
  return p, not p and ("its targets are not those of the %s loss"):format(name) or nil
end

-- ---------------------------------------------------------------- trajectories

--- What a trajectory never changes, of any state on it.
function M.origin_out(s)
  local out = s:parts()
  out.kind, out.h, out.seed, out.sampled, out.explicit = s.kind, s.h, s.seed, s.sampled, s.explicit
  out.std_u, out.std_v, out.options = s.std_u, s.std_v, s.options
  return out
end

-- Whether U2's parts fit: R and its frame, or one that the seed draws again.
local function outside_fits(p, kept, width)
  local R, F = kept.R, kept.F
  if R == nil then return F == nil end
  if not sound(R, nil, width) then return false end
  if F ~= nil then return sound(F, p.D, R:rows()) end
  return kept.O == nil and R:rows() <= p.D - p.rank
end

local function weights_fit(p, kept, width)
  local O, U2 = kept.O, kept.U2
  if O == nil then return U2 == nil and not kept.explicit end
  return sound(O, nil, width) and O:rows() <= kept.h and sound(U2, p.D, O:rows())
    and (O:rows() == kept.h or not kept.explicit)
end

-- What files from before a state could go on with another problem do not say.
local function of_first_task(kept, width)
  kept.task, kept.explicit = 1, kept.O ~= nil
  if kept.sampled or kept.kind == "invariant" then
    kept.free, kept.deviation = kept.O and 0 or kept.h - width, kept.O and 0 or kept.std_u
  else
    kept.free, kept.deviation = 0, (kept.O or kept.F) and 0 or 0 / 0
  end
end

-- Whether what of U was not drawn is told.
local function rest_fits(p, kept)
  local free, deviation, seen = kept.free, kept.deviation, kept.seen
  return math.type(kept.task) == "integer" and kept.task >= 1 and kept.task < 1 << 20
    and type(kept.explicit) == "boolean"
    and type(free) == "number" and free >= 0 and (free == math.huge or free <= kept.h)
    and type(deviation) == "number" and not (deviation < 0 or deviation == math.huge)
    and (seen == nil or sound(seen, nil, p.D) and seen:rows() <= p.D and orthonormal(seen:t()))
end

local PLAIN = {number = true, string = true, boolean = true}

--- What of a table of options can be written: numbers, words, truth values and lists of them.
function M.plain(given)
  local out = {}
  for name, value in next, given do
    if PLAIN[type(value)] then
      out[name] = value
    elseif type(value) == "table" and getmetatable(value) == nil then
      local list = {}
      for i, item in ipairs(value) do
        if not PLAIN[type(item)] then break end
        list[i] = item
      end
      if #list > 0 then out[name] = list end
    end
  end
  return out
end

local function words_fit(kept)
  local h, s_u, s_v = kept.h, kept.std_u, kept.std_v
  return type(kept.kind) == "string" and kept.kind:find("^[%w_]+$") ~= nil
    and type(h) == "number" and h >= 1 and (h == math.huge or h == math.floor(h))
    and math.type(kept.seed) == "integer" and type(s_u) == "number" and type(s_v) == "number"
    and type(kept.sampled) == "boolean" and (not kept.sampled or s_u >= 0)
    and (kept.options == nil or type(kept.options) == "table")
end

--- The state at the start of a trajectory, or nil and why there is none.
function M.origin_in(p, kept)
  if type(kept) ~= "table" then return nil, "its start is missing" end
  local k = p.rank + p.m
  if not words_fit(kept) then return nil, "its start is not described" end
  local width = sound(kept.L0, k) and kept.L0:cols()
  if width and kept.task == nil then of_first_task(kept, width) end
  if not width or width < 1 or width > math.min(k, kept.h) or not outside_fits(p, kept, width)
    or not weights_fit(p, kept, width) or not rest_fits(p, kept) then
    return nil, "the matrices of its start do not fit its problem"
  end
  local s = core.start.restore(p, kept.kind, kept)
  if kept.options then core.start.note(s, M.plain(kept.options)) end
  return s
end

--- Where on its trajectory a state is.
function M.point_out(s)
  local out = {t = s.t, k = s.k, decay = s.decay, weight_decay = s.weight_decay}
  local U, V, tol = s:folded()
  if U then
    out.Y, out.tol = U:vcat(V), tol
  else
    U, V = s:reduced()
    out.L = U:vcat(V)
  end
  return out
end

--- The state there, `first` being any of the same trajectory; or nil and why not.
function M.point_in(first, kept)
  local p = first.problem
  local U = first:reduced()
  local w = type(kept) == "table" and kept.weight_decay or 0 -- files of before have none
  if type(kept) ~= "table" or math.type(kept.k) ~= "integer" or kept.k < 0
    or type(w) ~= "number" or not (w >= 0)
    or type(kept.decay) ~= "number" or kept.decay ~= kept.decay
    or type(kept.t) ~= "number" or not (kept.t >= 0) then
    return nil, "a state of it does not fit its start"
  end
  if kept.L == nil and sized(kept.Y, p.rank + p.m, p.m) and first:folded(true)
    and type(kept.tol) == "number" and kept.tol > 0 and kept.tol <= 1 then
    return first:moved(kept.Y, kept.t, kept.k, kept.decay, w, kept.tol)
  elseif not sized(kept.L, p.rank + p.m, U:cols()) then
    return nil, "a state of it does not fit its start"
  end
  return first:moved(kept.L, kept.t, kept.k, kept.decay, w)
end

return M
