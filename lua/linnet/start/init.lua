--- Initializers: every kind of start that `problem:init` knows.
--
-- Kinds with independent Gaussian weights are drawn in reduced form, at the same cost for any
-- width; see mathematics.md, sections 2 and 5.
--
-- SPDX-License-Identifier: MIT
-- @module linnet.start

local core = require "linnet.core"
local options = require "linnet.options"
local problem = require "linnet.problem"
local error = require("linnet.failure").raise

local M = {}

local EXPLICIT_LIMIT = 2 ^ 28 -- entries of U and V together: 2 GiB

-- ---------------------------------------------------------------- options

local H = {name = "h", type = "integer", range = "[1, inf]", float = true, required = true,
  help = "hidden width, however large; math.huge for the wide limit where the law has one"}
local SEED = {name = "seed", type = "integer", range = "[0, 9223372036854775807]", default = 0,
  help = "of the generator; another seed is another draw"}
local EXPLICIT = {name = "explicit", type = "boolean", default = false,
  help = "build all h columns of U and V (memory grows with h)"}
local ALPHA = {name = "alpha", type = "number", range = "[0, inf)",
  default_help = "0.5 unless a std is given", help = "entries of variance h^(-2 alpha)"}
local STD = {name = "std", type = "number", range = "(0, inf)",
  help = "standard deviation of all entries, instead of alpha"}
local STD_U = {name = "std_u", type = "number", range = "[0, inf)",
  help = "standard deviation of U's entries (with std_v)"}
local STD_V = {name = "std_v", type = "number", range = "[0, inf)",
  help = "standard deviation of V's entries (with std_u)"}

M.shared = {h = H, seed = SEED, explicit = EXPLICIT, alpha = ALPHA, std = STD, std_u = STD_U,
  std_v = STD_V}

--- Kinds by name: `build(p, o, kind)` makes a state, `summary` says what it is.
M.kinds = {}
M.names = {}

--- Register a kind of start.
-- @tparam string kind
-- @tparam string summary one line
-- @tparam table entries of the option schema
-- @tparam function build `(problem, options, kind, draw) -> state` or nil and a message; kinds
--   drawn in reduced form call `draw`, by default `core.start.sampled`, which the ensemble replaces
function M.define(kind, summary, entries, build)
  entries.summary = summary
  options.define("init." .. kind, entries)
  M.kinds[kind] = build
  M.names[#M.names + 1] = kind
end

-- ---------------------------------------------------------------- independent weights

-- s_u, s_v from alpha, std or std_u and std_v; or nil and why not.
local function scales(o)
  local pair = o.std_u ~= nil or o.std_v ~= nil
  local given = (o.alpha and 1 or 0) + (o.std and 1 or 0) + (pair and 1 or 0)
  if given > 1 then return nil, "give one of alpha, std, or std_u with std_v" end
  if pair then
    if not (o.std_u and o.std_v) then return nil, "std_u and std_v go together" end
    return o.std_u, o.std_v
  end
  local s = o.std or o.h ^ -(o.alpha or 0.5)
  return s, s
end

M.scales = scales

--- Whether U and V of this width can be built: true, or nil and why not.
function M.explicit_room(p, h)
  if h < math.huge and (p.D + p.m) * h <= EXPLICIT_LIMIT then return true end
  return nil, ("h = %s is too large to build U (%d x h) and V (%d x h) explicitly"):format(h, p.D,
    p.m)
end

local function explicit_weights(p, o, kind, law, s_u, s_v, invariant)
  local room, why = M.explicit_room(p, o.h)
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

local NO_LIMIT = "h = inf has a limit only where h times the variance of the entries converges"

M.define("gaussian", "Independent normal entries of variance h^(-2 alpha).",
  {H, SEED, EXPLICIT, ALPHA, STD, STD_U, STD_V},
  function(p, o, kind, draw)
    if o.h == math.huge then
      if o.std or o.std_u or o.std_v or (o.alpha or 0.5) ~= 0.5 then
        return nil, NO_LIMIT .. ": alpha = 1/2"
      end
      return wide(p, kind, 1.0, 1.0)
    end
    local s_u, s_v = scales(o)
    if not s_u then return nil, s_v end
    return sampled(p, o, kind, s_u, s_v, false, draw)
  end)

M.define("xavier", "Glorot's scales: variances 2/(D + h) for U and 2/(h + m) for V.",
  {H, SEED, EXPLICIT},
  function(p, o, kind, draw)
    if o.h == math.huge then return wide(p, kind, 2.0, 2.0) end
    return sampled(p, o, kind, (2 / (p.D + o.h)) ^ 0.5, (2 / (o.h + p.m)) ^ 0.5, false, draw)
  end)

for _, law in ipairs{{"he", "He's", 2}, {"lecun", "LeCun's", 1}} do
  local kind, name, gain = law[1], law[2], law[3]
  M.define(kind, ("%s scales: variances %d/D for U and %d/h for V."):format(name, gain, gain),
    {H, SEED, EXPLICIT},
    function(p, o, _, draw)
      if o.h == math.huge then
        return nil, NO_LIMIT .. (": U's variance is %d/D at every width"):format(gain)
      end
      return sampled(p, o, kind, (gain / p.D) ^ 0.5, (gain / o.h) ^ 0.5, false, draw)
    end)
end

M.define("uniform", "Independent uniform entries of variance h^(-2 alpha); always explicit.",
  {H, SEED, EXPLICIT, ALPHA, STD, STD_U, STD_V},
  function(p, o, kind)
    local s_u, s_v = scales(o)
    if not s_u then return nil, s_v end
    return explicit_weights(p, o, kind, "uniform", s_u, s_v)
  end)

M.define("invariant",
  "Gaussian weights in the invariant set V U2' = 0, U1 U2' = 0: ends at Theta_hat.",
  {H, SEED, EXPLICIT, ALPHA, STD},
  function(p, o, kind, draw)
    if o.h == math.huge then
      if o.std or (o.alpha or 0.5) ~= 0.5 then return nil, NO_LIMIT .. ": alpha = 1/2" end
      return wide(p, kind, 1.0, 1.0)
    end
    local s_u, s_v = scales(o)
    if not s_u then return nil, s_v end
    return sampled(p, o, kind, s_u, s_v, true, draw)
  end)

M.define("orthogonal",
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

-- ---------------------------------------------------------------- given weights

options.define("init.matrices", {
  summary = "A start from given weights.",
  {name = "U", type = "matrix", required = true, help = "first layer, D x h"},
  {name = "V", type = "matrix", required = true, help = "second layer, m x h"},
})

local function given_weights(p, o)
  local U, V = o.U, o.V
  if U:rows() ~= p.D or V:rows() ~= p.m or U:cols() ~= V:cols() or U:cols() == 0 then
    return nil, ("U is %d x %d and V is %d x %d, but U must be D x h and V m x h with D = %d, "
      .. "m = %d and the same h >= 1"):format(U:rows(), U:cols(), V:rows(), V:cols(), p.D, p.m)
  end
  for _, name in ipairs{"U", "V"} do
    local i, j, x = core.matrix.non_finite(o[name])
    if i then return nil, ("%s(%d, %d) is %s: every entry must be finite"):format(name, i, j,
      x ~= x and "nan" or x) end
  end
  return core.start.weights(p, "matrices", U, V, 0, false)
end

--- A state of this problem: a kind with options, or `{U = U, V = V}`.
-- Kinds: gaussian, xavier, he, lecun, uniform, invariant, orthogonal, balanced, homogeneous,
-- imbalanced, spectral, zero_output; `help("init.gaussian")` lists a kind's options.
-- @function problem:init
-- @param kind a string, or a table with matrices U (D x h) and V (m x h)
-- @tparam ?table opts of the kind
-- @treturn state
-- @usage
-- local X, Y = linnet.data.gaussian{n = 20, D = 50, seed = 1}
-- local p = linnet.problem(X, Y)
-- print(p:init("gaussian", {h = 1e12, alpha = 0.5, seed = 2}))
-- print(p:init{U = linnet.ones(50, 3), V = linnet.ones(1, 3)})
function problem.methods.init(p, kind, opts)
  problem.check(p, "init")
  local state, why
  if type(kind) == "table" then
    local o = options.check("init.matrices", kind, 2)
    state, why = given_weights(p, o)
    kind = "matrices"
  elseif type(kind) == "string" and M.kinds[kind] then
    local o = options.check("init." .. kind, opts, 2)
    state, why = M.kinds[kind](p, o, kind)
  else
    local near = type(kind) == "string" and options.nearest(kind, M.names)
    error(("init: kind must be one of %s, or a table {U = U, V = V}; got %s%s"):format(
      table.concat(M.names, ", "), type(kind) == "string" and "'" .. kind .. "'" or type(kind),
      near and (" (did you mean '%s'?)"):format(near) or ""), 2)
  end
  if not state then error(("init.%s: %s"):format(kind, why), 2) end
  return state
end

return M
