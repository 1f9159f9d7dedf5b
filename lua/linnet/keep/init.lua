--- lua/linnet/keep/init.lua: problems, states and runs in files, and back to the same bits.
--
-- A file has two lines of JSON: a header that names what it holds, and that. Numbers have 17
-- digits, so nothing is lost; text is parsed, never run.
--
-- SPDX-License-Identifier: MIT
-- @module linnet.keep

local check = require "linnet.check"
local core = require "linnet.core"
local files = require "linnet.files"
local keep_run = require "linnet.keep.run"
local parts = require "linnet.keep.parts"
local record = require "linnet.record"
local run = require "linnet.run"
local error = require("linnet.failure").raise

local M = {problem = {}, state = {}, run = {}}

local MOST = 1e7 -- numbers in one file of text, about 200 MB

-- How many numbers stand in the matrices of a table.
local function numbers_in(value)
  if core.matrix.is_matrix(value) then return value:rows() * value:cols() end
  local count = 0
  if type(value) == "table" then
    for _, inner in next, value do count = count + numbers_in(inner) end
  end
  return count
end

local OTHERS = {
  csv = "run:csv(path) writes the columns of a run as a table, linnet.csv.save a matrix",
  npy = "linnet.npy.save writes a matrix", npz = "linnet.npz.save writes matrices",
}
OTHERS.tsv = OTHERS.csv

local function save(path, kind, kept)
  check.path("save", path, 3)
  local other = OTHERS[path:lower():match("%.(%w+)$")]
  if other then
    error(("save: it writes records, to be read by linnet.load, and '%s' names something else; %s; "
      .. "records end in .jsonl"):format(path, other), 3)
  end
  local count = numbers_in(kept)
  if count > MOST then
    error(("save: this %s holds %.3g numbers, and a file of text at most %.0e; keep X and Y "
      .. "(linnet.npz.save) and the options of the start: the same program gives the same bits")
      :format(kind, count, MOST), 3)
  end
  record.save(path, kept, kind, 3)
end

--- Save a problem; `linnet.load` brings it back to the same bits, without the data being reduced
-- again. At most 1e7 numbers.
-- @function problem:save
-- @tparam string path
-- @usage
-- local p, path = linnet.problem(linnet.eye(2), linnet.ones(2, 1)), os.tmpname()
-- p:save(path)
-- assert(linnet.load(path) == p)
-- os.remove(path)
function M.problem.save(p, path)
  check.self(p, core.types.problem, "problem", "save")
  save(path, "problem", parts.problem_out(p))
end

--- Save a state with its problem; `linnet.load` brings it back, of any width, and flows go on to
-- the same bits.
-- @function state:save
-- @tparam string path
-- @usage
-- local p, path = linnet.problem(linnet.eye(2), linnet.ones(2, 1)), os.tmpname()
-- p:init("gaussian", {h = 1e12, seed = 1}):save(path)
-- local s = linnet.load(path) -- tomorrow
-- print(s.problem:flow(s, {t = 1}))
-- os.remove(path)
function M.state.save(s, path)
  check.self(s, core.types.state, "state", "save")
  local kept = parts.point_out(s)
  kept.problem, kept.origin = parts.problem_out(s.problem), parts.origin_out(s)
  save(path, "state", kept)
end

--- Save a run: its columns, how it ended, what it was asked for, its problem, and its states, along
-- the way too (of a long run every other one, as often as it takes until they have 1e6 numbers).
-- What `linnet.load` brings back has all that a run has; functions are not kept.
-- @function run:save
-- @tparam string path
-- @usage
-- local p = linnet.problem(linnet.eye(2), linnet.ones(2, 1))
-- local path = os.tmpname()
-- p:flow(p:init("gaussian", {h = 10, seed = 1}), {t = 1}):save(path)
-- local again = linnet.load(path)
-- print(again.stats.reason, again.start, again:bounds().ladder)
-- os.remove(path)
function M.run.save(self, path)
  check.self(self, run.meta, "run", "save")
  save(path, "run", keep_run.out(self))
end

-- The columns side by side, and a name for each.
local function columns_of(self)
  local names, list, at = {}, {}, {}
  for _, name in ipairs(self.columns) do
    local column = self[name]
    for j = 1, column:cols() do
      names[#names + 1] = column:cols() == 1 and name or ("%s_%d"):format(name, j)
      list[#list + 1], at[#at + 1] = column, j
    end
  end
  return core.matrix.new(#self.t, #list, function(i, j) return list[j]:get(i, at[j]) end), names
end

--- Write the columns of a run as CSV, a line per record below a line of names; a quantity of
-- several numbers becomes `name_1`, `name_2`, ...
-- @function run:csv
-- @tparam string path
-- @usage
-- local p, path = linnet.problem(linnet.eye(2), linnet.ones(2, 1)), os.tmpname()
-- p:flow(p:init("gaussian", {h = 10, seed = 1}), {t = 1}):csv(path)
-- local m, names = linnet.csv.load(path)
-- print(names[1], names[2], m(1, 2))
-- os.remove(path)
function M.run.csv(self, path)
  check.self(self, run.meta, "run", "csv")
  check.path("csv", path)
  local m, names = columns_of(self)
  local ok, why = core.files.csv_save(path, m, ",", names)
  if not ok then error(("csv: %s: %s"):format(path, why), 2, "file") end
end

-- ---------------------------------------------------------------- back

local BACK = {run = keep_run.back, problem = parts.problem_in}

function BACK.state(kept)
  local p, first, why
  p, why = parts.problem_in(kept.problem)
  if not p then return nil, why end
  first, why = parts.origin_in(p, kept.origin)
  if not first then return nil, why end
  return parts.point_in(first, kept)
end

--- What a file of linnet holds: "run", "problem", "state", something else, or nil.
function M.kind(path)
  local file <close> = io.open(path)
  local first = file and record.decode(file:read("l") or "")
  return type(first) == "table" and type(first.header) == "table" and first.header.kind or nil
end

--- Read what `problem:save`, `state:save` or `run:save` wrote. Equal problems are the same to the
-- bit: `p:flow(linnet.load(path), ...)` takes the state of a problem computed again.
-- @function load
-- @tparam string path
-- @treturn run|problem|state what was saved; runs of linnet 0.1.0 have columns and stats only
-- @raise a file that holds something else, or is damaged
-- @usage
-- local p = linnet.problem(linnet.eye(2), linnet.ones(2, 1))
-- local path = os.tmpname()
-- p:flow(p:init("gaussian", {h = 10, seed = 1}), {t = 1}):save(path)
-- print(linnet.load(path))
-- os.remove(path)
function M.load(path)
  local kept, header = record.load(path)
  local back = type(kept) == "table" and BACK[header.kind]
  if not back then
    error(("load: '%s' does not hold a run, a problem or a state%s"):format(path,
      type(header.kind) == "string" and ", but a " .. files.printable(header.kind) or ""), 2,
      "data")
  end
  local value, why = back(kept)
  if not value then
    error(("load: '%s' does not hold a %s: %s"):format(path, header.kind, why), 2, "data")
  end
  return value
end

return M
