--- 16: what is not width-free: Adam sees single hidden units, descent, SAM and Muon do not.
--
-- A rule of training costs the same at every width if, and only if, it commutes with rotations of
-- the hidden units, F(Z O) = F(Z) O (a theorem: mathematics.md, section 2.2). Expected, for three
-- data sets: turning the hidden units of a start, which leaves the learned map as it is, changes
-- what gradient descent, SAM and Muon learn by round-off, and Adam's loss by per cents and more. So
-- linnet has no Adam: the loop below is on the full weights. Controls: a permutation of the hidden
-- units, which Adam does not see; Adam with the norm of a layer in place of its entries, which is
-- width-free again.
--
-- SPDX-License-Identifier: MIT

-- Beside this file, wherever it was installed.
package.path = (arg[0]:match("^(.*/)examples/") or "./") .. "?.lua;" .. package.path

local linnet = require "linnet"
local support = require "examples.support"

local example = support.new("16_not_width_free", "who sees a rotation of the hidden units")

local H, STEPS, ETA = 24, 60, 0.02

-- ---------------------------------------------------------------- Adam, on the full weights

-- Adam's two moments of one layer (Kingma and Ba 2015), and its step for a gradient g. `size` is
-- what the step is divided by the root of: the square of each entry, or one number for a layer.
local function adam(size)
  local m, v, k = 0, 0, 0
  return function(g)
    k = k + 1
    m, v = 0.9 * m + 0.1 * g, 0.999 * v + 0.001 * size(g)
    local root = (v / (1 - 0.999 ^ k)):map(function(x) return x ^ 0.5 + 1e-8 end)
    return ETA * (m / (1 - 0.9 ^ k)):ediv(root)
  end
end

local function of_entries(g) return g:emul(g) end
local function of_layer(g) return g * 0 + g:norm() ^ 2 / (g:rows() * g:cols()) end

-- The loss at each step.
local function train(X, Y, start, size)
  local U, V, losses = start:U(), start:V(), {}
  local step_u, step_v = adam(size), adam(size)
  for k = 1, STEPS do
    local E = X * U * V:t() - Y
    losses[k] = 0.5 * E:norm() ^ 2
    local gradient_u, gradient_v = X:t() * E * V, E:t() * X * U
    U, V = U - step_u(gradient_u), V - step_v(gradient_v)
  end
  return losses
end

-- ---------------------------------------------------------------- two starts that are one

local METHODS = {gd = {}, sam = {rho = 0.1}, muon = {momentum = 0.9}}

local function by(p, s, method)
  local o = {method = method, eta = ETA, steps = STEPS, every = 1, record = {}}
  for name, value in pairs(METHODS[method]) do o[name] = value end
  return support.list(p:descend(s, o).loss)
end

-- Relative differences of two curves, and the largest of them.
local function apart(a, b)
  local each, worst = {}, 0
  for k = 1, #a do
    each[k] = math.abs(a[k] / b[k] - 1)
    worst = math.max(worst, each[k])
  end
  return worst, each
end

local ROUND_OFF = {gd = 1e-11, sam = 1e-6, muon = 1e-5} -- dividing by norms magnifies it
local reversed = linnet.matrix(H, H, function(i, j) return i + j == H + 1 and 1 or 0 end)
local curves = {log = "y", xlabel = "step", ylabel = "relative change of the loss",
  title = "What a rotation of the hidden units changes", key = "right"}

for set, data in ipairs{{n = 10, D = 20, seed = 1}, {n = 12, D = 16, m = 3, kappa = 100, seed = 2},
  {n = 20, D = 10, m = 2, noise = 0.3, seed = 3}} do
  local X, Y = linnet.data.gaussian(data)
  local p = linnet.problem(X, Y)
  local s = p:init("gaussian", {h = H, std = 0.3, seed = set, explicit = true})
  local function turn(O) return p:init{U = s:U() * O, V = s:V() * O} end
  local turned, permuted = turn(linnet.random(set):orthogonal(H, H)), turn(reversed)
  local function named(what) return ("data %d, %s"):format(set, what) end
  local function draw(label, each)
    for k, x in ipairs(each) do each[k] = math.max(x, 1e-17) end -- equal bits have no logarithm
    if set == 1 then curves[#curves + 1] = {each, label = label} end
  end

  local adam_alone = train(X, Y, s, of_entries)
  local worst, each = apart(adam_alone, train(X, Y, turned, of_entries))
  example:at_least("measured", named("Adam, rotated: loss changes by"), 0.02, worst)
  draw("Adam", each)
  for _, method in ipairs{"muon", "sam", "gd"} do
    worst, each = apart(by(p, s, method), by(p, turned, method))
    example:at_most("theorem", named(method .. ", rotated: the same"), ROUND_OFF[method], worst)
    draw(method, each)
  end
  example:at_most("control", named("Adam, permuted: the same"), 1e-6,
    apart(adam_alone, train(X, Y, permuted, of_entries)))
  example:at_most("control", named("Adam with layers' norms, rotated: the same"), 1e-6,
    apart(train(X, Y, s, of_layer), train(X, Y, turned, of_layer)))
end

example:plot(curves)
return example:finish()
