--- fuzz/programs.lua: random programs over the public interface, written to break it.
--
--     lua5.4 fuzz/programs.lua [programs [seed [trace]]]
--
-- A program calls functions, methods and operators with what earlier calls returned, with good
-- options spoilt in one place, with numbers near 2^31, 2^53 and 2^63, with objects whose
-- metamethods raise, yield, collect or lie, and with callbacks that do the same, call the library
-- again, or close coroutines. Calls may fail, in words: an error from inside the library's own Lua
-- ("attempt to ...", "bad argument" at a line of ours) is a finding, and so is whatever the
-- sanitizer or the process says. Each program draws from its own seed, which repeats it alone;
-- `trace` prints its calls before they are made.
-- SPDX-License-Identifier: MIT
local lfs = require "lfs"
local linnet = require "linnet"
local manual = require "linnet.manual"

local M = {calls = 0, good = 0}

local CALLS = 40 -- of a program
local random, unpack = math.random, table.unpack

local function pick(list) return list[random(#list)] end

-- ---------------------------------------------------------------- what is called

-- What starts programs, writes where it likes or waits for people has no place here.
local LEFT_OUT = {["linnet.repl"] = true, ["linnet.doctor"] = true, ["linnet.help"] = true,
  ["linnet.slurm"] = true, ["linnet.threads"] = true, ["linnet.cli"] = true,
  ["linnet.failure"] = true, ["linnet.options"] = true}

-- The functions of the manual by name, and the names of methods.
local function interface()
  local functions, methods = {}, {}
  for _, page in ipairs(manual) do
    local module = page.name:match("^(linnet%.%w+)")
    local path, name = page.name:match("^linnet%.(.*)$"), page.name:match("^%w+:([%w_]+)$")
    if name then
      methods[#methods + 1] = name
    elseif path and not LEFT_OUT[module] then
      local value = linnet
      for part in path:gmatch("[%w_]+") do
        value = type(value) == "table" and value[part] or nil
      end
      local meta = type(value) == "table" and getmetatable(value)
      if type(value) == "function" or meta and meta.__call then
        functions[#functions + 1] = {page.name, value}
      end
    end
  end
  table.sort(functions, function(a, b) return a[1] < b[1] end)
  table.sort(methods)
  return functions, methods
end

local FUNCTIONS, METHODS = interface()

local OPERATORS = {
  function(a, b) return a + b end, function(a, b) return a - b end, function(a, b) return a * b end,
  function(a, b) return a / b end, function(a, b) return a ^ b end, function(a) return -a end,
  function(a) return #a end, function(a, b) return a .. b end, function(a, b) return a == b end,
  function(a, b) return a[b] end, function(a, b, c) return a(b, c) end, function(a) return
    tostring(a) end, function(a, b, c) a[b] = c end,
}

-- ---------------------------------------------------------------- what is passed

local NUMBERS = {0, 1, 2, 3, 5, -1, 0.5, 1e-3, 1e-300, 1e300, 1 / 0, -1 / 0, 0 / 0, 17, 2 ^ 31,
  2 ^ 31 - 1, -2 ^ 31, 2 ^ 32, 2 ^ 53, 2 ^ 53 + 1, math.maxinteger, math.mininteger, 1 << 31,
  (1 << 31) - 1, (1 << 32) + 1, -0.0, 46341, 65536}

local WORDS = {"", "rows", "cols", "gaussian", "invariant", "spectral", "balanced", "loss",
  "excess", "y", "a", "auto", "expo4", "dopri5", "nan", "html", "md", "\0", "\xff", "\27[2J",
  "x.svg",
  "%s%n",
  ("x"):rep(5000), "/none/x", "/dev/null", "."}

local world -- of the running program: `values`, `depth`, `folder`

local any, call_something

-- Runs at most two levels deep, so that programs end.
local function again()
  if world.depth < 2 then
    world.depth = world.depth + 1
    pcall(call_something)
    world.depth = world.depth - 1
  end
end

local function mischief_closing() error "closing" end

local MISCHIEF = {
  function() error("mischief") end,
  function() error() end,
  function() error({}) end,
  function() error(setmetatable({}, {__tostring = function() error("worse") end})) end,
  function() collectgarbage() end,
  function() collectgarbage("step") end,
  function() if coroutine.isyieldable() then coroutine.yield(any()) end end,
  function() again() end,
  function() return any() end,
  function() return any(), any(), any() end,
  function() return 1.5 end,
  function() return {} end,
  function() return setmetatable({}, {__close = function() again() end}) end,
  function() coroutine.close(coroutine.create(again)) end,
  function() coroutine.wrap(function() again() end)() end,
  function()
    local t <close> = setmetatable({}, {__close = mischief_closing}) -- luacheck: ignore t
  end,
  function() return pcall(string.rep, "x", 1 << 40) end,
  function() world.values[random(40)] = nil end,
}

-- Something that ends: an object may lie about what it holds, but not for ever.
local function mischief()
  local what, left = pick(MISCHIEF), 500
  return function()
    left = left - 1
    if left >= 0 then return what() end
  end
end

local function hostile()
  local meta = {}
  for _, name in ipairs{"__index", "__newindex", "__call", "__len", "__eq", "__lt", "__add",
    "__mul", "__concat", "__unm", "__tostring", "__pairs", "__close", "__gc", "__name",
    "__metatable"} do
    if random(4) == 1 then
      meta[name] = name == "__name" and pick{"linnet.matrix", "x", 7, "linnet.state"} or mischief()
    end
  end
  if random(8) == 1 then meta = {__index = linnet.eye(2), __len = function() return 1 << 40 end} end
  return setmetatable({}, meta)
end

local function some_matrix()
  local rows, cols = pick{0, 1, 2, 3, 3, 3, 9}, pick{0, 1, 2, 3, 3, 3, 9}
  local m = linnet.random(random(100)):normal(rows, cols) * pick{1, 1, 1e-150, 1e150, 0}
  if rows > 0 and cols > 0 and random(4) == 1 then m[random(rows)][random(cols)] = pick(NUMBERS) end
  if rows > 1 and random(3) == 1 then m = m:row(random(rows)) end
  return m
end

local function path()
  return world.folder .. "/" .. pick{"a", "b.csv", "c.npy", "d.jsonl", "e.html"}
end

-- Options that work; one place is spoilt half of the time.
local function template()
  local flow = {t = pick{1, 0.1, 10}, max_steps = 200, max_seconds = 0.2, tol = 1e-4,
    progress = false}
  local t = pick{
    function() return flow end,
    function() return {"gaussian", h = pick{1, 5, 1e6, 1e15}, seed = random(9)} end,
    function() return {h = pick{3, 8}, seed = 1} end,
    function() return {eta = 1e-3, steps = 20, every = 5} end,
    function() return {t = 1, max_steps = 100, max_seconds = 0.2, progress = false,
      on_step = mischief(), record = {"loss", mine = mischief()}} end,
    function() return {init = {"gaussian", h = 9}, seeds = 3, flow = {t = 1, max_steps = 100},
      measure = {"distance"}, threads = 2, progress = mischief()} end,
    function() return {over = {a = {1, 2}, b = {3, 4}}, seeds = 2, run = mischief()} end,
    function() return {over = {h = {2, 5}}, seeds = 2, problem = world.problem, init = "gaussian",
      flow = {t = 1, max_steps = 100}, measure = {"distance", y = mischief()}} end,
    function() return {out = path(), resume = random(2) == 1, progress = false} end,
    function() return {{{1, 2, 3}, {1, 4, 9}}, file = random(30) == 1 and path() .. ".svg" or nil,
      title = pick(WORDS)} end,
    function() return {columns = {"a", "b"}, rows = {{1, 2}, {any(), any()}}} end,
    function() return {title = pick(WORDS)} end,
    function() return {n = 4, D = 6, m = 2, seed = 1} end,
    function() return {names = {"x", "y"}, delimiter = pick{",", ";", "|"}} end,
    function() return {target = 1} end,
    function() return {loss = pick{"squared", "logistic", "softmax", {"huber", delta = 0.5}}} end,
    function() return {1, 2, 3} end,
    function() return {{1, 2}, {3, 4}} end,
  }()
  if random(2) == 1 then
    local keys = {}
    for key in next, t do keys[#keys + 1] = key end
    table.sort(keys, function(a, b) return tostring(a) < tostring(b) end)
    local key = pick(keys)
    if key ~= "max_steps" and key ~= "max_seconds" and key ~= "threads" then t[key] = any() end
  end
  if random(8) == 1 then t = setmetatable({}, {__index = t}) end
  return t
end

local KINDS = {
  function() return pick(NUMBERS) end, function() return pick(NUMBERS) end,
  function() return pick(WORDS) end, some_matrix, some_matrix, hostile, mischief, template,
  template,
  function() return path() end,
  function() return nil end,
  function() return random(2) == 1 end,
  function() return coroutine.create(mischief()) end,
  function() return io.stdout end,
  function() return world.values[random(40)] end, function() return world.values[random(40)] end,
  function() return world.values[random(40)] end, function() return world.values[random(40)] end,
}

function any() return pick(KINDS)() end

local function arguments()
  local n, list = pick{0, 0, 1, 1, 1, 2, 2, 3, 4}, {}
  for i = 1, n do list[i] = any() end
  return n, list
end

-- ---------------------------------------------------------------- programs

-- An error that shows a line of the library's own, outside a callback of ours.
local function is_finding(why)
  local text = type(why) == "string" and why or ""
  return text:find("linnet/[%w_/]+%.lua:%d+: attempt to ") or text:find(
    "linnet/[%w_/]+%.lua:%d+: bad argument ") or text:find("stack overflow", 1, true)
end

local function keep(ok, first, ...)
  M.calls = M.calls + 1
  if ok then
    M.good = M.good + 1
    for _, value in ipairs{first, ...} do world.values[random(40)] = value end
  elseif is_finding(first) then
    error({finding = first})
  end
end

-- Field access alone may run mischief, so everything is inside.
local function method_call()
  local self, name = world.values[random(40)], pick(METHODS)
  for _ = 1, 100 do -- mostly one that it has
    if self[name] ~= nil then break end
    name = pick(METHODS)
  end
  local n, list = arguments()
  if world.trace then io.stderr:write("  :", name, " of a ", type(self), "\n") end
  return self[name](self, unpack(list, 1, n))
end

local function function_call()
  local chosen = pick(FUNCTIONS)
  local n, list = arguments()
  if world.trace then io.stderr:write("  ", chosen[1], " with ", n, "\n") end
  return chosen[2](unpack(list, 1, n))
end

local function operation()
  local n, list = arguments()
  return pick(OPERATORS)(unpack(list, 1, math.max(n, 1)))
end

function call_something()
  local what = random(10)
  keep(pcall(what <= 4 and function_call or what <= 8 and method_call or operation))
end

-- Things that most functions want, so that calls get past their first check.
local function furnish(seed)
  local X, Y = linnet.data.gaussian{n = 4, D = 6, m = 2, seed = seed}
  world.problem = linnet.problem(X, Y)
  if seed % 3 == 0 then
    local kinds = linnet.matrix(4, 1, function(i) return i % 2 end)
    world.problem = linnet.problem(X, kinds, {loss = seed % 2 == 0 and "softmax" or "logistic"})
  end
  local state = world.problem:init("gaussian", {h = 9, seed = seed})
  local sweep = linnet.sweep{over = {a = {1, 2}, b = {1, 2}}, seeds = 2,
    run = function(point) return {y = point.a * point.b} end}
  local run = world.problem:flow(state, {t = 1, max_steps = 200})
  world.values = {X, Y, world.problem, state, run, sweep, sweep:run{progress = false},
    linnet.random(seed), linnet.report{title = "t"}}
  for i = 10, 40 do world.values[i] = world.values[random(9)] end
end

local function program(seed, trace)
  math.randomseed(seed)
  world = {depth = 0, folder = M.folder, trace = trace}
  furnish(seed % 1000)
  for _ = 1, CALLS do
    local co = random(4) == 1 and coroutine.create(call_something)
    if not co then
      call_something()
    else -- resumed, left alone or closed, as it comes
      for _ = 1, random(3) do
        local ok, why = coroutine.resume(co)
        if not ok and type(why) == "table" and rawget(why, "finding") then error(why) end
      end
      if random(2) == 1 then pcall(coroutine.close, co) end
    end
  end
  world = {depth = 9, values = {}, folder = M.folder}
  collectgarbage()
  local e = linnet.eye(3)
  assert(e * e == e and linnet.threads() == 1, "the library is not as it was")
end

--- Run programs; an error names the seed of its program.
-- @treturn integer how many
function M.run(count, seed, trace)
  M.folder = os.tmpname()
  os.remove(M.folder)
  assert(lfs.mkdir(M.folder))
  local out, here = io.output(), lfs.currentdir()
  assert(lfs.chdir(M.folder)) -- for what is written under any name
  local ok, why = true, nil
  for k = seed, seed + count - 1 do
    if trace then io.stderr:write("program ", k, "\n") end
    ok, why = xpcall(program, function(e)
      return type(e) == "table" and rawget(e, "finding") or debug.traceback(tostring(e))
    end, k, trace)
    io.output(out)
    if not ok then
      why = ("program %d: %s"):format(k, tostring(why))
      break
    end
  end
  lfs.chdir(here)
  for name in lfs.dir(M.folder) do os.remove(M.folder .. "/" .. name) end
  lfs.rmdir(M.folder)
  if not ok then error(why, 0) end
  return count
end

if arg and arg[0] and arg[0]:find("programs.lua", 1, true) then
  local count, seed = math.tointeger(arg[1] or 200), math.tointeger(arg[2] or 1)
  assert(count and seed, "usage: lua5.4 fuzz/programs.lua [programs [seed [trace]]]")
  local print_nothing = io.open("/dev/null", "w")
  _G.print = function(...) for i = 1, select("#", ...) do tostring((select(i, ...))) end end
  print_nothing:close()
  M.run(count, seed, arg[3] ~= nil)
  io.stderr:write(("%d programs of %d calls, %d of which returned: none broke\n"):format(count,
    M.calls, M.good))
end

return M
