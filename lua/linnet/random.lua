--- Reproducible random numbers: `linnet.random(seed)` makes a generator; there is no global one and
-- none is seeded from the clock.
--
-- Words come from Philox4x64-10, keyed by (seed, stream): the words of NumPy's
-- `Philox(key=[seed, stream + 2**32])`. One word makes one uniform or one normal number and nothing
-- is kept between calls, so `g:normal(4)` draws what `g:normal(1)` draws four times. Streams of the
-- same seed are independent, and none is used by the package itself (its own lie below).
--
-- SPDX-License-Identifier: MIT
-- @module linnet.random

local check = require "linnet.check"
local core = require "linnet.core"
local error = require("linnet.failure").raise

local M = {}

local MOST = math.maxinteger
local STATE = "philox4x64-10 seed=%d stream=%d drawn=%d"
local FIRST_STREAM = -(1 << 32) -- the package's own streams lie below 0

-- The integer, or nil: a float of integer value counts, a string does not.
local function whole(value) return type(value) == "number" and math.tointeger(value) or nil end

local function integer(what, value)
  local number = whole(value)
  if number and number >= 0 then return number end
  error(("linnet.random: %s must be an integer in 0..%d, got %s"):format(what, MOST,
    check.shown(value)), 3)
end

--- A generator.
-- @function linnet.random
-- @tparam int seed 0..2^63-1
-- @tparam[opt=0] int stream 0..2^63-1: independent numbers for the same seed
-- @treturn Random
-- @raise a seed or stream that is no integer in the range
-- @usage local g = linnet.random(1); print(g:normal(3, 2), g:integer(1, 6))
local function new(_, seed, stream)
  return core.random.new(integer("seed", seed), stream == nil and 0 or integer("stream", stream))
end

--- The generator that the package itself draws from for one purpose: with one seed, data, weights
-- and noise never share words.
-- @tparam int seed 0..2^63-1
-- @tparam string purpose "X", "Theta", "noise" or "split" (`linnet.data`), "frame", "start" or
-- "task" (`problem:init`)
-- @treturn Random
-- @raise a seed that is no integer in the range, a purpose that is none of these
-- @usage local X = linnet.data.gaussian{n = 3, D = 4, seed = 5}
-- assert(X == linnet.random.own(5, "X"):normal(3, 4) * 0.5)
function M.own(seed, purpose)
  local stream = core.random.streams[purpose]
  if not stream then
    error(("linnet.random.own: there is no purpose %s"):format(check.shown(purpose)), 2)
  end
  return core.random.new(integer("seed", seed), FIRST_STREAM + stream)
end

-- ---------------------------------------------------------------- methods

local methods = {}
M.random = methods

local function check_generator(name, self)
  check.self(self, core.types.random, "random", name, 3)
end

--- Where the generator stands, as a line of text that `restore` takes: also in another process, and
-- for any generator.
-- @function random:state
-- @treturn string seed, stream and the count of words drawn
-- @usage local g = linnet.random(7); g:normal(5); print(g:state())
function methods:state()
  check_generator("state", self)
  return STATE:format(core.random.place(self))
end

--- Go back, or forth, to where a generator stood.
-- @function random:restore
-- @tparam string state what `state` gave
-- @treturn Random the generator itself
-- @raise anything that is not such a line
-- @usage local g = linnet.random(7); local s = g:state()
-- local x = g:normal(); assert(g:restore(s):normal() == x)
function methods:restore(state)
  check_generator("restore", self)
  local pattern = STATE:gsub("%-", "%%-"):gsub("%%d", "(%%-?%%d+)")
  local place = {}
  if type(state) == "string" then
    for i, digits in ipairs{state:match("^" .. pattern .. "$")} do
      place[i] = math.tointeger(tonumber(digits))
    end
  end
  local seed, stream, drawn = table.unpack(place, 1, 3)
  if not (seed and stream and drawn and seed >= 0 and drawn >= 0 and stream >= FIRST_STREAM) then
    error(("random:restore: a state as random:state gives it is needed, '%s', got %s")
      :format(STATE:format(1, 0, 17), check.shown(state)), 2)
  end
  core.random.move(self, seed, stream, drawn)
  return self
end

function methods:__tostring()
  return ("linnet.random: seed %d, stream %d, %d words drawn"):format(core.random.place(self))
end

--- A generator of random numbers, made by `linnet.random(seed [, stream])`. Methods advance it.
-- @type random

return setmetatable(M, {__call = new})
