--- lua/linnet/sweep/report.lua: a sweep's result as a report: what was varied, what came out,
-- slopes, how to compute it again.
--
-- SPDX-License-Identifier: MIT
-- @module linnet.sweep.report

local options = require "linnet.options"
local picture = require "linnet.sweep.picture"
local result = require "linnet.sweep.result"
local record = require "linnet.record"
local report = require "linnet.report"
local error = require("linnet.failure").raise

local M = {result = {}}

local POINTS_MAX = 200 -- rows of a table that someone reads; CSV has all records

local function number(x)
  return math.type(x) == "float" and ("%.6g"):format(x) or tostring(x)
end

-- What was varied and what was fixed, as rows.
local function settings(self)
  local rows = {}
  for _, name in ipairs(self.axes) do
    local texts = {}
    for i, value in ipairs(self.grid.values[name]) do texts[i] = number(value) end
    if #texts > 12 then
      texts = {texts[1], texts[2], "...", texts[#texts], ("(%d values)"):format(#texts)}
    end
    rows[#rows + 1] = {"axis " .. name, table.concat(texts, ", ")}
  end
  rows[#rows + 1] = {"seeds", ("%d"):format(#self.seeds)}
  local fixed = {}
  for name, value in next, self.header.sweep do
    if name ~= "axes" and name ~= "seeds" and name ~= "name" then
      fixed[#fixed + 1] = {name, type(value) == "table" and record.encode(value) or tostring(value)}
    end
  end
  table.sort(fixed, function(a, b) return a[1] < b[1] end)
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

-- One row per point: mean, sd, median, count of each measure.
local function points_table(self)
  local texts = result.summary_rows(self:summary())
  local columns = table.remove(texts, 1)
  local last
  if #texts > POINTS_MAX then
    last = ("The first %d of %d points."):format(POINTS_MAX, #texts)
    texts = table.move(texts, 1, POINTS_MAX, 1, {})
  end
  return {columns = columns, rows = texts, caption = last}
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

-- Exponents against the only axis, when it is one of positive numbers.
local function slopes_table(self)
  local x = self.axes[1]
  local rows = {}
  if #self.axes ~= 1 or #self.grid.values[x] < 3 then return nil end
  for _, name in ipairs(self.measures) do
    local ok, fit = pcall(self.fit_slope, self, x, name)
    if ok and fit.slope - fit.slope == 0 then
      rows[#rows + 1] = {name, ("%.4f"):format(fit.slope), ("%.4f"):format(fit.se), fit.count}
    end
  end
  if #rows == 0 then return nil end
  return {columns = {"measure", "exponent", "standard error", "seeds"}, rows = rows,
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

local function figures(self, page)
  for _, name in ipairs(self.measures) do
    local o = options.check("sweep.plot", {})
    local given = picture.figure(self, name, o)
    if given and not drawable(given) then
      page:text(("No figure of %s: it has no finite values."):format(name))
    elseif given and #given > 0 and #given <= 8 then
      page:figure(given, ("%s: mean over seeds, bars of one standard deviation."):format(name))
    end
  end
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
  page:section("Results")
  figures(self, page)
  local slopes = slopes_table(self)
  if slopes then page:table(slopes) end
  page:table(points_table(self))
  if #self.failures > 0 then
    local rows = {}
    for i, f in ipairs(self.failures) do
      rows[i] = {self.grid:describe(self.grid:job(f.point, f.seed)), f.error}
    end
    page:section("What failed"):table{columns = {"record", "error"}, rows = rows}
  end
  local reasons = result.reasons(self)
  if #reasons > 0 then
    page:table{columns = {"ended by", "records"}, rows = reasons}
  end
  page:section("How to reproduce it")
  page:text("Every record depends on its point and seed alone; the same file, version and "
    .. "processor give the same bits, whatever the threads, shards or interruptions.")
  page:code("linnet sweep SPEC.lua --resume --out result.jsonl\n"
    .. "linnet merge --canonical result.jsonl --out - | cmp - OTHER")
  page:table{columns = {"written by", "value"}, rows = environment(self)}
  return page
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
  local format = type(path) == "string" and path:match("%.(%a+)$")
  if format ~= "html" and format ~= "md" and format ~= "csv" then
    error(("report: the path must end in .html, .md or .csv, got '%s'"):format(tostring(path)), 2)
  end
  return M.make(self, format):save(path)
end

return M
