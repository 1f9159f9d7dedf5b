-- spec/shell/cli_spec.lua: the command as a shell sees it: what it prints where, and its exit code.
-- SPDX-License-Identifier: MIT

local lfs = require "lfs"
local linnet = require "linnet"
local support = require "support"
local record = require "linnet.record"

local FUNCTION = [[
local linnet = require "linnet"
return linnet.sweep{name = "demo", over = {a = {1, 2, 3}}, seeds = 4, run = function(point, rng)
  return {x = point.a + rng:normal(1, 1)(1, 1)}
end}]]

local FLOW = [[
local linnet = require "linnet"
local X, Y = linnet.data.gaussian{n = 8, D = 20, seed = 1}
return linnet.sweep{over = {h = {100, 1000, 10000}}, seeds = 3, problem = linnet.problem(X, Y),
  init = "gaussian", flow = {t = math.huge}}]]

local ROOT = lfs.currentdir()

describe("the command", function()
  local dir

  before_each(function() dir = support.folder() end)

  after_each(function() os.execute("rm -rf " .. dir) end)

  local function write(name, text)
    local file = assert(io.open(dir .. "/" .. name, "w"))
    file:write(text)
    file:close()
  end

  local function read(name)
    local file = assert(io.open(dir .. "/" .. name, "rb"))
    local text = file:read("a")
    file:close()
    return text
  end

  -- Runs `linnet ARGS` in the folder; exit code, standard output, standard error.
  local function run(args)
    local command = ("cd %s && lua5.4 %s/bin/linnet %s >out 2>err </dev/null"):format(dir, ROOT,
      args)
    local _, how, code = os.execute(command)
    return how == "exit" and code or how, read("out"), read("err")
  end

  local function succeeds(args)
    local code, out, err = run(args)
    if code ~= 0 then error(("linnet %s: exit %s, %s"):format(args, code, err), 2) end
    return out, err
  end

  it("says its version", function()
    assert.equal("linnet " .. linnet.version .. "\n", (succeeds "--version"))
  end)

  it("shows the manual", function()
    assert.matches("^problem:flow", (succeeds "help flow"))
    assert.matches("linnet.theory.theorem1", (succeeds "help Theorem 1"))
    assert.matches("\nstate: ", (succeeds "help"))
  end)

  it("tells shells how to complete it, and man what it does", function()
    local parts = {bash = "complete -F _linnet", zsh = "#compdef linnet", man = ".TH LINNET 1"}
    for kind, part in pairs(parts) do
      local text = succeeds("completion " .. kind)
      assert.truthy(text:find(part, 1, true), kind)
      for _, name in ipairs{"sweep", "doctor", "canonical"} do
        assert.truthy(text:find(name, 1, true), kind .. " lacks " .. name)
      end
    end
  end)

  it("has help with examples for every command", function()
    assert.matches("Usage: linnet.*Exit codes.*Examples:", (succeeds "--help"))
    for _, name in ipairs{"run", "sweep", "merge", "report", "slurm", "repl", "doctor"} do
      assert.matches("Usage: linnet " .. name .. ".*Examples:\n   linnet %w+",
        (succeeds(name .. " --help")):gsub("seq 8 | parallel ", ""))
    end
  end)

  it("runs a file with its arguments", function()
    write("f.lua", 'print(arg[0], arg[1], select("#", ...), require("linnet").version)')
    assert.equal(("f.lua\tx\t2\t%s\n"):format(linnet.version), (succeeds "run f.lua x --y"))
  end)

  it("runs a sweep, tells where, and goes on with it", function()
    write("s.lua", FLOW)
    local out, err = succeeds "sweep s.lua"
    assert.matches("^sweep: 9 of 9 records, 3 points %(h: 3%) x 3 seeds\n.*converged 9\n", out)
    assert.matches("9 of 9, .* a second, .*9 records in s.jsonl\n$", err)
    local code, _, again = run "sweep s.lua"
    assert.equal(1, code)
    assert.equal("linnet sweep: cannot write s.jsonl: it holds 9 records; --resume continues it, "
      .. "--overwrite begins again\n", again)
    succeeds "sweep s.lua --resume --quiet"
    assert.equal(10, #record.read(dir .. "/s.jsonl"))
  end)

  it("gives the same records in threads, in processes and in shards", function()
    for name, text in pairs{f = FUNCTION, s = FLOW} do
      write(name .. ".lua", text)
      succeeds(("sweep %s.lua -o 1.jsonl -q"):format(name))
      succeeds(("sweep %s.lua -o 3.jsonl -q --threads 3"):format(name))
      succeeds(("sweep %s.lua -o a.jsonl -q --shard 1/2 -t 2"):format(name))
      succeeds(("sweep %s.lua -o b.jsonl -q --shard 2/2"):format(name))
      succeeds "merge 1.jsonl --canonical -o 1.canonical -q"
      succeeds "merge 3.jsonl --canonical -o 3.canonical -q"
      succeeds "merge b.jsonl a.jsonl --canonical -o ab.canonical -q"
      assert.equal(read "1.canonical", read "3.canonical")
      assert.equal(read "1.canonical", read "ab.canonical")
      assert.equal(read "1.canonical", (succeeds "merge 3.jsonl --canonical -o -"))
      for _, file in ipairs{"1.jsonl", "3.jsonl", "a.jsonl", "b.jsonl"} do
        os.remove(dir .. "/" .. file)
      end
    end
  end)

  it("keeps what processes computed when a function fails in one of them", function()
    write("s.lua", [[
      local linnet = require "linnet"
      return linnet.sweep{over = {a = {1, 2, 3, 4}}, seeds = 2, run = function(point)
        print("printing is the user's business")
        if point.a == 3 and not os.getenv "FINE" then error("three is too much") end
        return point.a
      end}]])
    local code, out, err = run "sweep s.lua --threads 2 --quiet --errors stop"
    assert.equal(1, code)
    assert.equal("", out)
    assert.matches("linnet sweep: a = 3, seed %d: [^\n]*three is too much %(%d of 8 records are "
      .. "kept in s.jsonl%)\n$", err)
    local kept = #record.read(dir .. "/s.jsonl") - 1
    assert.is_true(kept >= 4 and kept <= 6)
    os.execute(("cd %s && FINE=1 lua5.4 %s/bin/linnet sweep s.lua -t 2 -q --resume >out 2>err")
      :format(dir, ROOT))
    assert.equal(0, linnet.sweep.merge{dir .. "/s.jsonl"}.missing)
    assert.equal(9, #record.read(dir .. "/s.jsonl"))
  end)

  it("survives kill -9 of the parent of processes, which end by themselves", function()
    write("s.lua", [[
      local linnet = require "linnet"
      return linnet.sweep{over = {a = {1, 2}}, seeds = 20, run = function(point, rng)
        if not os.getenv "FINE" then os.execute("sleep 0.05") end
        return point.a + rng:uniform(1, 1)(1, 1)
      end}]])
    local shell = io.popen(("cd %s && { lua5.4 %s/bin/linnet sweep s.lua -t 2 -q >o 2>e & echo $!; "
      .. "wait; }"):format(dir, ROOT))
    local pid = shell:read("l")
    local path = dir .. "/s.jsonl"
    local function grown() return (lfs.attributes(path, "size") or 0) > 1200 end
    for _ = 1, 1000 do
      if grown() then break end
      os.execute("sleep 0.01")
    end
    assert.is_true(grown())
    os.execute("kill -9 " .. pid)
    shell:close()
    assert.is_true(#record.read(path) < 41)
    os.execute(("cd %s && FINE=1 lua5.4 %s/bin/linnet sweep s.lua -t 2 -q --resume >out 2>err")
      :format(dir, ROOT))
    assert.equal(0, linnet.sweep.merge{path}.missing)
    assert.equal(41, #record.read(path))
  end)

  it("ends with 130 after Ctrl-C", function()
    write("s.lua", [[
      local linnet = require "linnet"
      return linnet.sweep{over = {a = {1, 2}}, run = function(point)
        while point.a == 2 do end
        return 1
      end}]])
    os.execute(("cd %s && { lua5.4 %s/bin/linnet sweep s.lua -q >out 2>err & pid=$!; "
      .. "while ! grep -q measure s.jsonl 2>/dev/null; do sleep 0.01; done; sleep 0.1; "
      .. "kill -INT $pid; wait $pid; echo $? >code; }"):format(dir, ROOT))
    assert.equal("130\n", read "code")
    assert.equal("linnet sweep: a = 2, seed 1: interrupted! (1 of 2 records are kept in s.jsonl)\n",
      read "err")
  end)

  it("merges, and names what is missing", function()
    write("s.lua", FUNCTION)
    succeeds "sweep s.lua -q --shard 1/3"
    local code, _, err = run "merge s.jsonl"
    assert.equal(1, code)
    assert.matches("^linnet merge: 8 of 12 records are missing: a = 1, seed 2; .* and 3 more; "
      .. "%-%-partial merges what there is\n$", err)
    assert.matches("^sweep demo: 4 of 12 records", (succeeds "merge s.jsonl --partial"))
  end)

  it("speaks JSON", function()
    write("s.lua", FUNCTION)
    local sweep = assert(record.decode((succeeds "sweep s.lua --json")))
    assert.equal(12, sweep.records)
    assert.equal(4, sweep.summary[2].x.count)
    assert.same(sweep.summary, assert(record.decode((succeeds "merge s.jsonl --json"))).summary)
    local _, doctor = run "doctor --json"
    assert.equal("boolean", type(assert(record.decode(doctor)).healthy))
  end)

  it("writes reports of sweeps and of runs", function()
    write("s.lua", FLOW)
    succeeds "sweep s.lua -q --report s.html"
    assert.matches("<svg", read "s.html")
    succeeds "report s.jsonl -o s.md"
    assert.matches("| distance | %-0%.%d+ | ", read "s.md") -- the exponent over h
    succeeds "report s.jsonl -o s.csv"
    local _, rows = read("s.csv"):gsub("\n", "")
    assert.equal(10, rows)
    local p = linnet.problem(linnet.eye(3), linnet.ones(3, 1))
    local kept = p:flow(p:init("gaussian", {h = 10, alpha = 0.3, seed = 41}), {t = 2, tol = 3e-7})
    kept:save(dir .. "/run.jsonl")
    succeeds "report run.jsonl"
    local page = read "run.html"
    for _, part in ipairs{"<svg", "Theorem 1", "margin bound",
      "Gradient flow of a network of width 10", "n = 3 samples, D = 3 inputs, m = 1 output, rank 3",
      "41", "3e%-07", "start: alpha", "0.3",
      "the end time was reached", kept.stats.method .. ": "} do
      assert.matches(part, page)
    end
    succeeds "report run.jsonl --out run.csv"
    local m, names = linnet.csv.load(dir .. "/run.csv")
    assert.same(kept.columns, names)
    assert.equal(kept.loss(2), m(2, 2))
    p:save(dir .. "/p.jsonl")
    local code, _, said = run "report p.jsonl"
    assert.equal(1, code)
    assert.matches("holds a problem; runs and sweeps are reported", said, 1, true)
  end)

  it("writes scripts for Slurm that a shell can read", function()
    write("s.lua", FUNCTION)
    local out = succeeds("slurm s.lua --tasks 3 --partition short --time 01:00:00 --mem 1G "
      .. "--cpus 2 --option=--qos=low --rtol 1e-9")
    assert.matches("submit with: sh .*/s.slurm/submit.sh\n$", out)
    for _, name in ipairs{"array", "merge", "submit"} do
      assert.is_true(os.execute(("sh -n %s/s.slurm/%s.sh"):format(dir, name)))
      assert.is_nil(read("s.slurm/" .. name .. ".sh"):find("@{", 1, true))
    end
    local array = read "s.slurm/array.sh"
    for _, line in ipairs{"#SBATCH --array=1-3\n", "#SBATCH --partition=short\n",
      "#SBATCH --time=01:00:00\n", "#SBATCH --mem=1G\n", "#SBATCH --qos=low\n",
      "#SBATCH --cpus-per-task=2\n", "#SBATCH --requeue\n"} do
      assert.matches(line, array, 1, true)
    end
    assert.matches("merge %-%-rtol 1[%d.e-]+ %-%-out ", read "s.slurm/merge.sh")
    assert.matches("--dependency=\"afterany:", read "s.slurm/submit.sh", 1, true)
  end)

  it("answers misuse with one line and the right code", function()
    write("s.lua", FUNCTION)
    succeeds "sweep s.lua -o whole.jsonl -q"
    write("bad.lua", "return 1 +")
    write("nothing.lua", "local x = 1")
    write("raises.lua", "error('line one\\nline two')")
    write("text", "h,x\n1,2\n")
    for _, case in ipairs{
      {2, "", "a command is required"},
      {2, "swep", "unknown command 'swep'; did you mean 'sweep' (see linnet --help)"},
      {2, "script.lua", "unknown command 'script.lua'; linnet run script.lua runs a file"},
      {2, "run", "missing argument 'file' (see linnet run --help)"},
      {1, "help linspce", "the manual has nothing called 'linspce' (did you mean 'linspace'?)"},
      {2, "--nonsense", "unknown option '--nonsense'"},
      {2, "sweep", "missing argument 'spec'"},
      {2, "sweep s.lua --threads", "option '--threads' requires an argument"},
      {2, "sweep s.lua --threads two", "'two' is not an integer"},
      {2, "sweep s.lua --threads 1.5", "'1.5' is not an integer"},
      {2, "sweep s.lua --shard 3/2", "'3/2' is not a shard i/N with 1 <= i <= N"},
      {2, "sweep s.lua --shard 0/2", "'0/2' is not a shard"},
      {2, "sweep s.lua --shard a", "'a' is not a shard"},
      {2, "sweep s.lua extra", "too many arguments"},
      {1, "sweep s.lua --threads 0", "option 'threads' must be an integer in [1, 1024], got 0"},
      {1, "sweep none.lua", "cannot load none.lua: No such file or directory"},
      {1, "sweep bad.lua", "bad.lua:1: unexpected symbol near <eof>"},
      {1, "sweep nothing.lua", "nothing.lua must return a sweep: return linnet.sweep{...}; it "
        .. "returned nothing"},
      {1, "sweep s.lua --out /none/x.jsonl", "cannot write /none/x.jsonl: No such file"},
      {1, "sweep s.lua --out /dev/full", "cannot write /dev/full: No space left on device"},
      {1, "sweep s.lua -o text --resume", "cannot read text: line 1"},
      {1, "sweep s.lua -o x.jsonl -q --report x.txt", "must end in .html, .md or .csv"},
      {2, "merge", "missing argument 'files'"},
      {2, "merge s.jsonl --rtol x", "'x' is not a number"},
      {1, "merge none.jsonl", "cannot read none.jsonl: No such file or directory"},
      {1, "merge whole.jsonl --rtol 2", "option 'rtol' must be a number in [0, 1), got 2"},
      {1, "merge whole.jsonl -o /none/y", "cannot write /none/y: No such file"},
      {1, "merge text", "cannot read text: line 1, position 1"},
      {1, "report none.jsonl", "cannot read none.jsonl"},
      {1, "report text", "text: line 1"},
      {2, "slurm s.lua", "--tasks"},
      {2, "slurm s.lua --tasks x", "'x' is not an integer"},
      {1, "slurm s.lua --tasks 0", "option 'tasks' must be an integer in [1, 100000], got 0"},
      {2, "slurm s.lua --tasks 2 --cpus x", "'x' is not an integer"},
      {2, "slurm s.lua --tasks 2 --rtol x", "'x' is not a number"},
      {1, "slurm s.lua --tasks 2 --cpus 0", "option 'cpus' must be an integer in [1, 1024], got 0"},
      {1, "slurm s.lua --tasks 2 --retries=-1", "option 'retries' must be an integer in [0, 100]"},
      {1, "slurm s.lua --tasks 2 --rtol 1", "option 'rtol' must be a number in [0, 1), got 1"},
      {1, "slurm s.lua --tasks 2 --mem '1\n2'", "option 'mem' must be one line"},
      {1, "slurm nothing.lua --tasks 2", "nothing.lua must return a sweep"},
      {1, "slurm s.lua --tasks 13", "13 tasks, but the sweep has 12 jobs"},
      {1, "slurm s.lua --tasks 2 --option qos", "must list options of sbatch such as --qos=low"},
      {1, "slurm s.lua --tasks 2 --dir 'a b'", "must have no spaces"},
      {1, "slurm s.lua --tasks 2 --dir /none/x", "cannot write /none/x/"},
      {1, "run none.lua", "cannot load none.lua"},
      {1, "run raises.lua", "raises.lua:1: line one"},
      {2, "doctor --josn", "unknown option '--josn'"},
    } do
      local want_code, args, want = table.unpack(case)
      local code, _, err = run(args)
      local found = false
      for alternative in want:gmatch("[^|]+") do
        found = found or err:find(alternative, 1, true) ~= nil
      end
      assert.is_true(found, ("linnet %s said: %s"):format(args, err))
      assert.equal(want_code, code, args .. ": " .. err)
      local last = err:match("([^\n]*)\n$")
      assert.matches("^linnet", last)
    end
  end)

  it("shows where an error came from when asked", function()
    write("raises.lua", "local function f() error('oops') end\nf()")
    local _, _, err = run "run --traceback raises.lua"
    assert.matches("oops\nstack traceback:", err)
  end)

  it("lets doctor tell what is missing where the command itself cannot start", function()
    for module, way in pairs{argparse = "lua%-argparse", lfs = "lua%-filesystem",
      ["linnet.core"] = "make build"} do
      local init = ("table.insert(package.searchers, 1, function(n) if n == '%s' then return "
        .. "function() error('module not found:', 0) end end end)"):format(module)
      local function said(arguments)
        local pipe <close> = assert(io.popen(("LUA_INIT=%q lua5.4 bin/linnet %s 2>&1; echo $?")
          :format(init, arguments)))
        return pipe:read("a")
      end
      local what = module:match("[^.]*$")
      assert.matches("\n" .. what .. " *MISSING: [^\n]*" .. way, said "doctor")
      assert.matches("Something needed is missing.\n1\n$", said "doctor")
      assert.equal("linnet: module not found; linnet doctor says how to get it\n1\n",
        said "--version")
    end
  end)

  it("says in a clone where nothing is compiled what compiles it", function()
    local clone = support.folder()
    os.execute(("mkdir %s/bin && cp bin/linnet %s/bin && ln -s %q %s/lua"):format(clone, clone,
      ROOT .. "/lua", clone))
    local function said(arguments)
      local pipe <close> = assert(io.popen(("LUA_CPATH_5_4= %s/bin/linnet %s 2>&1; echo $?")
        :format(clone, arguments)))
      return pipe:read("a")
    end
    local repl, doctor = said "repl", said "doctor"
    os.execute("rm -r " .. clone)
    assert.equal("linnet: nothing is compiled in this clone yet: make build does it once\n1\n",
      repl)
    assert.matches("\ncore *MISSING: make build; the reason is: module 'linnet.core' not "
      .. "found\n", doctor)
  end)
end)
