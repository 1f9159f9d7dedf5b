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
        local run = p:descend(s, {eta = 1e-4, steps = 8000, method = method,
          momentum = method ~= "gd" and momentum or nil})
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

  it("takes a step size for each step: a list, a column, a function, the reference", function()
    local data, p, s = support.case("descents")
    local d = data.methods.schedule
    local listed = p:descend(s, {eta = d.etas, steps = d.steps, every = 1})
    assert.is_true(support.relative(listed.final:U(), linnet.matrix(d.U)) < 1e-12)
    assert.is_true(support.relative(listed.final:V(), linnet.matrix(d.V)) < 1e-12)
    local asked, t = {}, 0
    for _, eta in ipairs{linnet.matrix(d.etas):reshape(d.steps, 1), function(k, state)
      asked[#asked + 1] = k
      assert.equal(k, state.k)
      return d.etas[k + 1]
    end} do
      local run = p:descend(s, {eta = eta, steps = d.steps, every = 7})
      assert.equal(0, core.matrix.max_abs(run.final:U() - listed.final:U()))
      assert.equal(listed.final.t, run.final.t)
    end
    assert.equal(d.steps, #asked) -- one call a step
    for k = 0, d.steps do
      assert.is_true(math.abs(listed.t(k + 1) - t) < 1e-14 and listed.k(k + 1) == k)
      t = t + (d.etas[k + 1] or 0)
    end
    local mean = p:descend(s, {eta = function(k) return d.etas[k + 1] * p.n / 2 end,
      steps = d.steps, loss = "mean"})
    assert.is_true(support.relative(mean.final:U(), listed.final:U()) < 1e-14)
    assert.is_true(math.abs(mean.final.t - listed.final.t) < 1e-14)
    local one = p:descend(s, {eta = 0.05, steps = d.steps})
    assert.is_true(support.relative(one.final:U(), listed.final:U()) > 1e-4)
  end)

  it("asks a schedule for every method, against the loop on full weights", function()
    local p, s, X, Y = small(2)
    local function eta(k) return 0.03 / (1 + k / 7) end
    local mu = 0.8
    for _, look in ipairs{0, mu} do
      local U, V = s:U(), s:V()
      local dU, dV = U * 0, V * 0
      for k = 0, 39 do
        local gU, gV = gradient(X, Y, U + dU * look, V + dV * look)
        dU, dV = dU * mu + gU * eta(k), dV * mu + gV * eta(k)
        U, V = U + dU, V + dV
      end
      local run = p:descend(s, {eta = eta, steps = 40, momentum = mu,
        method = look == 0 and "heavy_ball" or "nesterov"})
      assert.is_true(support.relative(run.final:U(), U) < 1e-12)
      assert.is_true(support.relative(run.final:V(), V) < 1e-12)
    end
    local sgd = {eta = 0.02, steps = 20, method = "sgd", batch = 2, seed = 3}
    local fixed = p:descend(s, sgd).final
    sgd.eta = function() return 0.02 end
    assert.equal(0, core.matrix.max_abs(p:descend(s, sgd).final:U() - fixed:U()))
  end)

  it("decays weights as full matrices do: the reference, every method, off the data too", function()
    local data, q, start = support.case("descents")
    local d = data.methods.weight_decay
    local decayed = q:descend(start, {eta = d.eta, weight_decay = d.w, steps = d.steps}).final
    assert.is_true(support.relative(decayed:U(), linnet.matrix(d.U)) < 1e-12)
    assert.is_true(support.relative(decayed:V(), linnet.matrix(d.V)) < 1e-12)
    local p, s, X, Y = small(2)
    local eta, w, mu = 0.02, 0.3, 0.8
    for _, method in ipairs{"gd", "heavy_ball", "nesterov", "sgd"} do
      local heavy = method == "heavy_ball" or method == "nesterov"
      local U, V = s:U(), s:V()
      local dU, dV = U * 0, V * 0
      for _ = 1, 40 do
        local look = method == "nesterov" and mu or 0
        local Ua, Va = U + dU * look, V + dV * look
        local gU, gV = gradient(X, Y, Ua, Va)
        local old = heavy and mu or 0
        dU, dV = dU * old + (gU - Ua * w) * eta, dV * old + (gV - Va * w) * eta
        U, V = U + dU, V + dV
      end
      local o = {eta = eta, steps = 40, method = method, momentum = heavy and mu or nil,
        weight_decay = w}
      local final = p:descend(s, o).final
      assert.is_true(support.relative(final:U(), U) < 1e-12)
      assert.is_true(support.relative(final:V(), V) < 1e-12)
      assert.is_true(support.relative(final:theta(), U * V:t()) < 1e-12)
      local gap = (U * V:t() - p:min_norm()):norm()
      assert.is_true(math.abs(final:distance() / gap - 1) < 1e-12)
      local _, G = p:reduced() -- Phi1', r x D
      local U2 = U - G:t() * (G * U)
      local outside = ((G * U * U2:t()):norm() ^ 2 + (V * U2:t()):norm() ^ 2) ^ 0.5
      assert.is_true(math.abs(final:perpendicular() / outside - 1) < 1e-12)
      assert.is_true(final.decay < 0.9)
      local spectrum = final:imbalance().spectrum
      local full = ((G * U):t() * (G * U) - V:t() * V):eigh()
      assert.is_true(math.abs(spectrum:max() - full:max()) < 1e-12)
      -- a flow, and a file, keep what is left of U2
      local flowed = p:flow(final, {t = final.t + 1}).final
      assert.equal(final.decay, flowed.decay)
      local path = os.tmpname()
      final:save(path)
      local loaded = linnet.load(path)
      os.remove(path)
      assert.equal(0, core.matrix.max_abs(loaded:theta() - final:theta()))
      o.loss, o.eta = "mean", eta * p.n / 2
      o.weight_decay = w * 2 / p.n
      assert.is_true(support.relative(p:descend(s, o).final:U(), U) < 1e-12)
    end
    local lawful = p:init("gaussian", {h = 50, seed = 1})
    local after = p:descend(lawful, {eta = eta, steps = 40, weight_decay = w}).final
    local _, V = after:reduced()
    assert.is_true(math.abs(after:law().mean / ((p.D - p.rank) * (lawful.std_u * after.decay) ^ 2
      * V:norm() ^ 2) - 1) < 1e-12)
    assert.is_true(math.abs(after.decay - (1 - eta * w) ^ 40) < 1e-14)
  end)

  it("agrees with unreduced normalized descent and SAM, decoupled decay too", function()
    local data, q, start = support.case("descents")
    for name, method in pairs{normalized_gd = "normalized", sam = "sam"} do
      local d = data.methods[name]
      local final = q:descend(start, {eta = d.eta, steps = d.steps, method = method,
        rho = d.rho}).final
      assert.is_true(support.relative(final:U(), linnet.matrix(d.U)) < 1e-12)
      assert.is_true(support.relative(final:V(), linnet.matrix(d.V)) < 1e-12)
    end
    local p, s, X, Y = small(2)
    local eta, w, rho = 0.02, 0.3, 0.2
    for _, method in ipairs{"normalized", "sam"} do
      local U, V = s:U(), s:V()
      for _ = 1, 40 do
        local gU, gV = gradient(X, Y, U, V)
        local norm = (gU:norm() ^ 2 + gV:norm() ^ 2) ^ 0.5
        if method == "sam" then
          gU, gV = gradient(X, Y, U - gU * (rho / norm), V - gV * (rho / norm))
          norm = 1
        end
        U, V = U * (1 - eta * w) + gU * (eta / norm), V * (1 - eta * w) + gV * (eta / norm)
      end
      local final = p:descend(s, {eta = eta, steps = 40, method = method, weight_decay = w,
        rho = method == "sam" and rho or nil}).final
      assert.is_true(support.relative(final:U(), U) < 1e-12)
      assert.is_true(support.relative(final:V(), V) < 1e-12)
    end
    local step = {eta = 0.01, steps = 1, method = "normalized"}
    local sum = p:descend(s, step).final
    step.loss = "mean" -- the same direction, and the length is eta
    assert.equal(0, core.matrix.max_abs(p:descend(s, step).final:U() - sum:U()))
    local moved = ((sum:U() - s:U()):norm() ^ 2 + (sum:V() - s:V()):norm() ^ 2) ^ 0.5
    assert.is_true(math.abs(moved / 0.01 - 1) < 1e-12)
    local off = p:descend(s, {eta = 1e3, steps = 50, method = "normalized"})
    assert.is_nil(off.stats.largest_stable_eta)
  end)

  it("goes on counting from the end of another descent", function()
    local p, s = small()
    local function eta(k) return 0.05 / (1 + k) end
    local whole = p:descend(s, {eta = eta, steps = 30})
    local half = p:descend(s, {eta = eta, steps = 12})
    local rest = p:descend(half.final, {eta = eta, steps = 18})
    assert.equal(0, core.matrix.max_abs(rest.final:U() - whole.final:U()))
    assert.is_true(math.abs(rest.final.t - whole.final.t) < 1e-15)
    assert.same({12, 30, 18}, {rest.k(1), rest.k(#rest.k), rest.stats.steps})
    assert.same({0, 12, 30}, {s.k, half.final.k, rest.final.k})
    local between = p:flow(half.final, {t = half.final.t + 1}).final
    assert.same({12, 0}, {between.k, rest.final:start().k})
  end)

  it("refuses a step size that is none, with the step named", function()
    local p, s = small()
    local function refuses(eta, message)
      local ok, err = pcall(p.descend, p, s, {eta = eta, steps = 3})
      assert.is_false(ok)
      assert.matches(message, tostring(err))
      return err
    end
    refuses({0.1, 0.1}, "descend: eta has 2 values for 3 steps: one for each")
    refuses({0.1, 0, 0.1}, "descend: eta of step 2 must be a finite number > 0, got 0")
    refuses({0.1, 0.1, math.huge}, "descend: eta of step 3 must be a finite number > 0, got inf")
    refuses({0.1, "x", 0.1}, "descend: eta of step 2 must be a finite number > 0, got 'x'")
    refuses(linnet.matrix{{0.1}, {0 / 0}, {1}}, "descend: eta of step 2 .*nan")
    refuses(linnet.matrix{{0.1, 0.1, 0.1}}, "descend: eta must be one column, got 3")
    for _, bad in ipairs{0, -1, math.huge, 0 / 0, "x"} do
      local err = refuses(function(k) return k < 2 and 0.01 or bad end,
        "descend: eta%(2, state%) must be a finite number > 0, got ")
      assert.equal(2, err.run.stats.steps)
    end
    refuses(function() end, "eta%(0, state%) must be a finite number > 0, got nil")
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

  it("has a largest stable step of its own with momentum", function()
    local p, s = small()
    local converged = p:flow(s, {t = math.huge}).final
    local near = p:init{U = converged:U() * 1.001, V = converged:V()}
    for _, method in ipairs{"heavy_ball", "nesterov"} do
      for _, momentum in ipairs{0, 0.5, 0.9} do
        local o = {eta = 1e3, steps = 300, method = method, momentum = momentum}
        local stable = p:descend(near, o).stats.largest_stable_eta
        local function growth(f)
          o.eta = f * stable
          return p:descend(near, o).excess:max() / near:excess()
        end
        assert.is_true(growth(0.9) < 10) -- momentum swings, and settles
        assert.is_true(growth(1.1) > 100)
      end
    end
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
      "'method' must be one of gd, heavy_ball, nesterov, sgd, normalized, sam"},
    {{eta = 1, steps = 1, method = "nesterow"}, "did you mean 'nesterov'"},
    {{eta = 1, steps = 1, weight_decay = -1}, "'weight_decay' must be"},
    {{eta = 1, steps = 1, rho = 1}, "'rho' is not used by method 'gd', only by sam"},
    {{eta = 1, steps = 1, batch = 0}, "'batch' must be"},
    {{eta = 1, steps = 1, momentum = 0.5},
      "'momentum' is not used by method 'gd', only by heavy_ball, nesterov"},
    {{eta = 1, steps = 1, method = "sgd", momentum = 0}, "'momentum' is not used by method 'sgd'"},
    {{eta = 1, steps = 1, batch = 8}, "'batch' is not used by method 'gd', only by sgd"},
    {{eta = 1, steps = 1, method = "nesterov", seed = 1},
      "'seed' is not used by method 'nesterov', only by sgd"},
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

  it("an unused option in a sweep too; and a run's options have none", function()
    local result = linnet.sweep{over = {method = {"gd", "heavy_ball"}}, seeds = 1,
      measure = {"excess"}, run = function(point)
        local o = {eta = 0.01, steps = 3, method = point.method, momentum = 0.5}
        return {excess = p:descend(s, o).final:excess()}
      end}:run{progress = false}
    assert.equal(1, #result.failures)
    assert.matches("'momentum' is not used by method 'gd'", tostring(result.failures[1].error))
    local o = p:descend(s, {eta = 0.01, steps = 3}).options
    assert.is_nil(o.momentum or o.batch or o.seed)
  end)

  it("run:at and run:verify know that it was no flow", function()
    local run = p:descend(s, {eta = 0.01, steps = 3})
    assert.error_matches(function() run:at(0.01) end, "steps of a descent")
    assert.error_matches(function() run:verify() end, "only a flow")
  end)
end)
