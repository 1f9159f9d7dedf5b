--- spec/flow/methods_spec.lua: every method of descent against its loop on the full weights, at
-- widths below, at and above k; which methods can be width-free and which cannot; label noise.
-- SPDX-License-Identifier: MIT
local linnet = require "linnet"
local core = require "linnet.core"
package.path = "spec/?.lua;" .. package.path
local losses = require "losses"
local support = require "support"

local ETA, DECAY, MU, RHO, STEPS = 0.02, 0.3, 0.8, 0.2, 25

-- ---------------------------------------------------------------- on the full weights

local residual = losses.residual.squared -- that of the loss in use

-- -dL/dU, -dL/dV.
local function force(X, Y, U, V)
  local G = X:t() * residual(X * U * V:t(), Y)
  return G * V, G:t() * U
end

local function norm(gU, gV) return (gU:norm() ^ 2 + gV:norm() ^ 2) ^ 0.5 end

local function polar(D)
  local P, s, Q = D:svd()
  local kept = linnet.zeros(#s, #s)
  for i = 1, #s do kept:set(i, i, s(i) > 1e-12 * s(1) and 1 or 0) end
  return P * kept * Q:t()
end

-- The least change of U and V that makes the linearized Y - X U V' vanish as far as it can: J^+ E,
-- J a column for each weight.
local function newton(X, Y, U, V)
  local D, m, h = U:rows(), V:rows(), U:cols()
  local columns = {}
  local function column(dU, dV)
    columns[#columns + 1] = (X * (dU * V:t() + U * dV:t())):reshape(X:rows() * m, 1)
  end
  for j = 1, h do
    for i = 1, D do column(linnet.zeros(D, h):set(i, j, 1), V * 0) end
    for i = 1, m do column(U * 0, linnet.zeros(m, h):set(i, j, 1)) end
  end
  local J = columns[1]
  for i = 2, #columns do J = J:hcat(columns[i]) end
  local E = (Y - X * U * V:t()):reshape(X:rows() * m, 1)
  local d = J:pinv(1e-7) * E
  local dU, dV, at = U * 0, V * 0, 0
  for j = 1, h do
    for i = 1, D do at = at + 1; dU:set(i, j, d(at)) end
    for i = 1, m do at = at + 1; dV:set(i, j, d(at)) end
  end
  return dU, dV
end

-- step(X, Y, U, V, memory) -> U, V of each method, as its definition reads.
local full = {}

function full.gd(X, Y, U, V)
  local gU, gV = force(X, Y, U, V)
  return U + (gU - U * DECAY) * ETA, V + (gV - V * DECAY) * ETA
end

full.sgd = full.gd -- with all samples in a batch

local function heavy(X, Y, U, V, memory, look)
  local dU, dV = memory.U or U * 0, memory.V or V * 0
  local aU, aV = U + dU * look, V + dV * look
  local gU, gV = force(X, Y, aU, aV)
  memory.U = dU * MU + (gU - aU * DECAY) * ETA
  memory.V = dV * MU + (gV - aV * DECAY) * ETA
  return U + memory.U, V + memory.V
end

function full.heavy_ball(X, Y, U, V, memory) return heavy(X, Y, U, V, memory, 0) end
function full.nesterov(X, Y, U, V, memory) return heavy(X, Y, U, V, memory, MU) end

local function decoupled(U, V, dU, dV)
  return U * (1 - ETA * DECAY) + dU * ETA, V * (1 - ETA * DECAY) + dV * ETA
end

function full.normalized(X, Y, U, V)
  local gU, gV = force(X, Y, U, V)
  local size = norm(gU, gV)
  return decoupled(U, V, gU / size, gV / size)
end

function full.sam(X, Y, U, V)
  local gU, gV = force(X, Y, U, V)
  local size = RHO / norm(gU, gV)
  return decoupled(U, V, force(X, Y, U - gU * size, V - gV * size))
end

function full.muon(X, Y, U, V, memory)
  local gU, gV = force(X, Y, U, V)
  local mu = memory.mu or MU
  memory.U = memory.U and memory.U * mu + gU or gU
  memory.V = memory.V and memory.V * mu + gV or gV
  return decoupled(U, V, polar(memory.U), polar(memory.V))
end

function full.spectral(X, Y, U, V) return full.muon(X, Y, U, V, {mu = 0}) end

function full.gauss_newton(X, Y, U, V) return decoupled(U, V, newton(X, Y, U, V)) end

-- Not width-free: each weight has its own step.
function full.adam(X, Y, U, V, memory)
  local function moved(name, g, W)
    local m, v = memory[name] or g * 0, memory[name .. "2"] or g * 0
    memory.k = (memory.k or 0) + 0.5
    local k = math.ceil(memory.k)
    m, v = m * 0.9 + g * 0.1, v * 0.999 + g:map(function(x) return 1e-3 * x ^ 2 end)
    memory[name], memory[name .. "2"] = m, v
    return W + core.matrix.new(W:rows(), W:cols(), function(i, j)
      return ETA * (m(i, j) / (1 - 0.9 ^ k)) / ((v(i, j) / (1 - 0.999 ^ k)) ^ 0.5 + 1e-8)
    end)
  end
  local gU, gV = force(X, Y, U, V)
  return moved("U", gU, U), moved("V", gV, V)
end

local function trained(step, X, Y, U, V, noise)
  local memory = {}
  assert(step, "the method has no loop in spec/flow/methods_spec.lua")
  for k = 0, STEPS - 1 do U, V = step(X, noise and Y + noise(k) or Y, U, V, memory) end
  return U, V
end

-- ---------------------------------------------------------------- the same, reduced

-- What each row of `full` is called.
local OPTIONS = {spectral = {method = "muon", momentum = 0}, sam = {rho = RHO},
  heavy_ball = {momentum = MU}, nesterov = {momentum = MU}, muon = {momentum = MU}}

-- polar jumps where a singular value vanishes and turns with 1/gap: it amplifies round-off.
local function tolerance(name) return (name == "muon" or name == "spectral") and 1e-6 or 1e-12 end

local function options(name, more)
  local o = {method = name, eta = ETA, steps = STEPS, weight_decay = DECAY}
  for key, value in pairs(OPTIONS[name] or {}) do o[key] = value end
  for key, value in pairs(more or {}) do o[key] = value end
  return o
end

local function data(m, seed)
  return linnet.data.gaussian{n = 6, D = 9, m = m, noise = 0.3, seed = seed}
end

local NAMES = {"spectral"}
for _, method in ipairs(core.descent.methods) do NAMES[#NAMES + 1] = method end

describe("every method of descent", function()
  for _, name in ipairs(NAMES) do
    -- promise: is its loop on the full weights, at any width, label noise or not
    it(name .. " is its loop on the full weights, at any width, label noise or not", function()
      for seed, case in ipairs{{1, 3}, {1, 7}, {1, 20}, {2, 1}, {2, 8}, {2, 15}, {3, 2}, {3, 9},
        {3, 30}} do -- k = 6 + m
        local m, h = table.unpack(case)
        local X, Y = data(m, seed)
        local p = linnet.problem(X, Y)
        local s = p:init("gaussian", {h = h, std_u = 0.5, std_v = 0.7, seed = seed,
          explicit = true})
        local rng = linnet.random(seed)
        local list = {}
        for k = 0, STEPS - 1 do list[k] = rng:normal(6, m) * 0.1 end
        for _, noise in ipairs{false, function(k) return list[k] end} do
          local U, V = trained(full[name], X, Y, s:U(), s:V(), noise)
          local final = p:descend(s, options(name, {label_noise = noise or nil})).final
          local bar = tolerance(name)
          assert.is_true(support.relative(final:U(), U) < bar)
          assert.is_true(support.relative(final:V(), V) < bar)
          assert.is_true(support.relative(final:theta(), U * V:t()) < bar)
        end
      end
    end)
  end

  it("is its loop on the full weights with any loss, or is refused", function()
    for _, loss in ipairs(losses.names) do
      residual = losses.residual[loss]
      for seed, h in ipairs{2, 9, 20} do
        local X, F = data(loss == "logistic" and 1 or 3, seed)
        local Y = losses.targets(loss, F, seed == 2 and 0.2)
        local p = linnet.problem(X, Y, {loss = losses.option(loss)})
        local s = p:init("gaussian", {h = h, std_u = 0.5, std_v = 0.7, seed = seed,
          explicit = true})
        for _, name in ipairs(NAMES) do
          if core.descent.squared[name] then
            assert.is_false(pcall(p.descend, p, s, options(name)))
          else
            local U, V = trained(full[name], X, Y, s:U(), s:V())
            local final = p:descend(s, options(name)).final
            assert.is_true(support.relative(final:U(), U) < tolerance(name), name)
            assert.is_true(support.relative(final:V(), V) < tolerance(name), name)
            local value = losses.value[loss](X * U * V:t(), Y)
            assert.is_true(math.abs(final:loss() / value - 1) < tolerance(name))
          end
        end
        local mean = {eta = ETA * 6, loss = "mean", steps = STEPS} -- the mean over samples
        local sum = {eta = ETA, steps = STEPS}
        assert.is_true(support.relative(p:descend(s, mean).final:U(),
          p:descend(s, sum).final:U()) < 1e-12)
      end
    end
    residual = losses.residual.squared
  end)

  it("takes batches of any loss: the mean over the batches of an epoch is the gradient", function()
    local X, F = data(3, 1)
    local Y = losses.targets("softmax", F)
    local p = linnet.problem(X, Y, {loss = "softmax"})
    local s = p:init("gaussian", {h = 9, std = 0.5, seed = 1, explicit = true})
    residual = losses.residual.softmax
    local gU = force(X, Y, s:U(), s:V())
    residual = losses.residual.squared
    local sum = gU * 0 -- a step of size eps from the same state, by seeds that draw each sample
    local seen = {}
    for seed = 1, 60 do
      local after = p:descend(s, {method = "sgd", batch = 1, seed = seed, eta = 1e-6, steps = 1})
      local step = (after.final:U() - s:U()) * (1e6 / 6)
      local key = ("%.6f"):format(step:norm())
      if not seen[key] then sum, seen[key] = sum + step, true end
    end
    assert.is_true(support.relative(sum, gU) < 1e-6)
  end)

  it("agrees with the reference: muon, label noise", function()
    local ref, p, s = support.case("descents")
    local d = ref.methods.muon
    local muon = p:descend(s, {method = "muon", eta = d.eta, momentum = d.momentum,
      steps = d.steps}).final
    -- singular values of the velocity begin at 5e-11 of the largest: the loop on full weights is at
    -- 4e-9 too
    assert.is_true(support.relative(muon:U(), linnet.matrix(d.U)) < 2e-8)
    assert.is_true(support.relative(muon:V(), linnet.matrix(d.V)) < 2e-8)
    d = ref.methods.label_noise
    local noisy = p:descend(s, {eta = d.eta, steps = d.steps,
      label_noise = function(k) return linnet.matrix(d.noise[k + 1]) end}).final
    assert.is_true(support.relative(noisy:U(), linnet.matrix(d.U)) < 1e-12)
    assert.is_true(support.relative(noisy:V(), linnet.matrix(d.V)) < 1e-12)
    assert.is_true(math.abs(noisy:loss() / d.loss - 1) < 1e-12)
  end)

  it("does not see a rotation of the hidden units, which changes what Adam learns", function()
    local X, Y = data(2, 5)
    local p = linnet.problem(X, Y)
    local s = p:init("gaussian", {h = 20, std = 0.5, seed = 1, explicit = true})
    local O = linnet.random(7):normal(20, 20):qr()
    local turned = p:init{U = s:U() * O, V = s:V() * O}
    for _, name in ipairs(NAMES) do
      local o = options(name)
      local a, b = p:descend(s, o).final, p:descend(turned, o).final
      assert.is_true(support.relative(a:theta(), b:theta()) < tolerance(name))
      assert.is_true(support.relative(a:U() * O, b:U()) < tolerance(name))
    end
    local function adam(start)
      local U, V = trained(full.adam, X, Y, start:U(), start:V())
      return 0.5 * (Y - X * U * V:t()):norm() ^ 2
    end
    assert.is_true(math.abs(adam(s) / adam(turned) - 1) > 0.01)
  end)
end)

describe("label noise", function()
  local X, Y = data(2, 3)
  local p = linnet.problem(X, Y)
  local s = p:init("gaussian", {h = 20, std = 0.6, seed = 1, explicit = true})

  -- L' J L in the hidden coordinates that a descent leaves alone.
  local function imbalance(state)
    local U, V = state:reduced()
    return U:t() * U - V:t() * V
  end

  it("moves the imbalance by exactly -eta^2 Z' J T^2 Z, T with the noise", function()
    -- the largest miss of one step, over how much there was to miss
    local function miss(m, h, o, with_noise)
      local A, B = data(m, 10 + m)
      local q = linnet.problem(A, B)
      local start = q:init("gaussian", {h = h, alpha = 0.5, seed = m})
      local W, _, Yt = q:reduced()
      local sigma, Xi = linnet.diag(q:singular_values()), linnet.random(11):normal(6, m)
      o.eta, o.steps, o.label_noise = 0.05, 1, nil
      local before = q:descend(start, o).final
      o.steps, o.label_noise = 2, function(k) return k == 1 and Xi or Xi * 0 end
      local after = q:descend(start, o).final
      local U, V = before:reduced()
      local N = with_noise and W:t() * Xi or Yt * 0
      local T = sigma * (Yt + N - sigma * U * V:t()) -- the block of S + N
      local TV, TU = T * V, T:t() * U
      local law = (TV:t() * TV - TU:t() * TU) * 0.05 ^ 2 -- -Z' J T^2 Z in blocks
      return support.relative(imbalance(after) - imbalance(before), law)
    end
    for m, h in ipairs{3, 30, 1e12} do -- below k, above it, far above
      for _, o in ipairs{{}, {method = "sgd"}} do
        assert.is_true(miss(m, h, o, true) < 1e-11) -- Lambda is larger, and rounded
        assert.is_true(miss(m, h, o, false) > 0.1) -- S alone is not the law
      end
      for _, o in ipairs{{weight_decay = 0.1}, {method = "heavy_ball", momentum = 0.5},
        {method = "nesterov", momentum = 0.5}, {method = "sam"}, {method = "normalized"}} do
        assert.is_true(miss(m, h, o, true) > 1e-2) -- nor is it that of other steps
      end
    end
  end)

  it("of a given sd is independent and normal with it, by seed and step", function()
    local _, _, Yt = p:reduced()
    local sigma, values = linnet.diag(p:singular_values()), {}
    local function noise_of(state, seed) -- V+ - V = eta (A + diag(sigma) N)' U
      local U, V = state:reduced()
      local o = {eta = 1e-2, steps = 1, label_noise = 0.3, seed = seed}
      local _, after = p:descend(state, o).final:reduced()
      local A = ((after - V) / o.eta * U:pinv()):t()
      return sigma:solve(A) - (Yt - sigma * U * V:t())
    end
    for seed = 1, 400 do
      local N = noise_of(s, seed)
      for i = 1, 6 do
        for j = 1, 2 do values[#values + 1] = N(i, j) / 0.3 end
      end
    end
    local normal, rng = {}, linnet.random(5)
    for i = 1, #values do normal[i] = rng:normal() end
    assert.is_true(support.ks(values, normal) < 1.63 * (2 / #values) ^ 0.5) -- 1 %
    local one = p:descend(s, {eta = 1e-2, steps = 1, label_noise = 0.3, seed = 1}).final
    assert.is_true((noise_of(s, 1) - noise_of(one, 1)):norm() > 0.1)
  end)

  it("goes on where a descent goes on: two halves are one whole", function()
    for _, method in ipairs{"gd", "sam", "normalized", "gauss_newton"} do
      local o = {method = method, eta = 0.01, label_noise = 0.2, seed = 4}
      local function run(from, steps)
        o.steps = steps
        return p:descend(from, o).final
      end
      local whole, halves = run(s, 20), run(run(s, 13), 7)
      assert.is_true(whole:theta() == halves:theta())
      o.seed = 5
      assert.is_true(support.relative(run(s, 20):theta(), whole:theta()) > 1e-6)
    end
  end)

  it("reaches the rows of a batch: an epoch of small steps is one step on Y + noise", function()
    local Xi = linnet.random(11):normal(6, 2)
    local epoch = p:descend(s, {method = "sgd", batch = 2, eta = 1e-8, steps = 3,
      label_noise = function() return Xi end}).final
    local noisy = linnet.problem(X, Y + Xi)
    local one = noisy:descend(noisy:init{U = s:U(), V = s:V()}, {eta = 3e-8, steps = 1}).final
    local moved = (one:theta() - s:theta()):norm()
    assert.is_true((epoch:theta() - one:theta()):norm() < 1e-5 * moved)
    local plain = p:descend(s, {method = "sgd", batch = 2, eta = 1e-8, steps = 3}).final
    assert.is_true((plain:theta() - one:theta()):norm() > 0.1 * moved)
    local drawn = {method = "sgd", batch = 2, eta = 1e-2, steps = 3, label_noise = 0.3, seed = 2}
    local first = p:descend(s, drawn).final
    assert.is_true(p:descend(s, drawn).final:theta() == first:theta())
    drawn.label_noise = nil
    assert.is_true(support.relative(p:descend(s, drawn).final:theta(), first:theta()) > 1e-3)
  end)

  it("is refused where it is none, and so is a seed without it", function()
    for want, noise in pairs{
      ["option 'label_noise' must be a number > 0 or a function, got 0"] = 0,
      ["option 'label_noise' must be a number > 0 or a function, got nan"] = 0 / 0,
      ["label_noise%(2, state%) must be a 6 x 2 matrix of finite numbers, got a 2 x 6 matrix"] =
        function(k) return linnet.zeros(k < 2 and 6 or 2, k < 2 and 2 or 6) end,
      ["label_noise%(0, state%) must be a 6 x 2 matrix of finite numbers, got a 6 x 2 matrix"] =
        function() return linnet.zeros(6, 2):set(1, 1, 0 / 0) end,
      ["label_noise%(0, state%) must be .* got nil"] = function() end,
    } do
      local ok, why = pcall(p.descend, p, s, {eta = 0.01, steps = 3, label_noise = noise})
      assert.is_false(ok)
      assert.matches("descend: " .. want, tostring(why))
    end
    local ok, why = pcall(p.descend, p, s, {eta = 0.01, steps = 3, seed = 1})
    assert.is_false(ok)
    assert.matches("'seed' is not used by method 'gd', only by sgd and by label_noise = sd",
      tostring(why))
  end)
end)
