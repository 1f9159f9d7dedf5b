--- spec/house/docs_spec.lua: every block of Lua in README and docs runs, blocks of a page one after
-- another.
-- SPDX-License-Identifier: MIT

local lfs = require "lfs"

local PAGES = {"README.md", "docs/guide.md", "docs/numpy.md", "docs/sweeps.md", "docs/howto.md",
  "docs/your-data.md"}

-- The Lua of a page as one chunk whose lines are the page's lines.
local function program(path)
  local lines, inside = {}, false
  for line in io.lines(path) do
    if line:match("^```") then
      inside = line == "```lua"
      line = ""
    end
    lines[#lines + 1] = inside and line or ""
  end
  return table.concat(lines, "\n")
end

describe("the scripts of howto.md", function()
  local home, folder = lfs.currentdir(), nil
  setup(function() folder = require("spec.support").folder() end)
  teardown(function() os.execute("rm -rf '" .. folder .. "'") end)

  for name in lfs.dir("examples/howto") do
    if name:find("%.lua$") then
      it("run as `linnet run` runs them, in any folder: " .. name, function()
        local pipe <close> = assert(io.popen(("cd '%s' && OPENBLAS_NUM_THREADS=1 COLUMNS=80 "
          .. "LINES=24 '%s/bin/linnet' run '%s/examples/howto/%s' 2>&1 </dev/null"):format(folder,
          home, home, name)))
        local said = pipe:read("a")
        assert.is_true(pipe:close(), said)
        for line in said:gmatch("[^\n]+") do
          assert(not line:find("table: 0x", 1, true) and (utf8.len(line) or 0) <= 130, line)
        end
      end)
    end
  end
end)

describe("the documentation", function()
  local home, folder = lfs.currentdir(), nil

  -- Pages write figures and reports into the folder they run in.
  before_each(function()
    folder = os.tmpname()
    os.remove(folder)
    assert(lfs.mkdir(folder))
    assert(lfs.link(home .. "/examples", folder .. "/examples", true))
  end)

  after_each(function()
    assert(lfs.chdir(home))
    os.execute("rm -rf '" .. folder .. "'")
  end)

  for _, path in ipairs(PAGES) do
    it("runs as printed: " .. path, function()
      local printed = {}
      local env = setmetatable({print = function(...)
        local words = table.pack(...)
        for i = 1, words.n do words[i] = tostring(words[i]) end
        printed[#printed + 1] = table.concat(words, "\t")
      end, io = setmetatable({write = function() end}, {__index = io})}, {__index = _G})
      local chunk = assert(load(program(path), "@" .. path, "t", env))
      assert(lfs.chdir(folder))
      chunk()
      for _, line in ipairs(printed) do
        assert.is_nil(line:match("^table: 0x"), path .. " prints an address: " .. line)
      end
    end)
  end

  it("shows pieces of the scripts that run, and each script somewhere", function()
    local read = require("spec.support").read
    local sections, shown, text = {}, {}, read("docs/howto.md")
    for line in text:gmatch("[^\n]*\n") do
      if line:find("^## ") then sections[#sections + 1] = "" end
      if #sections > 0 then sections[#sections] = sections[#sections] .. line end
    end
    for _, section in ipairs(sections) do
      local name = section:match("Whole:%s+`(examples/howto/[%w_.]+)`")
      for block in section:gmatch(name and "```lua\n(.-)\n```" or "^$") do
        local script, indented = read(name), block:gsub("\n", "\n  ")
        assert(script:find(block, 1, true) or script:find(indented, 1, true), name .. ": " .. block)
        shown[name] = true
      end
    end
    local count = 0
    for name in lfs.dir("examples/howto") do
      local path = "examples/howto/" .. name
      if name:find("%.lua$") then
        count = count + 1
        assert(text:find(path, 1, true), path .. " is in no section")
        -- Tables have a page of their own.
        assert(shown[path] or name == "07_table.lua", path .. " is not shown")
      end
    end
    assert.equal(12, count)
  end)

  it("names files that are there", function()
    for _, path in ipairs(PAGES) do
      for line in io.lines(path) do
        for name in line:gmatch("`(docs/[%w_/.]+)`") do
          assert.is_truthy(io.open(name), path .. " names " .. name)
        end
      end
    end
  end)
end)
