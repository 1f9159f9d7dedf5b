--- Records along a run: which quantities, kept as columns while a trajectory advances.
--
-- SPDX-License-Identifier: MIT
-- @module linnet.run.trace

local check = require "linnet.check"
local core = require "linnet.core"
local types = require "linnet.types"
local error = require("linnet.failure").raise

local M = {}

--- What can be recorded by name, as functions of a state. A number, or a column matrix.
M.quantities = {}

--- Their names, sorted, and which are drawn over a logarithmic axis.
M.names, M.logarithmic = {}, {}
for i, m in ipairs(core.state.measures) do
  M.quantities[m.name] = core.types.state.methods[m.name]
  M.names[i], M.logarithmic[m.name] = m.name, m.log
end
table.sort(M.names)

-- Names beside those of a run's fields and methods that records cannot have.
local RESERVED = {method = true, error = true}

--- The functions behind a `record` option: a list of names, `name = function(state)`, and `name =
-- problem` for the excess on its data.
-- @tparam table record
-- @tparam problem p what is trained
-- @treturn ?table list of {name, function}; nil and a message when a name is unknown, or a problem
-- is of other maps
function M.resolve(record, p)
  local list, seen = {}, {}
  local function add(name, f)
    if not seen[name] then
      seen[name] = true
      list[#list + 1] = {name, f}
    end
  end
  add("loss", M.quantities.loss)
  add("excess", M.quantities.excess)
  for _, name in ipairs(record) do
    local f = type(name) == "string" and M.quantities[name]
    if not f then
      return nil, ("record: '%s' is not one of %s%s"):format(tostring(name),
        table.concat(M.names, ", "), check.suggestion(name, M.names))
    end
    add(name, f)
  end
  local own = {}
  for name in next, record do
    if type(name) == "string" then own[#own + 1] = name end
  end
  table.sort(own)
  for _, name in ipairs(own) do
    local value = record[name]
    if not check.is(value, "problem") and type(value) ~= "function" then
      return nil, ("record: '%s' must be a function of the state, or a problem, got %s"):format(
        name, check.shown(value))
    elseif check.is(value, "problem") and (value.D ~= p.D or value.m ~= p.m) then
      return nil, ("record: the problem '%s' has D = %d and m = %d, the one that is trained D = %d "
        .. "and m = %d"):format(name, value.D, value.m, p.D, p.m)
    elseif RESERVED[name] or types.has("run", name) then
      return nil, ("record: '%s' is a field of every run; choose another name"):format(name)
    end
    if seen[name] then
      return nil, ("record: '%s' is recorded already; choose another name for your own"):format(
        name)
    end
    add(name, type(value) == "function" and value or function(s) return s:excess(value) end)
  end
  return list
end

local Trace = {}
Trace.__index = Trace

--- A trace over a resolved list.
function M.new(list)
  local self = setmetatable({list = list, clock = {}, times = {}, columns = {}, worst_drift = 0},
    Trace)
  for i = 1, #list do self.columns[i] = {} end
  return self
end

--- Append one row: the clock's value (t or k) and every quantity of the state.
function Trace:record(clock, state)
  for i, entry in ipairs(self.list) do
    local x = entry[2](state)
    if type(x) ~= "number" and not core.matrix.is_matrix(x) then
      error(("record: '%s' must return a number or a matrix, got a %s"):format(entry[1], type(x)),
        0)
    end
    self.columns[i][#self.clock + 1] = x
  end
  self.times[#self.clock + 1] = state.t
  self.clock[#self.clock + 1] = clock
  self.worst_drift = math.max(self.worst_drift, state:imbalance_drift())
end

local function as_matrix(column, rows)
  local first = column[1]
  if not core.matrix.is_matrix(first) then
    return core.matrix.new(rows, 1, function(i) return column[i] end)
  end
  local flat = {}
  for i = 1, rows do
    flat[i] = {}
    for a = 1, first:rows() do
      for b = 1, first:cols() do flat[i][#flat[i] + 1] = column[i]:get(a, b) end
    end
  end
  return core.matrix.new(rows, #(flat[1] or {}), function(i, j) return flat[i][j] end)
end

--- The columns as matrices, one row per record; a matrix quantity fills a row with its entries.
-- @treturn matrix the clock
-- @treturn table name -> matrix
-- @treturn matrix the times of the states
function Trace:matrices()
  local rows, out = #self.clock, {}
  for i, entry in ipairs(self.list) do out[entry[1]] = as_matrix(self.columns[i], rows) end
  return as_matrix(self.clock, rows), out, as_matrix(self.times, rows)
end

return M
