--- lua/linnet/record/line.lua: a value as one line of JSON, and back bit for bit.
--
-- Numbers are written with `%.17g`; a float keeps a point or an exponent, so it comes back a float,
-- an integer an integer; infinities and nan are the strings `"inf"`, `"-inf"`, `"nan"`; a string
-- that happens to read so is written with an escape and stays a string. Keys are sorted by their
-- bytes: equal values are equal text. A matrix is `{"matrix": [rows, cols], "data": [...]}`, column
-- after column. Text is parsed, never run.
--
-- SPDX-License-Identifier: MIT
-- @module linnet.record.line

local check = require "linnet.check"
local core = require "linnet.core"

local M = {}

local MAX_DEPTH = 64 -- of nested tables, both ways: beyond lies a cycle, or an attack on the stack
local SPECIAL = {["inf"] = math.huge, ["-inf"] = -math.huge, ["nan"] = 0 / 0}

-- Raised inside encode and decode, caught at their top.
local function fail(text, ...)
  error({reason = text:format(...)}, 0)
end

local function guard(f, ...)
  local ok, result = pcall(f, ...)
  if ok then return result end
  if type(result) == "table" and result.reason then return nil, result.reason end
  error(result, 0)
end

-- ---------------------------------------------------------------- writing

-- By bytes: `<` on strings follows the locale, and files must not.
local function bytes_before(a, b)
  for i = 1, math.min(#a, #b) do
    local x, y = a:byte(i), b:byte(i)
    if x ~= y then return x < y end
  end
  return #a < #b
end

local function number_encode(x)
  if math.type(x) == "integer" then return ("%d"):format(x) end
  if x ~= x then return '"nan"' end
  if x == math.huge then return '"inf"' elseif x == -math.huge then return '"-inf"' end
  local text = ("%.17g"):format(x):gsub(",", ".") -- some locales write 0,5
  return text:find("[.e]") and text or text .. ".0"
end

local ESCAPE = {['"'] = '\\"', ["\\"] = "\\\\", ["\n"] = "\\n", ["\t"] = "\\t", ["\r"] = "\\r"}

-- Controls, U+0080 to U+009F too (the byte after C2 is their number): some terminals obey them.
local function escape(c) return ESCAPE[c] or ("\\u%04x"):format(c:byte()) end

local function string_encode(text)
  if not utf8.len(text) then fail("a string that is not UTF-8") end
  local special = SPECIAL[text] and ("\\u%04x"):format(text:byte()) .. text:sub(2)
  text = special or text:gsub('[\0-\31\127"\\]', escape)
  if text:find("\xc2", 1, true) then text = text:gsub("\xc2([\x80-\x9f])", escape) end
  return '"' .. text .. '"'
end

-- The number of items when the keys are 1..n, nil for an object (an empty table is an object).
local function list_length(t)
  local count = 0
  for key in next, t do
    if math.type(key) ~= "integer" then return nil end
    count = count + 1
  end
  if count == 0 then return nil end
  if #t ~= count or t[1] == nil or t[count] == nil then fail("a list with holes") end
  return count
end

local value_encode

local function matrix_encode(m)
  local rows, cols = m:rows(), m:cols()
  local data = {}
  for j = 1, cols do
    for i = 1, rows do data[#data + 1] = number_encode(m:get(i, j)) end
  end
  return ('{"data":[%s],"matrix":[%d,%d]}'):format(table.concat(data, ","), rows, cols)
end

local function table_encode(t, depth)
  if depth > MAX_DEPTH then fail("tables nested deeper than %d", MAX_DEPTH) end
  local parts, n = {}, list_length(t)
  if n then
    for i = 1, n do parts[i] = value_encode(t[i], depth) end
    return "[" .. table.concat(parts, ",") .. "]"
  end
  for key in next, t do
    if type(key) ~= "string" then fail("a table with a %s as key beside others", type(key)) end
    parts[#parts + 1] = key
  end
  if #parts == 2 and t.matrix ~= nil and t.data ~= nil then
    fail("a table of the keys 'matrix' and 'data', the form in which matrices are written")
  end
  table.sort(parts, bytes_before)
  for i, key in ipairs(parts) do
    parts[i] = string_encode(key) .. ":" .. value_encode(t[key], depth)
  end
  return "{" .. table.concat(parts, ",") .. "}"
end

function value_encode(value, depth)
  local kind = type(value)
  if kind == "number" then return number_encode(value) end
  if kind == "string" then return string_encode(value) end
  if kind == "boolean" then return tostring(value) end
  if kind == "table" then return table_encode(value, depth + 1) end
  if check.is_matrix(value) then return matrix_encode(value) end
  return fail("a %s", kind)
end

--- A value as one line of text, without the newline.
-- @function record.encode
-- @param value a number, string (UTF-8), boolean, matrix, or table of these: a list 1..n, or
--   string keys
-- @treturn ?string nil when the value holds something else
-- @treturn ?string what it holds
-- @usage assert(linnet.record.encode{b = 1.0, a = {1, 1 / 0}} == '{"a":[1,"inf"],"b":1.0}')
function M.encode(value)
  local text, why = guard(value_encode, value, 0)
  return text, why and "cannot record " .. why
end

-- ---------------------------------------------------------------- reading

-- Each parse_* takes the text and a position, returns the value and the position behind it.
local parse_value

local function skip(text, at) return text:find("[^ \t\r\n]", at) or #text + 1 end

local function parse_number(text, at)
  local _, stop, whole = text:find("^%-?(%d+)", at)
  if not stop then fail("position %d: not a JSON value", at) end
  if #whole > 1 and whole:byte() == 48 then fail("position %d: a leading zero", at) end
  local _, fraction = text:find("^%.%d+", stop + 1)
  local _, exponent = text:find("^[eE][+-]?%d+", (fraction or stop) + 1)
  local last = exponent or fraction or stop
  local value = tonumber(text:sub(at, last))
  if last == stop and math.type(value) ~= "integer" or value - value ~= 0 then
    fail("position %d: a number out of range", at)
  end
  return value, last + 1
end

local UNESCAPE = {
  ['"'] = '"', ["\\"] = "\\", ["/"] = "/", b = "\b", f = "\f", n = "\n", r = "\r", t = "\t",
}

-- The character of the escape whose backslash is at `at`.
local function parse_escape(text, at)
  local plain = UNESCAPE[text:sub(at + 1, at + 1)]
  if plain then return plain, at + 2 end
  local code = tonumber(text:match("^u(%x%x%x%x)", at + 1) or "", 16)
  local stop = at + 6
  if code and code >= 0xD800 and code < 0xDC00 then -- the first half of a pair
    local low = tonumber(text:match("^\\u([dD][c-fC-F]%x%x)", stop) or "", 16)
    code = low and 0x10000 + (code - 0xD800) * 0x400 + (low - 0xDC00)
    stop = at + 12
  elseif code and code >= 0xDC00 and code < 0xE000 then
    code = nil
  end
  if not code then fail("position %d: not a JSON escape", at) end
  return utf8.char(code), stop
end

local function parse_string(text, at)
  local parts, from = {}, at + 1
  while true do
    local stop = text:find('[\0-\31"\\]', from)
    local c = stop and text:byte(stop)
    if not stop or c < 32 then fail("position %d: a string without its end", at) end
    parts[#parts + 1] = text:sub(from, stop - 1)
    if c == 34 then
      local value = table.concat(parts)
      if not utf8.len(value) then fail("position %d: a string that is not UTF-8", at) end
      return value, stop + 1, #parts == 1
    end
    parts[#parts + 1], from = parse_escape(text, stop)
  end
end

local function parse_list(text, at, depth)
  local list, n = {}, 0
  at = skip(text, at + 1)
  if text:byte(at) == 93 then return list, at + 1 end
  while true do
    n = n + 1
    list[n], at = parse_value(text, at, depth)
    at = skip(text, at)
    local c = text:byte(at)
    if c == 93 then return list, at + 1 end
    if c ~= 44 then fail("position %d: expected , or ]", at) end
    at = skip(text, at + 1)
  end
end

-- The table {matrix = {rows, cols}, data = {...}} as a matrix.
local function matrix_decode(t, at)
  local rows, cols = t.matrix[1], t.matrix[2]
  local whole = math.type(rows) == "integer" and math.type(cols) == "integer"
  if not whole or rows < 1 or cols < 1 or cols ~= #t.data // rows or rows * cols ~= #t.data then
    fail("position %d: a matrix whose data do not fit its size", at)
  end
  for _, x in ipairs(t.data) do
    if type(x) ~= "number" then fail("position %d: a matrix holding a %s", at, type(x)) end
  end
  return core.matrix.new(rows, cols, function(i, j) return t.data[(j - 1) * rows + i] end)
end

local function parse_object(text, at, depth)
  local object, count, first = {}, 0, at
  at = skip(text, at + 1)
  if text:byte(at) == 125 then return object, at + 1 end
  while true do
    if text:byte(at) ~= 34 then fail("position %d: expected a key", at) end
    local key, after = parse_string(text, at)
    if object[key] ~= nil then fail("position %d: the key '%s' again", at, key) end
    at = skip(text, after)
    if text:byte(at) ~= 58 then fail("position %d: expected :", at) end
    object[key], at = parse_value(text, skip(text, at + 1), depth)
    count = count + 1
    at = skip(text, at)
    local c = text:byte(at)
    if c == 125 then break end
    if c ~= 44 then fail("position %d: expected , or }", at) end
    at = skip(text, at + 1)
  end
  if count == 2 and type(object.matrix) == "table" and type(object.data) == "table" then
    return matrix_decode(object, first), at + 1
  end
  return object, at + 1
end

function parse_value(text, at, depth)
  local c = text:byte(at)
  if c == 34 then
    local value, stop, plain = parse_string(text, at)
    if plain and SPECIAL[value] then return SPECIAL[value], stop end
    return value, stop
  elseif c == 123 or c == 91 then
    if depth >= MAX_DEPTH then fail("position %d: nested deeper than %d", at, MAX_DEPTH) end
    return (c == 123 and parse_object or parse_list)(text, at, depth + 1)
  elseif text:find("^true", at) then
    return true, at + 4
  elseif text:find("^false", at) then
    return false, at + 5
  elseif text:find("^null", at) then
    return fail("position %d: null has no place in a record", at)
  end
  return parse_number(text, at)
end

local function parse(text)
  local value, at = parse_value(text, skip(text, 1), 0)
  at = skip(text, at)
  if at <= #text then fail("position %d: something after the value", at) end
  return value
end

--- The value of one line of text.
-- @function record.decode
-- @tparam string text JSON as `encode` writes it, spaces allowed; no null, no key twice
-- @return the value, or nil when the text is not such
-- @treturn ?string what is wrong, and where
-- @usage local value, why = linnet.record.decode('{"a": [1, 2}'); assert(not value and why)
function M.decode(text)
  if type(text) ~= "string" then return nil, "not a line of text but a " .. type(text) end
  return guard(parse, text)
end

return M
