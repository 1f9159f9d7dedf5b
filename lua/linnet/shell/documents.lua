--- lua/linnet/shell/documents.lua: the pages of docs/, found wherever linnet is installed, and what
-- help pages cite of them.
--
-- SPDX-License-Identifier: MIT
-- @module linnet.shell.documents

local M = {}

--- A path without "folder/.." in it.
local function straight(path)
  local shorter, count = path:gsub("([^/]+)/%.%./", function(folder)
    return folder ~= ".." and folder ~= "." and "" or nil
  end, 1)
  return count > 0 and shorter ~= path and straight(shorter) or path
end

--- The path of a page of docs/, in the sources, beside an installed linnet or in its rock, or nil.
function M.find(name)
  if type(name) ~= "string" then return nil end
  local here = debug.getinfo(1, "S").source:match("^@(.*)linnet/shell/documents%.lua$")
  local rock = "../../../lib/luarocks/rocks-5.4/linnet/%s-1/share/doc/linnet/"
  for _, folder in ipairs{"../docs/", "../../doc/linnet/", rock:format(require "linnet.version"),
    rock:format("scm")} do
    local path = here and here .. folder .. name
    local file = path and io.open(path)
    if file then
      file:close()
      return straight(path)
    end
  end
end

local PAPERS = {
  M21 = "Min, Tarmoun, Vidal, Mallada, ICML 2021 (arXiv 2105.06351v1)",
  M22 = "the 2022 version of [M21] (arXiv 2105.06351v2)",
  X23 = "Xu, Min, Tarmoun, Mallada, Vidal, AISTATS 2023", D = "derived for this project",
}

-- What a text cites: papers by name, sections by where they can be read.
function M.citations(text)
  local out = {}
  for _, mark in ipairs{"M21", "M22", "X23", "D"} do
    if text:find("[" .. mark .. "]", 1, true) then
      out[#out + 1] = ("  [%s] %s"):format(mark, PAPERS[mark])
    end
  end
  if #out > 0 or text:find("[Ss]ections? %d") then
    out[#out + 1] = "  Sections and references: "
      .. (M.find("mathematics.md") or "docs/mathematics.md of the sources")
  end
  return table.concat(out, "\n")
end

--- Calls found("docs/NAME", heading) for every section of the guides that mentions a text (in lower
-- case).
function M.mention(wanted, found)
  for _, name in ipairs{"mathematics.md", "guide.md", "howto.md", "your-data.md", "sweeps.md"} do
    local path, heading, last = M.find(name), nil, nil
    for line in path and io.lines(path) or function() end do
      heading = line:match("^#+ (.*)") or heading
      if heading ~= last and line:lower():find(wanted, 1, true) then
        found("docs/" .. name, heading)
        last = heading
      end
    end
  end
end

return M
