--- TAB at the prompt: names, fields and methods by what the value is, names of options inside a
-- call's braces and their choices, names of files inside quotes.
--
-- SPDX-License-Identifier: MIT
-- @module linnet.shell.complete

local help = require "linnet.shell.help"
local options = require "linnet.options"
local source = require "linnet.shell.source"

local M = {}

local KEYWORDS = {}
for word in ("and break do else elseif end false for function goto if in local nil not or repeat "
  .. "return then true until while help time exit"):gmatch("%a+") do
  KEYWORDS[#KEYWORDS + 1] = word
end

-- ---------------------------------------------------------------- what a name stands for

-- The value of `a.b:c` in env, nil where there is none; nothing is called but what indexing calls.
local function value_of(env, path)
  local value = env
  for part in path:gmatch("[^.:]+") do
    local ok, inner = pcall(function() return value[part] end)
    if not ok or inner == nil then return nil end
    value = inner
  end
  return value
end

local function kind_of(value)
  local meta = debug.getmetatable(value)
  local name = type(meta) == "table" and rawget(meta, "__name")
  return type(name) == "string" and name:match("^linnet%.([%w_]+)$") or nil
end

--- Names that may follow a value: keys of a table, fields and methods of an object, what the manual
-- lists below a module.
-- @param value anything
-- @tparam ?string path how it was named, for modules whose parts load when asked for
-- @tparam boolean methods_only after a colon
-- @treturn {string,...}
function M.names(value, path, methods_only)
  local found, kind = {}, kind_of(value)
  local function add(t)
    if type(t) ~= "table" then return end
    for key, inner in next, t do
      if type(key) == "string" and key:find("^[%a][%w_]*$")
        and (not methods_only or type(inner) == "function") then
        found[key] = true
      end
    end
  end
  if type(value) == "string" then add(string) end
  if kind then add(help.methods(kind)) end
  if not methods_only then
    add(value)
    if kind then for _, field in ipairs(help.fields(kind)) do found[field] = true end end
  end
  if path and path:find("^linnet") then
    for _, page in ipairs(require "linnet.manual") do
      if page.name:sub(1, #path + 1) == path .. "." then
        found[page.name:match("^[%w_]+", #path + 2)] = true
      end
    end
  end
  local list = {}
  for name in pairs(found) do list[#list + 1] = name end
  return list
end

-- ---------------------------------------------------------------- inside a call

-- What is open before the cursor: the innermost brace or parenthesis, the name called, its first
-- argument where that is a string, and the names of options given so far.
local function context(before)
  local open = {}
  local tokens = source.tokens(before)
  local function text(i) return tokens[i] and before:sub(tokens[i][2], tokens[i][3]) end
  for i, token in ipairs(tokens) do
    local kind = token[1]
    if kind == "(" or kind == "{" then
      open[#open + 1] = {kind = kind, at = i, given = {}}
    elseif (kind == ")" or kind == "}") and #open > 0 then
      open[#open] = nil
    elseif kind == "=" and #open > 0 and tokens[i - 1] and tokens[i - 1][1] == "word" then
      open[#open].given[text(i - 1)] = true
      open[#open].last = text(i - 1)
    end
  end
  local inner = open[#open]
  if not inner then return nil end
  local call = inner
  if inner.kind == "{" and text(inner.at - 1) == "=" and tokens[inner.at - 2] then
    local first = tokens[inner.at + 1] -- flow = {...}, init = {"gaussian", ...}: their own options
    inner.called = text(inner.at - 2)
    inner.first = first and first[1] == "string" and text(inner.at + 1):sub(2, -2) or nil
    return inner
  elseif inner.kind == "{" and text(inner.at - 1) and not text(inner.at - 1):find("[%w_]$") then
    call = open[#open - 1] or inner
  end
  local last = tokens[call.at - 1]
  if not last or last[1] ~= "word" then return inner end
  inner.called = before:sub(1, last[3]):match("[%a_][%w_.:]*$")
  local first = tokens[call.at + 1]
  if first and first[1] == "string" and call ~= inner then
    inner.first = text(call.at + 1):sub(2, -2)
  end
  return inner
end

--- The schema of the options that a call takes: by the whole name, by the object's kind, by the
-- last word.
local function schema_of(env, called, first)
  local last = called:match("([%w_]+)$")
  local object = called:match("^(.*)[.:][%w_]+$")
  local kind = object and kind_of(value_of(env, object))
  local tries = {(called:gsub("^linnet%.", ""))}
  if first then tries[#tries + 1] = last .. "." .. first end
  if kind == "result" then tries[#tries + 1] = "sweep." .. last end
  if kind then tries[#tries + 1] = kind .. "." .. last end
  tries[#tries + 1] = last
  for _, name in ipairs(tries) do
    if options.schemas[name] then return options.schemas[name] end
  end
end

local function option_names(schema, given)
  local list = {}
  for _, entry in ipairs(schema) do
    local name = entry.name
    if type(name) == "string" and not given[name] then list[#list + 1] = name .. " = " end
  end
  return list
end

-- Inside quotes: choices of an option, kinds of starts, names for help; true: names of files.
local function strings(env, before)
  local inner = context(before)
  if not inner or not inner.called then return true end
  local last = inner.called:match("([%w_]+)$")
  if inner.kind == "(" and last == "init" then
    local kinds = {}
    for name in pairs(options.schemas) do
      local kind = type(name) == "string" and name:match("^init%.([%w_]+)$")
      if kind and kind ~= "matrices" then kinds[#kinds + 1] = kind end
    end
    return kinds
  elseif last == "help" then
    local names = {}
    for i, page in ipairs(require "linnet.manual") do names[i] = page.name:gsub("^linnet%.", "") end
    return names
  end
  local schema = inner.last and schema_of(env, inner.called, inner.first)
  for _, entry in ipairs(schema or {}) do
    if entry.name == inner.last and entry.choices then return entry.choices end
  end
  return true
end

-- ---------------------------------------------------------------- the answer

local function matching(list, prefix, lead)
  local found = {}
  for _, name in ipairs(list) do
    if name:sub(1, #prefix) == prefix then found[#found + 1] = lead .. name end
  end
  table.sort(found)
  return found
end

--- Words that may stand at from..to of a line.
-- @tparam table env the globals of the prompt
-- @tparam string line
-- @tparam integer from
-- @tparam integer to
-- @treturn {string,...}|boolean a list; true for names of files
function M.words(env, line, from, to)
  local word, before = line:sub(from, to), line:sub(1, from - 1)
  local tokens = source.tokens(before)
  local last = tokens[#tokens]
  local open = last and last[1] == "string" and before:sub(last[2], last[2])
  if open and (last[2] == last[3] or before:sub(last[3], last[3]) ~= open) then
    local list = strings(env, before:sub(1, last[2] - 1))
    return list == true or matching(list, word, "")
  end
  local lead -- what is divided or subtracted from: / and - are parts of words, for names of files
  lead, word = word:match("^(.-)([%w_.:]*)$")
  local path, mark, prefix = word:match("^([%a_][%w_.:]*)([.:])([%w_]*)$")
  if path then
    local value = value_of(env, path)
    if value == nil then return {} end
    return matching(M.names(value, path, mark == ":"), prefix, lead .. path .. mark)
  end
  local inner = context(before)
  if inner and inner.called and inner.kind == "{" and not before:find("=%s*$") then
    local schema = schema_of(env, inner.called, inner.first)
    local list = schema and matching(option_names(schema, inner.given), word, lead) or {}
    if #list > 0 then return list end
  end
  local names = M.names(env, nil, false)
  table.move(KEYWORDS, 1, #KEYWORDS, #names + 1, names)
  return matching(names, word, lead)
end

return M
