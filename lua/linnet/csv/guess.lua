--- How a table of text is written: what the first records tell of delimiter, comments, decimal
-- sign, and the line of names. What was said by options is not guessed.
--
-- SPDX-License-Identifier: MIT
-- @module linnet.csv.guess

local core = require "linnet.core"
local foreign = require "linnet.csv.foreign"
local names = require "linnet.csv.names"

local M = {}

local RECORDS, CELLS = 100, 4000 -- that a guess looks at
local DELIMITERS = {"\t", ";", ",", "|", " "} -- in this order when all else is equal
local COMMENTS = {"#", "%", "//", "!"}

-- ---------------------------------------------------------------- comments

-- Cells of spreadsheets that begin with the sign of a comment.
local function is_error_cell(line)
  return line:find("^#[%u/0]+[!?]") or line:find("^#N/A") or line:find("^#NULL")
end

-- The sign of comment lines: of those that begin a line, unless all lines but one do. Without any,
-- a line with '#' further down than the head is still none of the table.
local function comment_guess(head)
  for _, sign in ipairs(COMMENTS) do
    local with, without = 0, 0
    for line in head:gmatch("[^\r\n]+") do
      line = line:match("^%s*(.*)")
      if line:sub(1, #sign) == sign and not is_error_cell(line) then with = with + 1
      elseif line ~= "" then without = without + 1 end
    end
    local first = head:match("^%s*(%S*)"):sub(1, #sign) == sign
    if with > 0 and without > 1 and (sign == "#" or first) then return sign, true end
    if sign == "#" and with > 0 then return nil end
  end
  return "#", false
end

-- ---------------------------------------------------------------- delimiter

-- A cell without the unit behind its number: 12,8 mm.
local function unitless(cell)
  local body = cell:match("^([+-]?%d[%d.,' \xa0\xc2\xe2\x80\xaf]*)[%a\xc2-\xf4][^%s%d\"]*$")
  return body and body:gsub("[ \xa0\xc2\xe2\x80\xaf]+$", "") or cell
end

-- Whether the cell is a number by some decimal sign, in groups of three or in one.
local function is_number(cell)
  local body = unitless(cell):gsub("^[+-]", ""):gsub("[eEdD][+-]?%d+$", ""):gsub("%%$", "")
  if body:find("^%d*[.,]?%d+$") then return true end
  local rest = body:match("^%d%d?%d?([.,].*)$")
  while rest and rest:find("^[.,]%d%d%d[.,]") do rest = rest:sub(5) end
  return rest ~= nil and rest:find("^[.,]%d+$") ~= nil
end

-- How much records cut so look like a table: equally long, of numbers, no column empty, but bars
-- may stand around rows.
local function score(records, delimiter)
  local cols, share = names.usual(records)
  if cols < 2 then return 0, cols end
  local numbers, cells, full = 0, 0, {}
  for _, record in ipairs(records) do
    if #record == cols then
      for j = 1, cols do
        local kind = record[-j]
        cells = cells + 1
        if kind == "n" or kind == "t" and is_number(record[j]) then numbers = numbers + 1
        elseif kind == "g" then numbers = numbers + 0.5 end
        if record[j] ~= "" then full[j] = true end
      end
    end
  end
  local empty = 0
  for j = delimiter == "|" and 2 or 1, cols - 1 do empty = empty + (full[j] and 0 or 1) end
  local first = #records[1] == cols and 1 or 0.5 -- names are cut like all others
  return first * share * share * (0.05 + numbers / cells) / (1 + empty), cols
end

--- The delimiter that cuts the first records best; "," when none cuts them at all.
function M.delimiter(text, rules)
  local best, most = nil, 0
  for _, delimiter in ipairs(DELIMITERS) do
    rules.delimiter = delimiter
    local records = core.table.sample(text, rules, RECORDS, CELLS)
    local value = records and #records > 0 and score(records, delimiter) or 0
    if value > most * (1 + 1e-9) then best, most = delimiter, value end
  end
  rules.delimiter = best or ","
  return rules.delimiter
end

-- ---------------------------------------------------------------- decimal sign and thousands

local GROUPS = {" ", "\u{a0}", "\u{202f}", "'", "_"}

-- The marks that a cell shows: decimal comma, decimal point, thousands by which.
local function marks(cell, found)
  local point = cell:find("^[+-]?%d*%.?%d*$") and cell:find(".", 1, true)
  if point and (#cell - point ~= 3 or point > 5) then found.point = true end
  if not cell:find("[.,' _\xa0\xaf]") or found.point and point then return end
  local body = unitless(cell):gsub("^[+-]", ""):gsub("^[$\xc2-\xe2][\x82-\xac]*%s*", "")
    :gsub("%s*[%%$\xc2-\xe2][\x82-\xac]*$", ""):gsub("[eE][+-]?%d+$", "")
  local function all(pattern) return body:find("^" .. pattern .. "$") end
  if all("%d+[%d.]*%.%d%d%d,%d+") then found.comma, found["."] = true, true
  elseif all("%d+[%d,]*,%d%d%d%.%d+") or all("%d%d?%d?,%d%d%d,%d%d%d[,%d]*") then found[","] = true
  elseif all("[1-9]%d?%d?,%d%d%d") then found.either = true
  elseif all("%d*,%d+") then found.comma = true
  elseif all("%d%d?%d?%.%d%d%d%.%d%d%d[.%d]*") then found["."] = true
  elseif all("[1-9]%d?%d?%.%d%d%d") then found.dots = true
  elseif all("%d*%.%d+") then found.point = true
  else
    for _, mark in ipairs(GROUPS) do
      local rest = body:match("^%d%d?%d?" .. mark .. "%d%d%d(.*)$")
      if rest and rest:find("^[%d ,.'_\xa0\xaf\xc2\xe2\x80]*$") then
        found[mark] = true
        if rest:find(",%d+$") then found.comma = true end
      end
    end
  end
end

-- Decimal sign and thousands of the sample, where they leave no doubt: 1,234 alone says nothing
-- until one of both is known.
local function spelling(records, o)
  local found, thousands = {}, o.thousands
  for _, record in ipairs(records) do
    for j, cell in ipairs(record) do
      if record[-j] ~= "g" then marks(cell, found) end
    end
  end
  local decimal = o.decimal ~= "auto" and o.decimal or thousands == "," and "." or thousands == "."
    and "," or nil
  for _, mark in ipairs(GROUPS) do thousands = thousands or found[mark] and mark end
  local comma = (found.comma or found["."]) and not found.point and not found[","]
  if decimal == "," or not decimal and comma then
    return ",", thousands or (found["."] or found.dots) and "." or nil
  end
  local grouped = decimal and found.either or not found.comma and found[","]
  return ".", thousands or grouped and "," or nil
end

-- ARFF says names and then "@data".
local function arff(head, layout)
  local low = head:lower()
  local from = low:find("\n%s*@data%s*\r?\n") and select(2, low:find("\n%s*@data%s*\r?\n"))
  if not from or not low:find("@relation") then return nil end
  local named = {}
  for name in head:sub(1, from):gmatch("\n%s*@[Aa][Tt][Tt][%a]+%s+([^\r\n]+)") do
    named[#named + 1] = name:match("^'([^']*)'") or name:match('^"([^"]*)"') or name:match("^%S+")
  end
  local _, lines = head:sub(1, from):gsub("\n", "")
  layout.rules.from, layout.rules.line, layout.rules.comment = from, lines + 1, "%"
  layout.names, layout.cols = named, #named
  return true
end

--- How the table is written.
-- @param text of core.table.open @param head its first bytes @param size of all
-- @tparam table o options of linnet.csv.load
-- @treturn ?table rules (for core.table), cols, names or nil, names_line, row_names, guessed (a
-- list of sentences), notes (of what may be wrong)
-- @treturn ?string why there is no table
function M.layout(text, head, size, o)
  local why = foreign.why(head:gsub("^\xef\xbb\xbf", ""))
  if why then return nil, why end
  local layout = {guessed = {}, notes = {}}
  function layout.slice(from, to) return (head:sub(from + 1, to):gsub("[\r\n]+$", "")) end
  local rules = {from = 0, line = 1, markers = o.markers, numbers = o.numbers, inside = 0}
  layout.rules = rules
  if head:sub(1, 3) == "\xef\xbb\xbf" then rules.from = 3 end
  if size <= rules.from then return nil, "the file is empty" end
  local told, finish = head:match("^sep=(.)\r?\n()", rules.from + 1) -- as Excel is told
  if told then rules.from, rules.line = finish - 1, 2 end
  local block, behind = head:match("^%s*(/%*.-%*/)[^\r\n]*\r?\n?()", rules.from + 1) -- as in C
  if block then
    rules.line = rules.line + select(2, head:sub(rules.from + 1, behind - 1):gsub("\n", ""))
    rules.from = behind - 1
    layout.notes[1] = ("the lines before line %d are left out, they are none of the table")
      :format(rules.line)
  end
  if o.comment == "auto" then
    rules.comment, layout.commented = comment_guess(head:sub(rules.from + 1))
  elseif o.comment then
    rules.comment, layout.commented = o.comment, true
  end
  if layout.commented then rules.inside = 1 end
  local known = arff(head, layout)
  rules.delimiter = o.delimiter ~= "auto" and o.delimiter or told or M.delimiter(text, rules)
  local records, fault = core.table.sample(text, rules, RECORDS, CELLS)
  if records then
    rules.decimal, rules.thousands = spelling(records, o)
    if rules.decimal ~= "." or rules.thousands then
      records, fault = core.table.sample(text, rules, RECORDS, CELLS)
    end
  end
  if not records then return nil, fault, layout end
  if #records == 0 then return nil, "the file is empty" end
  if known then return layout end
  return names.find(text, head, records, o, layout)
end

return M
