--- The main demonstration: the paper's three claims, each as rows of claim, expected, measured.
--
-- Shows, on the paper's synthetic data and on near-infrared spectra of gasoline (n = 60, D = 401):
--   1. an imbalance c > 0 of the start bounds the rate: L - L* falls like exp(-2 sigma_r^2 c t);
--   2. starts in the invariant set end at the minimum-norm solution, all others beside it;
--   3. with Gaussian starts the distance falls like h^(-1/2), from h = 5e2 to 1e12.
-- Plots appear in the terminal and as SVG in out/, everything together as out/report.html.
--
-- `make demo`; QUICK=1 for small sizes; DATA=file.csv TARGET=column for a table of your own, with
-- DROP=, INPUTS=, DELIMITER=, HEADER=, COMMENT=, MISSING=, GAPS=, TEXT=, DECIMAL= or THOUSANDS=
-- where the guess is wrong (lists by commas; help("data.csv") says what they take). Columns of text
-- and rows with gaps are left out. A target of texts is one of classes, and one of whole numbers
-- with LOSS=softmax or LOSS=logistic: a fourth section trains with that loss. Expect every row to
-- be met, in about ten seconds.
--
-- SPDX-License-Identifier: MIT

-- Beside this file, wherever it was installed.
package.path = (arg[0]:match("^(.*/)examples/") or "./") .. "?.lua;" .. package.path

local failure = require "linnet.failure"
local words = require "linnet.words"
local linnet = require "linnet"
local own_table = require "examples.claims.table"
local sheet = require "examples.claims.sheet"

local CLAIMS = {
  {"the imbalance of the start bounds the rate of convergence", require "examples.claims.rates"},
  {"invariant starts end at the minimum-norm solution", require "examples.claims.invariant"},
  {"the distance falls like the square root of the width", require "examples.claims.width"},
}

local CLASSES = {"a target of classes, with a loss of its own", require "examples.claims.classes"}

local GASOLINE = (arg[0]:match("^(.*/)examples/") or "") .. "examples/data/gasoline.csv"

local LEAD = "A linear network with one hidden layer of $h$ units, $f(x) = V U^T x$, has more "
  .. "weights than it needs, and gradient descent from a small random start finds good ones "
  .. "anyway. How fast, and which ones? Three theorems say so in advance, from the start alone. "
  .. "This page holds them against measurements: "

-- ---------------------------------------------------------------- data

-- A data set: the problems on which rates and distances are measured, and the latter's X.
local function synthetic()
  local function data(orthonormal)
    return linnet.data.gaussian{n = 100, D = 400, m = 1, noise = 0.01, seed = 1,
      orthonormal = orthonormal}
  end
  local whitened, Y1 = data(true)
  local X, Y = data(false)
  return {name = "synthetic", about = "the paper's synthetic data: 100 samples of 400 inputs, one "
    .. "output", paper = true,
    rates = linnet.problem(whitened, Y1), distance = linnet.problem(X, Y), X = X}
end

local function gasoline()
  local X, Y = linnet.data.csv(GASOLINE, {target = "octane"})
  local p = linnet.problem(X, Y)
  return {name = "gasoline", about = "octane numbers of 60 gasolines from near-infrared spectra at "
    .. "401 wavelengths (Kalivas 1997), raw", rates = p, distance = p, X = X}
end

local function own(path, settings)
  local t = own_table.load(path, settings)
  local p = linnet.problem(t.X, t.Y)
  return {name = t.name, about = t.about, rates = p, distance = p, X = t.X, said = t.said,
    settings = t.settings, classes = t.classes}
end

local function data_sets(path, settings)
  return path and {own(path, settings)} or {synthetic(), gasoline()}
end

-- ---------------------------------------------------------------- report

local function data_table(report, sets)
  local rows = {}
  for _, set in ipairs(sets) do
    local p = set.distance
    rows[#rows + 1] = {set.about, p.n, p.D, p.m, p.rank, p.kappa, p:min_norm():norm()}
  end
  report:table{columns = {"data", "$n$", "$D$", "$m$", "$r$", "$λ_1/λ_r$", "$‖Θ^+‖$"}, rows = rows}
  if sets[1].said and #sets[1].said > 0 then
    local said = {}
    for i, line in ipairs(sets[1].said) do said[i] = words.wrap("", line):gsub("\n", "\n  ") end
    report:text("What reading the table found:"):code(table.concat(said, "\n"))
  end
end

local function report_write(page, sets, sections, command, seconds)
  local report = linnet.report{title = "Three claims about wide linear networks, measured",
    lead = LEAD .. (sets[1].paper and "exact gradient flow, on synthetic data and on a real table."
      or "exact gradient flow on " .. sets[1].about .. ".")}
  report:section("What was found")
    :text(("Each row was written down before it was measured; a mark says whether it held. %d of "
      .. "%d rows do. These are the main ones; all are in the sections "
      .. "below."):format(page:count()))
  page:table(report, function(row) return row.headline end)
  report:section("The setting")
    :text("Data $X$ ($n × D$) and $Y$ ($n × m$), weights $U$ ($D × h$) and $V$ ($m × h$), loss $L "
      .. "= ½ ‖Y − X U V^T‖^2$; $L^*$ is the least loss that any linear map reaches, $Θ^+ = X^+ Y$ "
      .. "the smallest map that reaches it, $r$ the rank of $X$ and $σ_1 ≥ … ≥ σ_r > 0$ its "
      .. "singular values. The weights follow the gradient flow, the limit of gradient descent for "
      .. "small steps:")
    :formula("dU/dt = −∂L/∂U,   dV/dt = −∂L/∂V")
    :text("Two facts make everything below cheap and exact. The flow never changes the imbalance "
      .. "$Λ = U_1^T U_1 − V^T V$, where $U_1$ is the part of $U$ that the data see. And the $h$ "
      .. "columns of the weights always move together as at most $r + m$ combinations of them, so "
      .. "a network of a trillion hidden units costs no more than one of a hundred. On stiff data "
      .. "such as the spectra the integrator is an exponential one, which conserves $Λ$ by "
      .. "construction and whose last step goes to $t = ∞$.")
  data_table(report, sets)
  for i, write in ipairs(sections) do
    write(report)
    if page:has(i) then
      report:text("Row by row:")
      page:table(report, function(row) return row.section == i end)
    end
  end
  report:section("How to reproduce this page"):code(command)
    :text("Every random number comes from a counter-based generator with the seeds named above: "
      .. "the same processor and BLAS give the same page. Times differ.")
    :environment{{"computed in", ("%d s"):format(seconds)},
      {"sizes", sheet.quick and "small (QUICK=1)" or "full"}}
  return report:save(page.folder .. "/report.html")
end

-- ---------------------------------------------------------------- main

--- Run everything; returns the rows {claim, expected, measured, ok}.
local function main(path, settings)
  local began = os.time()
  local page, sets, sections = sheet.new(), data_sets(path, settings), {}
  local claims = table.move(CLAIMS, 1, #CLAIMS, 1, {})
  if sets[1].classes then claims[#claims + 1] = CLASSES end
  for i, claim in ipairs(claims) do
    print(("\nclaim %d: %s"):format(i, claim[1]))
    page:begin(i)
    sections[i] = claim[2](page, sets)
    if not page:has(i) then print(sheet.NOTHING) end
  end
  page:print()
  local command = (sheet.quick and "QUICK=1 " or "") .. "make demo"
    .. (path and (" DATA='%s'%s"):format(sets[1].name, sets[1].settings) or "")
  print("report: " .. report_write(page, sets, sections, command, os.difftime(os.time(), began)))
  return page.rows
end

-- Ctrl-C ends the program with a line, as a shell expects it.
local ok, rows = pcall(main, sheet.data, sheet.settings)
if not ok and failure.is_interrupt(rows) and sheet.strict then
  io.stderr:write("demo: interrupted\n")
  os.exit(130, true)
end
if not ok then error(rows, 0) end
if sheet.strict then
  for _, row in ipairs(rows) do
    if not row.ok then os.exit(1, true) end
  end
end
return rows
