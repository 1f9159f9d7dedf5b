-- lua/linnet/slurm.lua: the name under which scripts ask for linnet.shell.slurm.
-- SPDX-License-Identifier: MIT
return require "linnet.shell.slurm"
