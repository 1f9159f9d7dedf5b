--- linnet.random against the words of NumPy, exact distribution functions and group theory.
-- SPDX-License-Identifier: MIT
local linnet = require "linnet"
local core = require "linnet.core"
local dkjson = require "dkjson"
local support = require "support"

local floor, sqrt = math.floor, math.sqrt

-- ---------------------------------------------------------------- oracles

-- log gamma(x), x >= 1/2, by Lanczos's approximation (g = 7, 9 terms; 1e-15 relative).
local LANCZOS = {676.5203681218851, -1259.1392167224028, 771.32342877765313, -176.61502916214059,
  12.507343278686905, -0.13857109526572012, 9.9843695780195716e-6, 1.5056327351493116e-7}
local function log_gamma(x)
  x = x - 1
  local sum, t = 0.99999999999980993, x + 7.5
  for i, c in ipairs(LANCZOS) do sum = sum + c / (x + i) end
  return 0.5 * math.log(2 * math.pi) + (x + 0.5) * math.log(t) - t + math.log(sum)
end

-- The regularized lower incomplete gamma function: series below a + 1, continued fraction above.
local function gamma_cdf(a, x)
  if x <= 0 then return 0 end
  local front = math.exp(a * math.log(x) - x - log_gamma(a))
  if x < a + 1 then
    local sum, term, n = 1 / a, 1 / a, a
    repeat
      n = n + 1
      term = term * x / n
      sum = sum + term
    until term < sum * 1e-12
    return front * sum
  end
  local b, c = x + 1 - a, 1e300
  local d = 1 / b
  local h, i = d, 0
  repeat
    i = i + 1
    local an = -i * (i - a)
    b = b + 2
    d, c = 1 / (an * d + b), b + an / c
    h = h * d * c
  until math.abs(d * c - 1) < 1e-12
  return 1 - front * h
end

local function normal_cdf(x)
  local half = gamma_cdf(0.5, x * x / 2) / 2
  return x < 0 and 0.5 - half or 0.5 + half
end

-- Entries of a matrix as a list, column by column.
local function list(m)
  local out = {}
  for j = 1, m:cols() do
    for i = 1, m:rows() do out[#out + 1] = m(i, j) end
  end
  return out
end

-- Kolmogorov's distance to a distribution function, times sqrt(n): above 1.95 in one of 1000 draws.
local function kolmogorov(sample, cdf)
  table.sort(sample)
  local worst, n = 0, #sample
  for i, x in ipairs(sample) do
    local p = cdf(x)
    worst = math.max(worst, p - (i - 1) / n, i / n - p)
  end
  return worst * sqrt(n)
end
local RARE = 1.95

local function moments(sample)
  local n, mean, var = #sample, 0, 0
  for _, x in ipairs(sample) do mean = mean + x / n end
  for _, x in ipairs(sample) do var = var + (x - mean) ^ 2 / n end
  return mean, var
end

describe("linnet.random: words", function()
  it("are those of numpy.random.Philox for every key of the reference", function()
    local file = assert(io.open("spec/reference/philox.json"))
    local cases = assert(dkjson.decode(file:read("a"))).cases
    file:close()
    assert.is_true(#cases >= 6)
    for _, case in ipairs(cases) do
      local seed, stream = math.tointeger(case.key[1]), math.tointeger(case.key[2])
      local words = core.random.new(seed, stream - (1 << 32)):words(#case.first_12_words)
      for i, word in ipairs(case.first_12_words) do
        assert.are.equal(word, ("0x%x"):format(words[i]))
      end
    end
  end)

  it("of user streams lie 2^32 above, where NumPy finds them too", function()
    local words = linnet.random(5, 3):words(9)
    local again = core.random.new(5, 3):words(9)
    assert.are.same(again, words)
    local python = support.numpy()
    if not python then return pending("python3 with numpy is not there") end
    local pipe = io.popen(python .. [[ -c "
import numpy
for w in numpy.random.Philox(key=numpy.array([5, 3 + 2**32], dtype=numpy.uint64)).random_raw(9):
    print('%016x' % w)"]])
    for _, word in ipairs(words) do assert.are.equal(pipe:read("l"), ("%016x"):format(word)) end
    pipe:close()
  end)

  it("differ between seeds, streams and the package's own purposes", function()
    local seen = {}
    local function meet(g)
      for _, word in ipairs(g:words(100)) do
        assert.is_nil(seen[word])
        seen[word] = true
      end
    end
    for seed = 0, 4 do
      for stream = 0, 4 do meet(linnet.random(seed, stream)) end
      for purpose in pairs(core.random.streams) do
        meet(require("linnet.random").own(seed, purpose))
      end
    end
    meet(linnet.random(math.maxinteger, math.maxinteger))
  end)

  it("make one uniform and one normal number each, in order, column by column", function()
    local words = linnet.random(11):words(6)
    local u, z = linnet.random(11):uniform(3, 2), linnet.random(11):normal(3, 2)
    for k, x in ipairs(list(u)) do assert.are.equal((words[k] >> 11) * 0x1p-53, x) end
    for k, x in ipairs(list(z)) do -- Phi(x) = 1/2 + word / 2^64; the oracle is good to 1e-12
      assert.is_near(0.5 + words[k] * 0x1p-64, normal_cdf(x), 1e-11)
    end
  end)
end)

describe("linnet.random: grouping and place", function()
  it("does not matter: any split of a sequence of calls draws the same numbers", function()
    for _, method in ipairs{"uniform", "normal"} do
      local whole = list(linnet.random(3)[method](linnet.random(3), 7, 4))
      local g, parts = linnet.random(3), {}
      for _, count in ipairs{1, 2, 3, 5, 4, 6, 7} do
        for _, x in ipairs(list(g[method](g, count))) do parts[#parts + 1] = x end
      end
      assert.are.same(whole, parts)
    end
    for _, dof in ipairs{0.4, 3.5, 1e15} do
      local g = linnet.random(3)
      local whole = linnet.random(3):chi2(dof, 5, 3)
      for j = 1, 3 do
        for i = 1, 5 do assert.are.equal(whole(i, j), g:chi2(dof)) end
      end
    end
  end)

  it("is a line of text that restores the generator, itself or any other, at any word", function()
    for drawn = 0, 9 do
      local g = linnet.random(21, 4)
      g:words(drawn)
      local state = g:state()
      local wanted = {g:normal(), g:chi2(2.5), g:integer(1, 1000), g:uniform(), g:words(7)}
      assert.are.equal("philox4x64-10 seed=21 stream=4 drawn=" .. drawn, state)
      for _, other in ipairs{g, linnet.random(0)} do
        assert.are.equal(other, other:restore(state))
        assert.are.equal(state, other:state())
        assert.are.same(wanted, {other:normal(), other:chi2(2.5), other:integer(1, 1000),
          other:uniform(), other:words(7)})
      end
    end
  end)

  it("counts words far beyond those that can be drawn one by one", function()
    local g = linnet.random(1):restore("philox4x64-10 seed=1 stream=0 drawn=4611686018427387907")
    g:words(3)
    local state = "philox4x64-10 seed=1 stream=0 drawn=4611686018427387910"
    assert.are.equal(state, g:state())
    assert.are.equal(g:words(1)[1], linnet.random(0):restore(state):words(1)[1])
  end)

  it("takes back what an interrupted draw had drawn", function()
    local path = os.tmpname()
    local file = assert(io.open(path, "w"))
    file:write([[
      local g = require("linnet").random(1)
      local pid = io.popen("echo $PPID"):read("n")
      os.execute(("(sleep 0.3; kill -INT %d) &"):format(pid))
      local ok, message = pcall(function() while true do g:normal(1000, 1000) end end)
      print(ok, message:match("interrupted!"), tonumber(g:state():match("%d+$")) % 1000000)]])
    file:close()
    local pipe = io.popen("lua5.4 " .. path .. " 2>&1")
    assert.are.equal("false\tinterrupted!\t0\n", pipe:read("a"))
    pipe:close()
    os.remove(path)
  end)

  it("prints as seed, stream and words drawn", function()
    local g = linnet.random(8, 2)
    g:uniform(5)
    assert.are.equal("linnet.random: seed 8, stream 2, 5 words drawn", tostring(g))
  end)
end)

describe("linnet.random: distributions", function()
  local N = 20000

  it("uniform lies in [0, 1) and passes Kolmogorov's test", function()
    local sample = list(linnet.random(1):uniform(N, 1))
    for _, x in ipairs(sample) do assert.is_true(x >= 0 and x < 1) end
    assert.is_true(kolmogorov(sample, function(x) return x end) < RARE)
  end)

  it("normal has the moments of N(0, 1) and passes Kolmogorov's test", function()
    local sample = list(linnet.random(2):normal(N, 1))
    local mean, var = moments(sample)
    assert.is_near(0, mean, 4 / sqrt(N)) -- 4 standard errors
    assert.is_near(1, var, 4 * sqrt(2 / N))
    local fourth = 0
    for _, x in ipairs(sample) do fourth = fourth + x ^ 4 / N end
    assert.is_near(3, fourth, 4 * sqrt(96 / N)) -- var x^4 = 105 - 9
    assert.is_true(kolmogorov(sample, normal_cdf) < RARE)
  end)

  it("normal is uncorrelated from word to word", function()
    local x = list(linnet.random(4):normal(N, 1))
    for lag = 1, 5 do
      local sum = 0
      for i = 1, N - lag do sum = sum + x[i] * x[i + lag] end
      assert.is_true(math.abs(sum / sqrt(N)) < 4)
    end
  end)

  for _, dof in ipairs{0.3, 1, 2, 3.5, 10, 1e3, 1e9, 1e15} do
    it(("chi2(%g) has its moments and passes Kolmogorov's test"):format(dof), function()
      local sample = list(linnet.random(5):chi2(dof, N, 1))
      local standard = {}
      for i, x in ipairs(sample) do standard[i] = (x - dof) / sqrt(2 * dof) end
      local mean, var = moments(standard)
      assert.is_near(0, mean, 4 / sqrt(N))
      assert.is_near(1, var, 4 * sqrt((2 + 12 / dof) / N)) -- kurtosis of chi2: 3 + 12/dof
      local distance
      if dof <= 1e3 then
        distance = kolmogorov(sample, function(x) return gamma_cdf(dof / 2, x / 2) end)
      else -- the skewness sqrt(8/dof) is below what N draws can see
        distance = kolmogorov(standard, normal_cdf)
      end
      assert.is_true(distance < RARE)
    end)
  end

  it("a slightly wrong law fails the same test (negative control)", function()
    local sample = list(linnet.random(5):chi2(10, N, 1))
    assert.is_true(kolmogorov(sample, function(x) return gamma_cdf(5.15, x / 2) end) > RARE)
    sample = list(linnet.random(2):normal(N, 1))
    assert.is_true(kolmogorov(sample, function(x) return normal_cdf(x / 1.1) end) > RARE)
  end)

  it("chi2 of 1e15 takes many values, spread by sqrt(2e15)", function()
    local seen, count = {}, 0
    for _, x in ipairs(list(linnet.random(6):chi2(1e15, 1000, 1))) do
      if not seen[x] then seen[x], count = true, count + 1 end
    end
    assert.is_true(count > 990)
  end)

  it("integer takes every value of its range equally often", function()
    local g, count = linnet.random(7), {}
    for _ = 1, N do
      local k = g:integer(-3, 6)
      count[k] = (count[k] or 0) + 1
    end
    local chi2, values = 0, 0
    for k, c in pairs(count) do
      assert.is_true(k >= -3 and k <= 6 and math.type(k) == "integer")
      chi2, values = chi2 + (c - N / 10) ^ 2 / (N / 10), values + 1
    end
    assert.are.equal(10, values)
    assert.is_true(1 - gamma_cdf(9 / 2, chi2 / 2) > 1e-3)
  end)

  it("integer works at the ends of the range of integers", function()
    local g = linnet.random(8)
    assert.are.equal(5, g:integer(5, 5))
    assert.are.equal(math.mininteger, g:integer(math.mininteger, math.mininteger))
    local low, high = 0, 0
    for _ = 1, 200 do
      local k = g:integer(math.mininteger, math.maxinteger)
      low, high = low + (k < 0 and 1 or 0), high + (k >= 0 and 1 or 0)
      assert.is_true(g:integer(math.mininteger, 0) <= 0)
      assert.is_true(g:integer(-1, math.maxinteger) >= -1)
    end
    assert.is_true(low > 60 and high > 60) -- 100 expected, standard deviation 7
  end)

  it("integer is not the biased remainder: 3 * 2^62 values fall in thirds equally", function()
    local g, thirds = linnet.random(9), {0, 0, 0}
    local a = math.mininteger
    for _ = 1, 6000 do -- w mod n would put half of all draws into the first third
      local third = floor((g:integer(a, a + 3 * (1 << 62) - 1) - a >> 1) / 2.0 ^ 61) + 1
      thirds[third] = thirds[third] + 1
    end
    for _, count in ipairs(thirds) do assert.is_near(2000, count, 4 * sqrt(6000 * 2 / 9)) end
  end)
end)

describe("linnet.random: orthogonal", function()
  it("has orthonormal columns, or rows when there are fewer of them", function()
    for _, shape in ipairs{{1, 1}, {2, 2}, {7, 7}, {40, 3}, {3, 40}, {60, 59}, {5, 1}, {1, 5}} do
      local r, c = shape[1], shape[2]
      local q = linnet.random(1):orthogonal(r, c)
      assert.are.same({r, c}, {q:shape()})
      local gram = r >= c and q:t() * q or q * q:t()
      assert.is_true(gram:allclose(linnet.eye(math.min(r, c)), 0, 1e-14 * math.max(r, c)))
    end
    assert.are.same({4, 4}, {linnet.random(1):orthogonal(4):shape()})
    for _, shape in ipairs{{0, 0}, {3, 0}, {0, 3}} do
      assert.are.same(shape, {linnet.random(1):orthogonal(shape[1], shape[2]):shape()})
    end
  end)

  local N, draws = 3000, nil
  setup(function()
    local g = linnet.random(12)
    draws = {}
    for k = 1, N do draws[k] = g:orthogonal(3) end
  end)

  it("has uniform entries on the sphere of three dimensions (Archimedes)", function()
    for i = 1, 3 do
      for j = 1, 3 do
        local entries = {}
        for k, q in ipairs(draws) do entries[k] = q(i, j) end
        local cdf = function(x) return (x + 1) / 2 end
        assert.is_true(kolmogorov(entries, cdf) < 2.2) -- nine tests: one in 10000 each
      end
    end
  end)

  it("is not the Q of a library that fixes no signs (negative control)", function()
    local entries = {}
    for k, q in ipairs(draws) do entries[k] = -math.abs(q(1, 1)) end -- as Householder leaves it
    assert.is_true(kolmogorov(entries, function(x) return (x + 1) / 2 end) > 10)
  end)

  it("has either determinant equally often, and Haar's joint moments", function()
    local positive, joint, cross = 0, 0, 0
    for _, q in ipairs(draws) do
      if q:det() > 0 then positive = positive + 1 end
      joint = joint + (q(1, 1) * q(2, 2)) ^ 2 / N
      cross = cross + q(1, 1) * q(2, 2) * q(1, 2) * q(2, 1) / N
    end
    assert.is_near(N / 2, positive, 4 * sqrt(N / 4))
    -- E q11^2 q22^2 = (n+1)/((n-1)n(n+2)), E q11 q22 q12 q21 = -1/((n-1)n(n+2)), n = 3; each term
    -- lies in [-1, 1] with standard deviation below 0.2
    assert.is_near(4 / 30, joint, 4 * 0.2 / sqrt(N))
    assert.is_near(-1 / 30, cross, 4 * 0.2 / sqrt(N))
  end)
end)

-- luacheck: push no max line length
describe("linnet.random: misuse", function()
  local g = function() return linnet.random(1) end
  local cases = {
    {"no seed", function() linnet.random() end, "linnet.random: seed must be an integer in 0..9223372036854775807, got nil"},
    {"negative seed", function() linnet.random(-1) end, "seed must be an integer .* got %-1"},
    {"fractional seed", function() linnet.random(1.5) end, "got 1.5"},
    {"too large seed", function() linnet.random(2.0 ^ 63) end, "got 9.22337203%d*e%+18"},
    {"nan seed", function() linnet.random(0 / 0) end, "got %-?nan"},
    {"infinite seed", function() linnet.random(math.huge) end, "got inf"},
    {"string seed", function() linnet.random("7") end, "got '7'"},
    {"table seed", function() linnet.random{} end, "seed must be an integer .* got a table"},
    {"negative stream", function() linnet.random(1, -1) end, "stream must be .* got %-1"},
    {"string stream", function() linnet.random(1, "a") end, "stream must be .* got 'a'"},
    {"negative rows", function() g():normal(-1, 2) end, "'normal' %(rows must be an integer of at least 0, got %-1"},
    {"fractional columns", function() g():uniform(2, 2.5) end, "'uniform' %(columns must be .* got 2.5"},
    {"string rows", function() g():normal("3") end, "rows must be .* got string"},
    {"columns without rows", function() g():normal(nil, 3) end, "rows must be .* got nil"},
    {"missing dof", function() g():chi2() end, "'chi2' %(dof must be a number, got no value"},
    {"dof 0", function() g():chi2(0) end, "dof must be in %(0, 1e300%], got 0"},
    {"negative dof", function() g():chi2(-2, 3) end, "dof must be .* got %-2"},
    {"nan dof", function() g():chi2(0 / 0) end, "dof must be .* got %-?nan"},
    {"infinite dof", function() g():chi2(math.huge) end, "dof must be .* got inf"},
    {"bad rows of chi2", function() g():chi2(2, "x") end, "rows must be"},
    {"orthogonal without size", function() g():orthogonal() end, "rows must be .* got no value"},
    {"orthogonal of half a column", function() g():orthogonal(3, 0.5) end, "columns must be .* got 0.5"},
    {"integer without bounds", function() g():integer() end, "'integer' %(must be an integer, got"},
    {"integer with one bound", function() g():integer(3) end, "bad argument #2 to 'integer'"},
    {"integer of fractions", function() g():integer(1, 2.5) end, "must be an integer, got 2.5"},
    {"integer of strings", function() g():integer("1", 2) end, "must be an integer, got 1"},
    {"empty range", function() g():integer(3, 1) end, "the upper end 1 lies below the lower end 3"},
    {"negative words", function() g():words(-1) end, "number of words must be an integer in 0..10000000"},
    {"too many words", function() g():words(1 << 40) end, "number of words must be .* got 1099511627776"},
    {"restore of nothing", function() g():restore() end, "random:restore: a state .* got nil"},
    {"restore of a number", function() g():restore(3) end, "got 3"},
    {"restore of other text", function() g():restore("philox") end, "got 'philox'"},
    {"restore of a longer line", function() g():restore(g():state() .. " ") end, "a state .* is needed"},
    {"restore of a negative count", function()
      g():restore("philox4x64-10 seed=1 stream=0 drawn=-4")
    end, "a state .* is needed"},
    {"restore of a count beyond 2^63", function()
      g():restore("philox4x64-10 seed=1 stream=0 drawn=99999999999999999999")
    end, "a state .* is needed"},
    {"own generator without a purpose", function() linnet.random.own(1) end, "linnet.random.own: there is no purpose nil"},
    {"own generator of another purpose", function() linnet.random.own(1, "x") end, "there is no purpose 'x'"},
    {"own generator of no seed", function() linnet.random.own(nil, "X") end, "seed must be an integer .* got nil"},
    {"a method on another object", function() g().normal({}, 1) end, "linnet.random expected, got table"},
    {"restore on another object", function() g().restore({}, g():state()) end, "restore: called on something that is not a random; write random:restore"},
    {"state of another object", function() g().state(1) end, "state: called on something that is not a random; write random:state"},
  }
  for _, case in ipairs(cases) do
    it("is refused: " .. case[1], function()
      local ok, message = pcall(case[2])
      assert.is_false(ok)
      assert.matches(case[3], message)
      assert.matches("^spec/num/random_spec.lua:%d+: ", message)
    end)
  end

  it("leaves the generator where it was", function()
    local a = g()
    local before = a:state()
    for _, bad in ipairs{{"normal", -1}, {"chi2", 0}, {"integer", 3, 1}, {"words", -1},
      {"orthogonal", "x"}, {"restore", "x"}} do
      assert.is_false(pcall(a[bad[1]], a, bad[2], bad[3]))
    end
    assert.are.equal(before, a:state())
  end)
end)
-- luacheck: pop
