--- spec/hostile/cases_spec.lua: faults that were found once, as the shell shows them: each script
-- of spec/hostile/cases says FAULT and exits with 1 while its fault is there.
-- SPDX-License-Identifier: MIT
local lfs = require "lfs"

local SECONDS = 120

describe("The case", function()
  local names = {}
  for name in lfs.dir("spec/hostile/cases") do
    local stem = name:match("^(.*)%.sh$")
    if stem and stem ~= "lib" then names[#names + 1] = stem end
  end
  table.sort(names)

  for _, name in ipairs(names) do
    it(name .. " holds", function()
      local command = ("timeout %d sh spec/hostile/cases/%s.sh . 2>&1"):format(SECONDS, name)
      local pipe <close> = io.popen(command)
      local said = pipe:read("a")
      assert.is_true(pipe:close() == true, said)
    end)
  end
end)
