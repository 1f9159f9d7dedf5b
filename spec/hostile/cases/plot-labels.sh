# spec/hostile/cases/plot-labels.sh: SPDX-License-Identifier: MIT
# gnuplot reads \0dd as up to four octal digits: a quoted character below "@" before a digit 0..7 eats it.
# "c>0" becomes a byte that is no UTF-8, and neither the SVG nor the page around it can be parsed.
. "$(dirname "$0")/lib.sh"
cat >p.lua <<'LUA'
local linnet, bad = require "linnet", 0
for label in ("c>0 h<100 #1 50%5 $2 R&2"):gmatch("%S+") do
  linnet.plot{{{1, 2}, {1, 2}, label = label}, file = "p.svg"}
  local text = io.open("p.svg", "rb"):read("a")
  local drawn = text:match('gnuplot_plot_1" ><title>(.-)</title>'):gsub("&lt;", "<"):gsub("&gt;", ">"):gsub("&amp;", "&")
  if drawn ~= label then bad = bad + 1 print(("%s is drawn as %q; valid UTF-8: %s"):format(label, drawn, utf8.len(text) ~= nil)) end
end
os.exit(bad == 0)
LUA
lua5.4 p.lua | cat -v; lua5.4 p.lua >/dev/null || fault "labels are drawn as something else"
finish
