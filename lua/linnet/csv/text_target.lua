--- A target of texts as a column of classes: their numbers, in the order of their names, and how
-- many of each there are. What losses make of such a column is linnet.classes.
--
-- SPDX-License-Identifier: MIT
-- @module linnet.csv.text_target

local core = require "linnet.core"
local words = require "linnet.csv.words"

local M = {}

--- Takes used column k as a target of classes where it is one: texts alone, some of them more than
-- once. Its entries become numbers of texts, in the order of the file, and `t.labels` has these.
-- @treturn boolean whether it is one
function M.take(t, k, stat, most)
  if not t.is_target[k] or #t.ys > 1 or stat.numbers > 0 then return false end
  local labels = {}
  local count = core.table.labels(t.text, t.rules, t.used[k], t.matrix:col(k), labels, most)
  t.labels = labels
  return count <= most and count + stat.gaps < t.rows
end

-- Names in the rows that are left, in order, and how often each stands in Y, which gets their
-- places; texts of two encodings, or quoted, may be one name.
local function number(labels, Y)
  local count, names, place, sizes = {}, {}, {}, {}
  for i = 1, #Y do
    local name = labels[math.tointeger(Y:get(i, 1))]
    if not count[name] then names[#names + 1], count[name] = name, 0 end
    count[name] = count[name] + 1
  end
  table.sort(names)
  for i, name in ipairs(names) do place[name], sizes[i] = i, count[name] end
  for i = 1, #Y do Y:set(i, 1, place[labels[math.tointeger(Y:get(i, 1))]]) end
  return names, sizes
end

--- Tells `about` of the classes of Y, a column of numbers of texts or, where texts are coded, one
-- column for each.
function M.say(t, Y)
  local k, about = t.ys[1], t.about
  if t.labels then
    for code, label in ipairs(t.labels) do t.labels[code] = words.label(label) end
    about.classes, about.class_sizes = number(t.labels, Y)
  elseif #t.ys == 1 and t.codes[k] then
    about.classes = {}
    for i, one in ipairs(t.codes[k]) do about.classes[i] = one.label end
  end
end

return M
