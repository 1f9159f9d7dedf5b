--- spec/theory/law_spec.lua: the law of the final distance given the weights that the data see,
-- against closed forms, mpmath and simulation. SPDX-License-Identifier: MIT
local linnet = require "linnet"

local theory = linnet.theory

local function near(a, b, rtol, atol)
  assert(math.abs(a - b) <= (atol or 0) + rtol * math.abs(b), ("%.17g is not %.17g"):format(a, b))
end

describe("theory.law", function()
  it("is a chi-square for one eigenvalue", function()
    local law = theory.law({0.8}, 0.5, 2) -- 0.2 chi^2_2 is exponential of mean 0.4
    for _, x in ipairs{0, 0.05, 0.4, 3} do
      near(law.cdf(x), 1 - math.exp(-x / 0.4), 1e-13, 1e-15)
    end
    near(law.mean, 0.4, 1e-14)
    near(law.variance, 0.16, 1e-14)
    local wide = theory.law({1}, 1, 1e6) -- the median of chi^2_k is k (1 - 2/(9 k))^3 + O(1/k)
    near(wide.cdf(1e6 * (1 - 2 / 9e6) ^ 3), 0.5, 1e-8)
  end)

  it("is a mixture: equal eigenvalues, one that vanishes, the closed form for dof 2", function()
    near(theory.law({0.7, 0.7, 0.7}, 1, 10).cdf(20), theory.law({0.7}, 1, 30).cdf(20), 1e-9)
    near(theory.law({0.7, 1e-13}, 1, 30).cdf(18), theory.law({0.7}, 1, 30).cdf(18), 1e-9)
  end)

  -- a X + b Y, X and Y exponential of mean 2, a = 1: hypoexponential
  it("is hypoexponential for two eigenvalues at dof 2", function()
    for _, b in ipairs{0.9, 0.35, 1e-2, 1e-6} do
      for _, x in ipairs{0.1, 1, 2.2, 30} do
        local want = 1 - (math.exp(-x / 2) - b * math.exp(-x / (2 * b))) / (1 - b)
        near(theory.law({1, b}, 1, 2).cdf(x), want, 1e-14, 1e-14)
      end
    end
  end)

  it("is exact at one degree of freedom, where the imaginary axis says little", function()
    local two = theory.law({1, 1}, 1, 1) -- chi^2_2
    for _, x in ipairs{1e-300, 1e-6, 2e-6, 1e-3, 1, 10} do
      near(two.cdf(x), x < 1e-5 and x / 2 - x * x / 8 or 1 - math.exp(-x / 2), 1e-12)
    end
    near(theory.law({1}, 1, 1).cdf(0.01), 0.0796556745540580, 1e-14) -- erf(sqrt(x/2)) by mpmath
    -- a second eigenvalue e moves the first to x - e on average, in a density of 1/sqrt(2 pi x)
    local first = theory.law({1}, 1, 1).cdf(1e-6)
    near(theory.law({1, 1e-14}, 1, 1).cdf(1e-6), first - 1e-14 / (2e-6 * math.pi) ^ 0.5, 1e-14)
    near(theory.law({1, 1e-8}, 1, 1).cdf(1e-6), first - 1e-8 / (2e-6 * math.pi) ^ 0.5, 1e-4)
  end)

  it("takes fractions of a degree of freedom, and one eigenvalue twice as two", function()
    for _, dof in ipairs{0.02, 0.5, 1, 7.3, 400, 1e6} do
      for _, b in ipairs{1, 0.3, 1e-5, 1e-12} do
        for _, part in ipairs{1e-3, 0.5, 1, 1.4, 8} do
          local x = 2 * dof * part
          near(theory.law({1, 1, b, b}, 1, dof).cdf(x), theory.law({1, b}, 1, 2 * dof).cdf(x),
            2e-12, 1e-14)
        end
      end
    end
    -- P(1/4, 1/20) by mpmath
    near(theory.law({1}, 1, 0.5).cdf(0.1), 0.51655532083046563, 1e-14)
  end)

  it("keeps its digits at huge degrees of freedom", function()
    near(theory.law({1}, 1, 1e9).cdf(1e9), 0.5000059470804, 1e-11) -- mpmath; x has 5e-12 of its own
    for _, dof in ipairs{1e6, 1e12, 1e15} do -- P(a, a) = 1/2 + 1/(3 sqrt(2 pi a)) + O(a^-3/2)
      near(theory.law({1}, 1, dof).cdf(dof), 0.5 + (1 / (9 * math.pi * dof)) ^ 0.5, 1e-8)
    end
  end)

  it("is the law of the scaled sum at every scale", function()
    local want = theory.law({1, 0.2}, 1, 3).cdf(2)
    for _, e in ipairs{-500, -160, 160, 500} do
      near(theory.law({1, 0.2}, 2.0 ^ e, 3).cdf(2 * 4.0 ^ e), want, 1e-14)
      near(theory.law({2.0 ^ e, 0.2 * 2.0 ^ e}, 1, 3).cdf(2 * 2.0 ^ e), want, 1e-14)
    end
  end)

  it("rises from 0 to 1 whatever the spread", function()
    local g = linnet.random(5)
    for _ = 1, 40 do
      local m, dof = g:integer(1, 60), 10 ^ (-2 + 4 * g:uniform(1, 1):get(1, 1))
      local nu = g:uniform(m, 1):map(function(u) return 10 ^ (-16 * u) end)
      local law, last = theory.law(nu, 1, dof), 0
      for k = -80, 20, 2 do
        local p = law.cdf(law.mean * 2 ^ (k / 4))
        assert(p >= last - 2e-13 and p <= 1, ("%g after %g"):format(p, last))
        last = p
      end
      assert(law.cdf(law.mean + 100 * law.variance ^ 0.5 + 100 * nu:max()) == 1)
    end
  end)

  it("fits sums of simulated chi-squares", function()
    local g, nu, values = linnet.random(17), {1.3, 0.4, 0.05}, {}
    local law = theory.law(nu, 0.2, 40)
    for i = 1, 2000 do
      local sum = 0
      for _, x in ipairs(nu) do sum = sum + 0.04 * x * g:chi2(40) end
      values[i] = law.cdf(sum)
    end
    table.sort(values)
    local worst = 0
    for i, u in ipairs(values) do
      worst = math.max(worst, math.abs(u - i / 2000), math.abs(u - (i - 1) / 2000))
    end
    assert(worst < 1.95 / 2000 ^ 0.5, worst) -- Kolmogorov's 0.1 % point
  end)

  it("is defined where nothing is random", function()
    assert(theory.law({1}, 1, 0).cdf(0) == 1 and theory.law({0, 0}, 1, 5).mean == 0)
    assert(theory.law({1}, 1, 5).cdf(-1) == 0 and theory.law({1, 2}, 1, 5).cdf(math.huge) == 1)
  end)
end)

describe("theory.wide_law", function()
  local function softmax(D)
    local X = linnet.random(1):normal(30, 4) * linnet.random(3):normal(4, D)
    local Y = linnet.matrix(30, 3, function(i, j) return i % 3 + 1 == j and 0.9 or 0.05 end)
    return linnet.problem(X, Y, {loss = "softmax"})
  end

  -- How many standard errors the mean squared distance of 200 members is off.
  local function off(p, init, flow, law)
    local e = linnet.ensemble(p, {init = init, seeds = 200, flow = flow, measure = {"distance"}})
    local squares = e.distance:map(function(x) return x * x end)
    return math.abs(squares:mean() - law) / (squares:std() / 200 ^ 0.5)
  end

  it("of softmax has the shift of all outputs alike, which the loss does not see", function()
    local h, ones = 1e10, linnet.ones(3, 1)
    for _, std in ipairs{{2e-5, 0.5e-5}, {0.5e-5, 2e-5}} do
      local p = softmax(9)
      local law = theory.wide_law{h = h, problem = p, std_u = std[1], std_v = std[2]}
      local init = {"gaussian", h = h, std_u = std[1], std_v = std[2]}
      assert(off(p, init, {t = math.huge}, law) < 4)
    end
    local p, init = softmax(4), {"gaussian", h = h} -- D = r: nothing else stays
    local law = theory.wide_law{h = h, problem = p}
    assert(off(p, init, {t = math.huge}, law) < 4)
    local values, dof = theory.target_values(p) -- the control: without it
    assert(dof == 0 and off(p, init, {t = math.huge},
      theory.wide_law{h = h, singular_values = values, dof = dof}) > 10)
    local wide = p:flow(p:init("gaussian", {h = math.huge}), {t = 3, weight_decay = 0.2}).final
    local kept, _, values_then = wide.decay ^ 2, wide:theta():svd()
    local sum = kept -- the fourth: Theta has three singular values
    for i = 1, 3 do sum = sum + (kept ^ 2 + values_then(i) ^ 2) ^ 0.5 end
    near(theory.weight_decay_law{h = h, state = wide} - wide:distance() ^ 2, kept * sum / h, 1e-6)
    local s = p:init("gaussian", {h = 8, seed = 1, explicit = true})
    local final = p:flow(s, {t = 50, method = "dop853"}).final
    assert((s:V():t() * ones - final:V():t() * ones):norm() < 1e-12) -- V'1 stays
  end)
end)
