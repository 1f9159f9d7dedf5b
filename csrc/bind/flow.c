/* csrc/bind/flow.c: core.flow.new(...) and its methods: one accepted step a call, the state in
 * between. lua/linnet/flow.lua drives it and keeps the records.
 * SPDX-License-Identifier: MIT */
#include "flow/flow.h"

#include <math.h>

#include "bind/net.h"
#include "bind/object.h"

#define FLOW_NAME "linnet.flow"
enum { FLOW_STATE = 1 }; /* uservalue: the state it began with, which keeps origin and problem */

static flow *flow_check(lua_State *L) { return bind_arg_object(L, 1, FLOW_NAME); }

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
  const state *s = bind_state_check(L, 1);
  const problem *p = s->o->p;
  flow_spec spec = bind_flow_spec(L, 2);
  if (lua_getfield(L, 2, "using") == LUA_TSTRING) spec.using = method_check(L, lua_tostring(L, -1));
  spec.h = bind_number_or(L, 2, "h", 0.0);
  flow shape;
  dims d = state_dims(s);
  if (blas_reentrant()) d.threads = (int)bind_number_or(L, 2, "threads", bind_threads(L));
  for (placing at = bind_place(L, &shape, sizeof shape, 1); placing_next(&at);)
    flow_layout(&at.room, &shape, d, spec.method);
  flow *f = lua_touserdata(L, -1);
  lua_pushvalue(L, 1);
  lua_setiuservalue(L, -2, FLOW_STATE);
  luaL_setmetatable(L, FLOW_NAME);
  field reduced = problem_field(p, NULL);
  ALONE(flow_start(f, &reduced, &spec, s->L, s->t));
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

/* f:state() -> the last accepted state */
static int l_flow_state(lua_State *L) {
  flow *f = flow_check(L);
  lua_getiuservalue(L, 1, FLOW_STATE);
  state *s = bind_state_like(L, lua_gettop(L), f->t);
  s->decay *= flow_decay(f, f->t);
  s->weight_decay = f->spec.weight_decay;
  flow_state(f, s->L);
  return 1;
}

/* f:between(t) -> the state at f:previous() <= t <= f:time() */
static int l_flow_between(lua_State *L) {
  flow *f = flow_check(L);
  double t = bind_arg_number(L, 2);
  lua_getiuservalue(L, 1, FLOW_STATE);
  state *s = bind_state_like(L, lua_gettop(L), t);
  s->decay *= flow_decay(f, t);
  s->weight_decay = f->spec.weight_decay;
  ATTEMPT(L, "flow", flow_between(f, t, s->L));
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
