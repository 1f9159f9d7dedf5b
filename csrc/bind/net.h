/* csrc/bind/net.h: problems and states on the Lua stack, for the binding files above them.
 * A problem, an origin and a state are blocks; uservalues keep what they point to alive.
 * SPDX-License-Identifier: MIT */
#ifndef LINNET_BIND_NET_H
#define LINNET_BIND_NET_H

#include "bind/bind.h"
#include "descent/descent.h"
#include "model/start.h"
#include "model/state.h"

/* uservalues of an origin's block: the problem, the frame, the state_work's block, the kind's name,
 * the table of what the start was asked for */
enum {
  ORIGIN_PROBLEM = 1,
  ORIGIN_FRAME,
  ORIGIN_WORK,
  ORIGIN_KIND,
  ORIGIN_OPTIONS,
  ORIGIN_VALUES = ORIGIN_OPTIONS
};

/* Pushes a state (L zero) over the origin at the absolute index at. */
state *bind_state_push(lua_State *L, int at, double t);

const problem *bind_problem_check(lua_State *L, int arg);
const state *bind_state_check(lua_State *L, int arg);
/* Pushes the origin of the state at arg. */
void bind_state_origin(lua_State *L, int arg);
/* Buffers for the functions of state.h, shared by all states of one origin. */
state_work *bind_state_work(lua_State *L, int arg);
/* Pushes a state of the origin that the state at arg has, with its own L (k x k', zero) and t,
 * and the same k. */
state *bind_state_like(lua_State *L, int arg, double t);
/* What a flow is told to do, from the table at arg: method, t, tol, until_excess, max_steps,
 * max_seconds; of problem:flow, run:verify and each member of an ensemble alike. */
flow_spec bind_flow_spec(lua_State *L, int arg);
/* What a descent is told to do, from the table at arg, which must live as long as what is returned:
 * method, eta or etas (a column), steps, until_excess, max_seconds, and what the method uses. */
descent_spec bind_descent_spec(lua_State *L, int arg);
/* Draws the frame F of a sampled start, once per origin, where it is missing. */
void bind_state_frame(lua_State *L, int arg);

#endif
