--- Runs: the trajectory of a flow or descent as columns, its final state, and how it ended.
--
-- Fields: `t` (and `k` of descent) and every recorded quantity as a matrix with one row per record,
-- `start`, `final`, `stats`, `problem`, `options`.
--
-- SPDX-License-Identifier: MIT
-- @module linnet.run

local check = require "linnet.check"
local core = require "linnet.core"
local display = require "linnet.display"
local files = require "linnet.files"
local failure = require "linnet.failure"
local at_times = require "linnet.run.times"
local trace = require "linnet.run.trace"
local types = require "linnet.types"
local error = failure.raise

local M = {}

--- What a flow or a descent did: records as columns, its states, and how it ended. Every recorded
-- name is a field too (`run.distance`, your own), a column with a row per record.
-- @type run
-- @field t times of the records, a column
-- @field k step numbers of the records (descent only): steps of the descents that led there
-- @field loss L at those times; `excess` is L - L*
-- @field rate -d/dt log(L - L*) (recorded unless you say otherwise)
-- @field distance of the learned map from the minimum-norm solution (the same)
-- @field start the state it began from
-- @field final the state it ended in; `problem:flow(run.final, ...)` goes on
-- @field stats method, steps, rejected, evaluations, eigenproblems, seconds, imbalance_drift, of
--   classes `margins`, how many samples the end decides rightly, and `reason`: time, converged,
--   until_excess, stop, saddle, unreachable, step_underflow, max_steps, max_seconds, diverged,
--   non_finite or interrupted
-- @field problem what was trained
-- @field options what it was asked for, defaults filled in
-- @field columns names of the records, in order

local methods = {}
M.run = methods

local describe -- a run as text; below

local Run = types.meta("run", {__tostring = function(self) return describe(self) end},
  function(self, name)
    local known = trace.quantities[name]
    return rawget(self, "columns") or {}, known and
      ("it was not recorded; record = {'%s'} in the options does"):format(name) or nil
  end)
M.meta = Run

--- Why a run can have no states.
M.NO_STATES = "this run was loaded from a file of linnet 0.1.0, which keeps no states"

local CHECKPOINT_BYTES = 64 * 2 ^ 20 -- of states kept for run:at

-- ---------------------------------------------------------------- while it runs

function M.check_state(what, p, s)
  check.object(what, "the first argument", s, core.types.state, "a state of this problem", 3)
  if s.problem ~= p then
    error(("%s: the state belongs to another problem; p:init(state) goes on with it, its own is "
      .. "s.problem"):format(what), 3)
  end
end

local Checkpoints = {}
Checkpoints.__index = Checkpoints

--- States kept along the way for `run:at`, every 2^j-th step so that they fit a byte budget.
function M.checkpoints(s)
  local p = s.problem
  local bytes = 8 * (p.rank + p.m) * math.min(p.rank + p.m, s.h) + 200
  return setmetatable({
    {state = s}, room = math.max(8, CHECKPOINT_BYTES // bytes), stride = 1, count = 0,
  }, Checkpoints)
end

--- The same of a list that stands already.
function M.checkpoints_of(list) return setmetatable(list, Checkpoints) end

function Checkpoints:add(here)
  self.count = self.count + 1
  if self.count % self.stride ~= 0 or here.state.t == math.huge then return end
  self[#self + 1] = here
  if #self > self.room then -- keep the start and every other one
    local kept = 1
    for i = 3, #self, 2 do
      kept = kept + 1
      self[kept] = self[i]
    end
    for i = #self, kept + 1, -1 do self[i] = nil end
    self.stride = 2 * self.stride
  end
end

--- The last checkpoint at or before a time.
function Checkpoints:before(t)
  local low, high = 1, #self
  while low < high do
    local middle = (low + high + 1) // 2
    if self[middle].state.t <= t then low = middle else high = middle - 1 end
  end
  return self[low]
end

--- Runs the loop of a driver and makes the run, also of one that was interrupted or whose callback
-- raised: then the failure has it as its field `run`, and what was raised as `cause`.
function M.drive(driver, loop, counts, p, start, clock)
  local began = core.system.clock()
  local ok, cause = pcall(loop, driver)
  driver.progress:clear()
  if not ok then driver.reason = "interrupted" end
  local stats = counts()
  stats.seconds = core.system.clock() - began
  stats.reason = driver.reason
  stats.imbalance_drift = math.max(driver.trace.worst_drift, driver.state:imbalance_drift())
  if p.classes then stats.margins = math.floor(driver.state:accuracy() * p.n + 0.5) end
  local records, columns, times = driver.trace:matrices()
  local self = setmetatable(columns, Run)
  self.t = times
  self[clock] = records
  self.start, self.final, self.stats = start, driver.state, display.of(stats)
  self.problem, self.options, self.checkpoints = p, driver.options, driver.checkpoints
  self.columns = {clock}
  if clock ~= "t" then self.columns[2] = "t" end
  for _, entry in ipairs(driver.trace.list) do self.columns[#self.columns + 1] = entry[1] end
  if ok then return self end
  core.system.interrupted() -- the pending Ctrl-C is answered by this error
  if failure.is_interrupt(cause) then
    error("interrupted: the error holds the run so far as its field 'run'", 0, "interrupted",
      {run = self, cause = cause})
  end
  error(failure.text(cause), 0, "callback", {run = self, cause = cause})
end

--- Reasons to end that say that the state has come to rest.
M.RESTS = {converged = true, saddle = true, unreachable = true}

--- Whether its weights decayed: then no bound of the excess holds.
function M.decays(self)
  local o = self.options
  return o ~= nil and type(o.weight_decay) == "number" and o.weight_decay > 0
end

-- ---------------------------------------------------------------- afterwards

--- The state at any time between start and end, at the accuracy of the run's method.
-- Where the run came to rest before its end time, at any time until that.
-- @function run:at
-- @tparam number t
-- @treturn state
-- @usage
-- local p = linnet.problem(linnet.eye(2), linnet.ones(2, 1))
-- local run = p:flow(p:init("gaussian", {h = 10, seed = 1}), {t = 1})
-- print(run:at(0.5))
function methods:at(t)
  check.self(self, Run, "run", "at")
  if self.k then
    error("at: states between the steps of a descent do not exist; use flow, or record", 2)
  elseif not self.final then
    error("at: " .. M.NO_STATES, 2)
  end
  local last = M.RESTS[self.stats.reason] and self.options.t or self.final.t
  if type(t) ~= "number" or not (t >= self.start.t and t <= last) then
    error(("at: t must lie in [%g, %g], got %s"):format(self.start.t, last, check.shown(t)), 2)
  end
  if t == self.final.t or t == math.huge then return self.final end
  local from, o = self.checkpoints:before(t), self.options
  if from.state.t == t then return from.state end
  local found
  local why = at_times.follow(from, o, {t}, function(_, state) found = state end)
  if why then
    error(("at: the state at %g was not reached: %s%s"):format(t, why,
      why == "max_seconds" and (" = %g s"):format(o.max_seconds) or ""), 2)
  end
  return found
end

-- Largest difference of two states relative to the largest entry, the worse of the blocks U1, V;
-- of the m hidden units that tell the others, where one of the states is known by them.
local function separation(a, b)
  local folded = a:folded() or b:folded()
  local ua, va = a:folded(folded)
  local ub, vb = b:folded(folded)
  if not (ua and ub) then ua, va = a:reduced() ub, vb = b:reduced() end
  local function relative(x, y)
    local size = math.max(core.matrix.max_abs(x), core.matrix.max_abs(y))
    return size == 0 and 0 or core.matrix.max_abs(x - y) / size
  end
  return math.max(relative(ua, ub), relative(va, vb))
end
M.separation = separation

--- The records as a list of rows, each a table by column name.
-- @function run:table
-- @treturn table
-- @usage
-- local p = linnet.problem(linnet.eye(2), linnet.ones(2, 1))
-- local rows = p:flow(p:init("gaussian", {h = 10, seed = 1}), {t = 1}):table()
-- print(#rows, rows[1].loss)
function methods:table()
  check.self(self, Run, "run", "table")
  local rows = {}
  for i = 1, #self.t do
    rows[i] = {}
    for _, name in ipairs(self.columns) do
      local column = self[name]
      rows[i][name] = column:cols() == 1 and column:get(i, 1) or column:row(i):copy()
    end
  end
  return rows
end

local function figure(x)
  if type(x) ~= "number" then return tostring(x) end
  return (math.type(x) == "integer" and x < 1e7 and "%d" or "%.6g"):format(x)
end

--- How many training samples the end decides rightly, "148 of 150 samples".
function M.right(self)
  return ("%d of %d samples"):format(self.stats.margins, self.problem.n)
end

function describe(self)
  local s, f = self.stats, self.final
  local whole = self.k and s.reason == "time" -- a descent that did its steps
  local lines = {
    ("run: %s, %s %s steps%s in %.3g s"):format(s.method, whole and "did its"
      or "ended by " .. s.reason .. " after", figure(s.steps),
      s.rejected and (" (%s rejected)"):format(figure(s.rejected)) or "", s.seconds),
  }
  if f then
    lines[#lines + 1] = ("  %-16s%s -> %s"):format("t", figure(self.start.t), figure(f.t))
    lines[#lines + 1] = ("  %-16s%s -> %s"):format("excess L - L*", figure(self.start:excess()),
      figure(f:excess()))
    if core.problem.attained(self.problem) then
      lines[#lines + 1] = ("  %-16s%s -> %s"):format("distance", figure(self.start:distance()),
        figure(f:distance()))
    end
    if s.margins then
      lines[#lines + 1] = ("  %-16s%s"):format("decided rightly", M.right(self))
    end
    if M.decays(self) then
      lines[#lines + 1] = ("  %-16s%s, L + w/2 (||U||^2 + ||V||^2) = %s"):format("weight decay",
        figure(self.options.weight_decay), figure(f:objective()))
    end
    lines[#lines + 1] = ("  %-16s%s%s, h = %s"):format("start", f.kind,
      f.task > 1 and (", task %d"):format(f.task) or "", figure(f.h))
    local p = self.problem
    lines[#lines + 1] = ("  %-16sn = %d, D = %d, m = %d, rank %d, kappa %.3g%s"):format("problem",
      p.n, p.D, p.m, p.rank, p.kappa, p.loss == "squared" and "" or ", " .. p.loss .. " loss")
  end
  lines[#lines + 1] = ("  %-16s%s"):format("imbalance drift", figure(s.imbalance_drift))
  if s.eigenproblems then
    lines[#lines + 1] = ("  %-16s%d eigenproblems, %d evaluations"):format("work", s.eigenproblems,
      s.evaluations)
  end
  lines[#lines + 1] = ("  %-16s%s (%d rows)"):format("records",
    table.concat(self.columns, " "), #self.t)
  return files.printable(table.concat(lines, "\n"))
end

return M
