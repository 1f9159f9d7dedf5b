--- lua/linnet/run/page.lua: a run as a report: what was trained, from where, how, how it ended, and
-- its excess under the bounds.
--
-- SPDX-License-Identifier: MIT
-- @module linnet.run.page

local core = require "linnet.core"
local figures = require "linnet.run.plot"
local run = require "linnet.run"
local report = require "linnet.report"
local words = require "linnet.csv.words"

local M = {}

local REASONS = {
  time = "the end time was reached", converged = "nothing moved any more",
  until_excess = "the excess had fallen to what was asked for", stop = "its own `stop` said so",
  saddle = "it rests at a saddle", unreachable = "the width cannot reach the least loss",
  step_underflow = "no step was small enough", max_steps = "the steps were used up",
  max_seconds = "the time allowed was used up", diverged = "it diverged",
  non_finite = "numbers left the doubles", interrupted = "it was interrupted",
}

local METHODS = {
  expo2 = "exponential, order 2", expo4 = "exponential, order 4",
  dopri5 = "explicit Runge-Kutta, order 5", dop853 = "explicit Runge-Kutta, order 8",
  rodas4 = "implicit (Rosenbrock), order 4", gd = "gradient descent",
  heavy_ball = "heavy-ball descent", nesterov = "Nesterov's descent", sgd = "mini-batch descent",
}

local function shown(x)
  if type(x) == "table" then
    local list = {}
    for i, item in ipairs(x) do list[i] = shown(item) end
    return table.concat(list, ", ")
  end
  return math.type(x) == "float" and ("%.6g"):format(x) or tostring(x)
end

-- Options by name, those that are not told elsewhere.
local function options_rows(given, told)
  local rows = {}
  for name, value in next, given or {} do
    if not told[name] and type(value) ~= "function" and type(value) ~= "userdata" then
      rows[#rows + 1] = {name, shown(value)}
    end
  end
  table.sort(rows, function(a, b) return a[1] < b[1] end)
  return rows
end

local TOLD = {h = true, seed = true, record = true, progress = true, method = true, save_at = true,
  weight_decay = true}

local function setting(self)
  local p, s, o = self.problem, self.start, self.options
  local rows = {
    {"problem", ("n = %d samples, D = %d inputs, m = %d output%s, rank %d"):format(p.n, p.D, p.m,
      p.m == 1 and "" or "s", p.rank)},
    {"loss", p.loss .. (p.delta > 0 and (", delta = %s"):format(shown(p.delta)) or "")},
    {"condition number kappa", shown(p.kappa)},
    {"least loss", shown(p.optimal_loss) .. (core.problem.attained(p) and ""
      or ", which no linear map has")},
    {"start", s.kind}, {"width h", s.h == math.huge and "infinite" or ("%.10g"):format(s.h)},
    {"seed", s.seed},
  }
  if p.classes then table.insert(rows, 3, {"classes", words.list(p.classes, 12)}) end
  for _, row in ipairs(options_rows(s.options, TOLD)) do
    rows[#rows + 1] = {"start: " .. row[1], row[2]}
  end
  local method = self.stats.method
  rows[#rows + 1] = {"method", METHODS[method] and ("%s: %s"):format(method, METHODS[method])
    or method}
  if run.decays(self) then
    rows[#rows + 1] = {"weight decay w", ("%s, of the loss + w/2 (||U||^2 + ||V||^2)"):format(
      shown(o.weight_decay))}
  end
  for _, row in ipairs(options_rows(o, TOLD)) do rows[#rows + 1] = row end
  return rows
end

local function outcome(self)
  local reason, final = self.stats.reason, self.final
  local rows = {{"ended because", REASONS[reason] or reason}}
  if final then
    rows[#rows + 1] = {"time", ("%s to %s"):format(shown(self.start.t), shown(final.t))}
    rows[#rows + 1] = {"excess", ("%s to %s"):format(shown(self.start:excess()),
      shown(final:excess()))}
    if core.problem.attained(self.problem) then
      rows[#rows + 1] = {"distance", ("%s to %s"):format(shown(self.start:distance()),
        shown(final:distance()))}
    end
    rows[#rows + 1] = {"loss", ("%s to %s"):format(shown(self.start:loss()), shown(final:loss()))}
    if self.stats.margins then
      rows[#rows + 1] = {"decided rightly", run.right(self)}
    end
    if run.decays(self) then
      rows[#rows + 1] = {"loss with weight decay", shown(final:objective())}
    end
  end
  for _, row in ipairs(options_rows(self.stats, {reason = true, method = true, margins = true})) do
    rows[#rows + 1] = row
  end
  return rows
end

--- A run as a report.
-- @tparam run self
-- @treturn report
function M.of(self)
  local s = self.start
  local title = not s and "A run" or ("%s of a network of width %s"):format(
    rawget(self, "k") and "Descent" or "Gradient flow",
    s.h == math.huge and "infinity" or ("%.10g"):format(s.h))
  local page = report{title = title, lead = tostring(self):match("[^\n]*")}
  if rawget(self, "excess") and #self.t > 1 then
    page:figure(figures.figure(self, "excess", {ylabel = "L - L*"}),
      "The loss above its least value"
        .. (s and not run.decays(self) and self.problem.loss == "squared"
          and ", under what bounds it from the start." or "."))
  end
  if s then
    page:section("What was run"):table{columns = {"", "value"}, rows = setting(self)}
    page:section("How it ended")
  end
  return page:table{columns = {"", "value"}, rows = outcome(self)}
end

return M
