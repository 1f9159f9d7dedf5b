# spec/hostile/cases/out-erases.sh: SPDX-License-Identifier: MIT
# A file without a final newline is no linnet file, and is erased or cut although --resume was not given.
. "$(dirname "$0")/lib.sh"
quick s.lua
printf '{"name":"my project","version":1}' >package.json; cp package.json kept1
"$L" sweep s.lua -q --out package.json; cmp -s package.json kept1 || fault "a one-line JSON file was erased"
printf '{"a":1}\n{"precious":2}' >foreign.jsonl; cp foreign.jsonl kept2
"$L" sweep s.lua -q --out foreign.jsonl; cmp -s foreign.jsonl kept2 || fault "a refused file lost its last line"
finish
