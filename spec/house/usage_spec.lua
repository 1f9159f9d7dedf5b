-- Every @usage example of the manual runs, as a user would type it after `require`.
-- SPDX-License-Identifier: MIT

local pages = require "linnet.manual"

-- Examples print; the runner's screen is not the place.
local function environment()
  local quiet = {write = function() return io.stdout end}
  return setmetatable({print = function(...)
    for i = 1, select("#", ...) do tostring((select(i, ...))) end
  end, io = setmetatable(quiet, {__index = io})}, {__index = _G})
end

describe("usage", function()
  local count = 0
  for _, page in ipairs(pages) do
    if page.usage then
      count = count + 1
      it("of " .. page.name .. " runs", function()
        local source = "local linnet = require 'linnet' " .. page.usage
        local chunk = assert(load(source, "=" .. page.name, "t", environment()))
        chunk()
      end)
    end
  end

  it("is given for most of what the manual lists", function()
    local functions = 0
    for _, page in ipairs(pages) do
      if page.signature:find("(", 1, true) then functions = functions + 1 end
    end
    assert.is_true(functions > 0 and count >= 0.9 * functions,
      ("%d of %d functions have an example"):format(count, functions))
  end)
end)
