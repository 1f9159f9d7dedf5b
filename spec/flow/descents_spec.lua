--- spec/flow/descents_spec.lua: many descents at once: a member of an ensemble and a record of a
-- sweep are the descent of their seed, bit for bit, for every method and any number of threads.
-- SPDX-License-Identifier: MIT
local linnet = require "linnet"
local core = require "linnet.core"
package.path = "spec/?.lua;" .. package.path
local support = require "support"

local X, Y = linnet.data.gaussian{n = 8, D = 20, m = 2, noise = 0.2, seed = 5}
local P = linnet.problem(X, Y)
local X2, Y2 = linnet.data.gaussian{n = 7, D = 20, m = 2, seed = 6}

-- Options of every method, none of them a default.
local OF = {heavy_ball = {momentum = 0.8}, nesterov = {momentum = 0.7}, sgd = {batch = 3},
  sam = {rho = 0.1}, muon = {momentum = 0.6}}

local function with(o, more)
  local out = {}
  for _, t in ipairs{o, more or {}} do
    for name, value in pairs(t) do out[name] = value end
  end
  return out
end

-- The descent of one seed, alone.
local function alone(init, o, seed)
  local start = with(init, {[1] = false, seed = init[1] ~= "orthogonal" and seed or nil})
  start[1] = nil
  local draws = o.method == "sgd" or o.label_noise
  return P:descend(P:init(init[1], start), with(o, {seed = draws and seed or nil}))
end

describe("an ensemble of descents", function()
  it("gives every member what init and descend give its seed, by every method", function()
    for _, init in ipairs{{"gaussian", h = 1e9}, {"gaussian", h = 6, std = 0.5},
      {"orthogonal", h = 40, lam = 0.5}, {"uniform", h = 30}} do
      for i, method in ipairs(core.descent.methods) do
        local o = with({method = method, eta = 0.02, steps = 15, weight_decay = 0.1,
          loss = i % 2 == 0 and "mean" or "sum", label_noise = i % 3 == 0 and 0.1 or nil},
          OF[method])
        if i % 4 == 1 then o.eta = linnet.ones(15, 1) * 0.01 end
        local e = linnet.ensemble(P, {init = init, seeds = {11, 3}, descend = o, threads = 2,
          measure = {"loss", "distance", "imbalance_drift", "t", "steps", "test_error",
            "singular_values"}, test = {X2, Y2}})
        for k, seed in ipairs{11, 3} do
          local run = alone(init, o, seed)
          local s = run.final
          assert.equal(s:loss(), e.loss(k, 1))
          assert.equal(s:distance(), e.distance(k, 1)) -- with what is left of U2
          assert.equal(s:imbalance_drift(), e.imbalance_drift(k, 1))
          assert.equal(s.t, e.t(k, 1))
          assert.equal(15, e.steps(k, 1))
          assert.is_true(e.singular_values:row(k):copy() == s:singular_values():t())
          assert.is_true(math.abs(e.test_error(k, 1) / s:test_error(X2, Y2) - 1) < 1e-12)
          assert.equal("time", e.reason[k])
        end
      end
    end
  end)

  it("is the same bits for 1, 2 and 8 threads, by every method", function()
    for _, method in ipairs(core.descent.methods) do
      local first
      for _, threads in ipairs{1, 2, 8} do
        local e = linnet.ensemble(P, {init = {"gaussian", h = 1e6}, seeds = 24, threads = threads,
          descend = with({method = method, eta = 0.01, steps = 20, label_noise = 0.1}, OF[method]),
          measure = {"distance", "loss"}})
        first = first or e
        assert.is_true(e.distance == first.distance and e.loss == first.loss)
      end
      assert.is_true(first.loss(1, 1) ~= first.loss(2, 1))
    end
  end)

  it("ends as a descent does: diverged, until_excess", function()
    local far = linnet.ensemble(P, {init = {"gaussian", h = 50}, seeds = 2,
      descend = {eta = 100, steps = 50}})
    assert.same({"diverged", "diverged"}, far.reason)
    local near = linnet.ensemble(P, {init = {"gaussian", h = 50}, seeds = 2,
      descend = {eta = 0.05, steps = 1e6, until_excess = 1e-3}, measure = {"steps", "excess"}})
    local run = alone({"gaussian", h = 50}, {eta = 0.05, steps = 1e6, until_excess = 1e-3}, 2)
    assert.same({"until_excess", "until_excess"}, near.reason)
    assert.equal(run.stats.steps, near.steps(2, 1))
    assert.equal(run.final:excess(), near.excess(2, 1))
  end)

  it("refuses what it cannot do, in words", function()
    local function ensemble(descend, flow)
      return function()
        linnet.ensemble(P, {init = {"gaussian", h = 10}, seeds = 2, descend = descend,
          flow = flow})
      end
    end
    local called = "is a function, which cannot run in threads of C: give numbers, or use "
      .. "linnet.sweep, which runs it in Lua"
    for want, o in pairs{
      ["ensemble: ensemble.descend: option 'steps' is required: an integer >= 1"] = {eta = 1},
      ["ensemble: ensemble.descend: unknown option 'seed'"] = {eta = 1, steps = 1, seed = 1},
      ["ensemble: descend: option 'rho' is not used by method 'gd', only by sam"] =
        {eta = 1, steps = 1, rho = 1},
      ["ensemble: descend: eta has 2 values for 3 steps: one for each"] = {eta = {1, 2}, steps = 3},
      ["ensemble: descend: batch = 9 is more than the n = 8 samples"] =
        {eta = 1, steps = 1, method = "sgd", batch = 9},
      ["ensemble: descend: 'eta' " .. called] = {eta = print, steps = 1},
      ["ensemble: descend: 'label_noise' " .. called] = {eta = 1, steps = 1, label_noise = print},
    } do
      support.refuses(ensemble(o), want)
    end
    support.refuses(ensemble({eta = 1, steps = 1}, {t = 1}),
      "ensemble: options 'flow' and 'descend' exclude each other")
  end)
end)

describe("a sweep of descents", function()
  it("varies the method, its options and the start; a record is the descent of its seed", function()
    local result = linnet.sweep{over = {method = {"gd", "muon", "sgd"}, eta = {0.01, 0.02},
      h = {10, 1e6}}, seeds = 3, problem = P, init = "gaussian",
      descend = {steps = 12, label_noise = 0.1}, measure = {"excess", "t"}}:run{threads = 2}
    assert.equal(36, #result.records)
    for p, point in ipairs(result.points) do
      for k = 1, 3 do
        local final = alone({"gaussian", h = point.h}, {method = point.method, eta = point.eta,
          steps = 12, label_noise = 0.1}, k).final
        assert.equal(final:excess(), result.excess(p, k))
        assert.equal(final.t, result.t(p, k))
      end
    end
  end)

  it("runs functions in Lua, one thread, to the same records", function()
    local function described(eta, measure)
      return linnet.sweep{over = {method = {"gd", "sgd"}}, seeds = 2, problem = P,
        init = {"gaussian", h = 100}, descend = {eta = eta, steps = 9}, measure = measure}
    end
    local function slow(k) return 0.02 / (1 + k) end
    local list = {}
    for k = 0, 8 do list[k + 1] = slow(k) end
    local asked = described(slow, {"excess"}):run()
    assert.is_true(asked.excess == described(list, {"excess"}):run{threads = 2}.excess)
    assert.is_true(asked.excess == described(list, {"singular_values", "excess"}):run().excess)
    assert.error_matches(function() described(slow, {"excess"}):run{threads = 2} end,
      "'threads' must be 1 for a sweep over a function")
    local path = os.tmpname()
    os.remove(path)
    described(slow, {"excess"}):run{out = path}
    assert.error_matches(function()
      described(function(k) return 0.03 / (1 + k) end, {"excess"}):run{out = path, resume = true}
    end, "descend eta")
    os.remove(path)
  end)

  it("checks its points before anything runs", function()
    local function sweep(over, descend, more)
      return function()
        linnet.sweep(with({over = over, seeds = 1, problem = P, init = {"gaussian", h = 10},
          descend = descend, measure = {"loss"}}, more))
      end
    end
    for want, call in pairs{
      ["unknown option 'moment'"] = sweep({}, {eta = 1, steps = 1, moment = 1}),
      ["method = gd: .*'momentum' is not used by method 'gd'"] =
        sweep({method = {"muon", "gd"}}, {eta = 1, steps = 1, momentum = 0.5}),
      ["eta has 2 values for 3 steps"] = sweep({steps = {2, 3}}, {eta = {1, 1}}),
      ["round = true"] = sweep({steps = {log = {1, 4, 4}}}, {eta = 1}),
      ["option 'descend' must not hold a seed"] = sweep({}, {eta = 1, steps = 1, seed = 1}),
      ["'flow' and 'descend' exclude each other"] =
        sweep({}, {eta = 1, steps = 1}, {flow = {t = 1}}),
      ["'t' is an option of neither init nor descend"] = sweep({t = {1}}, {eta = 1, steps = 1}),
      ["'eta' is both an axis and fixed in descend"] = sweep({eta = {1}}, {eta = 1, steps = 1}),
    } do
      assert.error_matches(call, want)
    end
  end)
end)
