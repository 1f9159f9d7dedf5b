--- spec/flow/population_spec.lua: what `tol` promises, on random problems whose ends another
-- program found: an implicit method of order 9 in long double (bench/population.c).
-- bench/population.lua prints the whole distribution.
-- SPDX-License-Identifier: MIT
package.path = "spec/?.lua;" .. package.path
local population = require "population"

local EVERY = 2 -- of the problems, to be quick; the bench takes all

describe("random problems of every kind", function()
  local problems = population.load()

  it("are many, and of every kind", function()
    local seen = {}
    for _, one in ipairs(problems) do seen[one.kind] = (seen[one.kind] or 0) + 1 end
    assert.is_true(#problems >= 300)
    for kind = 0, 7 do assert.is_true((seen[kind] or 0) >= 20, population.KINDS[kind]) end
  end)

  for _, method in ipairs(population.METHODS) do
    for _, tol in ipairs(population.TOLERANCES) do
      if population.pays(method, tol) then
        -- promise: end within 10 tol x amplification, each method at each tol
        it(("end within 10 tol x amplification: %s at %g"):format(method, tol), function()
          local ran, left = 0, 0
          for i, one in ipairs(problems) do
            if i % EVERY == 0 and population.legal(one, method) then
              local ratio, run = population.error(one, method, tol, {max_steps = 3000})
              if ratio then
                assert.is_true(ratio <= 10, ("%s: %g, ended by %s"):format(
                  population.describe(one, i), ratio, run.stats.reason))
              end
              ran, left = ran + 1, left + (ratio and 0 or 1)
            end
          end
          assert.is_true(ran > 90 and left <= 0.1 * ran, ("%d of %d need more than 3000 steps")
            :format(left, ran))
        end)
      end
    end
  end

  it("with weight decay end within 10 tol x amplification too, each method at each tol", function()
    local decaying = population.load("spec/reference/population_decay.npy")
    assert.is_true(#decaying >= 48)
    local plain, ran, left = 0, 0, 0
    for i, one in ipairs(decaying) do
      for _, method in ipairs(population.METHODS) do
        for _, tol in ipairs(population.TOLERANCES) do
          if population.pays(method, tol) and population.legal(one, method) then
            local ratio = population.error(one, method, tol)
            assert.is_true((ratio or 0) <= 10, ("%s at %g, %s: %s"):format(method, tol,
              population.describe(one, i), ratio))
            ran, left = ran + 1, left + (ratio and 0 or 1)
          end
        end
      end
      local without = population.error(one, "auto", 1e-6, {weight_decay = 0})
      if without and without > 10 then plain = plain + 1 end
    end
    assert.is_true(plain > 30) -- the control
    assert.is_true(ran > 400 and left <= 0.1 * ran, ("%d of %d did not end"):format(left, ran))
  end)

  it("catch a tolerance that is not kept", function()
    local caught = 0
    for i, one in ipairs(problems) do
      if i % EVERY == 0 and population.legal(one, "dopri5") then
        local run = one.problem:flow(one.start, {t = one.t, tol = 0.1, method = "dopri5",
          record = {}})
        local wrong = population.separation(one, run.final) / (1e-6 * one.amplification)
        if wrong > 10 then caught = caught + 1 end
      end
    end
    assert.is_true(caught > 20)
  end)
end)
