--- Figures of curves: in the terminal, as SVG, PNG or PDF.
--
-- A figure goes one way: options -> curves of plain numbers -> a gnuplot script -> bytes.
-- Colours are those of Okabe and Ito (2008), told apart by colour-blind readers; measured
-- quantities are solid, bounds thin and dashed.
--
-- SPDX-License-Identifier: MIT
-- @module linnet.plot

local gnuplot = require "linnet.plot.gnuplot"
local heatmap = require "linnet.plot.heatmap"
local options = require "linnet.options"
local vectors = require "linnet.plot.vectors"
local error = require("linnet.failure").raise

local M = {}

local quote = gnuplot.quote

--- Colours of curves, in order.
M.PALETTE = {
  "#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#7A6FAC", "#7F7F7F",
}

-- Curves longer than this are thinned, extremes kept: no screen shows more.
local POINTS_MAX = 3000
-- gnuplot takes numbers beyond half the largest double for infinite; so do we.
local LARGEST = 8e307

-- What follows "with" for each style.
local STYLES = {
  line = "lines lw 2.2 lc rgb 'COLOUR'",
  points = "points pt 7 ps 0.6 lc rgb 'COLOUR'",
  dash = "lines lw 2 dt (12,6) lc rgb 'COLOUR'",
  bound = "lines lw 1.6 dt (5,4) lc rgb 'COLOUR'",
  band = "filledcurves fs transparent solid 0.18 noborder lc rgb 'COLOUR'",
  error = "yerrorbars pt 7 ps 0.6 lw 1.4 lc rgb 'COLOUR'",
}
local STYLES_TEXT = {
  line = "lines lt TYPE", points = "points pt 'MARK'", dash = "lines lt TYPE",
  bound = "points pt '.'", band = "filledcurves",
}
local MARKS = "ox+svnea"

options.define("plot", vectors.joined({summary = "Draw curves {x, y, ...} in one figure."},
  gnuplot.options, {
  {name = "log", choices = {"x", "y", "xy"}, help = "logarithmic axes"},
  {name = "xrange", type = "list", help = "{low, high} of the horizontal axis"},
  {name = "yrange", type = "list", help = "{low, high} of the vertical axis"},
}))

options.define("curve", {
  summary = "One curve of a plot: {x, y}, {y}, or {x, low, high, style = \"band\"}.",
  {name = 1, required = true, help = "x, or y over 1, 2, ... when alone: a vector or a list"},
  {name = 2, help = "y"},
  {name = 3, help = "the upper edge of a band"},
  {name = "label", type = "string", help = "its line in the key"},
  {name = "style", choices = {"line", "points", "dash", "bound", "band"}, default = "line",
    help = "measured: line, points; theory: dash, bound; a range: band"},
  {name = "color", type = "integer", range = "[1, 8]", help = "of the palette",
    default_help = "the next one"},
  {name = "error", help = "half lengths of error bars: a vector or a list"},
})

-- ---------------------------------------------------------------- numbers

-- Of a long curve, the ends and the extremes of y in each of POINTS_MAX / 2 stretches.
local function thinned(points)
  if #points <= POINTS_MAX then return points end
  local out, stretches = {points[1]}, POINTS_MAX // 2
  for s = 0, stretches - 1 do
    local first, last = s * #points // stretches + 1, (s + 1) * #points // stretches
    local low, high = first, first
    for i = first, last do
      local y = points[i][2]
      if y ~= y then low, high = i, i break end -- the gap says more than the extremes
      if y < points[low][2] then low = i end
      if y > points[high][2] then high = i end
    end
    out[#out + 1] = points[math.min(low, high)]
    if low ~= high then out[#out + 1] = points[math.max(low, high)] end
  end
  out[#out + 1] = points[#points]
  return out
end

-- Points {x, y, ...} of a checked curve; values no axis can show become nan and are counted.
local function curve_points(curve, columns, logs, notes)
  local points = {}
  for i = 1, #columns[1] do
    local point = {}
    for c, column in ipairs(columns) do
      local x, log = column[i], c == 1 and logs.x or c > 1 and logs.y
      local is_error = c == 3 and curve.error
      if math.abs(x) > LARGEST then
        notes.infinite, x = notes.infinite + 1, 0 / 0
      elseif log and x <= 0 and not is_error then
        notes.nonpositive, x = notes.nonpositive + 1, 0 / 0
      end
      point[c] = x
    end
    points[i] = point
  end
  return thinned(points)
end

-- Checks curve `i` and returns it with its points.
local function curve_read(given, i, logs, notes, level)
  local function refuse(what, ...)
    error(("plot: curve %d: " .. what):format(i, ...), level + 2)
  end
  if type(given) ~= "table" then refuse("must be a table {x, y, ...}, got a %s", type(given)) end
  local curve, why = options.try("curve", given)
  if not curve then refuse("%s", (why:gsub("^curve: ", ""))) end
  if curve.style == "band" and not curve[3] then refuse("a band needs {x, low, high}") end
  if curve[3] and curve.style ~= "band" then refuse("only a band has a third column") end
  if curve.error and curve.style == "band" then refuse("a band has no error bars") end
  local columns, names = {}, {"x", "y", curve.error and "error" or "high"}
  local sources = {curve[1], curve[2], curve[3] or curve.error}
  for c = 1, 3 do
    if sources[c] ~= nil then
      columns[c], why = vectors.numbers(sources[c])
      if not columns[c] then refuse("%s %s", names[c], why) end
    end
  end
  if not columns[2] then
    columns[2], columns[1] = columns[1], {}
    for k = 1, #columns[2] do columns[1][k] = k end
  end
  for c, column in ipairs(columns) do
    if #column ~= #columns[1] then
      refuse("x has %d values, %s %d", #columns[1], names[c], #column)
    end
  end
  curve.points = curve_points(curve, columns, logs, notes)
  return curve
end

-- ---------------------------------------------------------------- script

-- A data block: numbers only; a gap is one blank line, since two would begin another data set.
local function data_block(name, points)
  local lines, gap = {"$" .. name .. " << EOD"}, true
  for _, point in ipairs(points) do
    local words, whole = {}, true
    for c, x in ipairs(point) do
      words[c], whole = ("%.17g"):format(x), whole and x == x
    end
    if whole then
      lines[#lines + 1] = table.concat(words, " ")
    elseif not gap then
      lines[#lines + 1] = ""
    end
    gap = not whole
  end
  lines[#lines + 1] = "EOD"
  return table.concat(lines, "\n")
end

-- Least and greatest value that an axis has to show; nil when there is none.
local function extent(curves, axis, log)
  local low, high = math.huge, -math.huge
  local function show(x)
    if x == x and not (log and x <= 0) then low, high = math.min(low, x), math.max(high, x) end
  end
  for _, curve in ipairs(curves) do
    for _, point in ipairs(curve.points) do
      local x, y, z = table.unpack(point)
      if axis == "x" then
        show(x)
      elseif curve.error then
        show(y - z)
        show(y + z)
      else
        show(y)
        if z then show(z) end
      end
    end
  end
  if low <= high then return low, high end
end

-- Widens a range a little, and a constant's a lot.
local function widened(low, high, log, part)
  if log then
    local decades = math.log(high, 10) - math.log(low, 10)
    local room = 10 ^ (decades > 0 and part * decades or 0.5)
    return math.max(low / room, 5e-324), math.min(high * room, LARGEST)
  end
  local room = high > low and part * (high - low) or low == 0 and 1
    or math.max(math.abs(low) / 2, 1e-290)
  return math.max(low - room, -LARGEST), math.min(high + room, LARGEST)
end

-- Ticks within two decades: 1, 2, 5 or every digit, or equal steps when they are close together.
local function ticks_close(low, high, decades)
  local out, digits = {}, decades >= 1 and {1, 2, 5} or {1, 2, 3, 4, 5, 6, 7, 8, 9}
  if decades < 0.4 then
    local step = 10.0 ^ math.floor(math.log((high - low) / 2, 10))
    for i = math.ceil(low / step), math.floor(high / step) do out[#out + 1] = i * step end
  else
    for power = math.floor(math.log(low, 10)), math.ceil(math.log(high, 10)) do
      for _, digit in ipairs(digits) do out[#out + 1] = digit * 10.0 ^ power end
    end
  end
  for i, x in ipairs(out) do out[i] = ("%.6g"):format(x) end
  return table.concat(out, ", ")
end

-- Scale and ticks of a logarithmic axis: powers of ten, or plain numbers within two decades.
local function axis_log(axis, low, high, kind)
  local decades = math.log(high, 10) - math.log(low, 10)
  local lines = {("set logscale %s 10"):format(axis)}
  if decades < 2 then
    lines[2] = ("set format %s '%%g'"):format(axis)
    lines[3] = ("set %stics (%s)"):format(axis, ticks_close(low, high, decades))
  else
    local step = math.ceil(decades / (axis == "x" and 10 or 8))
    lines[2] = ("set format %s '%s'"):format(axis, kind == "text" and "1e%T" or "10^{%T}")
    -- Without a first tick gnuplot 5.4 begins at the edge of the range and labels that 10^n.
    local first = math.floor(math.log(low, 10) / step) * step
    lines[3] = ("set %stics 1e%d, 1e%d"):format(axis, math.max(first, -300), step)
    lines[4] = (step == 1 and kind ~= "text" and "set m%stics 10" or "unset m%stics"):format(axis)
  end
  return table.concat(lines, "\n")
end

-- Scale, ticks and range of an axis.
local function axis_script(axis, o, curves, kind)
  local log = o.log and o.log:find(axis) ~= nil
  local range = o[axis .. "range"]
  local low, high
  if range then
    low, high = range[1], range[2]
  else
    low, high = extent(curves, axis, log)
    low, high = widened(low, high, log, axis == "x" and 0.015 or 0.04)
  end
  return (log and axis_log(axis, low, high, kind) or ("set format %s '%%h'"):format(axis))
    .. ("\nset %srange [%.17g:%.17g]"):format(axis, low, high)
end

-- The pieces of the plot command for one curve.
local function curve_script(curve, i, kind, pieces)
  local title = curve.label and "title " .. quote(curve.label) or "notitle"
  local style = kind == "text" and STYLES_TEXT or STYLES
  local function add(columns, with, key)
    local look = style[with]:gsub("COLOUR", M.PALETTE[curve.color])
      :gsub("MARK", MARKS:sub(curve.color, curve.color)):gsub("TYPE", curve.color)
    pieces[#pieces + 1] = ("$c%d using %s with %s %s"):format(i, columns, look, key)
  end
  if curve.style == "band" then
    add("1:2:3", "band", title)
  elseif curve.error and kind ~= "text" then -- characters are too coarse for bars
    if curve.style ~= "points" then add("1:2", curve.style, "notitle") end
    add("1:2:3", "error", title)
  else
    add("1:2", curve.style, title)
  end
end

local function body(o, curves, kind)
  local lines, pieces, labels = {}, {}, false
  for i, curve in ipairs(curves) do
    lines[i] = data_block("c" .. i, curve.points)
    labels = labels or curve.label
  end
  for _, axis in ipairs {"x", "y"} do lines[#lines + 1] = axis_script(axis, o, curves, kind) end
  if not labels then lines[#lines + 1] = "unset key" end
  for _, bands in ipairs {true, false} do -- bands lie behind
    for i, curve in ipairs(curves) do
      if (curve.style == "band") == bands then curve_script(curve, i, kind, pieces) end
    end
  end
  lines[#lines + 1] = "plot " .. table.concat(pieces, ", ")
  return table.concat(lines, "\n")
end

-- ---------------------------------------------------------------- public

-- The curves and the options of a figure, both checked.
local function read(given, level)
  if type(given) ~= "table" then
    error("plot: needs a table of curves {{x, y, ...}, ...}, got a " .. type(given), level + 1)
  end
  local named, curves, notes = {}, {}, {infinite = 0, nonpositive = 0}
  for key, value in pairs(given) do
    if not (math.type(key) == "integer" and key >= 1 and key <= #given) then named[key] = value end
  end
  local o = options.check("plot", named, level + 1)
  for _, axis in ipairs {"x", "y"} do
    local range, log = o[axis .. "range"], o.log and o.log:find(axis)
    if range and not (#range == 2 and range[1] < range[2] and not (log and range[1] <= 0)) then
      error(("plot: option '%srange' must be {low, high} with low < high%s"):format(axis,
        log and ", both positive on a logarithmic axis" or ""), level + 1)
    end
  end
  local logs, colour = {x = o.log and o.log:find("x"), y = o.log and o.log:find("y")}, 0
  for i = 1, #given do
    local curve = curve_read(given[i], i, logs, notes, level + 1)
    if not curve.color then
      colour = colour % #M.PALETTE + 1
      curve.color = colour
    end
    curves[i] = curve
  end
  if not (extent(curves, "x", logs.x) and extent(curves, "y", logs.y)) then
    error("plot: nothing to draw: no curve has a finite point that its axes can show", level + 1)
  end
  local remarks = {}
  if notes.nonpositive > 0 then
    remarks[1] = notes.nonpositive .. " not positive, not on a logarithmic axis"
  end
  if notes.infinite > 0 then remarks[#remarks + 1] = notes.infinite .. " infinite" end
  if #remarks > 0 then o.note = "values left out: " .. table.concat(remarks, "; ") end
  return o, curves
end

local function draw(given, level, prefix)
  local o, curves = read(given, level + 1)
  local out, why, failing = gnuplot.draw("plot", o, function(kind) return body(o, curves, kind) end,
    prefix)
  if not out then error(why, level + 1, failing) end
  return out
end

--- Draw curves in one figure, in the terminal or to a file.
-- `linnet.plot{...}` is the same function. nan leaves a gap; infinite values, and values that are
-- not positive on a logarithmic axis, are left out with a note in the figure.
-- @tparam table given curves `{x, y, label =, style =, color =, error =}` (vectors or lists; `{y}`
--   alone over 1, 2, ...; `{x, low, high, style = "band"}`) and the options title, xlabel, ylabel,
--   log ("x", "y" or "xy"), xrange, yrange, width, height, file (.svg, .png or .pdf)
-- @treturn string the text drawn in the terminal, or the file's name
-- @usage
-- local t = linnet.linspace(0, 5, 50)
-- linnet.plot{{t, t:map(function(x) return math.exp(-2 * x) end), label = "loss"},
--   {t, t:map(function(x) return math.exp(-x) end), label = "bound", style = "bound"}, log = "y"}
function M.plot(given)
  local out = draw(given, 2)
  return out
end

--- The figure of `plot` as an SVG element for a page of HTML, which may set the colours `--ink`,
-- `--soft` and `--grid`.
-- @tparam table given as for `plot`, without `file`
-- @tparam[opt="figure"] string prefix of the identifiers inside, one per figure of a page
-- @treturn string
-- @usage assert(linnet.plot.svg{{{1, 2, 3}, {4, 5, 6}}}:find("^<svg"))
function M.svg(given, prefix)
  local out = draw(given, 2, prefix or "figure")
  return out
end

--- `linnet.heatmap`, and the same figure as an SVG element.
M.heatmap, M.heatmap_svg = heatmap.heatmap, heatmap.svg

return setmetatable(M, {
  __call = function(_, given)
    local out = draw(given, 2)
    return out
  end,
})
