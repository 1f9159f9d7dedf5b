--- tools/markdown.lua: the Markdown that our pages use, as HTML: headings, paragraphs, lists,
-- tables, code, pictures, links, emphasis. Nothing of a page is taken for HTML.
--
-- SPDX-License-Identifier: MIT

local M = {}

local ESCAPE = {["&"] = "&amp;", ["<"] = "&lt;", [">"] = "&gt;", ['"'] = "&quot;"}

function M.escape(text) return (text:gsub('[&<>"]', ESCAPE)) end

--- The anchor of a heading: "7.2 The ladder" is s7.2, others their words.
function M.anchor(heading)
  local number = heading:match("^(%d[%d.]*)[. ]")
  if number then return "s" .. number:gsub("%.$", "") end
  return (heading:lower():gsub("`", ""):gsub("[^%w]+", "-"):gsub("^%-+", ""):gsub("%-+$", ""))
end

--- A line of text. `code(text)` turns a piece of code into HTML, `target(address)` an address;
-- `prose(text, keep)`, if given, changes the rest of it before anything else does.
function M.inline(text, code, target, prose)
  local kept = {}
  local function keep(html)
    kept[#kept + 1] = html
    return ("\1%d\2"):format(#kept)
  end
  text = text:gsub("`([^`]+)`", function(piece) return keep(code(piece)) end)
  if prose then text = prose(text, keep) end
  text = M.escape(text)
  text = text:gsub("!%[(.-)%]%((.-)%)", function(about, address)
    return keep(('<img src="%s" alt="%s">'):format(target(address), about))
  end)
  text = text:gsub("%[([^%]]+)%]%(([^)]+)%)", function(words, address)
    return keep(('<a href="%s">'):format(target(address))) .. words .. keep("</a>")
  end)
  text = text:gsub("(https?://[^%s<>()]+)", function(address)
    return keep(('<a href="%s">%s</a>'):format(address, address))
  end)
  text = text:gsub("%*%*(.-)%*%*", "<strong>%1</strong>")
  text = text:gsub("%*(%w[^*]-[%w.?)])%*", "<em>%1</em>")
  repeat
    local count
    text, count = text:gsub("\1(%d+)\2", function(i) return kept[tonumber(i)] end)
  until count == 0
  return text
end

-- ---------------------------------------------------------------- blocks

local function cells(line)
  local list = {}
  line = line:gsub("\\|", "\3")
  for cell in line:gsub("^|", ""):gsub("|%s*$", ""):gmatch("[^|]+") do
    list[#list + 1] = cell:gsub("\3", "|"):gsub("^%s+", ""):gsub("%s+$", "")
  end
  return list
end

local function table_html(lines, inline)
  local out = {'<div class="scroll"><table>'}
  for i, line in ipairs(lines) do
    local tag = i == 1 and "th" or "td"
    if i ~= 2 then
      local row = {}
      for j, cell in ipairs(cells(line)) do
        row[j] = ("<%s>%s</%s>"):format(tag, inline(cell), tag)
      end
      out[#out + 1] = "<tr>" .. table.concat(row) .. "</tr>"
    end
  end
  out[#out + 1] = "</table></div>"
  return table.concat(out, "\n")
end

-- Items of a list: a line with a dash, or a number, and what is indented below it.
local function list_html(lines, inline)
  local items, ordered = {}, lines[1]:match("^%d")
  for _, line in ipairs(lines) do
    local words = line:match("^[-*] +(.*)") or line:match("^%d+%. +(.*)")
    if words then items[#items + 1] = words
    else items[#items] = items[#items] .. "\n" .. line:gsub("^%s+", "")
    end
  end
  for i, item in ipairs(items) do items[i] = "<li>" .. inline(item) .. "</li>" end
  local tag = ordered and "ol" or "ul"
  return ("<%s>\n%s\n</%s>"):format(tag, table.concat(items, "\n"), tag)
end

-- A line that begins with ||x|| is none.
local function is_row(line) return line:find("^|[ :-]") end
local function is_item(line) return line:find("^[-*] +%S") or line:find("^%d+%. +%S") end

--- A page as HTML. `o.code(text)`, `o.target(address)` and `o.prose` as for `inline`.
-- `o.formula(text)` turns what is indented into HTML; `o.heading(level, text, anchor)` is told
-- every heading.
function M.html(source, o)
  local out, lines, i = {}, {}, 1
  for line in (source .. "\n"):gmatch("(.-)\n") do lines[#lines + 1] = line end
  local function inline(text) return M.inline(text, o.code, o.target, o.prose) end
  local function take(fits)
    local from = i
    while lines[i] and fits(lines[i]) do i = i + 1 end
    return table.move(lines, from, i - 1, 1, {})
  end
  while i <= #lines do
    local line = lines[i]
    local marks, heading = line:match("^(#+) (.*)")
    if heading then
      local anchor = M.anchor(heading)
      o.heading(#marks, heading, anchor)
      out[#out + 1] = ('<h%d id="%s">%s</h%d>'):format(#marks, anchor, inline(heading), #marks)
      i = i + 1
    elseif line:match("^```") then
      i = i + 1
      local code = take(function(l) return not l:match("^```") end)
      i = i + 1
      out[#out + 1] = "<pre>" .. M.escape(table.concat(code, "\n")) .. "</pre>"
    elseif line:match("^    ") then
      local code = take(function(l) return l:match("^    ") or l == "" end)
      for k, l in ipairs(code) do code[k] = l:sub(5) end
      local text = table.concat(code, "\n"):gsub("%s+$", "")
      text = text:gsub("   +(%(%d%.%d%a?%))", "   %1")
      out[#out + 1] = '<pre class="formula">' .. (o.formula or M.escape)(text) .. "</pre>"
    elseif is_row(line) then
      out[#out + 1] = table_html(take(is_row), inline)
    elseif is_item(line) then
      local items = take(function(l) return is_item(l) or l:match("^%s+%S") end)
      out[#out + 1] = list_html(items, inline)
    elseif line == "" then
      i = i + 1
    else
      local words = take(function(l)
        return l ~= "" and not l:match("^#+ ") and not l:match("^```") and not is_row(l)
          and not is_item(l)
      end)
      out[#out + 1] = "<p>" .. inline(table.concat(words, "\n")) .. "</p>"
    end
  end
  return table.concat(out, "\n")
end

return M
