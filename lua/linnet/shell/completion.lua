--- lua/linnet/shell/completion.lua: what other programs want to know of the command: completion
-- for bash and zsh, and the manual page, all from the parser itself.
--
-- SPDX-License-Identifier: MIT
-- @module linnet.shell.completion

local M = {}

--- Texts for roff: as they stand, up to 78 columns wide.
local function plain(text)
  return (text:gsub("\\", "\\e"):gsub("%-", "\\-"):gsub("\n([.'])", "\n\\&%1"))
end

local function verbatim(text)
  return ".nf\n.in 2\n" .. plain(text:gsub("%s+$", "")) .. "\n.fi\n"
end

--- linnet(1): what --help says, of the command and of each of its commands.
local function man(parser)
  local out = {
    ('.TH LINNET 1 "" "linnet %s"\n.SH NAME\nlinnet \\- %s\n'):format(require "linnet.version",
      "laboratory for overparametrized linear networks"),
    ".SH DESCRIPTION\n" .. verbatim(parser:get_help()),
  }
  for _, command in ipairs(parser._commands) do
    out[#out + 1] = ".SH " .. command._name:upper() .. "\n" .. verbatim(command:get_help())
  end
  out[#out + 1] = ".SH SEE ALSO\n" .. plain("help() at the prompt of linnet repl; guides and "
    .. "mathematics in share/doc/linnet.") .. "\n"
  return table.concat(out)
end

--- The text for "bash", "zsh" or "man".
-- @param parser of argparse
-- @tparam string kind
-- @treturn string
function M.text(parser, kind)
  if kind == "bash" then return parser:get_bash_complete() end
  if kind == "zsh" then return parser:get_zsh_complete() end
  return man(parser)
end

return M
