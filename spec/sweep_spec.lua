-- spec/sweep_spec.lua: a sweep computes what its pieces compute, in any number of pieces, and loses
-- nothing whatever happens to it. SPDX-License-Identifier: MIT

local lfs = require "lfs"
local linnet = require "linnet"
local record = require "linnet.record"
local sweep = require "linnet.sweep"

-- A small problem, made once.
local X, Y = linnet.data.gaussian{n = 10, D = 25, m = 2, noise = 0.1, seed = 3}
local P = linnet.problem(X, Y)

local function noisy(point, rng)
  return {y = (point.a or 0) + rng:normal(1, 1)(1, 1), u = rng:uniform(1, 1)(1, 1)}
end

local function read(path)
  local file = assert(io.open(path, "rb"))
  local text = file:read("a")
  file:close()
  return text
end

local function write(path, text)
  local file = assert(io.open(path, "wb"))
  file:write(text)
  file:close()
end

describe("linnet.sweep", function()
  local dir, out

  before_each(function()
    dir = os.tmpname()
    os.remove(dir)
    lfs.mkdir(dir)
    out = dir .. "/a.jsonl"
  end)

  after_each(function()
    for name in lfs.dir(dir) do os.remove(dir .. "/" .. name) end
    lfs.rmdir(dir)
  end)

  -- The canonical text of a result: what must not depend on how it was computed.
  local function canonical(result)
    local path = dir .. "/canonical.jsonl"
    result:save(path, {canonical = true})
    return read(path)
  end

  describe("over a function", function()
    it("calls it at every point with every seed, axes by name, the last varying fastest", function()
      local seen = {}
      local result = sweep{over = {b = {"x", "y"}, a = {1, 2}}, seeds = {9, 4},
        run = function(point, rng)
          seen[#seen + 1] = ("%s%s"):format(point.a, point.b)
          return rng:uniform(1, 1)(1, 1)
        end}:run()
      assert.same({"1x", "1x", "1y", "1y", "2x", "2x", "2y", "2y"}, seen)
      assert.same({{a = 1, b = "x"}, {a = 1, b = "y"}, {a = 2, b = "x"}, {a = 2, b = "y"}},
        result.points)
      assert.same({4, 9}, result.seeds)
      assert.equal(linnet.random(9):uniform(1, 1)(1, 1), result.value(3, 2))
    end)

    it("gives seed k the same stream at every point, whatever is added", function()
      local small = sweep{over = {a = {1, 3}}, seeds = 2, run = noisy}:run()
      local large = sweep{over = {a = {1, 2, 3}, c = {0}}, seeds = 5, run = noisy}:run()
      assert.equal(small.u(1, 2), small.u(2, 2))
      assert.is_true(small.u(1, 1) ~= small.u(1, 2))
      for i, p in ipairs{1, 3} do
        for k = 1, 2 do assert.equal(small.y(i, k), large.y(p, k)) end
      end
    end)

    it("keeps the reason that a function gives", function()
      local result = sweep{over = {a = {1, 2}}, run = function(point)
        return {x = 0 / 0, reason = point.a == 1 and "diverged" or "time"}
      end}:run{out = out}
      assert.same({{"diverged"}, {"time"}}, result.reason)
      assert.same({{"diverged"}, {"time"}}, sweep.load(out).reason)
    end)
  end)

  describe("over problems", function()
    it("computes what init and flow compute", function()
      local result = sweep{over = {h = {50, 1e6}, alpha = {0.4, 0.5}, tol = {1e-6, 1e-8}},
        seeds = {3, 7}, problem = P, init = "gaussian", flow = {t = 2},
        measure = {"distance", "excess", "steps", "reason", "t"}}:run()
      local p = result.grid:find{alpha = 0.4, h = 1e6, tol = 1e-8}
      local run = P:flow(P:init("gaussian", {h = 1e6, alpha = 0.4, seed = 7}), {t = 2, tol = 1e-8})
      assert.equal(run.final:distance(), result.distance(p, 2))
      assert.equal(run.final:excess(), result.excess(p, 2))
      assert.equal(run.stats.steps, result.steps(p, 2))
      assert.equal(run.stats.reason, result.reason[p][2])
      assert.equal(2, result.t(p, 2))
    end)

    it("makes a problem for the axes that are options of nothing else, once each", function()
      local made = {}
      local over = {h = {100, 1000}, noise = {0, 0.5}, init = {"gaussian", "xavier"}}
      local result = sweep{over = over,
        problem = function(point)
          made[#made + 1] = point.noise
          assert.same({noise = point.noise}, point)
          local x, y = linnet.data.gaussian{n = 8, D = 12, m = 2, seed = 1, noise = point.noise}
          return linnet.problem(x, y)
        end, flow = {t = math.huge}, measure = {"excess"}}:run()
      assert.equal(8, #result.records)
      assert.is_true(#made <= 8)
      assert.is_true(#made >= 2)
    end)

    it("takes functions of the run as measures", function()
      local given = {over = {h = {100, 200}}, seeds = 2, problem = P,
        init = {"gaussian", alpha = 0.45}, flow = {t = 1, save_at = {0.5, 1}},
        measure = {"distance", rows = function(run) return #run.t end}}
      local result = sweep(given):run()
      assert.equal(2, result.rows(1, 1))
      given.measure, given.flow = {"distance"}, {t = 1}
      assert.is_true(result.distance == sweep(given):run().distance)
    end)

    it("is the same bits for any number of threads", function()
      local s = sweep{over = {h = {30, 1e9}}, seeds = 9, problem = P, init = "gaussian",
        flow = {t = math.huge}, measure = {"distance", "loss"}}
      assert.equal(canonical(s:run()), canonical(s:run{threads = 3}))
    end)

    it("reports failed members as rows", function()
      local result = sweep{over = {max_steps = {1, 1000000}}, seeds = 2, problem = P,
        init = {"gaussian", h = 1e6}, flow = {t = math.huge}}:run()
      assert.same({{"max_steps", "max_steps"}, {"converged", "converged"}}, result.reason)
    end)
  end)

  describe("axes", function()
    local function values(axis)
      return sweep{over = {a = axis}, run = noisy}.grid.values.a
    end

    it("may be lists, vectors and spaced values with exact ends", function()
      assert.same({1e3, 1e4, 1e5}, values{log = {1e3, 1e5, 3}})
      assert.same({0.1, 0.2, 0.3}, values{linear = {0.1, 0.3, 3}})
      assert.same({10, 32, 100}, values{log = {10, 100, 3}, round = true})
      assert.same({1, 2}, values{linear = {1, 2, 9}, round = true})
      assert.same({7}, values{log = {7, 9, 1}})
      assert.same({1, 2.5}, values(linnet.matrix{1, 2.5}))
      assert.same({math.huge, 1}, values{math.huge, 1})
    end)

    it("know 1000 and 1e3 as the same value", function()
      local s = sweep{over = {a = {1000}}, run = noisy}
      s:run{out = out}
      local again = sweep{over = {a = {1e3}}, run = noisy}:run{out = out, resume = true}
      assert.equal(0, again.missing)
      assert.equal(2, #record.read(out))
    end)
  end)

  describe("in pieces", function()
    local function spec(over)
      return {over = over or {a = {1, 2, 3}, b = {"x", "y"}}, seeds = 3, run = noisy}
    end

    it("is the same file for any number of shards, in any order, some run twice", function()
      local whole = canonical(sweep(spec()):run())
      for n = 1, 7 do
        local paths = {}
        for i = n, 1, -1 do
          paths[#paths + 1] = ("%s/%d.jsonl"):format(dir, i)
          os.remove(paths[#paths])
          sweep(spec()):run{out = paths[#paths], shard = {i, n}}
        end
        paths[#paths + 1] = dir .. "/again.jsonl"
        os.remove(paths[#paths])
        sweep(spec()):run{out = paths[#paths], shard = {1, n}}
        local merged = sweep.merge(paths)
        assert.equal(whole, canonical(merged))
      end
    end)

    it("goes on where it stopped, and computes nothing twice", function()
      local whole = canonical(sweep(spec()):run())
      local calls = 0
      local given = spec()
      given.run = function(point, rng)
        calls = calls + 1
        if calls == 8 then error("the eighth call") end
        return noisy(point, rng)
      end
      local ok, e = pcall(function() return sweep(given):run{out = out} end)
      assert.is_false(ok)
      assert.equal(7, #e.result.records)
      assert.matches("a = 2, b = x, seed 2: .*the eighth call %(7 of 18 records are kept in ",
        tostring(e))
      local result = sweep(given):run{out = out, resume = true}
      assert.equal(19, calls)
      assert.equal(whole, canonical(result))
      assert.equal(whole, canonical(sweep.load(out)))
    end)

    it("recomputes a torn line and nothing else", function()
      sweep(spec()):run{out = out}
      local text = read(out)
      local whole = canonical(sweep.load(out))
      for _, cut in ipairs{1, 2, 40} do
        write(out, text:sub(1, -1 - cut))
        assert.equal(1, sweep.load(out).missing)
        sweep(spec()):run{out = out, resume = true}
        assert.equal(whole, canonical(sweep.merge{out}))
        assert.equal(19, #record.read(out))
      end
    end)

    it("may grow: more points and seeds join what is there", function()
      sweep(spec()):run{out = out}
      local more = {over = {a = {0, 1, 2, 3}, b = {"x", "y"}}, seeds = 4, run = noisy}
      local result = sweep(more):run{out = out, resume = true}
      assert.equal(canonical(sweep(more):run()), canonical(result))
      assert.equal(canonical(result), canonical(sweep.load(out)))
      assert.equal(1 + 18 + 1 + 14, #record.read(out))
    end)

    it("is not overwritten, and not mixed with another", function()
      sweep(spec()):run{out = out}
      local text = read(out)
      assert.error_matches(function() sweep(spec()):run{out = out} end,
        "a.jsonl: it holds 18 records; resume = true continues it")
      local other = spec()
      other.measure = {"y", "u"}
      assert.error_matches(function() sweep(other):run{out = out, resume = true} end,
        "holds another sweep: measure was nothing, now %[\"u\",\"y\"%]")
      assert.error_matches(function()
        sweep{over = {h = {50}}, problem = P, init = "gaussian", flow = {t = 1}}
          :run{out = out, resume = true}
      end, "holds another sweep: ")
      assert.equal(text, read(out))
      write(out, "h,distance\n1,2\n")
      assert.error_matches(function() sweep(spec()):run{out = out, resume = true} end,
        "cannot read .*a.jsonl: line 1")
      write(out, '{"x":1}\n')
      assert.error_matches(function() sweep(spec()):run{out = out, resume = true} end,
        "line 1 is not a header of a sweep")
    end)

    it("has one writer at a time", function()
      local writer = record.writer(out)
      assert.error_matches(function() sweep(spec()):run{out = out, resume = true} end,
        "cannot write .*: another process is writing it")
      writer:close()
    end)

    it("keeps what was computed when the disk is full, or cannot be written", function()
      assert.error_matches(function() sweep(spec()):run{out = "/dev/full"} end,
        "cannot write /dev/full: No space left")
      assert.error_matches(function() sweep(spec()):run{out = dir .. "/no/a.jsonl"} end,
        "cannot write .*No such file")
      local script = dir .. "/s.lua"
      write(script, ([[
        local linnet = require "linnet"
        local s = linnet.sweep{over = {a = {1, 2, 3}}, seeds = 100,
          run = function(point, rng) return point.a + rng:normal(1, 1)(1, 1) end}
        local ok, e = pcall(s.run, s, {out = %q})
        print(#e.result.records, e)]]):format(out))
      local pipe = io.popen(("trap '' XFSZ; ulimit -f 8; lua5.4 %s"):format(script))
      local kept, said = pipe:read("n", "a")
      pipe:close()
      assert.matches("File too large %(%d+ of 300 records are kept in", said)
      assert.equal(kept, #sweep.load(out).records)
      assert.is_true(kept > 10)
    end)
  end)

  describe("a function that misbehaves", function()
    local function stopped(bad)
      local calls = 0
      local ok, e = pcall(function()
        return sweep{over = {a = {1, 2, 3}}, seeds = 2, run = function(point)
          calls = calls + 1
          if calls == 4 then return bad() end
          return {x = point.a}
        end}:run{out = out}
      end)
      assert.is_false(ok)
      assert.equal(3, #e.result.records)
      assert.equal(3, #sweep.load(out).records)
      os.remove(out)
      return tostring(e)
    end

    it("loses nothing computed before, and is named with point and seed", function()
      for want, bad in pairs{
        ["a = 2, seed 2: .*oops"] = function() error("oops") end,
        ["must return a number or a table of numbers by name, got nothing"] = function() end,
        ["got a string"] = function() return "x" end,
        ["got a string under 'x'"] = function() return {x = "1"} end,
        ["got a number under 1"] = function() return {1} end,
        ["at least one number"] = function() return {} end,
        ["a string under 'reason', got a boolean"] = function() return {x = 1, reason = true} end,
        ["did not return the measure 'x'"] = function() return {y = 1} end,
        ["returned other measures than x"] = function() return {x = 1, y = 1} end,
        ["must not return a measure of the name 'summary'"] = function()
          return {summary = 1}
        end,
        ["a = 2, seed 2: table"] = function() error({}) end,
      } do
        assert.matches(want, stopped(bad))
      end
    end)

    it("names a measure that was declared and is missing", function()
      assert.error_matches(function()
        sweep{over = {a = {1}}, measure = {"x"}, run = function() return {y = 1} end}:run()
      end, "did not return the measure 'x'")
    end)

    it("cannot change the point of its record", function()
      local result = sweep{over = {a = {1, 2}}, run = function(point)
        point.a = point.a * 10
        return point.a
      end}:run()
      assert.same({{a = 1}, {a = 2}}, {result.records[1].point, result.records[2].point})
    end)
  end)

  describe("merge", function()
    local one, two

    before_each(function()
      one, two = dir .. "/1.jsonl", dir .. "/2.jsonl"
      local s = sweep{over = {a = {1, 2}}, seeds = 2, run = noisy}
      s:run{out = one, shard = {1, 2}}
      s:run{out = two, shard = {2, 2}}
    end)

    -- Rewrites a file with one of its values changed.
    local function edit(path, line, change)
      local values = record.read(path)
      change(values[line])
      record.write(path, values)
    end

    it("names what is missing", function()
      assert.error_matches(function() sweep.merge{one} end,
        "2 of 4 records are missing: a = 1, seed 2; a = 2, seed 2; partial = true")
      assert.equal(2, sweep.merge({one}, {partial = true}).missing)
      assert.equal(0, sweep.merge{one, two}.missing)
    end)

    it("names what differs, unless it differs within rtol", function()
      local three = dir .. "/3.jsonl"
      write(three, read(one))
      assert.equal(0, sweep.merge{one, two, three}.missing) -- identical: accepted
      edit(three, 2, function(r) r.cost = {seconds = 99} end)
      assert.equal(0, sweep.merge{one, two, three}.missing) -- cost is never compared
      edit(three, 2, function(r) r.measure.y = r.measure.y * (1 + 1e-9) end)
      assert.error_matches(function() sweep.merge{one, two, three} end,
        "a = 1, seed 1: measure.y is [%d.-]+ in .*1.jsonl, [%d.-]+ in .*3.jsonl")
      assert.error_matches(function() sweep.merge({one, two, three}, {rtol = 1e-10}) end,
        "a = 1, seed 1: y is")
      assert.equal(0, sweep.merge({one, two, three}, {rtol = 1e-8}).missing)
      edit(three, 2, function(r) r.measure.y = 1 / 0 end)
      assert.error_matches(function() sweep.merge({one, two, three}, {rtol = 0.5}) end, "y is")
      edit(three, 2, function(r) r.measure.y = nil end)
      assert.error_matches(function() sweep.merge({one, two, three}, {rtol = 0.5}) end, "y is")
    end)

    it("names files of different processors and versions", function()
      for _, field in ipairs{"kernel", "linnet", "blas"} do
        local kept = read(two)
        edit(two, 1, function(r) r.header[field] = "other" end)
        local ok, why = pcall(sweep.merge, {one, two})
        assert.is_false(ok)
        assert.matches("records of different ", why)
        assert.matches("other %(.*2.jsonl%)", why)
        local merged = sweep.merge({one, two}, {rtol = 1e-6})
        assert.matches("other", merged.header[field])
        write(two, kept)
      end
    end)

    it("sees that a file was continued on another processor", function()
      edit(two, 1, function(r) r.header.kernel = "Elsewhere" end)
      local values = record.read(two)
      table.remove(values) -- one record to do again, here
      record.write(two, values)
      sweep{over = {a = {1, 2}}, seeds = 2, run = noisy}:run{out = two, shard = {2, 2},
        resume = true}
      assert.error_matches(function() sweep.merge{one, two} end,
        "different CPU kernels: .*Elsewhere %(.*2.jsonl%)")
    end)

    it("names what differs between sweeps", function()
      local other = dir .. "/other.jsonl"
      sweep{over = {a = {1, 2, 3}}, seeds = 2, run = noisy}:run{out = other}
      assert.error_matches(function() sweep.merge{one, other} end,
        "hold different sweeps: axes.a is %[1,2%] and %[1,2,3%]")
      local flows = {dir .. "/f1.jsonl", dir .. "/f2.jsonl"}
      for i, path in ipairs(flows) do
        sweep{over = {h = {50}}, problem = P, init = "gaussian", flow = {t = i}}:run{out = path}
      end
      assert.error_matches(function() sweep.merge(flows) end, "flow.t is 1 and 2")
    end)

    it("refuses what are not files of a sweep", function()
      assert.error_matches(function() sweep.merge{one, dir .. "/none"} end, "cannot read")
      write(dir .. "/x", "")
      assert.error_matches(function() sweep.merge{dir .. "/x"} end, "holds no sweep")
      local kept = read(two)
      edit(two, 2, function(r) r.measure = {y = true} end)
      assert.error_matches(function() sweep.merge{one, two} end, "line 2 is not a record")
      write(two, kept)
      edit(two, 1, function(r) r.header.format = 99 end)
      assert.error_matches(function() sweep.merge{one, two} end, "format 99")
      edit(two, 1, function(r) r.header.format, r.header.sweep.axes = 1, {a = {1, 1}} end)
      assert.error_matches(function() sweep.merge{two} end, "axis 'a' has the value 1 twice")
    end)
  end)

  describe("results", function()
    it("say mean, spread and quantiles as the definitions do", function()
      local sample = {5, 1, 4, 2, 3}
      local result = sweep{seeds = 5, run = function(_, rng) return rng:uniform(1, 1)(1, 1) end}
        :run()
      assert.equal(5, result:summary()[1].value.count)
      local s = require("linnet.sweep.statistics").describe(sample)
      assert.equal(3, s.mean)
      assert.is_true(math.abs(s.sd - 2.5 ^ 0.5) < 1e-15)
      assert.equal(3, s.median)
      assert.equal(2, s.q25)
      assert.is_true(math.abs(s.q05 - 1.2) < 1e-15) -- 1 + 0.05 * 4, linear between neighbours
      assert.same({1, 5}, {s.min, s.max})
    end)

    it("count nan apart and let infinities show", function()
      local describe_sample = require("linnet.sweep.statistics").describe
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
        ["option 'flow' is required"] = with(flows, {flow = "none"}),
        ["option 'init' is required"] = with(flows, {init = "none"}),
        ["option 'init' must begin with a kind"] = with(flows, {init = {h = 1}}),
        ["must not hold a seed"] = with(flows, {init = {"gaussian", seed = 1}}),
        ["'distanc' is no measure.*did you mean 'distance'"] = with(flows, {measure = {"distanc"}}),
        ["'singular_values' is more than one number"] = with(flows,
          {measure = {"singular_values"}}),
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
        assert.matches("^spec/sweep_spec.lua:%d+: sweep: ", why)
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
        ["fit_slope: x must be positive finite numbers, got x"] = function()
          words:fit_slope("k", "value")
        end,
        ["fit_slope: 'a' is no axis of this sweep; there are none"] = function()
          result:where{a = 1, b = 1}:fit_slope("a", "y")
        end,
        ["at least two different values"] = function()
          sweep{over = {a = {1}}, run = noisy}:run():fit_slope("a", "y")
        end,
        ["where: the axis 'a' has no value 7"] = function() result:where{a = 7} end,
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
        assert.matches("^spec/sweep_spec.lua:%d+: ", tostring(why))
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
        ["the measure 'x' must return a number, got a string"] = with(flows,
          {measure = {x = tostring}}),
        ["test data are"] = with(flows, {test = {linnet.eye(2), linnet.eye(2)},
          measure = {"test_error"}}),
      } do
        local fine, e = pcall(function() return sweep(given):run() end)
        assert.is_false(fine, want)
        assert.matches(want, tostring(e))
        assert.equal(0, #e.result.records)
      end
    end)
  end)

  describe("progress", function()
    it("is a line to draw over on a terminal and plain lines in a log", function()
      local progress = require "linnet.sweep.progress"
      for _, terminal in ipairs{true, false} do
        local text, now = {}, 0
        local p = progress.new(100, 20, {terminal = terminal, clock = function() return now end,
          write = function(s) text[#text + 1] = s end})
        for done = 21, 60 do
          now = now + 0.5
          p:step(done)
        end
        p:finish()
        local all = table.concat(text)
        assert.equal(terminal, all:find("\r", 1, true) ~= nil)
        assert.matches("40 of 100, 2 a second, 30 s left", all)
        assert.equal(terminal and 41 or 3, #text)
      end
    end)

    it("calls a function with what is done, the total and the record", function()
      local calls = {}
      sweep{over = {a = {1, 2}}, run = noisy}:run{progress = function(done, total, r)
        calls[#calls + 1] = ("%d/%d %g"):format(done, total, r.point.a)
      end}
      assert.same({"1/2 1", "2/2 2"}, calls)
    end)
  end)
end)
