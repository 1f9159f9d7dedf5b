--- spec/model/alignment_spec.lua: alignment as cosines with the target's singular vectors.
-- SPDX-License-Identifier: MIT
local linnet = require "linnet"

local INF = math.huge

local function all_near(a, want, tol)
  for i = 1, #a do
    assert(math.abs(a:get(i, 1) - want) <= tol, ("mode %d: %.17g"):format(i, a:get(i, 1)))
  end
end

describe("state:alignment", function()
  it("is 1 once the target is learned, whatever the data's condition", function()
    for seed = 1, 8 do
      local X, Y = linnet.data.gaussian{n = 6, D = 10, m = 3, noise = 0.1, seed = seed, kappa = 1e4}
      local p = linnet.problem(X, Y)
      local s = p:init("gaussian", {h = 100, seed = seed})
      assert(s:alignment():min() < 0.9) -- control
      all_near(p:flow(s, {t = INF}).final:alignment(), 1, 1e-9)
    end
  end)

  it("is the lesser of two cosines, by hand", function()
    local X, U, V = linnet.diag{2, 1}, linnet.matrix{{1, 2}, {0, 1}}, linnet.matrix{{1, 0}, {1, 1}}
    local p = linnet.problem(X, linnet.diag{6, 1}) -- u_i, v_i are the axes
    local M = X * U * V:t()
    local a = p:init{U = U, V = V}:alignment()
    for i = 1, 2 do
      local longer = math.max(M:row(i):norm(), M:col(i):norm())
      assert(math.abs(a:get(i, 1) - math.abs(M:get(i, i)) / longer) < 1e-14)
    end
  end)

  it("is never above 1 and 0 for a mode that a narrow network cannot have", function()
    local p = linnet.problem(linnet.eye(3), linnet.matrix{{2, 0}, {0, 1}, {0, 0}})
    for seed = 1, 30 do
      local a = p:init("gaussian", {h = 1, seed = seed}):alignment()
      assert(a:max() <= 1 and a:min() >= 0)
    end
    local a = p:init{U = linnet.matrix{{0.3}, {0}, {0}}, V = linnet.matrix{{0.7}, {0}}}:alignment()
    assert(a:get(1, 1) == 1 and a:get(2, 1) == 0)
  end)

  it("is one number for equal singular values of the target, in any basis", function()
    local g = linnet.random(2)
    local U, V = g:normal(4, 6), g:normal(3, 6)
    local Y, first = linnet.zeros(4, 3), nil
    for i, s in ipairs{2, 2, 1} do Y:set(i, i, s) end
    local u, v = linnet.eye(4, 6), linnet.eye(3, 6)
    u:set(1, 1, 0.3)
    v:set(2, 2, 0.9)
    for _ = 1, 4 do
      local Q, R = g:orthogonal(4, 4), g:orthogonal(3, 3)
      local p = linnet.problem(linnet.eye(4), Q * Y * R:t())
      local a = p:init{U = Q * U, V = R * V}:alignment()
      first = first or a
      assert((a - first):norm() < 1e-12 and a:get(1, 1) == a:get(2, 1) and a:max() < 1)
      -- singular vectors of the target, values of its own: aligned
      all_near(p:init{U = Q * u, V = R * v}:alignment(), 1, 1e-13)
    end
  end)

  it("is 0 where there is nothing to learn or nothing learned, and knows no scale", function()
    local function of(X, Y, U, V) return linnet.problem(X, Y):init{U = U, V = V}:alignment() end
    local I, W = linnet.eye(2), linnet.matrix{{1, 2}, {3, 4}}
    all_near(of(I, linnet.zeros(2, 2), I, W), 0, 0)
    all_near(of(I, I, linnet.zeros(2, 3), linnet.zeros(2, 3)), 0, 0)
    assert(of(I, linnet.matrix{{1, 1}, {1, 1}}, I, W):get(2, 1) == 0) -- s_2 = 0
    local want = of(I, linnet.matrix{{2, 1}, {0, 1}}, I, W)
    for _, e in ipairs{-400, 400} do
      local x, y = 2.0 ^ e, 2.0 ^ -e
      assert((of(x * I, y * linnet.matrix{{2, 1}, {0, 1}}, y * I, x * W) - want):norm() < 1e-13)
    end
  end)
end)
