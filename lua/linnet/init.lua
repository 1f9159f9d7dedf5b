--- linnet: a laboratory for the gradient flow of single-hidden-layer linear networks.
--
-- `local linnet = require "linnet"`; `help()` in the REPL, `linnet --help` in the shell.
--
-- SPDX-License-Identifier: MIT
-- @module linnet

if _VERSION ~= "Lua 5.4" then
  error("linnet needs Lua 5.4, this is " .. _VERSION, 0)
end

local core = require "linnet.core"

local M = {version = require "linnet.version", options = require "linnet.options"}

-- What comes with the package is loaded when it is first asked for.
local modules = {}
for name in ("matrix random npy csv data theory exact plot report record ensemble sweep")
  :gmatch("%S+") do
  modules[name] = "linnet." .. name
end
for name in ("help doctor repl"):gmatch("%S+") do modules[name] = "linnet.shell." .. name end

-- Functions of a module that are the package's own too.
local functions = {
  zeros = "matrix", ones = "matrix", eye = "matrix", diag = "matrix", linspace = "matrix",
  logspace = "matrix", is_matrix = "matrix", threads = "matrix", heatmap = "plot",
}

M.problem = require("linnet.problem").new
require "linnet.start"
require "linnet.start.structured"
require "linnet.state"
require "linnet.flow"
require "linnet.descend"
require "linnet.run.ladder"
require "linnet.run.rates"
require "linnet.run.lazy"
require "linnet.run.plot"
M.load = require("linnet.run").load
M.blas_info = core.system.blas_info

return setmetatable(M, {
  __name = "linnet",
  __index = function(self, name)
    local value
    if modules[name] then value = require(modules[name])
    elseif functions[name] then value = self[functions[name]][name]
    end
    rawset(self, name, value)
    return value
  end,
})
