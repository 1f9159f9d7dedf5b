--- lua/linnet/display.lua: results that are plain tables, as text: their fields, one to a line.
--
-- SPDX-License-Identifier: MIT
-- @module linnet.display

local core = require "linnet.core"

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

-- A plain table in one line, tables inside it as {...}.
local function inline(t)
  local parts = {}
  for i, key in ipairs(sorted_keys(t)) do
    local value = plain(t[key]) and "{...}" or tostring(t[key]):match("^[^\n]*")
    parts[i] = key == i and value or ("%s = %s"):format(tostring(key), value)
  end
  return "{" .. table.concat(parts, ", ") .. "}"
end

-- A table as its fields, one to a line.
local function fields(value)
  local keys, lines, width = sorted_keys(value), {}, 0
  for _, key in ipairs(keys) do width = math.min(40, math.max(width, #tostring(key))) end
  for i, key in ipairs(keys) do
    local text = plain(value[key]) and inline(value[key]) or tostring(value[key])
    lines[i] = ("  %-" .. width .. "s  %s"):format(tostring(key),
      (text:gsub("\n", "\n" .. (" "):rep(width + 4))))
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
