--- spec/theory/bounds_spec.lua: rates, laws and the ladder at states and along runs.
-- SPDX-License-Identifier: MIT
local linnet = require "linnet"

local INF = math.huge

local function near(a, b, rtol, atol)
  assert(math.abs(a - b) <= rtol * math.max(math.abs(a), math.abs(b)) + (atol or 0),
    ("%.17g against %.17g"):format(a, b))
end

local function problem(o)
  local X, Y = linnet.data.gaussian(o)
  return linnet.problem(X, Y)
end

describe("state:rates", function()
  it("bounds the rate along whole runs, and the excess from every restart", function()
    local checked = 0
    for _, o in ipairs{{n = 5, D = 9, m = 2, seed = 1}, {n = 4, D = 3, m = 3, seed = 2},
      {n = 6, D = 8, m = 1, kappa = 50, noise = 0.1, seed = 3}} do
      local p = problem(o)
      for _, h in ipairs{2, 6, 40, 1e5} do
        local run = p:flow(p:init("gaussian", {h = h, alpha = 0.4, seed = h}), {t = 3, tol = 1e-8})
        for i, t in ipairs{0, 0.4, 1.1} do
          local s = run:at(t)
          local x = s:rates()
          local slack = 1e-9 * x.upper
          assert(x.proposition1 <= x.instantaneous + slack and x.instantaneous <= x.upper + slack)
          assert(x.imbalance <= x.margin + slack and x.margin <= x.proposition1 + slack)
          near(x.instantaneous, s:rate(), 1e-9)
          for _, later in ipairs{t + 0.3, t + 1.5} do
            local ratio = run:at(later):excess() / s:excess()
            assert(ratio <= math.exp(-x.margin * (later - t)) * (1 + 1e-5))
            checked = checked + (x.margin > x.imbalance * 1.001 and i or 0)
          end
        end
      end
    end
    assert(checked > 0) -- the margin bound says more than Theorem 1 somewhere
  end)

  it("says nothing for c = 0, and Theorem 1 needs c: a start towards a saddle stays", function()
    local p = linnet.problem(linnet.eye(1), linnet.ones(1, 1))
    local s = p:init{U = linnet.matrix{{1e-9}}, V = linnet.matrix{{-1e-9}}}
    local x = s:rates()
    assert(x.imbalance == 0 and x.margin == 0)
    near(p:flow(s, {t = 5}).final:excess(), s:excess(), 1e-12)
  end)

  it("tends to the late rate", function()
    local p = problem{n = 4, D = 6, m = 1, seed = 4}
    local s = p:flow(p:init("gaussian", {h = 30, seed = 1}), {t = INF, until_excess = 1e-22}).final
    local x = s:rates()
    near(x.instantaneous, x.late, 1e-3)
  end)
end)

describe("run:rates", function()
  local p = problem{n = 5, D = 8, m = 2, seed = 1}
  local run = p:flow(p:init("gaussian", {h = 20, alpha = 0.3, seed = 1}), {t = 1, tol = 1e-9})

  it("holds state:rates at every time", function()
    local rates = run:rates{1, 0, 0.3}
    assert(rates.t:totable()[3][1] == 1) -- sorted
    for i = 1, 3 do
      local s = run:at(rates.t:get(i, 1))
      for name, rate in pairs(s:rates()) do assert(rates[name]:get(i, 1) == rate) end
      assert(rates.excess:get(i, 1) == s:excess())
    end
  end)

  it("promises no less than comes, and more by restarts than Theorem 1", function()
    local rates, better = run:rates(), 0
    assert(#rates.t > 40)
    for i = 2, #rates.t do
      local t = rates.t:get(i, 1)
      local theorem1 = rates.excess:get(1, 1) * math.exp(-rates.imbalance:get(1, 1) * t)
      local promised = rates.promised:get(i, 1)
      assert(rates.excess:get(i, 1) <= promised * (1 + 1e-6))
      assert(promised <= theorem1 * (1 + 1e-9))
      if promised < 0.9 * theorem1 then better = better + 1 end
    end
    assert(better > 10)
  end)

  it("refuses times outside the run", function()
    local ok, why = pcall(function() run:rates{0.5, 2} end)
    assert(not ok and why:find("times must be finite and lie in [0, 1]", 1, true))
  end)
end)

describe("state:law", function()
  -- Kolmogorov-Smirnov of probability-integral transforms against the uniform law.
  local function distance_to_uniform(values)
    table.sort(values)
    local worst, n = 0, #values
    for i, u in ipairs(values) do worst = math.max(worst, u - (i - 1) / n, i / n - u) end
    return worst
  end

  it("is the law of the final squared distance: 400 flows, m = 1 and 3", function()
    for _, m in ipairs{1, 3} do
      local p, values = problem{n = 4, D = 9, m = m, seed = 7}, {}
      for seed = 1, 400 do
        local s = p:init("gaussian", {h = 30, alpha = 0.4, seed = seed})
        local final = p:flow(s, {t = INF, tol = 1e-5, record = {}, save_at = {}}).final
        values[seed] = final:law().cdf(final:distance() ^ 2)
      end
      assert(distance_to_uniform(values) < 1.95 / 400 ^ 0.5) -- the 0.1 % point
    end
  end)

  it("is the law of ||U2 V'||^2 at any time: 2000 starts, and a wrong scale is noticed", function()
    local p, values, wrong = problem{n = 3, D = 40, m = 2, kappa = 1e6, seed = 8}, {}, {}
    local _, Pt = p:reduced()
    for seed = 1, 2000 do
      local s = p:init("xavier", {h = 20, seed = seed})
      local theta = s:theta()
      local total = (theta - Pt:t() * (Pt * theta)):norm() ^ 2
      values[seed] = s:law().cdf(total)
      wrong[seed] = s:law().cdf(1.05 * total)
    end
    assert(distance_to_uniform(values) < 1.95 / 2000 ^ 0.5)
    assert(distance_to_uniform(wrong) > 1.95 / 2000 ^ 0.5)
  end)

  it("tends to the wide law: 0.3 % at h = 1e6, any m, kappa and scale", function()
    for _, o in ipairs{{n = 10, D = 60, m = 1, seed = 1}, {n = 10, D = 60, m = 5, seed = 2},
      {n = 10, D = 60, m = 5, kappa = 1e6, seed = 3}} do
      local p = problem(o)
      for _, init in ipairs{{"gaussian", {h = 1e6, alpha = 0.5, seed = 4}},
        {"gaussian", {h = 1e6, alpha = 0.4, seed = 4}},
        {"gaussian", {h = 1e6, std_u = 2e-3, std_v = 5e-4, seed = 4}}} do
        local s = p:init(init[1], init[2])
        local law = p:flow(s, {t = INF, record = {}}).final:law()
        near(law.mean, linnet.theory.wide_law{h = 1e6, problem = p, std_u = s.std_u,
          std_v = s.std_v}, 3e-3)
      end
    end
  end)

  it("refuses starts whose unseen rows are not independent", function()
    local p = problem{n = 3, D = 5, seed = 1}
    for _, s in ipairs{p:init("gaussian", {h = INF}), p:init("balanced", {h = 5, scale = 1}),
      p:init("invariant", {h = 9, std = 1})} do
      local ok, why = pcall(function() s:law() end)
      assert(not ok and why:find("law: the rows of U", 1, true), why)
      assert(why:find("bounds_spec", 1, true), why)
    end
  end)
end)

describe("run:bounds", function()
  local function ladder_of(p, s)
    return p:flow(s, {t = INF, record = {}}):bounds()
  end

  it("has rungs in order on every instance with c > 0", function()
    for _, o in ipairs{{n = 6, D = 15, m = 1, seed = 1},
      {n = 5, D = 12, m = 3, noise = 0.1, seed = 2}, {n = 5, D = 12, m = 1, kappa = 1e5, seed = 3},
      {n = 5, D = 12, m = 2, orthonormal = true}} do
      local p = problem(o)
      for _, init in ipairs{{"gaussian", {h = 30, seed = 1}},
        {"gaussian", {h = 1e8, alpha = 0.3, seed = 2}},
        {"gaussian", {h = 300, std_u = 0.5, std_v = 0.02, seed = 3}},
        {"imbalanced", {h = 20, c = 1.5, scale = 0.5}}} do
        local b = ladder_of(p, p:init(init[1], init[2]))
        assert(#b.ladder == 5)
        for i = 1, 3 do
          -- the integrals carry the error of a log-linear interpolation, from above
          assert(b.ladder[i].log <= b.ladder[i + 1].log + 1e-3, tostring(b.ladder))
        end
        assert(b.ladder[4].log < INF and b.initial >= 0)
      end
    end
  end)

  it("measures the integrals: against quadrature of an exact trajectory", function()
    local p = linnet.problem(linnet.eye(1), linnet.matrix{{1.8}})
    local s = p:init{U = linnet.matrix{{0.3, 0.2}}, V = linnet.matrix{{-0.1, 0.6}}}
    local path = linnet.exact.scalar{state = s}
    local sum, n, last = 0, 20000, 20 -- Simpson; beyond 20 there is e^-70 left
    for i = 0, n do
      local weight = (i == 0 or i == n) and 1 or i % 2 == 1 and 4 or 2
      sum = sum + weight * (1.8 - path:at(last * i / n).p) * last / n / 3
    end
    local found = p:flow(s, {t = INF, tol = 1e-8}):bounds().integrals
    near(found.error, sum, 2e-3)
    near(found.force, sum, 2e-3)
    local part = p:flow(s, {t = 0.4, tol = 1e-8}):bounds().integrals.error
    assert(part < 0.8 * found.error and part > 0.2 * found.error)
  end)

  it("is infinite at c = 0 and zero in the invariant set", function()
    local p = problem{n = 5, D = 9, m = 2, seed = 5}
    local narrow = p:flow(p:init("gaussian", {h = 1, seed = 1}), {t = 20}):bounds()
    assert(narrow.apriori == INF and narrow.ladder[3].log < INF)
    local inside = ladder_of(p, p:init("invariant", {h = 50, std = 0.3}))
    for i = 1, 4 do assert(inside.ladder[i].value == 0) end
  end)

  it("prints powers of ten that no double holds", function()
    local p = problem{n = 5, D = 9, m = 1, kappa = 1e9, seed = 5}
    local b = p:flow(p:init("gaussian", {h = 50, seed = 1}), {t = 10}):bounds()
    assert(b.apriori == INF and b.log_apriori < INF)
    assert(tostring(b.ladder):find("apriori%s+10%^"))
  end)

  it("says why Theorem 2 does not apply", function()
    local p = problem{n = 5, D = 9, m = 1, seed = 5}
    local function reason(kind, o) return p:init(kind, o):bounds().theorem2.reason end
    assert(reason("gaussian", {h = 1e3, seed = 1}):find("below its threshold", 1, true))
    assert(reason("gaussian", {h = 1e9, alpha = 0.2}):find("1/4 < alpha", 1, true))
    assert(reason("gaussian", {h = 1e9, alpha = 0.7}):find("1/4 < alpha", 1, true))
    assert(reason("balanced", {h = 10, scale = 1}):find("independent Gaussian", 1, true))
    assert(reason("gaussian", {h = 1e12}) == nil)
    local b = p:init("balanced", {h = 10, scale = 1}):bounds() -- nothing said, nothing missing
    assert(b.theorem2.bound == INF and b.theorem2.threshold == INF and not b.lemma1.applies)
    assert(b.lemma1.c.bound == 0 and b.lemma1.product.bound == INF and b.lemma1.product.value > 0)
  end)

  it("refuses runs that cannot have a ladder", function()
    local p = problem{n = 3, D = 5, m = 1, seed = 5}
    local run = p:descend(p:init("gaussian", {h = 9}), {eta = 0.01, steps = 3})
    local ok, why = pcall(function() run:bounds() end)
    assert(not ok and why:find("bounds: the ladder is for the flow", 1, true))
  end)
end)

describe("Theorem 2 and Lemma 1 over many draws", function()
  local p = problem{n = 4, D = 6, m = 2, seed = 6}

  it("hold at least as often as they promise", function()
    for _, setting in ipairs{{0.5, 0.05}, {0.35, 0.3}} do
      local alpha, delta = table.unpack(setting)
      local failed, draws = {c = 0, perpendicular = 0, product = 0}, 400
      for seed = 1, draws do
        local b = p:init("gaussian", {h = 2000, alpha = alpha, seed = seed}):bounds{delta = delta}
        assert(b.lemma1.applies)
        for name, count in pairs(failed) do
          if not b.lemma1[name].holds then failed[name] = count + 1 end
        end
      end
      for name, count in pairs(failed) do
        -- 4 standard deviations of a binomial above delta
        assert(count <= draws * delta + 4 * (draws * delta) ^ 0.5, name .. " failed " .. count)
      end
    end
  end)

  it("would fail with c twice as large, so the frequency is not empty of content", function()
    local failed = 0
    for seed = 1, 100 do
      local l = p:init("gaussian", {h = 2000, seed = seed}):bounds().lemma1
      if l.c.value <= 2 * l.c.bound then failed = failed + 1 end
    end
    assert(failed > 50, failed)
  end)

  it("bound the final distance where Theorem 2 applies", function()
    for seed = 1, 40 do
      local s = p:init("gaussian", {h = 1e7, alpha = 0.5, seed = seed})
      local b = p:flow(s, {t = INF, record = {}}):bounds()
      if b.theorem2.applies then assert(b.ladder[1].log <= b.theorem2.log_bound) end
    end
  end)
end)
