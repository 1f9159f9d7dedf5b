--- spec/model/width_spec.lua: what a trajectory costs does not grow with the width, nor, for norms,
-- with D. Bytes are counted, not seconds: bench/trajectory.lua has the clock.
-- SPDX-License-Identifier: MIT
local linnet = require "linnet"

-- Bytes that Lua allocates (matrices and blocks included) while f runs with the collector stopped.
local function bytes(f)
  collectgarbage()
  collectgarbage("stop")
  local before = collectgarbage("count")
  f()
  local used = 1024 * (collectgarbage("count") - before)
  collectgarbage("restart")
  return used
end

local function problem(D)
  local X, Y = linnet.data.gaussian{n = 20, D = D, m = 2, noise = 0.01, seed = 1}
  return linnet.problem(X, Y)
end

local function whole(p, h)
  return function()
    local s = p:init("gaussian", {h = h, seed = 2})
    local run = p:flow(s, {t = math.huge, method = "expo4", record = {}, save_at = {}})
    return run.final:distance(), run.final:perpendicular(), run.final:imbalance()
  end
end

describe("a draw and a whole flow", function()
  local p = problem(400)
  whole(p, 1e3)() -- first use loads modules

  it("allocate the same at h = 1e3 and h = 1e15", function()
    local small, large = bytes(whole(p, 1e3)), bytes(whole(p, 1e15))
    -- steps differ by a few; a single column of U at h = 1e15 would be 3 TB
    assert.is_true(large < 1.3 * small, ("%d against %d bytes"):format(large, small))
  end)

  it("allocate the same at h = 1e3 and h = 1e15 over two tasks", function()
    local X, Y = linnet.data.gaussian{n = 20, D = 400, m = 2, noise = 0.01, seed = 3}
    local q = linnet.problem(X, Y)
    local function two(h)
      return function()
        local s = p:init("gaussian", {h = h, seed = 2})
        local first = p:flow(s, {t = 3, method = "expo4", record = {}, save_at = {}}).final
        return q:flow(q:init(first), {t = 3, method = "expo4", record = {}, save_at = {}})
      end
    end
    two(1e3)()
    local small, large = bytes(two(1e3)), bytes(two(1e15))
    assert.is_true(large < 1.3 * small, ("%d against %d bytes"):format(large, small))
  end)

  it("allocate the same at D = 400 and D = 40000 where only norms are asked for", function()
    local wide = problem(40000)
    local small, large = bytes(whole(p, 1e9)), bytes(whole(wide, 1e9))
    assert.is_true(large < 1.3 * small, ("%d against %d bytes"):format(large, small))
  end)

  it("allocate the columns when they are asked for (negative control)", function()
    local explicit = bytes(function() p:init("gaussian", {h = 2000, seed = 2, explicit = true}) end)
    assert.is_true(explicit > 8 * 400 * 2000)
    local theta = bytes(function() p:init("gaussian", {h = 1e9, seed = 2}):theta() end)
    local norm = bytes(function() p:init("gaussian", {h = 1e9, seed = 2}):distance() end)
    assert.is_true(theta > norm + 8 * 400 * 2)
  end)
end)
