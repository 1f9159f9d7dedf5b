--- spec/flow/times_spec.lua: states at times asked for: the forms of save_at, times far beyond
-- convergence, and what is said of times that cannot be had.
-- SPDX-License-Identifier: MIT
local linnet = require "linnet"
package.path = "spec/?.lua;" .. package.path
local support = require "support"

local inf = math.huge

local function wide()
  local p = linnet.problem(linnet.data.gaussian{n = 20, D = 50, seed = 1, noise = 0.1})
  return p, p:init("gaussian", {h = 1000, seed = 1})
end

describe("save_at", function()
  local p, s = wide()

  local function rows(given, t) return p:flow(s, {t = t or 2, save_at = given, record = {}}).t end

  it("takes a list, a column, and both scales with both ends exact", function()
    assert.equal(3, #rows{0, 0.5, 2})
    assert.equal(4, #rows(linnet.linspace(0, 2, 4)))
    local linear = rows{linear = {0, 2, 5}}
    assert.equal(5, #linear)
    assert.same({0, 0.5, 1, 1.5, 2},
      {linear(1), linear(2), linear(3), linear(4), linear(5)})
    local log = rows{log = {0.02, 2, 3}}
    assert.equal(0.02, log(1))
    assert.is_true(math.abs(log(2) - 0.2) < 1e-15)
    assert.equal(2, log(3))
    assert.equal(1, #rows{linear = {1, 1, 1}})
  end)

  it("keeps a time that is the end but for rounding, and says when it lies beyond", function()
    local t = rows({0.1, 0.2, 0.1 * 3}, 0.3)
    assert.equal(3, #t)
    assert.equal(0.3, t(3))
    assert.error_matches(function() rows({1, 2.1}) end, "time 2 is 2.1, beyond the end t = 2")
    assert.error_matches(function() rows{log = {1, 3, 5}} end, "beyond the end t = 2")
    assert.equal(2, #rows({1, inf}, inf))
  end)

  it("refuses what it does not know", function()
    for given, message in pairs{
      [{lin = {0, 2, 5}}] = "unknown key 'lin' %(did you mean 'linear'%?%)",
      [{linear = {0, 2}}] = "linear must be {t0, t1, count}",
      [{linear = {0, 2, 5, 7}}] = "linear must be", [{linear = 3}] = "linear must be",
      [{linear = {-1, 2, 5}}] = "linear must be", [{linear = {2, 1, 5}}] = "linear must be",
      [{log = {0.1, 2, 5, base = 2}}] = "unknown key 'base'",
      [{log = {0.1, 2, 5}, linear = {0, 2, 5}}] = "'linear' beside log",
      [{0.1, 0.2, count = 5}] = "unknown key 'count'",
      [{0.1, [5] = 1}] = "unknown key 5",
      [{linear = {0, 1, 1e9}}] = "too many to keep",
    } do
      assert.error_matches(function() rows(given) end, "save_at: .*" .. message)
    end
  end)
end)

describe("times far beyond convergence", function()
  it("are answered at once, recorded or asked for afterwards", function()
    local p, s = wide()
    local run = p:flow(s, {t = inf, save_at = {1, 100, 1e40, inf}, record = {"distance"}})
    assert.equal(4, #run.t)
    assert.is_true(math.abs(run.distance(3) / run.distance(4) - 1) < 1e-9)
    local far = run:at(1e40)
    assert.equal(1e40, far.t)
    assert.is_true(support.relative(far:theta(), run.final:theta()) < 1e-5)
    assert.is_true(math.abs(run:at(1):excess() / run.excess(1) - 1) < 1e-5)
    assert.equal("time", p:flow(s, {t = 1e300}).stats.reason)
  end)

  it("for every method, where its flow came to rest", function()
    local p = linnet.problem(linnet.eye(2), linnet.ones(2, 1))
    for _, method in ipairs{"auto", "expo2", "expo4", "dopri5", "dop853", "rodas4"} do
      local run = p:flow(p:init("gaussian", {h = 10, seed = 1}), {t = 1e9, method = method})
      assert.equal("time", run.stats.reason)
      for _, t in ipairs{40, 1e4, 5e8} do
        assert.equal(t, run:at(t).t)
        assert.is_true(run:at(t):excess() < 1e-20)
      end
    end
  end)

  it("bounds and rates along such a run too", function()
    local p = linnet.problem(linnet.eye(2), linnet.ones(2, 1))
    local run = p:flow(p:init("gaussian", {h = 10, seed = 1}), {t = 1e9, method = "dopri5"})
    assert.is_true(#run:bounds().ladder > 3)
    assert.equal(3, #run:rates{0, 1, 5e8}.t)
  end)

  it("after any method came to rest on its way to infinity, and at infinity", function()
    local starts = {}
    local p = linnet.problem(linnet.eye(3), linnet.random(2):normal(3, 1))
    starts.converged = p:init{U = linnet.random(1):normal(3, 2), V = linnet.random(2):normal(1, 2)}
    starts.saddle = p:init{U = linnet.zeros(3, 2), V = linnet.zeros(1, 2)}
    for reason, s in pairs(starts) do
      for _, method in ipairs{"auto", "expo2", "expo4", "dop853", "dopri5", "rodas4"} do
        local asked = {0.5, 1e6, 1e30, inf}
        local run = p:flow(s, {t = inf, method = method, save_at = asked})
        assert.equal(reason, run.stats.reason)
        assert.equal(linnet.matrix(asked), run.t)
        assert.near(run.final:loss(), run.loss(4, 1), 1e-12)
        assert.near(run.final:loss(), run.loss(3, 1), 1e-12)
        for _, t in ipairs{1e6, 1e40, inf} do
          assert.near(run.final:loss(), run:at(t):loss(), 1e-12)
        end
      end
    end
  end)

  it("inside steps of a flow that creeps", function()
    local X, Y = linnet.data.gaussian{n = 6, D = 8, m = 2, kappa = 1e6, noise = 0.1, seed = 3}
    local p = linnet.problem(X, Y)
    local run = p:flow(p:init("gaussian", {h = 1, std = 0.3, seed = 5}), {t = inf, record = {}})
    local before = inf
    for _, t in ipairs{1e3, 3e4, 1e6, 1e7} do
      local excess = run:at(t):excess()
      assert.is_true(excess <= before * (1 + 1e-6))
      before = excess
    end
    assert.is_true(math.abs(before / run.final:excess() - 1) < 1e-6)
  end)
end)

it("a state that takes longer than max_seconds is not waited for", function()
  local X, Y = linnet.data.gaussian{n = 30, D = 60, kappa = 1e6, seed = 1}
  local p = linnet.problem(X, Y)
  local run = p:flow(p:init("gaussian", {h = 1e4, seed = 1}), {t = 1e6, record = {}})
  run.options.max_seconds = 1e-9
  assert.error_matches(function() run:at(5e5) end, "not reached: max_seconds")
end)
