--- spec/theory/exact_spec.lua: closed forms against an integrator of its own, against each other,
-- and at
-- the ends of time and scale. SPDX-License-Identifier: MIT
local linnet = require "linnet"
local core = require "linnet.core"

local matrix, exact = linnet.matrix, linnet.exact
local INF = math.huge

-- ---------------------------------------------------------------- an independent integrator

-- dU1/dt = A V, dV/dt = A'U1, A = diag(sigma) (Yt - diag(sigma) U1 V').
local function velocity(U, V, y, S)
  local A = S * (y - S * (U * V:t()))
  return A * V, A:t() * U
end

local function rk4(U, V, y, S, t, steps)
  local h = t / steps
  for _ = 1, steps do
    local u1, v1 = velocity(U, V, y, S)
    local u2, v2 = velocity(U + (h / 2) * u1, V + (h / 2) * v1, y, S)
    local u3, v3 = velocity(U + (h / 2) * u2, V + (h / 2) * v2, y, S)
    local u4, v4 = velocity(U + h * u3, V + h * v3, y, S)
    U = U + (h / 6) * (u1 + 2 * u2 + 2 * u3 + u4)
    V = V + (h / 6) * (v1 + 2 * v2 + 2 * v3 + v4)
  end
  return U, V
end

-- The classical method with one Richardson extrapolation: about 1e-11 at the sizes below.
local function integrate(U, V, y, t, S)
  S = S or linnet.eye(U:rows())
  local steps = math.ceil(150 * (1 + t))
  local u1, v1 = rk4(U, V, y, S, t, steps)
  local u2, v2 = rk4(U, V, y, S, t, 2 * steps)
  return u2 + (u2 - u1) * (1 / 15), v2 + (v2 - v1) * (1 / 15)
end

local function close(a, b, tol)
  local size = math.max(core.matrix.max_abs(a), core.matrix.max_abs(b))
  local off = core.matrix.max_abs(a - b)
  assert(off <= tol * size, ("differ by %g of %g"):format(off, size))
end

local function same(path, t, U, V, tol)
  local z = path:at(t)
  close(z.U1V, U * V:t(), tol)
  close(z.U1U1, U * U:t(), tol)
  close(z.VV, V * V:t(), tol)
end

local generator = linnet.random(11)
local function normal(r, c) return generator:normal(r, c) end

-- ---------------------------------------------------------------- Lambda = lam I

-- U1'U1 - V'V = lam I with h columns at U1 V' = some map: U1 = P (s^2 + lam)^(1/2) O', V = R s O'.
local function homogeneous_start(r, m, h, lam, size)
  local P, R = generator:orthogonal(r, r), generator:orthogonal(m, m)
  local U, V = linnet.zeros(r, h), linnet.zeros(m, h)
  for i = 1, h do
    local s = i <= math.min(r, m) and size * (0.4 + generator:uniform(1, 1):get(1, 1)) or 0
    local u, v = (s * s + math.max(lam, 0)) ^ 0.5, (s * s + math.max(-lam, 0)) ^ 0.5
    if i <= r then U:set(i, i, u) end
    if i <= m then V:set(i, i, v) end
  end
  local O = generator:orthogonal(h, h)
  return P * U * O:t(), R * V * O:t()
end

describe("linnet.exact.homogeneous", function()
  it("follows the integrated flow from balanced starts of every shape", function()
    for _, shape in ipairs{{3, 2, 2}, {2, 3, 5}, {1, 1, 1}, {4, 1, 3}, {2, 2, 1}, {3, 3, 3}} do
      local r, m, h = table.unpack(shape)
      local U, V = homogeneous_start(r, m, h, 0, 0.7)
      local y = normal(r, m)
      local path = exact.homogeneous{U1 = U, V = V, target = y}
      for _, t in ipairs{0, 0.37, 1.9} do
        local u, v = integrate(U, V, y, t)
        same(path, t, u, v, 1e-9)
      end
    end
  end)

  it("follows it for lam > 0 and lam < 0", function()
    for _, case in ipairs{{4, 2, 3, 0.8}, {3, 1, 2, 2.3}, {2, 4, 3, -0.6}, {1, 3, 2, -1.7}} do
      local r, m, h, lam = table.unpack(case)
      local U, V = homogeneous_start(r, m, h, lam, 0.5)
      local y = normal(r, m)
      local path = exact.homogeneous{U1 = U, V = V, target = y, lam = lam}
      for _, t in ipairs{0.21, 1.3} do
        local u, v = integrate(U, V, y, t)
        same(path, t, u, v, 1e-9)
      end
    end
  end)

  it("is a semigroup at tiny and large scales and up to t = 1e4", function()
    for _, size in ipairs{1e-9, 0.3, 1e4} do
      local U, V = homogeneous_start(3, 2, 2, 0, size)
      local y = normal(3, 2)
      local path = exact.homogeneous{U1 = U, V = V, target = y}
      for _, t in ipairs{0.5 / (1 + size ^ 2), 3, 40, 1e4} do
        local half = path:at(t / 2).Z
        local rest = exact.homogeneous{U1 = half:sub(1, 3, 1, 2), V = half:sub(4, 5, 1, 2),
          target = y}
        local z = path:at(t)
        -- the half-way state carries round-off of its own, which slow modes amplify by their growth
        close(rest:at(t / 2).U1V, z.U1V, 1e-6)
        close(z.U1U1:sub(1, 3, 1, 3), z.U1U1, 0)
      end
    end
  end)

  it("ends at the target when the start reaches it, and t = 1e4 and 1e300 are the limit", function()
    for _, shape in ipairs{{3, 2, 4, 0}, {2, 3, 2, 0}, {3, 2, 3, 0.7}, {2, 3, 3, -0.7}} do
      local r, m, h, lam = table.unpack(shape)
      local U, V = homogeneous_start(r, m, h, lam, 0.6)
      local y = U * V:t() * 2.5 + 0.05 * normal(r, m) -- no sign of a mode has to change
      local path = exact.homogeneous{U1 = U, V = V, target = y, lam = lam}
      close(path:at(INF).U1V, y, 1e-12)
      for _, t in ipairs{1e4, 1e300} do
        for name, limit in pairs(path:at(INF)) do
          if name ~= "Z" then close(path:at(t)[name], limit, 1e-11) end
        end
      end
    end
  end)

  it("learns modes one after the other from 1e-12, each as its own closed form says", function()
    local y, size = matrix{{3, 0}, {0, 1.25}}, 1e-12
    local path = exact.homogeneous{
      U1 = size * linnet.eye(2), V = size * linnet.eye(2), target = y,
    }
    for _, t in ipairs{5, 9.21, 15, 22.1, 30, 60} do
      local p = path:at(t).U1V
      for i = 1, 2 do
        local s = y:get(i, i)
        local one = exact.scalar{U1 = matrix{{size}}, V = matrix{{size}}, target = s}:at(t).p
        assert(math.abs(p:get(i, i) - one) <= 1e-11 * one)
      end
      assert(math.abs(p:get(1, 2)) < 1e-12)
    end
  end)

  it("learns a mode however small it starts beside a large one, in any basis of columns", function()
    for _, e in ipairs{1e-10, 1e-14, 3e-15, 1e-16, 1e-18, 1e-100} do
      for _, y in ipairs{{1, 1}, {3, 1}, {1, 3}} do
        local Z = linnet.diag{1, e}:hcat(linnet.zeros(2, 3)) * generator:orthogonal(5, 5)
        local path = exact.homogeneous{U1 = Z, V = Z, target = linnet.diag(y)}
        for _, t in ipairs{0, 20, 60, 1e4, INF} do
          local P = path:at(t).U1V
          for i, size in ipairs{1, e} do
            local one = exact.scalar{U1 = matrix{{size}}, V = matrix{{size}}, target = y[i]}:at(t).p
            assert(math.abs(P:get(i, i) - one) <= 1e-11 * one + 1e-300)
          end
        end
      end
    end
  end)

  it("stays at the saddle that an anti-aligned start runs into", function()
    local path = exact.homogeneous{U1 = matrix{{0.9}}, V = matrix{{-0.9}}, target = matrix{{1.5}}}
    for _, t in ipairs{20, 1e4, INF} do assert(math.abs(path:at(t).U1V:get(1, 1)) < 1e-12) end
    -- control: in two dimensions half a turn stays too, and a little more or less does not
    local y = linnet.diag{1.5, 1.2}
    local function turned(angle)
      local c, s = math.cos(angle), math.sin(angle)
      return exact.homogeneous{
        U1 = 0.9 * linnet.eye(2), V = -0.9 * matrix{{c, -s}, {s, c}}, target = y,
      }:at(1e4).U1V
    end
    assert(core.matrix.max_abs(turned(0)) < 1e-12)
    close(turned(1e-7), y, 1e-12)
  end)

  it("stays there although other modes mix with it at every step", function()
    local P, R = generator:orthogonal(3, 3), generator:orthogonal(3, 3)
    local U = 0.5 * linnet.eye(3)
    U:set(1, 2, 0.2) -- modes 1 and 2 turn into each other, mode 3 goes to the saddle
    local V = matrix{{0.6, 0.8, 0}, {-0.8, 0.6, 0}, {0, 0, -1}} * U
    local y = P * linnet.diag{2, 1.1, 0.7} * R:t()
    local path = exact.homogeneous{U1 = P * U, V = R * V, target = y}
    for _, t in ipairs{30, 200, 1e4, INF} do
      close(path:at(t).U1V, P * linnet.diag{2, 1.1, 0} * R:t(), 1e-8)
    end
  end)

  it("counts equal singular values of the target as one eigenspace", function()
    local U, V = homogeneous_start(3, 3, 2, 0, 0.5) -- width 2 learns two of three equal modes
    local y = 1.5 * linnet.eye(3)
    local path = exact.homogeneous{U1 = U, V = V, target = y}
    local limit = path:at(INF)
    close(limit.U1V, path:at(200).U1V, 1e-11)
    -- 1.5 times a projector of rank 2
    close(limit.U1V * limit.U1V, 1.5 * limit.U1V, 1e-12)
    assert(math.abs(limit.U1V:trace() - 3) < 1e-12)
  end)

  it("refuses unbalanced weights and unwhitened data, with the numbers", function()
    local ok, why = pcall(function()
      exact.homogeneous{U1 = linnet.eye(2), V = linnet.eye(1, 2), target = linnet.ones(2, 1)}
    end)
    assert(not ok and why:find("differs from lam I", 1, true) and why:find("exact_spec", 1, true))
    ok, why = pcall(exact.homogeneous, {U1 = linnet.eye(1), V = linnet.eye(1),
      target = linnet.ones(1, 1), sigma = {2}})
    assert(not ok and why:find("singular values of X equal to 1, got 2", 1, true))
    ok, why = pcall(exact.homogeneous, {U1 = linnet.eye(2), V = linnet.eye(1),
      target = linnet.ones(2, 1)})
    assert(not ok and why:find("U1 is 2 x 2, V 1 x 1", 1, true))
  end)
end)

-- ---------------------------------------------------------------- Z Z' = diag(a I, b I)

describe("linnet.exact.orthogonal and diagonal", function()
  it("follow the integrated flow for m < r, m = r, m > r", function()
    for _, case in ipairs{{3, 2, 0.8, 0.8}, {2, 2, 1.3, 0.2}, {2, 4, 0.1, 0.9}, {3, 1, 0, 0.7}} do
      local r, m, a, b = table.unpack(case)
      local y = normal(r, m)
      local U = linnet.eye(r, r + m) * a ^ 0.5
      local V = linnet.zeros(m, r):hcat(linnet.eye(m)) * b ^ 0.5
      local path = exact.diagonal{target = y, a = a, b = b}
      for _, t in ipairs{0.31, 1.7} do
        local u, v = integrate(U, V, y, t)
        same(path, t, u, v, 1e-9)
      end
    end
  end)

  it("begin at lam I and end at the target with V V' = (lam^2 I + Yt'Yt)^(1/2)", function()
    local y, lam = normal(3, 2), 0.77
    local path = exact.orthogonal{target = y, lam = lam}
    close(path:at(0).U1U1, lam * linnet.eye(3), 1e-15)
    close(path:at(0).VV, lam * linnet.eye(2), 1e-15)
    local limit = path:at(INF)
    close(limit.U1V, y, 1e-14)
    close(limit.VV * limit.VV, lam ^ 2 * linnet.eye(2) + y:t() * y, 1e-13)
    for name, m in pairs(limit) do close(path:at(1e4)[name], m, 1e-14) end
  end)

  it("keep U1'U1 - V'V, which shows in U1U1 U1V - U1V VV = (a - b) U1V, at all scales", function()
    for _, case in ipairs{{1e-150, 1e-150}, {1e-8, 3e-8}, {2, 0.5}, {1e8, 1e7}, {1e150, 1}} do
      local a, b = table.unpack(case)
      local y = normal(2, 2)
      local path = exact.diagonal{target = y, a = a, b = b}
      for _, t in ipairs{1e-9, 0.4, 30, 1e4, INF} do
        local z = path:at(t)
        local left, right = z.U1U1 * z.U1V, z.U1V * z.VV + (a - b) * z.U1V
        local size = math.max(core.matrix.max_abs(left), core.matrix.max_abs(right))
        assert(size < INF and core.matrix.max_abs(left - right) <= 1e-13 * size)
      end
    end
  end)

  it("stay at 0 for lam = 0 and learn nothing beyond the target's rank", function()
    local y = matrix{{1, 2}, {2, 4}, {0, 0}}
    assert(core.matrix.max_abs(exact.orthogonal{target = y, lam = 0}:at(INF).U1V) == 0)
    close(exact.orthogonal{target = y, lam = 1e-3}:at(INF).U1V, y, 1e-13)
  end)
end)

-- ---------------------------------------------------------------- r = m = 1

describe("linnet.exact.scalar", function()
  local starts = {
    {{0.3, -0.1}, {0.2, 0.5}, 2, 1.5}, {{0.3, -0.1}, {-0.6, 0.5}, 2, 0.7},
    {{0.9, 0.4}, {0.8, 0.1}, -0.6, 1.2}, {{1, 0.2}, {0.3, 0.9}, 0, 1.1},
    {{0.7}, {0.4}, 0.9, 1.3}, {{0.7}, {-0.7}, 0.9, 1.3}, {{0.7}, {0.7}, 0, 0.8},
    {{2.5}, {2.5}, 0.3, 1}, {{0, 0}, {0.4, 0.3}, 1.2, 0.9},
  }

  it("follows the integrated flow in every branch", function()
    for _, case in ipairs(starts) do
      local U, V, y, sigma = matrix{case[1]}, matrix{case[2]}, case[3], case[4]
      local path = exact.scalar{U1 = U, V = V, target = y, sigma = sigma}
      for _, t in ipairs{0, 0.17, 2.1} do
        local u, v = integrate(U, V, matrix{{y}}, t, matrix{{sigma}})
        local z = path:at(t)
        for name, exactly in pairs{p = u * v:t(), uu = u * u:t(), vv = v * v:t()} do
          assert(math.abs(z[name] - exactly:get(1, 1)) < 1e-10, name)
        end
      end
    end
  end)

  it("keeps |u|^2 - |v|^2 and |u|^2 |v|^2 - p^2 at every scale and time", function()
    for _, case in ipairs(starts) do
      for _, size in ipairs{1e-30, 1e-6, 1, 1e6} do
        local U, V = size * matrix{case[1]}, size * matrix{case[2]}
        local path = exact.scalar{U1 = U, V = V, target = case[3], sigma = case[4]}
        local z0 = path:at(0)
        for _, t in ipairs{1e-12, 0.3, 50, 1e4, 1e300, INF} do
          local z = path:at(t)
          local top = math.max(z.uu, z.vv)
          assert(math.abs(z.uu - z.vv - (z0.uu - z0.vv)) <= 1e-14 * top)
          assert(math.abs(z.uu * z.vv - z.p ^ 2 - (z0.uu * z0.vv - z0.p ^ 2)) <= 1e-14 * top ^ 2)
        end
      end
    end
  end)

  it("is the homogeneous form for r = m = 1 and the orthogonal one for orthogonal u, v", function()
    local one = exact.scalar{U1 = matrix{{0.4}}, V = matrix{{0.4}}, target = 1.7}
    local other = exact.homogeneous{U1 = matrix{{0.4}}, V = matrix{{0.4}}, target = matrix{{1.7}}}
    local lam = 0.35
    local up = exact.scalar{
      U1 = matrix{{lam ^ 0.5, 0}}, V = matrix{{0, lam ^ 0.5}}, target = -1.7,
    }
    local wide = exact.orthogonal{target = matrix{{-1.7}}, lam = lam}
    for _, t in ipairs{0.01, 0.6, 3, 1e4, INF} do
      close(other:at(t).U1V, matrix{{one:at(t).p}}, 1e-13)
      close(wide:at(t).U1V, matrix{{up:at(t).p}}, 1e-13)
      close(wide:at(t).VV, matrix{{up:at(t).vv}}, 1e-13)
    end
  end)

  it("leaves the saddle when c lets it, at the time that log(1/c) says", function()
    -- u = (1, e), v = (-1, e): c = 4 e, p(0) = -1 + e^2; growth rate 2 sigma yt near 0
    for _, e in ipairs{1e-3, 1e-20, 1e-120, 1e-250} do
      local path = exact.scalar{U1 = matrix{{1, e}}, V = matrix{{-1, e}}, target = 2}
      local low, high = 0, 1e4
      for _ = 1, 200 do
        local t = 0.5 * (low + high)
        if path:at(t).p < 1 then low = t else high = t end
      end
      local expected = -math.log(e) / 2 -- half the logarithm down, half up, each at rate 4 in p
      assert(math.abs(low - expected) < 1.5, ("left at %g, expected %g"):format(low, expected))
      assert(path:at(INF).p == 2)
    end
    local never = exact.scalar{U1 = matrix{{1}}, V = matrix{{-1}}, target = 2}
    assert(never.c == 0 and never:at(INF).p == 0 and math.abs(never:at(1e4).p) < 1e-300)
  end)

  it("keeps a start of zero imbalance on its way to the saddle, at any width", function()
    for _, h in ipairs{1, 2, 3, 4, 50, 1000} do
      local u = matrix(1, h, function(_, j) return (0.3 + 0.1 * j * j) / h ^ 2 end)
      local path, p0 = exact.scalar{U1 = u, V = -u, target = 2}, -(u * u:t()):get(1, 1)
      assert(path.c == 0)
      for _, t in ipairs{1, 10, 30, 1000, INF} do
        local e = math.exp(-4 * t)
        local want = 2 * e / (e + 2 / p0 - 1)
        assert(math.abs(path:at(t).p - want) <= 1e-12 * math.abs(want) + 1e-300)
      end
    end
    local p, u = linnet.problem(linnet.eye(1), matrix{{2}}), matrix{{0.4, 0.7, 1.2}}
    assert(math.abs(exact.scalar{state = p:init{U = u, V = -u}}:at(30).p) < 1e-50)
  end)

  it("takes c of nearly balanced weights to its own round-off", function()
    -- c^2 = (|u|^2 - |v|^2)^2 + 4 (|u|^2 |v|^2 - (u.v)^2), in whole numbers times powers of two
    for _, e in ipairs{2.0 ^ -10, 2.0 ^ -30, 2.0 ^ -50} do
      for _, size in ipairs{1, 2.0 ^ -500, 2.0 ^ 400} do
        local u, v = matrix{{1, 2, 0, 0}}, matrix{{1 + e, 2, 0, 0}}
        local c = exact.scalar{U1 = size * u, V = size * v, target = 1}.c
        local want = ((e * (2 + e)) ^ 2 + 4 * (2 * e) ^ 2) ^ 0.5 * size * size
        assert(math.abs(c / want - 1) < 1e-15)
      end
    end
  end)

  it("refuses more than one mode", function()
    local ok, why = pcall(exact.scalar, {U1 = linnet.eye(2), V = linnet.eye(1, 2),
      target = linnet.ones(2, 1)})
    assert(not ok and why:find("needs rank 1 and m = 1, got 2 and 1", 1, true))
  end)
end)

-- ---------------------------------------------------------------- lazy

describe("linnet.exact.lazy", function()
  local U, V, y, sigma = normal(3, 5), normal(2, 5), normal(3, 2), {1.7, 0.9, 0.2}
  local S = linnet.diag(sigma)

  it("is exp(-K t) E(0), K built as one matrix", function()
    local K = (V * V:t()):kron(S * S) + linnet.eye(2):kron(S * U * U:t() * S)
    local E0 = (y - S * U * V:t()):reshape(6, 1)
    local path = exact.lazy{U1 = U, V = V, target = y, sigma = sigma}
    for _, t in ipairs{0, 0.2, 1.5} do
      close(path:at(t).E:reshape(6, 1), (K * -t):expm() * E0, 1e-12)
    end
    close(path:at(0.4).U1V, S:inv() * (y - path:at(0.4).E), 1e-13)
    assert(core.matrix.max_abs(path:at(INF).E) == 0)
  end)

  it("keeps the error that the kernel does not see, also when round-off hides that", function()
    local R = generator:orthogonal(3, 3)
    local path = exact.lazy{
      U1 = linnet.zeros(2, 1), V = R * matrix{1.3, 0, 0}, target = normal(2, 3),
    }
    local E0, E = path:at(0).E * R, path:at(INF).E * R
    close(E:sub(1, 2, 2, 3), E0:sub(1, 2, 2, 3), 1e-13)
    assert(core.matrix.max_abs(E:col(1)) < 1e-13)
  end)

  it("begins with the flow's own velocity and leaves it as the kernel moves", function()
    local X, Y = linnet.data.gaussian{n = 4, D = 6, m = 2, seed = 3}
    local p = linnet.problem(X, Y)
    local s = p:init("gaussian", {h = 20, seed = 4})
    local path = exact.lazy{state = s}
    local start = s:excess()
    local function off(t) -- the network's excess against the lazy one
      local lazy = path:at(t).E:norm() ^ 2 / 2
      return math.abs(p:flow(s, {t = t, tol = 1e-9}).final:excess() - lazy) / start
    end
    assert(off(1e-3) < 1e-5 and off(2e-3) / off(1e-3) > 3.5) -- second order in t
    assert(off(1) > 1e-3)
  end)
end)

describe("times", function()
  it("must be numbers >= 0", function()
    local path = exact.orthogonal{target = linnet.ones(2, 1)}
    for _, t in ipairs{-1, 0 / 0, "1", {}} do
      local ok, why = pcall(path.at, path, t)
      assert(not ok and why:find("t must be a number >= 0", 1, true))
    end
  end)
end)
