--- lua/linnet/record/init.lua: files of results, one value a line (`linnet.record.line`), the first
-- of them `{"header": {...}}`.
--
-- A file has one writer at a time and grows by whole lines: a last line without its newline is the
-- trace of a crash, is not counted as data, and is cut off by the next writer.
--
-- SPDX-License-Identifier: MIT
-- @module linnet.record

local lfs = require "lfs"
local line = require "linnet.record.line"

local M = {encode = line.encode, decode = line.decode}

-- Levels of errors: as `error` counts them in the caller, 2 when not given, 0 for no position.
local function inner(level)
  return level == 0 and 0 or (level or 2) + 1
end

local function raise(level, text, ...)
  error(text:format(...), level == 0 and 0 or level + 1)
end

-- What is wrong with something given as a path, or nil.
local function path_wrong(path)
  if type(path) ~= "string" then return "a path must be a string, got a " .. type(path) end
  return path:find("\0", 1, true) and "a path must hold no NUL" or nil
end

--- Everything in a file of records.
-- @tparam string path
-- @tparam[opt=2] integer level of the error, as `error` counts it in the caller
-- @treturn {table,...} the values of the complete lines; its field `size` is the bytes they take,
--   `torn` is true when an unfinished line follows them
-- @usage
-- local path = os.tmpname()
-- linnet.record.write(path, {{x = 1}, {x = 2}})
-- assert(linnet.record.read(path)[2].x == 2)
function M.read(path, level)
  level = inner(level)
  local wrong = path_wrong(path)
  if wrong then raise(level, "cannot read: %s", wrong) end
  local file, why = io.open(path, "rb")
  if not file then raise(level, "cannot read %s", why) end
  local values = {size = 0, torn = false}
  for text in file:lines("L") do
    if text:byte(-1) ~= 10 then
      values.torn = true
      break
    end
    local value, reason = line.decode(text)
    if value == nil then
      file:close()
      raise(level, "cannot read %s: line %d, %s", path, #values + 1, reason)
    end
    values[#values + 1] = value
    values.size = values.size + #text
  end
  file:close()
  return values
end

local Writer = {}
Writer.__index = Writer

-- Closes the file, and so frees its lock, when an error (out of memory, say) comes before the
-- caller has it.
local Guard = {__close = function(guard)
  if guard.appender then guard.appender:close() end
end}

--- Open a file of records for appending: one writer at a time, a torn last line cut off.
-- @tparam string path created when missing
-- @tparam[opt=2] integer level of the error, as `error` counts it in the caller
-- @treturn table a writer with `values`, what the file held; `w:append(value)`, `w:sync()` (to the
--   disk) and `w:close()`, which raise when they fail, the records before intact
-- @usage local w <close> = linnet.record.writer(os.tmpname()); w:append{x = 0.1}
function M.writer(path, level)
  level = inner(level)
  local wrong = path_wrong(path)
  if wrong then raise(level, "cannot write: %s", wrong) end
  local writer = setmetatable({path = path, appender = false, values = {}}, Writer)
  local guard <close> = setmetatable({appender = false}, Guard)
  local appender, why, busy = require("linnet.core").appender.open(path)
  guard.appender = appender
  if busy then
    raise(level, "cannot write %s: another process is writing it", path)
  elseif not appender then
    raise(level, "cannot write %s: %s", path, why)
  end
  writer.appender = appender
  if lfs.attributes(path, "mode") == "file" then -- not a pipe, a device
    local ok, values = pcall(M.read, path, 0)
    if ok and values.torn then ok, values = pcall(writer.cut, writer, values) end
    if not ok then raise(level, "%s", values) end
    writer.values = values
  end
  guard.appender = nil
  return writer
end

-- Cuts the file back to its complete lines.
function Writer:cut(values)
  local done, why = self.appender:truncate(values.size)
  if not done then raise(0, "cannot write %s: %s", self.path, why) end
  values.torn = false
  return values
end

function Writer:append(value)
  local text, why = line.encode(value)
  if not text then raise(2, "cannot write %s: %s", self.path, why) end
  local done
  done, why = self.appender:append(text .. "\n")
  if not done then raise(2, "cannot write %s: %s", self.path, why) end
end

function Writer:sync()
  local done, why = self.appender:sync()
  if not done then raise(2, "cannot write %s: %s", self.path, why) end
end

function Writer:close()
  self.appender:close()
end

Writer.__close = Writer.close

-- Where to write before renaming onto a path. Only an ordinary file, or none, may be renamed onto:
-- onto a device or a symbolic link (/dev/stdout is one) it would put a file in their place, so
-- these are written through.
local function aside_of(path)
  local mode = lfs.symlinkattributes(path, "mode")
  return (mode == nil or mode == "file") and path .. ".new" or path
end

--- Write a whole file of records at once: afterwards it holds all of them, or is as it was (devices
-- and symbolic links are written through and may be left half written).
-- @tparam string path
-- @tparam {table,...} values one a line
-- @tparam[opt=2] integer level of the error, as `error` counts it in the caller
-- @usage linnet.record.write(os.tmpname(), {{header = {format = 1}}, {x = 0.1}})
function M.write(path, values, level)
  level = inner(level)
  local wrong = path_wrong(path)
    or type(values) ~= "table" and "the values must be a list, got a " .. type(values)
  if wrong then raise(level, "cannot write: %s", wrong) end
  local lines = {}
  for i, value in ipairs(values) do
    local text, why = line.encode(value)
    if not text then raise(level, "cannot write %s: %s", path, why) end
    lines[i] = text .. "\n"
  end
  local aside = aside_of(path)
  local appender <close>, why, busy = require("linnet.core").appender.open(aside)
  if not appender then
    raise(level, "cannot write %s: %s", path, busy and "another process is writing it" or why)
  end
  local done = true
  if lfs.attributes(aside, "mode") == "file" then done, why = appender:truncate(0) end
  if done then done, why = appender:append(table.concat(lines)) end
  if done then done, why = appender:sync() end
  if done and aside ~= path then done, why = os.rename(aside, path) end
  if not done and aside ~= path then os.remove(aside) end
  if not done then raise(level, "cannot write %s: %s", path, why) end
end

--- Save one value to a file, `load` reads it back.
-- @tparam string path
-- @param value as `encode` takes it
-- @tparam[opt] string kind what it is, kept in the header
-- @tparam[opt=2] integer level of the error, as `error` counts it in the caller
-- @usage linnet.record.save(os.tmpname(), {t = linnet.linspace(0, 1, 5)})
function M.save(path, value, kind, level)
  local header = {header = {format = 1, kind = kind, linnet = require "linnet.version"}}
  M.write(path, {header, value}, inner(level))
end

--- Load what `save` wrote.
-- @tparam string path
-- @tparam[opt] string kind raise when the header names another
-- @tparam[opt=2] integer level of the error, as `error` counts it in the caller
-- @return the value
-- @treturn table the header
-- @usage
-- local path = os.tmpname()
-- linnet.record.save(path, {1, 2}, "pair")
-- assert(linnet.record.load(path, "pair")[2] == 2)
function M.load(path, kind, level)
  level = inner(level)
  local values = M.read(path, level)
  local header = type(values[1]) == "table" and values[1].header
  if type(header) ~= "table" or #values ~= 2 then
    raise(level, "cannot load %s: not a header and one value", path)
  elseif kind and header.kind ~= kind then
    raise(level, "cannot load %s: it holds a %s, not a %s", path, header.kind or "value", kind)
  end
  return values[2], header
end

return M
