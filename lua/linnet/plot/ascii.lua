--- lua/linnet/plot/ascii.lua: texts for terminals without Unicode: Greek letters by their names,
-- signs by what stands for them in sources.
--
-- SPDX-License-Identifier: MIT
-- @module linnet.plot.ascii

local SIGNS = {["−"] = "-", ["–"] = "-", ["·"] = "*", ["×"] = "x", ["‖"] = "||", ["≤"] = "<=",
  ["≥"] = ">=", ["≠"] = "!=", ["≈"] = "~", ["±"] = "+-", ["→"] = "->", ["…"] = "..", ["∞"] = "inf",
  ["∫"] = "int ", ["∂"] = "d", ["√"] = "sqrt", ["½"] = "1/2", ["⁺"] = "^+", ["⁻"] = "^-",
  ["ᵀ"] = "^T", ["²"] = "^2", ["³"] = "^3", ["✓"] = "+", ["✗"] = "x", ["\u{a0}"] = " "}
for digit = 0, 9 do SIGNS[utf8.char(0x2080 + digit)] = "_" .. digit end
for letter, name in ([[α alpha β beta γ gamma δ delta ε eps ζ zeta η eta θ theta κ kappa λ lam μ mu
  ν nu ξ xi π pi ρ rho σ sigma τ tau φ phi χ chi ψ psi ω omega Γ Gamma Δ Delta Θ Theta Λ Lambda Ξ Xi
  Σ Sigma Φ Phi Ψ Psi Ω Omega]]):gmatch("(%S+)%s+(%S+)") do
  SIGNS[letter] = name
end

--- A text in ASCII; what has no such name is a question mark.
-- @tparam string text
-- @treturn string
-- @usage assert(require("linnet.plot.ascii")("σ₁ ≤ ‖E‖²") == "sigma_1 <= ||E||^2")
return function(text)
  return (text:gsub("[\xc2-\xf4][\x80-\xbf]+", function(char) return SIGNS[char] or "?" end)
    :gsub("[\x80-\xff]", "?"))
end
