--- Matrices: constructors, and the methods that the core gives every matrix.
--
-- `linnet.matrix{{1, 2}, {3, 4}}` calls this module; `linnet.zeros` and the others are its
-- functions. Each is documented where it is written, in csrc/bind/matrix*.c.
--
-- SPDX-License-Identifier: MIT
-- @module linnet.matrix

local core = require "linnet.core"

local M = {
  zeros = core.zeros, ones = core.ones, eye = core.eye, diag = core.diag,
  linspace = core.linspace, logspace = core.logspace,
  is_matrix = core.is_matrix, threads = core.threads,
  methods = core.matrix_methods, -- m:name looks here; Lua adds to it, once
}

return setmetatable(M, {__name = "linnet.matrix", __call = core.matrix_call})
