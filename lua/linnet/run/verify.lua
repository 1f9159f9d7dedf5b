--- The global error of a flow, estimated by another integrator.
--
-- SPDX-License-Identifier: MIT
-- @module linnet.run.verify

local check = require "linnet.check"
local display = require "linnet.display"
local run = require "linnet.run"
local error = require("linnet.failure").raise

local M = {run = {}}

-- A reference has steps of its own to spend, however few the run was given.
local STEPS = 50000
-- Its tolerance as a share of the run's, and the sharpest it is good for: an order 2 method could
-- not pay for more, one of order 8 hardly notices.
local SHARE = {dop853 = 1e-4, dopri5 = 1e-3, expo4 = 1e-2, expo2 = 1e-1, rodas4 = 1e-2, auto = 1e-2}
local SHARPEST = {dop853 = 1e-14, dopri5 = 1e-13, expo4 = 1e-13, expo2 = 1e-10, rodas4 = 1e-12,
  auto = 1e-13}
local EXPLICIT = {dop853 = true, dopri5 = true}
local STABLE = 3 -- h ||K|| of an explicit step, about

-- Methods to ask, the independent ones first.
local function candidates(self)
  local method, work = self.options.method, self.stats
  if self.problem.loss ~= "squared" then
    return {method == "dop853" and "dopri5" or "dop853", "rodas4", "auto"}
  end
  if method == "dopri5" then return {"dop853", "expo4"} end
  if method == "dop853" then return {"dopri5", "expo4"} end
  if method == "expo2" then return {"dop853", "expo4"} end
  if method == "expo4" then return {"dop853", "expo2", "auto"} end
  if work.eigenproblems == 0 then return {"dopri5", "expo4"} end -- auto, all of it dop853
  return {"dopri5", "expo2", "expo4"}
end

-- Whether explicit steps would get there, from bounds of ||K|| at both ends.
local function explicit_reaches(self)
  local size = 0
  for _, s in ipairs{self.start, self.final} do
    local U, V = s:reduced()
    size = math.max(size, U:norm() ^ 2 + V:norm() ^ 2)
  end
  local sigma = self.problem.rank > 0 and self.problem:singular_values():max() or 0
  local time = self.final.t - self.start.t
  return time == math.huge or sigma ^ 2 * size * time / STABLE < STEPS
end

local function reached(self, reference)
  local reason = reference.stats.reason
  return reason == "time" or run.RESTS[reason]
    and (self.final.t == math.huge or run.RESTS[self.stats.reason])
end

--- Estimate the global error of the final state by another integrator at a sharper tolerance.
-- It is asked for dop853 or dopri5 where the problem is not too stiff for them, else for an
-- exponential method of another order (for another loss than the squared one: rodas4), and has
-- 50000 steps of its own, whatever `max_steps` the run had. Where none but the run's own method
-- gets to the end, that one is asked at a hundredth of the tolerance, and `independent` is false.
-- @function run:verify
-- @treturn[1] table `error` (largest difference over the largest entry, worse of U1 and V), `tol`,
--   `reference` (the sharper run), `method` (of the reference), `independent`
-- @treturn[2] nil where no reference got to the end of the run
-- @treturn[2] string why: the last method asked, how it ended, and when
-- @usage
-- local p = linnet.problem(linnet.eye(2), linnet.ones(2, 1))
-- local run = p:flow(p:init("gaussian", {h = 10, seed = 1}), {t = 1})
-- print(run:verify().error)
function M.run:verify()
  check.self(self, run.meta, "run", "verify")
  if self.k or not self.final then
    error("verify: " .. (self.k and "only a flow can be verified" or run.NO_STATES), 2)
  end
  local o, why = self.options, nil
  if self.final.t == self.start.t then
    return nil, "verify: the run ends where it began"
  end
  for _, method in ipairs(candidates(self)) do
    if EXPLICIT[method] and not explicit_reaches(self) then
      why = why or ("verify: the problem is too stiff for %s"):format(method)
    else
      local reference = self.problem:flow(self.start, {
        t = self.final.t, weight_decay = o.weight_decay,
        tol = math.max(SHARE[method] * o.tol, math.min(SHARPEST[method], o.tol)),
        method = method, record = {}, save_at = {}, max_steps = STEPS, progress = false,
      })
      if reached(self, reference) then
        local own = o.method == "auto" and self.stats.eigenproblems > 0 or o.method == "expo4"
        if self.problem.loss ~= "squared" then own = o.method == "auto" or o.method == "rodas4" end
        local shared = own and (method == "auto" or method == "expo4" or method == "rodas4")
        return display.of{error = run.separation(self.final, reference.final), tol = o.tol,
          reference = reference, method = method, independent = not shared}
      end
      why = ("verify: the reference, %s at tol %g, ended by %s at t = %g, before the run's %g")
        :format(method, reference.options.tol, reference.stats.reason, reference.final.t,
          self.final.t)
    end
  end
  return nil, why
end

return M
