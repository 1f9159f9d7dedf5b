--- fuzz/properties.lua: random records, options, matrices and states against what must always hold.
--
--     lua5.4 fuzz/properties.lua [rounds [seed]]
--
-- Every round draws from its own seed; a failure names it, and that seed alone repeats it. Returns
-- the
-- table of properties when loaded with `dofile` (a spec runs a few rounds of each).
-- SPDX-License-Identifier: MIT
local linnet = require "linnet"
local core = require "linnet.core"
local record = require "linnet.record"

require("linnet.types").everything() -- all schemas

local M = {}

-- ---------------------------------------------------------------- random things

local SPECIAL = {0, -0.0, 1 / 0, -1 / 0, 0 / 0, 5e-324, 2.2250738585072014e-308,
  1.7976931348623157e308,
  math.maxinteger, math.mininteger, 2 ^ 53, 0.1, 1e22, 1e23}

local function pick(rng, list) return list[rng:integer(1, #list)] end

local function any_number(rng)
  local what = rng:integer(1, 4)
  if what == 1 then return pick(rng, SPECIAL) end
  if what == 2 then return rng:integer(-2 ^ 53, 2 ^ 53) end
  if what == 3 then return string.unpack("d", string.pack("j", rng:words(1)[1])) end -- any bits
  return rng:normal(1, 1)(1, 1) * 10.0 ^ rng:integer(-300, 300)
end

local function any_string(rng)
  local bytes = {}
  for i = 1, rng:integer(0, 12) do
    bytes[i] = utf8.char(pick(rng, {0, 9, 10, 13, 31, 34, 39, 47, 60, 92, 97, 127, 233, 0x1F426}))
  end
  return table.concat(bytes)
end

local function any_value(rng, depth)
  local what = rng:integer(1, depth > 0 and 6 or 4)
  if what <= 2 then return any_number(rng) end
  if what == 3 then return "s" .. any_string(rng) end
  if what == 4 then return rng:integer(0, 1) == 1 end
  local t = {}
  if what == 5 then
    for i = 1, rng:integer(1, 4) do t[i] = any_value(rng, depth - 1) end
  else
    for _ = 1, rng:integer(1, 4) do t["k" .. any_string(rng)] = any_value(rng, depth - 1) end
  end
  return t
end

local SCALES = {1e-150, 1e-8, 1, 1e8, 1e150}

local function any_matrix(rng, rows, cols)
  local a = rng:normal(rows, cols) * pick(rng, SCALES)
  if rng:integer(1, 4) == 1 and rows > 1 and cols > 0 then a:row(rows):copy_(a:row(1))
    end -- rank loss
  return a
end

local function same(a, b)
  if type(a) ~= type(b) or math.type(a) ~= math.type(b) then return false end
  if type(a) == "number" then
    return a == b and 1 / a == 1 / b or a ~= a and b ~= b or math.type(a) == "integer" and a == b
  elseif type(a) ~= "table" then return a == b end
  for k, v in pairs(a) do if not same(v, b[k]) then return false end end
  for k in pairs(b) do if a[k] == nil then return false end end
  return true
end

local function close(a, b, scale, what)
  local gap = core.matrix.max_abs(a - b)
  assert(gap <= 1e-11 * scale, ("%s: off by %g at scale %g"):format(what, gap, scale))
end

-- ---------------------------------------------------------------- properties

--- A record read back is the record: same numbers to the bit and the subtype.
function M.records(rng)
  local value = {v = any_value(rng, 4)}
  local line = assert(record.encode(value))
  assert(not line:find("\n", 1, true), "a record is one line")
  assert(same(record.decode(line), value), "read back differs: " .. line)
  -- cut anywhere, or with one byte changed, it is refused or read: never a crash, never code
  pcall(record.decode, line:sub(1, rng:integer(0, #line)))
  local at = rng:integer(1, #line)
  pcall(record.decode, line:sub(1, at - 1) .. string.char(rng:integer(0, 255)) .. line:sub(at + 1))
end

--- Options are accepted as declared or refused with a message; the caller's table stays as it was.
function M.options(rng)
  local schema = pick(rng, linnet.options.schemas)
  local given = {}
  for _ = 1, rng:integer(0, 4) do
    local key = rng:integer(1, 5) == 1 and "k" .. any_string(rng) or #schema > 0 and pick(rng,
      schema).name
    if key then given[key] = any_value(rng, 3) end
  end
  local before = record.encode(M.plain(given))
  local out, why = linnet.options.try(schema.name, given)
  assert(out or type(why) == "string" and why:find(schema.name, 1, true), "no message")
  assert(out ~= given, "the caller's table came back")
  assert(record.encode(M.plain(given)) == before, "the caller's table was written to")
end

-- Keys as strings, so that any table is a record.
function M.plain(t)
  local out = {}
  for k, v in pairs(t) do out["k" .. tostring(k)] = type(v) == "table" and M.plain(v) or v end
  return out
end

--- Identities of linear algebra at any shape and scale; plain methods leave their matrix alone.
function M.matrices(rng)
  local r, c = rng:integer(1, 12), rng:integer(1, 12)
  local a, b = any_matrix(rng, r, c), any_matrix(rng, c, rng:integer(1, 6))
  local a0, b0, size = a:copy(), b:copy(), core.matrix.max_abs(a)
  local U, s, V = a:svd()
  close(U * linnet.diag(s) * V:t(), a, size, "A = U S V'")
  close(U:t() * U, linnet.eye(U:cols()), 1, "U'U = I")
  local Q, R = a:qr()
  close(Q * R, a, size, "A = Q R")
  close((a * b):t(), b:t() * a:t(), size * core.matrix.max_abs(b) * c, "(AB)' = B'A'")
  close(a + a, 2 * a, size, "A + A = 2 A")
  close(a - a * 1, a * 0, size, "A - A = 0")
  close(a:hcat(a):sub(1, r, c + 1, 2 * c), a, 0, "right half of [A A]")
  close(a:t():t(), a, 0, "A'' = A")
  close(a:kron(linnet.eye(2)):sub(1, 2, 1, 2), linnet.eye(2) * a(1, 1), size, "corner of A (x) I")
  assert(math.abs(a:norm() - s:norm()) <= 1e-11 * s:norm(), "||A|| = ||s||")
  if a:rank() == math.min(r, c) and a:cond() < 1e6 and r >= c then
    close(a:pinv() * a, linnet.eye(c), 1e6, "A+ A = I")
  end
  local square = any_matrix(rng, r, r)
  local sym = square + square:t()
  local values, vectors = sym:eigh()
  close(vectors * linnet.diag(values) * vectors:t(), sym, core.matrix.max_abs(sym), "S = Q L Q'")
  local L, Up, P = square:lu()
  close(P * square, L * Up, core.matrix.max_abs(square) * r, "P A = L U")
  tostring(a)
  assert(a == a0 and b == b0, "a plain method changed its matrix")
end

local STARTS = {
  function(p, rng) return p:init("gaussian", {h = 10.0 ^ rng:integer(0, 15), seed = rng:integer(0,
    99)}) end,
  function(p, rng) return p:init("xavier", {h = rng:integer(1, 40), seed = rng:integer(0, 99)}) end,
  function(p, rng) return p:init("invariant", {h = rng:integer(1, 40), seed = 1,
    explicit = true}) end,
  function(p) return p:init("gaussian", {h = math.huge}) end,
  function(p, rng)
    local h = rng:integer(1, 12)
    return p:init{U = any_matrix(rng, p.D, h) * 1e-3, V = rng:normal(p.m, h)}
  end,
}

--- What holds of every state and every flow from it.
function M.states(rng)
  local n, D, m = rng:integer(1, 8), rng:integer(1, 8), rng:integer(1, 4)
  local X, Y = rng:normal(n, D), rng:normal(n, m) * pick(rng, {1e-8, 1, 1e8})
  if rng:integer(1, 3) == 1 and n > 1 then X:row(n):copy_(X:row(1)) end
  local X0, Y0 = X:copy(), Y:copy()
  local p = linnet.problem(X, Y)
  local s = pick(rng, STARTS)(p, rng)
  local theta = s:theta()
  local gap = (theta - p:min_norm()):norm()
  assert(math.abs(s:distance() - gap) <= 1e-9 * (gap + theta:norm()), "distance")
  local loss = (Y - X * theta):norm() ^ 2 / 2
  assert(math.abs(s:loss() - loss) <= 1e-9 * (loss + Y:norm() ^ 2), "loss")
  local method = pick(rng, {"auto", "expo2", "expo4", "dopri5", "dop853"})
  local run = p:flow(s, {t = pick(rng, {1e-3, 1, math.huge}), method = method, tol = 1e-4,
    max_steps = 300, progress = false})
  -- a flow only falls; what climbs is the error that the tolerance allows, sigma_1 max||Z||^2 tol
  -- in E
  local U, V = run.final:reduced()
  local U0, V0 = s:reduced()
  local size = p:singular_values()(1) * math.max(U:norm() + V:norm(), U0:norm() + V0:norm()) ^ 2
  for i = 2, #run.t do
    local before, after = math.sqrt(2 * run.excess(i - 1)), math.sqrt(2 * run.excess(i))
    assert(after <= before + 1e-3 * size, ("%s: the loss climbed at step %d"):format(method, i - 1))
  end
  if method:find("expo") then assert(run.stats.imbalance_drift <= 1e-13, "imbalance drift") end
  assert(s:theta() == theta and X == X0 and Y == Y0, "a flow changed its start or the data")
end

-- Data for a task, which may share directions with others, or samples, at any scale.
local function any_inputs(rng, D, others)
  local X = rng:normal(rng:integer(1, 6), D)
  local other = #others > 0 and others[rng:integer(1, #others)]
  local how = rng:integer(1, 5)
  if other and how == 1 then X = X:vcat(other:row(1)) end
  if other and how == 2 then X = rng:normal(2, other:rows()) * other end
  if how == 3 then X = X:vcat(X:row(1)) end
  return X * pick(rng, {1e-4, 1, 1e4})
end

--- What holds of every change of task: the map stays, and going back finds what was left.
function M.tasks(rng)
  local D, m, inputs, p, s = rng:integer(1, 9), rng:integer(1, 3), {}, nil, nil
  for i = 1, 4 do
    inputs[i] = any_inputs(rng, D, inputs)
    local Y = rng:normal(inputs[i]:rows(), m)
    local q = linnet.problem(inputs[i], Y)
    local t = s and q:init(s) or pick(rng, STARTS)(q, rng)
    local all, last = (s or t):units()
    local size = all:norm() * last:norm() + 1e-300
    if size > 1e100 then return end -- squares overflow
    if s then
      local theta = s:theta()
      close(t:theta(), theta, size, "Theta after a change of task")
      local loss = (Y - inputs[i] * theta):norm() ^ 2 / 2
      local room = 1e-9 * (loss + Y:norm() ^ 2 + (inputs[i]:norm() * size) ^ 2)
      assert(math.abs(t:loss() - loss) <= room, "loss of the new task")
      assert(math.abs(s:loss(q) - loss) <= room, "loss before it")
      assert(t.task == i and t.t == 0 and t.explicit == s.explicit, "what a change counts")
      local U, V = s:reduced()
      local back, Vb = p:init(t):reduced()
      local Z, Zb = U:vcat(V), back:vcat(Vb)
      close(Zb * Zb:t(), Z * Z:t(), core.matrix.max_abs(Z * Z:t()) + 1e-300,
        "Z Z' when it goes back")
      if s.explicit then close(t:U(), s:U(), core.matrix.max_abs(s:U()) + 1e-300, "U") end
    end
    p = q
    s = q:flow(t, {t = pick(rng, {1e-3, 1, math.huge}), tol = 1e-4, max_steps = 200,
      weight_decay = pick(rng, {0, 0, 0.1}), progress = false, record = {}}).final
  end
end

M.names = {"records", "options", "matrices", "states", "tasks"}

--- Run one property for some rounds; an error names the round's seed.
function M.run(name, rounds, seed)
  for round = 0, rounds - 1 do
    local rng = linnet.random(seed + round)
    local ok, why = xpcall(M[name], debug.traceback, rng)
    if not ok then error(("%s, seed %d: %s"):format(name, seed + round, why), 0) end
  end
end

if arg and arg[0] and arg[0]:find("properties.lua", 1, true) then
  local rounds, seed = math.tointeger(arg[1] or 1000), math.tointeger(arg[2] or 1)
  assert(rounds and seed, "usage: lua5.4 fuzz/properties.lua [rounds [seed]]")
  for _, name in ipairs(M.names) do
    M.run(name, rounds, seed)
    print(("%s: %d rounds from seed %d hold"):format(name, rounds, seed))
  end
end

return M
