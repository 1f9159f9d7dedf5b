--- spec/sweep/errors_spec.lua: what goes wrong in a sweep, or is odd in it, is said and costs
-- nothing else: failing points, edited functions, infinite values, names, lists, starts with
-- options of their own.
-- SPDX-License-Identifier: MIT

local linnet = require "linnet"
local record = require "linnet.record"
local sweep = linnet.sweep

local out = os.tmpname()

local function read(path)
  local file <close> = assert(io.open(path, "rb"))
  return file:read("a")
end

local function lines_of(result, path)
  result:save(path, {canonical = true})
  return read(path)
end

--- A function that fails at k = 3 while `broken` holds.
local function failing(broken)
  return {over = {k = {1, 2, 3, 4, 5}}, seeds = 3, run = function(point, rng)
    if point.k == 3 and broken.yes then error("singular here") end
    return {a = point.k + rng:normal(1, 1)(1, 1)}
  end}
end

describe("sweep, one point fails:", function()
  after_each(function() os.remove(out) end)

  it("the others are computed, the failures kept, listed, and made good by resume", function()
    local broken = {yes = true}
    local one = sweep(failing(broken))
    local result = one:run{out = out}
    assert.equal(12, #result.records)
    assert.equal(0, result.missing)
    assert.equal(3, #result.failures)
    assert.same({k = 3}, result.failures[2].point)
    assert.equal(2, result.failures[2].seed)
    assert.matches("singular here$", result.failures[2].error)
    assert.matches("3 of 15 records failed:\n  k = 3, seed 1: .*singular here", tostring(result))
    assert.is_true(result.a(3, 1) ~= result.a(3, 1))
    assert.equal(3, #sweep.load(out).failures)
    broken.yes = false
    local again = one:run{out = out, resume = true}
    assert.equal(15, #again.records)
    assert.equal(0, #again.failures)
    local function records(r) -- but for what the function closes over
      return (lines_of(r, os.tmpname()):gsub('"source":%b{}', ""))
    end
    assert.equal(records(sweep(failing{}):run()), records(sweep.merge(out)))
  end)

  it("and fails again where it is tried again, what was there being kept", function()
    local given = failing{yes = true}
    sweep(given):run{out = out}
    local again = sweep(given):run{out = out, resume = true}
    assert.equal(12, #again.records)
    assert.equal(3, #again.failures)
  end)

  it("errors = 'stop' ends there", function()
    local ok, e = pcall(function()
      return sweep(failing{yes = true}):run{out = out, errors = "stop"}
    end)
    assert.is_false(ok)
    assert.matches("k = 3, seed 1: .*singular here %(6 of 15", tostring(e))
    assert.equal(6, #e.result.records)
  end)

  it("nothing but failures is an error after a few of them", function()
    local calls = 0
    local ok, e = pcall(function()
      return sweep{over = {k = {1, 2, 3, 4}}, seeds = 100, run = function()
        calls = calls + 1
        return undefined.name -- luacheck: ignore
      end}:run()
    end)
    assert.is_false(ok)
    assert.is_true(calls <= 10)
    assert.matches("k = 1, seed 1: .*undefined", tostring(e))
  end)

  it("a function that makes the problem, or measures the run, fails alone too", function()
    local X, Y = linnet.data.gaussian{n = 4, D = 6, seed = 1}
    local result = sweep{over = {q = {1, 2, 3}}, seeds = 2, init = {"gaussian", h = 10},
      flow = {t = 1}, problem = function(point)
        if point.q == 2 then error("no such data") end
        return linnet.problem(X, Y)
      end, measure = {"distance", twice = function(run)
        if run.final:excess() < 0 then return "never" end
        return 2 * run.final:distance()
      end}}:run()
    assert.equal(4, #result.records)
    assert.equal(2, #result.failures)
    assert.equal(2 * result.distance(3, 2), result.twice(3, 2))
  end)
end)

describe("sweep, edited since:", function()
  after_each(function() os.remove(out) end)

  local function first(seeds, factor, helper)
    return {over = {k = {1, 2}}, seeds = seeds, run = function(point)
      return factor * helper(point.k)
    end}
  end
  local function same(x) return x end
  local function other(x) return x + 0.5 end

  it("seeds may be added, comments and lines may move", function()
    local text = "return function(point) return {a = point.k} end"
    local before, after = load(text)(), load("\n\n-- a comment\n" .. text)()
    sweep{over = {k = {1, 2}}, seeds = 2, run = before}:run{out = out}
    local result = sweep{over = {k = {1, 2, 3}}, seeds = 3, run = after}:run{out = out,
      resume = true}
    assert.equal(9, #result.records)
  end)

  it("a function, what it closes over, and data below six digits are noticed", function()
    local X, Y = linnet.data.gaussian{n = 4, D = 6, seed = 1}
    local Y2 = Y:copy()
    Y2:set(1, 1, Y(1, 1) * (1 + 1e-9))
    local function flow(y)
      return {over = {h = {10, 20}}, init = "gaussian", flow = {t = 1},
        problem = linnet.problem(X, y)}
    end
    local constant = "return function(point) return {a = %d * point.k} end"
    local pairs_of = {
      {first(2, 1, same), first(2, 100, same), "run"},
      {first(2, 1, same), first(2, 1, other), "run"},
      {flow(Y), flow(Y2), "problem"},
      {{over = {k = {1}}, run = load(constant:format(1))()},
        {over = {k = {1}}, run = load(constant:format(100))()}, "run"},
    }
    for _, pair in ipairs(pairs_of) do
      os.remove(out)
      sweep(pair[1]):run{out = out}
      local text = read(out)
      assert.error_matches(function() sweep(pair[2]):run{out = out, resume = true} end,
        ("cannot continue .*'%s' was changed since"):format(pair[3]))
      assert.equal(text, read(out))
      sweep(pair[2]):run{out = out, resume = true, changed = true}
      sweep(pair[1]):run{out = out, overwrite = true}
      sweep(pair[1]):run{out = out, resume = true}
    end
  end)

  it("a file that is no sweep's is not begun again", function()
    for _, text in ipairs{"precious\n", '{"a":1}\n{"b":2}\n', "no line"} do
      local file = assert(io.open(out, "wb"))
      file:write(text)
      file:close()
      local one = sweep{run = function() return 1 end}
      assert.has_error(function() one:run{out = out, overwrite = true} end)
      assert.equal(text, read(out))
    end
  end)

  it("shards of two versions do not merge", function()
    local second = os.tmpname()
    sweep(first(2, 1, same)):run{out = out, shard = {1, 2}}
    sweep(first(2, 2, same)):run{out = second, shard = {2, 2}}
    assert.error_matches(function() sweep.merge{out, second} end, "source.run")
    os.remove(second)
  end)
end)

describe("sweep, points are checked before any runs:", function()
  local X, Y = linnet.data.gaussian{n = 4, D = 6, seed = 1}
  local p = linnet.problem(X, Y)

  it("a bad value is told with its point, and how to mend it", function()
    local made = 0
    local given = {over = {h = {log = {10, 1000, 4}}}, init = "gaussian", flow = {t = 1},
      problem = function() made = made + 1 return p end}
    assert.error_matches(function() sweep(given) end, "h = 46.*must be an integer.*round = true")
    assert.equal(0, made)
    assert.error_matches(function()
      sweep{over = {alpha = {0.5, -1}}, problem = p, init = {"gaussian", h = 10}, flow = {t = 1}}
    end, "alpha = %-1: ")
    assert.error_matches(function()
      sweep{over = {tol = {1e-3, 7}}, problem = p, init = {"gaussian", h = 10}, flow = {t = 1}}
    end, "tol = 7")
  end)

  it("an axis of starts takes kinds with options of their own", function()
    local result = sweep{over = {init = {"orthogonal", {"balanced", scale = 0.5},
      {"gaussian", alpha = 0.4}}}, init = {h = 30}, problem = p, seeds = 2, flow = {t = 1}}:run()
    assert.equal(6, #result.records)
    assert.same({"orthogonal", "balanced (scale = 0.5)", "gaussian (alpha = 0.4)"},
      result.grid.values.init)
    local alone = p:flow(p:init("gaussian", {h = 30, alpha = 0.4, seed = 2}), {t = 1})
    assert.equal(alone.final:distance(),
      result:where{init = "gaussian (alpha = 0.4)"}.distance(1, 2))
    assert.error_matches(function()
      sweep{over = {init = {{"balanced", skale = 1}}}, problem = p, flow = {t = 1}}
    end, "did you mean 'scale'")
  end)
end)

describe("sweep, values of every kind:", function()
  it("infinity and nan in every format of report", function()
    local result = sweep{over = {a = {1, 2, 3}}, run = function(point)
      return {x = ({1 / 0, 0 / 0, 2.0})[point.a], t = 1 / 0}
    end}:run()
    local stem = os.tmpname()
    for _, format in ipairs{"csv", "html", "md"} do
      result:report(stem .. "." .. format)
      local text = read(stem .. "." .. format)
      assert.falsy(text:find("-nan", 1, true))
      assert.truthy(text:find("inf", 1, true))
      os.remove(stem .. "." .. format)
    end
    assert.falsy(tostring(result):find("-nan", 1, true))
  end)

  it("measures called values and point are measures like others", function()
    local result = sweep{over = {a = {1, 2}}, run = function(point)
      return {values = point.a, point = 2 * point.a}
    end}:run()
    local rows = result:summary()
    assert.same({a = 2}, rows[2].point)
    assert.equal(4, rows[2].measures.point.mean)
    assert.equal(2, rows[2].values.mean)
    assert.truthy(tostring(result):find("values", 1, true))
  end)

  it("lists of numbers are kept, in the file too", function()
    local X, Y = linnet.data.gaussian{n = 4, D = 6, m = 2, seed = 1}
    local given = {over = {h = {10, 20}}, seeds = 2, problem = linnet.problem(X, Y),
      init = "gaussian", flow = {t = 1}, measure = {"distance", "singular_values",
        curve = function(run) return run.loss end}}
    local result = sweep(given):run{out = out}
    assert.same({"curve", "singular_values"}, result.vectors)
    local loaded = sweep.load(out)
    for _, r in ipairs{result, loaded} do
      assert.equal(2, r.singular_values[2][1]:rows())
      local p = given.problem
      local run = p:flow(p:init("gaussian", {h = 20, seed = 1}), {t = 1})
      assert.is_true(r.curve[2][1] == run.loss)
    end
    assert.truthy(tostring(result):find("lists of numbers: curve, singular_values", 1, true))
    os.remove(out)
  end)

  it("a summary over several axes, by names or a list", function()
    local result = sweep{over = {a = {1, 2}, b = {3, 4, 5}, c = {6, 7}}, run = function(point)
      return point.a * point.b * point.c
    end}:run()
    assert.equal(6, #result:summary("a", "b"))
    assert.equal(tostring(result:summary{"a", "b"}), tostring(result:summary("a", "b")))
  end)

  it("a part without records plots and reports what there is", function()
    local s = sweep{over = {alpha = {0.3, 0.5}, h = {1, 2, 3}}, run = function(point)
      if point.alpha == 0.5 then error("stopped here") end
      return {y = point.h}
    end}
    local ok, e = pcall(s.run, s, {errors = "stop"})
    assert.is_false(ok)
    local path = os.tmpname()
    e.result:report(path .. ".html")
    os.remove(path .. ".html")
    assert.equal(3, e.result:where{alpha = 0.3}.y(3, 1))
    assert.same({"y"}, e.result:where{alpha = 0.5}.measures)
  end)

  it("a record of a failure is refused when it is something else", function()
    sweep{over = {a = {1, 2}}, run = function(point) return point.a end}:run{out = out}
    local values = record.read(out)
    values[2].error = 7
    record.write(out, values)
    assert.error_matches(function() sweep.load(out) end, "line 2")
    os.remove(out)
  end)
end)

describe("the command, with a file of its own:", function()
  local folder

  local function write(name, text)
    local file = assert(io.open(folder .. "/" .. name, "w"))
    file:write(text)
    file:close()
  end

  local function command(arguments)
    local pipe <close> = assert(io.popen(("cd %s && lua5.4 %s/bin/linnet %s 2>&1; echo $?"):format(
      folder, os.getenv "PWD", arguments)))
    return pipe:read("a")
  end

  setup(function()
    folder = os.tmpname()
    os.remove(folder)
    os.execute("mkdir " .. folder)
  end)
  teardown(function() os.execute("rm -r " .. folder) end)

  it("tells errors at the line of the file, also of what it returns", function()
    write("e.lua", 'local linnet = require "linnet"\n\nreturn linnet.sweep{\n'
      .. "  over = {k = {1, 1, 2}}, run = function() return 1 end}\n")
    assert.matches("linnet sweep: e.lua:3: sweep: axis 'k' has the value 1 twice\n1\n$",
      command "sweep e.lua")
  end)

  it("tells what is wrong with a module beside it, and errors that are tables without addresses",
    function()
      write("broken.lua", "return 1 +\n")
      write("b.lua", "require 'broken'")
      assert.matches("cannot load [^\n]*broken.lua:2: unexpected symbol near <eof>\n1\n$",
        command "sweep b.lua")
      write("t.lua", "return require('linnet').sweep{over = {k = {1, 2}}, "
        .. "run = function() error({}) end}")
      assert.matches("k = 1, seed 1: an error that is a table %(and so at 2 of 2 records%)",
        command "sweep t.lua -q")
    end)

  it("notices a module beside it, and a global function, that was edited", function()
    for _, case in ipairs{
      {"require('beside')", "module beside"},
      {"f = loadfile('beside.lua')() f = {f = f}", "globals"},
    } do
      write("beside.lua", "return function(x) return x end")
      write("m.lua", ("%s\nreturn require('linnet').sweep{over = {k = {1, 2}}, "
        .. "run = function(point) return point.k end}"):format(case[1]))
      command "sweep m.lua --out m.jsonl -q --overwrite"
      write("beside.lua", "return function(x) return 2 * x end")
      assert.matches("'" .. case[2] .. "' was changed since; %-%-changed accepts its records, "
        .. "%-%-overwrite begins again\n1\n$", command "sweep m.lua --out m.jsonl -q --resume")
    end
  end)

  it("lists failures at the end, ends with 1, and makes them good", function()
    write("f.lua", [[
      return require("linnet").sweep{over = {k = {1, 2, 3, 4}}, seeds = 2, run = function(point)
        if point.k == 3 and not os.getenv "FINE" then error("singular here") end
        return point.k
      end}]])
    for _, threads in ipairs{"1", "2"} do
      local said = command("sweep f.lua -q --overwrite --threads " .. threads)
      assert.matches("2 of 8 records failed:\n  k = 3, seed 1: .*singular here.*%-%-resume tries "
        .. "them again\n1\n$", command("sweep f.lua --resume --threads " .. threads))
      assert.matches("1\n$", said)
      local fine = command(("sweep f.lua -q --resume >/dev/null 2>&1; FINE=1 lua5.4 %s/bin/linnet "
        .. "sweep f.lua -q --resume --threads %s"):format(os.getenv "PWD", threads))
      assert.matches("0\n$", fine)
    end
  end)
end)
