--- lua/linnet/sweep/layout.lua: a summary of a sweep as a table in characters.
--
-- SPDX-License-Identifier: MIT
-- @module linnet.sweep.layout

local gnuplot = require "linnet.plot.gnuplot"

local M = {}

local PER_MEASURE = 4 -- columns of a measure in a summary

local function figure(x, format)
  if x ~= x then return "nan" end -- some systems print 0/0 as -nan
  return type(x) == "number" and (format or "%.6g"):format(x) or tostring(x)
end

--- The rows of a summary as lists of texts, a heading first; for printing and reports.
function M.rows(summary)
  local heading = table.move(summary.axes, 1, #summary.axes, 1, {})
  for _, measure in ipairs(summary.measures) do
    table.move({measure, "sd", "median", "count"}, 1, 4, #heading + 1, heading)
  end
  local rows = {heading}
  for i, row in ipairs(summary) do
    local texts = {}
    for _, name in ipairs(summary.axes) do texts[#texts + 1] = figure(row.point[name]) end
    for _, measure in ipairs(summary.measures) do
      local s = row.measures[measure]
      local parts = {figure(s.mean), figure(s.sd, "%.2g"), figure(s.median), tostring(s.count)}
      table.move(parts, 1, 4, #texts + 1, texts)
    end
    rows[i + 1] = texts
  end
  return rows
end

--- Such rows as aligned columns: the axes and as many measures beside each other as the window
-- takes, then the axes and the others below.
-- @tparam {{string,...},...} rows
-- @tparam integer axes columns that are no measures
-- @treturn string
function M.text(rows, axes)
  local window, width, blocks, used = gnuplot.window(), {}, {}, math.huge
  for _, row in ipairs(rows) do
    for c, text in ipairs(row) do width[c] = math.max(width[c] or 0, utf8.len(text) or #text) end
  end
  local function wide(from, to)
    local sum = 0
    for c = from, to do sum = sum + width[c] + 2 end
    return sum
  end
  for c = axes + 1, #width, PER_MEASURE do
    local more = wide(c, c + PER_MEASURE - 1)
    if used + more - 2 > window then
      blocks[#blocks + 1], used = {from = c}, wide(1, axes)
    end
    blocks[#blocks].to, used = c + PER_MEASURE - 1, used + more
  end
  if #blocks == 0 then blocks[1] = {from = 1, to = axes} end
  local lines = {}
  for i, block in ipairs(blocks) do
    if i > 1 then lines[#lines + 1] = "" end
    for _, row in ipairs(rows) do
      local parts = {}
      for c, text in ipairs(row) do
        if c <= axes or c >= block.from and c <= block.to then
          parts[#parts + 1] = (" "):rep(width[c] - (utf8.len(text) or #text)) .. text
        end
      end
      lines[#lines + 1] = table.concat(parts, "  ")
    end
  end
  return table.concat(lines, "\n")
end

return M
