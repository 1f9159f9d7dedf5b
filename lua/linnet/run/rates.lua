--- Rates along a run beside their bounds, and the excess beside what the bounds promise of it.
--
-- Sources are those of `linnet.theory`; mathematics.md, section 6.
--
-- SPDX-License-Identifier: MIT
-- @module linnet.run.rates

local check = require "linnet.check"
local core = require "linnet.core"
local run = require "linnet.run"
local vectors = require "linnet.plot.vectors"
local error = require("linnet.failure").raise

local M = {run = {}}

local POINTS = 100 -- states looked at unless times are given, about
local NAMES = {"instantaneous", "imbalance", "proposition1", "margin", "corollary6", "upper",
  "envelope", "late"}

-- The finite times of the run's own steps, thinned or subdivided to about POINTS.
local function own_times(self)
  local points, steps, times = self.checkpoints, {}, {}
  for i = 1, #points, math.max(1, #points // POINTS) do steps[#steps + 1] = points[i].state.t end
  local last = self.final.t < math.huge and self.final.t or points[#points].state.t
  if steps[#steps] < last then steps[#steps + 1] = last end
  local pieces = math.max(1, POINTS // #steps)
  for i = 1, #steps - 1 do
    for j = 0, pieces - 1 do
      times[#times + 1] = steps[i] + (steps[i + 1] - steps[i]) * j / pieces
    end
  end
  times[#times + 1] = steps[#steps]
  return times
end

-- The times asked for, sorted; or nil and why not.
local function times_of(self, given)
  if given == nil then return own_times(self) end
  local list, why = vectors.numbers(given)
  if not list then return nil, "times " .. why end
  if #list == 0 then return nil, "times must not be empty" end
  table.sort(list)
  local first, last = self.start.t, self.final.t
  if not (list[1] >= first and list[#list] <= last and list[#list] < math.huge) then
    return nil, ("times must be finite and lie in [%g, %g]"):format(first, last)
  end
  return list
end

--- What `run:rates` gives: columns by name, a row per time. `rates:plot([file])` draws them,
-- `rates:plot(file, "excess")` the excess under Theorem 1 and `promised`.
-- @type rates
-- @field t the times
-- @field instantaneous exact rate
-- @field imbalance Theorem 1, a lower bound at all later times
-- @field proposition1 lower bound at that time
-- @field margin lower bound from that time on
-- @field upper upper bound at that time
-- @field late what the rate tends to
-- @field excess L - L*
-- @field promised the least that the margin bounds so far allow for it

local Rates = {__name = "linnet.rates"}
Rates.__index = Rates

--- Rates of -d/dt log(L - L*) along a run, each a column over `t`: `instantaneous` (exact), the
-- lower bounds `imbalance` (Theorem 1), `proposition1`, `margin`, `corollary6`, the upper bounds
-- `upper` and `envelope`, and `late`, as `state:rates` gives them; `excess`, and `promised`, the
-- least of excess(t0) exp(-margin(t0) (t - t0)) over the earlier times t0: the margin bound,
-- restarted whenever that helps. [M21], [M22], [X23], section 6.
-- @function run:rates
-- @tparam[opt] table|matrix times finite times of the run; default: of its steps
-- @treturn table columns by name; `:plot([file])` draws the rates, `:plot(file, "excess")` the
--   excess under Theorem 1 and `promised`
-- @usage
-- local X, Y = linnet.data.gaussian{n = 5, D = 8, seed = 1}
-- local p = linnet.problem(X, Y)
-- local rates = p:flow(p:init("gaussian", {h = 20, seed = 1}), {t = 5}):rates{0, 1, 2, 5}
-- print(rates.proposition1, rates.instantaneous, rates.promised)
function M.run.rates(self, times)
  check.self(self, run.meta, "run", "rates")
  if self.k then
    error("rates: states between the steps of a descent do not exist; use flow", 2)
  elseif not self.final then
    error("rates: " .. run.NO_STATES, 2)
  elseif run.decays(self) then
    error("rates: the bounds are for flows without weight decay: with it L - L* need not fall", 2)
  end
  check.squared("rates", self.problem)
  local list, why = times_of(self, times)
  if not list then error("rates: " .. why, 2) end
  local rows, excess, promised = {}, {}, {}
  for i, t in ipairs(list) do
    local s = self:at(t)
    rows[i], excess[i] = s:rates(), s:excess()
    promised[i] = excess[i]
    if i > 1 then
      promised[i] = math.huge
      for j = 1, i - 1 do
        local bound = excess[j] * math.exp(-rows[j].margin * (t - list[j]))
        promised[i] = math.min(promised[i], bound)
      end
    end
  end
  local function column(f) return core.matrix.new(#list, 1, f) end
  local out = {t = core.matrix.new(list), excess = core.matrix.new(excess),
    promised = core.matrix.new(promised), kappa = self.problem.kappa}
  for _, name in ipairs(NAMES) do out[name] = column(function(i) return rows[i][name] end) end
  return setmetatable(out, Rates)
end

local LABELS = {
  {"upper", "upper envelope", "bound"}, {"instantaneous", "exact rate", "line"},
  {"late", "late rate", "dash"}, {"proposition1", "Proposition 1", "bound"},
  {"margin", "margin", "bound"}, {"imbalance", "Theorem 1", "bound"},
}

-- The positive part of a curve: logarithms have no 0.
local function curve(t, y, label, style)
  local a, b = {}, {}
  for i = 1, #t do
    if y:get(i, 1) > 0 then a[#a + 1], b[#b + 1] = t:get(i, 1), y:get(i, 1) end
  end
  if #a > 1 then return {a, b, label = label, style = style} end
end

function Rates:plot(file, what)
  local plot = require "linnet.plot"
  if what ~= nil and what ~= "rates" and what ~= "excess" then
    error(("plot: rates or excess can be drawn, got %s"):format(check.shown(what)), 2)
  end
  local figure = {file = file, log = self.kappa > 1e4 and "xy" or "y", xlabel = "t"}
  local function add(y, label, style)
    figure[#figure + 1] = curve(self.t, y, label, style)
  end
  if what == "excess" then
    local e0, t0 = self.excess:get(1, 1), self.t:get(1, 1)
    local rate = self.imbalance:get(1, 1)
    add(self.excess, "L - L*", "line")
    add(self.promised, "margin, restarted", "bound")
    add(self.t:map(function(t) return e0 * math.exp(-rate * (t - t0)) end), "Theorem 1", "bound")
    figure.ylabel = "excess"
  else
    for _, entry in ipairs(LABELS) do add(self[entry[1]], entry[2], entry[3]) end
    figure.ylabel = "rate"
  end
  return plot(figure)
end

return M
