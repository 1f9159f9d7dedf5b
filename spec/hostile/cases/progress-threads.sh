# spec/hostile/cases/progress-threads.sh: SPDX-License-Identifier: MIT
# A progress function of an ensemble that multiplies large matrices raises OpenBLAS's one thread count
# while the pool computes: other bits, and 20 times slower (all threads spin in exec_blas).
OPENBLAS_NUM_THREADS=2; . "$(dirname "$0")/lib.sh"
cat >e.lua <<'LUA'
local linnet = require "linnet"
local X, Y = linnet.data.gaussian{n = 40, D = 60, m = 2, noise = .1, seed = 1}
local p = linnet.problem(X, Y)
linnet.threads(2)
local big = linnet.random(1):normal(600, 600)
local function go(progress)
  return linnet.ensemble(p, {init = {"gaussian", h = 1e6}, seeds = 60, flow = {t = 1 / 0}, threads = 2, progress = progress}).distance
end
local ref, other = go(), 0
for k = 1, 3 do if go(function() local b = big * big b:svd() end) ~= ref then other = other + 1 end end
print(other .. " of 3 repetitions gave other bits")
os.exit(other == 0)
LUA
timeout 150 lua5.4 e.lua; code=$?
[ $code -eq 124 ] && fault "not back after 150 s"
[ $code -eq 1 ] && fault "the bits depend on the progress function"
finish
