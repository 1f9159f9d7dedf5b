--- spec/flow/rest_spec.lua: flows whose error cannot vanish come to rest, say why, and never call a
-- start stuck that is only slow.
-- SPDX-License-Identifier: MIT
local linnet = require "linnet"
package.path = "spec/?.lua;" .. package.path
local support = require "support"

local inf = math.huge
local METHODS = {"auto", "expo2", "expo4", "dopri5", "dop853", "rodas4"}

local function matched(run, reason, steps)
  local stats = run.stats
  assert.is_true(stats.reason == reason and stats.steps + stats.rejected <= steps,
    ("%s after %d steps, excess %.6g"):format(stats.reason, stats.steps, run.final:excess()))
end

describe("fewer hidden units than the target has rank", function()
  it("come to rest in less than 1000 steps at any kappa", function()
    for _, kappa in ipairs{1, 10, 100, 1e3, 1e4, 1e6} do
      local X, Y = linnet.data.gaussian{n = 6, D = 8, m = 2, kappa = kappa, noise = 0.1, seed = 3}
      local p = linnet.problem(X, Y)
      local s = p:init("gaussian", {h = 1, std = 0.3, seed = 5})
      for _, method in ipairs{"auto", "expo4", "rodas4"} do
        local run = p:flow(s, {t = inf, method = method, record = {}, max_steps = 1000})
        matched(run, "unreachable", 1000)
        assert.is_true(run.final:imbalance_drift() <= 1e-13)
      end
    end
  end)

  it("rest with every method where the data are not stiff", function()
    for seed = 1, 10 do
      local p = linnet.problem(linnet.random(seed):normal(9, 3),
        linnet.random(seed + 100):normal(9, 7))
      local s, lowest = p:init("gaussian", {h = 2, seed = seed}), nil
      for _, method in ipairs{"auto", "expo4", "dopri5", "dop853", "rodas4"} do
        local run = p:flow(s, {t = inf, method = method, record = {}, max_steps = 2000})
        matched(run, "unreachable", 2000)
        lowest = lowest or run.final:excess()
        assert.is_true(math.abs(run.final:excess() / lowest - 1) < 1e-5)
      end
    end
  end)

  it("end at the best map of their rank", function()
    local target = linnet.diag{3, 2, 1, 0.5}
    local Q = linnet.random(4):orthogonal(4)
    local p = linnet.problem(linnet.eye(4), Q * target * Q:t())
    for h, left in ipairs{2 ^ 2 + 1 + 0.25, 1 + 0.25, 0.25} do
      for _, method in ipairs(METHODS) do
        local run = p:flow(p:init("gaussian", {h = h, seed = 2}), {t = inf, method = method,
          max_steps = 5000, record = {}})
        matched(run, "unreachable", 5000)
        assert.is_true(math.abs(2 * run.final:excess() / left - 1) < 1e-9)
      end
    end
  end)

  it("are followed in time on the way", function()
    local X, Y = linnet.data.gaussian{n = 6, D = 8, m = 2, kappa = 30, noise = 0.1, seed = 3}
    local p = linnet.problem(X, Y)
    local s = p:init("gaussian", {h = 1, std = 0.3, seed = 5})
    for _, t in ipairs{3, 30, 300} do
      local want = p:flow(s, {t = t, method = "dop853", tol = 1e-12, record = {}}).final
      for _, method in ipairs{"auto", "expo4", "rodas4"} do
        local got = p:flow(s, {t = t, method = method, record = {}}).final
        local U, V = got:reduced()
        local wantU, wantV = want:reduced()
        assert.is_true(support.relative(U, wantU) < 1e-5, method .. " at " .. t)
        assert.is_true(support.relative(V, wantV) < 1e-5, method .. " at " .. t)
      end
    end
  end)
end)

describe("layers of very different size", function()
  it("go on to convergence when one of them hardly moves", function()
    for _, ratio in ipairs{3, 10, 30} do
      local X, Y = linnet.data.gaussian{n = 60, D = 12, seed = 4, noise = 0.1}
      local p = linnet.problem(X, Y)
      for _, h in ipairs{4, 8, 12} do
        local U = linnet.random(1):normal(12, h) * ratio
        local V = linnet.random(2):normal(1, h) / ratio
        local run = p:flow(p:init{U = U, V = V}, {t = inf, max_steps = 2000, record = {}})
        matched(run, "converged", 1000)
      end
    end
  end)
end)

describe("slow is not stuck:", function()
  it("a small mode beside a large one grows like exp(2 t)", function()
    local p = linnet.problem(linnet.eye(2), linnet.eye(2))
    for _, e in ipairs{1e-10, 1e-14, 3e-15, 1e-15, 1e-18} do
      local w = linnet.diag{1, e}
      for _, t in ipairs{10, 30, 100} do
        local run = p:flow(p:init{U = w, V = w}, {t = t, tol = 1e-9})
        local mode = 1 / (1 + (e ^ -2 - 1) * math.exp(-2 * t)) -- the closed form
        assert.equal("time", run.stats.reason)
        assert.is_true(math.abs(run.final:theta():get(2, 2) - mode) < 1e-6)
      end
    end
  end)

  it("weights of any smallness learn all that there is", function()
    local p = linnet.problem(linnet.eye(3), linnet.diag{3, 1, 0.5})
    for _, e in ipairs{1e-8, 1e-15, 1e-30, 1e-100} do
      local w = e * linnet.eye(3)
      matched(p:flow(p:init{U = w, V = w}, {t = inf, max_steps = 20000}), "converged", 20000)
    end
  end)

  it("and modes wait their turn in a network that is too narrow for all", function()
    local p = linnet.problem(linnet.eye(4), linnet.diag{3, 1, 0.5, 0})
    for _, e in ipairs{1e-2, 1e-6, 1e-30} do
      local w = linnet.matrix{{e, 0}, {0, e}, {0, 0}, {0, 0}}
      for _, method in ipairs{"auto", "expo4", "dop853", "rodas4"} do
        local run = p:flow(p:init{U = w, V = w}, {t = inf, method = method, record = {}})
        matched(run, "unreachable", 1000)
        assert.is_true(math.abs(run.final:excess() - 0.125) < 1e-9, method)
      end
    end
  end)
end)

describe("what cannot move says so:", function()
  local p = linnet.problem(linnet.eye(2), linnet.diag{2, 1})

  it("no weights, and a hidden unit of zeros", function()
    local zero = linnet.zeros(2, 2)
    assert.equal("saddle", p:flow(p:init{U = zero, V = zero}, {t = 1}).stats.reason)
    local one = linnet.matrix{{2 ^ 0.5, 0}, {0, 0}}
    local run = p:flow(p:init{U = one, V = one}, {t = inf})
    assert.equal("unreachable", run.stats.reason)
    assert.is_true(math.abs(run.final:excess() - 0.5) < 1e-12)
  end)
end)

-- The first layer is large, the second nearly nothing, the target small: what the columns of U do
-- not reach is learned at rates of 1e-16 of the fastest.
describe("a valley as narrow as round-off", function()
  local KINDS = {
    {n = 22, D = 52, m = 4, h = 15, u = 1e-2, v = 1e-10, y = 1e-8},
    {n = 10, D = 12, m = 3, h = 5, u = 0.1, v = 0, y = 1e-8},
    {n = 8, D = 10, m = 2, h = 4, u = 0.1, v = 1e-8, y = 1e-8},
  }

  it("is no saddle: the target is met", function()
    for seed = 1, 4 do
      for _, c in ipairs(KINDS) do
        local X, Y = linnet.data.gaussian{n = c.n, D = c.D, m = c.m, kappa = 8, noise = 0.01,
          seed = seed}
        local p = linnet.problem(X, Y * c.y)
        local s = p:init{U = linnet.random(seed + 10):normal(c.D, c.h) * c.u,
          V = linnet.random(seed + 20):normal(c.m, c.h) * c.v}
        for _, tol in ipairs{1e-3, 1e-6} do
          local run = p:flow(s, {t = inf, tol = tol, record = {}})
          matched(run, "converged", 300)
          assert.is_true(run.final:excess() <= 1e-28 * s:excess())
          assert.is_true(run.final:imbalance_drift() <= 1e-14)
        end
      end
    end
  end)
end)

-- Parts of E whose target is zero have no round-off of their own, and decay in all their digits.
describe("targets of zero", function()
  it("are met by networks of every width and start", function()
    for seed = 1, 3 do
      local X = linnet.random(seed):normal(8, 6)
      local Y = X * linnet.random(seed + 9):normal(6, 3)
      local column = linnet.matrix(8, 3, function(i, j) return j == 2 and 0 or Y(i, j) end)
      for _, h in ipairs{1, 2, 3, 10} do
        local U, V = linnet.random(3):normal(6, h) * 0.3, linnet.random(4):normal(3, h) * 0.3
        for _, tol in ipairs{1e-3, 1e-6, 1e-9} do
          local all, one = linnet.problem(X, Y * 0), linnet.problem(X, column)
          local run = all:flow(all:init{U = U, V = V}, {t = inf, tol = tol, record = {}})
          matched(run, "converged", 500)
          assert.is_true(run.final:excess() <= 1e-30 * all:init{U = U, V = V}:excess())
          if h > 1 then
            run = one:flow(one:init{U = U, V = V}, {t = inf, tol = tol, record = {}})
            matched(run, "converged", 500)
            assert.is_true(run.final:excess() <= 1e-28)
          end
        end
      end
    end
  end)

  it("are approached by their law up to any finite time", function()
    local p = linnet.problem(linnet.matrix{{2}}, linnet.matrix{{0}})
    local s = p:init{U = linnet.matrix{{0.7}}, V = linnet.matrix{{0.7}}}
    for _, t in ipairs{1, 1e10, 1e20} do
      local theta = p:flow(s, {t = t, record = {}}).final:theta()(1, 1)
      assert.is_true(math.abs(theta * (1 / 0.49 + 8 * t) - 1) < 1e-6) -- p0/(1 + 2 sigma^2 p0 t)
    end
    local run = p:flow(s, {t = inf, until_excess = 1e-100, record = {}})
    assert.equal("until_excess", run.stats.reason)
    assert.is_true(math.abs(run.final:excess() / 1e-100 - 1) < 1e-9)
  end)
end)

describe("a tolerance below round-off", function()
  it("is 100 units of it", function()
    local X, Y = linnet.data.gaussian{n = 8, D = 20, m = 3, kappa = 30, noise = 0.01, seed = 1}
    local p = linnet.problem(X, Y)
    local s = p:init("gaussian", {h = 2, seed = 2})
    local sharp = p:flow(s, {t = 3, tol = 2.3e-14})
    for _, tol in ipairs{1e-15, 1e-18, 1e-300} do
      local run = p:flow(s, {t = 3, tol = tol})
      assert.equal(sharp.stats.steps, run.stats.steps)
      assert.equal(sharp.final:excess(), run.final:excess())
    end
    assert.is_true(p:flow(s, {t = 3, tol = 2.4e-14}).stats.steps <= sharp.stats.steps)
    assert.is_true(p:flow(s, {t = 3, tol = 1e-12}).stats.steps < sharp.stats.steps)
  end)
end)
