# spec/hostile/cases/slurm-submit-injection.sh: SPDX-License-Identifier: MIT
# submit.sh echoes the single-quoted name of the result inside double quotes: $(...) in it is executed.
. "$(dirname "$0")/lib.sh"
quick s.lua; mkdir bin; printf '#!/bin/sh\necho 42\n' >bin/sbatch; chmod +x bin/sbatch
"$L" slurm s.lua --tasks 2 --out 'r$(touch pwned-out).jsonl' --dir j >/dev/null
PATH="$W/bin:$PATH" sh j/submit.sh
[ -e pwned-out ] && fault "a command in the name of the result was executed"
mkdir 'd$(touch${IFS}pwned-cwd)'; cd 'd$(touch${IFS}pwned-cwd)' && cp ../s.lua . && "$L" slurm s.lua --tasks 2 --dir j >/dev/null &&
  PATH="$W/bin:$PATH" sh j/submit.sh
[ -e pwned-cwd ] && fault "a command in the name of the working folder was executed"
finish
