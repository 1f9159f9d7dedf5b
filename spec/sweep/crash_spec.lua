-- spec/sweep/crash_spec.lua: sweeps killed with -9 fifty times, and interrupted by Ctrl-C, lose and
-- double nothing. The moments are random: the file has grown to a random length, and the child is
-- somewhere in its next job. SPDX-License-Identifier: MIT

local lfs = require "lfs"
local linnet = require "linnet"
local shared = require "spec.sweep.shared"
local support = require "support"
local record = require "linnet.record"

local JOBS = 120

-- Each job takes a millisecond or more, so that a file is far from complete when it has just grown.
local SPECS = {
  ["a function"] = [[
    local linnet = require "linnet"
    return linnet.sweep{over = {a = {1, 2, 3, 4}}, seeds = 30, run = function(point, rng)
      local x = 0
      for i = 1, 30000 do x = x + math.sin(i) end
      return {x = x, y = point.a + rng:normal(1, 1)(1, 1)}
    end}]],
  ["the ensemble"] = [[
    local linnet = require "linnet"
    local X, Y = linnet.data.gaussian{n = 30, D = 50, m = 2, seed = 1}
    return linnet.sweep{over = {h = {60, 1e3, 1e6, 1e9}}, seeds = 30,
      problem = linnet.problem(X, Y), init = "gaussian",
      flow = {t = 3, tol = 1e-6}}]],
}

local RUN = [[
  local spec, out = ...
  local ok, e = pcall(function() return dofile(spec):run{out = out, resume = true} end)
  print(ok, e)]]

describe("a sweep over", function()
  local dir, out

  before_each(function()
    dir = support.folder()
    out = dir .. "/a.jsonl"
  end)

  after_each(function() support.remove(dir) end)

  local function write(name, text)
    local file = assert(io.open(dir .. "/" .. name, "w"))
    file:write(text)
    file:close()
  end

  local shell -- parent of the child: reaps it, so that it is gone when it is dead

  -- Starts the child in the background; returns its process id.
  local function start()
    local command = "lua5.4 %s/run.lua %s/spec.lua %s >%s/said 2>&1 & echo $!; wait"
    shell = io.popen(command:format(dir, dir, out, dir))
    return shell:read("l")
  end

  local function alive(pid) return os.execute("kill -0 " .. pid .. " 2>/dev/null") end

  local function size() return lfs.attributes(out, "size") or 0 end

  -- Waits until the file has so many bytes, or the child has ended.
  local function wait_size(pid, bytes)
    while size() < bytes and alive(pid) do os.execute("sleep 0.005") end
  end

  local function wait_end() shell:close() end

  local function lines()
    local ok, values = pcall(record.read, out)
    return ok and #values or 0
  end

  local function canonical(result) return shared.canonical(result, dir) end

  local killed, unfinished = 0, 0

  for name, spec in pairs(SPECS) do
    it(name .. " survives kill -9", function()
      write("run.lua", RUN)
      write("spec.lua", spec)
      local s = dofile(dir .. "/spec.lua")
      local whole = canonical(s:run())
      local g = linnet.random(name == "a function" and 1 or 2)
      for _ = 1, 5 do
        os.remove(out)
        for kill = 1, 5 do
          local pid = start()
          -- about 150 bytes a record: somewhere in the next sixth of the work
          wait_size(pid, size() + math.floor(g:uniform(1, 1)(1, 1) * JOBS * 150 / 6) + kill - 1)
          os.execute("kill -9 " .. pid .. " 2>/dev/null")
          wait_end()
          killed = killed + 1
          if lines() < 1 + JOBS then unfinished = unfinished + 1 end
        end
        local result = s:run{out = out, resume = true}
        assert.equal(0, result.missing)
        -- raw lines: one header, every record once
        local values, seen = record.read(out), {}
        assert.equal(1 + JOBS, #values)
        for i = 2, #values do seen[s.grid:job(values[i].point, values[i].seed)] = true end
        for job = 1, JOBS do assert.is_true(seen[job]) end
        assert.equal(whole, canonical(linnet.sweep.merge{out}))
      end
    end)
  end

  it("anything was killed 50 times, at least 40 of them in the middle", function()
    assert.equal(50, killed)
    assert.is_true(unfinished >= 40, ("%d of %d were unfinished"):format(unfinished, killed))
  end)

  it("a function that never returns is stopped by Ctrl-C, its records kept", function()
    write("run.lua", RUN)
    write("spec.lua", [[
      local linnet = require "linnet"
      return linnet.sweep{over = {a = {1, 2, 3, 4}}, run = function(point)
        if point.a == 4 then
          io.open(arg[2] .. ".mark", "w"):close()
          while true do end
        end
        return point.a
      end}]])
    local pid = start()
    while not lfs.attributes(out .. ".mark") and alive(pid) do os.execute("sleep 0.01") end
    assert.is_truthy(alive(pid))
    os.execute("kill -INT " .. pid)
    wait_end()
    local file = io.open(dir .. "/said")
    local said = file:read("a")
    file:close()
    assert.matches("^false\tsweep: a = 4, seed 1: interrupted! %(3 of 4 records are kept in ", said)
    assert.equal(3, #linnet.sweep.load(out).records)
  end)

  it("flows in C is stopped by Ctrl-C too", function()
    write("run.lua", RUN)
    write("spec.lua", [[
      local linnet = require "linnet"
      local X, Y = linnet.data.gaussian{n = 30, D = 50, m = 2, seed = 1}
      return linnet.sweep{over = {tol = {1e-3, 1e-15}}, seeds = 3, problem = linnet.problem(X, Y),
        init = {"gaussian", h = 1e4}, flow = {t = 1000, method = "dopri5"}}]])
    local pid = start()
    while lines() < 4 and alive(pid) do os.execute("sleep 0.01") end
    assert.is_truthy(alive(pid))
    os.execute("kill -INT " .. pid)
    wait_end()
    local file = io.open(dir .. "/said")
    local said = file:read("a")
    file:close()
    assert.matches("interrupted! %(%d of 6 records are kept in ", said)
    assert.is_true(#linnet.sweep.load(out).records >= 3)
  end)
end)

