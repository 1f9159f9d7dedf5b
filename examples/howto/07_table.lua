--- examples/howto/07_table.lua: a table of one's own: read, split, standardize, train, predict in
-- the units of the table.
--
--     linnet run examples/howto/07_table.lua [table.csv column]
--
-- SPDX-License-Identifier: MIT
local linnet = require "linnet"
local here = arg[0]:match("^(.*)examples/howto/") or "./"
local X, Y, about = linnet.data.csv(arg[1] or here .. "examples/data/gasoline.csv",
  {target = arg[2] or "octane"})
print(about)

local X1, Y1, X2, Y2 = linnet.data.split(X, Y, {test = 0.25, seed = 1})
local X1s, scale = linnet.data.standardize(X1)
local Y1s, units = linnet.data.standardize(Y1)
local p = linnet.problem(X1s, Y1s)
local run = p:flow(p:init("gaussian", {h = 1e6, std = 1e-4, seed = 3}), {t = math.huge})
local predicted = units:invert(run.final:predict(scale(X2)))
print("measured, predicted")
print(Y2:hcat(predicted):sub(1, 5, 1, Y2:cols() * 2))
local rms = run.final:test_error(scale(X2), Y2, units) ^ 0.5
local constant = Y2:map(function(y) return y - Y1:mean() end)
print("root mean square test error", rms, "of the mean", (constant:norm() ^ 2 / #Y2) ^ 0.5)

assert(math.abs(rms - ((Y2 - predicted):norm() ^ 2 / #Y2) ^ 0.5) < 1e-9 * rms)
