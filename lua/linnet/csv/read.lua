--- A table of text as a matrix: the steps from the file to columns of numbers, the same for
-- `linnet.csv.load` and `linnet.data.csv`.
--
-- SPDX-License-Identifier: MIT
-- @module linnet.csv.read

local about = require "linnet.csv.about"
local columns = require "linnet.csv.columns"
local core = require "linnet.core"
local guess = require "linnet.csv.guess"
local refusal = require "linnet.csv.refusal"
local text_target = require "linnet.csv.text_target"
local words = require "linnet.csv.words"

local M = {}

--- Cells that count as missing beside the empty one, whatever the option says.
M.MISSING = {"NA", "N/A", "n/a", "<NA>", "NULL", "null", "?", ".", "-", "--", "*", "#N/A",
  "#DIV/0!", "#VALUE!", "#REF!", "#NUM!", "#NAME?", "#NULL!"}

local CATEGORIES = 10000 -- of a coded column
local FEW = 20 -- categories that may well be numbers with a text among them

local ROUNDING = 64 * 2.0 ^ -52 -- of fifteen digits, and of a few sums

--- Whether a column between these two numbers is constant but for rounding.
function M.is_constant(low, high)
  return high - low < math.huge and high - low <= ROUNDING * math.max(math.abs(low), math.abs(high))
end

-- ---------------------------------------------------------------- what stands for a gap

-- Markers as texts and as numbers. A table for a problem has no use for nan: it is a gap there.
local function markers_of(o, is_problem)
  local texts, numbers = {table.unpack(M.MISSING)}, {}
  local given = type(o.missing) == "table" and o.missing or {o.missing}
  for _, marker in ipairs(given) do
    if type(marker) == "string" then texts[#texts + 1] = marker end
    numbers[#numbers + 1] = tonumber(marker)
  end
  if is_problem then numbers[#numbers + 1] = 0 / 0 end
  return texts, numbers
end

-- ---------------------------------------------------------------- columns

local function leave_out(t, k, why)
  t.about.left_out[#t.about.left_out + 1] = {name = columns.name(t.layout, t.used[k]),
    column = t.used[k], why = why}
  t.out[k] = true
end

local ROW_NUMBER = {[""] = true, ["unnamed: 0"] = true, rownames = true, ["row.names"] = true}
local MAY_COUNT = {id = true, index = true, idx = true, no = true, nr = true, row = true,
  obs = true, case = true, number = true, sample = true, ["#"] = true, ["no."] = true, key = true,
  rowid = true, row_id = true, sample_id = true, rowname = true, obsno = true}

-- Row numbers: unnamed ones are no inputs; others are left to the user.
local function index_column(t, k, stat)
  local name = t.layout.names and t.layout.names[t.used[k]]
  if t.is_target[k] or not name or t.rows < 2 then return end
  if stat.counts and ROW_NUMBER[name:lower()] then
    if t.roles and not t.o.columns then leave_out(t, k, "it numbers the rows")
    else t.about.notes[#t.about.notes + 1] = ("%s numbers the rows: %s leaves it out")
      :format(columns.place(t.layout, t.used[k]), refusal.drop(t.layout, t.used[k])) end
  elseif stat.counts and t.rows > 2 and MAY_COUNT[name:lower()] then
    t.about.notes[#t.about.notes + 1] = ("column %s seems to number the rows: %s leaves it out")
      :format(words.cell(name), refusal.drop(t.layout, t.used[k]))
  end
end

-- Texts among numbers become gaps: a row goes rather than a column.
local function blank_texts(t, k, stat)
  core.columns.blank(t.matrix:col(k))
  t.about.notes[#t.about.notes + 1] = ("%s: %s in it, such as %s, %s taken for gaps"):format(
    columns.place(t.layout, t.used[k]), words.count(stat.texts, "text"), words.cell(stat.text.cell),
    stat.texts == 1 and "is" or "are")
  stat.gaps, stat.texts, stat.gap = stat.gaps + stat.texts, 0, stat.gap or stat.text
end

-- A column with text: refused, left out or coded. Returns false and why.
local function text_column(t, k, stat)
  local o, target = t.o, t.is_target[k]
  local mostly = stat.numbers > stat.texts
  if o.clean and o.text == "drop" and 2 * stat.numbers >= t.rows and t.rows > 2 then
    blank_texts(t, k, stat)
    return true
  elseif t.layout.row_names and t.used[k] == 1 and not target and not o.columns
    and stat.texts == t.rows then
    leave_out(t, k, "names of the rows")
    return true
  end
  if o.text == "drop" and not target then
    local why = mostly and "text among numbers: " or "text: "
    leave_out(t, k, why .. words.cell(stat.text.cell))
    return true
  elseif o.text ~= "code" and text_target.take(t, k, stat, CATEGORIES) then
    return true
  elseif o.text ~= "code" then
    return false, refusal.text(t, k, stat)
  end
  local labels = {}
  local count = core.table.labels(t.text, t.rules, t.used[k], t.matrix:col(k), labels, CATEGORIES)
  if mostly and count > FEW then
    return false, refusal.text(t, k, stat)
  elseif count > CATEGORIES then
    return false, ("%s has more than %d categories: %s leaves it out"):format(
      columns.place(t.layout, t.used[k]), CATEGORIES, refusal.drop(t.layout, t.used[k]))
  elseif count + stat.gaps == t.rows and count > 2 and not target then
    leave_out(t, k, "text, another one in every row")
    return true
  end
  local order = {}
  for i = 1, count do order[i] = {code = i, label = words.label(labels[i])} end
  table.sort(order, function(a, b) return a.label < b.label end)
  t.codes[k] = order
  local entry = {name = columns.name(t.layout, t.used[k]), column = t.used[k], categories = {}}
  for i, one in ipairs(order) do entry.categories[i] = one.label end
  t.about.coded[#t.about.coded + 1] = entry
  return true
end

-- A number of nines, or a negative one among those that are not, met again and again and farther
-- from the others than these are from each other: it may stand for a gap.
local function suspicious(stat)
  local function nines(x) return x % 1 == 0 and ("%.0f"):format(x):find("^%-?99+$") ~= nil end
  local above, below = stat.high - stat.next_low, stat.next_high - stat.low
  if stat.lows > 1 and above > 0 and stat.next_low - stat.low > above
    and (nines(stat.low) or stat.low <= -9 and stat.low % 1 == 0 and stat.next_low >= 0) then
    return stat.low, stat.lows
  elseif stat.highs > 1 and below > 0 and stat.high - stat.next_high > below
    and nines(stat.high) then
    return stat.high, stat.highs
  end
end

local function remarks(t, k, stat)
  local name, notes = columns.place(t.layout, t.used[k]), t.about.notes
  local marker, count = suspicious(stat)
  if t.roles and (stat.high == math.huge or stat.low == -math.huge) then
    notes[#notes + 1] = ("%s: infinity stands in it; missing = {'inf', '-inf'} makes gaps of it")
      :format(name)
  elseif marker then
    notes[#notes + 1] = ("%s: %g stands there %d times, far from the rest; missing = %g makes "
      .. "gaps of it"):format(name, marker, count, marker)
  end
end

-- What was made of the signs of numbers, a sentence per sign.
local function say_signs(t)
  local with, order = {}, {}
  for k, stat in ipairs(t.stats) do
    local sign = stat.unit and "unit " .. words.utf8(stat.unit) or stat.sign
    if sign and stat.texts == 0 and not t.out[k] then
      if not with[sign] then order[#order + 1], with[sign] = sign, {} end
      table.insert(with[sign], t.used[k])
    end
  end
  for _, sign in ipairs(order) do
    local where, list = columns.place(t.layout, with[sign][1]), {}
    for i, j in ipairs(with[sign]) do list[i] = columns.name(t.layout, j) end
    if #list > 1 then where = "columns " .. words.list(list, 6) end
    t.about.notes[#t.about.notes + 1] = where .. (sign == "TRUE" and ": TRUE is 1 and FALSE is 0"
      or (": the %s is left out, the number stays"):format(sign:find("^unit ") and sign
      or "sign " .. sign))
  end
end

-- Whether option 'clean' would rather lose the column than the rows in which it is missing.
local function is_mostly_missing(t, k, stat)
  return t.o.clean and not t.is_target[k] and 2 * stat.gaps > t.rows
end

-- Decides about every used column; false and why.
local function judge(t)
  for _, k in ipairs(refusal.order(t.stats)) do
    local stat = t.stats[k]
    if stat.texts > 0 then
      local ok, why = text_column(t, k, stat)
      if not ok then return false, why end
    elseif stat.numbers == 0 and t.rows > 0 and stat.gaps > 0 then
      if t.is_target[k] then
        return false, ("%s is the target and has nothing in it"):format(columns.place(t.layout,
          t.used[k]))
      end
      if t.o.gaps ~= "nan" and not math.type(t.o.gaps) then leave_out(t, k, "empty") end
    elseif is_mostly_missing(t, k, stat) then
      leave_out(t, k, ("missing in %d of %d rows"):format(stat.gaps, t.rows))
    end
  end
  for k, stat in ipairs(t.stats) do
    if stat.numbers > 0 and stat.texts == 0 then
      index_column(t, k, stat)
      if not t.out[k] then remarks(t, k, stat) end
    end
  end
  say_signs(t)
  return true
end

-- ---------------------------------------------------------------- rows and gaps

-- Rows that go, and what fills gaps elsewhere; nil and why.
local function gaps(t)
  local with, targets = {}, {}
  for k, stat in ipairs(t.stats) do
    if not t.out[k] and (stat.gaps > 0 or t.shape.ragged > 0) then
      with[#with + 1] = k
      if t.is_target[k] then targets[#targets + 1] = k end
    end
  end
  if #with == 0 then return {} end
  if t.o.gaps == "error" then return nil, refusal.gap(t) end
  local gone = t.o.gaps == "drop" and core.columns.gaps(t.matrix, with)
    or (t.o.gaps == "mean" or t.labels) and core.columns.gaps(t.matrix, targets) or {}
  if #gone == t.rows then return nil, refusal.all_gone(t) end
  t.about.notes[#t.about.notes + 1] = t.o.gaps == "drop" and refusal.costly_gaps(t, #gone) or nil
  return gone
end

-- Whether all columns are taken as they are: a large table need not be copied.
local function is_all(m, from, codes)
  for i, k in ipairs(from) do
    if k ~= i or codes[i] ~= 0 then return false end
  end
  return #from == m:cols()
end

-- The matrix of some of the used columns, coded ones as one column per category; its names.
local function take(t, ks, gone)
  local from, codes, names = {}, {}, {}
  local function add(k, code, name)
    from[#from + 1], codes[#codes + 1], names[#names + 1] = k, code, name
  end
  for _, k in ipairs(ks) do
    local name = columns.name(t.layout, t.used[k])
    if not t.codes[k] then add(k, 0, name) end
    for _, one in ipairs(t.codes[k] or {}) do add(k, one.code, name .. "=" .. one.label) end
  end
  local m = #gone == 0 and is_all(t.matrix, from, codes) and t.matrix
    or core.columns.take(t.matrix, from, codes, gone)
  if t.o.gaps ~= "drop" then
    for i, k in ipairs(from) do
      local left_out = t.is_target[k] and (t.o.gaps == "mean" or t.labels)
      if t.stats[k].gaps > 0 and #gone < t.rows and not left_out then
        local value = core.columns.fill(m:col(i), t.o.gaps == "nan" and 0 / 0
          or math.type(t.o.gaps) and t.o.gaps or nil)
        t.about.filled[#t.about.filled + 1] = {name = names[i], count = t.stats[k].gaps,
          value = value}
      end
    end
  end
  return m, names
end

-- The names as they stand in the file, empty ones too.
local function unnamed(t, ks, names)
  local out = {table.unpack(names)}
  for i, k in ipairs(#ks == #names and ks or {}) do
    if not t.codes[k] then out[i] = t.layout.names[t.used[k]] end
  end
  return out
end

-- Names the columns of m that do not vary; where all rows stay, their extremes are known.
local function constants(t, m, names, ks)
  local found, rounded = {}, 0
  if m:rows() < 2 then return found end
  for j = 1, m:cols() do
    local stat = #ks == m:cols() and #t.about.gone == 0 and not (t.labels and ks == t.ys)
      and t.stats[ks[j]]
    local low = stat and stat.gaps == 0 and stat.low or m:col(j):min()
    local high = stat and stat.gaps == 0 and stat.high or m:col(j):max()
    if M.is_constant(low, high) then
      found[#found + 1] = names[j]
      if low ~= high then rounded = rounded + 1 end
    end
  end
  if #found > 0 then
    t.about.notes[#t.about.notes + 1] = ("constant%s%s: %s"):format(
      ks == t.ys and " target" or "", rounded > 0 and " (but for rounding)" or "",
      words.list(found, 6))
  end
  return found
end

-- ---------------------------------------------------------------- the whole

local SIGNS = {["\t"] = "tab", [" "] = "blanks"}

local function say_guesses(t)
  local out, layout, rules = t.about.guessed, t.layout, t.rules
  out[1] = "delimiter " .. (SIGNS[rules.delimiter] or "'" .. rules.delimiter .. "'")
  out[2] = layout.names and (layout.names_line and ("names from line %d"):format(layout.names_line)
    or "names") or "no names"
  if rules.decimal == "," then out[#out + 1] = "decimal ','" end
  if rules.thousands then out[#out + 1] = ("thousands '%s'"):format(rules.thousands) end
  local comments = (layout.comments or 0) + t.shape.comments
  if comments > 0 then
    out[#out + 1] = ("%s (%s)"):format(words.count(comments, "comment line"), rules.comment)
  end
  for _, note in ipairs(layout.notes) do t.about.notes[#t.about.notes + 1] = note end
  local place = {}
  for j, name in ipairs(layout.names or {}) do
    if name ~= "" and place[name] then
      t.about.notes[#t.about.notes + 1] = ("columns %d and %d are both called %s"):format(
        place[name], j, words.cell(name))
      break
    end
    place[name] = j
  end
  if t.shape.repeats > 0 then
    t.about.notes[#t.about.notes + 1] = ("the names stand there again: %s left out"):format(
      words.count(t.shape.repeats, "line"))
  end
end

-- Names, chosen columns, shape: what is known before any number is read.
local function open(t, head, size)
  local layout, why, partial = guess.layout(t.text, head, size, t.o)
  if not layout then return nil, refusal.fault(t, why, partial) end
  t.layout, t.rules = layout, layout.rules
  layout.first_line = layout.names_line or layout.rules.line
  t.rules.cols, t.rules.ragged = layout.cols, t.o.gaps == "drop"
  local targets, inputs = columns.split(t.o, layout)
  if not targets then return nil, refusal.columns(t, inputs) end
  t.used, t.is_target, t.ys, t.xs = {}, {}, {}, {}
  for k, j in ipairs(targets) do t.used[k], t.ys[k], t.is_target[k] = j, k, true end
  for _, j in ipairs(inputs) do
    t.used[#t.used + 1] = j
    t.xs[#t.xs + 1] = #t.used
  end
  local rows, shape = core.table.shape(t.text, t.rules)
  if not rows then return nil, refusal.fault(t, shape, layout) end
  t.rows, t.shape = rows, shape
  return true
end

--- Reads a table.
-- @tparam string path
-- @tparam table o checked options of linnet.csv.load or linnet.data.csv
-- @tparam boolean roles whether there are targets
-- @treturn ?Matrix X or all columns
-- @treturn ?Matrix|string Y, or why there is none
-- @treturn about|string about, or the kind of failure: "file" when it cannot be read
function M.read(path, o, roles)
  local text, head, size = core.table.open(path)
  if not text then return nil, head, "file" end
  local closing <close> = text -- luacheck: ignore closing
  local t = {o = o, text = text, head = head, roles = roles, about = about.new(), codes = {},
    out = {}}
  o.markers, o.numbers = markers_of(o, roles)
  local ok, why = open(t, head, size)
  if not ok then return nil, why end
  if roles and t.rows == 0 then return nil, "there is no row of numbers" end
  t.matrix, t.stats = core.table.entries(text, t.rules, t.rows, t.used)
  ok, why = judge(t)
  if not ok then return nil, why end
  local gone
  gone, why = gaps(t)
  if not gone then return nil, why end
  local xs = {}
  for _, k in ipairs(t.xs) do xs[#xs + 1] = not t.out[k] and k or nil end
  if #xs == 0 then return nil, refusal.none_left(t) end
  core.table.close(text)
  say_guesses(t)
  local info = t.about
  info.gone, info.read, info.rows = gone, t.rows, t.rows - #gone
  local X, Y, names
  X, names = take(t, xs, gone)
  info.constant = constants(t, X, names, xs)
  if not roles then
    info.names = names
    return X, t.layout.names and unnamed(t, xs, names), info
  end
  info.X = names
  Y, info.Y = take(t, t.ys, gone)
  text_target.say(t, Y)
  constants(t, Y, info.Y, t.ys)
  return X, Y, info
end

return M
