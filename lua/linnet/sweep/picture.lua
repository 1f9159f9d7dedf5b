--- lua/linnet/sweep/picture.lua: a sweep's result as curves with error bars and as maps.
--
-- SPDX-License-Identifier: MIT
-- @module linnet.sweep.picture

local curves_of = require "linnet.plot.curves"
local gnuplot = require "linnet.plot.gnuplot"
local grid = require "linnet.sweep.grid"
local options = require "linnet.options"
local plot = require "linnet.plot"
local result = require "linnet.sweep.result"
local vectors = require "linnet.plot.vectors"
local error = require("linnet.failure").raise

local check, name_text = result.check, gnuplot.name_text

local methods = {}
local M = {result = methods}

options.define("sweep.plot", vectors.joined({
  summary = "Plot a measure of a sweep against an axis: means over seeds with error bars.",
}, {
  {name = "x", type = "string", help = "the horizontal axis",
    default_help = "the axis of numbers with the most values"},
  {name = "log", choices = {"x", "y", "xy", ""}, default_help = "where values span a factor 30",
    help = "logarithmic axes"},
  {name = "error", choices = {"sd", "se", "quantiles", "none"}, default = "sd",
    help = "bars: standard deviation, standard error of the mean, a band from 5 to 95 %, none"},
}, gnuplot.options, curves_of.options))

options.define("sweep.heatmap", vectors.joined({
  summary = "Draw the mean of a measure over two axes.",
}, {
  {name = "x", type = "string", required = true, help = "the horizontal axis"},
  {name = "y", type = "string", required = true, help = "the vertical axis"},
  {name = "log", type = "boolean", help = "logarithmic colours",
    default_help = "where positive values span two decades"},
}, gnuplot.options))

-- The axis to plot against: the one of numbers with the most values.
function M.widest_axis(self)
  local best
  for _, name in ipairs(self.axes) do
    local values = self.grid.values[name]
    local numeric = true
    for _, value in ipairs(values) do numeric = numeric and type(value) == "number" end
    if numeric and (not best or #values > #self.grid.values[best]) then best = name end
  end
  return best
end

local function wide(low, high) return low > 0 and high / low >= 30 and high < math.huge end

-- The curves of a plot: one per combination of the other axes.
local function curves(self, what, x, bars)
  local others, list = {}, {}
  for _, name in ipairs(self.axes) do
    if name ~= x then others[name] = self.grid.values[name] end
  end
  local rest = grid.new(others, 1)
  local low, high = math.huge, -math.huge
  for p = 1, rest.count do
    local point = rest:point(p)
    local curve = {{}, {}, label = rest.count > 1 and grid.describe(point) or nil, error = {}}
    local band = {{}, {}, {}, style = "band"}
    for i, row in ipairs(self:where(point):summary(x)) do
      local s = row.measures[what]
      curve[1][i], curve[2][i] = row.point[x], s.mean
      band[1][i], band[2][i], band[3][i] = row.point[x], s.q05, s.q95
      curve.error[i] = s.count > 1 and s[bars] or 0
      if s.mean == s.mean then low, high = math.min(low, s.mean), math.max(high, s.mean) end
    end
    if bars == "none" or bars == "quantiles" or #self.seeds == 1 then curve.error = nil end
    if bars == "quantiles" then list[#list + 1] = band end
    list[#list + 1] = curve
  end
  return list, wide(low, high)
end

--- The figure of a measure as `linnet.plot` takes it.
-- @tparam result self
-- @tparam string what
-- @tparam table o checked options of `result:plot`
-- @treturn ?table nil when there is no axis of numbers
-- @treturn ?string why not
function M.figure(self, what, o)
  local x = o.x or M.widest_axis(self)
  if not x then return nil, "this sweep has no axis of numbers to plot against" end
  local values = self.grid.values[x]
  for _, value in ipairs(values) do
    if type(value) ~= "number" then
      return nil, ("the axis '%s' holds a %s; plot against numbers"):format(x, type(value))
    end
  end
  local given, wide_y = curves(self, what, x, o.error)
  local low, high = math.huge, -math.huge
  for _, value in ipairs(values) do low, high = math.min(low, value), math.max(high, value) end
  local log = o.log or (wide(low, high) and "x" or "") .. (wide_y and "y" or "")
  given.log = log ~= "" and log or nil
  for _, curve in ipairs(given) do curve.label = name_text(curve.label, o.file) end
  for _, list in ipairs{gnuplot.options, curves_of.options} do
    for _, entry in ipairs(list) do given[entry.name] = o[entry.name] end
  end
  given.xlabel = o.xlabel or name_text(x, o.file)
  given.ylabel = o.ylabel or name_text(what, o.file)
  given.title = o.title or name_text(self.header.sweep.name, o.file)
  return given
end

--- Plot the mean of a measure over the seeds against an axis, one curve per value of the others.
-- @function result:plot
-- @tparam string what a measure
-- @param o a file name, or options: see `help("sweep.plot")`
-- @treturn string the text drawn in the terminal, or the file's name
-- @usage
-- local sweep = linnet.sweep{over = {h = {1, 10, 100}}, seeds = 3,
--   run = function(p, rng) return p.h ^ -0.5 * (1 + rng:uniform(1, 1)(1, 1)) end}
-- sweep:run():plot("value", {log = "xy"})
function methods:plot(what, o)
  check.self(self, "plot")
  check.measure(self, "plot", what)
  o = options.check("sweep.plot", type(o) == "string" and {file = o} or o, 2)
  if o.x then check.axis(self, "plot", o.x) end
  local given, why = M.figure(self, what, o)
  if not given then error("plot: " .. why, 2) end
  return plot.plot(given)
end

--- The map of a measure over two axes as `linnet.heatmap` takes it.
-- @tparam result self
-- @tparam string what
-- @tparam table o `x` and, unless it is the other of two, `y`; options of `result:heatmap`
-- @treturn ?table nil where there is nothing finite to draw
function M.map(self, what, o)
  local y = o.y
  for _, name in ipairs(self.axes) do
    if not y and name ~= o.x then y = name end
  end
  local xs, ys = self.grid.values[o.x], self.grid.values[y]
  local part = grid.new({[o.x] = xs, [y] = ys}, 1)
  local rows, summary, finite = {}, self:summary{o.x, y}, false
  for i, b in ipairs(ys) do
    rows[i] = {}
    for j, a in ipairs(xs) do
      local mean = summary[part:find{[o.x] = a, [y] = b}].measures[what].mean
      rows[i][j], finite = mean, finite or mean - mean == 0
    end
  end
  local function numbers(values) return math.type(values[1]) and values or nil end
  if not finite then return nil end
  local given = {rows, x = numbers(xs), y = numbers(ys), log = o.log,
    label = name_text(what, o.file)}
  for _, entry in ipairs(gnuplot.options) do given[entry.name] = o[entry.name] end
  given.xlabel, given.ylabel = o.xlabel or name_text(o.x, o.file), o.ylabel or name_text(y, o.file)
  given.title = o.title or name_text(self.header.sweep.name, o.file)
  return given
end

--- Draw the mean of a measure, over seeds and further axes, as a map over two axes.
-- @function result:heatmap
-- @tparam string what a measure
-- @tparam table o see `help("sweep.heatmap")`
-- @usage
-- local sweep = linnet.sweep{over = {a = {1, 2, 3}, b = {1, 2}},
--   run = function(p) return p.a * p.b end}
-- sweep:run():heatmap("value", {x = "a", y = "b"})
function methods:heatmap(what, o)
  check.self(self, "heatmap")
  check.measure(self, "heatmap", what)
  o = options.check("sweep.heatmap", o, 2)
  check.axis(self, "heatmap", o.x)
  check.axis(self, "heatmap", o.y)
  if o.x == o.y then error("heatmap: x and y must be different axes", 2) end
  local map = M.map(self, what, o)
  if not map then error(("heatmap: '%s' has no finite values"):format(what), 2) end
  return plot.heatmap(map)
end

return M
