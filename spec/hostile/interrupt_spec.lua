--- spec/hostile/interrupt_spec.lua: a real SIGINT to a child process while it integrates.
-- SPDX-License-Identifier: MIT
package.path = "spec/?.lua;" .. package.path
local support = require "support"

-- The child says when its flow has begun, is interrupted, says what it caught, and repeats the
-- call.
local CHILD = [[
local linnet = require "linnet"
local core = require "linnet.core"
local where, mark = "WHERE", ...
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
  print(ok, core.system.clock(), tostring(e), type(e) == "table" and e.run.stats.reason,
    type(e) == "table" and e.run.final.t > 0)
end
print(digest(flow()))
]]


describe("Ctrl-C during a flow", function()
  local undisturbed = support.child(CHILD)

  for _, where in ipairs{"main", "coroutine"} do
    -- promise: ends it with the run so far; the same call again gives the same bits
    it(("ends it with the run so far, in the %s; the same call again gives the same bits")
      :format(where == "main" and "main thread" or "coroutine"), function()
      local lines = support.child((CHILD:gsub("WHERE", where)), true)
      assert.equal(2, #lines, table.concat(lines, "\n"))
      assert.matches("^false\t", lines[1])
      assert.matches("interrupted: the error holds the run so far", lines[1], 1, true)
      assert.matches("\tinterrupted\ttrue$", lines[1])
      assert.equal(undisturbed[1], lines[2])
    end)
  end
end)


-- Long work of every other kind: `work()` goes on far longer than the signal takes to come.
local LONG = {
  descend = [[p:descend(s, {eta = 1e-6, steps = 2^40, every = 2^39})]],
  ensemble = [[linnet.ensemble(p, {init = {"gaussian", h = 1e6}, seeds = 1000000, threads = 2,
    flow = {t = math.huge}})]],
  ["a sweep"] = [[linnet.sweep{over = {h = {1e3, 1e6}}, seeds = 1000000, problem = p,
    init = "gaussian", flow = {t = math.huge}, measure = {"distance"}}:run{}]],
  ["a function of a sweep"] = [[linnet.sweep{over = {x = {1}}, seeds = 1,
    run = function() while true do end end}:run{}]],
  svd = [[for _ = 1, 1000 do linnet.random(1):normal(1500, 1500):svd() end]],
}

-- The same of single calls that work for long in C between two instructions of Lua: what is ready
-- before, and the call, made until it is interrupted in the middle.
local SINGLE = {
  ["m ^ n"] = {"linnet.random(1):normal(400, 400) * 0.02", "m ^ ((1 << 61) - 1)"},
  sort = {"linnet.random(1):normal(3000000, 1)", "m:sort()"},
  ["a large problem"] = {"linnet.random(1):normal(900, 900)",
    "linnet.problem(m, m * linnet.ones(900, 1))"},
  kron = {"linnet.random(1):normal(90, 90)", "m:kron(m)"},
  expm = {"linnet.random(1):normal(300, 300) / 400", "m:expm()"},
  orthogonal = {"linnet.random(1)", "m:orthogonal(600)"},
  ["npy.load"] = {"linnet.random(1):normal(1000000, 3)", "linnet.npy.load(path)",
    "linnet.npy.save(path, m)"},
  ["csv.load"] = {"linnet.random(1):normal(60000, 10)", "linnet.csv.load(path)",
    "linnet.csv.save(path, m)"},
  plot = {"linnet.linspace(0, 1, 20000)", "linnet.plot.svg{{m, m}}"},
  sharpness = {[[linnet.problem(linnet.random(1):normal(400, 400), linnet.random(2):normal(400, 8))
    :init("gaussian", {h = 1e6, seed = 1})]], "m:sharpness()"},
  ["following all hidden units"] = {[[(function()
    local p = linnet.problem(linnet.diag(linnet.linspace(1, 0.01, 150)), linnet.ones(150, 1))
    return p:flow(p:init("gaussian", {h = math.huge}), {t = 1e3})
  end)()]], "m:at(900):travel() + m:at(1):travel()"},
}

describe("Ctrl-C during", function()
  for what, work in pairs(LONG) do
    -- promise: comes back, and everything is still usable
    it(what .. " comes back, and everything is still usable", function()
      local program = ([[
        local linnet = require "linnet"
        local X, Y = linnet.data.gaussian{n = 30, D = 60, m = 1, seed = 1}
        local p = linnet.problem(X, Y)
        local s = p:init("gaussian", {h = 1e6, seed = 2})
        io.open((...), "w"):close()
        print(pcall(function() WORK end))
        print(p:flow(s, {t = 1}).stats.reason)
      ]]):gsub("WORK", function() return work end)
      local lines = support.child(program, true)
      assert.matches("^false.*interrupt", lines[1])
      assert.equal("time", lines[#lines])
    end)
  end
end)

describe("Ctrl-C during one call of", function()
  for what, case in pairs(SINGLE) do
    it(what .. " ends it, and the same call again works", function()
      local path = os.tmpname()
      local program = ([[
        local linnet = require "linnet"
        local path = "PATH"
        local m = READY
        SAVED
        io.open((...), "w"):close()
        print(pcall(function() while true do local _ = CALL end end))
        print(type(CALL))
      ]]):gsub("%u%u%u%u+", {PATH = path, READY = case[1], CALL = case[2], SAVED = case[3] or ""})
      local lines = support.child(program, true)
      os.remove(path)
      -- promise: ends it, and the same call again works
      assert.matches("^false.*interrupted!", lines[1])
      assert.matches("^[usn]", lines[#lines]) -- a userdata, a string, a number
    end)
  end
end)
