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
 * the table of what the start was asked for, the flow that follows all hidden units; of a state
 * that another problem continued, the matrix (R x D) whose rows span the directions of the inputs
 * along which U is known */
enum {
  ORIGIN_PROBLEM = 1,
  ORIGIN_FRAME,
  ORIGIN_WORK,
  ORIGIN_KIND,
  ORIGIN_OPTIONS,
  ORIGIN_FOLLOWED, /* csrc/bind/fold.c */
  ORIGIN_SEEN,
  ORIGIN_VALUES = ORIGIN_SEEN
};

/* uservalues of a state: its origin, and where it is folded its L once that was asked for */
enum { STATE_ORIGIN = 1, STATE_OPENED, STATE_VALUES = STATE_OPENED };

/* Pushes a state (L zero) over the origin at the absolute index at. */
state *bind_state_push(lua_State *L, int at, double t);

const problem *bind_problem_check(lua_State *L, int arg);
const state *bind_state_check(lua_State *L, int arg);
/* The same without L where the state is folded (csrc/model/fold.h) and nobody has asked for it; and
 * with the L of its own hidden units, which all are followed for that: as long as that takes. */
const state *bind_state_bare(lua_State *L, int arg);
const state *bind_state_own(lua_State *L, int arg);
/* Pushes the origin of the state at arg. */
void bind_state_origin(lua_State *L, int arg);
/* Buffers for the functions of state.h, shared by all states of one origin. */
state_work *bind_state_work(lua_State *L, int arg);
/* Pushes a state of the origin that the state at arg has, with its own L (k x k', zero) and t,
 * and the same k. */
state *bind_state_like(lua_State *L, int arg, double t);
/* The same folded, with its own Y (k x m, zero). */
state *bind_state_folded(lua_State *L, int arg, double t, const fold *of, double tol);
/* Whether the start of the state at arg is one from which flows can be folded. */
bool bind_origin_folds(lua_State *L, int arg, fold *of);
/* Whether a flow from the state at arg can be folded: then its Y is pushed. */
bool bind_state_fold(lua_State *L, int arg, double weight_decay, fold *of, mat *Y);
/* What a flow is told to do, from the table at arg: method, t, tol, until_excess, max_steps,
 * max_seconds; of problem:flow, run:verify and each member of an ensemble alike. */
flow_spec bind_flow_spec(lua_State *L, int arg);
/* What a descent is told to do, from the table at arg, which must live as long as what is returned:
 * method, eta or etas (a column), steps, until_excess, max_seconds, and what the method uses. */
descent_spec bind_descent_spec(lua_State *L, int arg);
/* Draws the frame F of a sampled start, once per origin, where it is missing. */
void bind_state_frame(lua_State *L, int arg);

#endif
