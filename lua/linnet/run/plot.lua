--- Pictures of runs: any record against time, losses under their bounds.
--
-- SPDX-License-Identifier: MIT
-- @module linnet.run.plot

local check = require "linnet.check"
local name_text = require("linnet.plot.gnuplot").name_text
local plot = require "linnet.plot"
local run = require "linnet.run"
local trace = require "linnet.run.trace"
local error = require("linnet.failure").raise

local M = {run = {}}

-- Time is drawn on a logarithmic axis from this kappa on, and where half of the records lie in the
-- first hundredth of the time.
local STIFF, EARLY = 1e4, 0.01
local BOUND_POINTS = 60

-- Rows of two columns with finite time, as lists.
local function finite(times, column, j)
  local x, y = {}, {}
  for i = 1, #times do
    if times(i) < math.huge then x[#x + 1], y[#y + 1] = times(i), column:get(i, j) end
  end
  return x, y
end

-- L* + excess(t0) exp(-rate (t - t0)) over the times of the measured curve, for as long as the
-- curve falls: a bound far below everything measured says nothing.
local function bound_curve(label, rate, excess, floor, t0, t1, lowest, log)
  local x, y = {}, {}
  local last = rate > 0 and math.min(t1, t0 + math.log(excess / lowest) / rate) or t1
  for i = 0, BOUND_POINTS do
    local f = i / BOUND_POINTS
    local t = log and t0 == 0 and last * 1e-6 ^ (1 - f) or t0 + f * (last - t0)
    x[#x + 1], y[#y + 1] = t, floor + excess * math.exp(-rate * (t - t0))
  end
  return {x, y, label = label, style = "bound"}
end

-- Bounds of an excess-like curve from the start, where there is one.
local function bounds_of(self, curves, floor, x, y, log)
  if not (self.start and self.start.rates and #x > 1) or run.decays(self)
    or self.problem.loss ~= "squared" then
    return
  end
  local rates, excess = self.start:rates(), self.start:excess()
  local lowest = math.huge
  for _, value in ipairs(y) do lowest = math.min(lowest, value) end
  lowest = math.max(lowest - floor, excess * 1e-16)
  local t0, t1 = self.start.t, x[#x]
  for _, entry in ipairs{{"Theorem 1", rates.imbalance}, {"margin bound", rates.margin}} do
    if entry[2] > 0 then
      curves[#curves + 1] = bound_curve(entry[1], entry[2], excess, floor, t0, t1, lowest, log)
    end
  end
end

local function curves_of(self, what, log)
  local column, curves = self[what], {}
  for j = 1, column:cols() do
    local x, y = finite(self.t, column, j)
    curves[j] = {x, y, label = column:cols() == 1 and what or ("%s %d"):format(what, j)}
    if what == "excess" then bounds_of(self, curves, 0, x, y, log) end
    if what == "loss" and self.problem then
      bounds_of(self, curves, self.problem.optimal_loss, x, y, log)
    end
  end
  return curves
end

-- Whether most of what happened would be drawn on the left edge of a linear axis of time.
local function early(self)
  local times = {}
  for i = 1, #self.t do
    if self.t(i) < math.huge then times[#times + 1] = self.t(i) end
  end
  local middle, first, last = times[(#times + 1) // 2], times[1], times[#times]
  return #times > 2 and middle - first < EARLY * (last - first)
end

--- The figure of a record as `linnet.plot` takes it, over what is set in it already.
-- @tparam run self
-- @tparam string what
-- @tparam table figure becomes it
-- @treturn table figure
function M.figure(self, what, figure)
  local x_log = self.problem and self.problem.kappa > STIFF or early(self)
  figure.log = figure.log or (x_log and "x" or "") .. (trace.logarithmic[what] and "y" or "")
  if figure.log == "" then figure.log = nil end
  local curves, start = curves_of(self, what, figure.log == "xy"), self.start
  for _, curve in ipairs(curves) do curve.label = name_text(curve.label, figure.file) end
  table.move(curves, 1, #curves, #figure + 1, figure)
  local title = start and ("%s, h = %.6g"):format(start.kind, start.h)
  figure.title = figure.title or name_text(title, figure.file)
  figure.xlabel = figure.xlabel or "t"
  figure.ylabel = figure.ylabel or name_text(what, figure.file)
  return figure
end

--- Draw one of the records against time; the squared `"loss"` and its `"excess"`, without weight
-- decay, under the bounds of Theorem 1 and of the margin. Without a file the picture goes to the
-- terminal.
-- @function run:plot
-- @tparam string what a record of this run
-- @tparam ?string|table file a path ending in svg, png or pdf; or the options of `linnet.plot`
-- @tparam ?table opts options of `linnet.plot`
-- @usage
-- local p = linnet.problem(linnet.eye(2), linnet.ones(2, 1))
-- p:flow(p:init("gaussian", {h = 10, seed = 1}), {t = 1}):plot("loss")
function M.run.plot(self, what, file, opts)
  check.self(self, run.meta, "run", "plot")
  local known, found = self.columns, nil
  if what == "t" then
    error("plot: t is what everything is drawn against: name what to draw, as in "
      .. "run:plot(\"loss\")", 2)
  end
  for _, name in ipairs(known) do found = found or name == what end
  if not found then
    error(("plot: this run recorded %s; got %s%s"):format(table.concat(known, ", "),
      check.shown(what), check.suggestion(what, known)), 2)
  end
  if type(file) == "table" then file, opts = nil, file end
  local figure = {}
  for key, value in next, opts or {} do figure[key] = value end
  figure.file = file or figure.file
  return plot(M.figure(self, what, figure))
end

return M
