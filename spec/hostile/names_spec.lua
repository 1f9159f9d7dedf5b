--- spec/hostile/names_spec.lua: a file may be called anything. Every public function that takes a
-- path is given names with spaces, quotes, newlines, leading dashes and what a shell or gnuplot
-- would run; exactly that file appears, nothing runs, and nothing else is left in the folder.
-- (Figures: spec/run/plot_spec.lua; texts inside pages: spec/run/report_spec.lua.)
--
-- SPDX-License-Identifier: MIT
local lfs = require "lfs"
local linnet = require "linnet"
local support = require "support"

local ROOT = lfs.currentdir()
local NAMES = {
  "with space", "it's \"quoted\"", "new\nline", "-rf", "--help", "`touch MARK`", "$(touch MARK)",
  "| touch MARK", "; touch MARK;", "ünïcode", "%s%n%d", "*?[x]", "<b>&amp;", "~", "-", "#x",
}

local X, Y = linnet.data.gaussian{n = 5, D = 8, m = 1, seed = 1}
local p = linnet.problem(X, Y)
local run = p:flow(p:init("gaussian", {h = 20, seed = 1}), {t = 1})
local over = {over = {["a<b>"] = {1, 2}}, seeds = 2, measure = {"y"},
  run = function(point) return {y = point["a<b>"]} end}
local result = linnet.sweep(over):run{progress = false}

local function contents(path)
  local file = assert(io.open(path, "rb"))
  local text = file:read("a")
  file:close()
  return text
end

-- Ending, and a function that writes the file and, where one does, reads it back.
local WAYS = {
  {"npy", ".npy", function(path)
    linnet.npy.save(path, X)
    assert.is_true(linnet.npy.load(path) == X)
  end},
  {"npz", ".npz", function(path)
    linnet.npz.save(path, {X = X})
    assert.is_true(linnet.npz.load(path).X == X)
  end},
  {"run:csv", ".csv", function(path)
    run:csv(path)
    assert.equal(#run.t, #linnet.csv.load(path))
  end},
  {"problem", "", function(path)
    p:save(path)
    assert.equal(p, linnet.load(path))
  end},
  {"state", "", function(path)
    run.final:save(path)
    assert.equal(run.final:loss(), linnet.load(path):loss())
  end},
  {"csv", ".csv", function(path)
    linnet.csv.save(path, X)
    assert.is_true(linnet.csv.load(path) == X)
  end},
  {"data.csv", ".csv", function(path)
    linnet.csv.save(path, X)
    assert.equal(7, linnet.data.csv(path, {target = 8}):cols())
  end},
  {"record", "", function(path)
    linnet.record.save(path, {x = 1})
    assert.equal(1, linnet.record.load(path).x)
    assert.equal(2, #linnet.record.read(path))
  end},
  {"run:save and load", "", function(path)
    run:save(path)
    assert.equal(run.loss(1), linnet.load(path).loss(1))
  end},
  {"run:plot", ".svg", function(path)
    run:plot("loss", path)
    assert.truthy(contents(path):find("<svg", 1, true))
  end},
  {"sweep:run and merge", ".jsonl", function(path)
    linnet.sweep(over):run{out = path, progress = false}
    linnet.sweep(over):run{out = path, resume = true, progress = false}
    assert.is_true(linnet.sweep.merge{path}.y == result.y)
  end},
  {"result:save", ".jsonl", function(path)
    result:save(path)
    assert.is_true(linnet.sweep.load(path).y == result.y)
  end},
  {"result:plot", ".svg", function(path) result:plot("y", {file = path}) end},
  {"report:save", ".html", function(path)
    linnet.report{title = path}:code(path):save(path)
    assert.is_nil(contents(path):find("<b>", 1, true))
  end},
  {"result:report", ".html", function(path)
    result:report(path)
    assert.is_nil(contents(path):find("<b>", 1, true))
  end},
}

describe("a file name", function()
  local dir

  before_each(function()
    dir = support.folder()
    lfs.chdir(dir) -- so that a name may begin with what it likes
  end)

  after_each(function()
    lfs.chdir(ROOT)
    os.execute("rm -rf " .. dir)
  end)

  local function listing()
    local list = {}
    for name in lfs.dir(".") do
      if name ~= "." and name ~= ".." then list[#list + 1] = name end
    end
    table.sort(list)
    return list
  end

  for _, way in ipairs(WAYS) do
    it("of any kind will do for " .. way[1], function()
      for _, name in ipairs(NAMES) do
        local path = name .. way[2]
        way[3](path)
        assert.same({path}, listing())
        assert(os.remove(path))
      end
    end)
  end

  it("of any kind will do for the command", function()
    local function quoted(text) return "'" .. text:gsub("'", "'\\''") .. "'" end
    local function linnet_command(words, ...)
      local parts = {}
      for i, word in ipairs{...} do parts[i] = quoted(word) end
      local command = ("LUA_PATH=%s LUA_CPATH=%s lua5.4 %s %s </dev/null >out 2>&1"):format(
        quoted(package.path:gsub("^%./", ROOT .. "/"):gsub(";%./", ";" .. ROOT .. "/")),
        quoted(package.cpath), quoted(ROOT .. "/bin/linnet"), words:format(table.unpack(parts)))
      assert.is_true(os.execute(command) or false, contents("out"))
      os.remove("out")
    end
    for _, name in ipairs(NAMES) do
      local stem = "./" .. name
      local spec, out, page = stem .. ".lua", stem .. ".jsonl", stem .. ".html"
      local file = assert(io.open(spec, "w"))
      file:write([[local linnet = require "linnet"
        return linnet.sweep{over = {a = {1, 2}}, seeds = 2, measure = {"y"},
          run = function(point) return {y = point.a} end}]])
      file:close()
      linnet_command("sweep %s --quiet --out %s --threads 2", spec, out)
      linnet_command("merge --quiet %s", out)
      linnet_command("report --out %s %s", page, out)
      assert.is_nil(contents(page):find("<b>", 1, true))
      local expected = {spec:sub(3), out:sub(3), page:sub(3)}
      table.sort(expected)
      assert.same(expected, listing())
      for _, path in ipairs(expected) do assert(os.remove(path)) end
    end
  end)

  it("with a NUL, or that is none, is refused by every way in", function()
    local ways = {
      linnet.npy.load, linnet.npz.load, linnet.csv.load, linnet.load,
      linnet.record.load, linnet.record.read,
      linnet.record.writer, linnet.sweep.load,
      function(path) run:csv(path) end, function(path) p:save(path) end,
      function(path) run.final:save(path) end, function(path) linnet.npz.save(path, {X = X}) end,
      function(path) linnet.npy.save(path, X) end, function(path) linnet.csv.save(path, X) end,
      function(path) linnet.data.csv(path, {target = 1}) end, function(path) run:save(path) end,
      function(path) run:plot("loss", path) end, function(path) result:save(path) end,
      function(path) linnet.record.save(path, 1) end,
      function(path) result:plot("y", {file = path}) end,
      function(path) linnet.report{title = "t"}:save(path) end,
      function(path) result:report(path) end,
      function(path) linnet.sweep(over):run{out = path, progress = false} end,
      function(path) linnet.sweep.merge{path} end,
    }
    for i, way in ipairs(ways) do
      for _, path in ipairs{"a\0b.svg", "a.html\0.html", ""} do
        local ok = pcall(way, path)
        if ok then error(("way %d takes %q"):format(i, path)) end
      end
    end
    assert.same({}, listing())
  end)
end)
