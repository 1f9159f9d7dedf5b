--- spec/model/optimum_spec.lua: what problems with other losses say of their least loss;
-- spec/c/optimum.c has the iteration.
-- SPDX-License-Identifier: MIT
local linnet = require "linnet"
local losses = require "spec.losses"
local support = require "spec.support"

local fails = support.fails

-- One-hot rows of the largest of n x m numbers.
local function classes(F) return losses.targets("softmax", F) end

describe("the least loss over linear maps", function()
  local X, F = linnet.data.gaussian{n = 60, D = 4, m = 3, noise = 3, seed = 1}

  it("is that of min_norm, where the gradient is 0", function()
    for _, loss in ipairs{"softmax", {"huber", delta = 0.5}} do
      local p = linnet.problem(X, loss == "softmax" and classes(F) or F, {loss = loss})
      local Theta = p:min_norm()
      local s = p:init{U = Theta, V = linnet.eye(3)}
      assert.is_true(math.abs(s:loss() / p.optimal_loss - 1) < 1e-14)
      assert.is_true(s:excess() < 1e-28 and s:distance() < 1e-13)
      local worse = p:init{U = Theta + linnet.random(2):normal(4, 3) * 1e-3, V = linnet.eye(3)}
      assert.is_true(math.abs(worse:excess() / (worse:loss() - p.optimal_loss) - 1) < 1e-6)
    end
  end)

  it("has a minimizer without what softmax does not see, and of least norm in few directions",
    function()
      local p = linnet.problem(X, classes(F), {loss = "softmax"})
      assert.is_true((p:min_norm() * linnet.ones(3, 1)):norm() < 1e-13)
      local wide = linnet.random(3):normal(4, 9) -- inputs that the data do not tell apart
      local q = linnet.problem(X * wide, classes(F), {loss = "softmax"})
      assert.is_true(support.relative(wide * q:min_norm(), p:min_norm()) < 1e-11)
      assert.is_true(math.abs(q.optimal_loss / p.optimal_loss - 1) < 1e-13)
    end)

  it("is 0 for separable data, met by no map: a certificate says why", function()
    local Y = classes(X * linnet.random(4):normal(4, 3))
    local p = linnet.problem(X, Y, {loss = "softmax"})
    local yes, Theta = p:separable()
    assert.is_true(yes)
    assert.equal(0, p.optimal_loss)
    local margin, G = math.huge, X * Theta
    for i = 1, 60 do
      local _, right = Y:row(i):argmax()
      for j = 1, 3 do
        if j ~= right then margin = math.min(margin, G(i, right) - G(i, j)) end
      end
    end
    assert.is_true(math.abs(margin - 1) < 1e-10)
    fails("the data are separable", p.min_norm, p)
    local smooth = linnet.problem(X, Y * 0.7 + 0.1, {loss = "softmax"})
    assert.is_false((smooth:separable()))
    assert.is_true(smooth:min_norm():norm() > 0)
  end)

  it("of separable data has a map of largest margin, which small starts turn to", function()
    local Y = classes(X * linnet.random(4):normal(4, 3))
    local p = linnet.problem(X, Y, {loss = "softmax"})
    local Theta, _, some = p:max_margin(), p:separable()
    assert.is_true(Theta:norm() <= some:norm() * (1 + 1e-12))
    local towards = Theta / Theta:norm()
    local function off(t)
      local map = p:flow(p:init("gaussian", {h = 1e6, std = 1e-3, seed = 1}), {t = t}).final:theta()
      return (map / map:norm() - towards):norm()
    end
    local early, late = off(1e3), off(1e12)
    assert.is_true(late < 0.005 and late < 0.5 * early, late .. " after " .. early)
    fails("max_margin: the data are not separable", p.max_margin,
      linnet.problem(X, classes(F), {loss = "softmax"}))
  end)

  it("is met by no map where some samples alone can be decided", function()
    -- The second input belongs to two samples that it decides; of the first the loss is known.
    local A = linnet.matrix{{1, 0}, {1, 0}, {1, 0}, {0, 1}, {0, -2}}
    local p = linnet.problem(A, linnet.matrix{1, 1, -1, 1, -1}, {loss = "logistic"})
    assert.is_false((p:separable()))
    local known = 3 * math.log(3) - 2 * math.log(2) -- two of three: f = log 2
    assert.is_true(math.abs(p.optimal_loss / known - 1) < 1e-14)
    fails("ever more clearly", p.min_norm, p)
    -- L - L* is what the two still cost, with all digits.
    for _, f in ipairs{0, 5, 40} do
      local s = p:init{U = linnet.matrix{math.log(2), f}, V = linnet.ones(1, 1)}
      local left = math.log(1 + math.exp(-f)) + math.log(1 + math.exp(-2 * f))
      if f >= 40 then left = math.exp(-f) end
      assert.is_true(math.abs(s:excess() / left - 1) < 1e-12, s:excess() .. " of " .. left)
    end
  end)

  it("is that of what no map decides, equal samples of two classes among them", function()
    -- Rows 2 and 3: log 2 each; the others are decided. The rows of W differ by round-off.
    local A = linnet.matrix{{1, 0, 2, -1}, {1, 0, 1, -2}, {1, 0, 1, -2}, {1, -2, 1, 2},
      {1, 0, -2, 1}}
    local known = 2 * math.log(2)
    for _, x in ipairs{1e-8, 1, 1e3} do
      local p = linnet.problem(A * x, linnet.matrix{-1, 1, -1, 1, -1}, {loss = "logistic"})
      assert.is_true(math.abs(p.optimal_loss / known - 1) < 1e-14, p.optimal_loss)
      assert.is_false((p:separable()))
      local q = linnet.problem(A * x, linnet.matrix{4, 1, 4, 1, 4}, {loss = "softmax"})
      assert.is_true(math.abs(q.optimal_loss / known - 1) < 1e-14, q.optimal_loss)
    end
    -- Of three classes, two of which rows 2 and 3 have: the third leaves them, log 2 each again.
    local q = linnet.problem(A, linnet.matrix{1, 2, 3, 1, 3}, {loss = "softmax"})
    assert.is_true(math.abs(q.optimal_loss / known - 1) < 1e-14, q.optimal_loss)
    -- Labels that are shared by two classes cost their entropy where the third can leave.
    local soft = linnet.matrix{{1, 0, 0}, {0.75, 0.25, 0}, {0, 0, 1}}
    local three = linnet.matrix{{1, 0, 1}, {0, 1, 0}, {0, 0, -1}}
    local e = linnet.problem(three, soft, {loss = "softmax"})
    local entropy = -0.75 * math.log(0.75) - 0.25 * math.log(0.25)
    assert.is_true(math.abs(e.optimal_loss / entropy - 1) < 1e-14, e.optimal_loss)
  end)

  it("is fallen towards with digits, along a flow to t = 1e12", function()
    local A = linnet.matrix{{1, 0}, {1, 0}, {1, 0}, {0, 1}, {0, -2}}
    local p = linnet.problem(A, linnet.matrix{1, 1, -1, 1, -1}, {loss = "logistic"})
    local run = p:flow(p:init("gaussian", {h = 1e6, seed = 1}), {t = 1e12})
    local f = (A * run.final:theta())(4)
    local left = math.exp(-f) + math.exp(-2 * f) -- the first input has come to rest
    assert.is_true(left < 1e-9 and math.abs(run.final:excess() / left - 1) < 1e-6)
  end)

  it("asks for classes where they matter", function()
    local p = linnet.problem(X, F)
    fails("separable: the squared loss has no classes", p.separable, p)
    fails("max_margin: the squared loss has no classes", p.max_margin, p)
  end)

  it("of Huber's has the minimizer of least norm where there are many", function()
    local ones, huber = linnet.ones(2, 1), {loss = {"huber", delta = 1}}
    local p = linnet.problem(ones, linnet.matrix{-4, 20}, huber)
    assert.is_true(math.abs(p:min_norm()(1)) < 1e-9) -- all from -3 to 19 are minimizers
    local q = linnet.problem(ones, linnet.matrix{4, 20}, huber)
    assert.is_true(math.abs(q:min_norm()(1) - 5) < 1e-12)
    assert.is_true(math.abs(p.optimal_loss - 23) + math.abs(q.optimal_loss - 15) < 1e-13)
  end)

  it("is the same after a file", function()
    local path = os.tmpname()
    for _, Y in ipairs{classes(F), classes(X * linnet.random(4):normal(4, 3))} do
      local p = linnet.problem(X, Y, {loss = "softmax"})
      p:save(path)
      local q = linnet.load(path)
      assert.equal(p.optimal_loss, q.optimal_loss)
      assert.equal((p:separable()), (q:separable()))
    end
    os.remove(path)
  end)
end)
