--- Classes as targets: columns of their numbers, rows of 0 and 1, +1 and -1, and back.
--
-- A list of classes has their names, or the numbers that stand for them in a column; names stand
-- there by their places, from 1, as `linnet.data.csv` numbers them.
--
-- SPDX-License-Identifier: MIT
-- @module linnet.classes

local check = require "linnet.check"
local core = require "linnet.core"

local M = {}

--- Whether a loss is of classes.
M.losses = {logistic = true, softmax = true}

--- Whether a value is a list of two classes or more, each another: texts alone, or numbers alone.
-- @treturn boolean
-- @treturn string what it must be
function M.is_list(value)
  local must, seen, count = "must be a list of two texts or more, or numbers, each another", {}, 0
  for key, one in next, value do
    local fits = type(one) == type(rawget(value, 1)) and (type(one) == "string"
      or type(one) == "number" and one - one == 0)
    if math.type(key) ~= "integer" or key < 1 or key > rawlen(value) or not fits or seen[one] then
      return false, must
    end
    seen[one], count = true, count + 1
  end
  return count >= 2 and count == rawlen(value), must
end

-- A list of the problem's own, without metatable.
local function copied(list)
  local out = {}
  for i = 1, rawlen(list) do out[i] = rawget(list, i) end
  return out
end

-- Place of each number that may stand in a column.
local function places(classes)
  local out = {}
  for j, one in ipairs(classes) do out[type(one) == "number" and one or j] = j end
  return out
end

-- A number as it would be written: 3, not 3.0.
local function whole(x) return math.tointeger(x) or x end

-- The numbers in a column, in order; nil and what is wrong with one of them.
local function found(Y)
  local seen, list = {}, {}
  for i = 1, Y:rows() do
    local x = whole(Y:get(i, 1))
    if math.type(x) ~= "integer" then
      return nil, ("Y(%d) = %s, and numbers of classes are whole"):format(i, check.shown(x))
    end
    if not seen[x] then seen[x], list[#list + 1] = true, x end
  end
  table.sort(list)
  return list
end

-- A column of +1 and -1, as the core takes it.
local function is_signs(Y)
  for i = 1, Y:rows() do
    if math.abs(Y:get(i, 1)) ~= 1 then return false end
  end
  return true
end

-- Whether every row has one 1, and 0 else.
local function is_one_hot(Y)
  for i = 1, Y:rows() do
    local ones = 0
    for j = 1, Y:cols() do
      local y = Y:get(i, j)
      if y == 1 then ones = ones + 1 elseif y ~= 0 then return false end
    end
    if ones ~= 1 then return false end
  end
  return true
end

-- Targets of a loss from the places of the samples' classes.
local function targets(loss, place, m)
  if loss == "logistic" then
    return core.matrix.new(#place, 1, function(i) return 2 * place[i] - 3 end)
  end
  local Y = core.matrix.zeros(#place, m)
  for i, j in ipairs(place) do Y:set(i, j, 1) end
  return Y
end

local MOST = 10000 -- as many as texts of a table may be

local function count_fits(loss, classes)
  if #classes < 2 then
    return nil, ("Y holds one class only%s, and there is nothing to tell it from")
      :format(classes[1] ~= nil and " (" .. check.shown(classes[1]) .. ")" or "")
  elseif loss == "logistic" and #classes > 2 then
    return nil, ("the logistic loss tells two classes apart, and Y holds %d; loss = 'softmax' "
      .. "takes any number"):format(#classes)
  end
  if #classes > MOST then
    return nil, ("Y holds %d classes, and %d are the most: numbers that measure something want the "
      .. "squared loss or Huber's"):format(#classes, MOST)
  end
  return true
end

-- From a column of numbers.
local function from_column(Y, loss, classes)
  local why
  local signs = loss == "logistic" and is_signs(Y)
  if signs and not classes then return Y, {-1, 1} end
  if not classes then
    classes, why = found(Y)
    if not classes then return nil, why end
  end
  local ok
  ok, why = count_fits(loss, classes)
  if not ok then return nil, why end
  local of, place = places(classes), {}
  for i = 1, Y:rows() do
    local x = whole(Y:get(i, 1))
    place[i] = of[x]
    if not place[i] then
      if signs then return Y, classes end
      return nil, ("Y(%d) = %s is the number of no class: %s"):format(i, check.shown(x),
        type(classes[1]) == "number" and "the list of classes does not have it"
          or ("there are %d"):format(#classes))
    end
  end
  return targets(loss, place, #classes), classes
end

--- Y as a loss of classes wants it, and the list of classes; or nil and what is wrong with Y.
-- @tparam matrix Y n x 1 numbers of classes (or +1 and -1 for the logistic loss), or a column per
--   class
-- @tparam string loss
-- @tparam ?table classes known ones, else those that are found
function M.encode(Y, loss, classes)
  classes = classes and copied(classes)
  if Y:cols() == 1 then return from_column(Y, loss, classes) end
  if classes and #classes ~= Y:cols() then
    return nil, ("Y has %d columns, and there are %d classes"):format(Y:cols(), #classes)
  end
  if not classes then
    classes = {}
    for j = 1, Y:cols() do classes[j] = j end
  end
  if loss ~= "logistic" then return Y, classes end
  if #classes == 2 and is_one_hot(Y) then return Y:col(2) - Y:col(1), classes end
  return nil, ("Y must be one column of two numbers, such as +1 and -1, for the logistic loss, got "
    .. "a %d x %d matrix"):format(Y:rows(), Y:cols())
end

--- The first row of Y that is no share of classes, in words; "" where all are.
function M.odd_row(Y)
  for i = 1, Y:rows() do
    local sum = 0.0
    for j = 1, Y:cols() do
      local y = Y:get(i, j)
      if y < 0 then return (": Y(%d, %d) = %s"):format(i, j, check.shown(y)) end
      sum = sum + y
    end
    if math.abs(sum - 1) > 4 * Y:cols() * 2.0 ^ -52 then
      return (": row %d sums to %.9g%s"):format(i, sum,
        sum > 0 and "; divide each by its sum" or "")
    end
  end
  return ""
end

--- The place of the class that each row of outputs decides for: the largest; of one output the
-- second where it is positive.
function M.decide(F)
  local place = {}
  for i = 1, F:rows() do
    if F:cols() == 1 then
      place[i] = F:get(i, 1) > 0 and 2 or 1
    else
      local best = 1
      for j = 2, F:cols() do
        if F:get(i, j) > F:get(i, best) then best = j end
      end
      place[i] = best
    end
  end
  return place
end

return M
