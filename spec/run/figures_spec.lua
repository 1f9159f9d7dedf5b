--- spec/run/figures_spec.lua: figures in characters, of runs, in panels, for paper, of sweeps.
-- SPDX-License-Identifier: MIT
package.path = "spec/?.lua;" .. package.path
local support = require "support"
local plot = require "linnet.plot"

local count, drawn = support.count, support.drawn
local file_read, files_in = support.contents, support.files_in

describe("figures in characters", function()
  local terminal = require "linnet.plot.terminal"
  local curves_of = require "linnet.plot.curves"

  local function figure(o, list, columns, lines)
    local curves, notes = {}, {infinite = 0, beyond = 0, nonpositive = 0}
    for i, given in ipairs(list) do
      curves[i] = curves_of.read(given, i, {}, notes, 1)
      curves[i].color = curves[i].color or i
    end
    return terminal.draw(o, curves, curves_of.axis("x", o, curves), curves_of.axis("y", o, curves),
      columns, lines)
  end

  local rising = {{0, 1, 2, 3}, {0, 1, 2, 3}, label = "rising"}
  local falling = {{0, 1, 2, 3}, {3, 2, 1, 0}, label = "falling"}

  it("keep to the window, key and title included", function()
    for _, unicode in ipairs{true, false} do
      for _, size in ipairs{{80, 23}, {40, 10}, {160, 49}, {60, 12}} do
        local text = figure({title = "A title", xlabel = "x", ylabel = "y", unicode = unicode,
          note = ("n"):rep(200)}, {rising, falling}, size[1], size[2])
        local lines = 0
        for line in text:gmatch("([^\n]*)\n") do
          lines = lines + 1
          assert.is_true(utf8.len(line) <= size[1], line)
        end
        assert.is_true(lines <= size[2], text)
        assert.truthy(text:find("rising", 1, true) and text:find("falling", 1, true))
      end
    end
  end)

  it("put dots where the data say", function()
    local rows = {}
    for line in figure({unicode = false}, {rising}, 40, 12):gmatch("[|+](.-)\n") do
      rows[#rows + 1] = line
    end
    local first, last = rows[1]:find("%*"), nil
    for i = 1, #rows do
      local at = rows[i]:find("%*")
      if at then assert.is_true(not last or at < last) end -- down the rows, to the left
      last = at or last
    end
    assert.is_true(first > 30 and last < 5)
  end)

  it("tell bounds from each other and lines apart without colours", function()
    local bound = {{0, 1, 2, 3}, {1, 1, 1, 1}, label = "first bound", style = "bound"}
    local other = {{0, 1, 2, 3}, {2, 2, 2, 2}, label = "second bound", style = "bound"}
    for _, unicode in ipairs{true, false} do
      local text = figure({unicode = unicode}, {rising, bound, other, falling}, 70, 16)
      local function sample(label) return text:match("(%S* ?%S*) " .. label) end
      local seen = {}
      for _, label in ipairs{"rising", "falling", "first bound", "second bound"} do
        assert.is_nil(seen[sample(label)], text)
        seen[sample(label)] = true
      end
    end
  end)

  it("say what the labels of an axis are told from, as files do", function()
    local near = {{1e9, 1e9 + 1, 1e9 + 2}, {1, 2, 3}}
    assert.truthy(figure({}, {near}, 60, 14):find("+ 1000000000", 1, true))
    assert.truthy(figure({xlabel = "time"}, {near}, 60, 14):find("time - 1000000000", 1, true))
    assert.truthy(plot.svg{near}:find("+ 1000000000", 1, true))
    assert.truthy(plot.svg{near, xlabel = "time"}:find("time - 1000000000", 1, true))
  end)

  it("draw dashed lines with gaps, also in the key", function()
    local function cells(style, unicode)
      local text = figure({unicode = unicode}, {{{0, 1, 2, 3}, {0, 1, 2, 3}, style = style,
        label = "curve"}}, 60, 12)
      local _, filled = text:gsub(unicode and "[\xe2][\xa0-\xa3][\x80-\xbf]" or "%*", "")
      return filled, text:match("(%S.-%S)  ?curve")
    end
    for _, unicode in ipairs{true, false} do
      local solid, sample = cells("line", unicode)
      local dashed, other = cells("dash", unicode)
      assert.is_true(dashed < 0.8 * solid and dashed > 0.3 * solid, dashed .. " of " .. solid)
      assert.not_equal(sample, other)
    end
  end)

  it("say everything in ASCII where there is no Unicode", function()
    local greek = {{0, 1}, {0, 1}, label = "‖U₂V(0)ᵀ‖ ≤ σ₁ ∞"}
    local o = {title = "Θ(t) − Θ⁺", xlabel = "½ λ", ylabel = "∫ ‖A‖ dt", note = "café"}
    local text = figure(o, {greek}, 60, 14)
    assert.falsy(text:find("[\x80-\xff]"), text)
    for _, said in ipairs{"||U_2V(0)^T|| <= sigma_1 inf", "Theta(t) - Theta^+", "1/2 lam",
      "int  ||A|| dt", "caf?"} do
      assert.truthy(text:find(said, 1, true), said .. " in:\n" .. text)
    end
    o.unicode = true
    assert.truthy(figure(o, {greek}, 60, 14):find("Θ(t) − Θ⁺", 1, true))
  end)

  it("colour only where the terminal has colours, and then nothing else changes", function()
    local plain = figure({unicode = true}, {rising, falling}, 60, 14)
    local coloured = figure({unicode = true, colour = true}, {rising, falling}, 60, 14)
    assert.falsy(plain:find("\27", 1, true))
    assert.truthy(coloured:find("\27[38;5;", 1, true))
    assert.equal(plain, (coloured:gsub("\27%[[%d;]*m", "")))
  end)

  it("label ticks apart at 1e9 + 1, 1e308 and 1e-310", function()
    local ticks = require "linnet.plot.ticks"
    for _, range in ipairs{{1e9, 1e9 + 2}, {-1e308, 1e308}, {1e-310, 9e-310}, {0.1, 0.1 + 1e-9},
      {1, 2}, {-3, 1e-3}, {123456, 123459}, {5e-324, 1e-320}} do
      local list, base = ticks.linear(range[1], range[2], 5)
      assert.is_true(#list >= 2 and #list <= 14, ("%g %g: %d"):format(range[1], range[2], #list))
      for i, tick in ipairs(list) do
        local value = tonumber(tick[2]) + (base and tonumber(base) or 0)
        assert.is_true(math.abs(value / 2 - tick[1] / 2) <= 1e-3 * (range[2] / 2 - range[1] / 2)
          + 5e-324) -- one step of the smallest numbers
        if i > 1 then assert.not_equal(list[i - 1][2], tick[2]) end
      end
    end
  end)
end)

describe("runs in a figure", function()
  local linnet = require "linnet"
  local p = linnet.problem(linnet.eye(2), linnet.ones(2, 1))
  local run1 = p:flow(p:init("gaussian", {h = 10, seed = 1}), {t = 1})
  local run2 = p:flow(p:init("gaussian", {h = 1000, seed = 1}), {t = 1})

  it("lie over each other, by what tells them apart, or labels of their own", function()
    local svg = plot.svg{run1, run2, what = "distance"}
    for _, text in ipairs{"h = 10", "h = 1000", "distance"} do
      assert.same(1, count(svg, "<text>" .. text .. "</"), text)
    end
    svg = plot.svg{{run1, label = "mine", style = "dash"}, run2, {{0, 1}, {1, 2}, label = "curve"}}
    for _, text in ipairs{"mine", "curve", "loss"} do
      assert.same(1, count(svg, "<text>" .. text .. "</"), text)
    end
    support.refuses(function() plot.svg{run1, what = "travel"} end,
      "plot: curve 1: the run recorded t, loss, excess, rate, distance, not 'travel'")
  end)

  it("stand in panels, each with its own title and axes", function()
    local svg = plot.svg{panels = {{run1, title = "first"}, {run2, what = "distance",
      title = "second"}}, width = 900}
    for _, text in ipairs{"first", "second", "loss", "distance"} do
      assert.same(1, count(svg, "<text>" .. text .. "</"), text)
    end
    support.refuses(function() plot.svg{run1, panels = {{run2}}} end,
      "plot: give curves or panels, not both")
  end)

  it("have fewer labels where there is less room, in panels too", function()
    local curve = {{1e-12, 1}, {1, 2}}
    local function labels(figure) return count(plot.svg(figure), "<text>") end
    local last = math.huge
    for _, width in ipairs{800, 400, 300, 200} do
      local alone = labels{curve, log = "x", width = width}
      assert.is_true(alone <= last)
      local panel = {curve, log = "x"}
      assert.equal(2 * alone, labels{panels = {panel, panel}, width = 2 * width, height = 440})
      last = alone
    end
    assert.is_true(last < labels{curve, log = "x", width = 800})
  end)
end)

describe("figures for paper", function()
  local folder2
  before_each(function() folder2 = support.folder() end)
  after_each(function() os.execute("rm -r '" .. folder2 .. "'") end)

  it("as LaTeX, with the picture beside it and the labels as they are written", function()
    local path = folder2 .. "/a figure.tex"
    assert.equal(path, plot{{{1, 2}, {3, 4}, label = "$\\lambda$"}, xlabel = "$t$", file = path,
      size = "column"})
    local tex = file_read(path)
    assert.truthy(tex:find("{a figure}", 1, true))
    assert.truthy(tex:find("$\\lambda$", 1, true))
    assert.falsy(tex:find("/tmp/", 1, true))
    assert.truthy(file_read(folder2 .. "/a figure.pdf"):find("^%%PDF"))
    assert.same({"a figure.pdf", "a figure.tex"}, files_in(folder2))
  end)

  it("in LaTeX set numbers as mathematics, in the size asked for, with graphicx alone", function()
    local wide, map = folder2 .. "/wide.tex", folder2 .. "/map.tex"
    plot{{{1, 10, 1e6}, {1e-9, 1e-3, 1}}, log = "xy", xlabel = "$t$", file = wide, size = "column"}
    plot.heatmap{{{1, 1e3}, {1e6, 1e9}}, x = {-0.5, 0.5}, y = {1, 10}, file = map, font = 12}
    for path, size in pairs{[wide] = "8", [map] = "12"} do
      local tex, numbers = file_read(path), 0
      for text in tex:gmatch("\\strut{}(.-)}}[%%}]") do
        assert.falsy(text:gsub("%$[^$]*%$", ""):find("[%d^_-]"), text) -- outside of dollars
        numbers = numbers + 1
      end
      assert.is_true(numbers >= 4, tex)
      assert.truthy(tex:find("\\fontsize{" .. size .. "}", 1, true))
      assert.truthy(tex:find("\\providecommand\\definecolor", 1, true)
        < tex:find("\\definecolor{tbcol}", 1, true))
    end
    assert.truthy(file_read(wide):find("$10^{-6}$", 1, true))
    assert.truthy(file_read(map):find("$10^{3}$", 1, true))
  end)

  it("have a title that screen readers say, and annotations", function()
    local svg = plot.svg{{{1, 2}, {3, 4}}, title = "Loss <over> time",
      annotate = {{1.5, 3.5, "here"}}}
    assert.truthy(svg:find("<title>Loss &lt;over&gt; time</title>", 1, true))
    assert.same(1, count(svg, "<text>here</"))
    assert.falsy(svg:find("Gnuplot", 1, true))
  end)

  it("take a font size and a place for the key", function()
    local function size(o)
      o[1] = {{1, 2}, {3, 4}, label = "x"}
      return tonumber(plot.svg(o):match('font%-size="([%d.]+)"'))
    end
    assert.near(2, size{font = 20} / size{font = 10}, 0.01)
    for _, key in ipairs{"right", "top left", "bottom right"} do
      local svg = plot.svg{{{1, 2}, {3, 4}, label = "curve"}, key = key}
      assert.same(1, count(svg, "<text>curve</"))
    end
    -- Beside or below the axes, not across the curves.
    local function places(key)
      local svg = plot.svg{{{1, 2}, {3, 4}, label = "curve"}, key = key}
      local bottom, edge = svg:match("d='M[%d.]+,[%d.]+ L[%d.]+,([%d.]+) L([%d.]+),[%d.]+ M")
      local x, y = svg:match("translate%(([%d.]+),([%d.]+)%)[^>]*>%s*<text>curve<")
      return tonumber(x) - tonumber(edge), tonumber(y) - tonumber(bottom)
    end
    assert.is_true((places("right")) > 0)
    assert.is_true(select(2, places("below")) > 0)
    assert.is_true((places("top right")) < 0)
    local svg = plot.svg{{{1, 2}, {3, 4}, label = "curve"}, key = "none"}
    assert.same(0, count(svg, "<text>curve</"))
  end)
end)

describe("figures of sweeps", function()
  local linnet = require "linnet"
  local result = linnet.sweep{over = {h = {1, 10, 100}, a = {1, 2}}, seeds = 3,
    run = function(point, rng) return point.a * point.h + rng:uniform(1, 1)(1, 1) end}:run()

  it("take every option of a figure, and tell their curves apart without colours", function()
    local folder = support.folder()
    local path = folder .. "/f.svg"
    result:plot("value", {xlabel = "hidden width", ylabel = "time", title = "A title", font = 20,
      annotate = {{2, 3, "here"}}, xrange = {0.5, 200}, key = "right", file = path})
    local svg = file_read(path)
    for _, text in ipairs{"hidden width", "time", "A title", "here", "a = 1", "a = 2"} do
      assert.same(1, count(svg, "<text>" .. text .. "</"), text)
    end
    local marks = {}
    for mark in svg:gmatch("xlink:href='#gpPt(%d+)'") do marks[mark] = true end
    assert.is_true(next(marks, next(marks)) ~= nil, "one mark for both curves")
    result:heatmap("value", {x = "h", y = "a", xlabel = "width", ylabel = "slope", file = path})
    for _, text in ipairs{"width", "slope"} do
      assert.same(1, count(file_read(path), "<text>" .. text .. "</"), text)
    end
    os.execute("rm -r '" .. folder .. "'")
  end)
end)

describe("heatmaps of sweeps", function()
  it("label decades on a logarithmic axis, and never one label into another", function()
    local h = {}
    for i = 0, 20 do h[i + 1] = 10 ^ (1 + i / 4) end
    local rows = {{}, {}}
    for i = 1, 21 do rows[1][i], rows[2][i] = 1 / h[i], 2 / h[i] end
    local svg = plot.heatmap_svg{rows, x = h, xlabel = "h"}
    for power = 1, 6 do
      assert.truthy(svg:find("10</tspan><tspan[^>]*>" .. power .. "</tspan>"), tostring(power))
    end
    local text = drawn(plot.heatmap, {rows, x = h, width = 60})
    assert.truthy(text:find("1e1 +1e2 +1e3 +1e4 +1e5 +1e6"), text)
    assert.truthy(text:find(", logarithmic", 1, true)) -- by itself: five decades
  end)
end)
