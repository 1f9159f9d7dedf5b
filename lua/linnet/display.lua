--- lua/linnet/display.lua: results that are plain tables, as text: their fields, one to a line.
--
-- SPDX-License-Identifier: MIT
-- @module linnet.display

local check = require "linnet.check"
local core = require "linnet.core"
local words = require "linnet.words"

local M = {}

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

local FEW, ROWS = 4, 6 -- entries of a table inside a table, rows of a matrix, that are still shown

-- A number with the digits that a person reads, a tall matrix by its range; everything else as it
-- says itself.
local function scalar(value)
  if math.type(value) == "float" then return ("%.6g"):format(value) end
  if check.is_matrix(value) and value:rows() > ROWS and value:cols() > 0 then
    return ("%dx%d matrix, from %.6g to %.6g"):format(value:rows(), value:cols(), value:min(),
      value:max())
  end
  return tostring(value)
end

-- A plain table in one line, what is inside of it too where that is little, else as {...}.
local function inline(t, inside)
  local parts, keys = {}, sorted_keys(t)
  if inside and #keys > FEW then return "{...}" end
  for i, key in ipairs(keys) do
    local value = t[key]
    value = plain(value) and (inside and "{...}" or inline(value, true))
      or scalar(value):match("^[^\n]*")
    parts[i] = key == i and value or ("%s\1=\1%s"):format(tostring(key), value)
  end
  return "{" .. table.concat(parts, ", ") .. "}"
end

-- "key  value"; a value of several lines that would be too wide there stands below its key.
local function field(head, value)
  if plain(value) then return (words.wrap(head, inline(value)):gsub("\1=\1", " = ")) end
  local indent, widest, text = #head, 0, scalar(value)
  for line in text:gmatch("[^\n]+") do widest = math.max(widest, utf8.len(line) or #line) end
  if text:find("\n", 1, true) and indent + widest > words.WIDTH then
    head, indent, text = head:gsub("%s+$", ""), 4, "\n" .. text
  end
  return head .. text:gsub("\n", "\n" .. (" "):rep(indent))
end

-- A table as its fields, one to a line.
local function fields(value)
  local keys, lines, width = sorted_keys(value), {}, 0
  for _, key in ipairs(keys) do width = math.min(40, math.max(width, #tostring(key))) end
  for i, key in ipairs(keys) do
    lines[i] = field(("  %-" .. width .. "s  "):format(tostring(key)), value[key])
  end
  return #lines > 0 and table.concat(lines, "\n") or "{}"
end

--- A value as the prompt shows it: a plain table as its fields, others as they say themselves.
-- @param value
-- @treturn string
-- @usage assert(require("linnet.display").text({c = 1}) == "  c  1")
function M.text(value) return plain(value) and fields(value) or tostring(value) end

--- A result that prints as its fields, in scripts too; to `pairs` it stays a plain table.
-- @tparam table result
-- @treturn table the same
-- @usage assert(tostring(require("linnet.display").of({c = 1})) == "  c  1")
function M.of(result) return setmetatable(result, core.state.fields) end

core.state.fields.__tostring = fields

return M
