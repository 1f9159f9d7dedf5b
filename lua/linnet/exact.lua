--- Trajectories known in closed form, for all times from 0 to infinity: oracles for integrators.
--
-- Every function returns an object whose `:at(t)` gives a table of what the closed form knows, t
-- being the time since the start that was given: `U1V` = U1 V' (r x m), `U1U1` = U1 U1' (r x r),
-- `VV` = V V' (m x m). Sections are those of mathematics.md; U1 = Phi1'U, target = Yt = W'Y.
--
-- SPDX-License-Identifier: MIT
-- @module linnet.exact

local arguments = require "linnet.theory.arguments"
local check = require "linnet.check"
local core = require "linnet.core"
local decay = require "linnet.theory.decay"
local options = require "linnet.options"
local vectors = require "linnet.plot.vectors"
local error = require("linnet.failure").raise

local M = {}

-- ---------------------------------------------------------------- arguments

local STATE = {name = "state", help = "a state, for U1, V, target and sigma"}
local U1 = {name = "U1", type = "matrix", help = "r x h', Phi1'U or its factor"}
local V = {name = "V", type = "matrix", help = "m x h'"}
local TARGET = {name = "target", type = "matrix", help = "r x m, Yt = W'Y"}
local SIGMA = {name = "sigma", type = "matrix|list", default_help = "ones",
  help = "r singular values of X"}

local ROUND_OFF = 1e-12 -- relative: what singular values of whitened data may differ from 1
local NOISE = 2.0 ^ -49 -- relative: what an LQ factorization leaves of an imbalance of 0

local function refuse(format, ...) return nil, format:format(...) end

-- The numbers of sigma as a list of r, or nil and why not.
local function sigma_list(sigma, r)
  local list, why = vectors.numbers(sigma or core.matrix.ones(r, 1))
  if not list then return refuse("sigma %s", why) end
  for _, x in ipairs(list) do
    if not (x > 0 and x < math.huge) then
      return refuse("sigma must hold positive numbers, got %s", x)
    end
  end
  if #list ~= r then return refuse("sigma has %d values, but U1 %d rows", #list, r) end
  return list
end

local function finite(matrices)
  for _, name in ipairs{"U1", "V", "target"} do
    local wrong = matrices[name] and check.not_finite(name, matrices[name])
    if wrong then return nil, wrong end
  end
  return true
end

-- [U1; V] = L O': only the row space counts, so L's r + m columns do instead of h.
local function factored(u, v)
  local r, m = u:rows(), v:rows()
  if u:cols() <= r + m then return u, v end
  local _, R = u:vcat(v):t():qr()
  local L = R:t()
  return L:sub(1, r, 1, r + m):copy(), L:sub(r + 1, r + m, 1, r + m):copy()
end

-- Of a start: U1, V (with all their columns), target and the list of sigma; or nil and why not.
local function given(o)
  local u, v, y, sigma = o.U1, o.V, o.target, o.sigma
  local parts = u or v or y or sigma
  if o.state ~= nil and parts or o.state == nil and not (u and v and y) then
    return refuse("give state, or U1, V and target")
  elseif o.state ~= nil then
    if not check.is(o.state, "state") then
      return refuse("state must be a state, got a %s", type(o.state))
    end
    if o.state.problem.loss ~= "squared" then
      return refuse("it is of the squared loss, and that of the state's problem is %s",
        o.state.problem.loss)
    end
    u, v = o.state:reduced()
    y, sigma = select(3, o.state.problem:reduced()), o.state.problem:singular_values()
  end
  local r, m = u:rows(), v:rows()
  if v:cols() ~= u:cols() or y:rows() ~= r or y:cols() ~= m or r * m * u:cols() == 0 then
    return refuse("U1 is %d x %d, V %d x %d, target %d x %d, but they must be r x h, m x h, r x m",
      r, u:cols(), m, v:cols(), y:rows(), y:cols())
  end
  local ok, why = finite{U1 = u, V = v, target = y}
  local list
  if ok then list, why = sigma_list(sigma, r) end
  if not list then return nil, why end
  return u, v, y, list
end

-- The same with at most r + m columns.
local function start(o)
  local u, v, y, sigma = given(o)
  if not u then return nil, v end
  u, v = factored(u, v)
  return u, v, y, sigma
end

local function time_check(t)
  if type(t) ~= "number" or not (t >= 0) then
    error(("at: t must be a number >= 0, math.huge allowed, got %s"):format(check.shown(t)), 3)
  end
  return t
end

local function object(at) return {at = function(_, t) return at(time_check(t)) end} end

-- A public function out of one that returns an object, or nil and why not.
local function define(name, build)
  M[name] = function(opts)
    local o = options.check("exact." .. name, opts, 2)
    local path, why = build(o)
    if not path then error(("exact.%s: %s"):format(name, why), 2) end
    return path
  end
end

-- ---------------------------------------------------------------- Lambda = lam I

options.define("exact.homogeneous", {
  summary = "Lambda = lam I_h, or zero imbalance at any width; sigma = 1.",
  STATE, U1, V, TARGET, SIGMA,
  {name = "lam", type = "number", default = 0, help = "U1'U1 - V'V = lam I; 0 for any width"},
})

--- Zero or homogeneous imbalance U1'U1 - V'V = lam I_h and sigma = 1: a matrix Riccati equation in
-- Z Z'. A component of the start in an eigenspace no larger than the round-off of the terms it is
-- summed from counts as absent for all times, so starts on their way to a saddle arrive there; a
-- small mode that meets no large one is kept however small. Fukumizu 1998; Braun et al. 2022;
-- Domine et al. 2024; section 8.
-- @function homogeneous
-- @tparam table opts see `help("exact.homogeneous")`
-- @treturn table object with `:at(t)` -> `{U1V, U1U1, VV, Z}`, Z (k x k') up to a rotation of its
--   columns
-- @usage
-- local Yt = linnet.matrix{{1, 0.3}, {0.2, 0.5}}
-- local small = 0.1 * linnet.eye(2)
-- local path = linnet.exact.homogeneous{U1 = small, V = small, target = Yt}
-- print(path:at(3).U1V, path:at(math.huge).U1V)
define("homogeneous", function(o)
  local u, v, y, sigma = start(o)
  if not u then return nil, v end
  for _, x in ipairs(sigma) do
    if math.abs(x - 1) > ROUND_OFF then
      return refuse("the closed form needs singular values of X equal to 1, got %.17g", x)
    end
  end
  local form, defect = core.exact.riccati(u, v, y, o.lam)
  if not (defect <= 1e-10) then
    return refuse("U1'U1 - V'V differs from lam I with lam = %g by %.2g relative to Z'Z", o.lam,
      defect)
  end
  return object(function(t)
    local UU, UV, VV, Z = form:at(t)
    return {U1U1 = UU, U1V = UV, VV = VV, Z = Z}
  end)
end)

-- ---------------------------------------------------------------- Z(0) Z(0)' = diag(a I, b I)

-- P diag(values) R', values continued by `rest` on a square matrix.
local function compose(P, values, R)
  local n, c = P:rows(), R:rows()
  local middle = core.matrix.new(n, c, function(i, j) return i == j and values[i] or 0 end)
  return P * middle * R:t()
end

-- Modes of a target: mode(s, t) -> those of U1 V', U1 U1' and V V'.
local function by_mode(y, mode)
  local ok, why = finite{target = y}
  if not ok then return nil, why end
  if y:rows() * y:cols() == 0 then return refuse("target is %d x %d", y:rows(), y:cols()) end
  local P, s, R = core.exact.pairs(y)
  local r, m, count = y:rows(), y:cols(), s:rows()
  return object(function(t)
    local p, uu, vv = {}, {}, {}
    for i = 1, math.max(r, m) do
      p[i], uu[i], vv[i] = mode(i <= count and s:get(i, 1) or 0, t)
    end
    return {U1V = compose(P, p, R), U1U1 = compose(P, uu, P), VV = compose(R, vv, R)}
  end)
end

local function diagonal(y, a, b)
  return by_mode(y, function(s, t) return core.exact.diagonal(a, b, s, t) end)
end

options.define("exact.diagonal", {
  summary = "Z(0) Z(0)' = diag(a I_r, b I_m), sigma = 1.",
  {name = "target", type = "matrix", required = true, help = "r x m, Yt = W'Y"},
  {name = "a", type = "number", range = "[0, inf)", required = true, help = "U1 U1' = a I at 0"},
  {name = "b", type = "number", range = "[0, inf)", required = true, help = "V V' = b I at 0"},
})

--- Start with U1 U1' = a I, V V' = b I, U1 V' = 0 and sigma = 1, such as the wide limit of
-- independent weights with h s_u^2 -> a, h s_v^2 -> b. [D], section 8.
-- @function diagonal
-- @tparam table opts see `help("exact.diagonal")`
-- @treturn table object with `:at(t)` -> `{U1V, U1U1, VV}`
-- @usage
-- local path = linnet.exact.diagonal{target = linnet.matrix{{2, 0}, {0, 1}}, a = 1, b = 0.5}
-- print(path:at(1).U1V)
define("diagonal", function(o) return diagonal(o.target, o.a, o.b) end)

options.define("exact.orthogonal", {
  summary = "Z(0) Z(0)' = lam I, sigma = 1.",
  {name = "target", type = "matrix", required = true, help = "r x m, Yt = W'Y"},
  {name = "lam", type = "number", range = "[0, inf)", default = 1, help = "Z Z' = lam I at 0"},
})

--- Orthogonal start Z(0) Z(0)' = lam I, sigma = 1: U1 V' ends at Yt, and V V' at (lam^2 I +
-- Yt'Yt)^(1/2). The wide limit with lam = h^(1 - 2 alpha). [D], section 8.
-- @function orthogonal
-- @tparam table opts see `help("exact.orthogonal")`
-- @treturn table object with `:at(t)` -> `{U1V, U1U1, VV}`
-- @usage
-- local path = linnet.exact.orthogonal{target = linnet.matrix{2, 1, 0.5}, lam = 0.7}
-- print(path:at(math.huge).VV)
define("orthogonal", function(o) return diagonal(o.target, o.lam, o.lam) end)

-- ---------------------------------------------------------------- Muon

options.define("exact.muon", {
  summary = "Aligned modes under Muon without momentum, sigma = 1.",
  {name = "target", type = "matrix", required = true, help = "r x m, Yt = W'Y = P diag(s) R'"},
  {name = "a", type = "number|list", range = "(0, inf)", required = true,
    help = "U1 = P diag(a) O' at 0: one number, or one for each of min(r, m) modes"},
  {name = "b", type = "number|list", range = "(0, inf)", required = true,
    help = "V = R diag(b) O' at 0, likewise"},
})

-- One number or a list as a list of so many; or nil and why not.
local function modes(name, x, count)
  local list = {}
  for i = 1, count do list[i] = type(x) == "number" and x or x[i] end
  if type(x) == "number" or #x == count then return list end
  return refuse("%s must be a number or %d, one for each mode, got %d", name, count, #x)
end

--- Muon without momentum (spectral descent) in the limit of small steps, t = eta k, from weights
-- aligned with the target, sigma = 1: every mode grows (or, if a b > s, shrinks) at speed 1 in both
-- layers, whatever the size of s, until a b = s at t_i = 2 |s - a b|/(((a - b)^2 + 4 s)^(1/2) + a +
-- b); so a - b, and not a^2 - b^2, is what it keeps. Descent itself is on this path to round-off
-- until a mode is within eta of its end, and within eta of it from then on. [D], section 8.
-- @function muon
-- @tparam table opts see `help("exact.muon")`
-- @treturn table object with `:at(t)` -> `{U1V, U1U1, VV}`, and the column `times` of the t_i
-- @usage
-- local path = linnet.exact.muon{target = linnet.matrix{{2, 0}, {0, 1}}, a = 0.1, b = 0.2}
-- print(path.times, path:at(0.5).U1V)
define("muon", function(o)
  local ok, why = finite{target = o.target}
  if not ok then return nil, why end
  local y = o.target
  if y:rows() * y:cols() == 0 then return refuse("target is %d x %d", y:rows(), y:cols()) end
  local P, s, R = core.exact.pairs(y)
  local a, b
  a, why = modes("a", o.a, s:rows())
  if a then b, why = modes("b", o.b, s:rows()) end
  if not b then return nil, why end
  local ends, signs = {}, {}
  for i = 1, #a do
    local x = s:get(i, 1)
    local gap = x - a[i] * b[i]
    signs[i] = gap > 0 and 1 or -1
    ends[i] = 2 * math.abs(gap) / (arguments.hypot(a[i] - b[i], 2 * x ^ 0.5) + a[i] + b[i])
  end
  local path = object(function(t)
    local p, uu, vv = {}, {}, {}
    for i = 1, #a do
      local move = signs[i] * math.min(t, ends[i])
      local u, v = math.max(a[i] + move, 0), math.max(b[i] + move, 0)
      p[i], uu[i], vv[i] = u * v, u * u, v * v
    end
    return {U1V = compose(P, p, R), U1U1 = compose(P, uu, P), VV = compose(R, vv, R)}
  end)
  path.times = core.matrix.new(#ends, 1, function(i) return ends[i] end)
  return path
end)

options.define("exact.decay", {
  summary = "Z(0) Z(0)' = lam I, sigma = 1, with weight decay.",
  {name = "target", type = "matrix", required = true, help = "r x m, Yt = W'Y"},
  {name = "lam", type = "number", range = "(0, inf)", default = 1, help = "Z Z' = lam I at 0"},
  {name = "weight_decay", type = "number", range = "(0, inf)", required = true,
    help = "w of L + w/2 (||U||^2 + ||V||^2)"},
})

--- Orthogonal start with weight decay and sigma = 1, by modified Bessel functions: U1 V' ends at
-- the singular values of Yt less w. [D], section 10.5.
-- @function decay
-- @tparam table opts see `help("exact.decay")`
-- @treturn table object with `:at(t)` -> `{U1V, U1U1, VV}`
-- @usage
-- local path = linnet.exact.decay{target = linnet.matrix{2, 1, 0.5}, weight_decay = 0.1}
-- print(path:at(3).U1V, path:at(math.huge).U1V)
define("decay", function(o)
  return by_mode(o.target, function(s, t)
    local p, vv = decay.mode(s, o.lam, o.weight_decay, t)
    return p, vv, vv
  end)
end)

-- ---------------------------------------------------------------- one input, one output

options.define("exact.scalar", {
  summary = "r = m = 1, any width.",
  STATE, U1, V,
  {name = "target", type = "number|matrix", help = "Yt, a number or a 1 x 1 matrix"},
  {name = "sigma", type = "number|matrix", range = "(0, inf)", default_help = "1",
    help = "the singular value of X"},
})

local function as_matrix(x)
  return type(x) == "number" and core.matrix.new(1, 1, x) or x
end

-- p(0), |u|^2 - |v|^2, (|u|^2 |v|^2 - p^2)^(1/2) and c. A state wider than its factor L knows the
-- last two to round-off of L only: a c below that is 0, as for every other bound.
local function conserved(u, v, state)
  local p0, difference, area, c = core.exact.scalar(u:t():copy(), v:t():copy())
  if state and state.h > u:cols() and c <= NOISE * (u:norm() ^ 2 + v:norm() ^ 2) then
    return p0, 0, 0, 0
  end
  return p0, difference, area, c
end

--- One singular value and one output, any width: p = u.v obeys p' = sqrt(c^2 + 4 p^2) sigma (yt -
-- sigma p), in all branches (towards the target, towards the saddle, zero target). c is computed
-- to its own round-off from U1 and V as given, so nearly balanced starts keep their time at the
-- saddle; of a state wider than two columns it counts as 0 below the round-off of its factor L. [D]
-- after Saxe et al. 2014, section 8.
-- @function scalar
-- @tparam table opts see `help("exact.scalar")`
-- @treturn table object with `:at(t)` -> numbers `p` = U1 V', `uu` = U1 U1', `vv` = V V', and field
--   `c`
-- @usage
-- local path = linnet.exact.scalar{
--   U1 = linnet.matrix{{0.3, -0.1}}, V = linnet.matrix{{0.2, 0.5}}, target = 2, sigma = 1.5,
-- }
-- print(path:at(0.7).p, path:at(math.huge).p)
define("scalar", function(o)
  o.target, o.sigma = as_matrix(o.target), as_matrix(o.sigma)
  local u, v, y, sigma = given(o)
  if not u then return nil, v end
  if u:rows() ~= 1 or v:rows() ~= 1 then
    return refuse("needs rank 1 and m = 1, got %d and %d", u:rows(), v:rows())
  end
  local p0, difference, area, c = conserved(u, v, o.state)
  local path = object(function(t)
    local p, uu, vv = core.exact.scalar_at(p0, difference, area, c, sigma[1], y:get(1, 1), t)
    return {p = p, uu = uu, vv = vv}
  end)
  path.c = c
  return path
end)

-- ---------------------------------------------------------------- the lazy limit

options.define("exact.lazy", {
  summary = "The dynamics linearized at a start, any data.",
  STATE, U1, V, TARGET, SIGMA,
})

--- The linearized ("lazy") dynamics E(t) = exp(-K(0) t) E(0), K the tangent kernel at the start,
-- any data. The network follows it only as far as its kernel does not move. Section 8.
-- @function lazy
-- @tparam table opts see `help("exact.lazy")`
-- @treturn table object with `:at(t)` -> `{E, U1V}`, both r x m, E = Yt - diag(sigma) U1V
-- @usage
-- local X, Y = linnet.data.gaussian{n = 4, D = 6, seed = 1}
-- local s = linnet.problem(X, Y):init("gaussian", {h = 1e6, seed = 2})
-- print(linnet.exact.lazy{state = s}:at(1).E)
define("lazy", function(o)
  local u, v, y, sigma = start(o)
  if not u then return nil, v end
  local form = core.exact.lazy(u, v, y, core.matrix.new(sigma))
  return object(function(t)
    local E = form:at(t)
    return {E = E, U1V = core.matrix.new(y:rows(), y:cols(), function(i, j)
      return (y:get(i, j) - E:get(i, j)) / sigma[i]
    end)}
  end)
end)

return M
