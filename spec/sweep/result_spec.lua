-- spec/sweep/result_spec.lua: summaries, slopes, figures and files of a sweep's result.
-- SPDX-License-Identifier: MIT

local linnet = require "linnet"
local shared = require "spec.sweep.shared"
local support = require "support"
local sweep = require "linnet.sweep"

local read = support.read

describe("linnet.sweep, result", function()
  local dir, out

  before_each(function()
    dir = support.folder()
    out = dir .. "/a.jsonl"
  end)

  after_each(function() support.remove(dir) end)

  local function canonical(result) return shared.canonical(result, dir) end

  describe("results", function()
    it("say mean, spread and quantiles as the definitions do", function()
      local sample = {5, 1, 4, 2, 3}
      local result = sweep{seeds = 5, run = function(_, rng) return rng:uniform(1, 1)(1, 1) end}
        :run()
      assert.equal(5, result:summary()[1].value.count)
      local s = require("linnet.statistics").describe(sample)
      assert.equal(3, s.mean)
      assert.is_true(math.abs(s.sd - 2.5 ^ 0.5) < 1e-15)
      assert.equal(3, s.median)
      assert.equal(2, s.q25)
      assert.is_true(math.abs(s.q05 - 1.2) < 1e-15) -- 1 + 0.05 * 4, linear between neighbours
      assert.same({1, 5}, {s.min, s.max})
    end)

    it("count nan apart and let infinities show", function()
      local describe_sample = require("linnet.statistics").describe
      local s = describe_sample{1, 0 / 0, 1 / 0}
      assert.same({2, 1, 1 / 0}, {s.count, s.missing, s.mean})
      assert.equal(1 / 0, describe_sample{1 / 0, 1 / 0}.median)
      assert.is_true(describe_sample{0 / 0}.mean ~= describe_sample{0 / 0}.mean)
    end)

    it("are summed up over axes that are not named", function()
      local result = sweep{over = {a = {1, 2}, b = {10, 20, 30}}, seeds = 2,
        run = function(point) return point.a * point.b end}:run()
      local rows = result:summary("a")
      assert.equal(2, #rows)
      assert.same({a = 2}, rows[2].point)
      assert.same({40, 6}, {rows[2].value.mean, rows[2].value.count})
      assert.equal(6, #result:summary())
      assert.equal(1, #result:summary{})
      assert.equal(90, result:where{a = 1, b = 30}.value(1, 1) * 3)
      assert.matches("a  value .*\n1     20 ", tostring(rows))
    end)

    it("print within the window, measures that have no room below the others", function()
      local result = sweep{over = {a = {1, 2}}, seeds = 2, run = function(point)
        local measures = {}
        for i = 1, 9 do measures["a_long_name_of_a_measure_" .. i] = point.a * 1000 + i end
        return measures
      end}:run()
      local window, said = require("linnet.plot.gnuplot").window(), tostring(result:summary())
      for line in (said .. "\n" .. tostring(result)):gmatch("[^\n]+") do
        assert.is_true(#line <= window, line)
      end
      for i = 1, 9 do -- each with its axis before it, each row once
        local _, count = said:gsub("\n *2 [^\n]*" .. 2000 + i, "")
        assert.equal(1, count, said)
      end
    end)

    it("give a power law's exponent and its error from the seeds", function()
      local exponents = {-0.5, -0.6, -0.55}
      local result = sweep{over = {h = {1, 10, 100, 1000}}, seeds = 3, run = function(point, rng)
        local k = rng:uniform(1, 1)(1, 1) == linnet.random(1):uniform(1, 1)(1, 1) and 1
          or rng == nil and 0 or 2
        return 7 * point.h ^ exponents[k]
      end}:run()
      local fit = result:fit_slope("h", "value")
      assert.is_true(math.abs(fit.slope - (-0.5 - 0.6 - 0.6) / 3) < 1e-12)
      local sd = (2 * (0.1 / 3) ^ 2 + (0.2 / 3) ^ 2) ^ 0.5 / 2 ^ 0.5
      assert.is_true(math.abs(fit.se - sd / 3 ^ 0.5) < 1e-12)
      assert.is_true(math.abs(fit.intercept - math.log(7)) < 1e-12)
    end)

    it("leave seeds without positive values out of a slope, and say how many", function()
      local result = sweep{over = {h = {1, 10}}, seeds = 3, run = function(point, rng)
        local third = rng:words(1)[1] == linnet.random(3):words(1)[1]
        return third and 0 / 0 or point.h ^ 2
      end}:run()
      local fit = result:fit_slope("h", "value")
      assert.same({2, 1}, {fit.count, fit.excluded})
      assert.is_true(math.abs(fit.slope - 2) < 1e-12)
    end)

    it("meet the standard error of independent fits", function()
      -- the spread over 200 seeds of slopes with known noise: var = s^2 / Sxx
      local result = sweep{over = {h = {1, 10, 100}}, seeds = 200, run = function(point, rng)
        local noise = rng:normal(3, 1)
        local i = math.floor(math.log(point.h, 10) + 1.5)
        return point.h ^ -0.5 * math.exp(0.1 * noise(i, 1))
      end}:run()
      local fit = result:fit_slope("h", "value")
      local expected = 0.1 / (2 * math.log(10) ^ 2) ^ 0.5 / 200 ^ 0.5
      -- relative sd of a standard deviation over 200 seeds is 5 %: five of them
      assert.is_true(math.abs(fit.se / expected - 1) < 0.25)
      assert.is_true(math.abs(fit.slope + 0.5) < 5 * expected)
    end)

    it("have figures and maps", function()
      local result = sweep{over = {a = {1, 2, 4}, b = {1, 10, 100}}, seeds = 3, name = "demo",
        run = function(point, rng)
          return point.a / point.b * (1 + 0.1 * rng:uniform(1, 1)(1, 1))
        end}:run()
      local path = dir .. "/a.svg"
      for _, bars in ipairs{"sd", "se", "quantiles", "none"} do
        result:plot("value", {file = path, error = bars})
        assert.matches("<svg", read(path))
        os.remove(path)
      end
      result:plot("value", path)
      assert.matches("demo", read(path))
      result:heatmap("value", {x = "b", y = "a", file = path, log = true})
      assert.matches("<svg", read(path))
    end)

    it("survive saving and loading to the bit", function()
      local result = sweep{over = {a = {1, 2.5, 1 / 0}}, seeds = 2, run = function(point, rng)
        return {x = rng:normal(1, 1)(1, 1), y = point.a == 1 and 0 / 0 or -point.a}
      end}:run()
      result:save(out)
      local again = sweep.load(out)
      assert.equal(canonical(result), canonical(again))
      assert.is_true(result.x == again.x)
    end)
  end)
end)
