# spec/hostile/cases/new-symlink.sh: SPDX-License-Identifier: MIT
# A whole file is written to PATH.new, whatever that is: a link there is followed and its target
# overwritten (PATH becomes the link); somebody's own file of that name is gone.
. "$(dirname "$0")/lib.sh"
quick s.lua; "$L" sweep s.lua -q --out r.jsonl
echo precious >victim; ln -s victim m.jsonl.new
"$L" merge r.jsonl --out m.jsonl -q
[ "$(cat victim)" = precious ] || fault "the target of a link at OUT.new was overwritten"
[ -L m.jsonl ] && fault "OUT is a link now"
echo "my notes" >n.jsonl.new; "$L" merge r.jsonl --out n.jsonl -q
[ "$(cat n.jsonl.new 2>/dev/null)" = "my notes" ] || fault "my own n.jsonl.new is gone"
finish
