# spec/hostile/cases/power-interrupt.sh: SPDX-License-Identifier: MIT
# Ctrl-C during m^n: no tick between the products (126 of them for a large n).
. "$(dirname "$0")/lib.sh"
cat >p.lua <<'LUA'
local linnet = require "linnet"
local m = linnet.random(1):normal(1500, 1500) * 0.01
print("ready") io.stdout:flush()
print(pcall(function() return m ^ ((1 << 61) - 1) end))
LUA
lua5.4 p.lua >out & P=$!
while ! grep -q ready out; do sleep 0.1; done; sleep 0.5
t=$(date +%s%N); kill -INT $P; wait $P; ms=$(( ($(date +%s%N) - t) / 1000000 ))
echo "Ctrl-C answered after $ms ms"
[ $ms -gt 2000 ] && fault "one product takes about 150 ms"
finish
