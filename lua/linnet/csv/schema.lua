--- Options of tables of text, those of `linnet.data.csv` among them, and what they allow.
--
-- SPDX-License-Identifier: MIT
-- @module linnet.csv.schema

local options = require "linnet.options"

local M = {}

-- ---------------------------------------------------------------- what is allowed

local DELIMITERS = {auto = "auto", blank = " ", tab = "\t", comma = ",", semicolon = ";"}

local function is_delimiter(text)
  return DELIMITERS[text] ~= nil or text == "\t"
    or #text == 1 and not text:find('[%w\1-\31\127\0.+%-"]') or text == " ",
    "must be 'auto', 'blank', 'tab', or one character that is no letter, digit, quote, '.', '+' "
      .. "or '-'"
end

local function is_written_delimiter(text)
  return #text == 1 and not text:find('[%w%s\0.+%-"]') or text == "\t",
    "must be one character that is no letter, digit, blank, quote, '.', '+' or '-'"
end

local function is_missing(x)
  local list, what = type(x) == "table" and x or {x}, "must be a number, a text or a list of them"
  for key, marker in next, list do
    local finite = type(marker) == "number" and marker - marker == 0
    if not math.type(key) or not (finite or type(marker) == "string") then return false, what end
  end
  return #list <= 32, "must hold at most 32 numbers and texts"
end

local function is_gaps(x)
  return type(x) == "number" or x == "error" or x == "drop" or x == "mean" or x == "nan",
    "must be 'error', 'drop', 'mean', 'nan' or a number"
end

local function is_header(x)
  return type(x) ~= "number" or x >= 1, "must be a line from 1 on"
end

local MARKS = {[","] = true, ["."] = true, [" "] = true, ["'"] = true, ["_"] = true,
  ["\u{a0}"] = true, ["\u{202f}"] = true}

local function is_thousands(x)
  return MARKS[x] or false, "must be one of , . ' _ or a blank"
end

local function is_comment(x)
  return x == "auto" or x ~= "" and #x <= 8 and not x:find("[%w%s\"]"), "must be a sign such as '#'"
end

-- ---------------------------------------------------------------- the options

options.define("csv.load", {
  summary = "Read a table of numbers.",
  {name = "columns", type = "table", default_help = "all",
    help = "the columns to take, by name or number, in this order"},
  {name = "drop", type = "string|integer|table", help = "columns to leave out, by name or number"},
  {name = "delimiter", type = "string", default = "auto", check = is_delimiter,
    help = "what separates cells: a sign, 'tab', 'blank' for runs of blanks, 'auto' to find out"},
  {name = "header", type = "boolean|integer|string", choices = {"auto"}, default = "auto",
    check = is_header,
    help = "whether the first line holds names, or the number of the line that does"},
  {name = "comment", type = "string|boolean", default = "auto", check = function(x)
    if type(x) == "boolean" then return not x, "must be a sign such as '#', or false" end
    return is_comment(x)
  end, help = "what begins a line to be skipped; false: nothing"},
  {name = "missing", type = "number|string|table", check = is_missing,
    help = "more cells that count as missing, such as -999 or {'none', 'x'}"},
  {name = "gaps", type = "number|string", default = "error", check = is_gaps,
    help = "rows with missing cells: 'error', 'drop' them, fill in the column's 'mean', 'nan' or "
      .. "a number"},
  {name = "text", choices = {"error", "drop", "code"}, default = "error",
    help = "columns with text: 'drop' them, 'code' them as one column of 0 and 1 per category"},
  {name = "clean", type = "boolean", default = false,
    help = "leave out columns with text, columns missing in most rows, then rows with missing "
      .. "cells: text and gaps are 'drop' where not given"},
  {name = "decimal", choices = {"auto", ".", ","}, default = "auto", help = "the decimal sign"},
  {name = "thousands", type = "string", check = is_thousands, default_help = "as found",
    help = "what stands between groups of three digits"},
})

options.define("csv.save", {
  summary = "Write a table of numbers.",
  {name = "names", type = "table", help = "a list of strings for the first line"},
  {name = "delimiter", type = "string", default = ",", check = is_written_delimiter,
    help = "what separates cells"},
})

local with_roles = {
  summary = "Inputs and targets from a table.",
  {name = "target", type = "string|integer|table", required = true,
    help = "the column to predict: name, number from 1, or a list of them; one of texts: classes"},
  {name = "center", type = "boolean", default = false,
    help = "subtract the mean of each column of X, and of Y unless it is of classes"},
  {name = "scale", type = "boolean", default = false,
    help = "divide each column of X by its standard deviation"},
}
for _, entry in ipairs(options.schemas["csv.load"]) do
  local shared = {}
  for _, field in ipairs{"name", "type", "check", "choices", "default", "default_help", "help"} do
    shared[field] = entry[field]
  end
  with_roles[#with_roles + 1] = shared
end
options.define("data.csv", with_roles)

--- As options.check, delimiters as the signs that they are, `clean` as what it stands for.
function M.check(name, given, level)
  local o = options.check(name, given, level + 1)
  for _, what in ipairs(o.clean and {"text", "gaps"} or {}) do
    if given[what] == nil then o[what] = "drop" end
  end
  o.delimiter = DELIMITERS[o.delimiter] or o.delimiter
  return o
end

return M
