--- Times to record at: the forms of `save_at`, and the states of a flow at times inside its steps,
-- beyond a checkpoint, or inside a step to infinity.
--
-- SPDX-License-Identifier: MIT
-- @module linnet.run.times

local check = require "linnet.check"
local core = require "linnet.core"
local error = require("linnet.failure").raise

local M = {}

local MOST = 1e7 -- times of one run
local ROUNDING = 1e-12 -- of the end, within which a time is the end
local SCALES = {"linear", "log"}

-- count times from t0 to t1, both of them exactly.
local function spaced(scale, t0, t1, count)
  local times = {}
  for i = 1, count do
    local x = count > 1 and (i - 1) / (count - 1) or 0
    times[i] = scale == "log" and t0 * (t1 / t0) ^ x or t0 + x * (t1 - t0)
  end
  times[count] = count > 1 and t1 or t0
  return times
end

-- {log = {t0, t1, count}} or {linear = {t0, t1, count}}; or nil and why not.
local function on_scale(given)
  local scale = given.log ~= nil and "log" or given.linear ~= nil and "linear"
  for key in next, given do
    if key ~= scale then
      local word = check.shown(key)
      return nil, scale and ("save_at: %s beside %s: it is a list, a column, {log = ...} or "
        .. "{linear = ...}"):format(word, scale)
        or ("save_at: unknown key %s%s; a list, a column, {log = {t0, t1, count}} or {linear = "
        .. "{t0, t1, count}}"):format(word, check.suggestion(key, SCALES))
    end
  end
  local list = given[scale]
  local t0, t1, count = table.unpack(type(list) == "table" and list or {}, 1, 3)
  local least = scale == "log" and "0 < t0" or "0 <= t0"
  if not (type(t0) == "number" and type(t1) == "number" and math.tointeger(count) and #list == 3
    and t0 >= 0 and (t0 > 0 or scale == "linear") and t1 >= t0 and t1 < math.huge and count >= 1)
    then
    return nil, ("save_at: %s must be {t0, t1, count} with %s <= t1 < inf and count >= 1")
      :format(scale, least)
  end
  for key in next, list do
    if key ~= 1 and key ~= 2 and key ~= 3 then
      return nil, ("save_at: %s is {t0, t1, count}; unknown key %s"):format(scale, check.shown(key))
    end
  end
  if count > MOST then return nil, ("save_at: %.0f times are too many to keep"):format(count) end
  return spaced(scale, t0, t1, count)
end

local function list_of(given)
  local times = {}
  if check.is_matrix(given) then
    for i = 1, given:rows() do
      for j = 1, given:cols() do times[#times + 1] = given:get(i, j) end
    end
    return times
  end
  for i, t in ipairs(given) do times[i] = t end
  if #times == 0 and next(given) ~= nil then return on_scale(given) end
  for key in next, given do
    if not (math.type(key) == "integer" and key >= 1 and key <= #times) then
      return nil, ("save_at: unknown key %s in a list of %d times"):format(check.shown(key), #times)
    end
  end
  return times
end

--- The times of `save_at`, sorted, none beyond the end: what exceeds it by rounding is the end.
-- @param given a list, a column, {log = {t0, t1, count}} or {linear = {t0, t1, count}}
-- @tparam number last end of the flow
-- @treturn table times, or nil and what is wrong
function M.list(given, last)
  local times, why = list_of(given)
  if not times then return nil, why end
  for i, t in ipairs(times) do
    if type(t) ~= "number" or not (t >= 0) then
      return nil, ("save_at: time %d is %s: times must be numbers >= 0"):format(i, check.shown(t))
    end
    if t > last and t <= last * (1 + ROUNDING) then times[i] = last end
    if times[i] > last then
      return nil, ("save_at: time %d is %s, beyond the end t = %s"):format(i, check.shown(t),
        check.shown(last))
    end
  end
  table.sort(times)
  return times
end

--- Go on from a state of a run to later times, by steps as the run's own, beside it.
-- @tparam table from a checkpoint: `state`, next step `h`, `method` in use
-- @tparam table o options of the run
-- @tparam table times sorted, finite, none before the checkpoint
-- @tparam function visit visit(t, state) at each
-- @treturn ?string why not all were visited: a reason of the flow
function M.follow(from, o, times, visit)
  local flow = core.flow.new(from.state, {method = o.method, using = from.method, h = from.h,
    t = times[#times], tol = o.tol, weight_decay = o.weight_decay,
    max_steps = math.maxinteger, max_seconds = o.max_seconds})
  local i, reason = 1, nil
  while times[i] and times[i] <= from.state.t do
    visit(times[i], from.state)
    i = i + 1
  end
  while times[i] and not reason do
    reason = flow:advance()
    if reason == "interrupted" then error("interrupted!", 0, "interrupted") end
    local resting = reason == "saddle" or reason == "unreachable" -- so it stays for ever
    local t = flow:time()
    while times[i] and (times[i] <= t or resting) do
      visit(times[i], flow:between(times[i]))
      i = i + 1
    end
  end
  return times[i] and reason
end

return M
