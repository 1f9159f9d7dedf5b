# spec/hostile/cases/modes.sh: SPDX-License-Identifier: MIT
# Rewriting a private file (mode 600) leaves it readable for everybody.
. "$(dirname "$0")/lib.sh"
umask 022; touch a.csv a.npy a.jsonl; chmod 600 a.*
lua5.4 -e 'local l = require "linnet" l.csv.save("a.csv", l.eye(2)) l.npy.save("a.npy", l.eye(2)) l.record.save("a.jsonl", {1})'
for f in a.*; do [ "$(stat -c %a $f)" = 600 ] || fault "$f is now $(stat -c %a $f)"; done
finish
