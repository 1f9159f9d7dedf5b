--- spec/flow/scale_spec.lua: X -> a X, Y -> a b^2 Y, (U, V) -> b (U, V), t -> t / (a b)^2 is the
-- same flow, by every method, as long as data, weights and times are numbers at all.
-- SPDX-License-Identifier: MIT
local linnet = require "linnet"

local METHODS = {"auto", "expo2", "expo4", "dopri5", "dop853", "rodas4"}
local g = linnet.random(17)
local X, Y, U, V = g:normal(4, 5), g:normal(4, 2), 0.5 * g:normal(5, 7), 0.5 * g:normal(2, 7)

-- The run of the scaled flow, and its weights in the units of the plain one.
local function flow(a, b, options)
  local p = linnet.problem(X * a, Y * a * b * b)
  local o = {record = {}, max_steps = 20000}
  for key, value in pairs(options) do o[key] = value end
  o.t = o.t / a / a / b / b
  if o.until_excess then o.until_excess = o.until_excess * a * a * b ^ 4 end
  local run = p:flow(p:init{U = U * b, V = V * b}, o)
  return run, run.final:U() * (1 / b), run.final:V() * (1 / b)
end

local function largest(m) return m:map(math.abs):max() end

-- exponents of two of a and b
local SCALES = {{-400, 0}, {-150, 0}, {150, 0}, {400, 0}, {0, -300}, {0, -60}, {0, 60}, {0, 200},
  {-250, -50}, {100, -150}, {-300, 120}}

describe("a flow of any scale", function()
  it("takes the same steps to the same weights, bit for bit", function()
    for _, method in ipairs(METHODS) do
      local base, u, v = flow(1, 1, {t = 1, method = method})
      for _, e in ipairs(SCALES) do
        local run, uu, vv = flow(2.0 ^ e[1], 2.0 ^ e[2], {t = 1, method = method})
        local where = ("%s, X 2^%d, weights 2^%d"):format(method, e[1], e[2])
        assert.equal(base.stats.reason, run.stats.reason, where)
        assert.equal(base.stats.steps, run.stats.steps, where)
        assert.is_true(largest(uu - u) <= 1e-13 * largest(u), where) -- the SVD of X rounds
        assert.is_true(largest(vv - v) <= 1e-13 * largest(v), where)
      end
    end
  end)

  it("comes to the end of all times", function()
    for _, method in ipairs(METHODS) do
      local base, u = flow(1, 1, {t = math.huge, method = method})
      assert.equal("converged", base.stats.reason)
      for _, e in ipairs{{-400, 0}, {300, 0}, {0, -150}, {0, 100}} do
        local run, uu = flow(2.0 ^ e[1], 2.0 ^ e[2], {t = math.huge, method = method})
        assert.equal("converged", run.stats.reason)
        assert.is_true(largest(uu - u) <= 1e-9 * largest(u))
      end
    end
  end)

  it("finds its states in between and its levels", function()
    local base, u = flow(1, 1, {t = 1, until_excess = 0.5})
    assert.equal("until_excess", base.stats.reason)
    local run, uu = flow(2.0 ^ -90, 2.0 ^ -60, {t = 1, until_excess = 0.5})
    assert.equal("until_excess", run.stats.reason)
    assert.is_true(largest(uu - u) <= 1e-9 * largest(u))
    local half = base.final.t / 2
    local at = run:at(half * 2.0 ^ 300)
    assert.is_true(largest(at:U() * 2.0 ^ 60 - base:at(half):U()) <= 1e-9 * largest(u))
  end)

  it("of times too short to do more than move by the velocity", function()
    local p = linnet.problem(linnet.eye(2), linnet.diag{2, 1})
    local u, v = linnet.zeros(2, 2), linnet.eye(2)
    for _, method in ipairs(METHODS) do
      local run = p:flow(p:init{U = u, V = v}, {t = 1e-300, method = method})
      assert.equal("time", run.stats.reason)
      assert.equal(1e-300, run.final.t)
      assert.is_true(math.abs(run.final:U():get(1, 1) / 2e-300 - 1) < 1e-12)
    end
  end)
end)

it("the drift of the imbalance is measured by the weights of start and end", function()
  local one = linnet.matrix{{1}}
  for _, target in ipairs{-1, 0} do
    local p = linnet.problem(linnet.matrix{{1}}, linnet.matrix{{target}})
    for _, method in ipairs{"auto", "expo2", "expo4"} do
      local run = p:flow(p:init{U = one, V = one}, {t = 40, method = method})
      assert.is_true(run.stats.imbalance_drift <= 1e-12,
        ("%s to %d: %g"):format(method, target, run.stats.imbalance_drift))
    end
  end
end)
