--- Heat maps: a matrix as a map of colours, or of shades of characters in the terminal.
--
-- Cells stand side by side whatever their coordinates, which are written beside them: sweeps are
-- seldom on a regular grid. Colours run through cividis (Nunez, Anderton and Renslow 2018), which
-- readers with and without colour blindness see alike, and which stays monotone in print.
--
-- SPDX-License-Identifier: MIT
-- @module linnet.plot.heatmap

local gnuplot = require "linnet.plot.gnuplot"
local options = require "linnet.options"
local vectors = require "linnet.plot.vectors"
local error = require("linnet.failure").raise

local M = {}

local COLOURS = "0 '#00224E', 1 '#123570', 2 '#3B496C', 3 '#575D6D', 4 '#707173', 5 '#8A8678', "
  .. "6 '#A59C74', 7 '#C3B369', 8 '#E1CC55', 9 '#FEE838'"
local SHADES = " .:-=+*#%@" -- from the least to the greatest
local CELLS_MAX = 250000
local LABELS_MAX = 12 -- along one side
local PIXELS_MAX = 4096 -- cells drawn as separate rectangles: sharp in every viewer

options.define("heatmap", vectors.joined({summary = "Draw a matrix as a map of colours."}, {
  {name = 1, required = true, help = "the values: a matrix or a list of rows; nan stays blank"},
}, gnuplot.options, {
  {name = "x", help = "a value per column: a vector or a list", default_help = "1, 2, ..."},
  {name = "y", help = "a value per row: a vector or a list", default_help = "1, 2, ..."},
  {name = "log", type = "boolean", default = false, help = "logarithmic colours"},
  {name = "label", type = "string", help = "what the colours measure"},
}))

-- Values as a list of rows of numbers, nan where there is nothing to show, and their extremes.
local function read(o)
  local rows, why = vectors.rows(o[1])
  if not rows then return nil, "the values " .. why end
  if #rows * #rows[1] > CELLS_MAX then
    return nil, ("%d x %d cells are too many to see: at most %d"):format(#rows, #rows[1], CELLS_MAX)
  end
  local low, high, left_out = math.huge, -math.huge, 0
  for _, row in ipairs(rows) do
    for j, x in ipairs(row) do
      if x ~= x or x == math.huge or x == -math.huge or o.log and x <= 0 then
        left_out, row[j] = left_out + (x == x and 1 or 0), 0 / 0
      else
        low, high = math.min(low, x), math.max(high, x)
      end
    end
  end
  if low > high then return nil, "nothing to draw: no value is finite" end
  if left_out > 0 then
    o.note = ("values left out: %d infinite%s"):format(left_out, o.log and " or not positive" or "")
  end
  local places = {}
  for _, side in ipairs {{"x", #rows[1], "columns"}, {"y", #rows, "rows"}} do
    local name, count, what = table.unpack(side)
    local list = o[name] == nil and {} or nil
    if not list then
      list, why = vectors.numbers(o[name])
      if not list then return nil, ("option '%s' %s"):format(name, why) end
      if #list ~= count then
        return nil, ("option '%s' has %d values for %d %s"):format(name, #list, count, what)
      end
    else
      for i = 1, count do list[i] = i end
    end
    places[name] = list
  end
  return {rows = rows, low = low, high = high, x = places.x, y = places.y}
end

-- 'text' position pairs, at most LABELS_MAX of them.
local function ticks(values)
  local out, step = {}, math.ceil(#values / LABELS_MAX)
  for i = 1, #values, step do
    out[#out + 1] = ("%s %d"):format(gnuplot.quote(("%.4g"):format(values[i])), i)
  end
  return table.concat(out, ", ")
end

-- A constant still needs a scale, one that numbers of its size can tell apart.
local function around(x, log)
  local largest, least = 0x1.fffffffffffffp+1023, 0x1p-1022
  if log then return math.max(x / 2, math.min(x, least)), math.min(x * 2, largest) end
  local apart = math.max(1, math.abs(x) / 2)
  return math.max(x - apart, -largest), math.min(x + apart, largest)
end

local function script(o, map)
  local rows, cols = #map.rows, #map.rows[1]
  local lines = {"$map << EOD"}
  for i, row in ipairs(map.rows) do
    for j, x in ipairs(row) do
      lines[#lines + 1] = ("%d %d %s"):format(j, i, x == x and ("%.17g"):format(x) or "NaN")
    end
  end
  local low, high = map.low, map.high
  if low == high then low, high = around(low, o.log) end
  lines[#lines + 1] = ([[
EOD
set palette defined (%s)
set colorbox user origin 0.89,0.2 size 0.022,0.65
set rmargin at screen 0.86
unset key
unset grid
set tics scale 0
set xtics (%s)
set ytics (%s)
set xrange [0.5:%d.5]
set yrange [0.5:%d.5]
set cbrange [%.17g:%.17g]
set format cb '%s'
%s%s
plot $map using 1:2:3 with image%s]]):format(COLOURS, ticks(map.x), ticks(map.y), cols, rows, low,
    high, o.log and high / low >= 100 and "10^{%T}" or "%h", o.log and "set logscale cb" or "",
    o.label and "\nset cblabel " .. gnuplot.quote(o.label) .. " noenhanced textcolor rgb '"
      .. gnuplot.INK .. "'" or "", rows * cols <= PIXELS_MAX and " pixels" or "")
  return table.concat(lines, "\n")
end

-- The map in characters, first row at the bottom as on paper.
local function text(o, map)
  local columns = o.width or gnuplot.window()
  local names, width = {}, 0
  for i, y in ipairs(map.y) do
    names[i] = ("%.4g"):format(y)
    width = math.max(width, #names[i])
  end
  local cell = math.max(1, math.min(6, (columns - width - 3) // #map.x))
  local function level(x)
    local part
    if o.log then
      part = math.log(x / map.low) / math.log(map.high / map.low)
    else
      part = (x - map.low) / (map.high - map.low)
    end
    return part == part and 1 + math.floor(part * (#SHADES - 1) + 0.5) or #SHADES
  end
  local lines = {o.title, o.ylabel}
  for i = #map.rows, 1, -1 do
    local cells = {}
    for j, x in ipairs(map.rows[i]) do
      local shade = x == x and SHADES:sub(level(x), level(x)) or "?"
      cells[j] = shade:rep(cell)
    end
    lines[#lines + 1] = ("%" .. width .. "s |%s|"):format(names[i], table.concat(cells))
  end
  lines[#lines + 1] = ("%" .. width .. "s  %.4g ... %.4g%s"):format("", map.x[1], map.x[#map.x],
    o.xlabel and "  " .. o.xlabel or "")
  lines[#lines + 1] = ("%s%.4g '%s' %.4g%s%s"):format(o.label and o.label .. ": " or "", map.low,
    SHADES, map.high, o.log and ", logarithmic" or "", o.note and "; " .. o.note or "")
  for i, line in ipairs(lines) do lines[i] = line:gsub("%c", " ") end
  return table.concat(lines, "\n") .. "\n"
end

local function draw(given, level, prefix)
  local o = options.check("heatmap", given, level + 1)
  local map, why = read(o)
  if not map then error("heatmap: " .. why, level + 1) end
  local out, failing
  if o.file or prefix then
    out, why, failing = gnuplot.draw("heatmap", o, function() return script(o, map) end, prefix)
    if not out then error(why, level + 1, failing) end
  else
    out = text(o, map)
    print(out)
  end
  return out
end

--- Draw a matrix as a heat map, in the terminal or to a file. The first row lies at the bottom.
-- @tparam table given `{values, x =, y =, log =, label =, title =, xlabel =, ylabel =, file =}`:
--   values a matrix or a list of rows (nan stays blank), x one number per column, y one per row
-- @treturn string the text drawn in the terminal, or the file's name
-- @usage linnet.heatmap{{{1, 2, 3}, {4, 5, 6}}, x = {10, 100, 1000}, y = {0.4, 0.5}, xlabel = "h"}
function M.heatmap(given)
  local out = draw(given, 2)
  return out
end

--- The figure of `heatmap` as an SVG element for a page of HTML.
-- @function plot.heatmap_svg
-- @tparam table given as for `heatmap`, without `file`
-- @tparam[opt="map"] string prefix of the identifiers inside, one per figure of a page
-- @treturn string
-- @usage assert(linnet.plot.heatmap_svg{{{1, 2}, {3, 4}}}:find("^<svg"))
function M.svg(given, prefix)
  local out = draw(given, 2, prefix or "map")
  return out
end

return M
