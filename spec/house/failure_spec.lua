--- spec/house/failure_spec.lua: what linnet raises is known by its kind, reads like the string that
-- it once was, and needs no traceback.
-- SPDX-License-Identifier: MIT
package.path = "spec/?.lua;" .. package.path
local failure = require "linnet.failure"
local linnet = require "linnet"
local support = require "support"

local function raised(f, ...)
  local ok, e = pcall(f, ...)
  assert.is_false(ok)
  return e
end

local p = linnet.problem(linnet.eye(2), linnet.ones(2, 1))
local s = p:init("gaussian", {h = 10, seed = 1})

-- The name of a file beside linnet's own, as the interpreter knows it.
local function failure_source()
  return (debug.getinfo(failure.raise, "S").source:gsub("failure%.lua$", "sweep/init.lua"))
end

describe("A failure", function()
  it("has a kind, a message, and the place of the caller before it as text", function()
    local line = debug.getinfo(1, "l").currentline + 1
    local e = raised(function() p:flow(s, {tol = 1}) end)
    assert.equal("misuse", e.kind)
    assert.equal("flow: option 't' is required: a number > 0", e.message)
    assert.equal(("spec/house/failure_spec.lua:%d: %s"):format(line, e.message), tostring(e))
  end)

  it("reads like a string", function()
    local e = raised(linnet.npy.load, "/no/such")
    assert.equal("file", e.kind)
    assert.equal("/no/such", e:match("npy.load: ([^:]*)"))
    assert.equal("!" .. tostring(e), "!" .. e)
    assert.equal(#tostring(e), #e)
  end)

  it("names no line of linnet itself", function()
    local at = assert(load("local raise = ... raise('x', 1)", failure_source()))
    assert.equal("x", tostring(raised(at, failure.raise)))
  end)

  it("of a callback keeps what was raised, whatever it is, and what was computed", function()
    for _, what in ipairs{"a word", {}, 3, true} do
      local e = raised(p.flow, p, s, {t = 1, on_step = function() error(what, 0) end})
      assert.equal("callback", e.kind)
      assert.equal(what, e.cause)
      assert.is_true(e.run.final.t > 0)
    end
  end)

  it("is no interrupt because a user's error speaks of one", function()
    for _, words in ipairs{"the line was interrupted", "interrupted! by hand", "interrupted",
      "interrupted!"} do
      local e = raised(p.flow, p, s, {t = 1, stop = function() error(words) end})
      assert.equal("callback", e.kind)
      local sweep = linnet.sweep{over = {a = {1}}, run = function() error(words) end}
      assert.equal("callback", raised(sweep.run, sweep, {errors = "stop"}).kind)
    end
  end)

  it("keeps its kind through sweeps: a flow inside that is misused is a callback's", function()
    local sweep = linnet.sweep{over = {a = {1}}, run = function() return p:flow(s, {}) end}
    local e = raised(sweep.run, sweep, {errors = "stop"})
    assert.equal("callback", e.kind)
    assert.equal("misuse", failure.kind(e.cause))
    assert.equal(0, #e.result.records)
  end)

  it("is printed by the interpreter in one line", function()
    local said = support.child([[local linnet = require "linnet"
      linnet.problem(linnet.eye(2), linnet.ones(3, 1))]])
    assert.equal(1, #said, table.concat(said, "\n"))
    assert.matches(":2: problem: X is 2 x 2", said[1], 1, true)
  end)
end)

-- A script that goes wrong in each file of csrc/bind, and what its one line says. What users reach
-- only by Lua functions that check first is called as those call it.
local RAISED = {
  ["matrix/access"] = {"linnet.eye(2)[1][5] = 1", "cannot assign to %[5%]"},
  ["matrix/algebra"] = {"_ = linnet.eye(2) + linnet.eye(3)", "shapes 2x2 and 3x3"},
  ["matrix/factor"] = {"linnet.zeros(2, 2):chol()", "chol: .*positive definite"},
  ["matrix/make"] = {"linnet.matrix{{1, 2}, {3}}", "bad argument #1 to 'matrix' %(row 2"},
  ["matrix/matrix"] = {"linnet.ones('x')", "bad argument #1 to 'ones' %(rows"},
  ["matrix/print"] = {"linnet.eye(2):tostring(1)", "bad argument #1 to 'tostring'"},
  ["matrix/reduce"] = {"linnet.ones(2, 3):trace()", "trace: .*2x3"},
  appender = {"core.appender.open({})", "string expected, got table"},
  block = {"linnet.problem(linnet.eye(1), linnet.ones(1, 1000000)):init('gaussian', {h = 1e7})",
    "not enough memory: .* GB are needed"},
  columns = {"core.columns.gaps(1)", "matrix expected, got number"},
  descent = {"core.descent.new()", "got no value"},
  ensemble = {"core.ensemble.run(1, {}, 1)", "linnet.problem expected, got number"},
  exact = {"core.exact.diagonal({}, 1, 1, 1)", "number expected, got table"},
  files = {"core.files.npy_load('a\\0b')", "zero bytes"},
  flow = {"core.flow.new(s, {method = 'x'})", "flow: there is no method 'x'"},
  hessian = {"core.hessian.ends(1)", "linnet.state expected, got number"},
  object = {"core.flow.new(s, {})", "field 'method' must be a string"},
  problem = {"core.problem.new(1)", "matrix expected, got number"},
  process = {"core.process.read(1)", "FILE%* expected, got number"},
  prompt = {"core.prompt.open(1)", "function expected, got number"},
  random = {"linnet.random(1):integer(3, 1)", "upper end 1 lies below"},
  start = {"core.start.draw()", "number expected, got no value"},
  state = {"s:distance(s, 3)", "norm"},
  system = {"core.system.isatty('x')", "invalid option 'x'"},
  table = {"core.table.open({})", "string expected"},
  theory = {"core.theory.term('x', 1, 1)", "number expected, got string"},
  whole = {"core.whole.open({})", "string expected"},
}

describe("What C raises", function()
  local pipe <close> = io.popen("find csrc/bind -name '*.c' | sort")
  for path in pipe:lines() do
    local name = path:match("^csrc/bind/(.*)%.c$")
    local text = support.read(path)
    local raises = text:find("bind_fail%(L") or text:find("bind_arg[%w_]*%(L")
    if raises and name ~= "fail" then
      it("in " .. path .. " is printed in one line too", function()
        local case = assert(RAISED[name], "no script for " .. path)
        local said = support.child(([[local linnet, core = require "linnet", require "linnet.core"
          local p = linnet.problem(linnet.eye(2), linnet.ones(2, 1))
          local s, _ = p:init("gaussian", {h = 10, seed = 1})
          %s]]):format(case[1]))
        assert.equal(1, #said, table.concat(said, "\n"))
        assert.matches(":4: ", said[1], 1, true)
        assert.matches(case[2], said[1])
      end)
    end
  end
end)

-- Lua's own error is for what is no failure: a broken promise inside, a table caught again.
local PLAIN = {["lua/linnet/failure.lua"] = true, ["lua/linnet/record/line.lua"] = true,
  ["lua/linnet/init.lua"] = true, ["lua/linnet/shell/repl.lua"] = true}

describe("Every module", function()
  it("that raises raises failures", function()
    local pipe <close> = io.popen("find lua -name '*.lua'")
    local plain = {}
    for path in pipe:lines() do
      local text = support.read(path)
      if text:find("%f[%w_.:]error%(") and not PLAIN[path]
        and not text:find('local error = [^\n]*raise') then
        plain[#plain + 1] = path
      end
    end
    assert.equal("", table.concat(plain, " "))
  end)
end)
