--- spec/model/classes_spec.lua: targets that are classes: from a table's texts, from numbers, from
-- rows of 0 and 1, to decisions and their names.
-- SPDX-License-Identifier: MIT
local linnet = require "linnet"
local fails = require("spec.support").fails

local function table_of(text, given)
  local path = os.tmpname()
  local file <close> = assert(io.open(path, "w"))
  file:write(text)
  file:close()
  local found = table.pack(pcall(linnet.data.csv, path, given))
  os.remove(path)
  if not found[1] then error(found[2], 0) end
  return table.unpack(found, 2, found.n)
end

local FLOWERS = "sepal,petal,species\n5.1,1.4,setosa\n4.9,1.4,setosa\n7,4.7,versicolor\n"
  .. "6.4,4.5,\n6.3,6,virginica\n5.8,5.1,virginica\n5.5,4,versicolor\n"

local function list(m)
  local out = {}
  for i = 1, m:rows() do out[i] = m(i, 1) end
  return out
end

describe("a target of texts", function()
  it("is a column of numbers of classes in the order of their names", function()
    local X, Y, about = table_of(FLOWERS, {target = "species", gaps = "drop", center = true})
    assert.are.same({"setosa", "versicolor", "virginica"}, about.classes)
    assert.are.same({2, 2, 2}, about.class_sizes)
    assert.are.same({1, 1, 2, 3, 3, 2}, list(Y)) -- centring leaves it as it is
    assert.is_truthy(tostring(about):find("'versicolor' (2)", 1, true))
    local p = linnet.problem(X, Y, about, {loss = "softmax"})
    assert.are.same(about.classes, p.classes)
    assert.equal(3, p.m)
  end)

  it("is one of classes with all options for texts among the inputs", function()
    local text = "a,b,y\nx,1,no\ny,2,yes\nx,3,yes\n"
    for _, how in ipairs{"drop", "code"} do
      local X, Y, about = table_of(text, {target = "y", text = how})
      assert.are.same({"no", "yes"}, about.classes)
      local p = linnet.problem(X, Y, about, {loss = "logistic"})
      local _, _, _, targets = p:reduced()
      assert.are.same({-1, 1, 1}, list(targets))
      assert.are.same({"no", "yes"}, p.classes)
    end
  end)

  it("has names without the quotes of ARFF", function()
    local text = "@relation r\n@attribute a real\n@attribute y {'in use',new}\n@data\n"
      .. "1,'in use'\n2,new\n4,'in use'\n3,new\n"
    local _, _, about = table_of(text, {target = "y"})
    assert.are.same({"in use", "new"}, about.classes)
  end)

  it("loses the classes of rows that are left out", function()
    local _, Y, about = table_of("a,y\n1,u\n2,u\n,t\n3,w\n", {target = "y", gaps = "drop"})
    assert.are.same({"u", "w"}, about.classes)
    assert.are.same({1, 1, 2}, list(Y))
  end)

  it("loses rows without one, however gaps among the inputs are filled", function()
    for _, how in ipairs{"drop", "mean", "nan", 0} do
      local X, Y, about = table_of("a,y\n1,u\n2,\n3,v\n4,u\n", {target = "y", gaps = how})
      assert.are.same({1, 2, 1}, list(Y))
      assert.equal(3, X:rows())
      assert.are.same({2}, about.gone)
      assert.equal(0, #about.filled)
    end
  end)

  it("is one class where one name stands in two encodings", function()
    local _, Y, about = table_of("a,y\n1,\u{e9}\n2,\xe9\n3,b\n4,b\n", {target = "y"})
    assert.are.same({"b", "\u{e9}"}, about.classes)
    assert.are.same({2, 2, 1, 1}, list(Y))
  end)

  it("is refused where every row has another one, or numbers are among them", function()
    fails("'2020-01-01' is not a number", table_of, "a,y\n1,2020-01-01\n2,2020-01-02\n",
      {target = "y"})
    fails("'red' is not a number", table_of, "a,y\n1,red\n2,red\n3,4\n4,5\n", {target = "y"})
    fails("'red' is not a number", table_of, "a,b,y\n1,red,blue\n2,red,blue\n3,1,1\n",
      {target = {"b", "y"}})
  end)

  it("wants a loss of classes", function()
    local X, Y, about = table_of(FLOWERS, {target = "species", gaps = "drop"})
    fails("numbers of classes ('setosa', ...): loss = 'softmax'", linnet.problem, X, Y, about)
    fails("two classes apart, and Y holds 3", linnet.problem, X, Y, about, {loss = "logistic"})
  end)
end)

describe("classes", function()
  local X = linnet.random(1):normal(12, 3)
  local function column(f) return linnet.matrix(12, 1, f) end

  it("are the numbers of a column, in order, whatever they are", function()
    local digits = column(function(i) return ({7, -2, 30})[i % 3 + 1] end)
    local p = linnet.problem(X, digits, {loss = "softmax"})
    assert.are.same({-2, 7, 30}, p.classes)
    local _, _, _, Y = p:reduced()
    for i = 1, 12 do
      for j, class in ipairs{-2, 7, 30} do assert.equal(digits(i) == class and 1 or 0, Y(i, j)) end
    end
    assert.are.same({-1, 1}, linnet.problem(X, column(function(i) return i % 2 * 2 - 1 end),
      {loss = "logistic"}).classes)
    assert.are.same({0, 1}, linnet.problem(X, column(function(i) return i % 2 end),
      {loss = "logistic"}).classes)
  end)

  it("that a part of the samples lacks are there where they are named", function()
    local some = column(function(i) return i % 2 == 0 and 1 or 3 end)
    local p = linnet.problem(X, some, {loss = "softmax", classes = {"a", "b", "c"}})
    assert.equal(3, p.m)
    assert.equal(3, linnet.problem(X, some, {loss = "softmax", classes = {1, 2, 3}}).m)
    assert.equal(2, linnet.problem(X, some, {loss = "softmax"}).m)
  end)

  it("are the same problem as numbers, names, rows of 0 and 1, or signs", function()
    local numbers = column(function(i) return i % 3 == 0 and 1 or 2 end)
    local hot = linnet.matrix(12, 2, function(i, j) return numbers(i) == j and 1 or 0 end)
    local signs = numbers * 2 - 3
    for _, Y in ipairs{numbers, hot, signs, numbers * 10} do
      local p = linnet.problem(X, Y, {loss = "logistic"})
      assert.equal(linnet.problem(X, signs, {loss = "logistic"}), p)
    end
    assert.equal(linnet.problem(X, hot, {loss = "softmax"}),
      linnet.problem(X, numbers, {loss = "softmax", classes = {"few", "many"}}))
  end)

  it("are refused with the reason", function()
    local kinds = column(function(i) return i % 3 end)
    fails("Y(1) = 0.5, and numbers of classes are whole", linnet.problem, X, kinds * 0.5,
      {loss = "softmax"})
    fails("Y holds one class only (4)", linnet.problem, X, kinds * 0 + 4, {loss = "softmax"})
    fails("Y holds one class only (4)", linnet.problem, X, kinds * 0 + 4, {loss = "logistic"})
    fails("Y(2) = 2 is the number of no class", linnet.problem, X, kinds,
      {loss = "softmax", classes = {0, 1}})
    fails("Y(3) = 0 is the number of no class: there are 2", linnet.problem, X, kinds,
      {loss = "softmax", classes = {"a", "b"}})
    fails("Y has 3 columns, and there are 2 classes", linnet.problem, X, linnet.ones(12, 3) / 3,
      {loss = "softmax", classes = {"a", "b"}})
    fails("option 'classes' is of logistic and softmax", linnet.problem, X, kinds,
      {classes = {"a", "b"}})
    fails("Y holds 10001 classes, and 10000 are the most", linnet.problem, linnet.ones(10001, 1),
      linnet.matrix(10001, 1, function(i) return i end), {loss = "softmax"})
    fails("is nan", linnet.problem, X, kinds * (0 / 0), {loss = "softmax"})
    for _, wrong in ipairs{{}, {"a"}, {"a", "a"}, {"a", 1}, {"a", {}}, {a = 1}, {1, 0 / 0}} do
      fails("option 'classes' must be a list", linnet.problem, X, kinds,
        {loss = "softmax", classes = wrong})
    end
  end)

  it("cannot be changed from outside", function()
    local p = linnet.problem(X, column(function(i) return i % 2 end), {loss = "softmax"})
    p.classes[1] = "else"
    assert.are.same({0, 1}, p.classes)
    local names = {"a", "b"}
    local q = linnet.problem(X, column(function(i) return i % 2 + 1 end),
      {loss = "softmax", classes = names})
    names[1] = "else"
    assert.are.same({"a", "b"}, q.classes)
    assert.is_false(linnet.problem(X, X:col(1)).classes)
  end)
end)

describe("decisions", function()
  local X = linnet.random(1):normal(40, 4)
  local F = X * linnet.random(2):normal(4, 3)
  local kinds = linnet.matrix(40, 1, function(i) return select(2, F:row(i):argmax()) end)
  local X1, Y1, X2, Y2 = linnet.data.split(X, kinds, {seed = 1})
  local p = linnet.problem(X1, Y1, {loss = "softmax", classes = {"a", "b", "c"}})
  local run = p:flow(p:init("gaussian", {h = 1e9, seed = 1}), {t = 1e4, record = {"accuracy"}})

  it("are the largest outputs, by number and name", function()
    local numbers, names = run.final:classify(X2)
    local outputs, right = run.final:predict(X2), 0
    for i = 1, #numbers do
      assert.equal(select(2, outputs:row(i):argmax()), numbers(i))
      assert.equal(("abc"):sub(numbers(i), numbers(i)), names[i])
      right = right + (numbers(i) == Y2(i) and 1 or 0)
    end
    assert.equal(right / #Y2, run.final:test_accuracy(X2, Y2))
  end)

  it("are all right at the end of training on separable data, and few at its start", function()
    assert.equal(1, run.final:accuracy())
    assert.equal(1, run.accuracy(#run.t))
    assert.equal(run.start:accuracy(), run.accuracy(1))
    assert.equal(run.start:test_accuracy(X1, Y1), run.start:accuracy())
    assert.is_true(run.start:accuracy() < 0.9)
    assert.is_truthy(tostring(run):find("30 of 30 samples", 1, true))
  end)

  it("are counted at the end of a run", function()
    assert.equal(math.floor(run.final:accuracy() * p.n + 0.5), run.stats.margins)
    assert.equal("integer", math.type(run.stats.margins))
    local other = linnet.problem(X1, X1)
    assert.is_nil(other:flow(other:init("gaussian", {h = 9}), {t = 1}).stats.margins)
  end)

  it("of one output are by its sign", function()
    local two = linnet.matrix(40, 1, function(i) return F(i, 1) > 0 and 5 or 3 end)
    local q = linnet.problem(X, two, {loss = "logistic"})
    local s = q:init{U = linnet.random(2):normal(4, 3):col(1), V = linnet.ones(1, 1)}
    local numbers, names = s:classify(X)
    assert.are.same(list(two), list(numbers))
    assert.equal(numbers(1), names[1])
    assert.equal(1, s:accuracy())
    assert.equal(1, s:test_accuracy(X, two))
    assert.equal(0, s:test_accuracy(X, 8 - two))
  end)

  it("of the squared loss count where its targets are largest", function()
    local hot = linnet.matrix(40, 3, function(i, j) return kinds(i) == j and 1 or 0 end)
    local q = linnet.problem(X, hot)
    local s = q:init{U = linnet.random(2):normal(4, 3), V = linnet.eye(3)}
    assert.equal(1, s:accuracy())
    fails("classify: the squared loss has no classes", s.classify, s, X)
    fails("test_accuracy: the squared loss has no classes", s.test_accuracy, s, X, hot)
  end)

  it("want data that fit", function()
    local s = run.final
    fails("Xnew must have D = 4 columns", s.classify, s, X * linnet.ones(4, 3))
    fails("classify: Xnew(1, 1) is nan", s.classify, s, X2 * (0 / 0))
    fails("must have a row per row of Xnew", s.test_accuracy, s, X2, Y1)
    fails("test_accuracy: Ynew(1) = ", s.test_accuracy, s, X2, Y2 + 5)
    fails("is the number of no class: there are 3", s.test_accuracy, s, X2, Y2 + 5)
    fails("test_accuracy: Ynew has 2 columns", s.test_accuracy, s, X2, linnet.ones(#Y2, 2))
  end)

  it("have their names after a file", function()
    local path = os.tmpname()
    run.final:save(path)
    local again = linnet.load(path)
    assert.are.same(run.final.problem.classes, again.problem.classes)
    local _, names = again:classify(X2)
    assert.are.same(select(2, run.final:classify(X2)), names)
    os.remove(path)
  end)
end)
