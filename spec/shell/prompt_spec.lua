-- spec/shell/prompt_spec.lua: the prompt on a pseudo-terminal, with and without readline, in a
-- small and a large window: pasted code, Ctrl-C at any moment, TAB, history, questions, slips.
-- SPDX-License-Identifier: MIT

local function quoted(text) return "'" .. text:gsub("'", "'\\''") .. "'" end

local history = os.tmpname()

--- What the terminal shows; window: "rows cols", or with "no readline" behind it.
local function typed(window, ...)
  local steps = {}
  for i, step in ipairs{...} do steps[i] = quoted(step) end
  local size, without = window:match("^(%d+ %d+)(.*)$")
  local command = ("%s LINNET_HISTORY=%s python3 spec/shell/terminal.py %s %s 2>&1"):format(
    without ~= "" and "LINNET_READLINE=no" or "", history, size, table.concat(steps, " "))
  local pipe <close> = assert(io.popen(command))
  return pipe:read("a")
end

local function shows(screen, ...)
  for _, text in ipairs{...} do assert(screen:find(text, 1, true), text .. " in:\n" .. screen) end
end

-- luacheck: push
-- luacheck: no max line length
local WINDOWS = {"24 80", "50 160", "24 80 no readline"}
local LONG = "X, Y = data.gaussian{n = 60, D = 90, kappa = 1e9, seed = 1} p = problem(X, Y)\n"
local FLOW = 'r = p:flow(p:init("gaussian", {h = 1000, seed = 2}), {t = 1e9, tol = 1e-12, '
  .. 'method = "dopri5", max_steps = 1e9, progress = false, on_step = function() seen = true end})\n'

describe("the prompt", function()
  teardown(function() os.remove(history) end)

  for _, window in ipairs(WINDOWS) do
    describe("in a window of " .. window, function()
      it("runs the README's lines as they stand there", function()
        local file <close> = assert(io.open("README.md"))
        local block = file:read("a"):match("```lua\n(.-)```")
        local lines = {}
        for line in block:gmatch("[^\n]+\n") do lines[#lines + 1] = line end
        assert.is_true(#lines >= 5)
        local screen = typed(window, table.unpack(lines))
        shows(screen, "imbalance drift", "measured", "theorem 2", "ended with 0")
        assert.falsy(screen:find("traceback") or screen:find("must be") or screen:find("attempt to"))
        local _, plots = screen:gsub("Theorem 1", "")
        assert.is_true(plots >= 1, screen)
      end)

      it("keeps local names, shows every result, and keeps the last", function()
        local screen = typed(window, "local a, b = 20, 22\n", "a + b\n", "_ * 2\n",
          "local function twice(x) return 2 * x end\n", "twice(a)\n", "matrix{{2, 1}, {1, 3}}:eigh()\n",
          "for i = 1, 2 do\n", "local c = i print('c', c)\n", "end\n", "print('outside', c)\n")
        shows(screen, "\n42\n", "\n84\n", "\n40\n", "3.618\n2x2 matrix", "c\t2", "outside\tnil")
      end)

      it("drops the line at Ctrl-C, and never the session", function()
        local screen = typed(window, "x = 42\n", "y = ", "\3", "\3", "x + 1\n", "while true do end\r", "wait:",
          "\3", "x + 2\n")
        shows(screen, "\n43\n", "interrupted", "\n44\n")
      end)
    end)
  end

  for _, window in ipairs{"24 80", "24 80 no readline"} do
    it("stops a long call at Ctrl-C, again and again, and keeps what it had: " .. window, function()
      local steps = {LONG}
      for _ = 1, 3 do
        for _, step in ipairs{FLOW:sub(1, -2), "\r", "wait:", "\3"} do steps[#steps + 1] = step end
      end
      for _, step in ipairs{"_err.run.t:rows() > 5\n", "while true do end\r", "wait:", "\3", "6 * 7\n"} do
        steps[#steps + 1] = step
      end
      local screen = typed(window, table.unpack(steps))
      shows(screen, "_err.run", "\ntrue\n", "\n42\n", "ended with 0")
      local _, stops = screen:gsub("what it had is in _err.run", "")
      assert.equal(3, stops, screen)
    end)
  end

  it("completes names, methods, options, choices and files", function()
    local screen = typed("24 80", "linnet.data.gau\t{n = 2, D = 2}\n", "m = eye(3)\n", "m:tra\t()\n", "m + m-m:trac\t()\n",
      "p = problem(eye(2), ones(2, 1))\n", "s = p:init('homog\t, {lam = 1, h = 1, scale = 1, see\t4})\n",
      "s:exce\t()\n", "p:flow(s, {t = 1, until\t0.1, method = 'expo\t\t", "\3",
      "linnet.sweep{over = {h = {1}}, flow = {meth\t", "\3", "linnet.sweep{init = {'gaussian', al\t", "\3",
      "linnet.npy.load('spec/reference/npy/c_f8\t)\n")
    shows(screen, "linnet.data.gaussian{n", "m:trace()", "\n3.0\n", "'homogeneous', {lam", "seed = 4}", "m + m-m:trace()",
      "s:excess()", "until_excess = 0.1", "expo2  expo4", "flow = {method = ", "'gaussian', alpha = ", "load('spec/reference/npy/c_f8.npy')")
  end)

  it("remembers what was typed across sessions", function()
    typed("24 80", "remembered = 'for next time'\n")
    local screen = typed("24 80", "\27[A\n", "remembered\n")
    shows(screen, "> remembered = 'for next time'", "\nfor next time\n")
  end)

  it("answers ?x, x?, help x, time x, and leaves at exit", function()
    local screen = typed("24 80", "?linspace\n", "matrix:svd?\n", "help csv.load\n", "m = eye(2)\n",
      "?m\n", "time m * m\n", "exit\n")
    shows(screen, "linnet.linspace(", "matrix:svd()", "linnet.csv.load(", "svd", "s of processor time",
      "ended with 0")
  end)

  it("explains slips: m[1,2], s:distance, !=, a name that is not there", function()
    local screen = typed("24 80", "m = eye(2)\n", "m[1,2]\n", "m:svd\n", "1 != 2\n", "linnte\n",
      "import numpy\n", "for i in range(3):\n", "linnet.theory\n", "m.shape\n", "m[3][1]\n")
    shows(screen, "m[i][j] or m(i, j)", "m:svd()", "not equal is ~=", "did you mean 'linnet'",
      "loaded already", "a loop is: for i = 1, 10", "wide_law",
      "a function: matrix:shape()", "#x counts what there is")
    assert.falsy(screen:find("function: 0x", 1, true), screen)
  end)

  it("knows what people from elsewhere type", function()
    local said = {
      ["m'"] = "the transpose is m:t()", ["A = [1 2; 3 4]"] = "a matrix is matrix{{1, 2}, {3, 4}}",
      ["m(:, 1)"] = "a column is m:col(j)", ["m .* m"] = "entry by entry: A:emul(B)",
      ["m @ m"] = "the matrix product is A * B", ["print m"] = "a call has parentheses: print(m)",
      ["for i in 1:3"] = "for i = 1, 10 do", ["inv(m)"] = "it is a method: m:inv(...)",
      ["transpose(m)"] = "write m:t()", ["randn(2, 2)"] = "linnet.random(seed):normal(n, m)",
      ["np.eye(3)"] = "linnet is loaded already", ["disp(m)"] = "write print(x)", ["pi"] = "math.pi",
      ["m.trace()"] = "a method is called with a colon: m:trace(...)", ["!ls"] = "os.execute",
      ["f(m, h = 10)"] = "options stand in braces", ["whos"] = "TAB lists",
    }
    for line, words in pairs(said) do
      local pipe <close> = assert(io.popen("printf %s " .. quoted("m = eye(2)\n" .. line .. "\n")
        .. " | bin/linnet repl 2>&1"))
      local screen = pipe:read("a"):gsub("\n +", " ")
      assert(screen:find(words, 1, true), line .. " says: " .. screen)
    end
  end)

  it("takes strings and code of several lines, whatever stands in them", function()
    local screen = typed("24 80", "x = [[one\n", "[1, 2] it's .* @ two]]\n", "#x\n", "function f(a)\n",
      "  local t = {['k'] = 2.*a, s = 'it'}\n", "  return t.k .. t.s\n", "end\n", "f(3)\n")
    shows(screen, "\n24\n", "\n6.0it\n")
  end)

  it("shows errors in a line without a traceback, and a plot once", function()
    local screen = typed("24 80", "eye(2) * ones(3, 3)\n", "(nil)()\n", "error('mine')\n",
      "plot{{linspace(0, 1, 5), linspace(0, 1, 5)}, title = 'straight'}\n")
    shows(screen, "2x2 and 3x3", "mine")
    assert.falsy(screen:find("traceback", 1, true))
    local _, drawn = screen:gsub("\n *straight\n", "")
    assert.equal(1, drawn, screen)
  end)

  it("breaks lines between words, its own greeting and long errors too", function()
    local screen = typed("24 80", "m = eye(2)\n", "m:svdd()\n")
    shows(screen, "did you mean 'svd'")
    for line in screen:gmatch("[^\n]+") do assert.is_true(#line < 80, line) end
    screen = typed("24 40", "?flow\n", "p:flo\n", "eye(2):svdd()\n", "print(eye(2), 1)\n")
    shows(screen, "until_excess", "did you mean", "  0  1\n1\n",
      'local run = p:flow(p:init("gaussian", {h = 1e12, seed = 2}), {t = math.huge})') -- code stays whole
    for line in screen:match("flow(.*)Example:"):gmatch("[^\n]+") do assert.is_true(#line <= 40, line) end
    shows(screen, "run ended is data: `run.stats.reason`\nis one of time, converged,\nuntil_excess") -- one paragraph
    screen = typed("24 40", "_err = linnet.problem(eye(9), ones(9, 1))\n", "_err\n", "linnet.exact\n")
    shows(screen, "D = 9 inputs, m\n= 1 output, rank 9", "whose\n`:at(t)`")
  end)

  it("cuts what does not fit the window, and says how to see it all", function()
    local screen = typed("24 80", "ones(400, 2)\n")
    shows(screen, "400x2 matrix", "lines more: print(_) shows all")
    local _, lines = screen:gsub("\n", "")
    assert.is_true(lines < 40, screen)
  end)

  it("takes code pasted in one piece, statement by statement", function()
    local screen = typed("24 80", "\27[200~local q = 6\nlocal w = q\n  * 7\nw\nif w then\n  print('in')\n"
      .. "end\27[201~\n")
    shows(screen, "\n42\n", "\nin\n")
  end)

  it("reads a file of lines without prompts", function()
    local pipe <close> = assert(io.popen("printf 'local a = 5\\na * 2\\n' | bin/linnet repl"))
    assert.equal("10\n", pipe:read("a"))
  end)
end)
-- luacheck: pop
