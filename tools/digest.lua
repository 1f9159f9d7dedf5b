--- tools/digest.lua: one line "name tolerance value" for each of a few numbers that pass
-- through everything, to compare builds. `digest.lua PART` first asserts that the BLAS in use has
-- PART in its path; `digest.lua --compare FILE...` compares files with the first, within the stated
-- relative tolerances: rounding (1e-12 and the problem's condition) for single operations, ten
-- times `tol` and more for flows, whose accepted steps may differ.
-- SPDX-License-Identifier: MIT

if arg[1] == "--compare" then
  local wanted, worst, bad = {}, 0, 0
  for i = 2, #arg do
    for line in io.lines(arg[i]) do
      local name, tolerance, value = line:match("^(%S+) (%S+) (%S+)$")
      tolerance, value = tonumber(tolerance), tonumber(value)
      if i == 2 then
        wanted[name] = value
      else
        local off = math.abs(value - wanted[name]) / math.max(math.abs(wanted[name]), 1e-300)
        worst = math.max(worst, off / tolerance)
        if not (off <= tolerance) then
          bad = bad + 1
          print(("%s: %s is %.17g, in %s %.17g"):format(arg[i], name, value, arg[2], wanted[name]))
        end
      end
    end
  end
  print(("%d files agree within tolerance (worst %.2g of it), %d numbers outside")
    :format(#arg - 1, worst, bad))
  os.exit(bad == 0)
end

local linnet = require "linnet"
local info = linnet.blas_info()
assert(not arg[1] or info.blas:find(arg[1], 1, true), "the BLAS in use is " .. info.blas)

local function say(name, tolerance, value) print(("%s %g %.17g"):format(name, tolerance, value)) end

local rng = linnet.random(7)
local a = rng:normal(40, 30)
local _, s = a:svd()
say("words", 1e-15, linnet.random(7):uniform(1, 1)(1, 1))
say("normal", 1e-14, a(40, 30))
say("svd.first", 1e-12, s(1))
say("svd.last", 1e-12, s(30))
say("pinv", 1e-11, a:pinv():norm())
say("expm", 1e-11, (a:t() * a * 0.1):expm():norm())

local X, Y = linnet.data.gaussian{n = 40, D = 100, m = 2, noise = 0.01, seed = 1}
local p = linnet.problem(X, Y)
local tall, noisy = linnet.data.gaussian{n = 50, D = 10, noise = 0.1, seed = 1}
say("optimal_loss", 1e-11, linnet.problem(tall, noisy).optimal_loss)
say("min_norm", 1e-11, p:min_norm():norm())
for _, method in ipairs{"dopri5", "dop853", "expo4"} do
  local start = p:init("gaussian", {h = 1000, seed = 2})
  say(method .. ".start", 1e-12, start:excess())
  local final = p:flow(start, {t = 1, tol = 1e-8, method = method}).final
  say(method .. ".excess", 1e-6, final:excess())
  say(method .. ".distance", 1e-7, final:distance())
end
local wide = p:init("gaussian", {h = 1e12, seed = 3})
say("infinite.distance", 1e-5, p:flow(wide, {t = math.huge, tol = 1e-6}).final:distance())
