--- Why a table is refused: the cell, its column by name, its line, and the options that go on.
--
-- SPDX-License-Identifier: MIT
-- @module linnet.csv.refusal

local columns = require "linnet.csv.columns"
local guess = require "linnet.csv.guess"
local words = require "linnet.csv.words"

local M = {}

local function place(t, k, at)
  return ("row %d, %s, line %d"):format(at.row, columns.place(t.layout, t.used[k]), at.line)
end

--- "drop = {'b'}".
function M.drop(layout, j) return ("drop = {%s}"):format(columns.key(layout, j)) end

--- Places of columns in the order in which their first text or gap stands in the file.
function M.order(stats)
  local out = {}
  for k in ipairs(stats) do out[k] = k end
  local function row(k) return stats[k].text and stats[k].text.row or math.huge end
  table.sort(out, function(a, b)
    if row(a) ~= row(b) then return row(a) < row(b) end
    return a < b
  end)
  return out
end

local DATES = {"^%d+[-/.]%d+[-/.]%d+", "^%d+:%d+", "^%d%d%d%d%-%d%d$",
  "^%d+[-/. ]%a%a%a[-/. ]%d+", "^%a%a%a%a*[-/. ]+%d+", "^%d%d%d%d[- ]?[QqMm]%d"}

local function seems_date(cell)
  for _, pattern in ipairs(DATES) do
    if cell:find(pattern) then return true end
  end
end

-- Whether there are gaps in columns without text: clean = true does for both.
local function has_gaps(t)
  for _, stat in ipairs(t.stats) do
    if stat.gaps > 0 and stat.texts == 0 and stat.numbers > 0 then return true end
  end
  return t.shape.ragged > 0
end

-- What may be done about the cell, the likeliest first.
local function advice(t, k, stat, cell)
  local j, out = t.used[k], {}
  local function add(...) out[#out + 1] = (...):format(select(2, ...)) end
  local bare = cell:match("^%s*[+-]?(.-)%s*$")
  if bare:find("^%d%d?%d?,%d%d%d$") and t.rules.decimal ~= "," and not t.rules.thousands then
    add "decimal = ',' or thousands = ',' says what its comma is"
  elseif bare:find("^%d*,%d+$") and t.rules.decimal ~= "," then
    add "decimal = ',' reads it"
  elseif bare:find("^%d[%d,]*%d[.%d]*$") and not t.rules.thousands and bare:find(",%d%d%d") then
    add "thousands = ',' reads it"
  elseif bare:find("^%d+%.%d+$") and t.rules.decimal == "," then
    add "decimal = '.' reads it"
  elseif cell:find("%f[^%s\0][#%%]") and not t.layout.commented then
    add("comment = '%s' skips what follows it", cell:match("%f[^%s\0]([#%%])"))
  end
  if stat.text.row == 1 and not t.layout.names and stat.texts == 1 and stat.numbers > 0 then
    add "header = true takes the line for names"
  end
  if stat.numbers > 0 and stat.numbers >= stat.texts and #cell <= 40 and cell ~= ""
    and utf8.len(cell) and not cell:find("%c") then
    add("missing = {%s} makes it a gap", words.cell(cell))
  end
  if not t.is_target[k] then
    add("%s leaves the column out, text = 'drop' all with text", M.drop(t.layout, j))
  end
  if stat.texts >= stat.numbers then add "text = 'code' makes a column of each category" end
  if t.o.gaps == "error" and not t.is_target[k] and has_gaps(t) then
    add "clean = true leaves out all columns with text and, as cells are missing too, those rows"
  end
  return table.concat(out, ", ")
end

--- A cell that is not a number.
function M.text(t, k, stat)
  local cell = stat.text.cell
  local why = ("%s: %s is not a number"):format(place(t, k, stat.text), words.cell(cell))
  if seems_date(cell) then why = why .. " (dates and times are text here)" end
  if stat.sign then why = why .. (" written with %s like those above"):format(stat.sign) end
  if t.layout.cols == 1 or t.o.delimiter ~= "auto" then
    local other = M.other_delimiter(t, t.rules)
    if other then return why .. other end
  end
  local shape = t.o.text == "code" and ", as most of its column are" or ""
  return ("%s%s; %s"):format(why, shape, advice(t, k, stat, cell))
end

--- The first missing cell of those columns that are used.
function M.gap(t)
  local first, count = nil, 0
  for k, stat in ipairs(t.stats) do
    if not t.out[k] and stat.gap then
      count = count + stat.gaps
      local f = first and t.stats[first].gap
      if not f or stat.gap.row < f.row or stat.gap.row == f.row and t.used[k] < t.used[first] then
        first = k
      end
    end
  end
  local gap = t.stats[first].gap
  local shown = gap.cell ~= "" and (" (%s)"):format(words.cell(gap.cell)) or ""
  local said = ("%s: the cell is missing%s%s; gaps = 'drop' leaves out such rows"):format(
    place(t, first, gap), shown, count > 1 and (", the first of %d"):format(count) or "")
  if t.is_target[first] then return said end
  return ("%s, gaps = 'mean' fills in the column's mean, %s%s leaves the column out"):format(said,
    t.roles and "" or "gaps = 'nan' makes it nan, ", M.drop(t.layout, t.used[first]))
end

-- The used column with the most gaps.
local function worst_column(t)
  local worst
  for k, stat in ipairs(t.stats) do
    if not t.out[k] and (not worst or stat.gaps > t.stats[worst].gaps) then worst = k end
  end
  return worst
end

--- A note when more than half of the rows go, most of them for one column that could go instead.
-- @treturn ?string
function M.costly_gaps(t, gone)
  local worst = worst_column(t)
  local count = t.stats[worst].gaps
  if 2 * gone <= t.rows or 2 * count <= gone or t.is_target[worst] then return nil end
  return ("%d of %d rows are left out, and %s has a gap in %d of all: %s keeps more")
    :format(gone, t.rows, columns.place(t.layout, t.used[worst]), count,
    M.drop(t.layout, t.used[worst]))
end

--- Every row has a gap.
function M.all_gone(t)
  local worst = worst_column(t)
  return ("every row has a gap, most of them (%d of %d) in %s; gaps = 'mean' fills them, %s leaves "
    .. "that column out"):format(t.stats[worst].gaps, t.rows, columns.place(t.layout,
    t.used[worst]), M.drop(t.layout, t.used[worst]))
end

--- No column of numbers is left.
function M.none_left(t)
  local some = {}
  for _, entry in ipairs(t.about.left_out) do
    some[#some + 1] = ("%s (%s)"):format(words.cell(entry.name), entry.why)
  end
  return ("no column of numbers is left%s: %s%s"):format(t.roles and " for X" or "",
    table.concat(some, ", ", 1, math.min(#some, 6)),
    t.o.text == "drop" and "; text = 'code' makes columns of text" or "")
end

--- "the cells seem to be separated by ';': delimiter = ';'", when another one would do better.
function M.other_delimiter(t, rules)
  local other = {}
  for key, value in pairs(rules) do other[key] = value end
  local best = guess.delimiter(t.text, other)
  if best == rules.delimiter then return nil end
  local said = best == "\t" and "tab" or best == " " and "blank" or best
  return ("; the cells seem to be separated by %s: delimiter = '%s'"):format(
    said == best and ("'%s'"):format(best) or said .. "s", said)
end

-- The line at which rows of numbers begin that go on to the end of what is known of the file, as
-- below a report.
local function first_of_numbers(t)
  local from, width, line, rows = nil, nil, 0, 0
  for text in t.head:gmatch("([^\n]*)\n") do
    line = line + 1
    local rest, cells = text:gsub("%f[^%s,;\0][+-]?[%d.]+[eEdD]?[+-]?%d*%f[%s,;\0]", "")
    if rest:find("[^%s,;]") or cells < 2 or cells ~= width then from, width, rows = nil, nil, 0 end
    if not rest:find("[^%s,;]") and cells > 1 then
      from, width, rows = from or line, cells, rows + 1
    end
  end
  return rows > 3 and from
end

--- What table_sample or table_shape complain of; a string is the reason itself.
function M.fault(t, fault, layout)
  if type(fault) == "string" then return fault end
  local rules = layout.rules
  local why
  if fault.problem == "open" then
    why = ("line %d: a quote opens and is never closed"):format(fault.line)
  elseif fault.problem == "trailing" then
    why = ("line %d: text between a closing quote and the next %s"):format(fault.line,
      rules.delimiter == " " and "blank" or "'" .. rules.delimiter .. "'")
  elseif fault.problem == "large" then
    why = "it has more rows than 2147483647"
  else
    why = ("row %d (line %d) has %s, the first line has %d; gaps = 'drop' leaves out such rows")
      :format(fault.row, fault.line, words.count(fault.cells, "cell"), rules.cols)
    if rules.comment ~= "#" or not layout.commented then
      why = why .. ", comment = '...' skips lines that begin so"
    end
    local from = first_of_numbers(t)
    if from and from >= fault.line and from > 3 then
      why = why .. ("; from line %d on there are numbers alone: sed -n '%d,$p' FILE > numbers.csv")
        :format(from, from)
    end
  end
  if t.o.delimiter ~= "auto" or fault.problem == "trailing" then
    return why .. (M.other_delimiter(t, rules) or "")
  end
  return why
end

-- The sign in every record of a table of one column, equally often: a delimiter nobody guesses.
local function rare_delimiter(t)
  local line = (t.head .. "\n"):match("([^\r\n]*)[\r\n]", t.rules.from + 1)
  for sign in (t.layout.names and t.layout.names[1] or line or ""):gmatch("[:^~&/\\@=_*]") do
    local count, same = nil, true
    for record in t.head:sub(t.rules.from + 1):gmatch("([^\r\n]+)[\r\n]") do
      local _, n = record:gsub("%" .. sign, "")
      same, count = same and n > 0 and n == (count or n), n
    end
    if same and count then return sign end
  end
end

--- A column that is not there, with what may have been meant.
function M.columns(t, why)
  if t.layout.cols ~= 1 then return why end
  if t.o.delimiter ~= "auto" then return why .. (M.other_delimiter(t, t.rules) or "") end
  local sign = rare_delimiter(t)
  return sign and ("%s; if '%s' separates cells, say delimiter = '%s'"):format(why, sign, sign)
    or why
end

return M
