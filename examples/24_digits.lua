--- 24: real digits to t = infinity, at widths from 100 to infinity: errors, distance and rates.
--
-- Images of 8 x 8 pixels of handwritten digits (examples/data), the first 30 of them to learn from,
-- others to classify; ten outputs, one for each digit, the largest decides; weights of variance
-- 1/h. Derived (mathematics.md, sections 3.4 and 7.5): the squared distance to the minimum-norm
-- solution has the mean of the wide law; an infinitely wide network learns at all times what ten
-- hidden units learn; the late rate is 2 lam_min of the kernel of U1 U1' = (I + P1 P1')^(1/2),
-- V V' = (I + P1' P1)^(1/2). Theorem 1 of [M21]: the loss is below exp(-2 sigma_r^2 c t). That wide
-- networks end with the test error of the minimum-norm solution, and that stopping early classifies
-- better, is measured. Control: alpha = 1/4, where the distance falls at no width.
--
-- SPDX-License-Identifier: MIT

-- Beside this file, wherever it was installed.
package.path = (arg[0]:match("^(.*/)examples/") or "./") .. "?.lua;" .. package.path

local linnet = require "linnet"
local support = require "examples.support"

local size = support.size
local example = support.new("24_digits", "real digits to t = infinity, widths up to infinity")

local WIDTHS = size({100, 300, 1e3, 1e4, 1e6, 1e9, 1e12}, {1e3, 1e6, 1e12})
local TRAIN, TEST, CLASSES, SEEDS = 30, 500, 10, size(20, 4)
local inf = math.huge

-- ---------------------------------------------------------------- digits

local pixels, digits = linnet.data.csv(support.home .. "examples/data/digits.csv",
  {target = "digit"})
local X = pixels:sub(1, TRAIN, 1, pixels:cols()) / 16
local Xnew = pixels:sub(TRAIN + 1, TRAIN + TEST, 1, pixels:cols()) / 16
local Y = linnet.matrix(TRAIN, CLASSES, function(i, j) return digits(i) == j - 1 and 1 or 0 end)
local p = linnet.problem(X, Y)

-- Share of the images from `first` on whose largest output is not their digit's.
local function wrong(outputs, first)
  local count = 0
  for i = 1, outputs:rows() do
    local largest = 1
    for j = 2, CLASSES do
      if outputs(i, j) > outputs(i, largest) then largest = j end
    end
    if largest - 1 ~= digits(first + i - 1) then count = count + 1 end
  end
  return count / outputs:rows()
end
local function test(s) return wrong(s:predict(Xnew), TRAIN + 1) end

local function flow(s, record, save_at)
  return p:flow(s, {t = inf, record = record or {}, save_at = save_at or {}})
end

-- ---------------------------------------------------------------- over the width

local laws, distances, errors = {}, {}, {}
local least = wrong(Xnew * p:min_norm(), TRAIN + 1)
for k, h in ipairs(WIDTHS) do
  local squares, tests, train = {}, {}, 0
  for seed = 1, SEEDS do
    local final = flow(p:init("gaussian", {h = h, seed = seed})).final
    squares[seed], tests[seed] = final:distance() ^ 2, test(final)
    train = math.max(train, wrong(final:predict(X), 1))
  end
  local mean, error = support.mean(squares)
  laws[k] = linnet.theory.wide_law{h = h, problem = p} ^ 0.5
  distances[k], errors[k] = mean ^ 0.5, support.mean(tests)
  local function named(what) return ("h = %g: %s"):format(h, what) end
  -- the law is that of h = inf: relative corrections are of order (r + m)/h
  example:near("derived", named("squared distance over the wide law"), 1, mean / laws[k] ^ 2,
    4 * error / laws[k] ^ 2 + (p.rank + p.m) / h)
  example:at_most("measured", named("training images misclassified"), 0, train)
end
example:near("measured", "test error at the largest width: the minimum-norm solution's", least,
  errors[#errors], 0.004)

-- ---------------------------------------------------------------- at infinite width

local wide = p:init("gaussian", {h = inf})
local times = support.list(linnet.logspace(1e-3, 1e6, size(91, 31)))
local record = {test = test, outputs = function(s) return s:predict(Xnew):norm() end,
  train = function(s) return wrong(s:predict(X), 1) end}
local whole, narrow = flow(wide, record, times), flow(wide:narrow(), record, times)
example:near("derived", "h = inf: distance to the minimum-norm solution", 0,
  whole.final:distance() / p:min_norm():norm(), 1e-9)
local apart = 0
for i = 1, #times do
  apart = math.max(apart, math.abs(narrow.outputs(i) / whole.outputs(i) - 1))
end
-- two flows at the default tol of 1e-6, each within 10 tol times what the problem amplifies
example:at_most("derived", "h = inf and h = 10: outputs on new images differ by", 1e-4, apart)

local _, _, Yt = p:reduced()
local sigma = p:singular_values()
local P1 = linnet.matrix(p.rank, p.m, function(i, j) return Yt(i, j) / sigma(i, 1) end)
-- (I + M)^(1/2) of a positive semidefinite matrix
local function root(M)
  local values, vectors = M:eigh()
  return vectors * linnet.diag((values + 1):map(math.sqrt)) * vectors:t()
end
local nu = root(P1:t() * P1):eigh()
local S = linnet.diag(sigma)
local K = S * root(P1 * P1:t()) * S + nu:min() * (S * S)
example:near("derived", "h = inf: late rate", 2 * (K:eigh()):min(), whole.final:rates().late, 1e-6,
  true)
local late, c = whole.final:rates().late, 2 -- imbalance of the limit
local beyond = -inf
for i = 1, #times do
  local share = whole.excess(i) / wide:excess()
  if share > 1e-20 then
    beyond = math.max(beyond, math.log(share) + 2 * sigma(p.rank) ^ 2 * c * times[i])
  end
end
example:at_most("theorem", "h = inf: log of the loss over Theorem 1's bound, largest", 1e-9, beyond)
print(("h = inf: late rate %.3g, Theorem 1 says %.3g"):format(late, 2 * sigma(p.rank) ^ 2 * c))

local best = 1
for i = 2, #times do
  if whole.test(i) < whole.test(best) then best = i end
end
example:at_most("measured", "h = inf: best test error on the way over that of the end", 0.9,
  whole.test(best) / test(whole.final))

-- ---------------------------------------------------------------- control

local function lazy(h)
  return flow(p:init("gaussian", {h = h, alpha = 0.25, seed = 1})).final:distance()
end
example:at_least("control", "alpha = 1/4: distance at h = 1e12 over that at 1e6", 0.8,
  lazy(1e12) / lazy(1e6))

local few = {{}, {}} -- of the many times, to be told from the line
for i = 1, #times, 6 do
  few[1][#few[1] + 1], few[2][#few[2] + 1] = times[i], narrow.test(i)
end
example:plot{panels = {
  {log = "xy", xlabel = "hidden width h", ylabel = "distance at t = inf", key = "top right",
    title = "Distance to the minimum-norm solution",
    {WIDTHS, laws, label = "wide law", style = "bound"},
    {WIDTHS, distances, label = "measured", style = "points", color = 1}},
  {log = "x", xlabel = "time t", ylabel = "share misclassified", key = "top right",
    title = "500 new digits", yrange = {0, 0.6}, xrange = {1e-3, 1e6},
    {times, whole.test, label = "infinite width", style = "dash", color = 1},
    {few[1], few[2], label = "ten hidden units", style = "points", color = 2},
    {times, whole.train, label = "the 30 it learns from", style = "dash", color = 8},
    {{1e-3, 1e6}, {least, least}, label = "minimum norm", style = "bound", color = 3}},
}}
return example:finish()
