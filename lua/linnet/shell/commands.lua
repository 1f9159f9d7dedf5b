--- lua/linnet/shell/commands.lua: what each command does. Each takes parsed arguments, returns an
-- exit code, and raises what went wrong.
--
-- SPDX-License-Identifier: MIT
-- @module linnet.shell.commands

local files = require "linnet.files"
local keep = require "linnet.keep"
local options = require "linnet.options"
local program = require "linnet.shell.program"
local record = require "linnet.record"
local run_page = require "linnet.run.page"
local sweep_report = require "linnet.sweep.report"
local sweep_result = require "linnet.sweep.result"
local run = require "linnet.sweep.run"
local slurm = require "linnet.shell.slurm"
local source = require "linnet.sweep.source"
local sweep = require "linnet.sweep"
local work = require "linnet.sweep.work"
local error = require("linnet.failure").raise

local M = {}

local function fail(text, ...) error(text:format(...), 0) end

local function without_extension(path) return (path:gsub("%.%w+$", "")) end

-- ---------------------------------------------------------------- sweeps

local function is_sweep(value) return sweep.is(value) end

-- The sweep that a file returns.
local function load_sweep(path)
  local chunk, brought = program.load(path)
  local value = chunk()
  if not is_sweep(value) then
    fail("%s must return a sweep: return linnet.sweep{...}; it returned %s", path,
      value == nil and "nothing" or "a " .. type(value))
  end
  source.add(value, brought.modules, brought.globals)
  return value
end

-- The summary of a result as a table that records can hold.
local function json_of(result, out)
  local rows = {}
  for i, row in ipairs(result:summary()) do
    rows[i] = {point = row.point}
    for _, name in ipairs(result.measures) do
      local place = rows[i][name] == nil and name or "measure " .. name
      rows[i][place] = row.measures[name]
    end
  end
  return {out = out, records = #result.records, missing = result.missing,
    failed = #result.failures,
    points = #result.points, seeds = #result.seeds, summary = rows}
end

local function show(result, args, out)
  if args.json then
    print((assert(record.encode(json_of(result, out)))))
  elseif not args.quiet then
    print(result)
  end
end

-- A path as a word of a command, never taken for an option.
local function path_word(path)
  return slurm.quote(path:sub(1, 1) == "-" and "./" .. path or path)
end

-- The command of worker i: a shard of this process's shard, which it reads from the file too.
local function worker_command(args, out, shard, count)
  local i, n = table.unpack(shard or {1, 1})
  return function(w)
    return ("%s sweep %s --out %s --shard %d/%d --errors %s --worker"):format(args.self,
      path_word(args.spec), path_word(out), i + n * (w - 1), n * count, args.errors)
  end
end

local function worker(s, args, out)
  local jobs = run.jobs(s.grid, args.shard, run.done(s, out))
  s.errors = args.errors
  local pipe = assert(io.open("/dev/fd/3", "w"))
  return work.worker(s, jobs, pipe) and 0 or 1
end

function M.sweep(args)
  local s = load_sweep(args.spec)
  local out = args.out or without_extension(args.spec:match("[^/]+$")) .. ".jsonl"
  if args.worker then return worker(s, args, out) end
  if args.report then -- said before the work, not after it
    local format, why = sweep_report.format(args.report)
    if not format then fail("%s", why) end
  end
  local o = options.check("sweep.run", {out = out, threads = args.threads, shard = args.shard,
    resume = args.resume or false, overwrite = args.overwrite or false,
    changed = args.changed or false, errors = args.errors, progress = not args.quiet})
  local result
  if args.threads > 1 and work.needs_lua(s) then
    local command = worker_command(args, out, args.shard, args.threads)
    result = run.run(s, o, work.processes(args.threads, command))
  else
    result = run.run(s, o)
  end
  show(result, args, out)
  if not args.quiet and not args.json then
    io.stderr:write(("%d record%s in %s\n"):format(#result.records,
      #result.records == 1 and "" or "s", out))
  end
  if args.report then result:report(args.report) end
  if #result.failures > 0 then
    io.stderr:write(files.printable(sweep_result.failures(result)),
      "\n  --resume tries them again\n")
    return 1
  end
end

function M.merge(args)
  local result = sweep.merge(args.files, {rtol = args.rtol, partial = args.partial or false})
  local canonical = {canonical = args.canonical or false}
  if args.out == "-" then
    for _, value in ipairs(sweep_result.lines(result, canonical.canonical)) do
      io.stdout:write(assert(record.encode(value)), "\n")
    end
    return 0
  elseif args.out then
    result:save(args.out, canonical)
  end
  show(result, args, args.out)
end

-- ---------------------------------------------------------------- reports

function M.report(args)
  local out = args.out or without_extension(args.files[1]) .. ".html"
  local kind = keep.kind(args.files[1])
  if kind == "run" then
    if #args.files > 1 then fail("a run is reported alone; there are %d files", #args.files) end
    local loaded = keep.load(args.files[1])
    if out:lower():find("%.csv$") then loaded:csv(out) else run_page.of(loaded):save(out) end
  elseif kind == "problem" or kind == "state" then
    fail("%s holds a %s; runs and sweeps are reported", args.files[1], kind)
  else
    local result = sweep.merge(args.files, {partial = args.partial or false})
    result:report(out)
  end
  io.stderr:write("wrote ", out, "\n")
end

-- ---------------------------------------------------------------- the cluster

function M.slurm(args)
  local s = load_sweep(args.spec)
  local opts = {command = args.command or args.self, submit = args.submit or false}
  for _, name in ipairs{"tasks", "out", "report", "dir", "partition", "time", "mem", "cpus",
    "retries", "rtol"} do
    opts[name] = args[name]
  end
  if #args.option > 0 then opts.option = args.option end
  if args.tasks > s.grid.jobs then
    fail("%d tasks, but the sweep has %d jobs", args.tasks, s.grid.jobs)
  end
  local job = slurm.write(args.spec, opts)
  if not args.submit then
    print(("wrote array.sh, merge.sh and submit.sh to %s; submit with: sh %s"):format(job.dir,
      slurm.quote(job.submit)))
    return 0
  end
  local said = slurm.submit(job)
  if not said then fail("sbatch refused; the scripts are in %s", job.dir) end
  print(said)
end

-- ---------------------------------------------------------------- the rest

function M.run(args)
  local chunk = program.load(args.file)
  local list = args.args or {}
  _G.arg = table.move(list, 1, #list, 1, {[0] = args.file})
  chunk(table.unpack(list))
end

function M.help(args)
  local what = table.concat(args.words, " ")
  print(require("linnet.shell.help").text(what ~= "" and what or nil))
end

function M.completion(args)
  io.write(require("linnet.shell.completion").text(args.parser, args.kind))
end

function M.repl() return require("linnet.shell.repl").run() end

function M.doctor(args)
  local doctor = require "linnet.shell.doctor"
  local text, healthy = doctor.report()
  if args.json then
    local rows = {}
    for i, row in ipairs(doctor.findings()) do
      rows[i] = {what = row[1], found = row[2] or "", missing = not row[2],
        optional = row[4] or false, get = row[3]}
    end
    text = (assert(record.encode{healthy = healthy, findings = rows}))
  end
  print(text)
  return healthy and 0 or 1
end

return M
