--- The reference manual as text: what `help` shows. Written by `make manual`.
-- SPDX-License-Identifier: MIT
return {
{name = "about", kind = "type", signature = "about", text = [[
What `linnet.data.csv` and `linnet.csv.load` made of a table; `print` says
what nobody asked for.]],
fields = {
{"guessed", "what was found out: delimiter, header, decimal sign, ..."},
{"left_out", "columns that were not taken"},
{"coded", "columns of text that became columns of 0 and 1"},
{"filled", "cells that were filled in"},
{"gone", "rows that were left out"},
{"notes", "sentences about what looks odd"}}},
{name = "ensemble", kind = "type", signature = "ensemble", text = [[
What `linnet.ensemble` measured. Every measure is a field, a column with a row
per seed.]],
fields = {
{"seeds", "the list of seeds"},
{"measures", "names of the measures"},
{"reason", "how each member ended, a list"},
{"threads", "how many worked"},
{"seconds_total", "wall-clock time"},
{"bytes_per_thread", "memory of one worker"}}},
{name = "ensemble.flow", kind = "options", signature = "ensemble.flow", text = [[
Options of each trajectory, as for problem:flow.

Options
  t             a number > 0, required: end time; math.huge runs to
                convergence
  tol           a number in (0, 1], default 1e-06: error of a step relative to
                the largest entry of U1 and of V
  method        one of auto, expo2, expo4, dopri5, dop853, rodas4, default
                'auto': expo: exponential, imbalance exact; dopri5, dop853:
                explicit; rodas4: implicit
  until_excess  a number > 0: stop when L - L* has fallen to this
  max_steps     an integer >= 1, default 1000000: accepted and rejected steps
                together
  max_seconds   a number > 0, default inf: stop after so much wall-clock time]]},
{name = "ensemble.test", kind = "options", signature = "ensemble.test", text = [[
Data that the trajectories have not seen, for the measure test_error.

Options
  1  a matrix, required: X, n' x D
  2  a matrix, required: Y, n' x m]]},
{name = "failure", kind = "type", signature = "failure", text = [[
An error of linnet: what `pcall` returns beside false. As text it is the
message with its place.]],
fields = {
{"kind", "misuse, interrupted, callback, missing, file, data or memory"},
{"message", "what went wrong, for people"},
{"cause", "what a function of the user's raised"},
{"run", "what a flow or descent had until then"},
{"result", "the same of an ensemble or a sweep"}}},
{name = "init.balanced", kind = "options", signature = "init.balanced", text = [[
Zero imbalance, U1'U1 = V'V, at a given map.

Options
  h         an integer >= 1, required: hidden width, however large; math.huge
            for the wide limit where the law has one
  seed      an integer >= 0, default 0: of the generator; another seed is
            another draw
  explicit  true or false, default false: build all h columns of U and V
            (memory grows with h)
  theta     a matrix: the learned map at the start, D x m
  scale     a number > 0: instead of theta: a normal one with entries of this
            standard deviation]]},
{name = "init.gaussian", kind = "options", signature = "init.gaussian", text = [[
Independent normal entries of variance h^(-2 alpha).

Options
  h         an integer >= 1, required: hidden width, however large; math.huge
            for the wide limit where the law has one
  seed      an integer >= 0, default 0: of the generator; another seed is
            another draw
  explicit  true or false, default false: build all h columns of U and V
            (memory grows with h)
  alpha     a number >= 0, default 0.5 unless a std is given: entries of
            variance h^(-2 alpha)
  std       a number > 0: standard deviation of all entries, instead of alpha
  std_u     a number >= 0: standard deviation of U's entries (with std_v)
  std_v     a number >= 0: standard deviation of V's entries (with std_u)]]},
{name = "init.he", kind = "options", signature = "init.he", text = [[
He's scales: variances 2/D for U and 2/h for V.

Options
  h         an integer >= 1, required: hidden width, however large; math.huge
            for the wide limit where the law has one
  seed      an integer >= 0, default 0: of the generator; another seed is
            another draw
  explicit  true or false, default false: build all h columns of U and V
            (memory grows with h)]]},
{name = "init.homogeneous", kind = "options", signature = "init.homogeneous", text = [[
U1'U1 - V'V = lam I at a given map.

Options
  h         an integer >= 1, required: hidden width, however large; math.huge
            for the wide limit where the law has one
  seed      an integer >= 0, default 0: of the generator; another seed is
            another draw
  explicit  true or false, default false: build all h columns of U and V
            (memory grows with h)
  theta     a matrix: the learned map at the start, D x m
  scale     a number > 0: instead of theta: a normal one with entries of this
            standard deviation
  lam       a number, required: positive: h must be at most the rank of X;
            negative: at most m]]},
{name = "init.imbalanced", kind = "options", signature = "init.imbalanced", text = [[
A prescribed imbalance at a given map.

Options
  h         an integer >= 1, required: hidden width, however large; math.huge
            for the wide limit where the law has one
  seed      an integer >= 0, default 0: of the generator; another seed is
            another draw
  explicit  true or false, default false: build all h columns of U and V
            (memory grows with h)
  theta     a matrix: the learned map at the start, D x m
  scale     a number > 0: instead of theta: a normal one with entries of this
            standard deviation
  c         a number >= 0: imbalance: all eigenvalues of U1'U1 - V'V are c/2
            (rank) and -c/2 (m)
  positive  a list of numbers >= 0: instead of c: the positive eigenvalues, at
            most rank
  negative  a list of numbers >= 0: with positive: the sizes of the negative
            ones, at most m]]},
{name = "init.invariant", kind = "options", signature = "init.invariant", text = [[
Gaussian weights in the invariant set V U2' = 0, U1 U2' = 0: ends at
Theta_hat.

Options
  h         an integer >= 1, required: hidden width, however large; math.huge
            for the wide limit where the law has one
  seed      an integer >= 0, default 0: of the generator; another seed is
            another draw
  explicit  true or false, default false: build all h columns of U and V
            (memory grows with h)
  alpha     a number >= 0, default 0.5 unless a std is given: entries of
            variance h^(-2 alpha)
  std       a number > 0: standard deviation of all entries, instead of alpha]]},
{name = "init.lecun", kind = "options", signature = "init.lecun", text = [[
LeCun's scales: variances 1/D for U and 1/h for V.

Options
  h         an integer >= 1, required: hidden width, however large; math.huge
            for the wide limit where the law has one
  seed      an integer >= 0, default 0: of the generator; another seed is
            another draw
  explicit  true or false, default false: build all h columns of U and V
            (memory grows with h)]]},
{name = "init.matrices", kind = "options", signature = "init.matrices", text = [[
A start from given weights.

Options
  U  a matrix, required: first layer, D x h
  V  a matrix, required: second layer, m x h]]},
{name = "init.orthogonal", kind = "options", signature = "init.orthogonal", text = [[
L = sqrt(lam) I, no part outside the data: the wide limit, lam = h^(1 - 2
alpha).

Options
  h      an integer >= 1, required: hidden width, however large; math.huge for
         the wide limit where the law has one
  alpha  a number >= 0, default 0.5 unless a std is given: entries of variance
         h^(-2 alpha)
  lam    a number > 0: instead of alpha]]},
{name = "init.spectral", kind = "options", signature = "init.spectral", text = [[
Aligned with the directions that grow first, each mode at scale^2.

Options
  h         an integer >= 1, required: hidden width, however large; math.huge
            for the wide limit where the law has one
  seed      an integer >= 0, default 0: of the generator; another seed is
            another draw
  explicit  true or false, default false: build all h columns of U and V
            (memory grows with h)
  scale     a number > 0, required: singular values of U1 and of V]]},
{name = "init.uniform", kind = "options", signature = "init.uniform", text = [[
Independent uniform entries of variance h^(-2 alpha); always explicit.

Options
  h         an integer >= 1, required: hidden width, however large; math.huge
            for the wide limit where the law has one
  seed      an integer >= 0, default 0: of the generator; another seed is
            another draw
  explicit  true or false, default false: build all h columns of U and V
            (memory grows with h)
  alpha     a number >= 0, default 0.5 unless a std is given: entries of
            variance h^(-2 alpha)
  std       a number > 0: standard deviation of all entries, instead of alpha
  std_u     a number >= 0: standard deviation of U's entries (with std_v)
  std_v     a number >= 0: standard deviation of V's entries (with std_u)]]},
{name = "init.xavier", kind = "options", signature = "init.xavier", text = [[
Glorot's scales: variances 2/(D + h) for U and 2/(h + m) for V.

Options
  h         an integer >= 1, required: hidden width, however large; math.huge
            for the wide limit where the law has one
  seed      an integer >= 0, default 0: of the generator; another seed is
            another draw
  explicit  true or false, default false: build all h columns of U and V
            (memory grows with h)]]},
{name = "init.zero_output", kind = "options", signature = "init.zero_output", text = [[
U = [Ua, Ua], V = [Va, -Va], so that Theta = 0 at the start.

Options
  h         an integer >= 2, required: hidden width, even
  seed      an integer >= 0, default 0: of the generator; another seed is
            another draw
  explicit  true or false, default false: build all h columns of U and V
            (memory grows with h)
  alpha     a number >= 0, default 0.5 unless a std is given: entries of
            variance h^(-2 alpha)
  std       a number > 0: standard deviation of all entries, instead of alpha
  std_u     a number >= 0: standard deviation of U's entries (with std_v)
  std_v     a number >= 0: standard deviation of V's entries (with std_u)]]},
{name = "ladder", kind = "type", signature = "ladder", text = [[
The rungs of `run:bounds().ladder`, in order: a list of {name, value, log,
needs}, the measured distance first, then its bounds; `print` shows a line for
each.]]},
{name = "linnet.blas_info", kind = "function", signature = "linnet.blas_info()", text = [[
The linear algebra libraries really in use. Paths are those of the files that
the running process calls into.

  returns    table, `blas`, `lapack`, `lapacke` (paths), `threads` (at
             present), `config` and `kernel` (OpenBLAS's own description and
             the kernel it chose; nil with other libraries)]],
usage = [[
print(linnet.blas_info().blas)]]},
{name = "linnet.csv", kind = "module", signature = "linnet.csv", text = [[
Tables of numbers as text, the same in every locale.

Cells may stand in double quotes, with delimiters, line ends and doubled
quotes inside. Lines end with LF, CRLF or CR; a byte order mark and empty
lines are skipped. What separates cells, which lines are comments, whether
there are names and what a decimal sign is are found out unless options say
so; `about` tells what was. `inf` and `nan` are numbers; an empty cell, `NA`,
`?` and their like are missing. `12 %` is 12 and `$5` is 5 if the whole column
is written so; dates are text.]]},
{name = "linnet.csv.load", kind = "function", signature = "linnet.csv.load(path, [options])", text = [[
Read a matrix.

  path       string
  options    table
  returns    Matrix, one row per line
  returns    {string,...}, the names of its columns, nil if the table has none
  returns    about, `names`, `rows`, `guessed`, `left_out`, `coded`, `filled`,
             `gone` (rows left out), `notes` on what may be wrong; prints as a
             few lines
  raises     cells that are missing or no numbers and lines of another length,
             named by row, column and line, with the option that goes on;
             files that are no tables of text

Options
  columns    a table, default all: the columns to take, by name or number, in
             this order
  drop       a string or an integer or a table: columns to leave out, by name
             or number
  delimiter  a string, default 'auto': what separates cells: a sign, 'tab',
             'blank' for runs of blanks, 'auto' to find out
  header     true or false or an integer or one of auto, default 'auto':
             whether the first line holds names, or the number of the line
             that does
  comment    a string or true or false, default 'auto': what begins a line to
             be skipped; false: nothing
  missing    a number or a string or a table: more cells that count as
             missing, such as -999 or {'none', 'x'}
  gaps       a number or a string, default 'error': rows with missing cells:
             'error', 'drop' them, fill in the column's 'mean', 'nan' or a
             number
  text       one of error, drop, code, default 'error': columns with text:
             'drop' them, 'code' them as one column of 0 and 1 per category
  decimal    one of auto, ., ,, default 'auto': the decimal sign
  thousands  a string, default as found: what stands between groups of three
             digits]],
usage = [[
local path = os.tmpname()
linnet.csv.save(path, linnet.matrix{{1, 2}, {3, 4}}, {names = {"a", "b"}})
local m, names = linnet.csv.load(path); assert(m(2, 1) == 3 and names[2] == "b"); os.remove(path)]]},
{name = "linnet.csv.save", kind = "function", signature = "linnet.csv.save(path, m, [options])", text = [[
Write a matrix: one line per row, every number so that it reads back as it is.
What was there before stays whole until the new file is complete, and the new
one keeps its mode; a symbolic link is followed, a device written directly.

  path       string
  m          Matrix
  options    table
  raises     when the file cannot be written; then nothing has changed

Options
  names      a table: a list of strings for the first line
  delimiter  a string, default ',': what separates cells]],
usage = [[
local path = os.tmpname()
linnet.csv.save(path, linnet.matrix{{1, 2}, {3, 4}}, {names = {"x", "y"}})
io.write(io.open(path):read("a")); os.remove(path)]]},
{name = "linnet.data", kind = "module", signature = "linnet.data", text = [[
Data sets: synthetic regression problems, tables from files, and what is done
to data before they become a problem.]]},
{name = "linnet.data.csv", kind = "function", signature = "linnet.data.csv(path, options)", text = [[
Inputs and targets from a table in a file. Delimiter, names, comments and
decimal sign are found out (`linnet.csv` says what may stand there); row
numbers without a name and empty columns are left out. Where there is a doubt,
the message names the cell and the option that goes on: `gaps = "drop"` for
rows with missing cells, `text = "drop"` or `text = "code"` for columns of
text, `drop = {...}` for single ones. `about` tells what was done; print it
once. To undo centering later, or to do it to other data, use
`linnet.data.standardize` instead of the options here.

  path       string
  options    table
  returns    Matrix, X, all columns that are no targets, or those that
             `columns` names
  returns    Matrix, Y, the targets in the order in which they are named
  returns    about, `X` and `Y` (names of their columns), `rows`, `read` (rows
             in the file), `gone` (those left out), `guessed`, `left_out`,
             `coded`, `filled`, `constant`, `notes`; prints as a few lines
  raises     a file that is no table of numbers: row, column and line are
             named; a target that does not exist

Options
  target     a string or an integer or a table, required: the column to
             predict: name, number from 1, or a list of them
  center     true or false, default false: subtract the mean of each column of
             X and Y
  scale      true or false, default false: divide each column of X by its
             standard deviation
  columns    a table, default all: the columns to take, by name or number, in
             this order
  drop       a string or an integer or a table: columns to leave out, by name
             or number
  delimiter  a string, default 'auto': what separates cells: a sign, 'tab',
             'blank' for runs of blanks, 'auto' to find out
  header     true or false or an integer or one of auto, default 'auto':
             whether the first line holds names, or the number of the line
             that does
  comment    a string or true or false, default 'auto': what begins a line to
             be skipped; false: nothing
  missing    a number or a string or a table: more cells that count as
             missing, such as -999 or {'none', 'x'}
  gaps       a number or a string, default 'error': rows with missing cells:
             'error', 'drop' them, fill in the column's 'mean', 'nan' or a
             number
  text       one of error, drop, code, default 'error': columns with text:
             'drop' them, 'code' them as one column of 0 and 1 per category
  decimal    one of auto, ., ,, default 'auto': the decimal sign
  thousands  a string, default as found: what stands between groups of three
             digits]],
usage = [[
local path = os.tmpname()
local file = io.open(path, "w")
file:write("size;kind;price\n1,5;old;3\n2;new;?\n4;old;7\n3;new;8\n"); file:close()
local X, Y, about = linnet.data.csv(path, {target = "price", gaps = "drop", text = "code"})
print(about); assert(X:cols() == 3 and about.X[2] == "kind=new" and #Y == 3); os.remove(path)]]},
{name = "linnet.data.gaussian", kind = "function", signature = "linnet.data.gaussian([options])", text = [[
A random regression problem: entries of X and of Theta are N(0, 1/D), Y = X
Theta + noise. X, Theta and noise come from streams of their own, none of
which initializations use: changing `m` or `noise` leaves X as it is.

  options    table
  returns    Matrix, X, n x D
  returns    Matrix, Y, n x m
  returns    Matrix, Theta, D x m, that Y was made with
  raises     kappa together with orthonormal; options that are unknown or out
             of range

Options
  n            an integer >= 1, default 100: samples
  D            an integer >= 1, default 400: inputs
  m            an integer >= 1, default 1: outputs
  noise        a number >= 0, default 0: standard deviation of what is added
               to each entry of Y
  kappa        a number >= 1, default as the entries make it: lambda_1 /
               lambda_r of X^T X, eigenvalues log-uniform from 1 down
  orthonormal  true or false, default false: all singular values of X are 1
  seed         an integer >= 0, default 0: of the generator; another seed is
               another draw]],
usage = [[
local X, Y, Theta = linnet.data.gaussian{n = 20, D = 50, noise = 0.01, seed = 1}]]},
{name = "linnet.data.split", kind = "function", signature = "linnet.data.split(X, Y, [options])", text = [[
Split samples at random. They keep their order within both parts, and each
part has at least one.

  X          Matrix, n x D
  Y          Matrix, n x m
  options    table
  returns    Matrix, X for training
  returns    Matrix, Y for training
  returns    Matrix, X for testing
  returns    Matrix, Y for testing
  raises     X and Y of different numbers of rows, fewer than two

Options
  test  a number in (0, 1), default 0.25: share of the samples that are kept
        for testing
  seed  an integer >= 0, default 0: of the generator; another seed is another
        draw]],
usage = [[
local X, Y = linnet.data.gaussian{n = 20, D = 3, seed = 1}
local X1, Y1, X2, Y2 = linnet.data.split(X, Y, {test = 0.25, seed = 1}); assert(#X2 == 5)]]},
{name = "linnet.data.standardize", kind = "function", signature = "linnet.data.standardize(X, [options])", text = [[
Center and scale the columns of the training data, and get the map that does
the same to others. Take means and deviations from training data only:
`map(test)` then leaks nothing.

  X          Matrix
  options    table
  returns    Matrix
  returns    Map, `map(X2)` does the same to other data, `map:invert(X)`
             undoes it, both for any number of rows; `map.mean` and `map.std`
             are 1 x columns, nil when not wanted
  raises     no rows; a column that holds nan or inf; later, another number of
             columns

Options
  center  true or false, default true: subtract the mean of each column
  scale   true or false, default true: divide each column by its standard
          deviation; those constant but for rounding are left]],
usage = [[
local X, Y = linnet.data.gaussian{n = 20, D = 3, seed = 1}
local X1, Y1, X2, Y2 = linnet.data.split(X, Y, {test = 0.5, seed = 1})
local X1s, map = linnet.data.standardize(X1); local X2s = map(X2)
assert(map:invert(X2s):allclose(X2))]]},
{name = "linnet.diag", kind = "function", signature = "linnet.diag(a)", text = [[
The diagonal matrix of a vector, or the diagonal of a matrix as a column.

  a          Matrix|table, a row or column vector or a table of numbers;
             otherwise a matrix
  returns    Matrix, n x n, or min(rows, columns) x 1]],
usage = [[
assert(linnet.diag(linnet.diag{1, 2}) == linnet.matrix{1, 2})]]},
{name = "linnet.doctor", kind = "module", signature = "linnet.doctor", text = [[
`linnet doctor`: what is here, what is missing, how to get it.]]},
{name = "linnet.doctor.findings", kind = "function", signature = "linnet.doctor.findings()", text = [[
The findings: a list of {what, what was found or nil, how to get it, true if
optional}.

  returns    {table,...}]],
usage = [[
for _, row in ipairs(linnet.doctor.findings()) do print(row[1], row[2] or "missing") end]]},
{name = "linnet.doctor.report", kind = "function", signature = "linnet.doctor.report()", text = [[
The report as text, and whether nothing that is needed is missing.

  returns    string
  returns    boolean

Options
  title  a string, required: of the page
  lead   a string: a paragraph below the title]],
usage = [[
print((linnet.doctor.report()))]]},
{name = "linnet.ensemble", kind = "function", signature = "linnet.ensemble(p, opts)", text = [[
Run one trajectory per seed over a pool of threads and measure each at its
end. test_error is the mean over test rows of ||y - f(x)||^2. Ctrl-C raises
`{message, result}` with the members done so far, nan elsewhere.

  p          problem
  opts       table, see `help("ensemble")`
  returns    table, columns by name, one row per seed; `seeds`; `reason`, a
             list; `measures`; `bytes_per_thread`

Options
  init      a string or a table, required: a kind, or {kind, h = ..., ...}: as
            for problem:init, without seed
  seeds     an integer >= 0 or a list of numbers >= 0, required: N for the
            seeds 1..N, or a list
  flow      a table, required: options of problem:flow
  measure   a table, default {'distance'}: names among loss excess rate
            distance imbalance_drift kernel_distance travel singular_values
            alignment test_error t steps seconds reason
  test      a table: {X, Y} for test_error
  threads   an integer in [1, 1024], default 1: in C, the same bits for any
            number; one where the BLAS library is a serial OpenBLAS
  progress  true or false or a function, default false: a line on stderr, or
            function(done, total)]],
usage = [[
local X, Y = linnet.data.gaussian{n = 20, D = 50, seed = 1}
local e = linnet.ensemble(linnet.problem(X, Y), {init = {"gaussian", h = 1e6, alpha = 0.5},
  seeds = 20, flow = {t = math.huge}, measure = {"distance", "steps"}, threads = 2})
print(e.distance:mean(), e.reason[1])]]},
{name = "linnet.exact", kind = "module", signature = "linnet.exact", text = [[
Trajectories known in closed form, for all times from 0 to infinity: oracles
for integrators.

Every function returns an object whose `:at(t)` gives a table of what the
closed form knows, t being the time since the start that was given: `U1V` = U1
V' (r x m), `U1U1` = U1 U1' (r x r), `VV` = V V' (m x m). Sections are those
of mathematics.md; U1 = Phi1'U, target = Yt = W'Y.]]},
{name = "linnet.exact.diagonal", kind = "function", signature = "linnet.exact.diagonal(opts)", text = [[
Start with U1 U1' = a I, V V' = b I, U1 V' = 0 and sigma = 1, such as the wide
limit of independent weights with h s_u^2 -> a, h s_v^2 -> b. [D], section 8.

  opts       table, see `help("exact.diagonal")`
  returns    table, object with `:at(t)` -> `{U1V, U1U1, VV}`

Options
  target  a matrix, required: r x m, Yt = W'Y
  a       a number >= 0, required: U1 U1' = a I at 0
  b       a number >= 0, required: V V' = b I at 0]],
usage = [[
local path = linnet.exact.diagonal{target = linnet.matrix{{2, 0}, {0, 1}}, a = 1, b = 0.5}
print(path:at(1).U1V)]]},
{name = "linnet.exact.homogeneous", kind = "function", signature = "linnet.exact.homogeneous(opts)", text = [[
Zero or homogeneous imbalance U1'U1 - V'V = lam I_h and sigma = 1: a matrix
Riccati equation in Z Z'. A component of the start in an eigenspace no larger
than the round-off of the terms it is summed from counts as absent for all
times, so starts on their way to a saddle arrive there; a small mode that
meets no large one is kept however small. Fukumizu 1998; Braun et al. 2022;
Domine et al. 2024; section 8.

  opts       table, see `help("exact.homogeneous")`
  returns    table, object with `:at(t)` -> `{U1V, U1U1, VV, Z}`, Z (k x k')
             up to a rotation of its columns

Options
  state   any value: a state, for U1, V, target and sigma
  U1      a matrix: r x h', Phi1'U or its factor
  V       a matrix: m x h'
  target  a matrix: r x m, Yt = W'Y
  sigma   a matrix or a list of numbers, default ones: r singular values of X
  lam     a number, default 0: U1'U1 - V'V = lam I; 0 for any width]],
usage = [[
local Yt = linnet.matrix{{1, 0.3}, {0.2, 0.5}}
local small = 0.1 * linnet.eye(2)
local path = linnet.exact.homogeneous{U1 = small, V = small, target = Yt}
print(path:at(3).U1V, path:at(math.huge).U1V)]]},
{name = "linnet.exact.lazy", kind = "function", signature = "linnet.exact.lazy(opts)", text = [[
The linearized ("lazy") dynamics E(t) = exp(-K(0) t) E(0), K the tangent
kernel at the start, any data. The network follows it only as far as its
kernel does not move. Section 8.

  opts       table, see `help("exact.lazy")`
  returns    table, object with `:at(t)` -> `{E, U1V}`, both r x m, E = Yt -
             diag(sigma) U1V

Options
  state   any value: a state, for U1, V, target and sigma
  U1      a matrix: r x h', Phi1'U or its factor
  V       a matrix: m x h'
  target  a matrix: r x m, Yt = W'Y
  sigma   a matrix or a list of numbers, default ones: r singular values of X]],
usage = [[
local X, Y = linnet.data.gaussian{n = 4, D = 6, seed = 1}
local s = linnet.problem(X, Y):init("gaussian", {h = 1e6, seed = 2})
print(linnet.exact.lazy{state = s}:at(1).E)]]},
{name = "linnet.exact.orthogonal", kind = "function", signature = "linnet.exact.orthogonal(opts)", text = [[
Orthogonal start Z(0) Z(0)' = lam I, sigma = 1: U1 V' ends at Yt, and V V' at
(lam^2 I + Yt'Yt)^(1/2). The wide limit with lam = h^(1 - 2 alpha). [D],
section 8.

  opts       table, see `help("exact.orthogonal")`
  returns    table, object with `:at(t)` -> `{U1V, U1U1, VV}`

Options
  target  a matrix, required: r x m, Yt = W'Y
  lam     a number >= 0, default 1: Z Z' = lam I at 0]],
usage = [[
local path = linnet.exact.orthogonal{target = linnet.matrix{2, 1, 0.5}, lam = 0.7}
print(path:at(math.huge).VV)]]},
{name = "linnet.exact.scalar", kind = "function", signature = "linnet.exact.scalar(opts)", text = [[
One singular value and one output, any width: p = u.v obeys p' = sqrt(c^2 + 4
p^2) sigma (yt - sigma p), in all branches (towards the target, towards the
saddle, zero target). c is computed to its own round-off from U1 and V as
given, so nearly balanced starts keep their time at the saddle; of a state
wider than two columns it counts as 0 below the round-off of its factor L. [D]
after Saxe et al. 2014, section 8.

  opts       table, see `help("exact.scalar")`
  returns    table, object with `:at(t)` -> numbers `p` = U1 V', `uu` = U1
             U1', `vv` = V V', and field `c`

Options
  state   any value: a state, for U1, V, target and sigma
  U1      a matrix: r x h', Phi1'U or its factor
  V       a matrix: m x h'
  target  a number or a matrix: Yt, a number or a 1 x 1 matrix
  sigma   a number > 0 or a matrix, default 1: the singular value of X]],
usage = [[
local path = linnet.exact.scalar{
  U1 = linnet.matrix{{0.3, -0.1}}, V = linnet.matrix{{0.2, 0.5}}, target = 2, sigma = 1.5,
}
print(path:at(0.7).p, path:at(math.huge).p)]]},
{name = "linnet.eye", kind = "function", signature = "linnet.eye(rows, [cols])", text = [[
Ones on the diagonal, zeros elsewhere.

  rows       int
  cols       int, default rows
  returns    Matrix]],
usage = [[
assert(linnet.eye(2) == linnet.matrix{{1, 0}, {0, 1}})]]},
{name = "linnet.heatmap", kind = "function", signature = "linnet.heatmap(given)", text = [[
Draw a matrix as a heat map, in the terminal or to a file. The first row lies
at the bottom.

  given      table, `{values, x =, y =, log =, label =, title =, xlabel =,
             ylabel =, file =}`: values a matrix or a list of rows (nan stays
             blank), x one number per column, y one per row
  returns    string, the text drawn in the terminal, or the file's name

Options
  1       any value, required: the values: a matrix or a list of rows; nan
          stays blank
  title   a string: above the figure
  xlabel  a string: below the horizontal axis
  ylabel  a string: beside the vertical axis
  file    a string, default draw in the terminal: where to write: .svg, .png,
          .pdf or .tex (LaTeX, with a .pdf beside it)
  width   an integer in [20, 4000], default 720, or the window's: pixels, or
          columns in the terminal
  height  an integer in [8, 4000], default 440, or by the window: pixels, or
          lines in the terminal
  size    one of page, column, default page: of a file: 7.2 inches wide, or a
          column's 3.4 with text of 8 points
  font    a number in [2, 100], default by the size: size of the text in
          points
  key     one of below, right, top left, top right, bottom left, bottom right,
          none, default 'below': where the key stands
  x       any value, default 1, 2, ...: a value per column: a vector or a list
  y       any value, default 1, 2, ...: a value per row: a vector or a list
  log     true or false, default where positive values span two decades:
          logarithmic colours
  label   a string: what the colours measure]],
usage = [[
linnet.heatmap{{{1, 2, 3}, {4, 5, 6}}, x = {10, 100, 1000}, y = {0.4, 0.5}, xlabel = "h"}]]},
{name = "linnet.help", kind = "function", signature = "linnet.help(what)", text = [[
Print the manual's page on something; at the prompt also plain `help(what)`.

  what       as `text` takes it]],
usage = [[
linnet.help("linspace")]]},
{name = "linnet.help.document", kind = "function", signature = "linnet.help.document(name)", text = [[
Where a page of docs/ lies: in the sources, beside an installed linnet or in
its rock.

  name       string, such as "mathematics.md"
  returns    string, a path that exists, or nil]],
usage = [[
print(linnet.help.document("guide.md"))]]},
{name = "linnet.help.fields", kind = "function", signature = "linnet.help.fields(kind)", text = [[
Fields that the objects of a type have: a list of names.

  kind       string, "state", "run", ...
  returns    {string,...}]],
usage = [[
assert(linnet.help.fields("problem")[1] == "n")]]},
{name = "linnet.help.known", kind = "function", signature = "linnet.help.known(name)", text = [[
Whether the manual has a page of that name.

  name       string
  returns    boolean]],
usage = [[
assert(linnet.help.known("flow"))]]},
{name = "linnet.help.methods", kind = "function", signature = "linnet.help.methods(kind)", text = [[
The methods of a type ("matrix", "run", ...) by name, or nil.

  kind       string
  returns    table]],
usage = [[
assert(linnet.help.methods("matrix").svd)]]},
{name = "linnet.help.reach", kind = "function", signature = "linnet.help.reach(name)", text = [[
The function or callable table behind a name of the manual; nil when a user
can reach none.

  name       string, `linnet.x`, `linnet.x.y` or `type:method`
  returns    the function or table]],
usage = [[
assert(linnet.help.reach("linnet.eye") == linnet.eye)]]},
{name = "linnet.help.text", kind = "function", signature = "linnet.help.text(what)", text = [[
What `help(what)` prints, as a string.

  what       a name ("flow", "matrix:svd", "init.gaussian"), a public
             function, a module, a linnet object (its fields and methods), any
             words to search for, or nothing for the index
  returns    string
  raises     what the manual does not have; the nearest name is suggested]],
usage = [[
print(linnet.help.text("linspace"))]]},
{name = "linnet.help.value", kind = "function", signature = "linnet.help.value(name)", text = [[
What a dotted name means, from `linnet` down: a function, a module, a value;
or nil.

  name       string, `linnet.x`, `linnet.x.y`
  returns    the value]],
usage = [[
assert(linnet.help.value("linnet.theory") == linnet.theory)]]},
{name = "linnet.is_matrix", kind = "function", signature = "linnet.is_matrix(x)", text = [[
Is it a matrix?

  x          anything
  returns    bool]],
usage = [[
assert(linnet.is_matrix(linnet.eye(2)) and not linnet.is_matrix{1, 2})]]},
{name = "linnet.linspace", kind = "function", signature = "linnet.linspace(a, b, n)", text = [[
n evenly spaced numbers, both end points included.

  a          number, first
  b          number, last
  n          int, how many; 1 gives a
  returns    Matrix, n x 1]],
usage = [[
assert(linnet.linspace(0, 1, 5)(2) == 0.25)]]},
{name = "linnet.load", kind = "function", signature = "linnet.load(path)", text = [[
Read a run saved by `run:save`: columns and stats, no states.

  path       string
  returns    run]],
usage = [[
local p = linnet.problem(linnet.eye(2), linnet.ones(2, 1))
local path = os.tmpname()
p:flow(p:init("gaussian", {h = 10, seed = 1}), {t = 1}):save(path)
print(linnet.load(path))
os.remove(path)]]},
{name = "linnet.logspace", kind = "function", signature = "linnet.logspace(a, b, n)", text = [[
n numbers of constant ratio; a and b are the end points themselves, not their
exponents.

  a          number, first, positive
  b          number, last, positive
  n          int, how many; 1 gives a
  returns    Matrix, n x 1]],
usage = [[
assert(linnet.logspace(1, 1000, 4)(3) == 100)]]},
{name = "linnet.matrix", kind = "function", signature = "linnet.matrix(a, [cols], [x])", text = [[
A matrix from a table of rows, a table of numbers (a column), or a size and
what fills it.

  a          table|int|Matrix, rows `{{1, 2}, {3, 4}}`, a column `{1, 2, 3}`,
             a matrix (copied), or the number of rows
  cols       int, number of columns, after a number of rows
  x          number|function, every entry, or `f(i, j)` for each, called row
             by row, default 0
  returns    Matrix
  raises     rows of different lengths, entries that are no numbers: named by
             their place]],
usage = [[
local h = linnet.matrix(3, 3, function(i, j) return 1 / (i + j - 1) end)]]},
{name = "linnet.npy", kind = "module", signature = "linnet.npy", text = [[
NumPy's `.npy` files.

Read: versions 1.0 and 2.0, little-endian f8, f4, i8 and i4, C or Fortran
order; one dimension makes a column. Anything else is refused, and never takes
more memory than a few times the file. Written: version 1.0, f8, Fortran
order, two dimensions.]]},
{name = "linnet.npy.load", kind = "function", signature = "linnet.npy.load(path)", text = [[
Read a matrix.

  path       string
  returns    Matrix
  raises     what cannot be read: other types (big-endian, complex,
             objects...), other dimensions, an i8 beyond 2^53 that is no
             double, a file that is shorter or longer than it says]],
usage = [[
local path = os.tmpname()
linnet.npy.save(path, linnet.eye(2)); print(linnet.npy.load(path)); os.remove(path)]]},
{name = "linnet.npy.save", kind = "function", signature = "linnet.npy.save(path, m)", text = [[
Write a matrix. What was there before stays whole until the new file is
complete, and the new one keeps its mode; a symbolic link is followed, a
device written directly.

  path       string
  m          Matrix
  raises     when the file cannot be written; then nothing has changed]],
usage = [[
local path = os.tmpname(); linnet.npy.save(path, linnet.matrix{1, 2, 3}); os.remove(path)]]},
{name = "linnet.ones", kind = "function", signature = "linnet.ones(rows, [cols])", text = [[
Ones; one argument makes a column.

  rows       int
  cols       int, default 1
  returns    Matrix]],
usage = [[
print(linnet.ones(3):sum())]]},
{name = "linnet.options", kind = "module", signature = "linnet.options", text = [[
One schema per public function, from which checking, suggestions, `help`, the
manual, the command line and the generated misuse specs all read.

A schema is a list of entries, one per option:

    options.define("flow", {summary = "Integrate the gradient flow.",
      {name = "t", type = "number", range = "(0, inf]", required = true,
        help = "end time"},
      {name = "tol", type = "number", range = "(0, inf)", default = 1e-6},
      {name = "method", choices = {"auto", "expo2", "expo4"}, default = "auto"},
    })

Fields of an entry: `name`; `type`, alternatives joined by `|` among number,
integer, string, boolean, function, table, matrix, list (of numbers) and any
(default: string with `choices`, any without); `range`, an interval such as
`"(0, inf]"` for numbers, integers and the items of a list; `float = true`
lets an integer be a float of integer value too large for Lua's integers
(1e30, or inf if the range says so); `choices` for strings; `schema`, the name
of the schema of a nested table; `check(value)`, true or else false and what
it must be; `default`, and `default_help` for a default that is computed
later; `required`; `help`, one line.

NaN is refused everywhere, infinity unless a range closes on it.]]},
{name = "linnet.options.check", kind = "function", signature = "linnet.options.check(name, [given], [level])", text = [[
Check a caller's options against a schema.

  name       string, of a schema
  given      table, the caller's table, never written to; nil means all
             defaults
  level      integer, of the error as `error` counts it in the function that
             calls `check`: 2 points at that function's caller. Do not call
             `check` as a tail call., default 2
  returns    table, a new table with defaults filled in; nested plain tables
             are copied]],
usage = [[
local o = linnet.options.check("plot", {log = "xy"}); assert(o.log == "xy")]]},
{name = "linnet.options.define", kind = "function", signature = "linnet.options.define(name, schema)", text = [[
Register the schema of a public function (format: head of this file).

  name       string, as messages and `help` say it
  schema     table, `summary` and a list of entries; gains `name` and is kept
  returns    table, the schema]],
usage = [[
linnet.options.define("example", {summary = "One.", {name = "n", type = "integer"}})]]},
{name = "linnet.options.describe", kind = "function", signature = "linnet.options.describe(name)", text = [[
The options of a schema as text: name, what it allows, default, help, within
80 columns.

  name       string, of a schema
  returns    string]],
usage = [[
print(linnet.options.describe("plot"))]]},
{name = "linnet.options.nearest", kind = "function", signature = "linnet.options.nearest(word, list)", text = [[
The word of a list that a misspelt one most likely meant: least edit distance
(insertions, deletions, substitutions and swaps of neighbours), at most a
third of the word's length; or else one that begins with the other.

  word       string
  list       {string,...}
  returns    string, nil when nothing is near]],
usage = [[
assert(linnet.options.nearest("tolerance", {"t", "tol"}) == "tol")]]},
{name = "linnet.options.try", kind = "function", signature = "linnet.options.try(name, [given])", text = [[
Like `check`, but returns nil and the message instead of raising.

  name       string, of a schema
  given      table
  returns    table, options with defaults
  returns    string, what is wrong]],
usage = [[
local given, why = linnet.options.try("plot", {logg = "x"}); assert(not given and why)]]},
{name = "linnet.plot", kind = "function", signature = "linnet.plot(given)", text = [[
Draw curves in one figure, in the terminal or to a file. `linnet.plot{...}` is
the same function. nan leaves a gap; infinite values, and values that are not
positive on a logarithmic axis, are left out with a note in the figure. Runs
may stand among the curves: `linnet.plot{run1, run2, what = "loss"}`. `panels
= {figure, figure}` draws several. `width` and `height` are columns and lines
in the terminal, pixels (a hundredth of an inch) in a file. A `.tex` is LaTeX
(`\\input{it}`; its texts are LaTeX too) with a `.pdf` beside it.

  given      table, curves `{x, y, label =, style =, color =, error =}`
             (vectors or lists; `{y}` alone over 1, 2, ...; `{x, low, high,
             style = "band"}`), runs, and options: see `help("plot")`
  returns    string, the text drawn in the terminal, or the file's name

Options
  title     a string: above the figure
  xlabel    a string: below the horizontal axis
  ylabel    a string: beside the vertical axis
  file      a string, default draw in the terminal: where to write: .svg,
            .png, .pdf or .tex (LaTeX, with a .pdf beside it)
  width     an integer in [20, 4000], default 720, or the window's: pixels, or
            columns in the terminal
  height    an integer in [8, 4000], default 440, or by the window: pixels, or
            lines in the terminal
  size      one of page, column, default page: of a file: 7.2 inches wide, or
            a column's 3.4 with text of 8 points
  font      a number in [2, 100], default by the size: size of the text in
            points
  key       one of below, right, top left, top right, bottom left, bottom
            right, none, default 'below': where the key stands
  log       one of x, y, xy: logarithmic axes
  xrange    a list of numbers: {low, high} of the horizontal axis
  yrange    a list of numbers: {low, high} of the vertical axis
  what      a string, default 'loss': the record of the runs that are drawn
  annotate  a table: texts at places of the axes: {{x, y, text}, ...}
  panels    a table: figures side by side instead of curves, each a table as
            for linnet.plot
  columns   an integer in [1, 8], default 2, or all of up to 3: of panels]],
usage = [[
local t = linnet.linspace(0, 5, 50)
linnet.plot{{t, t:map(function(x) return math.exp(-2 * x) end), label = "loss"},
  {t, t:map(function(x) return math.exp(-x) end), label = "bound", style = "bound"}, log = "y"}]]},
{name = "linnet.plot.heatmap_svg", kind = "function", signature = "linnet.plot.heatmap_svg(given, [prefix])", text = [[
The figure of `heatmap` as an SVG element for a page of HTML.

  given      table, as for `heatmap`, without `file`
  prefix     string, of the identifiers inside, one per figure of a page,
             default "map"
  returns    string]],
usage = [[
assert(linnet.plot.heatmap_svg{{{1, 2}, {3, 4}}}:find("^<svg"))]]},
{name = "linnet.plot.svg", kind = "function", signature = "linnet.plot.svg(given, [prefix])", text = [[
The figure of `plot` as an SVG element for a page of HTML, which may set the
colours `--ink`, `--soft` and `--grid`.

  given      table, as for `plot`, without `file`
  prefix     string, of the identifiers inside, one per figure of a page,
             default "figure"
  returns    string]],
usage = [[
assert(linnet.plot.svg{{{1, 2, 3}, {4, 5, 6}}}:find("^<svg"))]]},
{name = "linnet.problem", kind = "function", signature = "linnet.problem(X, Y, [opts])", text = [[
A problem from data. Fields: `n`, `D`, `m`, `rank`, `kappa` (largest over
smallest eigenvalue of X'X that counts), `optimal_loss`. Raises when shapes
disagree, data are empty or not finite, or X is zero.

  X          matrix, n x D
  Y          matrix, n x m
  opts       table, `rank_tol`; what else `linnet.data.gaussian` and
             `linnet.data.csv` return (a matrix, an about) is passed over, so
             that their results may come straight in
  returns    problem

Options
  rank_tol  a number in [0, 1), default max(n, D) 2^-52: singular values at
            most rank_tol times the largest count as zero]],
usage = [[
local X, Y = linnet.data.gaussian{n = 20, D = 50, seed = 1}
local p = linnet.problem(X, Y)
print(p.rank, p.kappa, p.optimal_loss)]]},
{name = "linnet.random", kind = "function", signature = "linnet.random(seed, [stream])", text = [[
A generator.

  seed       int, 0..2^63-1
  stream     int, 0..2^63-1: independent numbers for the same seed, default 0
  returns    Random
  raises     a seed or stream that is no integer in the range]],
usage = [[
local g = linnet.random(1); print(g:normal(3, 2), g:integer(1, 6))]]},
{name = "linnet.random.own", kind = "function", signature = "linnet.random.own(seed, purpose)", text = [[
The generator that the package itself draws from for one purpose: with one
seed, data, weights and noise never share words.

  seed       int, 0..2^63-1
  purpose    string, "X", "Theta", "noise" or "split" (`linnet.data`), "frame"
             or "start" (`problem:init`)
  returns    Random
  raises     a seed that is no integer in the range, a purpose that is none of
             these]],
usage = [[
local X = linnet.data.gaussian{n = 3, D = 4, seed = 5}
assert(X == linnet.random.own(5, "X"):normal(3, 4) * 0.5)]]},
{name = "linnet.record", kind = "module", signature = "linnet.record", text = [[
files of results, one value a line (`linnet.record.line`), the first of them
`{"header": {...}}`.

A file has one writer at a time and grows by whole lines: a last line without
its newline is the trace of a crash, is not counted as data, and is cut off by
the next writer, if the file begins with a header: of another file, nothing is
ever cut.]]},
{name = "linnet.record.decode", kind = "function", signature = "linnet.record.decode(text)", text = [[
The value of one line of text.

  text       string, JSON as `encode` writes it, spaces allowed; no null, no
             key twice
  returns    the value, or nil when the text is not such
  returns    string, what is wrong, and where]],
usage = [[
local value, why = linnet.record.decode('{"a": [1, 2}'); assert(not value and why)]]},
{name = "linnet.record.encode", kind = "function", signature = "linnet.record.encode(value)", text = [[
A value as one line of text, without the newline.

  value      a number, string (UTF-8), boolean, matrix, or table of these: a
             list 1..n, or string keys
  returns    string, nil when the value holds something else
  returns    string, what it holds]],
usage = [[
assert(linnet.record.encode{b = 1.0, a = {1, 1 / 0}} == '{"a":[1,"inf"],"b":1.0}')]]},
{name = "linnet.record.load", kind = "function", signature = "linnet.record.load(path, [kind], [level])", text = [[
Load what `save` wrote.

  path       string
  kind       string, raise when the header names another
  level      integer, of the error, as `error` counts it in the caller,
             default 2
  returns    the value
  returns    table, the header]],
usage = [[
local path = os.tmpname()
linnet.record.save(path, {1, 2}, "pair")
assert(linnet.record.load(path, "pair")[2] == 2)]]},
{name = "linnet.record.open", kind = "function", signature = "linnet.record.open(path, [level])", text = [[
Open a file of records for appending without cutting anything: what `writer`
stands on.

  path       string, created when missing
  level      integer, of the error, as `error` counts it in the caller,
             default 2
  returns    table, a writer as of `writer`; a torn last line stands until
             `w:cut()`]],
usage = [[
local w <close> = require("linnet.record").open(os.tmpname()); assert(not w.values.torn)]]},
{name = "linnet.record.read", kind = "function", signature = "linnet.record.read(path, [level])", text = [[
Everything in a file of records.

  path       string
  level      integer, of the error, as `error` counts it in the caller,
             default 2
  returns    {table,...}, the values of the complete lines; its field `size`
             is the bytes they take, `torn` is true when an unfinished line
             follows them (`begun`: it is the beginning of a header)]],
usage = [[
local path = os.tmpname()
linnet.record.write(path, {{x = 1}, {x = 2}})
assert(linnet.record.read(path)[2].x == 2)]]},
{name = "linnet.record.save", kind = "function", signature = "linnet.record.save(path, value, [kind], [level])", text = [[
Save one value to a file, `load` reads it back.

  path       string
  value      as `encode` takes it
  kind       string, what it is, kept in the header
  level      integer, of the error, as `error` counts it in the caller,
             default 2]],
usage = [[
linnet.record.save(os.tmpname(), {t = linnet.linspace(0, 1, 5)})]]},
{name = "linnet.record.write", kind = "function", signature = "linnet.record.write(path, values, [level])", text = [[
Write a whole file of records at once: afterwards it holds all of them, or is
as it was (devices and pipes are written through and may be left half written;
a symbolic link is followed).

  path       string
  values     {table,...}, one a line
  level      integer, of the error, as `error` counts it in the caller,
             default 2]],
usage = [[
linnet.record.write(os.tmpname(), {{header = {format = 1}}, {x = 0.1}})]]},
{name = "linnet.record.writer", kind = "function", signature = "linnet.record.writer(path, [level])", text = [[
Open a file of records for appending: one writer at a time, a torn last line
cut off, if the file begins with a header; otherwise it is refused as it is.

  path       string, created when missing; a symbolic link is followed
  level      integer, of the error, as `error` counts it in the caller,
             default 2
  returns    table, a writer with `values`, what the file held;
             `w:append(value)`, `w:sync()` (to the disk) and `w:close()`,
             which raise when they fail, the records before intact; both tell
             when the file was removed or replaced meanwhile]],
usage = [[
local w <close> = linnet.record.writer(os.tmpname()); w:append{x = 0.1}]]},
{name = "linnet.repl", kind = "module", signature = "linnet.repl", text = [[
The prompt: a loop over the readline of the interpreter's process, with
linnet's names at hand.

Pasted code works (top-level `local` names live on), Ctrl-C drops a line or
stops a call and never ends the session, `_` is the last result and `_err` the
last error, TAB completes, `?name` helps.]]},
{name = "linnet.repl.preload", kind = "function", signature = "linnet.repl.preload([env])", text = [[
Put linnet, its most used names and `help` into a table of globals.

  env        table, `_G` when absent]],
usage = [[
linnet.repl.preload({})]]},
{name = "linnet.repl.print", kind = "function", signature = "linnet.repl.print(...)", text = [[
What the prompt prints with: like `print`, but plain tables show their fields.

  ...        anything]],
usage = [[
linnet.repl.print({c = 1.5, delta_plus = 0})]]},
{name = "linnet.repl.run", kind = "function", signature = "linnet.repl.run()", text = [[
Run the prompt until the user leaves.

  returns    integer, the exit code]]},
{name = "linnet.report", kind = "function", signature = "linnet.report(given)", text = [[
Begin a report.

  given      table, `title`, `lead` (a paragraph)
  returns    report, with the methods section, text, formula, code, table,
             figure, heatmap, environment, write and save; all but the last
             two return the report

Options
  title  a string, required: of the page
  lead   a string: a paragraph below the title]],
usage = [[
local r = linnet.report{title = "Two numbers", lead = "And what they are."}
r:section("Numbers"):table{columns = {"name", "value"}, rows = {{"pi", math.pi}, {"e", 2.718}}}
print(r:write("md"))]]},
{name = "linnet.sweep", kind = "function", signature = "linnet.sweep(spec)", text = [[
Describe a sweep; `sweep:run` computes it. Axes whose names are options of the
start or of the flow go there, others to the function `problem`; an axis
`init` varies the kind of start, each with options of its own where it is a
table. Points are checked here, before anything runs.

  spec       table, see `help("sweep")`
  returns    sweep, `print` says its size; `sweep:run` computes it

Options
  over     a table, default {}: axes by name: a list, a vector, {log = {a, b,
           n}} or {linear = {a, b, n}}, both with round = true for integers;
           'init' takes kinds, or {kind, option = ...} each
  seeds    an integer >= 0 or a list of numbers >= 0, default 1: N for the
           seeds 1..N, or a list
  problem  any value: a problem, or function(point) that makes one from the
           axes of neither init nor flow
  init     a string or a table: a kind, or {kind, h = ..., ...}
  flow     a table: options of problem:flow
  measure  a table: names as for the ensemble, or name = function(run), a
           number or a list of them; with 'run', the names it returns
  test     a table: {X, Y} for test_error
  run      a function: function(point, rng), instead of a problem: returns a
           number, or numbers or lists of numbers by name
  name     a string: title of figures and reports]],
usage = [[
local X, Y = linnet.data.gaussian{n = 20, D = 50, seed = 1}
local sweep = linnet.sweep{over = {h = {log = {100, 1e6, 3}}}, seeds = 4,
  problem = linnet.problem(X, Y), init = "gaussian", flow = {t = math.huge},
  measure = {"distance"}}
local result = sweep:run()
print(result)
print(result:fit_slope("h", "distance").slope)]]},
{name = "linnet.sweep.is", kind = "function", signature = "linnet.sweep.is()", text = [[
Whether a value is a sweep.]]},
{name = "linnet.sweep.load", kind = "function", signature = "linnet.sweep.load(path)", text = [[
The result in one file, complete or not.

  path       string
  returns    result, its field `missing` counts the gaps]],
usage = [[
local path = os.tmpname()
linnet.sweep{over = {a = {1, 2}}, run = function(p) return p.a end}:run{out = path}
assert(linnet.sweep.load(path).missing == 0)]]},
{name = "linnet.sweep.merge", kind = "function", signature = "linnet.sweep.merge(paths, [o])", text = [[
Merge files of shards into one result. Raises, and names the records or files,
when records are missing, when records of one job differ, or when files come
from different sweeps, versions of linnet or processors. Equal records are
accepted; a torn last line counts as missing.

  paths      {string,...}
  o          table, see `help("sweep.merge")`
  returns    result

Options
  rtol     a number in [0, 1): accept records that differ by this, and
           different versions and processors
  partial  true or false, default false: accept missing records]],
usage = [[
local sweep = linnet.sweep{over = {a = {1, 2, 3}}, run = function(point) return point.a ^ 2 end}
local paths = {os.tmpname(), os.tmpname()}
for i, path in ipairs(paths) do sweep:run{out = path, shard = {i, 2}} end
assert(linnet.sweep.merge(paths).missing == 0)]]},
{name = "linnet.theory", kind = "module", signature = "linnet.theory", text = [[
the theory seen in weights: the two halves of Proposition 1, weights that
attain it, and how large a step of descent may be.]]},
{name = "linnet.theory.gram_bounds", kind = "function", signature = "linnet.theory.gram_bounds(U1, V)", text = [[
Lower bounds of lam_r(U1 U1') and lam_m(V V'), the two halves of Proposition
1: with a, b = [lam_1]+, [lam_r]+ of Lambda and e, f = [lam_1]+, [lam_m]+ of
-Lambda, (b - e + ((b + e)^2 + 4 s_r^2)^(1/2))/2 and (f - a + ((a + f)^2 + 4
s_m^2)^(1/2))/2, s_i the singular values of U1 V', 0 beyond min(r, m). 2
sigma_r^2 times their sum is `proposition1`. [M22]; regrouped so by us.
Section 6.

  U1         matrix, r x h'
  V          matrix, m x h'
  returns    number, lower bound of the least eigenvalue of U1 U1'
  returns    number, lower bound of the least eigenvalue of V V']],
usage = [[
local U1, V = linnet.eye(2, 4), linnet.ones(1, 4)
local u, v = linnet.theory.gram_bounds(U1, V)
assert(u <= (U1 * U1:t()):eigh():min() and v <= (V * V:t()):eigh():min())]]},
{name = "linnet.theory.imbalance", kind = "function", signature = "linnet.theory.imbalance(U1, V)", text = [[
The imbalance Lambda = U1'U1 - V'V of reduced weights and what the bounds need
of it. With lam_i decreasing and [x]+ = max(x, 0): `c` = [lam_r(Lambda)]+ +
[lam_m(-Lambda)]+, `delta_plus` = [lam_1(Lambda)]+ - [lam_r(Lambda)]+,
`delta_minus` = [lam_1(-Lambda)]+ - [lam_m(-Lambda)]+. Section 6.

  U1         matrix, r x h', Phi1'U or its factor
  V          matrix, m x h'
  returns    table, `spectrum` (min(h', r + m) eigenvalues, decreasing, the
             others being 0) and the numbers above]],
usage = [[
local b = linnet.theory.imbalance(2 * linnet.eye(3, 5), linnet.ones(1, 5))
print(b.c, b.delta_plus, b.delta_minus)]]},
{name = "linnet.theory.law", kind = "function", signature = "linnet.theory.law(nu, s_u, dof)", text = [[
The law of ||U2 V'||_F^2 given the part of the weights that the data see:
s_u^2 times the sum of nu_j chi^2_dof, independent, nu the eigenvalues of V
V', dof = D - rank. Exact. [D], section 7.

  nu         matrix|table, m eigenvalues >= 0
  s_u        number, standard deviation of U's entries
  dof        number, D - rank
  returns    table, `mean`, `variance`, `cdf(x)`]],
usage = [[
local law = linnet.theory.law({1.2, 0.7}, 0.01, 300)
print(law.mean, law.variance ^ 0.5, law.cdf(law.mean))]]},
{name = "linnet.theory.lemma1", kind = "function", signature = "linnet.theory.lemma1(opts)", text = [[
Lemma 1 of [M21]: on the event of Theorem 2, for h > `threshold` = 16 q^2, at
t = 0 the imbalance c > `c` = h^(1 - 2 alpha), ||Z U2'||_F <= `perpendicular`,
||U1 V'||_F <= `product`. Section 7.

  opts       table, see `help("theory.lemma1")`
  returns    table, c, perpendicular, product, threshold, applies

Options
  D          an integer >= 1, required: inputs
  m          an integer >= 1, required: outputs
  rank       an integer >= 1, required: of X
  h          a number >= 1, required: hidden width
  alpha      a number >= 0, default 0.5: the theorem needs 1/4 < alpha <= 1/2
  delta      a number in (0, 1), default 0.05: the statements hold with
             probability >= 1 - delta
  sigma_1    a number > 0, required: largest singular value of X
  sigma_r    a number > 0, required: smallest nonzero singular value of X
  norm_Y     a number >= 0, required: ||Y||_F; ||Yt||_F serves as well and is
             less
  constants  one of safe, printed, default 'safe': of q: printed is too small
             unless delta <= 2 exp(-8)
  h0         one of corrected, printed, default 'corrected': of the width
             threshold: printed has a slip in an exponent]],
usage = [[
local b = linnet.theory.lemma1{
  D = 400, m = 1, rank = 100, h = 1e4, sigma_1 = 1.5, sigma_r = 0.5, norm_Y = 0.5,
}
print(b.c, b.perpendicular, b.product)]]},
{name = "linnet.theory.log_apriori", kind = "function", signature = "linnet.theory.log_apriori(norm_perp, sigma_1, sigma_r, norm_E, c)", text = [[
log(||Zperp|| exp(sigma_1 ||E(0)|| / (sigma_r^2 c))), the last rung of the
ladder: it bounds log ||U2 V(t)'|| for all t. [M21], section 7.

  norm_perp  number, ||Z(0) U2'||_F
  sigma_1    number
  sigma_r    number
  norm_E     number, ||E(0)||_F
  c          number, imbalance; inf is returned at 0
  returns    number, a natural logarithm]],
usage = [[
print(linnet.theory.log_apriori(0.5, 1.5, 0.5, 2, 1e-7))]]},
{name = "linnet.theory.proposition1", kind = "function", signature = "linnet.theory.proposition1(imbalance, sigma_r, s_m, s_r)", text = [[
sigma_r^2 (T(D+, s_m) + T(D-, s_r)) <= -d/dt log(L - L*), s_i the singular
values of U1 V', 0 beyond min(r, m); equal when sigma = 1, D+ = D- = 0 and U1
V' is diagonal in Yt's bases of equal values. With [s_i(Yt) - ||E||]+ /
sigma_1 for s_i it holds from now on. [M22], section 6.

  imbalance  table, as from `theory.imbalance`
  sigma_r    number, smallest singular value of X
  s_m        number
  s_r        number
  returns    number]],
usage = [[
local b = linnet.theory.imbalance(linnet.eye(2, 3), linnet.ones(1, 3))
print(linnet.theory.proposition1(b, 1, 0.5, 0))]]},
{name = "linnet.theory.rates", kind = "function", signature = "linnet.theory.rates(opts)", text = [[
The rates at reduced weights, each a rate of -d/dt log(L - L*) per unit of
time, 0 where a bound says nothing. Section 6.

Exact: `instantaneous`; `late`, 2 lam_min(K), what it tends to once the
weights no longer move. From below: `imbalance`, 2 sigma_r^2 c, for all later
times (Theorem 1 of [M21]); `proposition1`, now; `margin`, from now on
(Theorem 3); `corollary6`, of the limit as E -> 0: proposition1 with
s_i(Yt)/sigma_1 for s_i (all [M22]). From above: `upper`, now [X23];
`envelope`, from now on: `upper` with s_1 <= (||Yt||_2 + ||E||)/sigma_r, as
||E|| only falls ([D] from [X23]).

  opts       table, see `help("theory.rates")`
  returns    table, instantaneous, imbalance, proposition1, margin,
             corollary6, upper, envelope, late

Options
  U1      a matrix, required: r x h', Phi1'U or its factor
  V       a matrix, required: m x h'
  target  a matrix, required: r x m, Yt = W'Y
  sigma   a matrix or a list of numbers, default ones: r singular values of X
          > 0, in the order of the rows of U1 and target]],
usage = [[
local rates = linnet.theory.rates{
  U1 = linnet.eye(3, 4), V = linnet.ones(1, 4), target = linnet.ones(3, 1), sigma = {2, 1, 0.5},
}
print(rates.proposition1, rates.instantaneous, rates.upper)]]},
{name = "linnet.theory.safe_step", kind = "function", signature = "linnet.theory.safe_step(opts)", text = [[
A step size eta of gradient descent on the summed loss (for the mean: n/2 of
it) with which descent provably converges from these weights: L_k - L* <=
`contraction`^k (L_0 - L*) for every smaller step too, contraction = (1 - eta
sigma_r^2 c/4)^2. Needs c > 0, else both say nothing (0 and 1). With B =
(||Yt||_2 + ||E||)/sigma_r, M+- = (l+- + (l+-^2 + 4 B^2)^(1/2))/2, l+- =
[lam_1(+-Lambda)]+ + c/4, and E at the start, eta is the least of 1/(sigma_1^2
(M+ + M-)), sigma_r^2 c/(4 sigma_1^3 B ||E||) and sigma_r^2 c^2/(16 sigma_1^2
||E||^2 max(M+, M-)). [D], after [X23], whose own constants this is not; the
proof is in mathematics.md, section 6.

  opts       table, see `help("theory.safe_step")`
  returns    table, `eta`, `contraction`, `c`

Options
  U1      a matrix, required: r x h', Phi1'U or its factor
  V       a matrix, required: m x h'
  target  a matrix, required: r x m, Yt = W'Y
  sigma   a matrix or a list of numbers, default ones: r singular values of X
          > 0]],
usage = [[
local X, Y = linnet.data.gaussian{n = 5, D = 8, seed = 1}
local p = linnet.problem(X, Y)
local s = p:init("gaussian", {h = 1e4, seed = 1})
local step = s:safe_step()
local run = p:descend(s, {eta = step.eta, steps = 100})
assert(run.final:excess() <= step.contraction ^ 100 * s:excess())]]},
{name = "linnet.theory.target_values", kind = "function", signature = "linnet.theory.target_values(p)", text = [[
The m singular values of the minimum-norm solution, zeros included, and D -
rank: what the wide law takes of a problem.

  p          problem
  returns    matrix, m x 1, decreasing
  returns    integer, D - rank]],
usage = [[
local X, Y = linnet.data.gaussian{n = 5, D = 8, m = 2, seed = 1}
print(linnet.theory.target_values(linnet.problem(X, Y)))]]},
{name = "linnet.theory.term", kind = "function", signature = "linnet.theory.term(d, c, s)", text = [[
T(d, s) = -d + sqrt((d + c)^2 + 4 s^2) of Proposition 1, without cancellation.
[M22], section 6.

  d          number, spread D+ or D-, >= 0
  c          number, imbalance, >= 0
  s          number, singular value, >= 0
  returns    number]],
usage = [[
assert(linnet.theory.term(0, 0, 2.5) == 5)]]},
{name = "linnet.theory.theorem1", kind = "function", signature = "linnet.theory.theorem1(sigma_r, c)", text = [[
2 sigma_r^2 c: L(t) - L* <= exp(-2 sigma_r^2 c t) (L(0) - L*). Theorem 1 of
[M21], section 6.

  sigma_r    number, smallest singular value of X
  c          number, imbalance
  returns    number]],
usage = [[
assert(linnet.theory.theorem1(0.5, 3) == 1.5)]]},
{name = "linnet.theory.theorem2", kind = "function", signature = "linnet.theory.theorem2(opts)", text = [[
Theorem 2 of [M21]: for h above `threshold` = h0^(1/(4 alpha - 1)), with
probability >= 1 - delta, ||Theta(inf) - Theta_hat||_2 <= `bound` = 2
C^(1/h^(1 - 2 alpha)) sqrt(m + r) q / h^(2 alpha - 1/2), q = sqrt(m + D) +
sqrt(2 log(2/delta)), C = `constant` = exp(1 + sigma_1 ||Y|| / sigma_r^2).
With ||Yt|| for ||Y|| the same proof holds and the bound is less: what the
data cannot reach never enters ([D]). Below the threshold `applies` is false
and the bound a number without a meaning. Section 7.

  opts       table, see `help("theory.theorem2")`
  returns    table, bound, q, constant, h0, threshold, applies, and log_bound,
             log_constant, log_threshold for what overflows

Options
  D          an integer >= 1, required: inputs
  m          an integer >= 1, required: outputs
  rank       an integer >= 1, required: of X
  h          a number >= 1, required: hidden width
  alpha      a number >= 0, default 0.5: the theorem needs 1/4 < alpha <= 1/2
  delta      a number in (0, 1), default 0.05: the statements hold with
             probability >= 1 - delta
  sigma_1    a number > 0, required: largest singular value of X
  sigma_r    a number > 0, required: smallest nonzero singular value of X
  norm_Y     a number >= 0, required: ||Y||_F; ||Yt||_F serves as well and is
             less
  constants  one of safe, printed, default 'safe': of q: printed is too small
             unless delta <= 2 exp(-8)
  h0         one of corrected, printed, default 'corrected': of the width
             threshold: printed has a slip in an exponent]],
usage = [[
local b = linnet.theory.theorem2{
  D = 400, m = 1, rank = 100, h = 1e4, sigma_1 = 1.5, sigma_r = 0.5, norm_Y = 0.5,
}
print(b.bound, b.threshold, b.applies)]]},
{name = "linnet.theory.tight_weights", kind = "function", signature = "linnet.theory.tight_weights(opts)", text = [[
Weights U1, V (r + m columns) with the eigenvalues `plus` and -`minus` of
U1'U1 - V'V and a given product U1 V', at which the least eigenvalue of U1
U1', and that of V V' too wherever the last two singular values of the product
are equal, r is not m, or r = m = 1, is its bound of `gram_bounds`:
Proposition 1 is then an equality for sigma = 1, and the bound cannot be
improved from Lambda and U1 V' alone, which [M22] treats as Proposition 14.
With target = product + x `direction`, any x, `instantaneous` is
`proposition1`. The construction is [D]; section 6.

  opts       table, see `help("theory.tight_weights")`
  returns    table, `U1`, `V`, `direction` (r x m), `attained` (both bounds),
             `bound` (the sum of both)

Options
  plus     a matrix or a list of numbers, required: r values >= 0: the
           eigenvalues of Lambda that are not negative
  minus    a matrix or a list of numbers, required: m values >= 0: the
           eigenvalues of -Lambda that are not negative
  product  a matrix, required: r x m, U1 V']],
usage = [[
local w = linnet.theory.tight_weights{
  plus = {2, 1}, minus = {0.5}, product = linnet.matrix{0.7, 0.2},
}
local rates = linnet.theory.rates{
  U1 = w.U1, V = w.V, target = w.U1 * w.V:t() + 0.1 * w.direction,
}
assert(math.abs(rates.instantaneous / rates.proposition1 - 1) < 1e-12 and w.attained)]]},
{name = "linnet.theory.upper", kind = "function", signature = "linnet.theory.upper(imbalance, sigma_1, s_1)", text = [[
Upper bound of -d/dt log(L - L*): 2 sigma_1^2 times the sum of (l + sqrt(l^2 +
4 s_1^2))/2 over l+ = [lam_1(Lambda)]+, l- = [lam_1(-Lambda)]+. [X23], section
6.

  imbalance  table, as from `theory.imbalance`
  sigma_1    number, largest singular value of X
  s_1        number, largest singular value of U1 V'
  returns    number]],
usage = [[
local b = linnet.theory.imbalance(linnet.eye(2, 3), linnet.ones(1, 3))
print(linnet.theory.upper(b, 1, 0.5))]]},
{name = "linnet.theory.wide_exponent", kind = "function", signature = "linnet.theory.wide_exponent(alpha)", text = [[
The exponent of the wide law in h as h -> inf: 1/2 - 2 alpha below 1/2, -1/2
at 1/2, -alpha above; no decay for alpha <= 1/4. [D], section 7.

  alpha      number
  returns    number]],
usage = [[
assert(linnet.theory.wide_exponent(0.5) == -0.5)]]},
{name = "linnet.theory.wide_law", kind = "function", signature = "linnet.theory.wide_law(opts)", text = [[
Mean of the final squared distance for wide networks, any data: (D - r) s_u^2
tr((c2^2/4 I + Theta_hat'Theta_hat)^(1/2) - d2/2 I), c2 = h (s_u^2 + s_v^2),
d2 = h (s_u^2 - s_v^2); exact as h -> inf, independent of the singular values
of X. [D], section 7.

  opts       table, see `help("theory.wide_law")`
  returns    number, mean of ||Theta(inf) - Theta_hat||_F^2

Options
  h                a number >= 1, required: hidden width
  alpha            a number >= 0, default 0.5 unless stds are given: entries
                   of variance h^(-2 alpha)
  std_u            a number >= 0: of U's entries (with std_v)
  std_v            a number >= 0: of V's entries (with std_u)
  problem          any value: for singular_values and dof
  singular_values  a matrix or a list of numbers: m of Theta_hat, zeros
                   included
  dof              a number >= 0: D - rank]],
usage = [[
print(linnet.theory.wide_law{h = 1e6, singular_values = {1.1}, dof = 300} ^ 0.5)]]},
{name = "linnet.theory.wide_slope", kind = "function", signature = "linnet.theory.wide_slope(widths, alpha, target)", text = [[
Least-squares slope of log distance against log h of the wide law on these
widths, s_u = s_v = h^-alpha: what a measured slope is to be compared with.
[D], section 7.

  widths     matrix|table, at least two different ones
  alpha      number
  target     matrix|table|problem, a problem, or the m singular values of
             Theta_hat
  returns    number]],
usage = [[
print(linnet.theory.wide_slope({1e4, 1e6, 1e8}, 0.45, {20}))]]},
{name = "linnet.threads", kind = "function", signature = "linnet.threads([n])", text = [[
Threads that products and factorizations of large matrices may use. Above four
million multiplications (about 160 x 160) a matrix operator uses so many BLAS
threads; everything else uses one, and so does what an ensemble's or a sweep's
functions call. The last bits of such results may change with the number.

  n          int, from 1 to 1024; absent: nothing changes
  returns    int, the number now in force]],
usage = [[
linnet.threads(2); print(linnet.threads()); linnet.threads(1)]]},
{name = "linnet.zeros", kind = "function", signature = "linnet.zeros(rows, [cols])", text = [[
Zeros; one argument makes a column.

  rows       int
  cols       int, default 1
  returns    Matrix]],
usage = [[
print(linnet.zeros(2, 3))]]},
{name = "map", kind = "type", signature = "map", text = [[
The change that `linnet.data.standardize` made, for other data of as many
columns: `map(X2)` does it, `map:invert(X)` undoes it.]],
fields = {
{"mean", "of each column, 1 x columns; nil when they were not centred"},
{"std", "standard deviation of each column, 1 x columns; nil when they were not scaled"},
{"columns", "how many"}}},
{name = "matrix", kind = "type", signature = "matrix", text = [[
A matrix of doubles, indices from 1; a vector is a column. `m(i, j)` or
`m[i][j]` read an entry, `m[i]` is a view of a row, `#m` the number of rows.
`+ - * /`, unary `-` and `^` are those of algebra (`*` is the matrix product).
Methods return new matrices, but for those whose name ends in `_`, and `set`.]]},
{name = "matrix:add_", kind = "function", signature = "matrix:add_(b, [x])", text = [[
m <- m + x b, in place; b may be a view of m, or a row or column that repeats
over m.

  b          Matrix|number
  x          number, default 1
  returns    Matrix, m itself]],
usage = [[
local m = linnet.eye(2); m:add_(m):add_(1, 3); assert(m(1, 1) == 5 and m(1, 2) == 3)]]},
{name = "matrix:allclose", kind = "function", signature = "matrix:allclose(b, [rtol], [atol])", text = [[
Is every |m - b| <= atol + rtol |b|? Equal infinities are close, nan is close
to nothing.

  b          Matrix, the shape of m
  rtol       number, default 1e-8
  atol       number, default 0
  returns    bool
  raises     shapes that differ]],
usage = [[
assert((linnet.eye(2) * (1 + 1e-12)):allclose(linnet.eye(2)))]]},
{name = "matrix:argmax", kind = "function", signature = "matrix:argmax([dim])", text = [[
Where the largest entry stands, the first if there are several, the first nan
if there is one.

  dim        string, "rows": over the rows, 1 x columns; "cols": over the
             columns, rows x 1
  returns    int|Matrix, row, or the indices along `dim`
  returns    int, column, without `dim`
  raises     no entries to choose from]],
usage = [[
assert(linnet.matrix{{3, 1}, {2, 4}}:argmax("cols") == linnet.matrix{1, 2})]]},
{name = "matrix:argmin", kind = "function", signature = "matrix:argmin([dim])", text = [[
Where the smallest entry stands, the first if there are several, the first nan
if there is one.

  dim        string, "rows": over the rows, 1 x columns; "cols": over the
             columns, rows x 1
  returns    int|Matrix, row, or the indices along `dim`
  returns    int, column, without `dim`
  raises     no entries to choose from]],
usage = [[
local i, j = linnet.matrix{{3, 1}, {2, 4}}:argmin(); assert(i == 1 and j == 2)]]},
{name = "matrix:chol", kind = "function", signature = "matrix:chol()", text = [[
Cholesky factor: m = L L^T for a symmetric positive definite m.

  returns    Matrix, L, n x n, lower triangular with a positive diagonal
  raises     not square, not symmetric (within 1e-8 of the largest entry), not
             positive definite]],
usage = [[
assert(linnet.matrix{{4, 2}, {2, 5}}:chol() == linnet.matrix{{2, 0}, {1, 2}})]]},
{name = "matrix:col", kind = "function", signature = "matrix:col(j)", text = [[
View of one column, rows x 1; what is written to it is written to m.

  j          int, 1..columns
  returns    Matrix]],
usage = [[
local m = linnet.eye(3); m:col(2):scale_(5); assert(m(2, 2) == 5)]]},
{name = "matrix:cols", kind = "function", signature = "matrix:cols()", text = [[
Number of columns.

  returns    int]],
usage = [[
assert(linnet.zeros(2, 3):cols() == 3)]]},
{name = "matrix:cond", kind = "function", signature = "matrix:cond()", text = [[
Condition number s_1/s_q in the 2-norm; inf if s_q = 0, and 0 for an empty
matrix.

  returns    number]],
usage = [[
assert(math.abs(linnet.diag{1, 1e-3}:cond() - 1000) < 1e-9)]]},
{name = "matrix:copy", kind = "function", signature = "matrix:copy()", text = [[
A copy that shares nothing with m: detaches a view.

  returns    Matrix]],
usage = [[
local m = linnet.eye(2); local c = m:row(1):copy(); c:scale_(9); assert(m(1, 1) == 1)]]},
{name = "matrix:copy_", kind = "function", signature = "matrix:copy_(b)", text = [[
m <- b, in place; b may be a view of m.

  b          Matrix|number, the shape of m, or a number for every entry
  returns    Matrix, m itself]],
usage = [[
local m = linnet.zeros(2, 2); m:col(1):copy_(7); assert(m(2, 1) == 7 and m(2, 2) == 0)]]},
{name = "matrix:cumsum", kind = "function", signature = "matrix:cumsum([dim])", text = [[
Running sums along one direction.

  dim        string, "rows": down each column; "cols": along each row; a
             vector needs none
  returns    Matrix, the shape of m]],
usage = [[
assert(linnet.matrix{1, 2, 3}:cumsum() == linnet.matrix{1, 3, 6})]]},
{name = "matrix:det", kind = "function", signature = "matrix:det()", text = [[
Determinant of a square matrix, by LU; `logdet` where it exceeds the range of
doubles.

  returns    number, 1 for 0 x 0
  raises     a matrix that is not square]],
usage = [[
assert(linnet.diag{2, 3}:det() == 6)]]},
{name = "matrix:ediv", kind = "function", signature = "matrix:ediv(b)", text = [[
Elementwise quotient; x/0 is inf or nan as IEEE 754 has it.

  b          Matrix, the shape of m
  returns    Matrix]],
usage = [[
assert(linnet.matrix{8, 15}:ediv(linnet.matrix{4, 5}) == linnet.matrix{2, 3})]]},
{name = "matrix:eig", kind = "function", signature = "matrix:eig()", text = [[
Eigenvalues of any square matrix.

  returns    Matrix, n x 2: real and imaginary parts, sorted by real part,
             then imaginary
  raises     a matrix that is not square]],
usage = [[
print(linnet.matrix{{0, 1}, {-1, 0}}:eig())]]},
{name = "matrix:eigh", kind = "function", signature = "matrix:eigh()", text = [[
Eigenvalues and orthonormal eigenvectors of a symmetric matrix.

  returns    Matrix, values, n x 1, ascending
  returns    Matrix, vectors, n x n, in columns
  raises     not square, or not symmetric (within 1e-8 of the largest entry;
             the lower triangle is used)]],
usage = [[
local values, vectors = linnet.matrix{{2, 1}, {1, 2}}:eigh(); print(values)]]},
{name = "matrix:emul", kind = "function", signature = "matrix:emul(b)", text = [[
Elementwise product.

  b          Matrix, the shape of m
  returns    Matrix]],
usage = [[
assert(linnet.matrix{2, 3}:emul(linnet.matrix{4, 5}) == linnet.matrix{8, 15})]]},
{name = "matrix:expm", kind = "function", signature = "matrix:expm()", text = [[
Matrix exponential, by scaling and squaring; error about 1e-16 times the
problem's condition.

  returns    Matrix, n x n
  raises     not square; the result exceeds the range of doubles]],
usage = [[
assert(linnet.zeros(2, 2):expm() == linnet.eye(2))]]},
{name = "matrix:get", kind = "function", signature = "matrix:get(i, [j])", text = [[
One element; also `m(i, j)` and `m[i][j]`, and `v(i)` for a row or column
vector.

  i          int, row, 1..rows
  j          int, column, 1..columns; absent only for a vector
  returns    number
  raises     an index that is no integer or outside]],
usage = [[
local m = linnet.matrix{{1, 2}, {3, 4}}; assert(m:get(2, 1) == 3 and m(2, 1) == 3)]]},
{name = "matrix:hcat", kind = "function", signature = "matrix:hcat(b)", text = [[
m and b side by side.

  b          Matrix, as many rows as m
  returns    Matrix, rows x (columns of both)]],
usage = [[
assert(linnet.eye(2):hcat(linnet.ones(2)):cols() == 3)]]},
{name = "matrix:inv", kind = "function", signature = "matrix:inv()", text = [[
Inverse of a square matrix; `m:solve(b)` is faster and closer than `m:inv() *
b`.

  returns    Matrix, n x n
  raises     not square; singular to working precision, with `rcond` as in
             `solve`]],
usage = [[
assert(linnet.matrix{{2, 0}, {0, 4}}:inv() == linnet.diag{0.5, 0.25})]]},
{name = "matrix:kron", kind = "function", signature = "matrix:kron(b)", text = [[
The Kronecker product: block (i, j) is m(i, j) b.

  b          Matrix
  returns    Matrix, (rows * b:rows()) x (columns * b:cols())]],
usage = [[
assert(linnet.eye(2):kron(linnet.ones(1, 2)):cols() == 4)]]},
{name = "matrix:logdet", kind = "function", signature = "matrix:logdet()", text = [[
Logarithm of the absolute determinant, and its sign.

  returns    number, log |det m|, -inf if singular
  returns    number, sign: 1, -1, or 0 if singular
  raises     a matrix that is not square]],
usage = [[
local log, sign = (linnet.eye(400) * 1e-3):logdet(); assert(sign == 1)]]},
{name = "matrix:lstsq", kind = "function", signature = "matrix:lstsq(b, [rtol])", text = [[
Least squares: the x of smallest norm among those that minimize ||m x - b||_F.
Any shape and rank.

  b          Matrix, rows x k
  rtol       number, singular values below rtol * s_1 count as 0; default
             max(rows, columns) eps
  returns    Matrix, x, columns x k
  returns    int, rank]],
usage = [[
local x, rank = linnet.matrix{{1, 1}, {1, 2}, {1, 3}}:lstsq(linnet.matrix{1, 2, 3})]]},
{name = "matrix:lu", kind = "function", signature = "matrix:lu()", text = [[
LU factorization with partial pivoting, P m = L U (so m = P^T L U); q =
min(rows, columns).

  returns    Matrix, L, rows x q, lower triangular with ones on the diagonal
  returns    Matrix, U, q x columns, upper triangular
  returns    Matrix, P, rows x rows, a permutation]],
usage = [[
local m = linnet.matrix{{1, 2}, {3, 4}}; local L, U, P = m:lu(); assert((P * m):allclose(L *
U))]]},
{name = "matrix:map", kind = "function", signature = "matrix:map(f)", text = [[
A new matrix of f(x) for every entry, row by row.

  f          function, called as f(x, i, j); returns a number
  returns    Matrix
  raises     when f returns something else, named with its place]],
usage = [[
assert(linnet.matrix{1, 4, 9}:map(math.sqrt) == linnet.matrix{1, 2, 3})]]},
{name = "matrix:max", kind = "function", signature = "matrix:max([dim])", text = [[
Largest entry, of all or along one direction; nan if there is one.

  dim        string, "rows": over the rows, 1 x columns; "cols": over the
             columns, rows x 1
  returns    number|Matrix
  raises     no entries to choose from]],
usage = [[
assert(linnet.matrix{{1, 5}, {7, 2}}:max("rows") == linnet.matrix{{7, 5}})]]},
{name = "matrix:mean", kind = "function", signature = "matrix:mean([dim])", text = [[
Mean of all entries, or along one direction.

  dim        string, "rows": over the rows, 1 x columns; "cols": over the
             columns, rows x 1
  returns    number|Matrix, nan where there is nothing to average]],
usage = [[
assert(linnet.matrix{{1, 2}, {3, 4}}:mean("cols") == linnet.matrix{1.5, 3.5})]]},
{name = "matrix:min", kind = "function", signature = "matrix:min([dim])", text = [[
Smallest entry, of all or along one direction; nan if there is one.

  dim        string, "rows": over the rows, 1 x columns; "cols": over the
             columns, rows x 1
  returns    number|Matrix
  raises     no entries to choose from]],
usage = [[
assert(linnet.matrix{3, 1, 2}:min() == 1)]]},
{name = "matrix:norm", kind = "function", signature = "matrix:norm([kind])", text = [[
Norm of a matrix.

  kind       string|int, "fro": root of the sum of squares; 1: largest column
             sum of |m|; "inf": largest row sum; 2: largest singular value;
             "nuc": sum of the singular values, default "fro"
  returns    number, 0 for an empty matrix; nan with a nan inside ("fro", 1,
             "inf")
  raises     nan or inf among the entries (2, "nuc")]],
usage = [[
assert(linnet.matrix{3, 4}:norm() == 5 and linnet.matrix{3, 4}:norm(1) == 7)]]},
{name = "matrix:pinv", kind = "function", signature = "matrix:pinv([rtol])", text = [[
Moore-Penrose pseudoinverse, by SVD. Any shape and rank.

  rtol       number, singular values up to rtol * s_1 count as 0; default
             max(rows, columns) eps
  returns    Matrix, columns x rows]],
usage = [[
assert(linnet.matrix{{2, 0}, {0, 0}}:pinv():allclose(linnet.diag{0.5, 0}, 1e-14, 1e-16))]]},
{name = "matrix:qr", kind = "function", signature = "matrix:qr()", text = [[
QR factorization m = Q R, thin: q = min(rows, columns); unique because R's
diagonal is >= 0.

  returns    Matrix, Q, rows x q, orthonormal columns
  returns    Matrix, R, q x columns, upper triangular]],
usage = [[
local Q, R = linnet.matrix{{1, 2}, {3, 4}, {5, 6}}:qr(); assert(R(1, 1) > 0)]]},
{name = "matrix:rank", kind = "function", signature = "matrix:rank([rtol])", text = [[
Numerical rank: how many singular values exceed rtol * s_1.

  rtol       number, default max(rows, columns) eps
  returns    int]],
usage = [[
assert(linnet.ones(3, 3):rank() == 1)]]},
{name = "matrix:reshape", kind = "function", signature = "matrix:reshape(rows, cols)", text = [[
The same entries in another shape, counted column by column (as Octave and
Julia do).

  rows       int
  cols       int, rows * cols must be the number of entries
  returns    Matrix, a new matrix]],
usage = [[
assert(linnet.matrix{1, 2, 3, 4}:reshape(2, 2) == linnet.matrix{{1, 3}, {2, 4}})]]},
{name = "matrix:row", kind = "function", signature = "matrix:row(i)", text = [[
View of one row, 1 x columns; what is written to it is written to m.

  i          int, 1..rows
  returns    Matrix]],
usage = [[
local m = linnet.zeros(2, 2); m:row(1):copy_(linnet.ones(1, 2)); assert(m(1, 2) == 1)]]},
{name = "matrix:rows", kind = "function", signature = "matrix:rows()", text = [[
Number of rows.

  returns    int]],
usage = [[
assert(linnet.zeros(2, 3):rows() == 2)]]},
{name = "matrix:scale_", kind = "function", signature = "matrix:scale_(x)", text = [[
m <- x m, in place.

  x          number
  returns    Matrix, m itself]],
usage = [[
assert(linnet.ones(2):scale_(3) == linnet.matrix{3, 3})]]},
{name = "matrix:set", kind = "function", signature = "matrix:set(i, j, x)", text = [[
Sets one element, in place; also `m[i][j] = x`.

  i          int, row, 1..rows
  j          int, column, 1..columns; absent only for a vector: `v:set(i, x)`
  x          number
  returns    Matrix, m itself
  raises     an index that is no integer or outside, a value that is no number]],
usage = [[
local m = linnet.zeros(2, 2); m:set(2, 1, 7); assert(m[2][1] == 7)]]},
{name = "matrix:shape", kind = "function", signature = "matrix:shape()", text = [[
Rows and columns.

  returns    int, rows
  returns    int, columns]],
usage = [[
local r, c = linnet.zeros(2, 3):shape()]]},
{name = "matrix:solve", kind = "function", signature = "matrix:solve(b)", text = [[
Solves m x = b for a square m, by LU.

  b          Matrix, n x k
  returns    Matrix, x, n x k
  raises     not square; singular to working precision (1-norm reciprocal
             condition number `rcond` below 2.2e-16, which the message names)]],
usage = [[
assert(linnet.matrix{{2, 0}, {0, 4}}:solve(linnet.matrix{2, 2}) == linnet.matrix{1, 0.5})]]},
{name = "matrix:sort", kind = "function", signature = "matrix:sort([dim])", text = [[
Entries in ascending order along one direction, nan last; equal ones keep
their order.

  dim        string, "rows": within each column; "cols": within each row; a
             vector needs none
  returns    Matrix, the shape of m
  returns    Matrix, where each entry stood, indices from 1]],
usage = [[
local v, at = linnet.matrix{3, 1, 2}:sort(); assert(v(1) == 1 and at(1) == 2)]]},
{name = "matrix:std", kind = "function", signature = "matrix:std([dim])", text = [[
Sample standard deviation (divisor count - 1), of all entries or along one
direction.

  dim        string, "rows": over the rows, 1 x columns; "cols": over the
             columns, rows x 1
  returns    number|Matrix, nan for fewer than two entries]],
usage = [[
print(linnet.matrix{1, 2, 3, 4}:std())]]},
{name = "matrix:sub", kind = "function", signature = "matrix:sub(i1, i2, [j1], [j2])", text = [[
View of rows i1..i2 and columns j1..j2; writes go to m. `i2 = i1 - 1` gives no
rows.

  i1         int, 1..rows + 1
  i2         int, i1 - 1..rows
  j1         int, 1..columns + 1, default 1
  j2         int, j1 - 1..columns, default columns
  returns    Matrix, (i2 - i1 + 1) x (j2 - j1 + 1)]],
usage = [[
local m = linnet.eye(4); m:sub(1, 2, 3, 4):copy_(linnet.ones(2, 2)); assert(m(1, 4) == 1)]]},
{name = "matrix:sum", kind = "function", signature = "matrix:sum([dim])", text = [[
Sum of all entries, or along one direction.

  dim        string, "rows": over the rows, 1 x columns; "cols": over the
             columns, rows x 1
  returns    number|Matrix, 0 where there is nothing to add]],
usage = [[
assert(linnet.matrix{{1, 2}, {3, 4}}:sum("rows") == linnet.matrix{{4, 6}})]]},
{name = "matrix:svd", kind = "function", signature = "matrix:svd()", text = [[
Singular value decomposition m = U diag(s) V^T, thin: q = min(rows, columns).

  returns    Matrix, U, rows x q, orthonormal columns
  returns    Matrix, s, q x 1, decreasing
  returns    Matrix, V, columns x q, orthonormal columns (not transposed)
  raises     nan or inf among the entries]],
usage = [[
local U, s, V = linnet.matrix{{3, 0}, {0, 4}}:svd(); assert(s(1) == 4)]]},
{name = "matrix:t", kind = "function", signature = "matrix:t()", text = [[
The transpose, a new matrix.

  returns    Matrix, columns x rows]],
usage = [[
assert(linnet.matrix{{1, 2}}:t() == linnet.matrix{1, 2})]]},
{name = "matrix:tostring", kind = "function", signature = "matrix:tostring([format])", text = [[
The matrix as text: with a format as Lua source, all entries; without, as
`tostring` shows it. The text is a Lua table of rows: `linnet.matrix` of it,
written into a script, is the same matrix, bit for bit with "%.17g" and "%a"
(nan is written 0/0, and of a matrix without rows only `{}` is left).
`tostring` chooses one format for what it shows, never shows a small number as
0, keeps to the width of the terminal (COLUMNS, if set), and shows only the
edges beyond 1000 entries.

  format     string, for one float: "%.17g", "%.3f", "%a" ...
  returns    string
  raises     a format that is not for one float]],
usage = [[
local m = linnet.matrix{{0.1, 2}}; assert(m:tostring("%.17g") == "{{0.10000000000000001,2}}")]]},
{name = "matrix:totable", kind = "function", signature = "matrix:totable()", text = [[
The entries as a table of rows, so that `linnet.matrix(m:totable()) == m`.

  returns    {{number,...},...}]],
usage = [[
assert(linnet.eye(2):totable()[2][2] == 1)]]},
{name = "matrix:trace", kind = "function", signature = "matrix:trace()", text = [[
Sum of the diagonal of a square matrix.

  returns    number
  raises     a matrix that is not square]],
usage = [[
assert(linnet.eye(3):trace() == 3)]]},
{name = "matrix:var", kind = "function", signature = "matrix:var([dim])", text = [[
Sample variance (divisor count - 1), of all entries or along one direction.

  dim        string, "rows": over the rows, 1 x columns; "cols": over the
             columns, rows x 1
  returns    number|Matrix, nan for fewer than two entries]],
usage = [[
assert(linnet.matrix{1, 2, 3}:var() == 1)]]},
{name = "matrix:vcat", kind = "function", signature = "matrix:vcat(b)", text = [[
m above b.

  b          Matrix, as many columns as m
  returns    Matrix, (rows of both) x columns]],
usage = [[
assert(linnet.eye(2):vcat(linnet.ones(1, 2)):rows() == 3)]]},
{name = "problem", kind = "type", signature = "problem", text = [[
Data reduced once to what training can see; made by `linnet.problem(X, Y)`,
never changed.]],
fields = {
{"n", "samples, the rows of X and Y"},
{"D", "inputs, the columns of X"},
{"m", "outputs, the columns of Y"},
{"rank", "numerical rank r of X"},
{"kappa", "(sigma_1/sigma_r)^2, the condition number of X'X on its range"},
{"optimal_loss", "L*, the loss that no linear map removes"}}},
{name = "problem:descend", kind = "function", signature = "problem:descend(s, opts)", text = [[
Descend from a state. The run has `k` (updates done) beside `t`, the time of
the flow that the same steps approximate: eta k for the summed loss, 2 eta k /
n for the mean; with momentum this over 1 - momentum, which holds once the
first 1/(1 - momentum) steps are over. A step that is too large ends with
reason `diverged`, and `stats.largest_stable_eta` says what would have been
stable.

  s          state, a state of this problem
  opts       table, see `help("descend")`
  returns    run

Options
  eta           a number > 0, required: step size
  steps         an integer >= 1, required: how many updates
  method        one of gd, heavy_ball, nesterov, sgd, default 'gd'
  momentum      a number in [0, 1), default 0.9: of heavy_ball and nesterov
  batch         an integer >= 1, default all n samples: of sgd: samples a
                step, drawn without replacement in each epoch
  seed          an integer >= 0, default 0: of sgd's order of samples
  loss          one of sum, mean, default 'sum': what eta multiplies: 1/2
                ||.||^2, or (1/n) ||.||^2, whose eta counts 2/n
  every         an integer >= 1, default so that at most 300 records are kept:
                record each so many steps
  until_excess  a number > 0: stop when L - L* has fallen to this
  record        a table, default {'rate', 'distance'}; loss and excess always:
                names among alignment distance excess imbalance_drift
                kernel_distance loss rate singular_values travel, or name =
                function(state)
  stop          a function: stop when stop(state) is true
  on_step       a function: on_step(state) after every step
  progress      true or false, default true on a terminal: a line on stderr
                while the run is long
  max_seconds   a number > 0, default inf: stop after so much wall-clock time]],
usage = [[
local X, Y = linnet.data.gaussian{n = 20, D = 50, seed = 1}
local p = linnet.problem(X, Y)
local run = p:descend(p:init("gaussian", {h = 1e12, seed = 2}), {eta = 0.01, steps = 500})
print(run)]]},
{name = "problem:flow", kind = "function", signature = "problem:flow(s, opts)", text = [[
Integrate gradient flow from a state. The clock of the state goes on: `t` is
the end time, not a duration. How the run ended is data: `run.stats.reason` is
one of time, converged, until_excess, stop, saddle, unreachable,
step_underflow, max_steps, max_seconds, diverged, non_finite, interrupted.
Ctrl-C and errors in callbacks raise `{message =, run =}` with the run so far.

  s          state, a state of this problem
  opts       table, see `help("flow")`
  returns    run

Options
  t             a number > 0, required: end time; math.huge runs to
                convergence
  tol           a number in (0, 1], default 1e-06: error of a step relative to
                the largest entry of U1 and of V
  method        one of auto, expo2, expo4, dopri5, dop853, rodas4, default
                'auto': expo: exponential, imbalance exact; dopri5, dop853:
                explicit; rodas4: implicit
  until_excess  a number > 0: stop when L - L* has fallen to this
  save_at       a table or a matrix, default every accepted step: times to
                record at: a list, a column, {log = {t0, t1, count}} or
                {linear = ...}
  record        a table, default {'rate', 'distance'}; loss and excess always:
                names among alignment distance excess imbalance_drift
                kernel_distance loss rate singular_values travel, or name =
                function(state)
  stop          a function: stop when stop(state) is true
  on_step       a function: on_step(state) after every step
  progress      true or false, default true on a terminal: a line on stderr
                while the run is long
  max_steps     an integer >= 1, default 1000000: accepted and rejected steps
                together
  max_seconds   a number > 0, default inf: stop after so much wall-clock time]],
usage = [[
local X, Y = linnet.data.gaussian{n = 20, D = 50, seed = 1}
local p = linnet.problem(X, Y)
local run = p:flow(p:init("gaussian", {h = 1e12, seed = 2}), {t = math.huge})
print(run)]]},
{name = "problem:init", kind = "function", signature = "problem:init(kind, [opts])", text = [[
A state of this problem: a kind with options, or `{U = U, V = V}`. Kinds:
gaussian, xavier, he, lecun, uniform, invariant, orthogonal, balanced,
homogeneous, imbalanced, spectral, zero_output; `help("init.gaussian")` lists
a kind's options.

  kind       a string, or a table with matrices U (D x h) and V (m x h)
  opts       table, of the kind
  returns    state]],
usage = [[
local X, Y = linnet.data.gaussian{n = 20, D = 50, seed = 1}
local p = linnet.problem(X, Y)
print(p:init("gaussian", {h = 1e12, alpha = 0.5, seed = 2}))
print(p:init{U = linnet.ones(50, 3), V = linnet.ones(1, 3)})]]},
{name = "problem:min_norm", kind = "function", signature = "problem:min_norm()", text = [[
The minimum-norm least-squares solution pinv(X) Y.

  returns    matrix, D x m]],
usage = [[
local X, Y = linnet.data.gaussian{n = 5, D = 8, seed = 1}
print(linnet.problem(X, Y):min_norm())]]},
{name = "problem:singular_values", kind = "function", signature = "problem:singular_values()", text = [[
Singular values of X, those that count.

  returns    matrix, rank x 1, decreasing]],
usage = [[
local p = linnet.problem(linnet.eye(3), linnet.ones(3, 1))
print(p:singular_values())]]},
{name = "random", kind = "type", signature = "random", text = [[
A generator of random numbers, made by `linnet.random(seed [, stream])`.
Methods advance it.]]},
{name = "random:chi2", kind = "function", signature = "random:chi2(dof, [rows], [cols])", text = [[
Chi-square with any number of degrees of freedom; one of 1e15 still spreads by
sqrt(2e15).

  dof        number, degrees of freedom, > 0 and finite, fractions too
  rows       int, absent: one number is returned
  cols       int, default 1
  returns    Matrix|number, filled column by column]],
usage = [[
local h = 1e15; print((linnet.random(1):chi2(h) - h) / math.sqrt(2 * h))]]},
{name = "random:integer", kind = "function", signature = "random:integer(a, b)", text = [[
An integer between a and b, both included, all equally likely.

  a          int
  b          int, at least a
  returns    int]],
usage = [[
local die = linnet.random(1):integer(1, 6); assert(die >= 1 and die <= 6)]]},
{name = "random:normal", kind = "function", signature = "random:normal([rows], [cols])", text = [[
Standard normal, by inversion: one word of the stream each, |x| up to 9.1.

  rows       int, absent: one number is returned
  cols       int, default 1
  returns    Matrix|number, filled column by column]],
usage = [[
local z = linnet.random(1):normal(100, 3); print(z:mean("rows"), z:std("rows"))]]},
{name = "random:orthogonal", kind = "function", signature = "random:orthogonal(rows, [cols])", text = [[
A Haar-distributed matrix: orthonormal columns, or rows if there are fewer of
them, with the same law after any rotation. The Q of a Gaussian matrix, R's
diagonal made positive.

  rows       int
  cols       int, default rows
  returns    Matrix]],
usage = [[
local q = linnet.random(1):orthogonal(5, 3)
assert((q:t() * q):allclose(linnet.eye(3), 0, 1e-14))]]},
{name = "random:restore", kind = "function", signature = "random:restore(state)", text = [[
Go back, or forth, to where a generator stood.

  state      string, what `state` gave
  returns    Random, the generator itself
  raises     anything that is not such a line]],
usage = [[
local g = linnet.random(7); local s = g:state()
local x = g:normal(); assert(g:restore(s):normal() == x)]]},
{name = "random:state", kind = "function", signature = "random:state()", text = [[
Where the generator stands, as a line of text that `restore` takes: also in
another process, and for any generator.

  returns    string, seed, stream and the count of words drawn]],
usage = [[
local g = linnet.random(7); g:normal(5); print(g:state())]]},
{name = "random:uniform", kind = "function", signature = "random:uniform([rows], [cols])", text = [[
Uniform on [0, 1): multiples of 2^-53, one word of the stream each.

  rows       int, absent: one number is returned
  cols       int, default 1
  returns    Matrix|number, filled column by column]],
usage = [[
local u = linnet.random(1):uniform(3, 2); assert(u:min() >= 0 and u:max() < 1)]]},
{name = "random:words", kind = "function", signature = "random:words(n)", text = [[
The next words of the stream as they are: those of NumPy's Philox, key [seed,
stream + 2**32].

  n          int, from 0 to 10000000
  returns    {int,...}, 64 bits each, two's complement: `("%016x"):format(w)`
             shows them]],
usage = [[
print(("%016x"):format(linnet.random(1):words(1)[1]))]]},
{name = "rates", kind = "type", signature = "rates", text = [[
What `run:rates` gives: columns by name, a row per time. `rates:plot([file])`
draws them, `rates:plot(file, "excess")` the excess under Theorem 1 and
`promised`.]],
fields = {
{"t", "the times"},
{"instantaneous", "exact rate"},
{"imbalance", "Theorem 1, a lower bound at all later times"},
{"proposition1", "lower bound at that time"},
{"margin", "lower bound from that time on"},
{"upper", "upper bound at that time"},
{"late", "what the rate tends to"},
{"excess", "L - L*"},
{"promised", "the least that the margin bounds so far allow for it"}}},
{name = "report", kind = "type", signature = "report", text = [[
A report that is being written: made by `linnet.report{title = ...}`; its
methods add to it and return it, `report:save(path)` writes it.]]},
{name = "report.table", kind = "options", signature = "report.table", text = [[
A table of a report.

Options
  columns  a table, required: the headings, a list of strings
  rows     a table, required: a list of lists of strings and numbers
  caption  a string: above the table
  ok       a table: true or false per row: shown as a mark in front of it]]},
{name = "report:code", kind = "function", signature = "report:code(text)", text = [[
Add lines to be shown as they stand, such as a command.

  text       string
  returns    report]],
usage = [[
linnet.report{title = "A"}:code("make demo")]]},
{name = "report:environment", kind = "function", signature = "report:environment([more])", text = [[
Add the environment: versions, BLAS, processor.

  more       table, further rows {what, value}
  returns    report]],
usage = [[
linnet.report{title = "A"}:environment{{"seconds", 2.5}}]]},
{name = "report:figure", kind = "function", signature = "report:figure(given, [caption])", text = [[
Add a figure of curves.

  given      table, as for `linnet.plot`, without `file`
  caption    string
  returns    report]],
usage = [[
linnet.report{title = "A"}:figure({{{1, 2, 3}, {1, 4, 9}}}, "Squares.")]]},
{name = "report:formula", kind = "function", signature = "report:formula(text)", text = [[
Add a line of mathematics.

  text       string
  returns    report]],
usage = [[
linnet.report{title = "A"}:formula("L(t) − L^* ≤ e^{−2 σ_r^2 c t} (L(0) − L^*)")]]},
{name = "report:heatmap", kind = "function", signature = "report:heatmap(given, [caption])", text = [[
Add a heat map.

  given      table, as for `linnet.heatmap`, without `file`
  caption    string
  returns    report

Options
  1       any value, required: the values: a matrix or a list of rows; nan
          stays blank
  title   a string: above the figure
  xlabel  a string: below the horizontal axis
  ylabel  a string: beside the vertical axis
  file    a string, default draw in the terminal: where to write: .svg, .png,
          .pdf or .tex (LaTeX, with a .pdf beside it)
  width   an integer in [20, 4000], default 720, or the window's: pixels, or
          columns in the terminal
  height  an integer in [8, 4000], default 440, or by the window: pixels, or
          lines in the terminal
  size    one of page, column, default page: of a file: 7.2 inches wide, or a
          column's 3.4 with text of 8 points
  font    a number in [2, 100], default by the size: size of the text in
          points
  key     one of below, right, top left, top right, bottom left, bottom right,
          none, default 'below': where the key stands
  x       any value, default 1, 2, ...: a value per column: a vector or a list
  y       any value, default 1, 2, ...: a value per row: a vector or a list
  log     true or false, default where positive values span two decades:
          logarithmic colours
  label   a string: what the colours measure]],
usage = [[
linnet.report{title = "A"}:heatmap({{{1, 2}, {3, 4}}}, "Four cells.")]]},
{name = "report:save", kind = "function", signature = "report:save(path)", text = [[
Write the report to a file; Markdown's figures go beside it.

  path       string, ending in .html, .md or .csv
  returns    string, the path]],
usage = [[
local path = os.tmpname() .. ".html"
linnet.report{title = "A"}:save(path)
os.remove(path)]]},
{name = "report:section", kind = "function", signature = "report:section(title)", text = [[
Begin a section.

  title      string
  returns    report]],
usage = [[
linnet.report{title = "A"}:section("First")]]},
{name = "report:table", kind = "function", signature = "report:table(given)", text = [[
Add a table. Numbers keep all digits in CSV and show six elsewhere.

  given      table, `columns`, `rows`, `caption`, `ok`: see
             `help("report.table")`
  returns    report]],
usage = [[
linnet.report{title = "A"}:table{columns = {"x", "x^2"}, rows = {{2, 4}, {3, 9}}}]]},
{name = "report:text", kind = "function", signature = "report:text(text)", text = [[
Add a paragraph.

  text       string, may hold `code` and $mathematics$
  returns    report]],
usage = [[
linnet.report{title = "A"}:text("The rate is at least $2 σ_r^2 c$.")]]},
{name = "report:write", kind = "function", signature = "report:write(format, [stem])", text = [[
The report as text.

  format     string, "html", "md" or "csv"
  stem       string, what Markdown calls its figures' files: stem-1.svg, ...,
             default "report"
  returns    string]],
usage = [[
assert(linnet.report{title = "A"}:write("html"):find("<!doctype html>", 1, true))]]},
{name = "result", kind = "type", signature = "result", text = [[
What a sweep found, in memory or read back by `linnet.sweep.merge`. Every
measure is a field, a matrix with a row per point and a column per seed, nan
where nothing is known.]],
fields = {
{"points", "a list of tables, the values of the axes by name"},
{"seeds", "the list of seeds"},
{"axes", "names of the axes"},
{"measures", "names of the measures"},
{"vectors", "names of the measures that are lists of numbers"},
{"failures", "jobs whose function raised: a list of {point, seed, error}"},
{"records", "one table per finished job: point, seed, measure, reason, steps, cost"},
{"reason", "how the jobs ended, `reason[point][seed]`"},
{"missing", "how many jobs have no record"},
{"header", "what the first line of its file says"}}},
{name = "result:fit_slope", kind = "function", signature = "result:fit_slope(x, y)", text = [[
The exponent b of measure ~ axis^b: one fit in logarithms per seed, their
mean, and its standard error from the spread of the seeds.

  x          string, an axis of positive numbers; the sweep's only one (see
             `where`)
  y          string, a measure
  returns    table, `slope`, `se`, `intercept`, `per_seed`, `count`,
             `excluded`]],
usage = [[
local sweep = linnet.sweep{over = {h = {1, 10, 100}}, seeds = 3,
  run = function(p, rng) return p.h ^ -0.5 * rng:uniform(1, 1)(1, 1) end}
print(sweep:run():fit_slope("h", "value").slope)]]},
{name = "result:heatmap", kind = "function", signature = "result:heatmap(what, o)", text = [[
Draw the mean of a measure, over seeds and further axes, as a map over two
axes.

  what       string, a measure
  o          table, see `help("sweep.heatmap")`

Options
  1       any value, required: the values: a matrix or a list of rows; nan
          stays blank
  title   a string: above the figure
  xlabel  a string: below the horizontal axis
  ylabel  a string: beside the vertical axis
  file    a string, default draw in the terminal: where to write: .svg, .png,
          .pdf or .tex (LaTeX, with a .pdf beside it)
  width   an integer in [20, 4000], default 720, or the window's: pixels, or
          columns in the terminal
  height  an integer in [8, 4000], default 440, or by the window: pixels, or
          lines in the terminal
  size    one of page, column, default page: of a file: 7.2 inches wide, or a
          column's 3.4 with text of 8 points
  font    a number in [2, 100], default by the size: size of the text in
          points
  key     one of below, right, top left, top right, bottom left, bottom right,
          none, default 'below': where the key stands
  x       any value, default 1, 2, ...: a value per column: a vector or a list
  y       any value, default 1, 2, ...: a value per row: a vector or a list
  log     true or false, default where positive values span two decades:
          logarithmic colours
  label   a string: what the colours measure]],
usage = [[
local sweep = linnet.sweep{over = {a = {1, 2, 3}, b = {1, 2}},
  run = function(p) return p.a * p.b end}
sweep:run():heatmap("value", {x = "a", y = "b"})]]},
{name = "result:plot", kind = "function", signature = "result:plot(what, o)", text = [[
Plot the mean of a measure over the seeds against an axis, one curve per value
of the others.

  what       string, a measure
  o          a file name, or options: see `help("sweep.plot")`
  returns    string, the text drawn in the terminal, or the file's name

Options
  title     a string: above the figure
  xlabel    a string: below the horizontal axis
  ylabel    a string: beside the vertical axis
  file      a string, default draw in the terminal: where to write: .svg,
            .png, .pdf or .tex (LaTeX, with a .pdf beside it)
  width     an integer in [20, 4000], default 720, or the window's: pixels, or
            columns in the terminal
  height    an integer in [8, 4000], default 440, or by the window: pixels, or
            lines in the terminal
  size      one of page, column, default page: of a file: 7.2 inches wide, or
            a column's 3.4 with text of 8 points
  font      a number in [2, 100], default by the size: size of the text in
            points
  key       one of below, right, top left, top right, bottom left, bottom
            right, none, default 'below': where the key stands
  log       one of x, y, xy: logarithmic axes
  xrange    a list of numbers: {low, high} of the horizontal axis
  yrange    a list of numbers: {low, high} of the vertical axis
  what      a string, default 'loss': the record of the runs that are drawn
  annotate  a table: texts at places of the axes: {{x, y, text}, ...}
  panels    a table: figures side by side instead of curves, each a table as
            for linnet.plot
  columns   an integer in [1, 8], default 2, or all of up to 3: of panels]],
usage = [[
local sweep = linnet.sweep{over = {h = {1, 10, 100}}, seeds = 3,
  run = function(p, rng) return p.h ^ -0.5 * (1 + rng:uniform(1, 1)(1, 1)) end}
sweep:run():plot("value", {log = "xy"})]]},
{name = "result:report", kind = "function", signature = "result:report(path)", text = [[
Write a report: one self-contained page (`.html`), or `.md`, or all records as
`.csv`.

  path       string
  returns    string, the path

Options
  title  a string, required: of the page
  lead   a string: a paragraph below the title]],
usage = [[
local result = linnet.sweep{over = {h = {1, 2}}, run = function(p) return p.h end}:run()
result:report(os.tmpname() .. ".md")]]},
{name = "result:save", kind = "function", signature = "result:save(path, [o])", text = [[
Write the result to a file that `linnet.sweep.load` and `merge` read.

  path       string
  o          table, `canonical = true`: see `help("sweep.save")`]],
usage = [[
local path = os.tmpname()
linnet.sweep{over = {a = {1, 2}}, run = function(p) return p.a end}:run():save(path)
assert(linnet.sweep.load(path).value(2, 1) == 2)]]},
{name = "result:summary", kind = "function", signature = "result:summary(by, [...])", text = [[
Statistics of every measure over the seeds, and over the axes that are not
named.

  by         an axis, a list of axes, or nothing for all
  ...        string, further axes
  returns    {table,...}, one row per point: `point`, and in `measures`, or
             under the measure's name in the row itself, `count missing mean
             sd se median min max q05 q25 q75 q95`; printing it gives a table]],
usage = [[
local sweep = linnet.sweep{over = {a = {1, 2}}, seeds = 4,
  run = function(p, rng) return p.a + rng:normal(1, 1)(1, 1) end}
print(sweep:run():summary("a"))]]},
{name = "result:where", kind = "function", signature = "result:where(fixed)", text = [[
The part of a result at given values of some axes.

  fixed      table, one value per axis name; these axes are gone from the part
  returns    result]],
usage = [[
local sweep = linnet.sweep{over = {a = {1, 2}, b = {3, 4}},
  run = function(p) return p.a * p.b end}
assert(sweep:run():where{a = 2}.value(1, 1) == 6)]]},
{name = "run", kind = "type", signature = "run", text = [[
What a flow or a descent did: records as columns, its states, and how it
ended. Every recorded name is a field too (`run.distance`, your own), a column
with a row per record.]],
fields = {
{"t", "times of the records, a column"},
{"k", "step numbers of the records (descent only)"},
{"loss", "L at those times; `excess` is L - L*"},
{"rate", "-d/dt log(L - L*) (recorded unless you say otherwise)"},
{"distance", "of the learned map from the minimum-norm solution (the same)"},
{"start", "the state it began from"},
{"final", "the state it ended in; `problem:flow(run.final, ...)` goes on"},
{"stats", "method, steps, rejected, evaluations, eigenproblems, seconds, imbalance_drift, and `reason`: time, converged, until_excess, stop, saddle, unreachable, step_underflow, max_steps, max_seconds, diverged, non_finite or interrupted"},
{"problem", "what was trained"},
{"options", "what it was asked for, defaults filled in"},
{"columns", "names of the records, in order"}}},
{name = "run:at", kind = "function", signature = "run:at(t)", text = [[
The state at any time between start and end, at the accuracy of the run's
method.

  t          number
  returns    state]],
usage = [[
local p = linnet.problem(linnet.eye(2), linnet.ones(2, 1))
local run = p:flow(p:init("gaussian", {h = 10, seed = 1}), {t = 1})
print(run:at(0.5))]]},
{name = "run:bounds", kind = "function", signature = "run:bounds([opts])", text = [[
Bounds beside the measured distance: those of `state:bounds` for the run's
start, and `ladder`, an ordered list of {name, value, log, needs}: the
measured ||U2 V'|| at the end, then upper bounds of it, each larger than the
one before: ||Zperp|| exp(int ||A||_2), ||Zperp|| exp(sigma_1 int ||E||_F),
||Zperp|| exp(sigma_1 ||E(0)||/(sigma_r^2 c)), and Theorem 2. The integrals
are measured on the run. [M21], section 7.

  opts       table, see `help("bounds")`
  returns    table, initial, apriori, log_apriori, theorem2, lemma1, ladder
             (prints as a table)

Options
  delta      a number in (0, 1), default 0.05: the statements hold with
             probability >= 1 - delta
  constants  one of safe, printed, default 'safe': of q: printed is too small
             unless delta <= 2 exp(-8)
  h0         one of corrected, printed, default 'corrected': of the width
             threshold: printed has a slip in an exponent]],
usage = [[
local X, Y = linnet.data.gaussian{n = 5, D = 8, seed = 1}
local p = linnet.problem(X, Y)
print(p:flow(p:init("gaussian", {h = 1e6, seed = 1}), {t = math.huge}):bounds().ladder)]]},
{name = "run:lazy_deviation", kind = "function", signature = "run:lazy_deviation()", text = [[
How far a run leaves the dynamics linearized at its start, E(t) = exp(-K(0) t)
E(0): the largest ||E - E_lazy||_F over the run's recorded times, relative to
||E(0)||_F; E is the error on the training outputs. 0 in the lazy limit.
mathematics.md, section 8.

  returns    number, the largest deviation
  returns    number, the time of it
  returns    matrix, the deviation at each recorded time]],
usage = [[
local X, Y = linnet.data.gaussian{n = 5, D = 8, seed = 1}
local p = linnet.problem(X, Y)
local run = p:flow(p:init("gaussian", {h = 1e9, alpha = 0.3, seed = 1}), {t = 1e-3})
assert(run:lazy_deviation() < 0.01)]]},
{name = "run:plot", kind = "function", signature = "run:plot(what, [file], [opts])", text = [[
Draw one of the records against time; `"loss"` and `"excess"` under the bounds
of Theorem 1 and of the margin. Without a file the picture goes to the
terminal.

  what       string, a record of this run
  file       string|table, a path ending in svg, png or pdf; or the options of
             `linnet.plot`
  opts       table, options of `linnet.plot`

Options
  title     a string: above the figure
  xlabel    a string: below the horizontal axis
  ylabel    a string: beside the vertical axis
  file      a string, default draw in the terminal: where to write: .svg,
            .png, .pdf or .tex (LaTeX, with a .pdf beside it)
  width     an integer in [20, 4000], default 720, or the window's: pixels, or
            columns in the terminal
  height    an integer in [8, 4000], default 440, or by the window: pixels, or
            lines in the terminal
  size      one of page, column, default page: of a file: 7.2 inches wide, or
            a column's 3.4 with text of 8 points
  font      a number in [2, 100], default by the size: size of the text in
            points
  key       one of below, right, top left, top right, bottom left, bottom
            right, none, default 'below': where the key stands
  log       one of x, y, xy: logarithmic axes
  xrange    a list of numbers: {low, high} of the horizontal axis
  yrange    a list of numbers: {low, high} of the vertical axis
  what      a string, default 'loss': the record of the runs that are drawn
  annotate  a table: texts at places of the axes: {{x, y, text}, ...}
  panels    a table: figures side by side instead of curves, each a table as
            for linnet.plot
  columns   an integer in [1, 8], default 2, or all of up to 3: of panels]],
usage = [[
local p = linnet.problem(linnet.eye(2), linnet.ones(2, 1))
p:flow(p:init("gaussian", {h = 10, seed = 1}), {t = 1}):plot("loss")]]},
{name = "run:rates", kind = "function", signature = "run:rates([times])", text = [[
Rates of -d/dt log(L - L*) along a run, each a column over `t`:
`instantaneous` (exact), the lower bounds `imbalance` (Theorem 1),
`proposition1`, `margin`, `corollary6`, the upper bounds `upper` and
`envelope`, and `late`, as `state:rates` gives them; `excess`, and `promised`,
the least of excess(t0) exp(-margin(t0) (t - t0)) over the earlier times t0:
the margin bound, restarted whenever that helps. [M21], [M22], [X23], section
6.

  times      table|matrix, finite times of the run; default: of its steps
  returns    table, columns by name; `:plot([file])` draws the rates,
             `:plot(file, "excess")` the excess under Theorem 1 and `promised`]],
usage = [[
local X, Y = linnet.data.gaussian{n = 5, D = 8, seed = 1}
local p = linnet.problem(X, Y)
local rates = p:flow(p:init("gaussian", {h = 20, seed = 1}), {t = 5}):rates{0, 1, 2, 5}
print(rates.proposition1, rates.instantaneous, rates.promised)]]},
{name = "run:save", kind = "function", signature = "run:save(path)", text = [[
Save columns and stats; `linnet.load` reads them back.

  path       string]],
usage = [[
local p = linnet.problem(linnet.eye(2), linnet.ones(2, 1))
local path = os.tmpname()
p:flow(p:init("gaussian", {h = 10, seed = 1}), {t = 1}):save(path)
print(linnet.load(path).stats.reason)
os.remove(path)]]},
{name = "run:table", kind = "function", signature = "run:table()", text = [[
The records as a list of rows, each a table by column name.

  returns    table]],
usage = [[
local p = linnet.problem(linnet.eye(2), linnet.ones(2, 1))
local rows = p:flow(p:init("gaussian", {h = 10, seed = 1}), {t = 1}):table()
print(#rows, rows[1].loss)]]},
{name = "run:verify", kind = "function", signature = "run:verify()", text = [[
Estimate the global error of the final state by a run at tol/100.

  returns    table, `error` (largest difference over the largest entry, worse
             of U1 and V), `tol`, `reference` (the sharper run)]],
usage = [[
local p = linnet.problem(linnet.eye(2), linnet.ones(2, 1))
local run = p:flow(p:init("gaussian", {h = 10, seed = 1}), {t = 1})
print(run:verify().error)]]},
{name = "state", kind = "type", signature = "state", text = [[
Weights at one time, whatever their width: made by `problem:init`, or a run's
`start` and `final`; never changed. `s:excess()` is L - L*, `s:distance()` how
far the learned map is from the minimum-norm solution.]],
fields = {
{"t", "its time; flows continue from there"},
{"h", "hidden width, a float where no integer holds it; math.huge in the wide limit"},
{"kind", "name of the start it came from (\"gaussian\", ...)"},
{"seed", "of that start"},
{"explicit", "whether U and V exist as matrices"},
{"sampled", "whether the rows of U that the data do not see are independent Gaussians (then `state:law` knows the distance's distribution)"},
{"std_u", "standard deviation of the entries of U at the start, where there is one"},
{"std_v", "the same of V"},
{"problem", "the problem it belongs to"}}},
{name = "state:U", kind = "function", signature = "state:U()", text = [[
First-layer weights of an explicit state. An implicit state raises and says
why.

  returns    matrix, D x h]],
usage = [[
local p = linnet.problem(linnet.eye(2), linnet.ones(2, 1))
print(p:init("gaussian", {h = 3, seed = 1, explicit = true}):U())]]},
{name = "state:V", kind = "function", signature = "state:V()", text = [[
Second-layer weights of an explicit state. An implicit state raises and says
why.

  returns    matrix, m x h]],
usage = [[
local p = linnet.problem(linnet.eye(2), linnet.ones(2, 1))
print(p:init("gaussian", {h = 3, seed = 1, explicit = true}):V())]]},
{name = "state:alignment", kind = "function", signature = "state:alignment()", text = [[
How far the learned map M = diag(sigma) U1 V' has the singular vectors u_i,
v_i of the reduced target Yt: the lesser of the cosines |u_i' M v_i| / ||M
v_i|| and |u_i' M v_i| / ||M' u_i||, from 0 to 1, and 1 where M is aligned.
Equal singular values of Yt are one group with one number, which no choice of
basis changes: |tr(P'M R)| / max(||M R||_*, ||P'M||_*), P and R the group's
vectors. It is 0 where that singular value of Yt, or all of M on the mode, is
round-off.

  returns    matrix, min(rank, m) x 1, in the order of Yt's singular values]],
usage = [[
local p = linnet.problem(linnet.eye(3), linnet.ones(3, 2))
print(p:init("gaussian", {h = 10, seed = 1}):alignment())]]},
{name = "state:bounds", kind = "function", signature = "state:bounds([opts])", text = [[
Bounds of ||U2 V'||, the distance at the end. `initial` = ||Zperp|| = ||Z
U2'||_F and `apriori` = ||Zperp|| exp(sigma_1 ||E||/(sigma_r^2 c)) are of this
state and hold from here on (natural logarithm in `log_apriori`; inf at c =
0). `theorem2` (see `linnet.theory.theorem2`; `reason` says why when `applies`
is false) and `lemma1` are of the trajectory's start and hold with probability
>= 1 - delta; each inequality of `lemma1` (`c`, `perpendicular`, `product`)
comes with `value`, `bound` and `holds`. [M21], section 7.

  opts       table, see `help("bounds")`
  returns    table, initial, apriori, log_apriori, theorem2, lemma1

Options
  delta      a number in (0, 1), default 0.05: the statements hold with
             probability >= 1 - delta
  constants  one of safe, printed, default 'safe': of q: printed is too small
             unless delta <= 2 exp(-8)
  h0         one of corrected, printed, default 'corrected': of the width
             threshold: printed has a slip in an exponent]],
usage = [[
local X, Y = linnet.data.gaussian{n = 5, D = 8, seed = 1}
local b = linnet.problem(X, Y):init("gaussian", {h = 1e4, seed = 1}):bounds()
print(b.initial, b.log_apriori, b.theorem2.reason or b.theorem2.bound)]]},
{name = "state:distance", kind = "function", signature = "state:distance([norm])", text = [[
Distance ||Theta - Theta_hat|| to the minimum-norm solution, from the reduced
parts.

  norm       `"fro"` or `2` (spectral), default "fro"
  returns    number]],
usage = [[
local X, Y = linnet.data.gaussian{n = 5, D = 8, seed = 1}
print(linnet.problem(X, Y):init("gaussian", {h = 1e6, seed = 1}):distance(2))]]},
{name = "state:excess", kind = "function", signature = "state:excess()", text = [[
Excess loss L - L* = 1/2 ||E||_F^2, without cancellation.

  returns    number]],
usage = [[
local p = linnet.problem(linnet.eye(2), linnet.ones(2, 1))
print(p:init("gaussian", {h = 10, seed = 1}):excess())]]},
{name = "state:excess_risk", kind = "function", signature = "state:excess_risk(Theta_true, [covariance])", text = [[
Excess risk: the mean of ||x'(Theta - Theta_true)||^2 over inputs x of mean 0
and a given covariance, tr((Theta - Theta_true)' Sigma (Theta - Theta_true)).

  Theta_true matrix, D x m, what Y was made with
  covariance matrix|table, Sigma, D x D, or D variances of independent inputs;
             default I/D, as `linnet.data.gaussian` draws them
  returns    number]],
usage = [[
local X, Y, Theta = linnet.data.gaussian{n = 20, D = 8, noise = 0.1, seed = 1}
local p = linnet.problem(X, Y)
local final = p:flow(p:init("gaussian", {h = 1e6, seed = 1}), {t = math.huge}).final
print(final:excess_risk(Theta))]]},
{name = "state:imbalance", kind = "function", signature = "state:imbalance()", text = [[
The imbalance Lambda = U1'U1 - V'V and what the bounds need of it.

  returns    table, `spectrum` (the k' eigenvalues of L'JL, decreasing; those
             at round-off are 0), `c`, `delta_plus`, `delta_minus`]],
usage = [[
local p = linnet.problem(linnet.eye(3), linnet.ones(3, 1))
print(p:init("gaussian", {h = 10, seed = 1}):imbalance().c)]]},
{name = "state:imbalance_drift", kind = "function", signature = "state:imbalance_drift()", text = [[
Change of the imbalance since the start, max|L'JL - L0'JL0| / max|L'L|: 0 in
exact arithmetic.

  returns    number]],
usage = [[
local p = linnet.problem(linnet.eye(2), linnet.ones(2, 1))
local s = p:init("gaussian", {h = 10, seed = 1})
assert(p:flow(s, {t = 1, method = "expo4"}).final:imbalance_drift() < 1e-13)]]},
{name = "state:kernel", kind = "function", signature = "state:kernel()", text = [[
The tangent kernel on the training outputs: d(XUV')/dt = K (Y - XUV') with
columns stacked.

  returns    matrix, n m x n m, symmetric positive semidefinite]],
usage = [[
local p = linnet.problem(linnet.eye(3), linnet.ones(3, 1))
print(p:init("gaussian", {h = 10, seed = 1}):kernel())]]},
{name = "state:kernel_distance", kind = "function", signature = "state:kernel_distance()", text = [[
||K - K(0)|| / ||K(0)||, K the tangent kernel (as an operator on the reduced
errors).

  returns    number]],
usage = [[
local p = linnet.problem(linnet.eye(2), linnet.ones(2, 1))
print(p:flow(p:init("gaussian", {h = 10, seed = 1}), {t = 1}).final:kernel_distance())]]},
{name = "state:law", kind = "function", signature = "state:law()", text = [[
The law of ||U2 V'||_F^2 over the unseen rows of U, given the part of the
weights that the data see: exact for independent Gaussian weights. Once the
excess is 0 it is the law of the squared distance to the minimum-norm
solution. [D], section 7.

  returns    table, `mean`, `variance`, `cdf(x)`]],
usage = [[
local X, Y = linnet.data.gaussian{n = 5, D = 8, seed = 1}
local p = linnet.problem(X, Y)
local final = p:flow(p:init("gaussian", {h = 1e6, seed = 1}), {t = math.huge}).final
print(final:distance() ^ 2, final:law().mean)]]},
{name = "state:loss", kind = "function", signature = "state:loss()", text = [[
Loss L = 1/2 ||Y - X U V'||_F^2.

  returns    number]],
usage = [[
local p = linnet.problem(linnet.eye(2), linnet.ones(2, 1))
print(p:init("gaussian", {h = 10, seed = 1}):loss())]]},
{name = "state:perpendicular", kind = "function", signature = "state:perpendicular()", text = [[
||Z U2'||_F with Z = [U1; V]: 0 on the invariant set, where the flow ends at
Theta_hat.

  returns    number]],
usage = [[
local X, Y = linnet.data.gaussian{n = 5, D = 8, seed = 1}
print(linnet.problem(X, Y):init("gaussian", {h = 1e6, seed = 1}):perpendicular())]]},
{name = "state:predict", kind = "function", signature = "state:predict(Xnew)", text = [[
Predictions X U V' for new inputs.

  Xnew       matrix, any number of rows, D columns
  returns    matrix, rows x m]],
usage = [[
local X, Y = linnet.data.gaussian{n = 5, D = 8, seed = 1}
local s = linnet.problem(X, Y):init("gaussian", {h = 1e6, seed = 1})
assert(s:predict(X):rows() == 5)]]},
{name = "state:rate", kind = "function", signature = "state:rate()", text = [[
Instantaneous rate -d/dt log(L - L*) of the flow at this state; 0 where the
excess is 0.

  returns    number, per unit of time]],
usage = [[
local p = linnet.problem(linnet.eye(2), linnet.ones(2, 1))
print(p:init("gaussian", {h = 10, seed = 1}):rate())]]},
{name = "state:rates", kind = "function", signature = "state:rates()", text = [[
The rates of -d/dt log(L - L*) at this state, per unit of time; 0 where a
bound says nothing. Exact: `instantaneous`, and `late` = 2 lam_min(K). From
below: `imbalance` (Theorem 1 of [M21], for all later times), `proposition1`
(now), `margin` (from now on), `corollary6` (of the limit, where E vanishes).
From above: `upper` (now) [X23], `envelope` (from now on). See also
`linnet.theory.rates`. The imbalance is that of this state: the flow conserves
it, descent does not quite. Section 6.

  returns    table, instantaneous, imbalance, proposition1, margin,
             corollary6, upper, envelope, late]],
usage = [[
local X, Y = linnet.data.gaussian{n = 5, D = 8, seed = 1}
local rates = linnet.problem(X, Y):init("gaussian", {h = 1e6, seed = 1}):rates()
assert(rates.proposition1 <= rates.instantaneous and rates.instantaneous <= rates.upper)]]},
{name = "state:safe_step", kind = "function", signature = "state:safe_step()", text = [[
A step size of gradient descent that provably converges from this state, and
how fast: see `linnet.theory.safe_step`. For the summed loss; eta of the mean
loss is n/2 times as large.

  returns    table, `eta`, `contraction` (of the excess, per step), `c`]],
usage = [[
local p = linnet.problem(linnet.eye(3), linnet.ones(3, 1))
print(p:init("gaussian", {h = 100, seed = 1}):safe_step().eta)]]},
{name = "state:singular_values", kind = "function", signature = "state:singular_values()", text = [[
Singular values of U1 V', decreasing.

  returns    matrix, min(rank, m) x 1]],
usage = [[
local p = linnet.problem(linnet.eye(3), linnet.ones(3, 2))
print(p:init("gaussian", {h = 10, seed = 1}):singular_values())]]},
{name = "state:test_error", kind = "function", signature = "state:test_error(Xnew, Ynew, [map])", text = [[
Mean over rows of ||y - f(x)||^2 on training or new data. When Y was
standardized for training, give the map: predictions then go back into Y's own
units before they are compared with Ynew, which is in those units.

  Xnew       matrix, as the network sees it, any number of rows, D columns
  Ynew       matrix, as many rows, m columns
  map        map, of Y, from `linnet.data.standardize`
  returns    number]],
usage = [[
local X, Y = linnet.data.gaussian{n = 30, D = 8, noise = 0.1, seed = 1}
local X1, Y1, X2, Y2 = linnet.data.split(X, Y, {test = 0.5, seed = 1})
local Y1s, units = linnet.data.standardize(Y1)
local p = linnet.problem(X1, Y1s)
local final = p:flow(p:init("gaussian", {h = 1e6, seed = 1}), {t = math.huge}).final
print(final:test_error(X2, Y2, units))]]},
{name = "state:theta", kind = "function", signature = "state:theta()", text = [[
The learned map Theta = U V'.

  returns    matrix, D x m]],
usage = [[
local X, Y = linnet.data.gaussian{n = 5, D = 8, seed = 1}
print(linnet.problem(X, Y):init("gaussian", {h = 1e6, seed = 1}):theta())]]},
{name = "state:travel", kind = "function", signature = "state:travel()", text = [[
How far the weights have moved: sqrt(||U - U(0)||^2 + ||V - V(0)||^2).

  returns    number]],
usage = [[
local p = linnet.problem(linnet.eye(2), linnet.ones(2, 1))
print(p:flow(p:init("gaussian", {h = 10, seed = 1}), {t = 1}).final:travel())]]},
{name = "sweep", kind = "type", signature = "sweep", text = [[
A sweep that was described and not yet run; `print` shows its axes and how
many jobs it has.]]},
{name = "sweep.heatmap", kind = "options", signature = "sweep.heatmap", text = [[
Draw the mean of a measure over two axes.

Options
  x       a string, required: the horizontal axis
  y       a string, required: the vertical axis
  log     true or false, default where positive values span two decades:
          logarithmic colours
  file    a string: where to write: .svg, .png or .pdf; else the terminal
  title   a string: above the figure
  width   an integer in [20, 4000]: as in linnet.plot
  height  an integer in [8, 4000]: as in linnet.plot]]},
{name = "sweep.plot", kind = "options", signature = "sweep.plot", text = [[
Plot a measure of a sweep against an axis: means over seeds with error bars.

Options
  x       a string, default the axis of numbers with the most values: the
          horizontal axis
  log     one of x, y, xy, '', default where values span a factor 30:
          logarithmic axes
  error   one of sd, se, quantiles, none, default 'sd': bars: standard
          deviation, standard error of the mean, a band from 5 to 95 %, none
  file    a string: where to write: .svg, .png or .pdf; else the terminal
  title   a string: above the figure
  width   an integer in [20, 4000]: as in linnet.plot
  height  an integer in [8, 4000]: as in linnet.plot]]},
{name = "sweep.run", kind = "options", signature = "sweep.run", text = [[
Compute what is not done yet.

Options
  out        a string: file of records (.jsonl), one line appended per job
  threads    an integer in [1, 1024], default 1: of the ensemble; for
             functions use processes: linnet sweep --threads
  shard      a list of numbers: {i, N}: every N-th job from the i-th
  resume     true or false, default false: continue the file of an interrupted
             run, or begin it; failures are tried again
  overwrite  true or false, default false: begin a sweep's file again, what it
             holds is gone
  changed    true or false, default false: continue although functions or data
             of the sweep were changed since
  errors     one of record, stop, default 'record': what an error at one point
             does: it is recorded and the others go on, or all stops
  progress   true or false or a function, default false: lines on stderr, or
             function(done, total, record)]]},
{name = "sweep.save", kind = "options", signature = "sweep.save", text = [[
Write a sweep's result to a file.

Options
  canonical  true or false, default false: without what differs from run to
             run (cost, date, host): equal results, equal files]]},
{name = "sweep:run", kind = "function", signature = "sweep:run([o])", text = [[
Compute the jobs that are not done, appending each to the file at once. An
error at one point is recorded and the others go on (`result.failures`;
`errors = "stop"` ends it there); when nothing but errors comes, the first is
raised. Whatever stops it (that, Ctrl-C, a full disk) raises `{message,
result}` with everything computed so far; with `out`, `resume = true` goes on
from there and tries again what failed.

  o          table, see `help("sweep.run")`
  returns    result]],
usage = [[
local path = os.tmpname()
local sweep = linnet.sweep{over = {a = {1, 2, 3}}, run = function(point) return point.a ^ 2 end}
sweep:run{out = path, shard = {1, 2}}
local result = sweep:run{out = path, resume = true}
assert(result.value(3, 1) == 9)]]},
}
