--- Tables of numbers as CSV, the same in every locale: the decimal sign is a point.
--
-- Cells may stand in double quotes, with delimiters, line ends and doubled quotes inside. Lines
-- end with LF, CRLF or CR; a byte order mark and empty lines at the end are skipped. `inf` and
-- `nan` are numbers; an empty cell or `NA` is missing.
--
-- SPDX-License-Identifier: MIT
-- @module linnet.csv

local check = require "linnet.check"
local core = require "linnet.core"
local options = require "linnet.options"
local error = require("linnet.failure").raise

local M = {}

local function is_delimiter(text)
  return #text == 1 and not text:find('[%w%s\0.+%-"]') or text == "\t",
    "must be one character that is no letter, digit, blank, quote, '.', '+' or '-'"
end

local function delimiter()
  return {name = "delimiter", type = "string", default = ",", check = is_delimiter,
    help = "what separates cells"}
end

local function is_missing(x)
  return type(x) == "number" or x == "nan", "must be a number or 'nan'"
end

options.define("csv.load", {
  summary = "Read a table of numbers.",
  {name = "header", type = "boolean",
    default_help = "true if a cell of the first line is no number",
    help = "the first line holds names"},
  {name = "missing", type = "number|string", check = is_missing, default_help = "an error",
    help = "what stands for missing cells, 'nan' for not-a-number"},
  delimiter(),
})

options.define("csv.save", {
  summary = "Write a table of numbers.",
  {name = "names", type = "table", help = "a list of strings for the first line"},
  delimiter(),
})

-- The matrix of a file and its names, by checked options; or nil, why not, and the kind of failure.
function M.read(what, path, o)
  local missing = o.missing == "nan" and 0 / 0 or o.missing
  local m, names = core.files.csv_load(path, o.delimiter, o.header, missing)
  if not m then return nil, ("%s: %s: %s"):format(what, path, names), "file" end
  return m, names
end

--- Read a matrix.
-- @tparam string path
-- @tparam[opt] table options
-- @treturn Matrix one row per line
-- @treturn ?{string,...} the names in the first line, nil if it holds numbers
-- @raise cells that are missing or no numbers and lines of another length, named by row, column and
-- line
-- @usage local path = os.tmpname()
-- linnet.csv.save(path, linnet.matrix{{1, 2}, {3, 4}}, {names = {"a", "b"}})
-- local m, names = linnet.csv.load(path); assert(m(2, 1) == 3 and names[2] == "b"); os.remove(path)
function M.load(path, given)
  check.path("linnet.csv.load", path)
  local o = options.check("csv.load", given, 2)
  local m, names, failing = M.read("linnet.csv.load", path, o)
  if not m then error(names, 2, failing) end
  return m, names
end

-- A reason why m and names make no table, or nil.
local function unfit(m, names)
  if m:cols() == 0 or (m:rows() == 0 and not names) then
    return ("a %d x %d matrix%s has no lines to be read back"):format(m:rows(), m:cols(),
      m:cols() > 0 and " without names" or "")
  elseif names then
    if #names ~= m:cols() then
      return ("%d names for %d columns"):format(#names, m:cols())
    end
    for j, name in ipairs(names) do
      if type(name) ~= "string" then
        return ("name %d must be a string, got %s"):format(j, type(name))
      end
    end
  end
end

--- Write a matrix: one line per row, every number so that it reads back as it is. What was there
-- before stays whole until the new file is complete, and the new one keeps its mode; a symbolic
-- link is followed, a device written directly.
-- @tparam string path
-- @tparam Matrix m
-- @tparam[opt] table options
-- @raise when the file cannot be written; then nothing has changed
-- @usage local path = os.tmpname()
-- linnet.csv.save(path, linnet.matrix{{1, 2}, {3, 4}}, {names = {"x", "y"}})
-- io.write(io.open(path):read("a")); os.remove(path)
function M.save(path, m, given)
  check.path("linnet.csv.save", path)
  check.matrix("linnet.csv.save", "the second argument", m)
  local opt = options.check("csv.save", given, 2)
  local why = unfit(m, opt.names)
  if why then error("linnet.csv.save: " .. why, 2) end
  local ok, reason = core.files.csv_save(path, m, opt.delimiter, opt.names)
  if not ok then error(("linnet.csv.save: %s: %s"):format(path, reason), 2, "file") end
end

return M
