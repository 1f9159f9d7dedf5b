--- lua/linnet/failure.lua: the one object that linnet raises: what went wrong, of which kind, and
-- what there was until then.
--
-- Messages are for people; programs ask for the `kind`:
--
--     misuse       wrong arguments, options, names: raised at the line of the caller
--     interrupted  Ctrl-C
--     callback     a function of the user's raised: `cause` is what it raised
--     missing      a program that is needed is not installed
--     file         a file or pipe cannot be read or written
--     data         a file holds something else than it should
--     memory       there is not enough of it
--
-- `run` or `result` hold what was computed before. As text a failure is "place: message", what
-- `error` makes of a string; and because errors used to be strings, it answers to the methods of
-- strings. It says itself what it is, so the interpreter prints no traceback below it.
--
-- SPDX-License-Identifier: MIT
-- @module linnet.failure

local files = require "linnet.files"

local M = {}

--- An error of linnet: what `pcall` returns beside false. As text it is the message with its place.
-- @type failure
-- @field kind misuse, interrupted, callback, missing, file, memory, or data: what was given has no
--   answer, such as a singular matrix, or is no table
-- @field message what went wrong, for people
-- @field cause what a function of the user's raised
-- @field run what a flow or descent had until then
-- @field result the same of an ensemble or a sweep

local Failure = {__name = "linnet.failure"}

-- e:find(...), e:match(...): those of strings, of its text.
local as_text = {}
for name, f in next, string do
  as_text[name] = function(e, ...) return f(tostring(e), ...) end
end
Failure.__index = as_text

-- Names in messages may come from files.
function Failure.__tostring(e) return files.printable((e.place or "") .. e.message) end
function Failure.__concat(a, b) return tostring(a) .. tostring(b) end
function Failure.__len(e) return #tostring(e) end

local HERE = debug.getinfo(1, "S").source:match("^(@.*/)failure%.lua$")

-- Whether a function, as getinfo knows it, is linnet's own.
local function is_own(at) return HERE and at.source:sub(1, #HERE) == HERE end

-- "file:line: " of the function at a level as `error` counts in the caller of the caller; nil where
-- that is a line of linnet's own, of which nobody knows anything.
local function place_of(level)
  local at = level > 0 and debug.getinfo(level + 2, "Sl")
  if not at or at.currentline <= 0 or is_own(at) then return nil end
  return ("%s:%d: "):format(at.short_src, at.currentline)
end

--- A failure, not raised.
-- @tparam string kind one of those above
-- @tparam string message
-- @tparam[opt] table fields `cause`, `run`, `result`; becomes the failure
-- @treturn table
function M.new(kind, message, fields)
  fields = fields or {}
  fields.kind, fields.message = kind, message
  return setmetatable(fields, Failure)
end

--- Raise a failure; in place of Lua's `error`, whose first two arguments it takes. What is no
-- string is raised as it is: someone's error that passes through.
-- @param message
-- @tparam[opt=1] integer level whose place it gets, as `error` counts it; 0 for none
-- @tparam[opt="misuse"] string kind
-- @tparam[opt] table fields
function M.raise(message, level, kind, fields)
  if type(message) ~= "string" then error(message, 0) end
  local e = M.new(kind or "misuse", message, fields)
  e.place = place_of(level or 1)
  error(e, 0)
end

-- The place of a user who called a function of C, perhaps by functions of linnet's own.
local function place_of_user(level)
  local at = debug.getinfo(level + 1, "Sl")
  while at and is_own(at) do
    level = level + 1
    at = debug.getinfo(level + 1, "Sl")
  end
  return at and at.currentline > 0 and ("%s:%d: "):format(at.short_src, at.currentline) or nil
end

-- What Lua's own messages call a function without a name at its call, such as that of a pcall.
local function public_name(f)
  local best = "?"
  for module, t in pairs(package.loaded) do
    for key, value in next, type(t) == "table" and t or {} do
      if value == f and type(key) == "string" then
        local name = module == "_G" and key or module .. "." .. key
        if best == "?" or #name < #best then best = name end
      end
    end
  end
  return best
end

-- Misuse of an argument of the function at a level, in the words of Lua's own functions.
local function about_argument(arg, message, level)
  local at = debug.getinfo(level + 1, "nf")
  if at.namewhat == "method" then
    arg = arg - 1
    if arg == 0 then return ("calling '%s' on bad self (%s)"):format(at.name, message) end
  end
  return ("bad argument #%d to '%s' (%s)"):format(arg, at.name or public_name(at.func), message)
end

-- What the core raises (csrc/bind/fail.c): a failure of its caller's; arg 0: of no argument.
function M.from_core(kind, message, arg)
  local e = M.new(kind, arg == 0 and message or about_argument(arg, message, 2))
  e.place = place_of_user(3)
  error(e, 0)
end

--- The message without its place, of anything that was raised.
-- @param e
-- @treturn string
function M.message(e)
  return getmetatable(e) == Failure and e.message or M.text(e)
end

--- Anything that was raised as text, without addresses: `error({})` is "a table", `error()` "nil".
-- @param e
-- @treturn string
-- @usage assert(require("linnet.failure").text({}) == "an error that is a table")
function M.text(e)
  local meta = getmetatable(e)
  local own = type(meta) == "table" and meta.__tostring ~= nil
  local kind = type(e)
  if own or kind == "string" or kind == "number" or kind == "boolean" then
    local ok, text = pcall(tostring, e)
    return ok and text or "an error whose __tostring fails"
  end
  return e == nil and "an error that is nil" or "an error that is a " .. kind
end

--- What was raised at first: the cause of a failure that has one, or else itself.
-- @param e
function M.cause(e)
  return getmetatable(e) == Failure and e.cause or e
end

-- What the interpreter raises itself are strings: for Ctrl-C, and when memory is out. Anybody may
-- raise the words; they count where Ctrl-C came.
local function kind_of_text(text)
  if text == "not enough memory" then return "memory" end
  local stopped = text == "interrupted!" or text:find("^[^\n]*: interrupted!$")
  if not stopped then return "error" end
  local ok, core = pcall(require, "linnet.core")
  return (not ok or core.process.interrupted()) and "interrupted" or "error"
end

--- The kind of anything that was raised; "error" for what others raised.
-- @param e
-- @treturn string
-- @usage assert(require("linnet.failure").kind("not enough memory") == "memory")
function M.kind(e)
  if getmetatable(e) == Failure then return e.kind end
  return type(e) == "string" and kind_of_text(e) or "error"
end

--- Whether it is Ctrl-C that ended something.
-- @param e what was raised
-- @treturn boolean
function M.is_interrupt(e) return M.kind(e) == "interrupted" end

return M
