--- Several matrices in one file: NumPy's `.npz`.
--
-- `np.load(path)["A"]` reads what is saved here, and what `np.savez(path, A=A, B=B)` writes is
-- read: stored entries, each as `linnet.npy` reads them. Compressed ones (`np.savez_compressed`)
-- are refused. At most 4 GB in one file.
--
-- SPDX-License-Identifier: MIT
-- @module linnet.npz

local check = require "linnet.check"
local core = require "linnet.core"
local error = require("linnet.failure").raise

local M = {}

local LONGEST = 1000 -- bytes of a name

--- Read all matrices.
-- @tparam string path
-- @treturn table name -> matrix
-- @raise what cannot be read: compressed entries, damaged archives, an entry that is no matrix
-- @usage local path = os.tmpname()
-- linnet.npz.save(path, {A = linnet.eye(2), b = linnet.ones(2, 1)})
-- local all = linnet.npz.load(path); print(all.A * all.b); os.remove(path)
function M.load(path)
  check.path("linnet.npz.load", path)
  local all, why = core.files.npz_load(path)
  if not all then error(("linnet.npz.load: %s: %s"):format(path, why), 2, "file") end
  return all
end

--- Write several matrices; the same ones give the same bytes. What was there before stays whole
-- until the new file is complete.
-- @tparam string path
-- @tparam table matrices name -> matrix
-- @raise when the file cannot be written; then nothing has changed
-- @usage local path = os.tmpname()
-- linnet.npz.save(path, {A = linnet.eye(2), b = linnet.ones(2, 1)}); os.remove(path)
function M.save(path, matrices)
  check.path("linnet.npz.save", path)
  if type(matrices) ~= "table" then
    error(("linnet.npz.save: expected a table {name = matrix, ...}, got %s%s"):format(
      check.shown(matrices), check.is_matrix(matrices) and "; linnet.npy.save writes one" or ""), 2)
  end
  local names, list = {}, {}
  for name in next, matrices do
    if type(name) ~= "string" or name == "" or #name > LONGEST or name:find("\0", 1, true)
      or not utf8.len(name) then
      error(("linnet.npz.save: a name must be a word in UTF-8, got %s"):format(check.shown(name)),
        2)
    end
    names[#names + 1] = name
  end
  table.sort(names)
  for i, name in ipairs(names) do
    list[i] = check.matrix("linnet.npz.save", check.quoted(name), matrices[name])
    names[i] = name .. ".npy"
  end
  local ok, why = core.files.npz_save(path, names, list)
  if not ok then error(("linnet.npz.save: %s: %s"):format(path, why), 2, "file") end
end

return M
