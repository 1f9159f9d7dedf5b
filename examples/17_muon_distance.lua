--- 17: how far from the minimum-norm solution Muon ends, against the width, beside the flow.
--
-- Muon replaces each layer's gradient by its polar factor; it is width-free, so its distance can be
-- followed to h = 1e12. Derived (mathematics.md, section 8) for whitened data, wide starts and
-- small steps: where the flow keeps |u|^2 - |v|^2 of each mode of the target, Muon keeps |u| - |v|,
-- and both keep |u|^2 |v|^2 - p^2. So with a = h s_u^2, b = h s_v^2, d = a^(1/2) - b^(1/2) it ends
-- with
--   E dist^2 = (D - r) s_u^2 sum_j v_j^2,  v_j = ((d^2 + 4 (s_j^2 + a b)^(1/2))^(1/2) - d)/2,
-- s_j the singular values of Theta_hat: for balanced starts the flow's law, for others not.
-- Expected: measured ends on that law, falling as h^(-1/2), for three targets and three balances.
-- Controls: the flow from the same starts; data that are not whitened, where Muon ends per cents
-- off both laws and no theory says how far.
--
-- SPDX-License-Identifier: MIT

-- Beside this file, wherever it was installed.
package.path = (arg[0]:match("^(.*/)examples/") or "./") .. "?.lua;" .. package.path

local linnet = require "linnet"
local support = require "examples.support"

local size = support.size
local example = support.new("17_muon_distance", "Muon's distance to the minimum-norm solution")

local N, D, ETA = 20, 60, size(0.01, 0.04)

local function problem(m, more)
  local data = {n = N, D = D, m = m, noise = 0.01, seed = m}
  for name, value in pairs(more) do data[name] = value end
  local X, Y = linnet.data.gaussian(data)
  return linnet.problem(X, 3 * Y)
end

-- Standard deviations whose ratio is `balance`, at any width of the same s_u s_v h = 1.
local function stds(h, balance) return (balance / h) ^ 0.5, (1 / balance / h) ^ 0.5 end

local function start(p, h, balance, seed)
  local std_u, std_v = stds(h, balance)
  return p:init("gaussian", {h = h, std_u = std_u, std_v = std_v, seed = seed})
end

-- Steps that fall from eta to zero, so that Muon, whose velocity does not, comes to rest.
local function muon(eta)
  local steps, etas = math.floor(20 / eta), {}
  for k = 1, steps do etas[k] = eta * (1 - (k - 1) / steps) ^ 2 end
  return {method = "muon", momentum = 0, eta = etas, steps = steps}
end

-- The mean of dist^2 at the end, given the part of the start that the data see.
local function muon_mean(p, s, eta) return p:descend(s, muon(eta)).final:law().mean end
local function flow_mean(p, s) return p:flow(s, {t = math.huge}).final:law().mean end

local function muon_law(p, h, balance)
  local a, b, sum = balance, 1 / balance, 0
  local d = a ^ 0.5 - b ^ 0.5
  local _, s = p:min_norm():svd()
  for j = 1, p.m do
    sum = sum + (((d ^ 2 + 4 * (s(j) ^ 2 + a * b) ^ 0.5) ^ 0.5 - d) / 2) ^ 2
  end
  return (D - p.rank) * a / h * sum
end

local function flow_law(p, h, balance)
  local std_u, std_v = stds(h, balance)
  return linnet.theory.wide_law{h = h, std_u = std_u, std_v = std_v, problem = p}
end

-- ---------------------------------------------------------------- three targets, three balances

local WIDE = 1e10
for _, m in ipairs{1, 3, 5} do
  local p = problem(m, {orthonormal = true})
  for _, balance in ipairs{0.25, 1, 4} do
    local s = start(p, WIDE, balance, 1)
    local what = ("m = %d, s_u/s_v = %g: "):format(m, balance)
    local law, flows = muon_law(p, WIDE, balance), flow_law(p, WIDE, balance)
    example:near("derived", what .. "E dist^2 over Muon's law", 1, muon_mean(p, s, ETA) / law,
      1.5 * ETA)
    if balance ~= 1 then
      example:near("control", what .. "flow's over Muon's law", flows / law,
        flow_mean(p, s) / law, 1e-3)
    end
  end
end

-- The law is that of eta -> 0; on other data it fails.
local p, etas, misses = problem(3, {orthonormal = true}), {0.04, 0.02, 0.01}, {}
for i, eta in ipairs(etas) do
  misses[i] = math.abs(muon_mean(p, start(p, WIDE, 4, 1), eta) / muon_law(p, WIDE, 4) - 1)
end
example:near("measured", "miss of the law: slope in the first step", 1, support.slope(etas, misses),
  0.3)
local raw = problem(3, {kappa = 1e3})
local off = muon_mean(raw, start(raw, WIDE, 1, 1), 0.01) / flow_law(raw, WIDE, 1) - 1
example:at_least("control", "kappa = 1e3, balanced: off the law by", 0.02, math.abs(off))

-- ---------------------------------------------------------------- against the width

local figure = {log = "x", xlabel = "hidden width h", ylabel = "distance times h^(1/2)",
  title = "Where Muon ends, and the flow"}
local widths, names = {}, {"1/4", "1", "4"}
for i = 1, 6 do widths[i] = 10.0 ^ (2 * i) end
for color, balance in ipairs{0.25, 1, 4} do
  local seen, errors, scaled, law, flows = {}, {}, {}, {}, {}
  for i, h in ipairs(widths) do
    local std_u, std_v = stds(h, balance)
    local squares = linnet.ensemble(p, {init = {"gaussian", h = h, std_u = std_u, std_v = std_v},
      seeds = size(40, 8), descend = muon(ETA), threads = support.threads}).distance:map(
        function(x) return x ^ 2 end)
    local mean, error = support.mean(support.list(squares))
    seen[i], scaled[i] = mean ^ 0.5, (mean * h) ^ 0.5
    errors[i] = error / (2 * mean) * scaled[i]
    law[i], flows[i] = (h * muon_law(p, h, balance)) ^ 0.5, (h * flow_law(p, h, balance)) ^ 0.5
    if h == 1e12 then
      example:near("derived", ("h = 1e12, s_u/s_v = %g: mean dist^2 over its law"):format(balance),
        1, mean / muon_law(p, h, balance), 1.5 * ETA + 4 * error / mean)
    end
  end
  example:near("derived", ("s_u/s_v = %g: slope in h"):format(balance), -0.5,
    support.slope(widths, seen), 0.02)
  local name = ", s_u/s_v = " .. names[color]
  local function last(label) return color == 3 and label or nil end
  table.move({{widths, scaled, error = errors, label = "Muon" .. name, style = "points",
    color = color}, {widths, law, label = last "its law", style = "dash", color = color},
    {widths, flows, label = last "the flow's law", style = "bound", color = color}}, 1, 3,
    #figure + 1, figure)
end
example:plot(figure)
return example:finish()
