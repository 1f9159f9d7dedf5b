--- spec/model/hessian_spec.lua: the Hessian at any width against a dense one over all weights, the
-- steps it allows against what descent does. SPDX-License-Identifier: MIT
local linnet = require "linnet"
local core = require "linnet.core"
local losses = require "spec.losses"
local support = require "spec.support"

local matrix = linnet.matrix

-- The Hessian at U, V applied to (dU, dV), of the squared loss unless another one is named.
local function applied(X, Y, U, V, dU, dV, loss)
  local F = X * U * V:t()
  local G = X:t() * losses.curvature[loss or "squared"](F, Y, X * (dU * V:t() + U * dV:t()))
  local A = X:t() * losses.residual[loss or "squared"](F, Y)
  return G * V - A * dV, G:t() * U - A:t() * dU
end

--- All (D + m) h eigenvalues, ascending, of the matrix that has each product as a column.
local function dense(X, Y, U, V, loss)
  local D, m, h = U:rows(), V:rows(), U:cols()
  local H = linnet.zeros((D + m) * h, (D + m) * h)
  for j = 1, (D + m) * h do
    local dU, dV = linnet.zeros(D, h), linnet.zeros(m, h)
    local row, col = (j - 1) % (D + m) + 1, (j - 1) // (D + m) + 1
    if row <= D then dU:set(row, col, 1) else dV:set(row - D, col, 1) end
    local hU, hV = applied(X, Y, U, V, dU, dV, loss)
    H:col(j):copy_(hU:vcat(hV):reshape((D + m) * h, 1))
  end
  return (H:eigh())
end

-- Both ends, the trace and the size of s:hessian() against all eigenvalues, relative to the largest
-- in modulus.
local function compare(s, all, tol)
  local n = #all
  local H = s:hessian{count = math.min(n, 1000)}
  assert.equal(n, H.size)
  local scale = math.max(math.abs(all(1)), math.abs(all(n)))
  local worst = math.abs(H.trace - all:sum()) / n
  for i = 1, #H.largest do
    worst = math.max(worst, math.abs(H.largest(i) - all(n + 1 - i)),
      math.abs(H.smallest(i) - all(i)))
  end
  worst = math.max(worst, math.abs(s:sharpness() - math.max(all(n), 0)))
  assert(worst <= (tol or 1e-12) * scale, ("off by %.3g of %.3g"):format(worst, scale))
  assert(scale > 0)
  return H
end

local function case(seed, o)
  local rng = linnet.random(seed)
  local X = rng:normal(o.n, o.D) * (o.data or 1)
  if o.rank then X = rng:normal(o.n, o.rank) * rng:normal(o.rank, o.D) end
  local Y = rng:normal(o.n, o.m) * (o.data or 1) * (o.weights or 1) ^ 2
  if o.zero then Y = linnet.zeros(o.n, o.m) end
  local U, V = rng:normal(o.D, o.h) * (o.weights or 1), rng:normal(o.m, o.h) * (o.weights or 1)
  return X, Y, U, V
end

describe("The Hessian of a state", function()
  it("is that of an independent program, all 72 eigenvalues", function()
    local data, _, s = support.case("hessian")
    compare(s, matrix(data.eigenvalues), 1e-13)
  end)

  for name, o in pairs{
    ["h < k"] = {n = 5, D = 6, m = 3, h = 4}, ["h = k"] = {n = 4, D = 6, m = 2, h = 6},
    ["h > k"] = {n = 4, D = 6, m = 2, h = 9}, ["m > r"] = {n = 2, D = 4, m = 5, h = 9},
    ["m > r, h < m"] = {n = 2, D = 4, m = 5, h = 3}, ["m = r"] = {n = 3, D = 4, m = 3, h = 8},
    ["n > D"] = {n = 9, D = 4, m = 2, h = 7},
    ["m = 1"] = {n = 5, D = 8, m = 1, h = 8}, ["h = 1"] = {n = 5, D = 8, m = 2, h = 1},
    ["m = h = 1"] = {n = 5, D = 8, m = 1, h = 1}, ["D = m = h = 1"] = {n = 3, D = 1, m = 1, h = 1},
    ["zero targets"] = {n = 4, D = 6, m = 2, h = 9, zero = true},
    ["data of rank 2"] = {n = 5, D = 6, m = 2, h = 7, rank = 2},
    ["weights of 1e-8"] = {n = 5, D = 6, m = 2, h = 8, weights = 1e-8},
    ["weights of 1e8"] = {n = 5, D = 6, m = 2, h = 8, weights = 1e8},
    ["data of 1e-8"] = {n = 5, D = 6, m = 2, h = 8, data = 1e-8},
    ["data of 1e8"] = {n = 5, D = 6, m = 2, h = 8, data = 1e8},
  } do
    it("is the dense one: " .. name, function() -- promise: is the dense one: h > k
      for seed = 1, 3 do
        local X, Y, U, V = case(seed, o)
        compare(linnet.problem(X, Y):init{U = U, V = V}, dense(X, Y, U, V))
      end
    end)
  end

  it("is the dense one with any loss", function()
    for _, loss in ipairs(losses.names) do
      for seed, o in ipairs{{n = 7, D = 4, h = 3}, {n = 9, D = 3, h = 8}, {n = 4, D = 6, h = 9},
        {n = 5, D = 2, h = 12}} do
        o.m = loss == "logistic" and 1 or 3
        local X, F, U, V = case(seed, o)
        local Y = losses.targets(loss, F, 0.1)
        local s = linnet.problem(X, Y, {loss = losses.option(loss)}):init{U = U, V = V}
        compare(s, dense(X, Y, U, V, loss))
        local plain = dense(X, Y, U, V) -- the control
        assert(math.abs(s:sharpness() / plain(#plain) - 1) > 1e-3)
      end
    end
  end)

  it("is the second derivative of the loss, a polynomial of degree 4 along lines", function()
    local X, Y, U, V = case(7, {n = 5, D = 6, m = 2, h = 9})
    local p, rng = linnet.problem(X, Y), linnet.random(8)
    local H = p:init{U = U, V = V}:hessian()
    for _ = 1, 20 do
      local dU, dV = rng:normal(6, 9), rng:normal(2, 9)
      local function loss(x) return p:init{U = U + x * dU, V = V + x * dV}:loss() end
      local second = (-loss(2) + 16 * loss(1) - 30 * loss(0) + 16 * loss(-1) - loss(-2)) / 12
      local hU, hV = applied(X, Y, U, V, dU, dV)
      local size = dU:norm() ^ 2 + dV:norm() ^ 2
      local want = (hU:emul(dU)):sum() + (hV:emul(dV)):sum()
      assert(math.abs(second - want) < 1e-9 * H.largest(1) * size)
      assert(second <= H.largest(1) * size and second >= H.smallest(1) * size)
    end
  end)

  it("is at width 1e12 that of its k' columns, and s_i(A) as often as columns are left", function()
    local X, Y = linnet.data.gaussian{n = 5, D = 7, m = 2, noise = 0.1, seed = 3}
    local p = linnet.problem(X, Y)
    local Phi1 = select(2, p:reduced()):t() -- of the signs that the state has
    for _, h in ipairs{1e3, 1e12, math.huge} do
      local s = p:init("gaussian", {h = h, seed = 4})
      local U, V = s:reduced()
      local all = dense(X, Y, Phi1 * U, V)
      local H = s:hessian{count = 8}
      assert.equal(h - 7, H.multiplicity)
      assert.equal(h * 9, H.size)
      assert(math.abs(H.largest(1) - all(#all)) < 1e-13 * all(#all))
      assert(math.abs(H.largest(4) - all(#all - 3)) < 1e-13 * all(#all))
      for i = 1, 8 do assert.near(-H.repeated(1), H.smallest(i), 1e-12 * all(#all)) end
      assert(H.repeated(1) > H.repeated(2) and all(1) < -0.01) -- not a minimum: these are no zeros
      assert(math.abs(H.trace - all:sum()) < 1e-12 * all:sum())
    end
  end)

  it("is the spectrum of the kernel where E = 0, and nowhere else", function()
    for seed = 1, 3 do
      local X, Y = linnet.data.gaussian{n = 6, D = 9, m = 2, noise = 0.1, seed = seed}
      local p = linnet.problem(X, Y)
      local start = p:init("gaussian", {h = 1e6, seed = seed})
      local final = p:flow(start, {t = math.huge, tol = 1e-8}).final
      local function apart(s)
        local K = s:kernel():eigh()
        local H, n, worst = s:hessian{count = 20}, #K, 0
        for i = 1, 12 do worst = math.max(worst, math.abs(H.largest(i) - K(n + 1 - i))) end
        return math.max(worst, math.abs(H.smallest(1))) / K(n)
      end
      assert(apart(final) < 1e-12)
      assert(apart(start) > 1e-3)
    end
  end)

  it("is found by its products alone as by LAPACK, eigenvalues as often as they stand", function()
    local X, Y = linnet.data.gaussian{n = 12, D = 30, m = 3, orthonormal = true, seed = 1}
    local p = linnet.problem(X, Y)
    for _, start in ipairs{
      p:init("gaussian", {h = 40, seed = 1}), p:init("gaussian", {h = 3, seed = 1}),
      p:init("orthogonal", {h = 40}), -- many equal eigenvalues
      p:flow(p:init("orthogonal", {h = 1e9}), {t = math.huge}).final,
      p:flow(p:init("gaussian", {h = 1e5, seed = 2}), {t = math.huge}).final,
    } do
      local top, low, _, order = core.hessian.ends(start, 12)
      local top2, low2, beside, _, _, kp = core.hessian.ends(start, 12, 0)
      assert(order >= 40) -- more than the basis of one eigenvalue
      assert(support.relative(top2, top) < 1e-11)
      if start.h - kp >= 12 then -- so many stand beside the operator that its own do not count
        assert(low2:max() == -beside(1) and low:min() >= -beside(1) - 1e-12 * top(1))
      else
        assert((low2 - low):norm("inf") < 1e-11 * top(1))
      end
      assert(math.abs(start:sharpness() - top(1)) < 1e-11 * top(1))
    end
  end)

  it("says what is asked, and of what", function()
    local p = linnet.problem(linnet.eye(2), linnet.ones(2, 1))
    local s = p:init("gaussian", {h = 10, seed = 1})
    support.refuses(function() s:hessian{count = 0} end,
      "hessian: option 'count' must be an integer in [1, 1000], got 0")
    support.refuses(function() s.hessian(p) end,
      "hessian: called on something that is not a state; write state:hessian(...)")
    support.refuses(function() p:stable_step(p) end, select(2, pcall(p.flow, p, p, {t = 1}))
      .message:gsub("flow", "stable_step"))
    assert.equal(30, #s:hessian{count = 1000}.largest) -- there are no more
  end)
end)

-- ---------------------------------------------------------------- steps

describe("The stable step", function()
  it("is where gradient descent leaves a minimum", function()
    for seed = 1, 3 do
      local X, Y = linnet.data.gaussian{n = 6, D = 9, m = 2, noise = 0.1, seed = seed}
      local p = linnet.problem(X, Y)
      local final = p:flow(p:init("gaussian", {h = 50, seed = seed}), {t = math.huge}).final
      local U, V = final:reduced()
      local rng = linnet.random(seed)
      local _, Pt = p:reduced()
      local near = p:init{U = Pt:t() * (U + 1e-6 * rng:normal(U:rows(), U:cols())),
        V = V + 1e-6 * rng:normal(V:rows(), V:cols())}
      local eta = final:stable_step()
      assert.equal(2 / final:sharpness(), eta)
      local below = p:descend(near, {eta = 0.98 * eta, steps = 400}).final
      local above = p:descend(near, {eta = 1.02 * eta, steps = 400}).final
      assert(below:excess() < 1e-3 * near:excess())
      assert(above:excess() > 1e3 * near:excess())
    end
  end)

  it("is inf where nothing curves upwards", function()
    local p = linnet.problem(linnet.eye(2), linnet.zeros(2, 1))
    assert.equal(math.huge, p:init{U = linnet.zeros(2, 3), V = linnet.zeros(1, 3)}:stable_step())
  end)

  it("along a flow is the least of those at its times", function()
    local X, Y = linnet.data.gaussian{n = 8, D = 12, m = 2, noise = 0.1, seed = 2}
    local p = linnet.problem(X, Y)
    for _, start in ipairs{p:init("gaussian", {h = 20, alpha = 0.5, seed = 1}),
      p:init("gaussian", {h = 1e9, std = 1e-6, seed = 1})} do
      local eta, t, reason = p:stable_step(start)
      local run = p:flow(start, {t = math.huge, record = {"sharpness"}})
      assert.equal("converged", reason)
      local final = run.final
      assert.equal(final:stable_step(), (p:stable_step(p:flow(start, {t = math.huge}).final)))
      assert(eta <= final:stable_step() * (1 + 1e-9))
      assert(eta <= 2 / run.sharpness:max() * (1 + 1e-12))
      assert(math.abs(2 / run:at(t):sharpness() / eta - 1) < 1e-4)
      for _, x in ipairs{0.1, 0.3, 1, 3, 10} do
        assert(eta <= run:at(t * x):stable_step() * (1 + 1e-6))
      end
    end
  end)
end)

-- ---------------------------------------------------------------- other measures

describe("Stable rank and nuclear norm", function()
  it("are those of Theta, at any width and rank", function()
    for seed = 1, 3 do
      for _, h in ipairs{1, 3, 8, 1e9, math.huge} do
        local X, Y = linnet.data.gaussian{n = 5, D = 9, m = 3, noise = 0.1, seed = seed}
        local s = linnet.problem(X, Y):init("gaussian", {h = h, seed = seed})
        local _, values = s:theta():svd()
        local top = values:max()
        if top > 0 then
          assert(math.abs(s:nuclear_norm() / values:sum() - 1) < 1e-12)
          assert(math.abs(s:stable_rank() / (values:norm() / top) ^ 2 - 1) < 1e-12)
        else
          assert(s:nuclear_norm() == 0 and s:stable_rank() == 0)
        end
      end
    end
  end)

  it("do not overflow, and a rank-one map has stable rank 1", function()
    local p = linnet.problem(linnet.eye(3), linnet.ones(3, 2))
    local s = p:init{U = 1e100 * linnet.ones(3, 1), V = 1e100 * linnet.ones(2, 1)}
    assert.near(1, s:stable_rank(), 1e-14)
    assert.near(6 ^ 0.5, s:nuclear_norm() / 1e200, 1e-13)
  end)

  it("along a flow without an end is the least of those before the loss has faded", function()
    local X = linnet.data.gaussian{n = 8, D = 12, seed = 2}
    local Y = linnet.matrix{1, -1, 1, 1, -1, -1, 1, -1}
    local p = linnet.problem(X, Y, {loss = "logistic"})
    assert.is_true((p:separable()))
    local start = p:init("gaussian", {h = 20, alpha = 0.5, seed = 1})
    local eta, t, reason = p:stable_step(start)
    assert.equal("until_excess", reason)
    local run = p:flow(start, {t = 1e15, record = {"sharpness"}})
    assert(eta <= 2 / run.sharpness:max() * (1 + 1e-9))
    assert(math.abs(2 / run:at(t):sharpness() / eta - 1) < 1e-4)
  end)
end)
