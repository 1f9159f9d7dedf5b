--- lua/linnet/sweep/merge.lua: one result from the files of many shards.
--
-- Refused, each by name: files of different sweeps, of different versions or processors, records
-- that differ for the same job, and missing ones. Equal records are accepted: a cluster may run a
-- task twice.
--
-- SPDX-License-Identifier: MIT
-- @module linnet.sweep.merge

local file = require "linnet.sweep.file"

local M = {}

local SHOWN = 5 -- of a long list, in messages

local function listed(items)
  local more = #items > SHOWN and (", and %d more"):format(#items - SHOWN) or ""
  return table.concat(items, "; ", 1, math.min(#items, SHOWN)) .. more
end

-- nil, or why the files are not parts of one sweep.
local function different_sweeps(files)
  for i = 2, #files do
    local path, first, other = file.apart(files[1].header, files[i].header)
    if path then
      return ("%s and %s hold different sweeps: %s is %s and %s"):format(files[1].path,
        files[i].path, path, first, other)
    end
  end
end

-- The values of a header field over all files: sorted texts, and the files of each.
local function spread(files, field)
  local texts, where = {}, {}
  for _, f in ipairs(files) do
    for _, header in ipairs(f.headers) do
      local text = tostring(header[field])
      if not where[text] then
        texts[#texts + 1], where[text] = text, {}
      end
      local paths = where[text]
      if paths[#paths] ~= f.path then paths[#paths + 1] = f.path end
    end
  end
  table.sort(texts)
  return texts, where
end

local FIELD_NAMES = {linnet = "versions of linnet", blas = "builds of BLAS", kernel = "CPU kernels"}

-- nil, or why results of these files are not the same bits.
local function different_machines(files)
  for _, field in ipairs(file.ENVIRONMENT) do
    local texts, where = spread(files, field)
    if #texts > 1 then
      local parts = {}
      for i, text in ipairs(texts) do
        parts[i] = ("%s (%s)"):format(text, listed(where[text]))
      end
      return ("records of different %s: %s; a tolerance (rtol) accepts them"):format(
        FIELD_NAMES[field], table.concat(parts, ", "))
    end
  end
end

local agree

-- Whether two numbers, or lists of them, agree within a relative tolerance, nan with nan.
function agree(x, y, rtol)
  if type(x) == "table" or type(y) == "table" then
    if type(x) ~= type(y) or #x ~= #y then return false end
    for i = 1, #x do
      if not agree(x[i], y[i], rtol) then return false end
    end
    return true
  end
  if x == y or x ~= x and y ~= y then return true end
  local apart = math.abs(x - y)
  return apart < math.huge and apart <= rtol * math.max(math.abs(x), math.abs(y))
end

-- nil, or the name of what differs in two records of one job and both values.
local function difference(a, b, rtol)
  if rtol then
    for name, x in next, a.measure do
      local y = b.measure[name]
      if not y or not agree(x, y, rtol) then return name, tostring(x), tostring(y) end
    end
    for name, y in next, b.measure do
      if not a.measure[name] then return name, "nothing", tostring(y) end
    end
    return nil -- steps and reasons may differ where bits do
  end
  return file.difference({measure = a.measure, reason = a.reason, steps = a.steps},
    {measure = b.measure, reason = b.reason, steps = b.steps})
end

-- Records by job; the paths they came from; what differs, in words.
local function gather(files, grid, rtol)
  local records, from, conflicts = {}, {}, {}
  for _, f in ipairs(files) do
    for _, r in ipairs(f.records) do
      local job = grid:job(r.point, r.seed)
      if job and (not records[job] or records[job].error) then -- a failure may be made good
        records[job], from[job] = r, f.path
      elseif job and not r.error then
        local name, first, other = difference(records[job], r, rtol)
        if name then
          conflicts[#conflicts + 1] = ("%s: %s is %s in %s, %s in %s"):format(grid:describe(job),
            name, first, from[job], other, f.path)
        end
      end
    end
  end
  return records, conflicts
end

--- The jobs of records by job, increasing.
-- @tparam {table} records
-- @treturn {integer,...}
function M.jobs_of(records)
  local jobs = {}
  for job in next, records do jobs[#jobs + 1] = job end
  table.sort(jobs)
  return jobs
end

-- How many jobs have no record, and the first of them in words.
local function missing(grid, records)
  local gaps, count = {}, grid.jobs - #M.jobs_of(records)
  local job = 1
  while #gaps < math.min(count, SHOWN) do
    if not records[job] then gaps[#gaps + 1] = grid:describe(job) end
    job = job + 1
  end
  local more = count > SHOWN and (", and %d more"):format(count - SHOWN) or ""
  return count, table.concat(gaps, "; ") .. more
end

-- One header for all: what differs between machines is listed.
local function header_merged(files)
  local header = {}
  for name, value in next, files[1].header do header[name] = value end
  for _, field in ipairs(file.ENVIRONMENT) do
    header[field] = table.concat((spread(files, field)), ", ")
  end
  local written = type(header.written) == "table" and header.written or {}
  header.written = {date = written.date, system = written.system}
  return header
end

--- Merge parsed files.
-- @tparam {table,...} files as `file.read` gives them
-- @tparam table o `rtol`, `partial`
-- @treturn ?table `grid`, `header`, `records` by job
-- @treturn ?string why not
function M.merge(files, o)
  local why = different_sweeps(files) or not o.rtol and different_machines(files)
  if why then return nil, why end
  local grid = files[1].grid
  local records, conflicts = gather(files, grid, o.rtol)
  if #conflicts > 0 then
    return nil, "records of one job differ: " .. listed(conflicts)
  end
  local count, gaps = missing(grid, records)
  if count > 0 and not o.partial then
    return nil, ("%d of %d records are missing: %s; partial = true merges what there is")
      :format(count, grid.jobs, gaps)
  end
  return {grid = grid, header = header_merged(files), records = records}
end

--- Values of a merged or fresh result as a file has them, in canonical order.
-- @tparam table header
-- @tparam {table} records by job
-- @tparam boolean canonical without `cost` and `written`: equal results are equal files
-- @treturn {table,...}
function M.values(header, records, canonical)
  local kept = {}
  for name, value in next, header do
    if name ~= "written" or not canonical then kept[name] = value end
  end
  local values = {{header = kept}}
  for i, job in ipairs(M.jobs_of(records)) do
    local r = records[job]
    values[i + 1] = {point = r.point, seed = r.seed, measure = r.measure, reason = r.reason,
      steps = r.steps, error = r.error, cost = not canonical and r.cost or nil}
  end
  return values
end

return M
