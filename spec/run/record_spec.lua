-- spec/run/record_spec.lua: records keep every bit, refuse everything that is not one, and survive
-- crashes, full disks and second writers. SPDX-License-Identifier: MIT

local core = require "linnet.core"
local lfs = require "lfs"
local record = require "linnet.record"
local support = require "support"

local function bits(x) return string.pack("<d", x) end

local function back(value)
  return assert(record.decode(assert(record.encode(value))))
end

describe("linnet.record", function()
  local dir, path

  before_each(function()
    dir = support.folder()
    path = dir .. "/a.jsonl"
  end)

  after_each(function() support.remove(dir) end)

  local function contents()
    local file = assert(io.open(path, "rb"))
    local text = file:read("a")
    file:close()
    return text
  end

  local function fill(text)
    local file = assert(io.open(path, "wb"))
    file:write(text)
    file:close()
  end

  describe("one line", function()
    it("keeps the bits of 1e5 doubles of every magnitude, infinities and nan", function()
      math.randomseed(20260101)
      local list, special = {}, {1 / 0, -1 / 0, 0.0, -0.0, 5e-324, 2 ^ 53, 1e15, 1e16, 1e17, 0.1}
      for i = 1, 100000 do
        local x = string.unpack("<d", string.pack("<i8", math.random(0)))
        list[i] = x == x and x or special[i % #special + 1]
      end
      table.move(special, 1, #special, #list + 1, list)
      local again = back(list)
      assert.equal(#list, #again)
      for i, x in ipairs(list) do
        if bits(x) ~= bits(again[i]) or math.type(again[i]) ~= "float" then
          error(("%a came back as %s"):format(x, tostring(again[i])))
        end
      end
      local nan = back{x = 0 / 0}.x
      assert.equal("float", math.type(nan))
      assert.is_true(nan ~= nan)
    end)

    it("keeps integers integers and floats floats", function()
      for _, x in ipairs{0, 1, -7, math.maxinteger, math.mininteger, 2 ^ 53 | 1} do
        assert.equal("integer", math.type(back{x}[1]))
        assert.equal(x, back{x}[1])
      end
      for _, x in ipairs{0.0, 1.0, -7.0, 1e6, 1e30, 2.0 ^ 63} do
        assert.equal("float", math.type(back{x}[1]))
        assert.equal(x, back{x}[1])
      end
    end)

    it("tells the string inf from the number", function()
      local again = back{"inf", "-inf", "nan", 1 / 0, "infinite"}
      assert.same({"inf", "-inf", "nan", 1 / 0, "infinite"}, again)
      assert.equal('["\\u0069nf","inf"]', record.encode{"inf", 1 / 0})
    end)

    it("keeps every byte of strings", function()
      local all = {}
      for i = 0, 0x7ff do all[#all + 1] = utf8.char(i) end
      local text = table.concat(all) .. "\u{ffff}\u{10ffff}\\u0041\"/"
      assert.equal(text, back{text}[1])
      assert.is_nil(record.encode{text}:find("%c"))
      assert.same({"A\u{1f426}/"}, record.decode([=[["\u0041\uD83D\udc26\/"]]=]))
    end)

    it("writes equal values as equal text, keys in the order of their bytes", function()
      local t, u = {}, {}
      for i = 1, 50 do t["k" .. i] = i end
      for i = 50, 1, -1 do u["k" .. i] = i end
      assert.equal(record.encode(t), record.encode(u))
      assert.equal('{"B":1,"_":2,"a":{},"a b":[[1],true]}',
        record.encode{a = {}, ["a b"] = {{1}, true}, B = 1, _ = 2})
    end)

    it("refuses what JSON cannot say, and says what", function()
      local cycle = {}
      cycle[1] = cycle
      for want, value in pairs{
        ["a function"] = {f = print}, ["a userdata"] = {io.stdout}, ["deeper than 64"] = cycle,
        ["a list with holes"] = {1, nil, 3}, ["as key beside others"] = {1, x = 2},
        ["not UTF-8"] = {"\xff"}, ["a number as key"] = {[1.5] = 1},
        ["in which matrices are written"] = {matrix = 1, data = 2},
      } do
        local text, why = record.encode(value)
        assert.is_nil(text)
        assert.matches("cannot record ", why, 1, true)
        assert.matches(want, why, 1, true)
      end
    end)

    it("refuses what is not strictly JSON, and says where", function()
      for _, text in ipairs{
        "", " ", "{", "[1,]", "[1 2]", "{,}", '{"a"}', '{"a":1,}', '{"a":1,"a":2}', "{a:1}", "01",
        "-", "+1", ".5", "1.", "1e", "0x10", "1e999", "99999999999999999999", "nan", "inf", "NaN",
        "null", '{"a":null}', "tru", '"a', '"\\x"', '"\\u12"', '"\\ud800"', '"\\udc00"',
        '"\\ud800\\u0041"', '"a\nb"', "'a'", "1 2", "[]]", "{}x", '"\xff"', "return 1", "\0",
        '{"matrix":[2,2],"data":[1.0]}', '{"matrix":[1,1],"data":["x"]}',
        '{"matrix":[4611686018427387904,4],"data":[]}',
        ("["):rep(1000), ("["):rep(65) .. ("]"):rep(65), ('{"a":'):rep(100000),
      } do
        local value, why = record.decode(text)
        assert.is_nil(value, text)
        assert.matches("^position %d+: ", why)
      end
      assert.same({{}, {}}, record.decode(" [ [ ] , { } ] \r\n"))
      assert.truthy(record.decode(("["):rep(64) .. ("]"):rep(64)))
    end)

    it("never runs data", function()
      _G.touched = nil
      record.decode("(function() touched = true end)()")
      record.decode('{"a": os.exit(3)}')
      assert.is_nil(_G.touched)
    end)

    it("gives an error or a value, never a crash, whatever byte of a line is changed", function()
      local line = record.encode{a = {1, 2.5, "x\n\u{e9}"}, b = {c = true, d = 1 / 0}}
      math.randomseed(7)
      local refused = 0
      for _ = 1, 20000 do
        local at = math.random(#line)
        local bad = line:sub(1, at - 1) .. string.char(math.random(0, 255)) .. line:sub(at + 1)
        local value, why = record.decode(bad)
        assert.is_true(value ~= nil or type(why) == "string")
        refused = refused + (value == nil and 1 or 0)
      end
      assert.is_true(refused > 10000)
    end)
  end)

  describe("matrices", function()
    it("come back equal, whatever their shape", function()
      local linnet = require "linnet"
      for _, shape in ipairs{{1, 1}, {3, 2}, {1, 5}, {4, 1}} do
        local m = linnet.matrix(shape[1], shape[2], function(i, j) return i / 3 - j * 1e-7 end)
        local again = back{m = m}.m
        assert.is_true(linnet.is_matrix(again))
        assert.is_true(m == again)
      end
    end)
  end)

  describe("a file", function()
    it("gives back what was appended, and what was there before", function()
      local w = record.writer(path)
      w:append{header = {format = 1}}
      w:append{x = 1 / 3}
      w:close()
      w = record.writer(path)
      local size = #contents()
      assert.same({{header = {format = 1}}, {x = 1 / 3}, size = size, torn = false}, w.values)
      w:append{x = 2}
      w:close()
      assert.equal(2, record.read(path)[3].x)
    end)

    it("loses its torn last line to the next writer, whole lines never", function()
      local whole = '{"header":{}}\n{"x":1}\n'
      local line = '{"x":0.5,"y":[1,2]}'
      for cut = 1, #line do
        fill(whole .. line:sub(1, cut))
        local values = record.read(path)
        assert.is_true(values.torn)
        assert.equal(2, #values)
        local w = record.writer(path)
        w:append{x = 2}
        w:close()
        assert.equal(whole .. '{"x":2}\n', contents())
      end
    end)

    it("is refused, not cut, when a whole line is damaged, and the line named", function()
      local text = '{"header":{}}\n{"x":1\n{"x":2}\n'
      fill(text)
      assert.error_matches(function() record.read(path) end, "a.jsonl: line 2, position 8")
      assert.error_matches(function() record.writer(path) end, "a.jsonl: line 2, position 8")
      assert.equal(text, contents())
      local w = core.appender.open(path) -- and the lock was given back
      assert.is_truthy(w)
      w:close()
    end)

    it("has one writer at a time, in one process or in two", function()
      local w = record.writer(path)
      w:append{x = 1}
      assert.error_matches(function() record.writer(path) end, "another process is writing it")
      local code = ("local ok, why = pcall(require('linnet.record').writer, %q) "
        .. "print(ok, why)"):format(path)
      local pipe = io.popen(("lua5.4 -e %q"):format(code))
      local said = pipe:read("a")
      pipe:close()
      assert.matches("^false.*another process is writing it", said)
      w:close()
      record.writer(path):close()
    end)

    it("is free again when its writer goes out of scope", function()
      do
        local w <close> = record.writer(path)
        w:append{x = 1}
      end
      local w <close> = record.writer(path)
      assert.equal(1, #w.values)
    end)

    it("keeps its records when the disk is full", function()
      -- sh's `ulimit -f` counts 512-byte blocks; beyond it a write fails like on a full disk
      fill('{"x":1}\n')
      local code = ([[
        local record = require "linnet.record"
        local w = record.writer(%q)
        local ok, why
        local n = 1
        repeat n = n + 1; ok, why = pcall(w.append, w, {x = n}) until not ok or n > 1000
        print(n, why)]]):format(path)
      local file = assert(io.open(dir .. "/fill.lua", "w"))
      file:write(code)
      file:close()
      local pipe = io.popen(("trap '' XFSZ; ulimit -f 1; lua5.4 %s/fill.lua"):format(dir))
      local n, why = pipe:read("n", "a")
      pipe:close()
      assert.matches("cannot write .*a.jsonl: File too large", why)
      local values = record.read(path)
      assert.is_false(values.torn)
      assert.equal(n - 1, #values)
      assert.is_true(n > 10)
      for i, value in ipairs(values) do assert.equal(i, value.x) end
    end)

    it("says so when nothing can be written", function()
      local w = record.writer("/dev/full")
      assert.error_matches(function() w:append{x = 1} end,
        "cannot write /dev/full: No space left on device")
      w:close()
      assert.error_matches(function() record.write("/dev/full", {{x = 1}}) end, "No space left")
      assert.equal("char device", lfs.attributes("/dev/full", "mode"))
      assert.error_matches(function() record.writer(dir .. "/no/such.jsonl") end,
        "cannot write .*/no/such.jsonl: No such file")
      assert.error_matches(function() record.writer(dir) end, "Is a directory")
      assert.error_matches(function() record.read(dir .. "/none") end, "cannot read .*none")
    end)

    it("is replaced whole or not at all", function()
      record.write(path, {{x = 1}})
      record.write(path, {{x = 2}, {x = 3}})
      local text = contents()
      assert.error_matches(function() record.write(path, {{x = 4}, {f = print}}) end,
        "cannot record a function")
      assert.equal(text, contents())
      local other = record.writer(path) -- stands for a process that is appending to it
      assert.error_matches(function() record.write(path, {{x = 4}}) end, "another process")
      other:close()
      assert.equal(text, contents())
    end)

    it("is never put in the place of a device or a symbolic link", function()
      local target = dir .. "/target"
      lfs.link(target, path, true)
      record.write(path, {{x = 1}, {x = 2}}) -- dangling: the target appears
      record.write(path, {{x = 3}})
      assert.equal("link", lfs.symlinkattributes(path, "mode"))
      assert.equal("file", lfs.symlinkattributes(target, "mode"))
      assert.equal('{"x":3}\n', contents())
      record.write("/dev/null", {{x = 1}})
      assert.equal("char device", lfs.symlinkattributes("/dev/null", "mode"))
    end)

    it("holds one saved value, of the kind asked for", function()
      record.save(path, {t = {0.5, 1 / 0}, name = "x"}, "run")
      local value, header = record.load(path, "run")
      assert.same({t = {0.5, 1 / 0}, name = "x"}, value)
      assert.equal("run", header.kind)
      assert.error_matches(function() record.load(path, "sweep") end, "holds a run, not a sweep")
      fill('{"x":1}\n')
      assert.error_matches(function() record.load(path) end, "not a header and one value")
    end)

    it("blames the caller of the function that called", function()
      local function user() return (record.read(path .. "none")) end
      local ok, why = pcall(function() local x = user() return x end)
      assert.is_false(ok)
      assert.matches("^spec/run/record_spec.lua:%d+: cannot read ", why)
    end)
  end)

  it("has an appender whose closed file is refused", function()
    local a = core.appender.open(path)
    assert.is_true(a:append("x\n"))
    assert.equal(2, a:size())
    assert.has_error(function() a:truncate(3) end)
    assert.is_true(a:truncate(0))
    assert.is_true(a:close())
    assert.is_true(a:close())
    assert.error_matches(function() a:append("x") end, "the file is closed")
  end)
end)
