--- NumPy's `.npy` files.
--
-- Read: versions 1.0 and 2.0, little-endian f8, f4, i8 and i4, C or Fortran order; one dimension
-- makes a column. Anything else is refused, and never takes more memory than a few times the file.
-- Written: version 1.0, f8, Fortran order, two dimensions.
--
-- SPDX-License-Identifier: MIT
-- @module linnet.npy

local check = require "linnet.check"
local core = require "linnet.core"
local error = require("linnet.failure").raise

local M = {}

local function fail(name, path, why) error(("%s: %s: %s"):format(name, path, why), 3, "file") end

--- Read a matrix.
-- @tparam string path
-- @treturn Matrix
-- @raise what cannot be read: other types (big-endian, complex, objects...), other dimensions, an
-- i8 beyond 2^53 that is no double, a file that is shorter or longer than it says
-- @usage local path = os.tmpname()
-- linnet.npy.save(path, linnet.eye(2)); print(linnet.npy.load(path)); os.remove(path)
function M.load(path)
  check.path("linnet.npy.load", path)
  local m, why = core.files.npy_load(path)
  if not m then fail("linnet.npy.load", path, why) end
  return m
end

--- Write a matrix. What was there before stays whole until the new file is complete, and the new
-- one keeps its mode; a symbolic link is followed, a device written directly.
-- @tparam string path
-- @tparam Matrix m
-- @raise when the file cannot be written; then nothing has changed
-- @usage local path = os.tmpname(); linnet.npy.save(path, linnet.matrix{1, 2, 3}); os.remove(path)
function M.save(path, m)
  check.path("linnet.npy.save", path)
  check.matrix("linnet.npy.save", "the second argument", m)
  local ok, why = core.files.npy_save(path, m)
  if not ok then fail("linnet.npy.save", path, why) end
end

return M
