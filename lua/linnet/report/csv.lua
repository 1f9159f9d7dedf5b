--- A report's tables as CSV (RFC 4180 with LF): numbers with all their digits. A second table and
-- those after it follow an empty line; with several, each is headed by a line `# section: caption`.
-- A text that a spreadsheet would take for a formula gets an apostrophe in front.
--
-- SPDX-License-Identifier: MIT
-- @module linnet.report.csv

local M = {}

-- The shortest text that reads back as the same number.
local function digits(x)
  if x - x ~= 0 then return x ~= x and "nan" or x > 0 and "inf" or "-inf" end
  for precision = 15, 17 do
    local text = ("%." .. precision .. "g"):format(x)
    if tonumber(text) == x or x ~= x then return text end
  end
end

local function field(cell)
  if cell == nil then return "" end
  if math.type(cell) == "float" then return digits(cell) end
  local text = tostring(cell)
  if type(cell) == "string" and text:find("^[=+@\t\r-]") and not tonumber(text) then
    text = "'" .. text
  end
  if text:find('[",\r\n]') then text = '"' .. text:gsub('"', '""') .. '"' end
  return text
end

local function line(cells, count)
  local out = {}
  for c = 1, count do out[c] = field(cells[c]) end
  return table.concat(out, ",")
end

--- Write the tables of a report.
-- @tparam report report
-- @treturn string
-- @usage print(require "linnet.report.csv".write(linnet.report{title = "A"}))
function M.write(report)
  local tables, section = {}, report.title
  for _, block in ipairs(report.blocks) do
    if block.kind == "section" then section = block.title end
    if block.kind == "table" then
      local heading = "# " .. section .. (block.caption and ": " .. block.caption or "")
      local lines = {(heading:gsub("%c", " ")), line(block.columns, #block.columns)}
      for i, row in ipairs(block.rows) do lines[i + 2] = line(row, #block.columns) end
      tables[#tables + 1] = lines
    end
  end
  if #tables == 1 then table.remove(tables[1], 1) end
  for i, lines in ipairs(tables) do tables[i] = table.concat(lines, "\n") .. "\n" end
  return table.concat(tables, "\n")
end

return M
