-- spec/sweep/sweep_spec.lua: a sweep computes what its pieces compute, in any number of pieces,
-- and loses
-- nothing whatever happens to it. SPDX-License-Identifier: MIT

local lfs = require "lfs"
local linnet = require "linnet"
local shared = require "spec.sweep.shared"
local support = require "support"
local record = require "linnet.record"
local sweep = require "linnet.sweep"

local P, X, Y, noisy = shared.problem, shared.X, shared.Y, shared.noisy

local read, write = support.read, support.write

describe("linnet.sweep", function()
  local dir, out

  before_each(function()
    dir = support.folder()
    out = dir .. "/a.jsonl"
  end)

  after_each(function() support.remove(dir) end)

  local function canonical(result) return shared.canonical(result, dir) end

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
      assert.same({0, 0.5}, made)
    end)

    it("tells problems apart by the last bit of their coordinates", function()
      local result = sweep{over = {scale = {1, 1 + 2 ^ -50}}, init = {"gaussian", h = 50},
        flow = {t = 1}, measure = {"loss"}, problem = function(point)
          return linnet.problem(X, point.scale == 1 and Y or 2 * Y)
        end}:run()
      assert.is_true(result.loss(2, 1) > 2 * result.loss(1, 1))
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
      local one = sweep(given)
      local ok, e = pcall(function() return one:run{out = out, errors = "stop"} end)
      assert.is_false(ok)
      assert.equal(7, #e.result.records)
      assert.matches("a = 2, b = x, seed 2: .*the eighth call %(7 of 18 records are kept in ",
        tostring(e))
      local result = one:run{out = out, resume = true}
      assert.equal(19, calls)
      local function records(text) return (text:gsub('"source":%b{}', "")) end -- run is a wrapper
      assert.equal(records(whole), records(canonical(result)))
      assert.equal(records(whole), records(canonical(sweep.load(out))))
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
        end}:run{out = out, errors = "stop"}
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
        ["a = 2, seed 2: an error that is a table"] = function() error({}) end,
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

  it("runs the examples", function()
    local count = 0
    for name in lfs.dir("examples/sweeps") do
      if name:find("%.lua$") then
        local s = dofile("examples/sweeps/" .. name)
        assert.equal(1, #s:run{shard = {2, s.grid.jobs}}.records)
        count = count + 1
      end
    end
    assert.is_true(count >= 3)
  end)

  describe("progress", function()
    it("is a line to draw over on a terminal and plain lines in a log", function()
      local progress = require "linnet.progress"
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
