--- examples/howto/10_paper.lua: for a paper: columns as CSV, matrices for NumPy,
-- a figure as wide as a column as PDF and for LaTeX.
--
--     linnet run examples/howto/10_paper.lua      writes run.csv, all.npz, excess.tex, ...
--
-- SPDX-License-Identifier: MIT
local linnet = require "linnet"
local X, Y = linnet.data.gaussian{n = 30, D = 60, m = 1, noise = 0.1, seed = 1}
local p = linnet.problem(X, Y)
local s = p:init("gaussian", {h = 1e6, alpha = 0.5, seed = 2})
local run = p:flow(s, {t = 30})

run:csv("run.csv")                                     -- t, loss, excess, ... below their names
linnet.npy.save("theta.npy", run.final:theta())        -- one matrix: np.load("theta.npy")
linnet.npz.save("all.npz", {t = run.t, excess = run.excess, theta = run.final:theta()})
run:save("run.jsonl")                                  -- everything
run:plot("excess", {size = "column", title = "", file = "loss.pdf"})
run:plot("excess", {size = "column", title = "", xlabel = "$t$", ylabel = "$L - L^*$",
  file = "excess.tex"}) -- \input{excess}, with excess.pdf beside it

local columns, names = linnet.csv.load("run.csv")
assert(names[1] == "t" and columns:rows() == #run.t)
assert(linnet.npz.load("all.npz").theta == linnet.npy.load("theta.npy"))
assert(io.open("loss.pdf", "rb"):read(4) == "%PDF")
assert(io.open("excess.tex"):read("a"):find("$10^{-8}$", 1, true))
