--- lua/linnet/sweep/work.lua: how jobs become records: a user's function, the ensemble, or several
-- processes that each load the file of the sweep.
--
-- Each takes a sweep, a list of jobs and `emit(record)`, and raises when it cannot go on; what was
-- emitted until then is kept. A record depends on its job alone.
--
-- SPDX-License-Identifier: MIT
-- @module linnet.sweep.work

local check = require "linnet.check"
local core = require "linnet.core"
local files = require "linnet.files"
local grid = require "linnet.sweep.grid"
local members = require "linnet.ensemble.members"
local options = require "linnet.options"
local record = require "linnet.record"
local result = require "linnet.sweep.result"
local failure = require "linnet.failure"
local random = require "linnet.random"
local error = failure.raise

local M = {}

local CALL_SECONDS = 0.5 -- the aim for one call of the ensemble: what a kill -9 can lose
local TEXT_MAX_BYTES = 1000 -- of an error in it
local LINE_MAX_BYTES = 4096 -- a line from a worker: what POSIX writes to a pipe in one piece

-- Raise as Ctrl-C does.
local function interrupt() error("interrupted!", 0, "interrupted") end

local MESSAGE_MOST = 500 -- bytes of an error's message that a record keeps

-- The text of what was raised, in one line, as a record can hold it.
local function message_of(what)
  local text = failure.message(what):gsub("\nstack traceback:.*", ""):gsub("%c+", " ")
  if not utf8.len(text) then text = text:gsub("[\x80-\xff]", "?") end
  if #text > MESSAGE_MOST then
    text = text:sub(1, (utf8.offset(text, 0, MESSAGE_MOST) or 1) - 1) .. "..."
  end
  return text
end

-- What was raised at a job: recorded, so that the others go on, or the end of the sweep.
local function failed(sweep, job, what, emit)
  local stopped = failure.is_interrupt(what)
  if not stopped and sweep.errors ~= "stop" then
    local p, seed = sweep.grid:at(job)
    return emit{point = sweep.grid:point(p), seed = seed, measure = {}, error = message_of(what)}
  end
  local text = stopped and "interrupted!" or failure.text(what)
  local kind = stopped and "interrupted" or "callback"
  error(("%s: %s"):format(sweep.grid:describe(job), text), 0, kind, {cause = what})
end

-- ---------------------------------------------------------------- a user's function

-- A measure's value as a record holds it: a number, a list of them from a list or a vector; or nil
-- and what must stand there.
local function value_of(x)
  if type(x) == "number" then return x end
  local list = {}
  if core.matrix.is_matrix(x) then
    if x:rows() ~= 1 and x:cols() ~= 1 then
      return nil, ("a %d x %d matrix"):format(x:rows(), x:cols())
    end
    for i = 1, x:rows() * x:cols() do list[i] = x:cols() == 1 and x:get(i, 1) or x:get(1, i) end
    return list
  elseif type(x) ~= "table" or #x == 0 then
    return nil, x == nil and "nothing" or "a " .. type(x)
  end
  for key, item in next, x do
    if type(item) ~= "number" or math.type(key) ~= "integer" then return nil, "a table" end
    list[key] = item
  end
  if #list ~= #x then return nil, "a table" end
  return list
end

-- The parts of a record from what the function returned; or nil and what is wrong with it.
local function returned(value, declared)
  if type(value) == "number" then value = {value = value} end
  if type(value) ~= "table" then
    return nil, ("run must return a number or a table of numbers by name, got %s"):format(
      value == nil and "nothing" or "a " .. type(value))
  end
  local out, count = {measure = {}}, 0
  for name, x in next, value do
    if name == "reason" and type(x) == "string" and utf8.len(x) then
      out.reason = x
    elseif name == "reason" then
      return nil, ("run must return a string under 'reason', got a %s"):format(type(x))
    elseif type(name) == "string" and value_of(x) and not result.is_reserved(name) then
      out.measure[name], count = value_of(x), count + 1
    elseif type(name) == "string" and result.is_reserved(name) then
      return nil, ("run must not return a measure of the name '%s'"):format(name)
    else
      return nil, ("run must return numbers by name, got a %s under %s"):format(type(x),
        type(name) == "string" and "'" .. name .. "'" or tostring(name))
    end
  end
  if count == 0 then return nil, "run must return at least one number by name" end
  for _, name in ipairs(declared or {}) do
    if out.measure[name] == nil then
      return nil, ("run did not return the measure '%s'"):format(name)
    end
  end
  if declared and count ~= #declared then
    return nil, ("run returned other measures than %s"):format(table.concat(declared, ", "))
  end
  return out
end

local function by_function(sweep, jobs, emit)
  local declared = sweep.measures
  for _, job in ipairs(jobs) do
    local p, seed = sweep.grid:at(job)
    local point = sweep.grid:point(p)
    local began = core.system.clock()
    local ok, value = pcall(sweep.spec.run, sweep.grid:point(p), random(seed))
    local r, why
    if ok then r, why = returned(value, declared) else why = value end
    if not r then
      failed(sweep, job, why, emit)
    else
      if not declared then -- the first record says what all must have
        declared = {}
        for name in next, r.measure do declared[#declared + 1] = name end
        table.sort(declared)
      end
      r.point, r.seed, r.cost = point, seed, {seconds = core.system.clock() - began}
      emit(r)
    end
  end
end

-- ---------------------------------------------------------------- the ensemble

-- Options of the trajectories of a point that an ensemble knows: where they run in Lua, without
-- those of what is recorded on the way.
local function options_of(sweep, parts)
  local given, known = parts[sweep.verb], options.schemas["ensemble." .. sweep.verb].entries
  if not sweep.alone then return given end
  local out = {}
  for name in next, known do out[name] = given[name] end
  return out
end

-- The coordinates of a point by what takes them.
local function parts_of(sweep, point)
  local verb = sweep.verb
  local parts = {init = {}, [verb] = {}, problem = {}}
  for name, value in next, sweep.fixed.init do parts.init[name] = value end
  for name, value in next, sweep.fixed[verb] do parts[verb][name] = value end
  parts.kind = sweep.fixed.kind
  for name, value in next, point do
    local role = sweep.roles[name]
    if role == "kind" then
      local start = sweep.starts[value]
      parts.kind = start.kind
      for key, item in next, start.init do parts.init[key] = item end
    else
      parts[role][name] = value
    end
  end
  return parts
end

-- Checks the options of a point against what takes them; nil, or what is wrong in words.
local function complaint_at(sweep, point)
  local parts = parts_of(sweep, point)
  if not options.schemas["init." .. tostring(parts.kind)] then return nil end -- said by the plan
  local o, why = options.try("init." .. parts.kind, parts.init)
  if o then o, why = members.try(sweep.verb, options_of(sweep, parts)) end
  if o then return nil end
  for _, name in ipairs(sweep.grid.names) do
    local x = point[name]
    if why:find("must be an integer", 1, true) and why:find("'" .. name .. "'", 1, true)
      and math.type(x) == "float" and x ~= math.floor(x) then
      why = ("%s; round = true in the axis {log = {a, b, n}, round = true} makes integers")
        :format(why)
    end
  end
  return ("%s: %s"):format(grid.describe(point), why)
end

--- What is wrong with the points of a sweep, before anything is computed: each value of each axis
-- is tried, beside the first of the others (a grid may have more points than could be).
-- @tparam table sweep
-- @treturn ?string
function M.complaint(sweep)
  local first = sweep.grid:point(1)
  local why = complaint_at(sweep, first)
  for _, name in ipairs(sweep.grid.names) do
    if sweep.roles[name] ~= "problem" then
      for _, value in ipairs(sweep.grid.values[name]) do
        local point = {}
        for key, x in next, first do point[key] = x end
        point[name] = value
        why = why or complaint_at(sweep, point)
      end
    end
  end
  return why
end

-- The problem of a point.
local function problem_of(sweep, parts)
  if type(sweep.spec.problem) ~= "function" then return sweep.spec.problem end
  local p = sweep.spec.problem(parts.problem)
  if not check.is(p, "problem") then
    error(("problem must return a problem, got %s"):format(p == nil and "nothing"
      or "a " .. type(p)), 0)
  end
  return p
end

-- Emits the rows of the core: column by column as `names` say.
local function emit_rows(rows, names, seeds, point, emit)
  for i, seed in ipairs(seeds) do
    local r = {point = point, seed = seed, measure = {}, cost = {}}
    for c, name in ipairs(names) do
      local x = rows(i, c)
      if name == "reason" then
        r.reason = members.reason(x)
      elseif name == "steps" then
        r.steps = math.tointeger(x)
      elseif name == "seconds" then
        r.cost.seconds = x
      else
        r.measure[name] = x
      end
    end
    if r.reason then emit(r) end -- without: not run, after Ctrl-C
  end
end

-- One seed after the other in Lua, for measures that are functions of the run.
local function by_runs(sweep, plan, parts, seeds, point, emit)
  local given = {progress = false}
  for name, value in next, parts[sweep.verb] do given[name] = value end
  local function record_of(seed)
    local run = members.alone(plan, given, seed)
    local r = {point = point, seed = seed, measure = {}, reason = run.stats.reason,
      steps = run.stats.steps, cost = {seconds = run.stats.seconds}}
    for _, name in ipairs(sweep.names) do
      r.measure[name] = members.measure(run, name, sweep.spec.test)
    end
    for name, f in next, sweep.functions or {} do
      local x, got = value_of(f(run))
      if not x then
        error(("the measure '%s' must return a number or a list of numbers, got %s"):format(name,
          got), 0)
      end
      r.measure[name] = x
    end
    return r
  end
  for _, seed in ipairs(seeds) do
    local ok, r = pcall(record_of, seed)
    if ok then emit(r) else failed(sweep, sweep.grid:job(point, seed), r, emit) end
  end
end

local function by_ensemble(sweep, plan, seeds, point, threads, emit)
  local names = table.move(sweep.names, 1, #sweep.names, 1, {})
  table.move({"reason", "steps", "seconds"}, 1, 3, #names + 1, names)
  local from, size = 1, threads
  while from <= #seeds do
    local part = table.move(seeds, from, math.min(from + size - 1, #seeds), 1, {})
    local began = core.system.clock()
    local rows, interrupted = members.run(plan, names, part, threads)
    emit_rows(rows, names, part, point, emit)
    if interrupted then interrupt() end
    from = from + #part
    local rate = #part / math.max(core.system.clock() - began, 1e-6)
    size = math.max(threads, math.min(1e6, 4 * size, math.floor(rate * CALL_SECONDS)))
  end
end

-- The jobs as a list per problem of lists per point, so that every problem is made once and only
-- one is held at a time, whichever axis varies fastest.
local function grouped(sweep, jobs)
  local made, order, last = {}, {}, nil
  for _, job in ipairs(jobs) do
    local p, seed = sweep.grid:at(job)
    if not last or last.p ~= p then
      local point = sweep.grid:point(p)
      last = {p = p, point = point, parts = parts_of(sweep, point), seeds = {}}
      local key = record.encode(last.parts.problem)
      if not made[key] then
        made[key] = {}
        order[#order + 1] = made[key]
      end
      table.insert(made[key], last)
    end
    last.seeds[#last.seeds + 1] = seed
  end
  return order
end

-- All seeds of one point.
local function by_point(sweep, p, group, emit, threads)
  local parts = group.parts
  local plan, why = members.plan(p, parts.kind, parts.init, sweep.verb, options_of(sweep, parts),
    sweep.spec.test)
  if not plan then error(why, 0) end
  if sweep.alone then
    by_runs(sweep, plan, parts, group.seeds, group.point, emit)
  else
    by_ensemble(sweep, plan, group.seeds, group.point, threads, emit)
  end
end

local function by_problem(sweep, jobs, emit, threads)
  for _, groups in ipairs(grouped(sweep, jobs)) do
    local p
    for _, group in ipairs(groups) do
      local done, broken = 0, nil
      local ok, what = pcall(function()
        p = p or problem_of(sweep, group.parts)
        by_point(sweep, p, group, function(r)
          done = done + 1
          local written, why = pcall(emit, r)
          if not written then
            broken = {why}
            error(why, 0)
          end
        end, threads)
      end)
      if broken then error(broken[1], 0) end -- of the file or the caller, not of the point
      if not ok then
        for k = math.min(done + 1, #group.seeds), #group.seeds do
          failed(sweep, sweep.grid:job(group.point, group.seeds[k]), what, emit)
        end
      end
    end
  end
end

--- Whether the work of a sweep is done in Lua, one job after the other.
function M.needs_lua(sweep)
  return sweep.spec.run ~= nil or sweep.alone
end

--- Work in this process.
-- @tparam table sweep
-- @tparam {integer,...} jobs increasing
-- @tparam function emit
-- @tparam integer threads of the ensemble
function M.here(sweep, jobs, emit, threads)
  local work = sweep.spec.run and by_function or by_problem
  -- More BLAS threads in a user's function would change the bits of its records.
  local one <close> = core.matrix.hold() -- luacheck: ignore one
  work(sweep, jobs, emit, threads)
end

-- ---------------------------------------------------------------- processes

--- The side of a worker: computes its jobs and writes each record as one line.
-- @tparam table sweep
-- @tparam {integer,...} jobs
-- @tparam file out the pipe to the parent
function M.worker(sweep, jobs, out)
  out:setvbuf("full", 2 * LINE_MAX_BYTES)
  local function send(value)
    local line, why = record.encode(value)
    if not line then error(why, 0) end
    if #line >= LINE_MAX_BYTES then
      error(("a record of %d bytes; processes pass at most %d: use shards"):format(#line + 1,
        LINE_MAX_BYTES), 0)
    end
    assert(out:write(line, "\n"))
    assert(out:flush())
  end
  local ok, why = pcall(M.here, sweep, jobs, send, 1)
  if not ok then
    local text = files.printable(tostring(why)) -- a line of it is at most twice as long
    if #text > TEXT_MAX_BYTES then
      text = text:sub(1, TEXT_MAX_BYTES):gsub("[\xc2-\xf4][\x80-\xbf]*$", "") -- at a character
    end
    send{failed = utf8.len(text) and text or "an error that is not UTF-8",
      interrupted = failure.is_interrupt(why)}
  end
  send{done = true}
  return ok
end

local EINTR = 4 -- on every system there is

-- Calls take(line) for each line; a signal in between is answered by its own handler.
local function receive(pipe, take)
  while true do
    local line, why, number = pipe:read("l")
    if line then take(line) elseif number ~= EINTR then return assert(not why, why) end
  end
end

--- Work in several processes.
-- @tparam integer count
-- @tparam function command `command(i)`: the shell command of worker i, which writes its lines to
--   file descriptor 3
-- @treturn function to be called like `here`
function M.processes(count, command)
  return function(sweep, jobs, emit)
    if #jobs == 0 then return end
    local parts = {}
    for i = 1, count do
      parts[i] = ("%s 3>&1 1>&2 & echo \"{\\\"pid\\\":$!}\"\n"):format(command(i))
    end
    local pipe = assert(io.popen(table.concat(parts) .. "wait", "r"))
    local pids, finished, broken = {}, 0, nil
    local function take(line)
      local value = record.decode(line)
      if type(value) ~= "table" then error("a worker wrote a line that is no record", 0) end
      if value.pid then
        pids[#pids + 1] = math.tointeger(value.pid)
      elseif value.done then
        finished = finished + 1
      elseif value.failed then
        broken = broken or value
      elseif type(value.point) == "table" and sweep.grid:job(value.point, value.seed) then
        emit(value)
      else
        error("a worker sent a record of another sweep", 0)
      end
    end
    local ok, why = pcall(function()
      receive(pipe, take)
    end)
    if not ok then -- stop them, and keep what they have sent
      os.execute("kill " .. table.concat(pids, " ") .. " 2>/dev/null")
      pcall(function()
        receive(pipe, take)
      end)
    end
    pipe:close()
    if not ok then error(why, 0) end
    if broken then
      error(broken.failed, 0, broken.interrupted and "interrupted" or "callback")
    elseif finished < count then
      error(("%d of %d workers ended before their work was done"):format(count - finished, count),
        0)
    end
  end
end

return M
