--- Sweeps on a cluster: a Slurm job array of shards and a job that merges and reports.
--
-- Each task appends to its own file and continues it when it is started again, so a task may be
-- killed, requeued or run twice at any moment. A task that is killed (by the kernel for want of
-- memory, say) or near its time limit requeues itself, a few times. The merging job starts when all
-- tasks have ended in whatever way, because after a failure a dependency on success would wait for
-- ever; it names what is missing.
--
-- SPDX-License-Identifier: MIT
-- @module linnet.shell.slurm

local files = require "linnet.files"
local lfs = require "lfs"
local options = require "linnet.options"
local error = require("linnet.failure").raise

local M = {}

options.define("slurm", {
  summary = "Write (and submit) a job array for a sweep.",
  {name = "tasks", type = "integer", range = "[1, 100000]", required = true,
    help = "shards, one per task of the array; the cluster's MaxArraySize limits them"},
  {name = "out", type = "string", default_help = "the spec's name with .jsonl",
    help = "file of the merged result"},
  {name = "report", type = "string", default_help = "the merged file's name with .html",
    help = "report of the merged result"},
  {name = "dir", type = "string", default_help = "the spec's name with .slurm",
    help = "folder of scripts, shards and logs"},
  {name = "partition", type = "string", help = "sbatch --partition"},
  {name = "time", type = "string", help = "sbatch --time, for instance 02:00:00"},
  {name = "mem", type = "string", help = "sbatch --mem, for instance 2G"},
  {name = "cpus", type = "integer", range = "[1, 1024]", default = 1,
    help = "threads (or processes) of each task"},
  {name = "option", type = "table", default = {}, help = "further options of sbatch, as they are"},
  {name = "retries", type = "integer", range = "[0, 100]", default = 5,
    help = "how often a task that was killed, or near its time limit, requeues itself"},
  {name = "rtol", type = "number", range = "[0, 1)",
    help = "when merging, accept records that differ by this, and different processors"},
  {name = "command", type = "string", default = "linnet", help = "the command linnet on a node"},
  {name = "submit", type = "boolean", default = false, help = "submit at once"},
})

-- ---------------------------------------------------------------- names

--- A word for the shell.
-- @tparam string text
-- @treturn string
-- @usage assert(require("linnet.shell.slurm").quote("it's") == [['it'\''s']])
function M.quote(text)
  if text:find("^[%w_./=:,+@-]+$") then return text end
  return "'" .. text:gsub("'", "'\\''") .. "'"
end

local quote = M.quote

local function absolute(path, folder)
  return path:sub(1, 1) == "/" and path or folder .. "/" .. path
end

local function stem(path)
  return path:match("([^/]+)$"):gsub("%.lua$", "")
end

-- Words that go into #SBATCH lines, where nothing is quoted.
local function line_check(name, text)
  if text:find("[%c]") then
    return nil, ("slurm: option '%s' must be one line"):format(name)
  end
  return true
end

-- ---------------------------------------------------------------- scripts

local ARRAY = [==[
#!/bin/sh
# @{title}: task i computes shard i of @{tasks} and continues its own file when it is started again.
#SBATCH --job-name=@{title}
#SBATCH --array=1-@{tasks}
#SBATCH --cpus-per-task=@{cpus}
#SBATCH --output=@{dir}/log/task-%a.log
#SBATCH --open-mode=append
#SBATCH --requeue
#SBATCH --signal=B:USR1@60
@{sbatch}
cd @{cwd} || exit 1
export OPENBLAS_NUM_THREADS=1

# Records are appended whole: a task may be stopped anywhere and goes on from there.
again() {
  [ "${SLURM_RESTART_COUNT:-0}" -lt @{retries} ] && scontrol requeue "$SLURM_JOB_ID"
}
trap 'kill "$worker"; again; exit 1' USR1 # a minute before the time limit

@{command} sweep @{spec} --shard "$SLURM_ARRAY_TASK_ID/@{tasks}" --resume \
  --out "@{dir_quoted}/shard-$SLURM_ARRAY_TASK_ID.jsonl" --threads "${SLURM_CPUS_PER_TASK:-1}" &
worker=$!
wait "$worker"
code=$?
[ "$code" -eq 137 ] && again # kill -9; the TERM of scancel ends it for good
exit "$code"
]==]

local MERGE = [==[
#!/bin/sh
# @{title}: merges the @{tasks} shards, names what is missing, and reports.
#SBATCH --job-name=@{title}-merge
#SBATCH --output=@{dir}/log/merge.log
#SBATCH --open-mode=append
@{sbatch}
cd @{cwd} || exit 1
set -e
set --
for i in $(seq @{tasks}); do set -- "$@" "@{dir_quoted}/shard-$i.jsonl"; done
@{command} merge@{rtol} --out @{out} "$@"
@{command} report --out @{report} @{out}
]==]

local SUBMIT = [==[
#!/bin/sh
# @{title}: submits the array and, when all its tasks have ended, the merge. Again after a failure:
# finished shards cost nothing.
set -e
cd @{cwd}
array=$(sbatch --parsable @{dir_quoted_word}/array.sh)
merge=$(sbatch --parsable --dependency="afterany:${array%%;*}" @{dir_quoted_word}/merge.sh)
printf 'array %s, merge %s: squeue --me; the result will be %s\n' "${array%%;*}" \
  "${merge%%;*}" @{out}
]==]

-- Inside double quotes of the shell.
local function inner(text) return (text:gsub('[\\$`"]', "\\%0")) end

local function sbatch_lines(o)
  local lines = {}
  for _, name in ipairs{"partition", "time", "mem"} do
    if o[name] then lines[#lines + 1] = ("#SBATCH --%s=%s"):format(name, o[name]) end
  end
  for _, text in ipairs(o.option) do lines[#lines + 1] = "#SBATCH " .. text end
  return #lines > 0 and table.concat(lines, "\n") .. "\n" or ""
end

local function fill(template, words)
  return (template:gsub("@{([%w_]+)}", words))
end

-- The checked options with names filled in; nil and what is wrong.
local function complete(spec, o)
  o.out = o.out or stem(spec) .. ".jsonl"
  o.report = o.report or o.out:gsub("%.jsonl$", "") .. ".html"
  o.dir = o.dir or stem(spec) .. ".slurm"
  for _, name in ipairs{"dir", "partition", "time", "mem", "command"} do
    local ok, why = true, nil
    if o[name] then ok, why = line_check(name, o[name]) end
    if not ok then return nil, why end
  end
  for _, text in ipairs(o.option) do
    if type(text) ~= "string" or not text:find("^%-") or text:find("%c") then
      return nil, ("slurm: option 'option' must list options of sbatch such as --qos=low, got %s")
        :format(tostring(text))
    end
  end
  return o
end

--- Write the scripts of a job array.
-- @tparam string spec a file that returns a sweep
-- @tparam table opts see `help("slurm")`
-- @treturn table `dir`, `array`, `merge`, `submit` (paths of the scripts), `out`
-- @usage
-- local dir = os.tmpname() .. ".d"
-- local job = require("linnet.shell.slurm").write("figure1.lua", {tasks = 8, dir = dir})
-- print(job.submit)
function M.write(spec, opts)
  local checked = options.check("slurm", opts, 2)
  if type(spec) ~= "string" or spec == "" then error("slurm: expected the file of a sweep", 2) end
  local o, why = complete(spec, checked)
  if not o then error(why, 2) end
  local cwd = lfs.currentdir()
  if not cwd then error("slurm: the working folder is gone", 2) end
  local dir = absolute(o.dir, cwd)
  if dir:find("[%s%%\"'\\]") then
    error(("slurm: the folder '%s' must have no spaces, %%, quotes or backslashes, which #SBATCH "
      .. "lines cannot hold"):format(dir), 2)
  end
  local words = {
    title = stem(spec):gsub("[^%w_.-]", "_"), tasks = ("%d"):format(o.tasks),
    cpus = ("%d"):format(o.cpus), retries = ("%d"):format(o.retries), dir = dir,
    dir_quoted = inner(dir), dir_quoted_word = quote(dir), cwd = quote(cwd),
    spec = quote(absolute(spec, cwd)), out = quote(absolute(o.out, cwd)),
    report = quote(absolute(o.report, cwd)),
    command = o.command, sbatch = sbatch_lines(o),
    rtol = o.rtol and (" --rtol %.17g"):format(o.rtol) or "",
  }
  lfs.mkdir(dir)
  lfs.mkdir(dir .. "/log")
  local job = {dir = dir, out = absolute(o.out, cwd), report = absolute(o.report, cwd)}
  for name, template in pairs{array = ARRAY, merge = MERGE, submit = SUBMIT} do
    job[name] = ("%s/%s.sh"):format(dir, name)
    local ok
    ok, why = files.write(job[name], fill(template, words))
    if not ok then error("slurm: cannot write " .. why, 2) end
  end
  return job
end

--- Submit what `write` wrote.
-- @tparam table job
-- @treturn ?string what sbatch said; nil when it failed
-- @usage if false then require("linnet.shell.slurm").submit(job) end
function M.submit(job)
  local pipe <close> = io.popen("sh " .. quote(job.submit))
  local said = pipe:read("a"):gsub("%s+$", "")
  local ok = pipe:close()
  return ok and said or nil
end

return M
