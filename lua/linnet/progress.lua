--- lua/linnet/progress.lua: how far a run or a sweep is, on stderr: one line that is drawn over on
-- a terminal, a plain line now and then in a log.
--
-- SPDX-License-Identifier: MIT
-- @module linnet.progress

local core = require "linnet.core"

local M = {}

local TERMINAL_INTERVAL, LOG_INTERVAL = 0.2, 10.0 -- seconds between lines

-- ---------------------------------------------------------------- of one run

local Line = {}
Line.__index = Line

--- A line on stderr while a run is long: after the first second, at most five times a second.
-- @tparam ?boolean wanted default: only on a terminal
-- @treturn table with `line:show(text)`, text a function, and `line:clear()`
-- @usage require("linnet.progress").line(false):show(function() return "step 1" end)
function M.line(wanted)
  if wanted == nil then wanted = core.system.isatty("stderr") end
  return setmetatable({wanted = wanted, drawn = false}, Line)
end

function Line:show(text)
  if not self.wanted then return end
  local now = core.system.clock()
  if not self.next then self.next = now + 1.0 end
  if now < self.next then return end
  self.next, self.drawn = now + TERMINAL_INTERVAL, true
  io.stderr:write("\r\27[K", text())
end

function Line:clear()
  if self.drawn then io.stderr:write("\r\27[K") end
end

-- ---------------------------------------------------------------- of many jobs

local Progress = {}
Progress.__index = Progress

--- A duration in words: `0.4 s`, `12 s`, `3 min 20 s`, `5 h 02 min`.
-- @tparam number seconds
-- @treturn string
-- @usage assert(require("linnet.progress").duration(200) == "3 min 20 s")
function M.duration(seconds)
  if seconds < 9.95 then return ("%.1f s"):format(seconds) end
  local whole = math.floor(math.min(seconds, 1e15) + 0.5)
  if whole < 60 then return ("%d s"):format(whole) end
  if whole < 3600 then return ("%d min %02d s"):format(whole // 60, whole % 60) end
  return ("%d h %02d min"):format(whole // 3600, whole % 3600 // 60)
end

--- What `progress = true` means.
-- @tparam integer total jobs
-- @tparam integer done of them before the start
-- @tparam[opt] table o for specs: `write`, `clock`, `terminal`
-- @treturn table with `p:step(done)` and `p:finish()`
-- @usage
-- local p = require("linnet.progress").new(2, 0, {write = print})
-- p:step(1)
-- p:finish()
function M.new(total, done, o)
  o = o or {}
  local terminal = o.terminal
  if terminal == nil then terminal = core.system.isatty("stderr") end
  local self = setmetatable({
    total = total, before = done, done = done, terminal = terminal,
    clock = o.clock or core.system.clock,
    write = o.write or function(text) io.stderr:write(text) end,
    interval = terminal and TERMINAL_INTERVAL or LOG_INTERVAL,
  }, Progress)
  self.began = self.clock()
  self.next = self.began + self.interval
  return self
end

function Progress:text(now)
  local elapsed, fresh = now - self.began, self.done - self.before
  local parts = {("%d of %d"):format(self.done, self.total)}
  if fresh > 0 and elapsed > 0 then
    local rate = fresh / elapsed
    parts[2] = ("%.3g a second"):format(rate)
    if self.done < self.total then
      parts[3] = M.duration((self.total - self.done) / rate) .. " left"
    else
      parts[3] = M.duration(elapsed)
    end
  end
  return table.concat(parts, ", ")
end

function Progress:step(done)
  self.done = done
  local now = self.clock()
  if now < self.next then return end
  self.next = now + self.interval
  self.write(self.terminal and "\r\27[K" .. self:text(now) or self:text(now) .. "\n")
end

function Progress:finish()
  self.write((self.terminal and "\r\27[K" or "") .. self:text(self.clock()) .. "\n")
end

return M
