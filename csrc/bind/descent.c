/* csrc/bind/descent.c: core.descent.new(...) and its methods: count steps a call, the state.
 * lua/linnet/descend.lua drives it and keeps the records.
 * SPDX-License-Identifier: MIT */
#include "flow/descent.h"

#include <math.h>

#include "bind/net.h"
#include "bind/object.h"

#define DESCENT_NAME "linnet.descent"
enum { DESCENT_STATE = 1 }; /* uservalue: the state it began with */

typedef struct bound_descent {
  descent d;
  double t0; /* clock and steps of the first state */
  int64_t k0;
} bound_descent;

static bound_descent *descent_check(lua_State *L) { return luaL_checkudata(L, 1, DESCENT_NAME); }

/* core.descent.new(state, options): method, eta, steps, until_excess, max_seconds, and those that
 * the method uses */
static int l_descent_new(lua_State *L) {
  const state *s = bind_state_check(L, 1);
  const problem *p = s->o->p;
  descent_spec spec = {.method = update_named(bind_text(L, 2, "method")),
                       .eta = bind_number(L, 2, "eta"),
                       .steps = bind_integer(L, 2, "steps"),
                       .weight_decay = bind_number_or(L, 2, "weight_decay", 0.0),
                       .momentum = bind_number_or(L, 2, "momentum", 0.0),
                       .rho = bind_number_or(L, 2, "rho", 0.0),
                       .until_excess = bind_number_or(L, 2, "until_excess", 0.0),
                       .max_seconds = bind_number_or(L, 2, "max_seconds", INFINITY)};
  if (!spec.method) return luaL_argerror(L, 2, "descend: there is no such method");
  if (spec.method->by_sample) {
    spec.batch = (int)bind_integer(L, 2, "batch");
    spec.seed = (uint64_t)bind_integer(L, 2, "seed");
  }
  bound_descent shape;
  for (placing at = bind_place(L, &shape, sizeof shape, 1); placing_next(&at);)
    descent_layout(&at.room, &shape.d, state_dims(s), spec.method,
                   spec.method->by_sample ? p->n : 0, spec.batch);
  bound_descent *b = lua_touserdata(L, -1);
  lua_pushvalue(L, 1);
  lua_setiuservalue(L, -2, DESCENT_STATE);
  luaL_setmetatable(L, DESCENT_NAME);
  field reduced = problem_field(p);
  b->t0 = s->t;
  b->k0 = s->k;
  ALONE(descent_start(&b->d, &reduced, &spec, p->W, p->Y, s->L));
  return 1;
}

/* d:advance(count) -> nil to go on, or the name of the reason why the descent ended */
static int l_descent_advance(lua_State *L) {
  bound_descent *b = descent_check(L);
  int64_t count = (int64_t)luaL_checkinteger(L, 2);
  tick t = bind_tick(L);
  flow_reason reason;
  ALONE(reason = descent_advance(&b->d, count, &t));
  if (reason == FLOW_RUNNING) lua_pushnil(L);
  else lua_pushstring(L, flow_reason_names[reason]);
  return 1;
}

/* d:state() -> the state after the last step */
static int l_descent_state(lua_State *L) {
  bound_descent *b = descent_check(L);
  lua_getiuservalue(L, 1, DESCENT_STATE);
  state *s = bind_state_like(L, lua_gettop(L), b->t0 + b->d.t);
  s->decay *= b->d.u2;
  s->k = b->k0 + b->d.k;
  mat_copy(s->L, b->d.Z);
  return 1;
}

/* d:eta(x): the size of the steps from here on */
static int l_descent_eta(lua_State *L) {
  descent_eta(&descent_check(L)->d, luaL_checknumber(L, 2));
  return 0;
}

/* d:time() -> k, excess */
static int l_descent_time(lua_State *L) {
  const bound_descent *b = descent_check(L);
  lua_pushinteger(L, (lua_Integer)b->d.k);
  lua_pushnumber(L, b->d.excess);
  return 2;
}

/* d:stable_eta() -> the largest stable step, or 0 */
static int l_descent_stable_eta(lua_State *L) {
  const bound_descent *b = descent_check(L);
  lua_getiuservalue(L, 1, DESCENT_STATE);
  dims d = state_dims(bind_state_check(L, -1));
  stable_eta w;
  for (placing at = bind_scratch(L); placing_next(&at);) stable_eta_layout(&at.room, &w, d);
  double eta;
  ALONE(eta = descent_stable_eta(&b->d, &w));
  lua_pushnumber(L, eta);
  return 1;
}

static const luaL_Reg methods[] = {{"advance", l_descent_advance},       {"eta", l_descent_eta},
                                   {"state", l_descent_state},           {"time", l_descent_time},
                                   {"stable_eta", l_descent_stable_eta}, {NULL, NULL}};

/* The table on top of the stack gains `methods`, names in the order of the documentation, and
 * `uses`: option -> the methods that use it, in order. */
static void push_methods(lua_State *L) {
  lua_newtable(L);
  lua_newtable(L);
  for (int i = 0; descent_methods[i]; i++) {
    const update *u = descent_methods[i];
    lua_pushstring(L, u->name);
    lua_rawseti(L, -3, i + 1);
    for (int j = 0; j < UPDATE_OPTIONS && u->options[j]; j++) {
      luaL_getsubtable(L, -1, u->options[j]);
      lua_pushstring(L, u->name);
      lua_rawseti(L, -2, (lua_Integer)lua_rawlen(L, -2) + 1);
      lua_pop(L, 1);
    }
  }
  lua_setfield(L, -3, "uses");
  lua_setfield(L, -2, "methods");
}

void bind_descent(lua_State *L) {
  static const luaL_Reg functions[] = {{"new", l_descent_new}, {NULL, NULL}};
  luaL_setfuncs(L, functions, 0);
  push_methods(L);
  bind_type(L, DESCENT_NAME, methods, NULL, NULL);
}
