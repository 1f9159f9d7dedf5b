--- linnet.csv: what a table may look like, what is refused and where, any locale, exact numbers.
-- SPDX-License-Identifier: MIT
-- luacheck: no max line length
local linnet = require "linnet"
local support = require "support"

local read, write = support.read, support.write

local folder
setup(function() folder = support.folder() end)
teardown(function() support.remove(folder) end)

local function load_text(text, options)
  local path = folder .. "/made.csv"
  write(path, text)
  local m, names = linnet.csv.load(path, options)
  return m, names
end

local M12 = linnet.matrix{{1, 2}, {3, 4}}

describe("linnet.csv.load", function()
  local tables = {
    {"lines ended by LF", "1,2\n3,4\n"},
    {"lines ended by CRLF", "1,2\r\n3,4\r\n"},
    {"lines ended by CR", "1,2\r3,4\r"},
    {"no end of the last line", "1,2\n3,4"},
    {"empty lines between rows", "1,2\n\n , \n3,4\n"},
    {"empty lines at the end", "1,2\n3,4\n\n\r\n  \n"},
    {"blanks around numbers", " 1 ,\t2\n3  , 4 \n"},
    {"quoted numbers", '"1","2"\n" 3 ",4\n'},
    {"a byte order mark", "\xef\xbb\xbf1,2\n3,4\n"},
    {"signs, points and exponents", "+1,2.\n.3e1,400E-2\n"},
    {"names", "a,b\n1,2\n3,4\n", {"a", "b"}},
    {"names after a byte order mark", "\xef\xbb\xbfa,b\r\n1,2\r\n3,4", {"a", "b"}},
    {"quoted names with delimiters, quotes and line ends", '"x, y","say ""hi""\r\nthere"\n1,2\n3,4\n',
      {"x, y", 'say "hi"\r\nthere'}},
    {"names with blanks", " first , \" second \"\n1,2\n3,4\n", {"first", " second "}},
    {"a name that is missing", "a,\n1,2\n3,4\n", {"a", ""}},
    {"a quote inside a name", 'a"b,c\n1,2\n3,4\n', {'a"b', "c"}},
    {"semicolons", "a;b\n1;2\n3;4\n", {"a", "b"}, {delimiter = ";"}},
    {"tabs", "1\t2\n 3\t4\n", nil, {delimiter = "\t"}},
    {"bars", "a,b|c\n1|2\n3|4\n", {"a,b", "c"}, {delimiter = "|"}},
    {"numbers for names", "900,902\n1,2\n3,4\n", {"900", "902"}, {header = true}},
  }
  for _, case in ipairs(tables) do
    it("reads " .. case[1], function()
      local m, names = load_text(case[2], case[4])
      assert.are.equal(M12, m)
      assert.are.same(case[3], names)
    end)
  end

  it("takes the first line for numbers unless a cell of it is none", function()
    local m, names = load_text("900,902\n1,2\n")
    assert.are.same({2, 2}, {m:shape()})
    assert.is_nil(names)
    assert.has_error(function() load_text("a,b\n1,2\n", {header = false}) end)
  end)

  it("reads a header alone as a table without rows", function()
    local m, names = load_text("a,b,c\n")
    assert.are.same({0, 3}, {m:shape()})
    assert.are.same({"a", "b", "c"}, names)
  end)

  it("reads inf and nan in any spelling", function()
    local m = load_text("inf,-inf,Infinity\n+INF,nan,NaN\n")
    assert.are.equal(math.huge, m(1, 1))
    assert.are.equal(-math.huge, m(1, 2))
    assert.are.equal(math.huge, m(1, 3))
    assert.are.equal(math.huge, m(2, 1))
    assert.is_true(m(2, 2) ~= m(2, 2) and m(2, 3) ~= m(2, 3))
  end)

  it("gives missing cells the number that was asked for", function()
    local text = 'a,b\n1,\nNA,"2"\n"",\n'
    assert.are.equal(linnet.matrix{{1, -9}, {-9, 2}, {-9, -9}}, load_text(text, {gaps = -9}))
    local m = load_text(text, {gaps = "nan"})
    assert.is_true(m(1, 1) == 1 and m(1, 2) ~= m(1, 2) and m(3, 1) ~= m(3, 1))
  end)

  it("reads the near-infrared data", function()
    local m, names = linnet.csv.load("examples/data/gasoline.csv")
    assert.are.same({60, 402}, {m:shape()})
    assert.are.same({"octane", "900 nm", "1700 nm"}, {names[1], names[2], names[402]})
    assert.are.equal(85.3, m(1, 1))
  end)

  it("reads every number as the nearest double, as Lua itself does", function()
    local g = linnet.random(1)
    local texts = {"0.1", "4.9e-324", "2.2250738585072011e-308", "1.7976931348623157e308", "1e-400",
      "9007199254740993", "123456789012345678901234567890", "2.4703282292062328e-324"}
    for k = 1, 2000 do
      local bits = g:words(1)[1]
      local x = string.unpack("<d", string.pack("<i8", bits))
      if x - x == 0 then texts[#texts + 1] = ("%." .. k % 20 .. "e"):format(x) end
    end
    local m = load_text(table.concat(texts, "\n"))
    for i, text in ipairs(texts) do assert.are.equal(tonumber(text) + 0.0, m(i, 1), text) end
  end)

  local refused = {
    {"an empty file", "", "the file is empty"},
    {"empty lines alone", "\n\n", "the file is empty"},
    {"UTF-16", "\xff\xfe1\0,\0", "the file is in UTF-16; save it as UTF-8"},
    {"UTF-16 of the other order", "\xfe\xff\0001", "UTF-16"},
    {"a missing cell", "a,b\n1,2\n3,\n", "row 2, column 2 ('b'), line 3: the cell is missing"},
    {"several missing cells", "1,2\n,NA\n\"\",3\n", "row 2, column 1, line 2: the cell is missing, the first of 3"},
    {"a missing line of one column", "1\n\n2\n", "row 2, column 1, line 2: the cell is missing"},
    {"text", "a,b\n1,2\n3,4 m\n", "row 2, column 2 ('b'), line 3: '4 m' is not a number"},
    {"text after quoted line ends", '"a\nb",c\n"1","x\ny"\n', "row 1, column 2 ('c'), line 3: 'x?y' is not a number"},
    {"decimal commas where points are wanted", "1;2,5\n", "row 1, column 2, line 1: '2,5' is not a number", {delimiter = ";", header = false, decimal = "."}},
    {"a comma that may be either", "1;2,500\n", "row 1, column 2, line 1: '2,500' is not a number; decimal = ',' or thousands = ',' says what its comma is"},
    {"hexadecimal", "1\n0x10\n", "'0x10' is not a number"},
    {"half an exponent", "1\n2e\n", "'2e' is not a number"},
    {"two numbers in a cell", "1\n2 3\n", "'2 3' is not a number"},
    {"a zero byte", "1\n2\0003\n", "row 2, column 1, line 2: '2?3' is not a number"},
    {"a long text", "1\n" .. ("x"):rep(99) .. "\n", "'" .. ("x"):rep(40) .. "'... is not a number"},
    {"a short row", "1,2\n3\n", "row 2 (line 2) has 1 cell, the first line has 2"},
    {"a long row", "a,b\n1,2\n3,4,5\n", "row 2 (line 3) has 3 cells, the first line has 2"},
    {"an open quote", 'a,b\n1,2\n"3,4\n5,6\n', "line 3: a quote opens and is never closed"},
    {"an open quote in the names", '"a,b\n1,2\n', "line 1: a quote opens and is never closed"},
    {"text behind a quote", 'a,b\n"1"x,2\n', "line 2: text between a closing quote and the next ','"},
    {"names where numbers should be", "a,b\n1,2\n", "row 1, column 1, line 1: 'a' is not a number", {header = false}},
  }
  for _, case in ipairs(refused) do
    it("refuses " .. case[1], function()
      local ok, message = pcall(load_text, case[2], case[4])
      assert.is_false(ok)
      assert.are.equal("spec/io/csv_spec.lua:", message:match("^[^:]+:"))
      assert.is_truthy(message:find(("linnet.csv.load: %s/made.csv: "):format(folder), 1, true))
      assert.is_truthy(message:find(case[3], 1, true), message)
    end)
  end

  it("counts lines through quoted cells of every line end", function()
    for _, eol in ipairs{"\n", "\r\n", "\r"} do
      local text = ('"a%sb","c%s%sd"%s1,2%s3,x%s'):format(eol, eol, eol, eol, eol, eol)
      local ok, message = pcall(load_text, text)
      assert.is_false(ok)
      assert.matches("row 2, column 2 %(.*line 6: 'x' is not a number; .* drop = {2} leaves", message)
    end
  end)
end)

describe("linnet.csv.save", function()
  local path
  setup(function() path = folder .. "/saved.csv" end)

  it("writes what load reads, bit for bit", function()
    for _, shape in ipairs{{1, 1}, {3, 2}, {1, 5}, {5, 1}, {200, 30}} do
      local m = linnet.random(1):normal(shape[1], shape[2])
      for i = 1, shape[1] do m:set(i, 1, m(i, 1) * 10.0 ^ (i * 37 % 600 - 300)) end
      linnet.csv.save(path, m)
      local back, names = linnet.csv.load(path)
      assert.are.equal(m, back)
      assert.is_nil(names)
    end
  end)

  it("writes short numbers shortly, and all so that they read back", function()
    linnet.csv.save(path, linnet.matrix{{0.1, 85.3, 1 / 3}, {1e300, -0.0, 5e-324}, {math.huge, -math.huge, 0 / 0}})
    assert.are.equal("0.1,85.3,0.33333333333333331\n1e+300,-0,4.94065645841247e-324\ninf,-inf,nan\n", read(path))
  end)

  it("writes names so that they read back", function()
    local names = {"plain", "with, comma", 'with "quotes"', "line\nend", " blank ", "", "ünï", "cr\rlf\r\n", "1.5"}
    for _, first in ipairs{"\u{FEFF}x", "#1", "% y", "// z", "!", "; a", "a # b"} do
      linnet.csv.save(path, linnet.eye(2), {names = {first, "b"}})
      assert.are.same({first, "b"}, select(2, linnet.csv.load(path)))
    end
    local m = linnet.random(3):uniform(2, #names)
    for _, delimiter in ipairs{",", ";", "\t", "|"} do
      linnet.csv.save(path, m, {names = names, delimiter = delimiter})
      local back, called = linnet.csv.load(path, {delimiter = delimiter})
      assert.are.equal(m, back)
      assert.are.same(names, called)
    end
  end)

  it("writes a table without rows if it has names", function()
    linnet.csv.save(path, linnet.zeros(0, 2), {names = {"a", "b"}})
    local m, names = linnet.csv.load(path)
    assert.are.same({0, 2}, {m:shape()})
    assert.are.same({"a", "b"}, names)
  end)

  it("takes any file name, and leaves no other file", function()
    for _, name in ipairs{"with space", "quote'\"", "new\nline", "-dash", "$(touch x)"} do
      linnet.csv.save(folder .. "/" .. name, M12)
      assert.are.equal(M12, (linnet.csv.load(folder .. "/" .. name)))
    end
    local listed = io.popen("ls -A " .. folder .. " | grep -c tmp"):read("n")
    assert.are.equal(0, listed)
  end)

  it("keeps the old file when the disk is full", function()
    linnet.csv.save(path, M12)
    write(folder .. "/save.lua", ([[
      local linnet = require "linnet"
      print(pcall(linnet.csv.save, %q, linnet.random(1):normal(1000, 10)))]]):format(path))
    local pipe = io.popen(("trap '' XFSZ; ulimit -f 16; lua5.4 %s/save.lua 2>&1"):format(folder))
    local said = pipe:read("a")
    pipe:close()
    assert.matches("^false%s+linnet.csv.save: .*: File too large", said)
    assert.are.equal("1,2\n3,4\n", read(path))
  end)

  it("is read by NumPy", function()
    local python = support.numpy()
    if not python then return pending("python3 with numpy is not there") end
    local m = linnet.random(5):normal(7, 3)
    linnet.csv.save(path, m, {names = {"a", "b", "c"}})
    local pipe = io.popen(([[%s -c "
import numpy
for x in numpy.loadtxt('%s', delimiter=',', skiprows=1).ravel(): print(float(x).hex())"]]):format(python, path))
    for i = 1, 7 do
      for j = 1, 3 do assert.are.equal(m(i, j), tonumber(pipe:read("l"))) end
    end
    pipe:close()
  end)
end)

describe("linnet.csv in a locale whose decimal sign is a comma", function()
  it("reads and writes points", function()
    local prefix, name = support.comma_locale(folder)
    if not prefix then return pending("there is no such locale, and localedef cannot make one") end
    write(folder .. "/locale.lua", [[
      local folder, name = ...
      local linnet = require "linnet"
      assert(os.setlocale(name))
      io.write(("%.1f "):format(0.5))
      local m = linnet.random(1):normal(50, 4)
      linnet.csv.save(folder .. "/locale.csv", m)
      local back = linnet.csv.load(folder .. "/locale.csv")
      io.write(tostring(back == m), " ", io.open(folder .. "/locale.csv"):read("a"):match("^%-?%d+(.)"))
      linnet.csv.save(folder .. "/comma.csv", linnet.matrix{{1.5, 2}}, {delimiter = ";"})
      io.write(" ", io.open(folder .. "/comma.csv"):read("a"))
    ]])
    local pipe = io.popen(("%slua5.4 %s/locale.lua %s %s 2>&1"):format(prefix, folder, folder, name))
    assert.are.equal("0,5 true . 1.5;2\n", pipe:read("a")) -- "0,5": the locale is in force
    pipe:close()
  end)
end)

describe("linnet.csv: misuse", function()
  local written = "must be one character that is no letter, digit, blank, quote, '.', '+' or '-'"
  local allowed = "must be 'auto', 'blank', 'tab', or one character that is no letter, digit, quote, '.', '+' or '-'"
  local cases = {
    {"load()", "linnet.csv.load: path must be the name of a file, got nil"},
    {"load(3)", "linnet.csv.load: path must be the name of a file, got 3"},
    {"load('')", 'linnet.csv.load: path must be the name of a file, got ""'},
    {"load('a\\0')", 'linnet.csv.load: path must be the name of a file, got "a\\0"'},
    {"load('no/such.csv')", "linnet.csv.load: no/such.csv: No such file or directory"},
    {"load('spec')", "linnet.csv.load: spec: Is a directory"},
    {"load('x', {seperator = ';'})", "csv.load: unknown option 'seperator'"},
    {"load('x', {delimeter = ';'})", "csv.load: unknown option 'delimeter' (did you mean 'delimiter'?)"},
    {"load('x', {delimiter = ''})", allowed},
    {"load('x', {delimiter = ',,'})", allowed},
    {"load('x', {delimiter = '1'})", allowed},
    {"load('x', {delimiter = 'e'})", allowed},
    {"load('x', {delimiter = '-'})", allowed},
    {"load('x', {delimiter = '.'})", allowed},
    {"load('x', {delimiter = '\"'})", allowed},
    {"load('x', {delimiter = '\\n'})", allowed},
    {"load('x', {delimiter = '\\0'})", allowed},
    {"load('x', {delimiter = 3})", "option 'delimiter' must be a string, got 3"},
    {"load('x', {header = 0})", "option 'header' must be a line from 1 on, got 0"},
    {"load('x', {header = 1.5})", "option 'header' must be true or false or an integer or one of auto, got 1.5"},
    {"load('x', {missing = 0 / 0})", "option 'missing' must be a number"},
    {"load('x', {missing = {1 / 0}})", "option 'missing' must be a number, a text or a list of them, got a table"},
    {"load('x', {missing = {none = 1}})", "option 'missing' must be a number, a text or a list of them"},
    {"load('x', {gaps = 'skip'})", "option 'gaps' must be 'error', 'drop', 'mean', 'nan' or a number, got 'skip'"},
    {"load('x', {text = 'skip'})", "option 'text' must be one of error, drop, code, got 'skip'"},
    {"load('x', {decimal = ';'})", "option 'decimal' must be one of auto, ., ,, got ';'"},
    {"load('x', {thousands = 'x'})", "option 'thousands' must be one of , . ' _ or a blank, got 'x'"},
    {"load('x', {comment = 'REM'})", "option 'comment' must be a sign such as '#', got 'REM'"},
    {"load('x', {comment = true})", "option 'comment' must be a sign such as '#', or false, got true"},
    {"load('x', {target = 1})", "csv.load: unknown option 'target'"},
    {"save()", "linnet.csv.save: path must be the name of a file, got nil"},
    {"save('x.csv')", "linnet.csv.save: the second argument must be a matrix, got nil"},
    {"save('x.csv', {{1}})", "linnet.csv.save: the second argument must be a matrix, got a table"},
    {"save('x.csv', linnet.eye(2), {names = 'a,b'})", "csv.save: option 'names' must be a table, got 'a,b'"},
    {"save('x.csv', linnet.eye(2), {names = {'a'}})", "linnet.csv.save: 1 names for 2 columns"},
    {"save('x.csv', linnet.eye(2), {names = {'a', 3}})", "linnet.csv.save: name 2 must be a string, got number"},
    {"save('x.csv', linnet.eye(2), {name = {}})", "csv.save: unknown option 'name' (did you mean 'names'?)"},
    {"save('x.csv', linnet.eye(2), {delimiter = 'x'})", written},
    {"save('x.csv', linnet.eye(2), {delimiter = ' '})", written},
    {"save('x.csv', linnet.zeros(3, 0))", "linnet.csv.save: a 3 x 0 matrix has no lines to be read back"},
    {"save('x.csv', linnet.zeros(0, 3))", "linnet.csv.save: a 0 x 3 matrix without names has no lines"},
    {"save('/no/such/x.csv', linnet.eye(2))", "linnet.csv.save: /no/such/x.csv: No such file or directory"},
  }
  support.refused(it, "csv.", cases)

  it("makes no file", function() assert.is_nil(io.open("x.csv")) end)
end)
