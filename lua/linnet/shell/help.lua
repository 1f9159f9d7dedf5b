--- `help`: the manual at the prompt, by name or by the function itself.
--
-- SPDX-License-Identifier: MIT
-- @module linnet.shell.help

local core = require "linnet.core"
local options = require "linnet.options"
local error = require("linnet.failure").raise

local M = {}

--- The table that holds the methods of a type ("matrix", "run", ...), or nil.
-- @tparam string kind
-- @treturn ?table
-- @usage assert(linnet.help.methods("matrix").svd)
function M.methods(kind)
  if type(kind) ~= "string" then return nil end
  if core.types[kind] then return core.types[kind].methods end
  for _, home in ipairs{"linnet.", "linnet.sweep."} do
    local ok, module = pcall(require, home .. kind)
    if ok and type(module) == "table" and module.methods then return module.methods end
  end
end

--- The function or callable table behind a name of the manual; nil when a user can reach none.
-- @tparam string name `linnet.x`, `linnet.x.y` or `type:method`
-- @return the function or table
-- @usage assert(linnet.help.reach("linnet.eye") == linnet.eye)
function M.reach(name)
  if type(name) ~= "string" then return nil end
  local kind, method = name:match("^([%w_]+):([%w_]+)$")
  if kind then
    local methods = M.methods(kind)
    return methods and methods[method]
  end
  local value = {linnet = require "linnet"}
  for part in name:gmatch("[^.]+") do
    if type(value) ~= "table" then return nil end
    value = value[part]
  end
  local callable = type(value) == "table" and (getmetatable(value) or {}).__call
  return (type(value) == "function" or callable) and value or nil
end

--- Fields of a type's objects, for completion; none are known of a type without.
-- @tparam string kind
-- @treturn {string,...}
-- @usage assert(#linnet.help.fields("nothing") == 0)
function M.fields(kind)
  local schema = options.schemas[kind .. ".fields"]
  local names = {}
  for i, entry in ipairs(schema or {}) do names[i] = entry.name end
  return names
end

-- name without "linnet.": "flow" finds problem:flow, "csv.load" linnet.csv.load.
local function last_of(name) return name:match("([%w_]+)$") end

--- Pages for a name: the page itself, or all that end in it.
local function pages_named(pages, name)
  local found = {}
  for _, page in ipairs(pages) do
    if page.name == name or page.name == "linnet." .. name then return {page} end
    if last_of(page.name) == name then found[#found + 1] = page end
  end
  return found
end

--- Whether the manual has a page of that name.
-- @tparam string name
-- @treturn boolean
-- @usage assert(linnet.help.known("flow"))
function M.known(name) return #pages_named(require "linnet.manual", name) > 0 end

local function page_text(page)
  local out = {page.signature, "", (page.text:gsub("\n$", ""))}
  if page.usage then
    out[#out + 1] = "\nExample:\n  " .. page.usage:gsub("\n$", ""):gsub("\n", "\n  ")
  end
  return table.concat(out, "\n")
end

local WIDTH = 78

--- Every name, by chapter, wrapped.
local function index_text(pages)
  local chapters, order = {}, {}
  for _, page in ipairs(pages) do
    local chapter, name = page.name:match("^(.-)[.:]([%w_]+)$")
    chapter, name = chapter or page.name, name or page.name
    if not chapters[chapter] then
      chapters[chapter] = {}
      order[#order + 1] = chapter
    end
    table.insert(chapters[chapter], name)
  end
  local out = {}
  for _, chapter in ipairs(order) do
    local line = chapter .. ":"
    for _, name in ipairs(chapters[chapter]) do
      if #line + 1 + #name > WIDTH then
        out[#out + 1] = line
        line = "   "
      end
      line = line .. " " .. name
    end
    out[#out + 1] = line
  end
  out[#out + 1] = 'help("name") or help(function) shows one, e.g. help("flow").'
  return table.concat(out, "\n")
end

-- The text, or nil and what is wrong.
local function find(what)
  local pages = require "linnet.manual"
  if what == nil then return index_text(pages) end
  if type(what) == "string" then
    local found = pages_named(pages, what)
    if #found == 0 then
      local names = {}
      for i, page in ipairs(pages) do names[i] = last_of(page.name) end
      local near = options.nearest(last_of(what) or what, names)
      return nil, ("help: the manual has nothing called '%s'%s"):format(what,
        near and (" (did you mean '%s'?)"):format(near) or "")
    end
    local texts = {}
    for i, page in ipairs(found) do texts[i] = page_text(page) end
    return table.concat(texts, "\n\n")
  end
  for _, page in ipairs(pages) do
    if M.reach(page.name) == what then return page_text(page) end
  end
  local meta = getmetatable(what)
  local kind = type(meta) == "table" and type(meta.__name) == "string"
    and meta.__name:match("^linnet%..-([^.]+)$")
  if not kind then return nil, "help: not a name, function or object of linnet" end
  local mine = {}
  for _, page in ipairs(pages) do
    if page.name:match("^" .. kind .. ":") then mine[#mine + 1] = page end
  end
  return index_text(mine)
end

--- What `help(what)` prints, as a string.
-- @param what a name ("flow", "matrix:svd", "init.gaussian"), a public function, a linnet object
--   (lists the methods of its type), or nothing for the index
-- @treturn string
-- @raise a name that the manual does not have; the nearest is suggested
-- @usage print(linnet.help.text("linspace"))
function M.text(what)
  local text, why = find(what)
  return text or error(why, 2)
end

--- Print the manual's page on something; at the prompt also plain `help(what)`.
-- @function help
-- @param what as `text` takes it
-- @usage linnet.help("linspace")
function M.show(what)
  local text, why = find(what)
  print(text or error(why, 2))
end

return setmetatable(M, {__call = function(_, what)
  local text, why = find(what)
  print(text or error(why, 2))
end})
