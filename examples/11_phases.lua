--- 11: where networks learn features and where they stay near their start: scale against imbalance.
--
-- n = 20 samples, D = 60, h = 2000; weights of variance s_u^2, s_v^2 over a grid in the scale lam =
-- h s_u s_v and the imbalance s_u/s_v, 10 seeds each, flow to the end. Measured: how far the
-- tangent kernel has moved, ||K - K(0)||/||K(0)||, and the test error. Derived (mathematics.md,
-- sections 7 and 8): on whitened data and for wide networks both have closed forms: the kernel's
-- from the start diag(h s_u^2 I, h s_v^2 I); the test error is that of the minimum-norm solution
-- plus the law's dist^2/D. Expected: both within a few per cent in the median over the grid; at h =
-- 2000 the start is off its wide limit by (r/h)^(1/2) = 10 %.
--
-- SPDX-License-Identifier: MIT

-- Beside this file, wherever it was installed.
package.path = (arg[0]:match("^(.*/)examples/") or "./") .. "?.lua;" .. package.path

local linnet = require "linnet"
local support = require "examples.support"

local size, list = support.size, support.list
local example = support.new("11_phases", "kernel movement and test error over scale and imbalance")

local H, N, D, NOISE = 2000, 20, 60, 0.1
local X, Y, Theta = linnet.data.gaussian{n = N, D = D, noise = NOISE, orthonormal = true, seed = 1}
local Xtest = linnet.random(2):normal(400, D):scale_(D ^ -0.5)
local Ytest = Xtest * Theta
local p = linnet.problem(X, Y)
local _, _, Yt = p:reduced()

local cells, seeds = size(31, 7), size(10, 3)
local scales = linnet.logspace(1e-3, 1e2, cells)
local ratios = linnet.logspace(10 ^ -2.5, 10 ^ 2.5, cells)

local function kernel_distance(a, b)
  local path = linnet.exact.diagonal{target = Yt, a = a, b = b}
  local function kernel(t)
    local at = path:at(t)
    return at.U1U1 + at.VV(1, 1) * linnet.eye(p.rank)
  end
  local before = kernel(0)
  return (kernel(math.huge) - before):norm() / before:norm()
end

-- Test error of the minimum-norm solution; fresh outputs without noise.
local base = (Ytest - Xtest * p:min_norm()):norm() ^ 2 / Ytest:rows()

local maps = {kernel = {}, error = {}}
local misses = {kernel = {}, error = {}}

-- Measures one cell of the maps and notes how far it is from the closed forms.
local function cell(i, j)
  local lam, ratio = scales(j), ratios(i)
  local std_u, std_v = (lam * ratio / H) ^ 0.5, (lam / ratio / H) ^ 0.5
  local e = linnet.ensemble(p, {init = {"gaussian", h = H, std_u = std_u, std_v = std_v},
    seeds = seeds, flow = {t = math.huge}, measure = {"kernel_distance", "test_error"},
    test = {Xtest, Ytest}, threads = support.threads})
  local kernel, error = support.mean(list(e.kernel_distance)), support.mean(list(e.test_error))
  maps.kernel[i][j], maps.error[i][j] = kernel, error
  -- beyond lam = 1 the output at the start, of order lam (r/h)^(1/2), moves the kernel too
  if lam <= 1 then
    local expected = kernel_distance(lam * ratio, lam / ratio)
    misses.kernel[#misses.kernel + 1] = math.abs(kernel / expected - 1)
  end
  local law = linnet.theory.wide_law{h = H, std_u = std_u, std_v = std_v, problem = p} / D
  misses.error[#misses.error + 1] = math.abs(error / (base + law) - 1)
end
for i = 1, cells do
  maps.kernel[i], maps.error[i] = {}, {}
  for j = 1, cells do cell(i, j) end
end

-- ---------------------------------------------------------------- expectations

local middle, top = (cells + 1) // 2, cells
example:at_most("derived", "kernel movement, lam <= 1: off its closed form, median", 0.06,
  support.quantile(misses.kernel, 0.5))
example:at_most("derived", "the same, 95 % quantile", 0.15, support.quantile(misses.kernel, 0.95))
example:at_most("derived", "test error: off minimum norm plus law, median", 0.02,
  support.quantile(misses.error, 0.5))
example:at_most("derived", "the same, 95 % quantile", 0.15, support.quantile(misses.error, 0.95))

example:at_least("derived", "small and balanced: kernel moves by a factor", 100,
  maps.kernel[middle][1])
example:at_most("derived", "large and balanced: kernel moves by", 0.01, maps.kernel[middle][top])
example:at_most("derived", "small, s_u/s_v = 0.003 against 1: kernel moves less, ratio", 0.1,
  maps.kernel[1][1] / maps.kernel[middle][1])
example:near("derived", "smallest scale: test error over minimum norm's", 1,
  maps.error[middle][1] / base, 0.01)
example:at_least("control", "largest scale: the same", 10, maps.error[middle][top] / base)

-- ---------------------------------------------------------------- figures

local function rounded(x) return tonumber(("%.1g"):format(x)) end
local AXES = {x = scales:map(rounded), y = ratios:map(rounded), log = true,
  xlabel = "scale λ = h s_u s_v",
  ylabel = "imbalance s_u / s_v"}
local function map(name, title, label, file)
  local figure = {maps[name], title = title, label = label, file = file}
  for key, value in pairs(AXES) do figure[key] = value end
  example:heatmap(figure)
end
map("kernel", "How far the tangent kernel moves", "kernel distance")
map("error", "Test error at the end", "test error", "11_test_error")

return example:finish()
