# spec/hostile/cases/header-bomb.sh: SPDX-License-Identifier: MIT
# A file of 130 bytes makes merge, report and load allocate gigabytes: the header's seeds and axes are
# expanded before anything is compared with what the file holds.
. "$(dirname "$0")/lib.sh"
h='{"header":{"blas":"x","format":1,"kernel":"k","kind":"sweep","linnet":"0.1.0","sweep":{"axes":'
printf '%s{"a":[1,2]},"seeds":100000000}}}\n' "$h" >seeds.jsonl
printf '%s{"a":{"linear":[0,1,40000]},"b":{"linear":[0,1,40000]}},"seeds":1}}}\n' "$h" >axes.jsonl
for f in seeds axes; do
  ( ulimit -v 2000000; timeout 60 "$L" merge --partial -q $f.jsonl 2>err ); code=$?
  { [ $code -eq 124 ] || grep -q "not enough memory" err; } && fault "$f.jsonl ($(wc -c <$f.jsonl) bytes): 2 GB were not enough, or 60 s"
done
finish
