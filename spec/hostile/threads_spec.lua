--- spec/hostile/threads_spec.lua: one BLAS thread is held for as long as an ensemble or a sweep's
-- function computes, whatever that function does, and no longer.
-- SPDX-License-Identifier: MIT
local linnet = require "linnet"

describe("the number of BLAS threads", function()
  before_each(function() linnet.threads(2) end)
  after_each(function() linnet.threads(1) end)

  local function sweep(run) return linnet.sweep{over = {a = {1, 2}}, run = run} end

  it("is one inside a sweep's function, in coroutines too, and two where that is suspended",
    function()
    local inner = sweep(function(point)
      assert.equal(1, linnet.threads())
      coroutine.wrap(function() assert.equal(1, linnet.threads()) end)()
      coroutine.yield(point.a)
      assert.equal(1, linnet.threads())
      return point.a
    end)
    local co = coroutine.create(function() return inner:run{progress = false}.value(2, 1) end)
    for a = 1, 2 do
      assert.same({true, a}, {coroutine.resume(co)})
      assert.equal(2, linnet.threads())
    end
    assert.same({true, 2.0}, {coroutine.resume(co)})
    assert.equal(2, linnet.threads())
  end)

  it("comes back after errors, and after coroutines that are closed or forgotten", function()
    pcall(function() sweep(function() error "stop" end):run{progress = false} end)
    assert.equal(2, linnet.threads())
    local function suspended()
      local co = coroutine.create(function()
        sweep(function() coroutine.yield() end):run{progress = false}
      end)
      assert(coroutine.resume(co))
      return co
    end
    assert(coroutine.close(suspended()))
    assert.equal(2, linnet.threads())
    suspended()
    collectgarbage()
    assert.equal(2, linnet.threads())
  end)

  it("is one in an ensemble's progress function, which may ask for more afterwards", function()
    local X, Y = linnet.data.gaussian{n = 10, D = 20, seed = 1}
    local seen
    linnet.ensemble(linnet.problem(X, Y), {init = {"gaussian", h = 100}, seeds = 200,
      flow = {t = math.huge}, threads = 2, progress = function()
        seen = linnet.threads()
        linnet.threads(3)
        assert.equal(1, linnet.threads())
      end})
    assert.equal(1, seen)
    assert.equal(3, linnet.threads())
  end)
end)
