--- spec/theory/identities_spec.lua: identities of docs/mathematics.md that no function of the
-- library states, along computed flows. SPDX-License-Identifier: MIT

local linnet = require "linnet"
local losses = require "spec.losses"

--- The symmetric positive square root.
local function root(a)
  local values, vectors = a:eigh()
  return vectors * linnet.diag(values:map(function(x) return math.sqrt(math.max(x, 0)) end))
    * vectors:t()
end

--- Explicit weights with U1 U1' = a I, V V' = b I, U1 V' = 0, and an unseen part of U.
local function orthogonal_start(X, m, a, b, rng)
  local _, sigma, Phi1 = X:svd()
  local r = #sigma
  local O = rng:orthogonal(r + m + 2, r + m)
  local unseen = rng:normal(X:cols(), r + m + 2)
  local U = Phi1 * (math.sqrt(a) * O:sub(1, r + m + 2, 1, r):t())
    + (unseen - Phi1 * (Phi1:t() * unseen))
  return U, math.sqrt(b) * O:sub(1, r + m + 2, r + 1, r + m):t(), Phi1
end

describe("the flow", function()
  local rng = linnet.random(11)
  local X, m = rng:normal(6, 9), 3
  local p = linnet.problem(X, rng:normal(6, m))
  local a, b = 1.7, 0.4

  -- Largest difference, relative to V V', between V V' and its formula (3.3) along a run.
  local function deviation(U, V, Phi1)
    local worst = 0
    for _, t in ipairs{0.01, 0.1, 1, math.huge} do
      local s = p:flow(p:init{U = U, V = V}, {t = t, tol = 1e-9}).final
      local P1 = Phi1:t() * s:U() * s:V():t()
      local want = root(((a + b) / 2) ^ 2 * linnet.eye(m) + P1:t() * P1)
        - (a - b) / 2 * linnet.eye(m)
      local VV = s:V() * s:V():t()
      worst = math.max(worst, (VV - want):norm() / VV:norm())
    end
    return worst
  end

  -- It holds of the group alone, so steps of any error keep it to round-off.
  it("has V V' as a function of U1 V' alone from an orthogonal start, on any data", function()
    local U, V, Phi1 = orthogonal_start(X, m, a, b, rng)
    assert.is_true(deviation(U, V, Phi1) < 1e-12)
  end)

  -- Largest relative difference of the maps of two starts over times, on the span of the data.
  local function apart(problem, one, other, move)
    local worst = 0
    for _, t in ipairs{0.1, 1, 10, math.huge} do
      local maps = {}
      for i, start in ipairs{one, other} do
        local u, v = move(problem, start, t):reduced()
        maps[i] = u * v:t()
      end
      worst = math.max(worst, (maps[1] - maps[2]):norm() / maps[1]:norm())
    end
    return worst
  end

  local function flow(problem, start, t) return problem:flow(start, {t = t, tol = 1e-10}).final end

  local function narrow(problem, size)
    return problem:init{U = linnet.zeros(problem.D, problem.m), V = linnet.eye(problem.m) * size}
  end

  -- sqrt(a + b) of a start with U1 U1' = a I, V V' = b I
  local function size(start)
    local u, v = start:reduced()
    return math.sqrt((u * u:t())(1, 1) + (v * v:t())(1, 1))
  end

  it("learns at infinite width what m hidden units learn from U = 0 and V = sqrt(a + b) I",
    function()
    for seed, shape in ipairs{{30, 50, 3}, {20, 6, 1}, {5, 8, 5}, {4, 3, 6}} do
      local n, D, outputs = table.unpack(shape)
      local x, y = linnet.data.gaussian{n = n, D = D, m = outputs, noise = 0.3, seed = seed}
      local q = linnet.problem(x, y)
      local U, V = orthogonal_start(x, outputs, a, b, rng)
      for _, wide in ipairs{q:init("gaussian", {h = math.huge, seed = 1}), q:init{U = U, V = V}} do
        assert.is_true(apart(q, wide, narrow(q, size(wide)), flow) < 1e-8, n .. " x " .. D)
        assert.is_true(apart(q, wide, narrow(q, 1.1 * size(wide)), flow) > 1e-4) -- control
      end
    end
  end)

  it("is parted from those m units by steps of descent, at order eta (negative control)", function()
    local wide = p:init("gaussian", {h = math.huge, seed = 1})
    local function parted(eta)
      return apart(p, wide, narrow(p, size(wide)), function(problem, start)
        return problem:descend(start, {eta = eta, steps = math.floor(0.2 / eta)}).final
      end)
    end
    local rough, fine = parted(4e-3), parted(2e-3)
    assert.is_true(rough > 1e-4)
    assert.near(2, rough / fine, 0.2)
  end)

  it("has not from another start (negative control)", function()
    local U, V, Phi1 = orthogonal_start(X, m, a, b, rng)
    assert.is_true(deviation(U + 0.1 * rng:normal(9, U:cols()), V, Phi1) > 1e-3)
  end)
end)

-- Section 7.7: what (3.3) and the wide law say whatever the loss is.
describe("the flow of any loss", function()
  local rng = linnet.random(17)
  local X, lam = rng:normal(8, 11), 0.7
  local classes = linnet.matrix(8, 3, function(i, j) return i * 7 % 3 + 1 == j and 1 or 0 end)
  local signs = rng:normal(8, 1):map(function(x) return x > 0 and 1 or -1 end)
  local problems = {
    linnet.problem(X, signs, {loss = "logistic"}),
    linnet.problem(X, classes, {loss = "softmax"}), -- separable: weights grow for ever
    linnet.problem(X, 0.9 * classes + 0.1 / 3, {loss = "softmax"}), -- smoothed: they do not
    linnet.problem(X, 3 * rng:normal(8, 3), {loss = {"huber", delta = 0.3}}),
  }

  local function law(P1) return root(lam ^ 2 * linnet.eye(P1:cols()) + P1:t() * P1) end

  -- Of V V' from its law, relative.
  local function deviation(U, V)
    local VV = V * V:t()
    return (VV - law(U * V:t())):norm() / VV:norm()
  end

  local function start(p) return p:init("orthogonal", {h = 40, lam = lam}) end

  it("has V V' = (lam^2 + P1'P1)^(1/2) to round-off at all times, separable or not", function()
    for _, p in ipairs(problems) do
      for _, t in ipairs{0.1, 3, 1e3, 1e9} do
        assert.is_true(deviation(p:flow(start(p), {t = t}).final:reduced()) < 1e-13, p.loss)
      end
    end
  end)

  it("has it with lam e^(-2wt) in place of lam under weight decay", function()
    for _, p in ipairs(problems) do
      for _, t in ipairs{0.3, 4} do
        local s = p:flow(start(p), {t = t, weight_decay = 0.2}).final
        local kept = s.decay ^ 2
        local U, V = s:reduced()
        local P1, VV = U * V:t(), V * V:t()
        local want = kept * law(P1 * (1 / kept))
        assert.is_true((VV - want):norm() / VV:norm() < 1e-13, p.loss)
        assert.is_true(deviation(U, V) > 1e-3) -- without the decay of lam
      end
    end
  end)

  it("has it of any schedule: one loss and target after the other", function()
    local U, V, Phi1 = orthogonal_start(X, 3, lam, lam, rng)
    local where = {}
    for i, p in ipairs{problems[4], problems[2], problems[3], linnet.problem(X, classes)} do
      local s = p:flow(p:init{U = U, V = V}, {t = 2}).final
      U, V = s:U(), s:V()
      where[i] = Phi1:t() * U * V:t()
      assert.is_true(deviation(Phi1:t() * U, V) < 1e-12)
    end
    assert.is_true((where[4] - where[3]):norm() > 1) -- there was something to learn
  end)

  it("has by it the law of the distance to the solution that is reached", function()
    local h = 1e15
    for _, p in ipairs(problems) do
      local o = {t = 1e4, tol = 1e-10}
      local U, V = p:flow(p:init("gaussian", {h = math.huge}), o).final:reduced()
      local P1 = U * V:t()
      local wide = (p.D - p.rank) / h * root(linnet.eye(p.m) + P1:t() * P1):trace()
      local s = p:flow(p:init("gaussian", {h = h, seed = 5}), o).final
      assert.is_true(math.abs(s:law().mean / wide - 1) < 1e-6, p.loss)
    end
  end)

  it("is left by steps of descent, at order eta (negative control)", function()
    for i, p in ipairs(problems) do
      local function off(eta)
        return deviation(p:descend(start(p), {eta = eta, steps = 2 / eta}).final:reduced())
      end
      assert.is_true(off(0.002) > 1e-5, p.loss)
      if i < 4 then assert.near(2, off(0.004) / off(0.002), 0.1) end -- huber's corners come late
    end
  end)

  -- Classical Runge-Kutta on all weights of the softmax loss; ridge: beside it mu/2 ||Z q||^2 for a
  -- direction q among the hidden units, which no function of U V' is.
  it("has it on the full weights, and not with a loss on hidden units (negative control)",
    function()
    local function full(mu)
      local U, V, Phi1 = orthogonal_start(X, 3, lam, lam, linnet.random(4))
      local q, dt = linnet.random(3):orthogonal(U:cols(), 1), 0.01
      local function slope(u, v)
        local A = X:t() * losses.residual.softmax(X * (u * v:t()), classes)
        return A * v - mu * (u * q) * q:t(), A:t() * u - mu * (v * q) * q:t()
      end
      for _ = 1, 200 do
        local u1, v1 = slope(U, V)
        local u2, v2 = slope(U + dt / 2 * u1, V + dt / 2 * v1)
        local u3, v3 = slope(U + dt / 2 * u2, V + dt / 2 * v2)
        local u4, v4 = slope(U + dt * u3, V + dt * v3)
        U = U + dt / 6 * (u1 + 2 * u2 + 2 * u3 + u4)
        V = V + dt / 6 * (v1 + 2 * v2 + 2 * v3 + v4)
      end
      return deviation(Phi1:t() * U, V)
    end
    assert.is_true(full(0) < 1e-7)
    assert.is_true(full(0.3) > 1e-3)
  end)
end)
