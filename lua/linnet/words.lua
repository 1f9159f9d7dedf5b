--- lua/linnet/words.lua: texts laid out for a terminal of 80 columns.
--
-- SPDX-License-Identifier: MIT
-- @module linnet.words

local M = {}

M.WIDTH = 78

--- "head words words ..." in lines of at most WIDTH columns, later lines indented under the words.
-- @tparam string head
-- @tparam string words
-- @tparam ?integer width another one
-- @treturn string
function M.wrap(head, words, width)
  width = width or M.WIDTH
  local out, line, indent = {}, head, (" "):rep(utf8.len(head) or #head)
  for word in words:gmatch("%S+") do
    local wide = (utf8.len(line) or #line) + (utf8.len(word) or #word)
    if wide > width and line:find("%S", #indent) and line ~= head then
      out[#out + 1] = line:gsub("%s+$", "")
      line = indent
    end
    line = line .. word .. " "
  end
  out[#out + 1] = line:gsub("%s+$", "")
  return table.concat(out, "\n")
end

-- Where the words of a line begin: after its indent, or after that and a name.
local function head_of(line)
  return line:match("^%s+%S.-%s%s+") or line:match("^%s*") -- "  name   words"
end

-- Lines that wrap has broken at WIDTH are one again: they go on where the words of the first began,
-- with a word that had no room above.
local function joined(text)
  local lines, head, last = {}, nil, nil
  for line in (text .. "\n"):gmatch("(.-)\n") do
    local indent, word = line:match("^(%s*)(%S+)")
    if last and word and #indent == #head and last + 1 + (utf8.len(word) or #word) > M.WIDTH then
      lines[#lines] = lines[#lines] .. " " .. line:sub(#indent + 1)
    else
      lines[#lines + 1], head = line, head_of(line)
    end
    last = word and (utf8.len(line) or #line)
  end
  return table.concat(lines, "\n")
end

--- A text for a window: lines that are wider break between words, and go on below their words.
-- @tparam string text
-- @tparam integer columns
-- @treturn string
function M.fit(text, columns)
  if columns < M.WIDTH then text = joined(text) end
  return (text:gsub("[^\n]+", function(line)
    if (utf8.len(line) or #line) <= columns then return nil end
    local head = head_of(line)
    if #head > 0.6 * columns then head = line:match("^%s*") end
    return M.wrap(head, line:sub(#head + 1), columns - 1)
  end))
end

--- Paragraphs laid out anew; those that are indented, or lists, stay as they stand.
-- @tparam string text
-- @treturn string
function M.reflow(text)
  local out = {}
  for paragraph in (text .. "\n\n"):gmatch("(.-)\n\n+") do
    local fixed = paragraph:find("^%s") or paragraph:find("\n[ %-]")
    out[#out + 1] = fixed and paragraph or M.wrap("", paragraph)
  end
  return table.concat(out, "\n\n")
end

--- The first sentence of a text, on one line.
-- @tparam string text
-- @treturn string
function M.first_sentence(text)
  local line = text:gsub("\n\n.*", ""):gsub("%s+", " "):gsub("^ ", "")
  return line:match("^(.-[%w%)'\"`])%. %u") or line:match("^(.-)%.?%s*$")
end

--- A line cut to WIDTH columns, with "..." where something is missing.
-- @tparam string line
-- @treturn string
function M.cut(line)
  if (utf8.len(line) or #line) <= M.WIDTH then return line end
  local at = utf8.offset(line, M.WIDTH - 2) or M.WIDTH - 2
  return line:sub(1, at - 1):gsub("%s+$", "") .. "..."
end

return M
