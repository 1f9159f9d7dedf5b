--- lua/linnet/sweep/grid.lua: the points of a sweep, its seeds, and the jobs of a shard.
--
-- Axes are ordered by name, the last one varying fastest. A job is a pair (point, seed); jobs are
-- numbered point by point, and shard i of N takes every N-th, so that dear corners are shared.
--
-- SPDX-License-Identifier: MIT
-- @module linnet.sweep.grid

local check = require "linnet.check"

local M = {}

local Grid = {}
Grid.__index = Grid

-- A slip such as n = 1e9 is told at once, not by running out of memory.
local MAX_AXIS, MAX_JOBS = 10 ^ 6, 2 ^ 31
local LISTED = 10000 -- points and seeds that are held as a list

-- ---------------------------------------------------------------- axes

-- n values from a to b, evenly on the scale; 13 digits: 1e7 is 1e7 and not 9999999.99999998.
local function spaced(a, b, n, log)
  local values = {}
  for k = 0, n - 1 do
    local x = k / math.max(n - 1, 1)
    x = log and a * (b / a) ^ x or a + (b - a) * x
    values[k + 1] = tonumber(("%.13g"):format(x)) + 0.0
  end
  values[1], values[n] = a + 0.0, n > 1 and b + 0.0 or a + 0.0
  return values
end

-- The values of {log = {a, b, n}, round = true} and {linear = {a, b, n}}; or nil and why not.
local function axis_spaced(axis)
  local scale = axis.log and "log" or "linear"
  for key in next, axis do
    if key ~= scale and key ~= "round" then
      return nil, ("has '%s', where a list, {log = {a, b, n}} or {linear = {a, b, n}} must stand")
        :format(tostring(key))
    end
  end
  local given = axis[scale]
  local a, b, n = table.unpack(type(given) == "table" and given or {}, 1, 3)
  local finite = type(a) == "number" and type(b) == "number" and a - a == 0 and b - b == 0
  n = finite and type(n) == "number" and math.tointeger(n)
  if not n or n < 1 or n > MAX_AXIS or #given ~= 3 then
    return nil, ("must be %s = {first, last, count}, two finite numbers and an integer in [1, 1e6]")
      :format(scale)
  elseif scale == "log" and (a <= 0 or b <= 0) then
    return nil, "must be log = {first, last, count} with first and last > 0"
  elseif axis.round ~= nil and type(axis.round) ~= "boolean" then
    return nil, "must have round = true or false"
  end
  local values, last = {}, nil
  for _, x in ipairs(spaced(a, b, n, scale == "log")) do
    if axis.round then x = math.floor(x + 0.5) end
    if not axis.round or x ~= last then values[#values + 1] = x end
    last = x
  end
  return values
end

local function axis_values(axis)
  if check.is_matrix(axis) then
    local rows, cols, values = axis:rows(), axis:cols(), {}
    if rows ~= 1 and cols ~= 1 then
      return nil, ("must be a list or a vector, got a %d x %d matrix"):format(rows, cols)
    end
    for i = 1, rows * cols do values[i] = cols == 1 and axis:get(i, 1) or axis:get(1, i) end
    return values
  elseif type(axis) ~= "table" then
    return nil, ("must be a list of values, got %s"):format(check.shown(axis))
  elseif axis.log ~= nil or axis.linear ~= nil then
    return axis_spaced(axis)
  end
  local count = 0
  for key in next, axis do
    if math.type(key) ~= "integer" then
      return nil, ("has '%s', where a list, {log = {a, b, n}} or {linear = {a, b, n}} must stand")
        :format(tostring(key))
    end
    count = count + 1
  end
  if count == 0 or #axis ~= count then return nil, "must be a list of at least one value" end
  return table.move(axis, 1, count, 1, {})
end

-- The same for 1000 and 1e3, different for 1 and "1".
local function value_key(value)
  if type(value) ~= "number" then return type(value) .. tostring(value) end
  local whole = math.tointeger(value)
  return whole and ("%d"):format(whole) or ("%.17g"):format(value)
end

-- Indices by value_key; or nil and why not.
local function axis_index(values)
  local index = {}
  for i, value in ipairs(values) do
    local kind = type(value)
    if kind ~= "number" and kind ~= "string" and kind ~= "boolean" or value ~= value then
      return nil, ("must hold numbers, strings or booleans, got %s")
        :format(kind == "number" and "nan" or "a " .. kind)
    end
    local key = value_key(value)
    if index[key] then return nil, ("has the value %s twice"):format(tostring(value)) end
    index[key] = i
  end
  return index
end

-- ---------------------------------------------------------------- seeds

-- 1..n without holding them: a short header must not make a long list.
local Counted = {__name = "linnet.sweep.seeds"}

function Counted:__index(k)
  k = math.tointeger(k)
  return k and k >= 1 and k <= self.n and k or nil
end

function Counted:__len() return self.n end

local function counted_next(seeds, k)
  k = (k or 0) + 1
  if k <= #seeds then return k, k end
end

function Counted:__pairs() return counted_next, self, nil end

local function counted(n)
  if n > LISTED then return setmetatable({n = n}, Counted) end
  local list = {}
  for k = 1, n do list[k] = k end
  return list
end

-- N or a list, as an increasing list; or nil and why not.
local function seeds_list(seeds)
  if type(seeds) == "number" then
    local n = math.tointeger(seeds)
    if not n or n < 1 or n > MAX_AXIS * 100 then
      return nil, ("must be an integer in [1, 1e8] or a list of seeds, got %s")
        :format(tostring(seeds))
    end
    return counted(n)
  elseif type(seeds) ~= "table" or #seeds == 0 then
    return nil, "must be an integer in [1, 1e8] or a list of seeds"
  end
  if getmetatable(seeds) == Counted then return seeds end
  local list = {}
  for i, seed in ipairs(seeds) do
    local k = type(seed) == "number" and math.tointeger(seed)
    if not k or k < 0 then
      return nil, ("must hold integers in [0, 2^63 - 1], got %s"):format(check.shown(seed))
    end
    list[i] = k
  end
  table.sort(list)
  for i = 2, #list do
    if list[i] == list[i - 1] then return nil, ("has the seed %d twice"):format(list[i]) end
  end
  return list
end

-- ---------------------------------------------------------------- the grid

--- The grid of a sweep.
-- @tparam table over axes by name: lists, vectors, `{log = {a, b, n}}` or `{linear = {a, b, n}}`,
--   the latter two with `round = true` for integers
-- @param seeds N for the seeds 1..N, or a list
-- @treturn ?table fields `names`, `values` (by name), `seeds`, `count` (points), `jobs`
-- @treturn ?string why not
-- @usage
-- local grid = require("linnet.sweep.grid").new({h = {10, 20}, alpha = {0.3, 0.5}}, 5)
-- assert(grid.jobs == 20 and grid:point(2).h == 20 and grid:point(2).alpha == 0.3)
function M.new(over, seeds)
  local grid = setmetatable({names = {}, values = {}, index = {}, count = 1}, Grid)
  for name, axis in next, over do
    if type(name) ~= "string" then
      return nil, ("option 'over' must have names as keys, got %s"):format(check.shown(name))
    end
    local values, why = axis_values(axis)
    if values then grid.index[name], why = axis_index(values) end
    if why then return nil, ("axis '%s' %s"):format(name, why) end
    grid.names[#grid.names + 1], grid.values[name] = name, values
    grid.count = grid.count * #values
    if grid.count > MAX_JOBS then return nil, "the axes make more than 2^31 points" end
  end
  table.sort(grid.names)
  local why
  grid.seeds, why = seeds_list(seeds)
  if why then return nil, "option 'seeds' " .. why end
  grid.jobs = grid.count * #grid.seeds
  if grid.jobs > MAX_JOBS then return nil, "points and seeds make more than 2^31 jobs" end
  if getmetatable(grid.seeds) == Counted then
    grid.seed_index = grid.seeds
  else
    grid.seed_index = {}
    for k, seed in ipairs(grid.seeds) do grid.seed_index[seed] = k end
  end
  return grid
end

-- The points of a grid, made when they are asked for.
local Points = {__name = "linnet.sweep.points"}
local grid_of = setmetatable({}, {__mode = "k"})

function Points:__index(p)
  local grid = grid_of[self]
  p = math.tointeger(p)
  return p and p >= 1 and p <= grid.count and grid:point(p) or nil
end

function Points:__len() return grid_of[self].count end

local function points_next(points, p)
  p = (p or 0) + 1
  local point = points[p]
  if point then return p, point end
end

function Points:__pairs() return points_next, self, nil end

--- All points, as a list; of a grid of many, as something that reads like one.
-- @treturn {table,...}
function Grid:points()
  local points = {}
  if self.count > LISTED then
    grid_of[points] = self
    return setmetatable(points, Points)
  end
  for p = 1, self.count do points[p] = self:point(p) end
  return points
end

--- The point of an index, a new table.
-- @tparam integer p 1..count
-- @treturn table values by axis name
function Grid:point(p)
  local point, rest = {}, p - 1
  for a = #self.names, 1, -1 do
    local name = self.names[a]
    local values = self.values[name]
    point[name] = values[rest % #values + 1]
    rest = rest // #values
  end
  return point
end

--- The index of a point, nil when it is not in the grid.
-- @tparam table point
-- @treturn ?integer
function Grid:find(point)
  local p = 0
  for name in next, point do
    if not self.index[name] then return nil end
  end
  for _, name in ipairs(self.names) do
    local i = point[name] ~= nil and self.index[name][value_key(point[name])]
    if not i then return nil end
    p = p * #self.values[name] + i - 1
  end
  return p + 1
end

--- The number of the job of a point and a seed, nil when it is not in the grid.
-- @tparam table point
-- @tparam integer seed
-- @treturn ?integer
function Grid:job(point, seed)
  local p, k = self:find(point), self.seed_index[seed]
  return p and k and (p - 1) * #self.seeds + k
end

--- The point index and the seed of a job.
-- @tparam integer job
-- @treturn integer p
-- @treturn integer seed
function Grid:at(job)
  return (job - 1) // #self.seeds + 1, self.seeds[(job - 1) % #self.seeds + 1]
end

--- A point in words: `alpha = 0.5, h = 100`.
-- @tparam table point
-- @treturn string
function M.describe(point)
  local names, parts = {}, {}
  for name in next, point do names[#names + 1] = name end
  table.sort(names)
  for i, name in ipairs(names) do
    local value = point[name]
    local text = math.type(value) == "float" and ("%.10g"):format(value) or tostring(value)
    parts[i] = ("%s = %s"):format(name, text)
  end
  return table.concat(parts, ", ")
end

--- A job in words: `alpha = 0.5, h = 100, seed 3`.
-- @tparam integer job
-- @treturn string
function Grid:describe(job)
  local p, seed = self:at(job)
  local point = M.describe(self:point(p))
  return (point == "" and "" or point .. ", ") .. "seed " .. seed
end

--- The grid as a header keeps it, the same for 1000 and 1e3.
-- @treturn table
function Grid:signature()
  local axes = {}
  for name, values in pairs(self.values) do
    axes[name] = {}
    for i, value in ipairs(values) do
      axes[name][i] = type(value) == "number" and math.tointeger(value) or value
    end
  end
  local n = #self.seeds
  local from_one = self.seeds[1] == 1 and self.seeds[n] == n
  return {axes = axes, seeds = from_one and n or self.seeds}
end

return M
