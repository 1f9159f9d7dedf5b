--- spec/house/html_spec.lua: the HTML manual: every link leads somewhere, every page has its title
-- and the search box, nothing is loaded from elsewhere. SPDX-License-Identifier: MIT

local lfs = require "lfs"
local markdown = dofile "tools/markdown.lua"

local function contents(path)
  local file <close> = assert(io.open(path, "rb"))
  return file:read("a")
end

describe("the HTML manual", function()
  local folder, pages = nil, {}

  setup(function()
    folder = os.tmpname()
    os.remove(folder)
    assert(lfs.mkdir(folder))
    local said = assert(io.popen("lua5.4 tools/html.lua " .. folder .. " 2>&1")):read("a")
    assert(said:find(folder .. "/index.html", 1, true), said)
    for name in lfs.dir(folder) do
      if name:match("%.html$") then pages[name] = contents(folder .. "/" .. name) end
    end
  end)

  teardown(function() os.execute("rm -rf '" .. folder .. "'") end)

  -- nil when the address exists, as seen from a page.
  local function broken(name, target)
    local file, anchor = target:match("^([^#]*)#?(.*)$")
    file = file == "" and name or file
    if file:match("^%.%./") then return not lfs.attributes("docs/" .. file:sub(4)) end
    local page = pages[file]
    return not page or anchor ~= "" and not page:find('id="' .. anchor .. '"', 1, true)
  end

  it("has no link that leads nowhere, and no picture that is not there", function()
    local bad, count = {}, 0
    for name, text in pairs(pages) do
      for kind, target in text:gmatch('(%a+)="([^"]*)"') do
        if (kind == "href" or kind == "src") and not target:match("^https://")
          and not target:match("%.css$") and not target:match("%.js$") then
          count = count + 1
          if broken(name, target) then bad[#bad + 1] = name .. " -> " .. target end
        end
      end
    end
    table.sort(bad)
    assert.equal("", table.concat(bad, "\n"))
    assert.is_true(count > 500)
  end)

  it("writes the formulas of the mathematics with letters, indices and exponents", function()
    package.path = "tools/?.lua;" .. package.path
    local formula = require "formula"
    local marks = {
      ["sigma_r^2 (T(D+, s_m) + T(D-, s_r))"] = "σ_{r}^{2} (T(D+, s_{m}) + T(D−, s_{r}))",
      ["||U2 V(t)^T|| <= exp(int ||A||_2)"] = "‖U_{2} V(t)^{T}‖ ≤ exp(∫ ‖A‖_{2})",
      ["h^(1/2 - 2 alpha), Phi1^T, M^-1, 1e-12, log, sqrt(2)"] =
        "h^{1/2 − 2 α}, Φ_{1}^{T}, M^{−1}, 1e-12, log, √(2)",
      ["Cc^(1/h^(1 - 2 alpha))"] = "Cc^{1/h^{1 − 2 α}}",
    }
    for text, wanted in pairs(marks) do assert.equal(wanted, formula.marks(text)) end
    local function keep(html) return "[" .. html:gsub("<[^>]*>", "") .. "]" end
    assert.equal("N(0, [su2]), [h1/2 − α], zero_output, [Θhat] of m[)T] x^",
      formula.scripts("N(0, s_u^2), h^(1/2 - alpha), zero_output, Theta_hat of m)^T x^", keep))
    for _, name in ipairs{"problem:flow", "theory/law_spec", "linnet.theory.law", "std_u",
      "gaussian", "examples/data", 'h0 = "printed"', "run.final"} do
      assert.is_false(formula.is(name), name)
    end
    local page = pages["mathematics.html"]
    assert.truthy(page:find("<i>σ</i><sub><i>r</i></sub><sup>2</sup>", 1, true))
    for block in page:gmatch('<pre class="formula">(.-)</pre>') do
      assert.falsy(block:find("[_^]") or block:find("sigma", 1, true), block)
    end
  end)

  it("leaves no caret and no backtick in the words of the mathematics", function()
    local words = pages["mathematics.html"]
    for _, tag in ipairs{"code", "pre", "script", "style"} do
      words = words:gsub(("<%s[^>]*>.-</%s>"):format(tag, tag), "")
    end
    words = words:gsub("<[^>]*>", "")
    assert.is_nil(words:match("[^\n]*[`^][^\n]*"))
  end)

  it("has rows of as many cells as their tables have columns", function()
    local bad = {}
    for name, page in pairs(pages) do
      for rows in page:gmatch("<table>(.-)</table>") do
        local _, columns = rows:gsub("<th", "")
        for row in rows:gmatch("<tr>(.-)</tr>") do
          local _, cells = row:gsub("<td", "")
          if cells ~= 0 and cells ~= columns then bad[#bad + 1] = name .. ": " .. row end
        end
      end
    end
    assert.equal("", table.concat(bad, "\n"))
  end)

  it("has guides, mathematics and reference under their titles", function()
    local titles = {["guide.html"] = "Ten minutes with linnet", ["ref-state.html"] = "state",
      ["mathematics.html"] = "The mathematics of linnet",
      ["ref-linnet-theory.html"] = "linnet.theory"}
    for name, title in pairs(titles) do
      assert.truthy(pages[name]:find("<title>" .. title .. " - linnet</title>", 1, true), name)
      assert.truthy(pages[name]:find('id="search"', 1, true), name)
    end
    assert.truthy(pages["ref-problem.html"]:find("<dt>until_excess</dt>", 1, true))
  end)

  it("loads nothing from elsewhere", function()
    for name, text in pairs(pages) do
      for address in text:gmatch('src="([^"]*)"') do
        assert.is_nil(address:match("^%w+:") or address:match("^//"), name .. ": " .. address)
      end
    end
    assert.is_nil(contents(folder .. "/manual.css"):find("url(", 1, true))
  end)

  it("finds by search only what is there", function()
    local count = 0
    for title, target in contents(folder .. "/search.js"):gmatch('\n%["(.-[^\\])","(.-)",') do
      count = count + 1
      assert.falsy(broken("index.html", target), title .. " -> " .. target)
    end
    assert.is_true(count > 200)
  end)

  it("takes nothing of a text for HTML", function()
    local function plain(text) return text end
    local html = markdown.html("a <b> & `c<d>`\n\n| x \\| y | *z* |\n|---|---|\n| 1 | **2** |\n",
      {code = markdown.escape, target = plain, heading = plain})
    assert.truthy(html:find("<p>a &lt;b&gt; &amp; c&lt;d&gt;</p>", 1, true), html)
    assert.truthy(html:find("<th>x | y</th><th><em>z</em></th>", 1, true) or
      html:find("<th>x | y</th>", 1, true), html)
    assert.truthy(html:find("<td>1</td><td><strong>2</strong></td>", 1, true), html)
  end)
end)
