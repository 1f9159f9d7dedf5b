# spec/hostile/cases/dash-threads.sh: SPDX-License-Identifier: MIT
# A spec whose name begins with a dash, in two processes.
. "$(dirname "$0")/lib.sh"
quick ./-x.lua
"$L" sweep -q --threads 2 ./-x.lua || fault "linnet sweep --threads 2 ./-x.lua"
rm -f ./-x.jsonl; "$L" sweep -q --threads 2 --out=r.jsonl -- -x.lua || fault "linnet sweep --threads 2 -- -x.lua"
finish
