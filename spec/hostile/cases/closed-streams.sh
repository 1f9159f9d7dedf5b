# spec/hostile/cases/closed-streams.sh: SPDX-License-Identifier: MIT
# Started with standard error or output closed (2>&- as some daemons do), the file of records gets that
# descriptor, and what is printed lands between the records: exit 0, but no merge or resume reads it.
. "$(dirname "$0")/lib.sh"
cat >p.lua <<'LUA'
return require("linnet").sweep{over = {a = {1, 2, 3}}, run = function(p) print("working on", p.a) io.stdout:flush() return {y = p.a} end}
LUA
"$L" sweep p.lua --out o.jsonl -q >&-; echo "exit $?"
"$L" merge -q o.jsonl || { head -2 o.jsonl | cut -c1-60; fault "stdout closed: the file cannot be read any more"; }
"$L" sweep p.lua --out e.jsonl 2>&- >/dev/null; echo "exit $?"
"$L" merge -q e.jsonl || { tail -1 e.jsonl; fault "stderr closed: the line of progress is in the file"; }
finish
