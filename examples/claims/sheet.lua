--- What the three claims of the demonstration write on: rows, and figures in the terminal and out/.
--
-- SPDX-License-Identifier: MIT

local ascii = require "linnet.plot.ascii"
local gnuplot = require "linnet.plot.gnuplot"
local plot = require "linnet.plot"
local terminal = require "linnet.plot.terminal"

local M = {}

local function setting(name)
  local value = os.getenv(name)
  return value ~= "" and value or nil
end

--- Small sizes: QUICK=1 in the environment. A table of one's own: DATA, and how it is to be read.
M.quick = (setting("QUICK") or "0") ~= "0"
M.data, M.settings = setting("DATA"), {}
for name in ("TARGET INPUTS DROP DELIMITER HEADER COMMENT MISSING GAPS TEXT DECIMAL THOUSANDS LOSS")
  :gmatch("%u+") do
  M.settings[name] = setting(name)
end

--- What is said of a claim without a row: nothing is hidden from data that see every direction.
M.NOTHING = "nothing to measure here: rank = D, the data see every direction"

--- Whether a row that is not met ends the program with status 1; the specs look instead.
M.strict = true

--- Where figures and the report go.
M.folder = "out"

local Sheet = {}
Sheet.__index = Sheet

--- An empty sheet; makes its folder.
function M.new()
  os.execute("mkdir -p '" .. M.folder .. "'")
  return setmetatable({rows = {}, folder = M.folder}, Sheet)
end

--- One of two values: the full size, or the small one.
function M.size(full, small)
  if M.quick then return small end
  return full
end

--- A number for people: four digits.
function M.short(x) return ("%.4g"):format(x) end

--- Begin a claim: rows belong to the last one begun.
function Sheet:begin(section) self.section = section end

--- Whether a claim has a row.
function Sheet:has(section)
  for _, row in ipairs(self.rows) do
    if row.section == section then return true end
  end
  return false
end

--- Add a row and return it; a row whose field `headline` is set stands in the report's summary.
-- @param claim sentence @param expected text @param measured text or number @param ok met or not
function Sheet:row(claim, expected, measured, ok)
  if type(measured) == "number" then measured = M.short(measured) end
  local row = {section = self.section, claim = claim, expected = expected, measured = measured,
    ok = ok and true or false}
  self.rows[#self.rows + 1] = row
  return row
end

--- measured <= limit.
function Sheet:at_most(claim, limit, measured)
  return self:row(claim, "≤ " .. M.short(limit), measured, measured <= limit)
end

--- measured >= limit.
function Sheet:at_least(claim, limit, measured)
  return self:row(claim, "≥ " .. M.short(limit), measured, measured >= limit)
end

--- low <= measured <= high.
function Sheet:within(claim, low, high, measured, note)
  return self:row(claim, ("%s … %s%s"):format(M.short(low), M.short(high), note or ""), measured,
    low <= measured and measured <= high)
end

local LINES, COLUMNS = 22, 100 -- of a figure in the terminal, at most

--- Draw a figure in the terminal, in its size, and as SVG.
-- @param name of the file @param figure as for `linnet.plot` @return the figure
function Sheet:figure(name, figure)
  local in_terminal, columns, lines = {}, gnuplot.window()
  for key, value in pairs(figure) do in_terminal[key] = value end
  in_terminal.width = math.min(COLUMNS, columns - 1)
  in_terminal.height = math.max(12, math.min(LINES, lines - 3))
  print()
  plot(in_terminal)
  figure.file = ("%s/%s.svg"):format(self.folder, name)
  plot(figure)
  figure.file = nil
  return figure
end

-- Without the marks of a report; in ASCII where the terminal shows no more.
local function plain(text)
  text = text:gsub("[`$]", "")
  return terminal.abilities() and text or ascii(text)
end

-- Words in lines of at most so many characters.
local function wrapped(text, width)
  local lines, line = {}, ""
  for word in text:gmatch("%S+") do
    if line ~= "" and utf8.len(line) + 1 + utf8.len(word) > width then
      lines[#lines + 1], line = line, word
    else
      line = line == "" and word or line .. " " .. word
    end
  end
  lines[#lines + 1] = line
  return lines
end

--- Print the rows, no line longer than the terminal.
function Sheet:print()
  local width = {claim = 5, expected = 8, measured = 8}
  for _, row in ipairs(self.rows) do
    for name, least in pairs(width) do
      width[name] = math.max(least, utf8.len(plain(row[name])) or #row[name])
    end
  end
  local room = gnuplot.window() - width.expected - width.measured - 7
  width.claim = math.min(width.claim, math.max(24, room))
  local function line(row, mark)
    local claim = wrapped(plain(row.claim), width.claim)
    local cells = {claim[1] .. (" "):rep(width.claim - utf8.len(claim[1]))}
    for i, name in ipairs{"expected", "measured"} do
      local text = plain(row[name])
      cells[i + 1] = text .. (" "):rep(width[name] - utf8.len(text))
    end
    print((mark .. " " .. table.concat(cells, "  "):gsub("%s+$", "")))
    for i = 2, #claim do print("    " .. claim[i]) end
  end
  print()
  line({claim = "claim", expected = "expected", measured = "measured"}, " ")
  for _, row in ipairs(self.rows) do line(row, plain(row.ok and "✓" or "✗")) end
  print(("%d of %d rows are met"):format(self:count()))
end

-- 1.5e-07 as people write it.
local function powers(text)
  return (text:gsub("(%d)e([+-]?)0*(%d+)", function(digit, sign, power)
    return ("%s·$10^{%s%s}$"):format(digit, sign == "-" and "−" or "", power)
  end):gsub("^%-", "−"):gsub("%f[%w%.]1·%$10", "$10"):gsub(" ± ", "\u{a0}±\u{a0}"))
end

--- The rows that `wanted(row)` picks, as a table of a report.
function Sheet:table(report, wanted)
  local rows, ok = {}, {}
  for _, row in ipairs(self.rows) do
    if wanted(row) then
      rows[#rows + 1] = {powers(row.claim), powers(row.expected), powers(row.measured)}
      ok[#rows] = row.ok
    end
  end
  report:table{columns = {"claim", "expected", "measured"}, rows = rows, ok = ok}
end

--- How many rows are met, and how many there are.
function Sheet:count()
  local met = 0
  for _, row in ipairs(self.rows) do met = met + (row.ok and 1 or 0) end
  return met, #self.rows
end

return M
