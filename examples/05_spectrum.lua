--- 05: the imbalance concentrates as networks grow wide, and with it the rates.
--
-- [M21], spectrum experiment: n = D = 20, X = I, m = 5, N(0, 1) weights, loss 1/2 ||Y - U V'/(m
-- h)^(1/2)||^2, entries of Y of standard deviation 0.1^(1/2); h = 30, 100, 300, 1000. In this
-- library: weights times (m h)^(-1/4), every rate times (m h)^(-1/2). Printed, one draw each: exact
-- rate at t = 0: 1.03, 0.86, 0.82, 0.81, Theorem 1's bound 2 sigma_r^2 c: 0.10, 0.32, 0.57, 0.66.
-- Over 40 seeds: 1.00 +- .08, .87 +- .04, .82 +- .03, .80 +- .01 and .11 +- .04, .38 +- .04, .55 +-
-- .03, .66 +- .02. Derived: the 20 positive and the 5 negative eigenvalues of Lambda tend to +-h (m
-- h)^(-1/2), so both rates tend to 4/m = 0.8.
--
-- SPDX-License-Identifier: MIT

-- Beside this file, wherever it was installed.
package.path = (arg[0]:match("^(.*/)examples/") or "./") .. "?.lua;" .. package.path

local linnet = require "linnet"
local support = require "examples.support"

local example = support.new("05_spectrum", "imbalance spectrum and rates over the width")

local R, M, SEEDS = 20, 5, 40
local WIDTHS = {30, 100, 300, 1000}
local PRINTED = {rate = {1.03, 0.86, 0.82, 0.81}, bound = {0.10, 0.32, 0.57, 0.66}}
local STATED = {rate = {1.00, 0.87, 0.82, 0.80}, bound = {0.11, 0.38, 0.55, 0.66}}

-- Rates and spectra in the paper's units, one draw of data and weights.
local function draw(h, seed)
  local Y = linnet.random(seed):normal(R, M):scale_(0.1 ^ 0.5)
  local p, unit = linnet.problem(linnet.eye(R), Y), (M * h) ^ -0.5
  local s = p:init("gaussian", {h = h, std = (M * h) ^ -0.25, seed = seed})
  local rates = s:rates()
  return unit * rates.instantaneous, unit * rates.imbalance, s:imbalance().spectrum / (h * unit)
end

local curves = {xlabel = "index of the eigenvalue",
  ylabel = "eigenvalue of Λ over its wide limit", title = "The imbalance concentrates at ±1"}
for i, h in ipairs(WIDTHS) do
  local found, spectrum = {rate = {}, bound = {}}, nil
  for seed = 1, SEEDS do found.rate[seed], found.bound[seed], spectrum = draw(h, seed) end
  for _, name in ipairs{"rate", "bound"} do
    local mean, error, sd = support.mean(found[name])
    -- two means of 40 seeds, both rounded: four standard errors of their difference
    example:near("paper", ("h = %d: mean %s"):format(h, name), STATED[name][i], mean,
      4 * 2 ^ 0.5 * error + 0.005)
    example:near("paper", ("h = %d: printed %s, one draw"):format(h, name), mean,
      PRINTED[name][i], 3 * sd + 0.005)
  end
  curves[i] = {spectrum, label = ("h = %d"):format(h), style = "points"}
end

local rate, bound = draw(1e12, 1)
example:near("derived", "h = 1e12: rate", 4 / M, rate, 1e-4)
example:near("derived", "h = 1e12: bound", 4 / M, bound, 1e-4)

example:plot(curves)
return example:finish()
