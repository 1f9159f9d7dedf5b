--- spec/house/workflow_spec.lua: the file of GitHub Actions is YAML, and each of its steps calls
-- what is there: shell without syntax errors, files that can be run, targets of the Makefile,
-- entries of the matrix. Pending where Python's yaml is missing. What GitHub itself allows (names
-- of machines and of actions) only `actionlint` can say.
-- SPDX-License-Identifier: MIT

local json = require "dkjson"
local lfs = require "lfs"

local PYTHON = "/usr/bin/python3" -- the one that Debian's python3-yaml belongs to
if not os.execute(PYTHON .. " -c 'import yaml' 2>/dev/null") then PYTHON = "python3" end

local function output(command)
  local pipe = assert(io.popen(command))
  local text = pipe:read("a")
  return text, pipe:close()
end

local function workflow(path)
  return (json.decode((output(PYTHON .. [[ -c 'import json, sys, yaml
print(json.dumps(yaml.safe_load(open(sys.argv[1]))))' ]] .. path))))
end

local function well_formed(script)
  local path = os.tmpname()
  local file = assert(io.open(path, "w"))
  file:write(script)
  file:close()
  local ok = os.execute(("bash -n %s 2>/dev/null"):format(path))
  os.remove(path)
  return ok
end

-- What is wrong with the steps of a job, as sentences.
local function faults(name, job)
  local out = {}
  local function fault(...) out[#out + 1] = name .. ": " .. (...):format(select(2, ...)) end
  local matrix = job.strategy and job.strategy.matrix or {}
  for key in json.encode(job):gmatch("%${{ *matrix%.([%w_]+)") do
    if not matrix[key] then fault("matrix.%s is not there", key) end
  end
  if type(job["runs-on"]) ~= "string" then fault "no machine to run on" end
  if math.type(job["timeout-minutes"]) ~= "integer" then fault "no limit of time" end
  for i, step in ipairs(job.steps or {}) do
    if (step.run == nil) == (step.uses == nil) then fault("step %d needs run or uses", i) end
    if step.uses and not step.uses:find("^[%w-]+/[%w-]+@v%d+$") then
      fault("step %d uses no version of an action: %s", i, step.uses)
    end
    local script = step.run or ""
    if not well_formed(script) then fault("step %d is no shell", i) end
    for file in (" " .. script):gmatch("%s(%.[%w]*/[%w/._-]+)") do
      local mode = lfs.attributes(file, "permissions")
      if not (mode and mode:find("x", 1, true)) then fault("%s cannot be run", file) end
    end
    for target in script:gmatch("%f[%w]make ([%l-]+)") do
      if not os.execute(("grep -q '^%s:' Makefile"):format(target)) then
        fault("there is no target '%s'", target)
      end
    end
  end
  if #(job.steps or {}) == 0 then fault "no steps" end
  return out
end

local has_yaml = os.execute(PYTHON .. " -c 'import yaml' 2>/dev/null")

describe("the workflow of GitHub Actions", function()
  if not has_yaml then
    pending("is read by Python's yaml, which is not here")
    return
  end

  for file in lfs.dir(".github/workflows") do
    if file:find("%.ya?ml$") then
      it("calls what is there: " .. file, function()
        local flow = workflow(".github/workflows/" .. file)
        assert.is_truthy(flow and (flow.on or flow["true"])) -- `on` is a truth of YAML 1.1
        local found = {}
        for name, job in pairs(flow.jobs) do
          for _, text in ipairs(faults(name, job)) do found[#found + 1] = text end
        end
        assert.are.equal("", table.concat(found, "\n"))
      end)
    end
  end

  it("is told from one that rots", function()
    local function said(job) return table.concat(faults("j", job), "\n") end
    local function job(step, more)
      local out = {["runs-on"] = "x", ["timeout-minutes"] = 1, steps = {step}}
      for key, value in pairs(more or {}) do out[key] = value end
      return out
    end
    assert.are.equal("", said(job{run = ".ci/run"}))
    assert.are.equal("j: .ci/gone cannot be run", said(job{run = ".ci/gone --x"}))
    assert.are.equal("j: there is no target 'tests'", said(job{run = "make tests"}))
    assert.are.equal("j: step 1 is no shell", said(job{run = "if true; then"}))
    assert.are.equal("j: step 1 uses no version of an action: actions/checkout",
      said(job{uses = "actions/checkout"}))
    assert.are.equal("j: step 1 needs run or uses", said(job{name = "x"}))
    assert.are.equal("j: matrix.oz is not there", said(job({run = "echo ${{ matrix.oz }}"},
      {strategy = {matrix = {os = {"a"}}}})))
  end)
end)
