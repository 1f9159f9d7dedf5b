--- spec/theory/weights_spec.lua: the halves of Proposition 1 and the bounds from now on are never
-- violated, the bound is attained where it can be, and safe steps converge as they promise.
-- SPDX-License-Identifier: MIT
local linnet = require "linnet"

local theory = linnet.theory

local function least(m) return (m * m:t()):eigh():min() end
local function size_of(U, V) return (U * U:t()):norm() + (V * V:t()):norm() end

describe("bounds of random weights", function()
  it("are in order: both halves of Proposition 1, now, from now on, in the limit", function()
    local g = linnet.random(7)
    for i = 1, 400 do
      local r, m, h = g:integer(1, 4), g:integer(1, 4), g:integer(1, 9)
      local size = 10 ^ (2 * g:uniform(1, 1):get(1, 1) - 1)
      local U, V = size * g:normal(r, h), (i % 3 == 0 and 1e-3 or 1) * g:normal(m, h)
      local u, v = theory.gram_bounds(U, V)
      local slack = 1e-13 * size_of(U, V)
      assert(u >= 0 and u <= least(U) + slack and v >= 0 and v <= least(V) + slack)
      local x = theory.rates{U1 = U, V = V, target = g:normal(r, m)}
      assert(math.abs(2 * (u + v) - x.proposition1) < 10 * slack)
      assert(x.upper <= x.envelope + slack and x.margin <= x.corollary6 + slack)
      assert(x.imbalance <= x.margin + slack and x.instantaneous <= x.upper + slack)
    end
  end)

  it("hold from now on along flows: margin below, envelope above, corollary6 at the end", function()
    local seen = 0
    for seed = 1, 12 do
      local X, Y = linnet.data.gaussian{n = 5, D = 8, m = 1 + seed % 3, noise = 0.1, seed = seed}
      local p = linnet.problem(X, Y)
      local s = p:init("gaussian", {h = 3 + 3 * seed, std = 0.4, seed = seed})
      local at = p:flow(s, {t = 20, tol = 1e-9}):rates{0, 0.1, 1, 5, 20}
      for i = 1, 5 do
        for j = i, 5 do
          assert(at.instantaneous(j) <= at.envelope(i) * (1 + 1e-9))
          assert(at.instantaneous(j) >= at.margin(i) * (1 - 1e-9))
        end
      end
      local final = p:flow(s, {t = math.huge}).final:rates()
      assert(final.late >= final.corollary6 * (1 - 1e-9))
      if final.corollary6 > final.imbalance * 1.01 then seen = seen + 1 end
    end
    assert(seen > 5) -- it says more than Theorem 1
  end)
end)

describe("margin", function()
  it("is no round-off of the target: starts below it, at every scale", function()
    for seed = 1, 60 do
      local X, Y = linnet.data.gaussian{n = 5, D = 8, m = 1, orthonormal = true, seed = seed}
      for _, e in ipairs{0, -300, 300} do
        local p = linnet.problem(2.0 ^ e * X, 2.0 ^ -e * Y)
        local s = p:init("gaussian", {h = 20, std = 1e-9 * 2.0 ^ -e, seed = seed})
        local x = s:rates()
        assert(x.margin <= x.instantaneous, seed)
      end
    end
  end)
end)

describe("theory.rates", function()
  it("takes sigma in any order, with the rows of U1 and target", function()
    local g = linnet.random(1)
    local U, V, Y = g:normal(3, 8), g:normal(1, 8), g:normal(3, 1)
    local a = theory.rates{U1 = U, V = V, target = Y, sigma = {2, 1, 0.5}}
    for _, order in ipairs{{3, 2, 1}, {2, 3, 1}, {1, 3, 2}} do
      local P, sigma = linnet.zeros(3, 3), {}
      for i, j in ipairs(order) do
        P:set(i, j, 1)
        sigma[i] = ({2, 1, 0.5})[j]
      end
      local b = theory.rates{U1 = P * U, V = V, target = P * Y, sigma = sigma}
      for name, x in pairs(a) do assert(math.abs(b[name] - x) <= 1e-12 * x, name) end
    end
  end)
end)

describe("theory.tight_weights", function()
  local g = linnet.random(9)
  local function values(n)
    local list = {}
    for i = 1, n do
      local u = g:uniform(1, 2)
      list[i] = u:get(1, 1) < 0.15 and 0 or 10 ^ (2 * u:get(1, 2) - 1)
    end
    return list
  end

  it("has the imbalance, the product and the least eigenvalues that were asked for", function()
    local attained = 0
    for i = 1, 300 do
      local r, m = g:integer(1, 4), g:integer(1, 4)
      local product = i % 4 > 0 and g:normal(r, m) or linnet.eye(r, m) * g:orthogonal(m, m)
      local p, q = values(r), values(m)
      local w = theory.tight_weights{plus = p, minus = q, product = product}
      local slack = 1e-12 * size_of(w.U1, w.V)
      assert((w.U1 * w.V:t() - product):norm() <= slack)
      local want = {}
      for _, x in ipairs(p) do want[#want + 1] = x end
      for _, x in ipairs(q) do want[#want + 1] = -x end
      table.sort(want, function(x, y) return x > y end)
      local spectrum = theory.imbalance(w.U1, w.V).spectrum
      for j, x in ipairs(want) do assert(math.abs(spectrum:get(j, 1) - x) <= slack) end
      local u, v = theory.gram_bounds(w.U1, w.V)
      assert(math.abs(u + v - w.bound) <= slack and math.abs(least(w.U1) - u) <= slack)
      assert(w.attained or r == m and r > 1)
      if w.attained then
        attained = attained + 1
        local x = theory.rates{U1 = w.U1, V = w.V, target = product + 0.3 * w.direction}
        assert(math.abs(least(w.V) - v) <= slack)
        assert(math.abs(x.instantaneous - x.proposition1) <= 10 * slack)
      end
    end
    assert(attained > 200 and attained < 300)
  end)

  it("is tight where other weights of the same imbalance and product are not", function()
    local product = linnet.matrix{0.7, 0}
    local tight = theory.tight_weights{plus = {2, 1}, minus = {0.5}, product = product}
    -- modes of U alone exchanged: p = 1 meets q, p = 2 stands alone
    local loose = theory.tight_weights{plus = {1, 1}, minus = {0.5}, product = product}
    loose.U1:row(2):scale_(2 ^ 0.5)
    local u, v = theory.gram_bounds(loose.U1, loose.V)
    assert(math.abs(u + v - tight.bound) < 1e-12)
    assert(least(loose.U1) + least(loose.V) > 1.1 * (u + v))
    assert(math.abs(least(tight.U1) + least(tight.V) - (u + v)) < 1e-12)
  end)
end)

describe("theory.safe_step", function()
  it("converges as it promises, for the step and smaller ones", function()
    local g, some = linnet.random(3), 0
    for i = 1, 60 do
      local X, Y = linnet.data.gaussian{n = g:integer(1, 5), D = g:integer(1, 6),
        m = g:integer(1, 3), noise = 0.1, seed = i}
      local p = linnet.problem(X, Y)
      local s = p:init("gaussian", {h = g:integer(2, 40), std = 10 ^ (i % 3 - 1), seed = i})
      local step, low = s:safe_step(), p:singular_values():get(p.rank, 1)
      assert((step.eta > 0) == (s:imbalance().c > 0))
      for _, part in ipairs{1, 0.3} do
        if step.eta > 0 then
          some = some + 1
          local eta = part * step.eta
          local factor = (1 - eta * low ^ 2 * step.c / 4) ^ 2
          if part == 1 then assert(math.abs(factor - step.contraction) < 1e-14) end
          local run = p:descend(s, {eta = eta, steps = 200, every = 1})
          for k = 1, #run.k do
            assert(run.excess(k) <= (factor ^ run.k(k) * (1 + 1e-10) + 1e-28) * s:excess())
          end
        end
      end
    end
    assert(some > 40)
  end)

  it("scales as the flow does: eta by 1/(a b)^2 where X grows by a and weights by b", function()
    local X, Y = linnet.data.gaussian{n = 4, D = 5, m = 2, noise = 0.1, seed = 1}
    local g = linnet.random(4)
    local U, V = g:normal(5, 9), g:normal(2, 9)
    local function of(a, b)
      local p = linnet.problem(a * X, a * b * b * Y)
      return p:init{U = b * U, V = b * V}:safe_step().eta * (a * b) ^ 2
    end
    for _, e in ipairs{-60, 60} do assert(of(2.0 ^ e, 2.0 ^ -(e // 2)) == of(1, 1)) end
  end)
end)
