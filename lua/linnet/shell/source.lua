--- What is typed at the prompt, as Lua: top-level `local` names live on, questions and other habits
-- become calls, slips of the hand are explained.
--
-- SPDX-License-Identifier: MIT
-- @module linnet.shell.source

local slips = require "linnet.shell.slips"

local M = {}

-- ---------------------------------------------------------------- tokens

-- The end of a long bracket that opens at `at`; nil where none opens, the text's end where it stays
-- open.
local function long_end(text, at)
  local level = text:match("^%[(=*)%[", at)
  if not level then return nil end
  local _, last = text:find("]" .. level .. "]", at, true)
  return last or #text
end

local function string_end(text, at)
  local quote, i = text:sub(at, at), at + 1
  while i <= #text do
    local c = text:sub(i, i)
    if c == "\\" then i = i + 1 elseif c == quote or c == "\n" then return i end
    i = i + 1
  end
  return #text
end

--- The tokens of a piece of Lua, roughly: {kind, from, to}, kind "word", "string", "comment" or the
-- character itself.
-- @tparam string text
-- @treturn {table,...}
function M.tokens(text)
  local list, at = {}, 1
  while true do
    at = text:find("%S", at)
    if not at then return list end
    local c = text:sub(at, at)
    local kind, last
    if text:find("^%-%-", at) then
      kind, last = "comment", long_end(text, at + 2) or (text:find("\n", at, true) or #text + 1) - 1
    elseif c == "[" and long_end(text, at) then
      kind, last = "string", long_end(text, at)
    elseif c == '"' or c == "'" then
      kind, last = "string", string_end(text, at)
    elseif c:find("[%a_]") then
      kind, last = "word", select(2, text:find("^[%w_]+", at))
    elseif c:find("%d") then
      kind, last = "number", select(2, text:find("^[%w_.]+", at))
    else
      kind, last = c, at
    end
    list[#list + 1] = {kind, at, last}
    at = last + 1
  end
end

-- ---------------------------------------------------------------- local names live on

local OPENS = {["function"] = 1, ["do"] = 1, ["then"] = 1, ["repeat"] = 1, ["end"] = -1,
  ["until"] = -1, ["elseif"] = -1} -- `else` closes and opens

--- A chunk whose top-level `local` statements assign to globals, so that they are there for the
-- next line; attributes (`<const>`, `<close>`) go. Blocks and functions keep theirs.
-- @tparam string text
-- @treturn string
function M.globalized(text)
  local tokens, depth, brackets, out, kept = M.tokens(text), 0, 0, {}, 1
  local function word(i) return tokens[i] and text:sub(tokens[i][2], tokens[i][3]) end
  local function replace(from, to, new) -- tokens from..to
    out[#out + 1] = text:sub(kept, tokens[from][2] - 1) .. new
    kept = tokens[to][3] + 1
  end
  for i, token in ipairs(tokens) do
    local name = word(i)
    if token[1] == "word" then
      depth = depth + (OPENS[name] or 0)
    elseif name == "(" or name == "{" or name == "[" then
      brackets = brackets + 1
    elseif name == ")" or name == "}" or name == "]" then
      brackets = brackets - 1
    end
    if token[1] == "word" and name == "local" and depth == 0 and brackets == 0 then
      if word(i + 1) == "function" then
        replace(i, i, "")
      else
        local names, last = {}, i
        while tokens[last + 1] and tokens[last + 1][1] == "word" do
          names[#names + 1], last = word(last + 1), last + 1
          if word(last + 1) == "<" and word(last + 3) == ">" then last = last + 3 end
          if word(last + 1) ~= "," then break end
          last = last + 1
        end
        local assigned = word(last + 1) == "=" and word(last + 2) ~= "="
        if #names > 0 then
          replace(i, last, table.concat(names, ", ") .. (assigned and "" or " = nil"))
        end
      end
    end
  end
  return table.concat(out) .. text:sub(kept)
end

--- Where the last `return` of a text's own level begins, nil when it has none.
-- @tparam string text
-- @treturn ?integer
function M.last_return(text)
  local depth, at = 0, nil
  for _, token in ipairs(M.tokens(text)) do
    if token[1] == "word" then
      local word = text:sub(token[2], token[3])
      depth = depth + (OPENS[word] or 0)
      if word == "return" and depth == 0 then at = token[2] end
    end
  end
  return at
end

-- ---------------------------------------------------------------- habits

--- Lines that are no Lua but mean something here: `?x`, `x?`, `help x`, `time x`, `exit`, `quit`.
-- @tparam string text
-- @treturn ?string "help", "time" or "leave"
-- @treturn ?string what it is about
function M.command(text)
  local line = text:match("^%s*(.-)%s*;?%s*$")
  local about = line:match("^%?+%s*(.-)$") or line:match("^([%a_][%w_.:]*)%s*%?+$")
    or line:match("^help%s+([^%s=(,.:%[{\"'].*)$")
    or line:match("^help%s+([\"'].*[\"'])$") -- help "x", a call, but of one who means help x
  if about or line == "help" then return "help", ((about or ""):gsub("^[\"'](.*)[\"']$", "%1")) end
  local timed = line:match("^time%s+([^%s=(,.:%[{].*)$")
  if timed then return "time", timed end
  if line == "exit" or line == "quit" or line == "exit()" or line == "quit()" then
    return "leave"
  end
end

--- What is typed, compiled: an expression, or statements.
-- @tparam string text
-- @treturn ?function
-- @treturn ?string why not, in one line
-- @treturn ?boolean true when more lines may complete it
function M.compiled(text)
  local f = load("return " .. text, "=prompt", "t")
  if f then return f end
  local why
  f, why = load(M.globalized(text), "=prompt", "t")
  if f then return f end
  why = why:gsub("^prompt:1: ", ""):gsub("^prompt:(%d+): ", "line %1: ")
  local said, hopeless = slips.syntax(text, why)
  local open = why:find("<eof>", 1, true) ~= nil and not hopeless
    and not (said and why:find("function arguments expected", 1, true))
  return nil, said and ("%s\n  %s"):format(why, said) or why, open
end

--- True for a line that goes on with what the line before began: `:flow(...)`, `.. "x"`, `+ 1`.
-- @tparam string line
function M.continues(line)
  local text = line:match("^%s*(.*)$")
  return text:find("^[:.+*/^%%,)}%]=<>~]") ~= nil or text:find("^%-[^%-]") ~= nil
    or text:find("^and%f[%W]") ~= nil or text:find("^or%f[%W]") ~= nil
end

return M
