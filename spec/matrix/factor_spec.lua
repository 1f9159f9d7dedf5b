--- spec/matrix/factor_spec.lua: factorizations, solves, norms and expm against their identities.
-- A bound is a multiple of eps = 2^-52 times the dimension, the usual backward error of LAPACK.
--
-- SPDX-License-Identifier: MIT

local linnet = require "linnet"

local matrix, zeros, eye = linnet.matrix, linnet.zeros, linnet.eye
local EPS = 2 ^ -52

local SHAPES = {{0, 0}, {0, 4}, {4, 0}, {1, 1}, {1, 6}, {6, 1}, {2, 2}, {5, 3}, {3, 5}, {17, 17},
  {60, 40}, {40, 60}}
local SCALES = {1e-150, 1, 1e150}

--- Matrices of one shape: random, rank-deficient, structured, all of size about 1.
local function family(rows, cols)
  local rng = linnet.random(rows * 100 + cols)
  local k = math.min(rows, cols) // 2
  return {
    random = rng:normal(rows, cols),
    deficient = rng:normal(rows, k) * rng:normal(k, cols),
    zero = zeros(rows, cols),
    hilbert = matrix(rows, cols, function(i, j) return 1 / (i + j - 1) end),
    graded = matrix(rows, cols, function(i, j) return 10.0 ^ (-i / 3 - j / 4) end),
    identity = eye(rows, cols),
  }
end

--- Calls f(m, scale, name) for every shape, kind and scale.
local function each(f, square)
  for _, shape in ipairs(SHAPES) do
    if not square or shape[1] == shape[2] then
      for name, m in pairs(family(shape[1], shape[2])) do
        for _, scale in ipairs(SCALES) do f(m * scale, scale, name) end
      end
    end
  end
end

--- |a - b| <= factor * dimension * eps * scale, entry by entry in the norm.
local function near(a, b, scale, factor)
  assert.are.same({a:shape()}, {b:shape()})
  local n = math.max(a:rows(), a:cols(), 1)
  local gap, limit = (a - b):norm(), (factor or 10) * n * EPS * scale
  if not (gap <= limit) then
    error(("differs by %.3g, allowed %.3g, shape %dx%d"):format(gap, limit, a:shape()), 2)
  end
end

local function orthonormal(q) near(q:t() * q, eye(q:cols()), 1) end

local function lower(m, strictly)
  for i = 1, m:rows() do
    for j = i + (strictly and 0 or 1), m:cols() do assert.are.equal(0, m(i, j)) end
  end
end

--- Q diag(1, ..., 1/condition) Q', so that its singular values are known.
local function with_condition(n, condition)
  local Q = linnet.random(77):orthogonal(n, n)
  return Q * linnet.diag(linnet.logspace(1, 1 / condition, n)) * Q:t()
end

describe("matrix svd", function()
  it("gives A = U S V' with orthonormal U, V and decreasing s >= 0", function()
    each(function(A)
      local U, s, V = A:svd()
      orthonormal(U)
      orthonormal(V)
      near(U * linnet.diag(s) * V:t(), A, A:norm())
      for i = 1, #s do assert.is_true(s(i) >= 0 and (i == 1 or s(i) <= s(i - 1))) end
    end)
  end)

  it("finds singular values that were put in, large and small", function()
    local Q, P = linnet.random(1):orthogonal(20, 20), linnet.random(2):orthogonal(30, 20)
    for _, scale in ipairs(SCALES) do
      local s = linnet.logspace(5, 1e-6, 20)
      local _, got = (Q * linnet.diag(s) * P:t() * scale):svd()
      near(got / scale, s, 5)
    end
  end)
end)

describe("matrix eigenvalues", function()
  it("eigh gives A V = V D with orthonormal V and ascending values", function()
    each(function(B)
      local A = B / math.max(B:norm(), 1e-300)
      A = A * A:t() - 0.3 * A:t() - 0.3 * A
      local values, V = A:eigh()
      orthonormal(V)
      near(V * linnet.diag(values) * V:t(), A, 1)
      for i = 2, #values do assert.is_true(values(i) >= values(i - 1)) end
    end, true)
  end)

  it("eigh keeps its accuracy at every scale", function()
    local A = with_condition(15, 1e6)
    for _, scale in ipairs(SCALES) do
      near((A * scale):eigh() / scale, linnet.logspace(1e-6, 1, 15), 1)
    end
  end)

  it("eig finds the roots of a companion matrix and pairs of a rotation", function()
    -- (x - 1)(x + 2)(x^2 + 9)
    local c = matrix{{-1, -7, -9, 18}, {1, 0, 0, 0}, {0, 1, 0, 0}, {0, 0, 1, 0}}
    near(c:eig(), matrix{{-2, 0}, {0, -3}, {0, 3}, {1, 0}}, 18)
    near(matrix{{0, 1e150}, {-1e150, 0}}:eig() / 1e150, matrix{{0, -1}, {0, 1}}, 1)
    assert.are.same({0, 2}, {zeros(0, 0):eig():shape()})
  end)

  it("eig agrees with eigh on symmetric matrices and with trace and det on any", function()
    each(function(A, scale)
      local S = A + A:t()
      near(S:eig():col(1) / scale, S:eigh() / scale, S:norm() / scale, 100)
      local e = (A / scale):eig()
      assert.is_near(A:trace() / scale, e:col(1):sum(), 1e-12)
      assert.is_near(0, e:col(2):sum(), 1e-12)
    end, true)
  end)
end)

describe("matrix qr, lu and chol", function()
  it("qr gives A = Q R, R upper with a diagonal >= 0", function()
    each(function(A)
      local Q, R = A:qr()
      local q = math.min(A:shape())
      assert.are.same({A:rows(), q}, {Q:shape()})
      orthonormal(Q)
      near(Q * R, A, A:norm())
      lower(R:t())
      for i = 1, q do assert.is_true(R(i, i) >= 0) end
    end)
  end)

  it("qr is unique: it finds the factors that were multiplied", function()
    local Q = linnet.random(4):orthogonal(9, 5)
    local R = matrix(5, 5, function(i, j) return i > j and 0 or i == j and i or 0.3 * (i - j) end)
    local q, r = (Q * R):qr()
    near(q, Q, 20)
    near(r, R, 20)
  end)

  it("lu gives P A = L U with |L| <= 1, L unit lower, U upper, P a permutation", function()
    each(function(A)
      local L, U, P = A:lu()
      near(P * A, L * U, A:norm())
      lower(L)
      lower(U:t())
      for i = 1, L:cols() do assert.are.equal(1, L(i, i)) end
      if L:rows() * L:cols() > 0 then assert.is_true(L:map(math.abs):max() <= 1) end
      assert.is_true(P * P:t() == eye(A:rows()))
    end)
  end)

  it("chol gives A = L L' for positive definite A and refuses others", function()
    each(function(B)
      local scale = math.max(B:norm(), 1e-300)
      local A = (B / scale) * (B / scale):t() + eye(B:rows())
      local L = A:chol()
      lower(L)
      near(L * L:t(), A, A:norm())
      near((A * 1e-200):chol() * 1e100, L, L:norm())
    end, true)
    for _, A in ipairs{matrix{{1, 2}, {2, 1}}, zeros(2, 2), -eye(3), linnet.ones(2, 2)} do
      assert.error_matches(function() A:chol() end, "chol: the matrix is not positive definite$")
    end
  end)
end)

describe("matrix solve and inv", function()
  it("leave a residual at round-off, at every scale", function()
    for _, n in ipairs{0, 1, 2, 17, 60} do
      local A = linnet.random(n + 1):normal(n, n)
      for _, scale in ipairs(SCALES) do
        for _, k in ipairs{0, 1, 3} do
          local b = linnet.random(9):normal(n, k)
          local x = (A * scale):solve(b)
          near(A * (x * scale), b, A:norm() * (x * scale):norm() + 1)
        end
        local X = (A * scale):inv() * scale
        near(A * X, eye(n), A:norm() * X:norm() + 1)
      end
    end
  end)

  it("find a known solution as closely as the condition allows", function()
    for _, condition in ipairs{1, 1e4, 1e8, 1e12} do
      local A, x = with_condition(12, condition), linnet.linspace(1, 2, 12)
      near(A:solve(A * x), x, condition * x:norm())
    end
  end)

  it("raise near singularity and name the reciprocal condition number", function()
    local hilbert = matrix(20, 20, function(i, j) return 1 / (i + j - 1) end)
    for _, A in ipairs{linnet.ones(2, 2), zeros(1, 1), hilbert, linnet.diag{1, 1e-20},
      linnet.diag{1e150, 1e130}, matrix{{1, 2}, {1, 2 + 2 ^ -52}}} do
      for name, call in pairs{solve = function() return A:solve(linnet.ones(#A)) end,
        inv = function() return A:inv() end} do
        local ok, message = pcall(call)
        assert.is_false(ok)
        local rcond = tonumber(message:match(name .. ": .* rcond = ([%d.e+-]+)"))
        assert.is_true(rcond >= 0 and rcond < 2.3e-16)
      end
    end
    with_condition(9, 1e13):solve(linnet.ones(9)) -- ill-conditioned, but not singular
  end)
end)

describe("matrix lstsq, pinv, rank and cond", function()
  it("pinv meets the four conditions of Penrose", function()
    each(function(A, scale, name)
      if name == "hilbert" or name == "graded" then return end -- no gap in the spectrum
      local B, X = A / scale, A:pinv() * scale
      local size = 10 * (1 + B:norm() * X:norm()) ^ 2
      near(B * X * B, B, size)
      near(X * B * X, X, size * (1 + X:norm()))
      near((B * X):t(), B * X, size)
      near((X * B):t(), X * B, size)
    end)
  end)

  it("lstsq agrees with pinv, its residual is orthogonal to the columns, its rank is right",
    function()
      each(function(A, scale, name)
        if name == "hilbert" or name == "graded" then return end
        local b = linnet.random(3):normal(A:rows(), 2)
        local x, rank = A:lstsq(b)
        local B = A / scale
        x = x * scale
        local X = B:pinv()
        near(x, X * b, 100 * (1 + X:norm() * B:norm()) * (X * b):norm())
        local size = 100 * (1 + B:norm() ^ 2) * (1 + x:norm() + b:norm())
        near(B:t() * (B * x - b), zeros(B:cols(), 2), size)
        assert.are.equal(B:rank(), rank)
      end)
    end)

  it("rank counts what was built in; rtol moves the line", function()
    for _, shape in ipairs(SHAPES) do
      local r, c = shape[1], shape[2]
      for _, scale in ipairs(SCALES) do
        for k = 0, math.min(r, c), 3 do
          local A = linnet.random(k + 1):normal(r, k) * linnet.random(k + 2):normal(k, c)
          assert.are.equal(k, (A * scale):rank())
        end
      end
    end
    assert.are.equal(3, linnet.diag{1, 1e-5, 1e-10}:rank())
    assert.are.equal(2, linnet.diag{1, 1e-5, 1e-10}:rank(1e-7))
    local x, rank = linnet.diag{1, 1e-10}:lstsq(matrix{1, 1}, 1e-7)
    assert.are.equal(1, rank)
    near(x, matrix{1, 0}, 1)
    near(linnet.diag{1, 1e-10}:pinv(1e-7), linnet.diag{1, 0}, 1)
  end)

  it("cond is the one built in, infinite when singular, 0 of nothing", function()
    for _, condition in ipairs{1, 1e5, 1e10} do
      for _, scale in ipairs(SCALES) do
        local got = (with_condition(8, condition) * scale):cond()
        assert.is_near(1, got / condition, 100 * EPS * condition)
      end
    end
    assert.are.equal(math.huge, zeros(2, 2):cond())
    assert.are.equal(0, zeros(0, 5):cond())
    assert.is_near(2, matrix{{2, 0}, {0, 1}, {0, 0}}:cond(), 1e-15)
  end)
end)

describe("matrix det, logdet and norm", function()
  it("det of products is the product, of triangles the diagonal's", function()
    assert.are.equal(1, zeros(0, 0):det())
    assert.are.equal(-2, matrix{{0, 1}, {2, 0}}:det())
    assert.are.equal(0, linnet.ones(3, 3):det())
    assert.is_near(24, matrix{{1, 9, 9, 9}, {0, 2, 9, 9}, {0, 0, 3, 9}, {0, 0, 0, 4}}:det(), 1e-13)
    local A, B = linnet.random(1):normal(8, 8), linnet.random(2):normal(8, 8)
    assert.is_near(1, (A * B):det() / (A:det() * B:det()), 1e-12)
  end)

  it("det neither overflows nor vanishes on the way; logdet not at the end", function()
    local d = linnet.diag{1e200, 1e150, 1e-200, 1e-160, 3}
    assert.is_near(3e-10, d:det(), 1e-24)
    assert.are.equal(math.huge, (eye(3) * 1e150):det())
    local log, sign = (linnet.random(3):orthogonal(50, 50) * 1e150):logdet()
    assert.is_near(50 * math.log(1e150), log, 1e-9)
    assert.are.equal(1, math.abs(sign))
    assert.are.same({0, 1}, {zeros(0, 0):logdet()})
    assert.are.same({-math.huge, 0}, {zeros(2, 2):logdet()})
    log, sign = linnet.diag{-2, 3, 1e-160, 1e-160}:logdet()
    assert.is_near(math.log(6) - 320 * math.log(10), log, 1e-12)
    assert.are.equal(-1, sign)
  end)

  it("norms agree with their definitions at every scale", function()
    each(function(A, scale)
      local B = A / scale
      local _, s = B:svd()
      local fro, one, inf = 0, 0, 0
      for i = 1, B:rows() do
        local row = 0
        for j = 1, B:cols() do fro, row = fro + B(i, j) ^ 2, row + math.abs(B(i, j)) end
        inf = math.max(inf, row)
      end
      for j = 1, B:cols() do
        local column = 0
        for i = 1, B:rows() do column = column + math.abs(B(i, j)) end
        one = math.max(one, column)
      end
      local two = #s > 0 and s(1) or 0
      local wanted = {fro = math.sqrt(fro), [1] = one, inf = inf, [2] = two, nuc = s:sum()}
      for kind, want in pairs(wanted) do
        assert.is_near(want, A:norm(kind) / scale, 1e-12 * (1 + want))
      end
      assert.are.equal(A:norm(), A:norm("fro"))
      assert.are.equal(A:norm("inf"), A:norm(math.huge))
    end)
  end)
end)

describe("matrix expm", function()
  it("is the exponential on diagonals, and 1 + A on what squares to 0", function()
    near(linnet.diag{-700, -1, 0, 1, 2.5}:expm(),
      linnet.diag{math.exp(-700), math.exp(-1), 1, math.exp(1), math.exp(2.5)}, math.exp(2.5), 1)
    assert.is_true(matrix{{0, 1e150}, {0, 0}}:expm() == matrix{{1, 1e150}, {0, 1}})
    assert.is_true(zeros(3, 3):expm() == eye(3))
    assert.are.same({0, 0}, {zeros(0, 0):expm():shape()})
  end)

  it("is a rotation for a skew matrix, to 1e-13 times its condition, the angle", function()
    for _, angle in ipairs{1e-10, 0.3, 3, 100, 1e4} do
      local c, s = math.cos(angle), math.sin(angle)
      local E = matrix{{0, -angle}, {angle, 0}}:expm()
      assert.is_true((E - matrix{{c, -s}, {s, c}}):norm() <= 1e-13 * math.max(1, angle))
    end
  end)

  it("agrees with eigh on symmetric matrices of norm 1e-10 to 600", function()
    for _, norm in ipairs{1e-10, 1e-3, 1, 30, 600} do
      local B = linnet.random(5):normal(12, 12)
      B = B + B:t()
      B = B * (norm / B:norm(2))
      local values, V = B:eigh()
      local want = V * linnet.diag(values:map(math.exp)) * V:t()
      assert.is_true((B:expm() - want):norm() <= 1e-13 * math.max(1, norm) * want:norm())
    end
  end)

  it("is exact on 2 x 2 triangles however far from normal", function()
    for _, x in ipairs{1, 1e3, 1e6, 1e150} do
      for _, d in ipairs{0, 1e-9, 1, 30} do
        -- superdiagonal x (e^d - 1)/d of [[d, x], [0, 0]]; the series below 1e-8
        local slope = d < 1e-8 and 1 + d / 2 or (math.exp(d) - 1) / d
        local E = matrix{{d, x}, {0, 0}}:expm()
        assert.is_near(1, E(1, 2) / (x * slope), 1e-14)
        assert.is_near(1, E(1, 1) / math.exp(d), 1e-15)
        assert.are.equal(0, E(2, 1))
      end
    end
  end)

  it("keeps its digits on rotated non-normal matrices of norm up to 1e4", function()
    -- A = Q T Q', T = [[-1, x, 0], [0, -2, x], [0, 0, -3]]: exp(T) by divided differences of exp.
    -- The condition of the problem is about ||A|| ||exp A||^2 here; squaring alone loses it all.
    local Q = linnet.random(8):orthogonal(3, 3)
    local f = {math.exp(-1), math.exp(-2), math.exp(-3)}
    local d12, d23 = f[1] - f[2], f[2] - f[3]
    for _, x in ipairs{1, 1e2, 1e4} do
      local corner = x * x * (d12 - d23) / 2
      local want = matrix{{f[1], x * d12, corner}, {0, f[2], x * d23}, {0, 0, f[3]}}
      local T = matrix{{-1, x, 0}, {0, -2, x}, {0, 0, -3}}
      near(T:expm(), want, want:norm())
      local gap = (Q:t() * (Q * T * Q:t()):expm() * Q - want):norm() / want:norm()
      assert.is_true(gap <= 1e-13 * (1 + x) ^ 2)
    end
  end)

  it("keeps its digits on rotated non-normal matrices that turn: pairs of complex eigenvalues",
    function()
    -- A = Q S diag(B1, B2) S^-1 Q', S = [[I, K], [0, I]], B = [[x, y], [-z, x]], whose exponential
    -- is e^x [[cos w, y/w sin w], [-z/w sin w, cos w]], w = sqrt(y z). Angles of size w lose w eps.
    local Q, K = linnet.random(9):orthogonal(4, 4), matrix{{1.5, -0.4}, {0.7, 2.1}}
    local function block(x, y, z) return matrix{{x, y}, {-z, x}} end
    local function turned(x, y, z)
      local w = math.sqrt(y * z)
      return block(math.cos(w), y / w * math.sin(w), z / w * math.sin(w)) * math.exp(x)
    end
    local function join(B1, B2)
      local S, inverse = eye(4), eye(4)
      S:sub(1, 2, 3, 4):copy_(K)
      inverse:sub(1, 2, 3, 4):copy_(-K)
      local D = zeros(4, 4)
      D:sub(1, 2, 1, 2):copy_(B1)
      D:sub(3, 4, 3, 4):copy_(B2)
      return Q * S * D * inverse * Q:t()
    end
    for _, w in ipairs{20, 150, 1500} do -- beyond norm 64 by Schur's form
      local A = join(block(-1, 3 * w, w / 3), block(-0.5, w, 2 * w))
      local want = join(turned(-1, 3 * w, w / 3), turned(-0.5, w, 2 * w))
      -- measured: a few eps of the condition ||A|| times 3, the blocks' distance from a rotation
      local bound = 1e-15 * (1 + A:norm()) * 3 ^ 2
      assert.is_true((A:expm() - want):norm() / want:norm() <= bound)
    end
  end)

  it("inverts to exp(-A) and splits over commuting sums", function()
    each(function(A, scale)
      local B = A / (scale * math.max(1, (A / scale):norm(1))) * 2
      near(B:expm() * (-B):expm(), eye(#B), 100 * math.exp(4))
      near((B * 0.3):expm() * (B * 0.7):expm(), B:expm(), 100 * math.exp(2))
    end, true)
  end)

  it("raises where the result exceeds the doubles, and goes to 0 where it is that small", function()
    assert.error_matches(function() (eye(2) * 1e4):expm() end,
      "expm: the result exceeds 1%.8e308, the range of doubles$")
    assert.is_true((eye(2) * -1e4):expm() == zeros(2, 2))
  end)
end)
