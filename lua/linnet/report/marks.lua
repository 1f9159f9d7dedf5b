--- The two marks of a report's texts: `code` and $mathematics$, as a list of spans.
--
-- SPDX-License-Identifier: MIT
-- @module linnet.report.marks

local M = {}

local MARKS = {["`"] = "code", ["$"] = "formula"}

--- Splits a text into spans {kind, text}; kind is plain, code or formula. A mark without its
-- partner stands for itself.
-- @tparam string text
-- @treturn {{string,string},...}
-- @usage assert(#require "linnet.report.marks".spans("a `b` $c$") == 4)
function M.spans(text)
  local out, from = {}, 1
  while from <= #text do
    local first, mark = text:match("()([`$])", from)
    local last = first and text:find(mark, first + 1, true)
    if not last then break end
    if first > from then out[#out + 1] = {"plain", text:sub(from, first - 1)} end
    if last > first + 1 then out[#out + 1] = {MARKS[mark], text:sub(first + 1, last - 1)} end
    from = last + 1
  end
  if from <= #text then out[#out + 1] = {"plain", text:sub(from)} end
  return out
end

--- The text of a table's cell: numbers with six digits.
-- @param cell string, number, boolean or nil
-- @treturn string
-- @usage assert(require "linnet.report.marks".cell(1 / 3) == "0.333333")
function M.cell(cell)
  if cell == nil then return "" end
  if math.type(cell) == "float" then return ("%.6g"):format(cell) end
  return tostring(cell)
end

return M
