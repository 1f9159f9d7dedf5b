--- The command `linnet`: arguments to functions, errors to one line, outcomes to exit codes
-- (0 done, 1 failed, 2 wrong usage, 130 interrupted).
--
-- SPDX-License-Identifier: MIT
-- @module linnet.shell.cli

local argparse = require "argparse"
local core = require "linnet.core"
local files = require "linnet.files"
local commands = require "linnet.shell.commands"
local failure = require "linnet.failure"
local options = require "linnet.options"

local M = {}

-- ---------------------------------------------------------------- arguments

local function integer(text)
  local value = math.tointeger(tonumber(text))
  if not value then return nil, ("'%s' is not an integer"):format(text) end
  return value
end

local function number(text)
  local value = tonumber(text)
  if not value then return nil, ("'%s' is not a number"):format(text) end
  return value
end

local function shard(text)
  local i, n = text:match("^(%d+)/(%d+)$")
  i, n = math.tointeger(i), math.tointeger(n)
  if not i or not n or i < 1 or n < i then
    return nil, ("'%s' is not a shard i/N with 1 <= i <= N"):format(text)
  end
  return {i, n}
end

-- The help line of an option, from the schema of the function it goes to.
local function help_of(schema, name)
  local entry = options.schemas[schema].entries[name]
  local default = entry.default_help
    or type(entry.default) == "number" and ("%d"):format(entry.default)
  return entry.help .. (default and (" (default: %s)"):format(default) or "")
end

local function examples(text) return "Examples:\n" .. text end

local function add_run(parser)
  local c = parser:command("run", "Run a Lua file with linnet at hand.")
    :epilog(examples "   linnet run script.lua 100 --verbose")
  c:argument("file", "The Lua file; it begins with: local linnet = require \"linnet\". What it "
    .. "requires is looked for in the system and then beside the file.")
  c:argument("args", "Its arguments, as ... and in the table arg."):args("*")
  c:flag("--traceback", "After an error, where it came from.")
end

local function add_sweep(parser)
  local c = parser:command("sweep", "Run a sweep: every point of a grid times every seed.")
    :epilog(examples("   linnet sweep figure1.lua --threads 2\n"
      .. "   linnet sweep figure1.lua --out a.jsonl --resume\n"
      .. "   seq 8 | parallel linnet sweep figure1.lua --shard {}/8 --out shard-{}.jsonl --resume"))
  c:argument("spec", "A Lua file that returns linnet.sweep{...}.")
  c:option("--out -o", "File of records, .jsonl (default: the spec's name in this folder).")
    :argname("<file>")
  c:option("--threads -t", "Threads, or processes when the sweep is over a function.")
    :convert(integer):default("1"):argname("<n>")
  c:option("--shard", "i/N: " .. help_of("sweep.run", "shard"):gsub("^{i, N}: ", ""))
    :convert(shard):argname("<i/N>")
  c:flag("--resume -r", help_of("sweep.run", "resume"))
  c:flag("--overwrite", help_of("sweep.run", "overwrite"))
  c:flag("--changed", help_of("sweep.run", "changed"))
  c:option("--errors", help_of("sweep.run", "errors")):choices{"record", "stop"}:default("record")
  c:option("--report", "Write a report too: .html, .md or .csv."):argname("<file>")
  c:flag("--quiet -q", "No progress, no table.")
  c:flag("--json", "The summary as one line of JSON.")
  c:flag("--worker"):hidden(true)
end

local function add_merge(parser)
  local c = parser:command("merge", "Make one result of the files of shards.")
    :epilog(examples("   linnet merge shard-*.jsonl --out all.jsonl\n"
      .. "   linnet merge --canonical a.jsonl --out - | cmp - b.jsonl"))
  c:argument("files", "Files of records."):args("+")
  c:option("--out -o", "Where to write all records in canonical order; - for standard output.")
    :argname("<file>")
  c:flag("--canonical", help_of("sweep.save", "canonical"))
  c:flag("--partial", help_of("sweep.merge", "partial"))
  c:option("--rtol", help_of("sweep.merge", "rtol")):convert(number):argname("<x>")
  c:flag("--quiet -q", "No table.")
  c:flag("--json", "The summary as one line of JSON.")
end

local function add_report(parser)
  local c = parser:command("report", "Write a report of sweeps or runs: one self-contained page.")
    :epilog(examples "   linnet report all.jsonl --out report.html")
  c:argument("files", "Files of a sweep's records (shards of one sweep together), or a run's.")
    :args("+")
  c:option("--out -o", "The page: .html, .md or .csv (default: the first file's name with .html).")
    :argname("<file>")
  c:flag("--partial", help_of("sweep.merge", "partial"))
end

local function add_slurm(parser)
  local c = parser:command("slurm", "Write (and submit) a Slurm job array for a sweep.")
    :epilog(examples("   linnet slurm figure1.lua --tasks 32 --partition short --submit\n"
      .. "   linnet slurm big.lua --tasks 200 --time 04:00:00 --option=--qos=low"))
  c:argument("spec", "A Lua file that returns linnet.sweep{...}.")
  c:option("--tasks -n", help_of("slurm", "tasks")):convert(integer):argname("<n>"):count(1)
  for _, name in ipairs{"out", "report", "dir", "partition", "time", "mem", "command"} do
    c:option("--" .. name .. (name == "out" and " -o" or ""), help_of("slurm", name))
  end
  c:option("--rtol", help_of("slurm", "rtol")):convert(number):argname("<x>")
  for _, name in ipairs{"cpus", "retries"} do
    c:option("--" .. name, help_of("slurm", name)):convert(integer):argname("<n>")
  end
  c:option("--option", help_of("slurm", "option")):count("*")
  c:flag("--submit", help_of("slurm", "submit"))
end

local function parser_make()
  local parser = argparse("linnet",
    "A laboratory for the gradient flow of single-hidden-layer linear networks.")
    :epilog("linnet COMMAND --help explains a command. Exit codes: 0 done, 1 failed,\n"
      .. "2 wrong usage, 130 interrupted.\n\n" .. examples("   linnet repl\n"
      .. "   linnet sweep figure1.lua --threads 2\n   linnet report figure1.jsonl"))
    :command_target("chosen"):require_command(true):help_max_width(78)
  parser:flag("--version", "The version."):action(function()
    print("linnet " .. require "linnet.version")
    os.exit(core.process.flush() and 0 or 1, true)
  end)
  add_run(parser)
  add_sweep(parser)
  add_merge(parser)
  add_report(parser)
  add_slurm(parser)
  parser:command("repl", "The Lua prompt with linnet loaded.")
    :epilog(examples "   linnet repl")
  parser:command("doctor", "What is installed, what is missing, how to get it.")
    :epilog(examples "   linnet doctor --json")
    :flag("--json", "The findings as one line of JSON.")
  parser:command("help", "The manual: its index, a page, or what mentions some words.")
    :epilog(examples "   linnet help flow\n   linnet help Theorem 1")
    :argument("words", "A name (flow, matrix:svd, theory) or words to search for."):args("*")
  parser:command("completion", "What a shell needs to complete this command, or its manual page.")
    :epilog(examples "   linnet completion bash >~/.local/share/bash-completion/completions/linnet")
    :argument("kind", "bash, zsh or man."):choices{"bash", "zsh", "man"}
  return parser
end

-- ---------------------------------------------------------------- outcomes

-- The shell command by which this one was started, for worker processes and Slurm.
local function self_command(argv)
  local quote = require("linnet.shell.slurm").quote
  local lowest = 0
  while argv[lowest - 1] do lowest = lowest - 1 end
  local script = argv[0] or "linnet"
  if script:find("/", 1, true) and script:sub(1, 1) ~= "/" or lowest < 0 and script:sub(1, 1) ~= "/"
  then
    script = (require("lfs").currentdir() or ".") .. "/" .. script
  end
  return (lowest < 0 and quote(argv[lowest]) .. " " or "") .. quote(script)
end

-- One line for a terminal: Lua's names of options become the command's.
local function message_of(problem, command)
  local text = tostring(problem)
  text = files.printable(text:gsub("[\r\n].*", ""):gsub("%c", " "))
  if command then text = text:gsub("^" .. command .. "[.%w_]*: ", "") end
  if command == "report" then text = text:gsub("^merge: ", ""):gsub("^save: ", "") end
  return (text:gsub("resume = true", "--resume"):gsub("partial = true", "--partial")
    :gsub("overwrite = true", "--overwrite"):gsub("changed = true", "--changed")
    :gsub("%(rtol%)", "(--rtol)"))
end

-- What argparse says, what may have been meant, and whose --help to read.
local function wrong_usage(parser, argv, problem)
  local text, meant = problem:match("^([^\n]*)\n?(.*)$")
  local word = text:match("^unknown command '(.*)'$")
  if word and word:find("%.lua$") then meant = ("linnet run %s runs a file"):format(word) end
  local command = ""
  for _, known in ipairs(parser._commands) do
    if known._name == argv[1] then command = " " .. argv[1] end
  end
  if meant ~= "" then meant = "; " .. meant:sub(1, 1):lower() .. meant:sub(2):gsub("%?$", "") end
  return message_of(text .. meant) .. (" (see linnet%s --help)"):format(command)
end

-- What follows the file of `linnet run` is the file's: its options are not the command's.
local function split_run(argv)
  for i = 2, argv[1] == "run" and #argv or 0 do
    if argv[i]:sub(1, 1) ~= "-" then
      return table.move(argv, 1, i, 1, {}), table.move(argv, i + 1, #argv, 1, {})
    end
  end
  return argv, {}
end

--- Run the command.
-- @tparam {string,...} argv arguments; `argv[0]` and below as in `arg`
-- @treturn integer exit code
-- @usage if false then os.exit(require("linnet.shell.cli").main(arg)) end
function M.main(argv)
  local own, rest = split_run(argv)
  local parser = parser_make()
  local ok, args = parser:pparse(own)
  if not ok then
    io.stderr:write("linnet: ", wrong_usage(parser, own, args), "\n")
    return 2
  end
  core.process.streams()
  args.self = self_command(argv)
  args.args, args.parser = rest, parser
  local trace
  local done, code = xpcall(commands[args.chosen], function(problem)
    trace = args.traceback and debug.traceback(message_of(problem), 2)
    return problem
  end, args)
  local written, why = core.process.flush()
  if done and not written then
    done, code = false, "cannot write standard output: " .. why
  end
  if done then return code or 0 end
  io.stderr:write("linnet ", args.chosen, ": ", trace or message_of(code, args.chosen), "\n")
  return failure.is_interrupt(code) and 130 or 1
end

return M
