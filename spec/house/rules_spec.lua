-- The rules of the house that a machine can check (CONTRIBUTING.md says why each exists).
-- SPDX-License-Identifier: MIT

local support = require "spec.support"

--- Sources below these folders (separated by spaces) whose names end so.
local function files(folders, ending)
  local command = ("find %s -type f -name '*.%s' | sort"):format(folders, ending)
  local pipe <close> = assert(io.popen(command))
  local list = {}
  for path in pipe:lines() do list[#list + 1] = path end
  return list
end

local function contents(path)
  local file <close> = assert(io.open(path, "rb"))
  return file:read("a")
end

local function lines(text)
  local _, count = text:gsub("\n", "")
  return count
end

local EVERYWHERE = "csrc lua spec fuzz examples bench tools"
local C = files("csrc", "[ch]")
local C_ALL = files(EVERYWHERE, "[ch]")
local LUA = files(EVERYWHERE, "lua")

-- Fails with every offender in the message, not just the first.
local function none(offenders) assert.equal("", table.concat(offenders, "\n")) end

describe("the rules of the house", function()
  it("find the sources", function()
    assert.is_true(#C > 10 and #LUA > 10)
  end)

  it("includes go one way, num <- loss <- model <- flow <- descent <- ensemble <- bind", function()
    local may = {
      num = "num", io = "io num", loss = "loss num", model = "model loss num",
      flow = "flow model loss num", theory = "theory model num",
      descent = "descent flow model loss num", ensemble = "ensemble descent flow model num",
      bind = "bind ensemble descent flow theory model loss io num",
    }
    local bad = {}
    for _, path in ipairs(C) do
      local room = path:match("^csrc/(%w+)/")
      for include in contents(path):gmatch('#include%s+"([^"]+)"') do
        local other = include:match("^(%w+)/")
        if not other or not may[room]:find("%f[%w]" .. other .. "%f[%W]") then
          bad[#bad + 1] = path .. " includes " .. include
        end
      end
    end
    none(bad)
  end)

  it("all but bind know no Lua and never allocate; one file knows LAPACKE", function()
    local bad = {}
    for _, path in ipairs(C) do
      if path ~= "csrc/num/lapack.c" and contents(path):find("#include <lapacke", 1, true) then
        bad[#bad + 1] = path .. ": lapack.h is the only door to LAPACKE"
      end
      if not path:match("^csrc/bind/") then
        for line in contents(path):gmatch("[^\n]+") do
          local code = line:gsub("/%*.-%*/", ""):gsub('".-"', '""')
          if code:find("lua_%w+%s*%(") or line:find('#include [<"]l?ua') or line:find("lauxlib")
            or code:find("%f[%w_]malloc%s*%(") or code:find("%f[%w_]calloc%s*%(")
            or code:find("%f[%w_]realloc%s*%(") or code:find("%f[%w_]free%s*%(") then
            bad[#bad + 1] = path .. ": " .. line
          end
        end
      end
    end
    none(bad)
  end)

  it("every field of a struct is used somewhere", function()
    local code, fields = {}, {}
    for i, path in ipairs(C) do
      local text = contents(path):gsub("/%*.-%*/", "")
      code[i] = text:gsub("%f[%w_]struct%s*[%w_]*%s*(%b{})", function(body)
        if body:find("=") then return end -- an initializer
        for declared in body:sub(2, -2):gsub("%b{}", ""):gmatch("[^;]+") do
          local pointer = declared:match("%(%*+([%w_]+)%)%s*%(") -- to a function
          local names = pointer or declared:gsub("%b[]", "")
          for name in names:gmatch("([%w_]+)%s*%f[,\0]") do fields[name] = path end
        end
        return ""
      end)
    end
    local all, bad, count = table.concat(code), {}, 0
    for name, path in pairs(fields) do
      count = count + 1
      if not all:find("[.>]" .. name .. "%f[^%w_]") then bad[#bad + 1] = path .. ": " .. name end
    end
    table.sort(bad)
    none(bad)
    assert.is_true(count > 200)
  end)

  it("every function of a header is called outside the file that defines it", function()
    local code, words, bad, count = {}, {}, {}, 0 -- words[path][word]: how often
    for _, path in ipairs(C_ALL) do
      code[path], words[path] = contents(path):gsub("/%*.-%*/", ""), {}
      for word in code[path]:gmatch("[%a_][%w_]*") do
        words[path][word] = (words[path][word] or 0) + 1
      end
    end
    for _, header in ipairs(C) do
      for name in code[header]:gsub("%b{}", ""):gmatch("%f[%w_](%l[%w_]*)%b()%s*;") do
        local used = words[header][name] > 1 -- by an inline function
        for path, list in pairs(words) do
          used = used or path ~= header and path ~= header:gsub("h$", "c") and list[name] ~= nil
        end
        count = count + 1
        if not used then bad[#bad + 1] = header .. ": " .. name end
      end
    end
    none(bad)
    assert.is_true(count > 300)
  end)

  it("no file of the core keeps state of its own between calls", function()
    -- A terminal is the process's, and its handlers take no argument.
    local allowed = {["csrc/bind/prompt.c"] = "static struct session {"}
    local bad = {}
    for _, path in ipairs(C) do
      for line in contents(path):gmatch("[^\n]+") do
        -- a static or file-scope object that is neither const nor a function
        if line:match("^%s*static%s") and not line:match("const") and not line:match("%(")
          and (line:match("[;=]") or line:match("{$")) and line ~= allowed[path] then
          bad[#bad + 1] = path .. ": " .. line
        end
      end
    end
    none(bad)
  end)

  it("core.<file>.<name>, and a method, is l_<file>_<name> of csrc/bind/<file>", function()
    local bad, count = {}, 0
    for _, path in ipairs(C) do
      local file = path:match("^csrc/bind/(%w+)[/.]")
      for name, f in contents(path):gmatch('{"([%w_]+)",%s*([%l][%w_]*)}') do
        local own = "l_" .. (file or "") .. "_"
        local good = name:match("^__") or f == own .. name
          or (f:sub(1, #own) == own and f:sub(-#name - 1) == "_" .. name) -- two types in a file
        if file and path ~= "csrc/bind/core.c" then
          count = count + 1
          if not good then bad[#bad + 1] = ("%s: %s is %s"):format(path, name, f) end
        end
      end
    end
    none(bad)
    assert.is_true(count > 100)
  end)

  it("C raises failures: strings only where none can be made", function()
    -- The first makes them; the second answers Ctrl-C in the words of the interpreter.
    local allowed = {["csrc/bind/fail.c"] = true, ["csrc/bind/prompt.c"] = "interrupted!",
      ["csrc/bind/core.c"] = "luaL_checkversion", ["csrc/bind/ensemble.c"] = "luaL_checkstack"}
    local bad = {}
    for _, path in ipairs(C) do
      for line in contents(path):gmatch("[^\n]+") do
        local raising = line:find("luaL_error") or line:find("luaL_arg") or line:find("luaL_check")
          or line:find("luaL_opt") or line:find("luaL_typeerror")
        local may = allowed[path]
        if raising and may ~= true and not (may and line:find(may, 1, true)) then
          bad[#bad + 1] = path .. ": " .. line
        end
      end
    end
    none(bad)
  end)

  it("every source names itself, its purpose and its licence at the top", function()
    local bad = {}
    for _, list in ipairs{C_ALL, LUA} do
      for _, path in ipairs(list) do
        local head = contents(path):sub(1, 4000)
        if not head:find("SPDX-License-Identifier: MIT", 1, true) then
          bad[#bad + 1] = path .. ": no licence line"
        elseif path:match("%.[ch]$") and not head:find(path, 1, true) then
          bad[#bad + 1] = path .. ": does not name itself"
        end
      end
    end
    none(bad)
  end)

  it("no file is longer than one can keep in mind", function()
    local bad = {}
    for _, list in ipairs{C_ALL, LUA} do
      for _, path in ipairs(list) do
        local n = lines(contents(path))
        if n > 450 and not path:find("tableau", 1, true) then
          bad[#bad + 1] = ("%s: %d lines"):format(path, n)
        end
      end
    end
    none(bad)
  end)

  it("no line is longer than 100 columns", function()
    local bad = {}
    for _, list in ipairs{C_ALL, LUA} do
      for _, path in ipairs(list) do
        local number, listing = 0, false -- lists of cases, a case a line, say so to luacheck
        for line in contents(path):gmatch("([^\n]*)\n") do
          number = number + 1
          if line:find("luacheck: .*no max line length") then listing = true end
          if line:find("luacheck: pop", 1, true) then listing = false end
          if (utf8.len(line) or #line) > 100
            and not path:find("tableau", 1, true) and not listing then
            bad[#bad + 1] = ("%s:%d"):format(path, number)
          end
        end
      end
    end
    none(bad)
  end)

  it("nothing is left undone by its own words", function()
    local bad = {}
    for _, list in ipairs{C_ALL, LUA} do
      for _, path in ipairs(list) do
        for _, word in ipairs{"TO" .. "DO", "FIX" .. "ME", "X" .. "XX", "HA" .. "CK"} do
          if contents(path):find("%f[%w]" .. word .. "%f[%W]") then
            bad[#bad + 1] = path .. ": " .. word
          end
        end
      end
    end
    none(bad)
  end)

  it("load and its kin never meet data: only the REPL's setup and named scripts", function()
    local allowed = { -- scripts that are named, lines that are typed
      ["lua/linnet/shell/commands.lua"] = true, ["lua/linnet/shell/source.lua"] = true,
      ["lua/linnet/shell/program.lua"] = true,
    }
    local bad = {}
    for _, path in ipairs(LUA) do
      if path:match("^lua/") and not allowed[path] then
        for line in contents(path):gmatch("[^\n]+") do
          local code = line:gsub("%-%-.*", ""):gsub("%b\"\"", '""')
          if code:find("%f[%w_.:]loadstring%s*[%({]") or code:find("%f[%w_]dofile%s*%(")
            or code:find("%f[%w_]loadfile%s*%(") or code:find("[^%w_.:]load%s*%(") then
            bad[#bad + 1] = path .. ": " .. line
          end
        end
      end
    end
    none(bad)
  end)

  it("every promise is held by a sentence of a spec, whole", function()
    local bad, count = {}, 0
    for row in contents("docs/promises.md"):gmatch("\n(|[^\n]+)") do
      local spec, sentence = row:match("| `([%w_/.]+)` | (.-) |$")
      if spec then
        count = count + 1
        local path = "spec/" .. spec .. (spec:find("%.") and "" or ".lua")
        if not support.sentences(path)[sentence] then bad[#bad + 1] = path .. ": " .. sentence end
      end
    end
    none(bad)
    assert.is_true(count >= 30)
  end)

  it("every line that says it holds a promise holds one of the table", function()
    local table_text, bad, count = contents("docs/promises.md"), {}, 0
    for _, ending in ipairs{"lua", "c"} do
      for _, path in ipairs(files("spec", ending)) do
        for mark in contents(path):gmatch("\n%s*[/-][*-] promise: ([^\n]*)") do
          count = count + 1
          local name = path:gsub("^spec/", ""):gsub("%.lua$", "")
          local row = ("| `%s` | %s |"):format(name, (mark:gsub("%s*%*/$", "")))
          if not table_text:find(row, 1, true) then bad[#bad + 1] = row end
        end
      end
    end
    none(bad)
    assert.is_true(count >= 5)
  end)

  it("the version stands in one place and its rockspec follows", function()
    local version = dofile("lua/linnet/version.lua")
    local text = contents(("rockspecs/linnet-%s-1.rockspec"):format(version))
    assert.truthy(text:find(('version = "%s-1"'):format(version), 1, true))
    assert.truthy(contents("CHANGELOG.md"):find("## " .. version, 1, true))
    local function recipe(t) -- everything but the version and where the sources lie
      return (t:gsub("version = [^\n]*", ""):gsub("source = [^\n]*", ""))
    end
    assert.equal(recipe(contents("linnet-scm-1.rockspec")), recipe(text))
  end)
end)
