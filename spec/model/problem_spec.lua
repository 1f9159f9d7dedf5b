--- spec/model/problem_spec.lua: the data reduction against identities of least squares.
-- SPDX-License-Identifier: MIT
local linnet = require "linnet"
local core = require "linnet.core"
package.path = "spec/?.lua;" .. package.path
local support = require "support"

describe("linnet.problem", function()
  for _, name in ipairs(support.cases) do
    it("reproduces the reference quantities: " .. name, function()
      local data, p = support.case(name)
      local t0 = data.theory_at_0
      assert.equal(t0.rank, p.rank)
      local s = p:singular_values()
      assert.is_true(math.abs(s(1) ^ 2 / t0.lambda_1 - 1) < 1e-10)
      assert.is_true(math.abs(s(p.rank) ^ 2 / t0.lambda_r - 1) < 1e-10)
      assert.is_true(math.abs(p.kappa / (t0.lambda_1 / t0.lambda_r) - 1) < 1e-10)
      assert.is_true(math.abs(p.optimal_loss - t0.optimal_loss) < 1e-10)
      assert.is_true(support.relative(p:min_norm(), linnet.matrix(t0.min_norm)) < 1e-10)
    end)
  end

  it("has a reduction that rebuilds what the data can see", function()
    local rng = linnet.random(2)
    for _, shape in ipairs{{8, 5, 2}, {5, 8, 1}, {6, 6, 7}, {1, 4, 1}, {4, 1, 3}} do
      local n, D, m = table.unpack(shape)
      local X, Y = rng:normal(n, D), rng:normal(n, m)
      local p = linnet.problem(X, Y)
      local W, Pt, Yt = p:reduced()
      local sigma = linnet.diag(p:singular_values())
      assert.is_true(support.relative(W * sigma * Pt, X) < 1e-13)
      assert.is_true(core.matrix.max_abs(W:t() * W - linnet.eye(p.rank)) < 1e-13)
      assert.is_true(core.matrix.max_abs(W:t() * Y - Yt) < 1e-13)
      local residual = Y - X * p:min_norm()
      assert.is_true(core.matrix.max_abs(X:t() * residual) < 1e-12) -- normal equations
      assert.is_true(math.abs(p.optimal_loss - residual:norm() ^ 2 / 2) < 1e-13)
    end
  end)

  it("is reduced alike whatever the shape: tall, square, wide, by one and by many", function()
    for _, shape in ipairs{{7, 7}, {8, 7}, {7, 8}, {900, 7}, {7, 900}, {300, 290}, {1, 5}} do
      local n, D = table.unpack(shape)
      local X, Y = linnet.random(3):normal(n, D), linnet.random(4):normal(n, 2)
      local p = linnet.problem(X, Y)
      local W, Pt = p:reduced()
      assert.are.equal(math.min(n, D), p.rank)
      local back = W * linnet.diag(p:singular_values()) * Pt
      assert.is_true((back - X):map(math.abs):max() < 1e-12 * X:norm(), n .. " x " .. D)
      local function off(Q) return (Q - linnet.eye(Q:rows())):map(math.abs):max() end
      assert.is_true(off(W:t() * W) < 1e-13 and off(Pt * Pt:t()) < 1e-13, n .. " x " .. D)
      local _, s = X:svd()
      assert.is_true((s - p:singular_values()):map(math.abs):max() < 1e-13 * s:max())
    end
  end)

  it("has an optimal loss that is exact when it is tiny", function()
    local X, Y = linnet.eye(3, 2), linnet.matrix{1, 1, 1e-9}
    assert.is_true(math.abs(linnet.problem(X, Y).optimal_loss / 5e-19 - 1) < 1e-12)
    -- Samples that are independent can all be met.
    assert.equal(0, linnet.problem(linnet.data.gaussian{n = 20, D = 50, seed = 1}).optimal_loss)
    assert.is_true(linnet.problem(linnet.data.gaussian{n = 20, D = 19, seed = 1}).optimal_loss > 0)
  end)

  it("scales with the data from 1e-150 to 1e150", function()
    local rng = linnet.random(4)
    local X, Y = rng:normal(4, 6), rng:normal(4, 1)
    local plain = linnet.problem(X, Y)
    for _, a in ipairs{2.0 ^ -498, 2.0 ^ 498} do
      local p = linnet.problem(X * a, Y * a)
      assert.equal(plain.rank, p.rank)
      assert.is_true(math.abs(p.kappa / plain.kappa - 1) < 1e-9)
      assert.is_true(support.relative(p:min_norm(), plain:min_norm()) < 1e-9)
    end
  end)

  it("says of data whose largest singular value is no number that it is too large", function()
    assert.error_matches(function()
      linnet.problem(linnet.ones(2, 2) * 1e308, linnet.ones(2, 1))
    end, "problem: the result exceeds the doubles")
  end)

  it("cuts the spectrum where rank_tol says", function()
    local X = linnet.diag{1, 1e-3, 1e-9}
    assert.equal(3, linnet.problem(X, linnet.ones(3, 1)).rank)
    assert.equal(2, linnet.problem(X, linnet.ones(3, 1), {rank_tol = 1e-6}).rank)
    assert.equal(1, linnet.problem(X, linnet.ones(3, 1), {rank_tol = 0.5}).rank)
  end)

  it("takes the results of linnet.data.gaussian as they come", function()
    assert.equal(5, linnet.problem(linnet.data.gaussian{n = 5, D = 8, seed = 1}).rank)
  end)

  it("prints what a person wants to know", function()
    assert.matches("n = 2 samples, D = 3 inputs, m = 1 output, rank 2",
      tostring(linnet.problem(linnet.eye(2, 3), linnet.ones(2, 1))))
  end)
end)

describe("misuse of linnet.problem is an error:", function()
  local X, Y = linnet.eye(3), linnet.ones(3, 1)
  local function with(m, i, j, x)
    local copy = m:copy()
    copy:set(i, j, x)
    return copy
  end
  for _, case in ipairs{
    {"X must be a matrix, got nil", nil, Y}, {"X must be a matrix, got a table", {{1}}, Y},
    {"Y must be a matrix, got nil", X, nil}, {"Y must be a matrix, got 'y'", X, "y"},
    {"X is 3 x 3 and Y is 2 x 1", X, linnet.ones(2, 1)},
    {"X is empty %(0 x 3%)", linnet.zeros(0, 3), linnet.zeros(0, 1)},
    {"Y is empty %(3 x 0%)", X, linnet.zeros(3, 0)},
    {"X%(2, 3%) is nan", with(X, 2, 3, 0 / 0), Y},
    {"X%(1, 1%) is inf", with(X, 1, 1, math.huge), Y},
    {"Y%(3, 1%) is %-inf", X, with(Y, 3, 1, -math.huge)},
    {"X is zero", linnet.zeros(3, 3), Y},
    {"'rank_tol' must be", X, Y, {rank_tol = -1}}, {"'rank_tol' must be", X, Y, {rank_tol = 1}},
    {"'rank_tol' must be.*nan", X, Y, {rank_tol = 0 / 0}},
    {"unknown option 'ranktol' %(did you mean 'rank_tol'", X, Y, {ranktol = 1e-3}},
    {"options must be a table", X, Y, 3},
  } do
    it(case[1], function()
      local ok, message = pcall(linnet.problem, case[2], case[3], case[4])
      assert.is_false(ok)
      assert.matches("problem: .*" .. case[1], message)
    end)
  end

  it("points at the line that called", function()
    local _, message = pcall(function() linnet.problem(X, linnet.ones(2, 1)) end)
    assert.matches("problem_spec.lua:%d+: problem", message)
  end)

  it("gives the same bits on any number of threads where its SVD is large", function()
    for _, shape in ipairs{{530, 530}, {600, 520}, {520, 600}} do
      local data = linnet.random(4):normal(shape[1], shape[2])
      local target = data * linnet.ones(shape[2], 2)
      local alone = linnet.problem(data, target)
      linnet.threads(3)
      local three = linnet.problem(data, target)
      linnet.threads(1)
      assert.is_true(three == alone) -- to the bit, singular vectors too
      assert.is_false(linnet.problem(data * (1 + 2.0 ^ -52), target) == alone)
    end
  end)

  it("says how much memory an object would need that cannot be had", function()
    -- m x m for a target of one row; then of more bytes than there are addresses
    local made, why = pcall(core.exact.pairs, linnet.zeros(1, 4500000))
    assert.is_false(made)
    assert.truthy(why:find("not enough memory: 4.53e+05 GB are needed at once", 1, true), why)
    made, why = pcall(core.exact.pairs, linnet.zeros(0, 2147483647))
    assert.is_false(made)
    assert.truthy(why:find("not enough memory: more than 8.59e+09 GB", 1, true), why)
    assert.equal(5, select(3, core.exact.pairs(linnet.zeros(1, 5))):rows())
  end)
end)
