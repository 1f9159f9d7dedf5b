--- spec/hostile/latex_spec.lua: a figure in LaTeX shows names, which may come from a file, and does
-- not obey them. SPDX-License-Identifier: MIT
package.path = "spec/?.lua;" .. package.path
local linnet = require "linnet"
local support = require "support"

describe("a figure in LaTeX", function()
  it("shows the names of a sweep and of a run as they are", function()
    local dir = support.folder()
    local name = "\\input{/etc/passwd} $x$ 50% #1 a_b^c ~&"
    local result = linnet.sweep{name = name, over = {[name .. "1"] = {1, 2}, ["\\b"] = {1, 2}},
      run = function(point) return {[name .. "y"] = point["\\b"]} end}:run{progress = false}
    result:plot(name .. "y", dir .. "/a.tex")
    result:heatmap(name .. "y", {x = name .. "1", y = "\\b", file = dir .. "/b.tex"})
    local X, Y = linnet.data.gaussian{n = 4, D = 6, seed = 1}
    local p = linnet.problem(X, Y)
    p:flow(p:init("gaussian", {h = 9, seed = 1}), {t = 1, record = {[name] = function(s)
      return s.t
    end}}):plot(name, dir .. "/c.tex")
    for _, file in ipairs{"a", "b", "c"} do
      local text = support.read(dir .. "/" .. file .. ".tex")
      assert.is_nil(text:find("\\input{/etc", 1, true), file)
      assert.truthy(text:find("\\textbackslash{}input\\{/etc/passwd\\} \\$x\\$ 50\\% \\#1 a\\_b", 1,
        true), file)
    end
    support.remove(dir)
  end)
end)
