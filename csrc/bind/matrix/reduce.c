/* csrc/bind/matrix/reduce.c: sums, means, extremes, sorting, trace. `dim` names what is run over:
 * "rows" gives one result per column, "cols" one per row, absent takes all entries together.
 * SPDX-License-Identifier: MIT */
#include <math.h>

#include "bind/matrix/matrix.h"
#include "num/reduce.h"

enum { UNASKED = 1 << 16 }; /* entries that are copied without asking the tick */

enum dim { DIM_ALL, DIM_ROWS, DIM_COLS };

static enum dim check_dim(lua_State *L, int arg) {
  static const char *const names[] = {"rows", "cols", NULL};
  int k = lua_isnoneornil(L, arg) ? -1 : matrix_check_name(L, arg, names, -1);
  return (enum dim)(k + 1);
}

/* Along a vector no name is needed; for a matrix only the caller knows. */
static enum dim check_direction(lua_State *L, const char *op, mat a, int arg) {
  enum dim d = check_dim(L, arg);
  if (d != DIM_ALL) return d;
  if (a.cols != 1 && a.rows != 1)
    bind_fail(L, "misuse",
              "%s: say \"rows\" (down each column) or \"cols\" (along each row) for a %s matrix",
              op, matrix_shape_text(L, a));
  return a.cols == 1 ? DIM_ROWS : DIM_COLS;
}

static int slices(mat a, enum dim d) { return d == DIM_ROWS ? a.cols : d == DIM_COLS ? a.rows : 1; }

static mat slice(mat a, enum dim d, int k) {
  return d == DIM_ROWS ? mat_cols(a, k, 1) : d == DIM_COLS ? mat_rows(a, k, 1) : a;
}

/* A new vector with one entry per slice: a row for "rows", a column for "cols". */
static mat push_results(lua_State *L, mat a, enum dim d) {
  return bind_matrix_raw(L, d == DIM_ROWS ? 1 : a.rows, d == DIM_ROWS ? a.cols : 1);
}

static int reduce(lua_State *L, double (*f)(mat)) {
  mat a = bind_matrix_check(L, 1);
  enum dim d = check_dim(L, 2);
  if (d == DIM_ALL) {
    lua_pushnumber(L, f(a));
    return 1;
  }
  mat out = push_results(L, a, d);
  for (int k = 0; k < slices(a, d); k++) out.p[k] = f(slice(a, d, k));
  return 1;
}

/*** Sum of all entries, or along one direction.
@function matrix:sum
@tparam[opt] string dim "rows": over the rows, 1 x columns; "cols": over the columns, rows x 1
@treturn number|Matrix 0 where there is nothing to add
@usage assert(linnet.matrix{{1, 2}, {3, 4}}:sum("rows") == linnet.matrix{{4, 6}})
*/
static int l_matrix_sum(lua_State *L) { return reduce(L, reduce_sum); }

/*** Mean of all entries, or along one direction.
@function matrix:mean
@tparam[opt] string dim "rows": over the rows, 1 x columns; "cols": over the columns, rows x 1
@treturn number|Matrix nan where there is nothing to average
@usage assert(linnet.matrix{{1, 2}, {3, 4}}:mean("cols") == linnet.matrix{1.5, 3.5})
*/
static int l_matrix_mean(lua_State *L) { return reduce(L, reduce_mean); }

/*** Sample standard deviation (divisor count - 1), of all entries or along one direction.
@function matrix:std
@tparam[opt] string dim "rows": over the rows, 1 x columns; "cols": over the columns, rows x 1
@treturn number|Matrix nan for fewer than two entries
@usage print(linnet.matrix{1, 2, 3, 4}:std())
*/
static int l_matrix_std(lua_State *L) { return reduce(L, reduce_std); }

/*** Sample variance (divisor count - 1), of all entries or along one direction.
@function matrix:var
@tparam[opt] string dim "rows": over the rows, 1 x columns; "cols": over the columns, rows x 1
@treturn number|Matrix nan for fewer than two entries
@usage assert(linnet.matrix{1, 2, 3}:var() == 1)
*/
static int l_matrix_var(lua_State *L) { return reduce(L, reduce_var); }

/* Both extremes by position: values as numbers, places as 1-based indices. */
static int extremes(lua_State *L, const char *op, ptrdiff_t (*find)(mat), bool place) {
  mat a = bind_matrix_check(L, 1);
  enum dim d = check_dim(L, 2);
  int n = slices(a, d);
  if (n && !mat_count(slice(a, d, 0)))
    return bind_fail(L, "misuse", "%s: a %s matrix has no entries to choose from", op,
                     matrix_shape_text(L, a));
  if (d == DIM_ALL) {
    ptrdiff_t k = find(a);
    if (!place) lua_pushnumber(L, reduce_entry(a, k));
    else lua_pushinteger(L, k % a.rows + 1);
    if (place) lua_pushinteger(L, k / a.rows + 1);
    return place ? 2 : 1;
  }
  mat out = push_results(L, a, d);
  for (int k = 0; k < n; k++) {
    mat s = slice(a, d, k);
    ptrdiff_t at = find(s);
    out.p[k] = place ? (double)at + 1.0 : reduce_entry(s, at);
  }
  return 1;
}

/*** Smallest entry, of all or along one direction; nan if there is one.
@function matrix:min
@tparam[opt] string dim "rows": over the rows, 1 x columns; "cols": over the columns, rows x 1
@treturn number|Matrix
@raise no entries to choose from
@usage assert(linnet.matrix{3, 1, 2}:min() == 1)
*/
static int l_matrix_min(lua_State *L) { return extremes(L, "min", reduce_argmin, false); }

/*** Largest entry, of all or along one direction; nan if there is one.
@function matrix:max
@tparam[opt] string dim "rows": over the rows, 1 x columns; "cols": over the columns, rows x 1
@treturn number|Matrix
@raise no entries to choose from
@usage assert(linnet.matrix{{1, 5}, {7, 2}}:max("rows") == linnet.matrix{{7, 5}})
*/
static int l_matrix_max(lua_State *L) { return extremes(L, "max", reduce_argmax, false); }

/*** Where the smallest entry stands, the first if there are several, the first nan if there is one.
@function matrix:argmin
@tparam[opt] string dim "rows": over the rows, 1 x columns; "cols": over the columns, rows x 1
@treturn int|Matrix row, or the indices along `dim`
@treturn[opt] int column, without `dim`
@raise no entries to choose from
@usage local i, j = linnet.matrix{{3, 1}, {2, 4}}:argmin(); assert(i == 1 and j == 2)
*/
static int l_matrix_argmin(lua_State *L) { return extremes(L, "argmin", reduce_argmin, true); }

/*** Where the largest entry stands, the first if there are several, the first nan if there is one.
@function matrix:argmax
@tparam[opt] string dim "rows": over the rows, 1 x columns; "cols": over the columns, rows x 1
@treturn int|Matrix row, or the indices along `dim`
@treturn[opt] int column, without `dim`
@raise no entries to choose from
@usage assert(linnet.matrix{{3, 1}, {2, 4}}:argmax("cols") == linnet.matrix{1, 2})
*/
static int l_matrix_argmax(lua_State *L) { return extremes(L, "argmax", reduce_argmax, true); }

/*** Running sums along one direction.
@function matrix:cumsum
@tparam[opt] string dim "rows": down each column; "cols": along each row; a vector needs none
@treturn Matrix the shape of m
@usage assert(linnet.matrix{1, 2, 3}:cumsum() == linnet.matrix{1, 3, 6})
*/
static int l_matrix_cumsum(lua_State *L) {
  mat a = bind_matrix_check(L, 1);
  enum dim d = check_direction(L, "cumsum", a, 2);
  mat out = bind_matrix_raw(L, a.rows, a.cols);
  int down = d == DIM_ROWS, along = d == DIM_COLS;
  for (int j = 0; j < a.cols; j++)
    for (int i = 0; i < a.rows; i++) {
      bool first = down ? i == 0 : j == 0;
      *mat_at(out, i, j) = mat_get(a, i, j) + (first ? 0.0 : mat_get(out, i - down, j - along));
    }
  return 1;
}

/*** Entries in ascending order along one direction, nan last; equal ones keep their order.
@function matrix:sort
@tparam[opt] string dim "rows": within each column; "cols": within each row; a vector needs none
@treturn Matrix the shape of m
@treturn Matrix where each entry stood, indices from 1
@usage local v, at = linnet.matrix{3, 1, 2}:sort(); assert(v(1) == 1 and at(1) == 2)
*/
static int l_matrix_sort(lua_State *L) {
  mat a = bind_matrix_check(L, 1);
  enum dim d = check_direction(L, "sort", a, 2);
  mat out = bind_matrix_raw(L, a.rows, a.cols), place = bind_matrix_raw(L, a.rows, a.cols);
  size_t n = (size_t)(d == DIM_ROWS ? a.rows : a.cols);
  ranked *v = bind_block_raw(L, (2 * n + 1) * sizeof *v, 0);
  tick t = bind_tick(L);
  for (int k = 0; k < slices(a, d) && !tick_asks(&t); k++) {
    mat from = slice(a, d, k), to = slice(out, d, k), at = slice(place, d, k);
    for (size_t i = 0; i < n && (i % UNASKED || !tick_asks(&t)); i++)
      v[i] =
          (ranked){d == DIM_ROWS ? mat_get(from, (int)i, 0) : mat_get(from, 0, (int)i), (int)i + 1};
    if (tick_asks(&t)) break; /* v may hold anything */
    reduce_sort(v, (int)n, v + n, &t);
    for (int i = 0; i < (int)n; i++) {
      int r = d == DIM_ROWS ? i : 0, c = d == DIM_ROWS ? 0 : i;
      *mat_at(to, r, c) = v[i].x;
      *mat_at(at, r, c) = v[i].at;
    }
  }
  lua_pop(L, 1);
  bind_answer_interrupt(L);
  return 2;
}

/*** Sum of the diagonal of a square matrix.
@function matrix:trace
@treturn number
@raise a matrix that is not square
@usage assert(linnet.eye(3):trace() == 3)
*/
static int l_matrix_trace(lua_State *L) {
  mat a = bind_matrix_check(L, 1);
  if (a.rows != a.cols)
    return bind_fail(L, "misuse", "trace: the matrix must be square, got %s",
                     matrix_shape_text(L, a));
  /* the diagonal is a row of a view with one row and stride ld + 1 */
  lua_pushnumber(L, reduce_sum((mat){a.p, a.rows ? 1 : 0, a.cols, a.ld + 1}));
  return 1;
}

const luaL_Reg matrix_reduce_methods[] = {
    {"sum", l_matrix_sum},       {"mean", l_matrix_mean},     {"std", l_matrix_std},
    {"var", l_matrix_var},       {"min", l_matrix_min},       {"max", l_matrix_max},
    {"argmin", l_matrix_argmin}, {"argmax", l_matrix_argmax}, {"cumsum", l_matrix_cumsum},
    {"sort", l_matrix_sort},     {"trace", l_matrix_trace},   {NULL, NULL}};
