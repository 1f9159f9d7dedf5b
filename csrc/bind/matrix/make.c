/* csrc/bind/matrix/make.c: constructors, copies and rearrangements. Storage is column by column, so
 * that is the order in which reshape counts.
 * SPDX-License-Identifier: MIT */
#include <limits.h>
#include <math.h>

#include "bind/matrix/matrix.h"

static int check_size(lua_State *L, int arg, const char *what) {
  return matrix_check_int(L, arg, what, 0, INT_MAX);
}

/* A matrix has two sides: a third size is a mistake and not to be passed over. */
static void check_two_sizes(lua_State *L) {
  if (!lua_isnoneornil(L, 3)) bind_argument(L, 3, "a matrix has rows and columns, no third size");
}

/* {{1, 2}, {3, 4}}, row by row; the table is at 1 and its row i at the top. */
static int from_rows(lua_State *L, int rows) {
  if (lua_rawlen(L, -1) > INT_MAX) return bind_argument(L, 1, "row 1 is too long");
  int cols = (int)lua_rawlen(L, -1);
  mat m = bind_matrix_raw(L, rows, cols);
  for (int i = 0; i < rows; i++, lua_pop(L, 1)) {
    if (lua_rawgeti(L, 1, i + 1) != LUA_TTABLE)
      bind_argument(L, 1, "row %d must be a table, got %s", i + 1, luaL_typename(L, -1));
    if (lua_rawlen(L, -1) != (size_t)cols)
      bind_argument(L, 1, "row %d has %I entries, row 1 has %d", i + 1,
                    (LUAI_UACINT)lua_rawlen(L, -1), cols);
    for (int j = 0; j < cols; j++, lua_pop(L, 1)) {
      if (lua_rawgeti(L, -1, j + 1) != LUA_TNUMBER)
        bind_argument(L, 1, "entry (%d, %d) must be a number, got %s", i + 1, j + 1,
                      luaL_typename(L, -1));
      *mat_at(m, i, j) = lua_tonumber(L, -1);
    }
  }
  return 1;
}

static int from_table(lua_State *L) {
  if (lua_rawlen(L, 1) > INT_MAX) return bind_argument(L, 1, "too many entries");
  int n = (int)lua_rawlen(L, 1);
  if (n && lua_rawgeti(L, 1, 1) == LUA_TTABLE) return from_rows(L, n);
  mat m = bind_matrix_raw(L, n, n ? 1 : 0);
  for (int i = 0; i < n; i++, lua_pop(L, 1)) {
    if (lua_rawgeti(L, 1, i + 1) != LUA_TNUMBER)
      bind_argument(L, 1, "entry %d must be a number, got %s", i + 1, luaL_typename(L, -1));
    m.p[i] = lua_tonumber(L, -1);
  }
  return 1;
}

/* Calls the function at arg for every place, row by row, and stores what it returns. */
static void fill_by_calls(lua_State *L, int arg, mat m) {
  for (int i = 0; i < m.rows; i++)
    for (int j = 0; j < m.cols; j++) {
      lua_pushvalue(L, arg);
      lua_pushinteger(L, i + 1);
      lua_pushinteger(L, j + 1);
      lua_call(L, 2, 1);
      if (lua_type(L, -1) != LUA_TNUMBER)
        bind_fail(L, "misuse", "matrix: f(%d, %d) must return a number, got %s", i + 1, j + 1,
                  luaL_typename(L, -1));
      *mat_at(m, i, j) = lua_tonumber(L, -1);
      lua_pop(L, 1);
    }
}

/*** A matrix from a table of rows, a table of numbers (a column), or a size and what fills it.
@function matrix
@tparam table|int|Matrix a rows `{{1, 2}, {3, 4}}`, a column `{1, 2, 3}`, a matrix (copied), or the
number of rows
@tparam[opt] int cols number of columns, after a number of rows
@tparam[opt=0] number|function x every entry, or `f(i, j)` for each, called row by row
@treturn Matrix
@raise rows of different lengths, entries that are no numbers: named by their place
@usage local h = linnet.matrix(3, 3, function(i, j) return 1 / (i + j - 1) end)
*/
static int l_matrix_new(lua_State *L) {
  mat m;
  if (bind_matrix_test(L, 1, &m)) {
    bind_matrix_push(L, m);
    return 1;
  }
  if (lua_istable(L, 1)) return from_table(L);
  if (lua_type(L, 1) != LUA_TNUMBER)
    return bind_mistyped(L, 1, "table of rows, table of numbers, matrix or number of rows");
  int rows = check_size(L, 1, "rows"), cols = check_size(L, 2, "columns"), kind = lua_type(L, 3);
  if (kind != LUA_TFUNCTION && kind != LUA_TNUMBER && kind != LUA_TNIL && kind != LUA_TNONE)
    return bind_mistyped(L, 3, "number or function(i, j)");
  m = bind_matrix_new(L, rows, cols);
  if (kind == LUA_TNUMBER) mat_fill(m, lua_tonumber(L, 3));
  if (kind == LUA_TFUNCTION) fill_by_calls(L, 3, m);
  return 1;
}

/* linnet.matrix is a table with this as its __call: the table itself is no argument. */
static int l_matrix_call(lua_State *L) {
  lua_remove(L, 1);
  return l_matrix_new(L);
}

/*** Zeros; one argument makes a column.
@function zeros
@tparam int rows
@tparam[opt=1] int cols
@treturn Matrix
@usage print(linnet.zeros(2, 3))
*/
static int l_matrix_zeros(lua_State *L) {
  check_two_sizes(L);
  int rows = check_size(L, 1, "rows");
  bind_matrix_new(L, rows, lua_isnoneornil(L, 2) ? 1 : check_size(L, 2, "columns"));
  return 1;
}

/*** Ones; one argument makes a column.
@function ones
@tparam int rows
@tparam[opt=1] int cols
@treturn Matrix
@usage print(linnet.ones(3):sum())
*/
static int l_matrix_ones(lua_State *L) {
  check_two_sizes(L);
  int rows = check_size(L, 1, "rows");
  mat_fill(bind_matrix_raw(L, rows, lua_isnoneornil(L, 2) ? 1 : check_size(L, 2, "columns")), 1.0);
  return 1;
}

/*** Ones on the diagonal, zeros elsewhere.
@function eye
@tparam int rows
@tparam[opt=rows] int cols
@treturn Matrix
@usage assert(linnet.eye(2) == linnet.matrix{{1, 0}, {0, 1}})
*/
static int l_matrix_eye(lua_State *L) {
  check_two_sizes(L);
  int rows = check_size(L, 1, "rows");
  mat_eye(bind_matrix_raw(L, rows, lua_isnoneornil(L, 2) ? rows : check_size(L, 2, "columns")));
  return 1;
}

/*** The diagonal matrix of a vector, or the diagonal of a matrix as a column.
@function diag
@tparam Matrix|table a a row or column vector or a table of numbers; otherwise a matrix
@treturn Matrix n x n, or min(rows, columns) x 1
@usage assert(linnet.diag(linnet.diag{1, 2}) == linnet.matrix{1, 2})
*/
static int l_matrix_diag(lua_State *L) {
  if (lua_istable(L, 1)) {
    from_table(L);
    lua_replace(L, 1);
  }
  mat a = bind_matrix_check(L, 1);
  if (a.rows == 1 || a.cols == 1) {
    int n = a.rows * a.cols;
    mat d = bind_matrix_new(L, n, n);
    for (int i = 0; i < n; i++)
      *mat_at(d, i, i) = a.cols == 1 ? mat_get(a, i, 0) : mat_get(a, 0, i);
  } else {
    mat d = bind_matrix_raw(L, a.rows < a.cols ? a.rows : a.cols, 1);
    for (int i = 0; i < d.rows; i++) d.p[i] = mat_get(a, i, i);
  }
  return 1;
}

static double check_finite(lua_State *L, int arg, const char *what) {
  double x = matrix_check_number(L, arg, what);
  if (!isfinite(x)) bind_argument(L, arg, "%s must be finite, got %f", what, x);
  return x;
}

/* Point i of n from a to b, both met exactly; b - a may overflow where no point does. */
static double between(double a, double b, int i, int n) {
  if (i == 0) return a;
  if (i == n - 1) return b;
  double f = (double)i / (n - 1);
  return isfinite((b - a) * n) ? a + (b - a) * i / (n - 1) : a * (1.0 - f) + b * f;
}

/*** n evenly spaced numbers, both end points included.
@function linspace
@tparam number a first
@tparam number b last
@tparam int n how many; 1 gives a
@treturn Matrix n x 1
@usage assert(linnet.linspace(0, 1, 5)(2) == 0.25)
*/
static int l_matrix_linspace(lua_State *L) {
  double a = check_finite(L, 1, "a"), b = check_finite(L, 2, "b");
  int n = check_size(L, 3, "n");
  mat m = bind_matrix_raw(L, n, 1);
  for (int i = 0; i < n; i++) m.p[i] = between(a, b, i, n);
  return 1;
}

/*** n numbers of constant ratio; a and b are the end points themselves, not their exponents.
@function logspace
@tparam number a first, positive
@tparam number b last, positive
@tparam int n how many; 1 gives a
@treturn Matrix n x 1
@usage assert(linnet.logspace(1, 1000, 4)(3) == 100)
*/
static int l_matrix_logspace(lua_State *L) {
  double a = check_finite(L, 1, "a"), b = check_finite(L, 2, "b");
  for (int arg = 1; arg <= 2; arg++)
    if (!(lua_tonumber(L, arg) > 0.0)) bind_argument(L, arg, "end points must be positive");
  int n = check_size(L, 3, "n");
  mat m = bind_matrix_raw(L, n, 1);
  double la = log10(a), lb = log10(b);
  for (int i = 0; i < n; i++)
    m.p[i] = i == 0 ? a : i == n - 1 ? b : pow(10.0, between(la, lb, i, n));
  return 1;
}

/*** A copy that shares nothing with m: detaches a view.
@function matrix:copy
@treturn Matrix
@usage local m = linnet.eye(2); local c = m:row(1):copy(); c:scale_(9); assert(m(1, 1) == 1)
*/
static int l_matrix_copy(lua_State *L) {
  bind_matrix_push(L, bind_matrix_check(L, 1));
  return 1;
}

/*** The transpose, a new matrix.
@function matrix:t
@treturn Matrix columns x rows
@usage assert(linnet.matrix{{1, 2}}:t() == linnet.matrix{1, 2})
*/
static int l_matrix_t(lua_State *L) {
  mat a = bind_matrix_check(L, 1);
  mat_transpose(bind_matrix_raw(L, a.cols, a.rows), a);
  return 1;
}

/*** The same entries in another shape, counted column by column (as Octave and Julia do).
@function matrix:reshape
@tparam int rows
@tparam int cols rows * cols must be the number of entries
@treturn Matrix a new matrix
@usage assert(linnet.matrix{1, 2, 3, 4}:reshape(2, 2) == linnet.matrix{{1, 3}, {2, 4}})
*/
static int l_matrix_reshape(lua_State *L) {
  mat a = bind_matrix_check(L, 1);
  int rows = check_size(L, 2, "rows"), cols = check_size(L, 3, "columns");
  if ((size_t)rows * (size_t)cols != mat_count(a))
    return bind_fail(L, "misuse", "reshape: the %I entries of a %s matrix do not fill %dx%d",
                     (LUAI_UACINT)mat_count(a), matrix_shape_text(L, a), rows, cols);
  mat m = bind_matrix_raw(L, rows, cols);
  mat_copy(mat_of(m.p, a.rows, a.cols), a);
  return 1;
}

/*** m and b side by side.
@function matrix:hcat
@tparam Matrix b as many rows as m
@treturn Matrix rows x (columns of both)
@usage assert(linnet.eye(2):hcat(linnet.ones(2)):cols() == 3)
*/
static int l_matrix_hcat(lua_State *L) {
  mat a = bind_matrix_check(L, 1), b = bind_matrix_check(L, 2);
  if (a.rows != b.rows)
    return bind_fail(L, "misuse", "hcat: %s and %s have different numbers of rows",
                     matrix_shape_text(L, a), matrix_shape_text(L, b));
  if (a.cols > INT_MAX - b.cols) return bind_fail(L, "misuse", "hcat: too many columns");
  mat m = bind_matrix_raw(L, a.rows, a.cols + b.cols);
  mat_copy(mat_cols(m, 0, a.cols), a);
  mat_copy(mat_cols(m, a.cols, b.cols), b);
  return 1;
}

/*** m above b.
@function matrix:vcat
@tparam Matrix b as many columns as m
@treturn Matrix (rows of both) x columns
@usage assert(linnet.eye(2):vcat(linnet.ones(1, 2)):rows() == 3)
*/
static int l_matrix_vcat(lua_State *L) {
  mat a = bind_matrix_check(L, 1), b = bind_matrix_check(L, 2);
  if (a.cols != b.cols)
    return bind_fail(L, "misuse", "vcat: %s and %s have different numbers of columns",
                     matrix_shape_text(L, a), matrix_shape_text(L, b));
  if (a.rows > INT_MAX - b.rows) return bind_fail(L, "misuse", "vcat: too many rows");
  mat m = bind_matrix_raw(L, a.rows + b.rows, a.cols);
  mat_copy(mat_rows(m, 0, a.rows), a);
  mat_copy(mat_rows(m, a.rows, b.rows), b);
  return 1;
}

/*** The Kronecker product: block (i, j) is m(i, j) b.
@function matrix:kron
@tparam Matrix b
@treturn Matrix (rows * b:rows()) x (columns * b:cols())
@usage assert(linnet.eye(2):kron(linnet.ones(1, 2)):cols() == 4)
*/
static int l_matrix_kron(lua_State *L) {
  mat a = bind_matrix_check(L, 1), b = bind_matrix_check(L, 2);
  if ((b.rows && a.rows > INT_MAX / b.rows) || (b.cols && a.cols > INT_MAX / b.cols))
    return bind_fail(L, "misuse", "kron: the product of %s and %s is too large",
                     matrix_shape_text(L, a), matrix_shape_text(L, b));
  mat m = bind_matrix_raw(L, a.rows * b.rows, a.cols * b.cols);
  tick t = bind_tick(L);
  for (int j = 0; j < a.cols; j++)
    for (int i = 0; i < a.rows && !tick_asks(&t); i++) {
      mat block = mat_sub(m, i * b.rows, j * b.cols, b.rows, b.cols);
      mat_copy(block, b);
      mat_scale(block, mat_get(a, i, j));
    }
  bind_answer_interrupt(L);
  return 1;
}

/*** The entries as a table of rows, so that `linnet.matrix(m:totable()) == m`.
@function matrix:totable
@treturn {{number,...},...}
@usage assert(linnet.eye(2):totable()[2][2] == 1)
*/
static int l_matrix_totable(lua_State *L) {
  mat a = bind_matrix_check(L, 1);
  lua_createtable(L, a.rows, 0);
  for (int i = 0; i < a.rows; i++) {
    lua_createtable(L, a.cols, 0);
    for (int j = 0; j < a.cols; j++) {
      lua_pushnumber(L, mat_get(a, i, j));
      lua_rawseti(L, -2, j + 1);
    }
    lua_rawseti(L, -2, i + 1);
  }
  return 1;
}

const luaL_Reg matrix_make_functions[] = {
    {"new", l_matrix_new},           {"call", l_matrix_call},         {"zeros", l_matrix_zeros},
    {"ones", l_matrix_ones},         {"eye", l_matrix_eye},           {"diag", l_matrix_diag},
    {"linspace", l_matrix_linspace}, {"logspace", l_matrix_logspace}, {NULL, NULL}};

const luaL_Reg matrix_make_methods[] = {{"copy", l_matrix_copy},       {"t", l_matrix_t},
                                        {"reshape", l_matrix_reshape}, {"hcat", l_matrix_hcat},
                                        {"vcat", l_matrix_vcat},       {"kron", l_matrix_kron},
                                        {"totable", l_matrix_totable}, {NULL, NULL}};
