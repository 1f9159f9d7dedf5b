--- spec/flow/choice_spec.lua: which method auto takes: explicit steps without an eigenproblem where
-- accuracy bounds them, others where stability would.
-- SPDX-License-Identifier: MIT
local linnet = require "linnet"

local function gaussian(options, h)
  local p = linnet.problem(linnet.data.gaussian(options))
  return p, p:init("gaussian", {h = h, seed = 2})
end

describe("auto", function()
  it("asks for no eigenproblem where accuracy alone bounds its explicit steps", function()
    local easy = {n = 60, D = 240, noise = 0.01, seed = 1}
    for _, h in ipairs{1e3, 1e12} do
      local p, s = gaussian(easy, h)
      local run = p:flow(s, {t = math.huge, until_excess = 1e-8})
      assert.equal(0, run.stats.eigenproblems)
      assert.equal("until_excess", run.stats.reason)
      local all = p:flow(s, {t = math.huge}) -- control: to the end stability would
      assert.is_true(all.stats.eigenproblems > 0)
      assert.equal("converged", all.stats.reason)
    end
  end)

  it("takes other steps than explicit ones for stiff data, however little is left to learn",
    function()
      local p, s = gaussian({n = 12, D = 20, kappa = 1e4, seed = 2}, 1e6)
      local explicit = p:flow(s, {t = 3e3, method = "dop853"}).stats
      local first = p:flow(s, {t = 30})
      for _, start in ipairs{s, first.final} do
        local stats = p:flow(start, {t = 3e3}).stats
        assert.is_true(stats.steps + stats.rejected < 0.1 * explicit.steps)
      end
    end)

  it("asks for none where stability bounds its steps but others would be too rough", function()
    local p, s = gaussian({n = 20, D = 40, m = 5, kappa = 10, noise = 0.01, seed = 1}, 100)
    assert.equal(0, p:flow(s, {t = 30, tol = 1e-9}).stats.eigenproblems)
    for _, other in ipairs{{t = 30, tol = 1e-6}, {t = math.huge, tol = 1e-9}} do -- the controls
      assert.is_true(p:flow(s, other).stats.eigenproblems > 0)
    end
  end)

  it("takes long steps where the kernel hardly moves, stiff or not", function()
    local p = linnet.problem(linnet.data.gaussian{n = 12, D = 20, kappa = 3, seed = 6})
    local s = p:init("gaussian", {h = 1e9, alpha = 30, seed = 6})
    local stats = p:flow(s, {t = math.huge}).stats
    local explicit = p:flow(s, {t = math.huge, method = "dop853"}).stats
    assert.is_true(stats.steps < 0.5 * explicit.steps)
  end)
end)
