--- linnet.data: the promised spectra and laws, streams by purpose, maps that leak nothing, files.
-- SPDX-License-Identifier: MIT
-- luacheck: no max line length
local linnet = require "linnet"
local support = require "support"

local write = support.write

local function singular_values(X)
  local _, s = X:svd()
  return s
end

describe("linnet.data.gaussian", function()
  it("makes X n x D, Y n x m, Theta D x m with Y = X Theta", function()
    for _, size in ipairs{{5, 9, 2}, {9, 5, 1}, {1, 1, 1}, {4, 4, 7}, {1, 6, 2}, {6, 1, 2}} do
      local n, D, m = table.unpack(size)
      local X, Y, Theta = linnet.data.gaussian{n = n, D = D, m = m, seed = 1}
      assert.are.same({n, D, n, m, D, m},
        {X:rows(), X:cols(), Y:rows(), Y:cols(), Theta:rows(), Theta:cols()})
      assert.is_true(Y:allclose(X * Theta, 1e-14, 0))
    end
  end)

  it("defaults to the paper's size, and to no noise", function()
    local X, Y, Theta = linnet.data.gaussian()
    assert.are.same({100, 400, 1}, {X:rows(), X:cols(), Y:cols()})
    assert.is_true(Y:allclose(X * Theta, 1e-13, 1e-15))
  end)

  it("draws entries of X and Theta from N(0, 1/D)", function()
    local D = 300
    local X, _, Theta = linnet.data.gaussian{n = 200, D = D, m = 100, seed = 3}
    for _, A in ipairs{X, Theta} do
      local count = A:rows() * A:cols()
      assert.is_near(0, A:mean(), 4 / math.sqrt(count * D)) -- 4 standard errors
      assert.is_near(1, A:var() * D, 4 * math.sqrt(2 / count))
    end
  end)

  it("adds noise of the standard deviation that is asked for, and nothing else", function()
    local options = {n = 400, D = 20, m = 50, seed = 4}
    local X, Y, Theta = linnet.data.gaussian(options)
    options.noise = 0.37
    local X2, Y2, Theta2 = linnet.data.gaussian(options)
    assert.are.equal(X, X2)
    assert.are.equal(Theta, Theta2)
    local noise = Y2 - Y
    assert.is_near(0, noise:mean(), 4 * 0.37 / math.sqrt(20000))
    assert.is_near(0.37, noise:std(), 4 * 0.37 / math.sqrt(40000))
  end)

  it("gives X^T X the condition number kappa exactly, eigenvalues log-uniform from 1 down", function()
    for _, size in ipairs{{12, 30}, {30, 12}, {10, 10}} do
      for _, kappa in ipairs{1, 8, 1e3, 1e6} do
        local X = linnet.data.gaussian{n = size[1], D = size[2], kappa = kappa, seed = 5}
        local s = singular_values(X)
        local r = s:rows()
        assert.is_near(1, (s(1) / s(r)) ^ 2 / kappa, 1e-10)
        for i = 1, r do -- round-off of sigma_1 = 1 in sigma_i >= 1e-3
          assert.is_near(1, s(i) ^ 2 / kappa ^ (-(i - 1) / (r - 1)), 1e-10)
        end
      end
    end
  end)

  it("sets all singular values to 1 when orthonormal, and only then", function()
    for _, size in ipairs{{12, 30}, {30, 12}, {10, 10}, {1, 5}} do
      local options = {n = size[1], D = size[2], orthonormal = true, seed = 6}
      local s = singular_values((linnet.data.gaussian(options)))
      assert.is_true(s:allclose(linnet.ones(s:rows()), 0, 1e-13))
      options.kappa = 1 -- means the same
      assert.are.equal((linnet.data.gaussian(options)), (linnet.data.gaussian{n = size[1],
        D = size[2], kappa = 1, seed = 6}))
      options.orthonormal, options.kappa = false, nil
      s = singular_values((linnet.data.gaussian(options)))
      assert.is_false(s:allclose(linnet.ones(s:rows()), 0, 1e-2))
    end
  end)

  it("keeps the singular vectors: directions of X do not depend on kappa", function()
    local U, _, V = linnet.data.gaussian{n = 6, D = 9, seed = 2}:svd()
    local Uk, _, Vk = linnet.data.gaussian{n = 6, D = 9, kappa = 100, seed = 2}:svd()
    for j = 1, 6 do
      assert.is_near(1, math.abs((U:col(j):t() * Uk:col(j))(1, 1)), 1e-12)
      assert.is_near(1, math.abs((V:col(j):t() * Vk:col(j))(1, 1)), 1e-12)
    end
  end)

  it("gives the same bits for the same seed, others for another", function()
    for _, extra in ipairs{{}, {noise = 0.1}, {kappa = 50}, {orthonormal = true}} do
      extra.n, extra.D, extra.m, extra.seed = 15, 10, 2, 7
      local X, Y, Theta = linnet.data.gaussian(extra)
      linnet.random(1):normal(100)
      local X2, Y2, Theta2 = linnet.data.gaussian(extra)
      assert.is_true(X == X2 and Y == Y2 and Theta == Theta2)
      extra.seed = 8
      X2, Y2, Theta2 = linnet.data.gaussian(extra)
      assert.is_false(X == X2 or Y == Y2 or Theta == Theta2)
    end
  end)

  it("gives the same bits whatever linnet.threads says, and leaves that as it was", function()
    local options = {n = 300, D = 320, m = 3, kappa = 1e3, seed = 1}
    local X, Y = linnet.data.gaussian(options)
    linnet.threads(2)
    local X2, Y2 = linnet.data.gaussian(options)
    local left = linnet.threads()
    linnet.threads(1)
    assert.are.equal(2, left)
    assert.is_true(X == X2 and Y == Y2)
  end)

  it("draws X, Theta, noise and weights of one seed from different words", function()
    local X, Y, Theta = linnet.data.gaussian{n = 20, D = 20, m = 20, noise = 1, seed = 9}
    local noise = Y - X * Theta
    local weights = linnet.random(9):normal(20, 20)
    local all = {X:scale_(math.sqrt(20)), Theta:scale_(math.sqrt(20)), noise, weights}
    for a = 1, #all do
      for b = a + 1, #all do -- correlation of 400 pairs: standard deviation 1/20
        assert.is_near(0, all[a]:emul(all[b]):mean(), 4 / 20)
      end
    end
    assert.is_true(X:emul(X):mean() > 0.7) -- negative control
  end)

  it("never writes to the caller's table", function()
    local given = {n = 3, D = 2, seed = 1}
    linnet.data.gaussian(given)
    assert.are.same({n = 3, D = 2, seed = 1}, given)
  end)
end)

describe("linnet.data.split", function()
  -- A problem whose rows can be told apart: row i of X is i, of Y is -i.
  local function numbered(n) return linnet.matrix(n, 2, function(i) return i end), linnet.matrix(n, 1, function(i) return -i end) end

  it("puts every sample into exactly one part, X and Y together, in order", function()
    for _, n in ipairs{2, 3, 10, 101} do
      for _, test in ipairs{0.01, 0.25, 0.5, 0.99} do
        local X, Y = numbered(n)
        local X1, Y1, X2, Y2 = linnet.data.split(X, Y, {test = test, seed = 3})
        assert.are.equal(n, X1:rows() + X2:rows())
        local seen = {}
        for _, part in ipairs{{X1, Y1}, {X2, Y2}} do
          assert.is_true(part[1]:rows() >= 1 and part[1]:rows() == part[2]:rows())
          for i = 1, part[1]:rows() do
            local row = part[1](i, 1)
            assert.are.equal(-row, part[2](i, 1))
            assert.are.equal(row, part[1](i, 2))
            assert.is_nil(seen[row])
            assert.is_true(i == 1 or row > part[1](i - 1, 1))
            seen[row] = true
          end
        end
      end
    end
  end)

  it("keeps a quarter for testing unless told otherwise", function()
    local X, Y = numbered(100)
    local _, _, X2 = linnet.data.split(X, Y)
    assert.are.equal(25, X2:rows())
    _, _, X2 = linnet.data.split(X, Y, {test = 0.4})
    assert.are.equal(40, X2:rows())
  end)

  it("chooses every sample equally often over seeds", function()
    local X, Y = numbered(8)
    local count = {}
    for seed = 1, 2000 do
      local _, _, X2 = linnet.data.split(X, Y, {test = 0.25, seed = seed})
      for i = 1, 2 do count[X2(i, 1)] = (count[X2(i, 1)] or 0) + 1 end
    end
    for i = 1, 8 do assert.is_near(500, count[i], 4 * math.sqrt(2000 * 0.25 * 0.75)) end
  end)

  it("gives the same parts for the same seed", function()
    local X, Y = numbered(50)
    assert.are.equal((linnet.data.split(X, Y, {seed = 5})), (linnet.data.split(X, Y, {seed = 5})))
    assert.are_not.equal((linnet.data.split(X, Y, {seed = 5})), (linnet.data.split(X, Y, {seed = 6})))
  end)

  it("copies: later changes of X do not reach the parts", function()
    local X, Y = numbered(4)
    local X1 = linnet.data.split(X, Y, {seed = 1})
    local before = X1:copy()
    X:scale_(0)
    assert.are.equal(before, X1)
  end)
end)

describe("linnet.data.standardize", function()
  local X = linnet.random(1):normal(40, 3) * linnet.diag{1, 1e3, 1e-5} + linnet.matrix{{5, -1e4, 0}}

  it("gives columns of mean 0 and standard deviation 1", function()
    local Xs = linnet.data.standardize(X)
    assert.is_true(Xs:mean("rows"):allclose(linnet.zeros(1, 3), 0, 1e-13))
    assert.is_true(Xs:std("rows"):allclose(linnet.ones(1, 3), 0, 1e-13))
  end)

  it("does only what is asked for", function()
    local centered, map = linnet.data.standardize(X, {scale = false})
    assert.is_true(centered:allclose(X - X:mean("rows"), 1e-15, 0))
    assert.is_nil(map.std)
    local scaled
    scaled, map = linnet.data.standardize(X, {center = false})
    assert.is_true(scaled:std("rows"):allclose(linnet.ones(1, 3), 0, 1e-13))
    assert.is_true((scaled * linnet.diag(map.std)):allclose(X, 1e-14, 0))
    assert.is_nil(map.mean)
    assert.are.equal(X, (linnet.data.standardize(X, {center = false, scale = false})))
  end)

  it("gives a map with the training data's moments: test data change nothing", function()
    local Xs, map = linnet.data.standardize(X)
    assert.are.equal(Xs, map(X))
    local test = linnet.random(2):uniform(7, 3)
    local mapped = map(test)
    for j = 1, 3 do
      for i = 1, 7 do
        local wanted = (test(i, j) - X:col(j):mean()) / X:col(j):std()
        assert.is_near(1, mapped(i, j) / wanted, 1e-12)
      end
    end
    map(test * 100)
    assert.are.equal(mapped, map(test))
    assert.is_false(map(test):mean("rows"):allclose(linnet.zeros(1, 3), 0, 0.1)) -- not its own
  end)

  it("inverts", function()
    for _, options in ipairs{{}, {scale = false}, {center = false}, {center = false, scale = false}} do
      local Xs, map = linnet.data.standardize(X, options)
      assert.is_true(map:invert(Xs):allclose(X, 1e-13, 0))
    end
  end)

  it("leaves constant columns undivided, and exactly 0 when centered", function()
    local A = linnet.matrix(7, 2, function(i, j) return j == 1 and 0.1 or i end)
    local As, map = linnet.data.standardize(A)
    assert.are.equal(linnet.zeros(7, 1), As:col(1):copy())
    assert.are.equal(1, map.std(1, 1))
    assert.are.equal(A, map:invert(As))
    assert.are.equal(linnet.zeros(1, 2), (linnet.data.standardize(linnet.matrix{{3, 4}})))
  end)

  it("leaves columns alone that vary by rounding only: noise is 0, never scaled up", function()
    for _, x in ipairs{0.1, 1e6 / 3, -1e300, 3e-310} do
      local near = x * (1 + 4 * 2.0 ^ -52)
      local A = linnet.matrix{{x, 1}, {near, 2}, {x, 4}, {x, 3}}
      local As, map = linnet.data.standardize(A)
      assert.are.equal(linnet.zeros(4, 1), As:col(1):copy())
      assert.are.equal(1, map.std(1, 1))
      assert.is_true(map:invert(As):allclose(A, 1e-14, 0))
      assert.is_true(math.abs(map(linnet.matrix{{2 * x, 1}})(1, 1)) > 0) -- other data do differ
    end
  end)

  it("never makes nan of finite numbers, however large or small they are", function()
    for _, scale in ipairs{1e308, 1e200, 1e-200, 1e-305, 1e-310, 5e-324} do
      local A = linnet.matrix{1, 3, 5, 2}:scale_(scale / 5)
      local As = linnet.data.standardize(A)
      for i = 1, 4 do assert.is_true(As(i, 1) - As(i, 1) == 0) end
      if scale > 1e-300 then
        assert.is_true(As:allclose(linnet.data.standardize(linnet.matrix{1, 3, 5, 2}), 1e-13, 0))
      end
    end
    assert.has_error(function() linnet.data.standardize(linnet.matrix{-1.7e308, 1.7e308}) end)
  end)

  it("leaves its input as it was, and prints what it does", function()
    local before = X:copy()
    local _, map = linnet.data.standardize(X)
    map:invert(map(X))
    assert.are.equal(before, X)
    assert.are.equal("linnet.data map of 3 columns: minus mean, over standard deviation", tostring(map))
  end)
end)

describe("linnet.data.csv", function()
  local path = os.tmpname()
  setup(function() write(path, "a,b,c,b2\n1,2,3,4\n5,6,7,8\n9,10,11,13\n") end)
  teardown(function() os.remove(path) end)

  it("takes the target by name, by number or by a list of them, in the order named", function()
    for _, target in ipairs{"c", 3, 3.0, {"c"}, {3}} do
      local X, Y, about = linnet.data.csv(path, {target = target})
      assert.are.equal(linnet.matrix{{1, 2, 4}, {5, 6, 8}, {9, 10, 13}}, X)
      assert.are.equal(linnet.matrix{3, 7, 11}, Y)
      assert.are.same({{"a", "b", "b2"}, {"c"}}, {about.X, about.Y})
      assert.are.equal(3, linnet.problem(linnet.data.csv(path, {target = target})).D)
    end
    local X, Y = linnet.data.csv(path, {target = {"b2", 1}})
    assert.are.equal(linnet.matrix{{2, 3}, {6, 7}, {10, 11}}, X)
    assert.are.equal(linnet.matrix{{4, 1}, {8, 5}, {13, 9}}, Y)
  end)

  it("centers X and Y, and scales X", function()
    local X, Y = linnet.data.csv(path, {target = "b2", center = true, scale = true})
    assert.are.equal((linnet.data.standardize(linnet.matrix{{1, 2, 3}, {5, 6, 7}, {9, 10, 11}})), X)
    assert.is_true(Y:allclose(linnet.matrix{4, 8, 13} - 25 / 3, 1e-14, 0)) -- units stay
    X, Y = linnet.data.csv(path, {target = "b2", scale = true})
    assert.is_true(X:std("rows"):allclose(linnet.ones(1, 3), 1e-14, 0))
    assert.are.equal(linnet.matrix{4, 8, 13}, Y)
  end)

  it("passes on how the table is to be read", function()
    local other = os.tmpname()
    write(other, "1;;3\n4;5;6\n")
    local X, Y = linnet.data.csv(other, {target = 1, delimiter = ";", gaps = 0, header = false})
    os.remove(other)
    assert.are.equal(linnet.matrix{{0, 3}, {5, 6}}, X)
    assert.are.equal(linnet.matrix{1, 4}, Y)
  end)

  it("gives the near-infrared problem with the numbers published for it", function()
    local gasoline = "examples/data/gasoline.csv"
    local X, Y = linnet.data.csv(gasoline, {target = "octane"})
    assert.are.same({60, 401, 60, 1}, {X:rows(), X:cols(), Y:rows(), Y:cols()})
    local p = linnet.problem(X, Y)
    assert.are.equal(60, p.rank)
    assert.is_near(4.94e8, p.kappa, 0.005e8)
    assert.is_near(267.194, p:min_norm():norm(), 5e-4)
    p = linnet.problem(linnet.data.csv(gasoline, {target = "octane", center = true}))
    assert.are.equal(59, p.rank)
    assert.is_near(6.29e5, p.kappa, 0.005e5)
    assert.is_near(217.704, p:min_norm():norm(), 5e-4)
  end)
end)

describe("linnet.data: misuse", function()
  local E = "linnet.eye(3)"
  local G = "examples/data/gasoline.csv"
  local cases = {
    {"gaussian{n = 0}", "data.gaussian: option 'n' must be an integer"},
    {"gaussian{n = 2.5}", "option 'n' must be an integer"},
    {"gaussian{D = -1}", "option 'D' must be an integer"},
    {"gaussian{m = 'x'}", "option 'm' must be an integer"},
    {"gaussian{n = 0 / 0}", "option 'n' must be an integer"},
    {"gaussian{n = 1 << 40}", "option 'n' must be an integer"},
    {"gaussian{noise = -0.1}", "option 'noise' must be a number >= 0, got -0.1"},
    {"gaussian{noise = 1 / 0}", "option 'noise' must be"},
    {"gaussian{kappa = 0.5}", "option 'kappa' must be a number >= 1, got 0.5"},
    {"gaussian{kappa = 0 / 0}", "option 'kappa' must be"},
    {"gaussian{kappa = 3, orthonormal = true}", "options 'orthonormal' and 'kappa' exclude each other"},
    {"gaussian{n = 1, kappa = 3}", "option 'kappa' must be 1 when X has one singular value (n = 1, D = 400), got 3"},
    {"gaussian{orthonormal = 1}", "option 'orthonormal' must be true or false"},
    {"gaussian{seed = -1}", "option 'seed' must be an integer"},
    {"gaussian{seed = 1.5}", "option 'seed' must be an integer"},
    {"gaussian{seed = 2.0 ^ 63}", "option 'seed' must be an integer"},
    {"gaussian{sed = 1}", "data.gaussian: unknown option 'sed' (did you mean 'seed'?)"},
    {"gaussian{d = 3}", "data.gaussian: unknown option 'd'"},
    {"gaussian(3)", "data.gaussian"},
    {"split()", "data.split: X must be a matrix, got nil"},
    {"split({}, " .. E .. ")", "data.split: X must be a matrix, got a table"},
    {"split(" .. E .. ")", "data.split: Y must be a matrix, got nil"},
    {"split(" .. E .. ", linnet.eye(2))", "equally many rows, at least 2, got 3 x 3 and 2 x 2"},
    {"split(linnet.eye(1), linnet.eye(1))", "equally many rows, at least 2, got 1 x 1 and 1 x 1"},
    {"split(" .. E .. ", " .. E .. ", {test = 0})", "option 'test' must be a number in (0, 1), got 0"},
    {"split(" .. E .. ", " .. E .. ", {test = 1})", "option 'test' must be a number in (0, 1), got 1"},
    {"split(" .. E .. ", " .. E .. ", {tests = 0.5})", "unknown option 'tests' (did you mean 'test'?)"},
    {"split(" .. E .. ", " .. E .. ", {seed = 'a'})", "option 'seed' must be an integer"},
    {"standardize()", "data.standardize: X must be a matrix, got nil"},
    {"standardize{1, 2}", "data.standardize: X must be a matrix, got a table"},
    {"standardize(linnet.zeros(0, 2))", "data.standardize: X has no rows (0 x 2)"},
    {"standardize(linnet.matrix{{1, 2}, {3, 0 / 0}})", "data.standardize: column 2 of X holds nan, inf"},
    {"standardize(linnet.matrix{{1 / 0, 2}, {3, 4}})", "column 1 of X holds nan, inf"},
    {"standardize(" .. E .. ", {centre = true})", "unknown option 'centre' (did you mean 'center'?)"},
    {"standardize(" .. E .. ", {scale = 2})", "option 'scale' must be true or false"},
    {"csv()", "data.csv: option 'target' is required"},
    {"csv(nil, {target = 1})", "data.csv: path must be the name of a file, got nil"},
    {"csv('no.csv', {target = 1})", "data.csv: no.csv: No such file or directory"},
    {("csv(%q, {})"):format(G), "data.csv: option 'target' is required"},
    {("csv(%q, {target = 'octan'})"):format(G),
      "data.csv: " .. G .. ": there is no column 'octan' (did you mean 'octane'?); the columns are 'octane', '900 nm', "},
    {("csv(%q, {target = 'octan'})"):format(G), "... (402 in all)"},
    {("csv(%q, {target = 'zzz'})"):format(G), "there is no column 'zzz'; the columns are"},
    {("csv(%q, {target = 0})"):format(G), "there is no column 0: they are 1..402"},
    {("csv(%q, {target = 403})"):format(G), "there is no column 403: they are 1..402"},
    {("csv(%q, {target = 1.5})"):format(G), "option 'target' must be a string or an integer"},
    {("csv(%q, {target = {}})"):format(G), "option 'target' names no column"},
    {("csv(%q, {target = {1, 'octane'}})"):format(G), "option 'target': column 1 is named twice"},
    {("csv(%q, {target = {true}})"):format(G), "option 'target': a column is a name or a number from 1..402, got boolean"},
    {("csv(%q, {target = {1.5}})"):format(G), "option 'target': a column is a name or a number from 1..402, got 1.5"},
    {("csv(%q, {target = 1, centre = true})"):format(G), "data.csv: unknown option 'centre' (did you mean 'center'?)"},
  }
  support.refused(it, "data.", cases)

  local tables = {
    {"a missing cell", "a,b\n1,2\n3,\n", "row 2, column 2 ('b'), line 3: the cell is missing"},
    {"text", "a,b\n1,2\nx,3\n", "row 2, column 1 ('a'), line 3: 'x' is not a number"},
    {"no rows", "a,b\n", "there is no row of numbers"},
    {"no input", "a\n1\n", "no column is left for X: all are targets"},
    {"two columns of the name", "a,a\n1,2\n", "columns 1 and 2 are both called 'a': say which by number"},
    {"no names", "1,2\n", "there is no column 'a'; the columns have no names, they are 1..2"},
    {"a nan", "a,b\n1,nan\n2,3\n", "row 1, column 2 ('b'), line 2: the cell is missing ('nan'); gaps = 'drop'", {target = "a", center = true}},
    {"an inf target to be centered", "a,b\ninf,1\n", "column 1 of Y holds nan, inf", {target = "a", center = true}},
  }
  for _, case in ipairs(tables) do
    it("is refused: a file with " .. case[1], function()
      local path = os.tmpname()
      write(path, case[2])
      local ok, message = pcall(function()
        local X = linnet.data.csv(path, case[4] or {target = "a"})
        return X
      end)
      os.remove(path)
      assert.is_false(ok)
      assert.are.equal("spec/model/data_spec.lua:", message:match("^[^:]+:"))
      assert.is_truthy(message:find("data.csv: " .. path .. ": " .. case[3], 1, true), message)
    end)
  end

  it("of a map is refused: other columns, no matrix", function()
    local _, map = linnet.data.standardize(linnet.eye(3))
    support.refuses(function() map(linnet.eye(2)) end,
      "data.standardize: map: X must have 3 columns, got a 2 x 2 matrix")
    support.refuses(function() map:invert(linnet.eye(4)) end,
      "data.standardize: map:invert: X must have 3 columns, got a 4 x 4 matrix")
    support.refuses(function() map(3) end, "data.standardize: map: X must be a matrix, got 3")
    support.refuses(function() map:invert() end,
      "data.standardize: map:invert: X must be a matrix, got nil")
  end)
end)
