--- Initializers: every kind of start that `problem:init` knows.
--
-- SPDX-License-Identifier: MIT
-- @module linnet.start

local check = require "linnet.check"
local core = require "linnet.core"
local gaussian = require "linnet.start.gaussian"
local options = require "linnet.options"
local structured = require "linnet.start.structured"
local task = require "linnet.start.task"
local error = require("linnet.failure").raise

local M = {problem = {}}

--- Kinds by name: `build(p, o, kind, draw)` makes a state; and their names.
M.kinds, M.names = {}, {}

for _, room in ipairs{gaussian, structured} do
  for _, kind in ipairs(room.kinds) do
    kind.entries.summary = kind.summary
    options.define("init." .. kind.name, kind.entries)
    M.kinds[kind.name], M.names[#M.names + 1] = kind.build, kind.name
  end
end

-- ---------------------------------------------------------------- given weights

options.define("init.matrices", {
  summary = "A start from given weights.",
  {name = "U", type = "matrix", required = true, help = "first layer, D x h"},
  {name = "V", type = "matrix", required = true, help = "second layer, m x h"},
})

local function given_weights(p, o)
  local U, V = o.U, o.V
  if U:rows() ~= p.D or V:rows() ~= p.m or U:cols() ~= V:cols() or U:cols() == 0 then
    return nil, ("U is %d x %d and V is %d x %d, but U must be D x h and V m x h with D = %d, "
      .. "m = %d and the same h >= 1"):format(U:rows(), U:cols(), V:rows(), V:cols(), p.D, p.m)
  end
  for _, name in ipairs{"U", "V"} do
    local wrong = check.not_finite(name, o[name])
    if wrong then return nil, wrong end
  end
  return core.start.weights(p, "matrices", U, V, 0, false)
end

--- A state of this problem: a kind with options, `{U = U, V = V}`, or the weights that another
-- problem has trained.
-- Kinds: gaussian, xavier, he, lecun, uniform, invariant, orthogonal, balanced, homogeneous,
-- imbalanced, spectral, zero_output; `help("init.gaussian")` lists a kind's options.
-- A state of another problem, of as many inputs and outputs, goes on as it is, at any width: a
-- change of task. Its clock begins again at 0 and its `task` counts. What of U no earlier data saw
-- is drawn now, from the state's seed, and remembered: the same call draws the same again, later
-- problems of the chain see the same numbers, and going back finds all as it was left. See also
-- `state:excess` for what is forgotten.
-- @function problem:init
-- @param kind a string, a table with matrices U (D x h) and V (m x h), or a state
-- @tparam ?table opts of the kind; a state has none
-- @treturn state
-- @usage
-- local X, Y = linnet.data.gaussian{n = 20, D = 50, seed = 1}
-- local p = linnet.problem(X, Y)
-- print(p:init("gaussian", {h = 1e12, alpha = 0.5, seed = 2}))
-- print(p:init{U = linnet.ones(50, 3), V = linnet.ones(1, 3)})
-- local X2, Y2 = linnet.data.gaussian{n = 20, D = 50, seed = 3}
-- local first = p:flow(p:init("gaussian", {h = 1e12, seed = 2}), {t = 10}).final
-- print(linnet.problem(X2, Y2):init(first))
function M.problem.init(p, kind, opts)
  check.self(p, core.types.problem, "problem", "init")
  local state, why
  local asked = {} -- what can be told afterwards: numbers and words, no matrices
  if check.is(kind, "state") then
    if opts ~= nil then
      error("init: a state of another problem goes on as it is: there are no options", 2)
    end
    state, why = task.continued(p, kind)
    if not state then error("init: " .. why, 2) end
    asked, kind = kind.options or asked, kind.kind
  elseif type(kind) == "table" and not check.kind_of(kind) then
    local o = options.check("init.matrices", kind, 2)
    state, why = given_weights(p, o)
    kind = "matrices"
  elseif type(kind) == "string" and M.kinds[kind] then
    local o = options.check("init." .. kind, opts, 2)
    state, why = M.kinds[kind](p, o, kind)
    for name, value in next, o do
      if not check.is_matrix(value) then asked[name] = value end
    end
  else
    error(("init: kind must be one of %s, a table {U = U, V = V}, or a state of another problem; "
      .. "got %s%s"):format(table.concat(M.names, ", "), check.shown(kind),
      check.kind_of(kind) == "run" and ": its last state is run.final"
        or check.suggestion(kind, M.names)), 2)
  end
  if not state then error(("init.%s: %s"):format(kind, why), 2) end
  core.start.note(state, asked)
  return state
end

return M
