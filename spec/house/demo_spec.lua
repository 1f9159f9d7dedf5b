--- spec/house/demo_spec.lua: the demonstration's claims hold, in its quick form, and its files are
-- there.
-- SPDX-License-Identifier: MIT

local sheet = require "examples.claims.sheet"

local folder

local function file_read(path)
  local file = assert(io.open(path, "rb"))
  local text = file:read("a")
  file:close()
  return text
end

-- Runs the demonstration with small sizes and without its output; returns its rows and the output.
local function demo(data, target)
  local print_kept, said = _G.print, {}
  sheet.quick, sheet.strict, sheet.folder = true, false, folder
  sheet.data, sheet.settings = data, {TARGET = target}
  _G.print = function(text) said[#said + 1] = tostring(text or "") end
  local ok, rows = pcall(dofile, "examples/demo.lua")
  _G.print = print_kept
  assert(ok, rows)
  return rows, table.concat(said, "\n")
end

local function row_named(rows, text)
  for _, row in ipairs(rows) do
    if row.claim:find(text, 1, true) then return row end
  end
  error("no row speaks of " .. text)
end

describe("make demo", function()
  setup(function()
    folder = os.tmpname()
    os.remove(folder)
  end)
  teardown(function() os.execute("rm -rf '" .. folder .. "'") end)

  it("meets every row on the paper's data and on the spectra, and leaves a report", function()
    local rows, said = demo()
    for _, row in ipairs(rows) do
      assert.is_true(row.ok, ("%s: expected %s, measured %s"):format(row.claim, row.expected,
        row.measured))
    end
    assert.is_true(#rows >= 35)
    local claims = {}
    for _, row in ipairs(rows) do claims[row.section] = true end
    assert.same({true, true, true}, claims)
    -- The controls: what must not hold without the hypothesis does not.
    assert.is_true(tonumber(row_named(rows, "synthetic, only $V U_2^T = 0$").measured) > 1e-3)
    assert.is_true(tonumber(row_named(rows, "synthetic, balanced start: $L/L(0)$").measured) > 0.3)
    assert.truthy(said:find(("%d of %d rows are met"):format(#rows, #rows), 1, true))
    local page = file_read(folder .. "/report.html")
    for _, words in ipairs {"What was found", "1. Imbalance", "2. What the data", "3. Width",
      "QUICK=1 make demo"} do
      assert.truthy(page:find(words, 1, true), words)
    end
    local _, svg = page:gsub("<svg", "")
    assert.same(8, svg)
    for _, name in ipairs {"1-loss-1", "1-rates-2", "2-distance-1", "3-width-2"} do
      assert.truthy(file_read(("%s/%s.svg"):format(folder, name)):find("^<%?xml"))
    end
  end)

  it("does the same on a user's table, by the name of a column or its number", function()
    local linnet = require "linnet"
    local path = folder .. "/it's a <table>.csv"
    local X, Y = linnet.data.gaussian{n = 12, D = 30, m = 1, noise = 0.1, seed = 5}
    local names = {"the target"}
    for j = 1, 30 do names[j + 1] = "x" .. j end
    linnet.csv.save(path, Y:hcat(X), {names = names})
    for _, target in ipairs {"the target", "1"} do
      local rows = demo(path, target)
      assert.is_true(#rows >= 10)
      for _, row in ipairs(rows) do
        assert.is_true(row.ok, ("%s: expected %s, measured %s"):format(row.claim, row.expected,
          row.measured))
      end
    end
    local page = file_read(folder .. "/report.html")
    assert.is_nil(page:find("<table>.csv", 1, true))
    assert.truthy(page:find("it&#39;s a &lt;table&gt;.csv", 1, true))
  end)

  -- The demonstration as a user starts it: its lines, and whether it ended well.
  -- Words that were broken for the terminal, in one line again.
  local function unbroken(text) return (text:gsub("\n      ", " ")) end

  local function child(settings)
    local pipe = io.popen("COLUMNS=80 LINES=24 QUICK=1 " .. settings
      .. " timeout 300 lua5.4 examples/demo.lua 2>&1; echo status $?")
    local lines = {}
    for line in pipe:lines() do lines[#lines + 1] = line end
    pipe:close()
    local status = tonumber(table.remove(lines):match("^status (%d+)$"))
    local text = table.concat(lines, "\n")
    assert.is_nil(text:find("traceback", 1, true))
    return lines, text, status
  end

  it("prints at most 300 lines of 80 columns in a terminal of 80 x 24", function()
    local lines, _, status = child("")
    assert.equal(0, status)
    assert.is_true(#lines <= 300, #lines)
    for _, line in ipairs(lines) do assert.is_true(utf8.len(line) <= 80, line) end
  end)

  it("takes tables from outside, and says what it guessed and what is empty", function()
    for _, case in ipairs{
      {"semicolon_quoted.csv", "quality", "read with delimiter ';', names from line 1"},
      {"tabs.tsv", "y", "read with delimiter tab"},
      {"text_column.csv", "power", "columns left out: 'origin' (text: 'north'), 'name'"},
      {"missing_rows.csv", "mpg", "rows left out: 3 of 12 (3, 6, 10)"},
      {"headerless_text.csv", "1", "no names"},
      {"numeric_header.csv", "4", "may hold names, but is read as numbers; HEADER=1 takes it"},
      {"numeric_header.csv' HEADER='1", "1106", "names from line 1"},
      {"whitespace.data' DROP='3", "4", "read with delimiter blanks"},
      {"index_column.csv", "y", "columns left out: 'column 1' (it numbers the rows)"},
      {"full_rank.csv", "y", "nothing to measure here: rank = D"},
    } do
      local _, text, status = child(("DATA='spec/tables/%s' TARGET='%s'"):format(case[1], case[2]))
      assert.equal(0, status, text)
      for _, words in ipairs{case[3], "7 of 7 rows are met"} do
        assert.truthy(unbroken(text):find(words, 1, true), ("%s\n%s"):format(text, words))
      end
    end
    local page = file_read("out/report.html")
    assert.truthy(page:find("nothing to measure here: rank = D", 1, true))
    assert.is_nil(page:find("<tbody></tbody>", 1, true))
    assert.is_nil(page:find("spec/tables", 1, true))
  end)

  it("gives a target of classes a section with a loss of its own", function()
    for _, case in ipairs{
      {"classes.csv", "kind", "the target is of 3 classes", "the softmax loss"},
      {"classes.csv' LOSS='softmax' DROP='length", "kind", "the target is of 3 classes",
        "the softmax loss"},
      {"classes.csv' TEXT='code", "kind", "the target is of 3 classes", "the softmax loss"},
    } do
      local _, text, status = child(("DATA='spec/tables/%s' TARGET='%s'"):format(case[1], case[2]))
      assert.equal(0, status, text)
      for _, words in ipairs{case[3], case[4], "claim 4: a target of classes"} do
        assert.truthy(unbroken(text):find(words, 1, true), ("%s\n%s"):format(text, words))
      end
      local page = file_read("out/report.html")
      for _, words in ipairs{"4. Classes", "The target is of 3 classes", "kept aside"} do
        assert.truthy(page:find(words, 1, true), words)
      end
    end
  end)

  it("leaves that section out where the rows of training are all the same", function()
    local _, text, status = child("DATA='spec/tables/two_rows.csv' TARGET='kind' TEXT='code'")
    assert.equal(0, status, text)
    assert.truthy(text:find("that section is left out: the rows that it would", 1, true), text)
    assert.truthy(text:find("15 of 15 rows are met", 1, true), text)
  end)

  it("refuses with a sentence in the words of make", function()
    for _, case in ipairs{
      {"classes.csv' LOSS='logistic", "kind", "demo: LOSS=logistic tells two classes apart"},
      {"classes.csv' LOSS='hinge", "kind", "demo: LOSS must be softmax, logistic or squared"},
      {"constant_inputs.csv", "y", "demo: nothing to learn from: all columns are constant"},
      {"text_column.csv", "name", "TEXT='code' makes a column of each category"},
      {"text_column.csv", "pwer", "there is no column 'pwer' (did you mean 'power'?)"},
      {"semicolon_quoted.csv' DELIMITER=',", "quality", "DELIMITER=';'"},
      {"no such.csv", "y", "No such file or directory"},
    } do
      local lines, text, status = child(("DATA='spec/tables/%s' TARGET='%s'"):format(case[1],
        case[2]))
      assert.equal(1, status, text)
      for _, line in ipairs(lines) do assert.is_true(utf8.len(line) <= 80, line) end
      local _, count = unbroken(text):gsub("\n", "")
      assert.is_true(count <= 4, text)
      assert.truthy(unbroken(text):find(case[3], 1, true), text)
    end
  end)

  it("says that data with as many directions as inputs have one solution", function()
    local linnet = require "linnet"
    local path = folder .. "/tall.csv"
    local X, Y = linnet.data.gaussian{n = 30, D = 4, m = 1, noise = 0.1, seed = 6}
    linnet.csv.save(path, Y:hcat(X), {names = {"y", "a", "b", "c", "d"}})
    local rows = demo(path, "y")
    for _, row in ipairs(rows) do assert.is_true(row.ok, row.claim) end
    assert.truthy(file_read(folder .. "/report.html"):find("the solution is unique", 1, true))
  end)
end)
