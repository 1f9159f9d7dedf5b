--- lua/linnet/files.lua: the one way by which linnet writes files, whole or not at all, and shows
-- what stands in them.
--
-- Whatever stops the process, a name stands for the old content or the new. What is replaced keeps
-- its mode; a symbolic link is followed; a file that another process is writing is left alone.
--
-- SPDX-License-Identifier: MIT
-- @module linnet.files

local M = {}

--- What is wrong with something given as a path, or nil.
-- @param path
-- @treturn ?string
-- @usage assert(require("linnet.files").path_wrong(1) == "a path must be a string, got a number")
function M.path_wrong(path)
  if type(path) ~= "string" then return "a path must be a string, got a " .. type(path) end
  if path == "" then return "a path must not be empty" end
  return path:find("\0", 1, true) and "a path must hold no NUL" or nil
end

--- Write a whole file, bytes as they are.
-- @tparam string path
-- @tparam string|{string,...} text or its parts
-- @treturn ?boolean true
-- @treturn ?string why not; then what stood there is as it was
-- @usage
-- local path = os.tmpname()
-- assert(require("linnet.files").write(path, {"a,b\n", "1,2\n"}))
function M.write(path, text)
  local wrong = M.path_wrong(path)
  if wrong then return nil, wrong end
  local file <close>, why = require("linnet.core").whole.open(path)
  if not file then return nil, ("%s: %s"):format(path, why) end
  local done = true
  for _, part in ipairs(type(text) == "table" and text or {text}) do
    done, why = file:write(part)
    if not done then break end
  end
  if done then done, why = file:commit() end
  if not done then return nil, ("%s: %s"):format(path, why) end
  return true
end

--- Read a whole file, bytes as they are.
-- @tparam string path
-- @treturn ?string
-- @treturn ?string why not
-- @usage assert(not require("linnet.files").read("/nowhere/at/all"))
function M.read(path)
  local wrong = M.path_wrong(path)
  if wrong then return nil, wrong end
  local file <close>, why = io.open(path, "rb")
  if not file then return nil, why end
  local text
  text, why = file:read("a")
  if not text then return nil, ("%s: %s"):format(path, why) end
  return text
end

--- A text as one that a terminal only shows: bytes that could command it become `?`, line breaks
-- and tabs stay.
-- @tparam string text
-- @treturn string
-- @usage assert(require("linnet.files").printable("a\27[2Jb") == "a?[2Jb")
function M.printable(text)
  text = text:gsub("[\0-\8\11-\31\127]", "?")
  -- U+0080 to U+009F: the same commands in one character
  return (text:gsub("\xc2[\x80-\x9f]", "?"))
end

--- The same in one line: line breaks and tabs become spaces too.
-- @tparam string text
-- @treturn string
-- @usage assert(require("linnet.files").one_line("a\nb") == "a b")
function M.one_line(text) return M.printable((text:gsub("%c+", " "))) end

return M
