--- spec/house/examples_spec.lua: every numbered example meets every expectation it prints, in its
-- small
-- sizes; and the frame notices one that is not met. SPDX-License-Identifier: MIT
local child = require("spec.support").child
local gnuplot = require "linnet.plot.gnuplot"
local support = require "examples.support"

local function scripts()
  local list = {}
  local pipe <close> = assert(io.popen("ls examples"))
  for name in pipe:lines() do list[#list + 1] = name:match("^(%d%d_.*)%.lua$") end
  return list
end

local kept, folder = {}, nil

-- Runs an example without its table on the terminal; its rows and what it would have printed.
local function rows_of(name)
  local say, said = _G.print, {}
  _G.print = function(text) said[#said + 1] = tostring(text) end
  local ok, rows = pcall(dofile, ("examples/%s.lua"):format(name))
  _G.print = say
  return assert(ok and rows or nil, rows), table.concat(said, "\n")
end

local function too_wide(text, columns)
  for line in text:gmatch("[^\n]+") do
    if (utf8.len(line) or #line) > columns then return line end
  end
end

local function unmet(rows)
  local list = {}
  for _, row in ipairs(rows) do
    if not row.met then
      list[#list + 1] = ("%s: expected %s, measured %s"):format(row.what, row.expected,
        row.measured)
    end
  end
  return table.concat(list, "\n")
end

describe("the examples", function()
  setup(function()
    for name, value in pairs(support) do kept[name] = value end
    folder = os.tmpname()
    os.remove(folder)
    support.quick, support.strict, support.folder = true, false, folder
  end)
  teardown(function()
    for name, value in pairs(kept) do support[name] = value end
    os.execute("rm -rf '" .. folder .. "'")
  end)

  for _, name in ipairs(scripts()) do
    it(name .. " meets what it expects", function()
      local rows, said = rows_of(name)
      assert.is_true(#rows >= 3)
      assert.is_nil(too_wide(said:gsub("\n  figure: [^\n]*", ""), (gnuplot.window())))
      assert.equal("", unmet(rows))
      local svg = assert(io.open(("%s/%s.svg"):format(folder, name)))
      assert.truthy(svg:read("a"):find("</svg>", 1, true))
      svg:close()
    end)
  end

  it("are those of the results that the project shows", function()
    local numbers, all = {}, {}
    for i = 1, 24 do all[i] = i end
    for i, name in ipairs(scripts()) do numbers[i] = tonumber(name:sub(1, 2)) end
    assert.same(all, numbers)
  end)
end)

describe("the gallery", function()
  it("shows every example by a small picture that is there", function()
    local shown, drawn = {}, {}
    for line in io.lines("docs/gallery.md") do
      local name = line:match("%]%(gallery/([^)]+)%)")
      if name then
        local file <close> = assert(io.open("docs/gallery/" .. name, "rb"), name .. " is missing")
        assert.is_true(file:seek("end") < 100000, name .. " is too large")
        shown[name:sub(1, 2)] = true
      end
    end
    for _, name in ipairs(scripts()) do drawn[name:sub(1, 2)] = true end
    assert.same(drawn, shown)
  end)

  it("numbers its figures by their examples, with a letter where there are several", function()
    local file <close> = io.open("docs/gallery.md")
    local text, wanted, count = file:read("a"), {}, {}
    local told = "%]%(gallery/(%d%d)_[^)]+%)\n\n%*Figure (%w+)%.%* "
    for number, label in text:gmatch(told) do
      count[number] = (count[number] or 0) + 1
      wanted[#wanted + 1] = {number, label, count[number]}
    end
    assert.equal(#wanted, select(2, text:gsub("%]%(gallery/", "")))
    for _, figure in ipairs(wanted) do
      local number, label, k = table.unpack(figure)
      local letter = count[number] > 1 and string.char(96 + k) or ""
      assert.equal(("%d%s"):format(tonumber(number), letter), label)
    end
  end)
end)

describe("their frame", function()
  it("tells what is met from what is not, at the edges too, and nan is never met", function()
    local e = support.new("frame", "expectations")
    e:near("paper", "inside", 2.0, 2.25, 0.25)
    e:near("paper", "outside", 2.0, 2.26, 0.25)
    e:near("paper", "relative", -200, -201, 0.01, true)
    e:near("paper", "relative outside", -200, -203, 0.01, true)
    e:within("theorem", "within", 1, 2, 2)
    e:within("theorem", "not within", 1, 2, 0.99)
    e:at_most("theorem", "above", 1, 1.5)
    e:at_least("theorem", "below", 1, 0.5)
    for _, check in ipairs{"near", "at_most", "at_least"} do
      e[check](e, "control", check, 1, 0 / 0, 9)
    end
    local met = {}
    for i, row in ipairs(e.rows) do met[i] = row.met end
    assert.same({true, false, true, false, true, false, false, false, false, false, false}, met)
    assert.has_error(function() e:near("rumour", "source", 1, 1, 1) end)
  end)

  it("ends the program with a status when an expectation is not met", function()
    local program = [[os.exit = function(status) print("status " .. status) end
      local e = require("examples.support").new("frame", "status")
      e:at_most("identity", "one", 0.5, %g)
      e:finish()
      print "went on"]]
    local met, failed = child(program:format(0.25)), child(program:format(0.75))
    assert.equal("went on", met[#met])
    assert.equal("status 1", failed[#failed - 1])
    assert.truthy(table.concat(failed, "\n"):find("1 of 1 expectations are not met", 1, true))
  end)

  it("knows slopes, quantiles and standard errors", function()
    assert.near(-1.5, support.slope({1, 10, 100}, {2, 2 * 10 ^ -1.5, 2e-3}), 1e-12)
    assert.equal(2.5, support.quantile({4, 1, 3, 2}, 0.5))
    assert.equal(4, support.quantile({4, 1, 3, 2}, 1))
    local mean, error, sd = support.mean({1, 2, 3, 4})
    assert.near(2.5, mean, 1e-15)
    assert.near((5 / 3) ^ 0.5, sd, 1e-15)
    assert.near(sd / 2, error, 1e-15)
  end)
end)
