--- examples/howto/12_adapter.lua: a low-rank adapter (LoRA): a map is frozen, and h hidden units
-- learn what a second task asks for on top of it.
--
--     linnet run examples/howto/12_adapter.lua
--
-- SPDX-License-Identifier: MIT
local linnet = require "linnet"
local X, Y = linnet.data.gaussian{n = 30, D = 60, m = 3, noise = 0.1, seed = 1}
local X2, Y2 = linnet.data.gaussian{n = 20, D = 60, m = 3, noise = 0.1, seed = 7}
local p, p2 = linnet.problem(X, Y), linnet.problem(X2, Y2)
local first = p:flow(p:init("gaussian", {h = 1e6, seed = 2}), {t = math.huge}).final

local base = first:theta()                     -- frozen
local q = linnet.problem(X2, Y2 - X2 * base)   -- what the adapter U V' has to add
local old = linnet.problem(X, Y - X * base)    -- the first task, as the adapter sees it
for _, h in ipairs{1, 2, 3, 100} do
  local s = q:init("gaussian", {h = h, std_u = 0.1, std_v = 0, seed = 3}) -- V = 0: from base
  local adapter = q:flow(s, {t = math.huge}).final
  print(("rank %3d: task 2 %.3g, forgotten %.3g"):format(h, adapter:excess(), adapter:excess(old)))
end
local all = p2:flow(p2:init(first), {t = math.huge}).final
print(("all weights: task 2 %.3g, forgotten %.3g"):format(all:excess(), all:excess(p)))

-- The same as descent on U and V in X (base + U V'), base never touched.
local s = q:init("gaussian", {h = 2, std_u = 0.1, std_v = 0, seed = 3, explicit = true})
local U, V = s:U(), s:V()
for _ = 1, 30 do
  local pull = X2:t() * (Y2 - X2 * (base + U * V:t()))
  U, V = U + 0.05 * (pull * V), V + 0.05 * (pull:t() * U)
end
local steps = q:descend(s, {eta = 0.05, steps = 30}).final
assert((steps:theta() - U * V:t()):norm() < 1e-12)
assert(math.abs(steps:loss(old) - (Y - X * (base + U * V:t())):norm() ^ 2 / 2) < 1e-10)
