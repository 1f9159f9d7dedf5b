--- lua/linnet/shell/program.lua: a user's Lua file, ready to run: what it requires is looked for in
-- the system and then beside it, errors have a line in it, and what it brought along is known.
--
-- SPDX-License-Identifier: MIT
-- @module linnet.shell.program

local lfs = require "lfs"
local error = require("linnet.failure").raise
local source = require "linnet.shell.source"

local M = {}

-- `return f(x)` leaves no trace of its line when f raises; `return (f(x))` does. The last return of
-- the file's own level, in parentheses, where the text can be read that way.
local function traceable(text)
  local at = source.last_return(text)
  if not at then return nil end
  return text:sub(1, at - 1) .. "return (" .. text:sub(at + #"return") .. "\n)"
end

local function contents(path)
  local file <close>, why = io.open(path, "rb")
  if not file then return nil, why end
  local text
  text, why = file:read("a")
  if not text then return nil, ("%s: %s"):format(path, why) end
  return (text:gsub("^#[^\n]*", ""))
end

--- Load a file. What it requires may stand beside it: nothing there stands in for a module of the
-- system.
-- @tparam string path
-- @treturn function the chunk
-- @treturn table `modules`, texts of what it required from beside it, by name, and `globals`, what
--   it added to the globals: both filled in while it runs
-- @raise what is wrong with the file
function M.load(path)
  local text, why = contents(path)
  if not text then error("cannot load " .. why, 0, "file") end
  local name = "@" .. path
  local chunk = load(traceable(text) or text, name, "t")
  if not chunk then
    chunk, why = load(text, name, "t")
    if not chunk then error("cannot load " .. why, 0, "file") end
  end
  local folder = path:match("^(.*/)[^/]*$") or ""
  if folder:sub(1, 1) ~= "/" then folder = (lfs.currentdir() or ".") .. "/" .. folder end
  local before, brought = {}, {modules = {}, globals = {}}
  for key in next, _G do before[key] = true end
  table.insert(package.searchers, function(module)
    local stem = folder .. module:gsub("%.", "/")
    for _, place in ipairs{stem .. ".lua", stem .. "/init.lua"} do
      local beside = contents(place)
      if beside then
        local loader, wrong = load(beside, "@" .. place, "t")
        if not loader then error("cannot load " .. wrong, 0, "file") end
        brought.modules[module] = beside
        return loader, place
      end
    end
    return "no file beside the program: " .. stem .. ".lua"
  end)
  return function(...)
    local results = table.pack(chunk(...))
    for key, value in next, _G do
      if not before[key] then brought.globals[key] = value end
    end
    return table.unpack(results, 1, results.n)
  end, brought
end

return M
