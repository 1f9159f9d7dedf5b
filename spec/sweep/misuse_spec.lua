-- spec/sweep/misuse_spec.lua: every wrong option of sweeps and results is told, at the line
-- of the caller.
-- SPDX-License-Identifier: MIT

local linnet = require "linnet"
local shared = require "spec.sweep.shared"
local support = require "support"
local sweep = require "linnet.sweep"

local P, noisy = shared.problem, shared.noisy

describe("linnet.sweep, misuse", function()
  local dir

  before_each(function() dir = support.folder() end)

  after_each(function() support.remove(dir) end)

  describe("misuse", function()
    local ok = {over = {a = {1, 2}}, run = noisy}
    local flows = {over = {h = {50}}, problem = P, init = "gaussian", flow = {t = 1}}

    local function with(base, changes)
      local given = {}
      for name, value in pairs(base) do given[name] = value end
      for name, value in pairs(changes) do
        given[name] = value ~= "none" and value or nil
      end
      return given
    end

    it("of a description is told, at the caller's line", function()
      for want, given in pairs{
        ["options must be a table, got 'x'"] = "x",
        ["unknown option 'seed' %(did you mean 'seeds'%?%)"] = with(ok, {seed = 1}),
        ["give one of 'problem' and 'run'"] = {over = {}},
        ["give one of 'problem' and 'run' "] = nil,
        ["option 'run' must be a function"] = {run = 1},
        ["options 'run' and 'flow' exclude each other"] = with(ok, {flow = {t = 1}}),
        ["option 'problem' must be a problem or a function, got a number"] = {problem = 1},
        ["give one of the options 'flow' and 'descend'"] = with(flows, {flow = "none"}),
        ["option 'init' is required"] = with(flows, {init = "none"}),
        ["option 'init' must begin with a kind"] = with(flows, {init = {h = 1}}),
        ["must not hold a seed"] = with(flows, {init = {"gaussian", seed = 1}}),
        ["'distanc' is no measure.*did you mean 'distance'"] = with(flows, {measure = {"distanc"}}),
        ["'test_error' needs test"] = with(flows, {measure = {"test_error"}}),
        ["'distance' is there twice"] = with(flows, {measure = {"distance", "distance"}}),
        ["must hold names, or name = function%(run%); got 'x'"] = with(flows, {measure = {x = 1}}),
        ["cannot have the name 'plot'"] = with(flows, {measure = {plot = print}}),
        ["at least one measure"] = with(flows, {measure = {}}),
        ["must list the names that run returns"] = with(ok, {measure = {x = print}}),
        ["axis 'alhpa' is an option of neither init nor flow.*did you mean 'alpha'"] = with(flows,
          {over = {alhpa = {1}}}),
        ["axis 'seed' cannot be varied; use option 'seeds'"] = with(flows, {over = {seed = {1}}}),
        ["axis 'record' cannot be varied"] = with(flows, {over = {record = {1}}}),
        ["'h' is both an axis and fixed in init"] = with(flows, {init = {"gaussian", h = 3}}),
        ["'t' is both an axis and fixed in flow"] = with(flows, {over = {t = {1}}}),
        ["'init' is both an axis and fixed"] = with(flows, {over = {init = {"he"}}}),
        ["option 'over' must have names as keys, got 1"] = with(ok, {over = {{1}}}),
        ["axis 'a' must be a list of values, got 5"] = with(ok, {over = {a = 5}}),
        ["axis 'a' must be a list of at least one value"] = with(ok, {over = {a = {}}}),
        ["axis 'a' has the value 1.0 twice"] = with(ok, {over = {a = {1, 1.0}}}),
        ["axis 'a' must hold numbers, strings or booleans, got nan"] = with(ok,
          {over = {a = {0 / 0}}}),
        ["got a table"] = with(ok, {over = {a = {{}}}}),
        ["must be log = {first, last, count}, two finite"] = with(ok, {over = {a = {log = 3}}}),
        ["with first and last > 0"] = with(ok, {over = {a = {log = {0, 1, 3}}}}),
        ["an integer in %[1, 1e6%]"] = with(ok, {over = {a = {linear = {0, 1, 1e9}}}}),
        ["has 'logg', where"] = with(ok, {over = {a = {logg = {1, 2, 3}}}}),
        ["has 'linear', where"] = with(ok, {over = {a = {log = {1, 2, 3}, linear = {1, 2, 3}}}}),
        ["round = true or false"] = with(ok, {over = {a = {log = {1, 2, 3}, round = 1}}}),
        ["got a 2 x 2 matrix"] = with(ok, {over = {a = linnet.eye(2)}}),
        ["'seeds' must be an integer in %[1, 1e8%]"] = with(ok, {seeds = 0}),
        ["'seeds' must be an integer"] = with(ok, {seeds = 1.5}),
        ["has the seed 3 twice"] = with(ok, {seeds = {3, 3}}),
        ["'seeds' must hold integers"] = with(ok, {seeds = {0.5}}),
        ["option 'name' must be a string"] = with(ok, {name = 1}),
      } do
        local fine, why = pcall(function() local s = sweep(given) return s end)
        assert.is_false(fine, want)
        assert.matches(want, why)
        assert.matches("^spec/sweep/misuse_spec.lua:%d+: sweep: ", why)
      end
    end)

    it("of run, results and files is told", function()
      local s = sweep{over = {a = {1, 2}, b = {1, 2}}, run = noisy}
      local result = s:run()
      local words = sweep{over = {k = {"x", "y"}}, run = function() return 1 end}:run()
      for want, call in pairs{
        ["sweep.run: option 'threads' must be an integer in %[1, 1024%]"] = function()
          s:run{threads = 0}
        end,
        ["'threads' must be 1 for a sweep over a function.*linnet sweep FILE"] = function()
          s:run{threads = 2}
        end,
        ["sweep.run: option 'shard' must be {i, N}"] = function() s:run{shard = {3, 2}} end,
        ["sweep.run: option 'shard' must be {i, N} "] = function() s:run{shard = {1}} end,
        ["sweep.run: unknown option 'resum'"] = function() s:run{resum = true} end,
        ["option 'out' must be a string"] = function() s:run{out = 1} end,
        ["option 'progress' must be true or false or a function"] = function()
          s:run{progress = 1}
        end,
        ["write sweep:run"] = function() s.run{out = "x"} end,
        ["merge: expected a list"] = function() sweep.merge() end,
        ["merge: expected paths"] = function() sweep.merge{1} end,
        ["sweep.merge: option 'rtol' must be"] = function() sweep.merge({"x"}, {rtol = -1}) end,
        ["load: cannot read"] = function() sweep.load(dir .. "/none") end,
        ["summary: 'c' is no axis of this sweep; there are a, b"] = function()
          result:summary("c")
        end,
        ["fit_slope: 'z' is no measure of this sweep; there are u, y"] = function()
          result:fit_slope("a", "z")
        end,
        ["fit_slope: there are the axes a, b; fix all but 'a'"] = function()
          result:fit_slope("a", "y")
        end,
        ["fit_slope: x must be positive finite numbers, got 'x'"] = function()
          words:fit_slope("k", "value")
        end,
        ["fit_slope: 'a' is no axis of this sweep; there are none"] = function()
          result:where{a = 1, b = 1}:fit_slope("a", "y")
        end,
        ["at least two different values"] = function()
          sweep{over = {a = {1}}, run = noisy}:run():fit_slope("a", "y")
        end,
        ["where: the axis 'a' has no value 7"] = function() result:where{a = 7} end,
        ["where: the axis 'a' has no value 9"] = function() result:where{a = {1, 9}} end,
        ["where: no value of the axis 'a'"] = function() result:where{a = {}} end,
        ["where: the axis 'a' has no value a table"] = function() result:where{a = {{}}} end,
        ["where: expected a table"] = function() result:where("a") end,
        ["plot: 'z' is no measure"] = function() result:plot("z") end,
        ["plot: 'c' is no axis"] = function() result:plot("y", {x = "c"}) end,
        ["no axis of numbers to plot against"] = function() words:plot("value") end,
        ["option 'error' must be one of"] = function() result:plot("y", {error = "x"}) end,
        ["sweep.heatmap: option 'x' is required"] = function() result:heatmap("y", {}) end,
        ["x and y must be different axes"] = function()
          result:heatmap("y", {x = "a", y = "a"})
        end,
        ["save: expected a path"] = function() result:save() end,
        ["write result:save"] = function() result.save("x") end,
        ["sweep.save: unknown option 'canon'"] = function() result:save("x", {canon = true}) end,
      } do
        local fine, why = pcall(function() call() end)
        assert.is_false(fine, want)
        assert.matches(want, tostring(why))
        assert.matches("^spec/sweep/misuse_spec.lua:%d+: ", tostring(why))
      end
    end)

    it("of a problem or start is told with the point", function()
      for want, given in pairs{
        ["h = 2, seed 1: init.orthogonal: h must be at least"] = with(flows,
          {over = {h = {2}}, init = "orthogonal"}),
        ["h = 50, seed 1: init: 'gausian' is no kind.*did you mean 'gaussian'"] = with(flows,
          {init = "gausian", over = {h = {50}}, problem = function() return P end}),
        ["problem must return a problem, got nothing"] = with(flows, {problem = function() end}),
        ["ensemble.flow: option 'tol' must be"] = with(flows, {flow = {t = 1, tol = -1}}),
        ["unknown option 'record'"] = with(flows, {flow = {t = 1, record = {}}}),
        ["the measure 'x' must return a number or a list of numbers, got a string"] = with(flows,
          {measure = {x = tostring}}),
        ["test data are"] = with(flows, {test = {linnet.eye(2), linnet.eye(2)},
          measure = {"test_error"}}),
      } do
        local fine, e = pcall(function() return sweep(given):run() end)
        assert.is_false(fine, want)
        assert.matches(want, tostring(e))
        assert.equal(0, e.result and #e.result.records or 0) -- options are told before
      end
    end)
  end)
end)
