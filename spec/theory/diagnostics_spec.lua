--- spec/theory/diagnostics_spec.lua: errors on data, excess risk, deviation from the linearized
-- dynamics.
-- SPDX-License-Identifier: MIT
local linnet = require "linnet"

local function trained(seed, m)
  local X, Y, Theta = linnet.data.gaussian{n = 24, D = 9, m = m, noise = 0.3, seed = seed}
  local X1, Y1, X2, Y2 = linnet.data.split(X, Y, {test = 0.4, seed = seed})
  return X1, Y1, X2, Y2, Theta
end

local function final(X, Y, h)
  local p = linnet.problem(X, Y)
  return p:flow(p:init("gaussian", {h = h or 1e4, seed = 7}), {t = math.huge}).final, p
end

describe("errors on data", function()
  it("are the mean over rows of the squared misses", function()
    local X1, Y1, X2, Y2 = trained(1, 2)
    local s = final(X1, Y1)
    local f, sum = s:predict(X2), 0
    for i = 1, #Y2 do
      for j = 1, 2 do sum = sum + (Y2(i, j) - f(i, j)) ^ 2 end
    end
    assert.near(sum / #Y2, s:test_error(X2, Y2), 1e-12 * sum)
    -- and on the training data the loss, which is half the sum
    assert.near(2 * s:loss() / #Y1, s:test_error(X1, Y1), 1e-12)
  end)

  it("come back in Y's own units when Y was standardized for training", function()
    local X1, Y1, X2, Y2 = trained(2, 1)
    local Y1s, map = linnet.data.standardize(Y1)
    local s = final(X1, Y1s)
    local own = s:test_error(X2, Y2, map)
    local scaled = s:test_error(X2, map(Y2))
    assert.near(map.std(1, 1) ^ 2 * scaled, own, 1e-12 * own)
    assert.is_true(math.abs(own - s:test_error(X2, Y2)) > 1e-3 * own) -- forgetting the map shows
  end)

  it("are what an ensemble measures", function()
    local X1, Y1, X2, Y2 = trained(3, 2)
    local s, p = final(X1, Y1)
    local e = linnet.ensemble(p, {init = {"gaussian", h = 1e4}, seeds = {7}, test = {X2, Y2},
      flow = {t = math.huge}, measure = {"test_error"}})
    assert.near(s:test_error(X2, Y2), e.test_error(1, 1), 1e-10)
  end)

  it("refuse other shapes, saying which", function()
    local X1, Y1, X2, Y2 = trained(4, 1)
    local s = final(X1, Y1)
    assert.error_matches(function() s:test_error(X2:t(), Y2) end, "test_error: Xnew must be 9 x 9")
    assert.error_matches(function() s:test_error(X2, Y1) end, "test_error: Ynew must be 10 x 1")
    assert.error_matches(function() s:test_error(X2, Y2, 3) end, "linnet.data.standardize")
    assert.error_matches(function() s.test_error(X2, Y2) end, "write state:test_error")
  end)
end)

describe("excess risk", function()
  local X, Y, _, _, Theta = trained(5, 2)
  local s = final(X, Y)

  it("is the mean squared miss over fresh inputs of the same covariance", function()
    local variances, draws = {}, 40000
    for i = 1, 9 do variances[i] = 1.7 / i end
    local fresh = linnet.random(11):normal(draws, 9)
      * linnet.diag(linnet.matrix(variances)):map(function(x) return x ^ 0.5 end)
    local miss = fresh * (s:theta() - Theta)
    local squares = miss:emul(miss):sum("cols")
    local error = squares:std() / draws ^ 0.5
    assert.near(squares:mean(), s:excess_risk(Theta, variances), 4 * error)
    assert.near(s:excess_risk(Theta, linnet.diag(linnet.matrix(variances))),
      s:excess_risk(Theta, variances), 1e-12)
    assert.is_true(math.abs(s:excess_risk(Theta) - squares:mean()) > 4 * error)
  end)

  it("takes inputs of variance 1/D unless told otherwise, and is 0 at the truth", function()
    local all = {}
    for i = 1, 9 do all[i] = 1 / 9 end
    assert.near(s:excess_risk(Theta, all), s:excess_risk(Theta), 1e-12)
    assert.near(0, s:excess_risk(s:theta()), 1e-25)
  end)

  it("refuses covariances of another size", function()
    assert.error_matches(function() s:excess_risk(Theta, {1, 2}) end, "D = 9 variances")
    assert.error_matches(function() s:excess_risk(Theta, linnet.eye(3)) end, "D = 9 variances")
    assert.error_matches(function() s:excess_risk(Theta:t()) end, "Theta_true must be 9 x 2")
  end)
end)

describe("the deviation from the linearized dynamics", function()
  it("is what two closed forms say for one input and one output", function()
    local sigma, target = 1.3, 0.9
    local p = linnet.problem(linnet.matrix{sigma}, linnet.matrix{target})
    local s = p:init{U = linnet.matrix{{0.4, -0.3, 0.2}}, V = linnet.matrix{{0.5, 0.1, -0.6}}}
    local run = p:flow(s, {t = 4, tol = 1e-10, save_at = {0, 0.3, 1.1, 4}})
    local worst, at, along = run:lazy_deviation()
    local path = linnet.exact.scalar{state = s}
    local p0 = path:at(0).p
    local kernel = sigma ^ 2 * (path:at(0).uu + path:at(0).vv)
    local E0, largest = target - sigma * p0, 0
    for i = 1, 4 do
      local t = run.t(i)
      local lazy = math.exp(-kernel * t) * E0
      local expected = math.abs(target - sigma * path:at(t).p - lazy) / math.abs(E0)
      assert.near(expected, along(i), 1e-8)
      largest = math.max(largest, expected)
    end
    assert.near(largest, worst, 1e-8)
    assert.is_true(largest > 0.01 and at > 0) -- the network does leave it
  end)

  it("goes away with the width below alpha = 1/2 and stays at 1/2", function()
    local X, Y = linnet.data.gaussian{n = 6, D = 10, seed = 3}
    local p = linnet.problem(X, Y)
    local function deviation(h, alpha)
      return (p:flow(p:init("gaussian", {h = h, alpha = alpha, seed = 1}), {t = math.huge})
        :lazy_deviation())
    end
    assert.is_true(deviation(1e12, 0.35) < 1e-3)
    assert.is_true(deviation(1e12, 0.5) > 0.01)
  end)

  it("wants a flow of this session", function()
    local p = linnet.problem(linnet.eye(2), linnet.ones(2, 1))
    local s = p:init("gaussian", {h = 10, seed = 1})
    local run = p:descend(s, {eta = 0.1, steps = 3})
    assert.error_matches(function() run:lazy_deviation() end, "lazy_deviation: it needs")
    assert.error_matches(function() run.lazy_deviation(s) end, "write run:lazy_deviation")
  end)
end)
