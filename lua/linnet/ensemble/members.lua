--- lua/linnet/ensemble/members.lua: members of an ensemble: what they share, running them in C by
-- the batch or one by one in Lua, and what can be measured at their ends.
--
-- SPDX-License-Identifier: MIT
-- @module linnet.ensemble.members

local check = require "linnet.check"
local core = require "linnet.core"
local initialize = require "linnet.start"
local options = require "linnet.options"
local trace = require "linnet.run.trace"
local failure = require "linnet.failure"
local descend = require "linnet.descend"
local flow = require "linnet.flow"
local error = failure.raise

local M = {}

--- What an ensemble can measure at the end of each trajectory, by name.
M.measures = {}

--- Those that are more than one number.
M.vectors = {}
for i, m in ipairs(core.state.measures) do M.measures[i], M.vectors[m.name] = m.name, m.vector end
table.move(core.ensemble.measures, 1, #core.ensemble.measures, #M.measures + 1, M.measures)

local KNOWN = {}
for _, name in ipairs(M.measures) do KNOWN[name] = true end

-- States of kinds that C does not draw are made in Lua, this many at a time.
local BATCH = 512

options.define("ensemble.test", {
  summary = "Data that the trajectories have not seen, for the measure test_error.",
  {name = 1, type = "matrix", required = true, help = "X, n' x D"},
  {name = 2, type = "matrix", required = true, help = "Y, n' x m"},
})

-- The options of a flow or a descent that concern its end alone: the same entries.
local function ends(verb, entries, but, names)
  local schema = {summary = ("Options of each trajectory, as for problem:%s%s."):format(verb, but)}
  for name in names:gmatch("%S+") do schema[#schema + 1] = entries[name] end
  options.define("ensemble." .. verb, schema)
end

ends("flow", flow.schema.entries, "",
  "t tol method weight_decay until_excess max_steps max_seconds")
ends("descend", descend.schema.entries, "; a function for `eta` or `label_noise` in a sweep only",
  "eta steps method momentum rho weight_decay batch label_noise loss until_excess max_seconds")

-- ---------------------------------------------------------------- checking

--- Split `init` into kind and options; nil and a message when it is neither form.
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

--- Check names of measures; nil and a message when one is unknown, or twice there.
function M.check(list, has_test)
  local seen = {}
  for _, name in ipairs(list) do
    if not KNOWN[name] then
      return nil, ("'%s' is no measure; there are %s%s"):format(tostring(name),
        table.concat(M.measures, ", "), check.suggestion(name, M.measures))
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

--- Which of `flow` and `descend` a table of options has; nil and a message unless it is one.
function M.verb(o)
  if (o.flow == nil) == (o.descend == nil) then
    return nil, o.flow == nil and "give one of the options 'flow' and 'descend'"
      or "options 'flow' and 'descend' exclude each other"
  elseif o.descend and o.descend.seed ~= nil then
    return nil, "option 'descend' must not hold a seed: the seeds are those of 'seeds'"
  end
  return o.flow and "flow" or "descend"
end

--- The first of a trajectory's options that is a function, so that it runs in Lua.
function M.called(given)
  return type(given.eta) == "function" and "eta"
    or type(given.label_noise) == "function" and "label_noise" or nil
end

--- Check the options of a trajectory, whatever its problem.
-- @treturn ?table with defaults
-- @treturn ?string what is wrong
function M.try(verb, given)
  local o, why = options.try("ensemble." .. verb, given)
  if o and verb == "descend" then why = descend.complaint(o, given) end
  if why then return nil, o and "descend: " .. why or why end
  return o
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

--- What all members share, checked: the law of their starts and the options of their trajectories.
-- @tparam problem p
-- @tparam string kind
-- @tparam table init its options, without seed
-- @tparam string verb "flow" or "descend"
-- @tparam table given options of that, unchecked
-- @tparam ?table test {X, Y}
-- @treturn ?table
-- @treturn ?string what is wrong
function M.plan(p, kind, init, verb, given, test)
  if not initialize.kinds[kind] then
    return nil, ("init: '%s' is no kind of start; there are %s%s"):format(kind,
      table.concat(initialize.names, ", "), check.suggestion(kind, initialize.names))
  end
  local o, why = options.try("init." .. kind, init)
  local how
  if o then how, why = M.try(verb, given) end
  local draws = how and verb == "descend" and descend.draws(how)
  if how and verb == "descend" then
    how, why = descend.plan(p, how, given)
    why = why and "descend: " .. why
  end
  if how and verb == "flow" then
    why = flow.complaint(p, how)
    why = why and "flow: " .. why
  end
  if how and not why and test then test, why = test_check(p, test) end
  if why then return nil, why end
  local job = {[verb] = how}
  if test then job.Xtest, job.Ytest = test[1], test[2] end
  local law
  o.seed = 0
  local made, refusal = initialize.kinds[kind](p, o, kind, function(_, _, h, _, s_u, s_v, invariant)
    law = {h = h, std_u = s_u, std_v = s_v, invariant = invariant}
    return true
  end)
  if not made then return nil, ("init.%s: %s"):format(kind, refusal) end
  for name, value in next, law or {} do job[name] = value end
  return {problem = p, kind = kind, init = o, job = job, sampled = law ~= nil, verb = verb,
    draws = draws}
end

-- Rows of one call of the core, which draws the starts itself or takes them ready.
local function batch(plan, measures, seeds, threads, progress)
  local job = {measure = measures, seeds = seeds}
  for name, value in next, plan.job do job[name] = value end
  if not plan.sampled then
    job.states = {}
    for i, seed in ipairs(seeds) do
      plan.init.seed = seed
      job.states[i] = initialize.kinds[plan.kind](plan.problem, plan.init, plan.kind)
    end
  end
  return core.ensemble.run(plan.problem, job, threads, progress)
end

--- Run members of a plan.
-- @tparam table plan
-- @tparam {string,...} measures
-- @tparam {integer,...} seeds
-- @tparam integer threads
-- @tparam ?function progress called with the number done
-- @treturn matrix one row per seed, a column per measure (several for vectors), nan where undone
-- @treturn boolean whether Ctrl-C ended it
-- @treturn integer bytes of workspace per thread
function M.run(plan, measures, seeds, threads, progress)
  local size = plan.sampled and #seeds or math.min(BATCH, #seeds)
  local out, bytes, stopped, problem
  for from = 1, #seeds, size do
    local part = table.move(seeds, from, math.min(from + size - 1, #seeds), 1, {})
    local rows
    rows, bytes, stopped, problem = batch(plan, measures, part, threads, progress and function(done)
      progress(from - 1 + done)
    end)
    out = out and out:vcat(rows) or rows
    if stopped == "raised" and not failure.is_interrupt(problem) then
      error(failure.text(problem), 0, "callback", {cause = problem})
    end
    if stopped then break end
  end
  return out, stopped ~= nil, bytes
end

--- The name of a reason by its number in a row; nil for a member that was not run.
function M.reason(x)
  return x == x and core.flow.reasons[math.tointeger(x)] or nil
end

--- One member as Lua sees it: for measures that are functions of the run.
-- @tparam table plan
-- @tparam table given options of `problem:flow` or `problem:descend`
-- @tparam integer seed of the start, and of what a descent draws
-- @treturn run
function M.alone(plan, given, seed)
  plan.init.seed = seed
  local start = initialize.kinds[plan.kind](plan.problem, plan.init, plan.kind)
  local o = {seed = plan.draws and seed or nil}
  for name, value in next, given do o[name] = value end
  return plan.problem[plan.verb](plan.problem, start, o)
end

--- The number under a measure's name at the end of a run.
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

return M
