--- spec/hostile/losses_spec.lua: losses and targets held wrong, what holds for the squared loss
-- alone, and the smallest and the most extreme problems with a loss.
-- SPDX-License-Identifier: MIT
local core = require "linnet.core"
local linnet = require "linnet"
package.path = "spec/?.lua;" .. package.path
local support = require "support"

local X, F = linnet.data.gaussian{n = 6, D = 3, m = 2, noise = 0.3, seed = 1}
local signs = linnet.matrix{1, -1, 1, 1, -1, -1}
local classes = linnet.matrix(6, 2, function(i, j) return (signs(i) > 0) == (j == 1) and 1 or 0 end)

local function make(name)
  return linnet.problem(X, name == "logistic" and signs or name == "softmax" and classes or F,
    {loss = name})
end
local function start(p, h) return p:init("gaussian", {h = h or 5, seed = 1}) end

describe("a loss", function()
  it("is refused in words that say what is wrong", function()
    local names = "squared, logistic, softmax, huber"
    local function huber(o)
      local loss = {"huber"}
      for key, value in pairs(o) do loss[key] = value end
      return loss
    end
    for _, case in ipairs{
      {F, "sofmax", "option 'loss' must be one of " .. names .. " or a table, got 'sofmax' (did "
        .. "you mean 'softmax'?)"},
      {F, {"hubber", delta = 1}, "option 'loss': {'hubber'} must begin with one of " .. names
        .. " (did you mean 'huber'?)"},
      {F, {}, "option 'loss': {nil} must begin with one of " .. names},
      {F, huber{delta = 0}, "option 'loss': delta must be a finite number > 0, got 0"},
      {F, huber{delta = -1}, "option 'loss': delta must be a finite number > 0, got -1"},
      {F, huber{delta = 0 / 0}, "option 'loss': delta must be a finite number > 0, got nan"},
      {F, huber{delta = math.huge}, "option 'loss': delta must be a finite number > 0, got inf"},
      {F, huber{delta = "1"}, "option 'loss': delta must be a finite number > 0, got '1'"},
      {F, huber{detla = 1}, "option 'loss': the huber loss has no 'detla'"},
      {F, {"softmax", delta = 1}, "option 'loss': the softmax loss has no 'delta'"},
    } do
      support.refuses(function() linnet.problem(X, case[1], {loss = case[2]}) end,
        "problem: " .. case[3])
    end
  end)

  it("of shares of classes names the row that is none", function()
    for _, case in ipairs{
      {{{0.5, 0.5}, {0.33, 0.66}}, "row 2 sums to 0.99; divide each by its sum"},
      {{{0.5, 0.5}, {1, 1}}, "row 2 sums to 2; divide each by its sum"},
      {{{0, 0}, {0, 1}}, "row 1 sums to 0"}, {{{0, 1}, {1.5, -0.5}}, "Y(2, 2) = -0.5"},
    } do
      support.refuses(function()
        linnet.problem(linnet.eye(2), linnet.matrix(case[1]), {loss = "softmax"})
      end, "problem: Y must have rows >= 0 that sum to 1 for the softmax loss: " .. case[2])
    end
    support.refuses(function() linnet.problem(X, F, {loss = "logistic"}) end, "problem: Y must be "
      .. "one column of two numbers, such as +1 and -1, for the logistic loss, got a 6 x 2 matrix")
  end)

  it("is refused targets that it is not of", function()
    for _, case in ipairs{
      {F, "logistic"}, {F:col(1):copy(), "logistic"}, {F, "softmax"},
      {F:map(function() return 0.45 end), "softmax"},
      {linnet.matrix(6, 2, function(_, j) return j == 1 and 1.5 or -0.5 end), "softmax"},
    } do
      local ok, why = pcall(linnet.problem, X, case[1], {loss = case[2]})
      assert.is_true(not ok and tostring(why):find("problem: Y", 1, true) ~= nil, tostring(why))
    end
  end)

  it("other than the squared one refuses what was proved for that", function()
    for _, name in ipairs{"logistic", "softmax", "huber"} do
      local p = make(name)
      local s = start(p)
      local run = p:flow(s, {t = 1})
      local function refuses(what, ...)
        local ok, why = pcall(...)
        assert.is_false(ok, what)
        assert.is_truthy(tostring(why):find(name, 1, true), tostring(why))
      end
      for _, method in ipairs{"rates", "bounds", "safe_step"} do refuses(method, s[method], s) end
      for _, method in ipairs{"rates", "bounds", "lazy_deviation"} do
        refuses(method, run[method], run)
      end
      for _, f in ipairs{"critical_step", "label_noise_end"} do refuses(f, linnet.theory[f], p) end
      for _, f in ipairs{"descent_rate", "imbalance_step"} do
        refuses(f, linnet.theory[f], {state = s, eta = 0.1})
      end
      refuses("exact", linnet.exact.lazy, {state = s})
      assert.is_true(core.flow.squared.expo4)
      for method in pairs(core.flow.squared) do
        refuses(method, p.flow, p, s, {t = 1, method = method})
        refuses(method, linnet.ensemble, p, {init = {"gaussian", h = 5}, seeds = 2,
          flow = {t = 1, method = method}, measure = {"loss"}})
      end
      refuses("gauss_newton", p.descend, p, s, {method = "gauss_newton", eta = 0.1, steps = 1})
      refuses("label_noise", p.descend, p, s, {label_noise = 0.1, eta = 0.1, steps = 1})
      local path = os.tmpname()
      assert.has_no_error(function() -- what is of any loss
        for what in ("law kernel hessian stable_step imbalance alignment"):gmatch("%a+[_%a]*") do
          s[what](s)
        end
        run:plot("loss", path .. ".svg")
        linnet.report{title = "t"}:text(tostring(run))
        p:descend(s, {eta = 0.01, steps = 3})
      end)
      os.remove(path)
      assert.is_true(os.remove(path .. ".svg"))
    end
  end)
end)

describe("a small problem with a loss", function()
  local function ends(p, h, t)
    local run = p:flow(start(p, h), {t = t or 10})
    assert.equal("time", run.stats.reason)
    assert.is_true(run.final:loss() >= p.optimal_loss and run.final:loss() < math.huge)
    return run.final
  end

  it("has one unit, one input, one sample, one sign", function()
    for _, h in ipairs{1, 2, 1e15, math.huge} do
      for _, name in ipairs{"logistic", "softmax", "huber"} do ends(make(name), h) end
    end
    ends(linnet.problem(X:col(1):copy(), signs, {loss = "logistic"}))
    ends(linnet.problem(X:sub(1, 1, 1, 3):copy(), linnet.ones(1, 1), {loss = "logistic"}))
    ends(linnet.problem(X, linnet.ones(6, 1), {loss = "logistic"}))
    support.refuses(function() linnet.problem(X, linnet.ones(6, 1), {loss = "softmax"}) end,
      "problem: Y holds one class only (1), and there is nothing to tell it from")
  end)

  it("has samples of zeros, which no map decides: log 2 each stays", function()
    local Z = X:copy()
    for j = 1, 3 do Z:set(1, j, 0) end
    local p = linnet.problem(Z, signs, {loss = "logistic"})
    assert.is_false(p:separable())
    assert.is_true(p.optimal_loss >= math.log(2))
    local final = ends(p, 5, 1e12)
    assert.is_true(math.abs(final:loss() - math.log(2)) < 1e-10)
    assert.is_true(final:excess() < 1e-10)
  end)

  it("has units of any size: X by x, weights by x^(-1/2), time by 1/x", function()
    for _, name in ipairs{"logistic", "softmax", "huber"} do
      local want
      for _, x in ipairs{1, 2.0 ^ -500, 2.0 ^ -27, 2.0 ^ 27, 2.0 ^ 500} do
        local Y = select(4, make(name):reduced())
        local p = linnet.problem(X * x, Y, {loss = name})
        local s = p:init("gaussian", {h = 5, std = x ^ -0.5, seed = 1})
        local final = p:flow(s, {t = 3 / x, tol = 1e-8}).final
        want = want or final:loss()
        assert.is_true(math.abs(final:loss() / want - 1) < 1e-6)
        assert.is_true(final:imbalance_drift() < 1e-13)
      end
    end
  end)

  it("is the squared loss where Huber's delta is far away, and stays finite where it is near 0",
    function()
      local p, q = linnet.problem(X, F, {loss = {"huber", delta = 1e8}}), linnet.problem(X, F)
      assert.is_true(math.abs(p.optimal_loss / q.optimal_loss - 1) < 1e-12)
      local a = p:flow(start(p), {t = 10, tol = 1e-10}).final
      local b = q:flow(start(q), {t = 10, tol = 1e-10}).final
      assert.is_true(support.relative(a:theta(), b:theta()) < 1e-9)
      assert.is_true(math.abs(a:excess() / b:excess() - 1) < 1e-9)
      for _, delta in ipairs{1e-3, 1e-8, 1e-300} do
        ends(linnet.problem(X, F, {loss = {"huber", delta = delta}}))
      end
    end)

  it("has no law of the distance to a solution where there is none", function()
    local p = linnet.problem(X, linnet.ones(6, 1), {loss = "logistic"})
    local s = start(p, math.huge)
    for name, call in pairs{
      target_values = "target_values(p)", wide_law = "wide_law{problem = p, h = 10}",
      weight_decay_law = "weight_decay_law{state = s, h = 10}",
    } do
      local ok, why = pcall(load("local theory, p, s = ...; theory." .. call, "=call"),
        linnet.theory, p, s)
      assert.is_false(ok)
      assert.equal(("call:1: theory.%s: the logistic loss of this problem has no minimum")
        :format(name), tostring(why))
    end
  end)

  it("says so where nothing moves, and where numbers are too large", function()
    local p = make("logistic")
    local still = p:flow(p:init{U = linnet.zeros(3, 4), V = linnet.zeros(1, 4)}, {t = math.huge,
      until_excess = 1e-3})
    assert.equal("saddle", still.stats.reason)
    local huge = p:descend(start(p), {eta = 1e6, steps = 2000})
    assert.equal("diverged", huge.stats.reason)
    assert.is_true(huge.final:loss() > huge.start:loss() and huge.final:loss() < math.huge)
  end)

  it("is refused from a file that holds another loss, or targets that are none of it", function()
    local path = os.tmpname()
    make("logistic"):save(path)
    local text = support.read(path)
    local function refuses(pattern, replacement, why)
      local changed, count = text:gsub(pattern, replacement)
      assert.is_true(count > 0)
      support.write(path, changed)
      local ok, message = pcall(linnet.load, path)
      assert.is_true(not ok and tostring(message):find(why, 1, true) ~= nil, tostring(message))
    end
    refuses('"logistic"', '"hinge"', "its loss is unknown")
    refuses('"delta":0', '"delta":-1', "its loss is unknown")
    refuses('"logistic"', '"huber"', "its loss is unknown")
    refuses('"logistic"', '"softmax"', "its targets are not those of the softmax loss")
    os.remove(path)
  end)
end)
