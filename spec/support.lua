--- spec/support.lua: what several specs share: reference cases, a KS distance, child processes.
-- Not a spec itself. SPDX-License-Identifier: MIT
local linnet = require "linnet"
local dkjson = require "dkjson"
local lfs = require "lfs"

local M = {}

--- The five cases of spec/reference: the full (U, V) system integrated by an independent program.
M.cases = {"wide", "narrow", "rank_deficient", "tall", "scalar_output"}

--- The sentences that a spec holds, as keys. Nothing else holds a promise: not a head comment, not
-- part of a sentence. Sentences that are put together, and programs without it(...), carry a line
-- "promise: ..." beside the check.
function M.sentences(path)
  local file, list = io.open(path), {}
  if not file then return list end
  local text = file:read("a")
  file:close()
  for sentence in text:gmatch('%f[%w]it%("([^"]*)",%s') do list[sentence] = true end
  for mark in text:gmatch("[/-][*-] promise: ([^\n]*)") do
    list[mark:gsub("%s*%*/$", "")] = true
  end
  return list
end

function M.reference(name)
  local file = assert(io.open("spec/reference/" .. name .. ".json"))
  local text = file:read("a")
  file:close()
  return assert(dkjson.decode(text))
end

--- A reference case as linnet objects: the JSON, its problem and its start.
function M.case(name)
  local data = M.reference(name)
  local p = linnet.problem(linnet.matrix(data.X), linnet.matrix(data.Y))
  return data, p, p:init{U = linnet.matrix(data.U0), V = linnet.matrix(data.V0)}
end

--- A whole file as a string, and a string as a whole file.
function M.read(path)
  local file <close> = assert(io.open(path, "rb"))
  return file:read("a")
end

function M.write(path, text)
  local file <close> = assert(io.open(path, "wb"))
  assert(file:write(text))
end

--- A new empty folder for files of one test, and its removal with the files in it.
function M.folder()
  local path = os.tmpname()
  os.remove(path)
  assert(lfs.mkdir(path))
  return path
end

function M.remove(folder)
  for name in lfs.dir(folder) do os.remove(folder .. "/" .. name) end
  lfs.rmdir(folder)
end

--- A call must raise a failure with this message; its place is left aside.
function M.refuses(call, message)
  local ok, e = pcall(call)
  assert(not ok, "nothing was raised")
  local got = require("linnet.failure").message(e):gsub("^[^:]*:%d+: ", "")
  if got ~= message then error(("expected: %s\ngot: %s"):format(message, got), 2) end
end

--- A call, f(...), must raise something that tells of this.
function M.fails(what, f, ...)
  local ok, why = pcall(f, ...)
  assert(not ok, "nothing was raised")
  if not tostring(why):find(what, 1, true) then error(tostring(why), 2) end
end

--- Largest |a - b| over the largest |b|.
function M.relative(a, b)
  local core = require "linnet.core"
  return core.matrix.max_abs(a - b) / core.matrix.max_abs(b)
end

--- Kolmogorov-Smirnov distance between two samples (lists of numbers).
function M.ks(a, b)
  table.sort(a)
  table.sort(b)
  local i, j, worst = 1, 1, 0
  while i <= #a and j <= #b do
    if a[i] <= b[j] then i = i + 1 else j = j + 1 end
    worst = math.max(worst, math.abs((i - 1) / #a - (j - 1) / #b))
  end
  return worst
end

--- Slope of the least-squares line through (log x, log y).
M.slope = require("linnet.statistics").exponent

--- A command that starts Python with NumPy (without a sanitizer before it), or nil where there is
-- none.
function M.numpy()
  for _, python in ipairs{"env -u LD_PRELOAD python3", "env -u LD_PRELOAD /usr/bin/python3"} do
    if os.execute(python .. " -c 'import numpy' 2>/dev/null") then return python end
  end
end

--- Run a Lua program in a child `lua5.4`; its lines of output, stderr included. With `interrupt`,
-- the
-- child gets `arg[1]`, a path: once it has made that file, it is sent a real SIGINT.
function M.child(program, interrupt)
  local script, out, mark = os.tmpname(), os.tmpname(), os.tmpname()
  local file = assert(io.open(script, "w"))
  file:write(program)
  file:close()
  os.remove(mark)
  local command = ("lua5.4 %s %s > %s 2>&1"):format(script, interrupt and mark or "", out)
  if interrupt then
    local pipe = io.popen(command .. " & echo $!")
    local pid = pipe:read("l")
    pipe:close()
    for _ = 1, 1200 do -- a minute at most
      local seen = io.open(mark)
      if seen then
        seen:close()
        break
      end
      os.execute("sleep 0.05")
    end
    os.execute("kill -INT " .. pid)
    while os.execute("kill -0 " .. pid .. " 2>/dev/null") do os.execute("sleep 0.02") end
  else
    os.execute(command)
  end
  local lines = {}
  for line in io.lines(out) do -- the sanitizer tells of memory that cannot be had; so do we
    if not line:find("WARNING: AddressSanitizer failed to allocate", 1, true) then
      lines[#lines + 1] = line
    end
  end
  for _, path in ipairs{script, out, mark} do os.remove(path) end
  return lines
end

--- A locale whose decimal sign is a comma: one that is there, or one made in a folder. What to put
-- before a command so that it is found, and its name; nil where neither is to be had.
function M.comma_locale(folder)
  for _, name in ipairs{"de_DE.UTF-8", "de_DE.utf8", "fr_FR.UTF-8", "fr_FR.utf8", "nl_NL.UTF-8",
    "de_DE"} do
    if os.execute(("locale -a 2>/dev/null | grep -qx '%s'"):format(name)) then return "", name end
  end
  if os.execute(("env -u LD_PRELOAD localedef -i de_DE -f UTF-8 %s/de_DE.UTF-8 >/dev/null 2>&1")
    :format(folder)) then
    return "LOCPATH=" .. folder .. " ", "de_DE.UTF-8"
  end
end

--- A whole file, nil where there is none.
function M.contents(path)
  local file <close> = io.open(path, "rb")
  return file and file:read("a")
end

--- Names in a folder.
function M.files_in(path)
  local list = {}
  for name in lfs.dir(path) do
    if name ~= "." and name ~= ".." then list[#list + 1] = name end
  end
  table.sort(list)
  return list
end

--- What draw(given) returns, nothing being printed.
function M.drawn(draw, given)
  local kept = _G.print
  _G.print = function() end
  local ok, result = pcall(draw, given)
  _G.print = kept
  if not ok then error(result, 0) end
  return result
end

--- How often a pattern stands in a text.
function M.count(text, pattern) return select(2, text:gsub(pattern, "")) end

--- Each call of `linnet.<prefix>...` must be refused at the caller's line, in the words beside it,
-- or, not `whole`, in some with these among them.
function M.refused(it, prefix, cases, whole)
  for _, case in ipairs(cases) do
    it("is refused: " .. case[1], function()
      local call = assert(load("linnet = ...; linnet." .. prefix .. case[1], "=call"))
      local ok, e = pcall(call, linnet)
      local text = tostring(e)
      assert(not ok and text:sub(1, 8) == "call:1: ", text)
      assert(text:find(case[2], 9, true), text)
      assert(not whole or #text == 8 + #case[2], text)
    end)
  end
end

return M
