--- What the three claims of the demonstration write on: rows, and figures in the terminal and out/.
--
-- SPDX-License-Identifier: MIT

local plot = require "linnet.plot"

local M = {}

--- Small sizes: QUICK=1 in the environment.
M.quick = not ({[""] = true, ["0"] = true})[os.getenv("QUICK") or ""]

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

--- Add a row.
-- @param claim sentence @param expected text @param measured text or number @param ok met or not
function Sheet:row(claim, expected, measured, ok)
  if type(measured) == "number" then measured = M.short(measured) end
  self.rows[#self.rows + 1] = {claim = claim, expected = expected, measured = measured,
    ok = ok and true or false}
end

--- measured <= limit.
function Sheet:at_most(claim, limit, measured)
  self:row(claim, "≤ " .. M.short(limit), measured, measured <= limit)
end

--- measured >= limit.
function Sheet:at_least(claim, limit, measured)
  self:row(claim, "≥ " .. M.short(limit), measured, measured >= limit)
end

--- low <= measured <= high.
function Sheet:within(claim, low, high, measured, note)
  self:row(claim, ("%s … %s%s"):format(M.short(low), M.short(high), note or ""), measured,
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

-- Characters that a terminal shows: a combining hat takes no place.
local function columns(text) return utf8.len((text:gsub("\u{302}", ""))) end

--- Print the rows.
function Sheet:print()
  local width, met = {claim = 5, expected = 8, measured = 8}, 0
  for _, row in ipairs(self.rows) do
    for name, least in pairs(width) do
      width[name] = math.max(least, columns(plain(row[name])))
    end
    if row.ok then met = met + 1 end
  end
  local function line(row, mark)
    local cells = {}
    for i, name in ipairs{"claim", "expected", "measured"} do
      local text = plain(row[name])
      cells[i] = text .. (" "):rep(width[name] - columns(text))
    end
    print(mark .. " " .. table.concat(cells, "  "))
  end
  print()
  line({claim = "claim", expected = "expected", measured = "measured"}, " ")
  for _, row in ipairs(self.rows) do line(row, row.ok and "✓" or "✗") end
  print(("%d of %d rows are met"):format(met, #self.rows))
end

--- The rows as a table of a report.
function Sheet:summary(report)
  local rows, ok = {}, {}
  for i, row in ipairs(self.rows) do
    rows[i], ok[i] = {row.claim, row.expected, row.measured}, row.ok
  end
  report:table{columns = {"claim", "expected", "measured"}, rows = rows, ok = ok}
end

return M
