--- lua/linnet/habits.lua: words that users of other libraries type, and ours for them.
--
-- SPDX-License-Identifier: MIT
-- @module linnet.habits

local M = {}

-- Ours that mean the same, by the word of others; the first that exists where it is asked for is
-- suggested. Letters count by size only where both exist.
local SAME = {}
local WORDS = [[
eta: lr learning_rate learningrate step_size stepsize
steps: epochs epoch iterations iters n_iter num_steps nsteps niter max_iter maxiter n_epochs
max_steps: epochs epoch iterations iters n_iter num_steps nsteps niter max_iter maxiter n_epochs
tol: rtol atol eps epsilon tolerance precision
t: time tmax t_end t_max tend duration t_span
method: solver optimizer integrator algorithm
seed: random_state rng_seed rng
h: width hidden hidden_size hidden_dim n_hidden units
batch: batch_size minibatch
momentum: beta mu
weight_decay: wd l2 decay
label_noise: noise noise_std
gd: gradient_descent
heavy_ball: polyak
gauss_newton: newton gn levenberg_marquardt
muon: spectral
on_step: callback callbacks hook
progress: verbose
file: filename path savefig out
threads: n_jobs workers num_workers num_threads cores
n: samples n_samples
D: inputs features n_features d
m: outputs n_outputs targets
std: sigma stddev
log: xscale yscale loglog semilogy
save_at: saveat t_eval ts
until_excess: ftol threshold
max_seconds: timeout
test: test_size val validation
style: linestyle ls marker
color: colour c
label: name legend
title: suptitle
delimiter: sep separator
missing: na_values
measure: metrics
over: grid params param_grid axes
seeds: n_seeds repeats trials
]]
for ours, theirs in WORDS:gmatch("([%w_]+): ([^\n]+)") do
  for word in theirs:gmatch("%S+") do
    SAME[word] = SAME[word] or {}
    table.insert(SAME[word], ours)
  end
end

local LOADED = "linnet is loaded already: matrix, eye, linspace, random(seed):normal(n, m), ..."

-- By type, or for "linnet" and names typed at the prompt: what to write instead.
local ADVICE = {
  matrix = {
    T = "write m:t()",
    transpose = "write m:t()",
    H = "write m:t()",
    size = "#m counts rows; m:rows(), m:cols(), m:shape()",
    len = "write #m, or m:rows()",
    length = "write #m, or m:rows()",
    ndim = "a matrix has two dimensions; m:shape()",
    numel = "write m:rows() * m:cols()",
    dot = "write A * B, or A:t() * B",
    matmul = "write A * B",
    mm = "write A * B",
    mul = "write A * B; entry by entry A:emul(B)",
    times = "entry by entry: A:emul(B)",
    add = "write A + B",
    numpy = "linnet.npy.save(path, m)",
    tolist = "write m:totable()",
    item = "write m(i, j)",
    at = "write m(i, j)",
    astype = "entries are doubles",
    dtype = "entries are doubles",
    clone = "write m:copy()",
    flatten = "write m:reshape(n, 1)",
    ravel = "write m:reshape(n, 1)",
    view = "write m:reshape(r, c)",
    concat = "write m:hcat(other) or m:vcat(other)",
    append = "write m:vcat(other)",
    inverse = "write m:inv()",
    pow = "write m ^ n",
    svdvals = "the second result of m:svd()",
    eigvals = "the first result of m:eig() or m:eigh()",
    frobenius = "write m:norm()",
  },
  problem = {
    fit = "p:flow(state, {t = ...}) or p:descend(state, {eta =, steps =})",
    train = "p:flow(state, {t = ...}) or p:descend(state, {eta =, steps =})",
    solve = "p:flow(state, {t = math.huge}); p:min_norm() is the minimum-norm solution",
    backward = "gradients are inside p:flow and p:descend",
    predict = "a state predicts: s:predict(X)",
    X = "a problem keeps X reduced, not itself; p:singular_values()",
    Y = "a problem keeps Y reduced, not itself",
    initialize = "write p:init(kind, {h = ...})",
    gd = "p:descend(state, {eta =, steps =})",
    sgd = 'p:descend(state, {method = "sgd", eta =, steps =})',
    r = "the rank of X is p.rank",
  },
  state = {
    weights = "write s:U() and s:V()",
    parameters = "write s:U() and s:V()",
    params = "write s:U() and s:V()",
    W = "write s:U() and s:V()",
    forward = "write s:predict(X)",
    backward = "gradients are inside p:flow and p:descend",
    flow = "write s.problem:flow(s, {t = ...})",
    descend = "write s.problem:descend(s, {eta =, steps =})",
    step = "write s.problem:flow(s, {t = ...})",
    width = "write s.h",
    Theta = "write s:theta()",
    error = "write s:excess() or s:test_error(X, Y)",
  },
  run = {
    history = "columns are fields: run.t, run.loss, ...; run:table() gives rows",
    losses = "write run.loss",
    state = "the last state is run.final; run:at(t) any other",
    states = "write run:at(t)",
    last = "write run.final",
    y = "write run:at(t)",
    reason = "write run.stats.reason",
    steps = "write run.stats.steps",
    method = "write run.stats.method",
    time = "write run.t",
  },
  prompt = {
    disp = "write print(x), or x alone", println = "write print(x), or x alone",
    display = "write print(x), or x alone",
    clc = "Ctrl-L clears the screen", clear = "x = nil forgets x; Ctrl-L clears the screen",
    whos = "TAB lists the names that there are", who = "TAB lists the names that there are",
    ls = 'write os.execute("ls")', pwd = 'write os.execute("pwd")', cd = "start linnet there",
    run = "dofile runs a file, given its name in quotes", include = "dofile runs a file",
    source = "dofile runs a file", doc = "help NAME, or ?NAME",
    torch = LOADED, np = LOADED, numpy = LOADED, tf = LOADED, jnp = LOADED,
    size = "#m counts rows; m:shape()", length = "write #x", len = "write #x",
    range = "a loop is: for i = 1, 10 do ... end; a column: linspace(a, b, n)",
    exp = "write math.exp(x), or m:map(math.exp)", log = "write math.log(x), or m:map(math.log)",
    sin = "write math.sin(x), or m:map(math.sin)", cos = "write math.cos(x), or m:map(math.cos)",
    abs = "write math.abs(x), or m:map(math.abs)", sqrt = "write x ^ 0.5, or m:map(math.sqrt)",
    pi = "write math.pi", inf = "write math.huge", Inf = "write math.huge",
    None = "write nil", null = "write nil", True = "write true", False = "write false",
    plt = "write plot{{x, y}, file = ...}", figure = "write plot{{x, y}}",
    semilogy = 'write plot{{x, y}, log = "y"}', loglog = 'write plot{{x, y}, log = "xy"}',
  },
  linnet = {
    numpy = "linnet.matrix makes matrices; linnet.npy reads NumPy's files",
    array = "write linnet.matrix{{...}, {...}}",
    tensor = "write linnet.matrix{{...}, {...}}",
    Matrix = "write linnet.matrix{{...}, {...}}",
    rand = "write linnet.random(seed):uniform(n, m)",
    randn = "write linnet.random(seed):normal(n, m)",
    identity = "write linnet.eye(n)",
    read_csv = "write linnet.data.csv(path, {target = ...}), or linnet.csv.load(path)",
    figure = "write linnet.plot{...}",
    network = "write linnet.problem(X, Y):init(kind, {h = ...})",
    Network = "write linnet.problem(X, Y):init(kind, {h = ...})",
    arange = "write linnet.linspace(a, b, n)",
    flow = "write p:flow(state, {t = ...})",
    init = "write p:init(kind, {h = ...})",
    save = "runs, results and reports have :save(path)",
  },
}

--- The name in a list that means the same as another library's word, or nil.
-- @tparam string word
-- @tparam {string,...} list
function M.same(word, list)
  for _, ours in ipairs(SAME[word] or SAME[word:lower()] or {}) do
    for _, name in ipairs(list) do
      if name == ours then return ours end
    end
  end
end

--- What to write instead of a word of another library, or nil.
-- @tparam string kind type, or "linnet" for the package, "prompt" for a name alone
-- @tparam string word
function M.advice(kind, word)
  if kind == "matrix" and type(math[word]) == "function" and not ADVICE.matrix[word] then
    return ("write m:map(math.%s)"):format(word)
  end
  return ADVICE[kind] and ADVICE[kind][word]
end

return M
