/* csrc/bind/start.c: core.start.*, the constructors of states, and core.start.draw.
 * Options are checked by lua/linnet/start/init.lua before they come here.
 * SPDX-License-Identifier: MIT */
#include <math.h>

#include "bind/net.h"
#include "bind/object.h"
#include "model/spectrum.h"

/* ---- origins */

/* Pushes the origin's block. arg: the problem. */
static origin *origin_new(lua_State *L, int arg, int kp, int pr, int hidden, bool keep_frame) {
  const problem *p = bind_problem_check(L, arg);
  origin shape;
  for (placing at = bind_place(L, &shape, sizeof shape, ORIGIN_VALUES); placing_next(&at);)
    origin_layout(&at.room, &shape, p, kp, pr, hidden, keep_frame);
  origin *o = lua_touserdata(L, -1);
  lua_pushvalue(L, arg);
  lua_setiuservalue(L, -2, ORIGIN_PROBLEM);
  return o;
}

/* The origin on top, its L0 filled, becomes its first state. */
static int state_first(lua_State *L) {
  origin *o = lua_touserdata(L, -1);
  ALONE(origin_begin(o));
  state *s = bind_state_push(L, lua_gettop(L), 0.0);
  mat_copy(s->L, o->L0);
  return 1;
}

/* ---- constructors: (problem, kind, ...); the origin is on top when label is called */

static void label(lua_State *L, origin *o, double h, uint64_t seed) {
  o->kind = bind_arg_text(L, 2, NULL);
  o->h = h;
  o->seed = seed;
  o->s_u = o->s_v = NAN;
  lua_pushvalue(L, 2);
  lua_setiuservalue(L, -2, ORIGIN_KIND);
}

/* core.start.sampled(problem, kind, h, seed, s_u, s_v, invariant) */
static int l_start_sampled(lua_State *L) {
  const problem *p = bind_problem_check(L, 1);
  double h = bind_arg_number(L, 3);
  uint64_t seed = (uint64_t)bind_arg_integer(L, 4);
  bool invariant = lua_toboolean(L, 7);
  int kp = start_columns(p, h), pr = invariant ? 0 : start_frame_rows(p, kp);
  origin *o = origin_new(L, 1, kp, pr, 0, false);
  label(L, o, h, seed);
  o->s_u = bind_arg_number(L, 5);
  o->s_v = bind_arg_number(L, 6);
  o->sampled = !invariant;
  start_sampled(o);
  return state_first(L);
}

/* core.start.orthogonal(problem, kind, h, a, b) */
static int l_start_orthogonal(lua_State *L) {
  const problem *p = bind_problem_check(L, 1);
  double h = bind_arg_number(L, 3);
  origin *o = origin_new(L, 1, problem_k(p), 0, 0, false);
  label(L, o, h, 0);
  start_orthogonal(o, bind_arg_number(L, 4), bind_arg_number(L, 5));
  return state_first(L);
}

static void reduce_place(lua_State *L, reduce_work *w, const problem *p, int h) {
  for (placing at = bind_scratch(L); placing_next(&at);) start_reduce_layout(&at.room, w, p, h);
}

/* core.start.weights(problem, kind, U, V, seed, invariant) */
static int l_start_weights(lua_State *L) {
  const problem *p = bind_problem_check(L, 1);
  mat U = bind_matrix_check(L, 3), V = bind_matrix_check(L, 4);
  int h = U.cols, kp = start_columns(p, h);
  int pr = p->D == p->r ? 0 : p->D < kp ? p->D : kp;
  bool invariant = lua_toboolean(L, 6);
  lua_settop(L, 6);
  reduce_work w;
  reduce_place(L, &w, p, h);
  origin *o = origin_new(L, 1, kp, pr, h, true);
  label(L, o, h, (uint64_t)bind_arg_integer_or(L, 5, 0));
  o->explicit = true;
  ATTEMPT(L, "init", start_reduce(&w, o, U, V));
  if (invariant) ALONE(start_invariant(o));
  return state_first(L);
}

/* core.start.factors(problem, kind, h, L, C [, seed]): Z = L O^T for some orthonormal O, U2 = C
 * O^T. */
static int l_start_factors(lua_State *L) {
  const problem *p = bind_problem_check(L, 1);
  double h = bind_arg_number(L, 3);
  mat factor = bind_matrix_check(L, 4), C = {NULL, 0, 0, 1};
  int kp = factor.cols, pr = 0;
  if (bind_matrix_test(L, 5, &C) && p->D > p->r && mat_max_abs(C) > 0.0) pr = p->D < kp ? p->D : kp;
  lua_settop(L, 6);
  reduce_work w;
  reduce_place(L, &w, p, kp);
  origin *o = origin_new(L, 1, kp, pr, 0, true);
  label(L, o, h, (uint64_t)bind_arg_integer_or(L, 6, 0));
  mat_copy(o->L0, factor);
  if (pr) mat_copy(w.C, C);
  ATTEMPT(L, "init", start_complement(&w, o, w.C));
  return state_first(L);
}

/* The matrix that is field name of the table at arg, p NULL where there is none. */
static mat part(lua_State *L, int arg, const char *name) {
  mat m = {NULL, 0, 0, 1};
  lua_getfield(L, arg, name);
  bind_matrix_test(L, -1, &m);
  lua_pop(L, 1); /* the table keeps it */
  return m;
}

/* core.start.restore(problem, kind, parts): h, seed, std_u, std_v, sampled, explicit and what
 * s:parts() gives, of fitting shapes -> the state at the start */
static int l_start_restore(lua_State *L) {
  mat L0 = part(L, 3, "L0"), R = part(L, 3, "R"), F = part(L, 3, "F");
  mat O = part(L, 3, "O"), U2 = part(L, 3, "U2"), seen = part(L, 3, "seen");
  origin *o = origin_new(L, 1, L0.cols, R.rows, O.rows, F.p || O.p);
  label(L, o, bind_number(L, 3, "h"), (uint64_t)bind_integer(L, 3, "seed"));
  o->s_u = bind_number(L, 3, "std_u");
  o->s_v = bind_number(L, 3, "std_v");
  o->sampled = bind_flag(L, 3, "sampled");
  o->explicit = bind_flag(L, 3, "explicit");
  o->task = (int)bind_integer(L, 3, "task");
  start_rest(o, bind_number(L, 3, "free"), bind_number(L, 3, "deviation"),
             seen.p ? seen.rows : o->p->r);
  if (seen.p) {
    lua_getfield(L, 3, "seen");
    lua_setiuservalue(L, -2, ORIGIN_SEEN);
  }
  mat_copy(o->L0, L0);
  if (R.p) mat_copy(o->R, R);
  if (F.p) mat_copy(o->F, F);
  if (O.p) mat_copy(o->O, O);
  if (O.p) mat_copy(o->U2, U2);
  return state_first(L);
}

/* core.start.note(state, options): what the start was asked for, state.options */
static int l_start_note(lua_State *L) {
  bind_state_origin(L, 1);
  lua_pushvalue(L, 2);
  lua_setiuservalue(L, -2, ORIGIN_OPTIONS);
  return 0;
}

/* core.start.zero_output(problem, kind, h, seed, s_u, s_v): h even, U = [Ua, Ua], V = [Va, -Va] */
static int l_start_zero_output(lua_State *L) {
  const problem *p = bind_problem_check(L, 1);
  double h = bind_arg_number(L, 3), s_u = bind_arg_number(L, 5), s_v = bind_arg_number(L, 6);
  uint64_t seed = (uint64_t)bind_arg_integer(L, 4);
  int ku = start_half(h, p->r), kv = start_half(h, p->m);
  origin *o = origin_new(L, 1, ku + kv, least(p->D - p->r, ku), 0, false);
  label(L, o, h, seed);
  start_zero_output(o, s_u, s_v);
  return state_first(L);
}

/* Pushes L and G, or nil, the reason and the columns needed. */
static int spectrum_push(lua_State *L, const spectrum *w, double h, spectrum_refusal why) {
  if (why == SPECTRUM_OK) {
    bind_matrix_push(L, mat_cols(w->L, 0, w->kp));
    bind_matrix_push(L, mat_cols(w->G, 0, w->kp));
    return 2;
  }
  lua_pushnil(L);
  if (why == SPECTRUM_NARROW)
    lua_pushfstring(L, "h must be at least %d for this start, got %d", w->kp, (int)h);
  else lua_pushstring(L, spectrum_reason(why));
  return 2;
}

/* core.start.structured(kind, theta1, perp, h, x) -> L, G or nil, why. kind "spectrum": x is a
 * column with p above q (r + m numbers); "homogeneous": x is lam. theta1 = Phi1^T Theta0. */
static int l_start_structured(lua_State *L) {
  static const char *const kinds[] = {"spectrum", "homogeneous", NULL};
  int kind = bind_arg_choice(L, 1, NULL, kinds);
  mat theta1 = bind_matrix_check(L, 2), perp = bind_matrix_check(L, 3);
  double h = bind_arg_number(L, 4);
  int r = theta1.rows, m = theta1.cols;
  spectrum w;
  for (placing at = bind_scratch(L); placing_next(&at);)
    spectrum_layout(&at.room, &w, dims_of(theta1.rows, theta1.cols, 0));
  ATTEMPT(L, "init", spectrum_set(&w, theta1, perp));
  if (kind == 1) return spectrum_push(L, &w, h, spectrum_homogeneous(&w, h, bind_arg_number(L, 5)));
  mat x = bind_matrix_check(L, 5);
  mat_copy(mat_of(w.p, r, 1), mat_rows(x, 0, r));
  mat_copy(mat_of(w.q, m, 1), mat_rows(x, r, m));
  return spectrum_push(L, &w, h, spectrum_prescribed(&w, h));
}

/* core.start.spectral(problem, h, scale) -> L */
static int l_start_spectral(lua_State *L) {
  const problem *p = bind_problem_check(L, 1);
  double h = bind_arg_number(L, 2), scale = bind_arg_number(L, 3);
  spectrum w;
  for (placing at = bind_scratch(L); placing_next(&at);)
    spectrum_layout(&at.room, &w, problem_dims(p, 0));
  ATTEMPT(L, "init", spectrum_leading(&w, h, p->sigma, p->Yt, scale));
  bind_matrix_push(L, mat_cols(w.L, 0, w.kp));
  return 1;
}

/* core.start.draw(D, h, m, law ("gaussian" | "uniform"), seed, s_u, s_v) -> U, V */
static int l_start_draw(lua_State *L) {
  static const char *const laws[] = {"gaussian", "uniform", NULL};
  int D = (int)bind_arg_integer(L, 1), h = (int)bind_arg_integer(L, 2);
  int m = (int)bind_arg_integer(L, 3), law = bind_arg_choice(L, 4, NULL, laws);
  uint64_t seed = (uint64_t)bind_arg_integer(L, 5);
  double s_u = bind_arg_number(L, 6), s_v = bind_arg_number(L, 7);
  mat U = bind_matrix_new(L, D, h), V = bind_matrix_new(L, m, h);
  start_draw(seed, law, s_u, s_v, U, V);
  return 2;
}

static const luaL_Reg functions[] = {{"sampled", l_start_sampled},
                                     {"orthogonal", l_start_orthogonal},
                                     {"weights", l_start_weights},
                                     {"factors", l_start_factors},
                                     {"zero_output", l_start_zero_output},
                                     {"restore", l_start_restore},
                                     {"note", l_start_note},
                                     {"structured", l_start_structured},
                                     {"spectral", l_start_spectral},
                                     {"draw", l_start_draw},
                                     {NULL, NULL}};

void bind_start(lua_State *L) { luaL_setfuncs(L, functions, 0); }
