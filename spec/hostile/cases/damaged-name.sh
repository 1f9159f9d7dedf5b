# spec/hostile/cases/damaged-name.sh: SPDX-License-Identifier: MIT
# A sweep's file whose header has a name that is no text.
. "$(dirname "$0")/lib.sh"
for name in '{"x":1}' true '[1]'; do
  printf '{"header":{"format":1,"kind":"sweep","sweep":{"axes":{"a":[1]},"seeds":1,"name":%s}}}\n{"measure":{"y":1},"point":{"a":1},"seed":1}\n' "$name" >d.jsonl
  "$L" merge d.jsonl >out 2>&1; grep "attempt to" out && fault "name = $name: neither refused nor printed"
done
finish
