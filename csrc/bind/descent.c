/* csrc/bind/descent.c: core.descent.new(...) and its methods: count steps a call, the state.
 * lua/linnet/descend.lua drives it and keeps the records.
 * SPDX-License-Identifier: MIT */
#include "descent/descent.h"

#include <math.h>

#include "bind/net.h"
#include "bind/object.h"

#define DESCENT_NAME "linnet.descent"
/* uservalues: the state it began with, its options, label noise that was given */
enum { DESCENT_STATE = 1, DESCENT_OPTIONS, DESCENT_NOISE, DESCENT_VALUES = DESCENT_NOISE };

typedef struct bound_descent {
  descent d;
  double t0; /* clock and steps of the first state */
  int64_t k0;
} bound_descent;

static bound_descent *descent_check(lua_State *L) { return bind_arg_object(L, 1, DESCENT_NAME); }

descent_spec bind_descent_spec(lua_State *L, int arg) {
  descent_spec spec = {.method = update_named(bind_text(L, arg, "method")),
                       .eta = bind_number_or(L, arg, "eta", 0.0),
                       .steps = bind_integer(L, arg, "steps"),
                       .weight_decay = bind_number_or(L, arg, "weight_decay", 0.0),
                       .momentum = bind_number_or(L, arg, "momentum", 0.0),
                       .rho = bind_number_or(L, arg, "rho", 0.0),
                       .label_noise = bind_number_or(L, arg, "label_noise", 0.0),
                       .until_excess = bind_number_or(L, arg, "until_excess", 0.0),
                       .max_seconds = bind_number_or(L, arg, "max_seconds", INFINITY)};
  mat etas;
  if (!spec.method) bind_argument(L, arg, "descend: there is no such method");
  if (spec.method->by_sample) spec.batch = (int)bind_integer(L, arg, "batch");
  if (lua_getfield(L, arg, "seed") == LUA_TNUMBER) spec.seed = (uint64_t)lua_tointeger(L, -1);
  lua_getfield(L, arg, "etas");
  if (bind_matrix_test(L, lua_gettop(L), &etas)) spec.etas = etas.p;
  lua_pop(L, 2);
  return spec;
}

/* core.descent.new(state, options), of bind_descent_spec */
static int l_descent_new(lua_State *L) {
  const state *s = bind_state_own(L, 1);
  const problem *p = s->o->p;
  lua_settop(L, 2);
  descent_spec spec = bind_descent_spec(L, 2);
  spec.k0 = s->k;
  bound_descent shape;
  for (placing at = bind_place(L, &shape, sizeof shape, DESCENT_VALUES); placing_next(&at);)
    descent_layout(&at.room, &shape.d, state_dims(s), spec.method, p->n, spec.batch);
  bound_descent *b = lua_touserdata(L, -1);
  lua_pushvalue(L, 1);
  lua_setiuservalue(L, -2, DESCENT_STATE);
  lua_pushvalue(L, 2);
  lua_setiuservalue(L, -2, DESCENT_OPTIONS);
  luaL_setmetatable(L, DESCENT_NAME);
  field reduced = problem_field(p, NULL);
  b->t0 = s->t;
  b->k0 = s->k;
  ALONE(descent_start(&b->d, &reduced, &spec, p->W, p->Y, s->L));
  return 1;
}

/* d:advance(count) -> nil to go on, or the name of the reason why the descent ended */
static int l_descent_advance(lua_State *L) {
  bound_descent *b = descent_check(L);
  int64_t count = (int64_t)bind_arg_integer(L, 2);
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
  s->weight_decay = b->d.spec.weight_decay;
  s->k = b->k0 + b->d.k;
  mat_copy(s->L, b->d.Z);
  return 1;
}

/* d:eta(x): the size of the steps from here on */
static int l_descent_eta(lua_State *L) {
  descent_eta(&descent_check(L)->d, bind_arg_number(L, 2));
  return 0;
}

/* d:noise(Xi): label noise (n x m) of the steps from here on */
static int l_descent_noise(lua_State *L) {
  bound_descent *b = descent_check(L);
  mat Xi = bind_matrix_check(L, 2);
  if (!(Xi.rows == b->d.Y.rows && Xi.cols == b->d.Y.cols)) bind_argument(L, 2, "must be n x m");
  lua_settop(L, 2);
  lua_setiuservalue(L, 1, DESCENT_NOISE);
  ALONE(descent_disturb(&b->d, Xi));
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
  dims d = state_dims(bind_state_bare(L, -1));
  stable_eta w;
  for (placing at = bind_scratch(L); placing_next(&at);) stable_eta_layout(&at.room, &w, d);
  double eta;
  ALONE(eta = descent_stable_eta(&b->d, &w));
  lua_pushnumber(L, eta);
  return 1;
}

static const luaL_Reg methods[] = {{"advance", l_descent_advance},
                                   {"eta", l_descent_eta},
                                   {"noise", l_descent_noise},
                                   {"state", l_descent_state},
                                   {"time", l_descent_time},
                                   {"stable_eta", l_descent_stable_eta},
                                   {NULL, NULL}};

/* The table on top of the stack gains `methods`, names in the order of the documentation, `uses`:
 * option -> the methods that use it, in order, and `no_flow` and `squared`: method -> true. */
static void push_methods(lua_State *L) {
  for (int i = 0; i < 4; i++) lua_newtable(L);
  for (int i = 0; descent_methods[i]; i++) {
    const update *u = descent_methods[i];
    lua_pushstring(L, u->name);
    lua_rawseti(L, -5, i + 1);
    lua_pushboolean(L, u->no_flow);
    lua_setfield(L, -4, u->name);
    lua_pushboolean(L, u->squared);
    lua_setfield(L, -3, u->name);
    for (int j = 0; j < UPDATE_OPTIONS && u->options[j]; j++) {
      luaL_getsubtable(L, -1, u->options[j]);
      lua_pushstring(L, u->name);
      lua_rawseti(L, -2, (lua_Integer)lua_rawlen(L, -2) + 1);
      lua_pop(L, 1);
    }
  }
  lua_setfield(L, -5, "uses");
  lua_setfield(L, -4, "squared");
  lua_setfield(L, -3, "no_flow");
  lua_setfield(L, -2, "methods");
}

void bind_descent(lua_State *L) {
  static const luaL_Reg functions[] = {{"new", l_descent_new}, {NULL, NULL}};
  luaL_setfuncs(L, functions, 0);
  push_methods(L);
  bind_type(L, DESCENT_NAME, methods, NULL, NULL);
}
