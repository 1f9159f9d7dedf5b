--- spec/flow/decay_spec.lua: weight decay in the flow, against full weights integrated by an
-- independent program, against where it must end, and against its own law of the imbalance.
-- SPDX-License-Identifier: MIT
local core = require "linnet.core"
local linnet = require "linnet"
local support = require "spec.support"

-- A = diag(sigma) E, and U1 V', at a state.
local function force(s)
  local p = s.problem
  local _, _, Yt = p:reduced()
  local U1, V = s:reduced()
  local sigma, P = p:singular_values(), U1 * V:t()
  return core.matrix.new(p.rank, p.m, function(i, j)
    local x = sigma:get(i, 1)
    return x * (Yt:get(i, j) - x * P:get(i, j))
  end), P
end

-- How far a state is from the least of 1/2 ||E||^2 + w ||P||_*, P = U1 V': s_1(A) <= w, and w on
-- the range of P. Relative to w.
local function kkt(s, w)
  local A, P = force(s)
  local u, values, v = P:svd()
  local worst = math.max(0, A:norm(2) / w - 1)
  for i = 1, values:rows() do
    if values:get(i, 1) > 1e-8 * values:get(1, 1) then
      local ui, vi = u:sub(1, P:rows(), i, i), v:sub(1, P:cols(), i, i)
      worst = math.max(worst, (A * vi - ui * w):norm() / w, (A:t() * ui - vi * w):norm() / w)
    end
  end
  return worst
end

local function max_abs(m) return core.matrix.max_abs(m) end

local function small(h, extra)
  local X, Y = linnet.data.gaussian{n = 6, D = 9, m = 2, seed = 1}
  local p = linnet.problem(X, Y)
  local o = {h = h, seed = 2}
  for name, value in pairs(extra or {}) do o[name] = value end
  return p, p:init("gaussian", o), X, Y
end

local EXACT = {auto = true, expo2 = true, expo4 = true, rodas4 = true}

describe("weight decay of flows", function()
  it("is that of full weights, by every method and at all times", function()
    local data, p, s = support.case("weight_decay")
    for _, method in ipairs(core.flow.methods) do
      local tol = method == "expo2" and 1e-8 or 1e-11
      for _, at in ipairs(data.flow) do
        local final = at.t == 0 and s or p:flow(s, {t = at.t, tol = tol, method = method,
          weight_decay = data.w, record = {}, save_at = {at.t}}).final
        local bar = method == "expo2" and 1e-7 or 1e-10
        assert.is_true(support.relative(final:U(), linnet.matrix(at.U)) < bar)
        assert.is_true(support.relative(final:V(), linnet.matrix(at.V)) < bar)
        assert.is_true(math.abs(final:loss() / at.loss - 1) < bar)
        assert.is_true(math.abs(final.decay / math.exp(-data.w * at.t) - 1) < 1e-14)
      end
    end
    local plain = p:flow(s, {t = 20, tol = 1e-11}).final -- the control
    assert.is_true(support.relative(plain:U(), linnet.matrix(data.flow[#data.flow].U)) > 1e-3)
  end)

  it("has the imbalance e^(-2wt) Lambda(0) to round-off, whatever tol", function()
    local p, s = small(12, {explicit = true})
    for _, method in ipairs(core.flow.methods) do
      local run = p:flow(s, {t = 8, tol = 1e-3, method = method, weight_decay = 0.2})
      local U, V = run.final:U(), run.final:V()
      local _, G = p:reduced()
      local U0, V0 = s:U(), s:V()
      local start = (G * U0):t() * (G * U0) - V0:t() * V0
      local now = (G * U):t() * (G * U) - V:t() * V
      local miss = max_abs(now - start * math.exp(-2 * 0.2 * 8)) / max_abs(V:t() * V)
      if EXACT[method] then
        assert.is_true(run.stats.imbalance_drift < 1e-13)
        assert.is_true(miss < 1e-13)
      else -- plain Runge-Kutta steps: the control
        assert.is_true(run.stats.imbalance_drift > 1e-8)
      end
    end
    -- from a start with a large imbalance, down to weights that are gone
    local lopsided = p:init("gaussian", {h = 5, seed = 1, std_u = 3, std_v = 1e-3})
    for _, w in ipairs{1e-3, 0.1, 10} do
      local run = p:flow(lopsided, {t = math.huge, weight_decay = w})
      assert.equal("converged", run.stats.reason)
      assert.is_true(run.stats.imbalance_drift < 1e-13)
    end
  end)

  it("ends at the solution of least nuclear norm, its reason converged", function()
    for seed = 1, 4 do
      local X = linnet.data.gaussian{n = 6, D = 8, m = 1, seed = seed}
      local Y = linnet.random(seed):normal(6, 3)
      local p = linnet.problem(X, Y)
      for _, w in ipairs{1e-3, 0.05, 0.6} do
        local thetas = {}
        for i, h in ipairs{9, 1e9, math.huge} do
          local run = p:flow(p:init("gaussian", {h = h, seed = seed}),
            {t = math.huge, weight_decay = w})
          assert.equal("converged", run.stats.reason)
          assert.equal(math.huge, run.final.t)
          assert.equal(0, run.final.decay)
          assert.is_true(kkt(run.final, w) < 1e-9)
          thetas[i] = run.final:theta()
        end
        -- one end for all widths
        assert.is_true(max_abs(thetas[1] - thetas[2]) < 1e-8)
        assert.is_true(max_abs(thetas[1] - thetas[3]) < 1e-8)
      end
      local p2 = linnet.problem(X, Y)
      local plain = p2:flow(p2:init("gaussian", {h = 9, seed = seed}), {t = math.huge}).final
      assert.is_true(kkt(plain, 0.05) > 0.5) -- the control
    end
  end)

  it("takes w off every singular value where sigma = 1, and what is below w to 0", function()
    local Y = linnet.matrix{{2, 0, 0}, {0, 0.7, 0}, {0, 0, 0.1}, {0, 0, 0}}
    local p = linnet.problem(linnet.eye(4), Y)
    for _, method in ipairs{"auto", "expo2", "dop853"} do
      local run = p:flow(p:init("gaussian", {h = 40, seed = 3}),
        {t = math.huge, weight_decay = 0.25, method = method})
      assert.equal("converged", run.stats.reason)
      local theta = run.final:theta()
      for i, value in ipairs{1.75, 0.45, 0} do
        assert.is_true(math.abs(theta:get(i, i) - value) < 1e-9)
      end
    end
    -- all of it where w is above the largest
    local none = p:flow(p:init("gaussian", {h = 40, seed = 3}), {t = math.huge, weight_decay = 2.5})
    assert.equal("converged", none.stats.reason)
    assert.is_true(max_abs(none.final:theta()) < 1e-100)
    -- a start of zeros is at rest, and the least of all only then
    local zero = p:init{U = linnet.zeros(4, 3), V = linnet.zeros(3, 3)}
    assert.equal("converged", p:flow(zero, {t = math.huge, weight_decay = 2.5}).stats.reason)
    assert.equal("saddle", p:flow(zero, {t = math.huge, weight_decay = 0.25}).stats.reason)
    -- hidden units too few: at rest, but not there
    local narrow = p:flow(p:init("gaussian", {h = 1, seed = 3}),
      {t = math.huge, weight_decay = 0.1})
    assert.equal("unreachable", narrow.stats.reason)
    assert.is_true(math.abs(narrow.final:theta():norm(2) - 1.9) < 1e-8)
  end)

  it("makes less of the objective at every step, and knows it from full weights", function()
    local p, s, X, Y = small(7, {explicit = true})
    local run = p:flow(s, {t = 50, weight_decay = 0.05})
    for i = 2, #run.t do
      assert.is_true(run.objective:get(i, 1) <= run.objective:get(i - 1, 1) * (1 + 1e-12))
    end
    local function by_hand(state)
      local U, V = state:U(), state:V()
      return 0.5 * (Y - X * U * V:t()):norm() ^ 2 + 0.025 * (U:norm() ^ 2 + V:norm() ^ 2)
    end
    assert.is_true(math.abs(run.objective:get(1, 1) / by_hand(s) - 1) < 1e-12)
    assert.is_true(math.abs(run.final:objective() / by_hand(run.final) - 1) < 1e-12)
    assert.equal(s:loss(), s:objective()) -- a start has no decay of its own
    local descent = p:descend(s, {eta = 1e-3, steps = 3, weight_decay = 0.05}) -- unasked
    assert.is_true(math.abs(descent.objective(1) / by_hand(s) - 1) < 1e-12)
    assert.equal(descent.final:objective(), descent.objective(4))
    -- the rate is that of this flow: a difference quotient of log(L - L*)
    local a, b = run:at(2 - 1e-4), run:at(2 + 1e-4)
    local rate = -(math.log(b:excess()) - math.log(a:excess())) / 2e-4
    assert.is_true(math.abs(run:at(2):rate() / rate - 1) < 1e-4)
    -- what of U2 is never drawn counts with its mean
    local drawn, undrawn = 0, p:init("gaussian", {h = 50, seed = 1})
    for seed = 1, 200 do
      local U = p:init("gaussian", {h = 50, seed = seed, explicit = true}):U()
      drawn = drawn + U:norm() ^ 2 / 200
    end
    local once = p:flow(undrawn, {t = 1e-9, weight_decay = 2}).final
    local _, V = once:reduced()
    local mean = once:objective() - once:loss() - V:norm() ^ 2
    assert.is_true(math.abs(mean / drawn - 1) < 0.1)
  end)

  it("does not see the width", function()
    local data, p, s = support.case("weight_decay")
    local U, V = s:U(), s:V()
    -- the same network of twice the width: units split in two halves
    local twice = p:init{U = (U:hcat(U)) * 0.5 ^ 0.5, V = (V:hcat(V)) * 0.5 ^ 0.5}
    local o = {t = 5, tol = 1e-10, weight_decay = data.w}
    local a, b = p:flow(s, o).final, p:flow(twice, o).final
    assert.is_true(max_abs(a:theta() - b:theta()) < 1e-11)
    assert.is_true(math.abs(a:distance() / b:distance() - 1) < 1e-10)
    local q, wide = small(1e15)
    assert.equal("converged", q:flow(wide, {t = math.huge, weight_decay = 0.01}).stats.reason)
  end)

  it("has states between steps, on the way to infinity, and in files", function()
    local p, s = small(1e6)
    local o = {t = math.huge, tol = 1e-9, weight_decay = 0.03}
    local run = p:flow(s, o)
    o.save_at, o.record = {0, 0.5, 7, 1e4, 1e300}, {"distance", "objective"}
    local saved = p:flow(s, o)
    assert.equal(0, max_abs(saved.final:theta() - run.final:theta())) -- recording changes nothing
    for i, t in ipairs{0, 0.5, 7, 1e4, 1e300} do
      local there = run:at(t)
      assert.is_true(math.abs(there.decay / math.exp(-0.03 * t) - 1) < 1e-13 or there.decay == 0)
      assert.is_true(math.abs(saved.distance:get(i, 1) / there:distance() - 1) < 1e-9)
      if t > 0 and t < 1e4 then
        local direct = p:flow(s, {t = t, tol = 1e-11, weight_decay = 0.03}).final
        assert.is_true(max_abs(direct:theta() - there:theta()) < 1e-8)
      end
    end
    local level = p:flow(s, {t = 100, until_excess = 0.02, weight_decay = 0.03})
    assert.equal("until_excess", level.stats.reason)
    assert.is_true(math.abs(level.final:excess() / 0.02 - 1) < 1e-9)
    local path = os.tmpname()
    run:save(path)
    local loaded = linnet.load(path)
    os.remove(path)
    assert.equal(run.final:objective(), loaded.final:objective())
    assert.equal(0, max_abs(run:at(7):theta() - loaded:at(7):theta()))
    assert.equal(0.03, loaded.options.weight_decay)
    local check = run:verify()
    assert.is_true(check.error < 1e-7)
    assert.equal(0.03, check.reference.options.weight_decay)
  end)

  it("goes on from a state with another decay, or none", function()
    local p, s = small(9, {explicit = true})
    local first = p:flow(s, {t = 2, tol = 1e-11, weight_decay = 0.1}).final
    local whole = p:flow(s, {t = 5, tol = 1e-11, weight_decay = 0.1}).final
    local rest = p:flow(first, {t = 5, tol = 1e-11, weight_decay = 0.1}).final
    assert.is_true(support.relative(rest:U(), whole:U()) < 1e-9)
    local plain = p:flow(first, {t = 5}).final
    assert.equal(first.decay, plain.decay)
    assert.equal(plain:loss(), plain:objective())
    local zero = p:flow(s, {t = 5, weight_decay = 0}).final
    assert.equal(0, max_abs(zero:U() - p:flow(s, {t = 5}).final:U()))
  end)

  it("is the same in ensembles, whatever the threads", function()
    local p = small(20)
    local flow = {t = 30, weight_decay = 0.05}
    local measure = {"distance", "objective", "imbalance_drift", "reason"}
    local function members(threads)
      return linnet.ensemble(p, {init = {"gaussian", h = 20}, seeds = 6, flow = flow,
        measure = measure, threads = threads})
    end
    local one, two = members(1), members(2)
    for k = 1, 6 do
      local final = p:flow(p:init("gaussian", {h = 20, seed = k}), flow).final
      assert.equal(final:distance(), one.distance(k))
      assert.equal(final:objective(), one.objective(k))
      assert.equal(one.objective(k), two.objective(k))
      assert.is_true(one.imbalance_drift(k) < 1e-13)
    end
  end)

  it("says what has no meaning with it", function()
    local p, s = small(20)
    local run = p:flow(s, {t = 5, weight_decay = 0.05})
    support.refuses(function() run:rates() end,
      "rates: the bounds are for flows without weight decay: with it L - L* need not fall")
    support.refuses(function() run:bounds() end, "bounds: the ladder is for flows without weight "
      .. "decay, where c is constant: with it c(t) = exp(-2 w t) c(0), and no bound was derived")
    support.refuses(function() run:lazy_deviation() end,
      "lazy_deviation: the linearized dynamics have no weight decay")
    local text = tostring(run)
    assert.is_truthy(text:find("weight decay    0.05", 1, true))
    assert.is_falsy(tostring(p:flow(s, {t = 5})):find("weight decay", 1, true))
    local page = tostring(require("linnet.run.page").of(run))
    assert.is_truthy(page)
  end)

  it("keeps its promises for decays of any size", function()
    local p, s = small(10)
    for _, w in ipairs{1e-308, 1e-100, 1e-20, 1e-14, 1e-9, 1, 1e3, 1e9, 1e100, 1e308} do
      -- beyond 1/w the smallest are not seen beside round-off, and steps to there are not either
      for _, t in ipairs{1e-300, 1, 1e12, w > 1e-12 and 1e300 or 1e4, math.huge} do
        local run = p:flow(s, {t = t, weight_decay = w, max_steps = 4000})
        assert.is_true(run.stats.reason == "time" or run.stats.reason == "converged")
        local theta = run.final:theta()
        assert.is_true(theta:norm() < 10)
        assert.is_true(run.final.decay >= 0 and run.final.decay <= 1)
        assert.is_true(run.stats.imbalance_drift < 1e-12)
      end
    end
    for _, w in ipairs{0 / 0, -1, math.huge, "much"} do
      local ok, why = pcall(p.flow, p, s, {t = 1, weight_decay = w})
      assert.is_false(ok)
      assert.is_truthy(tostring(why):find("option 'weight_decay' must be", 1, true))
    end
  end)
end)

-- Nothing but decay is left: E has vanished and the target is zero.
describe("weight decay after E has vanished", function()
  it("is e^(-wt), to any time, at the end and inside", function()
    local p = linnet.problem(linnet.random(1):normal(8, 6), linnet.zeros(8, 2))
    for _, h in ipairs{1, 3, 10} do
      local s = p:init{U = linnet.random(2):normal(6, h), V = linnet.random(3):normal(2, h)}
      local o = {weight_decay = 0.1, record = {}}
      local function flow(t)
        o.t = t
        return p:flow(s, o)
      end
      local run, early = flow(1e3), flow(600)
      assert.is_true(run.stats.steps <= 400)
      for _, pair in ipairs{{run.final, early.final, 40}, {run:at(600), early.final, 0},
        {run:at(900), run.final, -10}} do
        local a, b = pair[1]:V():norm(), pair[2]:V():norm()
        assert.is_true(math.abs(a / b * math.exp(pair[3]) - 1) < 1e-4)
      end
      for t, reason in pairs{[1e40] = "time", [math.huge] = "converged"} do
        local far = flow(t)
        assert.equal(reason, far.stats.reason)
        assert.is_true(far.stats.steps <= 400 and far.final:V():norm() == 0)
      end
    end
  end)

  it("is that of any state, however small", function()
    for _, y in ipairs{1e-200, 1e-100, 0} do
      local p = linnet.problem(linnet.eye(2), linnet.matrix{{y}, {y / 2}})
      for _, w in ipairs{1e-3, 1, 1e10} do
        for _, z in ipairs{1e-200, 1e-120} do
          local s = p:init{U = linnet.matrix{{z, 0}, {0, z}}, V = linnet.matrix{{2 * z, z}}}
          for _, method in ipairs{"auto", "expo4", "dop853", "rodas4"} do
            local run = p:flow(s, {t = 1 / w, weight_decay = w, method = method})
            local left = run.final:V()(1, 1) / (2 * z)
            assert.is_true(math.abs(left * math.exp(1) - 1) < 1e-6)
          end
        end
      end
    end
  end)
end)
