--- The prompt: the stock interpreter with linnet's names loaded.
--
-- `linnet repl` runs `lua -i` in place of itself, so line editing, history and Ctrl-C are those
-- the user knows. Inside, `linnet`, the constructors and `help` are globals.
--
-- SPDX-License-Identifier: MIT
-- @module linnet.repl

local M = {}

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
  local setup = ("package.path, package.cpath = %q, %q require('linnet.repl').greet()")
    :format(package.path, package.cpath)
  return ("if command -v rlwrap >/dev/null 2>&1; then exec rlwrap -C linnet %s -i -e %s; "
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
