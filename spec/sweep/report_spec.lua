--- spec/sweep/report_spec.lua: a sweep's page: figures told apart, every point there, exponents for
-- each value of the other axis, settings in words, readable on a phone.
-- SPDX-License-Identifier: MIT
package.path = "spec/?.lua;" .. package.path
local support = require "support"
local linnet = require "linnet"

describe("the report of a sweep", function()
  local folder, page

  setup(function()
    folder = support.folder()
    local X, Y = linnet.data.gaussian{n = 4, D = 8, seed = 1}
    local result = linnet.sweep{name = "Widths and scales", over = {alpha = {0.4, 0.5},
      h = {log = {10, 1e4, 20}, round = true}}, seeds = 2, problem = linnet.problem(X, Y),
      init = "gaussian", flow = {t = math.huge}, measure = {"distance", "t"}}:run()
    page = support.read(result:report(folder .. "/page.html"))
  end)
  teardown(function() support.remove(folder) end)

  it("has figures with titles of their own, and a map of two axes", function()
    local seen = {}
    for title in page:gmatch("<svg[^>]*aria%-label=\"([^\"]*)\"") do
      seen[title] = (seen[title] or 0) + 1
    end
    assert.same({distance = 2, steps = 2}, seen) -- curves, and a map each
    assert.truthy(page:find("No figure of t: it has no finite values.", 1, true))
  end)

  it("reaches every point, and tells its columns apart", function()
    local _, rows = page:match("<summary>distance over the seeds.-</table>"):gsub("<tr><td", "")
    assert.equal(2 * 20, rows)
    for head in page:gmatch("<thead>(.-)</thead>") do
      local seen = {}
      for title in head:gmatch("<th[^>]*>(.-)</th>") do
        assert.is_nil(seen[title], head)
        seen[title] = true
      end
    end
  end)

  it("sets numbers as numbers, below each other, in no more digits than are read", function()
    local body = page:match("<summary>distance over the seeds.-</table>")
    local heads, cells = 0, 0
    for _ in body:gmatch('<th class="n">') do heads = heads + 1 end
    assert.equal(7, heads) -- all but the first
    for text in body:gmatch('<td class="n"[^>]*>(.-)</td>') do
      local digits = text:gsub(" × .*", ""):gsub("[^%d]", ""):gsub("^0+", "")
      assert.is_true(#digits <= 6, text)
      cells = cells + 1
    end
    assert.equal(7 * 40, cells)
  end)

  it("fits an exponent for each value of the other axis", function()
    local fits = page:match("Exponents</h2>(.-)</table>")
    for _, alpha in ipairs{"0.4", "0.5"} do
      assert.truthy(fits:find("distance</td><td[^>]*>alpha = " .. alpha), alpha)
    end
  end)

  it("says in words what was computed", function()
    local settings = page:match("What was computed(.-)</table>")
    assert.falsy(settings:find("{", 1, true))
    assert.truthy(settings:find("start</td><td[^>]*>gaussian"))
    assert.truthy(settings:find("D 8, m 1, n 4, rank 4", 1, true))
  end)

  it("names each cell, for windows too narrow for a row", function()
    for cell in page:match("Exponents</h2>(.-)</table>"):gmatch("<td([^>]*)>") do
      assert.truthy(cell:find('data-of="', 1, true), cell)
    end
  end)
end)
