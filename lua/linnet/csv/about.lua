--- What was made of a table: names of the columns, what was guessed, left out, coded and filled.
--
-- SPDX-License-Identifier: MIT
-- @module linnet.csv.about

local layout = require "linnet.words"
local words = require "linnet.csv.words"

--- What `linnet.data.csv` and `linnet.csv.load` made of a table; `print` says what nobody asked
-- for.
-- @type about
-- @field guessed what was found out: delimiter, header, decimal sign, ...
-- @field left_out columns that were not taken
-- @field coded columns of text that became columns of 0 and 1
-- @field classes names of the classes of a target of texts, in order; nil where it has numbers
-- @field class_sizes how many samples each has, where Y is one column of their numbers
-- @field filled cells that were filled in
-- @field gone rows that were left out
-- @field notes sentences about what looks odd

local About = {__name = "linnet.about"}
About.__index = About

local M = {}

local SHOWN = 8 -- of a list, in one line of print

function M.new() return setmetatable({guessed = {}, left_out = {}, coded = {}, filled = {},
  gone = {}, notes = {}}, About) end

--- Whether a value is one.
function M.is(value) return type(value) == "table" and getmetatable(value) == About end

local function each(list, text)
  local out = {}
  for i = 1, math.min(#list, SHOWN) do out[i] = text(list[i]) end
  if #list > SHOWN then out[#out + 1] = ("... (%d in all)"):format(#list) end
  return table.concat(out, ", ")
end

--- Sentences about what a user did not ask for, one a line, the doubtful ones first.
-- @treturn {string,...}
function About:said()
  local out = {}
  for _, note in ipairs(self.notes) do out[#out + 1] = "note: " .. note end
  if #self.left_out > 0 then
    out[#out + 1] = "columns left out: " .. each(self.left_out, function(entry)
      return ("%s (%s)"):format(words.cell(entry.name), entry.why)
    end)
  end
  if #self.coded > 0 then
    out[#out + 1] = "coded, one column per category: " .. each(self.coded, function(entry)
      return ("%s (%s)"):format(words.cell(entry.name), words.list(entry.categories, 4))
    end)
  end
  if self.class_sizes then
    local list = {}
    for i, name in ipairs(self.classes) do list[i] = {name, self.class_sizes[i]} end
    out[#out + 1] = ("classes of %s, numbered: "):format(words.cell(self.Y[1]))
      .. each(list, function(one) return ("%s (%d)"):format(words.cell(one[1]), one[2]) end)
  end
  if #self.filled > 0 then
    out[#out + 1] = "gaps filled: " .. each(self.filled, function(entry)
      local value = entry.value ~= entry.value and "nan" or ("%.4g"):format(entry.value)
      return ("%d of %s by %s"):format(entry.count, words.cell(entry.name), value)
    end)
  end
  if #self.gone > 0 then
    out[#out + 1] = ("rows left out: %d of %d (%s)"):format(#self.gone, self.read,
      words.list(self.gone, SHOWN))
  end
  return out
end

function About:__tostring()
  local head
  if self.X then
    head = ("%s; X: %s; Y: %s"):format(words.count(self.rows, "row"),
      words.list(self.X, SHOWN), words.list(self.Y, SHOWN))
  else
    head = ("%s; columns: %s"):format(words.count(self.rows, "row"), words.list(self.names, SHOWN))
  end
  local lines = {head, "read with " .. table.concat(self.guessed, ", "),
    table.unpack(self:said())}
  for i, line in ipairs(lines) do lines[i] = layout.wrap("", line):gsub("\n", "\n  ") end
  return table.concat(lines, "\n")
end

return M
