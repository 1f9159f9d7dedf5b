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
