--- Words about cells of a table, safe to print whatever the file holds.
--
-- SPDX-License-Identifier: MIT
-- @module linnet.csv.words

local M = {}

local SHOWN = 40 -- bytes of a cell in a message

--- Text of a file as UTF-8: what is not is read as Latin-1.
function M.utf8(text)
  if utf8.len(text) then return text end
  return (text:gsub("[\x80-\xff]", function(c) return utf8.char(c:byte()) end))
end

--- What a category is called: its cell, without the single quotes of ARFF around it.
function M.label(text) return M.utf8(text:match("^'(.+)'$") or text) end

--- "'abc'", "'long'...": a cell in a message, shortened, without control characters.
function M.cell(text)
  text = M.utf8(text)
  local finish = #text
  if finish > SHOWN then
    finish = SHOWN
    while text:find("^[\x80-\xbf]", finish + 1) do finish = finish - 1 end
  end
  local shown = text:sub(1, finish):gsub("%c", "?"):gsub("\xc2[\x80-\x9f]", "?")
  return ("'%s'%s"):format(shown, finish < #text and "..." or "")
end

--- "'a', 'b', ... (402 in all)": some of a list.
function M.list(list, most)
  local some = {}
  for i = 1, math.min(#list, most) do
    some[i] = type(list[i]) == "string" and M.cell(list[i]) or tostring(list[i])
  end
  if #list > most then some[#some + 1] = ("... (%d in all)"):format(#list) end
  return table.concat(some, ", ")
end

--- "1 row", "2 rows".
function M.count(n, noun) return ("%d %s%s"):format(n, noun, n == 1 and "" or "s") end

return M
