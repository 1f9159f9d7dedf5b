/* csrc/bind/hessian.c: core.hessian.ends, both ends of the spectrum of csrc/model/hessian.h;
 * lua/linnet/hessian.lua puts what is known in closed form beside them.
 * SPDX-License-Identifier: MIT */
#include "model/hessian.h"

#include "bind/net.h"
#include "bind/object.h"

/* Up to this order all eigenvalues by LAPACK, in a millisecond or two; beyond it Lanczos. Its lower
 * end, which a narrow network alone needs, lies in the crowd of stiff data, where 20,000 products
 * may not do: that is worth seconds of LAPACK. */
enum { DENSE = 200, DENSE_NARROW = 2000 };

/* Scratch of either way: dense is empty, or lanczos is. */
typedef struct ends_room {
  hessian hessian;
  lanczos lanczos;
  mat dense;
  double *values; /* order, or count */
  lapack_work lapack;
  field_room room;
} ends_room;

static void ends_layout(arena *a, ends_room *w, dims d, int count, int dense) {
  hessian_layout(a, &w->hessian, d);
  field_room_layout(a, &w->room, d);
  int n = w->hessian.order;
  w->lanczos = (lanczos){0};
  w->lapack = (lapack_work){0};
  w->dense = arena_mat(a, n <= dense ? n : 0, n <= dense ? n : 0);
  w->values = arena_doubles(a, (size_t)n);
  if (n <= dense) lapack_want_eigh(&w->lapack, n);
  else lanczos_layout(a, &w->lanczos, n, least(count, n));
  lapack_layout(a, &w->lapack);
}

static void apply_negated(void *arg, const double *x, double *y) {
  hessian *w = arg;
  hessian_apply(w, x, y);
  mat_scale(mat_of(y, w->order, 1), -1.0);
}

/* top, low: the count largest, decreasing, and smallest, increasing. */
static status ends_find(ends_room *w, bool narrow, mat top, mat low, const tick *t) {
  hessian *H = &w->hessian;
  int n = H->order, count = top.rows;
  if (w->dense.rows < n) {
    status s = lanczos_largest(&w->lanczos, hessian_operator(H), count, top.p, t);
    if (s != STATUS_OK) return s;
    mat_fill(low, -H->s[0]); /* none is below */
    if (!narrow) return s;
    s = lanczos_largest(&w->lanczos, (lanczos_operator){apply_negated, H}, count, low.p, t);
    mat_scale(low, -1.0);
    return s;
  }
  status s = hessian_spectrum(H, &w->lapack, w->dense, w->values, t);
  for (int i = 0; i < count; i++) {
    top.p[i] = w->values[n - 1 - i];
    low.p[i] = w->values[i];
  }
  return s;
}

/* core.hessian.ends(state, count, dense) -> the largest and the smallest eigenvalues of the
 * operator, at most count of each; the singular values of A; order, trace, k'. Where -s_1(A) stands
 * count times beside the operator, its own smallest ones may be that. Operators of an order beyond
 * `dense` are not formed. */
static int l_hessian_ends(lua_State *L) {
  const state *s = bind_state_check(L, 1);
  int count = (int)bind_arg_integer(L, 2);
  bool narrow = s->o->h - s->o->kp < count;
  int dense = (int)bind_arg_integer_or(L, 3, narrow ? DENSE_NARROW : DENSE);
  ends_room w;
  for (placing at = bind_scratch(L); placing_next(&at);)
    ends_layout(&at.room, &w, state_dims(s), count, dense);
  field f = problem_field(s->o->p, &w.room);
  hessian *H = &w.hessian;
  ATTEMPT(L, "hessian", hessian_at(H, &f, s->L));
  tick t = bind_tick(L);
  status found;
  count = least(count, H->order);
  mat top = bind_matrix_new(L, count, 1), low = bind_matrix_new(L, count, 1);
  ALONE(found = ends_find(&w, narrow, top, low, &t));
  if (found == STATUS_PAUSED && bind_interrupted(L))
    return bind_fail(L, "interrupted", "interrupted!");
  if (found == STATUS_LIMIT) { /* nil, order */
    lua_pushnil(L);
    lua_pushinteger(L, H->order);
    return 2;
  }
  bind_raise(L, "hessian", found);
  bind_matrix_push(L, mat_of(H->s, H->few, 1));
  lua_pushinteger(L, H->order);
  lua_pushnumber(L, hessian_trace(&f, s->L));
  lua_pushinteger(L, s->o->kp);
  return 6;
}

void bind_hessian(lua_State *L) {
  static const luaL_Reg functions[] = {{"ends", l_hessian_ends}, {NULL, NULL}};
  luaL_setfuncs(L, functions, 0);
}
