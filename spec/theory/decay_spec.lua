--- spec/theory/decay_spec.lua: what is known of weight decay: modes by Bessel functions, and the
-- law of the distance over the width. SPDX-License-Identifier: MIT
local core = require "linnet.core"
local linnet = require "linnet"

local function max_abs(m) return core.matrix.max_abs(m) end

describe("closed forms with weight decay", function()
  it("are the flow's from an orthogonal start, at every decay and time", function()
    local target = linnet.matrix{{1.3, 0.2}, {0.1, 0.6}, {-0.4, 0.05}}
    local p = linnet.problem(linnet.eye(3), target)
    for _, c in ipairs{{0.7, 0.2}, {1, 0.003}, {1e-3, 0.5}, {2, 1.7}, {0.05, 0.05}} do
      local lam, w = c[1], c[2]
      local path = linnet.exact.decay{target = target, lam = lam, weight_decay = w}
      local s = p:init("orthogonal", {h = 40, lam = lam})
      for _, t in ipairs{0, 0.3, 2, 20, 400, math.huge} do
        local final = t == 0 and s or p:flow(s, {t = t, tol = 1e-12, weight_decay = w}).final
        local U, V = final:reduced()
        local at = path:at(t)
        assert.is_true(max_abs(at.U1V - U * V:t()) < 1e-9)
        assert.is_true(max_abs(at.VV - V * V:t()) < 1e-9)
        assert.is_true(max_abs(at.U1U1 - U * U:t()) < 1e-9)
      end
    end
  end)

  it("tend to those without it, and to the singular values less w", function()
    local target = linnet.matrix{{2, 0}, {0, 0.3}}
    local plain = linnet.exact.orthogonal{target = target, lam = 0.8}
    local slow = linnet.exact.decay{target = target, lam = 0.8, weight_decay = 1e-5}
    for _, t in ipairs{0.1, 1, 5} do
      assert.is_true(max_abs(plain:at(t).U1V - slow:at(t).U1V) < 1e-3)
    end
    local ends = linnet.exact.decay{target = target, lam = 0.8, weight_decay = 0.5}:at(math.huge)
    assert.is_true(math.abs(ends.U1V:get(1, 1) - 1.5) < 1e-12)
    assert.is_true(math.abs(ends.U1V:get(2, 2)) < 1e-12)
    -- s = w: algebraic, p = 1/(2 t) in the end
    local edge = linnet.exact.decay{target = linnet.matrix{1}, weight_decay = 1}
    assert.is_true(math.abs(edge:at(1e8).U1V:get(1, 1) * 2e8 - 1) < 1e-6)
    local far = edge:at(30).U1V:get(1, 1)
    local one = linnet.problem(linnet.eye(1), linnet.matrix{1})
    local start = one:init("orthogonal", {h = 2, lam = 1})
    local U, V = one:flow(start, {t = 30, tol = 1e-12, weight_decay = 1}).final:reduced()
    assert.is_true(math.abs((U * V:t()):get(1, 1) / far - 1) < 1e-10)
  end)
end)

describe("the law of the distance with weight decay", function()
  -- spectra far from white, so that no singular value of X is special
  local function setting()
    local X, Y = linnet.data.gaussian{n = 8, D = 40, m = 2, noise = 0.3, seed = 3}
    return linnet.problem(X, Y)
  end

  it("is that of wide networks at every time, to six digits", function()
    local p = setting()
    for _, w in ipairs{0.003, 0.05} do
      for _, t in ipairs{0.5, 5, 40, 200} do
        local o = {t = t, tol = 1e-11, weight_decay = w}
        local limit = p:flow(p:init("gaussian", {h = math.huge}), o).final
        local h = 1e15
        local law = linnet.theory.weight_decay_law{state = limit, h = h}
        -- the mean over what the data do not see, which the flow does not need
        local s = p:flow(p:init("gaussian", {h = h, seed = 1}), o).final
        local U, V = s:reduced()
        local inside = 0
        local _, _, Yt = p:reduced()
        local sigma, P = p:singular_values(), U * V:t()
        for i = 1, p.rank do
          for j = 1, p.m do
            inside = inside + (P:get(i, j) - Yt:get(i, j) / sigma:get(i, 1)) ^ 2
          end
        end
        assert.is_true(math.abs((inside + s:law().mean) / law - 1) < 1e-6)
      end
    end
    -- without weight decay it is the wide law at the end
    local plain = p:flow(p:init("gaussian", {h = math.huge}), {t = math.huge, tol = 1e-11}).final
    local wide = linnet.theory.wide_law{h = 1e6, problem = p}
    local law = linnet.theory.weight_decay_law{state = plain, h = 1e6}
    assert.is_true(math.abs(law / wide - 1) < 1e-9)
  end)

  it("breaks where it does not apply: narrow networks, unequal layers", function()
    local p = setting()
    local w, t = 0.02, 30
    local limit = p:flow(p:init("gaussian", {h = math.huge}), {t = t, weight_decay = w}).final
    local function off(h, extra)
      local o = {h = h, seed = 4}
      for name, value in pairs(extra or {}) do o[name] = value end
      local s = p:flow(p:init("gaussian", o), {t = t, weight_decay = w}).final
      local law = linnet.theory.weight_decay_law{state = limit, h = h}
      return math.abs(s:law().mean / law - 1)
    end
    assert.is_true(off(12) > 0.02)
    assert.is_true(off(1e12, {std_u = 1e-6, std_v = 3e-6}) > 0.1)
  end)

  it("falls on the clock 1/(2w), long after the fit", function()
    local p = setting()
    local w = 1e-4
    local function mean(t)
      local s = p:flow(p:init("gaussian", {h = math.huge}),
        {t = t, tol = 1e-9, weight_decay = w}).final
      return linnet.theory.weight_decay_law{state = s, h = 100}, s:excess()
    end
    local fitted, excess = mean(200)
    local later = mean(2e4)
    assert.is_true(excess < 1e-3)
    assert.is_true(later < 0.2 * fitted)
  end)
end)
