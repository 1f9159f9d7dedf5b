/* csrc/bind/matrix/algebra.c: operators, elementwise work and the methods that write in place.
 * Operators make new matrices; only names ending in _ write, and they allow any aliasing.
 * SPDX-License-Identifier: MIT */
#include <math.h>

#include "bind/matrix/matrix.h"
#include "bind/object.h"

/* An operand: a matrix, or a number. */
typedef struct operand {
  mat m;
  double x;
  bool is_number;
} operand;

static operand check_operand(lua_State *L, int arg, const char *op) {
  operand o = {.is_number = lua_type(L, arg) == LUA_TNUMBER};
  if (o.is_number) o.x = lua_tonumber(L, arg);
  else if (!bind_matrix_test(L, arg, &o.m))
    bind_fail(L, "misuse", "%s: operand %d must be a matrix or a number, got %s", op, arg,
              luaL_typename(L, arg));
  return o;
}

/* c <- x a + y b, where a or b may be a row or a column repeated over the shape of c. */
static void add_scaled(double x, mat a, double y, mat b, mat c) {
  ptrdiff_t ai = a.rows == c.rows, bi = b.rows == c.rows; /* 0: the one row stands for all */
  ptrdiff_t aj = a.cols == c.cols ? a.ld : 0, bj = b.cols == c.cols ? b.ld : 0;
  for (int j = 0; j < c.cols; j++) {
    const double *p = a.p + j * aj, *q = b.p + j * bj;
    double *r = mat_col(c, j);
    for (ptrdiff_t i = 0; i < c.rows; i++) r[i] = x * p[i * ai] + y * q[i * bi];
  }
}

/* Does a vector v broadcast over m? */
static bool spreads(mat v, mat m) {
  return (v.rows == 1 && v.cols == m.cols) || (v.cols == 1 && v.rows == m.rows);
}

static int add(lua_State *L, const char *op, double sign) {
  operand a = check_operand(L, 1, op), b = check_operand(L, 2, op);
  if (a.is_number || b.is_number) {
    double x = a.is_number ? a.x : sign * b.x, y = a.is_number ? sign : 1.0;
    mat m = a.is_number ? b.m : a.m, c = bind_matrix_raw(L, m.rows, m.cols);
    for (int j = 0; j < m.cols; j++)
      for (int i = 0; i < m.rows; i++) *mat_at(c, i, j) = x + y * mat_get(m, i, j);
    return 1;
  }
  bool same = a.m.rows == b.m.rows && a.m.cols == b.m.cols;
  if (!same && !spreads(b.m, a.m) && !spreads(a.m, b.m))
    return bind_fail(L, "misuse",
                     "a %s b: shapes %s and %s differ, and neither is a row or column that "
                     "repeats over the other",
                     op, matrix_shape_text(L, a.m), matrix_shape_text(L, b.m));
  mat shape = same || spreads(b.m, a.m) ? a.m : b.m;
  add_scaled(1.0, a.m, sign, b.m, bind_matrix_raw(L, shape.rows, shape.cols));
  return 1;
}

static int meta_add(lua_State *L) { return add(L, "+", 1.0); }

static int meta_sub(lua_State *L) { return add(L, "-", -1.0); }

static int push_scaled(lua_State *L, double x, mat a) {
  mat c = bind_matrix_raw(L, a.rows, a.cols);
  for (int j = 0; j < a.cols; j++)
    for (int i = 0; i < a.rows; i++) *mat_at(c, i, j) = x * mat_get(a, i, j);
  return 1;
}

static int meta_unm(lua_State *L) { return push_scaled(L, -1.0, bind_matrix_check(L, 1)); }

static int meta_mul(lua_State *L) {
  operand a = check_operand(L, 1, "*"), b = check_operand(L, 2, "*");
  if (a.is_number || b.is_number)
    return push_scaled(L, a.is_number ? a.x : b.x, a.is_number ? b.m : a.m);
  if (a.m.cols != b.m.rows)
    return bind_fail(L, "misuse",
                     "a * b: shapes %s and %s; the columns of a must be the rows of b "
                     "(elementwise: a:emul(b))",
                     matrix_shape_text(L, a.m), matrix_shape_text(L, b.m));
  mat c = bind_matrix_raw(L, a.m.rows, b.m.cols);
  WITH_THREADS(matrix_threads(L, (double)c.rows * c.cols * a.m.cols),
               blas_gemm('N', 'N', 1.0, a.m, b.m, 0.0, c));
  bind_answer_interrupt(L);
  return 1;
}

static int meta_div(lua_State *L) {
  operand a = check_operand(L, 1, "/"), b = check_operand(L, 2, "/");
  if (!b.is_number)
    return bind_fail(L, "misuse",
                     "a / b: no division by a matrix; solve b x = a by b:solve(a), x b = a by "
                     "b:t():solve(a:t()):t(), divide elementwise by a:ediv(b)");
  mat c = bind_matrix_raw(L, a.m.rows, a.m.cols);
  for (int j = 0; j < c.cols; j++)
    for (int i = 0; i < c.rows; i++) *mat_at(c, i, j) = mat_get(a.m, i, j) / b.x;
  return 1;
}

/* c <- base^n for n >= 0 by squaring; base is destroyed, spare has its shape. Stops between
 * products when t asks. */
static void power(mat base, lua_Unsigned n, mat c, mat spare, const tick *t) {
  mat_eye(c);
  for (bool first = true; n && !tick_asks(t); n >>= 1) {
    if (n & 1) {
      if (first) mat_copy(c, base);
      else {
        blas_gemm('N', 'N', 1.0, c, base, 0.0, spare);
        mat_copy(c, spare);
      }
      first = false;
    }
    if (n > 1) {
      blas_gemm('N', 'N', 1.0, base, base, 0.0, spare);
      mat_copy(base, spare);
    }
  }
}

/* A value as a message shows it: a matrix by its shape, never by its entries. */
static const char *power_word(lua_State *L, int arg) {
  mat a;
  if (bind_matrix_test(L, arg, &a))
    return lua_pushfstring(L, "a %s matrix", matrix_shape_text(L, a));
  return lua_type(L, arg) == LUA_TNUMBER ? luaL_tolstring(L, arg, NULL)
                                         : lua_pushfstring(L, "a %s", luaL_typename(L, arg));
}

static int meta_pow(lua_State *L) {
  mat a;
  int exact;
  lua_Integer n = lua_tointegerx(L, 2, &exact);
  if (!bind_matrix_test(L, 1, &a) || lua_type(L, 2) != LUA_TNUMBER || !exact)
    return bind_fail(L, "misuse", "a ^ n: a must be a matrix and n an integer, got %s ^ %s",
                     power_word(L, 1), power_word(L, 2));
  if (a.rows != a.cols)
    return bind_fail(L, "misuse", "a ^ n: a must be square, got %s", matrix_shape_text(L, a));
  if (n < 0) { /* a^-n = (a^-1)^n, with inv's own errors */
    lua_settop(L, 1);
    l_matrix_inv(L);
    lua_replace(L, 1);
    a = bind_matrix_check(L, 1);
  }
  mat c = bind_matrix_raw(L, a.rows, a.cols), base = bind_matrix_raw(L, a.rows, a.cols);
  mat spare = bind_matrix_raw(L, a.rows, a.cols);
  mat_copy(base, a);
  tick t = bind_tick(L);
  WITH_THREADS(matrix_threads(L, (double)a.rows * a.rows * a.rows),
               power(base, n < 0 ? 0 - (lua_Unsigned)n : (lua_Unsigned)n, c, spare, &t));
  bind_answer_interrupt(L);
  lua_pop(L, 2);
  return 1;
}

static bool equal(mat a, mat b) {
  if (a.rows != b.rows || a.cols != b.cols) return false;
  for (int j = 0; j < a.cols; j++)
    for (int i = 0; i < a.rows; i++)
      if (mat_get(a, i, j) != mat_get(b, i, j)) return false;
  return true;
}

/* Lua asks this only of two distinct objects: m == m is true even with nan inside. */
static int meta_eq(lua_State *L) {
  mat a, b;
  lua_pushboolean(L, bind_matrix_test(L, 1, &a) && bind_matrix_test(L, 2, &b) && equal(a, b));
  return 1;
}

const luaL_Reg matrix_algebra_meta[] = {
    {"__add", meta_add}, {"__sub", meta_sub}, {"__unm", meta_unm}, {"__mul", meta_mul},
    {"__div", meta_div}, {"__pow", meta_pow}, {"__eq", meta_eq},   {NULL, NULL}};

/*** Elementwise product.
@function matrix:emul
@tparam Matrix b the shape of m
@treturn Matrix
@usage assert(linnet.matrix{2, 3}:emul(linnet.matrix{4, 5}) == linnet.matrix{8, 15})
*/
static int l_matrix_emul(lua_State *L) {
  mat a = bind_matrix_check(L, 1), b = bind_matrix_check(L, 2);
  matrix_check_same(L, "emul", a, b);
  mat c = bind_matrix_raw(L, a.rows, a.cols);
  for (int j = 0; j < c.cols; j++)
    for (int i = 0; i < c.rows; i++) *mat_at(c, i, j) = mat_get(a, i, j) * mat_get(b, i, j);
  return 1;
}

/*** Elementwise quotient; x/0 is inf or nan as IEEE 754 has it.
@function matrix:ediv
@tparam Matrix b the shape of m
@treturn Matrix
@usage assert(linnet.matrix{8, 15}:ediv(linnet.matrix{4, 5}) == linnet.matrix{2, 3})
*/
static int l_matrix_ediv(lua_State *L) {
  mat a = bind_matrix_check(L, 1), b = bind_matrix_check(L, 2);
  matrix_check_same(L, "ediv", a, b);
  mat c = bind_matrix_raw(L, a.rows, a.cols);
  for (int j = 0; j < c.cols; j++)
    for (int i = 0; i < c.rows; i++) *mat_at(c, i, j) = mat_get(a, i, j) / mat_get(b, i, j);
  return 1;
}

/*** A new matrix of f(x) for every entry, row by row.
@function matrix:map
@tparam function f called as f(x, i, j); returns a number
@treturn Matrix
@raise when f returns something else, named with its place
@usage assert(linnet.matrix{1, 4, 9}:map(math.sqrt) == linnet.matrix{1, 2, 3})
*/
static int l_matrix_map(lua_State *L) {
  mat a = bind_matrix_check(L, 1);
  bind_arg_type(L, 2, LUA_TFUNCTION);
  mat c = bind_matrix_raw(L, a.rows, a.cols);
  for (int i = 0; i < a.rows; i++)
    for (int j = 0; j < a.cols; j++) {
      lua_pushvalue(L, 2);
      lua_pushnumber(L, mat_get(a, i, j));
      lua_pushinteger(L, i + 1);
      lua_pushinteger(L, j + 1);
      lua_call(L, 3, 1);
      if (lua_type(L, -1) != LUA_TNUMBER)
        return bind_fail(L, "misuse", "map: f must return a number, got %s for entry (%d, %d)",
                         luaL_typename(L, -1), i + 1, j + 1);
      *mat_at(c, i, j) = lua_tonumber(L, -1);
      lua_pop(L, 1);
    }
  return 1;
}

/* Could an element of a be an element of b at another place? */
static bool overlaps(mat a, mat b) {
  bool same = a.p == b.p && a.ld == b.ld && a.rows == b.rows && a.cols == b.cols;
  if (same || !mat_count(a) || !mat_count(b)) return false;
  const double *a_last = mat_at(a, a.rows - 1, a.cols - 1);
  const double *b_last = mat_at(b, b.rows - 1, b.cols - 1);
  return a.p <= b_last && b.p <= a_last;
}

/* b itself, or a copy pushed on the stack where writing a would change b halfway. */
static mat detached(lua_State *L, mat b, mat a) {
  if (!overlaps(a, b)) return b;
  mat c = bind_matrix_raw(L, b.rows, b.cols);
  mat_copy(c, b);
  return c;
}

/*** m <- m + x b, in place; b may be a view of m, or a row or column that repeats over m.
@function matrix:add_
@tparam Matrix|number b
@tparam[opt=1] number x
@treturn Matrix m itself
@usage local m = linnet.eye(2); m:add_(m):add_(1, 3); assert(m(1, 1) == 5 and m(1, 2) == 3)
*/
static int l_matrix_add_(lua_State *L) {
  mat a = bind_matrix_check(L, 1);
  operand b = check_operand(L, 2, "add_");
  double x = lua_isnoneornil(L, 3) ? 1.0 : matrix_check_number(L, 3, "x");
  if (b.is_number) {
    for (int j = 0; j < a.cols; j++)
      for (int i = 0; i < a.rows; i++) *mat_at(a, i, j) += x * b.x;
  } else {
    if ((b.m.rows != a.rows || b.m.cols != a.cols) && !spreads(b.m, a))
      return bind_fail(L, "misuse",
                       "add_: shapes %s and %s differ, and the second is no row or column that "
                       "repeats over the first",
                       matrix_shape_text(L, a), matrix_shape_text(L, b.m));
    add_scaled(1.0, a, x, detached(L, b.m, a), a);
  }
  lua_settop(L, 1);
  return 1;
}

/*** m <- x m, in place.
@function matrix:scale_
@tparam number x
@treturn Matrix m itself
@usage assert(linnet.ones(2):scale_(3) == linnet.matrix{3, 3})
*/
static int l_matrix_scale_(lua_State *L) {
  mat a = bind_matrix_check(L, 1);
  mat_scale(a, matrix_check_number(L, 2, "factor"));
  lua_settop(L, 1);
  return 1;
}

/*** m <- b, in place; b may be a view of m.
@function matrix:copy_
@tparam Matrix|number b the shape of m, or a number for every entry
@treturn Matrix m itself
@usage local m = linnet.zeros(2, 2); m:col(1):copy_(7); assert(m(2, 1) == 7 and m(2, 2) == 0)
*/
static int l_matrix_copy_(lua_State *L) {
  mat a = bind_matrix_check(L, 1);
  operand b = check_operand(L, 2, "copy_");
  if (b.is_number) {
    mat_fill(a, b.x);
  } else {
    matrix_check_same(L, "copy_", a, b.m);
    mat_copy(a, detached(L, b.m, a));
  }
  lua_settop(L, 1);
  return 1;
}

static double check_tolerance(lua_State *L, int arg, const char *what, double fallback) {
  double x = lua_isnoneornil(L, arg) ? fallback : matrix_check_number(L, arg, what);
  if (!(x >= 0.0)) bind_argument(L, arg, "%s must be >= 0, got %f", what, x);
  return x;
}

/*** Is every |m - b| <= atol + rtol |b|? Equal infinities are close, nan is close to nothing.
@function matrix:allclose
@tparam Matrix b the shape of m
@tparam[opt=1e-8] number rtol
@tparam[opt=0] number atol
@treturn bool
@raise shapes that differ
@usage assert((linnet.eye(2) * (1 + 1e-12)):allclose(linnet.eye(2)))
*/
static int l_matrix_allclose(lua_State *L) {
  mat a = bind_matrix_check(L, 1), b = bind_matrix_check(L, 2);
  double rtol = check_tolerance(L, 3, "rtol", 1e-8), atol = check_tolerance(L, 4, "atol", 0.0);
  matrix_check_same(L, "allclose", a, b);
  bool close = true;
  for (int j = 0; j < a.cols && close; j++)
    for (int i = 0; i < a.rows && close; i++) {
      double x = mat_get(a, i, j), y = mat_get(b, i, j);
      close = x == y || (isfinite(y) && fabs(x - y) <= atol + rtol * fabs(y));
    }
  lua_pushboolean(L, close);
  return 1;
}

const luaL_Reg matrix_algebra_methods[] = {
    {"emul", l_matrix_emul},         {"ediv", l_matrix_ediv},
    {"map", l_matrix_map},           {"add_", l_matrix_add_},
    {"scale_", l_matrix_scale_},     {"copy_", l_matrix_copy_},
    {"allclose", l_matrix_allclose}, {NULL, NULL}};
