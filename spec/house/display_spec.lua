--- spec/house/display_spec.lua: results that are tables print as their fields, in scripts too, and
-- stay plain tables otherwise.
-- SPDX-License-Identifier: MIT
local linnet = require "linnet"

local p = linnet.problem(linnet.eye(2), linnet.ones(2, 1))
local s = p:init("gaussian", {h = 10, seed = 1})
local run = p:flow(s, {t = 1})
local result = linnet.sweep{over = {h = {1, 10, 100}}, run = function(at) return at.h ^ 2 end}:run()
local PLAIN = {
  stats = run.stats, rates = s:rates(), bounds = run:bounds(), verify = run:verify(),
  fit = result:fit_slope("h", "value"), imbalance = s:imbalance(),
}

describe("print of a result that is a table:", function()
  for name, t in pairs(PLAIN) do
    it(name .. " shows every field, which pairs sees too", function()
      local text, count = tostring(t), 0
      for key, value in pairs(t) do
        assert.is_truthy(text:find("  " .. key .. "%s+%S"), key)
        if type(value) == "number" or type(value) == "string" then
          local shown = math.type(value) == "float" and ("%.6g"):format(value) or tostring(value)
          assert.is_truthy(text:find(shown, 1, true), key)
        end
        count = count + 1
      end
      assert.is_true(count >= 3)
      assert.is_nil(text:find("table: 0x", 1, true))
      for number in text:gmatch("%d+%.%d+") do
        assert.is_true(#number:gsub("%.", ""):gsub("^0+", "") <= 6, "too many digits: " .. number)
      end
      for line in text:gmatch("[^\n]+") do assert.is_true(utf8.len(line) <= 80, line) end
    end)
  end

  it("the reasons of an ensemble are listed", function()
    local e = linnet.ensemble(p, {init = {"gaussian", h = 10}, seeds = 2, flow = {t = 1}})
    assert.equal("  1  time\n  2  time", tostring(e.reason))
  end)
end)
