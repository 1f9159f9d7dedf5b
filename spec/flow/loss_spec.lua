--- spec/flow/loss_spec.lua: flows of other losses than the squared one: against full weights
-- integrated by an independent program, what they conserve, where they end, and data that can be
-- separated, whose flows never end. SPDX-License-Identifier: MIT
local core = require "linnet.core"
local linnet = require "linnet"
package.path = "spec/?.lua;" .. package.path
local losses = require "losses"
local support = require "support"

local METHODS = {}
for _, name in ipairs(core.flow.methods) do
  if not core.flow.squared[name] then METHODS[#METHODS + 1] = name end
end
local EXACT = {auto = true, rodas4 = true} -- of the imbalance, to round-off

local function matrix(rows) return linnet.matrix(rows) end

local function case(name)
  local data = support.reference(name)
  local p = linnet.problem(matrix(data.X), matrix(data.Y), {loss = losses.option(name)})
  return data, p, p:init{U = matrix(data.U0), V = matrix(data.V0)}
end

-- Data that no map fits but with the least loss: n > D, targets beside the point.
local function mixed(name, o)
  local rng = linnet.random(o.seed or 1)
  local X, F = rng:normal(o.n or 20, o.D or 4), rng:normal(o.n or 20, o.m or 3)
  if name == "logistic" then F = F:sub(1, F:rows(), 1, 1):copy() end
  local Y = losses.targets(name, F, o.smooth)
  return linnet.problem(X, Y, {loss = losses.option(name)}), X, Y
end

describe("the flow of another loss", function()
  for _, name in ipairs(losses.names) do
    it(name .. " is that of full weights, by every method that can and at all times", function()
      local data, p, s = case(name)
      assert.is_true(math.abs(s:loss() / data.loss_at_0 - 1) < 1e-14)
      for _, method in ipairs(METHODS) do
        for _, at in ipairs(data.flow) do
          local final = at.t == 0 and s or p:flow(s, {t = at.t, tol = 1e-11, method = method,
            record = {}, save_at = {at.t}}).final
          assert.is_true(support.relative(final:U(), matrix(at.U)) < 1e-8)
          assert.is_true(support.relative(final:V(), matrix(at.V)) < 1e-8)
          assert.is_true(math.abs(final:loss() / at.loss - 1) < 1e-8)
        end
      end
      local X, last = matrix(data.X), data.flow[#data.flow] -- the control: the squared loss
      local other = linnet.problem(X, matrix(data.Y))
      local run = other:flow(other:init{U = s:U(), V = s:V()}, {t = last.t, tol = 1e-11})
      assert.is_true(support.relative(run.final:U(), matrix(last.U)) > 1e-3)
    end)
  end

  it("has loss, excess and rate by their definitions", function()
    for _, name in ipairs(losses.names) do
      local p, X, Y = mixed(name, {smooth = 0.2})
      local s = p:flow(p:init("gaussian", {h = 9, std = 0.7, seed = 2, explicit = true}),
        {t = 0.3}).final
      local F = X * s:U() * s:V():t()
      assert.is_true(math.abs(s:loss() / losses.value[name](F, Y) - 1) < 1e-13)
      assert.is_true(math.abs((s:loss() - p.optimal_loss) / s:excess() - 1) < 1e-9)
      local A = X:t() * losses.residual[name](F, Y)
      local speed = (A * s:V()):norm() ^ 2 + (A:t() * s:U()):norm() ^ 2
      assert.is_true(math.abs(s:rate() / (speed / s:excess()) - 1) < 1e-11)
    end
  end)

  it("conserves the imbalance at any width, whatever the loss, tol and weight decay", function()
    for _, name in ipairs(losses.names) do
      local p = mixed(name, {})
      for _, h in ipairs{2, 9, 1e12} do
        local s = p:init("gaussian", {h = h, seed = 3})
        for _, w in ipairs{0, 0.05} do
          for _, method in ipairs(METHODS) do
            local run = p:flow(s, {t = 2, tol = 1e-3, method = method, weight_decay = w})
            assert.is_true(run.stats.imbalance_drift < (EXACT[method] and 1e-13 or 1e-2), method)
          end
        end
      end
    end
  end)

  it("is that of two classes of softmax where it is logistic: outputs F/2 and -F/2", function()
    local p, X, Y = mixed("logistic", {})
    local two = linnet.problem(X, linnet.matrix(20, 2, function(i, j)
      return Y(i) == (j == 1 and 1 or -1) and 1 or 0
    end), {loss = "softmax"})
    local rng = linnet.random(5)
    local U, v = rng:normal(4, 7), rng:normal(1, 7)
    -- V = [v; -v]/2 has the outputs F/2 and -F/2, and v moves twice as fast as the rows: with
    -- logistic data sqrt(2) X that is the flow of (U, v/sqrt(2))
    local root = 2 ^ 0.5
    local one = linnet.problem(X * root, Y, {loss = "logistic"})
    local s = one:init{U = U, V = v * (1 / root)}
    local t = two:init{U = U, V = (v * 0.5):vcat(v * -0.5)}
    assert.is_true(math.abs(p.optimal_loss / two.optimal_loss - 1) < 1e-13)
    assert.is_true(math.abs(s:loss() / t:loss() - 1) < 1e-13)
    local a = one:flow(s, {t = 2, tol = 1e-10}).final
    local b = two:flow(t, {t = 2, tol = 1e-10}).final
    assert.is_true(support.relative(a:U(), b:U()) < 1e-9)
    assert.is_true(support.relative(a:V() * (1 / root), b:V():row(1):copy()) < 1e-9)
    assert.is_true(support.relative(a:U(), U) > 1e-3)
  end)

  it("ends at the least loss where there is one: at t = infinity, E at round-off", function()
    for _, name in ipairs(losses.names) do
      for seed = 1, 3 do
        local p, X, Y = mixed(name, {seed = seed, smooth = 0.1})
        for _, h in ipairs{7, 1e6} do
          local run = p:flow(p:init("gaussian", {h = h, seed = seed}), {t = math.huge})
          local final = run.final
          assert.equal("converged", run.stats.reason)
          assert.is_true(final:excess() < 1e-26)
          local R = losses.residual[name](X * final:theta(), Y)
          assert.is_true((X:t() * R):norm() < 1e-12 * X:norm() * R:norm())
          if name ~= "softmax" then -- one minimizer alone
            assert.is_true(final:distance() < 1e-11)
            assert.is_true(support.relative(final:theta(), p:min_norm()) < 1e-11)
          end
        end
      end
    end
  end)

  it("goes on where all curvature is below the normal doubles", function()
    local X = linnet.random(1):normal(6, 3) -- outputs of 1e6 and 1e8: e^-700 and less
    local p = linnet.problem(X, linnet.matrix{1, 2, 3, 1, 2, 3}, {loss = "softmax"})
    for _, size in ipairs{1e3, 1e4} do
      local s = p:init{U = linnet.random(3):normal(3, 4) * size,
        V = linnet.random(4):normal(3, 4) * size}
      local run = p:flow(s, {t = 1, method = "rodas4"})
      assert.equal("time", run.stats.reason)
      assert.is_true(run.stats.imbalance_drift < 1e-13 and run.final:accuracy() == 1)
    end
  end)

  it("with weight decay ends at the least of L + w ||Theta||_*: KKT", function()
    for _, name in ipairs(losses.names) do
      local p, X, Y = mixed(name, {})
      local w = 0.8
      local final = p:flow(p:init("gaussian", {h = 30, std = 0.5, seed = 1}),
        {t = math.huge, weight_decay = w, tol = 1e-8}).final
      local Theta = final:theta()
      local G = X:t() * losses.residual[name](X * Theta, Y)
      local u, s, v = Theta:svd()
      assert.is_true(G:norm(2) < w * (1 + 1e-9) and s(1) > 1e-3)
      for i = 1, #s do
        if s(i) > 1e-8 * s(1) then
          local ui, vi = u:col(i):copy(), v:col(i):copy()
          assert.is_true((G * vi - ui * w):norm() < 1e-8 * w)
          assert.is_true((G:t() * ui - vi * w):norm() < 1e-8 * w)
        end
      end
    end
  end)

  it("is the same in an ensemble, from a file, in pieces, and at times in between", function()
    for _, name in ipairs(losses.names) do
      local p = mixed(name, {})
      local s = p:init("gaussian", {h = 1e4, seed = 2})
      local run = p:flow(s, {t = 3, save_at = {1, 2, 3}})
      local e = linnet.ensemble(p, {init = {"gaussian", h = 1e4}, seeds = {2, 3}, flow = {t = 3},
        measure = {"loss", "sharpness"}, threads = 2})
      assert.equal(run.final:loss(), e.loss(1))
      assert.equal(run.final:sharpness(), e.sharpness(1))
      local pieces = p:flow(p:flow(s, {t = 2}).final, {t = 3}).final
      assert.is_true(math.abs(pieces:loss() / run.final:loss() - 1) < 1e-6)
      assert.is_true(math.abs(run:at(1):loss() / run.loss(1) - 1) < 1e-12)
      assert.is_true(run:verify().error < 1e-5)
      local path = os.tmpname()
      run:save(path)
      local again = linnet.load(path)
      os.remove(path)
      assert.equal(p, again.problem)
      assert.equal(p.loss, again.problem.loss)
      assert.equal(run.final:loss(), again.final:loss())
      assert.is_true(tostring(again):find(name .. " loss", 1, true) ~= nil)
    end
    assert.are_not.equal(mixed("huber", {}), (function() -- another delta is another problem
      local _, X, Y = mixed("huber", {})
      return linnet.problem(X, Y, {loss = "huber"})
    end)())
  end)
end)

describe("data that can be separated", function()
  local N, D = 12, 4
  local rng = linnet.random(11)
  local X = rng:normal(N, D)
  local Y = losses.targets("logistic", X * rng:normal(D, 1))
  local Z = linnet.matrix(N, D, function(i, j) return Y(i) * X:get(i, j) end)
  local p = linnet.problem(X, Y, {loss = "logistic"})

  -- The hard-margin support vector machine: min |w|^2/2 with Z w >= 1, by its dual, one coordinate
  -- at a time.
  local function machine()
    local a, w = {}, linnet.zeros(D, 1)
    for _ = 1, 5000 do
      for i = 1, N do
        local z = Z:row(i):t():copy()
        local new = math.max(0, (a[i] or 0) + (1 - (z:t() * w)(1)) / z:norm() ^ 2)
        w, a[i] = w + z * (new - (a[i] or 0)), new
      end
    end
    return w * (1 / w:norm())
  end

  local function direction(s)
    local Theta = s:theta()
    return Theta * (1 / Theta:norm())
  end

  it("send Theta to infinity along the largest margin, the loss like 1/t, in few steps", function()
    local best = machine()
    local margin = (Z * best):min()
    for _, h in ipairs{6, 1e6} do
      local s, last, steps = p:init("gaussian", {h = h, seed = 1}), math.huge, 0
      for _, t in ipairs{1e3, 1e9, 1e15, 1e18} do
        local run = p:flow(s, {t = t, tol = 1e-8})
        local final = run.final
        assert.equal("time", run.stats.reason)
        local off = (direction(final) - best):norm()
        assert.is_true(off < last and off < 0.3 / math.log(t)) -- an offset over log t
        assert.is_true((Z * direction(final)):min() <= margin * (1 + 1e-9))
        local sum = 0 -- the loss, of the margins themselves: it has all of its digits
        for i = 1, N do sum = sum + losses.tail((Z * final:theta())(i)) end
        assert.is_true(math.abs(final:loss() / sum - 1) < 1e-11)
        assert.is_true(math.abs(t * final:rate() - 1) < 0.2)
        assert.is_true(run.stats.imbalance_drift < 1e-13)
        last, steps = off, run.stats.steps
      end
      assert.is_true((Z * direction(p:flow(s, {t = 1e18}).final)):min() > 0.99 * margin)
      assert.is_true(steps < 20 * 18) -- a decade takes some ten
    end
  end)

  it("do so with softmax, to t = 1e300, by any method", function()
    local A, F = linnet.data.gaussian{n = 10, D = 30, m = 3, seed = 3}
    local q = linnet.problem(A, losses.targets("softmax", F), {loss = "softmax"})
    local s = q:init("gaussian", {h = 1e6, seed = 1})
    for _, method in ipairs(METHODS) do
      local run = q:flow(s, {t = 1e15, method = method, tol = 1e-6})
      assert.equal("time", run.stats.reason)
      local log = math.log(run.final:loss())
      assert.is_true(log > -45 and log < -30)
    end
    local far = q:flow(s, {t = 1e300})
    assert.equal("time", far.stats.reason)
    assert.is_true(math.abs(math.log(far.final:loss(), 10) + 300) < 5)
    assert.is_true(far.stats.steps < 10 * 300 and far.stats.imbalance_drift < 1e-13)
  end)

  it("have no minimum, so that t = infinity needs another end", function()
    local s = p:init("gaussian", {h = 6, seed = 1})
    local ok, why = pcall(p.flow, p, s, {t = math.huge})
    assert.is_true(not ok and tostring(why):find("the flow never ends", 1, true) ~= nil)
    local run = p:flow(s, {t = math.huge, until_excess = 1e-12})
    assert.equal("until_excess", run.stats.reason)
    assert.is_true(math.abs(run.final:loss() / 1e-12 - 1) < 1e-8)
    assert.equal("converged", p:flow(s, {t = math.huge, weight_decay = 1e-3}).stats.reason)
    assert.equal("stop", p:flow(s, {t = math.huge, stop = function(x) return x:loss() < 1e-3 end})
      .stats.reason)
    assert.is_true(s:distance() ~= s:distance()) -- from nowhere
    assert.is_nil(p:flow(s, {t = 1}).columns[5]) -- and so not recorded
    assert.is_nil(tostring(p:flow(s, {t = 1})):find("distance", 1, true))
  end)
end)
