--- spec/hostile/programs_spec.lua: some random programs of fuzz/programs.lua, and what SECURITY.md
-- names. SPDX-License-Identifier: MIT
package.path = "spec/?.lua;" .. package.path
local lfs = require "lfs"
local support = require "support"

describe("random programs", function()
  it("over the public interface break nothing", function()
    local out = os.tmpname()
    local command = "lua5.4 fuzz/programs.lua 60 5000 >%s 2>&1"
    local ok = os.execute(command:format(out))
    local said = support.read(out)
    os.remove(out)
    assert.is_true(ok, said)
    assert.is_true(tonumber(said:match("programs of (%d+) calls")) > 2000, said)
    assert.is_true(tonumber(said:match("(%d+) of which returned")) > 200, said)
  end)
end)

describe("SECURITY.md", function()
  it("names specs that are there", function()
    local count = 0
    for name in support.read("SECURITY.md"):gmatch("`(%l+/%l+)`") do
      count = count + 1
      assert.is_truthy(lfs.attributes("spec/" .. name .. "_spec.lua"), name)
    end
    assert.is_true(count > 20)
  end)
end)
