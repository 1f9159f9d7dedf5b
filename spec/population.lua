--- spec/population.lua: problems, starts and ends of spec/reference/population.npy as
-- linnet objects (bench/population.lua says what the file holds). Not a spec itself.
-- SPDX-License-Identifier: MIT
local linnet = require "linnet"

local M = {}

local function max_abs(a) return a:map(math.abs):max() end

M.METHODS = {"auto", "expo2", "expo4", "dop853", "dopri5"}
M.TOLERANCES = {1e-3, 1e-6, 1e-9}

--- Whether a tolerance is worth the steps of a method: expo2, of order 2, is left out below 1e-8.
function M.pays(method, tol) return method ~= "expo2" or tol > 1e-8 end

M.KINDS = {[0] = "gaussian", "balanced", "imbalanced", "spectral", "homogeneous", "orthogonal",
  "tiny", "mixed"}

-- The first rows of an orthogonal h x h matrix: I - 2 v v' / v'v with v no axis in particular.
local function frame(k, h)
  if h == k then return linnet.eye(k) end
  local v, sum = {}, 0
  for i = 1, h do
    v[i] = math.sin(3 * i) + 1.5
    sum = sum + v[i] ^ 2
  end
  return linnet.matrix(k, h, function(i, j) return (i == j and 1 or 0) - 2 * v[i] * v[j] / sum end)
end

--- A list of problems: the numbers of the file, and `problem`, `start` of linnet.
-- X is diag(sigma) among zeros, which keeps the reduced system to the last bit.
function M.load(path)
  local values, list, next_one = linnet.npy.load(path or "spec/reference/population.npy"), {}, 1
  local function take(rows, cols)
    local first = next_one
    next_one = next_one + rows * cols
    return linnet.matrix(rows, cols, function(i, j)
      return values:get(first + (j - 1) * rows + i - 1, 1)
    end)
  end
  while next_one <= values:rows() do
    local head = take(9, 1)
    local one = {}
    for i, name in ipairs{"kind", "n", "D", "r", "m", "h", "kp", "t", "amplification"} do
      one[name] = head:get(i, 1)
      if i <= 7 then one[name] = math.tointeger(one[name]) end
    end
    if one.kind >= 8 then one.kind, one.weight_decay = one.kind - 8, take(1, 1):get(1, 1) end
    local r, m, k = one.r, one.m, one.r + one.m
    one.sigma, one.Yt = take(r, 1), take(r, m)
    local Z, Zt, O = take(k, one.kp), take(k, one.kp), frame(one.kp, one.h)
    local X = linnet.matrix(one.n, one.D, function(i, j)
      return i == j and i <= r and one.sigma:get(i, 1) or 0
    end)
    local Y = linnet.matrix(one.n, m, function(i, j) return i <= r and one.Yt:get(i, j) or 0 end)
    one.problem = linnet.problem(X, Y, {rank_tol = 0})
    local full = Z * O
    one.start = one.problem:init{
      U = linnet.matrix(one.D, one.h, function(i, j) return i <= r and full:get(i, j) or 0 end),
      V = full:sub(r + 1, k, 1, one.h)}
    one.U, one.V = (Zt * O):sub(1, r, 1, one.h), (Zt * O):sub(r + 1, k, 1, one.h)
    list[#list + 1] = one
  end
  return list
end

--- An explicit method is asked only where it can answer: h ||K|| t in bounds.
function M.legal(one, method)
  if method ~= "dop853" and method ~= "dopri5" then return true end
  local sizes = 0
  for _, s in ipairs{one.start, one} do
    local U, V = s.U, s.V
    if s == one.start then U, V = s:U(), s:V() end
    sizes = math.max(sizes, U:norm() ^ 2 + V:norm() ^ 2)
  end
  return one.t < math.huge and one.sigma:get(1, 1) ^ 2 * sizes * one.t < 3e4
end

--- Error of the final state over tol x amplification, and the run; nil where the run did not end.
function M.error(one, method, tol, options)
  local o = {t = one.t, tol = tol, method = method, record = {}, max_steps = 3000,
    weight_decay = one.weight_decay}
  for name, value in pairs(options or {}) do o[name] = value end
  local run = one.problem:flow(one.start, o)
  if run.stats.reason == "max_steps" then return nil, run end
  return M.separation(one, run.final) / (tol * one.amplification), run
end

--- Largest difference from the reference over the largest entry, the worse of U1 and V.
function M.separation(one, state)
  local worst = 0
  local U, V = state:U():sub(1, one.r, 1, one.h), state:V()
  for _, pair in ipairs{{U, one.U}, {V, one.V}} do
    local size = math.max(max_abs(pair[1]), max_abs(pair[2]))
    if size > 0 then
      local gap = max_abs(pair[1] - pair[2]) / size
      if not (gap <= worst) then worst = gap end
    end
  end
  return worst
end

function M.describe(one, i)
  return ("problem %d (%s): r %d, m %d, h %d, kappa %.0e, t %.2g, amplification %.2g"):format(i,
    M.KINDS[one.kind], one.r, one.m, one.h, one.sigma:get(1, 1) / one.sigma:get(one.r, 1), one.t,
    one.amplification)
end

return M
