--- Where the ticks of an axis stand and what they say: every label is the number at its place, and
-- no two are alike.
--
-- SPDX-License-Identifier: MIT
-- @module linnet.plot.ticks

local M = {}

-- From so many steps away from zero on, labels are told from a base: 1e9 + 1 would read 1e+09.
local FAR = 1e6

-- 1, 2 or 5 times a power of ten, not below x.
local function nice(x)
  local power = 10.0 ^ math.floor(math.log(x, 10))
  for _, digit in ipairs{1, 2, 5} do
    if digit * power >= x * (1 - 1e-9) then return digit * power end
  end
  return 10 * power
end

-- A number in its fewest digits, told apart from its neighbours a step away.
local function label_of(x, step, largest)
  if math.abs(x) < step / 1e3 then return "0" end
  if largest >= 1e6 or largest < 1e-4 then
    local digits = math.max(0, math.ceil(math.log(largest / step, 10) - 1e-9))
    local text = ("%." .. digits .. "e"):format(x):gsub("(%.%d-)0*e", "%1e"):gsub("%.e", "e")
    return (text:gsub("e%+0*(%d)", "e%1"):gsub("e%-0*(%d)", "e-%1"))
  end
  local text = ("%." .. math.max(0, math.ceil(-math.log(step, 10) - 1e-9)) .. "f"):format(x)
  return text
end

--- Ticks of a linear axis.
-- @tparam number low
-- @tparam number high
-- @tparam integer most about so many
-- @treturn {{number,string},...} places and labels
-- @treturn ?string what has to be added to the labels, where they are told from a base
-- @usage
-- local list, base = require("linnet.plot.ticks").linear(1e9, 1e9 + 2, 4)
-- assert(base == "1000000000" and list[2][2] ~= list[1][2])
function M.linear(low, high, most)
  local step = nice(math.max((high / most - low / most), 5e-324))
  local largest, base, said = math.max(math.abs(low), math.abs(high)), 0, nil
  if largest / step > FAR and step > 0 and largest < math.huge then
    local grain = 10.0 ^ (math.ceil(math.log(high - low, 10)) + 1)
    base = math.floor((low / 2 + high / 2) / grain + 0.5) * grain
    said = ("%.15g"):format(base)
    if tonumber(said) ~= base then said = ("%.17g"):format(base) end
    largest = math.max(math.abs(low - base), math.abs(high - base))
  end
  local list = {}
  local first, last = math.ceil((low - base) / step - 1e-6), math.floor((high - base) / step + 1e-6)
  for i = first, math.min(last, first + 2 * most + 2) do
    local x = i * step
    list[#list + 1] = {base + x, label_of(x, step, largest)}
  end
  return list, said
end

-- Within two decades: 1, 2, 5 or every digit, or equal steps when they are close together.
local function close(low, high, decades)
  if decades < 0.4 then return (M.linear(low, high, 5)) end
  local out = {}
  for power = math.floor(math.log(low, 10)), math.ceil(math.log(high, 10)) do
    for _, digit in ipairs(decades >= 1 and {1, 2, 5} or {1, 2, 3, 4, 5, 6, 7, 8, 9}) do
      local x = digit * 10.0 ^ power
      if x >= low * (1 - 1e-9) and x <= high * (1 + 1e-9) then
        out[#out + 1] = {x, ("%.6g"):format(x)}
      end
    end
  end
  return out
end

--- Ticks of a logarithmic axis: powers of ten, or plain numbers within two decades.
-- @tparam number low > 0
-- @tparam number high
-- @tparam integer most
-- @treturn {{number,string,?integer},...} places, labels, and the power where it is one
-- @usage assert(require("linnet.plot.ticks").log(1, 1e8, 5)[2][2] == "1e2")
function M.log(low, high, most)
  local a, b = math.log(low, 10), math.log(high, 10)
  if b - a < 2 then return close(low, high, b - a) end
  local list, step = {}, math.max(1, math.ceil((b - a) / most))
  for power = math.ceil(a / step - 1e-9) * step, math.floor(b + 1e-9), step do
    list[#list + 1] = {10.0 ^ power, ("1e%d"):format(power), power}
  end
  return list
end

return M
