--- spec/model/structured_spec.lua: structured starts by their defining properties, through p:init.
-- SPDX-License-Identifier: MIT
local linnet = require "linnet"
local core = require "linnet.core"
local support = require "spec.support"

local INF = math.huge

local function problem(o)
  local X, Y = linnet.data.gaussian(o)
  return linnet.problem(X, Y)
end

-- m < rank < D; m > rank; D = rank (nothing unseen); m = 1.
local problems = {
  problem{n = 5, D = 9, m = 2, seed = 1}, problem{n = 2, D = 7, m = 4, seed = 2},
  problem{n = 8, D = 3, m = 2, seed = 3}, problem{n = 4, D = 6, m = 1, kappa = 1e4, seed = 4},
}

local function close(a, b, tol)
  local size = math.max(core.matrix.max_abs(a), core.matrix.max_abs(b))
  local off = core.matrix.max_abs(a - b)
  assert(off <= tol * size, ("differ by %g of %g"):format(off, size))
end

local function refusal(p, kind, o)
  local ok, why = pcall(function() p:init(kind, o) end)
  assert(not ok and why:find("structured_spec", 1, true), why)
  return why
end

-- The nonzero part of the imbalance spectrum, decreasing.
local function spectrum(s)
  local out = {}
  local values = s:imbalance().spectrum
  for i = 1, #values do
    if math.abs(values:get(i, 1)) > 1e-10 then out[#out + 1] = values:get(i, 1) end
  end
  return out
end

local function theta_of(p, seed) return linnet.random(seed):normal(p.D, p.m) end

describe("imbalanced", function()
  it("has the prescribed c, D+ = D- = 0, at the given map, implicit and explicit", function()
    for i, p in ipairs(problems) do
      local theta = theta_of(p, i)
      for _, c in ipairs{1e-3, 2.385, 50} do
        for _, explicit in ipairs{false, true} do
          local s = p:init("imbalanced", {h = 20, c = c, theta = theta, explicit = explicit})
          local b = s:imbalance()
          assert(math.abs(b.c - c) < 1e-12 * (c + theta:norm()))
          assert(b.delta_plus < 1e-11 and b.delta_minus < 1e-11)
          close(s:theta(), theta, 1e-12)
          if explicit then close(s:U() * s:V():t(), theta, 1e-12) end
        end
      end
    end
  end)

  it("reaches any spectrum of at most rank positive and m negative eigenvalues", function()
    local p = problems[1]
    local theta = theta_of(p, 5)
    local s = p:init("imbalanced", {h = 1e9, positive = {3.1, 0.2, 1.7}, negative = {0.4, 2.6},
      theta = theta})
    local found = spectrum(s)
    for i, x in ipairs{3.1, 1.7, 0.2, -0.4, -2.6} do assert(math.abs(found[i] - x) < 1e-12) end
    close(s:theta(), theta, 1e-13)
  end)

  it("keeps the map for a theta of low rank, and for one the data do not see", function()
    local p = problems[1]
    local a, b = linnet.random(6):normal(p.D, 1), linnet.random(7):normal(1, p.m)
    close(p:init("imbalanced", {h = 9, c = 1, theta = a * b}):theta(), a * b, 1e-12)
    local _, Pt = p:reduced()
    local unseen = a * b - Pt:t() * (Pt * (a * b))
    local s = p:init("imbalanced", {h = 9, c = 1, theta = unseen})
    close(s:theta(), unseen, 1e-12)
    assert(math.abs(s:imbalance().c - 1) < 1e-12)
  end)

  it("needs rank + m columns for c > 0", function()
    for text, o in pairs{
      ["h must be at least 7 for this start, got 6"] = {h = 6, c = 1, scale = 1},
      ["give theta or scale"] = {h = 9, c = 1},
      ["give c, or positive"] = {h = 9, scale = 1},
      ["at most m = 2"] = {h = 9, scale = 1, negative = {1, 1, 1}},
      ["theta must be D x m = 9 x 2, got 2 x 2"] = {h = 9, c = 1, theta = linnet.ones(2, 2)},
    } do
      assert(refusal(problems[1], "imbalanced", o):find(text, 1, true))
    end
  end)
end)

describe("balanced", function()
  it("has zero imbalance at the given map and V V' = (Theta'Phi1 Phi1'Theta)^(1/2)", function()
    for i, p in ipairs(problems) do
      if p.m <= p.rank then
        local theta = theta_of(p, 10 + i)
        for _, explicit in ipairs{false, true} do
          local s = p:init("balanced", {h = 12, theta = theta, explicit = explicit})
          assert(#spectrum(s) == 0 and s:imbalance().c == 0)
          close(s:theta(), theta, 1e-12)
          local _, V = s:reduced()
          local _, Pt = p:reduced()
          local inside = Pt * theta
          close((V * V:t()) * (V * V:t()), inside:t() * inside, 1e-12)
        end
      end
    end
  end)

  it("is refused where theta has unseen rows outside the row space of its seen part", function()
    local why = refusal(problems[2], "balanced", {h = 12, scale = 1}) -- m = 4 > rank = 2
    assert(why:find("outside the row space", 1, true))
    -- but not where the rows lie inside
    local p = problems[2]
    local theta = linnet.random(1):normal(p.D, 1) * linnet.random(2):normal(1, p.m)
    close(p:init("balanced", {h = 12, theta = theta}):theta(), theta, 1e-12)
  end)

  it("is as wide as one likes, and as narrow as its rank", function()
    local p = problems[1]
    for _, h in ipairs{2, 1e15, INF} do
      assert(#spectrum(p:init("balanced", {h = h, scale = 1})) == 0)
    end
    assert(refusal(p, "balanced", {h = 1, scale = 1}):find("at least 2", 1, true))
  end)

  it("draws another map for another seed and the same for the same", function()
    local p = problems[1]
    local function theta(seed)
      return p:init("balanced", {h = 4, scale = 1, seed = seed}):theta()
    end
    assert(theta(1) == theta(1) and not theta(1):allclose(theta(2), 0.1))
  end)
end)

describe("homogeneous", function()
  it("has U1'U1 - V'V = lam I of exactly h columns at the given map", function()
    for _, case in ipairs{{1, 5, 0.7}, {1, 3, 12}, {1, 2, -0.6}, {4, 4, 1e-3}, {4, 1, -2}} do
      local p, h, lam = problems[case[1]], case[2], case[3]
      local theta = theta_of(p, 20)
      for _, explicit in ipairs{false, true} do
        local s = p:init("homogeneous", {h = h, lam = lam, theta = theta, explicit = explicit})
        local U, V = s:reduced()
        close(U:t() * U - V:t() * V, lam * linnet.eye(h), 1e-11 * (1 + 1 / math.abs(lam)))
        close(s:theta(), theta, 1e-12)
      end
    end
  end)

  it("says why it cannot be wider", function()
    local p = problems[1]
    for text, o in pairs{
      ["needs h <= rank of X"] = {h = 6, lam = 1, scale = 1},
      ["needs h <= m"] = {h = 3, lam = -1, scale = 1},
      ["rank of theta on the data is larger than h"] = {h = 1, lam = 1, scale = 1},
    } do
      assert(refusal(p, "homogeneous", o):find(text, 1, true))
    end
  end)

  it("flows as the closed form says on whitened data", function()
    local p = problem{n = 4, D = 7, m = 2, orthonormal = true, seed = 3}
    for _, case in ipairs{{3, 0.8}, {2, -0.5}, {9, 0}} do
      local h, lam = case[1], case[2]
      local s = lam == 0 and p:init("balanced", {h = h, scale = 0.3, seed = 1})
        or p:init("homogeneous", {h = h, lam = lam, scale = 0.3, seed = 1})
      local path = linnet.exact.homogeneous{state = s, lam = lam}
      local U, V = p:flow(s, {t = 2, tol = 1e-11, method = "dop853"}).final:reduced()
      close(U * V:t(), path:at(2).U1V, 1e-8)
      close(V * V:t(), path:at(2).VV, 1e-8)
    end
  end)
end)

describe("spectral", function()
  it("has all modes of U1 V' at scale^2, aligned with diag(sigma) Yt, no unseen part", function()
    for _, p in ipairs(problems) do
      for _, explicit in ipairs{false, true} do
        local s = p:init("spectral", {h = 15, scale = 0.02, explicit = explicit})
        local U, V = s:reduced()
        local _, _, Yt = p:reduced()
        local P, _, R = (linnet.diag(p:singular_values()) * Yt):svd()
        local q = math.min(p.rank, p.m)
        close(P:t() * (U * V:t()) * R, 4e-4 * linnet.eye(q), 1e-10)
        assert(s:perpendicular() < 1e-12 and s:imbalance().c == 0)
      end
    end
  end)

  it("keeps its modes decoupled on whitened data: each follows the scalar closed form", function()
    local p = problem{n = 4, D = 6, m = 2, orthonormal = true, seed = 5}
    local s = p:init("spectral", {h = 15, scale = 1e-3})
    local _, _, Yt = p:reduced()
    local _, y = Yt:svd()
    for _, t in ipairs{2, 6, 12} do
      local values = p:flow(s, {t = t, tol = 1e-10}).final:singular_values()
      for i = 1, 2 do
        local one = linnet.exact.scalar{
          U1 = linnet.matrix{{1e-3}}, V = linnet.matrix{{1e-3}}, target = y:get(i, 1),
        }:at(t).p
        assert(math.abs(values:get(i, 1) - one) < 1e-7 * y:get(1, 1))
      end
    end
  end)

  it("starts the leading modes only when h is small", function()
    local values = problems[2]:init("spectral", {h = 1, scale = 0.1}):singular_values()
    assert(math.abs(values:get(1, 1) - 0.01) < 1e-14 and values:get(2, 1) < 1e-14)
  end)
end)

describe("zero_output", function()
  it("has Theta = 0 and unseen and seen parts that do not cancel separately", function()
    for _, p in ipairs(problems) do
      for _, h in ipairs{2, 6, 30, 1e12} do
        local s = p:init("zero_output", {h = h, std = 0.3, seed = 3})
        assert(core.matrix.max_abs(s:theta()) == 0)
        assert(s:rates().instantaneous > 0)
        if p.D > p.rank then assert(s:perpendicular() > 0) end
      end
      local s = p:init("zero_output", {h = 30, std = 0.3, seed = 3, explicit = true})
      assert(core.matrix.max_abs(s:theta()) < 1e-14)
      local U, V = s:U(), s:V()
      assert(U:sub(1, p.D, 1, 15):allclose(U:sub(1, p.D, 16, 30), 1e-10, 1e-12))
      assert(V:sub(1, p.m, 1, 15):allclose(-V:sub(1, p.m, 16, 30), 1e-10, 1e-12))
    end
  end)

  it("has the same law implicit and explicit", function()
    local p = problem{n = 3, D = 8, m = 2, seed = 9}
    for _, h in ipairs{4, 24} do -- narrower and wider than rank and m
      for _, measure in ipairs{
        function(s) return s:rate() end,
        function(s) return s:perpendicular() end,
        function(s) return s:imbalance().spectrum:get(1, 1) end,
        function(s)
          return p:flow(s, {t = 1, tol = 1e-3, record = {}, save_at = {}}).final:distance()
        end,
      } do
        local sample = {{}, {}}
        for k, explicit in ipairs{false, true} do
          for seed = 1, 300 do
            sample[k][seed] = measure(p:init("zero_output", {
              h = h, std_u = 0.4, std_v = 0.2, seed = seed + 1000 * k, explicit = explicit,
            }))
          end
        end
        assert(support.ks(sample[1], sample[2]) < 1.95 * (2 / 300) ^ 0.5) -- the 0.1 % point
      end
    end
  end)

  it("needs an even width", function()
    assert(refusal(problems[1], "zero_output", {h = 7, std = 1}):find("must be even", 1, true))
  end)
end)

describe("explicit structured starts", function()
  it("end where the implicit ones do: only the factors count", function()
    local p = problems[1]
    for _, case in ipairs{{"imbalanced", {c = 0.7}}, {"balanced", {}}, {"spectral", {}},
      {"homogeneous", {lam = 0.4}}} do
      local kind, o = case[1], case[2]
      o.h, o.scale, o.seed = kind == "homogeneous" and 4 or 16, 0.5, 2
      local ends = {}
      for k, explicit in ipairs{false, true} do
        o.explicit = explicit
        ends[k] = p:flow(p:init(kind, o), {t = 1.5, tol = 1e-9}).final
      end
      close(ends[1]:theta(), ends[2]:theta(), 1e-6)
    end
  end)
end)
