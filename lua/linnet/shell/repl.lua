--- The prompt: the stock interpreter with linnet's names loaded.
--
-- `linnet repl` runs `lua -i` in place of itself, so line editing, history and Ctrl-C are those
-- the user knows. Inside, `linnet`, the constructors and `help` are globals.
--
-- SPDX-License-Identifier: MIT
-- @module linnet.shell.repl

local M = {}

-- ---------------------------------------------------------------- short errors

-- The interpreter adds a traceback to errors that are strings, and none to objects that can say
-- what they are: at the prompt, errors of linnet's functions are such objects.
local Brief = {__name = "linnet.error", __tostring = function(e) return e.message end}
local inside = false -- only the outermost call: linnet's own code sees strings

local function brief(f)
  return function(...)
    if inside then return f(...) end
    inside = true
    local results = table.pack(pcall(f, ...))
    inside = false
    if results[1] then return table.unpack(results, 2, results.n) end
    local e = results[2]
    error(type(e) == "string" and setmetatable({message = e}, Brief) or e, 0)
  end
end

-- Every function of a table, and what calls the table itself.
local function brief_all(t)
  for name, value in next, t do
    if type(value) == "function" then t[name] = brief(value) end
  end
  local meta = getmetatable(t)
  local call = type(meta) == "table" and meta.__call
  if type(call) == "function" then meta.__call = brief(call) end
end

local MODULES = {"random", "npy", "csv", "data", "theory", "exact", "plot", "report", "ensemble",
  "sweep"}
local TYPES = {"matrix", "random", "problem", "state", "run", "result"}
local OPERATORS = {"__add", "__sub", "__mul", "__div", "__pow", "__unm", "__concat", "__newindex",
  "__call"}

local function brief_linnet(linnet)
  local help = require "linnet.shell.help"
  for _, name in ipairs(TYPES) do
    local methods = help.methods(name)
    if methods then brief_all(methods) end
  end
  for _, name in ipairs(MODULES) do brief_all(linnet[name]) end
  for _, name in ipairs{"matrix", "problem", "load", "help", "zeros", "ones", "eye", "diag",
    "linspace", "logspace", "heatmap"} do
    local value = linnet[name]
    if type(value) == "function" then linnet[name] = brief(value) else brief_all(value) end
  end
  local meta = debug.getregistry()["linnet.matrix"]
  for _, name in ipairs(OPERATORS) do
    if type(meta[name]) == "function" then meta[name] = brief(meta[name]) end
  end
end

-- ---------------------------------------------------------------- printed results

local function plain(value)
  local meta = type(value) == "table" and getmetatable(value)
  return type(value) == "table" and not (meta and (meta.__tostring or meta.__name))
end

local function sorted_keys(t)
  local keys = {}
  for key in next, t do keys[#keys + 1] = key end
  table.sort(keys, function(a, b)
    if type(a) == type(b) and (type(a) == "number" or type(a) == "string") then return a < b end
    return type(a) == "number" and type(b) ~= "number" or tostring(a) < tostring(b)
  end)
  return keys
end

-- A plain table in one line, tables inside it as {...}.
local function inline(t)
  local parts = {}
  for i, key in ipairs(sorted_keys(t)) do
    local value = plain(t[key]) and "{...}" or tostring(t[key]):match("^[^\n]*")
    parts[i] = key == i and value or ("%s = %s"):format(tostring(key), value)
  end
  return "{" .. table.concat(parts, ", ") .. "}"
end

-- A plain table as its fields, one to a line; whatever says itself what it is stays as it says.
local function shown(value)
  if not plain(value) then return tostring(value) end
  local keys, lines, width = sorted_keys(value), {}, 0
  for _, key in ipairs(keys) do width = math.min(40, math.max(width, #tostring(key))) end
  for i, key in ipairs(keys) do
    local text = plain(value[key]) and inline(value[key]) or tostring(value[key])
    lines[i] = ("  %-" .. width .. "s  %s"):format(tostring(key),
      (text:gsub("\n", "\n" .. (" "):rep(width + 4))))
  end
  return #lines > 0 and table.concat(lines, "\n") or "{}"
end

--- What the prompt prints with: like `print`, but plain tables show their fields.
-- @param ... anything
-- @usage linnet.repl.print({c = 1.5, delta_plus = 0})
function M.print(...)
  local values = table.pack(...)
  for i = 1, values.n do values[i] = shown(values[i]) end
  io.stdout:write(table.concat(values, "\t"), "\n")
end

-- ---------------------------------------------------------------- the prompt

-- Globals too: what one types all the time.
local NAMES = {"matrix", "zeros", "ones", "eye", "diag", "linspace", "logspace", "random",
  "problem", "plot", "data"}

--- Put linnet, its most used names and `help` into a table of globals and greet.
-- @tparam[opt] table env `_G` when absent
-- @usage linnet.repl.preload({})
function M.preload(env)
  env = env or _G
  local linnet = require "linnet"
  env.linnet, env.help = linnet, linnet.help
  for _, name in ipairs(NAMES) do env[name] = linnet[name] end
end

-- Called by the interpreter that `command` starts.
function M.greet()
  M.preload()
  brief_linnet(_G.linnet)
  M.preload() -- the names again, now brief
  _G.print = M.print
  print(("linnet %s. help() lists everything, help(\"flow\") explains one; Ctrl-D leaves.")
    :format(require "linnet.version"))
end

local function quoted(text) return "'" .. text:gsub("'", "'\\''") .. "'" end

--- The running interpreter as a command, from the arguments it was started with.
local function interpreter()
  local lowest = 0
  while arg and arg[lowest - 1] do lowest = lowest - 1 end
  return lowest < 0 and arg[lowest] or "lua5.4"
end

--- The shell command that starts the prompt, under rlwrap when that is there.
-- @treturn string
-- @usage print(linnet.repl.command())
function M.command()
  local setup = ("package.path, package.cpath = %q, %q require('linnet.shell.repl').greet()")
    :format(package.path, package.cpath)
  return ("if command -v rlwrap >/dev/null 2>&1; then exec rlwrap -n -C linnet %s -i -e %s; "
    .. "else exec %s -i -e %s; fi"):format(quoted(interpreter()), quoted(setup),
    quoted(interpreter()), quoted(setup))
end

--- Run the prompt until the user leaves.
-- @treturn integer the exit code
function M.run()
  local _, _, code = os.execute(M.command())
  return code or 0
end

return M
