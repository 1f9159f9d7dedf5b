--- spec/hostile/misuse_spec.lua: every option of every public function, held wrong in every way its
-- schema forbids, and every public function given what it cannot take. The cases are generated
-- from the schemas and from the manual, so a new option or function is tried as soon as it is
-- there. (Shapes, indices and positional numbers of matrices: spec/matrix/misuse_spec.lua.)
--
-- SPDX-License-Identifier: MIT
local linnet = require "linnet"
local manual = require "linnet.manual"
local options = linnet.options

require("linnet.types").everything() -- every schema

local HERE = "spec/hostile/misuse_spec.lua:"
local FOREIGN = {
  {"a string", "no such word"}, {"a fraction", 1.5}, {"a list of words", {"x"}},
  {"a table with a table for a key", {[{}] = 1}}, {"a function", function() return 1 end},
  {"a file", io.stdout}, {"a thread", coroutine.create(print)}, {"true", true}, {"nan", 0 / 0},
  {"-inf", -math.huge}, {"inf", math.huge}, {"a generator", linnet.random(1)},
  {"a matrix", linnet.eye(2)}, {"a foreign object", setmetatable({}, {__name = "foreign"})},
}
local KIND = { -- what a value is to a schema; values that are of none fit `any` alone
  ["a string"] = {"string"}, ["a fraction"] = {"number"}, ["a list of words"] = {"table"},
  ["a table with a table for a key"] = {"table"},
  ["a function"] = {"function"}, ["true"] = {"boolean"}, ["a matrix"] = {"matrix"},
  ["a foreign object"] = {"table"},
}

local function number(word)
  return word == "inf" and math.huge or word == "-inf" and -math.huge or tonumber(word)
end

-- Whether a schema's entry takes a foreign value, as its type reads (not as `options` decides).
local function may_take(entry, what, value)
  if entry.type == "any" then return value == value end
  for kind in entry.type:gmatch("[^|]+") do
    if kind == "any" then return true end
    for _, mine in ipairs(KIND[what] or {}) do
      if mine == kind and not (kind == "string" and entry.choices) then return true end
    end
    if what == "inf" and (kind == "number" or kind == "integer" and entry.float) then
      if (entry.range or ""):match("inf%s*%]$") then return true end
    end
  end
  return false
end

-- {what, value} that `entry` must refuse.
local function wrong_values(entry)
  local list = {}
  local function add(what, value) list[#list + 1] = {what, value} end
  for _, foreign in ipairs(FOREIGN) do
    if not may_take(entry, foreign[1], foreign[2]) then add(foreign[1], foreign[2]) end
  end
  local range = entry.range or ""
  local open, low, high, close = range:match("^([%[(])%s*(%S+)%s*,%s*(%S-)%s*([%])])$")
  low, high = number(low), number(high)
  local numeric = entry.type:find("number") or entry.type:find("integer")
  local function beyond(what, x)
    if numeric then add(what, x) end
    if entry.type:find("list") then add("a list with " .. what, {x}) end
  end
  if low and low > -math.huge then
    beyond("less than the range", low - math.max(1, math.abs(low) / 2))
    if open == "(" then beyond("the open lower end", low) end
  end
  if high and high < math.huge then
    beyond("more than the range", high < 2 ^ 52 and high + math.max(1, high / 2) or 2.0 ^ 64)
    if close == ")" then beyond("the open upper end", high) end
  end
  if entry.choices then
    add("a misspelt choice", entry.choices[1] .. "_")
    add("a choice in capitals", entry.choices[1]:upper() .. "S")
  end
  if entry.type:find("list") then
    add("a list with a gap", {1, nil, 3, n = 3})
    add("a list with nan", {0 / 0})
    add("a list with a word", {1, "2"})
  end
  return list
end

-- Good values of the required options, so that only the wrong one is to blame.
local E = linnet.eye(2)
local REQUIRED = {
  h = 4, lam = 0, scale = 1, t = 1, eta = 1e-3, steps = 2, target = E, a = 1, b = 1, U1 = E, V = E,
  U = E, D = 4, m = 2, rank = 2, sigma_1 = 1, sigma_r = 1, norm_Y = 1, init = "gaussian", seeds = 2,
  flow = {t = 1}, title = "t", columns = {"a"}, rows = {{1}}, x = "a", y = "b", tasks = 2,
  plus = {1, 1}, minus = {1, 1}, product = E, [1] = E, [2] = E,
  state = linnet.problem(E, E):init("gaussian", {h = 4, seed = 1}),
  problem = linnet.problem(E, linnet.ones(2, 1)), theta = linnet.ones(2, 1),
}

local function given_with(schema, name, value)
  local given = {}
  for _, entry in ipairs(schema) do
    if entry.required then given[entry.name] = REQUIRED[entry.name] end
    if schema.name == "data.csv" then given.target = 1 end
  end
  given[name] = value
  return given
end

local function quoted(name) return math.type(name) and tostring(name) or "'" .. name .. "'" end

local X, Y = linnet.data.gaussian{n = 5, D = 8, m = 2, seed = 1}
local p = linnet.problem(X, Y)
local s = p:init("gaussian", {h = 20, seed = 1})
local run = p:flow(s, {t = 1})
local sweep = linnet.sweep{over = {a = {1, 2}, b = {1, 2}}, seeds = 2, measure = {"y"},
  run = function(point) return {y = point.a * point.b} end}
local result = sweep:run{progress = false}
local scaling = linnet.parametrization{kind = "mup", h = 20}
local path = os.tmpname()

-- How a user meets each schema; `init.<kind>` is added below.
local CALLS = {
  problem = function(o) return linnet.problem(X, Y, o) end,
  ["init.matrices"] = function(o) return p:init(o) end,
  flow = function(o) return p:flow(s, o) end,
  descend = function(o) return p:descend(s, o) end,
  parametrization = function(o) return linnet.parametrization(o) end,
  ["parametrization.init"] = function(o) return scaling:init(p, o) end,
  hessian = function(o) return s:hessian(o) end,
  stable_step = function(o) return p:stable_step(s, o) end,
  bounds = function(o) return s:bounds(o), run:bounds(o) end,
  plot = function(o) return linnet.plot(o) end,
  heatmap = function(o) return linnet.heatmap(o) end,
  curve = function(o) return linnet.plot{o} end,
  ["csv.load"] = function(o) return linnet.csv.load(path, o) end,
  ["csv.save"] = function(o) return linnet.csv.save(path, E, o) end,
  ["data.gaussian"] = function(o) return linnet.data.gaussian(o) end,
  ["data.standardize"] = function(o) return linnet.data.standardize(X, o) end,
  ["data.split"] = function(o) return linnet.data.split(X, Y, o) end,
  ["data.csv"] = function(o) return linnet.data.csv(path, o) end,
  ensemble = function(o) return linnet.ensemble(p, o) end,
  ["ensemble.flow"] = function(o)
    return linnet.ensemble(p, {init = {"gaussian", h = 9}, seeds = 2, flow = o})
  end,
  ["ensemble.descend"] = function(o)
    return linnet.ensemble(p, {init = {"gaussian", h = 9}, seeds = 2, descend = o})
  end,
  ["ensemble.test"] = function(o)
    return linnet.ensemble(p, {init = {"gaussian", h = 9}, seeds = 2, flow = {t = 1}, test = o})
  end,
  report = function(o) return linnet.report(o) end,
  ["report.table"] = function(o) return linnet.report{title = "t"}:table(o) end,
  sweep = function(o) return linnet.sweep(o) end,
  ["sweep.run"] = function(o) return sweep:run(o) end,
  ["sweep.merge"] = function(o) return linnet.sweep.merge({path}, o) end,
  ["sweep.save"] = function(o) return result:save(path, o) end,
  ["sweep.plot"] = function(o) return result:plot("y", o) end,
  ["sweep.heatmap"] = function(o) return result:heatmap("y", o) end,
  slurm = function(o) return require("linnet.shell.slurm").write("spec.lua", o) end,
}
for _, schema in ipairs(options.schemas) do
  local home, name = schema.name:match("^(%w+)%.([%w_]+)$")
  if home == "init" and name ~= "matrices" then
    CALLS[schema.name] = function(o) return p:init(name, o) end
  elseif home == "exact" or home == "theory" then
    CALLS[schema.name] = function(o) return linnet[home][name](o) end
  end
end

-- Schemas of specs that ran before this one are not the package's.
local function ours(schema) return not schema.name:find("^spec_") and schema.name ~= "example" end

local count, held = 0, 0

local function expect(message, what, ...)
  count = count + 1
  for _, part in ipairs{...} do
    if not tostring(message):find(part, 1, true) then
      error(("%s: %q does not say %q"):format(what, tostring(message), part), 2)
    end
  end
end

describe("options held wrong:", function()
  for _, schema in ipairs(options.schemas) do
    for _, entry in ipairs(schema) do
      if ours(schema) then
        it(("%s, option %s"):format(schema.name, quoted(entry.name)), function()
          local call, before = CALLS[schema.name], count
          for _, wrong in ipairs(wrong_values(entry)) do
            local what = ("%s given %s"):format(schema.name, wrong[1])
            local given = given_with(schema, entry.name, wrong[2])
            local out, why = options.try(schema.name, given)
            if out then error(what .. ": accepted for option " .. quoted(entry.name)) end
            local must = ("%s: option %s must "):format(schema.name, quoted(entry.name))
            expect(why, what, must, ", got ")
            local ok, message = pcall(function() local r = call(given) return r end)
            if ok then error(what .. ": accepted by the function") end
            expect(message, what, HERE, schema.name:match("^%w+"), quoted(entry.name))
          end
          if count > before then held = held + 1 end
        end)
      end
    end
  end

  for _, schema in ipairs(options.schemas) do
    if ours(schema) then
      it(schema.name .. ", a key or a table that is none of its own", function()
        local given = given_with(schema, "no_such_option", 1)
        local ok, message = pcall(function() local r = CALLS[schema.name](given) return r end)
        assert.is_false(ok)
        expect(message, schema.name, HERE, "unknown option 'no_such_option'")
        given = given_with(schema, {}, 1)
        assert.is_nil((options.try(schema.name, given)))
        for _, foreign in ipairs(FOREIGN) do
          if type(foreign[2]) ~= "table" then
            local out, why = options.try(schema.name, foreign[2])
            assert.is_nil(out)
            expect(why, foreign[1], schema.name .. ": options must be a table, got ")
          end
        end
        for _, entry in ipairs(schema) do
          if entry.required then
            local out, why = options.try(schema.name, given_with(schema, entry.name, nil))
            assert.is_nil(out)
            expect(why, "missing", ("%s: option %s is required"):format(schema.name,
              quoted(entry.name)))
          end
        end
      end)
    end
  end

  it("at least one case for every option, and more than 3000 in all", function()
    local entries = 0
    for _, schema in ipairs(options.schemas) do
      entries = entries + (ours(schema) and #schema or 0)
    end
    assert.equal(entries, held)
    assert.is_true(count > 3000, count)
  end)
end)

-- ---------------------------------------------------------------- arguments that are no options

local objects = {
  matrix = linnet.eye(3), random = linnet.random(1), problem = p, state = s, run = run,
  result = result, sweep = sweep, report = linnet.report{title = "t"}, parametrization = scaling,
}

-- What takes anything, or reports instead of raising, by design.
local ANYTHING = {
  ["linnet.is_matrix"] = true, ["linnet.record.encode"] = true, ["linnet.record.decode"] = true,
  ["linnet.help.methods"] = true, ["linnet.help.reach"] = true, ["linnet.repl.print"] = true,
  ["linnet.help.value"] = true, ["linnet.help.known"] = true, ["linnet.help.fields"] = true,
  ["linnet.help.document"] = true, ["linnet.help.called"] = true,
  ["linnet.repl.run"] = true, ["linnet.repl.command"] = true, ["linnet.sweep.is_sweep"] = true,
  ["linnet.repl.preload"] = true, ["linnet.doctor.report"] = true,
}
-- First arguments that are no misuse although they look foreign.
local FITTING = {
  ["a fraction"] = {"add_", "copy_", "scale_", "chi2", "wide_exponent", "wide_slope", "at", "law",
    "eta"},
  inf = {"add_", "copy_", "scale_", "wide_exponent", "at", "norm"},
  ["-inf"] = {"add_", "copy_", "scale_", "wide_exponent"}, nan = {"add_", "copy_", "scale_"},
  ["a string"] = {"code", "formula", "section", "text", "nearest", "writer", "open", "save",
    "write", "csv"},
  ["a matrix"] = {"diag", "matrix", "add_", "copy_", "emul", "ediv", "hcat", "vcat", "kron",
    "allclose", "solve", "lstsq", "problem", "standardize", "target_values", "imbalance", "law",
    "predict", "help", "text"},
  ["a table with a table for a key"] = {"diag", "matrix", "environment", "summary", "where",
    "imbalance"},
  -- an empty table with a metatable: no options, no rows
  ["a foreign object"] = {"diag", "matrix", "environment", "summary", "where", "bounds", "gaussian",
    "run", "hessian"},
  ["a list of words"] = {"environment"}, ["a generator"] = {"help", "text"},
  ["a function"] = {"map"},
}

local function fits(what, name)
  for _, fitting in ipairs(FITTING[what] or {}) do
    if fitting == name then return true end
  end
  return false
end

describe("public functions given foreign values:", function()
  local cases, functions = 0, 0
  for _, page in ipairs(manual) do
    local kind, method = page.name:match("^(%w+):([%w_]+)$")
    local last = page.name:match("[%w_]+$")
    local has_arguments = (page.signature:match("%((.-)%)") or "") ~= ""
    local reached = (objects[kind] or page.name:find("^linnet%.")) and linnet.help.reach(page.name)
    if has_arguments and reached and not ANYTHING[page.name] then
      functions = functions + 1
      it(page.name, function()
        -- written out, because Lua names in its messages what stands in the source
        local source = kind and ("local _, o, x = ...; local r = o:%s(x); return r"):format(method)
          or ("local linnet, _, x = ...; local r = %s(x); return r"):format(page.name)
        local call = assert(load(source, "@spec/hostile/misuse_spec.lua"))
        for _, foreign in ipairs(FOREIGN) do
          if not fits(foreign[1], last) then
            local ok, message = pcall(call, linnet, objects[kind], foreign[2])
            if ok then error(("%s accepts %s"):format(page.name, foreign[1])) end
            cases = cases + 1
            message = tostring(message)
            -- Records blame the caller of the function that calls them.
            if not page.name:find("^linnet%.record") and not message:find(HERE, 1, true) then
              error(("%s given %s blames another line: %s"):format(page.name, foreign[1], message))
            end
            for _, sign in ipairs{"attempt to ", "lua/linnet/"} do
              if message:find(sign, 1, true) then
                error(("%s given %s fails inside: %s"):format(page.name, foreign[1], message))
              end
            end
          end
        end
      end)
    end
  end

  it("more than 100 of them, in more than 1000 cases", function()
    assert.is_true(functions > 100, functions)
    assert.is_true(cases > 1000, cases)
  end)

  it("leave the objects as they were", function()
    assert.is_true(objects.matrix == linnet.eye(3))
    assert.equal(linnet.random(1):state(), objects.random:state())
    assert.equal(p:flow(s, {t = 1}).final:excess(), run.final:excess())
  end)
end)

os.remove(path)
