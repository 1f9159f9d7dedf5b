-- The prompt under a pseudo-terminal (util-linux's `script` makes one), as a person would use it.
-- SPDX-License-Identifier: MIT

local function available(program)
  return (os.execute("command -v " .. program .. " >/dev/null 2>&1"))
end

--- What the terminal shows after typing these; a number is a pause in seconds.
local function typed(...)
  local input = {}
  for _, text in ipairs{...} do
    input[#input + 1] = type(text) == "number" and "sleep " .. text
      or "printf '%s' '" .. text:gsub("'", "'\\''") .. "'"
  end
  local log = os.tmpname() -- what is typed before the first prompt would be shown twice
  local ready = ("for i in $(seq 600); do grep -q '^> ' %s && break; sleep 0.1; done"):format(log)
  local command = ("(%s; %s; printf '\\004') | TERM=dumb INPUTRC=/dev/null script -qefc "
    .. [==["stty cols 80 rows 24; lua5.4 -e 'os.exit(require[[linnet.repl]].run())'" %s]==])
    :format(ready, table.concat(input, "; "), log)
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
