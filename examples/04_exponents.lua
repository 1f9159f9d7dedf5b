--- 04: how fast the distance falls with the width depends on the scale of the weights.
--
-- Entries N(0, h^(-2 alpha)). Theorem 2 of [M21] needs 1/4 < alpha <= 1/2 and promises the exponent
-- 1/2 - 2 alpha. The wide law (derived, mathematics.md section 7) has that exponent for alpha < 1/2
-- once h^(1 - 2 alpha) >> ||Theta_hat||; -1/2 at 1/2; -alpha above; and no decay up to 1/4: beyond
-- the theorem's range its conclusion fails below and still holds above. On given widths the law has
-- a slope of its own, and measured slopes must agree with it to 0.01: on the paper's data (n = 100,
-- D = 400) and on raw near-infrared spectra of 60 gasolines (401 wavelengths, lambda_1/lambda_r of
-- X'X near 5e8), where ||Theta_hat|| is so large that 1/2 - 2 alpha lies beyond these widths.
--
-- SPDX-License-Identifier: MIT

-- Beside this file, wherever it was installed.
package.path = (arg[0]:match("^(.*/)examples/") or "./") .. "?.lua;" .. package.path

local linnet = require "linnet"
local support = require "examples.support"

local theory, size = linnet.theory, support.size
local example = support.new("04_exponents", "slope of the distance in the width, by alpha")

local spectra, octane = linnet.data.csv(support.home .. "examples/data/gasoline.csv",
  {target = "octane"})
local X, Y = linnet.data.gaussian{n = 100, D = 400, noise = 0.01, seed = 1}
local problems = {
  {name = "paper's data", p = linnet.problem(X, Y)},
  {name = "near-infrared", p = linnet.problem(spectra, octane)},
}

local widths = size({1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12}, {1e6, 1e9, 1e12})
local seeds = size(8, 4)

-- Per seed the slope over the widths (the seeds' draws are alike at all of them), and the mean
-- curve.
local function slopes(p, alpha)
  local columns, means, out = {}, {}, {}
  for i, h in ipairs(widths) do
    columns[i] = support.list(linnet.ensemble(p, {init = {"gaussian", h = h, alpha = alpha},
      seeds = seeds, flow = {t = math.huge}, threads = support.threads}).distance)
    means[i] = support.mean(columns[i])
  end
  for k = 1, seeds do
    local one = {}
    for i, column in ipairs(columns) do one[i] = column[k] end
    out[k] = support.slope(widths, one)
  end
  return out, means
end

local ALPHAS = {0.3, 0.35, 0.4, 0.45, 0.5}
local OUTSIDE = {{0.2, "rises"}, {0.25, "stays"}, {0.75, "falls"}}
local curves = {}

for _, case in ipairs(problems) do
  local p = case.p
  for i, alpha in ipairs(ALPHAS) do
    local per_seed, means = slopes(p, alpha)
    example:near("derived", ("%s, alpha = %g: the law's slope"):format(case.name, alpha),
      theory.wide_slope(widths, alpha, p), support.mean(per_seed), 0.01)
    local law = {}
    for k, h in ipairs(widths) do
      law[k] = theory.wide_law{h = h, alpha = alpha, problem = p} ^ 0.5
    end
    if case.name == "near-infrared" then
      curves[#curves + 1] = {widths, means, style = "points", color = i,
        label = ("α = %g"):format(alpha)}
      curves[#curves + 1] = {widths, law, style = "bound", color = i,
        label = i == 1 and "law" or nil}
    end
  end
  for _, outside in ipairs(OUTSIDE) do
    local alpha, does = table.unpack(outside)
    example:near("control", ("%s, alpha = %g: %s"):format(case.name, alpha, does),
      theory.wide_exponent(alpha), support.mean((slopes(p, alpha))), 0.01)
  end
end

-- Where the width is large enough for the promised exponent, the measured slope has it.
example:near("theorem", "paper's data, alpha = 0.4: 1/2 - 2 alpha", -0.3,
  support.mean((slopes(problems[1].p, 0.4))), 0.01)

curves.log, curves.title = "xy", "Near-infrared spectra: measured distances on the derived law"
curves.xlabel, curves.ylabel = "hidden width h", "distance to the minimum-norm solution"
example:plot(curves)

return example:finish()
