--- spec/hostile/command_spec.lua: the command in a folder that somebody else has filled: nothing
-- there is opened or run but what it was told to run, and names are only names in every script it
-- writes. SPDX-License-Identifier: MIT
package.path = "spec/?.lua;" .. package.path
local lfs = require "lfs"
local support = require "support"

local ROOT = lfs.currentdir()
local COMMAND = "lua5.4 '" .. ROOT .. "/bin/linnet' "

local function output(command)
  local pipe <close> = io.popen(command .. " 2>&1 </dev/null")
  local said = pipe:read("a")
  return said, pipe:close() == true
end

describe("in somebody's folder", function()
  local dir

  before_each(function()
    dir = support.folder()
    lfs.chdir(dir)
  end)

  after_each(function()
    lfs.chdir(ROOT)
    os.execute("rm -rf " .. dir)
  end)

  -- What the modules of linnet and of the system are called, as traps.
  local function decoys()
    for _, folder in ipairs{"linnet", "linnet/shell", "linnet/sweep"} do lfs.mkdir(folder) end
    for _, name in ipairs{"lfs", "argparse", "dkjson", "linnet", "linnet/core", "linnet/init",
      "linnet/shell/cli", "linnet/sweep/work", "readline", "support"} do
      support.write(name .. ".lua", "io.open('RAN', 'a'):write('" .. name .. "\\n')")
      support.write(name .. ".so", "not a library")
    end
  end

  local SPEC = [[local exponent = require "mine"
    return require("linnet").sweep{over = {a = {1, 2, 3}},
      run = function(point) return {y = point.a ^ exponent} end}]]
  local COMMANDS = {"--version", "sweep s.lua --threads 2 --quiet", "merge --quiet s.jsonl",
    "report s.jsonl", "slurm s.lua --tasks 2", "run mine.lua", "doctor", "repl"}

  it("the command runs nothing, and a program requires what lies beside it", function()
    decoys()
    support.write("s.lua", SPEC)
    support.write("mine.lua", "return 2")
    for _, words in ipairs(COMMANDS) do
      local said, ok = output(COMMAND .. words)
      assert.is_true(ok, words .. ": " .. said)
    end
    assert.is_nil(lfs.attributes("RAN"))
    lfs.mkdir("elsewhere")
    lfs.chdir("elsewhere") -- beside the program, not where it is called
    assert.is_true(select(2, output(COMMAND .. "sweep ../s.lua --quiet")))
  end)

  it("the command opens none of the traps", function()
    if not os.execute("strace -o /dev/null true 2>/dev/null") then
      pending("there is no strace here")
      return
    end
    decoys()
    support.write("s.lua", SPEC)
    support.write("mine.lua", "return 2")
    for _, words in ipairs(COMMANDS) do
      output("strace -f -o trace -e trace=open,openat,execve " .. COMMAND .. words)
      local looked = 0
      for line in io.lines("trace") do
        local name = line:match('"([^"]*)"')
        looked = looked + (name and 1 or 0)
        local own = name and (name:sub(1, 1) ~= "/" or name:find(dir, 1, true))
        assert.is_false(own and name:find("%.so$") ~= nil or false, line)
        for _, trap in ipairs{"lfs", "argparse", "dkjson", "linnet/", "linnet.lua", "readline"} do
          assert.is_false(own and name:find(trap, 1, true) ~= nil or false, line)
        end
      end
      assert.is_true(looked > 10, words)
    end
  end)

  it("that was removed, the command says so", function()
    support.write("../s-" .. dir:match("[^/]*$") .. ".lua", SPEC)
    local away = "../s-" .. dir:match("[^/]*$") .. ".lua"
    support.write("gone.sh", ("mkdir gone; cd gone; rmdir ../gone; %s slurm '%s/%s' --tasks 1")
      :format(COMMAND, dir, away))
    support.write("../mine.lua", "return 2")
    local said, ok = output("sh gone.sh")
    os.remove(away)
    os.remove("../mine.lua")
    assert.is_false(ok)
    assert.matches("the working folder is gone", said, 1, true)
  end)
end)

describe("the scripts of a job array", function()
  local NAMES = {"plain", "$(touch RAN)", "`touch RAN`", "it's", 'a "b', "back\\slash", "new\nline",
    "-dash", "--out", "; touch RAN;", "| touch RAN", "a b  c", "%s%%d", "@{tasks}", "${HOME}", "#x",
    "'$(touch RAN)'", "\\$(touch RAN)", "*?[x]", "ünï", "&", "!1", "<b>"}

  -- A folder whose bin/ has a sbatch that counts and a linnet that writes down its arguments.
  local function stage()
    local dir = support.folder()
    lfs.mkdir(dir .. "/bin")
    support.write(dir .. "/bin/sbatch", "#!/bin/sh\necho 42\n")
    support.write(dir .. "/bin/linnet",
      ("#!/bin/sh\nfor a in \"$@\"; do printf '%%s\\0' \"$a\"; done >>'%s/said'\n"):format(dir))
    os.execute("chmod +x " .. dir .. "/bin/*")
    return dir
  end

  local function said(dir)
    local list = {}
    for word in support.read(dir .. "/said"):gmatch("([^\0]*)\0") do list[#list + 1] = word end
    os.remove(dir .. "/said")
    return list
  end

  it("pass every name on as it is, and run none", function()
    local slurm = require "linnet.shell.slurm"
    for _, name in ipairs(NAMES) do
      local dir = stage()
      lfs.chdir(dir)
      local ok, why = pcall(function()
        if lfs.mkdir("w" .. name) then lfs.chdir("w" .. name) end
        local cwd = lfs.currentdir()
        local job = slurm.write(name .. ".lua", {tasks = 2, out = name .. ".jsonl",
          dir = dir .. "/jobs"})
        local path = ("PATH='%s/bin':$PATH; "):format(dir)
        local line, done = output(path .. "sh " .. job.submit)
        assert.is_true(done, line)
        assert.equal("array 42, merge 42: squeue --me; the result will be " .. cwd .. "/" .. name
          .. ".jsonl\n", line)
        assert.is_true(select(2, output(path .. "SLURM_ARRAY_TASK_ID=2 sh " .. job.array)))
        assert.same({"sweep", cwd .. "/" .. name .. ".lua", "--shard", "2/2", "--resume", "--out",
          dir .. "/jobs/shard-2.jsonl", "--threads", "1"}, said(dir))
        assert.is_true(select(2, output(path .. "sh " .. job.merge)))
        local result, page = cwd .. "/" .. name .. ".jsonl", cwd .. "/" .. name .. ".html"
        assert.same({"merge", "--out", result, dir .. "/jobs/shard-1.jsonl",
          dir .. "/jobs/shard-2.jsonl", "report", "--out", page, result}, said(dir))
      end)
      lfs.chdir(ROOT)
      local ran = output("find " .. dir .. " -name 'RAN*'")
      os.execute("rm -rf " .. dir)
      assert.is_true(ok, name .. ": " .. tostring(why))
      assert.equal("", ran)
    end
  end)

  it("are not written for a folder that their #SBATCH lines cannot hold", function()
    local slurm = require "linnet.shell.slurm"
    for _, name in ipairs{"a b", "a%b", 'a"b', "a'b", "a\\b", "a\nb"} do
      local ok, why = pcall(slurm.write, "s.lua", {tasks = 2, dir = os.tmpname() .. name})
      assert.is_false(ok)
      assert.matches("slurm: ", why, 1, true)
    end
  end)
end)
