--- Parametrizations: output multipliers, learning rates of each layer and scales of the start, as
-- one change of variables.
--
-- A network f(x) = gamma V U'x whose layers learn at rates eta_u and eta_v is this library's
-- network with weights a U and b V, on another clock: exactly, at any width, for flow and gradient
-- descent (mathematics.md, section 5.1).
--
-- SPDX-License-Identifier: MIT
-- @module linnet.parametrization

local check = require "linnet.check"
local common = require "linnet.start.common"
local core = require "linnet.core"
local options = require "linnet.options"
local types = require "linnet.types"
local error = require("linnet.failure").raise

local M = {parametrization = {}}

--- A network in a parametrization of its own, as this library's: made by
-- `linnet.parametrization`.
-- @type parametrization
-- @field kind its name, nil where the numbers were given
-- @field h hidden width
-- @field D inputs, where they were given
-- @field m outputs, where they were given
-- @field gamma multiplier of the output
-- @field eta_u learning rate of U
-- @field eta_v learning rate of V
-- @field a what U is multiplied by to be this library's
-- @field b the same of V
-- @field std_u standard deviation of the entries of a U at the start
-- @field std_v the same of b V
-- @field time what a step, or a time, of the parametrization counts here
-- @field wide `u` and `v`: h times the variances std_u^2 and std_v^2; where they stay finite, and
--   not both 0, as h grows there is a wide limit

-- Numbers that go like a power of the width: their factor and exponent.
local KINDS = {
  standard = {gamma = {1, 0}, eta_u = {1, 0}, eta_v = {1, 0}, std_u = {1, 0}, std_v = {1, -0.5}},
  ntk = {gamma = {1, -0.5}, eta_u = {1, 0}, eta_v = {1, 0}, std_u = {1, 0}, std_v = {1, 0}},
  mup = {gamma = {1, -1}, eta_u = {1, 1}, eta_v = {1, 1}, std_u = {1, 0}, std_v = {1, 0}},
}
KINDS.mean_field = KINDS.mup
local NUMBERS = {"gamma", "eta_u", "eta_v", "std_u", "std_v"}

options.define("parametrization", {
  summary = "A network with a multiplier, rates and scales of its own, as this library's.",
  {name = "kind", choices = {"standard", "ntk", "mup", "mean_field"},
    help = "of the numbers below: (1, 1, 1, D^(-1/2), h^(-1/2)), (h^(-1/2), 1, 1, 1, 1), (1/h, h, "
      .. "h, 1, 1), and the same again"},
  {name = "h", type = "integer", range = "[1, inf]", float = true, required = true,
    help = "hidden width; math.huge for kinds that have a wide limit"},
  {name = "D", type = "integer", range = "[1, inf)", help = "inputs; for kind standard"},
  {name = "m", type = "integer", range = "[1, inf)", help = "outputs"},
  {name = "gamma", type = "number", range = "(0, inf)", default_help = "of the kind, or 1",
    help = "f = gamma V U'x"},
  {name = "eta_u", type = "number", range = "(0, inf)", default_help = "of the kind, or 1",
    help = "learning rate of U"},
  {name = "eta_v", type = "number", range = "(0, inf)", default_help = "of the kind, or 1",
    help = "learning rate of V"},
  {name = "std_u", type = "number", range = "[0, inf)", default_help = "of the kind",
    help = "standard deviation of U's entries at the start"},
  {name = "std_v", type = "number", range = "[0, inf)", default_help = "of the kind",
    help = "the same of V"},
})

-- The product of powers of numbers {factor, exponent}.
local function product(...)
  local factor, exponent = 1, 0
  for _, term in ipairs{...} do
    local x, power = term[1], term[2]
    factor, exponent = factor * x[1] ^ power, exponent + x[2] * power
  end
  return {factor, exponent}
end

-- A number at a width, also an infinite one.
local function at(h, x)
  if x[2] == 0 or x[1] == 0 then return x[1] end
  return x[1] * h ^ x[2]
end

-- The numbers as {factor, exponent}: those of the kind but for those given; or nil and why not.
local function numbers(o)
  local x = {}
  for _, name in ipairs(NUMBERS) do
    local own = o.kind and KINDS[o.kind][name] or name:find("std", 1, true) == nil and {1, 0}
    x[name] = o[name] and {o[name], 0} or own
    if not x[name] then return nil, "give kind, or std_u and std_v: there is no " .. name end
  end
  if o.kind == "standard" and not o.std_u then
    if not o.D then return nil, "kind 'standard' needs D, for std_u = D^(-1/2)" end
    x.std_u = {o.D ^ -0.5, 0}
  end
  return x
end

local Parametrization = types.meta("parametrization", {__tostring = core.state.fields.__tostring})

--- A parametrization as this library's network: f = gamma V U'x, layers that learn at eta_u and
-- eta_v, entries N(0, std_u^2) and N(0, std_v^2) at the start, become weights a U and b V with a =
-- gamma^(1/2) (eta_v/eta_u)^(1/4), b = gamma^(1/2) (eta_u/eta_v)^(1/4), on the clock (eta_u
-- eta_v)^(1/2) gamma. Exact, for flow and for gradient descent with or without momentum. [D],
-- section 5.1.
--
-- Kinds: `standard` (PyTorch's, with LeCun's scales), `ntk`, `mup` and its other name `mean_field`.
-- Numbers that are given take the place of the kind's.
-- @function parametrization
-- @tparam table opts see `help("parametrization")`
-- @treturn parametrization
-- @usage
-- local X, Y = linnet.data.gaussian{n = 20, D = 50, seed = 1}
-- local p = linnet.problem(X, Y)
-- for _, kind in ipairs{"standard", "ntk", "mup"} do
--   local q = linnet.parametrization{kind = kind, h = 1e6, D = p.D}
--   local s = q:init(p, {seed = 1})
--   print(kind, q.wide.u, q.wide.v, p:flow(s, {t = s.t + q:eta(1)}).final)
-- end
function M.new(opts)
  local o = options.check("parametrization", opts, 2)
  local x, why = numbers(o)
  if not x then error("parametrization: " .. why, 2) end
  local h = o.h + 0.0
  local ratio = product({x.eta_v, 0.25}, {x.eta_u, -0.25})
  local a = product({x.gamma, 0.5}, {ratio, 1})
  local b = product({x.gamma, 0.5}, {ratio, -1})
  local q = {kind = o.kind, h = o.h, D = o.D, m = o.m}
  for _, name in ipairs(NUMBERS) do q[name] = at(h, x[name]) end
  q.a, q.b = at(h, a), at(h, b)
  local std_u, std_v = product({a, 1}, {x.std_u, 1}), product({b, 1}, {x.std_v, 1})
  local width = {1, 1}
  q.std_u, q.std_v = at(h, std_u), at(h, std_v)
  q.time = at(h, product({x.eta_u, 0.5}, {x.eta_v, 0.5}, {x.gamma, 1}))
  q.wide = {u = at(h, product({std_u, 2}, {width, 1})), v = at(h, product({std_v, 2}, {width, 1}))}
  for _, name in ipairs{"a", "b", "std_u", "std_v", "time"} do
    local lost = q[name] == math.huge or q[name] == 0 and not name:find("std", 1, true)
    if lost and h < math.huge then
      error(("parametrization: %s = %g exceeds the doubles"):format(name, q[name]), 2)
    end
  end
  return setmetatable(q, Parametrization)
end

options.define("parametrization.init", {
  summary = "The start of a parametrization, as a state of this library.",
  {name = "seed", type = "integer", range = "[0, 9223372036854775807]", default = 0,
    help = "of the generator"},
  {name = "explicit", type = "boolean", default = false,
    help = "build all h columns of a U and b V (memory grows with h)"},
})

--- The start of the parametrization as a state of a problem: entries N(0, std_u^2), N(0, std_v^2),
-- or at h = math.huge the wide limit.
-- @function parametrization:init
-- @tparam problem p with as many inputs and outputs as were given, if any were
-- @tparam ?table opts see `help("parametrization.init")`
-- @treturn state
-- @usage
-- local X, Y = linnet.data.gaussian{n = 20, D = 50, seed = 1}
-- local q = linnet.parametrization{kind = "mup", h = 1e12}
-- print(q:init(linnet.problem(X, Y), {seed = 3}))
function M.parametrization.init(q, p, opts)
  check.self(q, Parametrization, "parametrization", "init")
  check.object("init", "the first argument", p, core.types.problem, "a problem")
  local o = options.check("parametrization.init", opts, 2)
  for _, name in ipairs{"D", "m"} do
    if q[name] and q[name] ~= p[name] then
      error(("init: the parametrization was made for %s = %d, but the problem has %d"):format(name,
        q[name], p[name]), 2)
    end
  end
  if q.h < math.huge then
    local room, why = true, nil
    if o.explicit then room, why = common.explicit_room(p, q.h) end
    if not room then error("init: " .. why, 2) end
    local s = p:init("gaussian", {h = q.h, std_u = q.std_u, std_v = q.std_v, seed = o.seed,
      explicit = o.explicit})
    return s
  end
  local u, v = q.wide.u, q.wide.v
  if o.explicit or not (u < math.huge and v < math.huge and u + v > 0) then
    error(o.explicit and "init: an infinite width cannot be built" or
      ("init: there is no wide limit: h times the variances of U and V tend to %g and %g"):format(u,
      v), 2)
  end
  return core.start.orthogonal(p, "gaussian", math.huge, u, v)
end

--- A learning rate, or a time, of the parametrization as this library's: `time` times as much. With
-- it both layers learn at x times their rates.
-- @function parametrization:eta
-- @tparam number x > 0
-- @treturn number
-- @usage
-- local X, Y = linnet.data.gaussian{n = 20, D = 50, seed = 1}
-- local p = linnet.problem(X, Y)
-- local q = linnet.parametrization{kind = "mup", h = 1e6}
-- print(p:descend(q:init(p), {eta = q:eta(0.1), steps = 100}))
function M.parametrization.eta(q, x)
  check.self(q, Parametrization, "parametrization", "eta")
  if type(x) ~= "number" or not (x > 0 and x < math.huge) then
    error(("eta: x must be a finite number > 0, got %s"):format(check.shown(x)), 2)
  end
  return q.time * x
end

return M
