/* csrc/bind/fold.c: states of which Y alone stands, m columns for k (csrc/model/fold.h): when flows
 * make them, and how they come to have an L.
 * SPDX-License-Identifier: MIT */
#include <float.h>
#include <math.h>

#include "bind/net.h"
#include "bind/object.h"
#include "flow/follow.h"

/* ---- which they are */

/* Hidden units that were built, and rows of U that the data do not see, are turned with no state:
 * such a start is followed as it is. */
static bool can_fold(const origin *o) {
  return !o->O.p && o->R.rows == 0 && o->p->m > 0 && o->p->r > 0;
}

/* Pushes the room. */
static void find_place(lua_State *L, fold_room *w, const origin *o) {
  for (placing at = bind_scratch(L); placing_next(&at);)
    fold_find_layout(&at.room, w, problem_dims(o->p, o->kp));
}

bool bind_origin_folds(lua_State *L, int arg, fold *of) {
  const origin *o = bind_state_bare(L, arg)->o;
  fold_room w;
  bool found;
  if (!can_fold(o)) return false;
  find_place(L, &w, o);
  ALONE(found = fold_start(of, &w, o->p->r, o->L0));
  lua_pop(L, 1);
  return found;
}

/* What is followed begins at the start, with one weight decay all along. */
static bool is_one_flow(const state *s, double weight_decay) {
  double lost = weight_decay > 0.0 ? weight_decay * s->t : 0.0, kept = exp(-lost);
  return s->k == 0 && fabs(s->decay - kept) <= 8.0 * DBL_EPSILON * (1.0 + fmin(lost, 1e3)) * kept;
}

bool bind_state_fold(lua_State *L, int arg, double weight_decay, fold *of, mat *Y) {
  const state *s = bind_state_bare(L, arg);
  const origin *o = s->o;
  if (!is_one_flow(s, weight_decay)) return false;
  if (s->Y.p) {
    *of = s->of;
    bind_matrix_push(L, *Y = s->Y);
    return true;
  }
  if (!bind_origin_folds(L, arg, of)) return false;
  fold_room w;
  bool found;
  *Y = bind_matrix_new(L, problem_k(o->p), o->p->m);
  find_place(L, &w, o);
  ALONE(found = fold_find(of, &w, o->p->r, s->L, s->decay, *Y));
  lua_pop(L, found ? 1 : 2);
  return found;
}

/* ---- the L that they tell */

const state *bind_state_check(lua_State *L, int arg) {
  state *s = (state *)bind_state_bare(L, arg); /* a block of ours: what it tells is no change */
  if (s->L.p) return s;
  const origin *o = s->o;
  fold_room w;
  arg = lua_absindex(L, arg);
  for (placing at = bind_scratch(L); placing_next(&at);)
    fold_open_layout(&at.room, &w, problem_dims(o->p, o->kp));
  mat Z = bind_matrix_new(L, problem_k(o->p), o->kp), UL = mat_rows(o->L0, 0, o->p->r);
  ATTEMPT(L, "state", fold_open(&s->of, &w, o->p->r, s->Y, s->decay, UL, Z));
  lua_setiuservalue(L, arg, STATE_OPENED);
  lua_pop(L, 1);
  s->L = Z;
  return s;
}

/* Pushes what follows all hidden units of the state's origin. */
static follower *follower_push(lua_State *L, int arg) {
  const origin *o = bind_state_bare(L, arg)->o;
  bind_state_origin(L, arg);
  if (lua_getiuservalue(L, -1, ORIGIN_FOLLOWED) == LUA_TNIL) {
    follower shape;
    dims d = problem_dims(o->p, o->kp);
    lua_pop(L, 1);
    if (blas_reentrant()) d.threads = bind_threads(L);
    for (placing at = bind_place(L, &shape, sizeof shape, 0); placing_next(&at);)
      follower_layout(&at.room, &shape, d);
    lua_pushvalue(L, -1);
    lua_setiuservalue(L, -3, ORIGIN_FOLLOWED);
  }
  lua_remove(L, -2);
  return lua_touserdata(L, -1);
}

const state *bind_state_own(lua_State *L, int arg) {
  state *s = (state *)bind_state_bare(L, arg);
  if (!s->Y.p || s->own) return s;
  arg = lua_absindex(L, arg);
  bind_state_check(L, arg);
  follower *w = follower_push(L, arg);
  tick t = bind_tick(L);
  status done;
  ALONE(done = follower_own(w, s, s->L, &t));
  if (done == STATUS_PAUSED) bind_answer_interrupt(L);
  bind_raise(L, "state", done);
  s->own = true;
  lua_pop(L, 1);
  return s;
}
