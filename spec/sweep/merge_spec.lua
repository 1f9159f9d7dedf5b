-- spec/sweep/merge_spec.lua: files of shards become one result, or the reason is named.
-- SPDX-License-Identifier: MIT

local shared = require "spec.sweep.shared"
local support = require "support"
local record = require "linnet.record"
local sweep = require "linnet.sweep"

local P, noisy = shared.problem, shared.noisy

local read, write = support.read, support.write

describe("linnet.sweep, merge", function()
  local dir

  before_each(function() dir = support.folder() end)

  after_each(function() support.remove(dir) end)

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
end)
