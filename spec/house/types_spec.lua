--- spec/house/types_spec.lua: what an object or the package has not raises, with the nearest name,
-- what there is, and what users of other libraries should write; others may look without harm.
-- SPDX-License-Identifier: MIT
package.path = "spec/?.lua;" .. package.path
local linnet = require "linnet"
local options = require "linnet.options"
local support = require "support"
local types = require "linnet.types"

local p = linnet.problem(linnet.eye(2), linnet.ones(2, 1))
local s = p:init("gaussian", {h = 10, seed = 1})
local run = p:flow(s, {t = 1})
local sweep = linnet.sweep{over = {a = {1, 2}}, run = function(point) return point.a end}
local OBJECTS = {
  matrix = linnet.eye(2), random = linnet.random(1), problem = p, state = s, run = run,
  sweep = sweep, result = sweep:run(),
  parametrization = linnet.parametrization{kind = "mup", h = 10},
  ensemble = linnet.ensemble(p, {init = {"gaussian", h = 10}, seeds = 2, flow = {t = 1}}),
}

local function said(object, name)
  local ok, e = pcall(function() return object[name] end)
  assert.is_false(ok, tostring(name) .. " was not refused")
  assert.equal("misuse", e.kind)
  return tostring(e)
end

describe("An unknown name", function()
  for kind, object in pairs(OBJECTS) do
    it(("of a %s raises where it is read, and says what there is"):format(kind), function()
      local line = debug.getinfo(said, "S").short_src
      local text = said(object, "qqqqqq")
      assert.matches("^" .. line:gsub("%p", "%%%0") .. ":%d+: an? " .. kind
        .. " has no field or method 'qqqqqq'; there are ", text)
      for name in pairs(types.methods(kind) or {}) do
        assert.is_truthy(text:find(name, 1, true), name)
      end
    end)

    it(("of a %s may be no string, or a mark of others: nil"):format(kind), function()
      assert.is_nil(object._mark)
      assert.is_nil(object.__index)
      if type(object) == "table" then assert.is_nil(object[99]) end
    end)
  end

  it("is not what there is: no advice stands for a name that exists", function()
    local habits = require "linnet.habits"
    for kind, object in pairs(OBJECTS) do
      for _, names in ipairs{types.methods(kind) or {}, linnet.help.fields(kind)} do
        for key, value in pairs(names) do
          local name = type(key) == "string" and key or value
          assert.is_falsy(not math[name] and object[name] and habits.advice(kind, name), name)
        end
      end
    end
  end)

  it("comes with the nearest, or with what to write instead", function()
    for _, case in ipairs{
      {OBJECTS.matrix, "svdd", "did you mean 'svd'"}, {OBJECTS.matrix, "T", "write m:t()"},
      {OBJECTS.matrix, "transpose", "m:t()"}, {OBJECTS.matrix, "size", "m:rows()"},
      {OBJECTS.matrix, "exp", "m:map(math.exp)"}, {OBJECTS.matrix, "dot", "A * B"},
      {OBJECTS.matrix, "matmul", "A * B"}, {OBJECTS.matrix, "numpy", "npy"},
      {run, "losss", "did you mean 'loss'"}, {run, "history", "run.loss"},
      {p, "X", "reduced"}, {p, "train", "p:flow"}, {s, "foo", "there are"},
      {p, "test_accuracy", "states have it: s:test_accuracy(...)"},
      {run, "theta", "run.final:theta(...)"},
      {s, "plot", "run:plot(...)"},
      {s, "backward", "p:flow"}, {OBJECTS.ensemble, "distence", "did you mean 'distance'"},
      {OBJECTS.result, "sumary", "did you mean 'summary'"},
      {OBJECTS.random, "norml", "did you mean 'normal'"},
      {linnet, "datta", "did you mean 'data'"}, {linnet, "numpy", "linnet.matrix"},
      {linnet, "randn", "linnet.random(seed):normal"},
    } do
      local ok, e = pcall(function() return case[1][case[2]] end)
      assert.is_false(ok, case[2])
      assert.is_truthy(tostring(e):find(case[3], 1, true), tostring(e))
    end
  end)

  it("of a record says how it is recorded", function()
    assert.is_truthy(said(run, "kernel_distance"):find("record = {'kernel_distance'}", 1, true))
    local kept = p:flow(s, {t = 1, record = {"kernel_distance"}})
    assert.equal(1, kept.kernel_distance:cols())
  end)

  it("of an option is suggested by what others call it", function()
    for _, case in ipairs{{"descend", "lr", "eta"}, {"descend", "epochs", "steps"},
      {"flow", "epochs", "max_steps"}, {"descend", "learning_rate", "eta"}, {"flow", "rtol", "tol"},
      {"init.gaussian", "width", "h"}, {"descend", "batch_size", "batch"},
      {"plot", "filename", "file"}, {"sweep.run", "n_jobs", "threads"}} do
      local _, why = options.try(case[1], {[case[2]] = 1})
      assert.equal(("%s: unknown option '%s' (did you mean '%s'?)"):format(case[1], case[2],
        case[3]), why)
    end
  end)

  it("harms none who look: pairs, next, #, tostring, the end of ipairs", function()
    for _, object in pairs(OBJECTS) do
      assert.is_string(tostring(object))
      if type(object) == "table" then assert.is_not_nil(next(object)) end
    end
    local count = 0
    for _ in ipairs(OBJECTS.matrix) do count = count + 1 end
    assert.equal(2, count)
    assert.is_nil(OBJECTS.matrix[3])
    assert.is_nil(run.k)
  end)

  it("is refused in scripts without a traceback", function()
    local lines = support.child('local linnet = require "linnet"\nprint(linnet.eye(2).T)')
    assert.equal(1, #lines)
    assert.matches(":2: a matrix has no field or method 'T': write m:t()", lines[1], 1, true)
  end)
end)

describe("linnet.types", function()
  it("names only methods and functions that exist", function()
    types.everything()
    for kind in pairs(OBJECTS) do
      for name, f in pairs(types.methods(kind) or {}) do assert.is_function(f, name) end
    end
    for _, name in ipairs(types.public_names()) do assert.is_truthy(types.public(name), name) end
  end)
end)
