--- Discrete descent in reduced coordinates, at any width: gd, heavy ball, Nesterov, mini-batch SGD,
-- normalized descent, SAM, Muon, Gauss and Newton's.
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
local default_record = require("linnet.flow").default_record
local error = require("linnet.failure").raise

local M = {problem = {}}

-- The methods that use an option which not all of them use.
local function users(name) return table.concat(core.descent.uses[name], ", ") end

M.schema = options.define("descend", {
  summary = "Discrete descent on the loss.",
  {name = "eta", type = "number|table|matrix|function", range = "(0, inf)", required = true,
    help = "step size, or one for each step: a list, a column, or function(k, state)"},
  {name = "steps", type = "integer", range = "[1, 9007199254740992]", required = true,
    help = "how many updates"},
  {name = "method", choices = core.descent.methods, default = "gd",
    help = "exact at any width; Adam cannot be (docs/mathematics.md, 2.2)"},
  {name = "momentum", type = "number", range = "[0, 1)", default = 0.9,
    help = "of " .. users("momentum")},
  {name = "rho", type = "number", range = "(0, inf)", default = 0.05,
    help = "of " .. users("rho") .. ": the gradient is taken so far uphill"},
  {name = "weight_decay", type = "number", range = "[0, inf)", default = 0,
    help = "w: descends on the loss + w/2 (||U||^2 + ||V||^2); with normalized, sam, muon and "
      .. "gauss_newton decoupled, weights times 1 - eta w before they move"},
  {name = "batch", type = "integer", range = "[1, 2147483647]", default_help = "all n samples",
    help = "of " .. users("batch") .. ": samples a step, drawn without replacement in each epoch"},
  {name = "seed", type = "integer", range = "[0, 9223372036854775807]", default = 0,
    help = "of " .. users("seed") .. ": the order of samples; of label_noise = sd"},
  {name = "label_noise", type = "number|function", range = "(0, inf)", default_help = "none",
    help = "added to Y, anew at each step: the sd of every entry, or function(k, state), n x m"},
  {name = "loss", choices = {"sum", "mean"}, default = "sum",
    help = "what eta multiplies: 1/2 ||.||^2, or (1/n) ||.||^2, whose eta counts 2/n; of another "
      .. "loss than the squared one the sum over samples, or their mean, whose eta counts 1/n"},
  {name = "every", type = "integer", range = "[1, 9007199254740992]",
    default_help = "so that at most 300 records are kept", help = "record each so many steps"},
  common.until_excess, common.record, common.stop, common.on_step, common.progress,
  common.max_seconds,
})

-- ---------------------------------------------------------------- what it is asked for

--- Whether a descent of these options draws random numbers, from `seed`.
function M.draws(o)
  for _, method in ipairs(core.descent.uses.seed) do
    if o.method == method then return true end
  end
  return type(o.label_noise) == "number"
end

-- Options that the method does not use: a message where one was given (another value than the
-- default, which a loop over methods may pass to all of them), else they have no value.
local function unused(o, given)
  for _, entry in ipairs(options.schemas.descend) do
    local name, used = entry.name, not core.descent.uses[entry.name]
    for _, method in ipairs(core.descent.uses[name] or {}) do used = used or method == o.method end
    used = used or name == "seed" and M.draws(o)
    if not used and given[name] ~= nil and given[name] ~= entry.default then
      return ("option '%s' is not used by method '%s', only by %s%s"):format(name, o.method,
        users(name), name == "seed" and " and by label_noise = sd" or "")
    elseif not used then
      o[name] = nil
    end
  end
end

-- A step size from a list or a function, refused with its step named: nil and the message then.
local function eta_of(x, what, ...)
  if type(x) == "number" and x > 0 and x < math.huge then return x end
  return nil, what:format(...) .. " must be a finite number > 0, got " .. check.shown(x)
end

-- The sizes in a list or a column as a list, nil for a number or a function; or nil and why not.
local function etas_of(o)
  local eta, list = o.eta, o.eta
  if type(eta) == "number" or type(eta) == "function" then
    return nil
  elseif check.is_matrix(eta) then
    if eta:cols() ~= 1 then return nil, ("eta must be one column, got %d"):format(eta:cols()) end
    list = {}
    for i = 1, #eta do list[i] = eta(i) end
  end
  if #list ~= o.steps then
    return nil, ("eta has %d values for %d steps: one for each"):format(#list, o.steps)
  end
  for i, x in ipairs(list) do
    local _, why = eta_of(x, "eta of step %d", i)
    if why then return nil, why end
  end
  return list
end

--- What is wrong with checked options of a descent, whatever the problem; nil when nothing is.
-- @tparam table o checked options, which lose those that the method does not use
-- @tparam table given the same as they were given
-- @treturn ?string
function M.complaint(o, given)
  local _, why = etas_of(o)
  return unused(o, given) or why
end

-- What another loss than the squared one has no meaning for.
local function loss_complaint(p, o)
  if p.loss == "squared" then return nil end
  if core.descent.squared[o.method] then
    return ("method '%s' solves the linearized equations of the squared loss, and that of this "
      .. "problem is %s"):format(o.method, p.loss)
  elseif o.label_noise then
    return ("label_noise is noise in Y of the squared loss, and that of this problem is %s")
      :format(p.loss)
  end
end

--- What a descent is told to do, from its options; those that are functions are left to the caller.
-- @tparam problem p
-- @tparam table o checked options, which lose those that the method does not use
-- @tparam table given the same as they were given
-- @treturn ?table for core.descent.new and core.ensemble.run; `scale`: what eta counts of the
--   summed loss
-- @treturn ?string why not
function M.plan(p, o, given)
  local why = M.complaint(o, given) or loss_complaint(p, o)
  if (o.batch or p.n) > p.n then
    why = why or ("batch = %d is more than the n = %d samples"):format(o.batch, p.n)
  end
  if why then return nil, why end
  local mean = (p.loss == "squared" and 2 or 1) / p.n
  local scale = o.loss == "mean" and not core.descent.no_flow[o.method] and mean or 1
  local list = etas_of(o)
  return {method = o.method, steps = o.steps, weight_decay = o.weight_decay / scale,
    momentum = o.momentum, rho = o.rho, batch = o.batch or p.n, seed = o.seed, scale = scale,
    label_noise = type(o.label_noise) == "number" and o.label_noise or nil,
    eta = type(o.eta) == "number" and scale * o.eta or 1,
    etas = list and core.matrix.new(o.steps, 1, function(i) return scale * list[i] end),
    until_excess = o.until_excess, max_seconds = o.max_seconds}
end

-- ---------------------------------------------------------------- the loop

-- The state after the last step, made when it is asked for.
local function state_of(self)
  if self.state.k ~= self.k0 + self.descent:time() then self.state = self.descent:state() end
  return self.state
end

-- What calls an option's function(k, state), k steps after the first; a state is only made for one
-- that takes it. nil where the option is none.
local function asker(self, f)
  if type(f) ~= "function" then return nil end
  local what, k0 = debug.getinfo(f, "u"), self.k0
  if what.nparams < 2 and not what.isvararg then return function(k) return f(k0 + k) end end
  return function(k) return f(k0 + k, state_of(self)) end
end

local function next_eta(self, k)
  local eta, why = eta_of(self.eta_at(k), "descend: eta(%d, state)", self.k0 + k)
  if why then error(why, 0) end
  self.descent:eta(self.scale * eta)
end

local function next_noise(self, k)
  local n, m = self.problem.n, self.problem.m
  local Xi = self.noise_at(k)
  if not check.is_matrix(Xi) or Xi:rows() ~= n or Xi:cols() ~= m
    or not (core.matrix.max_abs(Xi) < math.huge) then
    error(("descend: label_noise(%d, state) must be a %d x %d matrix of finite numbers, got %s")
      :format(self.k0 + k, n, m, check.shown(Xi)), 0)
  end
  self.descent:noise(Xi)
end

local function loop(self)
  local o, total, k0 = self.options, self.options.steps, self.k0
  self.eta_at, self.noise_at = asker(self, o.eta), asker(self, o.label_noise)
  local stride = (o.on_step or o.stop or self.eta_at or self.noise_at) and 1 or self.every
  self.trace:record(k0, self.descent:state())
  local now, excess = self.descent:time()
  local function line()
    return ("descend: step %d of %d, excess %.3e"):format(now, total, excess)
  end
  repeat
    local k = now
    if self.eta_at then next_eta(self, k) end
    if self.noise_at then next_noise(self, k) end
    local reason = self.descent:advance(math.min(stride - k % stride, total - k))
    if reason == "interrupted" then error("interrupted!", 0, "interrupted") end
    now, excess = self.descent:time()
    if now > k and (now % self.every == 0 or reason) then
      self.trace:record(k0 + now, state_of(self))
    end
    if now > k and o.on_step then o.on_step(state_of(self)) end
    if not reason and o.stop and o.stop(state_of(self)) then reason = "stop" end
    self.progress:show(line)
    self.reason = reason
  until reason
end

--- Descend from a state. The run has `k` (updates done) beside `t`, the time of the flow that the
-- same steps approximate: the sum of eta over them, for the mean loss times 2 / n; with momentum
-- this over 1 - momentum, which holds once the first 1/(1 - momentum) steps are over. Descending
-- from `run.final` goes on counting both, and with the numbers of label noise; velocity and epochs
-- begin anew. Steps of normalized, muon and gauss_newton do not see how large the loss is: t is the
-- sum of eta alone and no time of a flow. A step that is too large ends with `diverged`;
-- `stats.largest_stable_eta` says what would have been stable (with batches and noise at most),
-- except with these three.
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
  if opts.record == nil then o.record = default_record(p, o.weight_decay) end
  local plan, why = M.plan(p, o, opts)
  local list
  if plan then list, why = trace.resolve(o.record, p) end
  if why then error("descend: " .. why, 2) end
  local self = {
    options = o, problem = p, state = s, k0 = s.k, scale = plan.scale, trace = trace.new(list),
    progress = progress.line(o.progress), every = o.every or math.max(1, (o.steps + 299) // 300),
    descent = core.descent.new(s, plan),
  }
  return run.drive(self, loop, function()
    state_of(self) -- the final one
    local k = self.descent:time()
    local eta = self.reason == "diverged" and self.descent:stable_eta() or 0
    return {method = o.method, steps = k, evaluations = k,
      largest_stable_eta = eta > 0 and eta / plan.scale or nil}
  end, p, s, "k")
end

return M
