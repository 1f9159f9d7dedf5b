--- spec/theory/muon_spec.lua: aligned modes under Muon without momentum, against its descent.
-- SPDX-License-Identifier: MIT
local linnet = require "linnet"
local support = require "spec.support"

-- Whitened problems with a given reduced target, D = r + 2: X = [I 0] turned.
local function case(seed, r, m)
  local g = linnet.random(seed)
  local X = g:orthogonal(r, r) * g:orthogonal(r + 2, r):t()
  local p = linnet.problem(X, 2 * g:normal(r, m))
  local _, Pt, Yt = p:reduced()
  local q = math.min(r, m)
  local a, b = {}, {}
  for i = 1, q do a[i], b[i] = 0.1 + 0.4 * g:uniform(1, 1)(1), 0.1 + 0.2 * g:uniform(1, 1)(1) end
  local P, _, R = Yt:svd()
  local O = g:orthogonal(q + 3, q)
  local U1, V = P * linnet.diag(a) * O:t(), R * linnet.diag(b) * O:t()
  return p, p:init{U = Pt:t() * U1, V = V}, linnet.exact.muon{target = Yt, a = a, b = b}, g
end

local function off(s, at)
  local U1, V = s:reduced()
  return math.max(support.relative(U1 * V:t(), at.U1V), support.relative(U1 * U1:t(), at.U1U1),
    support.relative(V * V:t(), at.VV))
end

local SHAPES = {{5, 3}, {3, 3}, {2, 4}, {6, 1}}

describe("Muon without momentum", function()
  it("moves aligned modes at speed 1 until they are learned, each at its time", function()
    for seed, shape in ipairs(SHAPES) do
      local p, s, path = case(seed, shape[1], shape[2])
      local first = path.times:min()
      local eta = first / 100
      for _, k in ipairs{1, 10, 98} do
        local run = p:descend(s, {method = "muon", momentum = 0, eta = eta, steps = k})
        assert(off(run.final, path:at(eta * k)) < 1e-9, k)
      end
      local last = path.times:max()
      local function ending(n)
        local run = p:descend(s, {method = "muon", momentum = 0, eta = last / n, steps = n + 5})
        return off(run.final, path:at(math.huge))
      end
      assert(ending(100) < 0.1 and ending(1000) < 0.01) -- within eta of the end
      local done = path:at(math.huge).U1V
      local _, _, Yt = p:reduced()
      assert(support.relative(done, Yt) < 1e-13)
    end
  end)

  it("keeps a - b of a mode, not its imbalance a^2 - b^2", function()
    local y = linnet.matrix{{3}}
    local path = linnet.exact.muon{target = y, a = 0.5, b = 0.2}
    local final = path:at(math.huge)
    local a, b = final.U1U1(1, 1) ^ 0.5, final.VV(1, 1) ^ 0.5
    assert.near(0.3, a - b, 1e-14)
    assert.near(3, a * b, 1e-14)
    assert(math.abs(a ^ 2 - b ^ 2 - 0.21) > 0.5)
    assert.near((0.09 + 12) ^ 0.5 / 2 - 0.35, path.times(1), 1e-14)
  end)

  it("keeps |u| - |v| and |u|^2 |v|^2 - p^2 of each mode from wide starts, to first order in eta",
    function()
      local A, B = 1.7, 0.3
      for seed, shape in ipairs{{5, 3}, {3, 3}, {6, 1}} do
        local r, m = shape[1], shape[2]
        local p = case(seed, r, m)
        local _, Pt, Yt = p:reduced()
        local P, s, R = Yt:svd()
        local wide = p:init{U = Pt:t() * A ^ 0.5 * linnet.eye(r):hcat(linnet.matrix(r, m)),
          V = B ^ 0.5 * linnet.matrix(m, r):hcat(linnet.eye(m))}
        -- how far the modes' invariants and the end are from the law
        local function missed(eta, steps, fall)
          local etas = {}
          for k = 1, steps do etas[k] = fall and eta * (1 - (k - 1) / steps) ^ 2 or eta end
          local U1, V = p:descend(wide, {method = "muon", momentum = 0, eta = etas, steps = steps})
            .final:reduced()
          local worst, d = 0, A ^ 0.5 - B ^ 0.5
          for j = 1, m do
            local u, v = P:col(j):t() * U1, R:col(j):t() * V
            local product, last = (u * v:t())(1, 1), fall and s(j) or (u * v:t())(1, 1)
            local expected = ((d ^ 2 + 4 * (last ^ 2 + A * B) ^ 0.5) ^ 0.5 - d) / 2
            worst = math.max(worst, math.abs(u:norm() - v:norm() - d),
              math.abs(u:norm() ^ 2 * v:norm() ^ 2 - product ^ 2 - A * B),
              math.abs(v:norm() - expected))
          end
          return worst
        end
        local coarse, fine = missed(0.002, 50), missed(0.001, 100)
        assert(coarse < 0.01 and math.abs(coarse / fine - 2) < 0.2)
        local far = missed(0.02, 1000, true)
        assert(far < 0.1 and missed(0.005, 4000, true) < 0.4 * far)
      end
    end)

  it("shrinks what is too large, to 0 where there is no target", function()
    local path = linnet.exact.muon{target = linnet.matrix{{1, 0}, {0, 0}}, a = {3, 0.5},
      b = {2, 0.2}}
    local final = path:at(math.huge)
    assert(support.relative(final.U1V, linnet.matrix{{1, 0}, {0, 0}}) < 1e-14)
    assert.near(0.2, path.times(2), 1e-14)
    assert.near(0.3 ^ 2, final.U1U1(2, 2), 1e-14)
  end)

  it("leaves the path without alignment, or on data not whitened (controls)", function()
    local p, s, path, g = case(1, 5, 3)
    local eta = path.times:min() / 100
    local function after(q, start)
      local run = q:descend(start, {method = "muon", momentum = 0, eta = eta, steps = 60})
      return off(run.final, path:at(60 * eta))
    end
    assert(after(p, s) < 1e-9)
    local U, V = s:U(), s:V()
    local turned = p:init{U = U + 0.05 * g:normal(U:rows(), U:cols()), V = V}
    assert(after(p, turned) > 1e-2)
    local _, Pt, Yt = p:reduced()
    local stiff = linnet.problem(linnet.diag{3, 2, 1, 0.5, 0.2} * Pt, Yt)
    assert(after(stiff, stiff:init{U = U, V = V}) > 1e-2)
  end)

  it("refuses what is no start", function()
    support.refuses(function() linnet.exact.muon{target = linnet.eye(2), a = {1}, b = 1} end,
      "exact.muon: a must be a number or 2, one for each mode, got 1")
    support.refuses(function() linnet.exact.muon{target = linnet.eye(2), a = 0, b = 1} end,
      "exact.muon: option 'a' must be a number > 0 or a list of numbers > 0, got 0")
  end)
end)
