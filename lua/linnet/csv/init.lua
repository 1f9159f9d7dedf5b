--- Tables of numbers as text, the same in every locale.
--
-- Cells may stand in double quotes, with delimiters, line ends and doubled quotes inside. Lines
-- end with LF, CRLF or CR; a byte order mark and empty lines are skipped. What separates cells,
-- which lines are comments, whether there are names and what a decimal sign is are found out
-- unless options say so; `about` tells what was. `inf` and `nan` are numbers; an empty cell, `NA`,
-- `?` and their like are missing. `12 %` is 12, `$5` is 5 and `9.5 mm` is 9.5, TRUE is 1 and FALSE
-- is 0 if the whole column is written so; dates are text. Lines about the table above its names,
-- rules drawn around them, and row names of R are left out.
--
-- SPDX-License-Identifier: MIT
-- @module linnet.csv

local check = require "linnet.check"
local core = require "linnet.core"
local read = require "linnet.csv.read"
local schema = require "linnet.csv.schema"
local error = require("linnet.failure").raise

local M = {}

--- Read a matrix.
-- @tparam string path
-- @tparam[opt] table options
-- @treturn Matrix one row per line
-- @treturn ?{string,...} the names of its columns, nil if the table has none
-- @treturn about `names`, `rows`, `guessed`, `left_out`, `coded`, `filled`, `gone` (rows left out),
-- `notes` on what may be wrong; prints as a few lines
-- @raise cells that are missing or no numbers and lines of another length, named by row, column and
-- line, with the option that goes on; files that are no tables of text
-- @usage local path = os.tmpname()
-- linnet.csv.save(path, linnet.matrix{{1, 2}, {3, 4}}, {names = {"a", "b"}})
-- local m, names = linnet.csv.load(path); assert(m(2, 1) == 3 and names[2] == "b"); os.remove(path)
function M.load(path, given)
  check.path("linnet.csv.load", path)
  local o = schema.check("csv.load", given, 2)
  local m, names, about = read.read(path, o, false)
  if not m then error(("linnet.csv.load: %s: %s"):format(path, names), 2, about or "data") end
  return m, names, about
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
  local meta = type(m) == "table" and getmetatable(m)
  if type(meta) == "table" and meta.__name == "linnet.run" then
    error("linnet.csv.save: the second argument is a run; run:csv(path) writes its columns", 2)
  end
  check.matrix("linnet.csv.save", "the second argument", m)
  local opt = schema.check("csv.save", given, 2)
  local why = unfit(m, opt.names)
  if why then error("linnet.csv.save: " .. why, 2) end
  local ok, reason = core.files.csv_save(path, m, opt.delimiter, opt.names)
  if not ok then error(("linnet.csv.save: %s: %s"):format(path, reason), 2, "file") end
end

return M
