--- Ensembles: thousands of trajectories of one problem over a pool of C threads.
--
-- Member k is what `p:init(kind, {seed = k, ...})` and `p:flow`, or `p:descend`, give, whatever the
-- number of threads. How a member ended is data: a failed one is a row with its reason.
--
-- SPDX-License-Identifier: MIT
-- @module linnet.ensemble

local check = require "linnet.check"
local core = require "linnet.core"
local display = require "linnet.display"
local members = require "linnet.ensemble.members"
local options = require "linnet.options"
local progress = require "linnet.progress"
local statistics = require "linnet.statistics"
local types = require "linnet.types"
local error = require("linnet.failure").raise

options.define("ensemble", {
  summary = "Run one trajectory per seed and measure each at its end.",
  {name = "init", type = "string|table", required = true,
    help = "a kind, or {kind, h = ..., ...}: as for problem:init, without seed"},
  {name = "seeds", type = "integer|list", range = "[0, 9223372036854775807]", required = true,
    help = "N for the seeds 1..N, or a list"},
  {name = "flow", type = "table", schema = "ensemble.flow", help = "options of problem:flow"},
  {name = "descend", type = "table", schema = "ensemble.descend",
    help = "instead: options of problem:descend, without seed (each member has its own)"},
  {name = "measure", type = "table", default = {"distance"},
    help = "names among " .. table.concat(members.measures, " ")},
  {name = "test", type = "table", schema = "ensemble.test", help = "{X, Y} for test_error"},
  {name = "threads", type = "integer", range = "[1, 1024]", default = 1,
    help = "in C, the same bits for any number; one where the BLAS library is a serial OpenBLAS"},
  {name = "progress", type = "boolean|function", default = false,
    help = "a line on stderr, or function(done, total)"},
})

--- What `linnet.ensemble` measured. Every measure is a field, a column with a row per seed.
-- @type ensemble
-- @field seeds the list of seeds
-- @field measures names of the measures
-- @field reason how each member ended, a list
-- @field threads how many worked
-- @field seconds_total wall-clock time
-- @field bytes_per_thread memory of one worker


local function describe(e)
  local lines = {("ensemble: %d members, %d thread%s, %.3g s"):format(#e.seeds, e.threads,
    e.threads == 1 and "" or "s", e.seconds_total)}
  for _, name in ipairs(e.measures) do
    local column = e[name]
    if name ~= "reason" and column:cols() == 1 then
      local values = {}
      for i = 1, #e.seeds do values[i] = column(i, 1) end
      local s = statistics.describe(values)
      lines[#lines + 1] = ("  %-16s mean %.6g, sd %.3g, median %.6g, 5-95 %% [%.5g, %.5g]"):format(
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

local Ensemble = types.meta("ensemble", {__tostring = describe},
  function(self) return self.measures end)

-- Columns by name from the rows of the core.
local function columns(e, rows, measures, vectors)
  local from, width = 1, vectors > 0 and (rows:cols() - #measures) // vectors + 1
  for _, name in ipairs(measures) do
    local count = members.vectors[name] and width or 1
    if name == "reason" then
      e.reason = display.of{}
      for i = 1, #e.seeds do
        e.reason[i] = i <= rows:rows() and members.reason(rows(i, from)) or nil
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

local function progress_make(wanted, total)
  if type(wanted) == "function" then return function(done) wanted(done, total) end end
  if not wanted then return nil end
  local line = progress.new(total, 0)
  return function(done)
    line:step(done)
    if done == total then line:finish() end
  end
end

--- Run one trajectory per seed over a pool of threads and measure each at its end.
-- With `descend` a member's seed is also that of its batches and label noise. Threads work in C:
-- `eta` is a number or has one for each step, `label_noise` is an sd; functions are for a sweep.
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
  check.object("ensemble", "the first argument", p, core.types.problem, "a problem", 3)
  local o = options.check("ensemble", opts, 3)
  local function refuse(why) error("ensemble: " .. why, 4) end
  local kind, init = members.init_parse(o.init)
  if not kind then refuse(init) end
  local seeds, why = seeds_list(o.seeds)
  if not seeds then refuse(why) end
  local verb, asked, plan
  verb, why = members.verb(o)
  if not verb then refuse(why) end
  local called = members.called(o[verb])
  if called then
    refuse(("descend: '%s' is a function, which cannot run in threads of C: give numbers, or use "
      .. "linnet.sweep, which runs it in Lua"):format(called))
  end
  asked, why = members.check(o.measure, o.test)
  if not asked then refuse(why) end
  plan, why = members.plan(p, kind, init, verb, o[verb], o.test)
  if not plan then refuse(why) end

  local measures, vectors = {}, 0
  for i, name in ipairs(asked) do
    measures[i] = name
    vectors = vectors + (members.vectors[name] and 1 or 0)
  end
  local with_reason = table.concat(asked, " "):find("reason", 1, true)
  if not with_reason then measures[#measures + 1] = "reason" end
  local began = core.system.clock()
  local rows, interrupted, bytes = members.run(plan, measures, seeds, o.threads,
    progress_make(o.progress, #seeds))
  local e = setmetatable({seeds = seeds, measures = asked, threads = o.threads,
    bytes_per_thread = bytes, seconds_total = core.system.clock() - began}, Ensemble)
  columns(e, rows, measures, vectors)
  if interrupted then
    error("interrupted: the error holds the members so far as its field 'result'", 0, "interrupted",
      {result = e})
  end
  return e
end

return setmetatable({}, {
  __call = function(_, p, opts)
    local out = ensemble(p, opts)
    return out
  end,
})
