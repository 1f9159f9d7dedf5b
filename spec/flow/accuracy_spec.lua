--- spec/flow/accuracy_spec.lua: a flow is as accurate as it says, at its steps, between them, and
-- at a level of the excess, above all where small weights grow.
-- SPDX-License-Identifier: MIT
local linnet = require "linnet"

local function product(s)
  local U, V = s:reduced()
  return U * V:t()
end

local function max_abs(a) return a:map(math.abs):max() end

-- Targets of three entries, starts from 1e-1 to 1e-6 that grow.
local function growing(seed)
  local p = linnet.problem(linnet.eye(3), linnet.random(seed):normal(3, 2))
  return p, p:init("gaussian", {h = 50, std = 10.0 ^ -(1 + seed % 6), seed = seed})
end

describe("the error of a flow", function()
  -- one input, one output, whose path is known in closed form; the product counts twice
  local function worst(sigma, target, u, v, method, tol)
    local p = linnet.problem(linnet.eye(1) * sigma, linnet.matrix{{target}})
    local s = p:init{U = linnet.matrix{{u}}, V = linnet.matrix{{v}}}
    local path, most = linnet.exact.scalar{state = s}, 0
    local run = p:flow(s, {t = (10 - math.log(u * v)) / (2 * sigma * target), tol = tol,
      method = method, record = {p = product}})
    for i = 1, #run.t do
      most = math.max(most, math.abs(run.p(i) / path:at(run.t(i)).p - 1))
    end
    return most / tol
  end

  for _, method in ipairs{"auto", "expo2", "expo4", "dop853", "dopri5"} do
    -- promise: stays within 10 tol while one weight grows, each method
    it("stays within 10 tol while one weight grows: " .. method, function()
      for _, tol in ipairs{1e-3, 1e-6, 1e-9} do
        if method ~= "expo2" or tol > 1e-8 then
          for _, case in ipairs{{1, 3, 1e-2, 2e-2}, {1, 3, 1e-5, 2e-5}, {1, 1, 2e-6, 1e-6},
            {0.3, 12, 1e-10, 3e-9}, {2.5, 0.2, 1e-3, 4e-6}} do
            local sigma, target, u, v = table.unpack(case)
            local most = worst(sigma, target, u, v, method, tol)
            assert.is_true(most <= 10, ("tol %g, start %g: %g tol"):format(tol, u, most))
          end
        end
      end
    end)
  end

  it("is no larger at saved times than at steps", function()
    local tol, times = 1e-3, {log = {0.01, 40, 60}}
    for seed = 1, 24 do
      local p, s = growing(seed)
      local sharp = p:flow(s, {t = 40, tol = 1e-11, method = "dop853", save_at = times,
        record = {P = product}})
      for _, method in ipairs{"auto", "expo4", "expo2"} do
        local run = p:flow(s, {t = 40, tol = tol, method = method, save_at = times,
          record = {P = product}})
        assert.equal(60, #run.t)
        for i = 1, #run.t do
          local gap = max_abs(run.P:row(i) - sharp.P:row(i)) / max_abs(sharp.P:row(i))
          assert.is_true(gap <= 10 * tol, ("%s, seed %d, t = %g: %g tol"):format(method, seed,
            run.t(i), gap / tol))
        end
      end
    end
  end)
end)

describe("until_excess", function()
  it("ends at that excess, from any start, at any tolerance", function()
    for seed = 1, 18 do
      local p, s = growing(seed)
      for _, part in ipairs{0.9, 0.3, 1e-2, 1e-6} do
        for _, method in ipairs{"auto", "expo4", "dop853"} do
          local goal = part * s:excess()
          local run = p:flow(s, {t = 1000, tol = seed % 3 == 0 and 1e-2 or 1e-3, method = method,
            until_excess = goal})
          assert.equal("until_excess", run.stats.reason)
          assert.is_true(math.abs(run.final:excess() / goal - 1) <= 1e-9,
            ("%s, seed %d: %g of the level"):format(method, seed, run.final:excess() / goal))
        end
      end
    end
  end)
end)

describe("the excess", function()
  it("never grows, at any tolerance", function()
    for seed = 1, 12 do
      local p, s = growing(seed)
      for _, method in ipairs{"auto", "expo2", "expo4", "dop853", "dopri5"} do
        for _, tol in ipairs{1e-2, 1e-4} do
          local last = s:excess()
          local slack = 1e-12 * last -- round-off
          p:flow(s, {t = 60, tol = tol, method = method, record = {}, on_step = function(state)
            local excess = state:excess()
            assert.is_true(excess <= last + slack, ("%s, seed %d: %g after %g"):format(method, seed,
              excess, last))
            last = excess
          end})
        end
      end
    end
  end)
end)

describe("tol = 1", function()
  it("never climbs, whatever the method and the size of the start", function()
    for seed = 1, 24 do
      local rng = linnet.random(seed)
      local n, D, m, h = rng:integer(1, 6), rng:integer(1, 6), rng:integer(1, 3), rng:integer(1, 8)
      local p = linnet.problem(rng:normal(n, D), rng:normal(n, m) * 10.0 ^ rng:integer(-3, 3))
      local size = 10.0 ^ rng:integer(-4, 2)
      local s = p:init{U = rng:normal(D, h) * size, V = rng:normal(m, h) * size}
      for _, method in ipairs{"dop853", "dopri5", "expo2", "expo4", "rodas4", "auto"} do
        local run = p:flow(s, {t = math.huge, tol = 1, method = method, max_steps = 2000})
        assert.is_true(run.final:excess() <= s:excess() * (1 + 1e-9), method .. ", seed " .. seed)
      end
    end
  end)
end)
