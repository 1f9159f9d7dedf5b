--- Where the names of a table's columns stand, and where its first record does.
--
-- SPDX-License-Identifier: MIT
-- @module linnet.csv.names

local columns = require "linnet.csv.columns"
local core = require "linnet.core"
local words = require "linnet.csv.words"

local M = {}

local CELLS = 20000 -- of a line of names in a comment, at most

--- Cells of most records, and the share of records that have so many.
function M.usual(records)
  local count, cols, most = {}, 0, 0
  for _, record in ipairs(records) do
    local n = #record
    count[n] = (count[n] or 0) + 1
    if count[n] > most then cols, most = n, count[n] end
  end
  return cols, most / math.max(#records, 1)
end

-- Numbers and texts below the first record, by column.
local function below(records, first, cols)
  local numbers, texts = {}, {}
  for j = 1, cols do numbers[j], texts[j] = 0, 0 end
  for i = first, #records do
    for j = 1, math.min(cols, #records[i]) do
      local kind = records[i][-j]
      if kind == "n" then numbers[j] = numbers[j] + 1 end
      if kind == "t" then texts[j] = texts[j] + 1 end
    end
  end
  return numbers, texts
end

-- Whether the numbers of a record look like names for all that: wavelengths, years, 1, 2, 3.
-- The second result: more than look like.
local function may_be_names(record, records, first)
  if #records < first + 1 then return false end
  local whole, ascending, count, broken, outside, last = true, true, 0, 0, 0, -math.huge
  for j, cell in ipairs(record) do
    local x = record[-j] == "n" and tonumber(cell)
    if x then
      local low, high, fraction = math.huge, -math.huge, false
      for i = first, #records do
        local y = tonumber(records[i][j] or "")
        if y then
          low, high, fraction = math.min(low, y), math.max(high, y), fraction or y % 1 ~= 0
        end
      end
      count = count + 1
      broken, outside = broken + (fraction and 1 or 0), outside + ((x < low or x > high) and 1 or 0)
      whole, ascending, last = whole and x % 1 == 0, ascending and x > last, x
    end
  end
  local other = 2 * broken >= count and whole
  return count > 1 and (other or ascending and outside == count),
    count > 1 and whole and ascending and (other or outside == count)
end

-- Whether a record holds names: text over numbers, or text alone, each cell another.
local function is_names(record, records, first)
  local numbers, texts = below(records, first, #record)
  local over, like, seen, twice, text, number = 0, 0, {}, false, 0, 0
  for j, cell in ipairs(record) do
    local kind = record[-j]
    if kind == "t" then text = text + 1 elseif kind == "n" then number = number + 1 end
    if kind == "t" and numbers[j] > texts[j] then over = over + 1 end
    if kind == "n" and numbers[j] > 0 then like = like + 1 end
    twice = twice or seen[cell] or false
    seen[cell] = true
  end
  if over > 0 then return true end
  if like > 0 then return text > 0 and select(2, may_be_names(record, records, first)) end
  return text > number and not (twice and number == 0 and #records >= first)
end

-- Whether the record is of units below the names: no number, text over numbers.
local function is_units(record, records, first)
  local numbers, texts = below(records, first, #record)
  local over = 0
  for j = 1, #record do
    if record[-j] == "n" then return false end
    if record[-j] == "t" and numbers[j] > 0 and texts[j] == 0 then over = over + 1 end
  end
  return over > 0 and #records >= first + 1
end

-- Names in the last comment line before the first record: "# a b c".
local function commented_names(text, head, rules, first, cols)
  local place, names = 1, nil
  for line, finish in head:sub(1, first.from):gmatch("([^\r\n]*)()") do
    local sign = line:match("^%s*()")
    if line:sub(sign, sign + #rules.comment - 1) == rules.comment then
      place = finish - #line + sign - 1 + #rules.comment
      names = line:sub(sign + #rules.comment)
    end
  end
  if not names or names:match("^%s*$") then return nil end
  local other = {}
  for key, value in pairs(rules) do other[key] = value end
  other.comment, other.inside, other.from, other.line = nil, 0, place - 1, 1
  local records = core.table.sample(text, other, 1, CELLS)
  local record = records and records[1]
  if not record or #record ~= cols then return nil end
  local number = 0
  for j = 1, cols do number = number + (record[-j] == "n" and 1 or 0) end
  return number < cols and record or nil
end

-- ---------------------------------------------------------------- all together

local PREFACE = 40 -- lines above the names, at most

local function is_text(record)
  for j = 1, #record do
    if record[-j] == "n" then return false end
  end
  return true
end

-- The first record of text that has all the names a user speaks of, where there are any.
local function named_record(records, o)
  local wanted = columns.named(o)
  for i = 1, #wanted > 0 and math.min(PREFACE, #records - 1) or 0 do
    local here, all = {}, is_text(records[i])
    for _, cell in ipairs(records[i]) do here[words.utf8(cell)] = true end
    for _, name in ipairs(wanted) do all = all and here[name] end
    if all then return i end
  end
end

-- How many names a record holds: cells with something in them, each another.
local function count_names(record)
  local seen, count = {}, 0
  for _, cell in ipairs(record) do
    if cell ~= "" and not seen[cell] then seen[cell], count = true, count + 1 end
  end
  return count
end

-- Whether all that stands before record i is none of the table: some text, another length.
local function is_preface(records, i, cols)
  for k = 1, i - 1 do
    local text = false
    for j = 1, #records[k] do text = text or records[k][-j] == "t" end
    if not text or #records[k] == cols then return false end
  end
  return true
end

-- Where the names stand when lines about the table stand above them; 1 if none do.
local function below_preface(records, cols)
  for i = 1, math.min(PREFACE, #records - 2) do
    local record, next = records[i], records[i + 1]
    local group = #record == cols and is_text(record) and is_text(next) and #next == cols
      and count_names(next) == cols and 2 * count_names(record) <= cols
    if #record == cols and is_names(record, records, i + 1) and not group
      and is_preface(records, i, cols) then
      return i
    elseif group and is_names(next, records, i + 2) and is_preface(records, i, cols) then
      return i + 1
    end
  end
  return 1
end

-- The record that begins the table, how many cells it has, and whether it surely holds names;
-- records before it are a preface.
local function begin_of(records, o, layout)
  local cols = M.usual(table.move(records, 2, 60, 1, {}))
  if #records < 3 then cols = #records[1] end
  if math.type(o.header) then
    for i, record in ipairs(records) do
      if record.line == o.header then return i, cols end
    end
    return nil, ("option 'header': there is no record in line %d"):format(o.header)
  end
  local named = o.header == "auto" and named_record(records, o)
  local first = named
  if not first then
    first = 1
    local function is_title(record, next) -- one cell less may be R's line of names
      return is_text(record) and (#record < cols - 1
        or #record == cols - 1 and #next == cols and is_text(next))
    end
    while records[first + 2] and is_title(records[first], records[first + 1]) do
      first = first + 1
    end
    local next = records[first + 1] -- numbers about the table may stand above its names
    if records[first + 2] and next and is_text(next) and not is_text(records[first])
      and is_names(next, records, first + 2) then
      first = first + 1
    end
    first = math.max(first, below_preface(records, cols))
    if not records[first + 1] then first = 1 end
  end
  if first > 1 then
    layout.notes[#layout.notes + 1] = ("the lines before line %d are left out, they are none of "
      .. "the table"):format(records[first].line)
  end
  return first, cols, named
end

-- Whether all records from `first` on that reach so far have nothing in the column.
local function is_empty(records, first, column)
  local met = false
  for i = first, #records do
    if (records[i][column] or "") ~= "" then return false end
    met = met or records[i][column] ~= nil
  end
  return met
end

local function set_names(layout, record, line)
  local quoted, named = true, 0
  layout.names, layout.names_line = {}, line
  for j = 1, layout.cols do
    layout.names[j] = words.utf8(record[j] or "")
    quoted = quoted and layout.names[j]:find("^'.+'$")
    named = named + (layout.names[j] ~= "" and 1 or 0)
  end
  for j = 1, quoted and layout.cols or 0 do layout.names[j] = layout.names[j]:sub(2, -2) end
  if #record < layout.cols - 1 then
    layout.notes[#layout.notes + 1] = ("line %d names %d of %d columns"):format(line or 1, named,
      layout.cols)
  end
end

--- Finds the names and the place of the first record after them.
-- @treturn ?table layout, with cols, names, names_line, row_names and the place in its rules
-- @treturn ?string why not
function M.find(text, head, records, o, layout)
  local first, cols, named = begin_of(records, o, layout)
  if not first then return nil, cols end
  local record = records[first]
  local wanted = named or o.header ~= "auto" and o.header ~= false
  if #records == first then cols = #record end
  -- Delimiters behind every row make no column.
  while cols > 1 and is_empty(records, first + 1, cols) and (record[cols] or "") == "" do
    cols = cols - 1
  end
  local next = first
  local short = #record == cols - 1 and #records > first and cols > 1
  if table.concat(record, "", math.min(cols, #record) + 1) ~= "" then cols = #record end
  layout.cols = cols
  if wanted or o.header == "auto" and (is_names(record, records, first + 1)
    or short and record[-1] == "t") then
    if short then -- R does not name the column of row names
      table.insert(record, 1, "")
      for j = cols, 2, -1 do record[-j] = record[1 - j] end
      layout.row_names = true
    end
    set_names(layout, record, record.line)
    next = first + 1
    local texts = false
    for j = 1, #record do texts = texts or record[-j] == "t" end
    if texts and not short then
      layout.rules.names = layout.slice(record.from, record.to)
    end
    local second = records[next]
    local again = second and table.concat(record, "\0") == table.concat(second, "\0")
    if o.header == "auto" and second and not again and is_units(second, records, next + 1) then
      layout.notes[#layout.notes + 1] = ("line %d is left out: units or second names, no numbers")
        :format(records[next].line)
      next = next + 1
    end
  elseif o.header == "auto" then
    local comment = layout.commented and commented_names(text, head, layout.rules, record, cols)
    if comment then
      set_names(layout, comment)
      layout.notes[#layout.notes + 1] = "the names are those of the comment before the first row"
    elseif #record > 1 and (may_be_names(record, records, first + 1)) then
      layout.notes[#layout.notes + 1] = ("line %d (%s) may hold names, but is read as numbers; "
        .. "header = true takes it for names"):format(record.line, words.list(record, 4))
    end
  end
  layout.comments = 0
  if layout.commented then
    for line in head:sub(1, records[next] and records[next].from or #head):gmatch("[^\r\n]+") do
      local sign = layout.rules.comment
      if line:match("^%s*(.*)"):sub(1, #sign) == sign then layout.comments = layout.comments + 1 end
    end
  end
  local start = records[next]
  layout.rules.from = start and start.from or records[#records].to
  layout.rules.line = start and start.line or records[#records].line + 1
  return layout
end

return M
