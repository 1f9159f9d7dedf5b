--- spec/flow/task_spec.lua: a change of task: a state that goes on with another problem, against
-- full weights of an independent program, full draws, and what an infinitely wide network must do.
-- SPDX-License-Identifier: MIT
local core = require "linnet.core"
local linnet = require "linnet"
local support = require "spec.support"

local function problem(n, D, m, seed)
  local rng = linnet.random(seed)
  return linnet.problem(rng:normal(n, D), rng:normal(n, m))
end

local function max_abs(a) return core.matrix.max_abs(a) end

local function trained(p, s, o)
  local given = {t = 2, record = {}, save_at = {}}
  for name, value in pairs(o or {}) do given[name] = value end
  return p:flow(s, given).final
end

-- Z Z' of a state: all that does not depend on coordinates of the hidden units.
local function gram(s)
  local U, V = s:reduced()
  local Z = U:vcat(V)
  return Z * Z:t()
end

local WIDTHS = {1, 2, 4, 6, 11, 1e6, 1e15, math.huge}

describe("a change of task", function()
  local data = support.reference("two_tasks")
  local p1 = linnet.problem(linnet.matrix(data.X1), linnet.matrix(data.Y1))
  local p2 = linnet.problem(linnet.matrix(data.X2), linnet.matrix(data.Y2))
  local U0, V0 = linnet.matrix(data.U0), linnet.matrix(data.V0)
  local tight = {t = data.t, tol = 1e-11}

  it("is that of full weights, both tasks and what is forgotten", function()
    for _, method in ipairs{"auto", "expo4", "dop853"} do
      tight.method = method
      local first = trained(p1, p1:init{U = U0, V = V0}, tight)
      local second = trained(p2, p2:init(first), tight)
      assert.is_true(support.relative(first:theta(), linnet.matrix(data.theta1)) < 1e-9)
      assert.is_true(support.relative(second:theta(), linnet.matrix(data.theta2)) < 1e-9)
      assert.is_true(math.abs(first:loss() / data.loss1_after_1 - 1) < 1e-8)
      assert.is_true(math.abs(second:loss() / data.loss2_after_2 - 1) < 1e-8)
      assert.is_true(math.abs(second:loss(p1) / data.loss1_after_2 - 1) < 1e-9)
    end
  end)

  -- Four tasks: decay, a shared direction, a rank that is deficient, softmax, and the first again.
  it("is that of full weights at all times of a chain, and the loss of every task", function()
    local chain = support.reference("tasks")
    local problems, w = {}, {}
    for i, task in ipairs(chain.tasks) do
      problems[i] = linnet.problem(linnet.matrix(task.X), linnet.matrix(task.Y), {loss = task.loss})
      w[i] = task.w
    end
    for _, method in ipairs{"auto", "dop853"} do
      local s
      for i, p in ipairs(problems) do
        s = s and p:init(s) or p:init{U = linnet.matrix(chain.U0), V = linnet.matrix(chain.V0)}
        for _, at in ipairs(chain.tasks[i].at) do
          s = trained(p, s, {t = at.t, tol = 1e-11, method = method, weight_decay = w[i]})
          assert.is_true(support.relative(s:U(), linnet.matrix(at.U)) < 1e-9)
          assert.is_true(support.relative(s:V(), linnet.matrix(at.V)) < 1e-9)
          for j, loss in ipairs(at.losses) do
            assert.is_true(math.abs(s:loss(problems[j]) / loss - 1) < 1e-8)
          end
        end
      end
      assert.equal(3, problems[2].rank)
    end
  end)

  it("keeps given weights to round-off, decayed or not", function()
    for _, w in ipairs{0, 0.3} do
      local first = trained(p1, p1:init{U = U0, V = V0}, {weight_decay = w})
      local s = p2:init(first)
      assert.is_true(support.relative(s:U(), first:U()) < 2e-15)
      assert.is_true(support.relative(s:V(), first:V()) < 2e-15)
      assert.is_true(s.t == 0 and s.k == 0 and s.decay == 1 and s.task == 2 and s.explicit)
    end
  end)

  it("keeps given weights where the spans are the same but for round-off", function()
    local rng = linnet.random(2)
    local u, _, v = rng:normal(5, 10):svd()
    local X = u * linnet.diag{1, 1e-1, 1e-2, 1e-4, 1e-6} * v:t()
    local q1 = linnet.problem(X, rng:normal(5, 2))
    local q2 = linnet.problem(rng:orthogonal(5, 5) * X, rng:normal(5, 2))
    local s = trained(q1, q1:init{U = U0, V = V0})
    local t = q2:init(s)
    assert.is_true(support.relative(t:U(), s:U()) < 2e-15)
    assert.is_true(support.relative(t:V(), s:V()) < 2e-15)
    local wide = trained(q1, q1:init("gaussian", {h = 1e9, seed = 1}))
    assert.is_true(max_abs(q2:init(wide):theta() - wide:theta()) < 1e-9 and q2:init(wide).sampled)
  end)

  it("is wrong when the rows that the first data do not see are left out", function()
    local first = trained(p1, p1:init{U = U0, V = V0}, tight)
    local _, Pt = p1:reduced()
    local second = trained(p2, p2:init{U = Pt:t() * (Pt * first:U()), V = first:V()}, tight)
    assert.is_true(support.relative(second:theta(), linnet.matrix(data.theta2)) > 1e-2)
  end)

  it("keeps U'U - V'V, the imbalance of all weights, over both tasks", function()
    local first = trained(p1, p1:init{U = U0, V = V0}, {method = "expo4"})
    local second = trained(p2, p2:init(first), {method = "expo4"})
    local function imbalance(U, V) return U:t() * U - V:t() * V end
    assert.is_true(support.relative(imbalance(second:U(), second:V()), imbalance(U0, V0)) < 1e-13)
  end)
end)

describe("a change of task at any width", function()
  local D, m = 9, 2
  local p1, p2, p3 = problem(3, D, m, 1), problem(4, D, m, 2), problem(2, D, m, 3)

  it("keeps Theta, and with it the loss on any data", function()
    for _, h in ipairs(WIDTHS) do
      local s = trained(p1, p1:init("gaussian", {h = h, seed = 4}))
      for _, p in ipairs{p2, p3, p1} do
        local next_one = p:init(s)
        assert.is_true(max_abs(next_one:theta() - s:theta()) < 1e-13)
        assert.is_true(math.abs(next_one:excess() - s:excess(p)) < 1e-12 * (1 + s:excess(p)))
        assert.is_true(math.abs(next_one:loss(p1) - s:loss(p1)) < 1e-12 * (1 + s:loss(p1)))
        s = trained(p, next_one)
      end
      assert.equal(4, s.task)
    end
  end)

  it("remembers: going back through other problems finds all as it was left", function()
    for _, h in ipairs(WIDTHS) do
      local s = trained(p1, p1:init("gaussian", {h = h, seed = 4}))
      local back = p1:init(p3:init(p2:init(s)))
      assert.is_true(max_abs(gram(back) - gram(s)) < 1e-13)
      assert.is_true(max_abs(back:theta() - s:theta()) < 1e-13)
      assert.is_true(math.abs(back:distance() - s:distance()) < 1e-13)
      local again, once = trained(p1, back, {tol = 1e-11}), trained(p1, p1:init(s), {tol = 1e-11})
      assert.is_true(max_abs(again:theta() - once:theta()) < 1e-9)
    end
  end)

  it("draws once: the same again, and the same for whatever sees the same directions", function()
    local rng = linnet.random(5)
    local a, b, c, y = rng:normal(1, D), rng:normal(1, D), rng:normal(1, D), linnet.ones(2, m)
    local ab, bc = linnet.problem(a:vcat(b), y), linnet.problem(b:vcat(c), y)
    local only_b = linnet.problem(b, y:sub(1, 1, 1, m))
    for _, h in ipairs{3, 30, 1e12} do
      local s = p1:init("gaussian", {h = h, seed = 4})
      assert.is_true(ab:init(s):reduced() == ab:init(s):reduced())
      local early, late = only_b:init(ab:init(s)), only_b:init(bc:init(ab:init(s)))
      assert.is_true(max_abs(gram(early) - gram(late)) < 1e-12)
      local other = only_b:init(ab:init(p1:init("gaussian", {h = h, seed = 5})))
      assert.is_true(max_abs(gram(early) - gram(other)) > 1e-8)
    end
  end)

  it("is the identity on the same data, and keeps the law of the distance", function()
    for _, h in ipairs(WIDTHS) do
      local s = trained(p1, p1:init("gaussian", {h = h, seed = 4}), {weight_decay = 0.1})
      local X = linnet.random(1):normal(3, D)
      local turned = linnet.problem(linnet.random(9):normal(3, 3) * X, linnet.ones(3, m))
      for i, p in ipairs{p1, turned} do
        local t = p:init(s)
        local U, V, R = s:reduced()
        local U2, V2, R2 = t:reduced()
        if i == 1 then
          assert.is_true(max_abs(U - U2) < 1e-14 and V == V2 and R == R2)
          assert.is_true(math.abs(t:distance() - s:distance()) < 1e-14)
        end
        assert.is_true(max_abs(t:theta() - s:theta()) < 1e-12)
        assert.equal(s.sampled, t.sampled)
        if s.sampled then assert.is_true(math.abs(t:law().mean / s:law().mean - 1) < 1e-12) end
      end
    end
  end)

  it("takes data of any rank: none in common, few inputs, samples twice", function()
    local y = linnet.ones(2, m)
    local eye = linnet.eye(D)
    local low, high = linnet.problem(eye:sub(1, 2, 1, D), y), linnet.problem(eye:sub(8, 9, 1, D), y)
    local twice = linnet.problem(eye:sub(8, 8, 1, D):vcat(eye:sub(8, 8, 1, D)), y)
    local all = linnet.problem(1e3 * eye, linnet.ones(D, m))
    for _, h in ipairs(WIDTHS) do
      local s = trained(low, low:init("gaussian", {h = h, seed = 4}))
      for _, p in ipairs{high, twice, all, high} do
        local t = p:init(s)
        assert.is_true(max_abs(t:theta() - s:theta()) < 1e-13)
        s = trained(p, t, {t = math.huge})
        assert.is_true(s:excess() < 1e-20 * (1 + t:excess()) or h < 3)
      end
    end
  end)
end)

-- Kinds of starts of which rows of U were never drawn, their law after two changes of task against
-- that of full draws (Kolmogorov-Smirnov at 1e-3), with weight decay. That the rows of U that no
-- data see have a part along each new hidden direction shows at D much above the ranks.
describe("the law of a second and third task", function()
  local D, N = 14, 600
  local p1, p2, p3 = problem(2, D, 1, 1), problem(2, D, 1, 2), problem(2, D, 1, 3)
  local o = {t = 1, tol = 1e-4, weight_decay = 0.2}
  local function sample(kind, h, explicit)
    local out = {{}, {}, {}, {}}
    for seed = 1, N do
      local s = trained(p1, p1:init(kind, {h = h, seed = seed, explicit = explicit, std = 0.8}), o)
      local second = trained(p2, p2:init(s), o)
      local third = trained(p3, p3:init(second), o)
      out[1][seed], out[2][seed] = second:excess(), second:theta()(3)
      out[3][seed], out[4][seed] = third:excess(p1), third:distance()
    end
    return out
  end
  for _, case in ipairs{{"gaussian", 3}, {"gaussian", 12}, {"invariant", 6}, {"zero_output", 12}} do
    local kind, h = table.unpack(case)
    -- promise: has the law of full draws after three tasks, gaussian, invariant and zero_output
    it(("has the law of full draws after three tasks: %s, h = %d"):format(kind, h), function()
      local free, full = sample(kind, h, false), sample(kind, h, true)
      for i = 1, 4 do
        assert.is_true(support.ks(free[i], full[i]) < 1.95 * math.sqrt(2 / N))
      end
    end)
  end

  it("is not that of weights whose undrawn rows are left out", function()
    local function left_out(s)
      local _, Pt = p1:reduced()
      local U, V = s:reduced()
      return p2:init{U = Pt:t() * U, V = V}
    end
    local one, other = {}, {}
    for seed = 1, N do
      local s = trained(p1, p1:init("gaussian", {h = 12, seed = seed, std = 0.8}), o)
      one[seed], other[seed] = trained(p2, p2:init(s), o):excess(),
        trained(p2, left_out(s), o):excess()
    end
    assert.is_true(support.ks(one, other) > 3 * 1.95 * math.sqrt(2 / N))
  end)

  it("is exact where all is known: prescribed starts, reduced or as matrices", function()
    for _, kind in ipairs{"balanced", "imbalanced"} do
      local given = {h = 8, seed = 3, scale = 0.5, c = kind == "imbalanced" and 2 or nil}
      local short = trained(p1, p1:init(kind, given), {tol = 1e-11})
      given.explicit = true
      local long = trained(p1, p1:init(kind, given), {tol = 1e-11})
      assert.is_true(max_abs(gram(p2:init(short)) - gram(p2:init(long))) < 1e-9)
    end
  end)

  it("is at infinite width that of m hidden units, task after task", function()
    for _, w in ipairs{0, 0.1} do
      for _, scales in ipairs{{1, 1}, {2, 0.5}} do -- of U and of V
        local wide = core.start.orthogonal(p1, "gaussian", math.huge, scales[1], scales[2])
        local narrow = wide:narrow()
        for _, p in ipairs{p1, p2, p3, p1} do
          wide, narrow = p:init(wide), p:init(narrow)
          for _, t in ipairs{0.3, 2} do
            wide = trained(p, wide, {t = t, tol = 1e-11, weight_decay = w})
            narrow = trained(p, narrow, {t = t, tol = 1e-11, weight_decay = w})
            assert.is_true(max_abs(wide:theta() - narrow:theta()) < 1e-9)
          end
        end
      end
    end
  end)
end)

describe("a state that a flow left as m hidden units", function()
  it("goes on as all of them would", function()
    local p1, p2 = problem(70, 160, 2, 1), problem(40, 160, 2, 2)
    local s = p1:init("gaussian", {h = math.huge})
    local o = {t = 0.02, tol = 1e-10}
    local wide, few = trained(p1, s, o), trained(p1, s:narrow(), o)
    o.method = "expo4"
    local all = trained(p1, s, o)
    assert.is_true(wide:folded() ~= nil and all:folded() == nil)
    for _, other in ipairs{all, few} do
      local one, two = trained(p2, p2:init(wide), o), trained(p2, p2:init(other), o)
      assert.is_true(max_abs(one:theta() - two:theta()) < 1e-8 * max_abs(one:theta()))
      assert.is_true(math.abs(one:excess(p1) / two:excess(p1) - 1) < 1e-8)
    end
  end)
end)

describe("what a second task leaves of the first", function()
  local p1, p2 = problem(3, 8, 2, 1), problem(3, 8, 2, 2)
  local first = trained(p1, p1:init("gaussian", {h = 1e6, seed = 1}), {t = math.huge})

  it("is recorded beside the rest, at the times asked for", function()
    local times = {0, 0.5, 1, 3}
    local run = p2:flow(p2:init(first), {t = 3, tol = 1e-11, save_at = times,
      record = {old = p1}})
    for i, t in ipairs(times) do
      assert.equal(t, run.t(i))
      assert.is_true(math.abs(run.old(i) - run:at(t):excess(p1)) < 1e-9)
    end
    assert.is_true(run.old(1) < 1e-12 and run.old(4) > 1e-3)
    local X = linnet.random(1):normal(3, 8)
    local Y = linnet.random(1)
    Y:normal(3, 8)
    local miss = Y:normal(3, 2) - run.final:predict(X)
    assert.is_true(math.abs(run.old(4) + p1.optimal_loss - miss:norm() ^ 2 / 2) < 1e-12)
  end)

  it("is refused by name where the other problem is of other maps", function()
    local other = problem(3, 8, 1, 3)
    for verb, opts in pairs{flow = {t = 1}, descend = {eta = 0.01, steps = 1}} do
      opts.record = {old = other}
      support.fails(verb .. ": record: the problem 'old' has D = 8 and m = 1, the one that is "
        .. "trained D = 8 and m = 2", p2[verb], p2, p2:init(first), opts)
    end
  end)

  it("is along a descent too", function()
    local run = p2:descend(p2:init(first), {eta = 0.01, steps = 5, record = {old = p1}})
    assert.is_true(run.old(6) == run.final:excess(p1) and run.old(6) > run.old(1))
  end)
end)

describe("p2:init(state)", function()
  local p1, p2 = problem(3, 8, 2, 1), problem(3, 8, 2, 2)
  local s = p1:init("gaussian", {h = 10, seed = 1})

  it("tells its task, kind and seed, and keeps the options", function()
    local t = p2:init(s)
    assert.is_true(tostring(t):find("state: gaussian, task 2, h = 10, t = 0,", 1, true) == 1)
    assert.is_true(t.kind == "gaussian" and t.seed == 1 and t.options.h == 10 and not t.sampled)
    assert.is_true(s.task == 1 and not tostring(s):find("task"))
    support.refuses(function() t:U() end, "U: this state is implicit: its h columns were never "
      .. "built (kind 'gaussian'); use theta(), or init with explicit = true")
    support.refuses(function() t:law() end, "law: the rows of U that the data do not see are not "
      .. "independent and Gaussian in a start of kind 'gaussian' that was trained on other data")
  end)

  it("is refused where it has no meaning", function()
    support.refuses(function() problem(3, 7, 2, 1):init(s) end, "init: the state is of a problem "
      .. "with D = 8 inputs and m = 2 outputs, this one has D = 7 and m = 2")
    support.refuses(function() problem(3, 8, 1, 1):init(s) end, "init: the state is of a problem "
      .. "with D = 8 inputs and m = 2 outputs, this one has D = 8 and m = 1")
    support.refuses(function() p2:init(s, {seed = 2}) end,
      "init: a state of another problem goes on as it is: there are no options")
    local run = p1:flow(s, {t = 1})
    local kinds = "init: kind must be one of gaussian, xavier, he, lecun, uniform, invariant, "
      .. "orthogonal, imbalanced, balanced, homogeneous, spectral, zero_output, a table "
      .. "{U = U, V = V}, or a state of another problem; got "
    support.refuses(function() p2:init(run) end, kinds .. "a run: its last state is run.final")
    local members = linnet.ensemble(p1, {init = {"gaussian", h = 5}, seeds = 2, flow = {t = 1}})
    support.refuses(function() p2:init(members) end, kinds .. "an ensemble")
    support.refuses(function() p2:init(nil) end, kinds .. "nil")
    support.refuses(function() p2:init(p1) end, kinds .. "a problem")
    support.refuses(function() p2:init(p1:init("orthogonal", {h = 5})) end, "init: the rows of an "
      .. "orthogonal start are orthogonal, and those that both problems see are 8: h must be at "
      .. "least that, it is 5")
    support.refuses(function() s:excess(problem(3, 7, 2, 1)) end,
      "excess: the problem has D = 7 and m = 2, that of the state D = 8 and m = 2")
    support.refuses(function() s:loss(nil) end,
      "loss: expected a problem, or nothing for the state's own; got nil")
    support.refuses(function() p2:flow(s, {t = 1}) end, "flow: the state belongs to another "
      .. "problem; p:init(state) goes on with it, its own is s.problem")
    support.refuses(function() p1:flow(s, {t = 1, record = {excess = p2}}) end,
      "flow: record: 'excess' is recorded already; choose another name for your own")
    support.refuses(function() linnet.ensemble(p2, {init = s, seeds = 2, flow = {t = 1}}) end,
      "ensemble: option 'init' must be a string or a table, got a state")
    support.refuses(function() p1:flow(s, {t = 1, record = {old = 3}}) end,
      "flow: record: 'old' must be a function of the state, or a problem, got 3")
  end)

  it("is kept in files: the same state, and the same after the next change", function()
    local path = os.tmpname()
    for _, made in ipairs{s, p1:init("gaussian", {h = math.huge}),
      p1:init("gaussian", {h = 6, explicit = true}), p1:init("zero_output", {h = 8})} do
      local t = trained(p2, p2:init(trained(p1, made)))
      t:save(path)
      local back = linnet.load(path)
      assert.is_true(tostring(back) == tostring(t))
      assert.is_true(back.task == 2 and back.explicit == t.explicit)
      assert.is_true(back:theta() == t:theta())
      local p3 = problem(2, 8, 2, 3)
      local one, other = trained(p3, p3:init(t)), trained(p3, p3:init(back))
      assert.is_true(one:theta() == other:theta() and one:objective() == other:objective())
    end
    os.remove(path)
  end)
end)
