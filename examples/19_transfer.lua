--- 19: does a learning rate that is best for a small network stay best for wider ones?
--
-- Three parametrizations of one network, each a change of variables (mathematics.md, section 5.1),
-- the learning rate with the least loss after 20 steps of gradient descent, at widths from 64 to
-- infinity. Derived: in muP step and start have a limit as h grows, so the best rate has one, that
-- of h = infinity; in NTK the kernel, which sets the rate, has a limit; with standard scales it
-- grows like h, so the best rate falls like 1/h. Expected: slopes 0, 0, -1 over the width, for
-- three data sets. Control: the rate that is best at h = 64 makes the standard network diverge when
-- it is wide. That a rate found at h = 64 is within tens of per cents of that of infinity is
-- measured. NTK's wide network is lazy, muP's is not.
--
-- SPDX-License-Identifier: MIT

-- Beside this file, wherever it was installed.
package.path = (arg[0]:match("^(.*/)examples/") or "./") .. "?.lua;" .. package.path

local linnet = require "linnet"
local support = require "examples.support"

local size = support.size
local example = support.new("19_transfer", "learning rates from h = 64 to infinity")

local STEPS, SEEDS, FAILED = 20, size(4, 1), 1e9

local function network(p, kind, h) return linnet.parametrization{kind = kind, h = h, D = p.D} end

local function descend(p, q, rate, seed)
  return p:descend(q:init(p, {seed = seed}), {eta = q:eta(rate), steps = STEPS, record = {},
    every = STEPS})
end

-- What is left of the loss after STEPS steps with a rate, geometric mean over seeds.
local function left(p, q, rate)
  local sum = 0
  for seed = 1, SEEDS do
    local run = descend(p, q, rate, seed)
    local share = run.stats.reason ~= "diverged" and run.excess(#run.excess) / run.excess(1)
    sum = sum + math.log(share and share < FAILED and share or FAILED)
  end
  return math.exp(sum / SEEDS)
end

-- The best rate: of a grid over some decades below 10, then of finer ones around the best.
local function best(p, q, decades)
  local low, high, count = -decades, 1.0, 6 * (decades + 1)
  local rate, least
  repeat
    local step = (high - low) / count
    rate, least = nil, math.huge
    for i = 0, count do
      local share = left(p, q, 10 ^ (low + i * step))
      if share < least then rate, least = low + i * step, share end
    end
    low, high, count = rate - step, rate + step, 8
  until step < 0.005
  return 10 ^ rate, least
end

-- ---------------------------------------------------------------- best rates against the width

local WIDTHS = size({64, 256, 1e3, 1e4, 1e6, 1e8, 1e10}, {64, 1e4, 1e5, 1e6})
local SLOPES, NAMES = {standard = -1, ntk = 0, mup = 0}, {"standard", "ntk", "mup"}
local COLORS = {standard = 2, ntk = 3, mup = 1}
local rates = {log = "xy", xlabel = "hidden width h", ylabel = "best learning rate",
  title = "The best rate over the width"}
local losses = {log = "xy", xlabel = "learning rate", ylabel = "loss over its start",
  title = ("Loss after %d steps"):format(STEPS)}

local function wide(list) return table.move(list, #list - 2, #list, 1, {}) end

-- Loss against the rate at some widths, for the figure.
local function draw(p)
  for i, entry in ipairs{{"standard", 64}, {"standard", 1e4}, {"mup", 64}, {"mup", math.huge}} do
    local kind, h = table.unpack(entry)
    local q, at, curve = network(p, kind, h), linnet.logspace(1e-4, 2, size(101, 41)), {}
    for k = 1, #at do
      local share = left(p, q, at(k))
      curve[k] = share < 10 and share or 0 / 0
    end
    losses[i] = {at, curve, label = ("%s, h = %s"):format(kind, h == math.huge and "∞"
      or ("%g"):format(h)), style = i % 2 == 1 and "dash" or "line", color = COLORS[kind]}
  end
end

for set, data in ipairs{{n = 20, D = 60, seed = 1}, {n = 15, D = 40, m = 3, seed = 2},
  {n = 10, D = 30, m = 2, kappa = 20, seed = 3}} do
  local X, Y = linnet.data.gaussian(data)
  local p = linnet.problem(X, 3 * Y)
  local function named(what) return ("data %d, %s"):format(set, what) end
  local infinite = network(p, "mup", math.huge)
  local limit = best(p, infinite, 2)

  local at, decades = {}, {standard = math.log(WIDTHS[#WIDTHS], 10) + 1, ntk = 2, mup = 2}
  for _, kind in ipairs(NAMES) do
    at[kind] = {}
    for i, h in ipairs(WIDTHS) do
      at[kind][i] = best(p, network(p, kind, h), decades[kind])
    end
    example:near("derived", named(kind .. ": best rate, slope in h"), SLOPES[kind],
      support.slope(wide(WIDTHS), wide(at[kind])), 0.02)
    if set == 1 then
      rates[#rates + 1] = {WIDTHS, at[kind], label = kind, color = COLORS[kind]}
    end
  end
  example:near("derived", named("muP: best rate at the widest over infinity's"), 1,
    at.mup[#WIDTHS] / limit, 0.03)
  example:within("measured", named("muP: best rate at h = 64 over infinity's"), 0.6, 1.6,
    at.mup[1] / limit)
  example:at_most("measured", named("muP at infinity, rate of h = 64: loss over start"), 0.1,
    left(p, infinite, at.mup[1]))
  example:at_least("control", named("standard at h = 1e4, rate of h = 64: loss over start"), 1,
    left(p, network(p, "standard", 1e4), at.standard[1]))
  local function moved(kind)
    local i = #WIDTHS
    return descend(p, network(p, kind, WIDTHS[i]), at[kind][i], 1).final:kernel_distance()
  end
  example:at_most("derived", named("NTK, widest: kernel moves by"), 1e-2, moved("ntk"))
  example:at_least("derived", named("muP, widest: kernel moves by"), 0.1, moved("mup"))
  if set == 1 then
    rates[#rates + 1] = {{WIDTHS[1], WIDTHS[#WIDTHS]}, {limit, limit}, label = "mup, h = ∞",
      style = "bound", color = COLORS.mup}
    draw(p)
  end
end

example:plot{panels = {rates, losses}}
return example:finish()
