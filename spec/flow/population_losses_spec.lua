--- spec/flow/population_losses_spec.lua: what `tol` promises of flows with any loss, on random
-- problems whose ends SciPy found on full weights by two integrators (bench/losses.py).
-- SPDX-License-Identifier: MIT
local linnet = require "linnet"
package.path = "spec/?.lua;" .. package.path
local support = require "support"

local LOSSES = {"logistic", "softmax", "huber"}

local function load_all()
  local numbers, list, at = linnet.npy.load("spec/reference/population_losses.npy"), {}, 0
  local function take(rows, cols)
    local first = at
    at = at + rows * cols
    return linnet.matrix(rows, cols, function(i, j)
      return numbers:get(first + (j - 1) * rows + i, 1)
    end)
  end
  while at < numbers:rows() do
    local one = {}
    for _, name in ipairs{"loss", "n", "D", "m", "h", "t", "weight_decay", "delta",
      "amplification"} do
      one[name] = take(1, 1)(1)
    end
    for _, name in ipairs{"loss", "n", "D", "m", "h"} do one[name] = math.tointeger(one[name]) end
    one.name = LOSSES[one.loss]
    local X, Y = take(one.n, one.D), take(one.n, one.m)
    one.problem = linnet.problem(X, Y, {rank_tol = 0,
      loss = one.name == "huber" and {"huber", delta = one.delta} or one.name})
    one.start = one.problem:init{U = take(one.D, one.h), V = take(one.m, one.h)}
    one.U, one.V = take(one.D, one.h), take(one.m, one.h)
    list[#list + 1] = one
  end
  return list
end

-- Error at the end over tol x amplification; nil where the run did not end.
local function ratio(one, method, tol, more)
  local o = {t = one.t, tol = tol, method = method, weight_decay = one.weight_decay, record = {},
    max_steps = 3000}
  for name, value in pairs(more or {}) do o[name] = value end
  local run = one.problem:flow(one.start, o)
  if run.stats.reason == "max_steps" then return nil end
  return math.max(support.relative(run.final:U(), one.U), support.relative(run.final:V(), one.V))
    / (tol * one.amplification)
end

local function described(one, i)
  return ("problem %d (%s): n %d, D %d, m %d, h %d, kappa %.0e, t %.2g, w %.2g, amplification %.2g")
    :format(i, one.name, one.n, one.D, one.m, one.h, one.problem.kappa, one.t, one.weight_decay,
      one.amplification)
end

describe("random problems with a loss", function()
  local problems = load_all()

  for _, method in ipairs{"auto", "dop853", "dopri5"} do
    for _, tol in ipairs{1e-3, 1e-6, 1e-9} do
      -- promise: with a loss end within 10 tol x amplification, each method at each tol
      it(("with a loss end within 10 tol x amplification: %s at %g"):format(method, tol), function()
        local left = 0
        for i, one in ipairs(problems) do
          local x = ratio(one, method, tol)
          assert.is_true((x or 0) <= 10, ("%s: %s"):format(described(one, i), x))
          if not x then left = left + 1 end
        end
        assert.is_true(left <= (method == "auto" and 0 or 0.1 * #problems), left .. " did not end")
      end)
    end
  end

  it("are many of each loss, stiff ones too, with and without weight decay", function()
    local count, stiff, decaying = {}, 0, 0
    for _, one in ipairs(problems) do
      count[one.name] = (count[one.name] or 0) + 1
      local run = one.problem:flow(one.start, {t = one.t, weight_decay = one.weight_decay})
      if run.stats.method == "rodas4" then stiff = stiff + 1 end
      if one.weight_decay > 0 then decaying = decaying + 1 end
      assert.is_true(run.stats.imbalance_drift < 1e-12)
    end
    for _, name in ipairs(LOSSES) do assert.is_true(count[name] >= 20) end
    assert.is_true(stiff > 10 and decaying > 10, stiff .. " and " .. decaying)
  end)

  it("catch a tolerance that is not kept, and another weight decay", function()
    local loose, other = 0, 0
    for _, one in ipairs(problems) do
      local x = ratio(one, "dopri5", 0.3)
      if x and x * 0.3 > 1e-5 then loose = loose + 1 end -- over 10 times 1e-6
      if (ratio(one, "auto", 1e-6, {weight_decay = one.weight_decay + 1e-2 / one.t}) or 0) > 10 then
        other = other + 1
      end
    end
    assert.is_true(loose > 20 and other > 50, loose .. " and " .. other)
  end)
end)
