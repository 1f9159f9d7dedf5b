--- spec/model/measure_spec.lua: a row of csrc/model/measure.c is a measure everywhere.
-- SPDX-License-Identifier: MIT
local linnet = require "linnet"
local core = require "linnet.core"

describe("a row in the table of measures", function()
  local X, Y = linnet.data.gaussian{n = 6, D = 9, m = 2, noise = 0.1, seed = 1}
  local p = linnet.problem(X, Y)
  local names = {}
  for i, m in ipairs(core.state.measures) do names[i] = m.name end

  it("is a method of states, a record and a measure of ensembles, of the same bits", function()
    assert.is_true(#names >= 9)
    local start = p:init("gaussian", {h = 12, seed = 4})
    local run = p:flow(start, {t = 2, tol = 1e-6, record = names})
    local e = linnet.ensemble(p, {init = {"gaussian", h = 12}, seeds = {4}, threads = 1,
      flow = {t = 2, tol = 1e-6}, measure = names})
    for _, m in ipairs(core.state.measures) do
      local value = run.final[m.name](run.final)
      assert.equal(m.vector, linnet.is_matrix(value), m.name)
      local row = linnet.is_matrix(value) and value:t() or linnet.matrix{value}
      assert.equal(row, run[m.name]:row(#run.t):copy(), m.name)
      assert.equal(row, e[m.name]:row(1):copy(), m.name)
    end
  end)

  it("is a record of descents and a measure of sweeps", function()
    local numbers = {}
    for _, m in ipairs(core.state.measures) do
      if not m.vector then numbers[#numbers + 1] = m.name end
    end
    local start = p:init("gaussian", {h = 12, seed = 1})
    local run = p:descend(start, {eta = 0.1, steps = 5, record = names})
    local sweep = linnet.sweep{over = {h = {12}}, seeds = 1, problem = p, init = "gaussian",
      flow = {t = 2, tol = 1e-6}, measure = numbers}:run{progress = false}
    local final = p:flow(start, {t = 2, tol = 1e-6}).final
    for _, name in ipairs(numbers) do
      assert.equal(run.final[name](run.final), run[name](#run.k), name)
      assert.equal(final[name](final), sweep[name][1](1), name)
    end
  end)

  it("says whether its axis is logarithmic", function()
    local log = {}
    for _, m in ipairs(core.state.measures) do log[m.name] = m.log end
    assert.is_true(log.loss and log.singular_values)
    assert.is_false(log.alignment or log.imbalance_drift) -- signs of round-off, and at most 1
  end)

  it("is in the manual, the help of the options and the guide to sweeps", function()
    local file <close> = assert(io.open("docs/sweeps.md"))
    local guide = file:read("a")
    for i, name in ipairs(names) do
      assert.truthy(linnet.help.text("state:" .. name):find("state:" .. name, 1, true), name)
      assert.truthy(linnet.help.text("flow"):find(name, 1, true), name)
      assert.is_true(core.state.measures[i].vector or -- a sweep keeps numbers
        guide:find("%f[%w_]" .. name .. "%f[^%w_]") ~= nil, name)
    end
    for _, name in ipairs(core.ensemble.measures) do
      assert.truthy(guide:find("%f[%w_]" .. name .. "%f[^%w_]"), name)
    end
  end)
end)
