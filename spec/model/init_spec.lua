--- spec/model/init_spec.lua: starts: reduced and sampled at any width, against explicit weights.
-- SPDX-License-Identifier: MIT
local linnet = require "linnet"
local core = require "linnet.core"
package.path = "spec/?.lua;" .. package.path
local support = require "support"

local function data(n, D, m, seed)
  local rng = linnet.random(seed)
  return linnet.problem(rng:normal(n, D), rng:normal(n, m))
end

describe("problem:init from matrices", function()
  for _, name in ipairs(support.cases) do
    it("reproduces the reference quantities: " .. name, function()
      local want, _, s = support.case(name)
      local at = want.theory_at_0
      local function close(x, y) return math.abs(x - y) <= 1e-10 * math.max(1, math.abs(y)) end
      local imbalance = s:imbalance()
      for i, x in ipairs(at.imbalance_spectrum) do
        if i <= imbalance.spectrum:rows()
          and #at.imbalance_spectrum == imbalance.spectrum:rows() then
          assert.is_true(close(imbalance.spectrum(i), x))
        end
      end
      assert.is_true(close(imbalance.c, at.c))
      assert.is_true(close(imbalance.delta_plus, at.delta_plus))
      assert.is_true(close(imbalance.delta_minus, at.delta_minus))
      assert.is_true(close(s:rate(), at.rate_instantaneous))
      assert.is_true(close(s:distance(), at.distance_frobenius))
      assert.is_true(close(s:distance("fro"), at.distance_frobenius))
      assert.is_true(close(s:distance(2), at.distance_spectral))
      assert.is_true(close(s:perpendicular(), at.perpendicular_initial))
      assert.is_true(support.relative(s:U(), linnet.matrix(want.U0)) < 1e-13)
      assert.is_true(support.relative(s:V(), linnet.matrix(want.V0)) < 1e-13)
    end)
  end

  it("keeps Theta = U V' and its distance for h below, at and above k, and D = r", function()
    local rng = linnet.random(7)
    for _, shape in ipairs{{3, 8, 2, 1}, {3, 8, 2, 4}, {3, 8, 2, 5}, {3, 8, 2, 20}, {9, 4, 1, 6}} do
      local n, D, m, h = table.unpack(shape)
      local p = data(n, D, m, 3)
      local U, V = rng:normal(D, h), rng:normal(m, h)
      local s = p:init{U = U, V = V}
      assert.is_true(support.relative(s:theta(), U * V:t()) < 1e-13)
      assert.is_true(math.abs(s:distance() / (U * V:t() - p:min_norm()):norm() - 1) < 1e-12)
      local W, _, Yt = p:reduced()
      local gap = W * Yt - W * linnet.diag(p:singular_values()) * select(2, p:reduced()) * U * V:t()
      assert.is_true(math.abs(s:excess() / (gap:norm() ^ 2 / 2) - 1) < 1e-11)
      assert.is_true(math.abs(s:loss() - s:excess() - p.optimal_loss) < 1e-12)
    end
  end)
end)

describe("sampling without columns", function()
  -- final squared distances of width-free and explicit draws: one law (Kolmogorov-Smirnov at 1e-3)
  for _, case in ipairs{{"h = k", 4, 5, 0}, {"h = k + 1", 4, 9, 1}, {"h = 2k", 4, 54, 5}} do
    local label, n, D, extra = table.unpack(case)
    it(("has the law of explicit draws at %s, D - r = %d"):format(label, D - n), function()
      local p, draws = data(n, D, 1, 5), 400
      local k = p.rank + 1
      local h = extra == 5 and 2 * k or k + extra
      local function sample(explicit)
        local out = {}
        for seed = 1, draws do
          local s = p:init("gaussian", {h = h, std = 0.7, seed = seed, explicit = explicit})
          out[seed] = p:flow(s, {t = math.huge, tol = 1e-4, record = {}}).final:distance()
        end
        return out
      end
      -- critical value of two samples of 400 at level 1e-3: 1.95 sqrt(2/400)
      assert.is_true(support.ks(sample(false), sample(true)) < 1.95 * math.sqrt(2 / draws))
    end)
  end

  it("has the norm of the lazily drawn C in its factor", function()
    for _, D in ipairs{6, 10, 55} do
      local p = data(5, D, 2, 8)
      local s = p:init("gaussian", {h = 1e9, seed = 4})
      local _, V, R = s:reduced()
      local _, Pt = p:reduced()
      local theta = s:theta()
      local outside = theta - Pt:t() * (Pt * theta)
      assert.is_true(math.abs(outside:norm() / (R * V:t()):norm() - 1) < 1e-12)
    end
  end)

  it("draws the same frame for every state of a trajectory", function()
    local p = data(4, 9, 1, 2)
    local s = p:init("gaussian", {h = 1e6, seed = 4})
    local run = p:flow(s, {t = math.huge})
    local before, again = run.final:theta(), p:init("gaussian", {h = 1e6, seed = 4})
    local _, Pt = p:reduced()
    local off = function(a) return a - Pt:t() * (Pt * a) end
    assert.is_true(core.matrix.max_abs(off(s:theta()) - off(again:theta())) == 0)
    -- U2 never moves: outside the data Theta stays in the span of the same frame
    assert.is_true(math.abs(off(before):norm() / run.final:distance() - 1) < 1e-10)
  end)

  it("approaches the wide limit like 1/sqrt(h), down to round-off", function()
    local p = data(6, 12, 2, 9)
    local limit = p:init("gaussian", {h = math.huge})
    local hs, gaps = {1e4, 1e6, 1e8, 1e10}, {}
    for i, h in ipairs(hs) do
      local sum = 0
      for seed = 1, 20 do
        local U, V = p:init("gaussian", {h = h, seed = seed}):reduced()
        local U0, V0 = limit:reduced()
        sum = sum + (U - U0):norm() ^ 2 + (V - V0):norm() ^ 2
      end
      gaps[i] = math.sqrt(sum / 20)
    end
    assert.is_true(math.abs(support.slope(hs, gaps) + 0.5) < 0.02)
  end)

  it("has variances of the law it is named after", function()
    local p = data(30, 60, 20, 1)
    for kind, var in pairs{xavier = {2 / 1060, 2 / 1020}, he = {2 / 60, 2 / 1000},
      lecun = {1 / 60, 1 / 1000}, gaussian = {1e-3, 1e-3}} do
      for _, explicit in ipairs{true, false} do
        local s = p:init(kind, {h = 1000, seed = 3, explicit = explicit})
        local U, V = s:reduced()
        -- ||U1||^2 = s_u^2 chi^2_{30000}: five standard deviations are 4 %
        assert.is_true(math.abs(U:norm() ^ 2 / (30 * 1000 * var[1]) - 1) < 0.041)
        assert.is_true(math.abs(V:norm() ^ 2 / (20 * 1000 * var[2]) - 1) < 0.05)
      end
    end
    local s = p:init("uniform", {h = 1000, seed = 3})
    local U = s:U()
    assert.is_true(U:max() <= math.sqrt(3e-3) and U:max() > 0.999 * math.sqrt(3e-3))
    assert.is_true(math.abs(U:norm() ^ 2 / 60 - 1) < 0.02)
  end)

  it("is the same start for the same seed and another for another", function()
    local p = data(4, 9, 1, 2)
    local a, b, c = p:init("gaussian", {h = 1e6, seed = 4}), p:init("gaussian", {h = 1e6,
      seed = 4}),
      p:init("gaussian", {h = 1e6, seed = 5})
    assert.equal(0, core.matrix.max_abs(a:reduced() - b:reduced()))
    assert.is_true(core.matrix.max_abs(a:reduced() - c:reduced()) > 1e-6)
  end)
end)

describe("the invariant set", function()
  local p = data(5, 12, 2, 6)
  local hat = p:min_norm():norm()

  it("ends at the minimum-norm solution, implicit and explicit", function()
    for _, explicit in ipairs{true, false} do
      local s = p:init("invariant", {h = 30, seed = 1, explicit = explicit})
      assert.equal(0, s:perpendicular())
      assert.is_true(p:flow(s, {t = math.huge}).final:distance() < 1e-12 * hat)
    end
  end)

  it("is left when either half of the condition is dropped", function()
    local rng = linnet.random(3)
    local _, Pt = p:reduced()
    local h = 30
    local U, V = rng:normal(p.D, h) * 0.3, rng:normal(p.m, h) * 0.3
    local U1 = Pt:t() * (Pt * U)
    local U2 = U - U1
    -- only V U2' = 0: take V's row space out of U2; only U1 U2' = 0: take U1's out
    for _, basis in ipairs{V, Pt * U} do
      local kept = U2 - U2 * basis:pinv() * basis
      local run = p:flow(p:init{U = U1 + kept, V = V}, {t = math.huge})
      assert.is_true(run.final:distance() > 1e-2 * hat)
    end
    local both = V:vcat(Pt * U)
    local run = p:flow(p:init{U = U1 + U2 - U2 * both:pinv() * both, V = V}, {t = math.huge})
    assert.is_true(run.final:distance() < 1e-12 * hat)
  end)

  it("is missed by a general start", function()
    local run = p:flow(p:init("gaussian", {h = 30, seed = 1}), {t = math.huge})
    assert.is_true(run.final:distance() > 1e-2 * hat)
  end)
end)

describe("misuse of init is an error:", function()
  local p = linnet.problem(linnet.eye(3, 4), linnet.ones(3, 1))
  for _, case in ipairs{
    {"gaussian", {}, "'h' is required"},
    {"gaussian", {h = 0}, "'h' must be an integer >= 1, got 0"},
    {"gaussian", {h = -5}, "'h' must be"}, {"gaussian", {h = 2.5}, "'h' must be an integer.*2.5"},
    {"gaussian", {h = 0 / 0}, "'h' must be.*nan"}, {"gaussian", {h = "10"}, "'h' must be"},
    {"gaussian", {h = 10, seed = -1}, "'seed' must be"},
    {"gaussian", {h = 10, seed = 1.5}, "'seed' must be"},
    {"gaussian", {h = 10, seed = 2.0 ^ 63}, "'seed' must be"},
    {"gaussian", {h = 10, alpha = -1}, "'alpha' must be"},
    {"gaussian", {h = 10, std = 0}, "'std' must be"},
    {"gaussian", {h = 10, alpha = 0.5, std = 1}, "one of alpha, std"},
    {"gaussian", {h = 10, std_u = 1}, "go together"},
    {"gaussian", {h = 10, alpa = 0.5}, "unknown option 'alpa' %(did you mean 'alpha'"},
    {"gaussian", {h = math.huge, alpha = 0.4}, "alpha = 1/2"},
    {"gaussian", {h = 1e12, explicit = true}, "too large to build"},
    {"gaussian", {h = math.huge, std = 1}, "alpha = 1/2"},
    {"he", {h = math.huge}, "2/D at every width"}, {"lecun", {h = math.huge}, "1/D at every width"},
    {"uniform", {h = 1e12}, "too large to build"},
    {"xavier", {h = 10, alpha = 0.5}, "unknown option 'alpha'"},
    {"orthogonal", {h = 3}, "at least rank %+ m = 4"},
    {"orthogonal", {h = 9, lam = 0}, "'lam' must be"},
    {"orthogonal", {h = 9, lam = 1, alpha = 0.5}, "one of alpha and lam"},
    {"gausian", {h = 9}, "did you mean 'gaussian'"}, {nil, {h = 9}, "kind must be one of"},
    {7, {h = 9}, "kind must be one of.*got 7"},
    {{U = linnet.ones(4, 2)}, nil, "'V' is required"},
    {{U = linnet.ones(4, 2), V = linnet.ones(1, 3)}, nil, "U is 4 x 2 and V is 1 x 3"},
    {{U = linnet.ones(3, 2), V = linnet.ones(1, 2)}, nil, "D = 4"},
    {{U = linnet.zeros(4, 0), V = linnet.zeros(1, 0)}, nil, "h >= 1"},
    {{U = linnet.ones(4, 2) * (0 / 0), V = linnet.ones(1, 2)}, nil, "U%(1, 1%) is nan"},
    {{U = linnet.ones(4, 2), V = {1, 2}}, nil, "'V' must be a matrix"},
    {{U = linnet.ones(4, 2), V = linnet.ones(1, 2), W = 1}, nil, "unknown option 'W'"},
  } do
    it(case[3], function()
      local ok, message = pcall(p.init, p, case[1], case[2])
      assert.is_false(ok)
      assert.matches("init.*" .. case[3], message)
    end)
  end

  it("an implicit state has no U and V, and says why", function()
    local s = p:init("gaussian", {h = 1e6, seed = 1})
    assert.error_matches(function() s:U() end, "implicit.*explicit = true")
    assert.error_matches(function() s:V() end, "implicit.*explicit = true")
    assert.equal(4, s:theta():rows())
    assert.error_matches(function() s:distance(3) end, "norm must be")
    assert.error_matches(function() s:predict(linnet.eye(3)) end,
      "D = 4 columns, got a 3 x 3 matrix")
  end)
end)
