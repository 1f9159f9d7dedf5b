--- A report as one self-contained page: no script, nothing loaded, readable on a phone, in print,
-- in light and in dark.
--
-- SPDX-License-Identifier: MIT
-- @module linnet.report.html

local marks = require "linnet.report.marks"
local version = require "linnet.version"

local M = {}

local STYLE = [[
:root { color-scheme: light dark; --ink: #23272b; --soft: #5d666f; --line: #dfe3e7; --paper: #fff;
  --tint: #f5f7f8; --accent: #0072b2; --good: #00795a; --bad: #c0392b; --grid: #e3e6e9; }
@media (prefers-color-scheme: dark) { :root { --ink: #dde2e6; --soft: #98a2ac; --line: #353c43;
  --paper: #15181b; --tint: #1d2226; --accent: #58b0e3; --good: #3fc39a; --bad: #ef8a7c;
  --grid: #30373d; } }
* { box-sizing: border-box; }
html { -webkit-text-size-adjust: 100%; }
body { margin: 0 auto; padding: 3rem 1.25rem 4rem; max-width: 48rem; background: var(--paper);
  color: var(--ink); font: 1.0625rem/1.6 "Charter", "Bitstream Charter", "Iowan Old Style",
  Georgia, "DejaVu Serif", serif; overflow-wrap: break-word; }
h1, h2, th, caption, figcaption, footer, .mark { font-family: system-ui, -apple-system,
  "Segoe UI", Roboto, "DejaVu Sans", sans-serif; }
h1 { font-size: 2rem; line-height: 1.2; letter-spacing: -.015em; margin: 0 0 .75rem; }
h2 { font-size: 1.3rem; line-height: 1.3; margin: 3rem 0 .75rem; padding-top: 1.5rem;
  border-top: 1px solid var(--line); }
p { margin: .9rem 0; }
.lead { font-size: 1.18rem; color: var(--soft); }
.formula { margin: 1.3rem 0; padding: .8rem 1rem; text-align: center; background: var(--tint);
  border-radius: .4rem; font-size: 1.12rem; overflow-x: auto; white-space: nowrap; }
sub, sup { line-height: 0; font-size: .72em; }
code, pre { font: .86em/1.5 ui-monospace, "SF Mono", Menlo, Consolas, "DejaVu Sans Mono",
  monospace; }
code { background: var(--tint); padding: .1em .3em; border-radius: .25em; }
pre { background: var(--tint); padding: .9rem 1rem; border-radius: .4rem; overflow-x: auto; }
.wide { overflow-x: auto; margin: 1.3rem 0; }
@media (min-width: 60rem) { .wide { width: max-content; min-width: 100%;
  max-width: min(92vw, 64rem); position: relative; left: 50%; transform: translateX(-50%); } }
table { border-collapse: collapse; width: 100%; font-size: .95rem; line-height: 1.4;
  font-variant-numeric: tabular-nums; }
caption { text-align: left; color: var(--soft); font-size: .9rem; padding-bottom: .5rem; }
th { text-align: left; font-size: .8rem; font-weight: 600; color: var(--soft);
  border-bottom: 1.5px solid var(--soft); padding: .35rem .9rem .35rem 0; vertical-align: bottom; }
td { border-bottom: 1px solid var(--line); padding: .45rem .9rem .45rem 0; vertical-align: top; }
.n { text-align: right; white-space: nowrap; }
.mark { width: 1.6rem; font-weight: 700; }
.yes { color: var(--good); } .no { color: var(--bad); }
figure { margin: 1.8rem 0; }
figure svg { display: block; width: 100%; max-width: 44rem; height: auto; margin: 0 auto; }
details { margin: 1.3rem 0; } summary { cursor: pointer; color: var(--accent); }
figure svg g, figure svg tspan { font-family: system-ui, -apple-system, "Segoe UI", Roboto,
  "DejaVu Sans", sans-serif; }
figcaption { color: var(--soft); font-size: .88rem; line-height: 1.45; margin-top: .5rem; }
footer { margin-top: 3rem; padding-top: 1rem; border-top: 1px solid var(--line);
  color: var(--soft); font-size: .85rem; }
@media (max-width: 40rem) { body { padding-top: 1.5rem; font-size: 1rem; }
  h1 { font-size: 1.6rem; } .formula { white-space: normal; }
  .wide table, .wide tbody, .wide tr, .wide td, .wide caption { display: block; }
  .wide thead { display: none; }
  .wide tr { border-bottom: 1px solid var(--soft); padding: .5rem 0; }
  .wide td { border: 0; padding: .1rem 0; }
  .wide td[data-of]:not(:empty)::before { content: attr(data-of) " "; color: var(--soft);
    font-size: .85em; }
  .wide td.n { text-align: left; }
  .wide td.mark { float: right; } }
@media print { :root { --ink: #000; --soft: #444; --paper: #fff; --tint: #f5f5f5; --line: #bbb; }
  body { max-width: none; padding: 0; font-size: 10.5pt; } figure, tr, .formula, pre {
  break-inside: avoid; } h2 { break-after: avoid; } .wide { overflow: visible; } }
]]

local ENTITIES = {["&"] = "&amp;", ["<"] = "&lt;", [">"] = "&gt;", ['"'] = "&quot;",
  ["'"] = "&#39;"}

--- A text in which no character of HTML has a meaning, valid UTF-8 without control characters.
-- @tparam string text
-- @treturn string
-- @usage assert(require "linnet.report.html".escape("<b>") == "&lt;b&gt;")
function M.escape(text)
  if not utf8.len(text) then text = text:gsub("[\x80-\xff]", "?") end
  return (text:gsub("[%z\1-\8\11\12\14-\31\127]", " "):gsub("[&<>\"']", ENTITIES))
end

-- Splits off what a `_` or `^` at position i lowers or raises: its text and the place behind it.
local function script_at(text, i)
  if text:sub(i, i) ~= "{" then
    local last = utf8.offset(text, 2, i) or #text + 1
    return text:sub(i, last - 1), last
  end
  local depth = 0
  for j = i, #text do
    local c = text:sub(j, j)
    depth = depth + (c == "{" and 1 or c == "}" and -1 or 0)
    if depth == 0 then return text:sub(i + 1, j - 1), j + 1 end
  end
  return text:sub(i + 1), #text + 1
end

local TAGS = {["_"] = "sub", ["^"] = "sup"}

-- Latin and Greek letters that stand alone are variables, names such as log and max are not.
local function letters(text)
  return (M.escape(text):gsub("&#?%w+;", "\0%0\0"):gsub("%f[%a]%a%f[%A]", "<i>%0</i>")
    :gsub("\206[\177-\191]", "<i>%0</i>"):gsub("\207[\128-\137]", "<i>%0</i>"):gsub("%z", ""))
end

local function formula(text, depth)
  if not utf8.len(text) then text = text:gsub("[\x80-\xff]", "?") end
  local out, from = {}, 1
  while true do
    local at = text:find("[_^]", from)
    if not at or at == #text or depth > 4 then break end
    out[#out + 1] = letters(text:sub(from, at - 1))
    local tag = TAGS[text:sub(at, at)]
    local inner, behind = script_at(text, at + 1)
    out[#out + 1] = ("<%s>%s</%s>"):format(tag, formula(inner, depth + 1), tag)
    from = behind
  end
  out[#out + 1] = letters(text:sub(from))
  return table.concat(out)
end

--- A formula with indices `_{}` and exponents `^{}` as HTML.
-- @tparam string text
-- @treturn string
-- @usage assert(require "linnet.report.html".formula("x_{1}") == "<i>x</i><sub>1</sub>")
function M.formula(text) return formula(text, 1) end

local function inline(text)
  local out = {}
  for i, span in ipairs(marks.spans(text)) do
    if span[1] == "plain" then
      out[i] = M.escape(span[2])
    elseif span[1] == "code" then
      out[i] = "<code>" .. M.escape(span[2]) .. "</code>"
    else
      out[i] = formula(span[2], 1)
    end
  end
  return table.concat(out)
end

-- A number as people write it: 1.2e-07 becomes 1.2 × 10^-7.
local function cell(value)
  local text = inline(marks.cell(value))
  if type(value) ~= "number" then return text end
  return (text:gsub("e([+-])0*(%d+)$", function(sign, digits)
    return (" × 10<sup>%s%s</sup>"):format(sign == "-" and "−" or "", digits)
  end):gsub("^1 × ", ""):gsub("^%-", "−"))
end

local function columns_numeric(block)
  local numeric = {}
  for c = 1, #block.columns do
    numeric[c] = c > 1 and #block.rows > 0
    for _, row in ipairs(block.rows) do
      numeric[c] = numeric[c] and (type(row[c]) == "number" or row[c] == nil)
    end
  end
  return numeric
end

local function mark(ok)
  if ok == nil then return '<td class="mark"></td>' end
  return ok and '<td class="mark yes" title="holds">✓</td>'
    or '<td class="mark no" title="does not hold">✗</td>'
end

local write = {}

function write.section(block) return "<h2>" .. inline(block.title) .. "</h2>" end
function write.text(block) return "<p>" .. inline(block.text) .. "</p>" end
function write.code(block) return "<pre>" .. M.escape(block.text) .. "</pre>" end

function write.formula(block)
  return '<p class="formula">' .. formula(block.text, 1) .. "</p>"
end

function write.table(block)
  local numeric = columns_numeric(block)
  local out = {'<div class="wide"><table>'}
  if block.caption then out[2] = "<caption>" .. inline(block.caption) .. "</caption>" end
  local head = {block.ok and '<th class="mark"></th>' or ""}
  for c, title in ipairs(block.columns) do
    head[c + 1] = ("<th%s>%s</th>"):format(numeric[c] and ' class="n"' or "", inline(title))
  end
  out[#out + 1] = "<thead><tr>" .. table.concat(head) .. "</tr></thead><tbody>"
  local of = {} -- on a phone a row is a card, its cells say what they are
  for c, title in ipairs(block.columns) do
    of[c] = title ~= "" and (' data-of="%s"'):format(M.escape(title:gsub("[$`]", ""))) or ""
  end
  for i, row in ipairs(block.rows) do
    local cells = {block.ok and mark(block.ok[i]) or ""}
    for c = 1, #block.columns do
      cells[c + 1] = ("<td%s%s>%s</td>"):format(numeric[c] and ' class="n"' or "", of[c],
        cell(row[c]))
    end
    out[#out + 1] = "<tr>" .. table.concat(cells) .. "</tr>"
  end
  out[#out + 1] = "</tbody></table></div>"
  local text = table.concat(out, "\n")
  if not block.folded then return text end
  return ("<details><summary>%s</summary>\n%s\n</details>"):format(inline(block.folded), text)
end

function write.figure(block)
  local body = block.missing and "<p>" .. M.escape(block.missing) .. "</p>"
    or block.svg:gsub("^<svg", function()
      return ('<svg role="img" aria-label="%s"'):format(M.escape(block.alt))
    end)
  local caption = block.caption and "<figcaption>" .. inline(block.caption) .. "</figcaption>"
  return "<figure>\n" .. body .. "\n" .. (caption or "") .. "</figure>"
end

--- Write a report.
-- @tparam report report
-- @treturn string
-- @usage print(require "linnet.report.html".write(linnet.report{title = "A"}))
function M.write(report)
  local out = {
    '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">',
    '<meta name="viewport" content="width=device-width, initial-scale=1">',
    '<meta http-equiv="Content-Security-Policy" content="default-src \'none\'; '
      .. 'style-src \'unsafe-inline\'; img-src data:">',
    "<title>" .. M.escape(report.title) .. "</title>",
    "<style>\n" .. STYLE .. "</style>\n</head>\n<body>\n<main>",
    "<h1>" .. inline(report.title) .. "</h1>",
  }
  if report.lead then out[#out + 1] = '<p class="lead">' .. inline(report.lead) .. "</p>" end
  for _, block in ipairs(report.blocks) do out[#out + 1] = write[block.kind](block) end
  out[#out + 1] = "</main>\n<footer>Written by linnet " .. M.escape(version) .. ".</footer>"
  out[#out + 1] = "</body>\n</html>\n"
  return table.concat(out, "\n")
end

return M
