# spec/hostile/cases/cwd-hijack.sh: SPDX-License-Identifier: MIT
# The command executes Lua files of the current directory: ./lfs.lua, ./argparse.lua, ./linnet/core.lua
# are found before the C modules of those names, because package.path ends in ./?.lua and Lua's
# searcher looks through all of it before it looks for C modules.
. "$(dirname "$0")/lib.sh"
unset LUA_PATH LUA_CPATH
mkdir linnet && echo 'io.open("pwned-core", "w"):close()' >linnet/core.lua
"$L" --version >/dev/null 2>&1
rm -r linnet; echo 'io.open("pwned-lfs", "w"):close()' >lfs.lua
"$L" --version >/dev/null 2>&1
[ -e pwned-core ] && fault "linnet --version ran ./linnet/core.lua"
[ -e pwned-lfs ] && fault "linnet --version ran ./lfs.lua"
finish
