--- bench/descent_rate.lua: is the bound of one step of gradient descent ever violated? Over 10,000
-- random states of all shapes and scales; spec/theory/descent_spec.lua does 1,000.
--   lua5.4 bench/descent_rate.lua
-- SPDX-License-Identifier: MIT
package.path = "./?.lua;" .. package.path
local worst, spoken = require("spec.steps").worst(1, 10000)
print(("largest L+/(contraction L) over %d steps from 10000 states: %.6f"):format(spoken, worst))
