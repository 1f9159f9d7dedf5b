--- Matrices: constructors, and the methods that the core gives every matrix.
--
-- `linnet.matrix{{1, 2}, {3, 4}}` calls this module; `linnet.zeros` and the others are its
-- functions. Each is documented where it is written, in csrc/bind/matrix/*.c.
--
-- SPDX-License-Identifier: MIT
-- @module linnet.matrix

local core = require "linnet.core"

local own = core.matrix
local M = {
  zeros = own.zeros, ones = own.ones, eye = own.eye, diag = own.diag,
  linspace = own.linspace, logspace = own.logspace,
  is_matrix = own.is_matrix, threads = own.threads,
}

--- A matrix of doubles, indices from 1; a vector is a column. `m(i, j)` or `m[i][j]` read an entry,
-- `m[i]` is a view of a row, `#m` the number of rows. `+ - * /`, unary `-` and `^` are those of
-- algebra (`*` is the matrix product). Methods return new matrices, but for those whose name ends
-- in `_`, and `set`.
-- @type matrix

return setmetatable(M, {__name = "linnet.matrix", __call = own.call})
