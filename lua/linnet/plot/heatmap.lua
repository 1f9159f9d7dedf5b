--- Heat maps: a matrix as a map of colours, or of shades of characters in the terminal.
--
-- Cells stand side by side whatever their coordinates, which are written beside them: sweeps are
-- seldom on a regular grid. Colours run through cividis (Nunez, Anderton and Renslow 2018), which
-- readers with and without colour blindness see alike, and which stays monotone in print.
--
-- SPDX-License-Identifier: MIT
-- @module linnet.plot.heatmap

local ascii = require "linnet.plot.ascii"
local files = require "linnet.files"
local gnuplot = require "linnet.plot.gnuplot"
local options = require "linnet.options"
local overlay = require "linnet.plot.overlay"
local terminal = require "linnet.plot.terminal"
local vectors = require "linnet.plot.vectors"
local error = require("linnet.failure").raise

local M = {}

local COLOURS = "0 '#00224E', 1 '#123570', 2 '#3B496C', 3 '#575D6D', 4 '#707173', 5 '#8A8678', "
  .. "6 '#A59C74', 7 '#C3B369', 8 '#E1CC55', 9 '#FEE838'"
local SHADES = " .:-=+*#%@" -- from the least to the greatest
-- Those of a terminal of 256 colours nearest to them, from the least to the greatest.
local COLOURS_TEXT = {17, 18, 60, 59, 243, 245, 144, 143, 185, 227}
local CELLS_MAX = 250000
local LABELS_MAX = 12 -- along one side
local PIXELS_MAX = 4096 -- cells drawn as separate rectangles: sharp in every viewer

options.define("heatmap", vectors.joined({summary = "Draw a matrix as a map of colours."}, {
  {name = 1, required = true, help = "the values: a matrix or a list of rows; nan stays blank"},
}, gnuplot.options, {
  {name = "x", help = "a value per column: a vector or a list", default_help = "1, 2, ..."},
  {name = "y", help = "a value per row: a vector or a list", default_help = "1, 2, ..."},
  {name = "log", type = "boolean", help = "logarithmic colours",
    default_help = "where positive values span two decades"},
  {name = "label", type = "string", help = "what the colours measure"}, overlay.option,
}))

-- Whether all finite values are positive and their extremes a factor of a hundred apart.
local function spans_decades(rows)
  local low, high = math.huge, 0
  for _, row in ipairs(rows) do
    for _, x in ipairs(row) do
      if x - x == 0 then low, high = math.min(low, x), math.max(high, x) end
    end
  end
  return low > 0 and low < math.huge and high / low >= 100
end

-- Values as a list of rows of numbers, nan where there is nothing to show, and their extremes.
local function read(o)
  local rows, why = vectors.rows(o[1])
  if not rows then return nil, "the values " .. why end
  if #rows * #rows[1] > CELLS_MAX then
    return nil, ("%d x %d cells are too many to see: at most %d"):format(#rows, #rows[1], CELLS_MAX)
  end
  if o.log == nil then o.log = spans_decades(rows) end
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

-- Whether values run evenly over decades.
local function logarithmic(values)
  if #values < 3 or values[1] <= 0 then return false end
  local ratio = values[2] / values[1]
  for i = 2, #values do
    local own = values[i] / values[i - 1]
    if not (own > 0 and math.abs(own - ratio) <= 0.2 * ratio) then return false end
  end
  return math.max(values[#values], values[1]) / math.min(values[#values], values[1]) >= 100
end

-- The text of a coordinate: enough digits to tell neighbours apart.
local function coordinate(x, digits)
  return (("%." .. digits .. "g"):format(x):gsub("e([+-])0*(%d)", function(sign, digit)
    return "e" .. (sign == "-" and "-" or "") .. digit
  end))
end

local function digits_of(values)
  for digits = 3, 12 do
    local seen, alike = {}, false
    for _, x in ipairs(values) do
      local text = coordinate(x, digits)
      alike, seen[text] = alike or seen[text], true
    end
    if not alike then return digits end
  end
  return 12
end

-- Which of the coordinates are labelled, {index, text}: at whole decades where the values run over
-- decades and meet some, else evenly; `room` characters for all of them.
local function labels(values, room)
  local list, powers = {}, {}
  if logarithmic(values) then
    for i, x in ipairs(values) do
      local power = math.floor(math.log(x, 10) + 0.5)
      if math.abs(x / 10.0 ^ power - 1) < 1e-9 then powers[#powers + 1] = {i, "1e" .. power} end
    end
  end
  if #powers >= 2 then
    list = powers
  else
    local digits = digits_of(values)
    for i, x in ipairs(values) do list[i] = {i, coordinate(x, digits)} end
  end
  local longest = 1
  for _, label in ipairs(list) do longest = math.max(longest, #label[2]) end
  local step = math.ceil(#list / math.max(1, math.min(LABELS_MAX, room // (longest + 1))))
  local out = {}
  for i = 1, #list, step do out[#out + 1] = list[i] end
  return out
end

-- 'text' position pairs, in LaTeX mathematics.
local function ticks(values, room, kind)
  local out, dollar = {}, kind == "tex" and "$" or ""
  for i, label in ipairs(labels(values, room)) do
    local power = label[2]:match("^1e(%-?%d+)$")
    out[i] = ("'%s%s%s' %d"):format(dollar, power and ("10^{%s}"):format(power) or label[2],
      dollar, label[1])
  end
  return table.concat(out, ", ")
end

-- What gnuplot takes for a number: beyond DBL_MAX / 2 it is undefined.
local function within(x) return math.max(-8.9e307, math.min(x, 8.9e307)) end

-- A constant still needs a scale, one that numbers of its size can tell apart.
local function around(x, log)
  if log then return math.max(x / 2, math.min(x, 0x1p-1022)), within(x * 2) end
  local apart = math.max(1, math.abs(x) / 2)
  return within(x - apart), within(x + apart)
end

local function script(o, map, kind)
  local rows, cols = #map.rows, #map.rows[1]
  local lines, dollar = {"$map << EOD"}, kind == "tex" and "$" or ""
  for i, row in ipairs(map.rows) do
    for j, x in ipairs(row) do
      lines[#lines + 1] = ("%d %d %s"):format(j, i,
        x - x == 0 and ("%.17g"):format(within(x)) or "NaN")
    end
  end
  local low, high = within(map.low), within(map.high)
  if low == high then low, high = around(low, o.log) end
  local label = o.label and ("\nset cblabel %s noenhanced textcolor rgb '%s'"):format(
    gnuplot.quote(o.label), gnuplot.INK) or ""
  local over, clauses, keyed = overlay.script(o.lines or {},
    function(x) return overlay.place(map.x, logarithmic(map.x), x) end,
    function(y) return overlay.place(map.y, logarithmic(map.y), y) end)
  lines[#lines + 1] = ([[
EOD
%s
set palette defined (%s)
set colorbox user origin 0.85,0.2 size 0.022,0.65
set rmargin at screen 0.82
set clip two
%s
unset grid
set tics scale 0
set xtics (%s)
set ytics (%s)
set xrange [0.5:%d.5]
set yrange [0.5:%d.5]
set cbrange [%.17g:%.17g]
set format cb '%s'
%s%s
plot $map using 1:2:3 with image%s notitle%s]]):format(over, COLOURS,
    keyed and "" or "unset key", ticks(map.x, 70, kind), ticks(map.y, 200, kind), cols, rows, low,
    high, dollar .. (o.log and high / low >= 100 and "10^{%T}" or "%g") .. dollar,
    o.log and "set logscale cb" or "", label, rows * cols <= PIXELS_MAX and " pixels" or "",
    clauses)
  return table.concat(lines, "\n")
end

-- A cell in characters: a colour of cividis behind a blank where there are colours, or a shade.
local function cell_text(part, width, colour)
  local level = part == part and 1 + math.floor(part * (#SHADES - 1) + 0.5) or #SHADES
  if not colour then return SHADES:sub(level, level):rep(width) end
  return ("\27[48;5;%dm%s\27[0m"):format(COLOURS_TEXT[level], (" "):rep(width))
end

-- The map in characters, first row at the bottom as on paper.
local function text(o, map)
  local columns = o.width or gnuplot.window()
  local unicode, colour = terminal.abilities()
  local function said(given)
    local line = files.one_line(given)
    return unicode and line or ascii(line)
  end
  local names, width = {}, 0
  for i, y in ipairs(map.y) do
    names[i] = coordinate(y, math.max(4, digits_of(map.y)))
    width = math.max(width, #names[i])
  end
  local cell = math.max(1, math.min(6, (columns - width - 3) // #map.x))
  local function part(x)
    if o.log then return math.log(x / map.low) / math.log(map.high / map.low) end
    return (x / 2 - map.low / 2) / (map.high / 2 - map.low / 2)
  end
  local lines = {}
  for _, name in ipairs{"title", "ylabel"} do
    lines[#lines + 1] = o[name] and said(o[name])
  end
  for i = #map.rows, 1, -1 do
    local cells = {}
    for j, x in ipairs(map.rows[i]) do
      cells[j] = x == x and cell_text(part(x), cell, colour) or ("?"):rep(cell)
    end
    lines[#lines + 1] = ("%" .. width .. "s |%s|"):format(names[i], table.concat(cells))
  end
  local below = (" "):rep(width + 2)
  for _, label in ipairs(labels(map.x, cell * #map.x)) do
    local at = width + 2 + (label[1] - 1) * cell
    if #below <= at then below = below .. (" "):rep(at - #below) .. label[2] .. " " end
  end
  lines[#lines + 1] = below .. (o.xlabel and " " .. said(o.xlabel) or "")
  local scale = {}
  for i = 0, 9 do scale[i + 1] = cell_text(i / 9, colour and 2 or 1, colour) end
  lines[#lines + 1] = (("%s%.4g '%s' %.4g%s%s"):format(o.label and said(o.label) .. ": "
    or "", map.low, table.concat(scale), map.high, o.log and ", logarithmic" or "",
    o.note and "; " .. o.note or ""))
  return table.concat(lines, "\n") .. "\n"
end

local function draw(given, level, prefix)
  local o = options.check("heatmap", given, level + 1)
  local map, why = read(o)
  if not map then error("heatmap: " .. why, level + 1) end
  local out, failing
  if o.file or prefix then
    out, why, failing = gnuplot.draw("heatmap", o, function(kind)
      return script(o, map, kind)
    end, prefix)
    if not out then error(why, level + 1, failing) end
  else
    out = text(o, map)
    print(out)
  end
  return out
end

--- Draw a matrix as a heat map, in the terminal or to a file. The first row lies at the bottom.
-- @tparam table given `{values, x =, y =, log =, label =, lines =, title =, xlabel =, ylabel =,
--   file =}`: values a matrix or a list of rows (nan stays blank), x one number per column,
--   y one per row, lines `{{x, y, label =}, ...}` over the map
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
  local why = prefix ~= nil and gnuplot.prefix_wrong(prefix)
  if why then error("plot.heatmap_svg: " .. why, 2) end
  local out = draw(given, 2, prefix or "map")
  return out
end

return M
