--- spec/hostile/properties_spec.lua: a few rounds of each property of fuzz/properties.lua.
-- SPDX-License-Identifier: MIT
local properties = dofile("fuzz/properties.lua")

describe("what must always hold", function()
  for _, name in ipairs(properties.names) do
    it("of random " .. name, function() properties.run(name, 60, 1000) end)
  end

  it("of tasks of which one leaves 1e-4 of a direction, and no room for more", function()
    properties.run("tasks", 1, 3453)
  end)

  it("is checked: a property that fails names its seed", function()
    properties.broken = function(rng) if rng:uniform(1, 1)(1,
      1) > 0.5 then error("too large") end end
    local ok, message = pcall(properties.run, "broken", 50, 1)
    assert.is_false(ok)
    assert.matches("broken, seed %d+: .*too large", message)
  end)
end)
