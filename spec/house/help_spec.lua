-- help: the manual reaches everything a user can, by name and by function.
-- SPDX-License-Identifier: MIT

local linnet = require "linnet"
local help = require "linnet.shell.help"
local pages = require "linnet.manual"

-- Shared between modules, or by specs, and no part of the interface.
local INTERNAL = {}
for name in ([[linnet.csv.read linnet.plot.heatmap_svg linnet.random.own
  linnet.repl.greet linnet.help.show linnet.report.new
  problem:reduced state:reduced state:kernel_reduced
  state:start]]):gmatch("%S+") do
  INTERNAL[name] = true
end

-- What `linnet.` offers: the interface.
local PUBLIC = [[matrix zeros ones eye diag linspace logspace is_matrix threads random npy csv data
  problem load exact theory plot heatmap ensemble sweep report record help doctor repl options
  blas_info]]

local function named(name)
  for _, page in ipairs(pages) do
    if page.name == name then return page end
  end
end

describe("help", function()
  it("has a page for every public function of linnet and its modules", function()
    local missing, seen = {}, 0
    local function want(name)
      seen = seen + 1
      if not named(name) and not INTERNAL[name] then missing[#missing + 1] = name end
    end
    for name in PUBLIC:gmatch("%S+") do
      local value = assert(linnet[name], name)
      if type(value) == "function" or (getmetatable(value) or {}).__call then
        want("linnet." .. name)
      end
      if type(value) == "table" then
        for inner, f in pairs(value) do
          if type(f) == "function" and not linnet[inner] then
            want("linnet." .. name .. "." .. inner)
          end
        end
      end
    end
    table.sort(missing)
    assert.equal("", table.concat(missing, ", "))
    assert.is_true(seen > 50)
  end)

  it("has a page for every method of every type", function()
    local missing, seen = {}, 0
    for _, kind in ipairs{"matrix", "random", "problem", "state", "run"} do
      for method, value in pairs(help.methods(kind)) do
        if type(value) == "function" and not method:match("^_") then
          seen = seen + 1
          local name = kind .. ":" .. method
          if not named(name) and not INTERNAL[name] then missing[#missing + 1] = name end
        end
      end
    end
    table.sort(missing)
    assert.equal("", table.concat(missing, ", "))
    assert.is_true(seen > 80)
  end)

  it("names only what exists", function()
    local ghosts = {}
    for _, page in ipairs(pages) do
      if page.signature:find("(", 1, true) and not help.reach(page.name) then
        ghosts[#ghosts + 1] = page.name
      end
    end
    assert.equal("", table.concat(ghosts, ", "))
  end)

  it("shows the same page by name and by function", function()
    local m = linnet.eye(2)
    assert.equal(help.text("matrix:svd"), help.text(m.svd))
    assert.equal(help.text("linspace"), help.text(linnet.linspace))
    assert.truthy(help.text(m.svd):find(named("matrix:svd").text:match("^[^\n]+"), 1, true))
  end)

  it("shows every option with what it allows", function()
    local text = help.text("flow")
    for _, entry in ipairs(linnet.options.schemas.flow) do
      assert.truthy(text:find("\n  " .. entry.name .. " ", 1, true), entry.name)
    end
    assert.truthy(help.text("init.gaussian"):find("alpha", 1, true))
  end)

  it("lists the methods of an object", function()
    assert.truthy(help.text(linnet.eye(2)):find("svd", 1, true))
    assert.falsy(help.text(linnet.random(1)):find("svd", 1, true))
  end)

  it("suggests the nearest name and refuses what is not ours", function()
    assert.error_matches(function() help.text("linspce") end, "did you mean 'linspace'")
    assert.error_matches(function() help.text(print) end, "not a name, function or object")
  end)
end)
