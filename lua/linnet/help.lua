-- lua/linnet/help.lua: the name under which scripts ask for linnet.shell.help.
-- SPDX-License-Identifier: MIT
return require "linnet.shell.help"
