--- lua/linnet/sweep/source.lua: fingerprints of what a sweep computes with: its functions, what
-- they close over, the modules and globals of the file it stands in, its problem. Records of one
-- sweep must come from one of each.
--
-- A function is its code without names and lines (so comments, and axes or seeds that are added, do
-- not count) and, in turn, the values it closes over.
--
-- SPDX-License-Identifier: MIT
-- @module linnet.sweep.source

local check = require "linnet.check"
local core = require "linnet.core"
local failure = require "linnet.failure"

local M = {}

-- Of a table or matrix that a function closes over, so many entries and levels are looked at.
local MOST, DEEPEST = 10000, 8

-- ---------------------------------------------------------------- hashing

local Print = {}
Print.__index = Print

-- FNV-1a of 64 bits.
local function new()
  return setmetatable({hash = 0xcbf29ce484222325, left = MOST, seen = {}}, Print)
end

function Print:add(text)
  local hash = self.hash
  for i = 1, #text do hash = (hash ~ text:byte(i)) * 0x100000001b3 end
  self.hash = hash
end

local function text_of(hash) return ("%016x"):format(hash) end

-- ---------------------------------------------------------------- code

-- Bytes of constants by their tag, as Lua 5.4 dumps them; strings have their length before them.
local CONSTANT = {[0x00] = 0, [0x01] = 0, [0x11] = 0, [0x03] = 8, [0x13] = 8}
local STRING = {[0x04] = true, [0x14] = true}
local HEADER = 4 + 1 + 1 + 6 + 3 + 8 + 8 -- signature, version, format, data, sizes, two numbers

-- A stripped dump of a function without the lines that it and those inside it begin and end at:
-- even a stripped dump has these, and a comment above moves them. nil for a format not known here.
local function without_lines(code)
  local at, out, kept = HEADER + 2, {}, 1
  local function size()
    local x = 0
    while true do
      local byte = code:byte(at)
      x, at = x << 7 | byte & 0x7f, at + 1
      if byte & 0x80 ~= 0 then return x end
    end
  end
  local function skip(bytes) at = at + bytes end
  local function constant()
    local tag = code:byte(at)
    at = at + 1
    skip(STRING[tag] and size() - 1 or CONSTANT[tag])
  end
  local function proto()
    local source = size()
    if source > 0 then skip(source - 1) end
    out[#out + 1] = code:sub(kept, at - 1)
    size() -- the lines
    size()
    kept = at
    skip(3) -- parameters, vararg, stack
    skip(4 * size())
    for _ = 1, size() do constant() end
    skip(3 * size()) -- upvalues
    for _ = 1, size() do proto() end
    for _ = 1, 4 do assert(size() == 0) end -- no debug information
  end
  local ok, why = pcall(proto)
  if not ok and failure.kind(why) == "memory" then failure.raise(why, 0, "memory") end
  if not ok or at ~= #code + 1 then return nil end
  return table.concat(out) .. code:sub(kept)
end

-- ---------------------------------------------------------------- values

local function sorted_keys(t)
  local keys = {}
  for key in next, t do
    if type(key) == "string" or type(key) == "number" then keys[#keys + 1] = key end
  end
  table.sort(keys, function(a, b)
    if type(a) == type(b) then return a < b end
    return type(a) == "number"
  end)
  return keys
end

-- Names of the modules loaded, by value: a module is its name, unless it is the user's own file.
local function modules()
  local names = {}
  for name, value in next, package.loaded do
    if type(value) == "table" or type(value) == "function" then names[value] = name end
  end
  return names
end

function Print:matrix(m)
  local rows, cols = m:rows(), m:cols()
  self:add(("%dx%d"):format(rows, cols))
  for i = 1, rows do
    for j = 1, cols do
      self.left = self.left - 1
      if self.left < 0 then return self:add(("%a"):format(m:norm())) end
      self:add(string.pack("<d", m:get(i, j)))
    end
  end
end

function Print:value(value, depth)
  local kind = type(value)
  self:add(kind)
  if kind == "number" then
    self:add(math.type(value) == "integer" and tostring(value) or ("%a"):format(value))
  elseif kind == "string" or kind == "boolean" then
    self:add(tostring(value))
  elseif core.matrix.is_matrix(value) then
    self:matrix(value)
  elseif check.is(value, "problem") then
    self:add(M.problem(value))
  elseif kind == "function" or kind == "table" then
    local module = self.modules[value]
    if module then return self:add(module) end
    if self.seen[value] or depth > DEEPEST then return end
    self.seen[value] = true
    if kind == "function" then return self:closure(value, depth) end
    for _, key in ipairs(sorted_keys(value)) do
      self.left = self.left - 1
      if self.left < 0 then return end
      self:add(tostring(key))
      self:value(value[key], depth + 1)
    end
  end
end

function Print:closure(f, depth)
  if debug.getinfo(f, "S").what == "C" then return self:add("C") end
  local code = string.dump(f, true)
  self:add(without_lines(code) or code)
  for i = 1, math.huge do
    local name, value = debug.getupvalue(f, i)
    if not name then return end
    if name ~= "_ENV" and value ~= _G then self:value(value, depth + 1) end
  end
end

local function of(value)
  local print = new()
  print.modules = modules()
  print:value(value, 0)
  return text_of(print.hash)
end

-- ---------------------------------------------------------------- a sweep

--- Of a problem: its singular values, least-norm solution and least loss, to the last bit; so the
-- same on one processor only. Of another loss than the squared one all of its factors.
-- @tparam problem p
-- @treturn string
function M.problem(p)
  local print = new()
  print.left = math.huge
  print:matrix(p:singular_values())
  if p.loss == "squared" then
    print:matrix(p:min_norm())
  else
    local W, Pt, _, Y = p:reduced()
    for _, m in ipairs{W, Pt, Y} do print:matrix(m) end
    print:add(("%s %a"):format(p.loss, p.delta))
  end
  print:add(("%a"):format(p.optimal_loss))
  return text_of(print.hash)
end

--- Of a sweep's functions: `run`, `problem`, one for each measure, those of a descent. Taken when
-- the sweep is made: what they count in variables of their own while it runs is no change.
-- @tparam table sweep
-- @treturn table by what it is
function M.of(sweep)
  local parts = {}
  if sweep.spec.run then parts.run = of(sweep.spec.run) end
  if type(sweep.spec.problem) == "function" then parts.problem = of(sweep.spec.problem) end
  for name, f in next, sweep.written or {} do parts["measure " .. name] = of(f) end
  for name, f in next, sweep.spec.descend or {} do
    if type(f) == "function" then parts["descend " .. name] = of(f) end
  end
  return parts
end

--- What the file of a sweep brought along counts too.
-- @tparam table sweep
-- @tparam {[string]=string,...} texts of its own modules
-- @tparam table globals that it made
function M.add(sweep, texts, globals)
  for name, text in next, texts do sweep.source["module " .. name] = of(text) end
  if next(globals) then sweep.source.globals = of(globals) end
end

return M
