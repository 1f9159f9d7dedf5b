--- spec/flow/flow_spec.lua: gradient flow against independent programs, identities and its own
-- promises.
-- SPDX-License-Identifier: MIT
local linnet = require "linnet"
local core = require "linnet.core"
package.path = "spec/?.lua;" .. package.path
local support = require "support"

local METHODS = {"auto", "expo2", "expo4", "dopri5", "dop853"}

local function small()
  local rng = linnet.random(11)
  local X, Y = rng:normal(6, 9), rng:normal(6, 2)
  local p = linnet.problem(X, Y)
  return p, p:init("gaussian", {h = 1e6, seed = 3})
end

describe("problem:flow", function()
  -- tolerances of the issue: 1e-9 for the explicit pairs at 1e-12, 1e-8 for expo4 at 1e-11
  for _, method in ipairs{"dopri5", "dop853", "expo4", "auto"} do
    local explicit = method == "dopri5" or method == "dop853"
    local tol, bound = explicit and 1e-12 or 1e-11, explicit and 1e-9 or 1e-8
    for _, name in ipairs(support.cases) do
      it(("agrees with an unreduced integration: %s, %s"):format(name, method), function()
        local data, p, s = support.case(name)
        local times = {}
        for i, point in ipairs(data.flow) do times[i] = point.t end
        local states = {}
        local run = p:flow(s, {t = times[#times], tol = tol, method = method, save_at = times,
          record = {seen = function(state) states[#states + 1] = state; return 0 end}})
        assert.equal("time", run.stats.reason)
        assert.equal(#times, #states)
        for i, point in ipairs(data.flow) do
          assert.equal(point.t, run.t(i))
          assert.is_true(support.relative(states[i]:U(), linnet.matrix(point.U)) < bound)
          assert.is_true(support.relative(states[i]:V(), linnet.matrix(point.V)) < bound)
          assert.is_true(math.abs(run.loss(i) - point.loss) <= bound * data.flow[1].loss)
          assert.is_true(support.relative(states[i]:theta(), linnet.matrix(point.theta)) < bound)
          assert.is_true(math.abs(states[i]:distance() - point.distance_frobenius)
            < bound * data.theory_at_0.distance_frobenius)
          assert.is_true(math.abs(states[i]:distance(2) - point.distance_spectral)
            < bound * data.theory_at_0.distance_frobenius)
        end
      end)
    end
  end

  it("does not move the trajectory when more is recorded", function()
    local p, s = small()
    for _, method in ipairs(METHODS) do
      local plain = p:flow(s, {t = 3, method = method})
      local watched = p:flow(s, {t = 3, method = method, save_at = {log = {1e-3, 3, 40}},
        record = {"travel", "alignment", "singular_values", "kernel_distance"}})
      assert.equal(40, #watched.t)
      assert.equal(0, core.matrix.max_abs(plain.final:theta() - watched.final:theta()))
      assert.equal(plain.stats.steps, watched.stats.steps)
    end
  end)

  it("gives the state at any time at the accuracy of the method, with the imbalance kept",
    function()
    local p, s = small()
    local sharp = p:flow(s, {t = 4, method = "dop853", tol = 1e-13})
    for _, method in ipairs(METHODS) do
      local run = p:flow(s, {t = 4, method = method, tol = 1e-7})
      for _, t in ipairs{0.013, 0.5, 1.7, 3.99} do
        local a, b = run:at(t), sharp:at(t)
        assert.equal(t, a.t)
        assert.is_true(support.relative(a:theta(), b:theta()) < 1e-5)
        if method:find("expo") then assert.is_true(a:imbalance_drift() < 1e-13) end
      end
      assert.equal(0, core.matrix.max_abs(run:at(0):theta() - s:theta()))
      assert.equal(run.final, run:at(4))
      assert.has_error(function() run:at(4.5) end)
    end
  end)

  it("continues the clock of a final state and composes", function()
    local p, s = small()
    local whole = p:flow(s, {t = 2, tol = 1e-11, method = "dop853"})
    local half = p:flow(s, {t = 0.7, tol = 1e-11, method = "dop853"})
    local rest = p:flow(half.final, {t = 2, tol = 1e-11, method = "dop853"})
    assert.equal(2, rest.final.t)
    assert.equal(0.7, rest.t(1))
    assert.is_true(support.relative(rest.final:theta(), whole.final:theta()) < 1e-9)
  end)

  it("finds where the excess crosses a level", function()
    local p, s = small()
    for _, method in ipairs(METHODS) do
      local run = p:flow(s, {t = math.huge, until_excess = 1e-5, method = method, tol = 1e-9})
      assert.equal("until_excess", run.stats.reason)
      assert.is_true(math.abs(run.final:excess() / 1e-5 - 1) < 1e-6)
    end
  end)

  it("goes to t = infinity, where nothing is left to learn", function()
    local p, s = small()
    for _, method in ipairs(METHODS) do
      local run = p:flow(s, {t = math.huge, method = method})
      assert.equal("converged", run.stats.reason)
      assert.is_true(run.final:excess() < 1e-24)
    end
  end)

  it("notices that it has arrived where round-off of the steps hides it", function()
    local X, Y = linnet.data.gaussian{n = 8, D = 20, m = 3, orthonormal = true, seed = 1}
    local p = linnet.problem(X, 3 * Y)
    for _, method in ipairs(METHODS) do
      local run = p:flow(p:init("xavier", {h = math.huge}), {t = math.huge, tol = 1e-3,
        method = method, max_steps = 500})
      assert.equal("converged", run.stats.reason, method)
      assert.is_true(run.final:excess() < 1e-26)
    end
  end)

  it("keeps the imbalance to round-off with the expo methods, and only with them", function()
    local p, s = small()
    for _, method in ipairs{"expo2", "expo4"} do
      for _, tol in ipairs{1e-1, 1e-3, 1e-6} do
        local run = p:flow(s, {t = math.huge, method = method, tol = tol})
        assert.is_true(run.stats.imbalance_drift <= 1e-13)
      end
    end
    assert.is_true(p:flow(s, {t = 5, method = "dopri5", tol = 1e-3}).stats.imbalance_drift > 1e-9)
  end)

  it("keeps it on near-infrared data too, from starts that first grow a thousandfold", function()
    for _, center in ipairs{false, true} do
      local X, Y = linnet.data.csv("examples/data/gasoline.csv",
        {target = "octane", center = center})
      local p = linnet.problem(X, Y)
      for _, std in ipairs{1e-3, 0.1} do
        for _, h in ipairs{20, 1e4} do
          local s = p:init("gaussian", {h = h, seed = 1, std = std})
          for _, method in ipairs{"auto", "expo2", "expo4"} do
            for _, tol in ipairs{1e-1, 1e-2, 1e-4} do
              local run = p:flow(s, {t = math.huge, method = method, tol = tol, record = {}})
              assert.is_true(run.stats.imbalance_drift <= 1e-13,
                ("%s, tol %g, std %g, h %g: %g"):format(method, tol, std, h,
                  run.stats.imbalance_drift))
            end
          end
        end
      end
    end
  end)

  it("rescales its steps with the weights and the clock", function()
    -- Z -> a Z and Yt -> a^2 Yt is the same flow with time running a^2 times faster
    local rng = linnet.random(5)
    local X, Y, U, V = rng:normal(5, 7), rng:normal(5, 1), rng:normal(7, 6), rng:normal(1, 6)
    local plain = linnet.problem(X, Y)
    local base = plain:flow(plain:init{U = U, V = V}, {t = 2})
    for _, a in ipairs{2.0 ^ -27, 2.0 ^ 27} do -- about 1e-8 and 1e8, exact to scale by
      local p = linnet.problem(X, Y * a ^ 2)
      local run = p:flow(p:init{U = U * a, V = V * a}, {t = 2 / a ^ 2})
      assert.equal(base.stats.steps, run.stats.steps)
      assert.is_true(support.relative(run.final:theta() * a ^ -2, base.final:theta()) < 1e-9)
    end
  end)

  it("estimates its own error within a factor of ten, both ways", function()
    local p, s = small()
    local sharp = p:flow(s, {t = 3, method = "dop853", tol = 1e-14}).final
    local separation = require("linnet.run").separation
    for _, method in ipairs(METHODS) do
      for _, tol in ipairs{1e-2, 1e-4, 1e-6, 1e-8} do
        local run = p:flow(s, {t = 3, method = method, tol = tol})
        local true_error, estimate = separation(run.final, sharp), run:verify().error
        assert.is_true(estimate < 10 * true_error and true_error < 10 * estimate,
          ("%s at %g: estimate %g, true %g"):format(method, tol, estimate, true_error))
      end
    end
  end)
end)

describe("outcomes of a flow are data:", function()
  local X, Y = linnet.eye(3), linnet.matrix{1, 2, 3}
  local p = linnet.problem(X, Y)

  it("a saddle at U = V = 0", function()
    local run = p:flow(p:init{U = linnet.zeros(3, 4), V = linnet.zeros(1, 4)}, {t = math.huge})
    assert.equal("saddle", run.stats.reason)
  end)

  it("zero targets", function()
    local zero = linnet.problem(X, linnet.zeros(3, 1))
    local run = zero:flow(zero:init("gaussian", {h = 10, seed = 1}), {t = math.huge})
    assert.equal("converged", run.stats.reason)
    assert.is_true(run.final:excess() < 1e-12)
  end)

  it("a target of rank two through a single hidden unit", function()
    local wide = linnet.problem(linnet.eye(3), linnet.matrix{{3, 0}, {0, 2}, {0, 0}})
    local run = wide:flow(wide:init("gaussian", {h = 1, seed = 1}), {t = math.huge})
    assert.equal("unreachable", run.stats.reason)
    assert.is_true(math.abs(run.final:excess() - 2) < 1e-9) -- the best rank one leaves 2^2/2
  end)

  it("a budget of steps or seconds", function()
    local s = p:init("gaussian", {h = 10, seed = 1})
    for _, method in ipairs(METHODS) do
      local stats = p:flow(s, {t = math.huge, max_steps = 2, method = method}).stats
      assert.equal("max_steps", stats.reason)
      assert.equal(2, stats.steps + stats.rejected)
    end
    assert.equal("max_seconds",
      p:flow(s, {t = 1e9, max_seconds = 1e-9, method = "dopri5"}).stats.reason)
  end)

  it("a condition of the user, seen with the state", function()
    local s = p:init("gaussian", {h = 10, seed = 1})
    local run = p:flow(s, {t = 10, stop = function(state) return state:excess() < 1 end})
    assert.equal("stop", run.stats.reason)
    assert.is_true(run.final:excess() < 1)
  end)

  it("steps are reported one by one", function()
    local seen = 0
    local run = p:flow(p:init("gaussian", {h = 10, seed = 1}), {t = 1,
      on_step = function(state) seen = seen + 1; assert(state.t > 0) end})
    assert.equal(run.stats.steps, seen)
  end)
end)

describe("misuse of flow is an error:", function()
  local p = linnet.problem(linnet.eye(3), linnet.matrix{1, 2, 3})
  local other = linnet.problem(linnet.eye(3), linnet.matrix{1, 2, 4})
  local s = p:init("gaussian", {h = 10, seed = 1})
  for _, case in ipairs{
    {{t = 0}, "'t' must be a number > 0, got 0"}, {{t = -1}, "'t' must be"},
    {{t = 0 / 0}, "'t' must be .*got nan"}, {{}, "'t' is required"}, {{t = "1"}, "'t' must be"},
    {{t = 1, tol = 0}, "'tol' must be"}, {{t = 1, tol = -1e-6}, "'tol' must be"},
    {{t = 1, tol = 0 / 0}, "'tol' must be.*nan"}, {{t = 1, tol = 2}, "'tol' must be"},
    {{t = 1, method = "rk4"}, "'method' must be one of auto, expo2, expo4, dopri5, dop853"},
    {{t = 1, method = "dopri"}, "did you mean 'dopri5'"},
    {{t = 1, tolerance = 1e-6}, "unknown option 'tolerance' %(did you mean 'tol'%?%)"},
    {{t = 1, until_excess = 0}, "'until_excess' must be"},
    {{t = 1, save_at = "all"}, "'save_at' must be"},
    {{t = 1, save_at = {log = {0, 1, 5}}}, "save_at: log must be"},
    {{t = 1, save_at = {log = {0.1, 1, 1e9}}}, "too many"},
    {{t = 1, save_at = {-1}}, "time 1 is %-1"}, {{t = 1, save_at = {0.5, "x"}}, "time 2 is 'x'"},
    {{t = 1, record = {"los"}}, "did you mean 'loss'"},
    {{t = 1, record = {x = 1}}, "'x' must be a function"},
    {{t = 1, record = {t = print}}, "'t' is a field of every run"},
    {{t = 1, record = "loss"}, "'record' must be"}, {{t = 1, stop = true}, "'stop' must be"},
    {{t = 1, on_step = 3}, "'on_step' must be"}, {{t = 1, progress = 1}, "'progress' must be"},
    {{t = 1, max_steps = 0}, "'max_steps' must be"},
    {{t = 1, max_steps = 1.5}, "'max_steps' must be"},
    {{t = 1, max_seconds = -1}, "'max_seconds' must be"}, {3, "options must be a table"},
  } do
    it(case[2], function()
      local ok, message = pcall(p.flow, p, s, case[1])
      assert.is_false(ok)
      assert.matches("^.*flow: .*" .. case[2], tostring(message))
      assert.equal("time", p:flow(s, {t = 0.1}).stats.reason) -- everything is still usable
    end)
  end

  it("a state of another problem, or none", function()
    assert.error_matches(function() other:flow(s, {t = 1}) end, "belongs to another problem")
    assert.error_matches(function() p:flow({},
    {t = 1}) end, "must be a state of this problem, got a table")
    assert.error_matches(function() p.flow(s, s, {t = 1}) end, "not a problem")
  end)

  it("a callback that raises keeps the run so far", function()
    local ok, e = pcall(p.flow, p, s, {t = 10, on_step = function(state)
      if state.t > 0.1 then error("enough", 0) end
    end})
    assert.is_false(ok)
    assert.equal("enough", tostring(e))
    assert.is_true(e.run.final.t > 0.1 and #e.run.t > 1)
  end)
end)
