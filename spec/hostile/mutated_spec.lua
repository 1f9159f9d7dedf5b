--- spec/hostile/mutated_spec.lua: saved sweeps and runs with bytes, words or lines changed. Each is
-- refused with a sentence, or reported as far as it goes; nothing fails inside, and no control
-- character of the file is shown. MUTATIONS in the environment says how many (400 of each).
-- SPDX-License-Identifier: MIT
package.path = "spec/?.lua;" .. package.path
local linnet = require "linnet"
local support = require "support"

local COUNT = math.tointeger(os.getenv("MUTATIONS") or 400)

local WORDS = {"null", "{}", "[]", "1e999", "-1", "0", "1e308", '"x"', '"\\u001b[2J"',
  '"\\u009b2J"', "true", '"inf"', '"nan"', "9223372036854775807", "-9223372036854775808", "0.5",
  '"values"', '{"matrix":[1,1],"data":[1.0]}', '{"linear":[0,1,1000000]}', '{"log":[1,2,1000000]}',
  "1e6", "[[1]]"}

-- One change of a text.
local function mutated(text)
  if not text:find("\n", 1, true) then return text .. "\n" end
  local what, at = math.random(7), math.random(#text)
  if what == 1 then
    return text:sub(1, at - 1) .. string.char(math.random(0, 255)) .. text:sub(at + 1)
  elseif what == 2 then
    return text:sub(1, at - 1) .. text:sub(at + math.random(20))
  elseif what == 3 then
    return text:sub(1, at)
  elseif what == 4 then
    local lines = {}
    for line in text:gmatch("[^\n]*\n") do lines[#lines + 1] = line end
    local i, j = math.random(#lines), math.random(#lines)
    lines[i] = math.random(2) == 1 and lines[j] or lines[i] .. lines[j]
    return table.concat(lines)
  end
  -- a value in the place of another
  local from, to = text:find(math.random(2) == 1 and '[%d.]+' or '"[^"]*"', at)
  if not from then return text .. text end
  return text:sub(1, from - 1) .. WORDS[math.random(#WORDS)] .. text:sub(to + 1)
end

local function shown(text)
  assert.is_nil(text:find("[\0-\8\11-\31\127]"), text)
  assert.is_nil(text:find("\xc2[\x80-\x9f]"), text)
end

-- Calls that may refuse; how many did not.
local function try(f, path)
  local ok, why = pcall(f, path)
  if ok then return 1 end
  why = tostring(why)
  for _, sign in ipairs{"attempt to ", "bad argument", "stack overflow", "not enough memory"} do
    assert.is_nil(why:find(sign, 1, true), why)
  end
  shown(why)
  return 0
end

describe("a saved file that was changed", function()
  local dir
  setup(function() dir = support.folder() end)
  teardown(function() support.remove(dir) end)

  local function go(text, uses)
    local path, good = dir .. "/m.jsonl", 0
    for k = 1, COUNT do
      local changed = text
      for _ = 1, math.random(2) do changed = mutated(changed) end
      support.write(path, changed)
      for i, use in ipairs(uses) do
        if i < 3 or k % 20 == 0 then good = good + try(use, path) end
      end
    end
    assert.is_true(good > COUNT / 20 and good < 2 * COUNT, ("%d uses of %d"):format(good, COUNT))
  end

  it("is refused, or printed, merged and reported: sweeps", function()
    math.randomseed(20260301)
    local path = dir .. "/s.jsonl"
    linnet.sweep{name = "n", over = {a = {1, 2, 3}, b = {"x", "y"}}, seeds = 2,
      measure = {"y", "z"}, run = function(point) return {y = point.a, z = 1 / 0, reason = "r"} end}
      :run{out = path, progress = false}
    go(support.read(path), {
      function(name) shown(tostring(linnet.sweep.load(name))) end,
      function(name)
        local result = linnet.sweep.merge({name}, {partial = true, rtol = 0})
        result:report(dir .. "/r.csv")
        result:save(dir .. "/again.jsonl")
        shown(linnet.record.encode(result:summary()[1] or {}) or "")
      end,
      function(name)
        local result = linnet.sweep.load(name)
        result:report(dir .. "/r.html")
        if result.measures[1] then result:plot(result.measures[1], dir .. "/r.svg") end
      end,
    })
  end)

  it("is refused, or printed and reported: runs", function()
    math.randomseed(20260302)
    local X, Y = linnet.data.gaussian{n = 3, D = 4, m = 1, seed = 1}
    local p, path = linnet.problem(X, Y), dir .. "/run.jsonl"
    p:flow(p:init("gaussian", {h = 5, seed = 1}), {t = 1, record = {"singular_values"}}):save(path)
    go(support.read(path), {
      function(name) shown(tostring(linnet.load(name))) end,
      function(name) shown(linnet.record.encode(linnet.load(name):table()) or "") end,
      function(name) linnet.load(name):plot("loss", dir .. "/r.svg") end,
    })
  end)
end)

describe("names with control characters", function()
  it("reach a terminal as text, in every table and figure", function()
    local bad = "a\27[2Jb\u{9b}2Jc\7\r\nd\127"
    local program = ([[
      local linnet = require "linnet"
      local bad = %q
      linnet.plot{{{1, 2, 3}, {1, 2, 3}, label = bad}, {{1, 2}, {3, 2}, label = bad .. "x"},
        title = bad, xlabel = bad, ylabel = bad}
      linnet.heatmap{{{1, 2}, {3, 4}}, title = bad, xlabel = bad, ylabel = bad, label = bad}
      local sweep = linnet.sweep{name = bad, over = {[bad] = {1, 2, 3}}, run = function(point)
        return {[bad .. "y"] = point[bad]} end}
      local result = sweep:run{progress = false}
      print(sweep) print(result) print(result:summary()) result:plot(bad .. "y")
      print(pcall(result.plot, result, bad))]]):format(bad)
    local lines = support.child(program)
    assert.is_true(#lines > 30)
    for _, line in ipairs(lines) do shown(line) end
  end)
end)
