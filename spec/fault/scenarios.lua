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
    assert(a:mean("rows") and a:var("cols") and a:min("rows") and a:max("cols"))
    assert(a:argmin("rows") and a:argmax("cols") and a:sum() and a:emul(a) and a:ediv(a))
  end,
  shapes = function(a)
    assert(a:t():cols() == 12 and a:reshape(7, 12) and a:col(2):copy() and -a and 2 * a / 3)
  end,
  powers = function(_, b)
    assert((b ^ 3 - b * b * b):norm() < 1e-6 and b:logdet() and b:trace())
  end,
  norms = function(a)
    for _, kind in ipairs{"fro", 1, 2, "inf", "nuc"} do assert(a:norm(kind) > 0) end
  end,
  ["in place"] = function(a)
    local before = a:copy()
    a:add_(a):scale_(0.5):copy_(before)
    assert(a == before and a:allclose(before))
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

-- Explicit steps and implicit ones, and threads.
scenario("flows, descents and ensembles of another loss", data, function(_, _, X)
  local kinds = linnet.matrix(6, 1, function(i) return i % 3 end)
  local p = linnet.problem(X, kinds, {loss = "softmax"})
  local s = p:init("gaussian", {h = 20, seed = 2})
  local run = p:flow(s, {t = 2, tol = 0.1, record = {"rate"}})
  assert(run.stats.reason == "time" and #tostring(run) > 9 and s:hessian().trace > 0)
  assert(p:flow(s, {t = 0.1, tol = 0.1, method = "rodas4"}).final:loss() < s:loss())
  assert(p:descend(s, {eta = 1e-3, steps = 3, method = "sgd", batch = 2}).k(2) > 0)
  assert(linnet.ensemble(p, {init = {"gaussian", h = 9}, seeds = 2, flow = {t = 1},
    measure = {"loss"}, threads = 2}).loss(2) > 0)
end)

scenario("problem of data that is refused", data, function(_, _, X, Y)
  assert(not pcall(linnet.problem, X * 0, Y) and not pcall(linnet.problem, X, Y:t()))
end)

-- Of classes that a map tells apart, of classes that none does, and of Huber's loss.
scenario("problem of other losses", data, function(_, _, X, Y)
  local kinds = linnet.matrix(6, 1, function(i) return i % 3 end)
  local p = linnet.problem(X, kinds, {loss = "softmax", classes = {0, 1, 2}})
  assert(p:separable() and p:max_margin():cols() == 3 and p.classes[3] == 2)
  local few = linnet.problem(X:sub(1, 6, 1, 1), kinds, {loss = "softmax"})
  assert(few.optimal_loss > 0 and not few:separable())
  local far = linnet.problem(X:sub(1, 6, 1, 2), Y, {loss = {"huber", delta = 0.01}})
  assert(far:min_norm():cols() == 2)
  local s = p:init("gaussian", {h = 20, seed = 1})
  local numbers, names = s:classify(X)
  assert(#numbers == #names and s:accuracy() >= 0 and s:test_accuracy(X, kinds) >= 0)
end)

local MORE = {homogeneous = {scale = 1, lam = 0.5, h = 6}, balanced = {scale = 1},
  imbalanced = {scale = 1, c = 1}, spectral = {scale = 1}}
for _, kind in ipairs{"gaussian", "xavier", "he", "lecun", "uniform", "orthogonal", "balanced",
  "homogeneous", "imbalanced", "invariant", "spectral", "zero_output"} do
  local options = {h = 30}
  for k, v in pairs(MORE[kind] or {}) do options[k] = v end
  scenario("init " .. kind, data, function(p)
    local s = p:init(kind, options)
    assert(s:excess() >= 0 and s:theta():rows() == 9)
  end)
end

for _, kind in ipairs{"gaussian", "uniform", "balanced", "invariant"} do
  local options = {h = 8, explicit = true}
  for k, v in pairs(MORE[kind] or {}) do options[k] = v end
  scenario("init explicit " .. kind, data, function(p)
    local s = p:init(kind, options)
    assert(s:U():cols() == 8 and s:V():cols() == 8)
  end)
end

scenario("init in the wide limit", data, function(p)
  assert(p:init("gaussian", {h = math.huge}):theta():rows() == 9)
end)

scenario("init matrices", data, function(p)
  assert(p:init{U = linnet.ones(9, 3), V = linnet.ones(2, 3)}:U():cols() == 3)
end)

scenario("state", data, function(_, s, X)
  assert(s:loss() >= s:excess() and s:imbalance().c and s:rates().late and s:bounds().theorem2)
  assert(s:predict(X):cols() == 2 and s:kernel() and s:distance() > 0 and s:perpendicular())
  assert(s:singular_values() and s:alignment() and #tostring(s) > 9)
  assert(s:travel() == 0 and s:imbalance_drift() == 0 and s:kernel_distance() == 0)
  assert(s:law() and s:rate() and s:distance(2) > 0)
end)

scenario("change of task", data, function(p, s)
  local X, Y = linnet.data.gaussian{n = 3, D = 9, m = 2, seed = 5}
  local q = linnet.problem(X, Y)
  local second = q:init(s)
  assert(second.task == 2 and math.abs(second:excess(p) - s:excess()) < 1e-12)
  assert((p:init(second):theta() - s:theta()):norm() < 1e-12)
  local one = linnet.problem(X, Y:sub(1, 3, 1, 1):copy())
  assert(linnet.theory.task_end{problem = one, theta = linnet.ones(9, 1)}.gain > 0)
end)

scenario("state's errors on data", data, function(_, s, X, Y)
  assert(s:test_error(X, Y) >= 0 and s:excess_risk(linnet.zeros(9, 2)) > 0)
end)

for _, method in ipairs{"expo2", "expo4", "dopri5", "dop853"} do
  scenario("flow " .. method, data, function(p, s)
    local run = p:flow(s, {t = 1, tol = 1e-3, method = method, record = {"imbalance_drift"}})
    assert(run.stats.reason == "time" and run:at(0.5):excess() > 0 and #tostring(run) > 9)
  end)
end

scenario("flow with everything recorded", data, function(p, s)
  local run = p:flow(s, {t = 2, tol = 1e-3, save_at = {log = {0.1, 2, 5}}, stop = function() end,
    on_step = function() end, record = {"excess", "rate", "distance", "imbalance_drift",
      "kernel_distance", "singular_values", "alignment", "travel", mine = function() return 1 end}})
  assert(#run.travel == #run.mine and run:verify() and #run:table() >= 5)
  assert(p:flow(run.final, {t = 3, tol = 1e-3}).stats.reason == "time")
end)

scenario("run's rates and deviation", function()
  local p, s = data()
  return p:flow(s, {t = 1, tol = 1e-3})
end, function(run) assert(run:rates() and run:lazy_deviation()) end)

scenario("flow with weight decay", data, function(p, s)
  local run = p:flow(s, {t = 1, tol = 1e-3, weight_decay = 0.5, save_at = {0, 1}})
  assert(run.final.decay < 0.7 and run.objective(2) < run.objective(1))
end)

scenario("modes with weight decay", function() return linnet.matrix{2, 1} end, function(target)
  local path = linnet.exact.decay{target = target, weight_decay = 0.5}
  assert(math.abs(path:at(math.huge).U1V:norm() - (5 ^ 0.5 - 0.5)) < 1e-9)
end)

scenario("flow to infinity", data, function(p, s)
  assert(p:flow(s, {t = math.huge, tol = 1e-3}).final:excess() < 1e-6)
end)

scenario("flow along the hidden units that tell the others", function()
  local p = linnet.problem(linnet.diag(linnet.linspace(1, 0.5, 64)), linnet.ones(64, 1))
  return p, p:init("gaussian", {h = math.huge})
end, function(p, s)
  local final = p:flow(s, {t = 0.1, tol = 1e-3, record = {}, save_at = {}}).final
  assert(final:folded() and final:imbalance().c > 1.9)
  assert(final:sharpness() > 0 and final:travel() > 0)
end)

for _, method in ipairs(require("linnet.core").descent.methods) do
  scenario("descend " .. method, data, function(p, s)
    local o = {eta = 1e-3, steps = 40, method = method}
    if method == "sgd" then o.batch, o.seed = 2, 1 end
    assert(p:descend(s, o).final:excess() > 0)
  end)
end

scenario("descend with steps and noise of its own", data, function(p, s, X)
  local o = {eta = function() return 1e-3 end, steps = 9, method = "sgd", batch = 2,
    label_noise = function(_, state) return linnet.zeros(X:rows(), p.m) * state:loss() end}
  assert(p:descend(s, o).final:excess() > 0)
  o = {eta = linnet.ones(9, 1) * 1e-3, steps = 9, label_noise = 0.1, seed = 1}
  assert(p:descend(s, o).final:excess() > 0)
end)

scenario("ensemble", data, function(p)
  local result = linnet.ensemble(p, {init = {"gaussian", h = 50}, seeds = 3, threads = 2,
    flow = {t = 1, tol = 1e-3}, measure = {"distance"}})
  assert(result.distance)
end)

scenario("ensemble of descents", data, function(p)
  local result = linnet.ensemble(p, {init = {"gaussian", h = 50}, seeds = 3, threads = 2,
    descend = {eta = {1e-3, 1e-3}, steps = 2, method = "muon", label_noise = 0.1}})
  assert(result.distance(1, 1) > 0)
end)

scenario("ensemble on data it has not seen", data, function(p, _, X, Y)
  local result = linnet.ensemble(p, {init = {"invariant", h = 50}, seeds = {3, 5}, threads = 2,
    flow = {t = math.huge, tol = 1e-3}, test = {X, Y},
    measure = {"test_error", "steps", "reason", "singular_values"}})
  assert(result.test_error and #result.reason == 2)
end)

local Yt, E2 = linnet.matrix{{1, 0.3}, {0.2, 0.5}}, linnet.eye(2)
for name, build in pairs{
  homogeneous = function() return linnet.exact.homogeneous{U1 = E2, V = E2, target = Yt} end,
  orthogonal = function() return linnet.exact.orthogonal{target = Yt, lam = 0.1} end,
  diagonal = function() return linnet.exact.diagonal{target = Yt, a = 0.1, b = 0.2} end,
  muon = function() return linnet.exact.muon{target = Yt, a = 0.1, b = {0.2, 0.3}} end,
  lazy = function() return linnet.exact.lazy{U1 = E2, V = E2, target = Yt, sigma = {2, 1}} end,
  scalar = function()
    return linnet.exact.scalar{U1 = linnet.matrix{{1, 2}}, V = linnet.matrix{{0.5, 1}}, target = 2,
      sigma = 1.5}
  end,
} do
  scenario("exact " .. name, function() end, function()
    local path = build()
    assert(path:at(0.5) and path:at(math.huge))
  end)
end

scenario("theory", data, function(p)
  local theory = linnet.theory
  assert(theory.rates{U1 = E2, V = E2, target = Yt, sigma = {2, 1}})
  assert(theory.wide_law{h = 100, problem = p} and theory.imbalance(E2, E2).c)
  assert(theory.theorem2{D = 9, m = 2, rank = 6, h = 1e9, sigma_1 = 2, sigma_r = 1, norm_Y = 1})
end)

scenario("theory of descent", data, function(p, s)
  local theory = linnet.theory
  assert(theory.critical_step(p) > 0 and theory.label_noise_end(p).trace > 0)
  assert(theory.descent_rate{state = s}.eta > 0 and theory.imbalance_step{state = s, eta = 0.1})
end)

scenario("Hessian", data, function(p, s)
  assert(s:hessian{count = 4}.trace > 0 and s:stable_step() == 2 / s:sharpness())
  assert(s:stable_rank() >= 1 and s:nuclear_norm() > 0)
  assert(p:stable_step(s, {t = 1, tol = 1e-3}) > 0)
end)

scenario("parametrization", data, function(p)
  local q = linnet.parametrization{kind = "mup", h = 50}
  assert(#tostring(q) > 9 and q:init(p, {seed = 2}):excess() > 0 and q:eta(2) == 2)
end)

local function drawn(call) -- without gnuplot this says so, and that is all there is to fail
  return function(...)
    local ok, why = pcall(call, ...)
    if not ok then
      if type(why) == "table" and why.kind == "missing" then return end
      error(why, 0)
    end
  end
end

scenario("plot", function() end, drawn(function()
  assert(#linnet.plot.svg{{{1, 2, 3}, {1, 4, 9}, label = "squares"}, log = "y", title = "t"} > 99)
end))

scenario("help and options", function() end, function()
  assert(#linnet.help.text("flow") > 99 and #linnet.options.describe("flow") > 99)
  assert(not linnet.options.try("flow", {t = -1}) and linnet.options.nearest("tolerance", {"tol"}))
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

scenario("npz", file(function(path) linnet.npz.save(path, {a = linnet.eye(3)}) end), function(path)
  local all = linnet.npz.load(path)
  linnet.npz.save(path, {a = all.a, b = linnet.eye(2)})
  assert(linnet.npz.load(path).b == linnet.eye(2))
end)

scenario("states in files", file(function(path)
  local _, s = data()
  s:save(path)
end), function(path)
  local s = linnet.load(path)
  local p = s.problem
  assert(p:flow(s, {t = 1, tol = 1e-3}).final:distance() > 0)
  p:save(path .. ".problem") -- beside it: the next call finds the state
  os.remove(path .. ".problem")
  s:save(path)
end)

scenario("csv", file(function(path) linnet.csv.save(path, linnet.eye(3)) end), function(path)
  linnet.csv.save(path, linnet.csv.load(path))
  assert(linnet.csv.load(path) == linnet.eye(3))
end)

scenario("files that are refused", file(function(path)
  local f = assert(io.open(path, "wb"))
  f:write("a,b\n1,x\n")
  f:close()
end), function(path)
  for _, load in ipairs{linnet.npy.load, linnet.csv.load, linnet.record.load, linnet.load} do
    local ok, why = pcall(load, path)
    if tostring(why):find("memory") then error(why, 0) end
    assert(not ok)
  end
end)

scenario("data from a table", file(function(path)
  local f = assert(io.open(path, "wb"))
  f:write("a,b,c\n1,2,3\n4,5,7\n2,2,1\n")
  f:close()
end), function(path)
  local X, Y = linnet.data.csv(path, {target = "c", center = true, scale = true})
  assert(X:cols() == 2 and Y:rows() == 3)
end)

scenario("runs in files", file(function(path)
  local p, s = data()
  p:flow(s, {t = 1, tol = 1e-3}):save(path)
end), function(path)
  local run = linnet.load(path)
  assert(#tostring(run) > 9)
  run:save(path)
end)

scenario("sweep in a file", function()
  local path = os.tmpname()
  os.remove(path)
  return path
end, function(path)
  local sweep = linnet.sweep{over = {a = {1, 2}}, seeds = 2, measure = {"y"},
    run = function(point) return {y = point.a} end}
  local result = sweep:run{out = path, resume = true, progress = false}
  assert(result.y(2, 2) == 2 and linnet.sweep.load(path).y(1, 1) == 1)
  assert(#linnet.sweep.merge{path}:summary() == 2)
end)

scenario("records", file(function(path) linnet.record.save(path, {x = linnet.eye(2)}) end),
  function(path)
    assert(linnet.record.load(path).x == linnet.eye(2))
    linnet.record.save(path, {x = linnet.eye(2)})
  end)

table.sort(list, function(a, b) return a.name < b.name end)
return list
