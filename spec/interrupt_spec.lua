--- spec/interrupt_spec.lua: a real SIGINT to a child process while it integrates.
-- SPDX-License-Identifier: MIT

-- The child says when its flow has begun, is interrupted, says what it caught, and repeats the call.
local CHILD = [[
local linnet = require "linnet"
local core = require "linnet.core"
local where, mark = ...
local X, Y = linnet.data.gaussian{n = 60, D = 120, m = 1, seed = 1}
local p = linnet.problem(X, Y)
local s = p:init("gaussian", {h = 1e6, seed = 2})
local ready = false
-- excess near round-off on purpose: thousands of steps, about a second
local function flow(mark)
  return p:flow(s, {t = 40, tol = 1e-15, method = "dopri5", max_steps = 20000, record = {},
    save_at = {40}, on_step = mark and function(state)
      if state.t > 0.01 and not ready then
        ready = true
        io.open(mark, "w"):close()
      end
    end})
end
local function digest(run)
  local t = {}
  for i = 1, 60 do t[i] = ("%a"):format(run.final:theta():get(i, 1)) end
  return table.concat(t, " ") .. (" %a %d"):format(run.final.t, run.stats.steps)
end
if mark then
  local ok, e
  if where == "coroutine" then
    ok, e = coroutine.resume(coroutine.create(flow), mark)
  else
    ok, e = pcall(flow, mark)
  end
  print(ok, core.clock(), tostring(e), type(e) == "table" and e.run.stats.reason,
    type(e) == "table" and e.run.final.t > 0)
end
print(digest(flow()))
]]


-- Runs the child; with `interrupted`, sends SIGINT once it is ready. Returns its lines and the
-- seconds of the monotonic clock just before the signal.
local function run_child(where, interrupted)
  local script, out, mark = os.tmpname(), os.tmpname(), os.tmpname()
  local file = assert(io.open(script, "w"))
  file:write(CHILD)
  file:close()
  os.remove(mark)
  local command = ("lua5.4 %s %s %s > %s 2>&1"):format(script, where, interrupted and mark or "", out)
  if interrupted then
    local pid = io.popen(command .. " & echo $!")
    local id = pid:read("l")
    pid:close()
    local waited = 0
    while not io.open(mark) and waited < 600 do
      os.execute("sleep 0.05")
      waited = waited + 1
    end
    os.execute("kill -INT " .. id)
    while os.execute("kill -0 " .. id .. " 2>/dev/null") do os.execute("sleep 0.05") end
  else
    os.execute(command)
  end
  local lines = {}
  for line in io.lines(out) do lines[#lines + 1] = line end
  for _, path in ipairs{script, out, mark} do os.remove(path) end
  return lines
end

describe("Ctrl-C during a flow", function()
  local undisturbed = run_child("main")

  for _, where in ipairs{"main", "coroutine"} do
    it(("ends it with the run so far, in the %s; the same call again gives the same bits")
      :format(where == "main" and "main thread" or "coroutine"), function()
      local lines = run_child(where, true)
      assert.equal(2, #lines, table.concat(lines, "\n"))
      assert.matches("^false\t", lines[1])
      assert.matches("interrupted: the error holds the run so far", lines[1], 1, true)
      assert.matches("\tinterrupted\ttrue$", lines[1])
      assert.equal(undisturbed[1], lines[2])
    end)
  end
end)

