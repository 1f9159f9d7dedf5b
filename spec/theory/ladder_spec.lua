--- spec/theory/ladder_spec.lua: the rungs of run:bounds().ladder stand in order, at any tolerance.
-- SPDX-License-Identifier: MIT
local linnet = require "linnet"

describe("the ladder", function()
  -- One input seen, one not: ||U2 V'|| grows by exp(int ||A||_2) exactly, v(t)/v(0).
  it("bounds a measured distance that is as large as it can be", function()
    for _, y in ipairs{0.3, 3} do
      local p = linnet.problem(linnet.matrix{{1, 0}}, linnet.matrix{{y}})
      for _, e in ipairs{4, 9, 14} do
        local u = 10.0 ^ -e
        local s = p:init{U = linnet.matrix{{u}, {1e-3}}, V = linnet.matrix{{u}}}
        local path = linnet.exact.scalar{state = s}
        for _, tol in ipairs{1e-2, 1e-6, 1e-9} do
          for _, t in ipairs{20, math.huge} do
            local run = p:flow(s, {t = t, tol = tol})
            local l = run:bounds().ladder
            local exactly = math.log(2 ^ 0.5 * u * 1e-3)
              + math.log(path:at(run.final.t).vv ^ 0.5 / u)
            assert(l[1].log <= l[2].log and l[2].log <= l[3].log + 1e-9)
            -- from above, and tight: a growth of exp(30) is known within 1 % at usual tolerances
            local surplus = l[2].log - exactly
            assert(surplus > -1e-12 and surplus < (tol < 1e-3 and 0.01 or 1))
          end
        end
      end
    end
  end)

  it("stands in order for random problems and starts", function()
    local g, seen = linnet.random(3), 0
    for _ = 1, 60 do
      local n, D, m = g:integer(1, 3), g:integer(4, 7), g:integer(1, 2)
      local p = linnet.problem(g:normal(n, D), g:normal(n, m))
      local h = g:integer(1, 9)
      local size = g:uniform(1, 2)
      local s = p:init{U = 10 ^ (-5 * size:get(1, 1)) * g:normal(D, h),
        V = 10 ^ (-5 * size:get(1, 2)) * g:normal(m, h)}
      local run = p:flow(s, {t = 10, tol = 10 ^ -g:integer(2, 6)})
      local l = run:bounds().ladder
      assert(l[1].log <= l[2].log, "measured above force")
      assert(l[2].log <= l[3].log + 1e-12 * (1 + math.abs(l[3].log)), "force above error")
      assert(l[3].log <= l[4].log + 1e-14 * math.abs(l[4].log), "error above apriori")
      if l[4].log < math.huge then seen = seen + 1 end
    end
    assert(seen > 5)
  end)
end)
