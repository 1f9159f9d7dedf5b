--- A report as Markdown; figures are files beside it, named stem-1.svg and so on.
--
-- SPDX-License-Identifier: MIT
-- @module linnet.report.markdown

local marks = require "linnet.report.marks"

local M = {}

-- A plain text in which no character of Markdown or HTML has a meaning.
local function escape(text)
  return (text:gsub("%s+", " "):gsub("[\\`*_{}%[%]<>#|~&$]", "\\%0"))
end

local function code(text)
  local fence = ("`"):rep(1 + select(2, text:gsub("`", "")))
  local pad = text:find("`") and " " or ""
  return fence .. pad .. text:gsub("%s+", " "):gsub("|", "\\|") .. pad .. fence
end

local function inline(text)
  local out = {}
  for i, span in ipairs(marks.spans(text)) do
    if span[1] == "plain" then
      out[i] = escape(span[2])
    elseif span[1] == "code" then
      out[i] = code(span[2])
    else
      out[i] = "*" .. escape(span[2]):gsub("^ ", ""):gsub(" $", "") .. "*"
    end
  end
  return table.concat(out)
end

-- A paragraph: what it begins with makes no list, heading, rule or block of code of it.
local function paragraph(text)
  return (text:gsub("^ +", ""):gsub("^[-+=]", "\\%0"):gsub("^(%d+)([.)])", "%1\\%2"))
end

local function row(cells, count)
  local out = {}
  for c = 1, count do out[c] = inline(marks.cell(cells[c])) end
  return "| " .. table.concat(out, " | ") .. " |"
end

local write = {}

function write.section(block) return "## " .. inline(block.title) end
function write.text(block) return paragraph(inline(block.text)) end
function write.formula(block) return "> *" .. escape(block.text) .. "*" end

function write.code(block)
  local text = block.text:gsub("\r\n?", "\n") -- a line ends there too
  return "    " .. text:gsub("\n+$", ""):gsub("\n", "\n    ")
end

function write.table(block)
  local columns, count = {table.unpack(block.columns)}, #block.columns
  if block.ok then
    table.insert(columns, 1, "")
    count = count + 1
  end
  local lines = {row(columns, count), "|" .. (" --- |"):rep(count)}
  for i, cells in ipairs(block.rows) do
    local shown = {table.unpack(cells, 1, #block.columns)}
    if block.ok then
      local ok = block.ok[i]
      shown = {ok == true and "✓" or ok == false and "✗" or "",
        table.unpack(cells, 1, #block.columns)}
    end
    lines[i + 2] = row(shown, count)
  end
  local caption = block.caption and paragraph(inline(block.caption)) .. "\n\n" or ""
  return caption .. table.concat(lines, "\n")
end

function write.figure(block, stem)
  if not block.svg then return paragraph(escape(block.missing)) end
  local target = ("%s-%d.svg"):format(stem, block.number)
    :gsub("[^%w._~/-]", function(c) return ("%%%02X"):format(c:byte()) end)
  local caption = block.caption and "\n\n" .. paragraph(inline(block.caption)) or ""
  return ("![%s](%s)"):format(escape(block.alt), target) .. caption
end

--- Write a report.
-- @tparam report report
-- @tparam string stem of its figures' files
-- @treturn string
-- @usage print(require "linnet.report.markdown".write(linnet.report{title = "A"}, "report"))
function M.write(report, stem)
  local out = {"# " .. inline(report.title)}
  if report.lead then out[2] = paragraph(inline(report.lead)) end
  for _, block in ipairs(report.blocks) do out[#out + 1] = write[block.kind](block, stem) end
  return table.concat(out, "\n\n") .. "\n"
end

return M
