--- lua/linnet/start/gaussian.lua: kinds of start with independent weights, and the limit of wide
-- ones. They are drawn in reduced form, at the same cost for any width; mathematics.md, sections 2
-- and 5.
--
-- SPDX-License-Identifier: MIT
-- @module linnet.start.gaussian

local common = require "linnet.start.common"
local core = require "linnet.core"

local M = {kinds = {}}

local shared, NO_LIMIT = common.shared, common.NO_LIMIT
local H, SEED, EXPLICIT, ALPHA = shared.h, shared.seed, shared.explicit, shared.alpha
local STD, STD_U, STD_V = shared.std, shared.std_u, shared.std_v

-- A kind: its name, one line, the entries of its schema, and what makes a state of it; nil and a
-- message when it cannot. `draw` is by default `core.start.sampled`, which an ensemble replaces.
local function define(name, summary, entries, build)
  M.kinds[#M.kinds + 1] = {name = name, summary = summary, entries = entries, build = build}
end

local function explicit_weights(p, o, kind, law, s_u, s_v, invariant)
  local room, why = common.explicit_room(p, o.h)
  if not room then return nil, why end
  local U, V = core.start.draw(p.D, math.tointeger(o.h), p.m, law, o.seed, s_u, s_v)
  return core.start.weights(p, kind, U, V, o.seed, invariant or false)
end

-- The wide limit of entries with h s_u^2 -> a, h s_v^2 -> b.
local function wide(p, kind, a, b) return core.start.orthogonal(p, kind, math.huge, a, b) end

local function sampled(p, o, kind, s_u, s_v, invariant, draw)
  if o.explicit then return explicit_weights(p, o, kind, "gaussian", s_u, s_v, invariant) end
  return (draw or core.start.sampled)(p, kind, o.h, o.seed, s_u, s_v, invariant)
end

define("gaussian", "Independent normal entries of variance h^(-2 alpha).",
  {H, SEED, EXPLICIT, ALPHA, STD, STD_U, STD_V},
  function(p, o, kind, draw)
    if o.h == math.huge then
      if o.std or o.std_u or o.std_v or (o.alpha or 0.5) ~= 0.5 then
        return nil, NO_LIMIT .. ": alpha = 1/2"
      end
      return wide(p, kind, 1.0, 1.0)
    end
    local s_u, s_v = common.scales(o)
    if not s_u then return nil, s_v end
    return sampled(p, o, kind, s_u, s_v, false, draw)
  end)

define("xavier", "Glorot's scales: variances 2/(D + h) for U and 2/(h + m) for V.",
  {H, SEED, EXPLICIT},
  function(p, o, kind, draw)
    if o.h == math.huge then return wide(p, kind, 2.0, 2.0) end
    return sampled(p, o, kind, (2 / (p.D + o.h)) ^ 0.5, (2 / (o.h + p.m)) ^ 0.5, false, draw)
  end)

for _, law in ipairs{{"he", "He's", 2}, {"lecun", "LeCun's", 1}} do
  local kind, name, gain = law[1], law[2], law[3]
  define(kind, ("%s scales: variances %d/D for U and %d/h for V."):format(name, gain, gain),
    {H, SEED, EXPLICIT},
    function(p, o, _, draw)
      if o.h == math.huge then
        return nil, NO_LIMIT .. (": U's variance is %d/D at every width"):format(gain)
      end
      return sampled(p, o, kind, (gain / p.D) ^ 0.5, (gain / o.h) ^ 0.5, false, draw)
    end)
end

define("uniform", "Independent uniform entries of variance h^(-2 alpha); always explicit.",
  {H, SEED, EXPLICIT, ALPHA, STD, STD_U, STD_V},
  function(p, o, kind)
    local s_u, s_v = common.scales(o)
    if not s_u then return nil, s_v end
    return explicit_weights(p, o, kind, "uniform", s_u, s_v)
  end)

define("invariant",
  "Gaussian weights in the invariant set V U2' = 0, U1 U2' = 0: ends at Theta_hat.",
  {H, SEED, EXPLICIT, ALPHA, STD},
  function(p, o, kind, draw)
    if o.h == math.huge then
      if o.std or (o.alpha or 0.5) ~= 0.5 then return nil, NO_LIMIT .. ": alpha = 1/2" end
      return wide(p, kind, 1.0, 1.0)
    end
    local s_u, s_v = common.scales(o)
    if not s_u then return nil, s_v end
    return sampled(p, o, kind, s_u, s_v, true, draw)
  end)

define("orthogonal",
  "L = sqrt(lam) I, no part outside the data: the wide limit, lam = h^(1 - 2 alpha).",
  {H, ALPHA, {name = "lam", type = "number", range = "(0, inf)", help = "instead of alpha"}},
  function(p, o, kind)
    if o.lam and o.alpha then return nil, "give one of alpha and lam" end
    local k = p.rank + p.m
    if o.h < k then return nil, ("h must be at least rank + m = %d, got %s"):format(k, o.h) end
    local alpha = o.alpha or 0.5
    if o.h == math.huge and not o.lam and alpha ~= 0.5 then
      return nil, NO_LIMIT .. ": alpha = 1/2"
    end
    local lam = o.lam or alpha == 0.5 and 1.0 or o.h ^ (1 - 2 * alpha)
    return core.start.orthogonal(p, kind, o.h, lam, lam)
  end)

return M
