--- spec/run/run_spec.lua: runs as objects: columns, printing, files, pictures.
-- SPDX-License-Identifier: MIT
local linnet = require "linnet"
local core = require "linnet.core"

describe("a run", function()
  local X, Y = linnet.data.gaussian{n = 8, D = 12, m = 2, noise = 0.1, seed = 3}
  local p = linnet.problem(X, Y)
  local s = p:init("gaussian", {h = 1e6, seed = 1})
  local run = p:flow(s, {t = 2, record = {"distance", "singular_values", "travel",
    half = function(state) return state:excess() / 2 end}})

  it("has one row per accepted step and the start, in columns of one length", function()
    assert.equal(run.stats.steps + 1, #run.t)
    for _, name in ipairs{"loss", "excess", "distance", "singular_values", "travel", "half"} do
      assert.equal(#run.t, run[name]:rows(), name)
    end
    assert.equal(2, run.singular_values:cols())
    assert.equal(0, run.t(1))
    assert.equal(2, run.t(#run.t))
    for i = 2, #run.t do
      assert.is_true(run.t(i) > run.t(i - 1))
      assert.is_true(run.excess(i) < run.excess(i - 1)) -- gradient flow never climbs
      assert.equal(run.excess(i) / 2, run.half(i))
    end
    assert.equal(run.final:excess(), run.excess(#run.t))
    assert.equal(0, run.travel(1))
    assert.is_false((pcall(function() return run.rate end))) -- not asked for
  end)

  it("prints what happened in ten lines", function()
    local text = tostring(run)
    local _, breaks = text:gsub("\n", "\n")
    assert.is_true(breaks <= 9)
    for _, part in ipairs{"ended by time", "excess", "distance", "imbalance drift", "rank 8"} do
      assert.matches(part, text, 1, true)
    end
  end)

  it("of a descent prints its steps, not that a time ended it", function()
    local text = tostring(p:descend(run.start, {eta = 1e-3, steps = 7}))
    assert.matches("run: gd, did its 7 steps in", text, 1, true)
    assert.matches("ended by stop after", tostring(p:descend(run.start, {eta = 1e-3, steps = 7,
      stop = function() return true end})), 1, true)
  end)

  it("gives its records as rows", function()
    local rows = run:table()
    assert.equal(#run.t, #rows)
    assert.equal(run.loss(2), rows[2].loss)
    assert.equal(run.singular_values(2, 1), rows[2].singular_values(1))
  end)

  it("goes through a file without losing a bit", function()
    local path = os.tmpname()
    run:save(path)
    local back = linnet.load(path)
    os.remove(path)
    for _, name in ipairs{"t", "loss", "excess", "distance", "singular_values", "travel", "half"} do
      assert.equal(0, core.matrix.max_abs(back[name] - run[name]), name)
    end
    for key, value in pairs(run.stats) do assert.equal(value, back.stats[key], key) end
    assert.matches("ended by time", tostring(back))
  end)

  it("with t = inf survives the file too", function()
    local path = os.tmpname()
    local whole = p:flow(s, {t = math.huge})
    whole:save(path)
    local back = linnet.load(path)
    os.remove(path)
    assert.equal(math.huge, back.t(#back.t))
  end)

  it("says which file it cannot save to or load from", function()
    assert.error_matches(function() run:save("/nowhere/run") end, "/nowhere/run", 1, true)
    assert.error_matches(function() linnet.load("/nowhere/run") end, "/nowhere/run", 1, true)
    local path = os.tmpname()
    local file = io.open(path, "w")
    file:write("os.exit(7)\n")
    file:close()
    assert.has_error(function() linnet.load(path) end)
    os.remove(path)
  end)

  it("draws losses under their bounds, any other record plainly", function()
    local path = os.tmpname() .. ".svg"
    for what, curves in pairs{excess = {"excess", "Theorem 1", "margin bound"},
      distance = {"distance"},
      singular_values = {"singular_values 1", "singular_values 2"}} do
      run:plot(what, path)
      local file = assert(io.open(path))
      local svg = file:read("a")
      file:close()
      os.remove(path)
      for _, label in ipairs(curves) do assert.matches(label, svg, 1, true) end
    end
    assert.error_matches(function() run:plot("los") end, "did you mean 'loss'", 1, true)
    assert.error_matches(function() run:plot("rate") end, "this run recorded", 1, true)
    assert.error_matches(function() run:plot() end, "got nil", 1, true)
    assert.error_matches(function() run:plot("t", "loss") end, "drawn against", 1, true)
  end)

  it("is drawn over the logarithm of time where it happened early", function()
    local figure = require("linnet.run.plot").figure
    local function log_of(t) return figure(p:flow(s, {t = t}), "excess", {}).log end
    assert.equal("y", log_of(1))
    assert.equal("xy", log_of(1e15))
  end)

  it("has bounds that its losses obey", function()
    local rates = s:rates()
    for i = 1, #run.t do
      local bound = s:excess() * math.exp(-rates.imbalance * run.t(i))
      assert.is_true(run.excess(i) <= bound * (1 + 1e-9))
      assert.is_true(run.excess(i) <= s:excess() * math.exp(-rates.margin * run.t(i)) * (1 + 1e-9))
    end
  end)
end)
