--- tools/html.lua: the manual as a folder of HTML pages: guides, mathematics, reference, a search
-- box that works from files. `lua tools/html.lua DIR` writes; nothing is loaded from anywhere.
--
-- SPDX-License-Identifier: MIT

package.path = "tools/?.lua;" .. package.path
local formula = require "formula"
local markdown = require "markdown"
local manual = require "linnet.manual"
local words = require "linnet.words"

local DIR = assert(arg[1], "usage: lua tools/html.lua DIR")
local GUIDES = {
  {"guide", "Ten minutes with linnet"}, {"your-data", "Your own table"}, {"howto", "How do I ...?"},
  {"sweeps", "Sweeps and clusters"}, {"numpy", "From NumPy"}, {"gallery", "Gallery"},
  {"mathematics", "The mathematics"}, {"promises", "Promises"},
}
do -- pages that are newer than this list, under their own titles
  local known = {README = true}
  for _, guide in ipairs(GUIDES) do known[guide[1]] = true end
  local pipe <close> = assert(io.popen("ls docs/*.md"))
  for path in pipe:lines() do
    local name, file <close> = path:match("([^/]+)%.md$"), io.open(path)
    if not known[name] then GUIDES[#GUIDES + 1] = {name, file:read("l"):gsub("^#+ *", "") .. ""} end
  end
end
local escape = markdown.escape

-- ---------------------------------------------------------------- what there is

-- Chapters of the reference: what stands before the last dot or colon, its pages in order.
local chapters, order, address = {}, {}, {}

local function chapter_of(page)
  if page.kind == "type" or page.kind == "module" then return page.name end
  return page.name:match("^(.*)[.:][%w_]+$") or page.name
end

for _, page in ipairs(manual) do
  local name = chapter_of(page)
  local file = "ref-" .. name:gsub("%.", "-") .. ".html"
  if not chapters[name] then
    chapters[name] = {name = name, file = file, pages = {}}
    order[#order + 1] = name
  end
  local chapter = chapters[name]
  if page.kind == "type" or page.kind == "module" then chapter.head = page
  else chapter.pages[#chapter.pages + 1] = page
  end
  address[page.name] = page == chapter.head and file or file .. "#" .. page.name
end

-- What people write for a page: "flow", "problem:flow", "theory.rates", "s:rates()".
local OBJECTS = {s = "state", p = "problem", m = "matrix", A = "matrix", rng = "random"}
local function find(text)
  local name = text:match('^help%("(.-)"%)$') or text:match("^([%w_.:]+)") or ""
  local owner, method = name:match("^(%w+):([%w_]+)$")
  if owner then return address[(OBJECTS[owner] or owner) .. ":" .. method] end
  if not name:find(".", 1, true) and text ~= name and not text:match("^help") then
    return nil -- diag(sigma) of a formula is no function of ours
  end
  local found = address[name] or address["linnet." .. name]
  if not found and text:match("^help") then
    for _, page in ipairs(manual) do
      if page.name:match("[%w_]+$") == name then return address[page.name] end
    end
  end
  return found
end

local function code(text)
  local html = "<code>" .. escape(text) .. "</code>"
  local guide = text:match("^docs/([%w-]+)%.md$")
  local target = find(text) or guide and guide .. ".html"
  return target and ('<a href="%s">%s</a>'):format(target, html) or html
end

-- Sections and papers that a reference text cites.
local function cited(html)
  html = html:gsub("%f[%a]([Ss]ection) (%d[%d.]*%d?)", function(word, number)
    local plain = number:gsub("%.$", "")
    return ('<a href="mathematics.html#s%s">%s %s</a>%s'):format(plain, word, plain,
      number:sub(#plain + 1))
  end)
  return (html:gsub("%[([MX]%d%d)%]", '<a href="mathematics.html#references">[%1]</a>'))
end

local function prose(text)
  return cited(markdown.inline(text, code, function(target) return target end))
end

-- ---------------------------------------------------------------- search

local index = {}
local function indexed(title, target, text)
  index[#index + 1] = {title, target, words.first_sentence(text):sub(1, 160), (text:lower()
    :gsub("[^%w_.:'%[%]-]+", " "):sub(1, 2000))}
end

-- ---------------------------------------------------------------- pages

local function navigation(current)
  local out = {}
  local function group(title, entries)
    out[#out + 1] = "<h2>" .. title .. "</h2><ul>"
    for _, entry in ipairs(entries) do
      out[#out + 1] = ('<li><a href="%s"%s>%s</a></li>'):format(entry[1],
        entry[1] == current and ' aria-current="page"' or "", escape(entry[2]))
    end
    out[#out + 1] = "</ul>"
  end
  local guides, modules, objects = {}, {}, {}
  for _, guide in ipairs(GUIDES) do guides[#guides + 1] = {guide[1] .. ".html", guide[2]} end
  for _, name in ipairs(order) do
    local list = name:match("^linnet") and modules or objects
    list[#list + 1] = {chapters[name].file, name}
  end
  group("Guides", guides)
  group("Modules", modules)
  group("Objects and options", objects)
  return table.concat(out, "\n")
end

local function write(file, title, body)
  local out <close> = assert(io.open(DIR .. "/" .. file, "w"))
  out:write(([[<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8"><title>%s - linnet</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<link rel="stylesheet" href="manual.css"></head>
<body><header><a href="index.html" class="home">linnet</a>
<input id="search" type="search" placeholder="Search" aria-label="Search" autocomplete="off">
<div id="found" hidden></div></header>
<nav><details><summary>Contents</summary>%s</details></nav>
<main>
%s
</main>
<script src="search.js"></script></body></html>
]]):format(escape(title), navigation(file), body))
end

-- Rows "  name   words" with what is indented below them.
local function rows_html(paragraph)
  local rows = {}
  for line in paragraph:gmatch("[^\n]+") do
    local name, text = line:match("^  (%S+)%s+(.*)$")
    if name then rows[#rows + 1] = {name, text}
    elseif #rows > 0 then rows[#rows][2] = rows[#rows][2] .. " " .. line:gsub("^%s+", "")
    end
  end
  for i, row in ipairs(rows) do
    rows[i] = ("<dt>%s</dt><dd>%s</dd>"):format(escape(row[1]), prose(row[2]))
  end
  return "<dl>" .. table.concat(rows, "\n") .. "</dl>"
end

local function text_html(text)
  local out = {}
  for paragraph in (text .. "\n\n"):gmatch("(.-)\n\n+") do
    local options = paragraph:match("^Options\n(.*)")
    if options then out[#out + 1] = "<h4>Options</h4>" .. rows_html(options)
    elseif paragraph:match("^    ") then out[#out + 1] = "<pre>" .. escape(paragraph) .. "</pre>"
    elseif paragraph:match("^  %S") then out[#out + 1] = rows_html(paragraph)
    elseif paragraph ~= "" then out[#out + 1] = "<p>" .. prose(paragraph) .. "</p>"
    end
  end
  return table.concat(out, "\n")
end

local function entry_html(page)
  local out = {('<section id="%s"><h3>%s</h3>'):format(page.name, escape(page.signature)),
    text_html(page.text)}
  if page.usage then out[#out + 1] = "<h4>Example</h4><pre>" .. escape(page.usage) .. "</pre>" end
  out[#out + 1] = "</section>"
  return table.concat(out, "\n")
end

local function chapter_html(chapter)
  local out = {"<h1>" .. escape(chapter.name) .. "</h1>"}
  local head = chapter.head
  if head then
    out[#out + 1] = text_html(head.text)
    local rows = {}
    for i, field in ipairs(head.fields or {}) do
      rows[i] = ("<dt>.%s</dt><dd>%s</dd>"):format(field[1], prose(field[2]))
    end
    if #rows > 0 then
      out[#out + 1] = "<h2>Fields</h2><dl>" .. table.concat(rows, "\n") .. "</dl>"
    end
    indexed(head.name, chapter.file, head.text)
  end
  out[#out + 1] = "<ul>"
  for _, page in ipairs(chapter.pages) do
    out[#out + 1] = ('<li><a href="#%s">%s</a> %s</li>'):format(page.name,
      escape(page.name:match("[%w_]+$")), prose(words.first_sentence(page.text)))
  end
  out[#out + 1] = "</ul>"
  for _, page in ipairs(chapter.pages) do
    out[#out + 1] = entry_html(page)
    indexed(page.name, chapter.file .. "#" .. page.name, page.text)
  end
  return table.concat(out, "\n")
end

local function guide_html(name)
  local file <close> = io.open("docs/" .. name .. ".md")
  if not file then return nil end
  local source, title = file:read("a"), name
  local mathematics = name == "mathematics"
  local html = markdown.html(source, {
    code = mathematics and function(text)
      return not find(text) and formula.is(text) and formula.html(text) or code(text)
    end or code,
    formula = mathematics and formula.html or nil,
    prose = mathematics and formula.scripts or nil,
    target = function(target)
      if target:match("^https?:") or target:match("^#") then return target end
      local page, anchor = target:match("^([%w-]+)%.md(#?.*)$")
      return page and page .. ".html" .. anchor or "../" .. target
    end,
    heading = function(level, heading) if level == 1 then title = heading end end,
  })
  local place, section = name == "README" and "index.html" or name .. ".html", title
  for line in (source .. "\n"):gmatch("(.-)\n") do
    local marks, heading = line:match("^(#+) (.*)")
    if heading then
      section = heading
      index[#index + 1] = {#marks == 1 and title or title .. ": " .. heading,
        #marks == 1 and place or place .. "#" .. markdown.anchor(heading), "", heading:lower()}
    elseif section then
      local last = index[#index]
      last[4] = (last[4] .. " " .. line:lower():gsub("[^%w_.:'%[%]-]+", " ")):sub(1, 4000)
    end
  end
  return html, title
end

-- ---------------------------------------------------------------- everything

local function quoted(text) return '"' .. text:gsub('[\\"]', "\\%0"):gsub("%c", " ") .. '"' end

local function copy(name)
  local from <close> = assert(io.open("tools/html/" .. name, "rb"))
  local to <close> = assert(io.open(DIR .. "/" .. name, "wb"))
  to:write(from:read("a"))
end

local written = 0
for i = #GUIDES, 1, -1 do
  if not io.open("docs/" .. GUIDES[i][1] .. ".md") then table.remove(GUIDES, i) end
end
for _, guide in ipairs(GUIDES) do
  local html, title = guide_html(guide[1])
  write(guide[1] .. ".html", title, html)
  written = written + 1
end
for _, name in ipairs(order) do
  write(chapters[name].file, name, chapter_html(chapters[name]))
  written = written + 1
end
write("index.html", "Manual", (guide_html("README")))
copy("manual.css")
do
  local rows = {}
  for i, row in ipairs(index) do
    rows[i] = "[" .. quoted(row[1]) .. "," .. quoted(row[2]) .. "," .. quoted(row[3]) .. ","
      .. quoted(row[4]) .. "]"
  end
  local from <close> = assert(io.open("tools/html/search.js"))
  local out <close> = assert(io.open(DIR .. "/search.js", "w"))
  out:write("const INDEX = [\n", table.concat(rows, ",\n"), "];\n", from:read("a"))
end
print(("%s/index.html: %d pages, %d entries to search"):format(DIR, written + 1, #index))
