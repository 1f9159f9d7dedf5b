--- 08: a wide network is not a lazy one: at alpha = 1/2 the wide limit still learns features.
--
-- The lazy limit is E(t) = exp(-K(0) t) E(0). Derived (mathematics.md, section 8): as h -> inf the
-- start becomes orthogonal, Z Z' = lam I with lam = h^(1 - 2 alpha), and on whitened data the flow
-- has a closed form beside which the lazy error is exp(-2 lam t) Yt. Their largest difference over
-- all times falls like lam^(-2) = h^(4 alpha - 2) for alpha < 1/2 and is a constant at alpha = 1/2,
-- where lam = 1 at every width. Expected: measured deviations on these curves, slopes too; at alpha
-- = 1/2 the deviation of the network of infinite width, on other data as well.
--
-- SPDX-License-Identifier: MIT

-- Beside this file, wherever it was installed.
package.path = (arg[0]:match("^(.*/)examples/") or "./") .. "?.lua;" .. package.path

local linnet = require "linnet"
local support = require "examples.support"

local size = support.size
local example = support.new("08_wide_lazy", "deviation from the lazy limit against the width")

local function grid(last, count)
  local times = {}
  for i = 1, count do times[i] = last * (i / count) ^ 2 end
  return times
end

-- Largest difference of the orthogonal start's closed form and its lazy limit, relative to ||Yt||.
local function expected(Yt, lam)
  local path, worst = linnet.exact.orthogonal{target = Yt, lam = lam}, 0
  for _, t in ipairs(grid(4 / lam, 200)) do
    local miss = path:at(t).U1V - (1 - math.exp(-2 * lam * t)) * Yt
    worst = math.max(worst, miss:norm() / Yt:norm())
  end
  return worst
end

-- tol: of the weights, relative to their size; the map is a difference of products of them, and
-- carries h^(1 - 2 alpha) / ||Yt|| times that.
local function measured(p, h, alpha, seed, tol)
  local s = p:init("gaussian", {h = h, alpha = alpha, seed = seed})
  local rate = h == math.huge and 1 or h ^ (1 - 2 * alpha)
  local last = 4 / rate / p:singular_values():min() ^ 2
  return (p:flow(s, {t = last, save_at = grid(last, 100), tol = tol or 1e-9, record = {}})
    :lazy_deviation())
end

-- ---------------------------------------------------------------- whitened data

local X, Y = linnet.data.gaussian{n = 10, D = 30, orthonormal = true, seed = 1}
Y = 2 * Y
local p = linnet.problem(X, Y)
local _, _, Yt = p:reduced()

local widths = size({1e5, 1e6, 1e7, 1e8, 1e9, 1e10}, {1e5, 1e7, 1e9})
local curves = {log = "xy", xlabel = "hidden width h", ylabel = "largest deviation from lazy",
  title = "Wide is lazy only below α = 1/2"}
for i, alpha in ipairs{0.4, 0.45, 0.5} do
  local seen, law = {}, {}
  for k, h in ipairs(widths) do
    local list = {}
    for seed = 1, size(8, 3) do list[seed] = measured(p, h, alpha, seed) end
    seen[k], law[k] = support.mean(list), expected(Yt, h ^ (1 - 2 * alpha))
  end
  local name = ("whitened, alpha = %g: "):format(alpha)
  -- the start is orthogonal up to (r/h)^(1/2), 1 % at h = 1e5
  example:near("derived", name .. "deviation at h = 1e5", law[1], seen[1], 0.03, true)
  example:near("derived", name .. "slope in h", support.slope(widths, law),
    support.slope(widths, seen), 0.01)
  if alpha == 0.4 then
    example:near("derived", name .. "slope 4 alpha - 2", 4 * alpha - 2, support.slope(widths, seen),
      0.01)
  end
  curves[2 * i - 1] = {widths, seen, label = ("α = %g"):format(alpha), style = "points",
    color = i}
  curves[2 * i] = {widths, law, style = "bound", color = i, label = i == 1 and "closed form" or nil}
end
example:plot(curves)

-- ---------------------------------------------------------------- other data

X, Y = linnet.data.gaussian{n = 10, D = 30, m = 2, kappa = 20, seed = 2}
local q = linnet.problem(X, 3 * Y)
example:near("derived", "kappa = 20, m = 2, alpha = 0.5, h = 1e12: as at h = inf",
  measured(q, math.huge, 0.5), measured(q, 1e12, 0.5, 1), 1e-4, true)
example:at_least("control", "the same: still not lazy", 0.01, measured(q, 1e12, 0.5, 1))
example:at_most("derived", "the same at alpha = 0.3: lazy", 1e-8, measured(q, 1e12, 0.3, 1, 1e-13))

return example:finish()
