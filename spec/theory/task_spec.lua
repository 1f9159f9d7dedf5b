--- spec/theory/task_spec.lua: where the next task ends, and what (7.4) keeps on the way.
-- SPDX-License-Identifier: MIT
local linnet = require "linnet"
local support = require "spec.support"

local D = 12

local function problem(n, m, seed, y, o)
  local rng = linnet.random(seed)
  return linnet.problem(rng:normal(n, D), (y or 1) * rng:normal(n, m), o)
end

local function rest(p, s)
  return p:flow(s, {t = math.huge, tol = 1e-10, record = {}, save_at = {}}).final
end

describe("the law of the next task", function()
  it("is where the flow ends at infinite width, task after task", function()
    for _, lam in ipairs{1, 0.01, 100} do
      local p = problem(4, 1, 1)
      local s = p:init("orthogonal", {h = math.huge, lam = lam})
      local theta = s:theta()
      for _, q in ipairs{p, problem(5, 1, 2, 3), problem(2, 1, 3, 0.1), p} do
        local law = linnet.theory.task_end{problem = q, theta = theta, lam = lam}
        s, theta = rest(q, q:init(s)), law.theta
        assert.is_true((s:theta() - theta):norm() < 1e-11 * (1 + theta:norm()))
      end
    end
  end)

  it("is forgetting by the gain alone where spans are orthogonal, and none if lazy", function()
    local eye = linnet.eye(D)
    local first = linnet.problem(eye:sub(1, 3, 1, D), 2 * linnet.ones(3, 1))
    local second = linnet.problem(eye:sub(4, 8, 1, D), 3 * linnet.ones(5, 1))
    for _, lam in ipairs{1, 1e6} do
      local s = rest(first, first:init("orthogonal", {h = math.huge, lam = lam}))
      local law = linnet.theory.task_end{problem = second, theta = s:theta(), lam = lam}
      local forgotten = rest(second, second:init(s)):excess(first)
      assert.is_true(math.abs(forgotten - (law.gain - 1) ^ 2 * 6) < 1e-10)
      assert.is_true(lam == 1 and forgotten > 0.5 or lam == 1e6 and forgotten < 1e-9)
    end
  end)

  it("has det T for several outputs, at all times of several tasks, of any loss", function()
    local m, lam = 2, 0.7
    local s = problem(4, m, 1):init("orthogonal", {h = math.huge, lam = lam})
    local function volume(state)
      local _, V = state:reduced()
      return (V * V:t() + lam * linnet.eye(m)):det()
    end
    for seed = 1, 4 do
      local p = problem(4, m, seed, 1, {loss = seed == 3 and "huber" or "squared"})
      local from = p:init(s)
      local _, Pt = p:reduced()
      local function off(state) return state:theta() - Pt:t() * (Pt * state:theta()) end
      for _, t in ipairs{0.2, 1, 5} do
        s = p:flow(t > 0.2 and s or from, {t = t, tol = 1e-11, record = {}, save_at = {}}).final
        if seed > 1 then
          local T = off(from):lstsq(off(s))
          assert.is_true((off(from) * T - off(s)):norm() < 1e-10)
          assert.is_true(math.abs(T:det() - (volume(s) / volume(from)) ^ 0.5) < 1e-9)
          assert.is_true((T - T:t()):norm() + math.abs(T:det() - 1) > 1e-3)
        end
      end
    end
  end)

  it("is met by finite widths like h^(-1/2), and not off the orthogonal start", function()
    local p, q = problem(4, 1, 1), problem(5, 1, 2, 3)
    local widths, misses = {1e4, 1e6, 1e8, 1e10}, {}
    local function miss(o)
      local s = rest(p, p:init("gaussian", o))
      local law = linnet.theory.task_end{problem = q, theta = s:theta()}
      return (rest(q, q:init(s)):theta() - law.theta):norm()
    end
    for i, h in ipairs(widths) do
      misses[i] = 0
      for seed = 1, 10 do misses[i] = misses[i] + miss{h = h, seed = seed} ^ 2 end
    end
    assert.is_true(math.abs(support.slope(widths, misses) + 1) < 0.1)
    local unequal = miss{h = 1e10, seed = 1, std_u = 1e-5, std_v = 3e-5}
    assert.is_true(unequal > 1e-2)
  end)

  it("refuses what it does not know", function()
    local theta, p = linnet.ones(D, 1), problem(3, 1, 1)
    support.refuses(function()
      linnet.theory.task_end{problem = problem(3, 2, 1), theta = theta}
    end, "theory.task_end: it is known for one output, the problem has m = 2")
    support.refuses(function() linnet.theory.task_end{problem = p, theta = linnet.ones(3, 1)} end,
      "theory.task_end: theta must be D x 1, got a 3 x 1 matrix")
    local huber = linnet.problem(linnet.eye(D), linnet.ones(D, 1), {loss = "huber"})
    support.refuses(function() linnet.theory.task_end{problem = huber, theta = theta} end,
      "theory.task_end: it holds for the squared loss, and the loss of this problem is huber")
    support.refuses(function() linnet.theory.task_end{problem = 3, theta = theta} end,
      "theory.task_end: problem must be a problem, got 3")
  end)
end)
