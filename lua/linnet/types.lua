--- lua/linnet/types.lua: where everything that a user can reach lives: the names of the package,
-- and the fields and methods of its types. A module is loaded when something of it is first asked
-- for.
--
-- Modules return functions and write into no other module: a method `run:rates` is
-- `require("linnet.run.rates").run.rates`. Methods of matrices, problems, states and generators
-- that are written in C lie in `core.types.<type>.methods`.
--
-- What a type has not raises, with the nearest name and what there is. Indices that are no names,
-- and names that begin with `_`, are nil: others look for their own marks there.
--
-- SPDX-License-Identifier: MIT
-- @module linnet.types

local check = require "linnet.check"
local core = require "linnet.core"
local error = require("linnet.failure").raise
local habits = require "linnet.habits"
require "linnet.display" -- how results of the core print

local M = {}

-- ---------------------------------------------------------------- what lives where

--- `linnet.NAME` that is a module.
M.modules = {
  matrix = "linnet.matrix", random = "linnet.random", npy = "linnet.npy", npz = "linnet.npz",
  csv = "linnet.csv",
  data = "linnet.data", theory = "linnet.theory", exact = "linnet.exact", plot = "linnet.plot",
  report = "linnet.report", record = "linnet.record", ensemble = "linnet.ensemble",
  sweep = "linnet.sweep", options = "linnet.options", help = "linnet.shell.help",
  doctor = "linnet.shell.doctor", repl = "linnet.shell.repl",
}

--- `linnet.NAME` that is a function of a module, {module, its name there}.
M.functions = {
  zeros = {"linnet.matrix", "zeros"}, ones = {"linnet.matrix", "ones"},
  eye = {"linnet.matrix", "eye"}, diag = {"linnet.matrix", "diag"},
  linspace = {"linnet.matrix", "linspace"}, logspace = {"linnet.matrix", "logspace"},
  is_matrix = {"linnet.matrix", "is_matrix"}, threads = {"linnet.matrix", "threads"},
  problem = {"linnet.problem", "new"}, heatmap = {"linnet.plot", "heatmap"},
  load = {"linnet.keep", "load"}, parametrization = {"linnet.parametrization", "new"},
}

-- Methods by type: the module that has them. C has others.
local METHODS = {
  random = {state = "linnet.random", restore = "linnet.random", __tostring = "linnet.random"},
  problem = {init = "linnet.start", flow = "linnet.flow", descend = "linnet.descend",
    stable_step = "linnet.hessian", save = "linnet.keep", __tostring = "linnet.problem"},
  state = {predict = "linnet.state", classify = "linnet.state",
    test_accuracy = "linnet.state", kernel = "linnet.state", save = "linnet.keep",
    narrow = "linnet.start.narrow",
    hessian = "linnet.hessian", stable_step = "linnet.hessian",
    __tostring = "linnet.state",
    rates = "linnet.run.ladder", law = "linnet.run.ladder", bounds = "linnet.run.ladder",
    safe_step = "linnet.run.ladder", test_error = "linnet.run.lazy",
    excess_risk = "linnet.run.lazy"},
  run = {at = "linnet.run", verify = "linnet.run.verify", table = "linnet.run",
    save = "linnet.keep",
    csv = "linnet.keep",
    rates = "linnet.run.rates", bounds = "linnet.run.ladder", plot = "linnet.run.plot",
    lazy_deviation = "linnet.run.lazy"},
  parametrization = {init = "linnet.parametrization", eta = "linnet.parametrization"},
  sweep = {run = "linnet.sweep"},
  report = {section = "linnet.report", text = "linnet.report", formula = "linnet.report",
    code = "linnet.report", table = "linnet.report", figure = "linnet.report",
    heatmap = "linnet.report", environment = "linnet.report", write = "linnet.report",
    save = "linnet.report"},
  result = {where = "linnet.sweep.result", summary = "linnet.sweep.result",
    fit_slope = "linnet.sweep.result", save = "linnet.sweep.result",
    plot = "linnet.sweep.picture", heatmap = "linnet.sweep.picture",
    report = "linnet.sweep.report"},
}

-- Fields by type; an object may lack some.
local FIELDS = {
  problem = "n D m rank kappa optimal_loss loss delta classes",
  state = "problem t h kind task seed options explicit sampled std_u std_v",
  run = "t k stats start final problem options columns checkpoints",
  sweep = "spec grid fixed functions names measures roles starts source errors written",
  result = "points seeds axes measures header records missing reason grid by_job vectors failures",
  parametrization = "kind h D m gamma eta_u eta_v a b std_u std_v time wide",
  report = "title lead blocks figures",
  ensemble = "seeds measures threads reason bytes_per_thread seconds_total",
}

local fields = {} -- the same as sets
for kind, names in next, FIELDS do
  fields[kind] = {}
  for name in names:gmatch("%S+") do fields[kind][name] = true end
end

-- ---------------------------------------------------------------- looking them up

--- The method of a type, nil when it has none of that name.
-- @tparam string kind "run"
-- @tparam string name
-- @treturn ?function
function M.method(kind, name)
  local bound = core.types[kind] and rawget(core.types[kind].methods, name)
  if bound then return bound end
  local home = METHODS[kind] and METHODS[kind][name]
  return home and require(home)[kind][name]
end

--- Whether objects of a type have a field or method of that name.
function M.has(kind, name)
  return fields[kind] and fields[kind][name] or METHODS[kind] and METHODS[kind][name] ~= nil
    or core.types[kind] ~= nil and rawget(core.types[kind].methods, name) ~= nil
end

--- All methods of a type by name, nil when there is no such type.
-- @tparam string kind
-- @treturn ?table
function M.methods(kind)
  local bound = core.types[kind]
  if not bound and not METHODS[kind] then return nil end
  local all = {}
  for name, f in next, bound and bound.methods or {} do all[name] = f end
  for name in next, METHODS[kind] or {} do
    if name:sub(1, 1) ~= "_" then all[name] = M.method(kind, name) end
  end
  return all
end

-- Names of fields, of columns and of methods, sorted within each.
local function names_of(kind, columns)
  local names, seen = {}, {}
  local function add(list)
    table.sort(list)
    for _, name in ipairs(list) do
      if not seen[name] then names[#names + 1], seen[name] = name, true end
    end
  end
  local own, methods = {}, {}
  for name in next, fields[kind] or {} do own[#own + 1] = name end
  for name in next, M.methods(kind) or {} do methods[#methods + 1] = name end
  add(own)
  add(table.move(columns, 1, #columns, 1, {}))
  add(methods)
  return names
end

-- The level, as `error` counts in the caller's caller, of the Lua code that reads a field: behind
-- the metamethod, and the one of the core when there is one.
local function reader()
  local level = 4
  while debug.getinfo(level, "S") and debug.getinfo(level, "S").what == "C" do level = level + 1 end
  return level - 1
end

-- Where a method is that was asked of another object: how to call it there.
local OBJECTS = {problem = "p", state = "s", run = "run"}
local function elsewhere(kind, name)
  for _, other in ipairs(OBJECTS[kind] and {"state", "problem", "run"} or {}) do
    if M.methods(other)[name] then
      return ("%ss have it: %s:%s(...)"):format(other, kind == "run" and other == "state"
        and "run.final" or OBJECTS[other], name)
    end
  end
end

local function refuse(kind, name, columns, hint)
  local names = names_of(kind, columns)
  local advice = hint or habits.advice(kind, name) or elsewhere(kind, name)
  error(("%s %s has no field or method '%s'%s"):format(
    kind:find("^[aeiou]") and "an" or "a", kind, name, advice and ": " .. advice
      or ("%s; there are %s"):format(check.suggestion(name, names), table.concat(names, ", "))),
    reader())
end

--- The metatable of a type whose objects are Lua tables.
-- @tparam string kind
-- @tparam table own its metamethods; `__index(self, name)` may compute fields, nil for none
-- @tparam ?function more `more(self, name)` -> names of further fields of this object, and what to
--   say instead of a nearest name
-- @treturn table own
function M.meta(kind, own, more)
  local compute = own.__index
  own.__name = own.__name or "linnet." .. kind
  function own.__index(self, name)
    local value = M.method(kind, name)
    if value == nil and compute then value = compute(self, name) end
    if value ~= nil or type(name) ~= "string" or fields[kind][name] or name:sub(1, 1) == "_" then
      return value
    end
    local columns, hint
    if more then columns, hint = more(self, name) end
    refuse(kind, name, columns or {}, hint)
  end
  return own
end

-- Types of the core: their tables of methods are asked first, then this.
for _, kind in ipairs{"matrix", "random", "problem", "state"} do
  local meta = core.types[kind]
  setmetatable(meta.methods, {__index = function(_, name)
    local value = M.method(kind, name)
    if value ~= nil or type(name) ~= "string" or name:sub(1, 1) == "_" then return value end
    refuse(kind, name, {})
  end})
  if METHODS[kind] and METHODS[kind].__tostring then
    function meta.__tostring(self) return M.method(kind, "__tostring")(self) end
  end
end

-- ---------------------------------------------------------------- the package

--- What `linnet.NAME` is, nil when it is nothing.
-- @tparam string name
function M.public(name)
  if M.modules[name] then return require(M.modules[name]) end
  local home = M.functions[name]
  if home then return require(home[1])[home[2]] end
  if name == "blas_info" then return core.system.blas_info end
  if name == "version" then return require "linnet.version" end
end

--- Names of the package, sorted.
function M.public_names()
  local names = {"blas_info", "version"}
  for name in next, M.modules do names[#names + 1] = name end
  for name in next, M.functions do names[#names + 1] = name end
  table.sort(names)
  return names
end

--- Load every module that holds something a user can reach: afterwards every schema is defined.
function M.everything()
  local homes = {"linnet.shell.slurm"}
  for _, home in next, M.modules do homes[#homes + 1] = home end
  for _, home in next, M.functions do homes[#homes + 1] = home[1] end
  for _, methods in next, METHODS do
    for _, home in next, methods do homes[#homes + 1] = home end
  end
  table.sort(homes) -- schemas are listed in the order of their definition
  for _, home in ipairs(homes) do require(home) end
end

return M
