--- spec/hostile/whole_spec.lua: every file is the old one or the new one, whatever stops its
-- writing: a kill at any moment, a disk that is full at any byte; and what is replaced keeps its
-- mode. SPDX-License-Identifier: MIT
package.path = "spec/?.lua;" .. package.path
local lfs = require "lfs"
local linnet = require "linnet"
local support = require "support"

-- What writes a file, by its ending: `make[ending](path, version)`, versions of different lengths.
local MAKE = [[
  local linnet = require "linnet"
  local make = {}
  function make.npy(path, v) linnet.npy.save(path, linnet.ones(40 * v, 10)) end
  function make.npz(path, v)
    linnet.npz.save(path, {a = linnet.ones(40 * v, 10), b = linnet.eye(9)})
  end
  function make.csv(path, v) linnet.csv.save(path, linnet.ones(40 * v, 10), {names = NAMES}) end
  function make.jsonl(path, v) linnet.record.save(path, {x = linnet.ones(40 * v, 5)}) end
  function make.html(path, v)
    linnet.report{title = "T"}:code(("line\n"):rep(400 * v)):save(path)
  end
  make.md = make.html
  local sweep = linnet.sweep{over = {a = {1, 2, 3}}, seeds = 9,
    run = function(point) return {y = point.a} end}
  function make.sweep(path, v) sweep:run{progress = false}:save(path, {canonical = v == 1}) end
]]
MAKE = MAKE:gsub("NAMES", '{"a", "b", "c", "d", "e", "f", "g", "h", "i", "j"}')
local ENDINGS = {"npy", "npz", "csv", "jsonl", "html", "md", "sweep"}

local make = assert(load(MAKE .. " return make"))()

describe("a file", function()
  local dir

  before_each(function() dir = support.folder() end)
  after_each(function() support.remove(dir) end)

  -- The contents of the two versions; records hold a date.
  local function versions(ending)
    local texts = {}
    for v = 1, 2 do
      make[ending](dir .. "/v." .. ending, v)
      texts[v] = support.read(dir .. "/v." .. ending)
    end
    os.remove(dir .. "/v." .. ending)
    return texts
  end

  local function is_version(text, texts)
    local function plain(s) return (s:gsub('"written":%b{}', ""):gsub('"cost":%b{},', "")) end
    return plain(text) == plain(texts[1]) or plain(text) == plain(texts[2])
  end

  local function strays()
    local count = 0
    for name in lfs.dir(dir) do
      if name:find("^%.linnet") then count = count + 1 end
    end
    return count
  end

  it("is whole after kill -9 at any moment of its writing", function()
    support.write(dir .. "/run.lua", MAKE .. [[
      local ending, path = ...
      for k = 0, math.huge do make[ending](path, k % 2 + 1) end]])
    local kills, left = 0, 0
    for _, ending in ipairs(ENDINGS) do
      local texts, path = versions(ending), dir .. "/a." .. ending
      make[ending](path, 1)
      for delay = 1, 8 do
        local command = "lua5.4 %s/run.lua %s %s >/dev/null 2>&1 & echo $!; wait"
        local pipe = io.popen(command:format(dir, ending, path))
        local pid = pipe:read("l")
        os.execute(("sleep %.3f; kill -9 %s"):format(0.05 + 0.017 * delay, pid))
        pipe:close()
        kills, left = kills + 1, left + strays()
        for name in lfs.dir(dir) do
          if name:find("^%.linnet") then os.remove(dir .. "/" .. name) end
        end
        assert.is_true(is_version(support.read(path), texts), ending)
      end
    end
    -- between getting a name and taking the other's there is a moment, of microseconds
    assert.is_true(left <= kills / 4, ("%d of %d left a file"):format(left, kills))
  end)

  it("is whole when the disk is full at any byte, and nothing else is left", function()
    if not os.execute("prlimit --version >/dev/null 2>&1") then
      pending("there is no prlimit here")
      return
    end
    support.write(dir .. "/fill.lua", MAKE .. [[
      local dir, endings = ...
      local pid = io.open("/proc/self/stat"):read("n")
      local function limit(bytes)
        assert(os.execute(("prlimit --pid %d --fsize=%s:"):format(pid, bytes)))
      end
      local function read(path)
        local file <close> = assert(io.open(path, "rb"))
        return file:read("a")
      end
      for ending in endings:gmatch("%w+") do
        local path = dir .. "/a." .. ending
        make[ending](path, 2)
        local size, kept = #read(path)
        make[ending](path, 1)
        kept = read(path)
        local failed = 0
        for bytes = 0, size + 40, math.max(1, size // 60) do
          limit(bytes)
          local ok = pcall(make[ending], path, 2)
          limit("unlimited")
          if not ok then failed = failed + 1 end
          assert(ok == (bytes >= size) or ending == "sweep", ending .. " at " .. bytes)
          if not ok then assert(read(path) == kept, ending .. " changed at " .. bytes) end
          make[ending](path, 1)
          kept = read(path)
        end
        assert(failed > 50, ending)
      end
      -- A sweep's own file keeps its records, and goes on when there is room.
      local path = dir .. "/own.jsonl"
      for bytes = 0, 4000, 57 do
        os.remove(path)
        limit(bytes)
        local ok, e = pcall(sweep.run, sweep, {out = path, progress = false})
        limit("unlimited")
        local there = io.open(path)
        assert(not there or not linnet.record.read(path).torn)
        local whole = sweep:run{out = path, progress = false, resume = true}
        assert(whole.missing == 0 and (ok or tostring(e):find("File too large", 1, true)), e)
      end
      print("held")]])
    local said = io.popen(("trap '' XFSZ; lua5.4 %s/fill.lua %s '%s' 2>&1"):format(dir, dir,
      table.concat(ENDINGS, " "))):read("a")
    assert.matches("held\n$", said)
    assert.equal(0, strays())
  end)

  it("keeps its mode, and its link stays a link", function()
    for _, ending in ipairs(ENDINGS) do
      local path, link = dir .. "/real." .. ending, dir .. "/link." .. ending
      make[ending](path, 1)
      os.execute("chmod 640 " .. path)
      lfs.link("real." .. ending, link, true)
      make[ending](link, 2)
      assert.equal("link", lfs.symlinkattributes(link, "mode"))
      assert.equal("rw-r-----", lfs.attributes(path, "permissions"))
      assert.is_true(is_version(support.read(path), versions(ending)))
    end
    assert.equal(0, strays())
  end)

  it("that another process is writing is left alone, by every way", function()
    for _, ending in ipairs(ENDINGS) do
      local path = dir .. "/a." .. ending
      local writer <close> = linnet.record.writer(path)
      writer:append{x = 1}
      local ok, why = pcall(make[ending], path, 1)
      assert.is_false(ok)
      assert.matches("another process is writing it", tostring(why))
      assert.equal('{"x":1}\n', support.read(path))
    end
  end)

  it("whose writer finds it removed or replaced is not written on", function()
    for _, command in ipairs{"rm %s", "mv %s %s.old", "cp %s %s.2; mv %s.2 %s"} do
      local path = dir .. "/a.jsonl"
      local writer <close> = linnet.record.writer(path)
      writer:append{x = 1}
      os.execute((command:gsub("%%s", path)))
      for _, act in ipairs{"sync", "append"} do
        local ok, why = pcall(writer[act], writer, {x = 2})
        assert.is_false(ok)
        assert.matches("removed or replaced while it was written", tostring(why))
      end
      os.remove(path)
    end
  end)
end)
