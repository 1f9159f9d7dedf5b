--- spec/flow/descend_spec.lua: discrete descent against full-state programs, the flow and its
-- drift.
-- SPDX-License-Identifier: MIT
local linnet = require "linnet"
local core = require "linnet.core"
package.path = "spec/?.lua;" .. package.path
local support = require "support"

local function small(m)
  local X, Y = linnet.data.gaussian{n = 8, D = 12, m = m or 1, noise = 0.1, seed = 3}
  local p = linnet.problem(X, Y)
  return p, p:init("gaussian", {h = 20, seed = 1, explicit = true}), X, Y
end

-- One step of full-state descent on 1/2 ||Y - X U V'||^2.
local function gradient(X, Y, U, V)
  local G = X:t() * (Y - X * U * V:t())
  return G * V, G:t() * U
end

describe("problem:descend", function()
  for _, name in ipairs(support.cases) do
    it("agrees with unreduced gradient descent: " .. name, function()
      local data, p, s = support.case(name)
      local run = p:descend(s, {eta = data.descent.eta, steps = data.descent.steps})
      assert.equal("time", run.stats.reason)
      assert.equal(data.descent.steps, run.k(#run.k))
      assert.is_true(support.relative(run.final:U(), linnet.matrix(data.descent.U)) < 1e-12)
      assert.is_true(support.relative(run.final:V(), linnet.matrix(data.descent.V)) < 1e-12)
      assert.is_true(math.abs(run.final:loss() - data.descent.loss) < 1e-12 * run.start:loss())
    end)
  end

  it("agrees with unreduced heavy ball and Nesterov", function()
    local p, s, X, Y = small(2)
    local eta, mu = 0.02, 0.8
    for _, method in ipairs{"heavy_ball", "nesterov"} do
      local U, V = s:U(), s:V()
      local dU, dV = U * 0, V * 0
      for _ = 1, 40 do
        local look = method == "nesterov" and mu or 0
        local gU, gV = gradient(X, Y, U + dU * look, V + dV * look)
        dU, dV = dU * mu + gU * eta, dV * mu + gV * eta
        U, V = U + dU, V + dV
      end
      local run = p:descend(s, {eta = eta, steps = 40, method = method, momentum = mu})
      assert.is_true(support.relative(run.final:U(), U) < 1e-12)
      assert.is_true(support.relative(run.final:V(), V) < 1e-12)
    end
  end)

  it("has the clock of the flow it follows, with momentum too", function()
    local X, Y = linnet.data.gaussian{n = 6, D = 10, m = 2, noise = 0.1, seed = 3}
    local p = linnet.problem(X, Y)
    local s = p:init("gaussian", {h = 30, seed = 1})
    for _, method in ipairs{"gd", "heavy_ball", "nesterov"} do
      for _, momentum in ipairs{0.5, 0.9} do
        local run = p:descend(s, {eta = 1e-4, steps = 8000, method = method, momentum = momentum})
        local flow = p:flow(s, {t = 40, tol = 1e-9, method = "dop853",
          until_excess = run.final:excess()})
        assert.equal("until_excess", flow.stats.reason)
        assert.is_true(math.abs(flow.final.t / run.final.t - 1) < 0.01)
        assert.equal(run.final.t, run.t(#run.t))
      end
    end
  end)

  it("is plain descent when sgd's batch is everything, and another for another seed", function()
    local p, s = small()
    local gd = p:descend(s, {eta = 0.02, steps = 30})
    local full = p:descend(s, {eta = 0.02, steps = 30, method = "sgd"})
    assert.is_true(support.relative(full.final:theta(), gd.final:theta()) < 1e-12)
    local function sgd(seed)
      return p:descend(s, {eta = 0.02, steps = 30, method = "sgd", batch = 2,
        seed = seed}).final:theta()
    end
    assert.equal(0, core.matrix.max_abs(sgd(1) - sgd(1)))
    assert.is_true(core.matrix.max_abs(sgd(1) - sgd(2)) > 1e-6)
    assert.is_true(core.matrix.max_abs(sgd(1) - gd.final:theta()) > 1e-6)
  end)

  it("does not see the width", function()
    local p = small()
    local a = p:descend(p:init("gaussian", {h = 1e15, seed = 4}), {eta = 0.05, steps = 200})
    local b = p:descend(p:init("gaussian", {h = math.huge}), {eta = 0.05, steps = 200})
    assert.is_true(math.abs(a.final:excess() / b.final:excess() - 1) < 1e-5)
  end)

  it("drifts from the imbalance by exactly eta^2 (V'A'AV - U1'AA'U1) a step", function()
    local p, s = small(2)
    local sigma, eta = linnet.diag(p:singular_values()), 0.05
    local U, V = s:reduced()
    local _, _, Yt = p:reduced()
    local A = sigma * (Yt - sigma * U * V:t())
    local after = p:descend(s, {eta = eta, steps = 1}).final
    local U1, V1 = after:reduced()
    local drift = (U1:t() * U1 - V1:t() * V1) - (U:t() * U - V:t() * V)
    local AV, AU = A * V, A:t() * U
    local exact = (AV:t() * AV - AU:t() * AU) * eta ^ 2
    assert.is_true(core.matrix.max_abs(drift - exact) < 1e-12 * core.matrix.max_abs(U:t() * U))
    assert.is_true(core.matrix.max_abs(exact) > 1e-6)
  end)

  it("tends to the flow as eta tends to 0, with order 1", function()
    local p, s = small()
    local exact = p:flow(s, {t = 2, tol = 1e-12, method = "dop853"}).final:theta()
    local etas, errors = {0.02, 0.01, 0.005, 0.0025}, {}
    for i, eta in ipairs(etas) do
      local run = p:descend(s, {eta = eta, steps = math.floor(2 / eta + 0.5)})
      assert.is_true(math.abs(run.final.t - 2) < 1e-12)
      errors[i] = (run.final:theta() - exact):norm()
    end
    assert.is_true(math.abs(support.slope(etas, errors) - 1) < 0.1)
  end)

  it("counts the mean loss's step and time by 2/n", function()
    local p, s = small()
    local sum = p:descend(s, {eta = 0.02, steps = 25})
    local mean = p:descend(s, {eta = 0.02 * p.n / 2, steps = 25, loss = "mean"})
    assert.is_true(support.relative(mean.final:theta(), sum.final:theta()) < 1e-12)
    assert.is_true(math.abs(mean.t(#mean.t) - 0.02 * 25) < 1e-15)
  end)

  it("says when the step is too large, and which would be stable", function()
    local p, s = small()
    local run = p:descend(s, {eta = 100, steps = 1000})
    assert.equal("diverged", run.stats.reason)
    local stable = run.stats.largest_stable_eta
    local converged = p:flow(s, {t = math.huge}).final -- where the sharpness decides
    assert.equal("time", p:descend(converged, {eta = 0.9 * stable, steps = 2000}).stats.reason)
    -- a hair away from the minimum, 2/lam_max(K) separates falling from growing (which may end in a
    -- flatter minimum: so the largest excess on the way counts)
    local sharp = 2 / select(1, converged:kernel():eigh()):max()
    local near = p:init{U = converged:U() * 1.001, V = converged:V()}
    local function growth(f)
      return p:descend(near, {eta = f * sharp, steps = 300}).excess:max() / near:excess()
    end
    assert.equal(1, growth(0.9))
    assert.is_true(growth(1.1) > 100)
  end)

  it("stops where it is told to", function()
    local p, s = small()
    local run = p:descend(s, {eta = 0.05, steps = 1e6, until_excess = 1e-6})
    assert.equal("until_excess", run.stats.reason)
    assert.is_true(run.final:excess() <= 1e-6 and run.excess(#run.k) == run.final:excess())
    local before = p:descend(s, {eta = 0.05, steps = run.stats.steps - 1})
    assert.is_true(before.final:excess() > 1e-6)
    assert.equal("stop", p:descend(s, {eta = 0.05, steps = 1e6,
      stop = function(state) return state:excess() < 1e-3 end}).stats.reason)
    local hurried = p:descend(s, {eta = 1e-9, steps = 1e12, max_seconds = 1e-9})
    assert.equal("max_seconds", hurried.stats.reason)
    assert.is_true(hurried.final:excess() <= s:excess())
  end)
end)

describe("misuse of descend is an error:", function()
  local p, s = small()
  for _, case in ipairs{
    {{steps = 1}, "'eta' is required"}, {{eta = 0, steps = 1}, "'eta' must be"},
    {{eta = -1, steps = 1}, "'eta' must be"}, {{eta = 0 / 0, steps = 1}, "'eta' must be.*nan"},
    {{eta = 1}, "'steps' is required"}, {{eta = 1, steps = 0}, "'steps' must be"},
    {{eta = 1, steps = 1.5}, "'steps' must be"},
    {{eta = 1, steps = 1, momentum = 1}, "'momentum' must be"},
    {{eta = 1, steps = 1, method = "adam"},
      "'method' must be one of gd, heavy_ball, nesterov, sgd"},
    {{eta = 1, steps = 1, method = "nesterow"}, "did you mean 'nesterov'"},
    {{eta = 1, steps = 1, batch = 0}, "'batch' must be"},
    {{eta = 1, steps = 1, method = "sgd", batch = 9}, "batch = 9 is more than the n = 8 samples"},
    {{eta = 1, steps = 1, seed = -1}, "'seed' must be"},
    {{eta = 1, steps = 1, loss = "max"}, "'loss' must be"},
    {{eta = 1, steps = 1, every = 0}, "'every' must be"},
    {{eta = 1, step = 1}, "did you mean 'steps'"},
    {{eta = 1, steps = 1, record = {"distnce"}}, "did you mean 'distance'"},
  } do
    it(case[2], function()
      local ok, message = pcall(p.descend, p, s, case[1])
      assert.is_false(ok)
      assert.matches("descend: .*" .. case[2], tostring(message))
    end)
  end

  it("run:at and run:verify know that it was no flow", function()
    local run = p:descend(s, {eta = 0.01, steps = 3})
    assert.error_matches(function() run:at(0.01) end, "steps of a descent")
    assert.error_matches(function() run:verify() end, "only a flow")
  end)
end)
