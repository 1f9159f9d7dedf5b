--- What the three claims of the demonstration write on: rows, and figures in the terminal and out/.
--
-- SPDX-License-Identifier: MIT

local plot = require "linnet.plot"

local M = {}

local function setting(name)
  local value = os.getenv(name)
  return value ~= "" and value or nil
end

--- Small sizes: QUICK=1 in the environment. A table of one's own: DATA, and its column TARGET.
M.quick = (setting("QUICK") or "0") ~= "0"
M.data, M.target = setting("DATA"), setting("TARGET")

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

--- Draw a figure in the terminal and as SVG.
-- @param name of the file @param figure as for `linnet.plot` @return the figure
function Sheet:figure(name, figure)
  print()
  plot(figure)
  figure.file = ("%s/%s.svg"):format(self.folder, name)
  plot(figure)
  figure.file = nil
  return figure
end

local function plain(text) return (text:gsub("[`$]", "")) end


--- Print the rows.
function Sheet:print()
  local width = {claim = 5, expected = 8, measured = 8}
  for _, row in ipairs(self.rows) do
    for name, least in pairs(width) do
      width[name] = math.max(least, utf8.len(plain(row[name])))
    end
  end
  local function line(row, mark)
    local cells = {}
    for i, name in ipairs{"claim", "expected", "measured"} do
      local text = plain(row[name])
      cells[i] = text .. (" "):rep(width[name] - utf8.len(text))
    end
    print(mark .. " " .. table.concat(cells, "  "))
  end
  print()
  line({claim = "claim", expected = "expected", measured = "measured"}, " ")
  for _, row in ipairs(self.rows) do line(row, row.ok and "✓" or "✗") end
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
