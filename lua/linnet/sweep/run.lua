--- lua/linnet/sweep/run.lua: a sweep's work with its file: what is done already, appending, and
-- what remains when something stops it.
--
-- SPDX-License-Identifier: MIT
-- @module linnet.sweep.run

local core = require "linnet.core"
local file = require "linnet.sweep.file"
local progress = require "linnet.progress"
local record = require "linnet.record"
local result = require "linnet.sweep.result"
local work = require "linnet.sweep.work"
local failure = require "linnet.failure"
local error = failure.raise

local M = {}

local SYNC_SECONDS = 2.0 -- between calls of fsync: what a loss of power can cost

--- Check {i, N}; nil and what is wrong.
function M.shard_check(shard)
  local i, n = math.tointeger(shard[1]), math.tointeger(shard[2])
  if #shard ~= 2 or not i or not n or i < 1 or n < i then
    return nil, "option 'shard' must be {i, N} with integers 1 <= i <= N"
  end
  return {i, n}
end

--- The jobs of a shard that are not done.
-- @tparam table grid
-- @tparam ?{integer,integer} shard {i, N}
-- @tparam table done records by job
-- @treturn {integer,...} to do
-- @treturn integer how many the shard has
function M.jobs(grid, shard, done)
  local first, step = table.unpack(shard or {1, 1})
  local jobs, total = {}, 0
  for job = first, grid.jobs, step do
    total = total + 1
    if not done[job] then jobs[#jobs + 1] = job end
  end
  return jobs, total
end

-- The records of a file by job; those outside the grid are left alone, failures are to be tried
-- again.
local function by_job(grid, records)
  local out = {}
  for _, r in ipairs(records) do
    local job = grid:job(r.point, r.seed)
    if job and not r.error then out[job] = r end
  end
  return out
end

--- Records of a sweep's file by job, for a worker beside the writer.
function M.done(sweep, path)
  local there = file.read(path)
  return there and by_job(sweep.grid, there.records) or {}
end

-- Begins the file of a sweep or continues it. Returns the records by job; raises, the file as it
-- was, when it holds something and `resume` is not asked for, or something else.
local function begin(sweep, o, header, writer)
  local values, there, why = writer.values, nil, nil
  if #values > 0 then
    there, why = file.parse(values, o.out, true)
    if there and not o.resume then
      why = ("cannot write %s: it holds %d records; resume = true continues it, overwrite = true "
        .. "begins again"):format(o.out, #there.records)
    elseif there then
      why = file.refusal(there.header, header, o.changed)
      why = why and ("cannot continue %s: %s"):format(o.out, why)
    end
  elseif values.torn and not (values.begun and o.resume) then
    why = ("cannot write %s: it holds %s"):format(o.out, values.begun
      and "the beginning of a header; resume = true begins again"
      or "something that is no sweep")
  end
  if why then error(why, 0) end
  writer:cut()
  if not there or file.changed(there.header, header) then writer:append{header = header} end
  return there and by_job(sweep.grid, there.records) or {}
end

-- `progress` of the options as step(done, record) and finish().
local function progress_make(o, total, before)
  if type(o.progress) == "function" then
    return function(done, r) o.progress(done, total, r) end, function() end
  elseif o.progress then
    local line = progress.new(total, before)
    return function(done) line:step(done) end, function() line:finish() end
  end
  return function() end, function() end
end

local HOPELESS = 10 -- failures without one success: the fault is not that of a point

-- Counts failures; raises the first of them once there is nothing else. done: successes before.
local function judge(done)
  local failures, successes, first = 0, done, nil
  local function hopeless(most)
    if successes == 0 and failures >= most then
      error(("%s (and so at %d of %d records)"):format(first, failures, failures), 0, "callback")
    end
  end
  return function(r, text)
    if r.error then
      failures, first = failures + 1, first or ("%s: %s"):format(text(), r.error)
    else
      successes = successes + 1
    end
    hopeless(HOPELESS)
  end, function() hopeless(1) end
end

-- emit(record) for a writer, the records and the progress.
local function emitter(sweep, writer, records, done, step, count)
  local synced = core.system.clock()
  return function(r)
    local job = sweep.grid:job(r.point, r.seed)
    if writer then writer:append(r) end
    records[job] = r
    done = done + 1
    if writer and core.system.clock() - synced > SYNC_SECONDS then
      writer:sync()
      synced = core.system.clock()
    end
    step(done, r)
    count(r, function() return sweep.grid:describe(job) end)
  end
end

-- Opens the file of records. To begin it again it is removed first: only a sweep's own, and only
-- under its lock.
local function open(o)
  local writer = record.open(o.out, 0)
  if not o.overwrite or #writer.values == 0 and not writer.values.torn then return writer end
  local there, why = file.parse(writer.values, o.out)
  if there or writer.values.begun then
    why = nil
    writer:empty()
  end
  if why then
    writer:close()
    error(("cannot begin %s again: %s"):format(o.out, why), 0)
  end
  return writer
end

--- Run the jobs that are not done.
-- @tparam table sweep
-- @tparam table o checked options of `sweep:run`
-- @tparam[opt] function work_with like `work.here`
-- @treturn table the result of everything in the file
-- @raise a failure whose `result` is what there is; without it before work began
function M.run(sweep, o, work_with)
  local header = file.header(sweep, o.shard)
  local writer <close> = o.out and open(o) or nil
  local records = writer and begin(sweep, o, header, writer) or {}
  local jobs, total = M.jobs(sweep.grid, o.shard, records)
  local step, finish = progress_make(o, total, total - #jobs)
  local count, hopeless = judge(total - #jobs)
  local emit = emitter(sweep, writer, records, total - #jobs, step, count)
  sweep.errors = o.errors
  local ok, why = pcall(work_with or work.here, sweep, jobs, emit, o.threads)
  if ok then ok, why = pcall(hopeless) end
  finish()
  local synced, sync_why = true, nil
  if writer then synced, sync_why = pcall(writer.sync, writer) end
  local found = result.new(sweep.grid, header, records)
  if ok and synced then return found end
  local stopped = ok and sync_why or why
  error(("sweep: %s (%d of %d records are kept%s)"):format(tostring(stopped), #found.records, total,
    o.out and " in " .. o.out or ""), 0, failure.kind(stopped), {result = found,
    cause = failure.cause(stopped)})
end

return M
