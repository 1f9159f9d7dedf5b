--- Figures of curves in characters: braille dots (2 x 4 a cell) and colours where the terminal has
-- them, plain characters elsewhere; a key that says which is which without colours too.
--
-- SPDX-License-Identifier: MIT
-- @module linnet.plot.terminal

local ascii = require "linnet.plot.ascii"
local ticks = require "linnet.plot.ticks"

local files = require "linnet.files"

local M = {}

-- Colours of 256 near those of the palette of files.
local COLOURS = {32, 166, 36, 175, 178, 74, 97, 245}

-- What marks curves: in the cells of points, along lines that are not alone, instead of bounds.
local LOOKS = {
  unicode = {marks = "ox+svnea", bounds = {"·", "+", "x", "*", "^", "="}, band = "░",
    side = "│", corner = "└", floor = "─", tick = "┤", foot = "┬"},
  ascii = {marks = "ox+svnea", lines = "*#%@&$~w", bounds = {".", ":", "'", ",", "^", "="},
    band = ":", side = "|", corner = "+", floor = "-", tick = "+", foot = "+"},
}

local BIT = {{0x01, 0x02, 0x04, 0x40}, {0x08, 0x10, 0x20, 0x80}} -- of a dot in a braille cell

-- ---------------------------------------------------------------- what the terminal can do

--- Whether braille and lines can be shown, and colours: by the environment.
-- @treturn boolean
-- @treturn boolean
function M.abilities()
  local locale = os.getenv("LC_ALL") or ""
  if locale == "" then locale = os.getenv("LC_CTYPE") or "" end
  if locale == "" then locale = os.getenv("LANG") or "" end
  local term = os.getenv("TERM") or "dumb"
  local unicode = locale:lower():find("utf%-?8") ~= nil and term ~= "dumb" and term ~= "linux"
  local ok, core = pcall(require, "linnet.core")
  local colour = ok and core.system.isatty("stdout") and term ~= "dumb"
    and (os.getenv("NO_COLOR") or "") == ""
  return unicode, colour
end

-- ---------------------------------------------------------------- canvas

local DASH = 2 -- cells of a dash, and of the gap behind it

local Canvas = {}
Canvas.__index = Canvas

-- width x height cells; dots finer than that where braille is there.
local function canvas(width, height, unicode)
  local self = setmetatable({w = width, h = height, fine_x = unicode and 2 or 1,
    fine_y = unicode and 4 or 1, dots = {}, chars = {}, colour = {}, under = {}}, Canvas)
  return self
end

function Canvas:cell(x, y) return (y - 1) * self.w + x end

-- A dot at fine coordinates from 0; char: what stands for it where there are no dots.
function Canvas:dot(x, y, char, colour)
  if x < 0 or y < 0 or x >= self.w * self.fine_x or y >= self.h * self.fine_y then return end
  local at = self:cell(x // self.fine_x + 1, y // self.fine_y + 1)
  if self.fine_x == 2 then
    self.dots[at] = (self.dots[at] or 0) | BIT[x % 2 + 1][y % 4 + 1]
  else
    self.chars[at] = char
  end
  self.colour[at] = colour
end

function Canvas:char(x, y, char, colour)
  if x < 1 or y < 1 or x > self.w or y > self.h then return end
  self.chars[self:cell(x, y)], self.colour[self:cell(x, y)] = char, colour
end

-- `done`: how much of a dashed line there was before, nil for a solid one; returns what is now.
function Canvas:line(x0, y0, x1, y1, char, colour, done)
  local n = math.max(math.abs(x1 - x0), math.abs(y1 - y0), 1)
  for i = 0, n do
    if not done or (done + i) // (DASH * self.fine_x) % 2 == 0 then
      self:dot(math.floor(x0 + (x1 - x0) * i / n + 0.5), math.floor(y0 + (y1 - y0) * i / n + 0.5),
        char, colour)
    end
  end
  return done and done + n
end

local function painted(text, colour, on)
  return on and colour and ("\27[38;5;%dm%s\27[0m"):format(COLOURS[colour], text) or text
end

function Canvas:row(y, on)
  local out = {}
  for x = 1, self.w do
    local at = self:cell(x, y)
    local text = self.chars[at] or self.dots[at] and utf8.char(0x2800 + self.dots[at])
    out[x] = text and painted(text, self.colour[at], on)
      or self.under[at] and painted(self.under[at][1], self.under[at][2], on) or " "
  end
  return (table.concat(out):gsub("%s+$", ""))
end

-- ---------------------------------------------------------------- curves

-- The place of x between low and high on an axis of `cells` cells and so many dots each, from 0.
local function place(x, axis, cells, fine)
  local low, high = axis.low, axis.high
  if axis.log then x, low, high = math.log(x), math.log(low), math.log(high) end
  local part = high / 2 > low / 2 and (x / 2 - low / 2) / (high / 2 - low / 2) or 0.5
  return math.floor(part * (cells * fine - 1) + 0.5)
end

-- Points of a curve at fine coordinates, in stretches without gaps.
local function stretches(c, curve, column, x_axis, y_axis)
  local all, one = {}, nil
  for _, p in ipairs(curve.points) do
    local x, y = p[1], p[column]
    local seen = x == x and y == y and not (x_axis.log and x <= 0) and not (y_axis.log and y <= 0)
    if seen then
      if not one then
        one = {}
        all[#all + 1] = one
      end
      one[#one + 1] = {place(x, x_axis, c.w, c.fine_x),
        c.h * c.fine_y - 1 - place(y, y_axis, c.h, c.fine_y)}
    else
      one = nil
    end
  end
  return all
end

-- Far outside a clipped range there is nothing to draw, and much to count.
local function near(c, p)
  local wide, tall = c.w * c.fine_x, c.h * c.fine_y
  return p[1] > -wide and p[1] < 2 * wide and p[2] > -tall and p[2] < 2 * tall
end

-- Calls f(x, y) in cells about every `apart` columns along a curve.
local function along(c, curve, x_axis, y_axis, apart, offset, f)
  local last
  for _, one in ipairs(stretches(c, curve, 2, x_axis, y_axis)) do
    for i, p in ipairs(one) do
      local q = one[i + 1] or p
      local n = near(c, p) and near(c, q) and math.max(math.abs(q[1] - p[1]) // c.fine_x, 1) or 0
      for k = 0, n - 1 do
        local x = (p[1] + (q[1] - p[1]) * k / n) // c.fine_x + 1
        local y = (p[2] + (q[2] - p[2]) * k / n) // c.fine_y + 1
        if (not last or math.abs(x - last) >= apart) and (last or x >= offset) then
          f(math.floor(x), math.floor(y))
          last = x
        end
      end
    end
  end
end

local DRAW = {}

function DRAW.band(c, curve, _, look, x_axis, y_axis)
  local low = stretches(c, curve, 2, x_axis, y_axis)
  local high = stretches(c, curve, 3, x_axis, y_axis)
  for s, one in ipairs(low) do
    for i = 1, #one do
      local a, b = one[i], one[i + 1] or one[i]
      local top, next_top = high[s] and high[s][i], high[s] and (high[s][i + 1] or high[s][i])
      local n = top and near(c, a) and near(c, b) and math.max(b[1] - a[1], 1) or -1
      for k = 0, n do
        local x = (a[1] + k) // c.fine_x + 1
        local from = (top[2] + (next_top[2] - top[2]) * k / n) // c.fine_y + 1
        local to = (a[2] + (b[2] - a[2]) * k / n) // c.fine_y + 1
        for y = math.max(1, math.floor(from)), math.min(c.h, math.floor(to)) do
          if x >= 1 and x <= c.w then c.under[c:cell(x, y)] = {look.band, curve.color} end
        end
      end
    end
  end
end

function DRAW.bound(c, curve, mark, _, x_axis, y_axis)
  along(c, curve, x_axis, y_axis, 2, 1, function(x, y) c:char(x, y, mark, curve.color) end)
end

function DRAW.points(c, curve, mark, _, x_axis, y_axis)
  for _, one in ipairs(stretches(c, curve, 2, x_axis, y_axis)) do
    for _, p in ipairs(one) do
      c:char(p[1] // c.fine_x + 1, p[2] // c.fine_y + 1, mark, curve.color)
    end
  end
end

local MARKED_EVERY = 14 -- columns between the marks of a line that is not the only one

function DRAW.line(c, curve, mark, look, x_axis, y_axis)
  local char = look.lines and look.lines:sub(curve.color, curve.color) or "*"
  local done = curve.style == "dash" and 0 or nil
  for _, one in ipairs(stretches(c, curve, 2, x_axis, y_axis)) do
    for i, p in ipairs(one) do
      local q = one[i + 1] or p
      if near(c, p) and near(c, q) then
        done = c:line(p[1], p[2], q[1], q[2], char, curve.color, done)
      end
    end
  end
  if mark and not look.lines and not done then
    along(c, curve, x_axis, y_axis, MARKED_EVERY, 3 + 3 * curve.color, function(x, y)
      c:char(x, y, mark, curve.color)
    end)
  end
end
DRAW.dash = DRAW.line

-- What stands for each curve: marks are distinct within their kind.
local function marks_of(curves, look)
  local marks, bounds, lines = {}, 0, 0
  for _, curve in ipairs(curves) do lines = lines + (curve.style == "line" and 1 or 0) end
  for i, curve in ipairs(curves) do
    if curve.style == "bound" then
      bounds = bounds % #look.bounds + 1
      marks[i] = look.bounds[bounds]
    elseif curve.style == "points" or lines > 1 then
      marks[i] = look.marks:sub(curve.color, curve.color)
    end
  end
  return marks
end

-- ---------------------------------------------------------------- around it

local function sample(curve, mark, look)
  if curve.style == "band" then return look.band:rep(3) end
  if curve.style == "bound" or curve.style == "points" then
    return mark .. " " .. mark
  elseif curve.style == "dash" then
    return (look.lines and look.lines:sub(curve.color, curve.color) or "⠤"):rep(2) .. " "
  elseif look.lines then
    return look.lines:sub(curve.color, curve.color):rep(3)
  end
  return mark and "⠤" .. mark .. "⠤" or "⠤⠤⠤"
end

local function length(text) return utf8.len(text) or #text end

local function cut(text, most, unicode)
  text = files.one_line(text)
  if not unicode then text = ascii(text) end
  if length(text) <= most then return text end
  return text:sub(1, (utf8.offset(text, math.max(most, 1)) or most + 1) - 1)
end

-- The key in lines of the width, at most so many.
local function key_lines(curves, marks, look, width, most, on)
  local unicode = not look.lines
  local entries, widest = {}, 0
  for i, curve in ipairs(curves) do
    if curve.label then
      local label = cut(curve.label, width - 6, unicode)
      entries[#entries + 1] = {sample(curve, marks[i], look), label, curve.color}
      widest = math.max(widest, length(label) + 6)
    end
  end
  if #entries == 0 or most < 1 then return {} end
  local columns = math.max(1, math.min(#entries, (width - 2) // widest))
  local lines, left_out = {}, 0
  for i, entry in ipairs(entries) do
    local row = (i - 1) // columns + 1
    if row > most then
      left_out = left_out + 1
    else
      lines[row] = (lines[row] or "  ") .. painted(entry[1], entry[3], on) .. " " .. entry[2]
        .. (" "):rep(widest - 4 - length(entry[2]))
    end
  end
  if left_out > 0 then lines[most] = ("  ... %d more curves"):format(left_out + columns) end
  for i, line in ipairs(lines) do lines[i] = line:gsub("%s+$", "") end
  return lines
end

local function ticks_of(axis, most)
  if axis.log then return ticks.log(axis.low, axis.high, most) end
  return ticks.linear(axis.low, axis.high, most)
end

-- Labels below the axis, each centered on its tick, none into another.
local function labels_below(list, axis, c, left)
  local line, marks, free = {}, {}, 1
  for _, tick in ipairs(list) do
    local at = left + 1 + place(tick[1], axis, c.w, c.fine_x) // c.fine_x + 1
    local from = math.max(free, at - length(tick[2]) // 2)
    marks[at] = true
    if from - (at - length(tick[2]) // 2) <= 1 then
      line[#line + 1] = {from, tick[2]}
      free = from + length(tick[2]) + 1
    end
  end
  local text = ""
  for _, label in ipairs(line) do text = text .. (" "):rep(label[1] - #text - 1) .. label[2] end
  return text, marks
end

local function centered(text, width) return (" "):rep((width - length(text)) // 2) .. text end

-- What an axis shows, less what its labels are told from.
local function axis_label(label, base)
  if not base then return label or "" end
  return label and label .. " - " .. base or "+ " .. base
end

--- Draw curves.
-- @tparam table o title, xlabel, ylabel, note; `unicode`, `colour`: what the terminal can do
-- @tparam {table,...} curves checked, with `points`
-- @tparam table x_axis `low`, `high`, `log`
-- @tparam table y_axis
-- @tparam integer columns
-- @tparam integer lines of everything: title, key and remarks too
-- @treturn string
function M.draw(o, curves, x_axis, y_axis, columns, lines)
  local look = o.unicode and LOOKS.unicode or LOOKS.ascii
  local marks = marks_of(curves, look)
  local key = o.key == false and {}
    or key_lines(curves, marks, look, columns, math.max(1, lines // 3 - 1), o.colour)
  local around = 2 + #key + (o.title and 1 or 0) + (o.ylabel and 1 or 0) + (o.note and 1 or 0)
  local height = math.max(3, lines - around - (o.xlabel and 1 or 0))
  local y_ticks, y_base = ticks_of(y_axis, math.max(2, height // 3))
  local left = 1
  for _, tick in ipairs(y_ticks) do left = math.max(left, #tick[2]) end
  local c = canvas(math.max(8, columns - left - 2), height, o.unicode)
  for _, pass in ipairs{"band", "bound", "rest"} do
    for i, curve in ipairs(curves) do
      local own = (curve.style == "band" or curve.style == "bound") and curve.style or "rest"
      if own == pass then DRAW[curve.style](c, curve, marks[i], look, x_axis, y_axis) end
    end
  end
  local out, at_row = {}, {}
  for _, tick in ipairs(y_ticks) do
    at_row[height - place(tick[1], y_axis, height, c.fine_y) // c.fine_y] = tick[2]
  end
  if o.title then out[1] = centered(cut(o.title, columns, o.unicode), columns) end
  if o.ylabel or y_base then
    out[#out + 1] = cut(axis_label(o.ylabel, y_base), columns, o.unicode)
  end
  for y = 1, height do
    local label = at_row[y]
    out[#out + 1] = (" "):rep(left - #(label or "")) .. (label or "") .. (label and look.tick
      or look.side) .. c:row(y, o.colour)
  end
  local x_ticks, x_base = ticks_of(x_axis, math.max(2, c.w // 9))
  local below, feet = labels_below(x_ticks, x_axis, c, left)
  local floor = {}
  for x = 1, c.w do floor[x] = feet[left + 1 + x] and look.foot or look.floor end
  out[#out + 1] = (" "):rep(left) .. look.corner .. table.concat(floor)
  out[#out + 1] = below
  if o.xlabel or x_base then
    local label = cut(axis_label(o.xlabel, x_base), c.w, o.unicode)
    out[#out + 1] = centered(label, c.w + 2 * left)
  end
  table.move(key, 1, #key, #out + 1, out)
  if o.note then out[#out + 1] = cut(o.note, columns, o.unicode) end
  return table.concat(out, "\n") .. "\n"
end

return M
