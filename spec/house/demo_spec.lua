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
  sheet.data, sheet.target = data, target
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
