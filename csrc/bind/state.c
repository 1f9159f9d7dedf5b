/* csrc/bind/state.c: states on the Lua stack and what is read off them; what is measured of them
 * has its methods and their documentation from csrc/model/measure.c. They begin in
 * csrc/bind/start.c. SPDX-License-Identifier: MIT */
#include <math.h>
#include <string.h>

#include "bind/net.h"
#include "bind/object.h"
#include "model/measure.h"

const state *bind_state_bare(lua_State *L, int arg) {
  return (const state *)bind_arg_object(L, arg, STATE_NAME);
}

/* ---- origins and states as blocks */

/* With Y of so many columns in place of L, or with L. */
static state *push(lua_State *L, int at, double t, int folded) {
  const origin *o = lua_touserdata(L, at);
  state shape;
  for (placing place = bind_place(L, &shape, sizeof shape, STATE_VALUES); placing_next(&place);) {
    mat Z = arena_mat(&place.room, problem_k(o->p), folded ? folded : o->kp);
    shape = (state){.o = o, .t = t, .decay = 1.0};
    *(folded ? &shape.Y : &shape.L) = Z;
  }
  state *s = lua_touserdata(L, -1);
  lua_pushvalue(L, at);
  lua_setiuservalue(L, -2, STATE_ORIGIN);
  luaL_setmetatable(L, STATE_NAME);
  return s;
}

state *bind_state_push(lua_State *L, int at, double t) { return push(L, at, t, 0); }

static state *push_like(lua_State *L, int arg, double t, int folded) {
  const state *from = bind_state_bare(L, arg);
  lua_getiuservalue(L, arg, STATE_ORIGIN);
  state *s = push(L, lua_gettop(L), t, folded);
  s->k = from->k;
  s->decay = from->decay;
  s->weight_decay = from->weight_decay;
  lua_remove(L, -2);
  return s;
}

state *bind_state_like(lua_State *L, int arg, double t) { return push_like(L, arg, t, 0); }

state *bind_state_folded(lua_State *L, int arg, double t, const fold *of, double tol) {
  state *s = push_like(L, arg, t, bind_state_bare(L, arg)->o->p->m);
  s->of = *of;
  s->tol = tol;
  return s;
}

void bind_state_origin(lua_State *L, int arg) {
  bind_state_bare(L, arg);
  lua_getiuservalue(L, arg, STATE_ORIGIN);
}

state_work *bind_state_work(lua_State *L, int arg) {
  const state *s = bind_state_bare(L, arg);
  lua_getiuservalue(L, arg, STATE_ORIGIN);
  if (lua_getiuservalue(L, -1, ORIGIN_WORK) == LUA_TNIL) {
    state_work shape;
    lua_pop(L, 1);
    for (placing at = bind_place(L, &shape, sizeof shape, 0); placing_next(&at);)
      state_work_layout(&at.room, &shape, s->o);
    lua_pushvalue(L, -1);
    lua_setiuservalue(L, -3, ORIGIN_WORK);
  }
  state_work *w = lua_touserdata(L, -1);
  lua_pop(L, 2);
  return w;
}

void bind_state_frame(lua_State *L, int arg) {
  const state *s = bind_state_bare(L, arg);
  if (s->o->F.p || s->o->R.rows == 0) return;
  lua_getiuservalue(L, arg, STATE_ORIGIN);
  origin *o = lua_touserdata(L, -1);
  frame_work w;
  for (placing at = bind_scratch(L); placing_next(&at);) start_frame_layout(&at.room, &w, o);
  mat F = bind_matrix_new(L, o->p->D, o->R.rows);
  ATTEMPT(L, "theta", start_frame(&w, o, F));
  lua_setiuservalue(L, -3, ORIGIN_FRAME);
  o->F = F;
  lua_pop(L, 2);
}

/* ---- methods */

/* The measure m of the map that the state at 1 has learned, on the data of the problem at 2: of m
 * hidden units with U1 = Phi1^T Theta and V = I. */
static int measure_elsewhere(lua_State *L, const measure *m) {
  state from = state_by_map(bind_state_bare(L, 1));
  const problem *own = from.o->p, *q = luaL_testudata(L, 2, PROBLEM_NAME);
  if (!q)
    return bind_fail(L, "misuse", "%s: expected a problem, or nothing for the state's own; got %s",
                     m->name, luaL_typename(L, 2));
  if (q->D != own->D || q->m != own->m)
    return bind_fail(L, "misuse",
                     "%s: the problem has D = %d and m = %d, that of the state D = %d and m = %d",
                     m->name, q->D, q->m, own->D, own->m);
  bind_state_frame(L, 1);
  mat Theta = bind_matrix_new(L, q->D, q->m);
  state_work *w = bind_state_work(L, 1), there;
  origin o = {0};
  state s = {.o = &o, .decay = 1.0};
  for (placing at = bind_scratch(L); placing_next(&at);) {
    origin_layout(&at.room, &o, q, q->m, 0, 0, false);
    s.L = arena_mat(&at.room, problem_k(q), q->m);
    state_work_layout(&at.room, &there, &o);
  }
  double x;
  ALONE({
    state_theta(&from, w, Theta);
    blas_gemm('N', 'N', 1.0, q->Pt, Theta, 0.0, state_U(&s));
    mat_eye(state_V(&s));
    x = m->number(&s, &there);
  });
  lua_pushnumber(L, x);
  return 1;
}

/* The method of the measure whose place in the table is the upvalue. */
static int l_state_measure(lua_State *L) {
  const measure *m = &measures[lua_tointeger(L, lua_upvalueindex(1))];
  if (m->elsewhere && lua_gettop(L) > 1) return measure_elsewhere(L, m);
  state s = *bind_state_bare(L, 1);
  if (m->of == MEASURE_MAP) s = state_by_map(&s);
  else s = *(m->of == MEASURE_OWN ? bind_state_own(L, 1) : bind_state_check(L, 1));
  state_work *w = bind_state_work(L, 1);
  if (m->column) {
    mat out = bind_matrix_new(L, measure_columns(m, s.o->p), 1);
    ATTEMPT(L, m->name, m->column(&s, w, out.p));
  } else {
    double x;
    tick t = bind_tick(L);
    w->ask = &t;
    ALONE(x = m->number(&s, w));
    w->ask = NULL;
    if (isnan(x)) bind_answer_interrupt(L);
    lua_pushnumber(L, x);
  }
  return 1;
}

/*** ||Z U2'||_F with Z = [U1; V]: 0 on the invariant set, where the flow ends at Theta_hat.
@function state:perpendicular
@treturn number
@usage
local X, Y = linnet.data.gaussian{n = 5, D = 8, seed = 1}
print(linnet.problem(X, Y):init("gaussian", {h = 1e6, seed = 1}):perpendicular()) */
static int l_state_perpendicular(lua_State *L) {
  const state *s = bind_state_bare(L, 1);
  state_work *w = bind_state_work(L, 1);
  double x;
  ALONE(x = state_perpendicular(s, w));
  lua_pushnumber(L, x);
  return 1;
}

/*** Distance ||Theta - Theta_hat|| to the minimum-norm solution, from the reduced parts.
@function state:distance
@param[opt="fro"] norm `"fro"` or `2` (spectral)
@treturn number
@usage
local X, Y = linnet.data.gaussian{n = 5, D = 8, seed = 1}
print(linnet.problem(X, Y):init("gaussian", {h = 1e6, seed = 1}):distance(2)) */
static int l_state_distance(lua_State *L) {
  state s = state_by_map(bind_state_bare(L, 1));
  bool spectral = false;
  if (lua_type(L, 2) == LUA_TNUMBER && lua_tonumber(L, 2) == 2.0) spectral = true;
  else if (!lua_isnoneornil(L, 2) &&
           (lua_type(L, 2) != LUA_TSTRING || strcmp(lua_tostring(L, 2), "fro")))
    return bind_argument(L, 2, "distance: norm must be \"fro\" or 2");
  state_work *w = bind_state_work(L, 1);
  double x;
  ALONE(x = state_distance(&s, w, spectral));
  lua_pushnumber(L, x);
  return 1;
}

/*** The imbalance Lambda = U1'U1 - V'V and what the bounds need of it.
@function state:imbalance
@treturn table `spectrum` (the k' eigenvalues of L'JL, decreasing; those at round-off are 0), `c`,
  `delta_plus`, `delta_minus`
@usage
local p = linnet.problem(linnet.eye(3), linnet.ones(3, 1))
print(p:init("gaussian", {h = 10, seed = 1}):imbalance().c) */
static int l_state_imbalance(lua_State *L) {
  const state *s = bind_state_check(L, 1);
  state_work *w = bind_state_work(L, 1);
  imbalance found;
  ATTEMPT(L, "imbalance", state_imbalance(s, w, &found));
  lua_createtable(L, 0, 4);
  bind_matrix_push(L, mat_of(w->values, s->o->kp, 1));
  lua_setfield(L, -2, "spectrum");
  bind_set_number(L, "c", found.c);
  bind_set_number(L, "delta_plus", found.delta_plus);
  bind_set_number(L, "delta_minus", found.delta_minus);
  luaL_setmetatable(L, FIELDS_NAME);
  return 1;
}

/*** The learned map Theta = U V'.
@function state:theta
@treturn matrix D x m
@usage
local X, Y = linnet.data.gaussian{n = 5, D = 8, seed = 1}
print(linnet.problem(X, Y):init("gaussian", {h = 1e6, seed = 1}):theta()) */
static int l_state_theta(lua_State *L) {
  state s = state_by_map(bind_state_bare(L, 1));
  state_work *w = bind_state_work(L, 1);
  bind_state_frame(L, 1);
  mat out = bind_matrix_new(L, s.o->p->D, s.o->p->m);
  ALONE(state_theta(&s, w, out));
  return 1;
}

static const state *explicit_check(lua_State *L, const char *what) {
  const state *s = bind_state_bare(L, 1);
  if (!s->o->explicit)
    bind_fail(L, "misuse",
              "%s: this state is implicit: its %s columns were never built (kind '%s'); "
              "use theta(), or init with explicit = true",
              what, isinf(s->o->h) ? "infinitely many" : "h", s->o->kind);
  return s;
}

static void weights_push(lua_State *L, const state *s, bool first) {
  mat scratch = bind_matrix_new(L, first ? s->o->p->r : 0, state_units(s));
  mat out = bind_matrix_new(L, first ? s->o->p->D : s->o->p->m, state_units(s));
  ALONE({
    if (first) state_weights_u(s, scratch, out);
    else state_weights_v(s, out);
  });
}

/*** First-layer weights of an explicit state. An implicit state raises and says why.
@function state:U
@treturn matrix D x h
@usage
local p = linnet.problem(linnet.eye(2), linnet.ones(2, 1))
print(p:init("gaussian", {h = 3, seed = 1, explicit = true}):U()) */
static int l_state_U(lua_State *L) {
  weights_push(L, explicit_check(L, "U"), true);
  return 1;
}

/*** Second-layer weights of an explicit state. An implicit state raises and says why.
@function state:V
@treturn matrix m x h
@usage
local p = linnet.problem(linnet.eye(2), linnet.ones(2, 1))
print(p:init("gaussian", {h = 3, seed = 1, explicit = true}):V()) */
static int l_state_V(lua_State *L) {
  weights_push(L, explicit_check(L, "V"), false);
  return 1;
}

/* U and V as those of the fewest hidden units that hold what is known of them, for
 * lua/linnet/start/task.lua: the weights of an explicit state. */
static int l_state_units(lua_State *L) {
  const state *s = bind_state_check(L, 1);
  bind_state_frame(L, 1);
  weights_push(L, s, true);
  weights_push(L, s, false);
  lua_remove(L, -2);
  return 2;
}

/* L_U (r x k'), L_V (m x k') and R (pr x k'): the state itself, for specs and the curious; at
 * infinite width up to a rotation of the hidden units, which nothing but travel sees. */
static int l_state_reduced(lua_State *L) {
  const state *s = bind_state_check(L, 1);
  bind_matrix_push(L, state_U(s));
  bind_matrix_push(L, state_V(s));
  mat R = bind_matrix_new(L, s->o->R.rows, s->o->R.cols);
  mat_copy(R, s->o->R);
  mat_scale(R, s->decay);
  return 3;
}

/* The kernel on reduced errors, rank m x rank m: s:kernel() in Lua lifts it to the samples. */
static int l_state_kernel_reduced(lua_State *L) {
  const state *s = bind_state_check(L, 1);
  state_work *w = bind_state_work(L, 1);
  if ((double)s->o->p->r * s->o->p->m > 20000)
    return bind_fail(L, "misuse", "kernel: of order rank x m = %d x %d is too large to hold",
                     s->o->p->r, s->o->p->m);
  int order = s->o->p->r * s->o->p->m;
  state_kernel_reduced(s, w, bind_matrix_new(L, order, order));
  return 1;
}

static void set_part(lua_State *L, const char *name, mat part) {
  if (!part.p || mat_count(part) == 0) return;
  bind_matrix_push(L, part);
  lua_setfield(L, -2, name);
}

/* What the state's origin is made of, for core.start.restore: task, free, deviation and L0, R, F,
 * O, U2, seen, those that there are; a frame that was drawn from the seed can be drawn again. */
static int l_state_parts(lua_State *L) {
  const origin *o = bind_state_bare(L, 1)->o;
  lua_newtable(L);
  lua_pushinteger(L, o->task);
  lua_setfield(L, -2, "task");
  bind_set_number(L, "free", o->free);
  bind_set_number(L, "deviation", o->s_n);
  set_part(L, "L0", o->L0);
  set_part(L, "R", o->R);
  set_part(L, "O", o->O);
  set_part(L, "U2", o->U2);
  lua_getiuservalue(L, 1, STATE_ORIGIN);
  bool drawn = lua_getiuservalue(L, -1, ORIGIN_FRAME) != LUA_TNIL;
  if (lua_getiuservalue(L, -2, ORIGIN_SEEN) != LUA_TNIL) lua_setfield(L, -4, "seen");
  else lua_pop(L, 1);
  lua_pop(L, 2);
  if (!drawn) set_part(L, "F", o->F);
  return 1;
}

/* s:moved(Z, t, k, decay, weight_decay) -> the state of the same trajectory with Z (k x k') for L;
 * with Z (k x m) for Y and a sixth argument tol, a folded one */
static int l_state_moved(lua_State *L) {
  mat Z = bind_matrix_check(L, 2);
  const state *from = bind_state_bare(L, 1);
  state *s;
  fold of;
  if (lua_isnoneornil(L, 7)) {
    s = bind_state_like(L, 1, bind_arg_number(L, 3));
    if (!(Z.rows == s->L.rows && Z.cols == s->L.cols)) bind_argument(L, 2, "of another size");
    mat_copy(s->L, Z);
  } else {
    if (!(Z.rows == problem_k(from->o->p) && Z.cols == from->o->p->m &&
          bind_origin_folds(L, 1, &of)))
      bind_argument(L, 2, "of another size");
    s = bind_state_folded(L, 1, bind_arg_number(L, 3), &of, bind_arg_number(L, 7));
    mat_copy(s->Y, Z);
  }
  s->k = bind_arg_integer(L, 4);
  s->decay = bind_arg_number(L, 5);
  s->weight_decay = bind_arg_number(L, 6);
  return 1;
}

/* s:folded(found) -> Y_U (r x m), Y_V (m x m), tol of a folded state, or of one that could be where
 * found is true; else nothing */
static int l_state_folded(lua_State *L) {
  const state *s = bind_state_bare(L, 1);
  mat Y = s->Y;
  fold of;
  if (!Y.p && !(lua_toboolean(L, 2) && bind_state_fold(L, 1, s->weight_decay, &of, &Y))) return 0;
  bind_matrix_push(L, mat_rows(Y, 0, s->o->p->r));
  bind_matrix_push(L, mat_rows(Y, s->o->p->r, s->o->p->m));
  lua_pushnumber(L, s->tol);
  return 3;
}

/* The start of the trajectory that this state lies on. */
static int l_state_start(lua_State *L) {
  state *s = bind_state_like(L, 1, 0.0);
  mat_copy(s->L, s->o->L0);
  s->k = 0;
  s->decay = 1.0;
  s->weight_decay = 0.0;
  return 1;
}

static int state_index(lua_State *L) {
  const state *s = bind_state_bare(L, 1);
  const char *key = lua_tostring(L, 2);
  if (!key) return 0;
  if (!strcmp(key, "h")) {
    lua_pushnumber(L, s->o->h);
    lua_Integer whole;
    if (lua_numbertointeger(s->o->h, &whole)) lua_pushinteger(L, whole);
  } else if (!strcmp(key, "t")) lua_pushnumber(L, s->t);
  else if (!strcmp(key, "k")) lua_pushinteger(L, (lua_Integer)s->k);
  else if (!strcmp(key, "decay")) lua_pushnumber(L, s->decay);
  else if (!strcmp(key, "weight_decay")) lua_pushnumber(L, s->weight_decay);
  else if (!strcmp(key, "kind")) lua_pushstring(L, s->o->kind);
  else if (!strcmp(key, "seed")) lua_pushinteger(L, (lua_Integer)s->o->seed);
  else if (!strcmp(key, "explicit")) lua_pushboolean(L, s->o->explicit);
  else if (!strcmp(key, "task")) lua_pushinteger(L, s->o->task);
  else if (!strcmp(key, "sampled")) lua_pushboolean(L, s->o->sampled);
  else if (!strcmp(key, "std_u")) lua_pushnumber(L, s->o->s_u);
  else if (!strcmp(key, "std_v")) lua_pushnumber(L, s->o->s_v);
  else if (!strcmp(key, "problem") || !strcmp(key, "options")) {
    lua_getiuservalue(L, 1, STATE_ORIGIN);
    lua_getiuservalue(L, -1, *key == 'p' ? ORIGIN_PROBLEM : ORIGIN_OPTIONS);
  } else {
    lua_pushvalue(L, 2);
    lua_gettable(L, lua_upvalueindex(1)); /* what Lua adds, and refuses */
  }
  return 1;
}

/* core.state.measures: a list of {name, log, vector}, each also a method of states unless that
 * takes arguments. */
static void measures_push(lua_State *L) {
  luaL_getmetatable(L, STATE_NAME);
  lua_getfield(L, -1, "methods");
  lua_newtable(L);
  for (int i = 0; measures[i].name; i++) {
    lua_createtable(L, 0, 3);
    lua_pushstring(L, measures[i].name);
    lua_setfield(L, -2, "name");
    bind_set_flag(L, "log", measures[i].log);
    bind_set_flag(L, "vector", measures[i].column != NULL);
    lua_rawseti(L, -2, i + 1);
    if (lua_getfield(L, -2, measures[i].name) == LUA_TNIL) {
      lua_pushinteger(L, i);
      lua_pushcclosure(L, l_state_measure, 1);
      lua_setfield(L, -4, measures[i].name);
    }
    lua_pop(L, 1);
  }
  lua_setfield(L, -4, "measures");
  lua_pop(L, 2);
}

void bind_state(lua_State *L) {
  static const luaL_Reg methods[] = {{"perpendicular", l_state_perpendicular},
                                     {"distance", l_state_distance},
                                     {"imbalance", l_state_imbalance},
                                     {"theta", l_state_theta},
                                     {"U", l_state_U},
                                     {"V", l_state_V},
                                     {"reduced", l_state_reduced},
                                     {"kernel_reduced", l_state_kernel_reduced},
                                     {"start", l_state_start},
                                     {"parts", l_state_parts},
                                     {"units", l_state_units},
                                     {"moved", l_state_moved},
                                     {"folded", l_state_folded},
                                     {NULL, NULL}};
  bind_type(L, STATE_NAME, methods, state_index, NULL);
  measures_push(L);
  luaL_newmetatable(L, FIELDS_NAME); /* core.state.fields; lua/linnet/display.lua fills it */
  lua_setfield(L, -2, "fields");
}
