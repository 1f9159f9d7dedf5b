--- Discrete descent in reduced coordinates, at any width: gd, heavy ball, Nesterov, mini-batch SGD.
--
-- Every update is a left multiplication of Z: the width never enters (mathematics.md, section 4).
--
-- SPDX-License-Identifier: MIT
-- @module linnet.descend

local check = require "linnet.check"
local core = require "linnet.core"
local options = require "linnet.options"
local progress = require "linnet.progress"
local run = require "linnet.run"
local trace = require "linnet.run.trace"
local common = require("linnet.flow").common
local error = require("linnet.failure").raise

local M = {problem = {}}

options.define("descend", {
  summary = "Discrete descent on the loss.",
  {name = "eta", type = "number", range = "(0, inf)", required = true, help = "step size"},
  {name = "steps", type = "integer", range = "[1, 9007199254740992]", required = true,
    help = "how many updates"},
  {name = "method", choices = {"gd", "heavy_ball", "nesterov", "sgd"}, default = "gd"},
  {name = "momentum", type = "number", range = "[0, 1)", default = 0.9,
    help = "of heavy_ball and nesterov"},
  {name = "batch", type = "integer", range = "[1, 2147483647]", default_help = "all n samples",
    help = "of sgd: samples a step, drawn without replacement in each epoch"},
  {name = "seed", type = "integer", range = "[0, 9223372036854775807]", default = 0,
    help = "of sgd's order of samples"},
  {name = "loss", choices = {"sum", "mean"}, default = "sum",
    help = "what eta multiplies: 1/2 ||.||^2, or (1/n) ||.||^2, whose eta counts 2/n"},
  {name = "every", type = "integer", range = "[1, 9007199254740992]",
    default_help = "so that at most 300 records are kept", help = "record each so many steps"},
  common.until_excess, common.record, common.stop, common.on_step, common.progress,
  common.max_seconds,
})

local function loop(self)
  local o, total = self.options, self.options.steps
  local stride = (o.on_step or o.stop) and 1 or self.every
  self.trace:record(0, self.state)
  repeat
    local k = self.descent:time()
    local reason = self.descent:advance(math.min(stride - k % stride, total - k))
    if reason == "interrupted" then error("interrupted!", 0, "interrupted") end
    local now, excess = self.descent:time()
    self.state = self.descent:state()
    if now > k and (now % self.every == 0 or reason) then self.trace:record(now, self.state) end
    if now > k and o.on_step then o.on_step(self.state) end
    if not reason and o.stop and o.stop(self.state) then reason = "stop" end
    self.progress:show(function()
      return ("descend: step %d of %d, excess %.3e"):format(now, total, excess)
    end)
    self.reason = reason
  until reason
end

--- Descend from a state. The run has `k` (updates done) beside `t`, the time of the flow that the
-- same steps approximate: eta k for the summed loss, 2 eta k / n for the mean; with momentum this
-- over 1 - momentum, which holds once the first 1/(1 - momentum) steps are over. A step that is too
-- large ends with reason `diverged`, and `stats.largest_stable_eta` says what would
-- have been stable.
-- @function problem:descend
-- @tparam state s a state of this problem
-- @tparam table opts see `help("descend")`
-- @treturn run
-- @usage
-- local X, Y = linnet.data.gaussian{n = 20, D = 50, seed = 1}
-- local p = linnet.problem(X, Y)
-- local run = p:descend(p:init("gaussian", {h = 1e12, seed = 2}), {eta = 0.01, steps = 500})
-- print(run)
function M.problem.descend(p, s, opts)
  check.self(p, core.types.problem, "problem", "descend")
  local o = options.check("descend", opts, 2)
  run.check_state("descend", p, s)
  if (o.batch or p.n) > p.n then
    error(("descend: batch = %d is more than the n = %d samples"):format(o.batch, p.n), 2)
  end
  local list, why = trace.resolve(o.record)
  if not list then error("descend: " .. why, 2) end
  local scale = o.loss == "mean" and 2 / p.n or 1
  local self = {
    options = o, state = s, trace = trace.new(list), progress = progress.line(o.progress),
    every = o.every or math.max(1, (o.steps + 299) // 300),
    descent = core.descent.new(s, {method = o.method, eta = scale * o.eta, steps = o.steps,
      momentum = o.momentum, batch = o.batch or p.n, seed = o.seed, until_excess = o.until_excess,
      max_seconds = o.max_seconds}),
  }
  local _, _, dt = self.descent:time()
  function self.clock_to_time(k) return k:map(function(x) return s.t + dt * x end) end
  return run.drive(self, loop, function()
    local k = self.descent:time()
    local eta = self.reason == "diverged" and self.descent:stable_eta() or 0
    return {method = o.method, steps = k, evaluations = k,
      largest_stable_eta = eta > 0 and eta / scale or nil}
  end, p, s, "k")
end

return M
