--- Plain lists of numbers out of what users hand to a figure or a table: matrices or Lua tables.
--
-- SPDX-License-Identifier: MIT
-- @module linnet.plot.vectors

local check = require "linnet.check"

local M = {}

--- The numbers of a vector (n x 1 or 1 x n) or of a list.
-- @tparam matrix|table value
-- @treturn ?{number,...} a new list
-- @treturn ?string what the value must be instead
-- @usage assert(#require "linnet.plot.vectors".numbers(linnet.ones(3, 1)) == 3)
function M.numbers(value)
  local out = {}
  if check.is_matrix(value) then
    local rows, cols = value:rows(), value:cols()
    if rows ~= 1 and cols ~= 1 then
      return nil, ("must be a vector, got a %d x %d matrix"):format(rows, cols)
    end
    for i = 1, rows * cols do out[i] = rows == 1 and value:get(1, i) or value:get(i, 1) end
    return out
  elseif type(value) ~= "table" then
    return nil, "must be a vector or a list of numbers, got a " .. type(value)
  end
  for i = 1, #value do
    if type(value[i]) ~= "number" then
      return nil, ("must be a list of numbers, but item %d is a %s"):format(i, type(value[i]))
    end
    out[i] = value[i]
  end
  return out
end

--- The rows of a matrix or of a list of equally long rows, none empty.
-- @tparam matrix|table value
-- @treturn ?{{number,...},...} new lists
-- @treturn ?string what the value must be instead
-- @usage assert(require "linnet.plot.vectors".rows(linnet.eye(2))[2][2] == 1)
function M.rows(value)
  local out = {}
  if check.is_matrix(value) then
    for i = 1, value:rows() do
      out[i] = {}
      for j = 1, value:cols() do out[i][j] = value:get(i, j) end
    end
  elseif type(value) == "table" then
    for i = 1, #value do
      local row, why = M.numbers(value[i])
      if not row then return nil, ("must be a list of rows, but row %d %s"):format(i, why) end
      if i > 1 and #row ~= #out[1] then
        return nil, ("have %d numbers in row 1, but %d in row %d"):format(#out[1], #row, i)
      end
      out[i] = row
    end
  else
    return nil, "must be a matrix or a list of rows, got a " .. type(value)
  end
  if #out == 0 or #out[1] == 0 then return nil, "are empty" end
  return out
end

--- Appends lists to the first one.
-- @tparam table first
-- @tparam table ... lists
-- @treturn table the first
-- @usage assert(#require "linnet.plot.vectors".joined({1}, {2, 3}, {4}) == 4)
function M.joined(first, ...)
  for _, list in ipairs {...} do table.move(list, 1, #list, #first + 1, first) end
  return first
end

return M
