--- spec/io/npz_spec.lua: linnet.npz and NumPy, both ways, and archives that are damaged or made to
-- harm. (Any bytes: fuzz/npz.c.)
-- SPDX-License-Identifier: MIT
local linnet = require "linnet"
local support = require "support"

local folder
setup(function() folder = support.folder() end)
teardown(function() support.remove(folder) end)

-- Equal to the bit, nan included.
local function same(a, b)
  assert.same({a:shape()}, {b:shape()})
  for i = 1, a:rows() do
    for j = 1, a:cols() do
      assert.equal(string.pack("d", a(i, j)), string.pack("d", b(i, j)))
    end
  end
end

local function matrices()
  return {A = linnet.random(1):normal(3, 4), b = linnet.matrix{1 / 0, -0.0, 5e-324},
    ["ünï x/y"] = linnet.zeros(0, 3), wide = linnet.ones(1, 300), ["0"] = linnet.eye(2)}
end

local function count(t)
  local n = 0
  for _ in pairs(t) do n = n + 1 end
  return n
end

describe("linnet.npz", function()
  local python = support.numpy()

  -- Runs a program in the folder, its output.
  local function numpy(program)
    support.write(folder .. "/program.py", "import numpy as np\n" .. program)
    local pipe <close> = io.popen(("cd %s && %s program.py 2>&1"):format(folder, python))
    return pipe:read("a")
  end

  it("brings back what it wrote, and writes the same bytes for the same matrices", function()
    local path = folder .. "/a.npz"
    linnet.npz.save(path, matrices())
    local bytes, all = support.read(path), linnet.npz.load(path)
    assert.equal(count(matrices()), count(all))
    for name, m in pairs(matrices()) do same(m, all[name]) end
    linnet.npz.save(path, all)
    assert.equal(bytes, support.read(path))
    linnet.npz.save(path, {})
    assert.same({}, linnet.npz.load(path))
  end)

  it("is read by NumPy, which finds nothing wrong with the archive", function()
    if not python then return pending("NumPy is not installed (python3-numpy)") end
    linnet.npz.save(folder .. "/ours.npz", matrices())
    local said = numpy([[
import zipfile
assert zipfile.ZipFile("ours.npz").testzip() is None
z = np.load("ours.npz")
for name in z.files: print(name, z[name].shape)
np.savez("theirs.npz", **{name: z[name] for name in z.files})]])
    assert.equal("0 (2, 2)\nA (3, 4)\nb (3, 1)\nwide (1, 300)\nünï x/y (0, 3)\n", said)
    local all = linnet.npz.load(folder .. "/theirs.npz")
    for name, m in pairs(matrices()) do same(m, all[name]) end
  end)

  it("reads what np.savez writes, and says what it does not read", function()
    if not python then return pending("NumPy is not installed (python3-numpy)") end
    assert.equal("", numpy([[
np.savez("some.npz", np.arange(3), x=np.arange(6).reshape(2, 3), single=np.eye(2, dtype="f4"))
np.savez_compressed("packed.npz", x=np.eye(2))
np.savez("cube.npz", x=np.zeros((2, 2, 2)))]]))
    local some = linnet.npz.load(folder .. "/some.npz")
    same(linnet.matrix{{0, 1, 2}, {3, 4, 5}}, some.x)
    same(linnet.matrix{0, 1, 2}, some.arr_0)
    same(linnet.eye(2), some.single)
    for name, why in pairs{packed = "compressed entries (np.savez_compressed) cannot be read; "
      .. "np.savez stores", cube = "entry 'x': an array of 3 dimensions"} do
      assert.error_matches(function() linnet.npz.load(folder .. "/" .. name .. ".npz") end, why, 1,
        true)
    end
  end)

  it("refuses what is no matrix, and what has no name", function()
    local path = folder .. "/none.npz"
    for why, given in pairs{["linnet.npy.save writes one"] = linnet.eye(2),
      ["a name must be"] = {linnet.eye(2)}, ["'a' must be a matrix, got 2"] = {a = 2},
      ["expected a table"] = 7} do
      assert.error_matches(function() linnet.npz.save(path, given) end, why, 1, true)
    end
    assert.is_nil(io.open(path))
  end)

  -- An archive of two entries as bytes, and a change of it.
  local function spoilt(change)
    local path = folder .. "/spoilt.npz"
    linnet.npz.save(path, {a = linnet.eye(2), b = linnet.ones(1, 2)})
    support.write(path, change(support.read(path)))
    return pcall(linnet.npz.load, path)
  end

  it("refuses every file cut anywhere, and survives every changed byte", function()
    local whole
    spoilt(function(bytes) whole = bytes return bytes end)
    for cut = 0, #whole - 1 do
      local ok, why = spoilt(function(bytes) return bytes:sub(1, cut) end)
      assert.is_false(ok)
      assert.is_string(require("linnet.failure").message(why))
    end
    local refused = 0
    for at = 1, #whole do
      local ok = spoilt(function(bytes)
        return bytes:sub(1, at - 1) .. string.char(bytes:byte(at) ~ 0x55) .. bytes:sub(at + 1)
      end)
      refused = refused + (ok and 0 or 1)
    end
    assert.is_true(refused > #whole * 0.8, refused) -- dates and versions are not looked at
  end)

  it("is not made to hold more than the file by an entry named often", function()
    local ok, why = spoilt(function(bytes)
      local first = bytes:find("PK\1\2", 1, true)
      local record = bytes:sub(first, bytes:find("PK\1\2", first + 4, true) - 1)
      local records = {}
      for i = 1, 60 do records[i] = record end
      local directory = table.concat(records)
      return bytes:sub(1, first - 1) .. directory .. "PK\5\6\0\0\0\0" .. string.pack("<I2I2I4I4I2",
        #records, #records, #directory, first - 1, 0)
    end)
    assert.is_false(ok)
    assert.matches("it is there twice", tostring(why), 1, true)
  end)
end)
