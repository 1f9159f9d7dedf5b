--- A table whose target is of classes: the loss of classes beside the squared one of the claims.
--
-- Three quarters of the rows train a network of a million units from a small start by gradient
-- flow, with the logistic loss of two classes or the softmax loss of more. Where some linear map
-- has the least loss the flow ends there; else the excess falls like 1/t, to within logarithms, for
-- ever.
--
-- SPDX-License-Identifier: MIT

local linnet = require "linnet"
local sheet = require "examples.claims.sheet"

local START = {"gaussian", {h = 1e6, std = 1e-3, seed = 1}}
local LAST = 1e8 -- in units of 1/sigma_1^2, where the flow has no end
local ENDED = 1e-12 -- of the least loss
local DRIFT = 1e-9 -- of the imbalance, which no loss changes

local function flow(p, s)
  local unit = 1 / p:singular_values()(1) ^ 2
  local attained = pcall(p.min_norm, p)
  local t = attained and math.huge or LAST * unit
  return p:flow(s, {t = t, tol = 1e-8, record = {"accuracy"}, max_seconds = 60,
    save_at = not attained and {log = {1e-2 * unit, t, 200}} or nil}), attained
end

-- d log(excess)/d log t over the last two decades.
local function slope(run)
  local last, first = #run.t, #run.t
  while first > 1 and run.t(first) > run.t(last) / 100 do first = first - 1 end
  return math.log(run.excess(last) / run.excess(first)) / math.log(run.t(last) / run.t(first))
end

local function largest_share(Y)
  local count, most = {}, 0
  for i = 1, #Y do
    count[Y(i)] = (count[Y(i)] or 0) + 1
    most = math.max(most, count[Y(i)])
  end
  return most / #Y
end

local function measure(page, set)
  local c = set.classes
  local X1, Y1, X2, Y2 = linnet.data.split(c.X, c.Y, c.split)
  local X1s, scale = linnet.data.standardize(X1)
  local p = linnet.problem(X1s, Y1, {loss = c.loss, classes = c.names})
  local run, attained = flow(p, p:init(table.unpack(START)))
  local final = run.final
  page:at_most(("%s, %s loss: drift of the imbalance"):format(set.name, c.loss), DRIFT,
    run.stats.imbalance_drift)
  if run.stats.reason == "converged" then
    page:at_most(("%s, %s loss: excess at the end $/ L^*$"):format(set.name, c.loss), ENDED,
      final:excess() / p.optimal_loss).headline = true
  end
  return {p = p, run = run, train = final:accuracy(), test = final:test_accuracy(scale(X2), Y2),
    most = largest_share(Y2), n = #Y2, attained = attained}
end

local function kind_of(found)
  local p = found.p
  if found.attained then return "which one linear map has: the flow ends there" end
  return (p:separable() and "as some linear map makes no mistake: no map has it"
    or "which no map has: some samples can be decided ever more clearly at no other's cost")
    .. ", and training goes on for ever"
end

--- Measure on the data set; returns what writes the section.
return function(page, sets)
  local set = sets[1]
  local found = measure(page, set)
  local p, run = found.p, found.run
  local figure = page:figure("4-classes-1", {{run.t, run.excess, label = "L − L*"},
    {run.t, 1 - run.accuracy, label = "share decided wrongly"}, log = "xy", xlabel = "time t",
    title = ("The %s loss above its infimum, %s"):format(p.loss, set.name)})
  return function(report)
    report:section("4. Classes")
      :text(("The target is of %d classes, and the loss of classes is the %s one. Its infimum over "
        .. "all linear maps, found by Newton's method, is %s, %s."):format(#p.classes, p.loss,
        sheet.short(p.optimal_loss), kind_of(found)))
      :figure(figure, ("Training a network of a million units on %d samples, and the share of them "
        .. "it decides wrongly."):format(p.n))
    if not found.attained then
      report:text(("In the last two decades of time $L − L^*$ falls like $t^p$, $p$ = %s; once all "
        .. "that can be decided is, $p$ tends to −1."):format(sheet.short(slope(run))))
    end
    report:table{columns = {"samples", "number", "share decided rightly"}, rows = {
        {"of training", p.n, found.train}, {"kept aside", found.n, found.test},
        {"kept aside, all taken for the most frequent class", found.n, found.most}}}
  end
end
