--- spec/matrix/misuse_spec.lua: every way to hold a matrix wrong raises, names the operation and
-- what is allowed, blames the caller and leaves the matrix as it was. The cases are generated from
-- tables of methods and of wrong arguments.
--
-- SPDX-License-Identifier: MIT

local linnet = require "linnet"

local matrix, zeros, ones = linnet.matrix, linnet.zeros, linnet.ones

local function fresh() return matrix{{4, 1, 0}, {1, 5, 2}, {0, 2, 6}} end

--- Runs f on a matrix; the error must come, match every pattern, point at this file.
local function refuses(f, ...)
  local m = fresh()
  local ok, message = pcall(f, m)
  if ok then error("accepted", 2) end
  if type(message) == "string" then -- the interpreter's own, of operators we do not have
    assert.is_truthy(message:find("attempt to "), message)
  else
    local known = {misuse = true, memory = true, data = true}
    assert.is_truthy(known[message.kind], message.kind)
  end
  assert.is_truthy(message:find("misuse_spec.lua:%d+: "), message)
  for _, pattern in ipairs{...} do
    if not message:find(pattern) then
      error(("message %q does not say %q"):format(message, pattern), 2)
    end
  end
  assert.is_true(m == fresh())
end

--- Wrong values by what is expected; shown as `name`.
local FOREIGN = {
  {name = "a file", value = io.stdout}, {name = "a generator", value = linnet.random(1)},
  {name = "a function", value = print}, {name = "a thread", value = coroutine.create(print)},
  {name = "true", value = true}, {name = "a string", value = "x"},
}
local NO_MATRIX = {{name = "nil"}, {name = "a number", value = 3}, {name = "a table", value = {1,
  2}},
  table.unpack(FOREIGN)}
local NO_INDEX = {{name = "0", value = 0}, {name = "4", value = 4}, {name = "-1", value = -1},
  {name = "1.5", value = 1.5}, {name = "nan", value = 0 / 0}, {name = "inf", value = math.huge},
  {name = "2^40", value = 2 ^ 40}, {name = "the string 1", value = "1"}, {name = "a table",
    value = {}}}
local NO_SIZE = {{name = "-1", value = -1}, {name = "1.5", value = 1.5}, {name = "nan",
  value = 0 / 0},
  {name = "2^31", value = 2 ^ 31}, {name = "a string", value = "3"}, {name = "a table", value = {}}}
local NO_NUMBER = {{name = "the string 1", value = "1"}, {name = "a table", value = {}},
  {name = "a matrix", value = ones(1)}, {name = "false", value = false}}
local NO_DIM = {{name = "0", value = 0}, {name = "row", value = "row"}, {name = "1", value = 1},
  {name = "a table", value = {}}, {name = "a matrix", value = ones(1)}}
local NO_RTOL = {{name = "-1", value = -1}, {name = "1", value = 1}, {name = "nan", value = 0 / 0},
  {name = "a string", value = "x"}}

--- name, the call with the wrong value put in, wrong values, what the message must say
local ARGUMENTS = {
  {"get row", function(m, x) return m:get(x, 1) end, NO_INDEX, "'get'",
    "row must be an integer in 1..3"},
  {"get column", function(m, x) return m:get(1, x) end, NO_INDEX, "'get'", "column must be"},
  {"call row", function(m, x) return m(x, 1) end, NO_INDEX, "#1", "row must be an integer in 1..3"},
  {"call column", function(m, x) return m(1, x) end, NO_INDEX, "#2", "column must be"},
  {"set row", function(m, x) m:set(x, 1, 7) end, NO_INDEX, "'set'", "row must be"},
  {"set column", function(m, x) m:set(1, x, 7) end, NO_INDEX, "'set'", "column must be"},
  {"set value", function(m, x) m:set(1, 1, x) end, NO_NUMBER, "'set'", "value must be a number"},
  {"row", function(m, x) return m:row(x) end, NO_INDEX, "'row'", "row must be"},
  {"col", function(m, x) return m:col(x) end, NO_INDEX, "'col'", "column must be"},
  {"sub last row", function(m, x) return m:sub(2, x) end,
    {NO_INDEX[1], NO_INDEX[2], NO_INDEX[4], NO_INDEX[5]}, "'sub'", "last row must be"},
  {"sub first column", function(m, x) return m:sub(1, 1, x, 3) end,
    {NO_INDEX[1], NO_INDEX[4], NO_INDEX[5], {name = "5", value = 5}}, "'sub'",
      "first column must be"},
  {"reshape", function(m, x) return m:reshape(x, 3) end, NO_SIZE, "'reshape'", "rows must be"},
  {"norm", function(m, x) return m:norm(x) end, {{name = "3", value = 3}, {name = "x", value = "x"},
    {name = "a table", value = {}}}, "'norm'", '"fro"', '"nuc"'},
  {"rank", function(m, x) return m:rank(x) end, NO_RTOL, "'rank'", "rtol must be"},
  {"pinv", function(m, x) return m:pinv(x) end, NO_RTOL, "'pinv'", "rtol must be"},
  {"lstsq rtol", function(m, x) return m:lstsq(m, x) end, NO_RTOL, "'lstsq'", "rtol must be"},
  {"allclose rtol", function(m, x) return m:allclose(m, x) end, {NO_RTOL[1], NO_RTOL[3],
    NO_RTOL[4]},
    "'allclose'", "rtol must be"},
  {"allclose atol", function(m, x) return m:allclose(m, 0, x) end,
    {NO_RTOL[1], NO_RTOL[3], NO_RTOL[4]}, "'allclose'", "atol must be"},
  {"scale_", function(m, x) m:scale_(x) end, NO_NUMBER, "'scale_'", "factor must be a number"},
  {"add_ factor", function(m, x) m:add_(m, x) end, NO_NUMBER, "'add_'", "x must be a number"},
  {"map", function(m, x) return m:map(x) end, {{name = "a string", value = "sin"}, {name = "nil"},
    {name = "a table", value = {}}}, "'map'", "function expected"},
  {"tostring", function(m, x) return m:tostring(x) end,
    {{name = "%d", value = "%d"}, {name = "%s", value = "%s"}, {name = "two", value = "%g%g"},
      {name = "no percent", value = "g"}, {name = "%", value = "%"}, {name = "empty", value = ""},
      {name = "%.999g", value = "%.999g"}, {name = "%n", value = "%n"}, {name = "%*g",
        value = "%*g"},
      {name = "a zero byte", value = "%g\0"}, {name = "text", value = "%gx"}, {name = "1",
        value = 1}},
    "'tostring'", "%.17g"},
  {"zeros rows", function(_, x) return zeros(x, 2) end, NO_SIZE, "'zeros'", "rows must be"},
  {"zeros columns", function(_, x) return zeros(2, x) end, NO_SIZE, "'zeros'", "columns must be"},
  {"ones", function(_, x) return ones(x) end, NO_SIZE, "'ones'", "rows must be"},
  {"eye", function(_, x) return linnet.eye(x) end, NO_SIZE, "'eye'", "rows must be"},
  {"diag", function(_, x) return linnet.diag(x) end, FOREIGN, "'diag'", "matrix"},
  {"linspace a", function(_, x) return linnet.linspace(x, 1, 3) end,
    {{name = "nan", value = 0 / 0}, {name = "inf", value = math.huge}, {name = "x", value = "x"}},
    "'linspace'", "a must be"},
  {"linspace n", function(_, x) return linnet.linspace(0, 1, x) end, NO_SIZE, "'linspace'",
    "n must"},
  {"logspace a", function(_, x) return linnet.logspace(x, 1, 3) end,
    {{name = "0", value = 0}, {name = "-1", value = -1}}, "'logspace'", "positive"},
  {"logspace b", function(_, x) return linnet.logspace(1, x, 3) end,
    {{name = "nan", value = 0 / 0}, {name = "-1", value = -1}}, "'logspace'", "must be"},
  {"matrix", function(_, x) return matrix(x) end, {{name = "nil"}, table.unpack(FOREIGN)},
    "'matrix'",
    "table of rows"},
  {"matrix rows", function(_, x) return matrix(x, 2) end, {NO_SIZE[1], NO_SIZE[2], NO_SIZE[3],
    NO_SIZE[4]}, "'matrix'", "rows must be"},
  {"matrix columns", function(_, x) return matrix(2, x) end, NO_SIZE, "'matrix'",
    "columns must be"},
  {"matrix filling", function(_, x) return matrix(2, 2, x) end, {{name = "x", value = "x"},
    {name = "a table", value = {}}}, "'matrix'", "number or function"},
  {"matrix entries", function(_, x) return matrix{{1, 2}, {3, x}} end,
    {NO_NUMBER[1], NO_NUMBER[2], NO_NUMBER[4]}, "'matrix'", "entry %(2, 2%) must be a number"},
  {"matrix column entries", function(_, x) return matrix{1, x, 3} end,
    {NO_NUMBER[1], NO_NUMBER[2], NO_NUMBER[4]}, "'matrix'", "entry 2 must be a number"},
  {"threads", function(_, x) return linnet.threads(x) end, {{name = "0", value = 0},
    {name = "1.5", value = 1.5}, {name = "2^20", value = 2 ^ 20}, {name = "x", value = "x"}},
    "'threads'", "in 1..1024"},
}

--- m:name(x) written out, because Lua names in its messages what stands in the source.
local function calling(name)
  return load(("local m, x = ...; local result = m:%s(x); return result"):format(name),
    "@spec/matrix/misuse_spec.lua")
end

for _, name in ipairs{"sum", "mean", "std", "var", "min", "max", "argmin", "argmax", "cumsum",
  "sort"} do
  ARGUMENTS[#ARGUMENTS + 1] = {name, calling(name), NO_DIM, "'" .. name .. "'", '"rows"', '"cols"'}
end
for _, name in ipairs{"hcat", "vcat", "kron", "emul", "ediv", "solve", "lstsq", "allclose", "copy_",
  "add_"} do
  local wrong = {}
  for _, x in ipairs(NO_MATRIX) do
    if not (x.name == "a number" and name:find("_$")) then wrong[#wrong + 1] = x end
  end
  ARGUMENTS[#ARGUMENTS + 1] = {name, calling(name), wrong, name, "matrix"}
end

describe("a wrong argument of a matrix function", function()
  for _, case in ipairs(ARGUMENTS) do
    local name, call, wrong = case[1], case[2], case[3]
    for _, x in ipairs(wrong) do
      it(name .. " refuses " .. x.name, function()
        refuses(function(m) local _ = call(m, x.value) end, table.unpack(case, 4))
      end)
    end
  end
end)

describe("a method of a matrix", function()
  it("refuses every foreign object as self, under its own name", function()
    local count = 0
    for name, method in pairs(require("linnet.core").types.matrix.methods) do
      for _, x in ipairs(NO_MATRIX) do
        refuses(function() local _ = method(x.value, 1, 1) end, "matrix expected, got ")
        count = count + 1
      end
      assert.is_string(name)
    end
    assert.is_true(count > 300)
  end)

  it("does not exist under a misspelt name", function()
    local ok, e = pcall(function() return linnet.eye(2):trase() end)
    assert.is_false(ok)
    assert.matches("no field or method 'trase' (did you mean 'trace'?)", tostring(e), 1, true)
    refuses(function(m) m.rows = 3 end, "cannot assign to %[rows%]")
    refuses(function(m) return m[true] end, "no boolean as index")
  end)
end)

describe("shapes that do not fit", function()
  local a, b = "2x3", "3x2"
  local A, B, N = ones(2, 3), ones(3, 2), matrix{{1, 2}, {3, 0 / 0}}
  local CASES = {
    {"+", function() return A + B end, a, b}, {"-", function() return A - B end, a, b},
    {"*", function() return A * A end, a, "columns of a must be the rows of b"},
    {"/", function() return A / A end, "b:solve%(a%)", "b:t%(%):solve%(a:t%(%)%):t%(%)"},
    {"/", function() return 1 / A end, "solve"},
    {"row + column", function() return ones(1, 3) + ones(3, 1) end, "1x3", "3x1"},
    {"row of another length", function() return A + ones(1, 2) end, a, "1x2"},
    {"^", function() return A ^ 2 end, "square", a},
    {"^", function() return linnet.eye(2) ^ 0.5 end, "integer"},
    {"^", function() return 2 ^ linnet.eye(2) end, "integer"},
    {"^", function() return zeros(2, 2) ^ -1 end, "rcond = 0"},
    {"emul", function() return A:emul(B) end, a, b}, {"ediv", function() return A:ediv(B) end, a,
      b},
    {"hcat", function() return A:hcat(B) end, a, b}, {"vcat", function() return A:vcat(B) end, a,
      b},
    {"allclose", function() return A:allclose(B) end, a, b},
    {"solve", function() return linnet.eye(2):solve(B) end, "2x2", b},
    {"solve", function() return A:solve(ones(2)) end, "square", a},
    {"lstsq", function() return A:lstsq(B) end, a, b},
    {"reshape", function() return A:reshape(4, 2) end, "6 entries", a, "4x2"},
    {"copy_", function() A:copy_(B) end, a, b}, {"add_", function() A:add_(B) end, a, b},
    {"add_", function() ones(1, 3):add_(A) end, "1x3", a},
    {"trace", function() return A:trace() end, "square", a},
    {"v(i) of a matrix", function() return A(1) end, a, "vector"},
    {"cumsum", function() return A:cumsum() end, "rows", "cols", a},
    {"sort", function() return A:sort() end, "rows", "cols", a},
    {"min", function() return zeros(0, 3):min() end, "0x3", "no entries"},
    {"argmax", function() return zeros(0, 3):argmax("rows") end, "0x3", "no entries"},
    {"m[i]", function() return A[0] end, "row 0", "1..2", a}, {"m[i]", function() return A[4] end,
      "row 4"},
    {"m[i]", function() return A[1.5] end, "row 1.5"}, {"m[i][j]", function() return A[1][5] end,
      "column 5"},
    {"m[i][j]", function() return A[3][1] end, "nil"},
    {"m[i][j] =", function() A[1][4] = 1 end, "columns of this 1x3 matrix are 1..3"},
    {"m[i][j] =", function() A[1][1] = "x" end, "number", "string"},
    {"m[i] =", function() A[3] = {1, 2, 3} end, "rows of this 2x3 matrix are 1..2"},
    {"m[i] =", function() A[1] = {1, 2} end, "3 columns"},
    {"m[i] =", function() A[1] = {1, 2, "x"} end, "entry 3"},
    {"m[i] =", function() A[1] = 5 end, "3 columns", "number"},
    {"m[i] =", function() A[1] = ones(3) end, "3 columns", "3x1"},
    {"ragged", function() return matrix{{1, 2}, {3}} end, "row 2 has 1 entries, row 1 has 2"},
    {"ragged", function() return matrix{{1, 2}, 3} end, "row 2 must be a table, got number"},
    {"too large", function() return zeros(2 ^ 31 - 1, 2 ^ 31 - 1) end, "does not fit into memory"},
    {"too large", function() return zeros(2 ^ 30, 2 ^ 16) end, "1073741824 x 65536"},
    {"too wide", function() return zeros(0, 2 ^ 31 - 1):hcat(zeros(0, 1)) end, "too many columns"},
    {"too wide", function() return zeros(1, 2 ^ 20):kron(zeros(0, 2 ^ 20)) end, "1x1048576",
      "0x1048576"},
    {"f(i, j)", function() return matrix(2, 2, function() return "x" end) end, "f%(1, 1%)",
      "string"},
    {"map", function() return A:map(function() end) end, "entry %(1, 1%)", "nil"},
    {"eigh", function() return matrix{{1, 2}, {3, 4}}:eigh() end, "symmetric", "%(1, 2%) is 2"},
    {"chol", function() return matrix{{1, 2}, {3, 4}}:chol() end, "symmetric"},
    {"arithmetic", function() return A + "1" end, "operand 2", "string"},
    {"arithmetic", function() return {} * A end, "operand 1", "table"},
    {"arithmetic", function() return A - nil end, "operand 2", "nil"},
    {"order", function() return A < A end, "compare"},
  }
  for _, name in ipairs{"eigh", "eig", "chol", "inv", "det", "logdet", "expm"} do
    CASES[#CASES + 1] = {name, function() return A[name](A) end, name .. ": ", "square", a}
  end
  for _, name in ipairs{"svd", "eigh", "eig", "qr", "lu", "chol", "inv", "pinv", "rank", "cond",
    "det",
    "logdet", "expm"} do
    CASES[#CASES + 1] = {name .. " of nan", function() return N[name](N) end, name .. ": ",
      "entry %(2, 2%)", "finite"}
  end
  for _, kind in ipairs{2, "nuc"} do
    CASES[#CASES + 1] = {"norm of nan", function() return N:norm(kind) end, "norm: ", "finite"}
  end
  for i, case in ipairs(CASES) do
    it(("%d: %s raises and names them"):format(i, case[1]), function()
      refuses(function() local _ = case[2]() end, table.unpack(case, 3))
      assert.is_true(A == ones(2, 3))
    end)
  end

  it("pass an error of a callback through", function()
    local thrown = {}
    local ok, got = pcall(A.map, A, function() error(thrown) end)
    assert.is_false(ok)
    assert.are.equal(thrown, got)
  end)

  it("habits of other libraries are answered, not passed over", function()
    local g = linnet.random(1)
    for text, f in pairs{
      ["no third size"] = function() return linnet.ones(2, 2, 2) end,
      ["third size"] = function() return g:normal(2, 2, 2) end,
      ["sizes stand here, not ends"] = function() return g:uniform(0, 1) end,
      ["integer takes two ends"] = function() return g:integer(1, 6, 2, 3) end,
      ["got a 2x2 matrix ^ 0.5"] = function() return linnet.eye(2) ^ 0.5 end,
      ["got 2 ^ a 2x2 matrix"] = function() return 2 ^ linnet.eye(2) end,
    } do
      local ok, why = pcall(f)
      assert.is_true(not ok and tostring(why):find(text, 1, true) ~= nil, tostring(why))
    end
    assert.are.equal(0, g:normal(0, 1):rows())
  end)
end)
