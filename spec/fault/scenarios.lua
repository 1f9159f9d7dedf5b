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
  reductions = function(a) assert(a:sum("rows") and a:std("cols") and a:sort() and a:cumsum()) end,
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

table.sort(list, function(a, b) return a.name < b.name end)
return list
