--- Reports: what was found, as one self-contained page of HTML, as Markdown, or as CSV.
--
-- A report is gathered once as plain data, a list of blocks, and written by one small module per
-- format (linnet.report.html, .markdown, .csv):
--
--     {kind = "section", title =}
--     {kind = "text", text =}                 one paragraph
--     {kind = "formula", text =}              one line of mathematics
--     {kind = "code", text =}                 as it stands
--     {kind = "table", columns =, rows =, caption =, ok =}
--     {kind = "figure", svg = or missing =, caption =}
--
-- Texts, captions and cells know two marks: `code` between backticks and mathematics between
-- dollars, in which `_` and `^` lower and raise the next character or `{group}`: `$σ_r^2 c t$`.
-- Everything else is shown as it stands, whatever it holds.
--
-- SPDX-License-Identifier: MIT
-- @module linnet.report

local check = require "linnet.check"
local files = require "linnet.files"
local options = require "linnet.options"
local plot = require "linnet.plot"
local types = require "linnet.types"
local failure = require "linnet.failure"
local error = failure.raise

local M = {}

local WRITERS = {html = "linnet.report.html", md = "linnet.report.markdown",
  csv = "linnet.report.csv"}

-- Findings of the doctor that do not change a result.
local UNTOLD = {core = true, readline = true}

--- A report that is being written: made by `linnet.report{title = ...}`; its methods add to it and
-- return it, `report:save(path)` writes it.
-- @type report

local methods = {}
M.report = methods

local Report = types.meta("report", {})

options.define("report", {
  summary = "Begin a report.",
  {name = "title", type = "string", required = true, help = "of the page"},
  {name = "lead", type = "string", help = "a paragraph below the title"},
})

options.define("report.table", {
  summary = "A table of a report.",
  {name = "columns", type = "table", required = true, help = "the headings, a list of strings"},
  {name = "rows", type = "table", required = true, help = "a list of lists of strings and numbers"},
  {name = "caption", type = "string", help = "above the table"},
  {name = "ok", type = "table", help = "true or false per row: shown as a mark in front of it"},
  {name = "folded", type = "string", help = "the line that opens it, where it is long"},
})

local function text_check(what, text, level)
  if type(text) ~= "string" then
    error(("%s: expected a string, got a %s"):format(what, type(text)), level + 1)
  end
end

--- Begin a report.
-- @function report
-- @tparam table given `title`, `lead` (a paragraph)
-- @treturn report with the methods section, text, formula, code, table, figure, heatmap,
--   environment, write and save; all but the last two return the report
-- @usage
-- local r = linnet.report{title = "Two numbers", lead = "And what they are."}
-- r:section("Numbers"):table{columns = {"name", "value"}, rows = {{"pi", math.pi}, {"e", 2.718}}}
-- print(r:write("md"))
local function begin(_, given)
  local o = options.check("report", given, 2)
  return setmetatable({title = o.title, lead = o.lead, blocks = {}, figures = 0}, Report)
end

local function add(self, block)
  check.self(self, Report, "report", block.kind, 3)
  self.blocks[#self.blocks + 1] = block
  return self
end

--- Begin a section.
-- @function report:section
-- @tparam string title
-- @treturn report
-- @usage linnet.report{title = "A"}:section("First")
function methods:section(title)
  text_check("section", title, 2)
  return add(self, {kind = "section", title = title})
end

--- Add a paragraph.
-- @function report:text
-- @tparam string text may hold `code` and $mathematics$
-- @treturn report
-- @usage linnet.report{title = "A"}:text("The rate is at least $2 σ_r^2 c$.")
function methods:text(text)
  text_check("text", text, 2)
  return add(self, {kind = "text", text = text})
end

--- Add a line of mathematics.
-- @function report:formula
-- @tparam string text
-- @treturn report
-- @usage linnet.report{title = "A"}:formula("L(t) − L^* ≤ e^{−2 σ_r^2 c t} (L(0) − L^*)")
function methods:formula(text)
  text_check("formula", text, 2)
  return add(self, {kind = "formula", text = text})
end

--- Add lines to be shown as they stand, such as a command.
-- @function report:code
-- @tparam string text
-- @treturn report
-- @usage linnet.report{title = "A"}:code("make demo")
function methods:code(text)
  text_check("code", text, 2)
  return add(self, {kind = "code", text = text})
end

--- Add a table. Numbers keep all digits in CSV and show six elsewhere.
-- @function report:table
-- @tparam table given `columns`, `rows`, `caption`, `ok`: see `help("report.table")`
-- @treturn report
-- @usage linnet.report{title = "A"}:table{columns = {"x", "x^2"}, rows = {{2, 4}, {3, 9}}}
function methods:table(given)
  local o = options.check("report.table", given, 2)
  for i, row in ipairs(o.rows) do
    if type(row) ~= "table" or #row > #o.columns then
      error(("table: row %d must be a list of at most %d cells"):format(i, #o.columns), 2)
    end
  end
  return add(self, {kind = "table", columns = o.columns, rows = o.rows, caption = o.caption,
    ok = o.ok, folded = o.folded})
end

-- Of figures that are not told another: their text stays readable on a phone, and is not too large
-- on a desk.
local WIDTH, HEIGHT = 600, 380

-- A figure by one of plot's functions; a missing gnuplot leaves a sentence in its place, so that
-- a report made where there is none still has its tables.
local function figure(self, draw, given, caption, level)
  self.figures = self.figures + 1
  if type(given) == "table" and not given.panels then
    local sized = {}
    for key, value in next, given do sized[key] = value end
    sized.width, sized.height = given.width or WIDTH, given.height or HEIGHT
    given = sized
  end
  local ok, svg = pcall(draw, given, "f" .. self.figures)
  local missing = not ok and failure.message(svg) or nil
  local failing = missing and failure.kind(svg)
  if missing and failing ~= "missing" then error(missing, level + 1, failing) end
  local alt = given.title or caption or ""
  return add(self, {kind = "figure", svg = ok and svg or nil, missing = missing,
    caption = caption, alt = alt, number = self.figures})
end

--- Add a figure of curves.
-- @function report:figure
-- @tparam table given as for `linnet.plot`, without `file`
-- @tparam[opt] string caption
-- @treturn report
-- @usage linnet.report{title = "A"}:figure({{{1, 2, 3}, {1, 4, 9}}}, "Squares.")
function methods:figure(given, caption)
  local out = figure(self, plot.svg, given, caption, 2)
  return out
end

--- Add a heat map.
-- @function report:heatmap
-- @tparam table given as for `linnet.heatmap`, without `file`
-- @tparam[opt] string caption
-- @treturn report
-- @usage linnet.report{title = "A"}:heatmap({{{1, 2}, {3, 4}}}, "Four cells.")
function methods:heatmap(given, caption)
  local out = figure(self, plot.heatmap_svg, given, caption, 2)
  return out
end

--- Add the environment: versions, BLAS, processor.
-- @function report:environment
-- @tparam[opt] table more further rows {what, value}
-- @treturn report
-- @usage linnet.report{title = "A"}:environment{{"seconds", 2.5}}
function methods:environment(more)
  if more ~= nil and type(more) ~= "table" then
    error("environment: further rows must be a table, got a " .. type(more), 2)
  end
  local rows = {}
  for _, row in ipairs(require("linnet.shell.doctor").findings()) do
    if row[2] and not UNTOLD[row[1]] then rows[#rows + 1] = {row[1], row[2]} end
  end
  for _, row in ipairs(more or {}) do rows[#rows + 1] = row end
  return add(self, {kind = "table", columns = {"", "version or value"}, rows = rows})
end

--- The report as text.
-- @function report:write
-- @tparam string format "html", "md" or "csv"
-- @tparam[opt="report"] string stem what Markdown calls its figures' files: stem-1.svg, ...
-- @treturn string
-- @usage assert(linnet.report{title = "A"}:write("html"):find("<!doctype html>", 1, true))
function methods:write(format, stem)
  if not WRITERS[format] then
    error("write: the format must be one of html, md, csv, got " .. tostring(format), 2)
  end
  return require(WRITERS[format]).write(self, stem or "report")
end

local function file_write(path, text, level)
  local written, why = files.write(path, text)
  if not written then error("save: cannot write the report: " .. why, level + 1, "file") end
end

--- Write the report to a file; Markdown's figures go beside it.
-- @function report:save
-- @tparam string path ending in .html, .md or .csv
-- @treturn string the path
-- @usage
-- local path = os.tmpname() .. ".html"
-- linnet.report{title = "A"}:save(path)
-- os.remove(path)
function methods:save(path)
  text_check("save", path, 2)
  local format = path:match("%.(%a+)$")
  if not WRITERS[format] then
    error(("save: the path must end in .html, .md or .csv, got '%s'"):format(path), 2)
  end
  local stem = path:gsub("%.%a+$", "")
  file_write(path, self:write(format, stem:match("[^/]*$")), 2)
  if format == "md" then
    for _, block in ipairs(self.blocks) do
      if block.svg then file_write(("%s-%d.svg"):format(stem, block.number), block.svg, 2) end
    end
  end
  return path
end

return setmetatable(M, {__call = begin})
