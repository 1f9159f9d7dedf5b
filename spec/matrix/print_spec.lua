--- spec/matrix/print_spec.lua: a matrix as text: aligned, complete or edged, never a small 0, and
-- read back bit for bit through a format.
--
-- SPDX-License-Identifier: MIT

package.path = "spec/?.lua;" .. package.path
local linnet = require "linnet"
local support = require "support"

local matrix, zeros = linnet.matrix, linnet.zeros

local function lines(text)
  local list = {}
  for line in (text .. "\n"):gmatch("(.-)\n") do list[#list + 1] = line end
  return list
end

--- tostring of what a script makes, in a child with COLUMNS set as given.
local function printed(columns, script)
  local name = os.tmpname()
  local file = assert(io.open(name, "w"))
  file:write("local linnet = require 'linnet'\nprint(", script, ")")
  file:close()
  local run = assert(io.popen(("COLUMNS=%s LUA_PATH='%s' LUA_CPATH='%s' lua5.4 %s 2>&1"):format(
    columns, package.path, package.cpath, name)))
  local text = run:read("a")
  run:close()
  os.remove(name)
  return text:gsub("\n$", "")
end

--- Random bits as floats: every exponent, both signs, subnormal too; never nan.
local function any_floats(rows, cols, seed)
  local words, k = linnet.random(seed):words(rows * cols), 0
  return matrix(rows, cols, function()
    k = k + 1
    local x = string.unpack("d", string.pack("i8", words[k]))
    return x == x and x or 0.1
  end)
end

describe("tostring of a matrix", function()
  it("has a header with the shape and columns aligned to the right", function()
    assert.are.equal("2x2 matrix\n   1   2\n  -3  40", tostring(matrix{{1, 2}, {-3, 40}}))
    assert.are.equal("2x2 matrix\n   1.0  2.5\n  -3.0    0", tostring(matrix{{1, 2.5}, {-3, 0}}))
    assert.are.equal("0x3 matrix", tostring(zeros(0, 3)))
    assert.are.equal("3x0 matrix", tostring(zeros(3, 0)))
    assert.are.equal("1x3 matrix\n  4  5  6", tostring(matrix{{1, 2, 3}, {4, 5, 6}}[2]))
  end)

  it("chooses the format from the entries: integers, decimals, powers of ten", function()
    assert.are.equal("1234567890", tostring(matrix{1234567890}):match("%S+$"))
    assert.are.equal("1.2346e+10", tostring(matrix{12345678901}):match("%S+$"))
    assert.are.equal("3.1416", tostring(matrix{math.pi}):match("%S+$"))
    assert.are.equal("31415.9", tostring(matrix{math.pi * 1e4}):match("%S+$"))
    assert.are.equal("3.1416e+20", tostring(matrix{math.pi * 1e20}):match("%S+$"))
  end)

  it("shows nan, inf and exact zeros as such", function()
    local text = tostring(matrix{{0 / 0, math.huge, -math.huge}, {0, 0.5, 1}})
    assert.are.equal("2x3 matrix\n  nan  inf  -inf\n    0  0.5   1.0", text)
  end)

  it("keeps every entry within its shown digits, and never shows a small one as 0", function()
    for seed = 1, 40 do
      local m = any_floats(3, 3, seed)
      local spread = 10.0 ^ (seed - 10) -- from nearly equal magnitudes to far apart
      local n = linnet.random(seed):normal(3, 3):map(function(x, i) return x * spread ^ (i - 2) end)
      for _, a in ipairs{m, n} do
        local k = 0
        for shown in tostring(a):gsub("^.-\n", ""):gmatch("%S+") do
          local x = a(k // 3 + 1, k % 3 + 1)
          k = k + 1
          if math.abs(x) < math.huge then
            assert.is_true(math.abs(tonumber(shown) - x) <= 6e-3 * math.abs(x)) -- three digits
          end
        end
        assert.are.equal(9, k)
      end
    end
  end)

  it("aligns: every line of a block has the same length", function()
    for seed = 1, 20 do
      local list = lines(tostring(linnet.random(seed):normal(6, 5) * 10 ^ (seed - 10)))
      for i = 3, #list do assert.are.equal(#list[2], #list[i]) end
    end
  end)

  it("shows up to 1000 entries whole, in blocks of columns that fit the terminal", function()
    for _, columns in ipairs{40, 80, 133} do
      local text = printed(columns, "linnet.random(1):normal(10, 100)")
      local count = 0
      for _, line in ipairs(lines(text)) do
        assert.is_true(#line <= columns)
        if not line:find("[cm][oa][lt]") then
          for _ in line:gmatch("%S+") do count = count + 1 end
        end
      end
      assert.are.equal(1000, count)
      assert.is_truthy(text:find("columns 1 to ", 1, true))
    end
  end)

  it("shows only edges beyond 1000 entries, both ends, within the terminal", function()
    for _, columns in ipairs{20, 40, 80, 200} do
      for _, shape in ipairs{"1, 1001", "1001, 1", "2, 600", "600, 2", "40, 40", "300, 300"} do
        local text = printed(columns, ("linnet.matrix(%s, function(i, j) return i + j / 7 end)")
          :format(shape))
        local list = lines(text)
        assert.is_truthy(text:find("...", 1, true))
        assert.is_true(#list <= 12)
        for _, line in ipairs(list) do assert.is_true(#line <= columns) end
        local rows, cols = shape:match("(%d+), (%d+)")
        assert.are.equal(("%dx%d matrix"):format(rows, cols), list[1])
        if columns > 20 then -- at 20 only one column of a wide matrix fits
          local last = tonumber(list[#list]:match("%S+$"))
          assert.is_near(1, last / (rows + cols / 7), 1e-3)
        end
      end
    end
  end)

  it("shows one column where the terminal is too narrow for any", function()
    local text = printed(3, "linnet.matrix{{1.5, 2.5}, {3.5, 4.5}}")
    assert.are.equal("2x2 matrix\n columns 1 to 1\n  1.5\n  3.5\n"
      .. " columns 2 to 2\n  2.5\n  4.5", text)
  end)
end)

describe("m:tostring(format)", function()
  local function back(text)
    return matrix(load("return " .. text, "=matrix", "t", {math = math})())
  end

  it("reads back bit for bit with %.17g and %a, at any size", function()
    for seed, shape in ipairs{{1, 1}, {7, 3}, {40, 60}, {1, 1500}} do
      local m = any_floats(shape[1], shape[2], seed)
      for _, format in ipairs{"%.17g", "%a", "%.16e"} do
        assert.is_true(back(m:tostring(format)) == m)
      end
    end
    assert.is_false(back(matrix{0.1}:tostring("%.15g")) == matrix{0.1 + 2 ^ -55})
  end)

  it("reads back what is no ordinary number", function()
    local m = back(matrix{{0 / 0, math.huge, -math.huge, -0.0, 5e-324}}:tostring("%.17g"))
    assert.is_true(m(1) ~= m(1))
    assert.are.same({math.huge, -math.huge, 5e-324}, {m(2), m(3), m(5)})
    assert.are.equal(-math.huge, 1 / m(4))
    assert.are.same({2, 0}, {back(zeros(2, 0):tostring("%g")):shape()})
  end)

  it("writes rows in order, views included, and is tostring without a format", function()
    local m = matrix{{1, 2, 3}, {4, 5, 6}}
    assert.are.equal("{{1,2,3},{4,5,6}}", m:tostring("%g"))
    assert.are.equal("{{5.00},{2.00}}", matrix{{4, 5}, {1, 2}}:col(2):tostring("%.2f"))
    assert.are.equal(tostring(m), m:tostring())
  end)

  it("keeps the point where the locale has a comma", function()
    local folder = support.folder()
    local prefix, name = support.comma_locale(folder)
    assert.truthy(prefix, "no locale with a decimal comma, and localedef cannot make one")
    local script = folder .. "/locale.lua"
    support.write(script, ([[
      assert(os.setlocale(%q) and ("%%.1f"):format(0.5) == "0,5")
      local m = require("linnet").matrix{0.5}
      io.write(m:tostring("%%.17g"), "\n", tostring(m), "\n")]]):format(name))
    local pipe <close> = io.popen(("%slua5.4 %s 2>&1"):format(prefix, script))
    local said = pipe:read("a")
    os.execute("rm -r " .. folder)
    assert.are.equal("{{0.5}}\n1x1 matrix\n  0.5\n", said)
  end)
end)
