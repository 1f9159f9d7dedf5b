--- Curves of a figure: what users give, checked, as points of plain numbers; and the axes that show
-- them. Runs stand for curves of what they recorded.
--
-- SPDX-License-Identifier: MIT
-- @module linnet.plot.curves

local options = require "linnet.options"
local vectors = require "linnet.plot.vectors"
local error = require("linnet.failure").raise

local M = {}

-- Curves longer than this are thinned, extremes kept: no screen shows more.
local POINTS_MAX = 3000
-- gnuplot takes numbers beyond half the largest double for infinite; so do we.
local LARGEST = 8e307

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

--- Options of every figure with axes of numbers.
M.options = {
  {name = "xrange", type = "list", help = "{low, high} of the horizontal axis"},
  {name = "yrange", type = "list", help = "{low, high} of the vertical axis"},
  {name = "annotate", type = "table", help = "texts at places of the axes: {{x, y, text}, ...}",
    check = function(notes)
      for _, note in ipairs(notes) do
        if type(note) ~= "table" or type(note[1]) ~= "number" or type(note[2]) ~= "number"
          or type(note[3]) ~= "string" then
          return false, "must be a list of {x, y, text}"
        end
      end
      return #notes > 0, "must be a list of {x, y, text}"
    end},
}

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
        local kind = math.abs(x) < math.huge and "beyond" or "infinite"
        notes[kind], x = notes[kind] + 1, 0 / 0
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
function M.read(given, i, logs, notes, level)
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

-- ---------------------------------------------------------------- runs

-- Without asking for the module of runs, which asks for this one.
local function is_run(value)
  return type(value) == "table" and rawget(value, "stats") ~= nil
    and rawget(value, "columns") ~= nil
end

-- What tells runs apart, in words: starts and widths, where they differ; else their numbers.
local function labels_of(runs)
  local all, labels, count = {}, {}, {}
  for i, run in ipairs(runs) do
    local start = rawget(run, "start")
    all[i] = start and {start.kind, ("h = %.6g"):format(start.h)} or {"run", ""}
  end
  for i = 1, #runs do
    local parts = {}
    for part = 1, 2 do
      local differs = #runs == 1
      for j = 1, #runs do differs = differs or all[j][part] ~= all[i][part] end
      if differs and all[i][part] ~= "" then parts[#parts + 1] = all[i][part] end
    end
    labels[i] = #parts > 0 and table.concat(parts, ", ") or all[i][1]
    count[labels[i]] = (count[labels[i]] or 0) + 1
  end
  local seen = {}
  for i, label in ipairs(labels) do
    seen[label] = (seen[label] or 0) + 1
    if count[label] > 1 then labels[i] = ("%s (%d)"):format(label, seen[label]) end
  end
  return labels
end

local LOGARITHMIC = {loss = true, excess = true, rate = true, distance = true,
  singular_values = true, kernel_distance = true, travel = true}

-- Finite times and the record of a run, or nil and why not.
local function curve_of(run, what)
  local column = rawget(run, what)
  if type(column) ~= "userdata" or what == "t" then
    return nil, ("the run recorded %s, not '%s'"):format(table.concat(run.columns, ", "), what)
  elseif column:cols() ~= 1 then
    return nil, ("'%s' is more than one number"):format(what)
  end
  local x, y = {}, {}
  for i = 1, run.t:rows() do
    if run.t(i) < math.huge then x[#x + 1], y[#y + 1] = run.t(i), column(i) end
  end
  return {x, y}
end

-- The run of an item of a figure: the item itself, or the first of {run, label =, style =}.
local function run_of(item)
  if is_run(item) then return item, {} end
  if type(item) == "table" and is_run(item[1]) then return item[1], item end
end

--- Replaces runs among what is drawn by curves of a record of theirs; axes are labelled, and
-- logarithmic where that record's are, unless said otherwise.
-- @tparam table given as of `linnet.plot`; not written to
-- @treturn ?table
-- @treturn ?string what is wrong
function M.of_runs(given)
  local runs, places = {}, {}
  for i = 1, #given do
    local run = run_of(given[i])
    if run then runs[#runs + 1], places[#places + 1] = run, i end
  end
  if #runs == 0 then
    if given.what ~= nil then
      return nil, "option 'what' needs runs: linnet.plot{run1, run2, what = ...}"
    end
    return given
  end
  local what = given.what or "loss"
  if type(what) ~= "string" then return nil, "option 'what' must be the name of a record" end
  local out, labels = {}, labels_of(runs)
  for key, value in next, given do out[key] = value end
  out.what = nil
  for k, i in ipairs(places) do
    local curve, why = curve_of(runs[k], what)
    if not curve then return nil, ("curve %d: %s"):format(i, why) end
    curve.label = labels[k]
    local _, own = run_of(given[i])
    for key, value in next, own do
      if type(key) == "string" then curve[key] = value end
    end
    out[i] = curve
  end
  out.xlabel, out.ylabel = out.xlabel or "t", out.ylabel or what
  if out.log == nil and LOGARITHMIC[what] then out.log = "y" end
  return out
end

-- ---------------------------------------------------------------- axes

-- Least and greatest value that an axis has to show; nil when there is none.
function M.extent(curves, axis, log)
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

-- Ends and scale of an axis.
function M.axis(axis, o, curves)
  local log = o.log ~= nil and o.log:find(axis) ~= nil
  local range = o[axis .. "range"]
  if range then return {low = range[1], high = range[2], log = log} end
  local low, high = M.extent(curves, axis, log)
  low, high = widened(low, high, log, axis == "x" and 0.015 or 0.04)
  return {low = low, high = high, log = log}
end

return M
