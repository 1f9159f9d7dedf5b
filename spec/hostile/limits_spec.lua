--- spec/hostile/limits_spec.lua: huge requests, a hard-pressed collector, a state that closes in
-- the middle.
-- SPDX-License-Identifier: MIT
local linnet = require "linnet"
package.path = "spec/?.lua;" .. package.path
local support = require "support"

describe("huge requests", function()
  local X, Y = linnet.data.gaussian{n = 5, D = 8, m = 1, seed = 1}
  local p = linnet.problem(X, Y)
  local s = p:init("gaussian", {h = 1e6, seed = 1})

  it("are refused with the size named", function()
    assert.error_matches(function() linnet.zeros(1e6, 1e6) end, "1000000 x 1000000", 1, true)
    assert.error_matches(function() linnet.zeros(2 ^ 31, 1) end, "2147483648")
    assert.error_matches(function() p:flow(s, {t = 1, save_at = {log = {1e-3, 1, 1e9}}}) end,
      "1000000000 times")
    assert.error_matches(function() p:init("gaussian", {h = 1e12, explicit = true}) end,
      "h = 1000000000000")
    assert.error_matches(function() linnet.data.gaussian{n = 1e6, D = 1e6} end, "1000000")
    assert.error_matches(function() linnet.random(1):normal(1e6, 1e6) end, "1000000 x 1000000", 1,
      true)
  end)

  it("leave everything usable", function()
    assert.equal("time", p:flow(s, {t = 1}).stats.reason)
  end)

  it("options that contain themselves are refused", function()
    local loop = {}
    loop.record = {loop}
    loop.record[1] = loop.record
    assert.has_error(function() p:flow(s, {t = 1, record = loop.record}) end)
  end)
end)

-- A little of everything, with its result as text.
local WORK = [[
local linnet = require "linnet"
local X, Y = linnet.data.gaussian{n = 12, D = 20, m = 2, noise = 0.1, seed = 1}
local p = linnet.problem(X, Y)
local out = {}
for seed = 1, 4 do
  local s = p:init("gaussian", {h = 1e6, seed = seed})
  local run = p:flow(s, {t = math.huge, method = seed % 2 == 0 and "expo4" or "dop853"})
  out[#out + 1] = ("%a %a"):format(run.final:theta():norm(), run:at(1):distance())
  local descent = p:descend(s, {eta = 0.01, steps = 50})
  out[#out + 1] = ("%a"):format(descent.final:theta():norm())
  local A = linnet.random(seed):normal(9, 9)
  local U, sv, V = A:svd()
  out[#out + 1] = ("%a %a"):format((U * linnet.diag(sv) * V:t()):norm(), (A * A:inv()):trace())
end
local many = linnet.ensemble(p, {init = {"gaussian", h = 1e6}, seeds = 6, threads = 2,
  flow = {t = math.huge}})
out[#out + 1] = ("%a"):format(many.distance:sum())
print(table.concat(out, " "))
]]

describe("the collector", function()
  local calm = support.child(WORK)

  for name, setting in pairs{
    ["generational"] = 'collectgarbage("generational")',
    ["generational with a tiny nursery"] = 'collectgarbage("generational", 1, 1)',
    ["incremental with no pause"] = 'collectgarbage("incremental", 1, 1000)',
    ["full at every allocation of Lua's"] = [[
      local count = 0
      debug.sethook(function() count = count + 1; if count % 7 == 0 then collectgarbage() end end,
        "l")
    ]],
  } do
    -- promise: leaves no trace in results, however often it runs
    it("leaves no trace in results when it is " .. name, function()
      local pressed = support.child(setting .. "\n" .. WORK)
      assert.equal(1, #pressed, table.concat(pressed, "\n"))
      assert.equal(calm[1], pressed[1])
    end)
  end
end)

describe("a Lua state that closes in the middle", function()
  local START = [[
    local linnet = require "linnet"
    local X, Y = linnet.data.gaussian{n = 12, D = 20, m = 2, noise = 0.1, seed = 1}
    local p = linnet.problem(X, Y)
    local s = p:init("gaussian", {h = 1e6, seed = 1})
  ]]
  for what, work in pairs{
    ["of a flow"] = [[p:flow(s, {t = 10,
      on_step = function() print("bye"); os.exit(3, true) end})]],
    ["of a descent"] = [[p:descend(s, {eta = 0.01, steps = 50,
      on_step = function() print("bye"); os.exit(3, true) end})]],
    ["of an ensemble"] = [[linnet.ensemble(p, {init = {"gaussian", h = 1e6}, seeds = 100000,
      threads = 2, flow = {t = math.huge},
      progress = function() print("bye"); os.exit(3, true) end})]],
    ["with files open"] = [[local path = os.tmpname()
      linnet.sweep{over = {x = {1, 2, 3}}, seeds = 2, run = function()
        print("bye"); os.remove(path); os.exit(3, true) end}:run{out = path, progress = false}]],
  } do
    -- promise: ends without a crash, in the middle of anything
    it("ends without a crash, in the middle " .. what, function()
      local lines = support.child(START .. work)
      assert.same({"bye"}, lines)
    end)
  end
end)
