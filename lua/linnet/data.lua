--- Data sets: synthetic regression problems, tables from files, and what is done to data before
-- they become a problem.
--
-- SPDX-License-Identifier: MIT
-- @module linnet.data

local check = require "linnet.check"
local core = require "linnet.core"
local options = require "linnet.options"
local read = require "linnet.csv.read"
local schema = require "linnet.csv.schema"
local words = require "linnet.csv.words"
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
  local thread <close> = core.matrix.hold() -- luacheck: ignore thread
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
    help = "divide each column by its standard deviation; those constant but for rounding are "
      .. "left"},
})

--- The change that `linnet.data.standardize` made, for other data of as many columns: `map(X2)`
-- does it, `map:invert(X)` undoes it.
-- @type map
-- @field mean of each column, 1 x columns; nil when they were not centred
-- @field std standard deviation of each column, 1 x columns; nil when they were not scaled
-- @field columns how many

local Map = {__name = "linnet.data.map"}
Map.__index = Map

local function check_columns(map, what, X)
  check.matrix(what, "X", X, nil, nil, nil, 3)
  check.matrix(what, "X", X, nil, map.columns, ("must have %d columns"):format(map.columns), 3)
end

-- Divides a column by x > 0, however small: 1 / 1e-310 is inf.
local function divide(column, x)
  if x < 1e-300 then return column:scale_(2.0 ^ 600):scale_(1 / (x * 2.0 ^ 600)) end
  return column:scale_(1 / x)
end

-- The same change for other data, with the means and deviations of the data it was made from.
function Map:__call(X)
  check_columns(self, "data.standardize: map", X)
  local out = self.mean and X - self.mean or X:copy()
  for j = 1, self.columns do
    if self.mean and self.rounded[j] then -- what is left of it is noise
      local column, least = out:col(j), self.rounded[j]
      for i = 1, out:rows() do
        if math.abs(column(i, 1)) <= least then column:set(i, 1, 0) end
      end
    end
    if self.std then divide(out:col(j), self.std(1, j)) end
  end
  return out
end

-- Back to the units before: map:invert(map(X)) is X.
function Map:invert(X)
  check_columns(self, "data.standardize: map:invert", X)
  local out = X:copy()
  for j = 1, self.columns do
    if self.std then out:col(j):scale_(self.std(1, j)) end
  end
  return self.mean and out + self.mean or out
end

function Map:__tostring()
  local does = {}
  if self.mean then does[#does + 1] = "minus mean" end
  if self.std then does[#does + 1] = "over standard deviation" end
  return ("linnet.data map of %d column%s: %s"):format(self.columns,
    self.columns == 1 and "" or "s", #does > 0 and table.concat(does, ", ") or "nothing changed")
end

-- The standard deviation of a column of numbers up to `largest`, whose squares may leave the range.
local function deviation(column, largest)
  if largest > 1e150 or largest < 1e-150 then
    local e = 2.0 ^ -math.floor(math.log(largest, 2))
    if e == math.huge then e = 2.0 ^ 1000 end
    return column:copy():scale_(e):std() / e
  end
  return column:std()
end

-- Means and deviations of the columns, and what is noise in those that are constant but for
-- rounding: these are not divided. A column of one value has that for a mean, exactly.
local function moments(X)
  local mean, std, rounded = X:mean("rows"), core.matrix.ones(1, X:cols()), {}
  local low, high = X:min("rows"), X:max("rows")
  for j = 1, X:cols() do
    local a, b = low(1, j), high(1, j)
    if math.abs(a) > 1e300 or math.abs(b) > 1e300 then -- a sum leaves the range
      mean:set(1, j, X:col(j):copy():scale_(2.0 ^ -60):mean() * 2.0 ^ 60)
    end
    if not (b - a < math.huge and math.abs(mean(1, j)) < math.huge) then return nil, j end
    local largest = math.max(math.abs(a), math.abs(b))
    if a == b then
      mean:set(1, j, a)
    elseif read.is_constant(a, b) then
      rounded[j] = b - a
    else
      local s = deviation(X:col(j), largest)
      if s > 0 then std:set(1, j, s) end
    end
  end
  return mean, std, rounded
end

-- standardize with checked options; nil and a reason when X does not allow it.
local function standardize(X, o)
  if X:rows() == 0 then return nil, ("X has no rows (%d x %d)"):format(X:rows(), X:cols()) end
  local mean, std, rounded = moments(X)
  if not mean then
    return nil, ("column %d of X holds nan, inf or too large numbers"):format(std), std
  end
  local map = setmetatable({columns = X:cols(), mean = o.center and mean or nil,
    std = o.scale and std or nil, rounded = rounded}, Map)
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

-- One of the matrices of a table standardized; nil and a reason with the column's name.
local function standard(what, A, names, o)
  local out, why, j = standardize(A, o)
  if out then return out end
  return nil, ("%s (%s): missing = {...} makes a gap of such cells"):format(
    why:gsub("of X", "of " .. what), words.cell(names[j]))
end

local function csv_read(path, o)
  local X, Y, about = read.read(path, o, true)
  local why = Y
  if X and (o.center or o.scale) then X, why = standard("X", X, about.X, o) end
  if X and o.center and not about.classes then
    Y, why = standard("Y", Y, about.Y, {center = true})
  end
  if not X then return nil, why, type(about) == "string" and about or nil end
  if not Y then return nil, why end
  return X, Y, about
end

--- Inputs and targets from a table in a file. Delimiter, names, comments and decimal sign are found
-- out (`linnet.csv` says what may stand there); row numbers without a name and empty columns are
-- left out. Where there is a doubt, the message names the cell and the option that goes on:
-- `gaps = "drop"` for rows with missing cells, `text = "drop"` or `text = "code"` for columns of
-- text, `drop = {...}` for single ones, `clean = true` for all that is no number. `about` tells
-- what was done; print it once. To undo centering later, or to do it to other data, use
-- `linnet.data.standardize` instead of the options here.
-- @tparam string path
-- @tparam table options
-- @treturn Matrix X, all columns that are no targets, or those that `columns` names
-- @treturn Matrix Y, the targets in the order in which they are named; of one target of texts the
-- numbers of its classes, from 1, whose names `about.classes` has
-- @treturn about `X` and `Y` (names of their columns), `rows`, `read` (rows in the file), `gone`
-- (those left out), `guessed`, `left_out`, `coded`, `filled`, `constant`, `notes`; prints as a few
-- lines
-- @raise a file that is no table of numbers: row, column and line are named; a target that does not
-- exist
-- @usage local path = os.tmpname()
-- local file = io.open(path, "w")
-- file:write("size;kind;price\n1,5;old;3\n2;new;?\n4;old;7\n3;new;8\n"); file:close()
-- local X, Y, about = linnet.data.csv(path, {target = "price", gaps = "drop", text = "code"})
-- print(about); assert(X:cols() == 3 and about.X[2] == "kind=new" and #Y == 3); os.remove(path)
function M.csv(path, given)
  local o = schema.check("data.csv", given, 2)
  check.path("data.csv", path)
  local X, Y, about = csv_read(path, o)
  if not X then error(("data.csv: %s: %s"):format(path, Y), 2, about or "data") end
  return X, Y, about
end

return M
