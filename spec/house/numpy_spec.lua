--- spec/house/numpy_spec.lua: every row of docs/numpy.md says the same in both columns: NumPy
-- computes the left one (spec/numpy/table.py), linnet the right. Pending where NumPy is missing.
-- SPDX-License-Identifier: MIT

local lfs = require "lfs"
local linnet = require "linnet"

local PYTHON = "/usr/bin/python3" -- the one that Debian's python3-numpy belongs to
if not os.execute(PYTHON .. " -c 'import numpy' 2>/dev/null") then PYTHON = "python3" end

--- The pieces of code in a cell of the table, in order.
local function codes(cell)
  local list = {}
  cell = cell:gsub("%(`%w+` [^)]*%)", "") -- a remark: (`eig` gives ...)
  for code in cell:gmatch("`([^`]*)`") do list[#list + 1] = code end
  return list
end

--- The pairs {NumPy's code, ours, kind} of the page.
local function pairs_of(path)
  local list = {}
  for line in io.lines(path) do
    local left, right = line:match("^| (`.-) | (`.-) |$")
    if left then
      local theirs, ours = codes(left), codes(right)
      assert(#theirs == #ours, "as many pieces of code in both columns: " .. line)
      for i = 1, #theirs do
        local kind = right:find("other numbers", 1, true) and "shape"
          or ours[i]:find(":words", 1, true) and "words" or "value"
        list[#list + 1] = {theirs[i], ours[i], kind}
      end
    end
  end
  return list
end

local function inputs()
  local rng = linnet.random(7)
  local A, B, root = rng:normal(3, 4), rng:normal(3, 4), rng:normal(4, 4)
  return {A = A, B = B, S = root * root:t() + linnet.eye(4), v = rng:normal(3, 1),
    w = rng:normal(4, 1)}
end

--- Our results as a matrix: numbers, several numbers, lists, booleans.
local function as_matrix(...)
  local value = ...
  if type(value) == "boolean" then return linnet.matrix{value and 1 or 0} end
  if type(value) == "number" then return linnet.matrix{...} end
  return type(value) == "table" and linnet.matrix(value) or value
end

--- Writes what table.py reads, our code changed by `spoil`; returns how many pairs have a result.
local function write(list, spoil)
  local env = setmetatable(inputs(), {__index = setmetatable({linnet = linnet,
    rng = linnet.random(1)}, {__index = _G})})
  for _, name in ipairs{"A", "B", "S", "v", "w"} do linnet.npy.save(name .. ".npy", env[name]) end
  local out <close> = assert(io.open("pairs.txt", "w"))
  for k, pair in ipairs(list) do
    local theirs, ours, kind = table.unpack(pair)
    ours = spoil(ours)
    local chunk = load("return " .. ours, "=" .. ours, "t", env)
    local result
    if chunk and kind == "words" then
      local file <close> = assert(io.open(k .. ".txt", "w"))
      for _, word in ipairs(chunk()) do file:write(("%d\n"):format(word)) end
    else
      if chunk then
        result = as_matrix(chunk())
      else
        assert(load(ours, "=" .. ours, "t", env))()
        result = rawget(env, "s") or env.A
        env.s = nil
      end
      if result then linnet.npy.save(k .. ".npy", result) end
    end
    out:write(("%d\t%s\t%s\n"):format(k, kind, theirs))
  end
end

describe("docs/numpy.md", function()
  local home, folder, list = lfs.currentdir(), nil, pairs_of("docs/numpy.md")

  before_each(function()
    folder = os.tmpname()
    os.remove(folder)
    assert(lfs.mkdir(folder))
  end)

  after_each(function()
    assert(lfs.chdir(home))
    for name in lfs.dir(folder) do os.remove(folder .. "/" .. name) end
    lfs.rmdir(folder)
  end)

  local function compared(spoil)
    assert(lfs.chdir(folder))
    local ok, why = pcall(write, list, spoil)
    assert(lfs.chdir(home))
    assert(ok, why)
    local pipe <close> = assert(io.popen(("%s spec/numpy/table.py %s 2>&1"):format(PYTHON, folder)))
    return pipe:read("a")
  end

  local function pending_without_numpy()
    return not os.execute(PYTHON .. " -c 'import numpy' 2>/dev/null")
      and (pending("NumPy is not installed (python3-numpy)") or true)
  end

  it("says the same in both columns, row by row", function()
    if pending_without_numpy() then return end
    local text = compared(function(code) return code end)
    assert.equal("", (text:gsub("compared %d+\n$", "")))
    assert.is_true(tonumber(text:match("compared (%d+)")) > 70)
  end)

  it("would be caught with its axes exchanged", function()
    if pending_without_numpy() then return end
    local text = compared(function(code)
      return (code:gsub('"(%a+)"', function(word)
        return word == "rows" and '"cols"' or word == "cols" and '"rows"' or nil
      end))
    end)
    local _, count = text:gsub(": shape ", "")
    assert.is_true(count >= 5, text)
  end)
end)
