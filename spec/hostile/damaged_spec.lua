--- spec/hostile/damaged_spec.lua: saved problems, states, runs and sweeps in which any part is
-- something else.
-- Reading such a file gives an error that says so, or a value that prints; it never fails inside.
-- (Damaged bytes: spec/run/record_spec.lua, spec/io/npy_spec.lua.)
--
-- SPDX-License-Identifier: MIT
local linnet = require "linnet"
local record = linnet.record

local OTHERS = {1, -1.5, 1 / 0, "x", {}, {1, 2}, {a = 1}, true, linnet.eye(2)}

-- Every place in nested tables, as {table, key}.
local function places(value, list)
  for key, inner in next, value do
    list[#list + 1] = {value, key}
    if type(inner) == "table" then places(inner, list) end
  end
  return list
end

local function lines_of(path)
  local lines = {}
  for i, value in ipairs(record.read(path)) do lines[i] = value end
  return lines
end

-- Puts every other value, and nothing, into every place of the file in turn.
local function spoil(path, use)
  local spoilt, cases, refused = os.tmpname(), 0, 0
  for which = 1, #places(lines_of(path), {}) do
    for other = 1, #OTHERS + 1 do
      local lines = lines_of(path)
      local list = places(lines, {})
      table.sort(list, function(a, b) return tostring(a[2]) < tostring(b[2]) end)
      list[which][1][list[which][2]] = OTHERS[other]
      if #lines > 0 and pcall(record.write, spoilt, lines) then
        local ok, why = pcall(use, spoilt)
        cases = cases + 1
        if not ok then
          refused = refused + 1
          for _, sign in ipairs{"attempt to ", "bad argument"} do
            if tostring(why):find(sign, 1, true) then error(tostring(why)) end
          end
        end
      end
    end
  end
  os.remove(spoilt)
  assert.is_true(cases > 90 and refused > cases / 4, ("%d of %d"):format(refused, cases))
end

describe("a saved file with a part that is something else", function()
  local path

  before_each(function() path = os.tmpname() end)
  after_each(function() os.remove(path) end)

  local X, Y = linnet.data.gaussian{n = 5, D = 8, m = 2, seed = 1}
  local p = linnet.problem(X, Y)
  local s = p:init("gaussian", {h = 20, seed = 1})

  -- What can be asked of a run with states: an answer, or an error that is one.
  local function use(loaded)
    if not loaded.final then return end
    assert.is_string(tostring(loaded.start))
    if loaded.checkpoints then
      loaded:at((loaded.start.t + loaded.final.t) / 2)
      if loaded.problem.loss == "squared" then loaded:bounds() end
    end
    pcall(loaded.problem.flow, loaded.problem, loaded.start, {t = 0.1, max_steps = 20})
  end

  local q = linnet.problem(X, linnet.matrix{3, 5, 5, 3, 3}, {loss = "softmax"})
  for kind, run in pairs{flow = p:flow(s, {t = 1, record = {"singular_values"}}),
    descent = p:descend(s, {eta = 1e-3, steps = 7}),
    classes = q:descend(q:init("gaussian", {h = 20, seed = 1}), {eta = 1e-3, steps = 2})} do
    it("is no run, or one that prints: " .. kind, function()
      run:save(path)
      assert.equal(tostring(run):match("%d+ rows"), tostring(linnet.load(path)):match("%d+ rows"))
      spoil(path, function(name)
        local loaded = linnet.load(name)
        assert.is_string(tostring(loaded))
        assert.is_table(loaded:table())
        use(loaded)
      end)
    end)
  end

  for kind, thing in pairs{problem = p, state = s, ["explicit state"] = p:init("gaussian",
    {h = 3, explicit = true}), ["state off the data"] = p:init("zero_output", {h = 6}),
    ["state of a second task"] = linnet.problem(linnet.random(9):normal(2, p.D),
      linnet.ones(2, p.m)):init(p:init("gaussian", {h = 9}))} do
    it("is no " .. kind .. ", or one that works", function()
      thing:save(path)
      spoil(path, function(name)
        local loaded = linnet.load(name)
        assert.is_string(tostring(loaded))
        if kind ~= "problem" then
          assert.is_number(loaded:theta():norm())
          loaded.problem:flow(loaded, {t = loaded.t + 0.1, max_steps = 20})
        end
      end)
    end)
  end

  it("would hide its parts if a record took their names, so none may", function()
    for _, name in ipairs{"plot", "save", "columns", "checkpoints", "stats", "final", "at"} do
      local ok, why = pcall(p.flow, p, s, {t = 1, record = {[name] = function() return 1 end}})
      assert.is_false(ok)
      assert.truthy(why:find(("'%s' is a field of every run"):format(name), 1, true), why)
    end
  end)

  it("is no sweep, or one that prints and merges", function()
    os.remove(path)
    linnet.sweep{over = {a = {1, 2}}, seeds = 2, measure = {"y"},
      run = function(point) return {y = point.a} end}:run{out = path, progress = false}
    spoil(path, function(name)
      local result = linnet.sweep.load(name)
      assert.is_string(tostring(result))
      assert.is_string(tostring(linnet.sweep.merge({name}, {partial = true})))
    end)
  end)
end)
