--- Data sets: synthetic regression problems, tables from files, and what is done to data before
-- they become a problem.
--
-- SPDX-License-Identifier: MIT
-- @module linnet.data

local check = require "linnet.check"
local core = require "linnet.core"
local csv = require "linnet.csv"
local options = require "linnet.options"
local random = require "linnet.random"
local failure = require "linnet.failure"
local error = failure.raise

local M = {}

local SEED = {name = "seed", type = "integer", range = "[0, 9223372036854775807]", default = 0,
  help = "of the generator; another seed is another draw"}

-- ---------------------------------------------------------------- synthetic

options.define("data.gaussian", {
  summary = "A random linear regression problem.",
  {name = "n", type = "integer", range = "[1, 2147483647]", default = 100, help = "samples"},
  {name = "D", type = "integer", range = "[1, 2147483647]", default = 400, help = "inputs"},
  {name = "m", type = "integer", range = "[1, 2147483647]", default = 1, help = "outputs"},
  {name = "noise", type = "number", range = "[0, inf)", default = 0,
    help = "standard deviation of what is added to each entry of Y"},
  {name = "kappa", type = "number", range = "[1, inf)", default_help = "as the entries make it",
    help = "lambda_1 / lambda_r of X^T X, eigenvalues log-uniform from 1 down"},
  {name = "orthonormal", type = "boolean", default = false,
    help = "all singular values of X are 1"},
  SEED,
})

-- The singular values that the options want for X, r of them; nil: leave it as it is.
local function spectrum(o, r)
  if o.orthonormal and (o.kappa or 1) ~= 1 then
    return nil, "options 'orthonormal' and 'kappa' exclude each other: orthonormal means kappa = 1"
  elseif r == 1 and (o.kappa or 1) ~= 1 then
    return nil, ("option 'kappa' must be 1 when X has one singular value (n = %d, D = %d), got %g")
      :format(o.n, o.D, o.kappa)
  elseif not o.orthonormal and not o.kappa then
    return nil
  end
  local step = -0.5 / math.max(r - 1, 1)
  return core.matrix.new(r, 1, function(i) return (o.kappa or 1) ^ (step * (i - 1)) end)
end

-- Restores the number of BLAS threads at the end of a block: bits must not depend on it.
local function one_thread()
  local before = core.matrix.threads()
  core.matrix.threads(1)
  return setmetatable({}, {__close = function() core.matrix.threads(before) end})
end

--- A random regression problem: entries of X and of Theta are N(0, 1/D), Y = X Theta + noise.
-- X, Theta and noise come from streams of their own, none of which initializations use: changing
-- `m` or `noise` leaves X as it is.
-- @tparam[opt] table options
-- @treturn Matrix X, n x D
-- @treturn Matrix Y, n x m
-- @treturn Matrix Theta, D x m, that Y was made with
-- @raise kappa together with orthonormal; options that are unknown or out of range
-- @usage local X, Y, Theta = linnet.data.gaussian{n = 20, D = 50, noise = 0.01, seed = 1}
function M.gaussian(given)
  local o = options.check("data.gaussian", given, 2)
  local values, why = spectrum(o, math.min(o.n, o.D))
  if why then error("data.gaussian: " .. why, 2) end
  local thread <close> = one_thread() -- luacheck: ignore thread
  local scale = 1 / math.sqrt(o.D)
  local X = random.own(o.seed, "X"):normal(o.n, o.D):scale_(scale)
  if values then
    local U, _, V = X:svd()
    X = U * core.matrix.diag(values) * V:t()
  end
  local Theta = random.own(o.seed, "Theta"):normal(o.D, o.m):scale_(scale)
  local Y = X * Theta
  if o.noise > 0 then
    Y:add_(random.own(o.seed, "noise"):normal(o.n, o.m):scale_(o.noise))
  end
  return X, Y, Theta
end

-- ---------------------------------------------------------------- centering and scaling

options.define("data.standardize", {
  summary = "Center and scale columns.",
  {name = "center", type = "boolean", default = true, help = "subtract the mean of each column"},
  {name = "scale", type = "boolean", default = true,
    help = "divide each column by its standard deviation; constant columns are left"},
})

-- Columns of a copy times, then plus, the entries of two rows (either may be nil).
local function affine(X, factor, shift)
  local out = X:copy()
  if factor then
    for j = 1, out:cols() do out:col(j):scale_(factor(1, j)) end
  end
  return shift and out + shift or out
end

local Map = {__name = "linnet.data.map"}
Map.__index = Map

-- The same change for other data, with the means and deviations of the data it was made from.
function Map:__call(X)
  check.matrix("data.standardize: map", "X", X)
  if X:cols() ~= self.columns then
    error(("data.standardize: map: X must have %d columns, got %d x %d"):format(self.columns,
      X:rows(), X:cols()), 2)
  end
  local centered = self.mean and X - self.mean or X
  return affine(centered, self.std and function(i, j) return 1 / self.std(i, j) end)
end

-- Back to the units before: map:invert(map(X)) is X.
function Map:invert(X)
  check.matrix("data.standardize: map:invert", "X", X)
  if X:cols() ~= self.columns then
    error(("data.standardize: map:invert: X must have %d columns, got %d x %d"):format(self.columns,
      X:rows(), X:cols()), 2)
  end
  return affine(X, self.std, self.mean)
end

function Map:__tostring()
  local does = {}
  if self.mean then does[#does + 1] = "minus mean" end
  if self.std then does[#does + 1] = "over standard deviation" end
  return ("linnet.data map of %d columns: %s"):format(self.columns,
    #does > 0 and table.concat(does, ", ") or "nothing changed")
end

-- Means and deviations of the columns; a constant column has its value for a mean, exactly, and is
-- not divided.
local function moments(X)
  local mean = X:mean("rows")
  local std = X:rows() > 1 and X:std("rows") or core.matrix.ones(1, X:cols())
  local low, high = X:min("rows"), X:max("rows")
  for j = 1, X:cols() do
    if mean(1, j) - mean(1, j) ~= 0 then return nil, j end
    if low(1, j) == high(1, j) then
      mean:set(1, j, low(1, j))
      std:set(1, j, 1)
    end
  end
  return mean, std
end

-- standardize with checked options; nil and a reason when X does not allow it.
local function standardize(X, o)
  if X:rows() == 0 then return nil, ("X has no rows (%d x %d)"):format(X:rows(), X:cols()) end
  local mean, std = moments(X)
  if not mean then
    return nil, ("column %d of X holds nan, inf or too large numbers"):format(std)
  end
  local map = setmetatable({columns = X:cols(), mean = o.center and mean or nil,
    std = o.scale and std or nil}, Map)
  return map(X), map
end

--- Center and scale the columns of the training data, and get the map that does the same to others.
-- Take means and deviations from training data only: `map(test)` then leaks nothing.
-- @tparam Matrix X
-- @tparam[opt] table options
-- @treturn Matrix
-- @treturn Map `map(X2)` does the same to other data, `map:invert(X)` undoes it, both for any
-- number of rows; `map.mean` and `map.std` are 1 x columns, nil when not wanted
-- @raise no rows; a column that holds nan or inf; later, another number of columns
-- @usage local X, Y = linnet.data.gaussian{n = 20, D = 3, seed = 1}
-- local X1, Y1, X2, Y2 = linnet.data.split(X, Y, {test = 0.5, seed = 1})
-- local X1s, map = linnet.data.standardize(X1); local X2s = map(X2)
-- assert(map:invert(X2s):allclose(X2))
function M.standardize(X, given)
  check.matrix("data.standardize", "X", X)
  local Xs, map = standardize(X, options.check("data.standardize", given, 2))
  if not Xs then error("data.standardize: " .. map, 2) end
  return Xs, map
end

-- ---------------------------------------------------------------- training and test

options.define("data.split", {
  summary = "Split samples at random into training and test data.",
  {name = "test", type = "number", range = "(0, 1)", default = 0.25,
    help = "share of the samples that are kept for testing"},
  SEED,
})

-- The rows of A whose flag is `wanted`.
local function rows_where(A, flags, wanted, count)
  local out, k = core.matrix.zeros(count, A:cols()), 0
  for i = 1, A:rows() do
    if flags[i] == wanted then
      k = k + 1
      out:row(k):copy_(A:row(i))
    end
  end
  return out
end

--- Split samples at random. They keep their order within both parts, and each part has at least
-- one.
-- @tparam Matrix X n x D
-- @tparam Matrix Y n x m
-- @tparam[opt] table options
-- @treturn Matrix X for training
-- @treturn Matrix Y for training
-- @treturn Matrix X for testing
-- @treturn Matrix Y for testing
-- @raise X and Y of different numbers of rows, fewer than two
-- @usage local X, Y = linnet.data.gaussian{n = 20, D = 3, seed = 1}
-- local X1, Y1, X2, Y2 = linnet.data.split(X, Y, {test = 0.25, seed = 1}); assert(#X2 == 5)
function M.split(X, Y, given)
  check.matrix("data.split", "X", X)
  check.matrix("data.split", "Y", Y)
  local o = options.check("data.split", given, 2)
  local n = X:rows()
  if Y:rows() ~= n or n < 2 then
    error(("data.split: X and Y must have equally many rows, at least 2, got %d x %d and %d x %d")
      :format(n, X:cols(), Y:rows(), Y:cols()), 2)
  end
  local count = math.max(1, math.min(n - 1, math.floor(o.test * n + 0.5)))
  local order, test, generator = {}, {}, random.own(o.seed, "split")
  for i = 1, n do order[i], test[i] = i, false end
  for k = 1, count do -- the beginning of a Fisher-Yates shuffle
    local j = generator:integer(k, n)
    order[k], order[j] = order[j], order[k]
    test[order[k]] = true
  end
  return rows_where(X, test, false, n - count), rows_where(Y, test, false, n - count),
    rows_where(X, test, true, count), rows_where(Y, test, true, count)
end

-- ---------------------------------------------------------------- from a file

-- An option of linnet.csv.load.
local function reading(name)
  local entry = options.schemas["csv.load"].entries[name]
  return {name = name, type = entry.type, check = entry.check, default = entry.default,
    default_help = entry.default_help, help = entry.help}
end

options.define("data.csv", {
  summary = "Inputs and targets from a table.",
  {name = "target", type = "string|integer|table", required = true,
    help = "the column to predict: name, number from 1, or a list of them"},
  {name = "center", type = "boolean", default = false,
    help = "subtract the mean of each column of X and Y"},
  {name = "scale", type = "boolean", default = false,
    help = "divide each column of X by its standard deviation"},
  reading("header"), reading("missing"), reading("delimiter"),
})

local SHOWN = 6 -- columns listed in a message

local function columns_text(names, count)
  if not names then return ("the columns have no names, they are 1..%d"):format(count) end
  local some = {}
  for j = 1, math.min(#names, SHOWN) do some[j] = ("'%s'"):format(names[j]) end
  if #names > SHOWN then some[#some + 1] = ("... (%d columns)"):format(#names) end
  return "the columns are " .. table.concat(some, ", ")
end

-- The column a user means, or nil and a reason.
local function column_find(wanted, names, count)
  if math.type(wanted) and math.tointeger(wanted) then
    if wanted >= 1 and wanted <= count then return math.tointeger(wanted) end
    return nil, ("there is no column %d: they are 1..%d"):format(wanted, count)
  elseif type(wanted) ~= "string" then
    return nil, ("a target is a name or a number from 1..%d, got %s"):format(count,
      type(wanted) == "number" and tostring(wanted) or type(wanted))
  end
  local found
  for j, name in ipairs(names or {}) do
    if name == wanted and found then
      return nil, ("columns %d and %d are both called '%s': say which by number")
        :format(found, j, name)
    elseif name == wanted then
      found = j
    end
  end
  if found then return found end
  return nil, ("there is no column '%s'%s; %s"):format(wanted,
    check.suggestion(wanted, names or {}), columns_text(names, count))
end

-- Target columns in the order wanted and all others in the order of the file, or nil and a reason.
local function columns_split(target, names, count)
  local targets, inputs, taken = {}, {}, {}
  for k, wanted in ipairs(type(target) == "table" and target or {target}) do
    local j, why = column_find(wanted, names, count)
    if not j then return nil, why end
    if taken[j] then return nil, ("column %d is a target twice"):format(j) end
    targets[k], taken[j] = j, true
  end
  if #targets == 0 then return nil, "option 'target' names no column" end
  for j = 1, count do
    if not taken[j] then inputs[#inputs + 1] = j end
  end
  if #inputs == 0 then return nil, "no column is left for X: all are targets" end
  return inputs, targets
end

local function columns_take(all, columns)
  local out = core.matrix.zeros(all:rows(), #columns)
  for k, j in ipairs(columns) do out:col(k):copy_(all:col(j)) end
  return out
end

--- Inputs and targets from a CSV file (`linnet.csv.load` says what may stand there, and gives the
-- names of the columns). To undo centering later, or to do it to other data, use
-- `linnet.data.standardize` instead of the options here.
-- @tparam string path
-- @tparam table options
-- @treturn Matrix X, all columns that are no targets
-- @treturn Matrix Y, the targets in the order in which they are named
-- @raise a file that is no table of numbers: row, column and line are named; a target that does not
-- exist
-- @usage local path = os.tmpname()
-- linnet.csv.save(path, linnet.random(1):normal(5, 3), {names = {"a", "b", "c"}})
-- local X, Y = linnet.data.csv(path, {target = "b"}); assert(X:cols() == 2); os.remove(path)
function M.csv(path, given)
  local o = options.check("data.csv", given, 2)
  check.path("data.csv", path)
  local all, names, failing = csv.read("data.csv", path, o)
  if not all then error(names, 2, failing) end
  local function refuse(why) error(("data.csv: %s: %s"):format(path, why), 3) end
  if all:rows() == 0 then refuse("there is no row of numbers") end
  local inputs, targets = columns_split(o.target, names, all:cols())
  if not inputs then refuse(targets) end
  local X, Y, why = columns_take(all, inputs), columns_take(all, targets), nil
  if o.center or o.scale then X, why = standardize(X, o) end
  if not X then refuse(why) end
  if o.center then Y, why = standardize(Y, {center = true}) end
  if not Y then refuse((why:gsub("of X", "of Y"))) end
  return X, Y
end

return M
