--- spec/theory/descent_spec.lua: the flattest minimum, the bound of one step, the imbalance of one
-- step, the end of label noise: formulas beside what networks do, over several data sets each.
-- SPDX-License-Identifier: MIT
local linnet = require "linnet"
local steps = require "spec.steps"
local support = require "spec.support"

local theory = linnet.theory

-- Data sets that differ in all that could matter: rank below n, stiff, tall, whitened, m > r.
local SETS = {
  {n = 6, D = 9, m = 2, noise = 0.1, seed = 1},
  {n = 6, D = 9, m = 1, kappa = 1e4, noise = 0.1, seed = 2},
  {n = 12, D = 5, m = 3, kappa = 100, noise = 0.3, seed = 3},
  {n = 6, D = 9, m = 3, orthonormal = true, seed = 4},
  {n = 3, D = 7, m = 5, kappa = 10, noise = 0.1, seed = 5},
}
local function problem(o) return linnet.problem(linnet.data.gaussian(o)) end

-- A state with U1, V: the rows that the data do not see are 0.
local function at(p, U1, V)
  local _, Pt = p:reduced()
  return p:init{U = Pt:t() * U1, V = V}
end

local function inverse(sigma) return linnet.diag(sigma:map(function(x) return 1 / x end)) end

-- The network that fits with V V' = nu on the row space of Yt.
local function fitting(p, nu)
  local _, _, Yt = p:reduced()
  local _, _, R = Yt:svd()
  local V = R * nu ^ 0.5
  return at(p, inverse(p:singular_values()) * Yt * V * (1 / nu), V)
end

describe("The critical step", function()
  it("is 2 over the sharpness of a minimum, attained, and of none less", function()
    for _, o in ipairs(SETS) do
      local p = problem(o)
      local eta, sharpness, nu = theory.critical_step(p)
      local flattest = fitting(p, nu)
      assert(flattest:excess() < 1e-28 * p:reduced():norm() ^ 2)
      assert(math.abs(flattest:sharpness() / sharpness - 1) < 1e-12)
      assert(math.abs(eta * sharpness / 2 - 1) < 1e-15)
      for _, x in ipairs{0.5, 0.9, 1.1, 2} do assert(fitting(p, nu * x):sharpness() > sharpness) end
      local g = linnet.random(o.seed)
      local _, _, Yt = p:reduced()
      for i = 1, 40 do -- any others: V at random, U1 the pseudoinverse's and more
        local V = 10 ^ (i / 20 - 1) * g:normal(p.m, p.m + 3)
        local back = V * (V:t() * V):pinv()
        local extra = (i % 2) * g:normal(p.rank, p.m + 3)
        local U1 = inverse(p:singular_values()) * Yt * back
          + extra - extra * V:t() * (V * V:t()):inv() * V
        assert(at(p, U1, V):sharpness() >= sharpness * (1 - 1e-10))
      end
      for seed = 1, 3 do
        local final = p:flow(p:init("gaussian", {h = 30, seed = seed}), {t = math.huge}).final
        assert(final:sharpness() > sharpness)
      end
    end
  end)

  it("is 1/s_1(Yt) for whitened data, and scales with them", function()
    local X, Y = linnet.data.gaussian{n = 5, D = 9, m = 3, orthonormal = true, seed = 1}
    local _, _, Yt = linnet.problem(X, Y):reduced()
    local eta = theory.critical_step(linnet.problem(X, Y))
    assert(math.abs(eta * Yt:norm(2) - 1) < 1e-14)
    for _, a in ipairs{1e-8, 1e8, 2 ^ 300} do
      local scaled = theory.critical_step(linnet.problem(a * X, Y / a))
      assert(math.abs(scaled / eta - 1) < 1e-12, scaled) -- sigma Yt is what counts
      assert(math.abs(theory.critical_step(linnet.problem(a * X, Y)) * a / eta - 1) < 1e-12)
    end
    assert.equal(math.huge, theory.critical_step(linnet.problem(X, 0 * Y)))
  end)

  it("parts descents that can fit from those that cannot, where the flow's end does not", function()
    for _, o in ipairs{SETS[1], SETS[3], SETS[4]} do
      local p = problem(o)
      local eta = theory.critical_step(p)
      local fits = 0
      for seed = 1, 5 do
        local s = p:init("gaussian", {h = 30, std = 0.3, seed = seed})
        local naive = p:flow(s, {t = math.huge}).final:stable_step()
        assert(naive < 0.7 * eta)
        local function reached(x)
          return p:descend(s, {eta = x, steps = 20000, until_excess = 1e-16}).stats.reason
        end
        assert.equal("until_excess", reached(0.5 * naive))
        assert.not_equal("until_excess", reached(1.05 * eta))
        if reached(1.3 * naive) == "until_excess" then fits = fits + 1 end
      end
      assert(fits >= 3, fits) -- beyond the step that the flow's end calls stable
    end
  end)
end)

describe("The rate of one step", function()
  it("is never less than promised", function()
    local worst, spoken = steps.worst(2, 1000)
    assert(spoken > 1500)
    assert(worst <= 1, worst)
  end)

  it("is broken by larger steps than it speaks of (negative control)", function()
    local p = problem(SETS[1])
    local s = p:init("gaussian", {h = 30, seed = 1})
    local rate = theory.descent_rate{state = s}
    assert(rate.applies and math.abs(rate.eta * rate.K - 1) < 1e-14)
    local beyond = theory.descent_rate{state = s, eta = 10 * rate.eta}
    assert.is_false(beyond.applies)
    assert.equal(math.huge, beyond.contraction)
    local after = p:descend(s, {eta = 10 * rate.eta, steps = 1}).final:excess()
    assert(after > rate.contraction * s:excess())
  end)

  it("is that of the parts, and tends to 1 - mu/K near the end", function()
    local p = problem(SETS[3])
    local s = p:init("gaussian", {h = 30, seed = 1})
    local U1, V = s:reduced()
    local _, _, Yt = p:reduced()
    local a = theory.descent_rate{state = s, eta = 0.01}
    local b = theory.descent_rate{U1 = U1, V = V, target = Yt, sigma = p:singular_values(),
      eta = 0.01}
    for _, name in ipairs{"mu", "K", "contraction"} do assert.equal(a[name], b[name]) end
    local final = p:flow(s, {t = math.huge}).final
    local last = theory.descent_rate{state = final}
    local K = final:kernel():eigh()
    assert(last.K >= K:max() * (1 - 1e-12)) -- s_max(T)^2 sigma_1^2 is a bound of ||K||
    assert(math.abs(last.contraction - (1 - last.mu / last.K)) < 1e-12)
  end)

  it("scales with data and weights, from 2^-400 to 2^400", function()
    local X, Y = linnet.data.gaussian{n = 6, D = 9, m = 2, noise = 0.1, seed = 1}
    local g = linnet.random(1)
    local U, V = g:normal(9, 12), g:normal(2, 12)
    local one
    for _, e in ipairs{{0, 0}, {300, -300}, {-400, 400}, {200, 0}, {-200, 0},
      {0, 150}, {0, -200}} do
      local a, b = 2.0 ^ e[1], 2.0 ^ e[2]
      local p = linnet.problem(a * X, a * b * b * Y)
      local s = p:init{U = b * U, V = b * V}
      local rate, unit = theory.descent_rate{state = s}, (a * b) ^ 2
      local here = {rate.eta * unit, rate.contraction, theory.critical_step(p) * unit,
        theory.label_noise_end(p).trace / b ^ 2, s:sharpness() / unit}
      one = one or here
      for i, x in ipairs(one) do assert(math.abs(here[i] / x - 1) < 1e-12, i) end
    end
    local still = linnet.problem(X, 0 * Y):init{U = 0 * U, V = 0 * V}
    local rate = theory.descent_rate{state = still}
    assert(rate.eta == math.huge and rate.K == 0 and not rate.applies)
  end)

  it("makes a schedule whose every step keeps it", function()
    for _, o in ipairs(SETS) do
      local p = problem(o)
      local s = p:init("gaussian", {h = 200, seed = 1})
      local first = 0.3 * theory.descent_rate{state = s}.eta
      local schedule, sizes = theory.descent_schedule{eta = first}, {}
      local bound, before = 1, s
      local run = p:descend(s, {eta = function(k, state)
        sizes[#sizes + 1] = schedule(k, state)
        assert(state:excess() <= bound * before:excess() + 1e-28)
        local rate = theory.descent_rate{state = state, eta = sizes[#sizes]}
        assert(rate.eta * rate.K <= 1 + 1e-12)
        bound, before = rate.contraction, state
        return sizes[#sizes]
      end, steps = 60})
      assert(sizes[1] == first and sizes[60] > first)
      assert(run.final:excess() < s:excess())
    end
  end)
end)

-- ---------------------------------------------------------------- imbalance

local function Lambda(state)
  local U1, V = state:reduced()
  return U1:t() * U1 - V:t() * V
end

describe("The imbalance of one step", function()
  it("changes by the imbalance of the step itself, with weight decay too", function()
    for _, o in ipairs(SETS) do
      local p = problem(o)
      local s = p:init("gaussian", {h = 20, seed = o.seed})
      for _, w in ipairs{0, 0.3} do
        local eta = 0.2 * s:stable_step()
        local one = p:descend(s, {eta = eta, steps = 1, weight_decay = w}).final
        local change = theory.imbalance_step{state = s, eta = eta, weight_decay = w}
        assert((Lambda(one) - Lambda(s) - change):norm() < 1e-13 * Lambda(s):norm())
        assert(change:norm() > 1e-6 * Lambda(s):norm())
      end
      local other = p:descend(s, {eta = 0.2 * s:stable_step(), steps = 2, method = "heavy_ball"})
      local change = theory.imbalance_step{state = s, eta = 0.2 * s:stable_step()}
      assert((Lambda(other.final) - Lambda(s) - change):norm() > 1e-6 * Lambda(s):norm()) -- control
    end
  end)

  it("has the mean over label noise that it says", function()
    for _, o in ipairs{SETS[1], SETS[3], SETS[4]} do
      local p = problem(o)
      local s = p:init("gaussian", {h = 4, seed = o.seed})
      local eta, tau, count = 0.2 * s:stable_step(), 0.7, 4000
      local sum, squares = linnet.zeros(4, 4), linnet.zeros(4, 4)
      for seed = 1, count do
        local one = p:descend(s, {eta = eta, steps = 1, label_noise = tau, seed = seed,
          record = {}}).final
        local d = Lambda(one) - Lambda(s)
        sum, squares = sum + d, squares + d:emul(d)
      end
      local mean = sum * (1 / count)
      local sd = ((squares * (1 / count) - mean:emul(mean)) * (1 / count)):map(math.sqrt)
      local want = theory.imbalance_step{state = s, eta = eta, label_noise = tau}
      local without = theory.imbalance_step{state = s, eta = eta}
      local worst, control = 0, 0
      for i = 1, 4 do
        for j = 1, i do
          worst = math.max(worst, math.abs(mean(i, j) - want(i, j)) / sd(i, j))
          control = math.max(control, math.abs(mean(i, j) - without(i, j)) / sd(i, j))
        end
      end
      assert(worst < 4.5, worst) -- of ten normal numbers
      assert(control > 10, control)
    end
  end)
end)

-- ---------------------------------------------------------------- label noise

describe("The end of label noise", function()
  it("fits, is balanced by the noise, and has the least trace of the Hessian", function()
    for _, o in ipairs(SETS) do
      local p = problem(o)
      local last = theory.label_noise_end(p)
      local _, _, Yt = p:reduced()
      local sigma = p:singular_values()
      assert(math.abs(last.trace / ((p.m ^ 0.5 / sigma:norm()) * Yt:norm("nuc")) - 1) < 1e-12)
      assert(math.abs(last.VV:trace() / last.trace - 1) < 1e-12)
      local values, vectors = last.VV:eigh()
      local V = vectors * linnet.diag(values:map(function(x)
        return x > 1e-12 * values:max() and x ^ 0.5 or 0
      end))
      local U1 = inverse(sigma) * Yt * V:t():pinv()
      local s = at(p, U1, V)
      assert(s:excess() < 1e-22 * Yt:norm() ^ 2)
      assert((U1 * U1:t() - last.UU):norm() < 1e-9 * last.UU:norm())
      local SU = linnet.diag(sigma) * U1
      local rest = p.m * (SU:t() * SU) - sigma:norm() ^ 2 * (V:t() * V)
      assert(rest:norm() < 1e-9 * sigma:norm() ^ 2 * last.VV:norm()) -- the noise moves nothing
      assert(math.abs(s:hessian().trace / last.kernel_trace - 1) < 1e-9)
      for seed = 1, 3 do
        local final = p:flow(p:init("gaussian", {h = 30, seed = seed}), {t = math.huge}).final
        assert(final:hessian().trace > last.kernel_trace)
      end
    end
  end)

  it("is where descent with label noise ends, within its noise, and no other noise", function()
    for i, o in ipairs{{n = 4, D = 7, m = 2, noise = 0.1, seed = 1},
      {n = 4, D = 7, m = 1, kappa = 10, noise = 0.1, seed = 2},
      {n = 4, D = 6, m = 3, orthonormal = true, seed = 4}} do
      local X, Y = linnet.data.gaussian(o)
      local p = linnet.problem(2 * X, Y)
      local last = theory.label_noise_end(p).trace
      local start = p:init("gaussian", {h = 50, std = 0.4, seed = i})
      local fitted = p:flow(start, {t = math.huge}).final
      local function size(s)
        local _, V = s:reduced()
        return V:norm() ^ 2
      end
      local function mean(options)
        local sum, count = 0, 0
        options.record = {size = size}
        local run = p:descend(fitted, options)
        for k = #run.size // 2, #run.size do sum, count = sum + run.size(k), count + 1 end
        return sum / count
      end
      local n = math.floor(30 * p.m / (0.02 * 0.5 * p:singular_values():norm()) ^ 2)
      local got = mean{eta = 0.02, label_noise = 0.5, steps = 2 * n, seed = i, every = n // 200}
      assert(math.abs(got / last - 1) < 0.08, got / last)
      assert(size(fitted) > 5 * last) -- from far away
      assert(mean{eta = 0.02, steps = 2000} > 5 * last) -- without noise it stays
    end
  end)
end)

describe("Theory of descent", function()
  it("refuses what it cannot speak of, at the caller's line", function()
    local p = problem(SETS[1])
    local s = p:init("gaussian", {h = 4, seed = 1})
    support.refuses(function() theory.critical_step(s) end,
      "theory.critical_step: the argument must be a problem, got a state")
    support.refuses(function() theory.label_noise_end() end,
      "theory.label_noise_end: the argument must be a problem, got nil")
    support.refuses(function() theory.descent_rate{} end,
      "theory.descent_rate: give state, or U1, V and target")
    support.refuses(function() theory.descent_rate{state = s, U1 = linnet.eye(2)} end,
      "theory.descent_rate: give state, or U1, V and target")
    support.refuses(function() theory.descent_rate{state = p} end,
      "theory.descent_rate: state must be a state, got a problem")
    support.refuses(function() theory.descent_rate{U1 = linnet.eye(2), V = linnet.eye(2),
      target = linnet.eye(2), sigma = {1}} end,
      "theory.descent_rate: sigma has 1 values, but U1 2 rows")
    support.refuses(function() theory.descent_schedule{eta = 1}(0, p) end,
      "descent_schedule: state must be a state, got a problem")
    for _, call in ipairs{function() theory.descent_rate{U1 = linnet.eye(2), V = linnet.eye(3),
      target = linnet.eye(2)} end, function() theory.imbalance_step{U1 = linnet.eye(2),
      V = linnet.eye(2), target = linnet.eye(3), eta = 1} end} do
      local ok, e = pcall(call)
      assert.is_false(ok)
      assert.matches("^spec/theory/descent_spec.lua:%d+: theory", tostring(e))
    end
  end)
end)
