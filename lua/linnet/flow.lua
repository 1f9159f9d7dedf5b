--- Gradient flow: `problem:flow` drives the core one accepted step at a time and keeps records.
--
-- Where steps end never depends on what is recorded: states at requested times come from partial
-- steps beside the trajectory.
--
-- SPDX-License-Identifier: MIT
-- @module linnet.flow

local check = require "linnet.check"
local core = require "linnet.core"
local options = require "linnet.options"
local progress = require "linnet.progress"
local run = require "linnet.run"
local times = require "linnet.run.times"
local trace = require "linnet.run.trace"
local error = require("linnet.failure").raise

local M = {problem = {}}

--- Options of recording and stopping that flow and descent share.
M.common = {
  record = {name = "record", type = "table", default = {"rate", "distance"},
    default_help = "{'rate', 'distance'}, without a minimum 'rate' alone, with weight decay "
      .. "'objective' too; loss, excess always",
    help = "names among " .. table.concat(trace.names, " ")
      .. ", name = function(state), or name = problem: the excess on its data"},
  until_excess = {name = "until_excess", type = "number", range = "(0, inf)",
    help = "stop when L - L* has fallen to this"},
  stop = {name = "stop", type = "function", help = "stop when stop(state) is true"},
  on_step = {name = "on_step", type = "function", help = "on_step(state) after every step"},
  progress = {name = "progress", type = "boolean",
    default_help = "true on a terminal", help = "a line on stderr while the run is long"},
  max_seconds = {name = "max_seconds", type = "number", range = "(0, inf]", default = math.huge,
    help = "stop after so much wall-clock time"},
}
local common = M.common

-- What is recorded unless something is asked for: the distance where there is one.
local function default_record(p, weight_decay)
  local list = {"rate"}
  if core.problem.attained(p) then list[2] = "distance" end
  if weight_decay > 0 then list[#list + 1] = "objective" end
  return list
end
M.default_record = default_record

M.schema = options.define("flow", {
  summary = "Integrate gradient flow dU/dt = -dL/dU, dV/dt = -dL/dV.",
  {name = "t", type = "number", range = "(0, inf]", required = true,
    help = "end time; math.huge runs to convergence"},
  {name = "tol", type = "number", range = "(0, 1]", default = 1e-6,
    help = "U1, V: error below 10 tol x amplification (4.7), from 2.3e-14 on; rodas4 can miss it"},
  {name = "method", choices = core.flow.methods, default = "auto",
    help = "expo: exponential, imbalance exact; dopri5, dop853: explicit; rodas4: implicit"},
  {name = "weight_decay", type = "number", range = "[0, inf)", default = 0,
    help = "w: the flow of the loss + w/2 (||U||^2 + ||V||^2)"},
  common.until_excess,
  {name = "save_at", type = "table|matrix", default_help = "every accepted step",
    help = "times to record at: a list, a column, {log = {t0, t1, count}} or {linear = ...}"},
  common.record, common.stop, common.on_step, common.progress,
  {name = "max_steps", type = "integer", range = "[1, 9223372036854775807]", default = 1000000,
    help = "accepted and rejected steps together"},
  common.max_seconds,
  {name = "threads", type = "integer", range = "[1, 64]", default_help = "linnet.threads()",
    help = "that share the eigenproblems of expo2 and expo4; the same bits for any number"},
})

--- What is wrong with checked options of a flow of a problem; nil when nothing is.
-- @tparam problem p
-- @tparam table o
-- @treturn ?string
function M.complaint(p, o)
  if p.loss == "squared" then return nil end
  if core.flow.squared[o.method] then
    local others = {}
    for _, name in ipairs(core.flow.methods) do
      if not core.flow.squared[name] then others[#others + 1] = name end
    end
    return ("method '%s' freezes the kernel of the squared loss; for the %s loss there are %s")
      :format(o.method, p.loss, table.concat(others, ", "))
  end
  local ends = o.until_excess or o.stop or (o.weight_decay or 0) > 0
  if o.t == math.huge and not ends and not core.problem.attained(p) then
    return ("t = math.huge: the %s loss has no minimum here, as samples can be decided ever more "
      .. "clearly (p:min_norm() says how), and the flow never ends: give a last time, such as "
      .. "1e15, until_excess, stop or weight_decay"):format(p.loss)
  end
end

-- Records the times of `due` that the last step passed; a reason when that ended the run.
local function record_passed(self, before)
  local due, t = self.due, self.flow:time()
  local passed = {}
  while due[self.next_due] and due[self.next_due] <= t do
    local at = due[self.next_due]
    if at >= before.state.t then passed[#passed + 1] = at end
    self.next_due = self.next_due + 1
  end
  local ends = {} -- those at the end of the step: its state
  while passed[1] and passed[#passed] == t do ends[#ends + 1] = table.remove(passed) end
  local why
  local function record(at, state) self.trace:record(at, state) end
  if #passed > 0 and t == math.huge then -- inside a step to infinity
    why = times.follow(before, self.options, passed, record)
  else
    for _, at in ipairs(passed) do record(at, self.flow:between(at)) end
  end
  if why then return why end
  for _, at in ipairs(ends) do record(at, self.state) end
end

-- What is due when the state has come to rest: it stays. Why not all was recorded, if so.
local function record_resting(self)
  local due, rest = {}, nil
  for i = self.next_due, #self.due do
    if self.due[i] == math.huge then rest = self.state else due[#due + 1] = self.due[i] end
  end
  local function record(at, state) self.trace:record(at, state) end
  local why = #due > 0 and times.follow(self.here, self.options, due, record)
  if rest and not why then record(math.huge, rest) end
  return why
end

local function after_step(self)
  local before = self.here
  local t, _, h, excess, steps = self.flow:time()
  self.state = self.flow:state()
  self.here = {state = self.state, h = h, method = self.flow:counts()}
  local stopped = self.due and record_passed(self, before)
  if not self.due then self.trace:record(t, self.state) end
  self.checkpoints:add(self.here)
  if self.options.on_step then self.options.on_step(self.state) end
  self.progress:show(function()
    return ("flow: step %d, t = %.4g, excess %.3e"):format(steps, t, excess)
  end)
  return stopped or self.options.stop and self.options.stop(self.state) and "stop"
end

local function loop(self)
  local t0 = self.flow:time()
  self.here = {state = self.state, h = 0}
  local first = self.flow:state() -- which knows the weight decay
  if run.decays(self) then self.state = first end
  if not self.due then
    self.trace:record(t0, first)
  else
    while self.due[self.next_due] == t0 do
      self.trace:record(t0, first)
      self.next_due = self.next_due + 1
    end
  end
  repeat
    local before = select(5, self.flow:time())
    local reason = self.flow:advance()
    if reason == "interrupted" then error("interrupted!", 0, "interrupted") end
    if select(5, self.flow:time()) > before then reason = after_step(self) or reason end
    self.reason = reason
  until reason
  if self.due and run.RESTS[self.reason] then
    self.reason = record_resting(self) or self.reason
  end
end

--- Integrate gradient flow from a state.
-- The clock of the state goes on: `t` is the end time, not a duration. How the run ended is data:
-- `run.stats.reason` is one of time, converged, until_excess, stop, saddle, unreachable,
-- step_underflow, max_steps, max_seconds, diverged, non_finite, interrupted. Ctrl-C and errors in
-- callbacks raise `{message =, run =}` with the run so far.
--
-- From h = infinity, and from any start with U1 U1' = a I, V V' = b I, U1 V' = 0 and U2 = 0 that is
-- not explicit, `auto` follows the m hidden units that tell all others where that is much cheaper,
-- from a rank of about 60 on (docs/mathematics.md, 3.4). `state:travel`, and descents or flows from
-- there by another method or with another decay, follow all hidden units first, and take as long as
-- `method = "expo4"`.
-- @function problem:flow
-- @tparam state s a state of this problem
-- @tparam table opts see `help("flow")`
-- @treturn run
-- @usage
-- local X, Y = linnet.data.gaussian{n = 20, D = 50, seed = 1}
-- local p = linnet.problem(X, Y)
-- local run = p:flow(p:init("gaussian", {h = 1e12, seed = 2}), {t = math.huge})
-- print(run)
function M.problem.flow(p, s, opts)
  check.self(p, core.types.problem, "problem", "flow")
  local o = options.check("flow", opts, 2)
  run.check_state("flow", p, s)
  local complaint = M.complaint(p, o)
  if complaint then error("flow: " .. complaint, 2) end
  if o.t <= s.t then
    error(("flow: t = %s must lie after the state's time %s"):format(o.t, s.t), 2)
  end
  if opts.record == nil then o.record = default_record(p, o.weight_decay) end
  local list, why = trace.resolve(o.record, p)
  local due
  if list and o.save_at then due, why = times.list(o.save_at, o.t) end
  if why then error("flow: " .. why, 2) end
  local self = {
    options = o, state = s, trace = trace.new(list), due = due, next_due = 1,
    checkpoints = run.checkpoints(s), progress = progress.line(o.progress),
    flow = core.flow.new(s, o),
  }
  return run.drive(self, loop, function()
    local method, steps, rejected, evaluations, eigenproblems = self.flow:counts()
    return {method = method, steps = steps, rejected = rejected, evaluations = evaluations,
      eigenproblems = eigenproblems}
  end, p, s, "t")
end

return M
