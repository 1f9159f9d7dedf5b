/* csrc/bind/matrix/access.c: shape, elements and views of a matrix: m(i, j), m[i][j], m:row(i) ...
 * Indices count from 1; every index outside raises, except m[#m + 1], which is nil and ends ipairs.
 * SPDX-License-Identifier: MIT */
#include <limits.h>

#include "bind/matrix/matrix.h"

/*** Number of rows.
@function matrix:rows
@treturn int
@usage assert(linnet.zeros(2, 3):rows() == 2)
*/
static int l_matrix_rows(lua_State *L) {
  lua_pushinteger(L, bind_matrix_check(L, 1).rows);
  return 1;
}

/*** Number of columns.
@function matrix:cols
@treturn int
@usage assert(linnet.zeros(2, 3):cols() == 3)
*/
static int l_matrix_cols(lua_State *L) {
  lua_pushinteger(L, bind_matrix_check(L, 1).cols);
  return 1;
}

/*** Rows and columns.
@function matrix:shape
@treturn int rows
@treturn int columns
@usage local r, c = linnet.zeros(2, 3):shape()
*/
static int l_matrix_shape(lua_State *L) {
  mat m = bind_matrix_check(L, 1);
  lua_pushinteger(L, m.rows);
  lua_pushinteger(L, m.cols);
  return 2;
}

/* The element at arguments arg, arg + 1; one index suffices for a row or column vector. */
static double *check_element(lua_State *L, mat m, int arg, bool two) {
  if (two) {
    int i = matrix_check_int(L, arg, "row", 1, m.rows);
    int j = matrix_check_int(L, arg + 1, "column", 1, m.cols);
    return mat_at(m, i - 1, j - 1);
  }
  if (m.cols == 1) return mat_at(m, matrix_check_int(L, arg, "row", 1, m.rows) - 1, 0);
  if (m.rows == 1) return mat_at(m, 0, matrix_check_int(L, arg, "column", 1, m.cols) - 1);
  bind_fail(L, "misuse", "one index, but the matrix is %s: only a vector has elements v(i)",
            matrix_shape_text(L, m));
  return NULL;
}

/*** One element; also `m(i, j)` and `m[i][j]`, and `v(i)` for a row or column vector.
@function matrix:get
@tparam int i row, 1..rows
@tparam[opt] int j column, 1..columns; absent only for a vector
@treturn number
@raise an index that is no integer or outside
@usage local m = linnet.matrix{{1, 2}, {3, 4}}; assert(m:get(2, 1) == 3 and m(2, 1) == 3)
*/
static int l_matrix_get(lua_State *L) {
  mat m = bind_matrix_check(L, 1);
  lua_pushnumber(L, *check_element(L, m, 2, !lua_isnoneornil(L, 3)));
  return 1;
}

/*** Sets one element, in place; also `m[i][j] = x`.
@function matrix:set
@tparam int i row, 1..rows
@tparam int j column, 1..columns; absent only for a vector: `v:set(i, x)`
@tparam number x
@treturn Matrix m itself
@raise an index that is no integer or outside, a value that is no number
@usage local m = linnet.zeros(2, 2); m:set(2, 1, 7); assert(m[2][1] == 7)
*/
static int l_matrix_set(lua_State *L) {
  mat m = bind_matrix_check(L, 1);
  bool two = lua_gettop(L) >= 4;
  double *at = check_element(L, m, 2, two);
  *at = matrix_check_number(L, two ? 4 : 3, "value");
  lua_settop(L, 1);
  return 1;
}

/*** View of one row, 1 x columns; what is written to it is written to m.
@function matrix:row
@tparam int i 1..rows
@treturn Matrix
@usage local m = linnet.zeros(2, 2); m:row(1):copy_(linnet.ones(1, 2)); assert(m(1, 2) == 1)
*/
static int l_matrix_row(lua_State *L) {
  mat m = bind_matrix_check(L, 1);
  int i = matrix_check_int(L, 2, "row", 1, m.rows);
  bind_matrix_view(L, 1, mat_rows(m, i - 1, 1));
  return 1;
}

/*** View of one column, rows x 1; what is written to it is written to m.
@function matrix:col
@tparam int j 1..columns
@treturn Matrix
@usage local m = linnet.eye(3); m:col(2):scale_(5); assert(m(2, 2) == 5)
*/
static int l_matrix_col(lua_State *L) {
  mat m = bind_matrix_check(L, 1);
  int j = matrix_check_int(L, 2, "column", 1, m.cols);
  bind_matrix_view(L, 1, mat_cols(m, j - 1, 1));
  return 1;
}

/*** View of rows i1..i2 and columns j1..j2; writes go to m. `i2 = i1 - 1` gives no rows.
@function matrix:sub
@tparam int i1 1..rows + 1
@tparam int i2 i1 - 1..rows
@tparam[opt=1] int j1 1..columns + 1
@tparam[opt=columns] int j2 j1 - 1..columns
@treturn Matrix (i2 - i1 + 1) x (j2 - j1 + 1)
@usage local m = linnet.eye(4); m:sub(1, 2, 3, 4):copy_(linnet.ones(2, 2)); assert(m(1, 4) == 1)
*/
static int l_matrix_sub(lua_State *L) {
  mat m = bind_matrix_check(L, 1);
  bool all = lua_isnoneornil(L, 4) && lua_isnoneornil(L, 5);
  int i1 = matrix_check_int(L, 2, "first row", 1, m.rows + 1);
  int i2 = matrix_check_int(L, 3, "last row", i1 - 1, m.rows);
  int j1 = all ? 1 : matrix_check_int(L, 4, "first column", 1, m.cols + 1);
  int j2 = all ? m.cols : matrix_check_int(L, 5, "last column", j1 - 1, m.cols);
  bind_matrix_view(L, 1, mat_sub(m, i1 - 1, j1 - 1, i2 - i1 + 1, j2 - j1 + 1));
  return 1;
}

/* m(i, j): without the callee itself, so that messages count the arguments as they were written. */
static int meta_call(lua_State *L) {
  mat m = bind_matrix_check(L, 1);
  lua_remove(L, 1); /* nothing is allocated before the element is read */
  lua_pushnumber(L, *check_element(L, m, 1, !lua_isnoneornil(L, 2)));
  return 1;
}

const luaL_Reg matrix_access_methods[] = {
    {"rows", l_matrix_rows}, {"cols", l_matrix_cols}, {"shape", l_matrix_shape},
    {"get", l_matrix_get},   {"set", l_matrix_set},   {"row", l_matrix_row},
    {"col", l_matrix_col},   {"sub", l_matrix_sub},   {NULL, NULL}};

/* m[i] is the row view, r[j] its element; one past the end is nil; strings name methods. */
int matrix_access_index(lua_State *L) {
  matrix_object *o = matrix_check_object(L, 1);
  if (lua_type(L, 2) == LUA_TNUMBER) {
    int n = o->is_row ? o->m.cols : o->m.rows, exact;
    lua_Integer i = lua_tointegerx(L, 2, &exact);
    if (exact && i == (lua_Integer)n + 1) return 0;
    if (!exact || i < 1 || i > n)
      return bind_fail(L, "misuse", "%s %s is outside 1..%d of this %s matrix",
                       o->is_row ? "column" : "row", luaL_tolstring(L, 2, NULL), n,
                       matrix_shape_text(L, o->m));
    if (o->is_row) lua_pushnumber(L, mat_get(o->m, 0, (int)i - 1));
    else matrix_push_row(L, 1, mat_rows(o->m, (int)i - 1, 1));
    return 1;
  }
  lua_pushvalue(L, 2);
  if (lua_gettable(L, lua_upvalueindex(1)) == LUA_TNIL && lua_type(L, 2) != LUA_TSTRING)
    return bind_fail(L, "misuse",
                     "a matrix has rows 1, 2, ... and methods, no %s as index; m(i, j)"
                     " is an entry",
                     luaL_typename(L, 2));
  return 1;
}

/* Copies a vector of n numbers (matrix or table) at arg into the row. */
static void assign_row(lua_State *L, int arg, mat row) {
  mat v;
  if (bind_matrix_test(L, arg, &v)) {
    if (v.rows != 1 || v.cols != row.cols)
      bind_fail(L, "misuse", "a row of %d columns cannot take a %s matrix", row.cols,
                matrix_shape_text(L, v));
    mat_copy(row, v);
  } else if (lua_istable(L, arg)) {
    if (lua_rawlen(L, arg) != (size_t)row.cols)
      bind_fail(L, "misuse", "a row of %d columns cannot take a table of %d", row.cols,
                (int)lua_rawlen(L, arg));
    for (int j = 0; j < row.cols; j++, lua_pop(L, 1))
      if (lua_rawgeti(L, arg, j + 1) != LUA_TNUMBER)
        bind_fail(L, "misuse", "entry %d of the table is no number but %s", j + 1,
                  luaL_typename(L, -1));
    for (int j = 0; j < row.cols; j++, lua_pop(L, 1)) {
      lua_rawgeti(L, arg, j + 1);
      *mat_at(row, 0, j) = lua_tonumber(L, -1);
    }
  } else if (lua_type(L, arg) == LUA_TNUMBER && row.cols == 1) {
    *row.p = lua_tonumber(L, arg);
  } else {
    bind_fail(L, "misuse", "a row of %d columns cannot take a %s", row.cols, luaL_typename(L, arg));
  }
}

/* r[j] = x, and m[i] = row (a 1 x columns matrix or a table of numbers). */
static int meta_newindex(lua_State *L) {
  matrix_object *o = matrix_check_object(L, 1);
  int n = o->is_row ? o->m.cols : o->m.rows, exact = 0;
  lua_Integer i = lua_type(L, 2) == LUA_TNUMBER ? lua_tointegerx(L, 2, &exact) : 0;
  if (!exact || i < 1 || i > n)
    return bind_fail(L, "misuse", "cannot assign to [%s]: %ss of this %s matrix are 1..%d",
                     luaL_tolstring(L, 2, NULL), o->is_row ? "column" : "row",
                     matrix_shape_text(L, o->m), n);
  if (!o->is_row) assign_row(L, 3, mat_rows(o->m, (int)i - 1, 1));
  else if (lua_type(L, 3) == LUA_TNUMBER) *mat_at(o->m, 0, (int)i - 1) = lua_tonumber(L, 3);
  else return bind_fail(L, "misuse", "an element must be a number, got %s", luaL_typename(L, 3));
  return 0;
}

static int meta_len(lua_State *L) {
  matrix_object *o = matrix_check_object(L, 1);
  lua_pushinteger(L, o->is_row ? o->m.cols : o->m.rows);
  return 1;
}

const luaL_Reg matrix_access_meta[] = {
    {"__newindex", meta_newindex}, {"__call", meta_call}, {"__len", meta_len}, {NULL, NULL}};
