# spec/hostile/cases/save-under-writer.sh: SPDX-License-Identifier: MIT
# merge --out (result:save) renames over a file that a running sweep holds locked: what the sweep
# appends afterwards goes to a file without a name. It ends with exit 0 and "6 records in live.jsonl".
. "$(dirname "$0")/lib.sh"
slow s.lua
"$L" sweep s.lua --out live.jsonl >out 2>err & P=$!
sleep 1.3
"$L" merge --partial live.jsonl --out live.jsonl -q && echo "merge onto the locked file: exit 0"
wait $P; code=$?
n=$(grep -c '"point"' live.jsonl)
[ "$code" -eq 0 ] && [ "$n" -ne 6 ] && fault "sweep: exit 0, says '$(tail -1 err)', but the file holds $n"
finish
