--- Ensembles: thousands of trajectories of one problem over a pool of C threads.
--
-- Member k is what `p:init(kind, {seed = k, ...})` and `p:flow` give, whatever the number of
-- threads. How a member ended is data: a failed one is a row with its reason.
--
-- SPDX-License-Identifier: MIT
-- @module linnet.ensemble

require "linnet.flow"
local core = require "linnet.core"
local initialize = require "linnet.initialize"
local options = require "linnet.options"
local trace = require "linnet.trace"

local M = {}

-- What an ensemble can measure at the end of each trajectory, by name.
M.measures = {
  "loss", "excess", "rate", "distance", "imbalance_drift", "kernel_distance", "travel",
  "singular_values", "alignment", "test_error", "t", "steps", "seconds", "reason",
}

-- Those that are more than one number.
M.vectors = {singular_values = true, alignment = true}

local KNOWN = {}
for _, name in ipairs(M.measures) do KNOWN[name] = true end

-- States of kinds that C does not draw are made in Lua, this many at a time.
local BATCH = 512

options.define("ensemble.test", {
  summary = "Data that the trajectories have not seen, for the measure test_error.",
  {name = 1, type = "matrix", required = true, help = "X, n' x D"},
  {name = 2, type = "matrix", required = true, help = "Y, n' x m"},
})

-- The options of a flow that concern its end alone.
local FLOW = {summary = "Options of each trajectory, as for problem:flow."}
for i, name in ipairs{"t", "tol", "method", "until_excess", "max_steps", "max_seconds"} do
  local entry = options.schemas.flow.entries[name]
  FLOW[i] = {name = name, type = entry.type, range = entry.range, choices = entry.choices,
    default = entry.default, required = entry.required, help = entry.help}
end
options.define("ensemble.flow", FLOW)

options.define("ensemble", {
  summary = "Run one trajectory per seed and measure each at its end.",
  {name = "init", type = "string|table", required = true,
    help = "a kind, or {kind, h = ..., ...}: as for problem:init, without seed"},
  {name = "seeds", type = "integer|list", range = "[0, 9223372036854775807]", required = true,
    help = "N for the seeds 1..N, or a list"},
  {name = "flow", type = "table", schema = "ensemble.flow", required = true,
    help = "options of problem:flow"},
  {name = "measure", type = "table", default = {"distance"},
    help = "names among " .. table.concat(M.measures, " ")},
  {name = "test", type = "table", schema = "ensemble.test", help = "{X, Y} for test_error"},
  {name = "threads", type = "integer", range = "[1, 1024]", default = 1,
    help = "in C, one BLAS thread each; the results are the same bits for any number"},
  {name = "progress", type = "boolean|function", default = false,
    help = "a line on stderr, or function(done, total)"},
})

-- ---------------------------------------------------------------- checking

-- Split `init` into kind and options; nil and a message when it is neither form.
function M.init_parse(init)
  if type(init) == "string" then return init, {} end
  local kind, opts = init[1], {}
  for key, value in next, init do
    if key ~= 1 then opts[key] = value end
  end
  if type(kind) ~= "string" then
    return nil, "option 'init' must begin with a kind: \"gaussian\" or {\"gaussian\", h = ...}"
  elseif opts.seed ~= nil then
    return nil, "option 'init' must not hold a seed: the seeds are those of 'seeds'"
  end
  return kind, opts
end

-- Check names of measures; nil and a message when one is unknown, or twice there.
function M.measures_check(list, has_test)
  local seen = {}
  for _, name in ipairs(list) do
    if not KNOWN[name] then
      local near = type(name) == "string" and options.nearest(name, M.measures)
      return nil, ("'%s' is no measure; there are %s%s"):format(tostring(name),
        table.concat(M.measures, ", "), near and (" (did you mean '%s'?)"):format(near) or "")
    elseif seen[name] then
      return nil, ("the measure '%s' is there twice"):format(name)
    elseif name == "test_error" and not has_test then
      return nil, "the measure 'test_error' needs test = {X, Y}"
    end
    seen[name] = true
  end
  if #list == 0 then return nil, "there must be at least one measure" end
  return list
end

local function test_check(p, test)
  local X, Y = test[1], test[2]
  if X:cols() ~= p.D or Y:cols() ~= p.m or X:rows() ~= Y:rows() then
    return nil, ("test data are %d x %d and %d x %d; they must be n' x D and n' x m with D = %d, "
      .. "m = %d"):format(X:rows(), X:cols(), Y:rows(), Y:cols(), p.D, p.m)
  end
  return test
end

-- ---------------------------------------------------------------- running

-- What all members share, checked: the law of their starts and the options of their flow.
-- @tparam problem p
-- @tparam string kind
-- @tparam table init its options, without seed
-- @tparam table flow options of the flow, unchecked
-- @tparam ?table test {X, Y}
-- @treturn ?table
-- @treturn ?string what is wrong
function M.plan(p, kind, init, flow, test)
  if not initialize.kinds[kind] then
    local near = options.nearest(kind, initialize.names)
    return nil, ("init: '%s' is no kind of start; there are %s%s"):format(kind,
      table.concat(initialize.names, ", "), near and (" (did you mean '%s'?)"):format(near) or "")
  end
  local o, why = options.try("init." .. kind, init)
  local f
  if o then f, why = options.try("ensemble.flow", flow) end
  if f and test then test, why = test_check(p, test) end
  if why then return nil, why end
  local job = {method = f.method, t = f.t, tol = f.tol, until_excess = f.until_excess,
    max_steps = f.max_steps, max_seconds = f.max_seconds}
  if test then job.Xtest, job.Ytest = test[1], test[2] end
  local law
  o.seed = 0
  local made, refusal = initialize.kinds[kind](p, o, kind, function(_, _, h, _, s_u, s_v, invariant)
    law = {h = h, std_u = s_u, std_v = s_v, invariant = invariant}
    return true
  end)
  if not made then return nil, ("init.%s: %s"):format(kind, refusal) end
  for name, value in next, law or {} do job[name] = value end
  return {problem = p, kind = kind, init = o, job = job, sampled = law ~= nil}
end

-- Rows of one call of the core, which draws the starts itself or takes them ready.
local function batch(plan, measures, seeds, threads, progress)
  local job = {measure = measures}
  for name, value in next, plan.job do job[name] = value end
  if plan.sampled then
    job.seeds = seeds
  else
    job.states = {}
    for i, seed in ipairs(seeds) do
      plan.init.seed = seed
      job.states[i] = initialize.kinds[plan.kind](plan.problem, plan.init, plan.kind)
    end
  end
  return core.ensemble_run(plan.problem, job, threads, progress)
end

-- Run members of a plan.
-- @tparam table plan
-- @tparam {string,...} measures
-- @tparam {integer,...} seeds
-- @tparam integer threads
-- @tparam ?function progress called with the number done
-- @treturn matrix one row per seed, a column per measure (several for vectors), nan where undone
-- @treturn boolean whether Ctrl-C ended it
-- @treturn integer bytes of workspace per thread
function M.members(plan, measures, seeds, threads, progress)
  local size = plan.sampled and #seeds or math.min(BATCH, #seeds)
  local out, bytes, stopped, problem
  for from = 1, #seeds, size do
    local part = table.move(seeds, from, math.min(from + size - 1, #seeds), 1, {})
    local rows
    rows, bytes, stopped, problem = batch(plan, measures, part, threads, progress and function(done)
      progress(from - 1 + done)
    end)
    out = out and out:vcat(rows) or rows
    if problem and not tostring(problem):find("interrupted!", 1, true) then error(problem, 0) end
    if stopped then break end
  end
  return out, stopped, bytes
end

-- The name of a reason by its number in a row; nil for a member that was not run.
function M.reason(x)
  return x == x and core.flow_reasons[math.tointeger(x)] or nil
end

-- ---------------------------------------------------------------- the public function

local Ensemble = {__name = "linnet.ensemble"}
local Failure = {__name = "linnet.failure"}
function Failure.__tostring(e) return e.message end

function Ensemble.__tostring(e)
  local statistics = require "linnet.sweep.statistics"
  local lines = {("ensemble: %d members, %d threads, %.3g s"):format(#e.seeds, e.threads,
    e.seconds_total)}
  for _, name in ipairs(e.measures) do
    local column = e[name]
    if name ~= "reason" and column:cols() == 1 then
      local values = {}
      for i = 1, #e.seeds do values[i] = column(i, 1) end
      local s = statistics.describe(values)
      lines[#lines + 1] = ("  %-16s mean %.6g, sd %.3g, median %.6g, 5-95 %% [%.6g, %.6g]"):format(
        name, s.mean, s.sd, s.median, s.q05, s.q95)
    end
  end
  local counts, order = {}, {}
  for i = 1, #e.seeds do
    local reason = e.reason[i] or "not run"
    if not counts[reason] then order[#order + 1] = reason end
    counts[reason] = (counts[reason] or 0) + 1
  end
  table.sort(order)
  for i, reason in ipairs(order) do order[i] = ("%s %d"):format(reason, counts[reason]) end
  lines[#lines + 1] = "  ended by         " .. table.concat(order, ", ")
  return table.concat(lines, "\n")
end

-- Columns by name from the rows of the core.
local function columns(e, rows, measures, vectors)
  local from, width = 1, vectors > 0 and (rows:cols() - #measures) // vectors + 1
  for _, name in ipairs(measures) do
    local count = M.vectors[name] and width or 1
    if name == "reason" then
      e.reason = {}
      for i = 1, #e.seeds do
        e.reason[i] = i <= rows:rows() and M.reason(rows(i, from)) or nil
      end
    else
      e[name] = rows:sub(1, rows:rows(), from, from + count - 1):copy()
    end
    from = from + count
  end
end

local function seeds_list(seeds)
  if type(seeds) == "table" then
    for i, seed in ipairs(seeds) do
      seeds[i] = math.tointeger(seed)
      if not seeds[i] then
        return nil, ("option 'seeds' must hold integers, got %s"):format(seed)
      end
    end
    return #seeds > 0 and seeds or nil, "option 'seeds' must not be empty"
  end
  local list = {}
  if seeds < 1 or seeds > 1e8 then
    return nil, ("option 'seeds' must be an integer in [1, 1e8] or a list, got %d"):format(seeds)
  end
  for k = 1, seeds do list[k] = k end
  return list
end

local function progress_make(progress, total)
  if type(progress) == "function" then return function(done) progress(done, total) end end
  if not progress then return nil end
  local line = require("linnet.sweep.progress").new(total, 0)
  return function(done)
    line:step(done)
    if done == total then line:finish() end
  end
end

--- Run one trajectory per seed over a pool of threads and measure each at its end.
-- test_error is the mean over test rows of ||y - f(x)||^2. Ctrl-C raises `{message, result}` with
-- the members done so far, nan elsewhere.
-- @function ensemble
-- @tparam problem p
-- @tparam table opts see `help("ensemble")`
-- @treturn table columns by name, one row per seed; `seeds`; `reason`, a list; `measures`;
--   `bytes_per_thread`
-- @usage
-- local X, Y = linnet.data.gaussian{n = 20, D = 50, seed = 1}
-- local e = linnet.ensemble(linnet.problem(X, Y), {init = {"gaussian", h = 1e6, alpha = 0.5},
--   seeds = 20, flow = {t = math.huge}, measure = {"distance", "steps"}, threads = 2})
-- print(e.distance:mean(), e.reason[1])
local function ensemble(p, opts)
  if getmetatable(p) ~= core.problem then
    error(("ensemble: the first argument must be a problem, got a %s"):format(type(p)), 3)
  end
  local o = options.check("ensemble", opts, 3)
  local function refuse(why) error("ensemble: " .. why, 4) end
  local kind, init = M.init_parse(o.init)
  if not kind then refuse(init) end
  local seeds, why = seeds_list(o.seeds)
  if not seeds then refuse(why) end
  local asked
  asked, why = M.measures_check(o.measure, o.test)
  if not asked then refuse(why) end
  local plan
  plan, why = M.plan(p, kind, init, o.flow, o.test)
  if not plan then refuse(why) end

  local measures, vectors = {}, 0
  for i, name in ipairs(asked) do
    measures[i] = name
    vectors = vectors + (M.vectors[name] and 1 or 0)
  end
  local with_reason = table.concat(asked, " "):find("reason", 1, true)
  if not with_reason then measures[#measures + 1] = "reason" end
  local began = core.clock()
  local rows, interrupted, bytes = M.members(plan, measures, seeds, o.threads,
    progress_make(o.progress, #seeds))
  local e = setmetatable({seeds = seeds, measures = asked, threads = o.threads,
    bytes_per_thread = bytes, seconds_total = core.clock() - began}, Ensemble)
  columns(e, rows, measures, vectors)
  if interrupted then
    error(setmetatable({message = "interrupted: the error holds the members so far as its field "
      .. "'result'", result = e}, Failure), 0)
  end
  return e
end

-- One member as Lua sees it: for measures that are functions of the run.
-- @tparam table plan
-- @tparam table flow options of `problem:flow`
-- @tparam integer seed
-- @treturn run
function M.member(plan, flow, seed)
  plan.init.seed = seed
  local start = initialize.kinds[plan.kind](plan.problem, plan.init, plan.kind)
  return plan.problem:flow(start, flow)
end

-- The number under a measure's name at the end of a run.
function M.measure(run, name, test)
  if name == "test_error" then
    local miss = test[2] - run.final:predict(test[1])
    return miss:norm() ^ 2 / miss:rows()
  elseif name == "imbalance_drift" or name == "steps" or name == "seconds" then
    return run.stats[name]
  elseif name == "t" then
    return run.final.t
  end
  return trace.quantities[name](run.final)
end

return setmetatable(M, {
  __call = function(_, p, opts)
    local out = ensemble(p, opts)
    return out
  end,
})
