/* csrc/bind/matrix/matrix.c: the matrix userdata: creation, checks, views and registration. An
 * owner holds header and data in one block, a view holds a header and its owner as user value 1.
 * SPDX-License-Identifier: MIT */
#include "bind/matrix/matrix.h"

#include <limits.h>
#include <stdint.h>
#include <string.h>

#include "num/blas.h"

enum { ALIGN = 64 }; /* of the data: results of BLAS kernels may depend on it, so it never varies */

mat bind_matrix_raw(lua_State *L, int rows, int cols) {
  if (rows < 0 || cols < 0)
    bind_fail(L, "misuse", "a matrix of %d x %d entries cannot exist", rows, cols);
  if (cols && (size_t)rows > (PTRDIFF_MAX / sizeof(double) - 2 * ALIGN) / (size_t)cols)
    bind_fail(L, "memory", "a matrix of %d x %d entries does not fit into memory", rows, cols);
  size_t bytes = (size_t)rows * (size_t)cols * sizeof(double);
  if (!bind_room(L, bytes))
    bind_fail(L, "memory", "no memory for a matrix of %d x %d entries", rows, cols);
  matrix_object *m = bind_block_raw(L, sizeof *m + ALIGN + bytes, 0);
  uintptr_t end = (uintptr_t)(m + 1);
  double *data = (double *)(void *)((unsigned char *)(m + 1) + (-end & (ALIGN - 1)));
  *m = (matrix_object){mat_of(data, rows, cols), false};
  luaL_setmetatable(L, MATRIX_NAME);
  return m->m;
}

mat bind_matrix_new(lua_State *L, int rows, int cols) {
  mat m = bind_matrix_raw(L, rows, cols);
  memset(m.p, 0, mat_count(m) * sizeof(double));
  return m;
}

void bind_matrix_push(lua_State *L, mat a) { mat_copy(bind_matrix_raw(L, a.rows, a.cols), a); }

static matrix_object *push_view(lua_State *L, int arg, mat view) {
  arg = lua_absindex(L, arg);
  matrix_object *v = lua_newuserdatauv(L, sizeof *v, 1);
  *v = (matrix_object){view, false};
  luaL_setmetatable(L, MATRIX_NAME);
  if (lua_getiuservalue(L, arg, 1) == LUA_TNONE || lua_isnil(L, -1)) { /* arg is the owner itself */
    lua_pop(L, 1);
    lua_pushvalue(L, arg);
  }
  lua_setiuservalue(L, -2, 1);
  return v;
}

void bind_matrix_view(lua_State *L, int arg, mat view) { push_view(L, arg, view); }

void matrix_push_row(lua_State *L, int arg, mat row) { push_view(L, arg, row)->is_row = true; }

matrix_object *matrix_check_object(lua_State *L, int arg) {
  matrix_object *m = luaL_testudata(L, arg, MATRIX_NAME);
  if (!m) bind_mistyped(L, arg, "matrix");
  return m;
}

mat bind_matrix_check(lua_State *L, int arg) { return matrix_check_object(L, arg)->m; }

bool bind_matrix_test(lua_State *L, int arg, mat *out) {
  matrix_object *m = luaL_testudata(L, arg, MATRIX_NAME);
  if (m) *out = m->m;
  return m != NULL;
}

double matrix_check_number(lua_State *L, int arg, const char *what) {
  if (lua_type(L, arg) != LUA_TNUMBER)
    bind_argument(L, arg, "%s must be a number, got %s", what, luaL_typename(L, arg));
  return lua_tonumber(L, arg);
}

int matrix_check_int(lua_State *L, int arg, const char *what, int lo, int hi) {
  int exact;
  lua_Integer i = lua_tointegerx(L, arg, &exact);
  if (lua_type(L, arg) == LUA_TNUMBER && exact && i >= lo && i <= hi) return (int)i;
  const char *got =
      lua_type(L, arg) == LUA_TNUMBER ? luaL_tolstring(L, arg, NULL) : luaL_typename(L, arg);
  const char *allowed = hi < lo        ? "and there is none to choose"
                        : hi < INT_MAX ? lua_pushfstring(L, "in %d..%d", lo, hi)
                                       : lua_pushfstring(L, "of at least %d", lo);
  return bind_argument(L, arg, "%s must be an integer %s, got %s", what, allowed, got);
}

int matrix_check_name(lua_State *L, int arg, const char *const names[], int fallback) {
  if (fallback >= 0 && lua_isnoneornil(L, arg)) return fallback;
  if (lua_type(L, arg) == LUA_TSTRING)
    for (int i = 0; names[i]; i++)
      if (strcmp(lua_tostring(L, arg), names[i]) == 0) return i;
  luaL_Buffer b;
  bool plain = lua_type(L, arg) == LUA_TNUMBER || lua_type(L, arg) == LUA_TSTRING;
  const char *got = plain ? luaL_tolstring(L, arg, NULL) : luaL_typename(L, arg); /* no address */
  luaL_buffinit(L, &b);
  for (int i = 0; names[i]; i++) {
    luaL_addstring(&b, i ? ", \"" : "\"");
    luaL_addstring(&b, names[i]);
    luaL_addstring(&b, "\"");
  }
  luaL_pushresult(&b);
  return bind_argument(L, arg, "must be one of %s, got %s", lua_tostring(L, -1), got);
}

const char *matrix_shape_text(lua_State *L, mat a) {
  return lua_pushfstring(L, "%dx%d", a.rows, a.cols);
}

void matrix_check_same(lua_State *L, const char *op, mat a, mat b) {
  if (a.rows != b.rows || a.cols != b.cols)
    bind_fail(L, "misuse", "%s: shapes %s and %s differ", op, matrix_shape_text(L, a),
              matrix_shape_text(L, b));
}

#define THREADS_ABOVE 4e6 /* multiplications: below, starting threads costs more than they save */

int matrix_threads(lua_State *L, double work) { return work > THREADS_ABOVE ? bind_threads(L) : 1; }

/*** Threads that products and factorizations of large matrices may use.
Above four million multiplications (about 160 x 160) a matrix operator uses so many BLAS threads;
everything else uses one, and so does what an ensemble's or a sweep's functions call. The last bits
of such results may change with the number. `linnet.problem` of min(n, D) >= 512 and `p:flow` share
their work among so many threads of their own: there no bit changes.
@function threads
@tparam[opt] int n from 1 to 1024; absent: nothing changes
@treturn int the number now in force
@usage linnet.threads(2); print(linnet.threads()); linnet.threads(1)
*/
static int l_matrix_threads(lua_State *L) {
  if (!lua_isnoneornil(L, 1)) bind_set_threads(L, matrix_check_int(L, 1, "threads", 1, 1024));
  lua_pushinteger(L, bind_threads(L));
  return 1;
}

/* core.matrix.hold() -> a value for a <close> variable: one BLAS thread until then */
static int l_matrix_hold(lua_State *L) {
  bind_threads_hold(L);
  return 1;
}

/*** Is it a matrix?
@function is_matrix
@param x anything
@treturn bool
@usage assert(linnet.is_matrix(linnet.eye(2)) and not linnet.is_matrix{1, 2})
*/
static int l_matrix_is_matrix(lua_State *L) {
  if (lua_isnone(L, 1)) bind_argument(L, 1, "value expected");
  lua_pushboolean(L, luaL_testudata(L, 1, MATRIX_NAME) != NULL);
  return 1;
}

/* core.matrix.non_finite(m) -> nothing, or row, column and value of the first entry that
 * is not finite */
static int l_matrix_non_finite(lua_State *L) {
  mat a = bind_matrix_check(L, 1);
  ptrdiff_t at = mat_first_non_finite(a);
  if (at < 0) return 0;
  int i = (int)(at % a.rows), j = (int)(at / a.rows);
  lua_pushinteger(L, i + 1);
  lua_pushinteger(L, j + 1);
  lua_pushnumber(L, mat_get(a, i, j));
  return 3;
}

/* core.matrix.max_abs(m) -> the largest |entry| */
static int l_matrix_max_abs(lua_State *L) {
  lua_pushnumber(L, mat_max_abs(bind_matrix_check(L, 1)));
  return 1;
}

void bind_matrix(lua_State *L) {
  static const luaL_Reg functions[] = {
      {"threads", l_matrix_threads},     {"hold", l_matrix_hold},
      {"is_matrix", l_matrix_is_matrix}, {"non_finite", l_matrix_non_finite},
      {"max_abs", l_matrix_max_abs},     {NULL, NULL}};
  luaL_setfuncs(L, functions, 0);
  luaL_setfuncs(L, matrix_make_functions, 0);
  bind_type(L, MATRIX_NAME, matrix_access_methods, matrix_access_index, matrix_access_meta);
  luaL_getmetatable(L, MATRIX_NAME);
  luaL_setfuncs(L, matrix_algebra_meta, 0);
  luaL_setfuncs(L, matrix_print_meta, 0);
  lua_getfield(L, -1, "methods");
  luaL_setfuncs(L, matrix_make_methods, 0);
  luaL_setfuncs(L, matrix_algebra_methods, 0);
  luaL_setfuncs(L, matrix_reduce_methods, 0);
  luaL_setfuncs(L, matrix_factor_methods, 0);
  luaL_setfuncs(L, matrix_print_methods, 0);
  lua_pop(L, 2);
}
