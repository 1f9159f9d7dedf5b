--- What those meant who come from elsewhere: slips of syntax, and names that other languages know;
-- and what to type instead.
--
-- SPDX-License-Identifier: MIT
-- @module linnet.shell.slips

local habits = require "linnet.habits"
local options = require "linnet.options"
local types = require "linnet.types"

local M = {}

-- ---------------------------------------------------------------- no Lua

local MATRIX = "a matrix is matrix{{1, 2}, {3, 4}}, a column matrix{1, 2, 3}"

-- A pattern of the line, what to say, and whether no further line can make Lua of it.
local SYNTAX = {
  {"^%s*%[", MATRIX, true}, {"=%s*%[[^%[=]", MATRIX, true}, {"%f[%w]matrix%(?%[", MATRIX, true},
  {"[%w%])]'%s*[;)]?%s*$", "the transpose is m:t()", true},
  {"[%a_%])]%s*%.[*/^]",
    "entry by entry: A:emul(B), A:ediv(B), A:map(function(x) return x ^ 2 end)", true},
  {"[%w)]%s*@%s*[%w(]", "the matrix product is A * B", true},
  {"%([^()]*:%s*[,)]", "a column is m:col(j), a row m:row(i), a part m:sub(i1, i2, j1, j2)", true},
  {"%[%s*[^%[%],]+,[^%[%]]*%]", "an entry is m[i][j] or m(i, j), a part m:sub(i1, i2, j1, j2)"},
  {"%[[^%[%]]*:[^%[%]]*%]", "a part of a matrix is m:sub(i1, i2, j1, j2), a row m:row(i)"},
  {"!=", "not equal is ~="},
  {"^%s*!", 'a command of the shell is os.execute("ls")', true},
  {"[+*/-]=", "there is no +=: write x = x + 1"},
  {"%*%*", "a power is ^"},
  {"^%s*def%s", "a function is: function f(x) return x ^ 2 end", true},
  {"^%s*for%s.*%sin%s+range", "a loop is: for i = 1, 10 do ... end", true},
  {"^%s*for%s.*%sin%s+%-?%d", "a loop is: for i = 1, 10 do ... end", true},
  {"^%s*for%s.*:%s*$", "a loop is: for i = 1, 10 do ... end", true},
  {"^%s*if%s.*:%s*$", "a condition is: if x > 0 then ... end", true},
  {"^%s*import%s", "linnet is loaded already; another module comes with: x = require \"x\""},
  {"^%s*using%s", "linnet is loaded already; another module comes with: x = require \"x\""},
  {"^%s*from%s+[%w_.]+%s+import", "linnet is loaded already; another module: x = require \"x\""},
  {"^%s*#", "a comment begins with --"},
  {"&&", "and is: and"},
  {"||", "or is: or"},
  {"lambda", "a small function is: function(x) return x ^ 2 end"},
  {"^%s*%%", "there are no magics here: time EXPR, ?name, help name"},
}

local KEYWORDS = " and break do else elseif end for function goto if in local not or repeat return "
  .. "then until while "

-- Two words beside each other mean a call, unless one is Lua's.
local function call(bare)
  local name, rest = bare:match("^%s*([%a_][%w_.]*)%s+([%w_][%w_.]*)%s*$")
  if name and KEYWORDS:find(" " .. name .. " ", 1, true) then name = nil end
  return name and ("a call has parentheses: %s(%s)"):format(name, rest)
end

--- What a text that does not compile was meant to be.
-- @tparam string text
-- @tparam string why what the interpreter says of it
-- @treturn ?string
-- @treturn ?boolean whether no further line can make Lua of it
function M.syntax(text, why)
  if why:find("')' expected near '='", 1, true) then
    return "options stand in braces: f(x, {name = value})"
  end
  local bare = text:gsub("%b\"\"", '""'):gsub("%f['%w%])]'[^'\n]*'", "''"):gsub("%-%-[^\n]*", "")
  local method = bare:match("([%a_][%w_.]*:[%a_][%w_]*)%s*$")
  if method then return ("a method is called with parentheses: %s()"):format(method) end
  for _, slip in ipairs(SYNTAX) do
    if bare:find(slip[1]) then return slip[2], slip[3] end
  end
  return call(bare)
end

-- ---------------------------------------------------------------- names that are not there

local OBJECTS = {matrix = "m", problem = "p", state = "s", run = "run", result = "result"}

--- What a global name that stands for nothing may have meant.
-- @tparam string name
-- @tparam {string,...} names those that are there
-- @treturn ?string
function M.name(name, names)
  local said = habits.advice("prompt", name) or habits.advice("linnet", name)
  if said then return said end
  for _, kind in ipairs{"matrix", "problem", "state", "run", "result"} do
    local methods = types.methods(kind)
    if methods and methods[name] then
      return ("it is a method: %s:%s(...)"):format(OBJECTS[kind], name)
    end
  end
  said = habits.advice("matrix", name)
  if said then return said end
  local near = options.nearest(name, names)
  if #name < 3 and near and near:lower() ~= name:lower() then near = nil end
  return near and ("did you mean '%s'?"):format(near)
end

--- What else to say about an error at the prompt.
-- @tparam string message
-- @tparam {string,...} names of globals that are there
-- @treturn ?string
function M.runtime(message, names)
  if message:find("a nil value (field 'integer index')", 1, true) then
    return "there is nothing at that index: #x counts what there is"
  end
  local method, kind = message:match("bad argument #1 to '(%w+)' %(([%w.]+) expected, got no value")
  kind = kind and kind:gsub("^linnet%.", "")
  if OBJECTS[kind] then
    return ("a method is called with a colon: %s:%s(...)"):format(OBJECTS[kind], method)
  end
  local missing = message:match("a nil value %(global '([%w_]+)'%)")
  return missing and M.name(missing, names)
end

return M
