--- spec/run/keep_spec.lua: problems, states and runs in files. What comes back is the same to the
-- bit, and goes on to the same bits; what a run can tell it tells afterwards. (Damage:
-- spec/hostile/damaged_spec.lua.)
-- SPDX-License-Identifier: MIT
local linnet = require "linnet"
local support = require "support"

-- Equal to the bit, nan included.
local function same(a, b, what)
  assert.same({a:shape()}, {b:shape()}, what)
  for i = 1, a:rows() do
    for j = 1, a:cols() do
      if string.pack("d", a(i, j)) ~= string.pack("d", b(i, j)) then
        error(("%s (%d, %d): %.17g, %.17g"):format(what, i, j, a(i, j), b(i, j)), 2)
      end
    end
  end
end

local function same_state(a, b)
  local Ua, Va, Ra = a:reduced()
  local Ub, Vb, Rb = b:reduced()
  same(Ua, Ub, "U1")
  same(Va, Vb, "V")
  if Ra:rows() > 0 then same(Ra, Rb, "R") else assert.equal(0, Rb:rows()) end
  for _, name in ipairs{"t", "k", "h", "kind", "seed", "explicit", "sampled"} do
    assert.equal(a[name], b[name], name)
  end
end

local function same_run(a, b)
  assert.same(a.columns, b.columns)
  for _, name in ipairs(a.columns) do same(a[name], b[name], name) end
  for key, value in pairs(a.stats) do
    if key ~= "seconds" then assert.equal(value, b.stats[key], key) end
  end
  same_state(a.start, b.start)
  same_state(a.final, b.final)
end

describe("what is kept in a file", function()
  local X, Y = linnet.data.gaussian{n = 8, D = 12, m = 2, noise = 0.1, seed = 3}
  local p = linnet.problem(X, Y)
  local path

  before_each(function() path = os.tmpname() end)
  after_each(function() os.remove(path) end)

  -- Through the file.
  local function back(thing)
    thing:save(path)
    return linnet.load(path)
  end

  it("is a problem, the same to the bit and equal to the one it was", function()
    local q = back(p)
    assert.equal(p, q)
    for _, name in ipairs{"n", "D", "m", "rank", "kappa", "optimal_loss"} do
      assert.equal(p[name], q[name], name)
    end
    same(p:singular_values(), q:singular_values(), "sigma")
    same(p:min_norm(), q:min_norm(), "minimum norm")
    local other = linnet.problem(X, Y + linnet.ones(8, 2) * 1e-15)
    assert.not_equal(p, other)
    assert.not_equal(p, linnet.problem(X, Y:sub(1, 8, 1, 1)))
  end)

  it("is a problem of deficient rank, and one of more samples than inputs", function()
    for _, q in ipairs{linnet.problem(X:vcat(X), Y:vcat(Y)), linnet.problem(X:t(), X:t())} do
      assert.equal(q, back(q))
      assert.equal(q.optimal_loss, linnet.load(path).optimal_loss)
    end
  end)

  local starts = {
    gaussian = {h = 1e6, seed = 1}, narrow = {kind = "gaussian", h = 3, seed = 1},
    ["wide limit"] = {kind = "gaussian", h = math.huge}, huge = {kind = "gaussian", h = 1e300},
    explicit = {kind = "gaussian", h = 5, seed = 2, explicit = true},
    invariant = {kind = "invariant", h = 20, seed = 2, explicit = true},
    uniform = {h = 30, seed = 4},
    zero_output = {h = 1e4, seed = 2}, balanced = {h = 100, scale = 0.3},
    imbalanced = {h = 200, c = 2, theta = linnet.random(1):normal(12, 2)}, xavier = {h = 50},
    orthogonal = {h = 1e9}, spectral = {h = 100, scale = 0.1},
  }
  for name, opts in pairs(starts) do
    local kind = opts.kind or name
    opts.kind = nil

    it("goes on to the same bits, start: " .. name, function()
      local s = p:init(kind, opts)
      local loaded = back(s)
      same_state(s, loaded)
      same(s:theta(), loaded:theta(), "Theta")
      if s.explicit then
        same(s:U(), loaded:U(), "U")
        same(s:V(), loaded:V(), "V")
      end
      local half = p:flow(s, {t = 0.5}).final
      local on = {t = 2, record = {"travel", "kernel_distance", "distance"}}
      local whole = p:flow(half, on)
      same_run(whole, p:flow(back(half), on))
      local again = linnet.load(path)
      same_run(whole, again.problem:flow(again, on))
      local sgd = {eta = 1e-3, steps = 9, method = "sgd", batch = 3, seed = 5}
      local stepped = p:descend(half, sgd)
      local follow = p:descend(again, sgd)
      same_state(stepped.final, follow.final)
      assert.equal(half:imbalance_drift(), again:imbalance_drift())
      for key, value in pairs(half:rates()) do assert.equal(value, again:rates()[key], key) end
      same_state(s, again:start())
    end)
  end

  it("goes on in another process to the same bits", function()
    local half = p:flow(p:init("gaussian", {h = 1e6, seed = 1}), {t = 0.5}).final
    half:save(path)
    local said = support.child(([[
      local linnet = require "linnet"
      local s = linnet.load(%q)
      local final = s.problem:flow(s, {t = 2}).final
      print(("%%a %%a"):format(final:distance(), final:loss()))]]):format(path))
    local final = p:flow(half, {t = 2}).final
    assert.equal(("%a %a"):format(final:distance(), final:loss()), said[1])
  end)

  it("is a run that tells all it told before", function()
    local s = p:init("gaussian", {h = 1e6, alpha = 0.4, seed = 7})
    local run = p:flow(s, {t = 3, tol = 1e-8, method = "dopri5", save_at = {log = {0.1, 3, 5}},
      record = {"distance", "singular_values", half = function(state) return state:loss() / 2 end}})
    local loaded = back(run)
    same_run(run, loaded)
    assert.equal(tostring(run), tostring(loaded))
    assert.equal(p, loaded.problem)
    assert.same({"gaussian", 1e6, 0.4, 7}, {loaded.start.kind, loaded.start.options.h,
      loaded.start.options.alpha, loaded.start.options.seed})
    assert.same({1e-8, "dopri5", 3}, {loaded.options.tol, loaded.options.method, loaded.options.t})
    assert.same({log = {0.1, 3, 5}}, loaded.options.save_at)
    for _, t in ipairs{0.01, 0.7, 2.9} do same_state(run:at(t), loaded:at(t)) end
    local before, after = run:bounds(), loaded:bounds()
    for i, rung in ipairs(before.ladder) do
      assert.equal(rung.log, after.ladder[i].log, rung.name)
    end
    local rates, again = run:rates(), loaded:rates()
    for _, name in ipairs{"t", "margin", "instantaneous", "promised"} do
      same(rates[name], again[name], name)
    end
    assert.equal(run:verify().error, loaded:verify().error)
    assert.equal(run:lazy_deviation(), loaded:lazy_deviation())
    same_run(p:flow(run.final, {t = 9}), p:flow(loaded.final, {t = 9}))
  end)

  it("is a run drawn with its bounds", function()
    local run = back(p:flow(p:init("gaussian", {h = 1e6, seed = 1}), {t = 2}))
    run:plot("excess", path .. ".svg")
    local svg = support.read(path .. ".svg")
    os.remove(path .. ".svg")
    for _, label in ipairs{"Theorem 1", "margin bound"} do assert.matches(label, svg, 1, true) end
  end)

  it("is a run from the middle to t = inf, one of descent, and one that was stopped", function()
    local half = p:flow(p:init("gaussian", {h = 20, seed = 1}), {t = 0.5}).final
    local whole = p:flow(half, {t = math.huge})
    same_run(whole, back(whole))
    same_state(whole:at(0.7), linnet.load(path):at(0.7))
    local descent = p:descend(half, {eta = 1e-3, steps = 50, method = "nesterov"})
    same_run(descent, back(descent))
    assert.error_matches(function() linnet.load(path):at(1) end, "descent do not exist")
    local sizes = {}
    for k = 1, 20 do sizes[k] = 1e-3 / k end
    for _, eta in ipairs{sizes, linnet.matrix(sizes):reshape(20, 1), function() return 1e-3 end} do
      local scheduled = p:descend(descent.final, {eta = eta, steps = 20})
      local loaded = back(scheduled)
      same_run(scheduled, loaded)
      assert.equal(70, loaded.final.k)
      assert.is_nil(loaded.options.momentum)
      if type(eta) == "function" then
        assert.is_nil(loaded.options.eta)
      else
        local kept = loaded.options.eta
        for k = 1, 20 do assert.equal(sizes[k], type(kept) == "table" and kept[k] or kept(k)) end
      end
    end
    local diverged = p:descend(half, {eta = 10, steps = 500})
    assert.equal("diverged", diverged.stats.reason)
    same_run(diverged, back(diverged))
    local ok, e = pcall(p.flow, p, half, {t = 9, on_step = function(s)
      if s.t > 1 then error "enough" end
    end})
    assert.is_false(ok)
    same_run(e.run, back(e.run))
  end)

  it("is thinned where a run has many states, and still answers between them", function()
    local wide = linnet.problem(linnet.data.gaussian{n = 60, D = 80, m = 2, seed = 1})
    local run = wide:flow(wide:init("gaussian", {h = 1e6, seed = 1}),
      {t = 200, tol = 1e-11, method = "dopri5", save_at = {0, 200}, record = {}})
    assert.is_true(#run.checkpoints * 62 * 62 > 1e6, #run.checkpoints)
    local loaded = back(run)
    assert.is_true(#loaded.checkpoints * 62 * 62 <= 1e6, #loaded.checkpoints)
    local a, b = run:at(7), loaded:at(7)
    assert.is_true(math.abs(a:excess() - b:excess()) <= 1e-6 * a:excess())
    same_state(run.final, loaded.final)
  end)

  it("was a run of linnet 0.1.0: columns and stats, and it says what it has not", function()
    local run = linnet.load("spec/reference/run-0.1.0.jsonl")
    assert.same({"expo4", "time", 6}, {run.stats.method, run.stats.reason, run.stats.steps})
    assert.equal(0.25, math.floor(run.loss(1) * 100 + 0.5) / 100)
    for _, call in ipairs{function() run:at(1) end, function() run:rates() end,
      function() run:bounds() end, function() run:verify() end,
      function() run:lazy_deviation() end} do
      assert.error_matches(call, "a file of linnet 0.1.0, which keeps no states", 1, true)
    end
    same(run.loss, back(run).loss, "loss")
  end)

  it("is not taken for another problem's, nor for something else", function()
    local q = linnet.problem(X, -Y)
    p:init("gaussian", {h = 20}):save(path)
    assert.error_matches(function() q:flow(linnet.load(path), {t = 1}) end,
      "the state belongs to another problem; p:init(state) goes on with it", 1, true)
    linnet.record.save(path, {1, 2}, "pair")
    assert.error_matches(function() linnet.load(path) end,
      "does not hold a run, a problem or a state, but a pair", 1, true)
  end)

  it("is refused before anything is written when it is too large, or named otherwise", function()
    os.remove(path)
    local big = p:init("gaussian", {h = 6e5, explicit = true})
    assert.error_matches(function() big:save(path) end,
      "this state holds 1.32e+07 numbers, and a file of text at most 1e+07", 1, true)
    assert.error_matches(function() p:save(path .. ".NPY") end, "linnet.npy.save", 1, true)
    assert.is_nil(io.open(path) or io.open(path .. ".NPY"))
  end)
end)

describe("run:csv", function()
  local X, Y = linnet.data.gaussian{n = 8, D = 12, m = 2, seed = 3}
  local p = linnet.problem(X, Y)
  local path

  before_each(function() path = os.tmpname() end)
  after_each(function() os.remove(path) end)

  it("writes the columns below their names, and every number reads back as it was", function()
    local run = p:flow(p:init("gaussian", {h = 1e6, seed = 1}),
      {t = math.huge, record = {"distance", "singular_values"}})
    run:csv(path)
    local m, names = linnet.csv.load(path)
    assert.same({"t", "loss", "excess", "distance", "singular_values_1", "singular_values_2"},
      names)
    same(run.t, m:col(1), "t")
    same(run.excess, m:col(3), "excess")
    same(run.singular_values, m:sub(1, m:rows(), 5, 6), "singular values")
    local descent = p:descend(run.start, {eta = 1e-3, steps = 5})
    descent:csv(path)
    same(descent.k, (linnet.csv.load(path)):col(1), "k")
  end)

  it("is what is named where something else was asked to write a table", function()
    local run = p:flow(p:init("gaussian", {h = 20}), {t = 1})
    assert.error_matches(function() linnet.csv.save(path, run) end, "run:csv(path)", 1, true)
    assert.error_matches(function() run:save(path .. ".csv") end, "run:csv(path)", 1, true)
    assert.error_matches(function() run:csv("/nowhere/x.csv") end, "/nowhere/x.csv", 1, true)
  end)
end)
