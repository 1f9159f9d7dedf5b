--- tools/readme.lua: runs the program that README.md prints and puts what it prints below it, so
-- that all numbers there are of one run. `lua tools/readme.lua` in the sources.
--
-- SPDX-License-Identifier: MIT

local PATH = "README.md"
local file = assert(io.open(PATH))
local text = file:read("a")
file:close()

local before, program, between, printed, after =
  text:match("^(.-\n```lua\n)(.-)(```\n\n```\n)(.-)(```\n.*)$")
assert(program, "README.md: no program followed by what it prints")

local name = os.tmpname()
local script = assert(io.open(name, "w"))
script:write(program)
script:close()
local pipe = assert(io.popen(("COLUMNS=80 LINES=24 lua5.4 %s 2>&1 </dev/null"):format(name)))
local fresh = pipe:read("a")
local done = pipe:close()
os.remove(name)
assert(done, fresh)

file = assert(io.open(PATH, "w"))
file:write(before, program, between, fresh, after)
file:close()
print(fresh == printed and "README.md: as it was" or "README.md: numbers of a new run")
