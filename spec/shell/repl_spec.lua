-- The prompt under a pseudo-terminal (util-linux's `script` makes one), as a person would use it.
-- SPDX-License-Identifier: MIT

local function available(program)
  return (os.execute("command -v " .. program .. " >/dev/null 2>&1"))
end

--- What the terminal shows after typing these lines, each once the prompt for it is there (what is
-- typed earlier may be shown twice, or in pieces); a number is a pause in seconds instead.
local function typed(...)
  local log, input, prompts = os.tmpname(), {}, 0
  local function wait()
    prompts = prompts + 1
    return ("for i in $(seq 600); do [ $(grep -c '^> ' %s) -ge %d ] && break; sleep 0.05; done")
      :format(log, prompts)
  end
  input[1] = wait()
  local given = {...}
  for i, text in ipairs(given) do
    if type(text) == "number" then
      input[#input + 1] = "sleep " .. text
    else
      input[#input + 1] = "printf '%s' '" .. text:gsub("'", "'\\''") .. "'"
      if type(given[i + 1]) ~= "number" then input[#input + 1] = wait() end
    end
  end
  local command = ("(%s; printf '\\004') | TERM=dumb INPUTRC=/dev/null script -qefc "
    .. [==["stty cols 80 rows 24; lua5.4 -e 'os.exit(require[[linnet.shell.repl]].run())'" %s]==])
    :format(table.concat(input, "; "), log)
  local pipe <close> = assert(io.popen(command))
  local screen = pipe:read("a"):gsub("\r", "")
  os.remove(log)
  return screen
end

describe("repl", function()
  if not available("script") then
    pending("needs util-linux's script for a pseudo-terminal")
    return
  end

  it("greets, prints results, helps, and shows the first line of an error", function()
    local screen = typed("6 * 7\n", "eye(2)\n", "help('linspace')\n", "zeros(2, 3) + zeros(3, 2)\n",
      "linnet.version\n")
    assert.truthy(screen:find("help() lists everything", 1, true), screen)
    assert.truthy(screen:find("\n42\n", 1, true), screen)
    assert.truthy(screen:find("2x2 matrix", 1, true), screen)
    assert.truthy(screen:find("linnet.linspace(", 1, true), screen)
    assert.truthy(screen:find("2x3 and 3x2", 1, true), screen)
    assert.truthy(screen:find(require "linnet.version", 1, true), screen)
  end)

  it("shows errors without a traceback and plain tables as their fields", function()
    local screen = typed("eye(2) * ones(3, 3)\n", "linnet.zeros(1, 1):flow()\n",
      "{c = 1.5, {2, x = 3}}\n",
      "p = problem(eye(2), ones(2, 1))\n", "p:init('gausian')\n", "help(eye(2).chol)\n")
    assert.truthy(screen:find("2x2 and 3x3", 1, true), screen)
    assert.truthy(screen:find("did you mean 'gaussian'", 1, true), screen)
    assert.truthy(screen:find("  1  {2, x = 3}\n  c  1.5", 1, true), screen)
    assert.truthy(screen:find("matrix:chol()", 1, true), screen)
    local _, traces = screen:gsub("stack traceback", "")
    assert.equal(1, traces, screen) -- of the user's own line, which calls what is not there
  end)

  it("comes back from a long flow at Ctrl-C and goes on", function()
    local screen = typed(
      "X, Y = linnet.data.gaussian{n = 200, D = 400, m = 3, kappa = 1e6, seed = 1}\n",
      "p = problem(X, Y) s = p:init('gaussian', {h = 1000, seed = 2})\n",
      "r = p:flow(s, {t = 1e9, tol = 1e-12, method = 'dopri5'})\n", 2, "\003", 1,
      "print('still ' .. 'here')\n")
    assert.truthy(screen:find("interrupt"), screen)
    assert.truthy(screen:find("still here", 1, true), screen)
  end)

  it("plots in the terminal", function()
    if not available("gnuplot") then pending("needs gnuplot") return end
    local screen = typed("plot{{linspace(0, 1, 5), linspace(0, 1, 5)}}\n", 1)
    local _, lines = screen:gsub("\n", "")
    assert.is_true(lines > 15, screen)
  end)
end)
