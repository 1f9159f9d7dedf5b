--- A table of one's own for the demonstration: read as the environment says, brought to a size that
-- takes a minute, centred and scaled.
--
-- Columns are centred and scaled to length 1, X^T X is their matrix of correlations, and times are
-- of order 1 whatever the units and however many rows. What was guessed or left out is said once on
-- stderr, and on the page.
--
-- SPDX-License-Identifier: MIT

local classes = require "linnet.classes"
local failure = require "linnet.failure"
local words = require "linnet.words"
local linnet = require "linnet"

local M = {}

local ROWS, ENTRIES = 200, 4e6 -- kept of what has more directions, or is larger
local LISTS = {"TARGET", "INPUTS", "DROP"}
local WORDS = {["\\t"] = "tab", [" "] = "blank", space = "blank", blanks = "blank"}
local HEADERS = {["0"] = false, no = false, ["false"] = false, ["1"] = true, yes = true,
  ["true"] = true}

local function split(text)
  local out = {}
  for word in text:gmatch("[^,]+") do out[#out + 1] = word:match("^%s*(.-)%s*$") end
  return out
end

-- Options of linnet.data.csv from the settings (names in capitals -> strings); names are whole, or
-- lists by commas, and numbers where there are no such names.
local function options_of(given, lists, numbers)
  local o = {clean = true}
  for _, name in ipairs{"DELIMITER", "COMMENT", "GAPS", "TEXT", "DECIMAL", "THOUSANDS"} do
    if given[name] then o[name:lower()] = given[name] end
  end
  o.delimiter = WORDS[o.delimiter] or o.delimiter
  o.gaps = tonumber(o.gaps) or o.gaps
  local header = given.HEADER and HEADERS[given.HEADER:lower()]
  if header == nil then header = math.tointeger(tonumber(given.HEADER or "")) or given.HEADER end
  o.header = header
  if given.MISSING then
    o.missing = split(given.MISSING)
    for i, word in ipairs(o.missing) do o.missing[i] = tonumber(word) or word end
  end
  for _, name in ipairs(LISTS) do
    if given[name] then
      local list = lists and split(given[name]) or {given[name]}
      for i, word in ipairs(list) do
        list[i] = numbers and math.tointeger(tonumber(word)) or word
      end
      o[name == "INPUTS" and "columns" or name:lower()] = list -- COLUMNS is the terminal's
    end
  end
  return o
end

-- "data.csv: FILE: ... drop = {'b'} ..." as a user of make says it: DROP='b'.
local function in_make(message)
  return (message:gsub("^.-data%.csv: ", "")
    :gsub("%f[%w](%l+) = {([^{}]*)}", function(name, value) return name:upper() .. "=" .. value end)
    :gsub("%f[%w](%l+) = ('[^']*')", function(name, value) return name:upper() .. "=" .. value end)
    :gsub("header = true", "HEADER=1"):gsub("missing = (%-?%d)", "MISSING=%1")
    :gsub("option '(%l+)'", function(name) return name:upper() end))
end

-- X, Y, about; or nil and the first reason.
local function read(path, given)
  local first
  for attempt = 1, 4 do
    local ok, X, Y, about = pcall(linnet.data.csv, path, options_of(given, attempt % 2 == 0,
      attempt > 2))
    if ok then return X, Y, about end
    if not tostring(X):find("there is no column", 1, true) then return nil, X end
    first = first or X
  end
  return nil, first
end

-- `count` of the rows 1..n at random, in order.
local function chosen(n, count)
  local generator, out, left = linnet.random(1), {}, count
  for i = 1, n do
    if generator:integer(1, n - i + 1) <= left then out[#out + 1], left = i, left - 1 end
  end
  return out
end

local function rows_of(A, rows)
  local out = linnet.zeros(#rows, A:cols())
  for k, i in ipairs(rows) do out:row(k):copy_(A:row(i)) end
  return out
end

-- Whether a column holds so few whole numbers that they may be classes; how many.
local function may_be_classes(Y)
  local seen, count = {}, 0
  for i = 1, Y:rows() do
    local y = Y(i, 1)
    if y % 1 ~= 0 then return false end
    if not seen[y] then seen[y], count = true, count + 1 end
  end
  return count > 1 and count <= 20 and 5 * count <= Y:rows(), count
end

-- A target of classes as a column of 0 and 1 for each, which the claims' squared loss takes; and
-- what its own loss needs. Texts are classes, numbers where LOSS says so.
local function classes_of(X, Y, about, given, said)
  local names, loss = about.classes, given.LOSS
  if loss and loss ~= "squared" and not classes.losses[loss] then
    return nil, ("LOSS must be softmax, logistic or squared, got '%s'"):format(loss)
  end
  if names and Y:cols() == #names and #names > 1 then -- TEXT=code
    local place = classes.decide(Y)
    Y = linnet.matrix(#place, 1, function(i) return place[i] end)
  end
  if Y:cols() > 1 or names and #names < 2 then return Y end -- a constant target is refused below
  if not (names or classes.losses[loss]) then
    local may, count = may_be_classes(Y)
    if may and loss ~= "squared" then
      said[#said + 1] = ("the target has %d different values, all whole: LOSS=%s takes them for "
        .. "classes"):format(count, count == 2 and "logistic" or "softmax")
    end
    return Y
  end
  local hot, found = classes.encode(Y, "softmax", names)
  if not hot then return nil, found end
  if #found > 2 and loss == "logistic" then
    return nil, ("LOSS=logistic tells two classes apart, and the target has %d: LOSS=softmax")
      :format(#found)
  end
  loss = classes.losses[loss] and loss or #found == 2 and "logistic" or "softmax"
  said[#said + 1] = ("the target is of %d classes: the claims are measured with the squared loss "
    .. "on a column of 0 and 1 for each, and a section of its own has the %s loss")
    :format(#found, loss)
  return hot, {X = X, Y = Y, names = found, loss = loss}
end

-- Classes whose rows of training (claims/classes.lua) differ nowhere have no section.
local function with_split(found, said)
  if not found then return nil end
  found.split = {test = 0.25, seed = 1}
  local X = linnet.data.split(found.X, found.Y, found.split)
  if linnet.data.standardize(X):norm() > 0 then return found end
  said[#said + 1] = "that section is left out: the rows that it would train on are all the same"
end

-- A sample of the rows where all of them would take too long.
local function reduced(X, Y, said)
  local n, D = X:rows(), X:cols()
  local most = math.min(n, math.min(n, D) > ROWS and ROWS or n, math.max(2, ENTRIES // D))
  if most >= n then return X, Y end
  local rows = chosen(n, most)
  said[#said + 1] = ("a sample of %d of the %d rows is taken (seed 1)"):format(most, n)
  return rows_of(X, rows), rows_of(Y, rows)
end

-- Columns without their mean and of length 1; constant ones are 0.
local function scaled(A)
  return (linnet.data.standardize(A):scale_(1 / math.sqrt(math.max(A:rows() - 1, 1))))
end

local function code(text) return "`" .. text:gsub("[`%c]", "'") .. "`" end

--- Reads the table; ends the program with a sentence when that cannot be.
-- @tparam string path
-- @tparam table given settings by their names in capitals
-- @treturn table X, Y, name (of the file), about (a sentence for the page), said (what the reader
-- found), settings (as a command repeats them), classes (X, Y, names and loss, if it is of such)
function M.load(path, given)
  local function refuse(why)
    io.stderr:write(words.wrap("demo: ", why), "\n")
    os.exit(1, true)
  end
  if not given.TARGET then refuse("TARGET is missing: make demo DATA=file.csv TARGET=column") end
  local X, Y, about = read(path, given)
  if not X then
    if failure.is_interrupt(Y) then error(Y, 0) end
    refuse(in_make(tostring(Y)))
  end
  local said = {"read with " .. table.concat(about.guessed, ", ")}
  for _, line in ipairs(about:said()) do said[#said + 1] = in_make(line) end
  if X:rows() < 2 then refuse("one row says nothing: all columns are constant") end
  X, Y = reduced(X, Y, said)
  local found
  Y, found = classes_of(X, Y, about, given, said)
  if not Y then refuse(found) end
  X, Y = scaled(X), scaled(Y)
  if X:norm() > 0 then found = with_split(found, said) end
  for _, line in ipairs(said) do io.stderr:write(words.wrap("demo: ", line), "\n") end
  if X:norm() == 0 then refuse("nothing to learn from: all columns are constant") end
  if Y:norm() == 0 then refuse("nothing to learn: the target is constant") end
  local name = path:match("[^/]*$"):gsub("[$`%c]", "_")
  local targets = {}
  for i, target in ipairs(about.Y) do targets[i] = code(target) end
  local settings = ""
  for _, key in ipairs{"TARGET", "INPUTS", "DROP", "DELIMITER", "HEADER", "COMMENT", "MISSING",
    "GAPS", "TEXT", "DECIMAL", "THOUSANDS", "LOSS"} do
    if given[key] then
      settings = ("%s %s='%s'"):format(settings, key, given[key]:gsub("'", "'\\''"))
    end
  end
  return {X = X, Y = Y, name = name, said = said, settings = settings, classes = found,
    about = ("%s of %s, columns centred and scaled to length 1"):format(
      table.concat(targets, ", ", 1, math.min(#targets, 4)) .. (#targets > 4 and ", ..." or ""),
      code(name))}
end

return M
