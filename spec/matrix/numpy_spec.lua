--- spec/matrix/numpy_spec.lua: a fixed batch of matrices, every function on it, against NumPy's
-- results for the same .npy files (spec/numpy/compare.py). Pending where NumPy is not installed.
--
-- SPDX-License-Identifier: MIT

local linnet = require "linnet"
local lfs = require "lfs"

local PYTHON = "/usr/bin/python3" -- the one that Debian's python3-numpy belongs to
if not os.execute(PYTHON .. " -c 'import numpy' 2>/dev/null") then PYTHON = "python3" end

local ANY = {
  plus = function(a, b) return a + 2 * b end, product = function(a, b) return a * b:t() end,
  emul = function(a, b) return a:emul(b) end, ediv = function(a, b) return a:ediv(b) end,
  kron = function(a, b) return a:kron(b:sub(1, 2, 1, 2)) end,
  reshape = function(a) return a:reshape(a:cols(), a:rows()) end,
  sum_rows = function(a) return a:sum("rows") end, sum_cols = function(a) return a:sum("cols") end,
  mean = function(a) return a:mean() end, std_rows = function(a) return a:std("rows") end,
  cumsum = function(a) return a:cumsum("rows") end, sort = function(a) return (a:sort("cols")) end,
  argmax = function(a) return a:argmax("cols") end, norm_fro = function(a) return a:norm() end,
  norm_1 = function(a) return a:norm(1) end, norm_2 = function(a) return a:norm(2) end,
  norm_inf = function(a) return a:norm("inf") end, norm_nuc = function(a) return a:norm("nuc") end,
  singular_values = function(a) return (select(2, a:svd())) end,
  low_rank = function(a)
    local U, s, V = a:svd()
    local n, d = a:shape()
    return U:sub(1, n, 1, 3) * linnet.diag(s:sub(1, 3)) * V:sub(1, d, 1, 3):t()
  end,
  rank = function(a) return a:rank() end, pinv = function(a) return a:pinv() end,
  lstsq = function(a, b) return (a:lstsq(b)) end,
  gram_values = function(a) return ((a:t() * a):eigh()) end,
}
local FULL_RANK = {r = function(a) return (select(2, a:qr())) end}
local SQUARE = {
  solve = function(a, b) return a:solve(b) end, inv = function(a) return a:inv() end,
  logdet = function(a) return (a:logdet()) end, eig = function(a) return a:eig() end,
  det = function(a) return a:det() end,
  chol = function(a)
    local top = a:map(math.abs):max()
    return (a * a:t() + linnet.eye(#a) * top ^ 2):chol()
  end,
  power = function(a) return (a / a:map(math.abs):max()) ^ 5 end,
}

local function batch()
  local rng = linnet.random(2024)
  local low = rng:normal(20, 4) * rng:normal(4, 12)
  local stiff = rng:orthogonal(15, 15) * linnet.diag(linnet.logspace(1, 1e-8, 15))
    * rng:orthogonal(15, 15)
  return {
    {a = rng:normal(60, 40), ANY, FULL_RANK}, {a = rng:normal(12, 31), ANY, FULL_RANK},
    {a = low, ANY}, {a = low:t() * 1e120, ANY},
    {a = rng:normal(17, 17), ANY, FULL_RANK, SQUARE},
    {a = rng:normal(8, 8) * 1e-30, ANY, FULL_RANK, SQUARE}, {a = stiff, ANY, FULL_RANK, SQUARE},
    {a = rng:normal(9, 9) * 1e30, ANY, FULL_RANK, SQUARE},
  }
end

local function shell(command)
  local run = assert(io.popen(command .. " 2>&1"))
  local text = run:read("a")
  return text, run:close()
end

describe("matrices against NumPy", function()
  local folder

  before_each(function()
    folder = os.tmpname()
    os.remove(folder)
    assert(lfs.mkdir(folder))
  end)

  after_each(function()
    for name in lfs.dir(folder) do
      if name:find("%.npy$") then os.remove(folder .. "/" .. name) end
    end
    lfs.rmdir(folder)
  end)

  --- Writes the batch, each result changed by `spoil`; returns how many results there are.
  local function write(spoil)
    local count = 0
    for k, case in ipairs(batch()) do
      local b = linnet.random(k):normal(case.a:shape()) * case.a:norm("inf")
      linnet.npy.save(("%s/%d.A.npy"):format(folder, k), case.a)
      linnet.npy.save(("%s/%d.B.npy"):format(folder, k), b)
      for _, functions in ipairs(case) do
        for name, f in pairs(functions) do
          local result = f(case.a, b)
          if type(result) == "number" then result = linnet.matrix{result} end
          linnet.npy.save(("%s/%d.%s.npy"):format(folder, k, name), spoil(result))
          count = count + 1
        end
      end
    end
    return count
  end

  it("agree in every function of the batch", function()
    if not os.execute(PYTHON .. " -c 'import numpy' 2>/dev/null") then
      return pending("NumPy is not installed (python3-numpy)")
    end
    local count = write(function(m) return m end)
    local text, ok = shell(("%s spec/numpy/compare.py %s"):format(PYTHON, folder))
    assert.are.equal(("compared %d\n"):format(count), text)
    assert.is_true(ok)
  end)

  it("are seen to differ when one entry is off", function()
    if not os.execute(PYTHON .. " -c 'import numpy' 2>/dev/null") then
      return pending("NumPy is not installed (python3-numpy)")
    end
    local count = write(function(m)
      return m:copy():set(1, 1, m(1, 1) + 1e-3 * m:map(math.abs):max() + 1e-300)
    end)
    local text = shell(("%s spec/numpy/compare.py %s"):format(PYTHON, folder))
    local _, differences = text:gsub(" off, ", "")
    assert.are.equal(count, differences)
  end)
end)
