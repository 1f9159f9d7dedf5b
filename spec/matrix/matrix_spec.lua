--- spec/matrix/matrix_spec.lua: construction, elements, views, operators, reductions of a matrix.
--
-- SPDX-License-Identifier: MIT

local linnet = require "linnet"

local matrix, zeros, ones, eye = linnet.matrix, linnet.zeros, linnet.ones, linnet.eye
local huge, nan = math.huge, 0 / 0

local SHAPES = {{0, 0}, {0, 3}, {3, 0}, {1, 1}, {1, 7}, {7, 1}, {3, 5}, {5, 3}, {60, 40}}

--- A matrix of given entries and the plain tables it must agree with.
local function sample(rows, cols, seed)
  local m = linnet.random(seed or 11):normal(rows, cols)
  return m, m:totable()
end

--- Every entry against f(i, j), exactly unless a tolerance is given.
local function agrees(m, rows, cols, f, tolerance)
  assert.are.same({rows, cols}, {m:shape()})
  for i = 1, rows do
    for j = 1, cols do
      local want, got = f(i, j), m(i, j)
      if math.abs(got - want) > (tolerance or 0) then
        error(("entry (%d, %d) is %.17g, expected %.17g"):format(i, j, got, want), 2)
      end
    end
  end
end

describe("matrix construction", function()
  it("takes a table of rows, a table of numbers as a column, a size with a number or function",
    function()
      agrees(matrix{{1, 2, 3}, {4, 5, 6}}, 2, 3, function(i, j) return 3 * (i - 1) + j end)
      agrees(matrix{2.5, -1}, 2, 1, function(i) return i == 1 and 2.5 or -1 end)
      agrees(matrix(2, 3, 1.5), 2, 3, function() return 1.5 end)
      agrees(matrix(2, 3, function(i, j) return i / j end), 2, 3, function(i, j) return i / j end)
      agrees(matrix(2, 3), 2, 3, function() return 0 end)
    end)

  it("makes empty matrices of every kind of emptiness", function()
    assert.are.same({0, 0}, {matrix{}:shape()})
    assert.are.same({2, 0}, {matrix{{}, {}}:shape()})
    assert.are.same({0, 4}, {zeros(0, 4):shape()})
    assert.are.same({0, 0}, {eye(0):shape()})
    assert.are.same({0, 1}, {linnet.linspace(1, 2, 0):shape()})
  end)

  it("copies a matrix given to the constructor", function()
    local a = ones(2, 2)
    local b = matrix(a)
    b:scale_(3)
    assert.are.equal(1, a(1, 1))
  end)

  it("knows zeros, ones, eye and diag, both ways", function()
    agrees(zeros(3), 3, 1, function() return 0 end)
    agrees(ones(2, 4), 2, 4, function() return 1 end)
    agrees(eye(2, 3), 2, 3, function(i, j) return i == j and 1 or 0 end)
    agrees(linnet.diag{5, 6}, 2, 2, function(i, j) return i == j and 4 + i or 0 end)
    assert.is_true(linnet.diag(matrix{{1, 2, 3}, {4, 5, 6}}) == matrix{1, 5})
    assert.is_true(linnet.diag(matrix{{7, 8}}) == linnet.diag{7, 8})
  end)

  it("meets both end points of linspace and logspace exactly and is even between", function()
    local v = linnet.linspace(-0.3, 0.7, 11)
    assert.are.equal(-0.3, v(1))
    assert.are.equal(0.7, v(11))
    agrees(v, 11, 1, function(i) return -0.3 + (i - 1) / 10 end, 2e-16)
    agrees(linnet.linspace(0, 10, 11), 11, 1, function(i) return i - 1 end)
    local w = linnet.logspace(1e-3, 1e4, 8)
    agrees(w, 8, 1, function(i) return tonumber("1e" .. i - 4) end, 0)
    assert.are.equal(5, linnet.linspace(5, 9, 1)(1))
    assert.is_true(linnet.linspace(-1.7e308, 1.7e308, 3) == matrix{-1.7e308, 0, 1.7e308})
  end)

  it("is told from everything else by is_matrix", function()
    assert.is_true(linnet.is_matrix(eye(1)[1]))
    for _, other in ipairs{1, "m", {}, io.stdout, print, linnet.random(1)} do
      assert.is_false(linnet.is_matrix(other))
    end
    assert.is_false(linnet.is_matrix(nil))
  end)
end)

describe("matrix elements and views", function()
  it("reads one element in every documented way", function()
    local m = matrix{{1, 2}, {3, 4}}
    local ways = {m:get(2, 1), m(2, 1), m[2][1], m:row(2)(1), m:col(1)(2), m:sub(2, 2)(1, 1)}
    for _, x in ipairs(ways) do assert.are.equal(3, x) end
    assert.are.equal(6, matrix{5, 6}(2))
    assert.are.equal(6, matrix{{5, 6}}(2))
  end)

  it("ends ipairs over rows and over the elements of a row", function()
    local rows, elements = 0, {}
    for i, row in ipairs(matrix{{1, 2, 3}, {4, 5, 6}}) do
      rows = i
      for _, x in ipairs(row) do elements[#elements + 1] = x end
    end
    assert.are.equal(2, rows)
    assert.are.same({1, 2, 3, 4, 5, 6}, elements)
    assert.is_nil(zeros(0, 3)[1])
    assert.are.equal(3, #zeros(2, 3)[1])
  end)

  it("writes through m[i], row, col and sub, views of views included", function()
    local m = zeros(3, 4)
    m[1][2] = 1
    m:row(2):copy_(matrix{{5, 6, 7, 8}})
    m:col(4):scale_(10)
    m:sub(2, 3, 1, 2):sub(2, 2, 1, 2)[1][2] = 9
    m[3] = {1, 2, 3, 4}
    m[1] = m:row(2)
    assert.is_true(m == matrix{{5, 6, 7, 80}, {5, 6, 7, 80}, {1, 2, 3, 4}})
    local v = matrix{1, 2, 3}
    v[2] = 7.5
    assert.is_true(v == matrix{1, 7.5, 3})
  end)

  it("detaches a copy, and keeps the owner of a view alive", function()
    local m = ones(2, 2)
    local c = m:row(1):copy()
    c:scale_(9)
    assert.are.equal(1, m(1, 1))
    local views = {}
    for k = 1, 200 do views[k] = matrix(300, 1, k):sub(100, 200):sub(2, 3) end
    collectgarbage()
    for k = 1, 200 do assert.is_true(views[k] == matrix{k, k}) end
  end)

  it("makes views of nothing: empty ranges of rows and columns", function()
    assert.are.same({0, 4}, {zeros(3, 4):sub(1, 0):shape()})
    assert.are.same({0, 0}, {zeros(3, 4):sub(4, 3, 5, 4):shape()})
  end)

  it("set returns the matrix itself", function()
    local m = zeros(2, 2)
    assert.are.equal(m, m:set(1, 2, 3):set(2, 2, 4))
    assert.is_true(m == matrix{{0, 3}, {0, 4}})
    assert.is_true(zeros(2):set(2, 5) == matrix{0, 5})
  end)
end)

describe("matrix rearrangements", function()
  it("transpose, stack and tile as the definition says, for every shape", function()
    for _, shape in ipairs(SHAPES) do
      local r, c = shape[1], shape[2]
      local m, t = sample(r, c)
      local b, u = sample(2, 3, 12)
      agrees(m:t(), c, r, function(i, j) return t[j][i] end)
      agrees(m:hcat(m), r, 2 * c, function(i, j) return t[i][(j - 1) % c + 1] end)
      agrees(m:vcat(m), 2 * r, c, function(i, j) return t[(i - 1) % r + 1][j] end)
      agrees(m:kron(b), 2 * r, 3 * c, function(i, j)
        return t[(i - 1) // 2 + 1][(j - 1) // 3 + 1] * u[(i - 1) % 2 + 1][(j - 1) % 3 + 1]
      end)
      agrees(m:reshape(c, r), c, r, function(i, j)
        local k = (j - 1) * c + i - 1
        return t[k % r + 1][k // r + 1]
      end)
      assert.is_true(m:copy() == m)
      if r > 0 then assert.is_true(matrix(m:totable()) == m) end
    end
  end)

  it("rearranges views like what they show", function()
    local m = sample(6, 5)
    local v = m:sub(2, 5, 2, 4)
    assert.is_true(v:t():t() == v:copy())
    assert.is_true(v:reshape(2, 6) == v:copy():reshape(2, 6))
    assert.is_true(v:hcat(v):sub(1, 4, 4, 6) == v)
  end)
end)

describe("matrix operators", function()
  it("add, subtract, scale and divide entry by entry", function()
    for _, shape in ipairs(SHAPES) do
      local r, c = shape[1], shape[2]
      local a, s = sample(r, c, 1)
      local b, t = sample(r, c, 2)
      agrees(a + b, r, c, function(i, j) return s[i][j] + t[i][j] end)
      agrees(a - b, r, c, function(i, j) return s[i][j] - t[i][j] end)
      agrees(-a, r, c, function(i, j) return -s[i][j] end)
      agrees(a + 2.5, r, c, function(i, j) return s[i][j] + 2.5 end)
      agrees(2.5 - a, r, c, function(i, j) return 2.5 - s[i][j] end)
      agrees(a - 2.5, r, c, function(i, j) return s[i][j] - 2.5 end)
      agrees(3 * a, r, c, function(i, j) return 3 * s[i][j] end)
      agrees(a * 3, r, c, function(i, j) return 3 * s[i][j] end)
      agrees(a / 3, r, c, function(i, j) return s[i][j] / 3 end)
      agrees(a:emul(b), r, c, function(i, j) return s[i][j] * t[i][j] end)
      agrees(a:ediv(b), r, c, function(i, j) return s[i][j] / t[i][j] end)
      agrees(a:map(function(x, i, j) return x + 100 * i + j end), r, c, function(i, j)
        return s[i][j] + 100 * i + j
      end)
    end
  end)

  it("repeat a row or a column over a matrix, on either side", function()
    local a, s = sample(4, 3)
    local row, column = matrix{{10, 20, 30}}, matrix{1, 2, 3, 4}
    agrees(a + row, 4, 3, function(i, j) return s[i][j] + 10 * j end)
    agrees(row - a, 4, 3, function(i, j) return 10 * j - s[i][j] end)
    agrees(a - column, 4, 3, function(i, j) return s[i][j] - i end)
    agrees(column + a, 4, 3, function(i, j) return i + s[i][j] end)
    assert.are.same({0, 3}, {(zeros(0, 3) + row):shape()})
  end)

  it("multiply: every entry within round-off of its sum, all pairs of shapes", function()
    for _, n in ipairs{0, 1, 2, 5, 40} do
      for _, p in ipairs{0, 1, 3, 60} do
        for _, q in ipairs{0, 1, 4} do
          local a, s = sample(n, p, 3)
          local b, t = sample(p, q, 4)
          agrees(a * b, n, q, function(i, j)
            local sum = 0
            for k = 1, p do sum = sum + s[i][k] * t[k][j] end
            return sum
          end, 60 * 2 ^ -52 * 60) -- at most 60 terms, each below about 16
        end
      end
    end
  end)

  it("multiply views like copies: rows, columns and blocks", function()
    local m = sample(9, 8)
    local a, b = m:sub(2, 6, 3, 7), m:sub(1, 5, 2, 8)
    for _, pair in ipairs{{a, b}, {m:row(2), m:col(3):sub(1, 8)}, {a, b:col(2)},
      {m:row(1):sub(1, 1, 1, 5), b}, {m[3]:sub(1, 1, 2, 6), b}, {m:col(2), m:row(4)}} do
      local x, y = pair[1], pair[2]
      assert.is_true((x * y):allclose(x:copy() * y:copy(), 0, 1e-13)) -- sums of 8 terms below 16
    end
  end)

  it("take integer powers, negative ones through the inverse", function()
    local a = matrix{{2, 1}, {1, 3}}
    assert.is_true(a ^ 0 == eye(2))
    assert.is_true(a ^ 1 == a)
    assert.is_true(a ^ 5 == a * a * a * a * a)
    assert.is_true((a ^ -2):allclose(a:inv() * a:inv(), 1e-14))
    assert.is_true(a ^ 2.0 == a * a)
    assert.are.same({0, 0}, {(zeros(0, 0) ^ 3):shape()})
  end)

  it("compare exactly with == and within tolerances with allclose", function()
    local a = matrix{{1, 2}, {3, 4}}
    assert.is_true(a == a:copy())
    assert.is_false(a == a * (1 + 1e-15))
    assert.is_false(zeros(2, 3) == zeros(3, 2))
    assert.is_true(zeros(0, 2) == zeros(0, 2))
    assert.is_true(a:allclose(a * (1 + 1e-9)))
    assert.is_false(a:allclose(a * (1 + 1e-7)))
    assert.is_true(a:allclose(a * (1 + 1e-7), 1e-6))
    assert.is_true(a:allclose(a + 1e-3, 0, 2e-3))
    assert.is_true((a * 1e-200):allclose(a * 1e-200))
    assert.is_false((a * 1e-200):allclose(a * 2e-200))
    assert.is_true(matrix{huge}:allclose(matrix{huge}))
    assert.is_false(matrix{huge}:allclose(matrix{-huge}))
    assert.is_false(matrix{1}:allclose(matrix{huge}))
    assert.is_false(matrix{nan}:allclose(matrix{nan}))
    assert.is_false(matrix{nan} == matrix{nan})
  end)
end)

describe("matrix aliasing", function()
  it("is right when the argument is the matrix itself or a view of it", function()
    local function a() return matrix{{1, 2}, {3, 4}} end
    local m = a()
    assert.are.equal(m, m:add_(m))
    assert.is_true(m == a() * 2)
    m = a()
    assert.is_true(m * m == matrix{{7, 10}, {15, 22}})
    assert.is_true(m == a())
    m:add_(m:row(1)) -- the row that is added changes while it is added
    assert.is_true(m == matrix{{2, 4}, {4, 6}})
    m = a():add_(a(), -1)
    assert.is_true(m == zeros(2, 2))
    m = a()
    m:add_(m:col(2), 2)
    assert.is_true(m == matrix{{5, 6}, {11, 12}})
    m = matrix{{1, 2, 3, 4}}
    m:sub(1, 1, 2, 4):copy_(m:sub(1, 1, 1, 3))
    assert.is_true(m == matrix{{1, 1, 2, 3}})
    m:sub(1, 1, 1, 3):add_(m:sub(1, 1, 2, 4), 10)
    assert.is_true(m == matrix{{11, 21, 32, 3}})
    m:copy_(m)
    assert.is_true(m == matrix{{11, 21, 32, 3}})
  end)

  it("sees writes through views in products and solves that follow", function()
    local m = eye(3)
    m[2][2] = 5
    m:col(1):scale_(2)
    assert.is_true(m * ones(3) == matrix{2, 5, 1})
    assert.is_true(m:solve(matrix{2, 5, 1}) == ones(3))
  end)

  it("never changes an input of a plain method", function()
    local b = linnet.random(5):normal(4, 4)
    local spd = b * b:t() + eye(4)
    local calls = {
      function(m) return m + m, m - 1, -m, m * m, m / 2, m ^ 3, m ^ -1, m == b end,
      function(m) return m:t(), m:reshape(2, 8), m:hcat(m), m:vcat(m), m:kron(m), m:copy() end,
      function(m) return m:emul(m), m:ediv(m), m:map(math.abs), m:totable(), m:tostring() end,
      function(m)
        for _, name in ipairs{"sum", "mean", "std", "var", "min", "max", "argmin", "argmax"} do
          m[name](m)
          m[name](m, "rows")
        end
        return m:cumsum("cols"), m:sort("rows"), m:trace()
      end,
      function(m)
        for _, name in ipairs{"svd", "eigh", "eig", "qr", "lu", "chol", "inv", "pinv", "rank",
          "cond", "det", "logdet", "expm", "norm"} do m[name](m) end
        for _, kind in ipairs{1, 2, "inf", "nuc"} do m:norm(kind) end
        return m:solve(m), m:lstsq(m), m:allclose(m)
      end,
    }
    for _, call in ipairs(calls) do
      local m = spd:copy()
      call(m)
      assert.is_true(m == spd)
      local frame = linnet.random(6):normal(7, 9) -- the same through a view inside a frame
      frame:sub(2, 5, 3, 6):copy_(spd)
      local before = frame:copy()
      call(frame:sub(2, 5, 3, 6))
      assert.is_true(frame == before)
    end
  end)
end)

describe("matrix reductions", function()
  local function column(t, j)
    local v = {}
    for i = 1, #t do v[i] = t[i][j] end
    return v
  end
  local function spread(v)
    local mean, sum = 0, 0
    for _, x in ipairs(v) do mean = mean + x / #v end
    for _, x in ipairs(v) do sum = sum + (x - mean) ^ 2 end
    return mean, sum / (#v - 1)
  end

  it("agree with their definitions along both directions, at every scale", function()
    for _, scale in ipairs{1e-150, 1, 1e150} do
      local m = linnet.random(8):normal(9, 4) * scale
      local t = m:totable()
      for dim, n in pairs{rows = 4, cols = 9} do
        local sum, mean, std, var = m:sum(dim), m:mean(dim), m:std(dim), m:var(dim)
        local min, max, low, high = m:min(dim), m:max(dim), m:argmin(dim), m:argmax(dim)
        for k = 1, n do
          local v = dim == "rows" and column(t, k) or t[k]
          local sorted = {table.unpack(v)}
          table.sort(sorted)
          local unit = {}
          for i, x in ipairs(v) do unit[i] = x / scale end -- squares neither overflow nor vanish
          local center, variance = spread(unit)
          assert.is_near(center * #v, sum(k) / scale, 1e-14)
          assert.is_near(center, mean(k) / scale, 1e-15)
          assert.is_near(math.sqrt(variance), std(k) / scale, 1e-14)
          if scale == 1 then assert.is_near(variance, var(k), 1e-14) end
          assert.are.equal(sorted[1], min(k))
          assert.are.equal(sorted[#v], max(k))
          assert.are.equal(min(k), v[math.tointeger(low(k))])
          assert.are.equal(max(k), v[math.tointeger(high(k))])
        end
        assert.are.same(dim == "rows" and {1, 4} or {9, 1}, {sum:shape()})
      end
      assert.is_near(0, (m:sum() - m:sum("rows"):sum()) / scale, 1e-13)
    end
  end)

  it("add what plain sums lose", function()
    assert.are.equal(2, matrix{1, 1e100, 1, -1e100}:sum())
    assert.are.equal(huge, matrix{1, huge}:sum())
    local m = matrix(1000, 1, 0.1)
    assert.are.equal(100, m:sum())
    assert.is_near(0, (matrix{1e9 + 1, 1e9 + 2, 1e9 + 3}:var()) - 1, 1e-12)
  end)

  it("say nan for nothing to average, and treat nan as the extreme", function()
    assert.are.equal(0, zeros(0, 0):sum())
    local function is_nan(x) return x ~= x end
    assert.is_true(is_nan(zeros(0, 1):mean()) and is_nan(ones(1):std()))
    assert.is_true(is_nan(matrix{1, nan, 0}:min()) and is_nan(matrix{1, nan, 0}:max()))
    assert.are.same({2, 1}, {matrix{1, nan, 0}:argmax()})
    assert.are.same({1, 3}, {zeros(0, 3):sum("rows"):shape()})
    assert.are.same({0, 1}, {zeros(0, 3):max("cols"):shape()})
    assert.are.same({1, 2}, {matrix{{3, 1}, {2, 4}}:argmin()})
  end)

  it("sort stably with nan last, and say where each entry stood", function()
    local v, at = matrix{3, nan, 1, 2, 1, -huge}:sort()
    assert.is_true(v:sub(1, 5) == matrix{-huge, 1, 1, 2, 3} and v(6) ~= v(6))
    assert.is_true(at == matrix{6, 3, 5, 4, 1, 2})
    local m = linnet.random(9):normal(30, 20)
    local rows, where = m:sort("cols")
    for i = 1, 30 do
      for j = 1, 20 do
        assert.are.equal(rows(i, j), m(i, math.tointeger(where(i, j))))
        assert.is_true(j == 1 or rows(i, j) >= rows(i, j - 1))
      end
    end
    assert.is_true(m:t():sort("rows"):t() == rows)
  end)

  it("cumsum adds up along its direction, trace down the diagonal of a view too", function()
    local m = matrix{{1, 2, 3}, {4, 5, 6}}
    assert.is_true(m:cumsum("rows") == matrix{{1, 2, 3}, {5, 7, 9}})
    assert.is_true(m:cumsum("cols") == matrix{{1, 3, 6}, {4, 9, 15}})
    assert.are.equal(0, zeros(0, 0):trace())
    assert.are.equal(15, matrix{{1, 2, 3}, {4, 5, 6}, {7, 8, 9}}:trace())
    assert.are.equal(5, matrix{{9, 9, 9}, {9, 1, 2}, {9, 3, 4}}:sub(2, 3, 2, 3):trace())
  end)
end)

describe("matrix threads", function()
  it("are one unless asked, and results keep their accuracy with two", function()
    assert.are.equal(1, linnet.threads())
    local a = linnet.random(3):normal(300, 300)
    local one = a * a
    assert.are.equal(2, linnet.threads(2))
    local two = a * a
    linnet.threads(1)
    assert.is_true(two:allclose(one, 0, 1e-12))
  end)
end)
