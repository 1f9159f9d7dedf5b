--- linnet.npy against files of NumPy, NumPy itself, and headers made by hand.
-- SPDX-License-Identifier: MIT
-- luacheck: no max line length
local linnet = require "linnet"
local core = require "linnet.core"
local dkjson = require "dkjson"
local support = require "support"

local REFERENCE = "spec/reference/npy/"

local read, write = support.read, support.write

local folder
setup(function() folder = support.folder() end)
teardown(function() support.remove(folder) end)

-- An .npy file with this dictionary (a whole one, or its shape) and these bytes.
local function file_of(header, data, version)
  if not header:find("{", 1, true) then
    header = ("{'descr': '<f8', 'fortran_order': False, 'shape': %s, }"):format(header)
  end
  return "\x93NUMPY" .. (version or "\1\0")
    .. string.pack((version or "\1"):byte() == 2 and "<I4" or "<I2", #header) .. header .. data
end

local function load_text(text)
  local path = folder .. "/made.npy"
  write(path, text)
  return linnet.npy.load(path)
end

-- The same numbers bit by bit, but any nan for a nan.
local function same(m, expected)
  assert.are.same({#expected, #(expected[1] or {})}, {m:shape()})
  for i, row in ipairs(expected) do
    for j, x in ipairs(row) do
      local y = m(i, j)
      assert.is_true(x ~= x and y ~= y or x == y and 1 / x == 1 / y, ("(%d, %d): %.17g, not %.17g")
        :format(i, j, y, x))
    end
  end
end

local function expected()
  local rows = dkjson.decode(read(REFERENCE .. "expected.json")).values
  for i, row in ipairs(rows) do
    for j, text in ipairs(row) do
      row[j] = ({nan = 0 / 0, ["-inf"] = -math.huge, ["-0"] = -0.0})[text] or tonumber(text)
    end
    rows[i] = row
  end
  return rows
end

describe("linnet.npy.load", function()
  for _, name in ipairs{"c_f8", "fortran_f8", "version2_f8"} do
    it(("reads %s bit for bit"):format(name), function()
      same(linnet.npy.load(REFERENCE .. name .. ".npy"), expected())
    end)
  end

  it("reads single precision as the nearest singles", function()
    local rows = expected()
    for _, row in ipairs(rows) do
      for j, x in ipairs(row) do row[j] = string.unpack("<f", string.pack("<f", x)) end
    end
    same(linnet.npy.load(REFERENCE .. "c_f4.npy"), rows)
  end)

  it("reads integers of 4 and 8 bytes", function()
    same(linnet.npy.load(REFERENCE .. "i4.npy"), {{0, 1, 2}, {3, 4, 5}})
    same(linnet.npy.load(REFERENCE .. "i8.npy"), {{-6, -5, -4, -3}, {-2, -1, 0, 1}, {2, 3, 4, 5}})
    local limits = string.pack("<i8i8", 1 << 53, -(1 << 53))
    same(load_text(file_of("{'descr': '<i8', 'fortran_order': True, 'shape': (2,)}", limits)),
      {{2.0 ^ 53}, {-2.0 ^ 53}})
  end)

  it("reads one dimension as a column", function()
    local column = {}
    for i, row in ipairs(expected()) do column[i] = {row[1]} end
    same(linnet.npy.load(REFERENCE .. "vector_f8.npy"), column)
  end)

  it("reads arrays without entries", function()
    assert.are.same({0, 3}, {linnet.npy.load(REFERENCE .. "empty_0x3.npy"):shape()})
    assert.are.same({5, 0}, {load_text(file_of("(5, 0)", "")):shape()})
    assert.are.same({0, 1}, {load_text(file_of("(0,)", "")):shape()})
  end)

  it("reads headers in other spellings of the same dictionary", function()
    local data = string.pack("<dd", 1.25, -3)
    for _, header in ipairs{
      "{'descr':'<f8','fortran_order':False,'shape':(1,2)}",
      '{ "shape" : ( 1 , 2 ) , "fortran_order" : True , "descr" : "<f8" , }   \n',
      "\t{'shape': (1L, 2L), 'descr': '<f8', 'fortran_order': False}",
    } do
      same(load_text(file_of(header, data)), {{1.25, -3}})
      same(load_text(file_of(header, data, "\2\0")), {{1.25, -3}})
    end
  end)

  local I8 = "{'descr': '<i8', 'fortran_order': False, 'shape': (1, 2)}"
  local refused = {
    {"three dimensions", REFERENCE .. "cube_2x2x2.npy", "an array of 3 dimensions; 1 or 2 can be read"},
    {"objects", REFERENCE .. "object.npy", "dtype '|O'; only '<f8', '<f4', '<i8', '<i4' can be read"},
    {"truth values", REFERENCE .. "bool.npy", "dtype '|b1'"},
    {"complex numbers", REFERENCE .. "complex.npy", "dtype '<c16'"},
    {"the other byte order", REFERENCE .. "big_endian_f8.npy", "dtype '>f8' is big-endian"},
    {"a truncated file", REFERENCE .. "truncated.npy",
      "truncated: 4 x 3 entries of 8 bytes are announced, 76 bytes follow"},
    {"another magic", REFERENCE .. "bad_magic.npy", "not an .npy file"},
    {"a shape beyond all files", REFERENCE .. "huge_shape.npy", "a side of the shape exceeds 2147483647"},
    {"a missing file", "spec/reference/npy/none.npy", "spec/reference/npy/none.npy: No such file"},
    {"a folder", "spec/reference/npy", "Is a directory"},
    {"an empty file", file = "", "not an .npy file"},
    {"a file that ends in the magic", file = "\x93NUM", "not an .npy file"},
    {"a file that ends before the header", file = "\x93NUMPY\1\0\118", "it ends inside the header"},
    {"a header longer than the file", file = "\x93NUMPY\1\0\255\255{'descr'",
      "a header of 65535 bytes is announced, 8 follow"},
    {"a header of 4 GB", file = "\x93NUMPY\2\0\255\255\255\255{", "a header of 4294967295 bytes"},
    {"format version 3.0", file = file_of("(1,)", "12345678", "\3\0"), "format version 3.0"},
    {"format version 1.1", file = file_of("(1,)", "12345678", "\1\1"), "format version 1.1"},
    {"no dictionary", file = file_of("{", ""), "malformed header"},
    {"text after the dictionary", file = file_of("{'descr': '<f8', 'fortran_order': False, 'shape': (1,)} x",
      "12345678"), "nothing after '}' expected"},
    {"no shape", file = file_of("{'descr': '<f8', 'fortran_order': False}", ""), "key 'shape' is missing"},
    {"two shapes", file = file_of("{'shape': (1,), 'shape': (1,), }", ""), "key 'shape' is there twice"},
    {"an unknown key", file = file_of("{'size': 3}", ""), "key 'size' is unknown"},
    {"a key without quotes", file = file_of("{descr: '<f8'}", ""), "a quoted string expected"},
    {"an open quote", file = file_of("{'descr", ""), "a closing quote expected"},
    {"no colon", file = file_of("{'descr' '<f8'}", ""), "':' expected"},
    {"no comma", file = file_of("{'descr': '<f8' 'shape': (1,)}", ""), "',' or '}' expected"},
    {"an order that is neither", file = file_of("{'fortran_order': 1}", ""), "True or False for fortran_order expected"},
    {"a structured type", file = file_of("{'descr': [('a', '<f8')]}", ""), "a structured dtype"},
    {"an unprintable type", file = file_of("{'descr': '\1\2'}", ""), "dtype '??'"},
    {"a half type", file = file_of("{'descr': '<f2'}", ""), "dtype '<f2'"},
    {"an unsigned type", file = file_of("{'descr': '<u4'}", ""), "dtype '<u4'"},
    {"no dimension", file = file_of("()", "12345678"), "an array of 0 dimensions"},
    {"a negative side", file = file_of("(-1, 2)", ""), "a count in the shape expected"},
    {"a shape that is no tuple", file = file_of("3", ""), "a shape in parentheses expected"},
    {"sides without a comma", file = file_of("(3 4)", ""), "',' or ')' in the shape expected"},
    {"a shape that never closes", file = file_of("{'shape': (3, 4", ""), "',' or ')' in the shape expected"},
    {"an announced terabyte", file = file_of("(400000, 400000)", "12345678"), "8 bytes follow"},
    {"the largest sides", file = file_of("(2147483647, 2147483647)", ""), "0 bytes follow"},
    {"text after the array", file = file_of("(1,)", "12345678ab"), "2 bytes follow the 1 x 1 array"},
    {"an i8 that is no double", file = file_of(I8, string.pack("<i8i8", 1, (1 << 53) + 1)),
      "entry (1, 2) = 9007199254740993 is not a double exactly"},
    {"the most negative i8", file = file_of(I8, string.pack("<i8i8", math.mininteger, 1)),
      "entry (1, 1) = -9223372036854775808 is not a double"},
  }
  for _, case in ipairs(refused) do
    it("refuses " .. case[1], function()
      local path, wanted = case[2], case[3]
      if case.file then
        path, wanted = folder .. "/made.npy", case[2]
        write(path, case.file)
      end
      collectgarbage()
      local before = collectgarbage("count")
      local ok, message = pcall(function()
        local m = linnet.npy.load(path)
        return m
      end)
      assert.is_false(ok)
      assert.is_true(collectgarbage("count") - before < 100) -- nothing was made for what it announces
      assert.are.equal("spec/io/npy_spec.lua:", message:match("^[^:]+:"))
      assert.is_truthy(message:find("linnet.npy.load: " .. path .. ": ", 1, true))
      assert.is_truthy(message:find(wanted, 1, true), message)
    end)
  end

  it("refuses every file cut anywhere, and survives every changed byte", function()
    local whole = read(REFERENCE .. "fortran_f8.npy")
    for n = 0, #whole - 1 do assert.is_false(pcall(load_text, whole:sub(1, n))) end
    for i = 1, 128 do -- of the header: read or refused, never a crash
      for _, byte in ipairs{"\0", "\255", "9", "(", "'"} do
        pcall(load_text, whole:sub(1, i - 1) .. byte .. whole:sub(i + 1))
      end
    end
  end)
end)

describe("linnet.npy.save", function()
  local shapes = {{1, 1}, {3, 2}, {2, 3}, {1, 7}, {7, 1}, {0, 3}, {3, 0}, {0, 0}, {300, 40}}

  it("writes what load reads, bit for bit, in every shape", function()
    local path = folder .. "/round.npy"
    for _, shape in ipairs(shapes) do
      local m = linnet.random(1):normal(shape[1], shape[2])
      linnet.npy.save(path, m)
      assert.are.equal(m, linnet.npy.load(path))
    end
    local special = linnet.matrix{{0 / 0, math.huge, -math.huge}, {-0.0, 5e-324, 1.7976931348623157e308}}
    linnet.npy.save(path, special)
    same(linnet.npy.load(path), special:totable())
  end)

  it("writes views as they look", function()
    local m, path = linnet.random(2):normal(6, 5), folder .. "/view.npy"
    linnet.npy.save(path, m:sub(2, 4, 3, 5))
    assert.are.equal(m:sub(2, 4, 3, 5):copy(), linnet.npy.load(path))
  end)

  it("is read by NumPy as f8 with the same bits", function()
    local python = support.numpy()
    if not python then return pending("python3 with numpy is not there") end
    for k, shape in ipairs(shapes) do
      linnet.npy.save(("%s/%d.npy"):format(folder, k), linnet.random(k):normal(shape[1], shape[2]))
    end
    write(folder .. "/show.py", [[
import numpy, sys
for k in range(1, int(sys.argv[2]) + 1):
    a = numpy.load('%s/%d.npy' % (sys.argv[1], k))
    print(a.dtype, a.shape[0], a.shape[1], *[x.hex() for x in a.ravel().tolist()])
]])
    local pipe = io.popen(("%s %s/show.py %s %d"):format(python, folder, folder, #shapes))
    for k, shape in ipairs(shapes) do
      local words = {}
      for word in pipe:read("l"):gmatch("%S+") do words[#words + 1] = word end
      assert.are.same({"float64", tostring(shape[1]), tostring(shape[2])}, {table.unpack(words, 1, 3)})
      local m = linnet.random(k):normal(shape[1], shape[2])
      for i = 1, shape[1] do
        for j = 1, shape[2] do
          assert.are.equal(m(i, j), tonumber(words[3 + (i - 1) * shape[2] + j]))
        end
      end
    end
    pipe:close()
  end)

  it("reads back what NumPy makes of it: both orders, four types, slices", function()
    local python = support.numpy()
    if not python then return pending("python3 with numpy is not there") end
    local m = linnet.matrix(5, 4, function(i, j) return 10 * i + j - 30 end)
    linnet.npy.save(folder .. "/in.npy", m)
    write(folder .. "/convert.py", [[
import numpy, sys
d = sys.argv[1]
a = numpy.load(d + '/in.npy')
for t in ('f8', 'f4', 'i8', 'i4'):
    numpy.save(d + '/C' + t, numpy.ascontiguousarray(a).astype('<' + t))
    numpy.save(d + '/F' + t, numpy.asfortranarray(a.astype('<' + t)))
    numpy.save(d + '/S' + t, a.astype('<' + t)[::2, 1:3])
]])
    assert(os.execute(("%s %s/convert.py %s"):format(python, folder, folder)))
    for _, kind in ipairs{"f8", "f4", "i8", "i4"} do
      assert.are.equal(m, linnet.npy.load(folder .. "/C" .. kind .. ".npy"))
      assert.are.equal(m, linnet.npy.load(folder .. "/F" .. kind .. ".npy"))
      local part = linnet.matrix(3, 2, function(i, j) return m(2 * i - 1, j + 1) end)
      assert.are.equal(part, linnet.npy.load(folder .. "/S" .. kind .. ".npy"))
    end
  end)

  it("takes any file name", function()
    for _, name in ipairs{"with space", "quote'\"", "new\nline", "-dash", "ünï", "$(touch x)", "%s"} do
      local path = folder .. "/" .. name
      linnet.npy.save(path, linnet.eye(2))
      assert.are.equal(linnet.eye(2), linnet.npy.load(path))
    end
  end)

  it("leaves the old file and no other when the disk is full", function()
    local path = folder .. "/old.npy"
    linnet.npy.save(path, linnet.eye(3))
    write(folder .. "/save.lua", ([[
      local linnet = require "linnet"
      print(pcall(linnet.npy.save, %q, linnet.zeros(1000, 1000)))]]):format(path))
    -- a limit of 64 blocks on the size of files stands for the full disk
    local pipe = io.popen(("trap '' XFSZ; ulimit -f 64; lua5.4 %s/save.lua 2>&1"):format(folder))
    local said = pipe:read("a")
    pipe:close()
    assert.matches("^false%s+linnet.npy.save: " .. path:gsub("%p", "%%%0") .. ": File too large", said)
    assert.are.equal(linnet.eye(3), linnet.npy.load(path))
    local names = io.popen("ls " .. folder .. "/old.npy*"):read("a")
    assert.are.equal(path .. "\n", names)
  end)

  it("writes to devices and through links as they are", function()
    local path = folder .. "/link.npy"
    linnet.npy.save(folder .. "/target.npy", linnet.eye(1))
    assert(os.execute(("ln -s target.npy %s"):format(path)))
    linnet.npy.save(path, linnet.eye(4))
    assert.are.equal(linnet.eye(4), linnet.npy.load(folder .. "/target.npy"))
    linnet.npy.save("/dev/null", linnet.eye(4))
    assert.are.equal("", read("/dev/null"))
    support.refuses(function() linnet.npy.save("/dev/full", linnet.eye(99)) end,
      "linnet.npy.save: /dev/full: No space left on device")
  end)
end)

describe("linnet.npy: misuse", function()
  local cases = {
    {"load()", "linnet.npy.load: path must be the name of a file, got nil"},
    {"load(3)", "linnet.npy.load: path must be the name of a file, got 3"},
    {"load({})", "linnet.npy.load: path must be the name of a file, got a table"},
    {"load('')", 'linnet.npy.load: path must be the name of a file, got ""'},
    {"load('a\\0b')", 'linnet.npy.load: path must be the name of a file, got "a\\0b"'},
    {"save()", "linnet.npy.save: path must be the name of a file, got nil"},
    {"save({}, linnet.eye(1))", "linnet.npy.save: path must be the name of a file, got a table"},
    {"save('x.npy')", "linnet.npy.save: the second argument must be a matrix, got nil"},
    {"save('x.npy', {1, 2})", "linnet.npy.save: the second argument must be a matrix, got a table"},
    {"save('x.npy', 3)", "linnet.npy.save: the second argument must be a matrix, got 3"},
    {"save('x.npy', io.stdout)", "linnet.npy.save: the second argument must be a matrix, got a userdata"},
    {"save('/no/such/x.npy', linnet.eye(1))", "linnet.npy.save: /no/such/x.npy: No such file or directory"},
  }
  support.refused(it, "npy.", cases, true)

  it("makes no file", function() assert.is_nil(io.open("x.npy")) end)

  it("of the core's own functions is refused too", function()
    assert.has_error(function() core.files.npy_load("a\0b") end)
    assert.has_error(function() core.files.npy_save("x.npy", {}) end)
  end)
end)
