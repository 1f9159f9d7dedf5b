--- 23: softmax on real digits, at widths from 100 to infinity: margins without an end, and a
-- minimum-norm solution where there is one.
--
-- The 30 handwritten digits of example 24, ten classes. As they are, linear maps separate them:
-- the loss tends to 0 and the weights grow for ever. Theorems (Lyu and Li 2020): once the loss is
-- below log 2, the smoothed margin -log(e^L - 1)/(||U1||^2 + ||V||^2) never falls, and the loss
-- goes like 1/(t log t). With smoothed labels (0.91 of the digit, 0.01 of each other one) there is
-- a least loss, met by one map on the span of the data. Derived (mathematics.md, section 7.7): the
-- wide law of the squared loss holds with this map in place of Theta_hat, and V V' is (I + P1'
-- P1)^(1/2) at all times of both flows at infinite width. Test errors are measured. Controls:
-- gradient descent, which leaves V V' at order eta; a clock of 1/t.
--
-- SPDX-License-Identifier: MIT

-- Beside this file, wherever it was installed.
package.path = (arg[0]:match("^(.*/)examples/") or "./") .. "?.lua;" .. package.path

local linnet = require "linnet"
local support = require "examples.support"

local size = support.size
local example = support.new("23_softmax", "softmax on real digits, widths up to infinity")

local TRAIN, TEST, CLASSES = size(30, 20), 500, 10
local WIDTHS, SEEDS = size({100, 300, 1e3, 1e4, 1e6, 1e9, 1e12}, {1e3, 1e12}), size(6, 3)
local inf = math.huge

-- ---------------------------------------------------------------- digits

local pixels, digits = linnet.data.csv(support.home .. "examples/data/digits.csv",
  {target = "digit"})
local X = pixels:sub(1, TRAIN, 1, pixels:cols()) / 16
local Xnew = pixels:sub(TRAIN + 1, TRAIN + TEST, 1, pixels:cols()) / 16
local Y = linnet.matrix(TRAIN, CLASSES, function(i, j) return digits(i) == j - 1 and 1 or 0 end)
local plain = linnet.problem(X, Y, {loss = "softmax"})
local smoothed = linnet.problem(X, 0.9 * Y + 0.01, {loss = "softmax"})

-- The largest output of others than the image's digit less its own, image by image.
local function lead(outputs, first)
  local leads = {}
  for i = 1, outputs:rows() do
    local own, others = digits(first + i - 1) // 1 + 1, -inf
    for j = 1, CLASSES do
      if j ~= own then others = math.max(others, outputs(i, j)) end
    end
    leads[i] = others - outputs(i, own)
  end
  return leads
end
-- Share of images whose own digit does not lead.
local function wrong(outputs, first)
  local count = 0
  for _, x in ipairs(lead(outputs, first)) do count = count + (x >= 0 and 1 or 0) end
  return count / outputs:rows()
end
local function test(s) return wrong(s:predict(Xnew), TRAIN + 1) end
local function train(s) return wrong(s:predict(X), 1) end

-- ---------------------------------------------------------------- smoothed labels, over the width

-- The wide law with a map in place of the minimum-norm solution.
local function wide_law(h, map)
  local _, values = map:svd()
  return linnet.theory.wide_law{h = h, singular_values = values, dof = smoothed.D - smoothed.rank}
end

local best = smoothed:min_norm()
local least = wrong(Xnew * best, TRAIN + 1)
local laws, distances, misses = {}, {}, 0
for k, h in ipairs(WIDTHS) do
  local squares = {}
  for seed = 1, SEEDS do
    local s = smoothed:init("gaussian", {h = h, seed = seed})
    local final = smoothed:flow(s, {t = inf, record = {}, save_at = {}}).final
    squares[seed] = (final:theta() - best):norm() ^ 2
    misses = math.max(misses, train(final))
  end
  local mean, error = support.mean(squares)
  laws[k], distances[k] = wide_law(h, best) ^ 0.5, mean ^ 0.5
  -- the law is that of h = inf: relative corrections are of order (r + m)/h
  example:near("derived", ("smoothed, h = %g: squared distance over the law"):format(h), 1,
    mean / laws[k] ^ 2, 4 * error / laws[k] ^ 2 + (smoothed.rank + CLASSES) / h)
end
example:at_most("measured", "smoothed: training digits misclassified, any width", 0, misses)

-- ---------------------------------------------------------------- at infinite width, and at 100

local function smooth_margin(s)
  local U, V = s:reduced()
  local loss = s:loss()
  local above = loss > 1e-8 and math.exp(loss) - 1 or loss * (1 + loss / 2)
  return -math.log(above) / (U:norm() ^ 2 + V:norm() ^ 2)
end

-- V V' less its law, relative.
local function off_law(s)
  local U, V = s:reduced()
  local P1 = U * V:t()
  local values, vectors = (P1:t() * P1):eigh()
  local root = values:map(function(x) return (1 + math.max(x, 0)) ^ 0.5 end)
  local VV = V * V:t()
  return (VV - vectors * linnet.diag(root) * vectors:t()):norm() / VV:norm()
end

local function margin(s)
  local U, V = s:reduced()
  local _, values = (U * V:t()):svd()
  return -support.quantile(lead(s:predict(X), 1), 1) / (2 * values:sum())
end

local times = support.list(linnet.logspace(1e-3, 1e15, size(73, 37)))
local record = {test = test, train = train, smooth = smooth_margin, off = off_law,
  margin = margin}
local function follow(p, h)
  return p:flow(p:init("gaussian", {h = h, seed = 1}), {t = 1e15, record = record, save_at = times})
end

local runs = {}
for _, h in ipairs{100, inf} do
  local run = follow(plain, h)
  local fall, n = inf, #times
  for i = 2, n do
    if run.loss(i - 1) < math.log(2) then
      fall = math.min(fall, run.smooth(i) - run.smooth(i - 1))
    end
  end
  local function named(what) return ("h = %s: %s"):format(h == inf and "inf" or h, what) end
  example:at_least("theorem", named("the smoothed margin's least step"), 0, fall)
  local early = n - (n - 1) // 3 -- 1e9
  local function clock(i) return run.loss(i) * times[i] end
  local function logs(i) return clock(i) * math.log(times[i]) end
  example:within("theorem", named("L t log t, at t = 1e15 over 1e9"), 0.9, 1.1,
    logs(n) / logs(early))
  example:at_most("control", named("L t, the same"), 0.7, clock(n) / clock(early))
  example:at_most("measured", named("training digits misclassified at the end"), 0, run.train(n))
  print(named(("test error %.3f at the end, margin over 2 ||Theta||_* %.4f"):format(run.test(n),
    run.margin(n))))
  runs[h] = run
end
runs.smoothed = follow(smoothed, inf)
local worst = {0, 0}
for i = 1, #times do
  worst[1] = math.max(worst[1], runs[inf].off(i))
  worst[2] = math.max(worst[2], runs.smoothed.off(i))
end
example:at_most("derived", "h = inf: V V' off its law at any time", 1e-12, worst[1])
example:at_most("derived", "h = inf, smoothed: the same", 1e-12, worst[2])
example:near("derived", "h = inf, smoothed: distance at the end", 0,
  (runs.smoothed.final:theta() - best):norm() / best:norm(), 1e-7)

local function descended(eta)
  local start = plain:init("gaussian", {h = inf})
  return off_law(plain:descend(start, {eta = eta, steps = 2 / eta}).final)
end
example:near("control", "descent: V V' off its law, halving eta", 2,
  descended(0.004) / descended(0.002), 0.2)

-- ---------------------------------------------------------------- figure

local span = {1e-3, 1e15}
example:plot{panels = {
  {log = "xy", xlabel = "hidden width h", ylabel = "distance at t = inf", key = "top right",
    title = "Smoothed labels: distance", {WIDTHS, laws, label = "wide law", style = "bound"},
    {WIDTHS, distances, label = "measured", style = "points", color = 1}},
  {log = "x", xlabel = "time t", ylabel = "margin", key = "top right", xrange = {1, 1e15},
    title = "Labels as they are: margins grow", yrange = {0, 0.12},
    {times, runs[inf].margin, label = "margin over 2 ||Theta||_*", color = 1},
    {times, runs[inf].smooth, label = "smoothed margin", style = "dash", color = 2}},
  {log = "x", xlabel = "time t", ylabel = "share misclassified", key = "top right", xrange = span,
    title = "500 new digits", yrange = {0, 0.6},
    {times, runs[inf].test, label = "as they are, h = ∞", color = 1},
    {times, runs[100].test, label = "the same, h = 100", style = "dash", color = 5},
    {times, runs.smoothed.test, label = "smoothed, h = ∞", color = 3},
    {span, {least, least}, label = "its minimum norm", style = "bound", color = 3}},
}}
return example:finish()
