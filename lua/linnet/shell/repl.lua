--- The prompt: a loop over the readline of the interpreter's process, with linnet's names at hand.
--
-- Pasted code works (top-level `local` names live on), Ctrl-C drops a line or stops a call and
-- never ends the session, `_` is the last result and `_err` the last error, TAB completes, `?name`
-- helps.
--
-- SPDX-License-Identifier: MIT
-- @module linnet.shell.repl

local core = require "linnet.core"
local complete = require "linnet.shell.complete"
local display = require "linnet.display"
local gnuplot = require "linnet.plot.gnuplot"
local help = require "linnet.shell.help"
local slips = require "linnet.shell.slips"
local source = require "linnet.shell.source"
local words = require "linnet.words"

local M = {}

-- ---------------------------------------------------------------- printed results

local printed -- the last text that print wrote: a plot prints itself and is not shown again

--- What the prompt prints with: like `print`, but plain tables show their fields, and values of
-- several lines stand below each other.
-- @param ... anything
-- @usage linnet.repl.print({c = 1.5, delta_plus = 0})
function M.print(...)
  local values = table.pack(...)
  printed = values.n == 1 and values[1] or nil
  local apart = "\t"
  for i = 1, values.n do
    values[i] = display.text(values[i])
    if values[i]:find("\n", 1, true) then apart = "\n" end
  end
  io.stdout:write(table.concat(values, apart), "\n")
end

local KEPT = 4 -- lines at the end of a text that is cut in the middle

-- A text as the window takes it: its beginning, how much is left out, its end.
local function fitted(text)
  local lines, columns, room = {}, gnuplot.window()
  text = words.fit(text, columns)
  for line in (text .. "\n"):gmatch("(.-)\n") do lines[#lines + 1] = line end
  room = room - 3
  if #lines <= room then return text end
  local cut = #lines - (room - 1)
  local out = table.move(lines, 1, room - 1 - KEPT, 1, {})
  out[#out + 1] = ("  ... %d lines more: print(_) shows all"):format(cut)
  return table.concat(table.move(lines, #lines - KEPT + 1, #lines, #out + 1, out), "\n")
end

-- A module of linnet's by its page, whole, a function of ours by how it is called; anything else as
-- it is displayed, cut to the window.
local function shown(value)
  if type(value) == "table" then
    for name, module in next, package.loaded do
      if module == value and name:find("^linnet") then
        local ok, text = pcall(help.text, value)
        if ok then return words.fit(text, (gnuplot.window())) end
      end
    end
  end
  local name = type(value) == "function" and help.called(value)
  return name and ("a function: %s"):format(name) or fitted(display.text(value))
end

local function show(results)
  for i = 1, results.n do
    if not (results.n == 1 and results[1] ~= nil and results[1] == printed) then
      io.stdout:write(shown(results[i]), "\n")
    end
  end
end

-- ---------------------------------------------------------------- one input

-- Globals too: what one types all the time.
local NAMES = {"matrix", "zeros", "ones", "eye", "diag", "linspace", "logspace", "random",
  "problem", "plot", "data"}

--- Put linnet, its most used names and `help` into a table of globals.
-- @tparam[opt] table env `_G` when absent
-- @usage linnet.repl.preload({})
function M.preload(env)
  env = env or _G
  local linnet = require "linnet"
  env.linnet, env.help = linnet, linnet.help
  for _, name in ipairs(NAMES) do env[name] = linnet[name] end
end

-- What was computed before an error came, and where it is now.
local function kept(err)
  for _, field in ipairs{"run", "result"} do
    local ok, value = pcall(function() return err[field] end)
    if ok and value ~= nil and type(err) == "table" then
      return ("\n  what it had is in _err.%s"):format(field)
    end
  end
  return ""
end

-- An error in the user's words: no place in our sources or in the line just typed, no traceback;
-- lines break between words.
local function explained(err)
  local text = tostring(err):gsub("\nstack traceback:.*", "")
  text = text:gsub("^prompt:1: ", ""):gsub("^prompt:(%d+): ", "line %1: ")
  local more = slips.runtime(text, complete.names(_G, nil, false))
  if more then text = text .. "\n  " .. more end
  return words.fit(text, (gnuplot.window()))
end

local function failed(err)
  _G._err = err
  io.stdout:write(explained(err), kept(err), "\n")
end

-- A lone name that stands for nothing was mistyped more often than it was meant.
local function nothing(text)
  local name = text:match("^%s*([%a_][%w_]*)%s*$")
  if not name or name == "nil" or name:find("^_") then return nil end
  local meant = slips.name(name, complete.names(_G, nil, false))
  return words.fit(("nil (there is no '%s'%s)"):format(name, meant and "; " .. meant or ""),
    (gnuplot.window()))
end

local function run(text, timed)
  local f, why, open = source.compiled(text)
  if not f then return why, open end
  local began = timed and os.clock()
  printed = nil
  local results = table.pack(pcall(f))
  if not results[1] then return failed(results[2]) end
  results = table.pack(table.unpack(results, 2, results.n))
  if results.n > 0 and results[1] ~= nil then _G._ = results[1] end
  local said = results.n == 1 and results[1] == nil and nothing(text)
  if said then io.stdout:write(said, "\n") else show(results) end
  if timed then io.stdout:write(("%.3g s of processor time\n"):format(os.clock() - began)) end
end

-- A word, an object's name or nothing: what `?x` and `help x` show.
local function explain(about)
  if about == "" then return help() end
  local f = about:find("^[%a_][%w_.:]*$") and not help.known(about)
    and source.compiled((about:gsub(":", ".")))
  local ok, value = pcall(f or error)
  if ok and value ~= nil and pcall(help.text, value) then return help(value) end
  return help(about)
end

-- One complete input, or the reason why it is none and whether more lines may complete it.
local function answer(text)
  local what, about = source.command(text)
  if what == "leave" then return nil, nil, true end
  if what == "help" then
    local ok, err = pcall(explain, about)
    return not ok and failed(err) or nil
  end
  return run(about or text, what == "time")
end

-- ---------------------------------------------------------------- the loop

local function history_file()
  return os.getenv("LINNET_HISTORY") or (os.getenv("HOME") or ".") .. "/.linnet_history"
end

-- Lines as they come, where there is no readline or no terminal.
local function plain_reader(terminal)
  return function(prompt)
    if terminal then io.stdout:write(prompt):flush() end
    local line, _, code = io.read()
    if line or not code then return line end
    io.stdout:write("\n")
    return false
  end
end

-- The lines of a pasted text, each with the next one.
local function pieces(text)
  local lines, at = {}, 0
  for line in (text .. "\n"):gmatch("(.-)\r?\n") do lines[#lines + 1] = line end
  return function()
    at = at + 1
    return lines[at], lines[at + 1]
  end
end

local function session(read)
  local pending, leave = "", false
  local function take(line, following)
    pending = pending == "" and line or pending .. "\n" .. line
    if pending:find("^%s*$") then pending = "" return end
    if following and source.continues(following) then return end
    local text = pending
    pending = ""
    local why, open, done = answer(text)
    if open and following ~= false then pending = text
    elseif why then io.stdout:write(why, "\n")
    end
    leave = leave or done
  end
  while not leave do
    local line = read(pending == "" and "> " or ">> ")
    if line == nil then break end
    if line == false or (line == "" and pending:find("\n%s*$")) then -- two empty lines give up, too
      if line == "" then take(line, false) end
      pending = ""
    else
      if line:find("%S") then core.prompt.remember(line) end
      for piece, following in pieces(line) do
        take(piece, following)
        if leave then break end
      end
    end
  end
end

local function greet(edits, terminal)
  if not terminal then return end
  print(words.fit(("linnet %s: help lists all, ?flow explains%s; Ctrl-D leaves."):format(
    require "linnet.version", edits and ", TAB completes" or ""), (gnuplot.window())))
end

--- Run the prompt until the user leaves.
-- @treturn integer the exit code
function M.run()
  M.preload()
  _G.print = M.print
  local terminal = core.system.isatty("stdin") and core.system.isatty("stdout")
  local edits = core.prompt.open(function(line, from, to)
    return complete.words(_G, line, from, to)
  end, history_file()) and os.getenv("LINNET_READLINE") ~= "no"
  greet(edits, terminal)
  local read = edits and core.prompt.read or plain_reader(terminal)
  repeat -- a Ctrl-C between two calls comes out here: back to a fresh line
    local ok, err = pcall(session, read)
    if not ok then failed(err) end
  until ok
  if terminal then io.stdout:write("\n") end
  core.prompt.close(history_file())
  return 0
end

return M
