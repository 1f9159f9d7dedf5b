--- lua/linnet/record/init.lua: files of results, one value a line (`linnet.record.line`), the first
-- of them `{"header": {...}}`.
--
-- A file has one writer at a time and grows by whole lines: a last line without its newline is the
-- trace of a crash, is not counted as data, and is cut off by the next writer, if the file begins
-- with a header: of another file, nothing is ever cut.
--
-- SPDX-License-Identifier: MIT
-- @module linnet.record

local files = require "linnet.files"
local lfs = require "lfs"
local line = require "linnet.record.line"
local error = require("linnet.failure").raise

local M = {encode = line.encode, decode = line.decode}

-- Levels of errors: as `error` counts them in the caller, 2 when not given, 0 for no position.
local function inner(level)
  return level == 0 and 0 or (math.type(level) == "integer" and level or 2) + 1
end

local function raise(level, text, ...)
  error(text:format(...), level == 0 and 0 or level + 1)
end

local path_wrong = files.path_wrong

local BEGINNING = '{"header":{' -- of a first line of ours

--- Everything in a file of records.
-- @tparam string path
-- @tparam[opt=2] integer level of the error, as `error` counts it in the caller
-- @treturn {table,...} the values of the complete lines; its field `size` is the bytes they take,
--   `torn` is true when an unfinished line follows them (`begun`: it is the beginning of a header)
-- @usage
-- local path = os.tmpname()
-- linnet.record.write(path, {{x = 1}, {x = 2}})
-- assert(linnet.record.read(path)[2].x == 2)
function M.read(path, level)
  level = inner(level)
  local wrong = path_wrong(path)
  if wrong then raise(level, "cannot read: %s", wrong) end
  local file <close>, why = io.open(path, "rb")
  if not file then raise(level, "cannot read %s", why) end
  local values = {size = 0, torn = false}
  while true do
    local text, reason = file:read("L")
    if reason then raise(level, "cannot read %s: %s", path, reason) end -- a folder, a bad disk
    if not text then return values end
    if text:byte(-1) ~= 10 then
      values.torn = true
      values.begun = #values == 0 and text:sub(1, #BEGINNING) == BEGINNING:sub(1, #text)
      return values
    end
    local value
    value, reason = line.decode(text)
    if value == nil then
      raise(level, "cannot read %s: line %d, %s", path, #values + 1, files.printable(reason))
    end
    values[#values + 1] = value
    values.size = values.size + #text
  end
end

local Writer = {}
Writer.__index = Writer

-- Closes the file, and so frees its lock, when an error (out of memory, say) comes before the
-- caller has it.
local Guard = {__close = function(guard)
  if guard.appender then guard.appender:close() end
end}

--- Open a file of records for appending without cutting anything: what `writer` stands on.
-- @function record.open
-- @tparam string path created when missing
-- @tparam[opt=2] integer level of the error, as `error` counts it in the caller
-- @treturn table a writer as of `writer`; a torn last line stands until `w:cut()`
-- @usage local w <close> = require("linnet.record").open(os.tmpname()); assert(not w.values.torn)
function M.open(path, level)
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
    if not ok then raise(level, "%s", values) end
    writer.values = values
  end
  guard.appender = nil
  return writer
end

--- Open a file of records for appending: one writer at a time, a torn last line cut off, if the
-- file begins with a header; otherwise it is refused as it is.
-- @tparam string path created when missing; a symbolic link is followed
-- @tparam[opt=2] integer level of the error, as `error` counts it in the caller
-- @treturn table a writer with `values`, what the file held; `w:append(value)`, `w:sync()` (to the
--   disk) and `w:close()`, which raise when they fail, the records before intact; both tell when
--   the file was removed or replaced meanwhile
-- @usage local w <close> = linnet.record.writer(os.tmpname()); w:append{x = 0.1}
function M.writer(path, level)
  level = inner(level)
  local writer = M.open(path, level)
  local guard <close> = setmetatable({appender = writer.appender}, Guard)
  if writer.values.torn then
    local ok, why = pcall(writer.cut, writer)
    if not ok then raise(level, "%s", why) end
  end
  guard.appender = nil
  return writer
end

-- Whether a file is one of linnet's by its first line.
local function is_ours(values)
  local first = values[1]
  return values.begun or type(first) == "table" and type(first.header) == "table"
end

-- Cuts the file back to its complete lines.
function Writer:cut()
  local values = self.values
  if not values.torn then return end
  if not is_ours(values) then
    raise(0, "cannot write %s: its last line is not whole, and it does not begin with a header of "
      .. "linnet: nothing is cut", self.path)
  end
  local done, why = self.appender:truncate(values.size)
  if not done then raise(0, "cannot write %s: %s", self.path, why) end
  values.torn, values.begun = false, nil
end

-- Empties the file: what it held is gone.
function Writer:empty()
  local done, why = self.appender:truncate(0)
  if not done then raise(0, "cannot write %s: %s", self.path, why) end
  self.values = {size = 0, torn = false}
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

--- Write a whole file of records at once: afterwards it holds all of them, or is as it was (devices
-- and pipes are written through and may be left half written; a symbolic link is followed).
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
  local done, why = files.write(path, lines)
  if not done then raise(level, "cannot write %s", why) end
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
    raise(level, "cannot load %s: it holds a %s, not a %s", path,
      type(header.kind) == "string" and files.printable(header.kind) or "value", kind)
  end
  return values[2], header
end

return M
