--- lua/linnet/keep/run.lua: runs as plain tables, and back: columns, how it ended, what it was
-- asked for, its problem, and states along the way, so that a run tells afterwards all it can.
--
-- SPDX-License-Identifier: MIT
-- @module linnet.keep.run

local core = require "linnet.core"
local display = require "linnet.display"
local failure = require "linnet.failure"
local options = require "linnet.options"
local parts = require "linnet.keep.parts"
local run = require "linnet.run"
local types = require "linnet.types"
local error = require("linnet.failure").raise

for _, schema in ipairs{"linnet.flow", "linnet.descend"} do require(schema) end

local M = {}

local PATH_NUMBERS = 1e6 -- of the states along the way together; then every other one goes

-- ---------------------------------------------------------------- out

-- States along the way, thinned so that the file stays small.
local function path_out(checkpoints)
  local one = parts.point_out(checkpoints[#checkpoints].state)
  local numbers = one.Y or one.L
  local room, stride = PATH_NUMBERS / (numbers:rows() * numbers:cols()), 1
  while #checkpoints / stride > math.max(8, room) do stride = 2 * stride end
  local path = {}
  for i = 1, #checkpoints, stride do
    path[#path + 1] = parts.point_out(checkpoints[i].state)
    path[#path].h, path[#path].method = checkpoints[i].h, checkpoints[i].method
  end
  return path
end

--- A run as a table that records can hold.
function M.out(self)
  local kept = {kind = "run", version = require "linnet.version", stats = self.stats,
    columns = self.columns, values = {}}
  for _, name in ipairs(self.columns) do kept.values[name] = self[name] end
  if not self.final then return kept end -- it came from a file of linnet 0.1.0
  kept.options = parts.plain(self.options)
  local save_at = self.options.save_at
  if core.matrix.is_matrix(save_at) then
    kept.options.save_at = save_at
  elseif type(save_at) == "table" and (save_at.log or save_at.linear) then
    kept.options.save_at = parts.plain(save_at)
  end
  local eta = self.options.eta
  if type(eta) == "table" or core.matrix.is_matrix(eta) then kept.options.eta = eta end
  kept.problem, kept.origin = parts.problem_out(self.problem), parts.origin_out(self.start)
  kept.start, kept.final = parts.point_out(self.start), parts.point_out(self.final)
  kept.path = self.checkpoints and path_out(self.checkpoints) or nil
  return kept
end

-- ---------------------------------------------------------------- in

local TEXTS, NUMBERS = {"method", "reason"}, {"steps", "seconds"}
local COUNTS = {"steps", "rejected", "evaluations", "eigenproblems", "margins"}

local function stats_fit(stats)
  if type(stats) ~= "table" then return false end
  for _, name in ipairs(TEXTS) do if type(stats[name]) ~= "string" then return false end end
  for _, name in ipairs(NUMBERS) do if type(stats[name]) ~= "number" then return false end end
  for _, name in ipairs(COUNTS) do
    if stats[name] ~= nil and not math.tointeger(stats[name]) then return false end
  end
  return not stats.eigenproblems or stats.evaluations ~= nil
end

-- Columns of one length that hide no method, the time among them.
local function columns_fit(columns, values)
  if type(columns) ~= "table" or type(values) ~= "table" or not core.matrix.is_matrix(values.t) then
    return false
  end
  local count, has_t = 0, false
  for _ in next, columns do count = count + 1 end
  for i = 1, count do
    local name = columns[i]
    local column = type(name) == "string" and (name == "t" or name == "k"
      or not types.has("run", name)) and values[name]
    if not core.matrix.is_matrix(column) or column:rows() ~= values.t:rows() then return false end
    has_t = has_t or name == "t"
  end
  return has_t
end

local METHODS = {}
for _, name in ipairs(core.flow.methods) do METHODS[name] = true end

-- The options by their schema, nil where they do not fit it.
local function checked(schema, given)
  local ok, o = pcall(options.check, schema, given)
  if ok then return o end
  if failure.kind(o) ~= "misuse" then error(o, 0) end -- memory, Ctrl-C: not the file's doing
end

-- What a run was asked for, by the schema of what made it; nil when it is something else.
local function options_in(self, given)
  if type(given) ~= "table" then return nil end
  if not rawget(self, "k") then
    return checked("flow", given)
  end
  local eta = given.eta
  given.eta = eta or 1
  local o = checked("descend", given)
  if not o then return nil end
  o.eta = eta -- nil: it was a function, which files do not keep
  for name in pairs(core.descent.uses) do -- no defaults for a method that does not use them
    if given[name] == nil then o[name] = nil end
  end
  return o
end

-- Checkpoints from the start to the end, in order.
local function path_in(self, kept)
  if type(kept) ~= "table" or #kept == 0 then return nil end
  local list, last = {}, -1
  for i, point in ipairs(kept) do
    local state = parts.point_in(self.start, point)
    if not state or not (state.t > last and state.t < math.huge)
      or point.h ~= nil and not (type(point.h) == "number" and point.h >= 0)
      or point.method ~= nil and not METHODS[point.method] then
      return nil
    end
    list[i], last = {state = state, h = point.h, method = point.method}, state.t
  end
  list[1].state = self.start
  if kept[1].t ~= self.start.t or last > self.final.t then return nil end
  return run.checkpoints_of(list)
end

-- What a run was made of; true, or nil and why it does not fit.
local function provenance_in(self, kept)
  local first, why
  self.problem, why = parts.problem_in(kept.problem)
  if not self.problem then return nil, why end
  first, why = parts.origin_in(self.problem, kept.origin)
  if not first then return nil, why end
  self.start, why = parts.point_in(first, kept.start)
  if not self.start then return nil, why end
  self.final, why = parts.point_in(first, kept.final)
  if not self.final then return nil, why end
  self.options = options_in(self, kept.options)
  if not self.options then return nil, "its options are none" end
  if self.final.t < self.start.t then return nil, "it ends before it starts" end
  if rawget(self, "k") then return true end
  if not METHODS[self.stats.method] then return nil, "its method is unknown" end
  self.checkpoints = path_in(self, kept.path)
  if not self.checkpoints then return nil, "its states along the way do not fit its start" end
  return true
end

--- The run of what `out` gave, or nil and why it is none.
function M.back(kept)
  if not stats_fit(kept.stats) or not columns_fit(kept.columns, kept.values) then
    return nil, "its columns or its stats are damaged"
  end
  local self = setmetatable({stats = display.of(kept.stats), columns = kept.columns}, run.meta)
  for _, name in ipairs(kept.columns) do self[name] = kept.values[name] end
  if kept.problem == nil and kept.origin == nil then return self end
  local ok, why = provenance_in(self, kept)
  return ok and self, why
end

return M
