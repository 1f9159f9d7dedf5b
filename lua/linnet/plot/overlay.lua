--- Lines over a heat map, in the coordinates of its columns and rows.
--
-- SPDX-License-Identifier: MIT
-- @module linnet.plot.overlay

local gnuplot = require "linnet.plot.gnuplot"
local vectors = require "linnet.plot.vectors"

local M = {}

-- Seen on every colour of cividis and on paper, told apart by readers with and without colour
-- blindness: vermillion, bright blue and black, and by their dashes.
local LOOKS = {"lw 2.5 lc rgb '#FF6A3D'", "lw 2.5 dt (12,5) lc rgb '#00BFE8'",
  "lw 2.5 dt (3,4) lc rgb '#000000'"}

local WANTED = "must be a list of {x, y, label =}, x and y with as many finite numbers each"

-- The points of one line, {{x, y}, ...}, or nothing.
local function read(line)
  if type(line) ~= "table" or line.label ~= nil and type(line.label) ~= "string" then return end
  local x, y = vectors.numbers(line[1]), vectors.numbers(line[2])
  if not x or not y or #x ~= #y or #x == 0 then return end
  local points = {}
  for i = 1, #x do
    if x[i] - x[i] ~= 0 or y[i] - y[i] ~= 0 then return end
    points[i] = {x[i], y[i]}
  end
  return points
end

--- The option of heat maps.
M.option = {name = "lines", type = "table",
  help = "curves over the map, drawn in files: {{x, y, label =}, ...}, x and y in the coordinates "
    .. "of columns and rows",
  check = function(lines)
    for i = 1, #lines do
      if not read(lines[i]) then return false, WANTED end
    end
    return #lines > 0, WANTED
  end}

--- Where a coordinate stands among the cells: that of cell j is j, linear between them and beyond.
-- @tparam {number,...} values one per cell
-- @tparam boolean log whether cells run evenly over decades
-- @tparam number x
-- @treturn number nan where a logarithm does not exist
-- @usage assert(require "linnet.plot.overlay".place({1, 10, 100}, true, 1000) == 4)
function M.place(values, log, x)
  local function at(v) return log and (v > 0 and math.log(v, 10) or 0 / 0) or v end
  if #values == 1 then return 1 end
  local j, up = 1, values[2] > values[1]
  while j < #values - 1 and (x > values[j + 1]) == up do j = j + 1 end
  return j + (at(x) - at(values[j])) / (at(values[j + 1]) - at(values[j]))
end

--- Data blocks, and what `plot` draws after the map.
-- @tparam {table,...} lines
-- @tparam function place_x coordinate to cell
-- @tparam function place_y
-- @treturn string
-- @treturn string
-- @treturn boolean whether a line has a label
-- @usage local id = function(x) return x end
-- local data, clauses = require "linnet.plot.overlay".script({{{1, 2}, {1, 3}}}, id, id)
-- assert(data:find("1 1\n2 3", 1, true) and clauses:find("$line1", 1, true))
function M.script(lines, place_x, place_y)
  local data, clauses, labelled = {}, {}, false
  for i, line in ipairs(lines) do
    data[#data + 1] = ("$line%d << EOD"):format(i)
    for _, point in ipairs(read(line)) do
      local x, y = place_x(point[1]), place_y(point[2])
      data[#data + 1] = x == x and y == y and ("%.17g %.17g"):format(x, y) or "" -- a gap
    end
    data[#data + 1] = "EOD"
    labelled = labelled or line.label ~= nil
    clauses[i] = (", $line%d using 1:2 with lines %s title %s"):format(i,
      LOOKS[(i - 1) % #LOOKS + 1], gnuplot.quote(line.label or ""))
  end
  return table.concat(data, "\n"), table.concat(clauses), labelled
end

return M
