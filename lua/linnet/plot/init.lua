--- Figures of curves: in the terminal, as SVG, PNG or PDF.
--
-- A figure goes one way: options -> curves of plain numbers -> a gnuplot script -> bytes.
-- Colours are those of Okabe and Ito (2008), told apart by colour-blind readers; measured
-- quantities are solid, bounds thin and dashed.
--
-- SPDX-License-Identifier: MIT
-- @module linnet.plot

local check = require "linnet.check"
local curves_of = require "linnet.plot.curves"
local gnuplot = require "linnet.plot.gnuplot"
local heatmap = require "linnet.plot.heatmap"
local options = require "linnet.options"
local terminal = require "linnet.plot.terminal"
local ticks = require "linnet.plot.ticks"
local vectors = require "linnet.plot.vectors"
local error = require("linnet.failure").raise

local M = {}

local quote = gnuplot.quote

--- Colours of curves, in order.
M.PALETTE = {
  "#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#7A6FAC", "#7F7F7F",
}

-- What follows "with" for each style.
local STYLES = {
  line = "lines lw 2.2 lc rgb 'COLOUR'",
  points = "points pt 7 ps 0.6 lc rgb 'COLOUR'",
  dash = "lines lw 2 dt (12,6) lc rgb 'COLOUR'",
  bound = "lines lw 1.6 dt (5,4) lc rgb 'COLOUR'",
  band = "filledcurves fs transparent solid 0.18 noborder lc rgb 'COLOUR'",
  error = "yerrorbars pt 7 ps 0.6 lw 1.4 lc rgb 'COLOUR'",
}
-- Shapes of marks by colour, and about how many of them a curve gets.
local POINT_TYPES, MARKS = {7, 5, 9, 11, 13, 6, 4, 8}, 9

-- Of a figure in characters, whatever was asked for: a terminal has no more.
local COLUMNS_MOST, LINES_MOST = 400, 120

options.define("plot", vectors.joined({summary = "Draw curves {x, y, ...} in one figure."},
  gnuplot.options, curves_of.options, {
  {name = "log", choices = {"x", "y", "xy"}, help = "logarithmic axes"},
  {name = "what", type = "string", help = "the record of the runs that are drawn",
    default_help = "'loss'"},
  {name = "panels", type = "table", help = "figures side by side instead of curves, each a table "
    .. "as for linnet.plot"},
  {name = "columns", type = "integer", range = "[1, 8]", help = "of panels",
    default_help = "2, or all of up to 3"},
}))

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

-- Labels of a linear axis and of one within two decades, by their places; or powers of ten. In
-- LaTeX (kind "tex") they are mathematics. most: how many there is room for.
local function ticks_script(name, axis, kind, most)
  local list, base
  local dollar = kind == "tex" and "$" or ""
  if axis.log then
    local decades = math.log(axis.high, 10) - math.log(axis.low, 10)
    if decades >= 2 then
      local step = math.ceil(decades / most.powers)
      -- Without a first tick gnuplot 5.4 begins at the edge of the range and labels that 10^n.
      local first = math.floor(math.log(axis.low, 10) / step) * step
      return ("set format %s '%s'\nset %stics 1e%d, 1e%d\n%s m%stics%s"):format(name,
        dollar .. "10^{%T}" .. dollar, name, math.max(first, -300), step,
        step == 1 and "set" or "unset", name, step == 1 and " 10" or "")
    end
    list = ticks.log(axis.low, axis.high, 9)
  else
    list, base = ticks.linear(axis.low, axis.high, most.numbers)
  end
  for i, tick in ipairs(list) do
    list[i] = ("'%s%s%s' %.17g"):format(dollar, tick[2], dollar, tick[1])
  end
  return ("set %stics (%s)"):format(name, table.concat(list, ", ")), base
end

-- Scale, ticks and range of an axis; and what its labels are told from.
local function axis_script(name, axis, kind, most)
  local marks, base = ticks_script(name, axis, kind, most)
  local scale = axis.log and ("set logscale %s 10\n"):format(name) or ""
  return ("%s%s\nset %srange [%.17g:%.17g]"):format(scale, marks, name, axis.low, axis.high), base
end

-- The pieces of the plot command for one curve.
local function curve_script(curve, i, pieces, marked)
  local title = curve.label and "title " .. quote(curve.label) or "notitle"
  local function add(columns, with, key)
    local look = STYLES[with]:gsub("COLOUR", M.PALETTE[curve.color])
    if marked and with == "line" and not curve.error then -- told apart without colours too
      look = look:gsub("^lines", "linespoints") .. (" pt %d ps 0.55 pi %d"):format(
        POINT_TYPES[curve.color], math.max(1, #curve.points // MARKS))
    elseif marked and (with == "error" or with == "points") then
      look = look:gsub("pt 7", "pt " .. POINT_TYPES[curve.color])
    end
    pieces[#pieces + 1] = ("$%s using %s with %s %s"):format(i, columns, look, key)
  end
  if curve.style == "band" then
    add("1:2:3", "band", title)
  elseif curve.error then
    if curve.style ~= "points" then add("1:2", curve.style, "notitle") end
    add("1:2:3", "error", title)
  else
    add("1:2", curve.style, title)
  end
end

-- Texts inside a figure, at places of its axes.
local function annotations(o)
  local lines = {}
  for i, note in ipairs(o.annotate or {}) do
    lines[i] = ("set label %d %s at %.17g,%.17g left offset 0.4,0.4 noenhanced textcolor rgb '%s' "
      .. "front"):format(i + 10, quote(note[3]), note[1], note[2], gnuplot.INK)
  end
  return table.concat(lines, "\n")
end

-- The rest of a script after the frame; prefix: of its data blocks, where there are several; room:
-- for labels, of the panel.
local function body(o, curves, prefix, kind, room)
  local lines, pieces, labels, solid = {}, {}, false, 0
  for i, curve in ipairs(curves) do
    lines[i] = data_block(prefix .. i, curve.points)
    labels = labels or curve.label
    if curve.style == "line" or curve.style == "points" then solid = solid + 1 end
  end
  lines[#lines + 1] = annotations(o)
  for _, name in ipairs {"x", "y"} do
    local base
    lines[#lines + 1], base = axis_script(name, curves_of.axis(name, o, curves), kind,
      room[name])
    if base then
      local label = o[name .. "label"]
      lines[#lines + 1] = ("set %slabel %s noenhanced"):format(name,
        quote((label and label .. " - " or "+ ") .. base))
    end
  end
  if not labels then lines[#lines + 1] = "unset key" end
  for _, bands in ipairs {true, false} do -- bands lie behind
    for i, curve in ipairs(curves) do
      if (curve.style == "band") == bands then
        curve_script(curve, prefix .. i, pieces, solid > 1)
      end
    end
  end
  lines[#lines + 1] = "plot " .. table.concat(pieces, ", ")
  return table.concat(lines, "\n")
end

-- ---------------------------------------------------------------- public

-- The curves and the options of a figure, both checked.
local function read(given, level)
  if type(given) ~= "table" then
    error("plot: needs a table of curves {{x, y, ...}, ...}, got " .. check.shown(given), level + 1)
  end
  local why
  given, why = curves_of.of_runs(given)
  if not given then error("plot: " .. why, level + 1) end
  local named, curves, notes = {}, {}, {infinite = 0, beyond = 0, nonpositive = 0}
  for key, value in next, given do
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
    local curve = curves_of.read(given[i], i, logs, notes, level + 1)
    if not curve.color then
      colour = colour % #M.PALETTE + 1
      curve.color = colour
    end
    curves[i] = curve
  end
  if not (curves_of.extent(curves, "x", logs.x) and curves_of.extent(curves, "y", logs.y)) then
    error("plot: nothing to draw: no curve has a finite point that its axes can show", level + 1)
  end
  local remarks = {}
  if notes.nonpositive > 0 then
    remarks[1] = notes.nonpositive .. " not positive, not on a logarithmic axis"
  end
  if notes.infinite > 0 then remarks[#remarks + 1] = notes.infinite .. " infinite" end
  if notes.beyond > 0 then remarks[#remarks + 1] = notes.beyond .. " beyond 8e307" end
  if #remarks > 0 then o.note = "values left out: " .. table.concat(remarks, "; ") end
  return o, curves
end

-- In characters.
local function in_terminal(o, curves)
  local columns, lines = gnuplot.window()
  local given = {title = o.title, xlabel = o.xlabel, ylabel = o.ylabel, note = o.note,
    key = o.key ~= "none"}
  given.unicode, given.colour = terminal.abilities()
  return terminal.draw(given, curves, curves_of.axis("x", o, curves),
    curves_of.axis("y", o, curves), math.min(o.width or columns, COLUMNS_MOST),
    math.min(o.height or math.min(lines - 1, columns * 3 // 10), LINES_MOST))
end

-- Several figures in one: side by side in a file, one below the other in characters.
local function panels_read(given, level)
  for key in next, given do
    if math.type(key) == "integer" then
      error("plot: give curves or panels, not both", level + 1)
    end
  end
  local o, panels = options.check("plot", given, level + 1), {}
  for i, panel in ipairs(o.panels) do
    local own, curves = read(panel, level + 1)
    if own.panels or own.file then
      error(("plot: panel %d: must be curves, without a file or panels of its own"):format(i),
        level + 1)
    end
    panels[i] = {own, curves}
  end
  if #panels == 0 then error("plot: option 'panels' must be a list of figures", level + 1) end
  return o, panels
end

local function panels_body(o, panels)
  local columns = o.columns or #panels <= 3 and #panels or 2
  local rows = (#panels + columns - 1) // columns
  o.width, o.height = o.width or 420 * columns, o.height or 380 * rows
  return function(kind)
    local room = gnuplot.room(o, columns, rows)
    local lines = {("set multiplot layout %d,%d"):format(rows, columns)}
    for i, panel in ipairs(panels) do
      lines[#lines + 1] = "reset\n" .. gnuplot.look(panel[1], kind)
      lines[#lines + 1] = body(panel[1], panel[2], "p" .. i .. "c", kind, room)
    end
    lines[#lines + 1] = "unset multiplot"
    return table.concat(lines, "\n")
  end
end

local function draw(given, level, prefix)
  local o, text, script
  if type(given) == "table" and rawget(given, "panels") ~= nil then
    local panels
    o, panels = panels_read(given, level + 1)
    if not (o.file or prefix) then
      local parts = {}
      for i, panel in ipairs(panels) do parts[i] = in_terminal(panel[1], panel[2]) end
      text = table.concat(parts, "\n")
    end
    script = panels_body(o, panels)
  else
    local curves
    o, curves = read(given, level + 1)
    if not (o.file or prefix) then text = in_terminal(o, curves) end
    script = function(kind) return body(o, curves, "c", kind, gnuplot.room(o, 1, 1)) end
  end
  if text then
    print(text)
    return text
  end
  local out, why, failing = gnuplot.draw("plot", o, script, prefix)
  if not out then error(why, level + 1, failing) end
  return out
end

--- Draw curves in one figure, in the terminal or to a file.
-- `linnet.plot{...}` is the same function. nan leaves a gap; infinite values, and values that are
-- not positive on a logarithmic axis, are left out with a note in the figure. Runs may stand among
-- the curves: `linnet.plot{run1, run2, what = "loss"}`. `panels = {figure, figure}` draws several.
-- `width` and `height` are columns and lines in the terminal, pixels (a hundredth of an inch) in a
-- file. A `.tex` is LaTeX (`\input{it}`; its texts are LaTeX too) with a `.pdf` beside it.
-- @tparam table given curves `{x, y, label =, style =, color =, error =}` (vectors or lists; `{y}`
--   alone over 1, 2, ...; `{x, low, high, style = "band"}`), runs, and options: see `help("plot")`
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
  local why = prefix ~= nil and gnuplot.prefix_wrong(prefix)
  if why then error("plot.svg: " .. why, 2) end
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
