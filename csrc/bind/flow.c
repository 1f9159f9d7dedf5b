/* csrc/bind/flow.c: core.flow.new(...) and its methods: one accepted step a call, the state in
 * between. lua/linnet/flow.lua drives it and keeps the records.
 * SPDX-License-Identifier: MIT */
#include "flow/flow.h"

#include <math.h>

#include "bind/net.h"
#include "bind/object.h"

#define FLOW_NAME "linnet.flow"
enum { FLOW_STATE = 1 }; /* uservalue: the state it began with, which keeps origin and problem */

/* With m columns for k where it is folded. */
typedef struct bound_flow {
  flow flow;
  fold of;
  bool folded;
} bound_flow;

static flow *flow_check(lua_State *L) {
  return &((bound_flow *)bind_arg_object(L, 1, FLOW_NAME))->flow;
}

static const method *method_check(lua_State *L, const char *name) {
  const method *m = method_named(name);
  if (!m) bind_fail(L, "misuse", "flow: there is no method '%s'", name);
  return m;
}

flow_spec bind_flow_spec(lua_State *L, int arg) {
  return (flow_spec){.method = method_check(L, bind_text(L, arg, "method")),
                     .t_end = bind_number(L, arg, "t"),
                     .tol = bind_number(L, arg, "tol"),
                     .weight_decay = bind_number_or(L, arg, "weight_decay", 0.0),
                     .until_excess = bind_number_or(L, arg, "until_excess", 0.0),
                     .max_steps = bind_integer(L, arg, "max_steps"),
                     .max_seconds = bind_number_or(L, arg, "max_seconds", INFINITY)};
}

/* core.flow.new(state, options): method, t, tol, weight_decay, until_excess, max_steps,
 * max_seconds, threads; to go on from a step of another flow, that one's method in use `using` and
 * its next step h */
static int l_flow_new(lua_State *L) {
  const state *s = bind_state_bare(L, 1);
  const problem *p = s->o->p;
  flow_spec spec = bind_flow_spec(L, 2);
  if (lua_getfield(L, 2, "using") == LUA_TSTRING) spec.using = method_check(L, lua_tostring(L, -1));
  spec.h = bind_number_or(L, 2, "h", 0.0);
  bound_flow shape;
  dims d = state_dims(s);
  fold of;
  mat Z;
  bool folded = stepper_folds(d, spec.method) && bind_state_fold(L, 1, spec.weight_decay, &of, &Z);
  if (folded) d.kp = d.m;
  else Z = bind_state_own(L, 1)->L; /* the states to come measure how far each hidden unit went */
  if (blas_reentrant()) d.threads = (int)bind_number_or(L, 2, "threads", bind_threads(L));
  for (placing at = bind_place(L, &shape, sizeof shape, 1); placing_next(&at);)
    flow_layout(&at.room, &shape.flow, d, spec.method);
  bound_flow *b = lua_touserdata(L, -1);
  b->folded = folded;
  if (folded) b->of = of;
  lua_pushvalue(L, 1);
  lua_setiuservalue(L, -2, FLOW_STATE);
  luaL_setmetatable(L, FLOW_NAME);
  field reduced = problem_field(p, NULL);
  ALONE(flow_start(&b->flow, &reduced, &spec, Z, s->t));
  return 1;
}

/* f:advance() -> nil to go on, or the name of the reason why the flow ended */
static int l_flow_advance(lua_State *L) {
  flow *f = flow_check(L);
  tick t = bind_tick(L);
  flow_reason reason;
  ALONE(reason = flow_advance(f, &t));
  if (reason == FLOW_RUNNING) lua_pushnil(L);
  else lua_pushstring(L, flow_reason_names[reason]);
  return 1;
}

/* Pushes a state of the flow's trajectory at t, where its Z will stand in the matrix returned. */
static mat state_push(lua_State *L, double t) {
  const bound_flow *b = bind_arg_object(L, 1, FLOW_NAME);
  const flow_spec *spec = &b->flow.spec;
  lua_getiuservalue(L, 1, FLOW_STATE);
  int from = lua_gettop(L);
  state *s =
      b->folded ? bind_state_folded(L, from, t, &b->of, spec->tol) : bind_state_like(L, from, t);
  s->decay *= flow_decay(&b->flow, t);
  s->weight_decay = spec->weight_decay;
  return b->folded ? s->Y : s->L;
}

/* f:state() -> the last accepted state */
static int l_flow_state(lua_State *L) {
  flow *f = flow_check(L);
  flow_state(f, state_push(L, f->t));
  return 1;
}

/* f:between(t) -> the state at f:previous() <= t <= f:time() */
static int l_flow_between(lua_State *L) {
  flow *f = flow_check(L);
  double t = bind_arg_number(L, 2);
  mat Z = state_push(L, t);
  ATTEMPT(L, "flow", flow_between(f, t, Z));
  return 1;
}

/* f:time() -> t, tprev, the controller's next step, excess, steps */
static int l_flow_time(lua_State *L) {
  const flow *f = flow_check(L);
  lua_pushnumber(L, f->t);
  lua_pushnumber(L, f->tprev);
  lua_pushnumber(L, flow_next_step(f));
  lua_pushnumber(L, flow_excess(f));
  lua_pushinteger(L, (lua_Integer)f->steps);
  return 5;
}

/* f:counts() -> method, steps, rejected, evaluations, eigenproblems */
static int l_flow_counts(lua_State *L) {
  const flow *f = flow_check(L);
  lua_pushstring(L, stepper_method(&f->step)->name);
  lua_pushinteger(L, (lua_Integer)f->steps);
  lua_pushinteger(L, (lua_Integer)f->rejected);
  lua_pushinteger(L, (lua_Integer)f->step.work.evaluations);
  lua_pushinteger(L, (lua_Integer)f->step.work.eigenproblems);
  return 5;
}

static const luaL_Reg methods[] = {{"advance", l_flow_advance}, {"state", l_flow_state},
                                   {"between", l_flow_between}, {"time", l_flow_time},
                                   {"counts", l_flow_counts},   {NULL, NULL}};

void bind_flow(lua_State *L) {
  static const luaL_Reg functions[] = {{"new", l_flow_new}, {NULL, NULL}};
  luaL_setfuncs(L, functions, 0);
  bind_type(L, FLOW_NAME, methods, NULL, NULL);
  lua_newtable(L); /* reasons: the words of flow_reason, from 0 */
  for (int i = 0; i < FLOW_REASONS; i++) {
    lua_pushstring(L, flow_reason_names[i]);
    lua_rawseti(L, -2, i);
  }
  lua_setfield(L, -2, "reasons");
  lua_newtable(L); /* methods: their names in the order of the documentation */
  for (int i = 0; flow_methods[i]; i++) {
    lua_pushstring(L, flow_methods[i]->name);
    lua_rawseti(L, -2, i + 1);
  }
  lua_setfield(L, -2, "methods");
  lua_newtable(L); /* squared: method -> true where it is of the squared loss alone */
  for (int i = 0; flow_methods[i]; i++)
    if (flow_methods[i]->squared) bind_set_flag(L, flow_methods[i]->name, true);
  lua_setfield(L, -2, "squared");
}
