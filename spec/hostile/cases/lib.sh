# spec/hostile/cases/lib.sh: sourced by the cases: sh NAME.sh CHECKOUT, a built tree of linnet.
# SPDX-License-Identifier: MIT
# A case prints what it saw and exits 1 while the fault is there, 0 when it is gone.
C=$(cd "${1:?usage: sh $0 CHECKOUT}" && pwd) || exit 2
export LUA_PATH="$C/lua/?.lua;$C/lua/?/init.lua;;" LUA_CPATH="$C/build/lib/?.so;;"
export OPENBLAS_NUM_THREADS="${OPENBLAS_NUM_THREADS:-1}"
L="$C/bin/linnet"
W=$(mktemp -d) && trap 'rm -rf "$W"' EXIT && cd "$W" || exit 2
bad=0
fault() { echo "FAULT: $*"; bad=1; }
finish() { [ $bad -eq 0 ] && echo "held"; exit $bad; }
# a sweep over a function: three records at once, or six of half a second
quick() { cat >"$1" <<'LUA'
return require("linnet").sweep{over = {a = {1, 2, 3}}, run = function(p) return {y = p.a ^ 2} end}
LUA
}
slow() { cat >"$1" <<'LUA'
return require("linnet").sweep{over = {a = {1, 2, 3, 4, 5, 6}}, run = function(p)
  local t = os.clock() while os.clock() - t < 0.4 do end return {y = p.a ^ 2} end}
LUA
}
