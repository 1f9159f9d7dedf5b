--- spec/flow/fold_spec.lua: flows from infinite width that follow m hidden units by themselves, and
-- what they tell of all the others.
-- SPDX-License-Identifier: MIT
local linnet = require "linnet"

local RANK, M = 66, 2

local function problem()
  local sigma = linnet.matrix(RANK, 1, function(i) return 1e3 ^ (-0.5 * (i - 1) / (RANK - 1)) end)
  return linnet.problem(linnet.diag(sigma), linnet.random(2):normal(RANK, M))
end

local function numbers(x, count)
  local list = {}
  for i = 1, count do list[i] = x end
  return list
end

-- Largest entry of a difference, relative to that of b.
local function apart(a, b)
  local d = a - b
  return math.max(d:max(), -d:min()) / math.max(b:max(), -b:min())
end

local function gram(s)
  local U, V = s:reduced()
  local Z = U:vcat(V)
  return Z * Z:t(), Z:t() * linnet.diag(linnet.matrix(RANK + M, 1,
    function(i) return i <= RANK and 1 or -1 end)) * Z
end

local MEASURES = {"excess", "rate", "distance", "objective", "kernel_distance", "sharpness",
  "nuclear_norm", "stable_rank", "travel"}

describe("a flow from infinite width", function()
  local p = problem()
  local starts = {
    equal = p:init("gaussian", {h = math.huge}),
    -- L L' = diag(a I, b I), a = 2, b = 0.3, at a finite width
    unequal = p:init("imbalanced", {h = 1e4, theta = linnet.zeros(RANK, M),
      positive = numbers(2, RANK), negative = numbers(0.3, M)}),
  }

  -- The control goes with all k' columns, by expo4.
  local function compare(s, t, w)
    local options = {t = t, weight_decay = w, tol = 1e-8}
    local run = p:flow(s, options)
    options.method = "expo4"
    local other = p:flow(s, options)
    assert.is_truthy((run.final:folded()))
    assert.is_nil((other.final:folded()))
    assert.equal(0, run.stats.eigenproblems)
    assert.is_true(other.stats.eigenproblems > 0)
    assert.is_true(run.stats.imbalance_drift < 1e-13)
    assert.is_true(apart(run.final:theta(), other.final:theta()) < 1e-7)
    for _, name in ipairs(MEASURES) do
      local x, y = run.final[name](run.final), other.final[name](other.final)
      if name ~= "rate" or other.final:excess() > 1e-20 then -- else of round-off
        assert.near(y, x, 1e-6 * math.abs(y) + 1e-12, name)
      end
    end
    -- by the m columns, and by all of them
    local largest = run.final:hessian{count = 1}.largest(1)
    assert.near(largest, run.final:sharpness(), 1e-12 * largest)
    return run, other
  end

  -- promise: follows m hidden units by itself, and tells of all what following all would
  it("follows m hidden units by itself, and tells of all what following all would", function()
    for name, s in pairs(starts) do
      for _, t in ipairs(name == "equal" and {30} or {0.5, 30, math.huge}) do
        local run, other = compare(s, t)
        local G, Lambda = gram(run.final)
        local want, kept = gram(other.final)
        assert.is_true(apart(G, want) < 1e-7)
        assert.is_true(apart(Lambda, kept) < 1e-12)
        -- travel has been asked for: the hidden units are those of the start
        local U, V = run.final:reduced()
        local U1, V1 = other.final:reduced()
        assert.is_true(apart(U:vcat(V), U1:vcat(V1)) < 1e-7)
      end
    end
  end)

  it("does so with weight decay, to where one layer of all is nothing", function()
    for _, t in ipairs{3, math.huge} do
      local run, other = compare(starts.unequal, t, 0.03)
      assert.is_true(apart(gram(run.final), (gram(other.final))) < 1e-7)
    end
  end)

  it("is known at any time, in files too, and goes on from there to the same bits", function()
    local s = starts.unequal
    local run, path = p:flow(s, {t = 20}), os.tmpname()
    local middle = run:at(7)
    assert.is_truthy((middle:folded()))
    run:save(path)
    local back = linnet.load(path)
    os.remove(path)
    assert.equal(middle:excess(), back:at(7):excess())
    assert.equal(run.final:sharpness(), back.final:sharpness())
    assert.equal(run.final:travel(), back.final:travel())
    local whole = p:flow(middle, {t = 20}).final
    assert.near(run.final:distance(), whole:distance(), 1e-6)
    assert.near(run.final:travel(), whole:travel(), 1e-5)
    local check = run:verify()
    assert.is_true(check.error < 1e-5)
    assert.is_true(check.independent)
    -- in any order: what follows all hidden units begins again where it must
    local late, early = run:at(15):travel(), run:at(3):travel()
    local other = p:flow(s, {t = 20, method = "expo4", tol = 1e-8})
    assert.near(other:at(15):travel(), late, 1e-5)
    assert.near(other:at(3):travel(), early, 1e-5)
  end)

  it("can be followed by descent", function()
    local run = p:flow(starts.unequal, {t = 2, tol = 1e-9})
    local other = p:flow(starts.unequal, {t = 2, tol = 1e-9, method = "expo4"})
    for _, name in ipairs{"travel", "distance"} do
      local steps = {eta = 1e-2, steps = 50}
      local one, two = p:descend(run.final, steps).final, p:descend(other.final, steps).final
      assert.near(two[name](two), one[name](one), 1e-6)
    end
  end)

  it("goes on by another method, or another decay, from each hidden unit where it is", function()
    for _, w in ipairs{0, 0.03} do
      local options = {t = 2, tol = 1e-9, weight_decay = w}
      local run = p:flow(starts.unequal, options)
      options.method = "expo4"
      local other = p:flow(starts.unequal, options)
      for _, on in ipairs{{method = "dop853"}, {method = "rodas4"}, {weight_decay = 0.1}} do
        on.t, on.tol, on.weight_decay = 4, 1e-9, on.weight_decay or w
        assert.is_truthy((run.final:folded()))
        local one, two = p:flow(run.final, on).final, p:flow(other.final, on).final
        assert.near(two:travel(), one:travel(), 1e-6)
        assert.near(two:distance(), one:distance(), 1e-6)
      end
    end
  end)

  it("is a member of an ensemble, bit for bit", function()
    local names = {"loss", "distance", "kernel_distance", "travel", "imbalance_drift", "steps"}
    local init = {"imbalanced", h = 1e4, theta = linnet.zeros(RANK, M),
      positive = numbers(2, RANK), negative = numbers(0.3, M)}
    local e = linnet.ensemble(p, {init = init, seeds = {1, 2}, flow = {t = 3}, measure = names})
    local run = p:flow(starts.unequal, {t = 3})
    for _, name in ipairs(names) do
      local alone = name == "steps" and run.stats.steps or run.final[name](run.final)
      for i = 1, 2 do assert.equal(alone, e[name](i), name) end
    end
  end)

  it("is followed whole where hidden units were built, and by other methods than auto", function()
    local h = RANK + M
    local built = p:init{U = linnet.eye(RANK):hcat(linnet.zeros(RANK, M)),
      V = linnet.zeros(M, RANK):hcat(linnet.eye(M))}
    assert.equal(h, built.h)
    local run = p:flow(built, {t = 3})
    assert.is_nil((run.final:folded()))
    local U, V = run.final:U(), run.final:V()
    local folded = p:flow(starts.equal, {t = 3}).final
    local travel = (U - built:U()):norm() ^ 2 + (V - built:V()):norm() ^ 2
    assert.near(travel, folded:travel() ^ 2, 1e-4)
    assert.is_nil((p:flow(starts.equal, {t = 0.1, method = "dop853"}).final:folded()))
    local wide = p:init("gaussian", {h = 1e12, seed = 1}) -- not quite orthogonal
    assert.is_nil((p:flow(wide, {t = 0.1}).final:folded()))
  end)
end)
