--- spec/fault/scenarios.lua: what the failing allocator of host.c is tried on: a list of {name,
-- setup, act}. `setup(self)` makes the objects, `act(self)` uses them and checks the result; after
-- every failure `act` must succeed on the same objects.
-- SPDX-License-Identifier: MIT

local linnet = require "linnet"

local list = {}

local function scenario(name, setup, act)
  local self = {name = name}
  self.ready = self
  function self.setup() self.objects = table.pack(setup()) end
  function self.act() act(table.unpack(self.objects, 1, self.objects.n)) end
  list[#list + 1] = self
end

local function matrices()
  local rng = linnet.random(5)
  return rng:normal(12, 7), rng:normal(7, 7), rng:normal(12, 2)
end

-- Every method of a matrix that a tall, a square and a right-hand side suffice for.
for name, act in pairs{
  arithmetic = function(a, b) assert((a * b - a):rows() == 12) end,
  broadcast = function(a) assert((a + a:row(1)):cols() == 7) end,
  table = function(a) assert(#a:totable() == 12) end,
  text = function(a) assert(#tostring(a) > 0 and #a:tostring("%.17g") > 0) end,
  views = function(a) assert(a[2][3] == a:sub(2, 2, 3, 3)(1, 1)) end,
  map = function(a) assert(a:map(math.abs):min() >= 0) end,
  stack = function(a) assert(a:hcat(a):vcat(a:hcat(a)):rows() == 24) end,
  kron = function(a, b) assert(a:kron(b):rows() == 84) end,
  svd = function(a)
    local u, s, v = a:svd()
    assert((u * linnet.diag(s) * v:t()):allclose(a))
  end,
  qr = function(a)
    local q, r = a:qr()
    assert((q * r):allclose(a))
  end,
  lu = function(_, b)
    local l, u, p = b:lu()
    assert((p * b):allclose(l * u) or (p:t() * b):allclose(l * u) or (p * l * u):allclose(b))
  end,
  eigh = function(_, b) assert((b + b:t()):eigh():rows() == 7) end,
  eig = function(_, b) assert(b:eig():cols() == 2) end,
  chol = function(_, b) assert((b * b:t() + linnet.eye(7)):chol():rows() == 7) end,
  solve = function(_, b) assert((b * b:solve(b)):allclose(b, 1e-8)) end,
  lstsq = function(a, _, y) assert(a:lstsq(y):rows() == 7) end,
  inverses = function(a, b) assert(a:pinv():rows() == 7 and b:inv():rows() == 7) end,
  expm = function(_, b) assert(b:expm():rows() == 7) end,
  numbers = function(a, b) assert(a:norm() > 0 and a:rank() == 7 and b:det() and b:cond() > 1) end,
  reductions = function(a)
    assert(a:sum("rows") and a:std("cols") and a:sort("rows") and a:cumsum("cols"))
  end,
} do
  scenario("matrix " .. name, matrices, act)
end

scenario("constructors", function() end, function()
  assert(linnet.matrix{{1, 2}, {3, 4}} and linnet.linspace(0, 1, 9) and linnet.eye(3))
  assert(linnet.logspace(1, 10, 4) and linnet.zeros(2, 2) and linnet.matrix(2, 3, math.max))
end)

scenario("random", function() return linnet.random(3) end, function(rng)
  local before = rng:state()
  local x = rng:normal(4, 4)
  assert(rng:orthogonal(5, 3):cols() == 3 and rng:chi2(3.5) > 0 and #rng:words(5) == 5)
  rng:restore(before)
  assert(rng:normal(4, 4) == x)
  rng:restore(before)
end)

-- Trajectories: small enough that a thousand of them take a second.
local function data()
  local X, Y = linnet.data.gaussian{n = 6, D = 9, m = 2, noise = 0.1, seed = 1}
  local p = linnet.problem(X, Y)
  return p, p:init("gaussian", {h = 20, seed = 2}), X, Y
end

scenario("data", function() end, function()
  local X, Y = linnet.data.gaussian{n = 4, D = 6, m = 1, kappa = 10, seed = 1}
  local X1, _, X2 = linnet.data.split(X, Y, {seed = 1})
  local Z, map = linnet.data.standardize(X1)
  assert(Z:rows() == X1:rows() and map(X2):cols() == 6)
end)

scenario("problem", data, function(_, _, X, Y)
  local p = linnet.problem(X, Y)
  assert(p:singular_values():rows() == p.rank and p:min_norm():cols() == 2 and #tostring(p) > 9)
end)

local MORE = {balanced = {scale = 1}, imbalanced = {scale = 1, c = 1}, spectral = {scale = 1}}
for _, kind in ipairs{"gaussian", "xavier", "he", "lecun", "uniform", "orthogonal", "balanced",
  "imbalanced", "invariant", "spectral", "zero_output"} do
  local options = {h = 30}
  for k, v in pairs(MORE[kind] or {}) do options[k] = v end
  scenario("init " .. kind, data, function(p)
    local s = p:init(kind, options)
    assert(s:excess() >= 0 and s:theta():rows() == 9)
  end)
end

scenario("init matrices", data, function(p)
  assert(p:init{U = linnet.ones(9, 3), V = linnet.ones(2, 3)}:U():cols() == 3)
end)

scenario("state", data, function(_, s, X)
  assert(s:loss() >= s:excess() and s:imbalance().c and s:rates().late and s:bounds().theorem2)
  assert(s:predict(X):cols() == 2 and s:kernel() and s:distance() > 0 and s:perpendicular())
  assert(s:singular_values() and s:alignment() and #tostring(s) > 9)
end)

for _, method in ipairs{"expo2", "expo4", "dopri5", "dop853"} do
  scenario("flow " .. method, data, function(p, s)
    local run = p:flow(s, {t = 1, tol = 1e-3, method = method, record = {"imbalance_drift"}})
    assert(run.stats.reason == "time" and run:at(0.5):excess() > 0 and #tostring(run) > 9)
  end)
end

scenario("flow to infinity", data, function(p, s)
  assert(p:flow(s, {t = math.huge, tol = 1e-3}).final:excess() < 1e-6)
end)

for _, method in ipairs{"gd", "heavy_ball", "nesterov", "sgd"} do
  scenario("descend " .. method, data, function(p, s)
    local o = {eta = 1e-3, steps = 40, method = method}
    if method == "sgd" then o.batch, o.seed = 2, 1 end
    assert(p:descend(s, o).final:excess() > 0)
  end)
end

scenario("ensemble", data, function(p)
  local result = linnet.ensemble(p, {init = {"gaussian", h = 50}, seeds = 3, threads = 2,
    flow = {t = 1, tol = 1e-3}, measure = {"distance"}})
  assert(result.distance)
end)

scenario("run's bounds", function()
  local p, s = data()
  return p:flow(s, {t = 1, tol = 1e-3})
end, function(run) assert(#run:bounds().ladder > 2 and run:table()) end)

scenario("sweep in memory", data, function(p)
  local result = linnet.sweep{over = {h = {20, 40}}, seeds = 2, problem = p, init = "gaussian",
    flow = {t = 1, tol = 1e-3}, measure = {"distance"}}:run{progress = false}
  assert(result.distance:rows() == 2 and #result:summary() > 0)
end)

scenario("report", function() end, function()
  local report = linnet.report{title = "t"}
  report:section("s"):text("x < y"):table({columns = {"a"}, rows = {{1}}})
  assert(#report:write("html") > 100)
end)

local function file(save)
  return function()
    local path = os.tmpname()
    save(path)
    return path
  end
end

scenario("npy", file(function(path) linnet.npy.save(path, linnet.eye(3)) end), function(path)
  linnet.npy.save(path, linnet.npy.load(path))
  assert(linnet.npy.load(path) == linnet.eye(3))
end)

scenario("csv", file(function(path) linnet.csv.save(path, linnet.eye(3)) end), function(path)
  linnet.csv.save(path, linnet.csv.load(path))
  assert(linnet.csv.load(path) == linnet.eye(3))
end)

scenario("records", file(function(path) linnet.record.save(path, {x = linnet.eye(2)}) end),
  function(path)
    assert(linnet.record.load(path).x == linnet.eye(2))
    linnet.record.save(path, {x = linnet.eye(2)})
  end)

table.sort(list, function(a, b) return a.name < b.name end)
return list
