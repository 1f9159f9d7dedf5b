--- bench/matrix.lua: what a matrix operation costs beyond its BLAS or LAPACK call at n = 500
-- (wanted: less than 5 %), one thread. The yardstick, bench/direct.c, runs in turn in the same
-- process on buffers that are ready: the copy of the input that LAPACK destroys, and the call. Ours
-- allocates its results, checks for nan (and for symmetry), and unpacks them. The least of many
-- times counts: whatever else the machine does only adds.
-- SPDX-License-Identifier: MIT
package.path = "bench/?.lua;" .. package.path
local linnet = require "linnet"
local bench = require "support"

local N, TRIALS = 500, tonumber(os.getenv("TRIALS")) or 25

local function load_direct()
  local library = os.tmpname() .. ".so"
  local include = os.getenv("LUA_INCDIR") or "/usr/include/lua5.4"
  local command = ("cc -O2 -shared -fPIC -I%s -o %s bench/direct.c %s"):format(include, library,
    os.getenv("BLAS_LIBS") or "-llapacke -lopenblas")
  assert(os.execute(command), "cannot compile bench/direct.c")
  local open = assert(package.loadlib(library, "luaopen_direct"))
  os.remove(library)
  return open
end

local A = linnet.random(1):normal(N, N)
local S = A * A:t() / N + linnet.eye(N)
local direct = load_direct()(N, A:totable(), S:totable())

local OPERATIONS = {
  {"product", function() return A * S end}, {"solve", function() return A:solve(A) end},
  {"lu", function() return A:lu() end}, {"chol", function() return S:chol() end},
  {"qr", function() return A:qr() end}, {"eigh", function() return S:eigh() end},
  {"svd", function() return A:svd() end},
}

print(("n = %d, least of %d calls in turn, one thread, processor time, %s"):format(N, TRIALS,
  bench.processor()))
local raw = {}
for _, operation in ipairs(OPERATIONS) do
  local name, f = operation[1], operation[2]
  local ours, theirs = {}, {}
  direct(name)
  f()
  for i = 1, TRIALS do
    theirs[i] = direct(name)
    local began = os.clock()
    f()
    ours[i] = os.clock() - began
    raw[#raw + 1] = {name, i, ("%.6g"):format(theirs[i]), ("%.6g"):format(ours[i])}
  end
  local time, base = math.min(table.unpack(ours)), math.min(table.unpack(theirs))
  print(("  %-8s %8.3f ms, copy and LAPACK %8.3f ms"):format(name, 1e3 * time, 1e3 * base))
  bench.row(name .. ": time over copy and LAPACK", 1.05, time / base)
end
bench.save("matrix", "operation,trial,direct_seconds,linnet_seconds", raw)
