--- lua/linnet/check.lua: what public functions ask of their arguments, and how a value or a list of
-- names is said in a message. What is wrong is raised at the line of the function's caller: levels
-- count as `error` counts them in the function that calls here, 2 when not given.
--
-- SPDX-License-Identifier: MIT
-- @module linnet.check

local core = require "linnet.core"
local error = require("linnet.failure").raise
local habits = require "linnet.habits"

local M = {}

local MAX_WORD = 40 -- characters of a user's string quoted in a message

-- ---------------------------------------------------------------- words

--- Whether a value is a matrix.
function M.is_matrix(value)
  local meta = type(value) == "userdata" and getmetatable(value)
  return type(meta) == "table" and meta.__name == "linnet.matrix"
end

--- Whether a value is an object of a type of the core, "problem" or "state".
function M.is(value, kind) return getmetatable(value) == core.types[kind] end

--- A user's word in quotes, short and on one line; numbers as they are.
function M.quoted(word)
  if math.type(word) then return tostring(word) end
  local text = tostring(word):gsub("%c", function(c) return ("\\%d"):format(c:byte()) end)
  return "'" .. (#text > MAX_WORD and text:sub(1, MAX_WORD) .. "..." or text) .. "'"
end

--- What kind of object of this library a value is, "run" or "problem"; nil for others.
function M.kind_of(value)
  local meta = type(value) ~= "string" and getmetatable(value)
  return type(meta) == "table" and type(meta.__name) == "string"
    and meta.__name:match("^linnet%.(%l+)$") or nil
end

--- A value as a message shows it: 'rk4', -1, nan, a 3 x 2 matrix, a problem, a table.
function M.shown(value)
  if type(value) == "number" then
    if value ~= value then return "nan" end
    return math.type(value) == "integer" and tostring(value) or ("%.10g"):format(value)
  elseif type(value) == "string" then
    return M.quoted(value)
  elseif M.is_matrix(value) then
    return ("a %d x %d matrix"):format(value:rows(), value:cols())
  elseif type(value) == "nil" or type(value) == "boolean" then
    return tostring(value)
  end
  local noun = M.kind_of(value) or type(value)
  return (noun:find("^[aeio]") and "an " or "a ") .. noun -- a userdata
end

-- Insertions, deletions, substitutions and swaps of neighbours between two words.
local function distance(word, other)
  local before, last = {}, {}
  for j = 0, #other do last[j] = j end
  for i = 1, #word do
    local row = {[0] = i}
    for j = 1, #other do
      local same = word:byte(i) == other:byte(j)
      row[j] = math.min(last[j] + 1, row[j - 1] + 1, last[j - 1] + (same and 0 or 1))
      if i > 1 and j > 1 and word:byte(i) == other:byte(j - 1)
        and word:byte(i - 1) == other:byte(j) then
        row[j] = math.min(row[j], before[j - 2] + 1)
      end
    end
    before, last = last, row
  end
  return last[#other]
end

--- The word of a list that a misspelt one most likely meant: at most a third of its letters wrong;
-- or else one that begins with the other. nil when nothing is near.
function M.nearest(word, list)
  word = tostring(word):lower()
  if #word > MAX_WORD then return nil end
  local best, least = nil, math.huge
  for _, candidate in ipairs(list) do
    local other = tostring(candidate):lower()
    local far = distance(word, other) -- a shared beginning counts as one slip
    local short = math.min(#word, #other)
    if far > math.max(1, #word // 3) then
      far = short >= 3 and word:sub(1, short) == other:sub(1, short) and #word // 3 + 1 or math.huge
    end
    if far < least and far < math.max(#word, #other) then best, least = candidate, far end
  end
  return best
end

--- " (did you mean 'x'?)", or nothing when no name of the list is near.
function M.suggestion(word, list)
  local near = type(word) == "string" and (habits.same(word, list) or M.nearest(word, list))
  return near and (" (did you mean '%s'?)"):format(near) or ""
end

-- ---------------------------------------------------------------- arguments

--- Raise unless the value is a matrix, of the given size where one is given.
-- @tparam string what the function, for the message
-- @tparam string name of the argument
-- @param value
-- @tparam ?integer rows
-- @tparam ?integer cols
-- @tparam ?string rule why it must have that size
-- @tparam[opt=2] integer level
-- @return the value
function M.matrix(what, name, value, rows, cols, rule, level)
  level = (level or 2) + 1
  if not M.is_matrix(value) then
    error(("%s: %s must be a matrix, got %s"):format(what, name, M.shown(value)), level)
  elseif rows and value:rows() ~= rows or cols and value:cols() ~= cols then
    error(("%s: %s %s, got %s"):format(what, name, rule, M.shown(value)), level)
  end
  return value
end

--- "X(2, 1) is nan: every entry must be finite", or nil when every entry is.
function M.not_finite(name, m)
  local i, j, x = core.matrix.non_finite(m)
  return i and ("%s(%d, %d) is %s: every entry must be finite"):format(name, i, j,
    x ~= x and "nan" or x) or nil
end

--- Raise unless the value is a matrix, not empty, with finite entries.
function M.finite(what, name, value, level)
  level = (level or 2) + 1
  M.matrix(what, name, value, nil, nil, nil, level)
  if value:rows() * value:cols() == 0 then
    error(("%s: %s is empty (%d x %d): at least one row and one column are needed"):format(what,
      name, value:rows(), value:cols()), level)
  end
  local wrong = M.not_finite(name, value)
  if wrong then error(("%s: %s"):format(what, wrong), level) end
  return value
end

--- Raise unless the value can be the name of a file.
function M.path(what, path, level)
  if type(path) ~= "string" or path == "" or path:find("\0", 1, true) then
    error(("%s: path must be the name of a file, got %s"):format(what,
      type(path) == "string" and ("%q"):format(path) or M.shown(path)), (level or 2) + 1)
  end
  return path
end

--- What holds for the squared loss alone: an error for a problem with another one.
-- @tparam string what was called
-- @tparam problem p
-- @tparam ?integer level
function M.squared(what, p, level)
  if p.loss ~= "squared" then
    error(("%s: it holds for the squared loss, and the loss of this problem is %s")
      :format(what, p.loss), (level or 2) + 1)
  end
end

--- Raise unless a method was called on an object of its type, `run.at(...)` for `run:at(...)`.
-- @param self
-- @tparam table meta its metatable
-- @tparam string kind "run"
-- @tparam string method "at"
-- @tparam[opt=2] integer level
-- @return self
function M.self(self, meta, kind, method, level)
  if getmetatable(self) ~= meta then
    error(("%s: called on something that is not a %s; write %s:%s(...)"):format(method, kind, kind,
      method), (level or 2) + 1)
  end
  return self
end

--- Raise unless an argument is an object of a type.
-- @tparam string what
-- @tparam string name of the argument
-- @param value
-- @tparam table meta
-- @tparam string noun "a problem"
-- @tparam[opt=2] integer level
-- @return the value
function M.object(what, name, value, meta, noun, level)
  if getmetatable(value) ~= meta then
    error(("%s: %s must be %s, got %s"):format(what, name, noun, M.shown(value)), (level or 2) + 1)
  end
  return value
end

return M
