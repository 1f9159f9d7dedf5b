--- spec/matrix/memory_spec.lua: resident memory stays bounded in both collector modes, without one
-- call of collectgarbage; measured in child processes as VmHWM and VmRSS (Linux).
--
-- SPDX-License-Identifier: MIT

local HEAD = [[
local linnet = require "linnet"
local function resident(what)
  for line in io.lines("/proc/self/status") do
    local kb = line:match("^" .. what .. ":%s*(%d+) kB")
    if kb then return tonumber(kb) // 1024 end
  end
end
]]

--- The MB that a script prints, one number per line, run by the stock interpreter in one mode.
local function megabytes(mode, script)
  local name = os.tmpname()
  local file = assert(io.open(name, "w"))
  file:write(("collectgarbage(%q)\n"):format(mode), HEAD, script)
  file:close()
  local run = assert(io.popen(("LUA_PATH='%s' LUA_CPATH='%s' OPENBLAS_NUM_THREADS=1 lua5.4 %s 2>&1")
    :format(package.path, package.cpath, name)))
  local text = run:read("a")
  run:close()
  os.remove(name)
  local list = {}
  for number in text:gmatch("%d+") do list[#list + 1] = tonumber(number) end
  assert(#list > 0, text)
  return table.unpack(list)
end

local available = io.open("/proc/self/status")
if available then available:close() end

describe("matrix memory", function()
  for _, mode in ipairs{"generational", "incremental"} do
    it("stays small over a million small temporaries, " .. mode, function()
      if not available then return pending("no /proc/self/status") end
      local before, peak = megabytes(mode, [[
        local before = resident("VmHWM")
        local m = linnet.matrix{{0.5, 0.1}, {0.2, 0.5}}
        local sum = m
        for _ = 1, 250000 do sum = (sum * m + m) / 2 - m[1] end -- four temporaries each
        print(before, resident("VmHWM"))
      ]])
      assert.is_true(peak - before < 16, ("%d MB more"):format(peak - before))
    end)

    -- promise: stays near what lives over many 8 MB temporaries, in both collector modes
    it("stays near what lives over many 8 MB temporaries, " .. mode, function()
      if not available then return pending("no /proc/self/status") end
      local peak = megabytes(mode, [[
        local m = linnet.ones(1000, 1000)
        for _ = 1, 300 do m = m + 1 end
        print(resident("VmHWM"))
      ]])
      -- 8 MB live, a step every 32 MB, a full collection at least every 256 MB (see block.c)
      assert.is_true(peak < 256 + 64, ("%d MB"):format(peak))
    end)

    it("gives 1 GB back after it was dropped, while 8 MB temporaries come and go, " .. mode,
      function()
        if not available then return pending("no /proc/self/status") end
        local held, peak, now = megabytes(mode, [[
          local kept = {}
          for k = 1, 128 do kept[k] = linnet.ones(1000, 1024) end
          for _ = 1, 20 do kept[1] = kept[1] * 1 end -- old enough for the generational collector
          print(resident("VmRSS"))
          kept = nil
          local m = linnet.ones(1000, 1024)
          for _ = 1, 300 do m = m + 1 end
          print(resident("VmHWM"), resident("VmRSS"))
        ]])
        assert.is_true(held >= 1000, ("only %d MB held"):format(held)) -- or nothing is measured
        assert.is_true(peak < 2 * held + 256, ("peak %d MB"):format(peak))
        assert.is_true(now < 350, ("%d MB still resident"):format(now))
      end)
  end

  for _, shape in ipairs{{40000, 250}, {250, 40000}} do
    local n, D = table.unpack(shape)
    -- promise: a problem of long data holds one more matrix of their size, and little else
    it(("holds 2.2 times X while %d x %d data are reduced"):format(n, D), function()
      if not available then return pending("no /proc/self/status") end
      local before, peak = megabytes("generational", ([[
        local X, Y = linnet.random(1):normal(%d, %d), linnet.random(2):normal(%d, 2)
        print(resident("VmHWM"))
        local p = linnet.problem(X, Y)
        print(resident("VmHWM"), p.rank)
      ]]):format(n, D, n))
      local X = 8 * n * D / 2 ^ 20
      assert.is_true(peak - before < 1.2 * X, ("%d MB more, X has %.0f"):format(peak - before, X))
    end)
  end
end)
