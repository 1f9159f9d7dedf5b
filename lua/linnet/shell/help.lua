--- `help`: the manual at the prompt, by name, by the thing itself, or by what it says.
--
-- SPDX-License-Identifier: MIT
-- @module linnet.shell.help

local check = require "linnet.check"
local documents = require "linnet.shell.documents"
local gnuplot = require "linnet.plot.gnuplot"
local words = require "linnet.words"
local error = require("linnet.failure").raise
local types = require "linnet.types"

local M = {}

-- ---------------------------------------------------------------- names

--- The methods of a type ("matrix", "run", ...) by name, or nil.
-- @tparam string kind
-- @treturn ?table
-- @usage assert(linnet.help.methods("matrix").svd)
function M.methods(kind)
  return type(kind) == "string" and types.methods(kind) or nil
end

--- What a dotted name means, from `linnet` down: a function, a module, a value; or nil.
-- @tparam string name `linnet.x`, `linnet.x.y`
-- @return the value
-- @usage assert(linnet.help.value("linnet.theory") == linnet.theory)
function M.value(name)
  if type(name) ~= "string" then return nil end
  if name == "linnet" then return package.loaded.linnet end
  local value
  for part in name:gsub("^linnet%.", ""):gmatch("[^.]+") do
    if value == nil then
      value = types.public(part)
    else
      value = type(value) == "table" and rawget(value, part) or nil
    end
    if value == nil then return nil end
  end
  return value
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
  local value = M.value(name)
  local callable = type(value) == "table" and (getmetatable(value) or {}).__call
  return (type(value) == "function" or callable) and value or nil
end

--- Where a page of docs/ lies: in the sources, beside an installed linnet or in its rock.
-- @function help.document
-- @tparam string name such as "mathematics.md"
-- @treturn ?string a path that exists, or nil
-- @usage print(linnet.help.document("guide.md"))
M.document = documents.find

-- ---------------------------------------------------------------- pages

local function pages() return require "linnet.manual" end

-- name without "linnet.": "flow" finds problem:flow, "csv.load" linnet.csv.load.
local function last_of(name) return name:match("([%w_]+)$") end

-- What a person most likely means by a word comes first.
local RANK = {type = 1, ["function"] = 2, module = 3, options = 4}
local OWNER = {problem = 1, run = 2, state = 3} -- of methods; "init" is problem:init

--- Pages for a name: the pages of that name, or all that end in it, the likeliest first.
local function pages_named(name)
  local exact, ending = {}, {}
  for _, page in ipairs(pages()) do
    if page.name == name or page.name == "linnet." .. name then exact[#exact + 1] = page
    elseif last_of(page.name) == name then ending[#ending + 1] = page
    end
  end
  local function before(a, b)
    local x, y = RANK[a.kind], RANK[b.kind]
    if x ~= y then return x < y end
    x, y = OWNER[a.name:match("^%a+")] or 4, OWNER[b.name:match("^%a+")] or 4
    return x < y or x == y and a.name < b.name
  end
  table.sort(exact, before)
  table.sort(ending, before)
  return exact, ending
end

--- Whether the manual has a page of that name.
-- @tparam string name
-- @treturn boolean
-- @usage assert(linnet.help.known("flow"))
function M.known(name)
  local exact, ending = pages_named(name)
  return #exact + #ending > 0
end

local function page_of(kind, name)
  for _, page in ipairs(pages()) do
    if page.kind == kind and page.name == name then return page end
  end
end

--- Fields that the objects of a type have: a list of names.
-- @tparam string kind "state", "run", ...
-- @treturn {string,...}
-- @usage assert(linnet.help.fields("problem")[1] == "n")
function M.fields(kind)
  local names, page = {}, page_of("type", kind)
  for i, field in ipairs(page and page.fields or {}) do names[i] = field[1] end
  return names
end

-- Rows "name(arguments)  first sentence" of the functions of a module or the methods of a type.
local function members_text(owner, sign)
  local rows = {}
  for _, page in ipairs(pages()) do
    local name = page.kind == "function" and page.name:sub(1, #owner + 1) == owner .. sign
      and page.name:sub(#owner + 2):match("^[%w_]+$")
    if name then
      rows[#rows + 1] = words.cut(("  %-18s %s"):format(sign .. name,
        words.first_sentence(page.text)))
    end
  end
  return table.concat(rows, "\n")
end

local function fields_text(page)
  local rows = {}
  for i, field in ipairs(page.fields or {}) do
    rows[i] = words.wrap(("  %-18s "):format("." .. field[1]), field[2])
  end
  return table.concat(rows, "\n")
end

local function page_text(page)
  local out = {page.signature, (page.text:gsub("\n$", ""))}
  local function add(text, title)
    if text ~= "" then out[#out + 1] = (title and title .. "\n" or "") .. text end
  end
  if page.kind == "type" then
    add(fields_text(page), "Fields")
    add(members_text(page.name, ":"), "Methods")
  elseif page.kind == "module" then
    add(members_text(page.name, "."), "Functions")
  end
  if page.usage then
    add("  " .. page.usage:gsub("\n$", ""):gsub("\n", "\n  "), "Example:")
  end
  add(documents.citations(page.text))
  return table.concat(out, "\n\n")
end

--- Every name, by chapter, wrapped.
local function index_text()
  local chapters, order = {}, {}
  for _, page in ipairs(pages()) do
    local chapter, name = page.name:match("^(.-)[.:]([%w_]+)$")
    -- Options stand on the page of the function that takes them; kinds of starts have no other.
    if chapter and (page.kind ~= "options" or chapter == "init") then
      if not chapters[chapter] then
        chapters[chapter] = {}
        order[#order + 1] = chapter
      end
      table.insert(chapters[chapter], name)
    end
  end
  local out = {}
  for _, chapter in ipairs(order) do
    local head = chapter .. ":"
    out[#out + 1] = words.wrap(head .. " ", table.concat(chapters[chapter], " "))
  end
  out[#out + 1] = 'help("flow") shows a page, help(linnet.theory) a module, help(s) what a state'
  out[#out + 1] = 's can do; help("Theorem 1") searches.'
  return table.concat(out, "\n")
end

-- ---------------------------------------------------------------- finding

--- Pages that say something, and sections of the guides: rows "name  first sentence", or nil.
local function search(what)
  local rows = {}
  local wanted = what:lower()
  for _, page in ipairs(pages()) do
    if (page.name .. " " .. page.text):lower():gsub("%s+", " "):find(wanted, 1, true) then
      rows[#rows + 1] = words.cut(("  %-26s %s"):format(page.name, words.first_sentence(page.text)))
    end
  end
  documents.mention(wanted, function(name, heading)
    rows[#rows + 1] = words.cut(("  %-26s %s"):format(name, heading))
  end)
  return #rows > 0 and ("'%s' is mentioned here:\n"):format(what) .. table.concat(rows, "\n") or nil
end

local function by_name(what)
  local exact, ending = pages_named(what)
  if #exact == 0 and #ending > 0 then exact = {table.remove(ending, 1)} end
  if #exact > 0 then
    local texts, also = {}, {}
    for i, page in ipairs(exact) do texts[i] = page_text(page) end
    for i, page in ipairs(ending) do also[i] = page.name end
    if #also > 0 then texts[#texts + 1] = words.wrap("See also ", table.concat(also, ", ")) end
    return table.concat(texts, "\n\n")
  end
  local names = {}
  for i, page in ipairs(pages()) do names[i] = last_of(page.name) end
  return search(what), ("help: the manual has nothing called '%s'%s"):format(what,
    check.suggestion(last_of(what) or what, names))
end

-- The text, or nil and what is wrong.
local function find(what)
  if what == nil or what == package.loaded.linnet then return index_text() end
  if type(what) == "string" then return by_name(what) end
  for _, page in ipairs(pages()) do
    if page.kind == "function" and M.reach(page.name) == what
      or page.kind == "module" and M.value(page.name) == what then
      return page_text(page)
    end
  end
  local meta = getmetatable(what)
  local kind = type(meta) == "table" and type(meta.__name) == "string"
    and meta.__name:match("^linnet%..-([^.]+)$")
  local page = kind and page_of("type", kind)
  if not page then return nil, "help: not a name, function, module or object of linnet" end
  return page_text(page)
end

--- How a public function is called: the first line of its page, or nil.
-- @param f
-- @treturn ?string
-- @usage assert(linnet.help.called(linnet.eye) == "linnet.eye(rows, [cols])")
function M.called(f)
  for _, page in ipairs(pages()) do
    if page.kind == "function" and M.reach(page.name) == f then return page.signature end
  end
end

--- What `help(what)` prints, as a string.
-- @param what a name ("flow", "matrix:svd", "init.gaussian"), a public function, a module, a linnet
--   object (its fields and methods), any words to search for, or nothing for the index
-- @treturn string
-- @raise what the manual does not have; the nearest name is suggested
-- @usage print(linnet.help.text("linspace"))
function M.text(what)
  local text, why = find(what)
  return text or error(why, 2)
end

-- A page in the window; code stays as it is, to be copied.
local function fitted(text)
  local columns, out = gnuplot.window(), {}
  for paragraph in (text .. "\n\n"):gmatch("(.-)\n\n") do
    out[#out + 1] = paragraph:find("^Example:") and paragraph or words.fit(paragraph, columns)
  end
  return table.concat(out, "\n\n")
end

--- Print the manual's page on something; at the prompt also plain `help(what)`.
-- @function help
-- @param what as `text` takes it
-- @usage linnet.help("linspace")
function M.show(what)
  local text, why = find(what)
  print(fitted(text or error(why, 2)))
end

return setmetatable(M, {__call = function(_, what)
  local text, why = find(what)
  print(fitted(text or error(why, 2)))
end})
