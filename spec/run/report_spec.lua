--- spec/run/report_spec.lua: reports hold what was gathered, and execute and load nothing.
-- SPDX-License-Identifier: MIT
package.path = "spec/?.lua;" .. package.path
local support = require "support"
local csv = require "linnet.report.csv"
local html = require "linnet.report.html"
local markdown = require "linnet.report.markdown"
local marks = require "linnet.report.marks"
local report = require "linnet.report"

local HOSTILE = {
  "<script>alert(1)</script>", "</title><script>x</script>", "\"><img src=x onerror=y>",
  "'><svg onload=y>", "&lt;b&gt;", "]]><!--", "`</code><script>x</script>`",
  "$</i><script>x_{<script>}^<script></script>$", "\0\1\27[31m", "\xff\xfe<b>", "javascript:x",
}

local function hostile_report(text)
  return report {title = text, lead = text}
    :section(text):text(text):formula(text):code(text)
    :table {columns = {text, text}, rows = {{text, 2.385}, {text}}, caption = text, ok = {true}}
    :figure({{{1, 2}, {3, 4}, label = text}, title = text, xlabel = text, ylabel = text}, text)
end

-- Tags of a page without the values of their attributes, and how many are the marks' own.
local function tags(page)
  local out, own = {}, 0
  for tag in page:gmatch("<[^>]*>") do
    out[#out + 1] = tag:gsub('"[^"]*"', ""):gsub("'[^']*'", "")
    if tag:find("^</?code>$") or tag:find("^</?i>$") or tag:find("^</?su[bp]>$") then
      own = own + 1
    end
  end
  return out, own
end

describe("linnet.report", function()
  it("keeps the order of sections, texts, tables and figures", function()
    local r = report {title = "T", lead = "L"}
    r:section("One"):text("first"):section("Two"):code("second")
    for _, format in ipairs {"html", "md"} do
      local text, last = r:write(format), 0
      for _, word in ipairs {"T", "L", "One", "first", "Two", "second"} do
        local at = text:find("[>#\n ]" .. word .. "[<\n]", last + 1)
        assert.truthy(at, format .. " " .. word)
        last = at
      end
    end
  end)

  it("shows numbers with six digits, and with all of them in CSV", function()
    local r = report {title = "T"}:table {columns = {"name", "x"},
      rows = {{"third", 1 / 3}, {"small", 1.25e-12}, {"big", 1e15}, {"count", 7}}}
    local page = r:write("html")
    assert.truthy(page:find(">0.333333<", 1, true))
    assert.truthy(page:find(">1.25 × 10<sup>−12</sup><", 1, true))
    assert.truthy(page:find(">10<sup>15</sup><", 1, true))
    local back = {}
    for line in r:write("csv"):gmatch("[^\n]+") do back[#back + 1] = line end
    assert.same("name,x", back[1])
    assert.equal(1 / 3, tonumber(back[2]:match(",(.*)")))
    assert.equal(1.25e-12, tonumber(back[3]:match(",(.*)")))
    assert.same("count,7", back[5])
  end)

  it("lets nothing in any text become a tag, in HTML", function()
    local harmless, own = tags(hostile_report("harmless"):write("html"))
    for _, text in ipairs(HOSTILE) do
      local page = hostile_report(text):write("html")
      local found, found_own = tags(page)
      for _, tag in ipairs(found) do
        for _, word in ipairs {"script", "img", "onerror", "onload"} do
          assert.is_nil(tag:find(word, 1, true), text)
        end
      end
      assert.same(#harmless - own, #found - found_own, text)
      assert.is_nil(page:find("%z"))
      assert.truthy(utf8.len(page))
    end
  end)

  it("loads nothing: no address, no script, a policy that forbids both", function()
    local page = hostile_report("x"):write("html")
    assert.truthy(page:find("default-src 'none'", 1, true))
    for tag in page:gmatch("<[^>]*>") do
      assert.is_nil(tag:find("%ssrc="))
      local target = tag:match("href=['\"]([^'\"]*)")
      assert.is_true(target == nil or target:sub(1, 1) == "#", tag)
    end
    assert.is_nil(page:gsub('xmlns[:%w]*="[^"]*"', ""):find("https?://"))
    assert.is_nil(page:find("url%([^#]"))
  end)

  it("closes every tag it opens", function()
    local void = {meta = true, ["!doctype"] = true}
    for _, text in ipairs(HOSTILE) do
      local page, stack = hostile_report(text):write("html"), {}
      for slash, name, rest in page:gmatch("<(/?)([%w!]+)([^>]*)>") do
        if slash == "/" then
          assert.same(name, table.remove(stack), text)
        elseif not void[name] and rest:sub(-1) ~= "/" then
          stack[#stack + 1] = name
        end
      end
      assert.same({}, stack)
    end
  end)

  it("gives every identifier of a page once", function()
    local curve = {{{1, 2}, {3, 4}}}
    local page = report {title = "T"}:figure(curve):figure(curve)
      :heatmap({{{1, 2}, {3, 4}}}):write("html")
    local seen = {}
    for id in page:gmatch("%sid=['\"]([^'\"]*)") do
      assert.is_nil(seen[id], id)
      seen[id] = true
    end
    assert.truthy(next(seen))
  end)

  it("sets mathematics: scripts nest, letters are variables, names are not", function()
    local function set(text)
      return report {title = "T"}:formula(text):write("html"):match('<p class="formula">(.-)</p>')
    end
    assert.same("<i>σ</i><sub><i>r</i></sub><sup>2</sup> <i>c</i>", set("σ_r^2 c"))
    assert.same("<i>e</i><sup>−2 <i>x</i><sub>1</sub></sup>", set("e^{−2 x_1}"))
    assert.same("log <i>x</i> &lt; <i>y</i>", set("log x < y"))
    assert.same("<i>a</i><sub><i>b</i></sub>", set("a_{b")) -- unclosed
    assert.same("<i>a</i>_", set("a_"))
    assert.truthy(set(("a_{"):rep(1000)))
  end)

  it("splits texts at marks and leaves a lonely mark alone", function()
    assert.same({{"plain", "a "}, {"code", "b"}, {"plain", " "}, {"formula", "c"}},
      marks.spans("a `b` $c$"))
    assert.same({{"plain", "5 $ and 3"}}, marks.spans("5 $ and 3"))
    assert.same({}, marks.spans(""))
  end)

  it("quotes CSV fields and disarms formulas of spreadsheets", function()
    local r = report {title = "T"}:table {columns = {"a", "b,c"},
      rows = {{'say "x"', "two\nlines"}, {"=1+1", "@x"}, {"-2.5", "-x"}, {nil, 1}}}
    assert.same('a,"b,c"\n"say ""x""","two\nlines"\n\'=1+1,\'@x\n-2.5,\'-x\n,1\n', csv.write(r))
  end)

  it("separates several tables of a CSV, each under its heading", function()
    local r = report {title = "T"}:section("S")
      :table {columns = {"a"}, rows = {{1}}, caption = "C"}
      :table {columns = {"b"}, rows = {{2}}}
    assert.same("# S: C\na\n1\n\n# S\nb\n2\n", r:write("csv"))
  end)

  it("escapes Markdown, also inside tables", function()
    local text = markdown.write(report {title = "*a* <b> _c_"}
      :table {columns = {"x|y"}, rows = {{"1|2\n3"}, {"[a](b)"}}}, "s")
    assert.truthy(text:find("\\*a\\* \\<b\\> \\_c\\_", 1, true))
    assert.truthy(text:find("| x\\|y |", 1, true))
    assert.truthy(text:find("| 1\\|2 3 |", 1, true))
    assert.truthy(text:find("\\[a\\](b)", 1, true))
  end)

  it("lets no text begin a list or leave a block of code, in Markdown", function()
    local text = report {title = "T"}:text("- a"):code("\r<script>\r\n<b>"):text("12. b")
      :text("== c"):write("md")
    assert.equal("# T\n\n\\- a\n\n    \n    <script>\n    <b>\n\n12\\. b\n\n\\== c\n", text)
  end)

  it("saves by ending, Markdown with its figures beside it", function()
    local stem = os.tmpname()
    os.remove(stem)
    local r = report {title = "T"}:figure({{{1, 2}, {3, 4}}, title = "F"})
    for _, ending in ipairs {"html", "md", "csv"} do
      assert.same(stem .. "." .. ending, r:save(stem .. "." .. ending))
      assert(os.remove(stem .. "." .. ending))
    end
    local file = assert(io.open(stem .. "-1.svg"))
    assert.truthy(file:read("a"):find("^<svg"))
    file:close()
    os.remove(stem .. "-1.svg")
    for _, case in ipairs {
      {"x.pdf", "save: the path must end in .html, .md or .csv, got 'x.pdf'"},
      {5, "save: expected a string, got a number"},
    } do
      support.refuses(function() r:save(case[1]) end, case[2])
    end
    local ok, why = pcall(r.save, r, stem .. "/none.html")
    assert.is_false(ok)
    assert.truthy(why:find("save: cannot write the report: .*none.html"))
  end)

  it("marks rows that hold and rows that do not", function()
    local page = report {title = "T"}
      :table {columns = {"claim"}, rows = {{"a"}, {"b"}, {"c"}}, ok = {true, false}}:write("html")
    assert.same(1, select(2, page:gsub("✓", "")))
    assert.same(1, select(2, page:gsub("✗", "")))
  end)

  it("refuses what it cannot show, naming the method", function()
    local r = report {title = "T"}
    for _, case in ipairs {
      {function() report {} end, "report: option 'title' is required: a string"},
      {function() report {title = "T", led = "x"} end,
        "report: unknown option 'led' (did you mean 'lead'?)"},
      {function() r:text(5) end, "text: expected a string, got a number"},
      {function() r:table {columns = {"a"}, rows = {{1, 2}}} end,
        "table: row 1 must be a list of at most 1 cells"},
      {function() r:table {columns = {"a"}} end,
        "report.table: option 'rows' is required: a table"},
      {function() r:figure {{{1, 2}, {3}}} end, "plot: curve 1: x has 2 values, y 1"},
      {function() r:write("pdf") end, "write: the format must be one of html, md, csv, got pdf"},
      {function() r.text({}, "x") end,
        "text: called on something that is not a report; write report:text(...)"},
    } do
      support.refuses(case[1], case[2])
    end
  end)

  it("escapes for attributes as well as for text", function()
    assert.same("&lt;&gt;&amp;&quot;&#39; a\tb", html.escape("<>&\"'\0a\tb"))
  end)
end)
