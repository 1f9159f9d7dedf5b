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
