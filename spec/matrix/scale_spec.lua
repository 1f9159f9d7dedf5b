--- spec/matrix/scale_spec.lua: factorizations of subnormal and huge matrices are those of the same
-- matrix near 1, times a power of two. SPDX-License-Identifier: MIT
local linnet = require "linnet"

local matrix = linnet.matrix

-- Of numbers that are whole multiples of 2^-1074 times what stands here: nothing rounds on the way.
local function times(m, e) return m * 2.0 ^ (e // 2) * 2.0 ^ (e - e // 2) end
local POWERS = {-1060, -1040, -800, 0, 800, 1010}

local function near(a, b, tol)
  local worst = (a - b):map(math.abs):max()
  assert(worst <= tol * b:map(math.abs):max(), ("%s\n%s"):format(a, b))
end

describe("factorizations far from 1", function()
  local A = matrix{{3, 1, 2}, {1, -2, 5}, {4, 4, -7}}
  local S = matrix{{4, 1}, {1, 3}}

  it("lu, qr and chol keep their shapes at every scale", function()
    local l0, u0, p0 = A:lu()
    local q0, r0 = A:qr()
    local c0 = S:chol()
    for _, e in ipairs(POWERS) do
      local ulp = math.max(1e-15, 2.0 ^ (-1070 - e)) -- subnormal results have fewer digits
      local l, u, p = times(A, e):lu()
      near(l, l0, 1e-15)
      near(times(u, -e), u0, ulp)
      assert(p == p0)
      local q, r = times(A, e):qr()
      near(q, q0, 1e-15)
      near(times(r, -e), r0, ulp)
      near(times(times(S, e):chol(), -e // 2), c0 * (e % 2 == 0 and 1 or 2 ^ 0.5), 1e-15)
    end
  end)

  it("det is the product, and logdet where that leaves the doubles", function()
    local log0 = A:logdet()
    for _, e in ipairs(POWERS) do
      local log, sign = times(A, e):logdet()
      assert(math.abs(log - (log0 + 3 * e * math.log(2))) < 1e-12 * math.abs(log))
      assert(sign == select(2, A:logdet()))
      local d = times(A, e):det()
      if e ~= 0 then assert(math.abs(d) == (e < 0 and 0 or math.huge)) end
    end
    local log = matrix{{3e-310, 1e-310}, {1e-310, -2e-310}}:logdet()
    assert(math.abs(log - (math.log(7) - 620 * math.log(10))) < 1e-9)
  end)

  it("solve and lstsq give what fits, at mixed scales of both sides", function()
    local b = matrix{1, 2, 3}
    local x0, tall, w = A:solve(b), A:vcat(matrix{{1, 1, 1}}), matrix{1, 2, 3, 4}
    local y0 = tall:lstsq(w)
    for _, e in ipairs(POWERS) do
      for _, f in ipairs(POWERS) do
        if f - e < 1015 and f - e > -1000 then
          near(times(times(A, e):solve(times(b, f)), e - f), x0, 1e-13)
          near(times(times(tall, e):lstsq(times(w, f)), e - f), y0, 1e-13)
        end
      end
    end
  end)

  it("nan has no sign in messages", function()
    local I = linnet.eye(2)
    for _, f in ipairs{
      function() return I(0 / 0, 1) end, function() return I:rank(0 / 0) end,
      function() return linnet.zeros(0 / 0, 1) end, function() return I:reshape(0 / 0, 2) end,
      function() return linnet.random(1):integer(0 / 0, 2) end,
    } do
      local ok, why = pcall(f)
      assert.is_false(ok)
      assert.matches("got nan", tostring(why))
    end
  end)

  it("tables and booleans are told without addresses; the mean of nothing is nan", function()
    local I = linnet.eye(2)
    for want, f in pairs{
      ['must be one of "rows", "cols", got table'] = function() return I:sum{axis = 0} end,
      ["no table as index"] = function() return I[{1, 2}] end,
      ["no boolean as index"] = function() return I[true] end,
    } do
      local ok, why = pcall(f)
      assert.is_false(ok)
      assert.truthy(tostring(why):find(want, 1, true), tostring(why))
    end
    assert.are.equal("nan", tostring(linnet.zeros(0, 2):mean()))
  end)

  it("what exceeds the doubles is an error of solve, inv, lstsq; inf in pinv", function()
    local tiny = 1e-310 * linnet.eye(2)
    for name, f in pairs{
      solve = function() return tiny:solve(linnet.ones(2, 1)) end,
      inv = function() return tiny:inv() end,
      lstsq = function() return tiny:lstsq(linnet.ones(2, 1)) end,
    } do
      local ok, why = pcall(f)
      assert(not ok and why:find(name .. ": the result exceeds the doubles", 1, true), why)
    end
    assert(tiny:pinv() == linnet.diag{math.huge, math.huge})
    local P = matrix{{3e-310, 1e-310}, {1e-310, -2e-310}}:pinv()
    assert(P(1, 1) == math.huge and P(2, 2) == -math.huge)
    near(tiny:solve(matrix{2e-310, 1e-310}), matrix{2, 1}, 1e-12)
    near((1e308 * linnet.eye(2)):pinv(), 1e-308 * linnet.eye(2), 1e-15)
    near((1e-305 * A):pinv() * 1e-305, A:inv(), 1e-14)
  end)

  it("svd, eigh, eig, rank and cond are those near 1", function()
    local _, s0 = A:svd()
    for _, e in ipairs{-1040, -800, 800, 1010} do
      local _, s = times(A, e):svd()
      near(times(s, -e), s0, 1e-9)
      assert(times(A, e):rank() == 3 and math.abs(times(A, e):cond() / A:cond() - 1) < 1e-9)
      near(times((times(S, e):eigh()), -e), (S:eigh()), 1e-9)
      near(times(times(S, e):eig():col(1):copy(), -e), S:eig():col(1):copy(), 1e-9)
    end
  end)
end)
