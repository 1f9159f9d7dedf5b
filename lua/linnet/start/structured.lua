--- Structured starts: a prescribed imbalance at a given map, the spectral, the zero-output start.
--
-- All are known as factors Z(0) = L O', U2(0) = C O' for any O (h x k') with orthonormal columns,
-- so that h only has to be large enough; with `explicit = true` O is drawn and U and V are built.
-- Sections 5 and 9 of mathematics.md.
--
-- SPDX-License-Identifier: MIT
-- @module linnet.start.structured

local check = require "linnet.check"
local common = require "linnet.start.common"
local core = require "linnet.core"
local random = require "linnet.random"

local M = {kinds = {}}

local shared = common.shared
local THETA = {name = "theta", type = "matrix", help = "the learned map at the start, D x m"}
local SCALE = {name = "scale", type = "number", range = "(0, inf)",
  help = "instead of theta: a normal one with entries of this standard deviation"}

-- ---------------------------------------------------------------- the map at the start

local function theta_of(p, o)
  if (o.theta ~= nil) == (o.scale ~= nil) then return nil, "give theta or scale" end
  if o.scale then return random.own(o.seed, "start"):normal(p.D, p.m):scale_(o.scale) end
  if o.theta:rows() ~= p.D or o.theta:cols() ~= p.m then
    return nil, ("theta must be D x m = %d x %d, got %d x %d"):format(p.D, p.m, o.theta:rows(),
      o.theta:cols())
  end
  local wrong = check.not_finite("theta", o.theta)
  if wrong then return nil, wrong end
  return o.theta
end

-- Phi1'Theta0 (r x m) and (I - Phi1 Phi1') Theta0 (D x m), projected twice.
local function split(p, theta)
  local _, Pt = p:reduced()
  local inside = Pt * theta
  local outside = theta - Pt:t() * inside
  return inside, outside - Pt:t() * (Pt * outside)
end

-- The state of Z = L O', U2 = C O'.
local function state_of(p, o, kind, L, C)
  if not o.explicit then return core.start.factors(p, kind, o.h, L, C, o.seed) end
  local room, why = common.explicit_room(p, o.h)
  if not room then return nil, why end
  local _, Pt = p:reduced()
  local O = random.own(o.seed, "frame"):orthogonal(math.tointeger(o.h), L:cols())
  local U = Pt:t() * L:sub(1, p.rank, 1, L:cols())
  if C then U = U + C end
  local V = L:sub(p.rank + 1, p.rank + p.m, 1, L:cols())
  return core.start.weights(p, kind, U * O:t(), V * O:t(), o.seed, false)
end

-- One of the starts at a given Theta0; x as core.start.structured takes it.
local function at_theta(p, o, kind, form, x)
  local theta, why = theta_of(p, o)
  if not theta then return nil, why end
  local inside, outside = split(p, theta)
  local L, G = core.start.structured(form, inside, outside, o.h, x)
  if not L then return nil, G end
  return state_of(p, o, kind, L, outside * G)
end

-- ---------------------------------------------------------------- kinds

local function define(name, summary, entries, build)
  M.kinds[#M.kinds + 1] = {name = name, summary = summary, entries = entries, build = build}
end

define("imbalanced", "A prescribed imbalance at a given map.",
  {shared.h, shared.seed, shared.explicit, THETA, SCALE,
    {name = "c", type = "number", range = "[0, inf)",
      help = "imbalance: all eigenvalues of U1'U1 - V'V are c/2 (rank) and -c/2 (m)"},
    {name = "positive", type = "list", range = "[0, inf)",
      help = "instead of c: the positive eigenvalues, at most rank"},
    {name = "negative", type = "list", range = "[0, inf)",
      help = "with positive: the sizes of the negative ones, at most m"}},
  function(p, o, kind)
    local p_i, q_i = o.positive or {}, o.negative or {}
    if (o.c ~= nil) == (o.positive ~= nil or o.negative ~= nil) then
      return nil, "give c, or positive and negative"
    elseif #p_i > p.rank or #q_i > p.m then
      return nil, ("positive must have at most rank = %d and negative at most m = %d numbers, got "
        .. "%d and %d"):format(p.rank, p.m, #p_i, #q_i)
    end
    return at_theta(p, o, kind, "spectrum", core.matrix.new(p.rank + p.m, 1, function(i)
      if o.c then return 0.5 * o.c end
      return i <= p.rank and p_i[i] or q_i[i - p.rank] or 0
    end))
  end)

define("balanced", "Zero imbalance, U1'U1 = V'V, at a given map.",
  {shared.h, shared.seed, shared.explicit, THETA, SCALE},
  function(p, o, kind)
    return at_theta(p, o, kind, "spectrum", core.matrix.zeros(p.rank + p.m, 1))
  end)

define("homogeneous", "U1'U1 - V'V = lam I at a given map.",
  {shared.h, shared.seed, shared.explicit, THETA, SCALE,
    {name = "lam", type = "number", required = true,
      help = "positive: h must be at most the rank of X; negative: at most m"}},
  function(p, o, kind) return at_theta(p, o, kind, "homogeneous", o.lam) end)

define("spectral", "Aligned with the directions that grow first, each mode at scale^2.",
  {shared.h, shared.seed, shared.explicit,
    {name = "scale", type = "number", range = "(0, inf)", required = true,
      help = "singular values of U1 and of V"}},
  function(p, o, kind) return state_of(p, o, kind, core.start.spectral(p, o.h, o.scale)) end)

define("zero_output", "U = [Ua, Ua], V = [Va, -Va], so that Theta = 0 at the start.",
  {{name = "h", type = "integer", range = "[2, inf)", float = true, required = true,
    check = function(h) return h % 2 == 0, "must be even" end, help = "hidden width, even"},
    shared.seed, shared.explicit, shared.alpha, shared.std, shared.std_u, shared.std_v},
  function(p, o, kind)
    local s_u, s_v = common.scales(o)
    if not s_u then return nil, s_v end
    if not o.explicit then return core.start.zero_output(p, kind, o.h, o.seed, s_u, s_v) end
    local room, why = common.explicit_room(p, o.h)
    if not room then return nil, why end
    local half = math.tointeger(o.h) // 2
    local Ua, Va = core.start.draw(p.D, half, p.m, "gaussian", o.seed, s_u, s_v)
    return core.start.weights(p, kind, Ua:hcat(Ua), Va:hcat(-Va), o.seed, false)
  end)

return M
