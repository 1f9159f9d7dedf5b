--- spec/theory/identities_spec.lua: identities of docs/mathematics.md that no function of the
-- library states, along computed flows. SPDX-License-Identifier: MIT

local linnet = require "linnet"

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
