--- tools/formula.lua: formulas as sources write them (`sigma_r^2 c`, `U1 V^T`, `||E||`) as HTML
-- with Greek letters, indices and exponents, by the hand that writes those of reports.
--
-- SPDX-License-Identifier: MIT

local html = require "linnet.report.html"

local M = {}

local LETTERS = {alpha = "α", beta = "β", gamma = "γ", delta = "δ", eps = "ε", eta = "η",
  kappa = "κ", lam = "λ", mu = "μ", nu = "ν", pi = "π", rho = "ρ", sigma = "σ", tau = "τ",
  phi = "φ", chi = "χ", Gamma = "Γ", Theta = "Θ", Lambda = "Λ", Sigma = "Σ", Phi = "Φ", Xi = "Ξ",
  Omega = "Ω", inf = "∞", infinity = "∞", int = "∫", sum = "Σ", sqrt = "√"}
local SIGNS = {{"||", "‖"}, {"<=", "≤"}, {">=", "≥"}, {"<-", "←"}, {"->", "→"}, {"+-", "±"},
  {"...", "…"}, {"-", "−"}}

-- What is raised or lowered from a place on, without parentheses around it, and the place behind.
local function script(text, at)
  local inner = text:match("^%b{}", at) or text:match("^%b()", at)
  if inner then return inner:sub(2, -2), at + #inner end
  inner = text:match("^[+-]?%w+", at) or text:match("^.", at) or ""
  return inner, at + #inner
end

--- In the marks of a report's formulas: `_{}`, `^{}`, letters as they look.
function M.marks(text)
  local out, at = {}, 1
  while at <= #text do
    local word, digits = text:match("^(%a+)(%d*)", at)
    local mark = text:match("^[_^]", at)
    if word then
      out[#out + 1] = LETTERS[word] or word
      if digits ~= "" and (LETTERS[word] or #word == 1) then digits = "_{" .. digits .. "}" end
      out[#out + 1] = digits
      at = at + #text:match("^%w+", at)
    elseif mark and #out > 0 then
      local inner
      inner, at = script(text, at + 1)
      out[#out + 1] = mark .. "{" .. M.marks(inner) .. "}"
    else
      local taken = text:match("^%d[%d.]*e[+-]?%d+", at) or text:match("^%d[%d.]*%w*", at)
      local sign
      for _, pair in ipairs(SIGNS) do
        if not taken and not sign and text:sub(at, at + #pair[1] - 1) == pair[1] then
          sign = pair
        end
      end
      taken = taken or sign and sign[1] or text:match("^" .. utf8.charpattern, at)
      out[#out + 1] = sign and sign[2] or taken
      at = at + #taken
    end
  end
  return table.concat(out)
end

--- Whether a piece of code in a text of mathematics is a formula: no name of the library, no file.
function M.is(text)
  if text:find('["/]%a*_spec') or text:find('%a[:.]%a') or text:find('"', 1, true) then
    return false
  end
  return LETTERS[text] ~= nil or not text:find("^%l[%l%d_]+$") and not text:find("^%l+/%l+$")
end

--- What has an index or exponent in a text of mathematics, as HTML; names with underscores stay.
-- @tparam string text
-- @tparam func keep takes HTML that nothing else may change, and returns what stands for it
function M.scripts(text, keep)
  local out, at = {}, 1
  local from = text:find("[_^]", at)
  while from do
    local base = text:sub(at, from - 1):match("%w+'*$") or text:sub(at, from - 1):match("[)%]|]$")
    local short = base and (#base < 3 or LETTERS[base:match("^%a+")])
    local stop = from
    while text:find("^[_^][%w{(+*-]", stop) do stop = select(2, script(text, stop + 1)) end
    if base and stop > from and (short or text:sub(from, from) == "^") then
      out[#out + 1] = text:sub(at, from - #base - 1)
      out[#out + 1] = keep(M.html(text:sub(from - #base, stop - 1)))
      at = stop
    else
      out[#out + 1] = text:sub(at, from)
      at = from + 1
    end
    from = text:find("[_^]", at)
  end
  return table.concat(out) .. text:sub(at)
end

function M.html(text) return '<span class="math">' .. html.formula(M.marks(text)) .. "</span>" end

return M
