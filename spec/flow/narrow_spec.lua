--- spec/flow/narrow_spec.lua: networks of few hidden units, whose kernel is diagonal plus a matrix
-- of small rank, and infinite width, which is one of them.
-- SPDX-License-Identifier: MIT
local linnet = require "linnet"

--- Data with singular values from 1 to 1/sqrt(kappa).
local function stiff(r, m, kappa)
  local sigma = linnet.matrix(r, 1, function(i) return kappa ^ (-0.5 * (i - 1) / (r - 1)) end)
  return linnet.problem(linnet.diag(sigma), linnet.random(2):normal(r, m))
end

local function difference(one, other)
  local u, v = one:reduced()
  local x, y = other:reduced()
  local map, target = u * v:t(), x * y:t()
  return (map - target):norm() / target:norm()
end

describe("few hidden units", function()
  -- The same network with hidden units of zeros has more columns: its steps use eigenproblems.
  it("take the same steps as with eigenproblems, and need none", function()
    for _, shape in ipairs{{24, 1, 1}, {24, 3, 2}, {30, 2, 12}} do
      local r, m, h = table.unpack(shape)
      local p, rng = stiff(r, m, 1e4), linnet.random(5)
      local U, V = rng:normal(r, h), rng:normal(m, h)
      local few = p:init{U = U, V = V}
      local padded = p:init{U = U:hcat(linnet.zeros(r, r)), V = V:hcat(linnet.zeros(m, r))}
      local options = {t = 50, method = "rodas4"}
      local one, other = p:flow(few, options), p:flow(padded, options)
      assert.equal(0, one.stats.eigenproblems)
      assert.is_true(other.stats.eigenproblems > 0)
      assert.equal(other.stats.steps, one.stats.steps)
      assert.is_true(difference(one.final, other.final) < 1e-7)
      local exact = p:flow(few, {t = 50, method = "dop853", tol = 1e-11}).final
      assert.is_true(difference(one.final, exact) < 1e-5)
    end
  end)

  it("are left to rodas4 by auto where that is much cheaper, as accurately", function()
    local p = stiff(90, 1, 300)
    local s = p:init{U = 0.3 * linnet.random(1):normal(90, 2), V = linnet.random(2):normal(1, 2)}
    local exact = p:flow(s, {t = 300, method = "dop853", tol = 1e-12}).final
    for _, tol in ipairs{1e-3, 1e-6, 1e-9} do
      local run = p:flow(s, {t = 300, tol = tol})
      assert.equal("rodas4", run.stats.method)
      assert.equal(0, run.stats.eigenproblems)
      assert.is_true(difference(run.final, exact) < 3 * tol)
      assert.is_true(run.stats.imbalance_drift < 1e-12)
    end
    local small = stiff(20, 1, 300) -- control: there eigenproblems are cheap
    s = small:init{U = linnet.random(1):normal(20, 2), V = linnet.random(2):normal(1, 2)}
    assert.equal("expo4", small:flow(s, {t = math.huge}).stats.method)
  end)

  it("go to the end on stiff data, kappa from 1 to 1e12", function()
    for _, kappa in ipairs{1, 1e4, 1e8, 1e12} do
      local p = stiff(30, 2, kappa)
      local s = p:init{U = linnet.random(1):normal(30, 3), V = linnet.random(2):normal(2, 3)}
      local run = p:flow(s, {t = math.huge, method = "rodas4"})
      assert.equal("converged", run.stats.reason)
      assert.is_true(run.final:excess() < 1e-22)
    end
  end)
end)

describe("state:narrow", function()
  -- promise: is m hidden units that learn what an infinitely wide network learns
  it("is m hidden units that learn what an infinitely wide network learns", function()
    for seed, shape in ipairs{{30, 50, 3}, {20, 6, 1}, {4, 3, 6}} do
      local n, D, m = table.unpack(shape)
      local X, Y = linnet.data.gaussian{n = n, D = D, m = m, noise = 0.3, seed = seed}
      local p = linnet.problem(X, Y)
      local wide = p:init("gaussian", {h = math.huge, seed = 1})
      local narrow = wide:narrow()
      assert.equal(m, narrow.h)
      for _, t in ipairs{0.1, 2, math.huge} do
        local one = p:flow(wide, {t = t, tol = 1e-10}).final
        local other = p:flow(narrow, {t = t, tol = 1e-10}).final
        assert.is_true(difference(one, other) < 1e-8)
        assert.near(one:distance(), other:distance(), 1e-8 * wide:distance())
        assert.near(one:loss(), other:loss(), 1e-8 * wide:loss())
      end
    end
  end)

  it("refuses starts that have none, and clocks that run", function()
    local p = stiff(6, 2, 10)
    local wide = p:init("gaussian", {h = math.huge, seed = 1})
    local later = p:flow(wide, {t = 1}).final
    assert.error_matches(function() later:narrow() end, "narrow: the clock of this state is at 1")
    for _, s in ipairs{p:init("gaussian", {h = 1e6, seed = 1}),
      p:init{U = linnet.random(1):normal(6, 9), V = linnet.zeros(2, 9)}} do
      assert.error_matches(function() s:narrow() end, "narrow: U1 U1' and V V' must be multiples")
    end
    local zero = p:init{U = linnet.zeros(6, 3), V = linnet.zeros(2, 3)}:narrow()
    assert.equal(0, zero:V():norm())
  end)
end)
