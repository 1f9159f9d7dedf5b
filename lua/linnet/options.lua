--- One schema per public function, from which checking, suggestions,
-- `help`, the manual, the command line and the generated misuse specs all read.
--
-- A schema is a list of entries, one per option:
--
--     options.define("flow", {summary = "Integrate the gradient flow.",
--       {name = "t", type = "number", range = "(0, inf]", required = true,
--         help = "end time"},
--       {name = "tol", type = "number", range = "(0, inf)", default = 1e-6},
--       {name = "method", choices = {"auto", "expo2", "expo4"}, default = "auto"},
--     })
--
-- Fields of an entry: `name`; `type`, alternatives joined by `|` among number, integer, string,
-- boolean, function, table, matrix, list (of numbers) and any (default: string with `choices`, any
-- without); `range`, an interval such as `"(0, inf]"` for numbers, integers and the items of a
-- list; `float = true` lets an integer be a float of integer value too large for Lua's integers
-- (1e30, or inf if the range says so); `choices` for strings; `schema`, the name of the schema of
-- a nested table; `check(value)`, true or else false and what it must be; `default`, and
-- `default_help` for a default that is computed later; `required`; `help`, one line.
--
-- NaN is refused everywhere, infinity unless a range closes on it.
--
-- SPDX-License-Identifier: MIT
-- @module linnet.options

local check = require "linnet.check"
local types = require "linnet.types"
local words = require "linnet.words"
local error = require("linnet.failure").raise

local M = {}

--- Every schema in order of definition, and under its name.
M.schemas = {}

local MAX_DEPTH = 16 -- of tables inside option tables: beyond lies a table that contains itself
local FIELDS = {}
for field in ("name type range float choices schema check default default_help required help")
  :gmatch("%S+") do
  FIELDS[field] = true
end

local NOUN = {
  number = "a number", integer = "an integer", string = "a string", boolean = "true or false",
  ["function"] = "a function", table = "a table", matrix = "a matrix", list = "a list of numbers",
  any = "any value",
}

local is_matrix, quoted, shown = check.is_matrix, check.quoted, check.shown

--- The word of a list that a misspelt one most likely meant: least edit distance (insertions,
-- deletions, substitutions and swaps of neighbours), at most a third of the word's length; or else
-- one that begins with the other.
-- @tparam string word
-- @tparam {string,...} list
-- @treturn ?string nil when nothing is near
-- @usage assert(linnet.options.nearest("tolerance", {"t", "tol"}) == "tol")
function M.nearest(word, list)
  if type(list) ~= "table" then
    error("options.nearest: the list must be a table, got a " .. type(list), 2)
  end
  return check.nearest(word, list)
end

-- ---------------------------------------------------------------- ranges

local function range_parse(text)
  local open, low, high, close = text:match("^([%[%(])%s*(%S+)%s*,%s*(%S-)%s*([%]%)])$")
  local function bound(word)
    return word == "inf" and math.huge or word == "-inf" and -math.huge or tonumber(word)
  end
  low, high = bound(low), bound(high)
  assert(low and high and low <= high, "options.define: not a range: " .. text)
  return {text = text, low = low, high = high, low_open = open == "(", high_open = close == ")"}
end

local FINITE = range_parse("(-inf, inf)")

local function range_has(range, x) -- false for NaN
  return (x > range.low or not range.low_open and x == range.low)
    and (x < range.high or not range.high_open and x == range.high)
end

-- Limits of the machine rather than of the matter: help leaves them out, messages do not.
local MACHINE = 2 ^ 31 - 1

-- " > 0", " in [0, 1]", "": what follows the noun. `value` is nil in help.
local function range_text(range, value)
  local above, below = range.low > -math.huge, range.high < math.maxinteger
  if value == nil and range.high >= MACHINE then below = false end
  if above and below then return " in " .. range.text end
  if above then return (range.low_open and " > " or " >= ") .. shown(range.low) end
  if below then return (range.high_open and " < " or " <= ") .. shown(range.high) end
  return ""
end

-- ---------------------------------------------------------------- one value

-- Copies plain tables, so that nothing later writes to the caller's; nil when they nest too deep
-- or contain themselves. Tables met twice stay one table: the cost is linear in what there is.
local function copy(value, seen, depth)
  if type(value) ~= "table" or getmetatable(value) ~= nil then return value end
  if seen[value] ~= nil then return seen[value] or nil end
  if depth > MAX_DEPTH then return nil end
  local out = {}
  seen[value] = false -- until it is complete: met again before that, it contains itself
  for k, v in next, value do
    out[k] = copy(v, seen, depth + 1)
    if out[k] == nil then return nil end
  end
  seen[value] = out
  return out
end

-- accept[type](value, entry) -> accepted value, or nil
local accept = {}

function accept.number(value, entry)
  return type(value) == "number" and range_has(entry.interval, value) and value or nil
end

function accept.integer(value, entry)
  if type(value) ~= "number" or not range_has(entry.interval, value) then return nil end
  local whole = math.tointeger(value)
  return whole or (entry.float and value == math.floor(value) and value or nil)
end

function accept.string(value, entry)
  if type(value) ~= "string" then return nil end
  for _, choice in ipairs(entry.choices or {value}) do
    if choice == value then return value end
  end
end

function accept.list(value, entry)
  if type(value) ~= "table" or getmetatable(value) ~= nil then return nil end
  local out, count = {}, 0
  for _ in next, value do count = count + 1 end
  for i = 1, count do
    out[i] = accept.number(value[i], entry)
    if out[i] == nil then return nil end
  end
  return out
end

function accept.table(value) return type(value) == "table" and copy(value, {}, 1) or nil end
function accept.matrix(value) return is_matrix(value) and value or nil end
function accept.any(value) if value == value then return value end end
function accept.boolean(value) if type(value) == "boolean" then return value end end
accept["function"] = function(value) return type(value) == "function" and value or nil end

-- What an entry allows, for messages: "a number > 0 or one of a, b". `value` is what was given:
-- "finite" is said to those who gave an infinity.
local function allowed(entry, value)
  local parts = {}
  for _, kind in ipairs(entry.types) do
    if kind == "string" and entry.choices then
      local choices = {}
      for i, choice in ipairs(entry.choices) do choices[i] = choice == "" and "''" or choice end
      parts[#parts + 1] = "one of " .. table.concat(choices, ", ")
    else
      local numeric = kind == "number" or kind == "integer" or kind == "list"
      local finite = (value == math.huge or value == -math.huge) and kind == "number"
      parts[#parts + 1] = (finite and "a finite number" or NOUN[kind])
        .. (numeric and range_text(entry.interval, value) or "")
    end
  end
  return table.concat(parts, " or ")
end

local resolve -- a whole table; below

-- The accepted value, or nil and the message.
local function entry_check(name, entry, value, depth)
  local function refuse(why)
    return nil, ("%s: option %s %s"):format(name, quoted(entry.name), why)
  end
  local result
  for _, kind in ipairs(entry.types) do
    result = accept[kind](value, entry)
    if result ~= nil then break end
  end
  if result == nil and type(value) == "table" and entry.accepts.table then
    return refuse(("must not nest tables deeper than %d"):format(MAX_DEPTH))
  elseif result == nil then
    return refuse(("must be %s, got %s%s"):format(allowed(entry, value), shown(value),
      check.suggestion(value, entry.choices or {})))
  elseif entry.schema and type(result) == "table" then
    local nested, why = resolve(entry.schema, result, depth + 1)
    return nested, why and name .. ": " .. why
  elseif entry.check then
    local ok, why = entry.check(result)
    if not ok then return refuse(("%s, got %s"):format(why or "is not allowed", shown(value))) end
  end
  return result
end

-- ---------------------------------------------------------------- whole tables

local defined = setmetatable({}, {__mode = "k"}) -- entries of schemas; others may share them

-- An entry from what was given: a copy, which several schemas may start from.
local function entry_make(name, i, given)
  local entry = {}
  for field, value in next, given do
    assert(FIELDS[field], ("options.define: %s, entry %d: field '%s'"):format(name, i, field))
    entry[field] = value
  end
  entry.type = entry.type or entry.choices and "string" or "any"
  entry.types, entry.accepts = {}, {}
  for kind in entry.type:gmatch("[^|]+") do
    assert(NOUN[kind], ("options.define: %s.%s: type '%s'"):format(name, entry.name, kind))
    entry.types[#entry.types + 1], entry.accepts[kind] = kind, true
  end
  entry.interval = entry.range and range_parse(entry.range) or FINITE
  defined[entry] = true
  return entry
end

--- Register the schema of a public function (format: head of this file).
-- @tparam string name as messages and `help` say it
-- @tparam table schema `summary` and a list of entries; gains `name` and is kept
-- @treturn table the schema
-- @usage linnet.options.define("example", {summary = "One.", {name = "n", type = "integer"}})
function M.define(name, schema)
  if type(name) ~= "string" or type(schema) ~= "table" then
    error(("options.define: expected a string and a table, got %s and %s"):format(shown(name),
      shown(schema)), 2)
  end
  assert(not M.schemas[name], ("options.define: '%s' is defined already"):format(name))
  schema.name, schema.entries = name, {}
  for i, given in ipairs(schema) do
    local entry = defined[given] and given or entry_make(name, i, given)
    schema[i], schema.entries[entry.name] = entry, entry
    if entry.default ~= nil then
      local _, why = entry_check(name, entry, entry.default, 1)
      assert(not why, why)
    end
  end
  M.schemas[#M.schemas + 1], M.schemas[name] = schema, schema
  return schema
end

local function names_of(schema)
  local names = {}
  for i, entry in ipairs(schema) do names[i] = entry.name end
  return names
end

-- The key of `given` that no entry has, the first in the order of their texts.
local function key_unknown(schema, given)
  local unknown
  for key in next, given do
    if not schema.entries[key] and (unknown == nil or tostring(key) < tostring(unknown)) then
      unknown = key
    end
  end
  return unknown
end

function resolve(name, given, depth)
  local schema = M.schemas[name]
  if type(given) ~= "table" then
    return nil, ("%s: options must be a table, got %s"):format(name, shown(given))
  elseif depth > MAX_DEPTH then
    return nil, ("%s: options nested deeper than %d tables"):format(name, MAX_DEPTH)
  end
  local unknown = key_unknown(schema, given)
  if unknown ~= nil then
    local hint = check.suggestion(unknown, names_of(schema))
    return nil, ("%s: unknown option %s%s"):format(name, quoted(unknown), hint)
  end
  local out = {}
  for _, entry in ipairs(schema) do
    local value = rawget(given, entry.name)
    if value == nil and entry.required then
      return nil, ("%s: option %s is required: %s"):format(name, quoted(entry.name), allowed(entry))
    elseif value == nil then
      out[entry.name] = copy(entry.default, {}, 1)
    else
      local accepted, why = entry_check(name, entry, value, depth)
      if why then return nil, why end
      out[entry.name] = accepted
    end
  end
  return out
end

-- Raises for the caller of the function that calls when there is no such schema, in any module.
local function name_check(name)
  if type(name) == "string" and not M.schemas[name] then types.everything() end
  if type(name) ~= "string" or not M.schemas[name] then
    error(("options: there is no schema named %s"):format(shown(name)), 3)
  end
end

--- Like `check`, but returns nil and the message instead of raising.
-- @tparam string name of a schema
-- @tparam ?table given
-- @treturn ?table options with defaults
-- @treturn ?string what is wrong
-- @usage local given, why = linnet.options.try("plot", {logg = "x"}); assert(not given and why)
function M.try(name, given)
  name_check(name)
  if given == nil then given = {} end
  return resolve(name, given, 1)
end

--- Check a caller's options against a schema.
-- @tparam string name of a schema
-- @tparam ?table given the caller's table, never written to; nil means all defaults
-- @tparam[opt=2] integer level of the error as `error` counts it in the function that calls
--   `check`: 2 points at that function's caller. Do not call `check` as a tail call.
-- @treturn table a new table with defaults filled in; nested plain tables are copied
-- @usage local o = linnet.options.check("plot", {log = "xy"}); assert(o.log == "xy")
function M.check(name, given, level)
  name_check(name)
  local out, why = resolve(name, given == nil and {} or given, 1)
  if not out then error(why, (level or 2) + 1) end
  return out
end

-- What a default is, for a person: a list of names as it is written, a table only by what it does.
local function default_text(entry)
  if entry.default_help then return entry.default_help end
  if entry.default == nil then return nil end
  if type(entry.default) ~= "table" then
    return entry.default == "" and "''" or shown(entry.default)
  end
  local items = {}
  for i, item in ipairs(entry.default) do items[i] = shown(item) end
  return "{" .. table.concat(items, ", ") .. "}"
end

--- The options of a schema as text: name, what it allows, default, help, within 80 columns.
-- @tparam string name of a schema
-- @treturn string
-- @usage print(linnet.options.describe("plot"))
function M.describe(name)
  name_check(name)
  local schema = M.schemas[name]
  local head = name .. (schema.summary and ": " .. schema.summary or "")
  local lines, width = {words.wrap("", head)}, 0
  for _, entry in ipairs(schema) do width = math.max(width, #tostring(entry.name)) end
  for _, entry in ipairs(schema) do
    local default = default_text(entry)
    local about = allowed(entry) .. (entry.required and ", required" or default and ", default "
      .. default or "") .. (entry.help and ": " .. entry.help or "")
    lines[#lines + 1] = words.wrap(("  %-" .. width .. "s  "):format(entry.name), about)
  end
  return table.concat(lines, "\n")
end

return M
