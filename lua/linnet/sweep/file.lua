--- lua/linnet/sweep/file.lua: what a file of a sweep says: headers, records, and whether two of
-- them belong together.
--
-- A file begins with a header and gains another whenever it is continued under changed conditions
-- (another processor, another version, a larger grid): the last header says which jobs there are.
-- `written` in a header, like `cost` in a record, is for the reader and never compared.
--
-- SPDX-License-Identifier: MIT
-- @module linnet.sweep.file

local check = require "linnet.check"
local core = require "linnet.core"
local grid = require "linnet.sweep.grid"
local record = require "linnet.record"
local source = require "linnet.sweep.source"

local M = {}

local FORMAT = 1

--- The parts of a header that must agree for results to be the same bits.
M.ENVIRONMENT = {"linnet", "blas", "kernel"}

-- ---------------------------------------------------------------- headers

-- A value of the specification as a header keeps it: functions by kind only, matrices by a digest.
local function described(value)
  if type(value) == "number" then return math.tointeger(value) or value end
  if core.matrix.is_matrix(value) then
    return ("%d x %d matrix, norm %.6g"):format(value:rows(), value:cols(), value:norm())
  elseif check.is(value, "problem") then
    -- Six digits are the same on every processor; the digest is that of one.
    return {n = value.n, D = value.D, m = value.m, rank = value.rank,
      sigma_1 = ("%.6g"):format(value:singular_values()(1, 1)),
      loss = value.loss ~= "squared" and value.loss or nil,
      solution_norm = core.problem.attained(value) and ("%.6g"):format(value:min_norm():norm())
        or nil, digest = source.problem(value)}
  elseif type(value) == "table" then
    local out = {}
    for key, item in next, value do out[key] = described(item) end
    if out[1] ~= nil and #out > 0 then -- {"gaussian", alpha = 0.5}
      for key in next, out do
        if type(key) == "string" then
          out.kind, out[1] = out[1], nil
          break
        end
      end
    end
    return out
  elseif type(value) == "string" or type(value) == "boolean" then
    return value
  end
  return type(value)
end

local function output(command)
  local pipe <close> = io.popen(command .. " 2>/dev/null")
  return pipe and pipe:read("l") or "unknown"
end

--- The header of a sweep run here and now.
-- @tparam table sweep
-- @tparam[opt] {integer,integer} shard
-- @treturn table
function M.header(sweep, shard)
  local blas = core.system.blas_info()
  local parts = sweep.grid:signature()
  for _, name in ipairs{"name", "problem", "init", "flow", "descend", "test", "run"} do
    parts[name] = described(sweep.spec[name])
    if sweep.spec[name] == nil then parts[name] = nil end
  end
  parts.measure = sweep.measures and table.move(sweep.measures, 1, #sweep.measures, 1, {})
  parts.source = next(sweep.source) and sweep.source or nil
  return {
    format = FORMAT, kind = "sweep", linnet = require "linnet.version",
    blas = (blas.config or blas.blas or "unknown"):gsub(" MAX_THREADS=.*", ""),
    kernel = blas.kernel or "unknown", sweep = parts,
    written = {date = os.date("!%Y-%m-%dT%H:%M:%SZ"), host = output("uname -n"),
      system = output("uname -srm"), shard = shard},
  }
end

-- All leaves of a table as text, by their path.
local function leaves(value, path, out)
  if type(value) == "table" and next(value) ~= nil and #value == 0 then
    for key, item in next, value do
      leaves(item, path == "" and tostring(key) or path .. "." .. tostring(key), out)
    end
  else
    out[path] = record.encode(value)
  end
  return out
end

--- Where two tables differ: the least path and both sides as text ("nothing" when absent).
-- @treturn ?string path, nil when they agree
-- @treturn ?string
-- @treturn ?string
function M.difference(a, b)
  local left, right = leaves(a, "", {}), leaves(b, "", {})
  local least
  for _, side in ipairs{left, right} do
    for path in next, side do
      if left[path] ~= right[path] and (not least or path < least) then least = path end
    end
  end
  if least then return least, left[least] or "nothing", right[least] or "nothing" end
end

local function same_environment(a, b)
  for _, name in ipairs(M.ENVIRONMENT) do
    if a[name] ~= b[name] then return false end
  end
  return true
end

-- The sweeps of two headers, made comparable: a digest of one processor means nothing on another,
-- and earlier versions wrote neither it nor the fingerprints of functions.
local function comparable(a, b)
  local left, right = {}, {}
  for name, value in next, a.sweep do left[name] = value end
  for name, value in next, b.sweep do right[name] = value end
  if not (left.source and right.source) then left.source, right.source = nil, nil end
  local p, q = left.problem, right.problem
  if type(p) == "table" and type(q) == "table"
    and not (p.digest and q.digest and same_environment(a, b)) then
    for _, side in ipairs{left, right} do
      local problem = {}
      for name, value in next, side.problem do problem[name] = name ~= "digest" and value or nil end
      side.problem = problem
    end
  end
  return left, right
end

--- Where the sweeps of two headers differ, as `difference` says it.
function M.apart(a, b) return M.difference(comparable(a, b)) end

--- Why a file cannot be continued by a sweep: nil when it can. Axes and seeds may grow.
-- @tparam table old header of the file
-- @tparam table new header of the sweep
-- @tparam[opt] boolean changed accept another version of its functions and data
-- @treturn ?string
function M.refusal(old, new, changed)
  local left, right = comparable(old, new)
  for _, side in ipairs{left, right} do side.axes, side.seeds = nil, nil end
  if changed then
    left.source, right.source = nil, nil
    for _, side in ipairs{left, right} do
      if type(side.problem) == "table" then side.problem = nil end
    end
  end
  local path, there, here = M.difference(left, right)
  local what = path and (path:match("^source%.(.*)$") or path == "problem.digest" and "problem")
  if what then
    return ("'%s' was changed since; changed = true accepts its records, overwrite = true begins "
      .. "again"):format(what)
  end
  return path and ("it holds another sweep: %s was %s, now %s"):format(path, there, here)
end

--- Whether a continued file needs a new header: the grid or the environment changed.
function M.changed(old, new)
  return not same_environment(old, new) or M.difference(old.sweep, new.sweep) ~= nil
end

-- ---------------------------------------------------------------- records

local function is_numbers(list)
  local count = 0
  for _, x in next, list do
    if type(x) ~= "number" then return false end
    count = count + 1
  end
  return count == #list
end

-- Numbers by name; lists of numbers too where a measure may be one.
local function is_values(value, lists)
  if type(value) ~= "table" then return false end
  for name, x in next, value do
    if type(name) ~= "string" then return false end
    if type(x) ~= "number" and not (lists and type(x) == "table" and is_numbers(x)) then
      return false
    end
  end
  return true
end

local function is_record(value)
  return type(value) == "table" and type(value.point) == "table"
    and math.type(value.seed) == "integer" and is_values(value.measure, true)
    and (value.error == nil or type(value.error) == "string")
    and (value.reason == nil or type(value.reason) == "string")
    and (value.steps == nil or math.type(value.steps) == "integer")
    and (value.cost == nil or is_values(value.cost))
end

local function is_header(value)
  local header = type(value) == "table" and value.header
  return type(header) == "table" and header.kind == "sweep" and type(header.sweep) == "table"
    and type(header.sweep.axes) == "table"
end

local function is_text(value) return value == nil or type(value) == "string" end

local function all_texts(t, names)
  for _, name in ipairs(names) do
    if not is_text(t[name]) then return false end
  end
  return true
end

-- What is wrong with a header that is one of a sweep, or nil.
local function header_wrong(header)
  local sweep, written = header.sweep, header.written
  if header.format ~= FORMAT then
    return ("format %s, this linnet reads %d"):format(tostring(header.format), FORMAT)
  elseif not is_text(sweep.name) then
    return "the header's name is no text"
  elseif not all_texts(header, M.ENVIRONMENT) then
    return "the header's versions are no texts"
  elseif written ~= nil and (type(written) ~= "table"
    or not all_texts(written, {"date", "host", "system"})) then
    return "the header's 'written' is no table of texts"
  end
end

-- Points that a file may name however short it is; beyond, no more than it has bytes.
local POINTS = 1e6

-- The grid of a header, which linnet writes with lists: `{linear = {0, 1, 1e6}}` in a file would be
-- much from little.
local function grid_of(header, bytes)
  local points = 1
  for name, axis in next, header.sweep.axes do
    if type(axis) == "table" then
      if type(axis[1]) == "nil" then return nil, ("axis '%s' is no list"):format(tostring(name)) end
      points = points * #axis
    end
  end
  if points > math.max(POINTS, bytes) then
    return nil, ("axes make %.3g points, in a file of %d bytes"):format(points, bytes)
  end
  return grid.new(header.sweep.axes, header.sweep.seeds)
end

--- Sort the values of a file into headers and records.
-- @tparam {table,...} values as `record.read` gives them
-- @tparam string path for messages
-- @tparam[opt] boolean bare without the grid, for who has it
-- @treturn ?table `path`, `headers`, `records` (each with its `header`'s number aside), `header`
--   (the last); nil when this is no file of a sweep
-- @treturn ?string why not
function M.parse(values, path, bare)
  local file = {path = path, headers = {}, records = {}, torn = values.torn}
  for i, value in ipairs(values) do
    if is_header(value) then
      file.headers[#file.headers + 1] = value.header
      local wrong = header_wrong(value.header)
      if wrong then return nil, ("%s: line %d: %s"):format(path, i, wrong) end
    elseif #file.headers > 0 and is_record(value) then
      file.records[#file.records + 1] = value
    else
      return nil, ("%s: line %d is not a %s of a sweep"):format(path, i,
        i == 1 and "header" or "record")
    end
  end
  file.header = file.headers[#file.headers]
  if not file.header then return nil, ("%s holds no sweep"):format(path) end
  if bare then return file end
  local why
  file.grid, why = grid_of(file.header, values.size or 0)
  if not file.grid then return nil, ("%s: the header's %s"):format(path, why) end
  return file
end

--- Read a file of a sweep.
-- @tparam string path
-- @treturn ?table as `parse`
-- @treturn ?string why not
function M.read(path)
  local ok, values = pcall(record.read, path, 0)
  if not ok then return nil, values end
  return M.parse(values, path)
end

return M
