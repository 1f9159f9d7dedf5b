--- examples/support.lua: the frame of a numbered example: what was expected beside what was
-- measured, figures in out/, small sizes under QUICK.
--
-- Every expectation says where it comes from: "theorem" (of a cited paper, its conditions checked
-- on the instance), "derived" (for this project, mathematics.md), "paper" (a number that the paper
-- printed), "identity" (exact in exact arithmetic), "measured" (found so, no theory behind it),
-- "control" (a hypothesis is broken on purpose, so the conclusion must break).
--
-- SPDX-License-Identifier: MIT

local gnuplot = require "linnet.plot.gnuplot"
local plot = require "linnet.plot"
local statistics = require "linnet.statistics"
local words = require "linnet.words"

local M = {}

--- The folder that examples/ lies in, "" or ending in a slash.
M.home = debug.getinfo(1, "S").source:match("^@(.*)examples/support%.lua$") or ""

--- Small sizes: by QUICK=1 in the environment, or set by who loads the examples.
M.quick = not ({[""] = true, ["0"] = true})[os.getenv("QUICK") or ""]

--- Whether an example whose expectations are not met ends the program; the specs look instead.
M.strict = true

--- Where figures go, as what (svg, png or pdf), and on how many threads ensembles run.
M.folder, M.ending, M.threads = "out", os.getenv("FIGURES") or "svg", 2

local SOURCES = {theorem = true, derived = true, paper = true, identity = true, measured = true,
  control = true}

local Example = {}
Example.__index = Example

--- Begin an example.
-- @tparam string name as its file: "01_rates"
-- @tparam string title one line
function M.new(name, title)
  os.execute("mkdir -p '" .. M.folder .. "'")
  return setmetatable({name = name, title = title, rows = {}, figures = {}}, Example)
end

--- One of two values: the full size, or the small one.
function M.size(full, quick)
  if M.quick then return quick end
  return full
end

-- ---------------------------------------------------------------- expectations

local function add(self, source, what, expected, measured, met)
  assert(SOURCES[source], "an expectation needs its source")
  self.rows[#self.rows + 1] = {source = source, what = what, expected = expected,
    measured = measured, met = met and true or false}
end

local function short(x) return ("%.4g"):format(x) end

--- measured = expected within a tolerance (absolute, or `relative = true`).
function Example:near(source, what, expected, measured, tolerance, relative)
  local room = relative and tolerance * math.abs(expected) or tolerance
  local said = relative and ("%.3g %%"):format(100 * tolerance) or short(tolerance)
  add(self, source, what, ("%s +- %s"):format(short(expected), said), short(measured),
    math.abs(measured - expected) <= room)
end

--- low <= measured <= high.
function Example:within(source, what, low, high, measured)
  add(self, source, what, ("%s .. %s"):format(short(low), short(high)), short(measured),
    low <= measured and measured <= high)
end

--- measured <= bound.
function Example:at_most(source, what, bound, measured)
  add(self, source, what, "<= " .. short(bound), short(measured), measured <= bound)
end

--- measured >= bound.
function Example:at_least(source, what, bound, measured)
  add(self, source, what, ">= " .. short(bound), short(measured), measured >= bound)
end

-- ---------------------------------------------------------------- figures

local function drawn(self, draw, figure)
  figure.file = ("%s/%s.%s"):format(M.folder, figure.file or self.name, M.ending)
  self.figures[#self.figures + 1] = draw(figure)
end

--- A figure as for `linnet.plot`; `file` is a name without folder and ending, by default the
-- example's.
function Example:plot(figure) drawn(self, plot, figure) end

--- The same for `linnet.heatmap`.
function Example:heatmap(figure) drawn(self, plot.heatmap, figure) end

-- ---------------------------------------------------------------- the end

local function column_width(rows, name)
  local width = #name
  for _, row in ipairs(rows) do width = math.max(width, utf8.len(row[name])) end
  return width
end

-- The rows of the table, no line wider than the terminal: what was expected goes on below itself.
local function rows_print(rows)
  local others, used = "", 0
  for _, name in ipairs{"source", "expected", "measured"} do
    local width = column_width(rows, name)
    others, used = ("%s  %%-%ds"):format(others, width), used + width + 2
  end
  local width = math.min(column_width(rows, "what"), math.max(24, gnuplot.window() - used - 8))
  local format = ("  %%-%ds%s  %%s"):format(width, others)
  print(format:format("what", "source", "expected", "measured", "met"))
  for _, row in ipairs(rows) do
    local first, more = words.wrap("", row.what, width - 2):match("^([^\n]*)\n?(.*)$")
    print(format:format(first, row.source, row.expected, row.measured, row.met and "yes" or "NO"))
    if more ~= "" then print("    " .. more:gsub("\n", "\n    ")) end
  end
end

--- Print the table. A program with an expectation that is not met ends with status 1.
-- @treturn table the rows: source, what, expected, measured, met
function Example:finish()
  local unmet = 0
  for _, row in ipairs(self.rows) do unmet = unmet + (row.met and 0 or 1) end
  print(("%s: %s%s"):format(self.name, self.title, M.quick and " (small sizes)" or ""))
  rows_print(self.rows)
  for _, file in ipairs(self.figures) do print("  figure: " .. file) end
  if unmet > 0 and M.strict then
    io.stderr:write(("%s: %d of %d expectations are not met\n"):format(self.name, unmet,
      #self.rows))
    os.exit(1, true)
  end
  return self.rows
end

-- ---------------------------------------------------------------- statistics

--- Mean, standard error of the mean and standard deviation of a list.
function M.mean(list)
  local mean, sd = statistics.moments(list)
  sd = #list > 1 and sd or 0
  return mean, sd / (#list) ^ 0.5, sd
end

--- The q-quantile of a list, linear between order statistics.
function M.quantile(list, q)
  local sorted = table.move(list, 1, #list, 1, {})
  table.sort(sorted)
  return statistics.quantile(sorted, q)
end

--- Slope of the least-squares line through (log x, log y).
M.slope = statistics.exponent

--- A column matrix as a list.
function M.list(column)
  local out = {}
  for i = 1, column:rows() do out[i] = column:get(i, 1) end
  return out
end

return M
