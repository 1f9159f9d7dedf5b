--- `linnet doctor`: what is here, what is missing, how to get it.
--
-- SPDX-License-Identifier: MIT
-- @module linnet.shell.doctor

local M = {}

local GET = {
  gnuplot = "apt install gnuplot-nox (Debian, Ubuntu), dnf install gnuplot, brew install gnuplot",
  argparse = "apt install lua-argparse, or luarocks install argparse",
  lfs = "apt install lua-filesystem, or luarocks install luafilesystem",
  readline = "apt install libreadline8, brew install readline (without: no TAB, no history)",
}

--- First line that a command prints, or nil.
local function output(command)
  local pipe <close> = io.popen(command .. " 2>/dev/null </dev/null")
  local line = pipe:read("l")
  return line ~= "" and line or nil
end

local function module_row(name)
  local ok, module = pcall(require, name)
  if not ok then return {name, nil, GET[name]} end
  local version = type(module) == "table" and (module._VERSION or module.version) or "present"
  return {name, tostring(version)}
end

--- The findings: a list of {what, what was found or nil, how to get it, true if optional}.
-- @treturn {table,...}
-- @usage for _, row in ipairs(linnet.doctor.findings()) do print(row[1], row[2] or "missing") end
function M.findings()
  local rows = {
    {"linnet", require "linnet.version"},
    {"Lua", _VERSION .. (output("uname -sm") and ", " .. output("uname -sm") or "")},
  }
  local ok, core = pcall(require, "linnet.core")
  if ok then
    local info = core.system.blas_info()
    rows[#rows + 1] = {"core", package.searchpath("linnet.core", package.cpath) or "preloaded"}
    rows[#rows + 1] = {"BLAS", info.blas}
    rows[#rows + 1] = {"LAPACK", info.lapack}
    rows[#rows + 1] = {"LAPACKE", info.lapacke}
    rows[#rows + 1] = {"BLAS build", info.config or "not OpenBLAS", nil, true}
    rows[#rows + 1] = {"BLAS kernel", info.kernel or "not OpenBLAS", nil, true}
    rows[#rows + 1] = {"BLAS threads", tostring(info.threads)}
  else
    local reason = tostring(core):gsub("^(module [^\n]* not found):\n.*", "%1"):gsub("%s+", " ")
    rows[#rows + 1] = {"core", nil, "make build; the reason is: " .. reason}
  end
  for _, name in ipairs{"argparse", "lfs"} do rows[#rows + 1] = module_row(name) end
  rows[#rows + 1] = {"gnuplot", output("gnuplot --version"), GET.gnuplot}
  rows[#rows + 1] = {"readline", ok and core.prompt.editor(), GET.readline, true}
  return rows
end

--- The report as text, and whether nothing that is needed is missing.
-- @treturn string
-- @treturn boolean
-- @usage print((linnet.doctor.report()))
function M.report()
  local out, healthy = {}, true
  for _, row in ipairs(M.findings()) do
    local what, found, get, optional = table.unpack(row, 1, 4)
    if not found then
      healthy = healthy and optional or false
      found = (optional and "not there (optional): " or "MISSING: ") .. (get or "")
    end
    out[#out + 1] = ("%-14s%s"):format(what, found)
  end
  out[#out + 1] = healthy and "Everything needed is here." or "Something needed is missing."
  return table.concat(out, "\n"), healthy
end

return M
