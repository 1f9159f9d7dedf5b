--- spec/flow/threads_spec.lua: a flow on several threads is the same flow.
-- SPDX-License-Identifier: MIT
local linnet = require "linnet"

local function case(r, m, h)
  local X = linnet.diag(linnet.matrix(r, 1, function(i) return 10.0 ^ (-2 * (i - 1) / r) end))
  local p = linnet.problem(X, linnet.random(2):normal(r, m))
  return p, p:init("gaussian", {h = h, seed = 1})
end

describe("flow on threads", function()
  after_each(function() linnet.threads(1) end)

  -- promise: gives the same bits on any number of threads
  it("gives the same bits on any number of threads", function()
    -- large enough that products are shared too; and more threads than columns
    for _, method in ipairs{"expo2", "expo4", "auto"} do
      local p, s = case(190, 3, 1e4)
      local function flow(threads)
        return p:flow(s, {t = 5, method = method, max_steps = 3, threads = threads})
      end
      local alone = flow(1)
      for _, threads in ipairs{2, 3, 64} do
        local run = flow(threads)
        assert.equal(alone.final:reduced(), run.final:reduced())
        assert.same(alone.loss, run.loss)
        assert.equal(alone.stats.eigenproblems, run.stats.eigenproblems)
      end
    end
  end)

  it("is the same where nothing can be shared: one output, a small problem, an explicit method",
    function()
    for _, shape in ipairs{{30, 1, "expo4"}, {4, 2, "expo4"}, {20, 2, "dop853"}} do
      local p, s = case(shape[1], shape[2], 50)
      local function flow(threads)
        return p:flow(s, {t = 2, method = shape[3], threads = threads}).final:reduced()
      end
      assert.equal(flow(1), flow(4))
    end
  end)

  it("gives the same bits where linnet.threads() says two and the flow nothing", function()
    linnet.threads(2)
    local p, s = case(40, 3, 1e3)
    local final = p:flow(s, {t = 1, method = "expo4"}).final:reduced()
    linnet.threads(1)
    assert.equal(final, p:flow(s, {t = 1, method = "expo4"}).final:reduced())
  end)

  it("refuses what is no number of threads", function()
    local p, s = case(4, 2, 10)
    for _, bad in ipairs{0, 65, 1.5, "two", -1, 0 / 0} do
      assert.error_matches(function() p:flow(s, {t = 1, threads = bad}) end, "flow: .*threads")
    end
    assert.error_matches(function()
      linnet.ensemble{problem = p, init = "gaussian", h = 5, seeds = 2, flow = {t = 1, threads = 2}}
    end, "threads")
  end)
end)
