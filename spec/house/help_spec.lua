-- help: the manual reaches everything a user can, by name and by function.
-- SPDX-License-Identifier: MIT

local linnet = require "linnet"
local help = require "linnet.shell.help"
local types = require "linnet.types"
local pages = require "linnet.manual"

-- Shared between modules, or by specs, and no part of the interface.
local INTERNAL = {}
for name in ([[linnet.csv.read linnet.plot.heatmap_svg linnet.random.own
  linnet.repl.greet linnet.help.show linnet.report.new
  problem:reduced state:reduced state:kernel_reduced state:parts state:units state:moved
  state:start state:folded]]):gmatch("%S+") do
  INTERNAL[name] = true
end

-- What `linnet.` offers: the interface.
local PUBLIC = [[matrix zeros ones eye diag linspace logspace is_matrix threads random npy npz csv
  data
  problem load exact theory parametrization plot heatmap ensemble sweep report record help doctor
  repl options
  blas_info]]

-- What stands before the options of functions that take more.
local function calls()
  local X, Y = linnet.data.gaussian{n = 5, D = 8, seed = 1}
  local p = linnet.problem(X, Y)
  local s = p:init("gaussian", {h = 10, seed = 1})
  local run, path = p:flow(s, {t = 1}), os.tmpname()
  local sweep = linnet.sweep{over = {a = {1, 2}, b = {1, 2}}, run = function(at) return at.a end}
  local result = sweep:run()
  return {
    ["problem:flow"] = {p, s}, ["problem:descend"] = {p, s}, ["problem:init"] = {p},
    ["problem:stable_step"] = {p, s}, ["state:hessian"] = {s},
    ["parametrization:init"] = {linnet.parametrization{kind = "mup", h = 9}, p},
    ["state:bounds"] = {s}, ["run:bounds"] = {run}, ["sweep:run"] = {sweep},
    ["result:plot"] = {result, "value"}, ["result:heatmap"] = {result, "value"},
    ["result:save"] = {result, path}, ["report:table"] = {linnet.report{title = "t"}},
    ["linnet.problem"] = {X, Y}, ["linnet.csv.save"] = {path, X}, ["linnet.csv.load"] = {path},
    ["linnet.data.csv"] = {path}, ["linnet.data.split"] = {X, Y},
    ["linnet.data.standardize"] = {X}, ["linnet.ensemble"] = {p},
    ["linnet.sweep.merge"] = {{path}},
  }
end

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
          if type(f) == "function" and not types.public(inner) then
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

  it("shows the options that the function checks", function()
    local before, wrong, count = calls(), {}, 0
    for _, page in ipairs(pages) do
      if page.schema then
        local arguments = before[page.name] or {}
        arguments[#arguments + 1] = {qqqq = 1}
        local ok, e = pcall(help.reach(page.name), table.unpack(arguments))
        local checked = not ok and tostring(e):match("([%w_.]+): unknown option 'qqqq'")
        count = count + 1
        if checked ~= page.schema then
          wrong[#wrong + 1] = ("%s shows %s: %s"):format(page.name, page.schema, tostring(e))
        end
      end
    end
    assert.equal("", table.concat(wrong, "\n"))
    assert.is_true(count > 25, count)
    assert.equal("sweep.plot", named("result:plot").schema)
    assert.is_nil(named("result:report").schema)
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

  it("lists the methods of an object, a line each", function()
    assert.truthy(help.text(linnet.eye(2)):find("\n  :svd +Singular value"))
    assert.falsy(help.text(linnet.random(1)):find("svd", 1, true))
  end)

  it("knows the fields of every type, and they are there", function()
    local X, Y = linnet.data.gaussian{n = 5, D = 8, seed = 1}
    local p = linnet.problem(X, Y)
    local s = p:init("gaussian", {h = 9, seed = 1})
    local sweep = linnet.sweep{over = {h = {9}}, problem = p, init = "gaussian", flow = {t = 1},
      measure = {"distance"}}
    local objects = {problem = p, state = s, run = p:descend(s, {eta = 0.01, steps = 2}),
      result = sweep:run{progress = false}, ensemble = linnet.ensemble(p,
        {init = {"gaussian", h = 9}, seeds = 2, flow = {t = 1}})}
    for kind, object in pairs(objects) do
      assert.is_true(#help.fields(kind) >= 6, kind)
      for _, field in ipairs(help.fields(kind)) do
        assert.is_not_nil(object[field], kind .. "." .. field)
        assert.truthy(help.text(object):find("\n  ." .. field .. " ", 1, true), field)
      end
    end
  end)

  it("shows modules, with a line for each function", function()
    assert.equal(help.text("linnet.theory"), help.text(linnet.theory))
    assert.truthy(help.text(linnet.theory):find("\n  .theorem1 +2 sigma_r^2 c"))
    assert.equal(help.text(), help.text(linnet))
  end)

  it("puts first what is most likely meant", function()
    for word, first in pairs{flow = "problem:flow(s, opts)", init = "problem:init(kind, [opts])",
      save = "problem:save(path)", imbalance = "state:imbalance()", state = "state"} do
      assert.equal(first, help.text(word):match("^[^\n]*"))
    end
  end)

  it("finds pages and guides by what they say", function()
    local text = help.text("Theorem 1")
    for _, name in ipairs{"linnet.theory.theorem1", "state:rates", "docs/mathematics.md"} do
      assert.truthy(text:find(name, 1, true), name)
    end
  end)

  it("says what a page cites, and where it can be read", function()
    local text = help.text("theory.theorem1")
    assert.truthy(text:find("[M21] Min, Tarmoun, Vidal, Mallada", 1, true))
    local path = assert(text:match("Sections and references: (%S+)"))
    assert(io.open(path)):close()
  end)

  it("fits a window of 80 columns", function()
    local wide = {}
    local function check(name, text)
      local prose = text:gsub("\nExample:\n.*", "")
      for line in prose:gmatch("[^\n]+") do
        if (utf8.len(line) or #line) > 80 then wide[#wide + 1] = name .. ": " .. line end
      end
    end
    for _, page in ipairs(pages) do check(page.name, help.text(page.name)) end
    check("the index", help.text())
    assert.equal("", table.concat(wide, "\n"))
  end)

  it("names every kind of start, as the guide and section 5 of the mathematics do", function()
    local places = {help = help.text("problem:init")}
    for _, name in ipairs{"guide", "mathematics"} do
      local file <close> = assert(io.open(("docs/%s.md"):format(name)))
      places[name] = file:read("a")
    end
    for _, kind in ipairs(require("linnet.start").names) do
      for place, text in pairs(places) do
        assert.truthy(text:find("%f[%w_]" .. kind .. "%f[^%w_]"), kind .. ": " .. place)
      end
    end
  end)

  it("suggests the nearest name and refuses what is not ours", function()
    assert.error_matches(function() help.text("linspce") end, "did you mean 'linspace'")
    assert.error_matches(function() help.text(print) end, "not a name, function, module or object")
  end)
end)
