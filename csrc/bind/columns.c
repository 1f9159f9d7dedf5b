/* csrc/bind/columns.c: columns of a matrix that was read from a table: gaps found and filled, and
 * those that are wanted, without the rows that go (see table.c, io/table.h).
 * SPDX-License-Identifier: MIT */
#include "bind/bind.h"
#include "io/table.h"

/* gaps(matrix, list of columns) -> list of the rows that have a gap in one of them */
static int l_columns_gaps(lua_State *L) {
  mat m = bind_matrix_check(L, 1);
  int count = (int)luaL_len(L, 2);
  int *columns = lua_newuserdatauv(L, sizeof *columns * ((size_t)count + 1), 0);
  for (int k = 0; k < count; k++) {
    lua_rawgeti(L, 2, k + 1);
    columns[k] = (int)bind_arg_integer(L, -1) - 1;
    if (!(columns[k] >= 0 && columns[k] < m.cols)) bind_argument(L, 2, "not a column");
    lua_pop(L, 1);
  }
  lua_newtable(L);
  lua_Integer found = 0;
  for (int i = 0; i < m.rows; i++) {
    int k = 0;
    if (i % 256 == 0) bind_answer_interrupt(L);
    while (k < count && !table_is_gap(mat_get(m, i, columns[k]))) k++;
    if (k == count) continue;
    lua_pushinteger(L, i + 1);
    lua_rawseti(L, -2, ++found);
  }
  return 1;
}

/* blank(matrix): cells with text become gaps. */
static int l_columns_blank(lua_State *L) {
  mat m = bind_matrix_check(L, 1);
  for (int j = 0; j < m.cols; j++)
    for (int i = 0; i < m.rows; i++)
      if (table_is_text(mat_get(m, i, j))) *mat_at(m, i, j) = table_gap();
  return 0;
}

/* fill(matrix, x or nil) -> x: gaps become x, by default the mean of all other entries. */
static int l_columns_fill(lua_State *L) {
  mat m = bind_matrix_check(L, 1);
  double mean = 0.0, n = 0.0;
  if (lua_isnoneornil(L, 2))
    for (int j = 0; j < m.cols; j++)
      for (int i = 0; i < m.rows; i++) {
        double x = mat_get(m, i, j);
        if (!table_is_gap(x)) mean += (x - mean) / ++n;
      }
  else mean = bind_arg_number(L, 2);
  for (int j = 0; j < m.cols; j++)
    for (int i = 0; i < m.rows; i++)
      if (table_is_gap(mat_get(m, i, j))) *mat_at(m, i, j) = mean;
  lua_pushnumber(L, mean);
  return 1;
}

/* take(matrix, columns, codes, gone) -> matrix without the rows in gone (ascending): each of
 * its columns is one of the matrix, or with a code > 0 says by 1 and 0 where that equals the code
 */
static int l_columns_take(lua_State *L) {
  mat m = bind_matrix_check(L, 1);
  int count = (int)luaL_len(L, 2), gone = (int)luaL_len(L, 4);
  mat out = bind_matrix_raw(L, m.rows - gone, count);
  for (int k = 0; k < count; k++) {
    lua_rawgeti(L, 2, k + 1);
    lua_rawgeti(L, 3, k + 1);
    lua_Integer j = bind_arg_integer(L, -2), code = bind_arg_integer_or(L, -1, 0), next = 0;
    if (!(j >= 1 && j <= m.cols)) bind_argument(L, 2, "not a column");
    lua_pop(L, 2);
    int to = 0, taken = 0;
    for (int i = 0; i < m.rows; i++) {
      if (taken < gone && next <= i) {
        lua_rawgeti(L, 4, ++taken);
        next = lua_tointeger(L, -1);
        lua_pop(L, 1);
      }
      if (next == i + 1) continue;
      double x = mat_get(m, i, (int)j - 1);
      if (to < out.rows) *mat_at(out, to++, k) = code && !table_is_gap(x) ? x == (double)code : x;
    }
  }
  return 1;
}

void bind_columns(lua_State *L) {
  static const luaL_Reg functions[] = {{"gaps", l_columns_gaps},
                                       {"blank", l_columns_blank},
                                       {"fill", l_columns_fill},
                                       {"take", l_columns_take},
                                       {NULL, NULL}};
  luaL_setfuncs(L, functions, 0);
}
