--- examples/howto/11_tasks.lua: a second task with the weights that the first has trained, and what
-- is forgotten of it, over the width too.
--
--     linnet run examples/howto/11_tasks.lua
--
-- SPDX-License-Identifier: MIT
local linnet = require "linnet"
local X, Y = linnet.data.gaussian{n = 30, D = 60, m = 1, noise = 0.1, seed = 1}
local p = linnet.problem(X, Y)
local s = p:init("gaussian", {h = 1e6, alpha = 0.5, seed = 2})

local X2, Y2 = linnet.data.gaussian{n = 20, D = 60, m = 1, noise = 0.1, seed = 7}
local p2 = linnet.problem(X2, Y2)
local first = p:flow(s, {t = math.huge}).final
local second = p2:flow(p2:init(first), {t = 1000, record = {old = p}})
print(second.final, "task 1 now:", second.final:excess(p))
second:plot("old", {log = "x"})

local sweep = linnet.sweep{
  over = {h = {log = {100, 1e10, 3}}}, seeds = 4, problem = p, init = "gaussian",
  flow = {t = math.huge}, measure = {forgotten = function(run)
    return p2:flow(p2:init(run.final), {t = math.huge}).final:excess(p)
  end},
}
print(sweep:run{progress = false}:summary("h"))

assert(first:excess() < 1e-20 and second.old(1) < 1e-20 and second.final:excess() < 1e-6)
assert(math.abs(second.old(#second.old) - second.final:excess(p)) < 1e-12)
local miss = Y - X * second.final:theta()
assert(math.abs(miss:norm() ^ 2 / 2 - second.final:loss(p)) < 1e-10)
