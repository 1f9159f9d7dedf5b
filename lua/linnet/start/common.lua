--- lua/linnet/start/common.lua: options that several kinds of start share, and what they mean.
--
-- SPDX-License-Identifier: MIT
-- @module linnet.start.common

local M = {}

local EXPLICIT_LIMIT = 2 ^ 28 -- entries of U and V together: 2 GiB

local H = {name = "h", type = "integer", range = "[1, inf]", float = true, required = true,
  help = "hidden width, however large; math.huge for the wide limit where the law has one"}
local SEED = {name = "seed", type = "integer", range = "[0, 9223372036854775807]", default = 0,
  help = "of the generator; another seed is another draw"}
local EXPLICIT = {name = "explicit", type = "boolean", default = false,
  help = "build all h columns of U and V (memory grows with h)"}
local ALPHA = {name = "alpha", type = "number", range = "[0, inf)",
  default_help = "0.5 unless a std is given", help = "entries of variance h^(-2 alpha)"}
local STD = {name = "std", type = "number", range = "(0, inf)",
  help = "standard deviation of all entries, instead of alpha"}
local STD_U = {name = "std_u", type = "number", range = "[0, inf)",
  help = "standard deviation of U's entries (with std_v)"}
local STD_V = {name = "std_v", type = "number", range = "[0, inf)",
  help = "standard deviation of V's entries (with std_u)"}

M.shared = {h = H, seed = SEED, explicit = EXPLICIT, alpha = ALPHA, std = STD, std_u = STD_U,
  std_v = STD_V}

--- s_u, s_v from alpha, std or std_u and std_v; or nil and why not.
function M.scales(o)
  local pair = o.std_u ~= nil or o.std_v ~= nil
  local given = (o.alpha and 1 or 0) + (o.std and 1 or 0) + (pair and 1 or 0)
  if given > 1 then return nil, "give one of alpha, std, or std_u with std_v" end
  if pair then
    if not (o.std_u and o.std_v) then return nil, "std_u and std_v go together" end
    return o.std_u, o.std_v
  end
  local s = o.std or o.h ^ -(o.alpha or 0.5)
  return s, s
end

--- Whether U and V of this width can be built: true, or nil and why not.
function M.explicit_room(p, h)
  if h < math.huge and (p.D + p.m) * h <= EXPLICIT_LIMIT then return true end
  return nil, ("h = %s is too large to build U (%d x h) and V (%d x h) explicitly"):format(h, p.D,
    p.m)
end

M.NO_LIMIT = "h = inf has a limit only where h times the variance of the entries converges"

return M
