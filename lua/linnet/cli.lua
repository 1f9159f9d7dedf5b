-- lua/linnet/cli.lua: the name under which scripts ask for linnet.shell.cli.
-- SPDX-License-Identifier: MIT
return require "linnet.shell.cli"
