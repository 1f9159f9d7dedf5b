/* csrc/bind/exact.c: core.exact.*, the closed forms of csrc/theory/exact.h; lua/linnet/exact.lua
 * checks shapes and values and turns them into objects.
 * SPDX-License-Identifier: MIT */
#include "theory/exact.h"

#include <math.h>

#include "bind/object.h"

#define RICCATI_NAME "linnet.exact_riccati"
#define LAZY_NAME    "linnet.exact_lazy"

/* Z <- [U; V] as one matrix on the stack. */
static mat stacked(lua_State *L, int arg) {
  mat U = bind_matrix_check(L, arg), V = bind_matrix_check(L, arg + 1);
  mat Z = bind_matrix_new(L, U.rows + V.rows, U.cols);
  mat_copy(mat_rows(Z, 0, U.rows), U);
  mat_copy(mat_rows(Z, U.rows, V.rows), V);
  return Z;
}

/* core.exact.riccati(U, V, target, lam) -> object, max |Lambda - lam I| / max |Z^T Z| */
static int l_exact_riccati(lua_State *L) {
  mat U = bind_matrix_check(L, 1), V = bind_matrix_check(L, 2), target = bind_matrix_check(L, 3);
  double lam = bind_arg_number(L, 4), defect;
  mat Z = stacked(L, 1);
  exact_riccati shape;
  for (placing at = bind_place(L, &shape, sizeof shape, 0); placing_next(&at);)
    exact_riccati_layout(&at.room, &shape, dims_of(U.rows, V.rows, U.cols));
  exact_riccati *e = lua_touserdata(L, -1);
  luaL_setmetatable(L, RICCATI_NAME);
  ATTEMPT(L, "exact", exact_riccati_set(e, Z, target, lam, &defect));
  lua_pushnumber(L, defect);
  return 2;
}

/* object:at(t) -> U1 U1^T, U1 V^T, V V^T, and L itself (k x k', up to a right rotation) */
static int l_exact_riccati_at(lua_State *L) {
  exact_riccati *e = bind_arg_object(L, 1, RICCATI_NAME);
  double t = bind_arg_number(L, 2);
  int r = e->r, m = e->m;
  ATTEMPT(L, "exact", exact_riccati_at(e, t));
  mat U = mat_rows(e->Z, 0, r), V = mat_rows(e->Z, r, m);
  mat UU = bind_matrix_new(L, r, r), UV = bind_matrix_new(L, r, m), VV = bind_matrix_new(L, m, m);
  bind_matrix_push(L, e->Z);
  ALONE({
    blas_syrk('N', 1.0, U, 0.0, UU);
    blas_gemm('N', 'T', 1.0, U, V, 0.0, UV);
    blas_syrk('N', 1.0, V, 0.0, VV);
  });
  return 4;
}

/* core.exact.pairs(Y) -> P (r x r), s (min x 1), R (m x m), Y = P diag(s) R^T */
static int l_exact_pairs(lua_State *L) {
  mat Y = bind_matrix_check(L, 1);
  pairs w;
  for (placing at = bind_scratch(L); placing_next(&at);)
    pairs_layout(&at.room, &w, dims_of(Y.rows, Y.cols, 0));
  ATTEMPT(L, "exact", pairs_of(&w, Y));
  bind_matrix_push(L, w.P);
  bind_matrix_push(L, mat_of(w.s, w.count, 1));
  bind_matrix_push(L, w.R);
  return 3;
}

static int push_mode(lua_State *L, exact_mode z) {
  lua_pushnumber(L, z.p);
  lua_pushnumber(L, z.uu);
  lua_pushnumber(L, z.vv);
  return 3;
}

/* core.exact.diagonal(a, b, s, t) -> p, uu, vv of one mode */
static int l_exact_diagonal(lua_State *L) {
  return push_mode(L, exact_diagonal(bind_arg_number(L, 1), bind_arg_number(L, 2),
                                     bind_arg_number(L, 3), bind_arg_number(L, 4)));
}

/* core.exact.scalar(u, v) -> p0, |u|^2 - |v|^2, area, c; u, v are columns of equal length */
static int l_exact_scalar(lua_State *L) {
  mat u = bind_matrix_check(L, 1), v = bind_matrix_check(L, 2);
  exact_scalar e = exact_scalar_of(u.p, v.p, u.rows);
  lua_pushnumber(L, e.p0);
  lua_pushnumber(L, e.difference);
  lua_pushnumber(L, e.area);
  lua_pushnumber(L, e.c);
  return 4;
}

/* core.exact.scalar_at(p0, difference, area, c, sigma, target, t) -> p, uu, vv */
static int l_exact_scalar_at(lua_State *L) {
  exact_scalar e = {bind_arg_number(L, 1), bind_arg_number(L, 2), bind_arg_number(L, 3),
                    bind_arg_number(L, 4)};
  return push_mode(
      L, exact_scalar_at(&e, bind_arg_number(L, 5), bind_arg_number(L, 6), bind_arg_number(L, 7)));
}

/* core.exact.lazy(U, V, target, sigma) -> object */
static int l_exact_lazy(lua_State *L) {
  mat U = bind_matrix_check(L, 1), V = bind_matrix_check(L, 2), target = bind_matrix_check(L, 3);
  mat sigma = bind_matrix_check(L, 4);
  int r = U.rows, m = V.rows;
  field f = {.r = r, .m = m, .sigma = sigma.p, .Yt = target};
  mat Z = stacked(L, 1);
  exact_lazy shape;
  for (placing at = bind_place(L, &shape, sizeof shape, 0); placing_next(&at);)
    exact_lazy_layout(&at.room, &shape, dims_of(r, m, U.cols));
  exact_lazy *e = lua_touserdata(L, -1);
  luaL_setmetatable(L, LAZY_NAME);
  ATTEMPT(L, "exact", exact_lazy_set(e, &f, Z));
  return 1;
}

/* object:at(t) -> E (r x m) */
static int l_exact_lazy_at(lua_State *L) {
  exact_lazy *e = bind_arg_object(L, 1, LAZY_NAME);
  double t = bind_arg_number(L, 2);
  ALONE(exact_lazy_at(e, t));
  bind_matrix_push(L, e->E);
  return 1;
}

void bind_exact(lua_State *L) {
  static const luaL_Reg functions[] = {{"riccati", l_exact_riccati},
                                       {"pairs", l_exact_pairs},
                                       {"diagonal", l_exact_diagonal},
                                       {"scalar", l_exact_scalar},
                                       {"scalar_at", l_exact_scalar_at},
                                       {"lazy", l_exact_lazy},
                                       {NULL, NULL}};
  static const luaL_Reg riccati[] = {{"at", l_exact_riccati_at}, {NULL, NULL}};
  static const luaL_Reg lazy[] = {{"at", l_exact_lazy_at}, {NULL, NULL}};
  luaL_setfuncs(L, functions, 0);
  bind_type(L, RICCATI_NAME, riccati, NULL, NULL);
  bind_type(L, LAZY_NAME, lazy, NULL, NULL);
}
