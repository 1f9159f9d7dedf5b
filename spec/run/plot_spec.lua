--- spec/run/plot_spec.lua: figures show the data and execute nothing.
-- SPDX-License-Identifier: MIT
package.path = "spec/?.lua;" .. package.path
local support = require "support"
local gnuplot = require "linnet.plot.gnuplot"
local plot = require "linnet.plot"
local overlay = require "linnet.plot.overlay"

local folder -- a fresh one per test, for files that must or must not appear

local drawn, file_read, files_in = support.drawn, support.contents, support.files_in

-- The elements of the n-th curve of an SVG, and its points in pixels.
local function element(svg, n)
  return svg:match("gnuplot_plot_" .. n .. '" >(.-)</g>\n\t</g>\n')
end

local function pixels(svg, n)
  local points = {}
  for path in element(svg, n):gmatch("d='(M.-)'") do
    for x, y in path:gmatch("(%-?[%d.]+),(%-?[%d.]+)") do
      points[#points + 1] = {tonumber(x), tonumber(y)}
    end
  end
  return points
end

local count = support.count

local HOSTILE = {
  "`touch MARK`", "$(touch MARK)", "\"`touch MARK`\"", "'; system('touch MARK'); '",
  "' \n system 'touch MARK' #", "\nEOD\nsystem 'touch MARK'\n", "@m system('touch MARK')",
  "\\'; !touch MARK", "| touch MARK", "'", "''", "\\", "{/:Bold x}^_@",
  "</title><script>x</script>", "\"'`@$\\\n\r\0\27", "\xff\xfe not utf-8",
}

describe("linnet.plot", function()
  before_each(function()
    folder = os.tmpname()
    os.remove(folder)
    assert(os.execute("mkdir '" .. folder .. "'"))
  end)
  after_each(function() os.execute("rm -rf '" .. folder .. "'") end)

  it("draws one element per curve, bounds dashed, every label once", function()
    local svg = plot.svg {
      {{1, 2, 3}, {4, 5, 7}, label = "measured"},
      {{1, 2, 3}, {5, 6, 8}, label = "bound", style = "bound"},
      {{1, 2, 3}, {3, 4, 5}, {5, 6, 9}, label = "range", style = "band"},
      title = "A title", xlabel = "across", ylabel = "up",
    }
    assert.same(3, count(svg, "gnuplot_plot_%d"))
    assert.truthy(svg:find("stroke%-dasharray='[^']*'[^>]*d='M"))
    for _, text in ipairs {"measured", "bound", "range", "A title", "across", "up"} do
      assert.same(1, count(svg, "<text>" .. text .. "</"), text)
    end
  end)

  it("puts points where the data say: linear, and powers of ten evenly on a log axis", function()
    local p = pixels(plot.svg {{{0, 1, 3}, {2, 4, 3}}}, 1)
    assert.same(3, #p)
    -- Pixels have two decimals: ratios of differences of hundreds of pixels to 1e-3.
    assert.near(3, (p[3][1] - p[1][1]) / (p[2][1] - p[1][1]), 1e-3)
    assert.near(2, (p[2][2] - p[1][2]) / (p[3][2] - p[1][2]), 1e-3)
    assert.is_true(p[2][2] < p[1][2]) -- up is up
    local q = pixels(plot.svg {{{1e3, 1e6, 1e12}, {1e-1, 1e-3, 1e-7}}, log = "xy"}, 1)
    assert.near(2, (q[3][1] - q[2][1]) / (q[2][1] - q[1][1]), 1e-3)
    assert.near(2, (q[3][2] - q[2][2]) / (q[2][2] - q[1][2]), 1e-3)
    local r = pixels(plot.svg {{{1e3, 1e6, 1e12}, {1e-1, 1e-3, 1e-7}}, log = "x"}, 1)
    assert.is_true(math.abs((r[3][2] - r[2][2]) / (r[2][2] - r[1][2]) - 2) > 1)
  end)

  it("marks powers of ten on a log axis", function()
    local svg = plot.svg {{{1, 2, 3}, {1, 1e-4, 1e-8}}, log = "y"}
    for _, power in ipairs {"0", "-2", "-4", "-8"} do
      assert.truthy(svg:find(">" .. power:gsub("%-", "%%-") .. "</tspan>"), power)
    end
  end)

  it("takes a lone list over 1, 2, ... and vectors of either shape", function()
    local linnet = require "linnet"
    local x, y = linnet.matrix {1, 2, 3}, linnet.matrix {4, 7, 5}
    local wanted = pixels(plot.svg {{{1, 2, 3}, {4, 7, 5}}}, 1)
    assert.same(wanted, pixels(plot.svg {{{4, 7, 5}}}, 1))
    assert.same(wanted, pixels(plot.svg {{x, y}}, 1))
    assert.same(wanted, pixels(plot.svg {{x:t(), y:t()}}, 1))
    support.refuses(function() plot.svg {{linnet.eye(2)}} end,
      "plot: curve 1: x must be a vector, got a 2 x 2 matrix")
  end)

  it("breaks the line at nan, leaves infinities out, and says so", function()
    local whole = plot.svg {{{1, 2, 3, 4, 5}, {1, 2, 3, 4, 5}}}
    local gap = plot.svg {{{1, 2, 3, 4, 5}, {1, 2, 0 / 0, 4, 5}}}
    local function moves(svg)
      return count(element(svg, 1):match("d='(M.-)'"), "M")
    end
    assert.same(1, moves(whole))
    assert.same(2, moves(gap))
    assert.is_nil(gap:find("left out", 1, true))
    local infinite = plot.svg {{{1, 2, 3, 4}, {1, math.huge, -math.huge, 5}, style = "points"}}
    assert.truthy(infinite:find("values left out: 2 infinite", 1, true))
  end)

  it("ticks of a logarithmic axis stand at the powers of ten that they name", function()
    local text = drawn(plot.plot, {{{1e6, 1e9, 1e12}, {1, 2, 3}, style = "points"}, log = "x",
      width = 100, height = 20})
    local points, labels = {}, {}
    for line in text:gmatch("[^\n]+") do
      line = line:gsub("[\xc0-\xff][\x80-\xbf]*", "|") -- a character of the frame is a column
      for at in line:gmatch("()o") do points[#points + 1] = at end
      for at, power in line:gmatch("()1e(%d+)") do labels[tonumber(power)] = at end
    end
    table.sort(points)
    for i, power in ipairs{6, 9, 12} do -- a label is centered on its tick
      assert.near(points[i], labels[power] + 2, 2)
    end
  end)

  it("labels every tick of a logarithmic axis with the number at its place", function()
    for _, case in ipairs {{3.7e-9, 2.2e4}, {0.02, 5.1}, {0.31, 0.47}, {612, 3e12}, {2, 150}} do
      local low, high = table.unpack(case)
      local svg = plot.svg {{{1, 2}, {low, high}}, log = "y"}
      local p, checked = pixels(svg, 1), 0
      local label = 'translate%([%d.]+,([%d.]+)%)"[^>]*text%-anchor="end">%s*(<text>.-</text>)'
      for at, text in svg:gmatch(label) do
        local power = text:match(">(%-?%d+)</tspan><tspan font%-size=\"14.0\" dy")
        local value = power and 10.0 ^ tonumber(power) or tonumber(text:match(">([%d.]+)<"))
        -- Text hangs 4.55 pixels below its tick.
        local place = p[1][2] + (p[2][2] - p[1][2]) * math.log(value / low) / math.log(high / low)
        assert.near(place, tonumber(at) - 4.55, 0.6, text)
        checked = checked + 1
      end
      assert.is_true(checked >= 2)
    end
  end)

  it("leaves nonpositive values out of a log axis with a note, keeping the rest", function()
    local text = drawn(plot.plot, {{{1, 2, 3, 4}, {1e-3, 0, -1, 1e-5}}, log = "y"})
    assert.truthy(text:find("values left out: 2 not positive", 1, true))
    local svg = plot.svg {{{1, 2, 3, 4}, {1e-3, 0, -1, 1e-5}, style = "points"}, log = "y"}
    assert.same(2, count(element(svg, 1), "<use"))
    support.refuses(function() plot.svg {{{1, 2}, {0, -1}}, log = "y"} end,
      "plot: nothing to draw: no curve has a finite point that its axes can show")
  end)

  it("draws constants, single points and the largest numbers", function()
    for _, y in ipairs {0, -2.385, 1e-300, 7e307, 5e-324} do
      assert.truthy(plot.svg({{{1, 2}, {y, y}, style = "points"}}):find("<use"), y)
    end
    assert.truthy(plot.svg({{{3}, {2.385}, style = "points"}, log = "xy"}):find("<use"))
    assert.truthy(plot.svg {{{1, 2}, {-7e307, 7e307}}})
    assert.truthy(plot.svg {{{1, 2, 3}, {5e-324, 1, 7e307}}, log = "y"})
  end)

  it("thins long curves and keeps their ends and extremes", function()
    local x, y = {}, {}
    for i = 1, 50000 do x[i], y[i] = i, math.sin(i / 1e3) end
    y[31234] = 5
    local svg = plot.svg {{x, y}}
    local points, top = pixels(svg, 1), math.huge
    assert.is_true(#points <= 3002)
    for _, p in ipairs(points) do top = math.min(top, p[2]) end
    local short = pixels(plot.svg {{{1, 31234, 50000}, {y[1], 5, y[50000]}, }, {{1}, {-1}}}, 1)
    assert.near(short[2][2], top, 2) -- the spike is as high; both figures show -1 .. 5
    assert.near(short[1][1], points[1][1], 0.02)
    assert.near(short[3][1], points[#points][1], 0.02)
  end)

  it("draws error bars of the given half length", function()
    local svg = plot.svg {{{1, 2, 3}, {4, 5, 6}, error = {1, 1, 2}, style = "points"}}
    local bars = {}
    for y1, y2 in element(svg, 1):gmatch("M[%d.]+,([%d.]+) L[%d.]+,([%d.]+) ") do
      bars[#bars + 1] = math.abs(tonumber(y1) - tonumber(y2))
    end
    table.sort(bars)
    assert.near(2, bars[#bars] / bars[#bars - 1], 1e-2)
  end)

  it("writes SVG, PNG and PDF under any file name the system takes", function()
    local magic = {svg = "^<%?xml", png = "^\137PNG", pdf = "^%%PDF"}
    for kind, pattern in pairs(magic) do
      for _, name in ipairs {"plain", "with space", "it's \"quoted\"", "new\nline", "-rf", "`x`",
        "$(x)", "| touch MARK", "ünïcode", "a;b&c"} do
        local path = folder .. "/" .. name .. "." .. kind
        assert.same(path, plot.plot {{{1, 2}, {3, 4}}, file = path})
        assert.truthy(file_read(path):find(pattern), path)
        assert(os.remove(path))
      end
    end
    assert.same({}, files_in(folder))
  end)

  it("refuses other endings, folders that are not there, and NUL in a name", function()
    for _, path in ipairs {"x.jpg", "svg", "x.svg.exe", "", "x\0.svg"} do
      local ok, why = pcall(plot.plot, {{{1, 2}, {3, 4}}, file = path})
      assert.is_false(ok)
      assert.truthy(why:find("option 'file' must end in .svg, .png, .pdf or .tex", 1, true))
    end
    local ok, why = pcall(plot.plot, {{{1, 2}, {3, 4}}, file = folder .. "/none/x.svg"})
    assert.is_false(ok)
    assert.truthy(why:find("plot: cannot write the figure: .*/none/x.svg: No such file"))
  end)

  it("says that the disk is full", function()
    os.execute(("ln -s /dev/full '%s/full.svg'"):format(folder))
    local ok, why = pcall(plot.plot, {{{1, 2}, {3, 4}}, file = folder .. "/full.svg"})
    assert.is_false(ok)
    assert.truthy(why:find("plot: cannot write the figure: .*full.svg: No space left on device"))
  end)

  it("draws equal values of any size, and texts of any characters as they are", function()
    for _, x in ipairs{0, 1, -1, 2 ^ 53, -2 ^ 60, 1.7e308, 0x1.fffffffffffffp+1023,
      5e-324} do
      assert.truthy(plot.heatmap_svg{{{x, x}, {x, x}}, log = x > 0}:find("^<svg"))
    end
    local labels = "c>0 h<100 #1 50%5 $2 R&2 \"7 '0 ;3 ?4 !5 @1 [2 \\3 ^4 `5 {6 |7 }0 ~1"
    for label in labels:gmatch("%S+") do
      local svg = plot.svg{{{1, 2}, {1, 2}, label = label}, title = label, xlabel = label}
      local shown = svg:gsub("&lt;", "<"):gsub("&gt;", ">"):gsub("&amp;", "&")
      local times = select(2, shown:gsub((label:gsub("%p", "%%%0")), ""))
      assert.is_true(times >= 3 and utf8.len(svg) ~= nil, label .. " " .. times)
    end
  end)

  it("executes nothing that stands in a title, a label or a name", function()
    local mark = folder .. "/mark"
    for _, hostile in ipairs(HOSTILE) do
      local text = hostile:gsub("MARK", mark)
      for _, file in ipairs {"svg", "png", "pdf", ""} do
        local out = folder .. "/out." .. file
        drawn(plot.plot, {
          {{1, 2}, {3, 4}, label = text}, {{1, 2}, {0, 5}, label = text, style = "points"},
          title = text, xlabel = text, ylabel = text, log = "y", file = file ~= "" and out or nil,
        })
        assert.is_nil(file_read(mark), text)
        os.remove(out)
        drawn(plot.heatmap, {{{1, 2}, {3, 4}}, title = text, xlabel = text, ylabel = text,
          label = text, file = file ~= "" and out or nil})
        assert.is_nil(file_read(mark), text)
        os.remove(out)
      end
    end
    -- Negative control: the same words outside `quote` do run.
    gnuplot.run("set print '-'; print `touch " .. mark .. "; echo 1`\n")
    assert.truthy(file_read(mark))
  end)

  it("escapes texts in SVG, showing them literally", function()
    local svg = plot.svg {{{1, 2}, {3, 4}, label = "</svg><b> & {x}^2_3 'q' \\n"},
      title = "</svg>&amp;", xlabel = "</svg>", ylabel = "</svg>"}
    assert.truthy(svg:find("&lt;/svg>&lt;b> &amp; {x}^2_3 'q' \\n", 1, true))
    assert.is_nil(svg:find("<b>", 1, true))
    assert.truthy(svg:find("&lt;/svg>&amp;amp;", 1, true))
    assert.same(1, count(svg, "</svg>"))
  end)

  it("gives an SVG element for a page: own identifiers, its ink the page's", function()
    local svg = plot.svg({{{1, 2}, {3, 4}, label = "x"}}, "fig7")
    assert.truthy(svg:find("^<svg"))
    assert.truthy(svg:find("</svg>$"))
    for id in svg:gmatch("id=['\"]([^'\"]*)") do assert.same("fig7", id:sub(1, 4)) end
    for id in svg:gmatch("href='#([^']*)") do assert.same("fig7", id:sub(1, 4)) end
    assert.is_nil(svg:find("rgb%( *58, *58, *58%)"))
  end)

  it("fits the terminal's window and returns what it prints", function()
    local kept, said = _G.print, nil
    _G.print = function(text) said = text end
    local text = plot {{{1, 2, 3}, {1, 4, 9}, label = "squares"}, width = 60, height = 15}
    _G.print = kept
    assert.same(said, text)
    assert.truthy(text:find("squares", 1, true))
    for line in text:gmatch("[^\n]*") do assert.is_true(utf8.len(line) <= 60) end
    assert.is_true(count(text, "\n") <= 15)
  end)

  it("raises at the caller's line, naming the curve and what is wrong", function()
    local function message(given)
      local line = debug.getinfo(1, "l").currentline + 1
      local ok, why = pcall(function() plot(given) end)
      assert.is_false(ok)
      local place, said = why:match("plot_spec.lua:(%d+): (.*)$")
      assert.same(tostring(line), place)
      return said
    end
    for _, case in ipairs {
      {{}, "plot: nothing to draw: no curve has a finite point that its axes can show"},
      {{{{1, 2}, {1, 2, 3}}}, "plot: curve 1: x has 2 values, y 3"},
      {{{{1, 2}, {1, 2}}, {{1}, {1}, error = {1, 2}}}, "plot: curve 2: x has 1 values, error 2"},
      {{{{1, "2"}}}, "plot: curve 1: x must be a list of numbers, but item 2 is a string"},
      {{{"x"}}, "plot: curve 1: x must be a vector or a list of numbers, got a string"},
      {{7}, "plot: curve 1: must be a table {x, y, ...}, got a number"},
      {{{{1}, {2}, stile = "line"}},
        "plot: curve 1: unknown option 'stile' (did you mean 'style'?)"},
      {{{{1}, {2}, {3}}}, "plot: curve 1: only a band has a third column"},
      {{{{1}, {2}, style = "band"}}, "plot: curve 1: a band needs {x, low, high}"},
      {{{{1}, {2}, {3}, style = "band", error = {1}}}, "plot: curve 1: a band has no error bars"},
      {{{{1}}, logg = "x"}, "plot: unknown option 'logg' (did you mean 'log'?)"},
      {{{{1}}, log = "z"}, "plot: option 'log' must be one of x, y, xy, got 'z'"},
      {{{{1}}, xrange = {2, 1}}, "plot: option 'xrange' must be {low, high} with low < high"},
      {{{{1}}, log = "x", xrange = {0, 1}}, "plot: option 'xrange' must be {low, high} with "
        .. "low < high, both positive on a logarithmic axis"},
    } do
      assert.same(case[2], message(case[1]))
    end
    assert.same("plot: needs a table of curves {{x, y, ...}, ...}, got 'x'", message("x"))
  end)

  it("names the package when gnuplot is missing", function()
    local script = folder .. "/missing.lua"
    local file = assert(io.open(script, "w"))
    file:write(("package.path = %q\nprint(pcall(require 'linnet.plot'.svg, {{{1, 2}, {3, 4}}}))\n")
      :format(package.path))
    file:close()
    local pipe = io.popen("L=$(command -v lua5.4 || command -v lua); PATH=/nonexistent \"$L\" '"
      .. script .. "' 2>&1", "r")
    local said = pipe:read("a")
    pipe:close()
    assert.truthy(said:find("^false"))
    assert.truthy(said:find("plot: gnuplot is not installed, .*apt%-get install gnuplot%-nox"))
  end)

  it("passes on what gnuplot says when it fails", function()
    local out, why = gnuplot.run("set terminal nonsense\n")
    assert.is_nil(out)
    assert.truthy(why:find("^gnuplot: .*unknown or ambiguous terminal"))
  end)
end)

describe("linnet.heatmap", function()
  it("draws one cell per value, nan blank", function()
    local svg = plot.heatmap_svg {{{1, 2, 3}, {4, 0 / 0, 6}}}
    assert.same(5, count(element(svg, 1), "<polygon"))
  end)

  it("gives equal values equal shades and larger ones denser shades in the terminal", function()
    local text = drawn(plot.heatmap, {{{1, 5, 10}}, width = 40})
    local row = text:match("|(.-)|")
    assert.same(" ", row:sub(1, 1))
    assert.same("@", row:sub(-1))
    local logarithmic = drawn(plot.heatmap, {{{1e-6, 1e-3, 1}}, log = true, width = 40})
    local cells = logarithmic:match("|(.-)|")
    assert.same("+", cells:sub(#cells // 2, #cells // 2)) -- the middle of the scale
  end)

  it("draws lines over the map in the coordinates of its cells, from beyond it too", function()
    local place = overlay.place
    assert.same({1, 2.5, 5}, {place({5, 10, 20}, false, 5), place({5, 10, 20}, false, 15),
      place({5, 10, 20}, false, 40)})
    assert.near(1.5, place({100, 1, 0.01}, true, 10), 1e-15) -- descending, over decades
    assert.same(1, place({7}, false, 9))
    local gap = place({1, 10, 100}, true, -1)
    assert.is_true(gap ~= gap)
    local map = {{{1, 2, 3}, {4, 5, 6}}, x = {1, 10, 100}, y = {1, 2}}
    local without = plot.heatmap_svg(map)
    map.lines = {{{0.01, 1e4}, {0, 3}, label = "the border"}, {{10, 10}, {1, 2}}}
    local with = plot.heatmap_svg(map)
    assert.same(2, count(with, "<path") - count(without, "<path"))
    local across, along = pixels(with, 2), pixels(with, 3)
    assert.same(along[1][1], along[2][1])
    assert.near((across[3][1] + across[4][1]) / 2, along[1][1], 0.1) -- the middle of three
    assert.truthy(with:find("the border", 1, true))
    map.lines = {{{10, 10}, {1}}}
    support.refuses(function() plot.heatmap(map) end,
      "heatmap: option 'lines' must be a list of {x, y, label =}, x and y with as many finite "
        .. "numbers each, got a table")
  end)

  it("refuses what is no table of numbers", function()
    for _, case in ipairs {
      {{{{1, 2}, {3}}}, "heatmap: the values have 2 numbers in row 1, but 1 in row 2"},
      {{{}}, "heatmap: the values are empty"},
      {{{{0 / 0}}}, "heatmap: nothing to draw: no value is finite"},
      {{{{1, 2}}, x = {1}}, "heatmap: option 'x' has 1 values for 2 columns"},
      {{{{1, 2}}, y = "a"},
        "heatmap: option 'y' must be a vector or a list of numbers, got a string"},
      {{5}, "heatmap: the values must be a matrix or a list of rows, got a number"},
    } do
      support.refuses(function() plot.heatmap(case[1]) end, case[2])
    end
  end)
end)
