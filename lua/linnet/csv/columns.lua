--- Which columns of a table are meant: by name or number, as targets, inputs, or to be left out.
--
-- SPDX-License-Identifier: MIT
-- @module linnet.csv.columns

local check = require "linnet.check"
local words = require "linnet.csv.words"

local M = {}

local SHOWN = 6 -- columns listed in a message

local function columns_text(layout)
  if layout.names then return "the columns are " .. words.list(layout.names, SHOWN) end
  return ("the columns have no names, they are 1..%d (header = true takes line %d for names)")
    :format(layout.cols, layout.first_line)
end

-- The column a user means, or nil and a reason.
local function find(option, wanted, layout)
  local names, count = layout.names, layout.cols
  if math.type(wanted) and math.tointeger(wanted) then
    if wanted >= 1 and wanted <= count then return math.tointeger(wanted) end
    return nil, ("there is no column %d: they are 1..%d"):format(wanted, count)
  elseif type(wanted) ~= "string" then
    return nil, ("option '%s': a column is a name or a number from 1..%d, got %s"):format(option,
      count, type(wanted) == "number" and tostring(wanted) or type(wanted))
  end
  local found
  for j, name in ipairs(names or {}) do
    if name == wanted and found then
      return nil, ("columns %d and %d are both called %s: say which by number, %s = %d")
        :format(found, j, words.cell(name), option, found)
    elseif name == wanted then
      found = j
    end
  end
  if found then return found end
  local named = {}
  for _, name in ipairs(names or {}) do named[#named + 1] = name ~= "" and name or nil end
  local near = check.nearest(wanted, named)
  return nil, ("there is no column %s%s; %s"):format(words.cell(wanted),
    near and (" (did you mean %s?)"):format(words.cell(near)) or "", columns_text(layout))
end

-- Columns of an option, in its order: list, set; or nil and a reason.
local function list(option, wanted, layout)
  local out, taken = {}, {}
  for k, one in ipairs(type(wanted) == "table" and wanted or {wanted}) do
    local j, why = find(option, one, layout)
    if not j then return nil, why end
    if taken[j] then
      return nil, ("option '%s': column %d is named twice"):format(option, j)
    end
    out[k], taken[j] = j, true
  end
  return out, taken
end

--- Targets in the order wanted, and inputs: those of option `columns` in its order, or all others
-- in the order of the file, without those of option `drop`.
-- @treturn ?{integer,...} targets, empty when none is wanted
-- @treturn {integer,...}|string inputs, or a reason
function M.split(o, layout)
  local targets, is_target = list("target", o.target, layout)
  if not targets then return nil, is_target end
  if o.target ~= nil and #targets == 0 then return nil, "option 'target' names no column" end
  local dropped, is_dropped = list("drop", o.drop, layout)
  if not dropped then return nil, is_dropped end
  local chosen, is_chosen = list("columns", o.columns, layout)
  if not chosen then return nil, is_chosen end
  local all = {}
  for j = 1, layout.cols do all[j] = j end
  local inputs = {}
  for _, j in ipairs(o.columns and chosen or all) do
    if is_target[j] and (is_dropped[j] or is_chosen[j]) then
      return nil, ("column %d is a target, and in option '%s'"):format(j,
        is_dropped[j] and "drop" or "columns")
    end
    if not is_target[j] and not is_dropped[j] then inputs[#inputs + 1] = j end
  end
  for _, j in ipairs(dropped) do
    if is_target[j] then return nil, ("column %d is a target, and in option 'drop'"):format(j) end
  end
  if #inputs == 0 then
    return nil, o.target ~= nil and "no column is left for X: all are targets or dropped"
      or "no column is left"
  end
  return targets, inputs
end

--- The names that options speak of; 4 in quotes may be a number all the same.
-- @treturn {string,...}
function M.named(o)
  local out = {}
  for _, option in ipairs{"target", "drop", "columns"} do
    for _, one in ipairs(type(o[option]) == "table" and o[option] or {o[option]}) do
      if type(one) == "string" and not tonumber(one) then out[#out + 1] = one end
    end
  end
  return out
end

--- "column 2 ('b')".
function M.place(layout, j)
  local name = layout.names and layout.names[j]
  return name and ("column %d (%s)"):format(j, words.cell(name)) or ("column %d"):format(j)
end

--- What a user calls column j in an option: 'b', or 2 when that is no name of its own to type.
function M.key(layout, j)
  local name = layout.names and layout.names[j]
  for other, same in ipairs(layout.names or {}) do
    if other ~= j and same == name then return tostring(j) end
  end
  local plain = name and name ~= "" and #name <= 40 and not name:find("[%c'\\]")
  return plain and words.cell(name) or tostring(j)
end

--- The name of column j, "column 2" where it has none.
function M.name(layout, j)
  local name = layout.names and layout.names[j]
  return name and name ~= "" and name or ("column %d"):format(j)
end

return M
