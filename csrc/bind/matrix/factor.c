/* csrc/bind/matrix/factor.c: norms, factorizations, solves and functions of a matrix. Results and
 * scratch are allocated first; while LAPACK runs nothing can raise, so its threads are restored.
 * SPDX-License-Identifier: MIT */
#include <math.h>
#include <stdio.h>

#include "bind/matrix/matrix.h"
#include "bind/object.h"
#include "num/expm.h"
#include "num/factor.h"

/* Runs `call`, which works in the arena w, twice: it counts its scratch, then computes with it. */
#define COMPUTE(L, work, s, call)                                                                  \
  do {                                                                                             \
    s = STATUS_OK;                                                                                 \
    for (placing at = bind_scratch(L); placing_next(&at);) {                                       \
      arena *w = &at.room;                                                                         \
      WITH_THREADS(matrix_threads(L, work), s = call);                                             \
    }                                                                                              \
    lua_pop(L, 1);                                                                                 \
    bind_answer_interrupt(L);                                                                      \
  } while (0)

/* Multiplications of a factorization, up to a constant. */
static double cubic(mat a) { return (double)a.rows * a.cols * (a.rows < a.cols ? a.rows : a.cols); }

static mat check_finite(lua_State *L, const char *op, int arg) {
  mat a = bind_matrix_check(L, arg);
  ptrdiff_t k = mat_first_non_finite(a);
  if (k >= 0)
    bind_fail(L, "misuse", "%s: entry (%I, %I) is %f; it must be finite", op,
              (LUAI_UACINT)(k % a.rows + 1), (LUAI_UACINT)(k / a.rows + 1),
              mat_get(a, (int)(k % a.rows), (int)(k / a.rows)));
  return a;
}

static mat check_square(lua_State *L, const char *op) {
  mat a = check_finite(L, op, 1);
  if (a.rows != a.cols)
    bind_fail(L, "misuse", "%s: the matrix must be square, got %s", op, matrix_shape_text(L, a));
  return a;
}

enum { TILE = 32 }; /* both triangles are read in squares that stay in the first-level cache */

/* The first entry above the diagonal that differs from its mirror image by more than limit, as
 * row + column * rows; -1 if none. */
static ptrdiff_t first_asymmetric(mat a, double limit) {
  int n = a.rows;
  for (int j = 0; j < n; j += TILE)
    for (int i = 0; i <= j; i += TILE)
      for (int c = j; c < n && c < j + TILE; c++)
        for (int r = i; r < c && r < i + TILE; r++)
          if (!(fabs(mat_get(a, r, c) - mat_get(a, c, r)) <= limit))
            return (ptrdiff_t)r + (ptrdiff_t)c * n;
  return -1;
}

/* Symmetric up to the round-off of a product like X'X, which is far below 1e-8 of the largest. */
static mat check_symmetric(lua_State *L, const char *op) {
  mat a = check_square(L, op);
  ptrdiff_t k = first_asymmetric(a, 0.0);
  if (k >= 0) k = first_asymmetric(a, 1e-8 * mat_max_abs(a));
  if (k >= 0) {
    int r = (int)(k % a.rows), c = (int)(k / a.rows);
    bind_fail(L, "misuse",
              "%s: the matrix must be symmetric, but (%d, %d) is %f and (%d, %d) is %f", op, r + 1,
              c + 1, mat_get(a, r, c), c + 1, r + 1, mat_get(a, c, r));
  }
  return a;
}

static mat check_rhs(lua_State *L, const char *op, mat a) {
  mat b = check_finite(L, op, 2);
  if (b.rows != a.rows)
    bind_fail(L, "misuse", "%s: shapes %s and %s; b must have as many rows as the matrix", op,
              matrix_shape_text(L, a), matrix_shape_text(L, b));
  return b;
}

static double check_rtol(lua_State *L, int arg, mat a) {
  if (lua_isnoneornil(L, arg)) return factor_rtol(a);
  double x = matrix_check_number(L, arg, "rtol");
  if (!(x >= 0.0 && x < 1.0)) bind_argument(L, arg, "rtol must be in [0, 1), got %f", x);
  return x;
}

/* Pushes the singular values of a, q x 1. */
static mat push_singular_values(lua_State *L, const char *op, mat a) {
  status s;
  mat v = bind_matrix_raw(L, least(a.rows, a.cols), 1);
  COMPUTE(L, cubic(a), s, factor_singular_values(w, a, v));
  bind_raise(L, op, s);
  return v;
}

/*** Singular value decomposition m = U diag(s) V^T, thin: q = min(rows, columns).
@function matrix:svd
@treturn Matrix U, rows x q, orthonormal columns
@treturn Matrix s, q x 1, decreasing
@treturn Matrix V, columns x q, orthonormal columns (not transposed)
@raise nan or inf among the entries
@usage local U, s, V = linnet.matrix{{3, 0}, {0, 4}}:svd(); assert(s(1) == 4)
*/
static int l_matrix_svd(lua_State *L) {
  status out;
  mat a = check_finite(L, "svd", 1);
  int q = least(a.rows, a.cols);
  mat u = bind_matrix_raw(L, a.rows, q), s = bind_matrix_raw(L, q, 1);
  mat v = bind_matrix_raw(L, a.cols, q);
  COMPUTE(L, cubic(a), out, factor_svd(w, a, u, s, v));
  bind_raise(L, "svd", out);
  return 3;
}

/*** Eigenvalues and orthonormal eigenvectors of a symmetric matrix.
@function matrix:eigh
@treturn Matrix values, n x 1, ascending
@treturn Matrix vectors, n x n, in columns
@raise not square, or not symmetric (within 1e-8 of the largest entry; the lower triangle is used)
@usage local values, vectors = linnet.matrix{{2, 1}, {1, 2}}:eigh(); print(values)
*/
static int l_matrix_eigh(lua_State *L) {
  status out;
  mat a = check_symmetric(L, "eigh");
  mat values = bind_matrix_raw(L, a.rows, 1), vectors = bind_matrix_raw(L, a.rows, a.rows);
  COMPUTE(L, cubic(a), out, factor_eigh(w, a, values, vectors));
  bind_raise(L, "eigh", out);
  return 2;
}

/*** Eigenvalues of any square matrix.
@function matrix:eig
@treturn Matrix n x 2: real and imaginary parts, sorted by real part, then imaginary
@raise a matrix that is not square
@usage print(linnet.matrix{{0, 1}, {-1, 0}}:eig())
*/
static int l_matrix_eig(lua_State *L) {
  status out;
  mat a = check_square(L, "eig"), values = bind_matrix_raw(L, a.rows, 2);
  COMPUTE(L, cubic(a), out, factor_eig(w, a, values));
  bind_raise(L, "eig", out);
  return 1;
}

/*** QR factorization m = Q R, thin: q = min(rows, columns); unique because R's diagonal is >= 0.
@function matrix:qr
@treturn Matrix Q, rows x q, orthonormal columns
@treturn Matrix R, q x columns, upper triangular
@usage local Q, R = linnet.matrix{{1, 2}, {3, 4}, {5, 6}}:qr(); assert(R(1, 1) > 0)
*/
static int l_matrix_qr(lua_State *L) {
  status out;
  mat a = check_finite(L, "qr", 1);
  int n = least(a.rows, a.cols);
  mat q = bind_matrix_raw(L, a.rows, n), r = bind_matrix_raw(L, n, a.cols);
  COMPUTE(L, cubic(a), out, factor_qr(w, a, q, r));
  bind_raise(L, "qr", out);
  return 2;
}

/*** LU factorization with partial pivoting, P m = L U (so m = P^T L U); q = min(rows, columns).
@function matrix:lu
@treturn Matrix L, rows x q, lower triangular with ones on the diagonal
@treturn Matrix U, q x columns, upper triangular
@treturn Matrix P, rows x rows, a permutation
@usage local m = linnet.matrix{{1, 2}, {3, 4}}; local L, U, P = m:lu(); assert((P * m):allclose(L *
U))
*/
static int l_matrix_lu(lua_State *L) {
  status out;
  mat a = check_finite(L, "lu", 1);
  int q = least(a.rows, a.cols);
  mat l = bind_matrix_raw(L, a.rows, q), u = bind_matrix_raw(L, q, a.cols);
  mat p = bind_matrix_raw(L, a.rows, a.rows);
  COMPUTE(L, cubic(a), out, factor_lu(w, a, l, u, p));
  bind_raise(L, "lu", out);
  return 3;
}

/*** Cholesky factor: m = L L^T for a symmetric positive definite m.
@function matrix:chol
@treturn Matrix L, n x n, lower triangular with a positive diagonal
@raise not square, not symmetric (within 1e-8 of the largest entry), not positive definite
@usage assert(linnet.matrix{{4, 2}, {2, 5}}:chol() == linnet.matrix{{2, 0}, {1, 2}})
*/
static int l_matrix_chol(lua_State *L) {
  mat a = check_symmetric(L, "chol"), l = bind_matrix_raw(L, a.rows, a.rows);
  status out;
  WITH_THREADS(matrix_threads(L, cubic(a)), out = factor_chol(a, l));
  bind_answer_interrupt(L);
  if (out == STATUS_SINGULAR)
    return bind_fail(L, "data", "chol: the matrix is not positive definite");
  return 1;
}

/* x <- a^-1 x, or an error with the condition of a. */
static int solve_into(lua_State *L, const char *op, mat a, mat x) {
  status out;
  double rcond = 0.0;
  COMPUTE(L, (double)a.rows * a.rows * (a.rows + x.cols), out, factor_solve(w, a, x, &rcond));
  if (out == STATUS_SINGULAR) {
    char text[32];
    snprintf(text, sizeof text, "%.3g", rcond);
    return bind_fail(L, "data",
                     "%s: the matrix is singular to working precision, rcond = %s; "
                     "lstsq and pinv accept it",
                     op, text);
  }
  bind_raise(L, op, out);
  return 1;
}

/*** Solves m x = b for a square m, by LU.
@function matrix:solve
@tparam Matrix b n x k
@treturn Matrix x, n x k
@raise not square; singular to working precision (1-norm reciprocal condition number `rcond` below
2.2e-16, which the message names); the solution exceeds the doubles
@usage assert(linnet.matrix{{2, 0}, {0, 4}}:solve(linnet.matrix{2, 2}) == linnet.matrix{1, 0.5})
*/
static int l_matrix_solve(lua_State *L) {
  mat a = check_square(L, "solve"), b = check_rhs(L, "solve", a);
  mat x = bind_matrix_raw(L, b.rows, b.cols);
  mat_copy(x, b);
  return solve_into(L, "solve", a, x);
}

/*** Inverse of a square matrix; `m:solve(b)` is faster and closer than `m:inv() * b`.
@function matrix:inv
@treturn Matrix n x n
@raise not square; singular to working precision, with `rcond` as in `solve`
@usage assert(linnet.matrix{{2, 0}, {0, 4}}:inv() == linnet.diag{0.5, 0.25})
*/
int l_matrix_inv(lua_State *L) {
  mat a = check_square(L, "inv"), x = bind_matrix_raw(L, a.rows, a.rows);
  mat_eye(x);
  return solve_into(L, "inv", a, x);
}

/*** Least squares: the x of smallest norm among those that minimize ||m x - b||_F. Any shape and
rank.
@function matrix:lstsq
@tparam Matrix b rows x k
@tparam[opt] number rtol singular values below rtol * s_1 count as 0; default max(rows, columns) eps
@treturn Matrix x, columns x k
@treturn int rank
@usage local x, rank = linnet.matrix{{1, 1}, {1, 2}, {1, 3}}:lstsq(linnet.matrix{1, 2, 3})
*/
static int l_matrix_lstsq(lua_State *L) {
  status out;
  int rank = 0;
  mat a = check_finite(L, "lstsq", 1), b = check_rhs(L, "lstsq", a);
  double rtol = check_rtol(L, 3, a);
  mat x = bind_matrix_raw(L, a.cols, b.cols);
  COMPUTE(L, cubic(a), out, factor_lstsq(w, a, b, rtol, x, &rank));
  bind_raise(L, "lstsq", out);
  lua_pushinteger(L, rank);
  return 2;
}

/*** Moore-Penrose pseudoinverse, by SVD. Any shape and rank.
@function matrix:pinv
@tparam[opt] number rtol singular values up to rtol * s_1 count as 0; default max(rows, columns) eps
@treturn Matrix columns x rows
@usage assert(linnet.matrix{{2, 0}, {0, 0}}:pinv():allclose(linnet.diag{0.5, 0}, 1e-14, 1e-16))
*/
static int l_matrix_pinv(lua_State *L) {
  status out;
  mat a = check_finite(L, "pinv", 1);
  double rtol = check_rtol(L, 2, a);
  mat x = bind_matrix_raw(L, a.cols, a.rows);
  COMPUTE(L, cubic(a), out, factor_pinv(w, a, rtol, x));
  bind_raise(L, "pinv", out);
  return 1;
}

/*** Numerical rank: how many singular values exceed rtol * s_1.
@function matrix:rank
@tparam[opt] number rtol default max(rows, columns) eps
@treturn int
@usage assert(linnet.ones(3, 3):rank() == 1)
*/
static int l_matrix_rank(lua_State *L) {
  mat a = check_finite(L, "rank", 1);
  double rtol = check_rtol(L, 2, a);
  mat s = push_singular_values(L, "rank", a);
  int rank = 0;
  for (int i = 0; i < s.rows; i++) rank += s.p[i] > rtol * s.p[0];
  lua_pushinteger(L, rank);
  return 1;
}

/*** Condition number s_1/s_q in the 2-norm; inf if s_q = 0, and 0 for an empty matrix.
@function matrix:cond
@treturn number
@usage assert(math.abs(linnet.diag{1, 1e-3}:cond() - 1000) < 1e-9)
*/
static int l_matrix_cond(lua_State *L) {
  mat s = push_singular_values(L, "cond", check_finite(L, "cond", 1));
  lua_pushnumber(L, s.rows ? (s.p[s.rows - 1] > 0.0 ? s.p[0] / s.p[s.rows - 1] : INFINITY) : 0.0);
  return 1;
}

static determinant compute_det(lua_State *L, const char *op) {
  status out;
  determinant d = {0};
  mat a = check_square(L, op);
  COMPUTE(L, cubic(a), out, factor_det(w, a, &d));
  bind_raise(L, op, out);
  return d;
}

/*** Determinant of a square matrix, by LU; `logdet` where it exceeds the range of doubles.
@function matrix:det
@treturn number 1 for 0 x 0
@raise a matrix that is not square
@usage assert(linnet.diag{2, 3}:det() == 6)
*/
static int l_matrix_det(lua_State *L) {
  lua_pushnumber(L, compute_det(L, "det").value);
  return 1;
}

/*** Logarithm of the absolute determinant, and its sign.
@function matrix:logdet
@treturn number log |det m|, -inf if singular
@treturn number sign: 1, -1, or 0 if singular
@raise a matrix that is not square
@usage local log, sign = (linnet.eye(400) * 1e-3):logdet(); assert(sign == 1)
*/
static int l_matrix_logdet(lua_State *L) {
  determinant d = compute_det(L, "logdet");
  lua_pushnumber(L, d.log);
  lua_pushnumber(L, d.sign);
  return 2;
}

/*** Matrix exponential, by scaling and squaring; error about 1e-16 times the problem's condition.
@function matrix:expm
@treturn Matrix n x n
@raise not square; the result exceeds the range of doubles
@usage assert(linnet.zeros(2, 2):expm() == linnet.eye(2))
*/
static int l_matrix_expm(lua_State *L) {
  status out;
  mat a = check_square(L, "expm"), x = bind_matrix_raw(L, a.rows, a.rows);
  tick t = bind_tick(L);
  COMPUTE(L, 10.0 * cubic(a), out, expm(w, a, x, &t));
  if (out == STATUS_OVERFLOW)
    return bind_fail(L, "data", "expm: the result exceeds 1.8e308, the range of doubles");
  bind_raise(L, "expm", out);
  return 1;
}

enum norm { NORM_FRO, NORM_INF, NORM_NUC, NORM_ONE, NORM_TWO };

static enum norm check_norm(lua_State *L, int arg) {
  static const char *const names[] = {"fro", "inf", "nuc", "1", "2", NULL};
  if (lua_type(L, arg) == LUA_TNUMBER) {
    double x = lua_tonumber(L, arg);
    if (x == 1.0) return NORM_ONE;
    if (x == 2.0) return NORM_TWO;
    if (x == HUGE_VAL) return NORM_INF;
  }
  return (enum norm)matrix_check_name(L, arg, names, NORM_FRO);
}

static double norm_inf(mat a) {
  double top = 0.0;
  for (int i = 0; i < a.rows; i++) {
    double sum = 0.0;
    for (int j = 0; j < a.cols; j++) sum += fabs(mat_get(a, i, j));
    if (!(sum <= top)) top = sum;
    if (isnan(sum)) return sum;
  }
  return top;
}

/*** Norm of a matrix.
@function matrix:norm
@tparam[opt="fro"] string|int kind "fro": root of the sum of squares; 1: largest column sum of |m|;
"inf": largest row sum; 2: largest singular value; "nuc": sum of the singular values
@treturn number 0 for an empty matrix; nan with a nan inside ("fro", 1, "inf")
@raise nan or inf among the entries (2, "nuc")
@usage assert(linnet.matrix{3, 4}:norm() == 5 and linnet.matrix{3, 4}:norm(1) == 7)
*/
static int l_matrix_norm(lua_State *L) {
  mat a = bind_matrix_check(L, 1);
  enum norm kind = check_norm(L, 2);
  double x = 0.0;
  if (kind == NORM_FRO) x = mat_norm_fro(a);
  else if (kind == NORM_ONE) x = factor_norm_one(a);
  else if (kind == NORM_INF) x = norm_inf(a);
  else {
    mat s = push_singular_values(L, "norm", check_finite(L, "norm", 1));
    for (int i = 0; i < s.rows && (kind == NORM_NUC || i == 0); i++) x += s.p[i];
  }
  lua_pushnumber(L, x);
  return 1;
}

const luaL_Reg matrix_factor_methods[] = {{"svd", l_matrix_svd},
                                          {"eigh", l_matrix_eigh},
                                          {"eig", l_matrix_eig},
                                          {"qr", l_matrix_qr},
                                          {"lu", l_matrix_lu},
                                          {"chol", l_matrix_chol},
                                          {"solve", l_matrix_solve},
                                          {"lstsq", l_matrix_lstsq},
                                          {"inv", l_matrix_inv},
                                          {"pinv", l_matrix_pinv},
                                          {"rank", l_matrix_rank},
                                          {"cond", l_matrix_cond},
                                          {"det", l_matrix_det},
                                          {"norm", l_matrix_norm},
                                          {"logdet", l_matrix_logdet},
                                          {"expm", l_matrix_expm},
                                          {NULL, NULL}};
