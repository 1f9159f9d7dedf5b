--- linnet: a laboratory for the gradient flow of single-hidden-layer linear networks.
--
-- `local linnet = require "linnet"`; `help()` in the REPL, `linnet --help` in the shell.
--
-- SPDX-License-Identifier: MIT
-- @module linnet

if _VERSION ~= "Lua 5.4" then
  error("linnet needs Lua 5.4, this is " .. _VERSION, 0)
end

local check = require "linnet.check"
local habits = require "linnet.habits"
local raise = require("linnet.failure").raise
local types = require "linnet.types"

-- What comes with the package is loaded when it is first asked for: linnet.types says from where.
return setmetatable({version = require "linnet.version"}, {
  __name = "linnet",
  __index = function(self, name)
    local value = types.public(name)
    if value == nil and type(name) == "string" and name:sub(1, 1) ~= "_" then
      local names, advice = types.public_names(), habits.advice("linnet", name)
      raise(("linnet has no '%s'%s; there are %s"):format(name,
        advice and ": " .. advice or check.suggestion(name, names), table.concat(names, ", ")), 2)
    end
    rawset(self, name, value)
    return value
  end,
})
