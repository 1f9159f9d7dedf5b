--- spec/house/citations_spec.lua: sections, papers and formulas that anything cites stand in
-- docs/mathematics.md, and what that page names exists. SPDX-License-Identifier: MIT

local help = require "linnet.shell.help"
local support = require "spec.support"

local function contents(path)
  local file <close> = assert(io.open(path, "rb"))
  return file:read("a")
end

local PAGE = contents("docs/mathematics.md")
local REFERENCES = PAGE:match("\n## References\n(.*)$")

--- Paths of everything that may cite.
local function sources()
  local list = {"README.md"}
  local pipe <close> = assert(io.popen("find csrc lua spec examples bench docs tools -type f "
    .. "'(' -name '*.[ch]' -o -name '*.lua' -o -name '*.md' ')' | sort"))
  for path in pipe:lines() do
    -- Not this file, nor the page of tables, which says itself where each is from.
    if path ~= "spec/house/citations_spec.lua" and path ~= "docs/tables.md" then
      list[#list + 1] = path
    end
  end
  return list
end

-- Runs find(text) over all sources: it returns a list of what is cited and missing, and a count.
local function missing(find)
  local bad, count = {}, 0
  for _, path in ipairs(sources()) do
    local ghosts, n = find(contents(path):gsub("\n%s*[-/]?[-*/]* *", " "))
    count = count + n
    for _, ghost in ipairs(ghosts) do bad[#bad + 1] = path .. ": " .. ghost end
  end
  return table.concat(bad, "\n"), count
end

--- "section 4", "sections 2 and 3", "section 7.4" of text without their heading.
local function sections(text)
  local ghosts, count = {}, 0
  for numbers in text:gmatch("%f[%a][Ss]ections? (%d[%d., and]*)") do
    for number in numbers:gmatch("%d%.?%d*") do
      number = number:gsub("%.$", "")
      count = count + 1
      local heading = number:find("%.") and "\n### " .. number .. " " or "\n## " .. number .. ". "
      if not PAGE:find(heading, 1, true) then ghosts[#ghosts + 1] = "section " .. number end
    end
  end
  return ghosts, count
end

--- "[M21]", "Saxe et al. 2014", "Marsaglia and Tsang 2000" of text that the references have not.
local function papers(text)
  local ghosts, count = {}, 0
  for mark in text:gmatch("%[(%u%d%d)%]") do
    count = count + 1
    if not REFERENCES:find("**[" .. mark .. "]**", 1, true) then ghosts[#ghosts + 1] = mark end
  end
  local function author(name, year)
    if tonumber(year) < 1850 or tonumber(year) > 2035 then return end
    count = count + 1
    for item in (REFERENCES .. "\n- "):gmatch("(.-)\n%- ") do
      if item:find(name, 1, true) and item:find(year, 1, true) then return end
    end
    ghosts[#ghosts + 1] = name .. " " .. year
  end
  for name, year in text:gmatch("(%u%l+) et al%.?,? (%d%d%d%d)%f[%D]") do author(name, year) end
  for name, year in text:gmatch("(%u%l+) and %u%l+,? ([12][890]%d%d)%f[%D]") do
    author(name, year)
  end
  for name, year in text:gmatch("(%u%l+),? ([12][890]%d%d)%f[%D]") do
    if not ("AISTATS ICML"):find(name, 1, true) then author(name, year) end
  end
  return ghosts, count
end

describe("docs/mathematics.md", function()
  it("has every section that is cited", function()
    local bad, count = missing(sections)
    assert.equal("", bad)
    assert.is_true(count > 60)
    assert.same({"section 99", "section 7.9"}, (sections("see sections 2 and 99, section 7.9")))
  end)

  it("lists every paper that is cited", function()
    local bad, count = missing(papers)
    assert.equal("", bad)
    assert.is_true(count > 60)
    assert.same({"M99", "Nobody 1999"}, (papers("as [M99] and Nobody 1999 say")))
  end)

  it("has every formula that it cites by number", function()
    local bad = {}
    for number in PAGE:gmatch("%(([1-8]%.%d)%)") do
      if not PAGE:find("    [^\n]* %(" .. number:gsub("%.", "%%.") .. "%)\n") then
        bad[#bad + 1] = number
      end
    end
    assert.equal("", table.concat(bad, " "))
  end)

  it("names functions that exist and sentences that specs hold", function()
    local bad, count = {}, 0
    for line in PAGE:gmatch("\n(| [^\n]+)") do
      line = line:gsub("\\|", "\0")
      local kind, name, spec, sentence =
        line:match("^| [^|]+ | (%a+) | `([^`]+)` | `([%w_/]+)` | (.-) |$")
      if kind then
        count = count + 1
        sentence = sentence:gsub("%z", "|")
        if not help.reach(name) then bad[#bad + 1] = "no function " .. name end
        if not support.sentences("spec/" .. spec .. ".lua")[sentence] then
          bad[#bad + 1] = spec .. ": " .. sentence
        end
        if not ("theorem derived measured definition"):find(kind, 1, true) then
          bad[#bad + 1] = "not a kind of statement: " .. kind
        end
      end
    end
    assert.equal("", table.concat(bad, "\n"))
    assert.is_true(count > 40)
  end)
end)
