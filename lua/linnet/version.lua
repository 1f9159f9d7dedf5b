--- The version, in this one place; the Makefile, the rockspec check and the command read it here.
-- SPDX-License-Identifier: MIT
-- @module linnet.version
return "0.1.0"
