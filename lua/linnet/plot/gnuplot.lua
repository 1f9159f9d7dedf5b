--- The program gnuplot as a function from a script to a picture: frame, quoting, delivery.
--
-- What a script may contain is decided here and in the modules that use it: numbers in data blocks,
-- and texts through `quote`, which leaves no quote, backtick, macro or backslash for gnuplot to
-- interpret, so nothing in a title or label is ever executed. gnuplot never sees a user's file name
-- (one that begins with `|` would be a command): it writes to its output, and we write the file.
--
-- SPDX-License-Identifier: MIT
-- @module linnet.plot.gnuplot

local files = require "linnet.files"

local M = {}

-- Script and complaints are files without a name: nothing is left behind, whatever stops us. The
-- first line of output is the number by which the program is stopped at Ctrl-C.
local COMMAND = "echo $$; LC_ALL=C; export LC_ALL; exec gnuplot -d /dev/fd/%d 2>/dev/fd/%d"
local MISSING = "gnuplot is not installed, and it draws every figure: apt-get install gnuplot-nox"

--- Axes and text; grid lines; remarks.
M.INK, M.GRID, M.FAINT = "#3A3A3A", "#DEDEDE", "#8A8A8A"

local FILE_KINDS = {svg = true, png = true, pdf = true, tex = true}

local function file_kind(path)
  local kind = path:match("%.(%a+)$")
  return FILE_KINDS[kind and kind:lower()] and kind:lower()
end

--- Options of every figure.
M.options = {
  {name = "title", type = "string", help = "above the figure"},
  {name = "xlabel", type = "string", help = "below the horizontal axis"},
  {name = "ylabel", type = "string", help = "beside the vertical axis"},
  {name = "file", type = "string", default_help = "draw in the terminal",
    help = "where to write: .svg, .png, .pdf or .tex (LaTeX, with a .pdf beside it)",
    check = function(path)
      return not path:find("\0", 1, true) and file_kind(path),
        "must end in .svg, .png, .pdf or .tex"
    end},
  {name = "width", type = "integer", range = "[20, 4000]",
    help = "pixels, or columns in the terminal", default_help = "720, or the window's"},
  {name = "height", type = "integer", range = "[8, 4000]",
    help = "pixels, or lines in the terminal", default_help = "440, or by the window"},
  {name = "size", choices = {"page", "column"}, default_help = "page",
    help = "of a file: 7.2 inches wide, or a column's 3.4 with text of 8 points"},
  {name = "font", type = "number", range = "[2, 100]", help = "size of the text in points",
    default_help = "by the size"},
  {name = "key", choices = {"below", "right", "top left", "top right", "bottom left",
    "bottom right", "none"}, default = "below", help = "where the key stands"},
}

--- A text as a gnuplot string: one line of valid UTF-8, all but the harmless in octal.
-- (Doubling the quotes of a single-quoted string does not do: gnuplot 5.4 misreads one that begins
-- with them, and goes on to execute the rest.)
-- @tparam string text
-- @treturn string
-- @usage assert(require "linnet.plot.gnuplot".quote("it's `ls`") == [["it\0047s \0140ls\0140"]])
function M.quote(text)
  text = files.one_line(text)
  if not utf8.len(text) then text = text:gsub("[\x80-\xff]", "?") end
  -- Four digits: gnuplot reads up to four after \0, so that three would eat a digit of the text.
  return '"' .. text:gsub("[^%w .,:+*/()=-]", function(c) return ("\\%04o"):format(c:byte()) end)
    .. '"'
end

local TEX = {["\\"] = "\\textbackslash{}", ["~"] = "\\textasciitilde{}",
  ["^"] = "\\textasciicircum{}"}

--- A name (of an axis, a measure, a sweep: it may come from a file) as a label of a figure: in
-- LaTeX, where labels are LaTeX, one that only shows it.
-- @tparam ?string name
-- @tparam ?string file of the figure
-- @treturn ?string
-- @usage assert(require("linnet.plot.gnuplot").name_text("a_b", "x.tex") == "a\\_b")
function M.name_text(name, file)
  if not name or type(file) ~= "string" or file_kind(file) ~= "tex" then return name end
  return (name:gsub("[\\{}$&#%%_^~]", function(c) return TEX[c] or "\\" .. c end))
end

-- ---------------------------------------------------------------- the program

-- What gnuplot said, as one line without the script's name.
local function complaint(text)
  local last
  for line in text:gmatch("[^\n]+") do
    if line:find("%w") then last = line end
  end
  return last and last:gsub('^%s*"[^"]*",?%s*', "") or "no message"
end

-- Stops the program when an error (Ctrl-C) comes before its end.
local Running = {__close = function(running)
  if running.pid then os.execute("kill " .. running.pid .. " 2>/dev/null") end
end}

--- Run a script.
-- @tparam string script that draws to the standard output
-- @treturn ?string what gnuplot wrote
-- @treturn ?string why there is nothing
-- @treturn ?string the kind of that failure
-- @usage assert(require "linnet.plot.gnuplot".run("set print '-'; print 1 + 1\n") == "2\n")
function M.run(script)
  local source <close>, why = io.tmpfile()
  local errors <close>, cause = io.tmpfile()
  if not source or not errors then
    return nil, "gnuplot: no temporary file: " .. (why or cause), "file"
  end
  local written
  written, why = source:write(script)
  if written then written, why = source:flush() end
  if not written then return nil, "gnuplot: cannot write the script: " .. why, "file" end
  source:seek("set")
  local process = require("linnet.core").process
  local pipe <close> = io.popen(COMMAND:format(process.descriptor(source),
    process.descriptor(errors)), "r")
  local running <close> = setmetatable({}, Running)
  local parts = {}
  repeat
    local part = process.read(pipe) or ""
    parts[#parts + 1] = part
    if not running.pid then
      running.pid, parts[1] = table.concat(parts):match("^(%d+)\n(.*)")
      parts = running.pid and {parts[1]} or parts
    end
  until part == ""
  running.pid = nil
  local status = select(3, pipe:close())
  if status == 0 then return table.concat(parts) end
  if status == 127 then return nil, MISSING, "missing" end
  errors:seek("set")
  return nil, "gnuplot: " .. complaint(errors:read("a")), "file"
end

--- Columns and lines of the terminal: the environment's, or what stty says, or 80 x 24.
-- @treturn integer columns, 40 to 160
-- @treturn integer lines, 12 to 50
-- @usage local columns = require "linnet.plot.gnuplot".window(); assert(columns >= 40)
function M.window()
  local columns, lines = tonumber(os.getenv("COLUMNS")), tonumber(os.getenv("LINES"))
  if not (columns and lines) then
    local pipe <close> = io.popen("{ stty size </dev/tty; } 2>/dev/null", "r")
    local rows, cols = pipe:read("a"):match("(%d+) (%d+)")
    lines, columns = lines or tonumber(rows), columns or tonumber(cols)
  end
  local function within(low, x, high) return math.floor(math.max(low, math.min(x, high))) end
  return within(40, columns or 80, 160), within(12, lines or 24, 50)
end

-- ---------------------------------------------------------------- figures

-- Terminal by kind of picture: two sizes, and that of the axes' font; title, key and remarks are
-- relative to it. PNG gets twice the pixels, so that it stays sharp; PDF and LaTeX count inches and
-- points.
local TERMINALS = {
  svg = {"svg size %d,%d dynamic enhanced font 'Helvetica,Arial,sans-serif,%g' "
    .. "background '#ffffff'", 1, 14},
  inline = {"svg size %d,%d dynamic enhanced font 'Helvetica,Arial,sans-serif,%g'", 1, 14},
  png = {"pngcairo size %d,%d enhanced font 'sans,%g' lw 2 pointscale 2 "
    .. "background '#ffffff'", 2, 19},
  -- 0.75: pdfcairo takes a point for 4/3 of one
  pdf = {"pdfcairo size %gin,%gin enhanced font 'sans,%g' fontscale 0.75 "
    .. "background '#ffffff'", 0.01, 10},
  tex = {"cairolatex pdf size %gin,%gin font ',%g' fontscale 0.75", 0.01, 10},
}
local SIZES = {page = {720, 440}, column = {340, 240}}
local COLUMN_FONT = 8

local FRAME = [[
set border 3 lw 0.8 lc rgb 'INK'
set tics nomirror out scale 0.6,0.3 textcolor rgb 'INK'
set grid xtics ytics lt 1 lw 0.7 lc rgb 'GRID'
set errorbars 0.6]]

local KEYS = {
  below = "outside below center horizontal", right = "outside right top vertical",
  ["top left"] = "inside top left vertical", ["top right"] = "inside top right vertical",
  ["bottom left"] = "inside bottom left vertical",
  ["bottom right"] = "inside bottom right vertical",
}
local KEY = "set key %s Left reverse samplen 2.5 width 1 height 0.8 noenhanced textcolor rgb '%s' "
  .. "font ',%g'"

local function font_of(o, kind)
  local point = (kind == "pdf" or kind == "tex") and 1 or kind == "png" and 2 / 0.72 or 1 / 0.72
  if o.font then return o.font * point end
  return o.size == "column" and COLUMN_FONT * point or TERMINALS[kind][3]
end

--- Axes, key and texts of a figure, or of one of its panels.
-- @tparam table o checked options
-- @tparam string kind of picture
-- @treturn string
function M.look(o, kind)
  local font = font_of(o, kind)
  local lines = {(FRAME:gsub("INK", M.INK):gsub("GRID", M.GRID))}
  lines[2] = KEYS[o.key or "below"] and KEY:format(KEYS[o.key or "below"], M.INK, 0.92 * font)
    or "unset key"
  lines[3] = o.key ~= "right" and "set rmargin 4" or nil -- else the key has its room there
  local function say(place, text, colour, relative)
    lines[#lines + 1] = ("set %s %s noenhanced textcolor rgb '%s' font ',%g'"):format(place, text,
      colour, font * relative)
  end
  if o.title then say("title", M.quote(o.title), M.INK, 1.15) end
  if o.xlabel then say("xlabel", M.quote(o.xlabel), M.INK, 1) end
  if o.ylabel then say("ylabel", M.quote(o.ylabel), M.INK, 1) end
  if o.note then
    say("label 1", M.quote(o.note) .. " at graph 1, graph 1.03 right", M.FAINT, 0.8)
  end
  return table.concat(lines, "\n")
end

--- How many labels there is room for along the axes of a figure, or of one of its panels.
-- @tparam table o checked options
-- @tparam integer columns of panels
-- @tparam integer rows of panels
-- @treturn table x and y: `powers` of ten and `numbers`, each how many
-- @usage assert(require("linnet.plot.gnuplot").room({}, 2, 1).x.powers < 10)
function M.room(o, columns, rows)
  local size, em = SIZES[o.size or "page"], font_of(o, "svg")
  -- Of the figure in em less title, key and the other axis, by what a label takes.
  local function most(length, parts, aside, each, limit)
    return math.min(limit, math.max(2, math.floor((length / parts / em - aside) / each)))
  end
  local width, height = o.width or size[1], o.height or size[2]
  return {
    x = {powers = most(width, columns, 9, 2.9, 10), numbers = most(width, columns, 9, 3.4, 8)},
    y = {powers = most(height, rows, 8, 2, 8), numbers = most(height, rows, 8, 2, 7)},
  }
end

-- Encoding, terminal, axes and the texts of a figure.
local function frame(o, kind)
  local size = SIZES[o.size or "page"]
  local format, scale = table.unpack(TERMINALS[kind])
  return ("set encoding utf8\nset terminal %s\n%s"):format(format:format(
    scale * (o.width or size[1]), scale * (o.height or size[2]), font_of(o, kind)),
    M.look(o, kind))
end

-- The SVG element alone, its identifiers made its own and its ink the page's. (`currentColor` would
-- not do: gnuplot sets the colour of every group.)
local function inline(svg, prefix)
  local function ink(colour)
    local r, g, b = colour:match("#(%x%x)(%x%x)(%x%x)")
    return ("rgb%%(%%s*%d,%%s*%d,%%s*%d%%)"):format("0x" .. r, "0x" .. g, "0x" .. b)
  end
  svg = svg:gsub("^.-<svg", "<svg", 1):gsub("%s*$", "")
  svg = svg:gsub("id=(['\"])", "id=%1" .. prefix):gsub("href='#", "href='#" .. prefix)
  svg = svg:gsub("url%(#", "url(#" .. prefix)
  return (svg:gsub(ink(M.INK), "var(--ink, " .. M.INK .. ")")
    :gsub(ink(M.FAINT), "var(--soft, " .. M.FAINT .. ")")
    :gsub(ink(M.GRID), "var(--grid, " .. M.GRID .. ")"))
end

-- An SVG says what it shows, to screen readers and at the pointer, and cells meet without seams.
local function told(svg, o)
  local title = files.one_line(o.title or o.ylabel or "figure"):gsub("[&<>]",
    {["&"] = "&amp;", ["<"] = "&lt;", [">"] = "&gt;"})
  if not utf8.len(title) then title = title:gsub("[\x80-\xff]", "?") end
  return (svg:gsub("<title>Gnuplot</title>%s*<desc>.-</desc>", function()
    return "<title>" .. title .. "</title>"
  end, 1):gsub("<svg ", "<svg shape-rendering='geometricPrecision' ", 1)
    :gsub("<polygon ", "<polygon shape-rendering='crispEdges' "))
end

-- LaTeX and the picture beside it: gnuplot writes both into a folder of its own, under a name that
-- the text then changes for the user's.
local function draw_tex(o, script)
  local folder = os.tmpname()
  os.remove(folder)
  local lfs = require "lfs"
  if not lfs.mkdir(folder) then return nil, "no temporary folder", "file" end
  local _ <close> = setmetatable({}, {__close = function()
    for _, name in ipairs{"/f.tex", "/f.pdf"} do os.remove(folder .. name) end
    lfs.rmdir(folder)
  end})
  local to_folder = script:gsub("\n", ("\nset output '%s/f.tex'\n"):format(folder), 2)
  local said, why, failing = M.run(to_folder .. "\nset output\n")
  if not said then return nil, why, failing end
  local tex, pdf = files.read(folder .. "/f.tex"), files.read(folder .. "/f.pdf")
  if not (tex and pdf) then return nil, "gnuplot wrote no LaTeX", "file" end
  local stem = o.file:gsub("%.%a+$", "")
  tex = tex:gsub("{[^{}]*/f}", function() return "{" .. stem:match("[^/]*$") .. "}" end)
  -- In the size that was asked for, whatever the page's, and without the package color.
  local font = font_of(o, "tex")
  tex = tex:gsub("\\begingroup\n", function(begin)
    return ("%s  \\fontsize{%g}{%g}\\selectfont\n  \\providecommand\\definecolor[3]{}%%\n"):format(
      begin, font, 1.2 * font)
  end, 1)
  local written
  written, why = files.write(stem .. ".pdf", pdf)
  if written then written, why = files.write(o.file, tex) end
  if not written then return nil, "cannot write the figure: " .. why, "file" end
  return o.file
end

--- What is wrong with a prefix of identifiers, or nil.
function M.prefix_wrong(prefix)
  if type(prefix) == "string" and prefix:find("^%a[%w_-]*$") then return nil end
  return ("the prefix must be a letter and letters, digits, _ or - after it, got %s"):format(
    type(prefix) == "string" and ("%q"):format(prefix) or "a " .. type(prefix))
end

--- Draw a figure: to `options.file`, or returned as an SVG element.
-- @tparam string what for messages: "plot"
-- @tparam table o checked options (`M.options`), and `note`, a remark on what is not shown
-- @tparam function body `body(kind)` -> the rest of the script; kind is svg, inline, png, pdf
-- @tparam ?string prefix of identifiers: return the SVG element instead, its ink `var(--ink)`,
--   remarks `var(--soft)`, grid lines `var(--grid)`
-- @treturn ?string the file's name, or the SVG element
-- @treturn ?string why there is none
-- @treturn ?string the kind of that failure
function M.draw(what, o, body, prefix)
  local kind = prefix and "inline" or file_kind(o.file)
  local rest = body(kind) -- which may say how large the figure is
  local script = frame(o, kind) .. "\n" .. rest .. "\n"
  local output, why, failing
  if kind == "tex" then
    output, why, failing = draw_tex(o, script)
    return output, why and what .. ": " .. why, failing
  end
  output, why, failing = M.run(script)
  if not output then return nil, what .. ": " .. why, failing end
  if kind == "svg" or kind == "inline" then output = told(output, o) end
  if kind == "inline" then return inline(output, prefix) end
  local written
  written, why = files.write(o.file, output)
  if not written then
    return nil, ("%s: cannot write the figure: %s"):format(what, why), "file"
  end
  return o.file
end

return M
