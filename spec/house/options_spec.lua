--- spec/house/options_spec.lua: schemas accept what they declare and nothing else.
-- SPDX-License-Identifier: MIT
local options = require "linnet.options"

options.define("spec_flow", {
  summary = "A schema with one option of every kind.",
  {name = "t", type = "number", range = "(0, inf]", required = true, help = "end time"},
  {name = "tol", type = "number", range = "(0, inf)", default = 1e-6, help = "step error"},
  {name = "method", choices = {"auto", "expo2", "expo4", "dopri5", "dop853"}, default = "auto"},
  {name = "h", type = "integer", range = "[1, inf]", float = true},
  {name = "n", type = "integer", range = "[1, 100]"},
  {name = "explicit", type = "boolean", default = true},
  {name = "stop", type = "function"},
  {name = "save_at", type = "list|table", range = "[0, inf)"},
  {name = "target", type = "number|string"},
  {name = "label", type = "string"},
  {name = "even", type = "integer",
    check = function(x) return x % 2 == 0, "must be even" end},
  {name = "anything"},
})
options.define("spec_outer", {{name = "flow", type = "table", schema = "spec_flow"}})

local function try(given)
  given.t = given.t or 1
  return options.try("spec_flow", given)
end

local function message(given)
  local out, why = try(given)
  assert.is_nil(out)
  return why
end

describe("linnet.options", function()
  it("fills in defaults in a new table and leaves the caller's alone", function()
    local nested = {2.5, 3.5}
    local given = setmetatable({t = 2, save_at = nested}, {
      __newindex = function() error("written to") end,
    })
    local out = options.check("spec_flow", given)
    assert.same(1e-6, out.tol)
    assert.same("auto", out.method)
    assert.is_true(out.explicit)
    assert.are_not.equal(given, out)
    assert.are_not.equal(nested, out.save_at)
    out.save_at[1] = 0
    assert.same(2.5, nested[1])
    assert.is_nil(rawget(given, "tol"))
  end)

  it("takes nil as an empty table", function()
    assert.same({}, options.check("spec_outer", nil))
  end)

  it("keeps false apart from nil", function()
    assert.is_false(try({explicit = false}).explicit)
    assert.is_false(try({anything = false}).anything)
    assert.truthy(message({tol = false}):find("got false", 1, true))
  end)

  it("says what is allowed and what was given", function()
    for _, case in ipairs {
      {{tol = -1}, "spec_flow: option 'tol' must be a number > 0, got -1"},
      {{tol = "1"}, "spec_flow: option 'tol' must be a number > 0, got '1'"},
      {{tol = 0 / 0}, "spec_flow: option 'tol' must be a number > 0, got nan"},
      {{tol = math.huge}, "spec_flow: option 'tol' must be a finite number > 0, got inf"},
      {{n = 101}, "spec_flow: option 'n' must be an integer in [1, 100], got 101"},
      {{n = 2.5}, "spec_flow: option 'n' must be an integer in [1, 100], got 2.5"},
      {{h = 0}, "spec_flow: option 'h' must be an integer >= 1, got 0"},
      {{stop = 1}, "spec_flow: option 'stop' must be a function, got 1"},
      {{explicit = {}}, "spec_flow: option 'explicit' must be true or false, got a table"},
      {{target = {}}, "spec_flow: option 'target' must be a number or a string, got a table"},
      {{even = 3}, "spec_flow: option 'even' must be even, got 3"},
      {{tolerance = 1}, "spec_flow: unknown option 'tolerance' (did you mean 'tol'?)"},
      {{mehtod = 1}, "spec_flow: unknown option 'mehtod' (did you mean 'method'?)"},
      {{zzz = 1}, "spec_flow: unknown option 'zzz'"},
      {{[1] = 1}, "spec_flow: unknown option 1"},
      {{method = "expo3"}, "spec_flow: option 'method' must be one of auto, expo2, expo4, dopri5, "
        .. "dop853, got 'expo3' (did you mean 'expo2'?)"},
    } do
      assert.same(case[2], message(case[1]))
    end
    assert.same("spec_flow: option 't' is required: a number > 0",
      select(2, options.try("spec_flow", {})))
    assert.same("spec_flow: options must be a table, got 3", select(2, options.try("spec_flow", 3)))
  end)

  it("reads ranges as intervals, open and closed", function()
    assert.same(math.huge, try({t = math.huge}).t)
    assert.same(1, try({n = 1}).n)
    assert.same(100, try({n = 100}).n)
    assert.is_nil((try({n = 0})))
    assert.is_nil((try({tol = 0})))
    assert.same(5e-324, try({tol = 5e-324}).tol)
    assert.same({0, 2.5}, try({save_at = {0, 2.5}}).save_at)
  end)

  it("makes integers of integral floats, and leaves those beyond 2^63 where declared", function()
    assert.same("integer", math.type(try({n = 12.0}).n))
    assert.same("integer", math.type(try({h = 1e12}).h))
    assert.same(1e30, try({h = 1e30}).h)
    assert.same(math.huge, try({h = math.huge}).h)
    assert.is_nil((try({even = 1e30})))
    assert.is_nil((try({h = 0 / 0})))
    assert.is_nil((try({h = 1e15 + 0.5})))
  end)

  it("raises at the line of the caller of the function that checks", function()
    local function flow(given)
      local o = options.check("spec_flow", given)
      return o
    end
    local line = debug.getinfo(1, "l").currentline + 1
    local ok, why = pcall(function() flow({t = -1}) end)
    assert.is_false(ok)
    assert.truthy(why:find(("options_spec.lua:%d: spec_flow: option 't'"):format(line), 1, true))
  end)

  it("refuses tables that are deep or contain themselves, and copies shared ones once", function()
    local loop = {}
    loop.loop = loop
    assert.truthy(message({save_at = loop}):find("deeper than 16", 1, true))
    local deep = {}
    for _ = 1, 1e5 do deep = {deep} end
    assert.truthy(message({save_at = deep}):find("deeper than 16", 1, true))
    local shared = {x = 1}
    for _ = 1, 14 do
      local wide = {}
      for i = 1, 40 do wide["k" .. i] = shared end
      shared = wide -- 40^14 paths, 15 tables
    end
    local out = try({save_at = shared}).save_at
    assert.equal(out.k1, out.k40)
  end)

  it("checks nested tables by their own schema and names both", function()
    assert.same("spec_outer: spec_flow: option 'tol' must be a number > 0, got -1",
      select(2, options.try("spec_outer", {flow = {t = 1, tol = -1}})))
    assert.same(1e-6, options.try("spec_outer", {flow = {t = 1}}).flow.tol)
  end)

  it("keeps a message on one short line whatever the key or value holds", function()
    for _, given in ipairs {{["a\nb\27[31m"] = 1}, {method = "x\ny\0z"}} do
      assert.is_nil(message(given):find("%c"))
    end
    assert.is_true(#message({method = ("x"):rep(1e6)}) < 200)
    assert.is_true(#message({[("x"):rep(1e6)] = 1}) < 200)
  end)

  it("names the same unknown option whatever the table's order", function()
    for i = 1, 20 do
      local given = {}
      for j = 1, 20 do given["zz" .. (i * j) % 21 + 10] = 1 end
      given.yy = 1
      assert.same("spec_flow: unknown option 'yy'", message(given))
    end
  end)

  it("suggests by least edit distance and stays silent when nothing is near", function()
    assert.same("alpha", options.nearest("alhpa", {"h", "alpha", "seed"}))
    assert.same("max_steps", options.nearest("maxsteps", {"max_seconds", "max_steps"}))
    assert.same("until_excess", options.nearest("until", {"t", "until_excess"}))
    assert.is_nil(options.nearest("colour", {"h", "alpha", "seed"}))
    assert.is_nil(options.nearest(("a"):rep(1e6), {("a"):rep(1e6)}))
  end)

  it("lists schemas in order of definition and describes each option", function()
    local place = {}
    for i, schema in ipairs(options.schemas) do place[schema.name] = i end
    assert.is_true(place.spec_flow < place.spec_outer)
    assert.equal(options.schemas.spec_flow, options.schemas[place.spec_flow])
    local text = options.describe("spec_flow")
    for _, entry in ipairs(options.schemas.spec_flow) do
      assert.truthy(text:find("\n  " .. entry.name .. " ", 1, true)
        or text:find("\n  " .. entry.name, 1, true))
    end
    for line in text:gmatch("[^\n]+") do assert.is_true(#line <= 80, line) end
    assert.truthy(text:find("tol +a number > 0, default 1e%-06: step error"))
  end)

  it("refuses a schema that contradicts itself", function()
    local function refused(entry, what)
      local ok, why = pcall(options.define, "spec_bad", {entry})
      assert.is_false(ok)
      assert.truthy(why:find(what, 1, true))
    end
    refused({name = "x", type = "nubmer"}, "type 'nubmer'")
    refused({name = "x", type = "number", range = "0..1"}, "not a range: 0..1")
    refused({name = "x", type = "number", range = "[2, 1]"}, "not a range: [2, 1]")
    refused({name = "x", type = "number", range = "[0, 1]", default = 2}, "must be a number in")
    refused({name = "x", choises = {}}, "field 'choises'")
    assert.is_nil(options.schemas.spec_bad)
    assert.has_error(function() options.define("spec_flow", {}) end)
  end)
end)
