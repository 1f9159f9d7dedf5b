--- spec/house/graph_spec.lua: who requires whom in lua/: no cycle, nobody the package root, and
-- `require "linnet"` loads no more than it needs.
-- SPDX-License-Identifier: MIT
package.path = "spec/?.lua;" .. package.path
local support = require "support"

-- Modules by name: the modules that their sources require, at loading or later.
local function graph()
  local edges = {}
  local pipe <close> = io.popen("find lua -name '*.lua'")
  for path in pipe:lines() do
    local name = path:match("^lua/(.*)%.lua$"):gsub("/init$", ""):gsub("/", ".")
    edges[name] = {}
    for line in support.read(path):gmatch("[^\n]+") do
      local code = not line:match("^%s*%-%-") and line:gsub("%-%- .*$", "") or ""
      for other in code:gmatch("require%s*%(?%s*[\"']([%w_.]+)[\"']") do
        if other:match("^linnet") and other ~= "linnet.core" and other ~= name then
          edges[name][#edges[name] + 1] = other
        end
      end
    end
  end
  return edges
end

-- A cycle as text, or nil.
local function cycle(edges)
  local state, way = {}, {}
  local function visit(name)
    if state[name] == "done" then return nil end
    way[#way + 1] = name
    if state[name] == "open" then return table.concat(way, " -> ") end
    state[name] = "open"
    for _, other in ipairs(edges[name] or {}) do
      local found = visit(other)
      if found then return found end
    end
    way[#way], state[name] = nil, "done"
  end
  for name in pairs(edges) do
    local found = visit(name)
    if found then return found end
  end
end

-- Who may: what hands the package to the user at the prompt.
local HANDS_OVER = {["linnet.shell.repl"] = true}

describe("The modules", function()
  local edges = graph()

  it("require each other without a cycle, at loading or later", function()
    local count = 0
    for _ in pairs(edges) do count = count + 1 end
    assert.is_true(count > 50)
    assert.is_nil(cycle(edges))
  end)

  it("are seen by this check: an edge back makes a cycle", function()
    local broken = graph()
    table.insert(broken["linnet.options"], "linnet.sweep")
    assert.matches("linnet.sweep", cycle(broken), 1, true)
  end)

  it("never require the package root, which is for users", function()
    local guilty = {}
    for name, others in pairs(edges) do
      for _, other in ipairs(others) do
        if other == "linnet" and not HANDS_OVER[name] then guilty[#guilty + 1] = name end
      end
    end
    assert.equal("", table.concat(guilty, " "))
  end)

  it("load each alone, without the root", function()
    local names = {}
    for name in pairs(edges) do
      if name ~= "linnet" then names[#names + 1] = ("%q"):format(name) end
    end
    local said = support.child(([[
      for _, name in ipairs{%s} do
        for loaded in pairs(package.loaded) do
          if loaded:match("^linnet") and loaded ~= "linnet.core" then
            package.loaded[loaded] = nil
          end
        end
        local ok, why = pcall(require, name)
        if not ok then print(name, why) end
        if package.loaded.linnet then print(name, "loads the root") end
      end
      print "all"]]):format(table.concat(names, ",")))
    assert.equal("all", table.concat(said, "\n"))
  end)

  it("are loaded when something of them is first asked for", function()
    local said = support.child([[
      local linnet = require "linnet"
      for _, name in ipairs{"options", "flow", "run", "start", "plot", "sweep", "ensemble",
        "report", "record", "theory", "data"} do
        if package.loaded["linnet." .. name] then print(name) end
      end
      print(linnet.eye(2):t(), package.loaded["linnet.flow"])]])
    assert.equal(3, #said, table.concat(said, " "))
    assert.matches("nil$", said[#said])
  end)
end)
