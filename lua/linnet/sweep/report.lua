--- lua/linnet/sweep/report.lua: a sweep's result as a report: what was varied, what came out,
-- slopes, how to compute it again.
--
-- SPDX-License-Identifier: MIT
-- @module linnet.sweep.report

local check = require "linnet.check"
local grid = require "linnet.sweep.grid"
local options = require "linnet.options"
local picture = require "linnet.sweep.picture"
local result = require "linnet.sweep.result"
local report = require "linnet.report"
local error = require("linnet.failure").raise

local M = {result = {}}

local CURVES_MOST, SLOPES_MOST = 8, 50
local ROWS_SHOWN, ROWS_MOST = 30, 5000 -- of a table that someone reads; CSV has all records

local function number(x)
  if x ~= x then return "nan" end
  return math.type(x) == "float" and ("%.6g"):format(x) or tostring(x)
end

-- A value of the sweep's description in words: a table as `name value` pairs, functions as what
-- they are.
local function said(value)
  if type(value) ~= "table" then
    return value == "function" and "a function" or type(value) == "number" and number(value)
      or tostring(value)
  end
  local parts, names = {}, {}
  for i, item in ipairs(value) do parts[i] = said(item) end
  for name in next, value do
    if type(name) == "string" then names[#names + 1] = name end
  end
  table.sort(names)
  if value.kind then parts[#parts + 1] = said(value.kind) end
  for _, name in ipairs(names) do
    if name ~= "kind" and name ~= "digest" then
      parts[#parts + 1] = name:gsub("_", " ") .. " " .. said(value[name])
    end
  end
  return table.concat(parts, ", ")
end

local NAMES = {init = "start", measure = "measures", run = "computed by", test = "test data"}

-- What was varied and what was fixed, as rows.
local function settings(self)
  local rows = {}
  for _, name in ipairs(self.axes) do
    local texts = {}
    for i, value in ipairs(self.grid.values[name]) do texts[i] = number(value) end
    if #texts > 12 then
      texts = {texts[1], texts[2], "...", texts[#texts], ("(%d values)"):format(#texts)}
    end
    rows[#rows + 1] = {name .. ", varied", table.concat(texts, ", ")}
  end
  rows[#rows + 1] = {"seeds", ("%d"):format(#self.seeds)}
  local fixed = {}
  for name, value in next, self.header.sweep do
    if name ~= "axes" and name ~= "seeds" and name ~= "name" and name ~= "source" then
      fixed[#fixed + 1] = {NAMES[name] or name, said(value)}
    end
  end
  table.sort(fixed, function(x, y) return x[1] < y[1] end)
  return table.move(fixed, 1, #fixed, #rows + 1, rows)
end

local function environment(self)
  local header, rows = self.header, {}
  for _, name in ipairs{"linnet", "blas", "kernel"} do rows[#rows + 1] = {name, header[name]} end
  local written = header.written or {}
  for _, name in ipairs{"date", "host", "system"} do
    if written[name] then rows[#rows + 1] = {name, written[name]} end
  end
  return rows
end

-- To so many digits, as a number that a table sets as numbers; nothing where there is none.
local function rounded(x, digits)
  if math.type(x) == "integer" and math.abs(x) >= 1e6 then x = x + 0.0 end -- written as a power
  if math.type(x) ~= "float" or x == math.huge or x == -math.huge then return x end
  return x == x and tonumber(("%%.%dg"):format(digits):format(x)) or nil
end

-- A measure over the points: a row each; long ones folded.
local function points_table(summary, name)
  local rows = {}
  for i, row in ipairs(summary) do
    if i > ROWS_MOST then break end
    local cells, s, k = {}, row.measures[name], #summary.axes
    for a, axis in ipairs(summary.axes) do cells[a] = rounded(row.point[axis], 6) end
    cells[k + 1], cells[k + 2], cells[k + 3] = rounded(s.mean, 5), rounded(s.sd, 2),
      rounded(s.median, 5)
    cells[k + 4], cells[k + 5], cells[k + 6] = rounded(s.min, 5), rounded(s.max, 5), s.count
    rows[i] = cells
  end
  local columns = table.move(summary.axes, 1, #summary.axes, 1, {})
  table.move({"mean", "sd", "median", "least", "greatest", "seeds"}, 1, 6, #columns + 1, columns)
  local count = #summary > ROWS_MOST
    and ("the first %d of %d points; CSV has all"):format(ROWS_MOST, #summary)
    or ("%d points"):format(#summary)
  return {columns = columns, rows = rows, caption = ("%s over the seeds"):format(name),
    folded = #summary > ROWS_SHOWN and ("%s over the seeds: %s"):format(name, count) or nil}
end

-- Every record with all digits, for CSV.
local function records_table(self)
  local columns = table.move(self.axes, 1, #self.axes, 1, {})
  columns[#columns + 1] = "seed"
  table.move(self.measures, 1, #self.measures, #columns + 1, columns)
  columns[#columns + 1] = "reason"
  local rows = {}
  for i, r in ipairs(self.records) do
    local row = {}
    for _, name in ipairs(self.axes) do
      local value = r.point[name]
      row[#row + 1] = type(value) == "boolean" and tostring(value) or value
    end
    row[#row + 1] = r.seed
    for _, name in ipairs(self.measures) do row[#row + 1] = result.value(r, name) end
    row[#row + 1] = r.reason or ""
    rows[i] = row
  end
  return {columns = columns, rows = rows}
end

-- Exponents against the axis of the figures, one fit for each point of the others.
local function slopes_table(self)
  local x = picture.widest_axis(self)
  local rows, others = {}, {}
  if not x or #self.grid.values[x] < 3 then return nil end
  for _, name in ipairs(self.axes) do
    if name ~= x then others[name] = self.grid.values[name] end
  end
  local rest = grid.new(others, 1)
  if rest.count > SLOPES_MOST then return nil end
  for _, name in ipairs(self.measures) do
    for p = 1, rest.count do
      local point = rest:point(p)
      local part = self:where(point)
      local ok, fit = pcall(part.fit_slope, part, x, name)
      if ok and fit.slope - fit.slope == 0 then
        local row = {name, grid.describe(point), ("%.4f"):format(fit.slope), number(fit.se),
          tostring(fit.count)}
        if rest.count == 1 then table.remove(row, 2) end
        rows[#rows + 1] = row
      end
    end
  end
  if #rows == 0 then return nil end
  local columns = {"measure", "at", "exponent", "standard error", "seeds"}
  if rest.count == 1 then table.remove(columns, 2) end
  return {columns = columns, rows = rows,
    caption = ("Fits of measure ~ %s^exponent, one per seed; the standard error is that of the "
      .. "mean over seeds."):format(x)}
end

local function drawable(given)
  for _, curve in ipairs(given) do
    for i, y in ipairs(curve[2]) do
      if y - y == 0 and curve[1][i] - curve[1][i] == 0 then return true end
    end
  end
  return false
end

-- A measure's figures: curves while they can be told apart, a map of two axes.
local function figures(self, page, name)
  local given = picture.figure(self, name, options.check("sweep.plot", {title = name}))
  if given and not drawable(given) then
    page:text(("No figure of %s: it has no finite values."):format(name))
    return
  elseif given and #given > 0 and #given <= CURVES_MOST then
    page:figure(given, ("%s: mean over the seeds, bars of one standard deviation."):format(name))
  end
  local map = #self.axes == 2 and picture.map(self, name, {x = picture.widest_axis(self)
    or self.axes[1], title = name})
  if map then page:heatmap(map, ("%s: mean over the seeds."):format(name)) end
end

--- A report, to be extended or saved.
-- @tparam result self
-- @tparam[opt="html"] string format that it will be saved in: CSV gets the records, others the
--   summary
-- @treturn report
function M.make(self, format)
  local title = self.header.sweep.name or "A sweep"
  local page = report{title = title,
    lead = ("%d of %d records: %d points, %d seeds."):format(#self.records, self.grid.jobs,
      #self.points, #self.seeds)}
  if format == "csv" then return page:table(records_table(self)) end
  page:section("What was computed"):table{columns = {"", "value"}, rows = settings(self)}
  local slopes, summary = slopes_table(self), self:summary()
  for _, name in ipairs(self.measures) do
    page:section(name)
    figures(self, page, name)
    page:table(points_table(summary, name))
  end
  if slopes then page:section("Exponents"):table(slopes) end
  if #self.failures > 0 then
    local rows = {}
    for i, f in ipairs(self.failures) do
      rows[i] = {self.grid:describe(self.grid:job(f.point, f.seed)), f.error}
    end
    page:section("What failed"):table{columns = {"record", "error"}, rows = rows}
  end
  local reasons = result.reasons(self)
  if #reasons > 0 then
    page:section("How the records ended"):table{columns = {"ended by", "records"}, rows = reasons}
  end
  page:section("How to reproduce it")
  page:text("Every record depends on its point and seed alone; the same file, version and "
    .. "processor give the same bits, whatever the threads, shards or interruptions.")
  page:code("linnet sweep SPEC.lua --resume --out result.jsonl\n"
    .. "linnet merge --canonical result.jsonl --out - | cmp - OTHER")
  page:table{columns = {"written by", "value"}, rows = environment(self)}
  return page
end

--- The format of a report by its path, or nil and what is wrong.
function M.format(path)
  local format = type(path) == "string" and path:match("%.(%a+)$")
  if format == "html" or format == "md" or format == "csv" then return format end
  return nil, ("report: the path must end in .html, .md or .csv, got %s"):format(check.shown(path))
end

--- Write a report: one self-contained page (`.html`), or `.md`, or all records as `.csv`.
-- @function result:report
-- @tparam string path
-- @treturn string the path
-- @usage
-- local result = linnet.sweep{over = {h = {1, 2}}, run = function(p) return p.h end}:run()
-- result:report(os.tmpname() .. ".md")
function M.result:report(path)
  result.check.self(self, "report")
  local format, why = M.format(path)
  if not format then error(why, 2) end
  return M.make(self, format):save(path)
end

return M
