--- Sweeps: a grid of points times seeds, computed by the ensemble or by any function, that survive
-- interruption, run in shards, and merge.
--
-- Seed k is the same stream of random numbers at every point: points or seeds that are added change
-- no other record, and differences between points are seen with the same noise.
--
-- SPDX-License-Identifier: MIT
-- @module linnet.sweep

local check = require "linnet.check"
local file = require "linnet.sweep.file"
local printable = require("linnet.files").printable
local grid = require "linnet.sweep.grid"
local members = require "linnet.ensemble.members"
local merge = require "linnet.sweep.merge"
local options = require "linnet.options"
local result = require "linnet.sweep.result"
local run = require "linnet.sweep.run"
local source = require "linnet.sweep.source"
local work = require "linnet.sweep.work"
local failure = require "linnet.failure"
local types = require "linnet.types"
local error = failure.raise

local M = {}

--- A sweep that was described and not yet run; `print` shows its axes and how many jobs it has.
-- @type sweep

local Sweep
M.sweep = {}

--- Whether a value is a sweep.
function M.is(value) return getmetatable(value) == Sweep end

options.define("sweep", {
  summary = "Every point of a grid times every seed.",
  {name = "over", type = "table", default = {},
    help = "axes by name: a list, a vector, {log = {a, b, n}} or {linear = {a, b, n}}, both with "
      .. "round = true for integers; 'init' takes kinds, or {kind, option = ...} each"},
  {name = "seeds", type = "integer|list", range = "[0, 9223372036854775807]", default = 1,
    help = "N for the seeds 1..N, or a list"},
  {name = "problem", type = "any",
    help = "a problem, or function(point) that makes one from the axes of neither init nor flow "
      .. "(descend)"},
  {name = "init", type = "string|table", help = "a kind, or {kind, h = ..., ...}"},
  {name = "flow", type = "table", help = "options of problem:flow"},
  {name = "descend", type = "table",
    help = "instead: options of problem:descend, without seed (each seed is also that)"},
  {name = "measure", type = "table",
    help = "names as for the ensemble, or name = function(run), a number or a list of them; with "
      .. "'run', the names it returns"},
  {name = "test", type = "table", schema = "ensemble.test", help = "{X, Y} for test_error"},
  {name = "run", type = "function",
    help = "function(point, rng), instead of a problem: returns a number, or numbers or lists of "
      .. "numbers by name"},
  {name = "name", type = "string", help = "title of figures and reports"},
})

options.define("sweep.run", {
  summary = "Compute what is not done yet.",
  {name = "out", type = "string", help = "file of records (.jsonl), one line appended per job"},
  {name = "threads", type = "integer", range = "[1, 1024]", default = 1,
    help = "of the ensemble; for functions use processes: linnet sweep --threads"},
  {name = "shard", type = "list", help = "{i, N}: every N-th job from the i-th"},
  {name = "resume", type = "boolean", default = false,
    help = "continue the file of an interrupted run, or begin it; failures are tried again"},
  {name = "overwrite", type = "boolean", default = false,
    help = "begin a sweep's file again, what it holds is gone"},
  {name = "changed", type = "boolean", default = false,
    help = "continue although functions or data of the sweep were changed since"},
  {name = "errors", choices = {"record", "stop"}, default = "record",
    help = "what an error at one point does: it is recorded and the others go on, or all stops"},
  {name = "progress", type = "boolean|function", default = false,
    help = "lines on stderr, or function(done, total, record)"},
})

options.define("sweep.merge", {
  summary = "Make one result of the files of shards.",
  {name = "rtol", type = "number", range = "[0, 1)",
    help = "accept records that differ by this, and different versions and processors"},
  {name = "partial", type = "boolean", default = false, help = "accept missing records"},
})

-- ---------------------------------------------------------------- what a sweep is

-- Options that make no sense as an axis.
local NO_AXIS = {seed = true, record = true, save_at = true, stop = true, on_step = true,
  progress = true}

-- Which kinds of start a sweep uses.
local function kinds_of(sweep)
  local labels = sweep.grid.values.init
  if not labels then return {sweep.fixed.kind} end
  local kinds = {}
  for i, label in ipairs(labels) do kinds[i] = sweep.starts[label].kind end
  return kinds
end

-- An axis of starts with options of their own: labels in their place, and what they stand for.
local function starts_of(over)
  local axis, starts, labels = over.init, {}, {}
  if type(axis) ~= "table" then return over, starts end
  for i, value in ipairs(axis) do
    local kind, opts = value, {}
    if type(value) == "table" then
      local why
      kind, opts = members.init_parse(value)
      if not kind then why = opts end
      if why then return nil, ("axis 'init', value %d: %s"):format(i, why) end
    elseif type(value) ~= "string" then
      return nil, ("axis 'init' must hold kinds, or {kind, option = ...}, got a %s"):format(
        type(value))
    end
    local said = grid.describe(opts)
    labels[i] = said == "" and kind or ("%s (%s)"):format(kind, said)
    starts[labels[i]] = {kind = kind, init = opts}
  end
  local copy = {}
  for name, values in next, over do copy[name] = values end
  copy.init = #labels > 0 and labels or axis
  return copy, starts
end

local function is_init_option(sweep, name)
  for _, kind in ipairs(kinds_of(sweep)) do
    local schema = options.schemas["init." .. tostring(kind)]
    if schema and schema.entries[name] then return true end
  end
  return false
end

-- Names that an axis could have meant.
local function near_axis(sweep, name)
  local names = {"init"}
  for _, kind in ipairs(kinds_of(sweep)) do
    for _, entry in ipairs(options.schemas["init." .. tostring(kind)] or {}) do
      names[#names + 1] = entry.name
    end
  end
  for _, entry in ipairs(options.schemas["ensemble." .. sweep.verb]) do
    names[#names + 1] = entry.name
  end
  return check.suggestion(name, names)
end

-- roles[axis]: what takes its values; or nil and why nothing can.
local function roles_of(sweep)
  local roles, verb = {}, sweep.verb
  local entries = options.schemas["ensemble." .. verb].entries
  for _, name in ipairs(sweep.grid.names) do
    local role = name == "init" and "kind" or is_init_option(sweep, name) and "init"
      or entries[name] and verb or "problem"
    if NO_AXIS[name] then
      return nil, ("axis '%s' cannot be varied%s"):format(name,
        name == "seed" and "; use option 'seeds'" or "")
    elseif role == "problem" and type(sweep.spec.problem) ~= "function" then
      return nil, ("axis '%s' is an option of neither init nor %s, and problem is no function%s")
        :format(name, verb, near_axis(sweep, name))
    elseif role ~= "kind" and role ~= "problem" and sweep.fixed[role][name] ~= nil
      or role == "kind" and sweep.fixed.kind then
      return nil, ("'%s' is both an axis and fixed%s"):format(name,
        role == "kind" and "" or " in " .. role)
    end
    roles[name] = role
  end
  return roles
end

-- Splits `measure` into names for the ensemble and functions of the run.
local function measures_of(sweep)
  local spec, names, all = sweep.spec, {}, {}
  local listed = 0
  local function by_function(name, f)
    sweep.functions = sweep.functions or {}
    sweep.functions[name], all[#all + 1] = f, name
  end
  for key, value in next, spec.measure or {"distance"} do
    if math.type(key) == "integer" then
      listed = listed + 1
    elseif type(key) ~= "string" or type(value) ~= "function" then
      return nil, ("option 'measure' must hold names, or name = function(run); got '%s'"):format(
        tostring(key))
    elseif result.is_reserved(key) then
      return nil, ("a measure cannot have the name '%s'"):format(key)
    else
      by_function(key, value)
      sweep.written = sweep.written or {}
      sweep.written[key] = value
    end
  end
  local list = table.move(spec.measure or {"distance"}, 1, listed, 1, {})
  local ok, why = true, nil
  if listed > 0 or not sweep.functions then
    ok, why = members.check(list, spec.test)
  end
  if not ok then return nil, "option 'measure': " .. why end
  for _, name in ipairs(list) do
    if sweep.functions and sweep.functions[name] then
      return nil, ("the measure '%s' is there twice"):format(name)
    end
    if members.vectors[name] then -- more than one number: from the run itself
      by_function(name, function(r) return members.measure(r, name) end)
    elseif name ~= "reason" and name ~= "steps" and name ~= "seconds" then
      names[#names + 1], all[#all + 1] = name, name
    end
  end
  table.sort(all)
  sweep.names, sweep.measures = names, all
  return true
end

-- Fills in a sweep over problems; nil and what is wrong.
local function problem_sweep(sweep)
  local spec = sweep.spec
  if type(spec.problem) ~= "function" and not check.is(spec.problem, "problem") then
    return nil, ("option 'problem' must be a problem or a function, got a %s"):format(
      type(spec.problem))
  end
  local verb, wrong = members.verb(spec)
  if not verb then return nil, wrong end
  sweep.verb, sweep.fixed = verb, {[verb] = spec[verb], init = {}}
  if spec.init then
    local kind, init = members.init_parse(spec.init)
    if not kind and type(spec.init) == "table" and sweep.grid.values.init and not spec.init[1] then
      kind, init = nil, spec.init -- options beside an axis of kinds
    elseif not kind then
      return nil, init
    end
    sweep.fixed.kind, sweep.fixed.init = kind, init
  elseif not sweep.grid.values.init then
    return nil, "option 'init' is required: a kind, or an axis 'init'"
  end
  local ok, why = measures_of(sweep)
  if ok then sweep.roles, why = roles_of(sweep) end
  sweep.alone = sweep.functions ~= nil or members.called(spec[verb]) ~= nil
  if not why then why = work.complaint(sweep) end
  return not why, why
end

-- Fills in a sweep over a function; nil and what is wrong.
local function function_sweep(sweep)
  for _, name in ipairs{"problem", "init", "flow", "descend", "test"} do
    if sweep.spec[name] ~= nil then
      return nil, ("options 'run' and '%s' exclude each other"):format(name)
    end
  end
  if sweep.spec.measure then
    local names = {}
    for key, name in next, sweep.spec.measure do
      if math.type(key) ~= "integer" or type(name) ~= "string" or result.is_reserved(name) then
        return nil, ("option 'measure' must list the names that run returns, got '%s'"):format(
          tostring(math.type(key) and name or key))
      end
      names[#names + 1] = name
    end
    table.sort(names)
    sweep.measures = names
  end
  return true
end

--- Describe a sweep; `sweep:run` computes it.
-- Axes whose names are options of the start, or of the flow or descent, go there, others to the
-- function `problem`; an axis `init` varies the kind of start, each with options of its own where
-- it is a table. Points are checked here, before anything runs. A descent whose `eta` or
-- `label_noise` is a function runs in Lua, as functions among the measures do: without threads.
-- @function sweep
-- @tparam table spec see `help("sweep")`
-- @treturn sweep `print` says its size; `sweep:run` computes it
-- @usage
-- local X, Y = linnet.data.gaussian{n = 20, D = 50, seed = 1}
-- local sweep = linnet.sweep{over = {h = {log = {100, 1e6, 3}}}, seeds = 4,
--   problem = linnet.problem(X, Y), init = "gaussian", flow = {t = math.huge},
--   measure = {"distance"}}
-- local result = sweep:run()
-- print(result)
-- print(result:fit_slope("h", "distance").slope)
local function new(spec)
  local sweep = {spec = options.check("sweep", spec, 3)}
  local why
  local over, starts = sweep.spec.over, {}
  if not sweep.spec.run then over, starts = starts_of(over) end
  if over then
    sweep.starts = starts
    sweep.grid, why = grid.new(over, sweep.spec.seeds)
  else
    why = starts
  end
  local ok = not why
  if ok and (sweep.spec.run == nil) == (sweep.spec.problem == nil) then
    ok, why = false, "give one of 'problem' and 'run'"
  elseif ok then
    ok, why = (sweep.spec.run and function_sweep or problem_sweep)(sweep)
  end
  if not ok then error("sweep: " .. why, 3) end
  sweep.source = source.of(sweep)
  return setmetatable(sweep, Sweep)
end

local function describe(self)
  local axes = {}
  for i, name in ipairs(self.grid.names) do
    axes[i] = ("%s: %d"):format(name, #self.grid.values[name])
  end
  return printable(("sweep%s: %d points%s x %d seeds"):format(
    self.spec.name and " " .. self.spec.name or "", self.grid.count,
    #axes > 0 and " (" .. table.concat(axes, ", ") .. ")" or "", #self.grid.seeds))
end

Sweep = types.meta("sweep", {__tostring = describe})

-- ---------------------------------------------------------------- running

--- Compute the jobs that are not done, appending each to the file at once.
-- An error at one point is recorded and the others go on (`result.failures`; `errors = "stop"` ends
-- it there); when nothing but errors comes, the first is raised. Whatever stops it (that, Ctrl-C, a
-- full disk) raises `{message, result}` with everything computed so far; with `out`,
-- `resume = true` goes on from there and tries again what failed.
-- @function sweep:run
-- @tparam[opt] table o see `help("sweep.run")`
-- @treturn result
-- @usage
-- local path = os.tmpname()
-- local sweep = linnet.sweep{over = {a = {1, 2, 3}}, run = function(point) return point.a ^ 2 end}
-- sweep:run{out = path, shard = {1, 2}}
-- local result = sweep:run{out = path, resume = true}
-- assert(result.value(3, 1) == 9)
function M.sweep:run(o)
  check.self(self, Sweep, "sweep", "run")
  o = options.check("sweep.run", o, 2)
  if o.shard then
    local shard, why = run.shard_check(o.shard)
    if not shard then error("sweep.run: " .. why, 2) end
    o.shard = shard
  end
  if o.threads > 1 and work.needs_lua(self) then
    error("sweep.run: option 'threads' must be 1 for a sweep over a function, which cannot run in "
      .. "threads; `linnet sweep FILE.lua --threads N` runs it in N processes", 2)
  end
  local ok, found = pcall(run.run, self, o)
  if ok then return found end
  if type(found) == "table" and found.result then error(found) end
  error("sweep.run: " .. failure.message(found), 2, failure.kind(found))
end

-- ---------------------------------------------------------------- files

local function read_all(what, paths)
  local files = {}
  for i, path in ipairs(paths) do
    if type(path) ~= "string" then
      error(("%s: expected paths, got a %s"):format(what, type(path)), 3)
    end
    local there, why = file.read(path)
    if not there then error(("%s: %s"):format(what, why), 3) end
    files[i] = there
  end
  if #files == 0 then error(("%s: expected a list of at least one path"):format(what), 3) end
  return files
end

--- Merge files of shards into one result.
-- Raises, and names the records or files, when records are missing, when records of one job
-- differ, or when files come from different sweeps, versions of linnet or processors. Equal records
-- are accepted; a torn last line counts as missing.
-- @function sweep.merge
-- @tparam {string,...} paths
-- @tparam[opt] table o see `help("sweep.merge")`
-- @treturn result
-- @usage
-- local sweep = linnet.sweep{over = {a = {1, 2, 3}}, run = function(point) return point.a ^ 2 end}
-- local paths = {os.tmpname(), os.tmpname()}
-- for i, path in ipairs(paths) do sweep:run{out = path, shard = {i, 2}} end
-- assert(linnet.sweep.merge(paths).missing == 0)
function M.merge(paths, o)
  if type(paths) == "string" then paths = {paths} end
  if type(paths) ~= "table" or #paths == 0 then
    error("merge: expected a list of at least one path", 2)
  end
  o = options.check("sweep.merge", o, 2)
  local merged, why = merge.merge(read_all("merge", paths), o)
  if not merged then error("merge: " .. why, 2) end
  return result.new(merged.grid, merged.header, merged.records)
end

--- The result in one file, complete or not.
-- @function sweep.load
-- @tparam string path
-- @treturn result its field `missing` counts the gaps
-- @usage
-- local path = os.tmpname()
-- linnet.sweep{over = {a = {1, 2}}, run = function(p) return p.a end}:run{out = path}
-- assert(linnet.sweep.load(path).missing == 0)
function M.load(path)
  local files = read_all("load", {path})
  local merged, why = merge.merge(files, {partial = true, rtol = 0})
  if not merged then error("load: " .. why, 2) end
  return result.new(merged.grid, merged.header, merged.records)
end

return setmetatable(M, {
  __call = function(_, spec)
    local sweep = new(spec)
    return sweep
  end,
})
