--- lua/linnet/sweep/result.lua: what a sweep found: measures by point and seed, summaries, slopes,
-- figures, reports.
--
-- Fields: `points` (a list of tables), `seeds`, `axes` (names), `measures` (names), `vectors`
-- (names of measures that are lists of numbers), `header`, `records` (in the order of points, then
-- seeds; gaps left out), `missing` (how many), `failures` (a list of {point, seed, error}); one
-- matrix per measure, a row per point, a column per seed, nan where there is no value; per vector
-- a table by point and seed of columns. Figures are in `linnet.sweep.picture`.
--
-- SPDX-License-Identifier: MIT
-- @module linnet.sweep.result

local check = require "linnet.check"
local display = require "linnet.display"
local files = require "linnet.files"
local grid = require "linnet.sweep.grid"
local layout = require "linnet.sweep.layout"
local matrix = require "linnet.matrix"
local merge = require "linnet.sweep.merge"
local options = require "linnet.options"
local record = require "linnet.record"
local statistics = require "linnet.statistics"
local types = require "linnet.types"
local error = require("linnet.failure").raise

local M = {}

--- What a sweep found, in memory or read back by `linnet.sweep.merge`. Every measure is a field, a
-- matrix with a row per point and a column per seed, nan where nothing is known.
-- @type result
-- @field points a list of tables, the values of the axes by name
-- @field seeds the list of seeds
-- @field axes names of the axes
-- @field measures names of the measures
-- @field vectors names of the measures that are lists of numbers
-- @field failures jobs whose function raised: a list of {point, seed, error}
-- @field records one table per finished job: point, seed, measure, reason, steps, cost
-- @field reason how the jobs ended, `reason[point][seed]`
-- @field missing how many jobs have no record
-- @field header what the first line of its file says

local methods = {}
M.result = methods
local Result = {__name = "linnet.sweep.result"}

--- Whether a name is that of a method or field, and so cannot be a measure's.
function M.is_reserved(name) return types.has("result", name) end

options.define("sweep.save", {
  summary = "Write a sweep's result to a file.",
  {name = "canonical", type = "boolean", default = false,
    help = "without what differs from run to run (cost, date, host): equal results, equal files"},
})

-- ---------------------------------------------------------------- making one

-- Names of measures in the records, sorted, steps too when they were counted; and of those that are
-- lists of numbers.
local function measure_names(records)
  local seen, names, vectors = {}, {}, {}
  local function see(name, list)
    if not seen[name] then
      seen[name], list[#list + 1] = true, name
    end
  end
  for _, r in ipairs(records) do
    for name, x in next, r.measure do see(name, type(x) == "table" and vectors or names) end
    if r.steps then see("steps", names) end
  end
  table.sort(names)
  table.sort(vectors)
  return names, vectors
end

-- Reasons by point, then by seed.
local Reasons = {}

function Reasons:__index(p)
  self[p] = {}
  return self[p]
end

--- A result from records by job.
-- @tparam table g grid
-- @tparam table header
-- @tparam {table} by_job
-- @tparam[opt] table whole the result that this is a part of, and has the measures of
-- @treturn table
function M.new(g, header, by_job, whole)
  local self = {
    grid = g, header = header, by_job = by_job, points = g:points(), seeds = g.seeds,
    axes = g.names, records = {}, reason = setmetatable({}, Reasons), failures = {},
    jobs = merge.jobs_of(by_job),
  }
  for _, job in ipairs(self.jobs) do
    local r = by_job[job]
    if r.error then
      self.failures[#self.failures + 1] = {point = r.point, seed = r.seed, error = r.error}
    else
      self.records[#self.records + 1] = r
      self.reason[g:at(job)][g.seed_index[r.seed]] = r.reason
    end
  end
  self.missing = g.jobs - #self.jobs
  self.measures, self.vectors = measure_names(self.records)
  if whole then self.measures, self.vectors = whole.measures, whole.vectors end
  return setmetatable(self, Result)
end

-- The number of a record under a name; nan when it has none.
local function value_of(r, name)
  if not r or r.error then return 0 / 0 end
  local x = r.measure[name] or name == "steps" and r.steps or name == "seconds" and r.cost
    and r.cost.seconds
  return type(x) == "number" and x or 0 / 0
end

M.value = value_of

local function listed(list, name)
  for _, known in ipairs(list) do
    if known == name then return true end
  end
  return false
end

local function has(self, name) return name == "seconds" or listed(self.measures, name) end

-- Of a measure that is a list of numbers: columns by point and seed, nothing where there is none.
local function vector_of(self, name)
  local values = {}
  for p = 1, #self.points do
    values[p] = {}
    for k = 1, #self.seeds do
      local r = self.by_job[(p - 1) * #self.seeds + k]
      local list = r and r.measure[name]
      if type(list) == "table" and #list > 0 then values[p][k] = matrix(list) end
    end
  end
  return values
end

function Result:__index(name)
  if type(name) ~= "string" then return nil end
  if listed(rawget(self, "vectors"), name) then
    rawset(self, name, vector_of(self, name))
    return rawget(self, name)
  elseif not has(self, name) then
    return nil
  end
  local columns = #self.seeds
  local values = matrix(#self.points, columns, function(p, k)
    return value_of(self.by_job[(p - 1) * columns + k], name)
  end)
  rawset(self, name, values)
  return values
end

types.meta("result", Result, function(self) return self.measures end)

-- What methods check first; errors point at their callers.
local asked = {}
M.check = asked

function asked.self(self, what)
  check.self(self, Result, "result", what, 3)
end

function asked.measure(self, what, name)
  if type(name) ~= "string" or not has(self, name) then
    error(("%s: '%s' is no measure of this sweep; there are %s%s"):format(what, tostring(name),
      table.concat(self.measures, ", "), check.suggestion(name, self.measures)), 3)
  end
end

function asked.axis(self, what, name, level)
  if self.grid.values[name] then return end
  error(("%s: '%s' is no axis of this sweep; there are %s%s"):format(what, tostring(name),
    #self.axes > 0 and table.concat(self.axes, ", ") or "none",
    check.suggestion(name, self.axes)), level or 3)
end

-- ---------------------------------------------------------------- tables

-- The values of an axis that `where` names, one or a list, as a set; checked.
local function asked_values(self, name, value)
  asked.axis(self, "where", name, 4)
  local list, set = type(value) == "table" and value or {value}, {}
  for _, one in ipairs(list) do
    local point = self.grid:point(1)
    point[name] = one
    if not self.grid:find(point) then
      error(("where: the axis '%s' has no value %s"):format(name, check.shown(one)), 3)
    end
    set[one] = true
  end
  if next(set) == nil then error(("where: no value of the axis '%s'"):format(name), 3) end
  return set
end

--- The part of a result at given values of some axes.
-- @function result:where
-- @tparam table fixed by axis name: one value, and the axis is gone from the part, or a list of
--   those that it keeps
-- @treturn result
-- @usage
-- local sweep = linnet.sweep{over = {a = {1, 2}, b = {3, 4}},
--   run = function(p) return p.a * p.b end}
-- local result = sweep:run()
-- assert(result:where{a = 2}.value(1, 1) == 6)
-- assert(#result:where{a = {2}}.axes == 2) -- a list keeps the axis
function methods:where(fixed)
  asked.self(self, "where")
  if type(fixed) ~= "table" then
    error(("where: expected a table of axis values, got a %s"):format(type(fixed)), 2)
  end
  local over, kept = {}, {}
  for name, values in next, self.grid.values do over[name] = values end
  for name, value in next, fixed do
    kept[name] = asked_values(self, name, value)
    over[name] = type(value) == "table" and value or nil
  end
  local part = grid.new(over, self.seeds)
  local by_job = {}
  for _, job in ipairs(self.jobs) do
    local p, seed = self.grid:at(job)
    local point, inside = self.grid:point(p), true
    for name, set in next, kept do
      inside = inside and set[point[name]]
      if not over[name] then point[name] = nil end
    end
    if inside then by_job[part:job(point, seed)] = self.by_job[job] end
  end
  return M.new(part, self.header, by_job, self)
end

local Summary = {__name = "linnet.sweep.summary"}

--- Statistics of every measure over the seeds, and over the axes that are not named.
-- @function result:summary
-- @param by an axis, a list of axes, or nothing for all
-- @tparam[opt] string ... further axes
-- @treturn {table,...} one row per point: `point`, and in `measures`, or under the measure's name
--   in the row itself, `count missing mean sd se median min max q05 q25 q75 q95`; printing it gives
--   a table
-- @usage
-- local sweep = linnet.sweep{over = {a = {1, 2}}, seeds = 4,
--   run = function(p, rng) return p.a + rng:normal(1, 1)(1, 1) end}
-- print(sweep:run():summary("a"))
function methods:summary(by, ...)
  asked.self(self, "summary")
  local names = by == nil and self.axes or type(by) == "table" and by or {by, ...}
  for _, name in ipairs(names) do asked.axis(self, "summary", name) end
  local over = {}
  for _, name in ipairs(names) do over[name] = self.grid.values[name] end
  local part = grid.new(over, 1)
  local rows = setmetatable({axes = part.names, measures = self.measures}, Summary)
  local lists = {} -- by point and measure
  for _, job in ipairs(self.jobs) do
    local all, point = self.grid:point((self.grid:at(job))), {}
    for _, name in ipairs(names) do point[name] = all[name] end
    local p = part:find(point)
    lists[p] = lists[p] or {}
    for _, measure in ipairs(self.measures) do
      local list = lists[p][measure] or {}
      list[#list + 1], lists[p][measure] = value_of(self.by_job[job], measure), list
    end
  end
  local each = self.grid.jobs // part.count
  for p = 1, part.count do
    local row = {point = part:point(p), measures = {}}
    for _, measure in ipairs(self.measures) do
      local list = lists[p] and lists[p][measure] or {}
      local s = statistics.describe(list)
      s.missing = s.missing + each - #list
      row.measures[measure] = s
      if row[measure] == nil then row[measure] = s end
    end
    rows[p] = row
  end
  return rows
end

local ROWS_SHOWN = 40 -- of a summary that is printed as part of a result

function Summary:__tostring() return files.printable(layout.text(layout.rows(self), #self.axes)) end

--- The exponent b of measure ~ axis^b: one fit in logarithms per seed, their mean, and its
-- standard error from the spread of the seeds.
-- @function result:fit_slope
-- @tparam string x an axis of positive numbers; the sweep's only one (see `where`)
-- @tparam string y a measure
-- @treturn table `slope`, `se`, `intercept`, `per_seed`, `count`, `excluded`
-- @usage
-- local sweep = linnet.sweep{over = {h = {1, 10, 100}}, seeds = 3,
--   run = function(p, rng) return p.h ^ -0.5 * rng:uniform(1, 1)(1, 1) end}
-- print(sweep:run():fit_slope("h", "value").slope)
function methods:fit_slope(x, y)
  asked.self(self, "fit_slope")
  asked.axis(self, "fit_slope", x)
  asked.measure(self, "fit_slope", y)
  if #self.axes > 1 then
    error(("fit_slope: there are the axes %s; fix all but '%s' with result:where{...}"):format(
      table.concat(self.axes, ", "), x), 2)
  end
  local by_seed = {}
  for k = 1, #self.seeds do
    by_seed[k] = {}
    for p = 1, #self.points do
      by_seed[k][p] = value_of(self.by_job[(p - 1) * #self.seeds + k], y)
    end
  end
  local fit, why = statistics.slopes(self.grid.values[x], by_seed)
  if not fit then error("fit_slope: " .. why, 2) end
  return display.of(fit)
end

--- The failures of a result in words, a few of them one by one.
function M.failures(self)
  local SHOWN, lines = 5, {("%d of %d records failed:"):format(#self.failures, self.grid.jobs)}
  for i, f in ipairs(self.failures) do
    if i > SHOWN then
      lines[i + 1] = ("  and %d more: result.failures"):format(#self.failures - SHOWN)
      break
    end
    lines[i + 1] = ("  %s: %s"):format(self.grid:describe(self.grid:job(f.point, f.seed)),
      (f.error:gsub("%c", " ")))
  end
  return table.concat(lines, "\n")
end

--- How the records ended: a list of {reason, how many}.
function M.reasons(self)
  local count, rows = {}, {}
  for _, r in ipairs(self.records) do
    if r.reason and not count[r.reason] then rows[#rows + 1] = {r.reason, 0} end
    if r.reason then count[r.reason] = (count[r.reason] or 0) + 1 end
  end
  table.sort(rows, function(a, b) return a[1] < b[1] end)
  for _, row in ipairs(rows) do row[2] = count[row[1]] end
  return rows
end

function Result:__tostring()
  local g = self.grid
  local axes = {}
  for i, name in ipairs(g.names) do axes[i] = ("%s: %d"):format(name, #g.values[name]) end
  local title = self.header.sweep.name
  local lines = {("sweep%s: %d of %d records, %d points%s x %d seeds"):format(
    title and " " .. title or "", #self.records, g.jobs, g.count,
    #axes > 0 and " (" .. table.concat(axes, ", ") .. ")" or "", #g.seeds)}
  local ended = M.reasons(self)
  for i, row in ipairs(ended) do ended[i] = ("%s %d"):format(row[1], row[2]) end
  if #ended > 0 then lines[2] = "ended by: " .. table.concat(ended, ", ") end
  local rows = #self.measures > 0 and layout.rows(self:summary()) or {}
  local more = #rows - 1 - ROWS_SHOWN
  if #rows > 0 then
    lines[#lines + 1] = layout.text(table.move(rows, 1, ROWS_SHOWN + 1, 1, {}), #self.axes)
  end
  if more > 0 then
    lines[#lines + 1] = ("... %d rows more: print(result:summary()) shows all"):format(more)
  end
  if #self.vectors > 0 then
    lines[#lines + 1] = "lists of numbers: " .. table.concat(self.vectors, ", ")
  end
  if #self.failures > 0 then lines[#lines + 1] = M.failures(self) end
  return files.printable(table.concat(lines, "\n"))
end

-- ---------------------------------------------------------------- files

--- The values of the lines that `save` writes.
function M.lines(self, canonical)
  return merge.values(self.header, self.by_job, canonical)
end

--- Write the result to a file that `linnet.sweep.load` and `merge` read.
-- @function result:save
-- @tparam string path
-- @tparam[opt] table o `canonical = true`: see `help("sweep.save")`
-- @usage
-- local path = os.tmpname()
-- linnet.sweep{over = {a = {1, 2}}, run = function(p) return p.a end}:run():save(path)
-- assert(linnet.sweep.load(path).value(2, 1) == 2)
function methods:save(path, o)
  asked.self(self, "save")
  o = options.check("sweep.save", o, 2)
  if type(path) ~= "string" then
    error(("save: expected a path, got a %s"):format(type(path)), 2)
  end
  record.write(path, M.lines(self, o.canonical), 2)
end

M.is = function(value) return getmetatable(value) == Result end

return M
