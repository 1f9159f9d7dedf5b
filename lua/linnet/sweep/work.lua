--- lua/linnet/sweep/work.lua: how jobs become records: a user's function, the ensemble, or several
-- processes that each load the file of the sweep.
--
-- Each takes a sweep, a list of jobs and `emit(record)`, and raises when it cannot go on; what was
-- emitted until then is kept. A record depends on its job alone.
--
-- SPDX-License-Identifier: MIT
-- @module linnet.sweep.work

local core = require "linnet.core"
local files = require "linnet.files"
local members = require "linnet.ensemble.members"
local options = require "linnet.options"
local record = require "linnet.record"
local result = require "linnet.sweep.result"
local failure = require "linnet.failure"
local error = failure.raise

local M = {}

local CALL_SECONDS = 0.5 -- the aim for one call of the ensemble: what a kill -9 can lose
local TEXT_MAX_BYTES = 1000 -- of an error in it
local LINE_MAX_BYTES = 4096 -- a line from a worker: what POSIX writes to a pipe in one piece

-- Raise as Ctrl-C does.
local function interrupt() error("interrupted!", 0, "interrupted") end

-- Raise the failure that ends a sweep at a job.
local function stop(sweep, job, what)
  local stopped = failure.is_interrupt(what)
  local text = stopped and "interrupted!" or failure.text(what)
  local kind = stopped and "interrupted" or "callback"
  error(("%s: %s"):format(sweep.grid:describe(job), text), 0, kind, {cause = what})
end

-- ---------------------------------------------------------------- a user's function

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
    elseif type(name) == "string" and type(x) == "number" and not result.is_reserved(name) then
      out.measure[name], count = x, count + 1
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
  local random = require("linnet").random
  local declared = sweep.measures
  for _, job in ipairs(jobs) do
    local p, seed = sweep.grid:at(job)
    local point = sweep.grid:point(p)
    local began = core.system.clock()
    local ok, value = pcall(sweep.spec.run, sweep.grid:point(p), random(seed))
    if not ok then stop(sweep, job, value) end
    local r, why = returned(value, declared)
    if not r then stop(sweep, job, why) end
    if not declared then -- the first record says what all must have
      declared = {}
      for name in next, r.measure do declared[#declared + 1] = name end
      table.sort(declared)
    end
    r.point, r.seed, r.cost = point, seed, {seconds = core.system.clock() - began}
    emit(r)
  end
end

-- ---------------------------------------------------------------- the ensemble

-- The coordinates of a point by what takes them.
local function parts_of(sweep, point)
  local parts = {init = {}, flow = {}, problem = {}}
  for name, value in next, sweep.fixed.init do parts.init[name] = value end
  for name, value in next, sweep.fixed.flow do parts.flow[name] = value end
  parts.kind = sweep.fixed.kind
  for name, value in next, point do
    local role = sweep.roles[name]
    if role == "kind" then parts.kind = value else parts[role][name] = value end
  end
  return parts
end

-- The problem of a point.
local function problem_of(sweep, parts)
  if type(sweep.spec.problem) ~= "function" then return sweep.spec.problem end
  local p = sweep.spec.problem(parts.problem)
  if getmetatable(p) ~= core.types.problem then
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

-- Options of a flow that an ensemble knows: not those of what is recorded on the way.
local function flow_of_ensemble(flow)
  local out = {}
  for name in next, options.schemas["ensemble.flow"].entries do out[name] = flow[name] end
  return out
end

-- One seed after the other in Lua, for measures that are functions of the run.
local function by_runs(sweep, plan, parts, seeds, point, emit)
  local flow = {progress = false}
  for name, value in next, parts.flow do flow[name] = value end
  for _, seed in ipairs(seeds) do
    local run = members.alone(plan, flow, seed)
    local r = {point = point, seed = seed, measure = {}, reason = run.stats.reason,
      steps = run.stats.steps, cost = {seconds = run.stats.seconds}}
    for _, name in ipairs(sweep.names) do
      r.measure[name] = members.measure(run, name, sweep.spec.test)
    end
    for name, f in next, sweep.functions do
      local x = f(run)
      if type(x) ~= "number" then
        error(("the measure '%s' must return a number, got a %s"):format(name, type(x)), 0)
      end
      r.measure[name] = x
    end
    emit(r)
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
  local by_problem, order, last = {}, {}, nil
  for _, job in ipairs(jobs) do
    local p, seed = sweep.grid:at(job)
    if not last or last.p ~= p then
      local point = sweep.grid:point(p)
      last = {p = p, point = point, parts = parts_of(sweep, point), seeds = {}}
      local key = record.encode(last.parts.problem)
      if not by_problem[key] then
        by_problem[key] = {}
        order[#order + 1] = by_problem[key]
      end
      table.insert(by_problem[key], last)
    end
    last.seeds[#last.seeds + 1] = seed
  end
  return order
end

-- All seeds of one point.
local function by_point(sweep, p, group, emit, threads)
  local parts = group.parts
  local plan, why = members.plan(p, parts.kind, parts.init, sweep.functions
    and flow_of_ensemble(parts.flow) or parts.flow, sweep.spec.test)
  if not plan then error(why, 0) end
  if sweep.functions then
    by_runs(sweep, plan, parts, group.seeds, group.point, emit)
  else
    by_ensemble(sweep, plan, group.seeds, group.point, threads, emit)
  end
end

local function by_flow(sweep, jobs, emit, threads)
  for _, groups in ipairs(grouped(sweep, jobs)) do
    local p
    for _, group in ipairs(groups) do
      local done = 0
      local ok, what = pcall(function()
        p = p or problem_of(sweep, group.parts)
        by_point(sweep, p, group, function(r)
          done = done + 1
          emit(r)
        end, threads)
      end)
      if not ok then
        local seed = group.seeds[math.min(done + 1, #group.seeds)]
        stop(sweep, sweep.grid:job(group.point, seed), what)
      end
    end
  end
end

--- Whether the work of a sweep is done in Lua, one job after the other.
function M.needs_lua(sweep)
  return sweep.spec.run ~= nil or sweep.functions ~= nil
end

--- Work in this process.
-- @tparam table sweep
-- @tparam {integer,...} jobs increasing
-- @tparam function emit
-- @tparam integer threads of the ensemble
function M.here(sweep, jobs, emit, threads)
  local work = sweep.spec.run and by_function or by_flow
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
    local pids, finished, failed = {}, 0, nil
    local function take(line)
      local value = record.decode(line)
      if type(value) ~= "table" then error("a worker wrote a line that is no record", 0) end
      if value.pid then
        pids[#pids + 1] = math.tointeger(value.pid)
      elseif value.done then
        finished = finished + 1
      elseif value.failed then
        failed = failed or value
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
    if failed then
      error(failed.failed, 0, failed.interrupted and "interrupted" or "callback")
    elseif finished < count then
      error(("%d of %d workers ended before their work was done"):format(count - finished, count),
        0)
    end
  end
end

return M
