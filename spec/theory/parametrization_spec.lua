--- spec/theory/parametrization_spec.lua: a network with its own multiplier, rates and scales is
-- this library's on another clock: against loops over all of its weights.
-- SPDX-License-Identifier: MIT
local linnet = require "linnet"
local support = require "spec.support"

local KINDS = {"standard", "ntk", "mup", "mean_field"}

-- gamma A V and gamma A'U, without rates, of the network f = gamma V U'x.
local function forces(q, X, Y, U, V)
  local A = X:t() * (Y - q.gamma * (X * U * V:t()))
  return q.gamma * (A * V), q.gamma * (A:t() * U)
end

local function cases()
  local list, g = {}, linnet.random(5)
  for i = 1, 24 do
    local o = {n = g:integer(2, 6), D = g:integer(2, 8), m = g:integer(1, 3), noise = 0.1, seed = i}
    local X, Y = linnet.data.gaussian(o)
    local h = g:integer(1, 12)
    local q
    if i % 2 == 0 then
      q = linnet.parametrization{kind = KINDS[i // 2 % 4 + 1], h = h, D = o.D, m = o.m}
    else
      local function number() return math.exp(g:normal(1, 1)(1)) end
      q = linnet.parametrization{h = h, gamma = number(), eta_u = number(), eta_v = number(),
        std_u = 1, std_v = 0.5}
    end
    list[i] = {q = q, p = linnet.problem(X, Y), X = X, Y = Y,
      U = q.std_u / q.a * g:normal(o.D, h), V = q.std_v / q.b * g:normal(o.m, h)}
  end
  return list
end

describe("A parametrization", function()
  it("is the loop of its own on all weights, to round-off", function()
    for _, c in ipairs(cases()) do
      local q, p, U, V = c.q, c.p, c.U, c.V
      local s = p:init{U = q.a * U, V = q.b * V}
      local rate = 0.3 * s:stable_step() / q:eta(1)
      for method, momentum in pairs{gd = 0, heavy_ball = 0.8} do
        local u, v, du, dv = U, V, 0 * U, 0 * V
        for _ = 1, 25 do
          local fu, fv = forces(q, c.X, c.Y, u, v)
          du, dv = momentum * du + rate * q.eta_u * fu, momentum * dv + rate * q.eta_v * fv
          u, v = u + du, v + dv
        end
        local run = p:descend(s, {eta = q:eta(rate), steps = 25, method = method,
          momentum = method ~= "gd" and momentum or nil})
        assert(support.relative(run.final:U(), q.a * u) < 1e-14)
        assert(support.relative(run.final:V(), q.b * v) < 1e-14)
        assert(support.relative(run.final:theta(), q.gamma * (u * v:t())) < 1e-14)
      end
    end
  end)

  it("has the flow of its own, stage by stage of Runge and Kutta", function()
    for _, c in ipairs(cases()) do
      local q, p = c.q, c.p
      local s = p:init{U = q.a * c.U, V = q.b * c.V}
      local T, steps = 0.5 * s:stable_step() / q:eta(1), 40
      -- Classical Runge and Kutta of either system: exactly conjugate.
      local function march(velocity, u, v, dt)
        local function add(x, y, k, l) return x + k, y + l end
        for _ = 1, steps do
          local a, b = velocity(u, v)
          local c2, d2 = velocity(add(u, v, dt / 2 * a, dt / 2 * b))
          local c3, d3 = velocity(add(u, v, dt / 2 * c2, dt / 2 * d2))
          local c4, d4 = velocity(add(u, v, dt * c3, dt * d3))
          u, v = u + dt / 6 * (a + 2 * c2 + 2 * c3 + c4), v + dt / 6 * (b + 2 * d2 + 2 * d3 + d4)
        end
        return u, v
      end
      local u, v = march(function(x, y)
        local fu, fv = forces(q, c.X, c.Y, x, y)
        return q.eta_u * fu, q.eta_v * fv
      end, c.U, c.V, T / steps)
      local plain = {gamma = 1}
      local u1, v1 = march(function(x, y) return forces(plain, c.X, c.Y, x, y) end, q.a * c.U,
        q.b * c.V, q:eta(T) / steps)
      assert(support.relative(u1, q.a * u) < 1e-14 and support.relative(v1, q.b * v) < 1e-14)
      local final = p:flow(s, {t = q:eta(T), tol = 1e-12, method = "dop853"}).final
      assert(support.relative(final:theta(), q.gamma * (u * v:t())) < 1e-8)
    end
  end)

  it("is not another's: wrong powers of the rates show at once (negative control)", function()
    local c = cases()[1]
    local q, p = c.q, c.p
    assert(math.abs(q.eta_u / q.eta_v - 1) > 0.1)
    local fu, fv = forces(q, c.X, c.Y, c.U, c.V)
    local theta = q.gamma * (c.U + 1e-3 * q.eta_u * fu) * (c.V + 1e-3 * q.eta_v * fv):t()
    local function off(a, b)
      local run = p:descend(p:init{U = a * c.U, V = b * c.V}, {eta = q:eta(1e-3), steps = 1})
      return support.relative(run.final:theta(), theta)
    end
    assert(off(q.a, q.b) < 1e-14 and off(q.b, q.a) > 1e-6)
  end)

  it("has kinds of known widths", function()
    local D, h = 50, 1e8
    local standard = linnet.parametrization{kind = "standard", h = h, D = D}
    assert.near(1, standard.wide.u * D / h, 1e-14)
    assert.near(1, standard.wide.v, 1e-14)
    assert.equal(1, standard.time)
    local ntk = linnet.parametrization{kind = "ntk", h = h}
    assert.near(1, ntk.std_u * h ^ 0.25, 1e-14)
    assert.near(1, ntk.std_v * h ^ 0.25, 1e-14)
    assert.near(1, ntk.time * h ^ 0.5, 1e-14)
    for _, kind in ipairs{"mup", "mean_field"} do
      local q = linnet.parametrization{kind = kind, h = h}
      assert.near(1, q.std_u * h ^ 0.5, 1e-14)
      assert.near(1, q.std_v * h ^ 0.5, 1e-14)
      assert.near(1, q.time, 1e-14)
      assert.near(1, q.wide.u, 1e-14)
    end
    -- muP as it is often written: no multiplier, V's entries 1/h, rates h and 1/h: the same network
    local written = linnet.parametrization{h = h, std_u = 1, std_v = 1 / h, eta_u = h,
      eta_v = 1 / h}
    assert.near(1, written.std_u * h ^ 0.5, 1e-14)
    assert.near(1, written.std_v * h ^ 0.5, 1e-14)
    assert.near(1, written.time, 1e-14)
  end)

  it("starts as this library's kinds do, and has their wide limit", function()
    local X, Y = linnet.data.gaussian{n = 6, D = 9, m = 2, seed = 1}
    local p = linnet.problem(X, Y)
    local q = linnet.parametrization{kind = "mup", h = 1e4, D = 9, m = 2}
    local s, alpha = q:init(p, {seed = 4}), p:init("gaussian", {h = 1e4, alpha = 0.5, seed = 4})
    assert(support.relative(s:theta(), alpha:theta()) < 1e-12)
    local lecun = linnet.parametrization{kind = "standard", h = 1e4, D = 9}:init(p, {seed = 4})
    assert(support.relative(lecun:theta(), p:init("lecun", {h = 1e4, seed = 4}):theta()) < 1e-12)
    local wide = linnet.parametrization{kind = "mup", h = math.huge}
    assert.equal(p:init("gaussian", {h = math.huge}):sharpness(), wide:init(p):sharpness())
    assert(math.abs(wide:init(p):sharpness()
      / linnet.parametrization{kind = "mup", h = 1e14}:init(p):sharpness() - 1) < 1e-5)
    local lopsided = linnet.parametrization{kind = "mup", h = math.huge, std_u = 2}:init(p)
    local spectrum = lopsided:imbalance().spectrum
    assert.near(4, spectrum:max(), 1e-12)
    assert.near(-1, spectrum:min(), 1e-12)
    assert(q:init(p, {explicit = true}):U():cols() == 1e4)
  end)

  it("refuses what has no meaning, at the caller's line", function()
    local p = linnet.problem(linnet.eye(3), linnet.ones(3, 1))
    local q = linnet.parametrization{kind = "mup", h = 10, D = 4}
    for message, call in pairs{
      ["parametrization: give kind, or std_u and std_v: there is no std_u"] = function()
        linnet.parametrization{h = 10} end,
      ["parametrization: kind 'standard' needs D, for std_u = D^(-1/2)"] = function()
        linnet.parametrization{kind = "standard", h = 10} end,
      ["init: the parametrization was made for D = 4, but the problem has 3"] = function()
        q:init(p) end,
      ["init: there is no wide limit: h times the variances of U and V tend to inf and inf"] =
        function() linnet.parametrization{kind = "ntk", h = math.huge}:init(p) end,
      ["init: the first argument must be a problem, got nil"] = function() q:init() end,
      ["eta: x must be a finite number > 0, got 0"] = function() q:eta(0) end,
      ["eta: called on something that is not a parametrization; write parametrization:eta(...)"] =
        function() q.eta(1) end,
    } do
      support.refuses(call, message)
      local _, e = pcall(call)
      assert.matches("^spec/theory/parametrization_spec.lua:%d+: ", tostring(e))
    end
  end)
end)
