--- Tables as people have them: spec/tables, and others made here. Each is read to its right value
-- or refused with the option that goes on, and what was guessed is said.
-- SPDX-License-Identifier: MIT
-- luacheck: no max line length
local linnet = require "linnet"
local support = require "support"

local TABLES = "spec/tables/"

local folder
setup(function() folder = support.folder() end)
teardown(function() support.remove(folder) end)

-- X, Y and about of a table given as text; or false and the message.
local function read(text, options)
  local path = folder .. "/made.csv"
  support.write(path, text)
  options = options or {}
  options.target = options.target or "y"
  local ok, X, Y, about = pcall(linnet.data.csv, path, options)
  if not ok then return false, (X:gsub("^.-data%.csv: [^:]*: ", "")) end
  return X, Y, about
end

local function refusal(text, options)
  local X, message = read(text, options)
  assert.is_false(X)
  return message
end

-- Wherever its lines break.
local function includes(text, ...)
  for _, words in ipairs{...} do
    assert.is_truthy(text:gsub("%s+", " "):find(words, 1, true), ("%s\nwanted: %s"):format(text, words))
  end
end

local function file(name, options) return linnet.data.csv(TABLES .. name, options) end

local function file_refusal(name, options)
  local ok, message = pcall(file, name, options)
  assert.is_false(ok)
  return message
end

describe("tables from outside", function()
  it("text_column: refused with the ways on, left out, chosen, coded", function()
    includes(file_refusal("text_column.csv", {target = "power"}),
      "row 1, column 3 ('origin'), line 2: 'north' is not a number",
      "drop = {'origin'}", "text = 'drop'", "text = 'code'")
    local _
    local X, Y, about = file("text_column.csv", {target = "power", text = "drop"})
    assert.are.same({"mass", "use"}, about.X)
    assert.are.same({12, 2, 88.776, 1003.398, 20.995}, {X:rows(), X:cols(), Y(1, 1), X(1, 1), X(1, 2)})
    assert.are.same({"origin", "name"}, {about.left_out[1].name, about.left_out[2].name})
    local X2 = file("text_column.csv", {target = "power", drop = {"origin", 4}})
    local X3 = file("text_column.csv", {target = "power", columns = {2, "use"}})
    assert.are.equal(X, X2)
    assert.are.equal(X, X3)
    local Z
    Z, _, about = file("text_column.csv", {target = "power", text = "code"})
    assert.are.same({"mass", "origin=north", "origin=south", "origin=west", "use"}, about.X)
    for i = 1, 12 do -- north, south, west, north, ...
      for j = 1, 3 do assert.are.equal((i - 1) % 3 + 1 == j and 1 or 0, Z(i, j + 1)) end
    end
    assert.are.same({name = "origin", column = 3, categories = {"north", "south", "west"}}, about.coded[1])
    assert.are.same("name", about.left_out[1].name) -- another one in every row
    X, Y, about = file("text_column.csv", {target = "origin", text = "code"})
    assert.are.equal(12, #X)
    assert.are.same({"origin=north", "origin=south", "origin=west"}, about.Y)
    assert.are.equal(linnet.ones(12, 1), Y:sum("cols"))
  end)

  it("question_mark, missing_rows: markers are gaps; rows go or are filled, columns by name", function()
    includes(file_refusal("question_mark.csv", {target = "y"}),
      "row 4, column 2 ('b'), line 5: the cell is missing ('?'), the first of 2", "gaps = 'drop'", "drop = {'b'}")
    local _
    local X, Y, about = file("question_mark.csv", {target = "y", gaps = "drop"})
    assert.are.same({10, {4, 8}, 0.002, 0.999}, {X:rows(), about.gone, X(4, 1), Y(4, 1)})
    includes(file_refusal("missing_rows.csv", {target = "mpg", center = true}), "row 3, column 2 ('power'), line 4")
    X, _, about = file("missing_rows.csv", {target = "mpg", gaps = "drop"})
    assert.are.same({9, 2, {3, 6, 10}}, {X:rows(), X:cols(), about.gone})
    local mean = X:col(1):mean()
    X, Y, about = file("missing_rows.csv", {target = "mpg", gaps = "mean"})
    assert.are.equal(12, #Y)
    for _, i in ipairs{3, 6, 10} do assert.is_near(mean, X(i, 1), 1e-13) end
    assert.are.same({name = "power", count = 3, value = X(3, 1)}, about.filled[1])
    X = file("missing_rows.csv", {target = "mpg", gaps = "mean", center = true, scale = true})
    assert.is_near(0, X:col(1):mean(), 1e-14)
  end)

  it("semicolon_quoted, tabs, whitespace: the delimiter is found, or the right one named", function()
    local X, Y, about = file("semicolon_quoted.csv", {target = "quality"})
    assert.are.same({10, {"fixed part", "other part"}, -0.412, 6}, {X:rows(), about.X, X(2, 2), Y(2, 1)})
    includes(file_refusal("semicolon_quoted.csv", {target = "quality", delimiter = ","}),
      "the cells seem to be separated by ';': delimiter = ';'")
    includes(file_refusal("tabs.tsv", {target = "y", delimiter = ","}), "delimiter = 'tab'")
    includes(file_refusal("whitespace.data", {target = 4, delimiter = ","}), "delimiter = 'blank'")
    for _, delimiter in ipairs{"auto", "tab", "\t"} do
      X, Y = file("tabs.tsv", {target = "y", delimiter = delimiter})
      assert.are.same({8, 2, -1.107, -1.39}, {X:rows(), X:cols(), X(8, 2), Y(8, 1)})
    end
    for _, delimiter in ipairs{"auto", "blank", " "} do
      X, Y = file("whitespace.data", {target = 4, delimiter = delimiter})
      assert.are.same({10, 3, 3.48, 1, 1.119}, {X:rows(), X:cols(), X(10, 2), X(10, 3), Y(10, 1)})
    end
  end)

  it("comments: lines of comment are none of the table", function()
    for _, comment in ipairs{"auto", "#"} do
      local X, Y, about = file("comments.csv", {target = "y", comment = comment})
      assert.are.same({8, 2, 0.572, -2.14, -0.135}, {X:rows(), X:cols(), X(1, 1), Y(1, 1), Y(8, 1)})
      includes(tostring(about), "names from line 3", "3 comment lines (#)")
    end
    assert.is_false((pcall(file, "comments.csv", {target = "y", comment = false})))
  end)

  it("numeric_header, headerless_text, index_column: what is doubtful is said", function()
    local X, Y, about = file("numeric_header.csv", {target = 4})
    assert.are.equal(-1.777, Y(2, 1))
    assert.are.equal(10, X:rows())
    includes(tostring(about), "note: line 1 ('1100', '1102', '1104', '1106') may hold names", "header = true")
    X, Y, about = file("numeric_header.csv", {target = "1106", header = true})
    assert.are.same({9, {"1100", "1102", "1104"}, -1.777, {}}, {X:rows(), about.X, Y(1, 1), about.notes})
    includes(file_refusal("headerless_text.csv", {target = 1}), "row 1, column 4, line 1: 'red' is not a number")
    X, Y, about = file("headerless_text.csv", {target = 1, text = "drop", gaps = "drop"})
    assert.are.same({7, 2, -0.237, {1}}, {X:rows(), X:cols(), Y(1, 1), about.gone})
    includes(tostring(about), "no names")
    X, Y, about = file("index_column.csv", {target = "y"})
    assert.are.same({{"a", "b"}, 0.884, -1.66}, {about.X, X(1, 1), Y(1, 1)})
    includes(tostring(about), "columns left out: 'column 1' (it numbers the rows)")
    X = file("index_column.csv", {target = "y", columns = {1, 2, 3}})
    assert.are.equal(9, X(10, 1))
  end)

  it("full_rank, constant_inputs: constant columns are named, standardized to 0 and not to nan", function()
    local _
    local X, Y, about = file("full_rank.csv", {target = "y", center = true, scale = true})
    assert.are.same({15, 3, {}}, {#Y, linnet.problem(X, Y).rank, about.constant})
    X, _, about = file("constant_inputs.csv", {target = "y", center = true, scale = true})
    assert.are.equal(linnet.zeros(8, 2), X)
    assert.are.same({"a", "b"}, about.constant)
  end)
end)

describe("tables of the same kinds", function()
  -- A text, options, what X and Y are.
  local X0, Y0 = linnet.matrix{{1.5, 2}, {-3, 4.25}, {1000, 6}}, linnet.matrix{7, 8, 9.5}
  local good = {
    {"German: semicolons, decimal commas", "a;b;y\n1,5;2;7\n-3;4,25;8\n1000;6;9,5\n"},
    {"German: thousands by points", "a;b;y\n1,5;2;7\n-3;4,25;8\n1.000,0;6;9,5\n"},
    {"German, quoted, by commas", '"a","b","y"\n"1,5","2","7"\n"-3","4,25","8"\n"1000","6","9,5"\n'},
    {"American: thousands by commas", 'a,b,y\n1.5,2,7\n-3,4.25,8\n"1,000.0",6,9.5\n'},
    {"German: thousands by points, all whole", "a;b;y\n15;20;70\n-30;42;80\n1.000.000;60;95\n", nil, linnet.matrix{{15, 20}, {-30, 42}, {1e6, 60}}, linnet.matrix{70, 80, 95}},
    {"French: thousands by blanks", "a;b;y\n1,5;2;7\n-3;4,25;8\n1 000;6;9,5\n"},
    {"French: thousands by hard blanks", "a;b;y\n1,5;2;7\n-3;4,25;8\n1\u{a0}000;6;9,5\n"},
    {"Swiss: thousands by apostrophes", "a;b;y\n1.5;2;7\n-3;4.25;8\n1'000;6;9.5\n"},
    {"a Unicode minus", "a,b,y\n1.5,2,7\n−3,4.25,8\n1000,6,9.5\n"},
    {"exponents of FORTRAN", "a b y\n1.5D+00 2 7\n-3.d0 4.25 8\n1d3 6 9.5\n"},
    {"tabs with blanks in names", "a a\tb b\ty\n1.5\t2\t7\n-3\t4.25\t8\n1000\t6\t9.5\n"},
    {"bars", "a|b|y\n1.5|2|7\n-3|4.25|8\n1000|6|9.5\n"},
    {"columns of blanks, indented", "     a     b    y\n   1.5     2    7\n    -3  4.25    8\n  1000     6  9.5\n"},
    {"columns of blanks and tabs", "a \t b\ty\n1.5\t\t2 7 \n-3 4.25\t8\n1000 6   9.5"},
    {"blanks after delimiters", "a, b, y\n1.5, 2, 7\n-3, 4.25, 8\n1000, 6, 9.5\n"},
    {"a delimiter behind every row", "a,b,y,\n1.5,2,7,\n-3,4.25,8,\n1000,6,9.5,\n"},
    {"a delimiter behind the rows alone", "a,b,y\n1.5,2,7,\n-3,4.25,8,\n1000,6,9.5,\n"},
    {"empty rows of a spreadsheet", "a,b,y\n1.5,2,7\n,,\n-3,4.25,8\n1000,6,9.5\n,,\n,,\n"},
    {"a byte order mark, CRLF and quotes", '\xef\xbb\xbf"a","b","y"\r\n"1.5","2","7"\r\n-3,4.25,8\r\n1000,6,9.5\r\n'},
    {"CR alone", "a,b,y\r1.5,2,7\r-3,4.25,8\r1000,6,9.5\r"},
    {"names on several lines", '"a\nof","b,\r\n""c""",y\n1.5,2,7\n-3,4.25,8\n1000,6,9.5\n'},
    {"the end of a file of DOS", "a,b,y\r\n1.5,2,7\r\n-3,4.25,8\r\n1000,6,9.5\r\n\x1a"},
    {"sep= for Excel", "sep=;\r\na;b;y\r\n1.5;2;7\r\n-3;4.25;8\r\n1000;6;9.5\r\n"},
    {"comments before, between and after", "# one\na,b,y\n1.5,2,7\n# two, with, commas, more\n-3,4.25,8\n1000,6,9.5\n# end\n"},
    {"comments behind numbers", "# one\na b y\n1.5 2 7 # first\n-3 4.25 8\n1000 6 9.5 # last\n"},
    {"comments of MATLAB", "% one\n% two\na,b,y\n1.5,2,7\n-3,4.25,8\n1000,6,9.5\n"},
    {"names in the comment, as numpy.savetxt writes them", "# a b y\n1.5 2 7\n-3 4.25 8\n1000 6 9.5\n"},
    {"names twice", "a,b,y\na,b,y\n1.5,2,7\n-3,4.25,8\n1000,6,9.5\n"},
    {"tables one after the other", "a,b,y\n1.5,2,7\na,b,y\n-3,4.25,8\na,b,y\n1000,6,9.5\n"},
    {"a row of units", "a,b,y\n(kg),m/s,-\n1.5,2,7\n-3,4.25,8\n1000,6,9.5\n"},
    {"a title", "Measured by hand\n\na,b,y\n1.5,2,7\n-3,4.25,8\n1000,6,9.5\n"},
    {"names in line 3", "what,ever,else\n1,2,3\na,b,y\n1.5,2,7\n-3,4.25,8\n1000,6,9.5\n", {header = 3}},
    {"an index of pandas", ",a,b,y\n0,1.5,2,7\n1,-3,4.25,8\n2,1000,6,9.5\n"},
    {"Unnamed: 0", "Unnamed: 0,a,b,y\n0,1.5,2,7\n1,-3,4.25,8\n2,1000,6,9.5\n"},
    {"row names of R", '"","a","b","y"\n"1",1.5,2,7\n"2",-3,4.25,8\n"3",1000,6,9.5\n'},
    {"row names of R without a name", "a b y\n1 1.5 2 7\n2 -3 4.25 8\n3 1000 6 9.5\n"},
    {"row names of R that are text", 'a b y\n"Mazda RX4" 1.5 2 7\nFiat -3 4.25 8\nOpel 1000 6 9.5\n', {text = "drop"}},
    {"an empty column", "a,b,none,y\n1.5,2,,7\n-3,4.25,NA,8\n1000,6,,9.5\n"},
    {"percent signs", "a,b,y\n1.5%,2,7\n-3 %,4.25,8\n1000%,6,9.5\n"},
    {"dollars", 'a,b,y\n$1.5,2,7\n-$3,4.25,8\n"$1,000.0",6,9.5\n'},
    {"euros behind", "a;b;y\n1,5 €;2;7\n-3 €;4,25;8\n1000 €;6;9,5\n"},
    {"units behind", "a,b,y\n1.5 mm,2°C,7\n-3 mm,4.25 °C,8\n1e3 mm,6°C,9.5\n"},
    {"units everywhere, decimal commas", "a;b;y\n1,5 kg/m3;2 s;7 %\n-3 kg/m3;4,25 s;8 %\n1000 kg/m3;6 s;9,5 %\n"},
    {"units behind groups of thousands and no-break blanks", "a\tb\ty\n1,5\u{a0}km²\t2\t7\n-3\u{a0}km²\t4,25\t8\n1\u{202f}000\u{a0}km²\t6\t9,5\n"},
    {"dates that are left out", "when,a,b,y\n2020-01-02,1.5,2,7\n2020-01-03,-3,4.25,8\n2020-01-04,1000,6,9.5\n", {drop = "when"}},
    {"gaps in columns that are not used", "a,b,c,y\n1.5,2,,7\n-3,4.25,1,8\n1000,6,?,9.5\n", {drop = {"c"}}},
    {"question marks in text", "a,b,c,y\n1.5,2,?,7\n-3,4.25,old,8\n1000,6,new,9.5\n", {text = "drop", gaps = "drop"}},
    {"errors of a spreadsheet", "a,b,y\n1.5,2,7\n1,#DIV/0!,2\n-3,4.25,8\n#N/A,1,2\n1000,6,9.5\n", {gaps = "drop"}},
    {"rows with gaps", "a,b,y\n1.5,2,7\n,1,2\n-3,4.25,8\n1,null,2\n1000,6,9.5\n7,1,NA\n", {gaps = "drop"}},
    {"rows of another length", "a,b,y\n1.5,2,7\n1,2\n-3,4.25,8\n1,2,3,4\n1000,6,9.5\n", {gaps = "drop"}},
    {"-999 for gaps", "a,b,y\n1.5,2,7\n-999,1,2\n-3,4.25,8\n-999.0,1,2\n1000,6,9.5\n", {missing = -999, gaps = "drop"}},
    {"several words for gaps", "a,b,y\n1.5,2,7\nnone,1,2\n-3,4.25,8\n9999,1,2\n1000,6,9.5\n", {missing = {"none", 9999}, gaps = "drop"}},
    {"nan for gaps", "a,b,y\n1.5,2,7\nnan,1,2\n-3,4.25,8\nNaN,1,2\n1000,6,9.5\n", {gaps = "drop"}},
    {"ARFF", "% a\n@relation r\n@attribute a numeric\n@attribute 'b' real\n@attribute y real\n\n@data\n1.5,2,7\n-3,4.25,8\n% b\n1000,6,9.5\n"},
    {"names in single quotes", "'a'\t'b'\t'y'\n1.5\t2\t7\n-3\t4.25\t8\n1000\t6\t9.5\n"},
    {"numbers about the table above the names", "3,2,\na,b,y\n1.5,2,7\n-3,4.25,8\n1000,6,9.5\n"},
    {"dates of words, which blanks would cut into numbers", "a,when,b,y\n1.5,Jan 1 2000,2,7\n-3,Feb 1 2000,4.25,8\n1000,Mar 1 2000,6,9.5\n", {text = "drop"}},
    {"a title in a row of cells", "Sales of 2020,,\na,b,y\n1.5,2,7\n-3,4.25,8\n1000,6,9.5\n"},
    {"lines about the table, the target by name", "station,12\nlat,47.5,north,x\na,b,y\n1.5,2,7\n-3,4.25,8\n1000,6,9.5\n"},
    {"lines about the table, the target by number", "Report\nfrom: me, you, them, all\na,b,y\n1.5,2,7\n-3,4.25,8\n1000,6,9.5\n", {target = 3}},
    {"groups above the names", ",first,first\na,b,y\n1.5,2,7\n-3,4.25,8\n1000,6,9.5\n", {target = 3}},
    {"a comment of C", "/* made\n by hand */\na b y\n1.5 2 7\n-3 4.25 8\n1000 6 9.5\n"},
    {"rules of Markdown", "| a | b | y |\n|---|:--|--:|\n| 1.5 | 2 | 7 |\n| -3 | 4.25 | 8 |\n| 1000 | 6 | 9.5 |\n"},
    {"rules of a terminal", "+---+---+---+\n| a | b | y |\n+===+===+===+\n| 1.5 | 2 | 7 |\n| -3 | 4.25 | 8 |\n| 1000 | 6 | 9.5 |\n+---+---+---+\n"},
    {"rules of reStructuredText", "=== === ===\na b y\n=== === ===\n1.5 2 7\n-3 4.25 8\n1000 6 9.5\n=== === ===\n"},
    {"several delimiters behind all lines", "a,b,y,,,\n1.5,2,7,,,\n-3,4.25,8,,,\n1000,6,9.5,,,\n"},
    {"several delimiters behind the rows", "a,b,y\n1.5,2,7,,\n-3,4.25,8,,\n1000,6,9.5,,\n"},
    {"row names of R that are text, without an option", '"a" "b" "y"\n"Mazda RX4" 1.5 2 7\n"Fiat" -3 4.25 8\n"Opel" 1000 6 9.5\n'},
    {"numbers in single quotes", "'a','b','y'\n'1.5','2','7'\n'-3','4.25','8'\n'1000','6','9.5'\n"},
    {"truth", "a,b,y\nTRUE,2,7\nFALSE,4.25,8\nTRUE,6,9.5\n", nil, linnet.matrix{{1, 2}, {0, 4.25}, {1, 6}}},
    {"an error of a spreadsheet in the first column", "a,b,y\n1.5,2,7\n#N/A,5,6\n-3,4.25,8\n1000,6,9.5\n", {gaps = 0}, linnet.matrix{{1.5, 2}, {0, 5}, {-3, 4.25}, {1000, 6}}, linnet.matrix{7, 6, 8, 9.5}},
    {"infinities that are gaps", "a,b,y\n1.5,2,7\ninf,5,6\n-3,4.25,8\n-inf,1,6\n1000,6,9.5\n", {missing = {"inf", "-inf"}, gaps = "drop"}},
    {"text and gaps, clean", "a,b,kind,y\n1.5,2,red,7\n,1,red,2\n-3,4.25,blue,8\n1,2\n1000,6,red,9.5\n", {clean = true}},
    {"a total at the end, clean", "a,b,y\n1.5,2,7\n-3,4.25,8\n1000,6,9.5\nTotal,9,9\nSource: the office\n", {clean = true}},
    {"columns missing in most rows, clean", "a,c,b,y\n1.5,,2,7\n-3,,4.25,8\n1000,,6,9.5\n7,8,,1\n", {clean = true}},
    {"names in Latin-1, a column by number", "gr\xf6\xdfe,b,y\n1.5,2,7\n-3,4.25,8\n1000,6,9.5\n"},
  }
  for _, case in ipairs(good) do
    it("are read: " .. case[1], function()
      local X1, Y1, about = read(case[2], case[3])
      assert.is_truthy(X1, Y1)
      assert.are.equal(case[4] or X0, X1)
      assert.are.equal(case[5] or Y0, Y1)
      assert.is_true(#tostring(about) < 600)
    end)
  end

  it("tell what was guessed, left out and filled, in a few lines", function()
    local _, _, about = read("a;b;when;y\n1,5;2;1.1.2020;7\n?;3;2.1.2020;8\n", {gaps = "mean", text = "drop"})
    assert.are.equal([[
2 rows; X: 'a', 'b'; Y: 'y'
read with delimiter ';', names from line 1, decimal ','
columns left out: 'when' (text: '1.1.2020')
gaps filled: 1 of 'a' by 1.5
note: constant: 'a']], (tostring(about):gsub("\n(note: [^\n]*)(.*)", "%2\n%1")))
  end)

  local noted = {
    {"a column that numbers the rows by name", "id,a,y\n1,5,2\n2,4,7\n3,8,1\n4,2,2\n", "column 'id' seems to number the rows: drop = {'id'} leaves it out"},
    {"a column constant but for rounding", "a,b,y\n0.3,1,2\n0.30000000000000004,2,7\n0.3,5,1\n", "constant (but for rounding): 'a'"},
    {"-999 among numbers", "a,b,y\n1.5,1,2\n-999,2,7\n1.7,5,1\n-999,8,1\n", "column 1 ('a'): -999 stands there 2 times, far from the rest; missing = -999 makes gaps of it"},
    {"9999 among numbers", "a,b,y\n1.5,1,2\n9999,2,7\n1.7,5,1\n9999,8,1\n", "9999 stands there 2 times"},
    {"a constant target", "a,y\n1,2\n2,2\n", "note: constant target: 'y'"},
    {"names that are the same", "a,a,y\n1,2,3\n2,3,4\n", "columns 1 and 2 are both called 'a'"},
    {"percent signs", "a,y\n1%,2\n5%,3\n", "column 1 ('a'): the sign % is left out, the number stays"},
    {"a unit", "a,y\n1 mm,2\n5mm,3\n", "column 1 ('a'): the unit mm is left out, the number stays"},
    {"years above the columns", "1990,1991,1992\n0.5,1.5,0.7\n0.25,0.5,0.1\n", "line 1 (1990, 1991, 1992) may hold names", {target = 1}},
    {"names that stand there twice", "a,y\na,y\n1,2\n2,3\n", "the names stand there again: 1 line left out"},
    {"lines before the names", "Made up\n\na,b,y\n1,2,3\n2,3,5\n", "the lines before line 3 are left out"},
    {"names of some columns", "a,3,c\n1,2,3,4,5\n2,3,5,4,1\n7,3,5,4,1\n", "line 1 names 3 of 5 columns", {target = "a"}},
    {"truth", "a,y\nTRUE,2\nFALSE,3\n", "column 1 ('a'): TRUE is 1 and FALSE is 0"},
    {"truth in several columns", "a,b,y\nTRUE,false,2\nFALSE,true,3\n", "columns 'a', 'b': TRUE is 1 and FALSE is 0"},
    {"infinity", "a,y\n1,2\n1e999,3\n", "column 1 ('a'): infinity stands in it; missing = {'inf', '-inf'} makes gaps of it"},
    {"a text among numbers, clean", "a,y\n1,2\n2,3\n5,1\nTotal,9\n", "column 1 ('a'): 1 text in it, such as 'Total', is taken for gaps", {clean = true}},
    {"a column missing in most rows, clean", "a,b,y\n1,,2\n2,,3\n3,5,1\n", "columns left out: 'b' (missing in 2 of 3 rows)", {clean = true}},
    {"a column for which most rows go", "a,b,y\n1,,2\n2,,3\n3,,1\n3,5,1\n", "3 of 4 rows are left out, and column 2 ('b') has a gap in 3 of all: drop = {'b'} keeps more", {gaps = "drop"}},
    {"groups above the names", ",first,first\na,b,y\n1.5,2,7\n-3,4.25,8\n", "the lines before line 2 are left out"},
    {"units", "a,b,y\nkg,m,s\n1,2,3\n2,3,5\n", "line 2 is left out: units or second names"},
  }
  for _, case in ipairs(noted) do
    it("say what is doubtful: " .. case[1], function()
      local X1, message, about = read(case[2], case[4])
      assert.is_truthy(X1, message)
      includes(tostring(about):gsub("'(%d+)'", "%1"), (case[3]:gsub("'(%d+)'", "%1")))
    end)
  end

  it("without anything doubtful say nothing more than two lines", function()
    local _, _, about = read("a,b,y\n1,2.5,3\n2,-999,5\n7,0.5,1\n")
    assert.are.same({}, about.notes)
    assert.are.equal("3 rows; X: 'a', 'b'; Y: 'y'\nread with delimiter ',', names from line 1", tostring(about))
  end)

  local bad = {
    {"an empty file", "", "the file is empty"},
    {"a byte order mark alone", "\xef\xbb\xbf", "the file is empty"},
    {"empty lines alone", "\n\r\n \n", "the file is empty"},
    {"names alone", "a,b,y\n", "there is no row of numbers"},
    {"comments alone", "# a\n# b\n", "there is no column 'y'"},
    {"one column", "y\n1\n2\n", "no column is left for X: all are targets or dropped"},
    {"text alone", "a,y\nred,1\nblue,2\n", "row 1, column 1 ('a'), line 2: 'red' is not a number"},
    {"text alone, left out", "a,y\nred,1\nblue,2\nred,2\n", "no column of numbers is left for X: 'a' (text: 'red'); text = 'code' makes columns of text", {text = "drop"}},
    {"a target of text", "a,y\n1,red\n2,blue\n", "row 1, column 2 ('y'), line 2: 'red' is not a number; text = 'code'", {text = "drop"}},
    {"a target that is empty", "a,y\n1,\n2,\n", "column 2 ('y') is the target and has nothing in it"},
    {"one word among numbers", "a,y\n1,2\n2,3\nx7,4\n", "row 3, column 1 ('a'), line 4: 'x7' is not a number; missing = {'x7'} makes it a gap, drop = {'a'}"},
    {"numbers that would be coded", "a,y\n" .. ("1.5,2\n"):rep(3) .. "x,1\n" .. (function() local t = {} for i = 1, 30 do t[i] = i .. ",1\n" end return table.concat(t) end)(),
      "'x' is not a number, as most of its column are", {text = "code"}},
    {"another sign among percents", "a,y\n1%,2\n2%,3\n7,4\n", "'7' is not a number written with % like those above"},
    {"two units", "a,y\n1 mm,2\n2 cm,3\n7 mm,4\n", "row 1, column 1 ('a'), line 2: '1 mm' is not a number; drop = {'a'} leaves"},
    {"codes that begin with digits", "a,y\n4WD,2\nFWD,3\n4WD,4\n", "'4WD' is not a number; drop = {'a'} leaves the column out, text = 'drop' all with text, text = 'code'"},
    {"TRUE among words", "a,y\nTRUE,2\nmaybe,3\nFALSE,1\n", "'TRUE' is not a number; drop = {'a'} leaves the column out, text = 'drop' all with text, text = 'code'"},
    {"a target with a gap", "a,y\n1,2\n2,\n3,4\n", "row 2, column 2 ('y'), line 3: the cell is missing; gaps = 'drop' leaves out such rows"},
    {"a report above numbers", "Made by me\nB0 1 2 3\nB1 4 5\nData: y x\n1 2\n3 4\n5 6\n7 8\n9 1\n", "from line 5 on there are numbers alone: sed -n '5,$p' FILE"},
    {"a comma that may be either", 'a,y\n"1,234",2\n"2,345",3\n', "decimal = ',' or thousands = ',' says what its comma is"},
    {"a remark behind a number", "a,y\n1,2\n2,3 # wrong?\n3,4\n", "'3 # wrong?' is not a number; comment = '#' skips what follows it"},
    {"a short row", "a,b,y\n1,2,3\n1,2\n2,3,4\n", "row 2 (line 3) has 2 cells, the first line has 3; gaps = 'drop' leaves out such rows"},
    {"a long row", "a,b,y\n1,2,3\n1,2,3,4\n2,3,4\n", "row 2 (line 3) has 4 cells, the first line has 3; gaps = 'drop'"},
    {"more names than columns", "a,b,c,y\n1,2,3\n2,3,4\n", "row 1 (line 2) has 3 cells, the first line has 4"},
    {"gaps everywhere", "a,b,y\n1,,3\n,2,4\n", "every row has a gap, most of them (1 of 2) in column 1 ('a'); gaps = 'mean' fills them, drop = {'a'}", {gaps = "drop"}},
    {"text and gaps", "a,b,kind,y\n1.5,2,red,7\n,1,red,2\n", "clean = true leaves out all columns with text and, as cells are missing too, those rows"},
    {"truth among numbers", "a,y\n1,2\n5,1\nTRUE,3\n", "'TRUE' is not a number"},
    {"a delimiter nobody guesses", "a^b^y\n1^2^3\n4^5^6\n", "the columns are 'a^b^y'; if '^' separates cells, say delimiter = '^'"},
    {"months by name", "when,y\nJan-1-1995,1\nFeb-1-1995,2\n", "(dates and times are text here)"},
    {"zero bytes", "\0\0\0\1\0\0\7\0", "it is full of zero bytes"},
    {"a table of HTML", "<table border=0><tr><td>1</td></tr></table>", "HTML or XML"},
    {"svmlight", "-1 1:0.5 7:1\n+1 2:1\n", "svmlight"},
    {"MatrixMarket", "%%MatrixMarket matrix array real general\n1 2\n1\n2\n", "MatrixMarket"},
    {"sparse ARFF", "@relation r\n@attribute a numeric\n@data\n{0 1.5}\n", "sparse ARFF"},
    {"names that are the same", "a,a,y\n1,2,3\n", "columns 1 and 2 are both called 'a': say which by number, target = 1", {target = "a"}},
    {"a wrong name", "alpha,beta,y\n1,2,3\n", "there is no column 'alhpa' (did you mean 'alpha'?); the columns are 'alpha', 'beta', 'y'", {drop = {"alhpa"}}},
    {"a name where there are none", "1,2,3\n4,5,6\n", "there is no column 'y'; the columns have no names, they are 1..3 (header = true takes line 1 for names)"},
    {"a target that is dropped", "a,b,y\n1,2,3\n", "column 3 is a target, and in option 'drop'", {drop = "y"}},
    {"a line of names that is not there", "a,y\n1,2\n", "option 'header': there is no record in line 9", {header = 9}},
    {"dates", "when,y\n2020-01-02,1\n2020-01-03,2\n", "'2020-01-02' is not a number (dates and times are text here); drop = {'when'}"},
    {"an open quote", 'a,y\n1,2\n"3,4\n', "line 3: a quote opens and is never closed"},
    {"an infinity to be scaled", "a,y\n1,2\ninf,3\n2,4\n", "column 1 of X holds nan, inf or too large numbers ('a'): missing = {...}", {scale = true}},
    {"gzip", "\x1f\x8b\8\0\0\0\0\0", "the file is no table of text but gzip"},
    {"xlsx", "PK\3\4\20\0\6\0[Content_Types].xml", "an Excel workbook (xlsx)"},
    {"npz", "PK\3\4\20\0\0\0arr_0.npy", "an npz archive of NumPy"},
    {"npy", "\x93NUMPY\1\0", "linnet.npy.load reads it"},
    {"zip", "PK\3\4\20\0\0\0data.csv", "a zip archive"},
    {"parquet", "PAR1\21\4", "parquet"},
    {"UTF-16", "\xff\xfea\0,\0y\0", "the file is in UTF-16; save it as UTF-8"},
    {"UTF-16 without a mark", "a\0,\0y\0\n\0", "the file is in UTF-16; save it as UTF-8"},
    {"a web page", "\n<!DOCTYPE html>\n<html>", "a web page (HTML): download the table itself"},
    {"JSON", '[{"a": 1}]', "JSON"},
  }
  for _, case in ipairs(bad) do
    it("are refused: " .. case[1], function() includes(refusal(case[2], case[4]), case[3]) end)
  end

  it("say nothing that a terminal would obey", function()
    local message = refusal("a\x1b[31m,y\n\x1b]0;x\7,1\n\xc2\x9b5m,2\n")
    assert.is_nil(message:find("[%c]"))
    assert.is_nil(message:find("\xc2\x9b", 1, true))
  end)

  it("fill a target never, and leave its row out instead", function()
    local X, Y, about = read("a,y\n1,2\n?,3\n5,?\n", {gaps = "mean"})
    assert.are.equal(linnet.matrix{1, 1}, X) -- the mean of the rows that stay
    assert.are.equal(linnet.matrix{2, 3}, Y)
    assert.are.same({3}, about.gone)
  end)

  it("of one row, of many columns and of many rows are read", function()
    local X = read("a,y\n1,2\n")
    assert.are.equal(1, X(1, 1))
    local names, row = {}, {}
    for j = 1, 5000 do names[j], row[j] = "x" .. j, j / 8 end
    local text = table.concat(names, ",") .. "\n" .. (table.concat(row, ",") .. "\n"):rep(3)
    local X2, Y2 = read(text, {target = "x4000"})
    assert.are.same({3, 4999, 500, 625}, {X2:rows(), X2:cols(), Y2(3, 1), X2(3, 4999)})
    X2 = read("a,y\n" .. ("1.5,2\n"):rep(200000))
    assert.are.equal(300000, X2:sum())
  end)

  it("are the same for linnet.csv.load, which has no roles", function()
    local path = folder .. "/load.csv"
    support.write(path, "id;a;kind\n1;2,5;red\n2;?;blue\n3;4;red\n")
    local m, names, about = linnet.csv.load(path, {gaps = "nan", text = "code"})
    assert.are.same({"id", "a", "kind=blue", "kind=red"}, names)
    assert.are.same({1, 2.5, 0, 1}, m:row(1):totable()[1])
    assert.is_true(m(2, 2) ~= m(2, 2))
    includes(tostring(about), "3 rows; columns: 'id', 'a', 'kind=blue', 'kind=red'", "decimal ','", "1 of 'a' by nan")
    m = linnet.csv.load(path, {gaps = "drop", drop = "kind"})
    assert.are.equal(linnet.matrix{{1, 2.5}, {3, 4}}, m)
    m = linnet.csv.load(path, {columns = {"a", "id"}, gaps = -1})
    assert.are.equal(linnet.matrix{{2.5, 1}, {-1, 2}, {4, 3}}, m)
  end)
end)
