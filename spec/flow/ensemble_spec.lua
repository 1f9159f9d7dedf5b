-- spec/flow/ensemble_spec.lua: a member of an ensemble is the run of its seed, bit for bit,
-- whatever the
-- threads. SPDX-License-Identifier: MIT

local linnet = require "linnet"

local X, Y = linnet.data.gaussian{n = 12, D = 30, m = 2, noise = 0.2, seed = 5}
local P = linnet.problem(X, Y)
local X2, Y2 = linnet.data.gaussian{n = 7, D = 30, m = 2, seed = 6}

local SCALARS = {"loss", "excess", "rate", "distance", "imbalance_drift", "kernel_distance",
  "travel",
  "t", "steps"}

describe("linnet.ensemble", function()
  it("gives every member what init and flow give its seed", function()
    for _, init in ipairs{
      {"gaussian", h = 1e6, alpha = 0.45}, {"gaussian", h = 5, std_u = 0.3, std_v = 0.7},
      {"xavier", h = 300}, {"he", h = 40}, {"lecun", h = 1e9}, {"invariant", h = 1e4},
      {"orthogonal", h = 100, lam = 0.5}, {"uniform", h = 60},
      {"gaussian", h = 30, explicit = true},
      {"gaussian", h = math.huge},
    } do
      local flow = {t = 1.5, tol = 1e-5}
      local e = linnet.ensemble(P, {init = init, seeds = {11, 3, 4}, flow = flow,
        measure = {"loss", "excess", "rate", "distance", "imbalance_drift", "kernel_distance",
          "travel", "t", "steps", "test_error", "singular_values", "alignment", "reason",
          "seconds"}, test = {X2, Y2}, threads = 2})
      local opts = {}
      for name, value in pairs(init) do if name ~= 1 then opts[name] = value end end
      for i, seed in ipairs{11, 3, 4} do
        if init[1] ~= "orthogonal" then opts.seed = seed end
        local run = P:flow(P:init(init[1], opts), {t = 1.5, tol = 1e-5, record = {}, save_at = {}})
        local s = run.final
        local expected = {loss = s:loss(), excess = s:excess(), rate = s:rate(),
          distance = s:distance(), kernel_distance = s:kernel_distance(), travel = s:travel(),
          imbalance_drift = s:imbalance_drift(), t = s.t, steps = run.stats.steps}
        for _, name in ipairs(SCALARS) do
          if e[name](i, 1) ~= expected[name] then
            error(("%s of %s, h = %s, seed %d: %.17g, alone %.17g"):format(name, init[1], init.h,
              seed, e[name](i, 1), expected[name]))
          end
        end
        local miss = Y2 - s:predict(X2)
        local error_alone = miss:norm() ^ 2 / 7
        -- another order of summation: a few ulps
        assert.is_true(math.abs(e.test_error(i, 1) / error_alone - 1) < 1e-12)
        assert.is_true(e.singular_values:row(i):copy() == s:singular_values():t())
        assert.is_true(e.alignment:row(i):copy() == s:alignment():t())
        assert.equal("time", e.reason[i])
      end
    end
  end)

  it("is the same bits for 1, 2 and 8 threads", function()
    for _, init in ipairs{{"gaussian", h = 1e6}, {"uniform", h = 50}} do
      local first
      for _, threads in ipairs{1, 2, 8} do
        local e = linnet.ensemble(P, {init = init, seeds = 40, flow = {t = math.huge},
          measure = {"distance", "loss"}, threads = threads})
        first = first or e
        assert.is_true(e.distance == first.distance)
        assert.is_true(e.loss == first.loss)
      end
      assert.is_true(first.distance(1, 1) ~= first.distance(2, 1))
    end
  end)

  it("keeps a failed member as a row with its reason", function()
    local e = linnet.ensemble(P, {init = {"gaussian", h = 1e6}, seeds = 3,
      flow = {t = math.huge, max_steps = 2}, measure = {"steps"}})
    assert.same({"max_steps", "max_steps", "max_steps"}, e.reason)
    local run = P:flow(P:init("gaussian", {h = 1e6, seed = 3}), {t = math.huge, max_steps = 2})
    assert.equal(run.stats.steps, e.steps(3, 1))
    assert.matches("max_steps 3", tostring(e))
  end)

  it("needs memory per thread, not per member", function()
    local function bytes(seeds)
      return linnet.ensemble(P, {init = {"gaussian", h = 1e6}, seeds = seeds, flow = {t = 1}})
        .bytes_per_thread
    end
    assert.equal(bytes(2), bytes(300))
    assert.is_true(bytes(2) < 1e6)
  end)

  it("draws from every seed of 63 bits, and another seed is another start", function()
    local seeds = {0, 1, 2 ^ 53 | 0, math.maxinteger}
    local e = linnet.ensemble(P, {init = {"gaussian", h = 100}, seeds = seeds, flow = {t = 1}})
    for i = 1, 4 do
      for j = i + 1, 4 do assert.is_true(e.distance(i, 1) ~= e.distance(j, 1)) end
    end
  end)

  it("works in as many threads as are asked for, in one over a serial OpenBLAS", function()
    local serial = (linnet.blas_info().config or ""):find("SINGLE_THREADED", 1, true)
    local function threads_now() -- of this process
      local status = io.open("/proc/self/status")
      local text = status and status:read("a") or ""
      if status then status:close() end
      return tonumber(text:match("Threads:%s*(%d+)"))
    end
    local before = threads_now()
    if not before then return pending("no /proc/self/status") end
    for _, threads in ipairs{2, 3} do
      local most = 0
      linnet.ensemble(P, {init = {"gaussian", h = 1e6}, seeds = 1500, flow = {t = math.huge},
        threads = threads, progress = function() most = math.max(most, threads_now()) end})
      assert.equal(before + (serial and 1 or threads), most)
    end
    assert.equal(before, threads_now())
  end)

  it("reports progress up to the end", function()
    local last, calls = 0, 0
    linnet.ensemble(P, {init = {"gaussian", h = 100}, seeds = 50, flow = {t = math.huge},
      progress = function(done, total)
        assert.equal(50, total)
        assert.is_true(done >= last)
        last, calls = done, calls + 1
      end})
    assert.is_true(last <= 50)
  end)

  it("passes on an error of the progress function", function()
    assert.error_matches(function()
      linnet.ensemble(P, {init = {"gaussian", h = 100}, seeds = 100000, flow = {t = math.huge},
        progress = function() error("of the caller") end})
    end, "of the caller")
  end)

  it("is stopped by Ctrl-C, the members so far in the error", function()
    local script = os.tmpname()
    local file = assert(io.open(script, "w"))
    file:write([[
      local linnet = require "linnet"
      local X, Y = linnet.data.gaussian{n = 60, D = 120, seed = 1}
      local p = linnet.problem(X, Y)
      io.stdout:setvbuf "no"
      print "ready"
      local ok, e = pcall(linnet.ensemble, p, {init = {"gaussian", h = 1e6}, seeds = 100000,
        flow = {t = math.huge}, threads = 2})
      local first, done = e.result.distance(1, 1), 0
      for i = 1, 100000 do if e.result.reason[i] then done = done + 1 end end
      print(ok, e, first == first, done > 0, done < 100000)
      local again = linnet.ensemble(p, {init = {"gaussian", h = 1e6}, seeds = 2, flow = {t = 1}})
      print(#again.seeds)]])
    file:close()
    local pipe = io.popen(("lua5.4 %s 2>&1 & pid=$!; sleep 1; kill -INT $pid; wait"):format(script))
    local said = pipe:read("a")
    pipe:close()
    os.remove(script)
    assert.matches("^ready\nfalse\tinterrupted: [^\n]*'result'\ttrue\ttrue\ttrue\n2\n$", said)
  end)

  it("refuses misuse at the caller's line", function()
    local good = {init = {"gaussian", h = 10}, seeds = 2, flow = {t = 1}}
    local function with(changes)
      local given = {}
      for name, value in pairs(good) do given[name] = value end
      for name, value in pairs(changes) do given[name] = value ~= "none" and value or nil end
      return given
    end
    for want, given in pairs{
      ["ensemble: option 'init' is required"] = with{init = "none"},
      ["ensemble: option 'seeds' is required"] = with{seeds = "none"},
      ["ensemble: give one of the options 'flow' and 'descend'"] = with{flow = "none"},
      ["unknown option 'thread' %(did you mean 'threads'%?%)"] = with{thread = 2},
      ["option 'threads' must be an integer in %[1, 1024%], got 0"] = with{threads = 0},
      ["option 'seeds' must be an integer in %[1, 1e8%] or a list, got 0"] = with{seeds = 0},
      ["option 'seeds' must not be empty"] = with{seeds = {}},
      ["option 'seeds' must hold integers, got 1.5"] = with{seeds = {1.5}},
      ["option 'seeds' must be"] = with{seeds = {-1}},
      ["must begin with a kind"] = with{init = {h = 3}},
      ["must not hold a seed"] = with{init = {"gaussian", h = 3, seed = 4}},
      ["'gausian' is no kind of start.*did you mean 'gaussian'"] = with{init = {"gausian"}},
      ["init.gaussian: option 'h' is required"] = with{init = "gaussian"},
      ["init.gaussian: unknown option 'lam'"] = with{init = {"gaussian", h = 3, lam = 1}},
      ["init.gaussian: give one of alpha"] = with{init = {"gaussian", h = 3, std = 1, alpha = 1}},
      ["init.orthogonal: h must be at least"] = with{init = {"orthogonal", h = 3}},
      ["ensemble.flow: option 't' is required"] = with{flow = {}},
      ["ensemble.flow: unknown option 'record'"] = with{flow = {t = 1, record = {}}},
      ["'distanse' is no measure.*did you mean 'distance'"] = with{measure = {"distanse"}},
      ["measure 'loss' is there twice"] = with{measure = {"loss", "loss"}},
      ["at least one measure"] = with{measure = {}},
      ["'test_error' needs test"] = with{measure = {"test_error"}},
      ["test data are 2 x 2 and 2 x 2; they must be n' x D"] = with{test = {linnet.eye(2),
        linnet.eye(2)}},
      ["ensemble.test: option 2 is required"] = with{test = {linnet.eye(2)}},
    } do
      local ok, why = pcall(function() local e = linnet.ensemble(P, given) return e end)
      assert.is_false(ok, want)
      assert.matches(want, why)
      assert.matches("^spec/flow/ensemble_spec.lua:%d+: ", why)
    end
    assert.error_matches(function() linnet.ensemble(X, good) end,
      "the first argument must be a problem, got a 12 x 30 matrix")
  end)
end)
