/* csrc/num/factor.c: factorizations and solves with the input copied first (see factor.h).
 * Golub and Van Loan, Matrix Computations; drivers of LAPACK 3.
 * SPDX-License-Identifier: MIT */
#include "num/factor.h"

#include <float.h>
#include <math.h>
#include <stdlib.h>

#include "num/blas.h"
#include "num/lapack.h"

/* An even e with 2^-e a free of what the end of the range does to sums and products: near 1 where
 * entries have lost digits below the normal doubles, and 2^1000 at most; 0 in between, where a
 * power of two would gain nothing and cost the small entries of a graded matrix. */
static int far_exponent(mat a) {
  double top = mat_max_abs(a);
  int e = 0;
  if (!(top > 0.0) || !isfinite(top) || (top > 0x1p-900 && top < 0x1p1000)) return 0;
  frexp(top, &e);
  if (e > 0) e -= 1000;
  return e + e % 2;
}

/* c <- 2^e a, each entry rounded once; c may be a. */
static void times_power(mat c, mat a, int e) {
  if (!e) mat_copy(c, a);
  else
    for (int j = 0; j < a.cols; j++)
      for (int i = 0; i < a.rows; i++) *mat_at(c, i, j) = ldexp(mat_get(a, i, j), e);
}

static void scale_back(mat a, int e) {
  if (e) times_power(a, a, e);
}

status factor_svd(arena *w, mat a, mat u, mat s, mat v) {
  lapack_work lw = {0};
  lapack_want_svd(&lw, a.rows, a.cols);
  lapack_layout(w, &lw);
  mat c = arena_mat_raw(w, a.rows, a.cols), vt = arena_mat_raw(w, least(a.rows, a.cols), a.cols);
  if (!w->base) return STATUS_OK;
  mat_copy(c, a);
  status out = lapack_svd(&lw, c, (mat){0}, u, s.p, vt);
  if (out == STATUS_NO_CONVERGE) {
    mat_copy(c, a);
    out = lapack_svd_qr(&lw, c, u, s.p, vt);
  }
  mat_transpose(v, vt);
  return out;
}

status factor_singular_values(arena *w, mat a, mat s) {
  lapack_work lw = {0};
  lapack_want_svd(&lw, a.rows, a.cols);
  lapack_layout(w, &lw);
  mat c = arena_mat_raw(w, a.rows, a.cols);
  if (!w->base) return STATUS_OK;
  mat_copy(c, a);
  return lapack_singular_values(&lw, c, s.p);
}

status factor_eigh(arena *w, mat a, mat values, mat vectors) {
  lapack_work lw = {0};
  lapack_want_eigh(&lw, a.rows);
  lapack_layout(w, &lw);
  if (!w->base) return STATUS_OK;
  mat_copy(vectors, a);
  return lapack_eigh(&lw, vectors, values.p);
}

static int by_real_then_imaginary(const void *p, const void *q) {
  const double *x = p, *y = q;
  int re = (x[0] > y[0]) - (x[0] < y[0]);
  return re ? re : (x[1] > y[1]) - (x[1] < y[1]);
}

status factor_eig(arena *w, mat a, mat values) {
  int n = a.rows, lwork = 66 * n + 1; /* dgehrd and dhseqr with blocks of 64 */
  double *work = arena_doubles(w, (size_t)lwork);
  double *re = arena_doubles(w, (size_t)n), *im = arena_doubles(w, (size_t)n);
  double *pairs = arena_doubles(w, 2 * (size_t)n);
  mat c = arena_mat_raw(w, n, n);
  if (!w->base) return STATUS_OK;
  if (!mat_finite(a)) return STATUS_NON_FINITE;
  mat_copy(c, a);
  status s = lapack_eig(c, re, im, work, lwork);
  for (int i = 0; i < n; i++) {
    pairs[2 * i] = re[i];
    pairs[2 * i + 1] = im[i];
  }
  qsort(pairs, (size_t)n, 2 * sizeof *pairs, by_real_then_imaginary);
  mat_transpose(values, mat_of(pairs, 2, n));
  return s;
}

status factor_qr(arena *w, mat a, mat q, mat r) {
  lapack_work lw = {0};
  lapack_want_qr(&lw, a.rows, a.cols);
  lapack_layout(w, &lw);
  double *tau = arena_doubles(w, (size_t)least(a.rows, a.cols));
  mat c = arena_mat_raw(w, a.rows, a.rows < a.cols ? a.cols : 0); /* a tall a fits into q itself */
  if (!w->base) return STATUS_OK;
  mat in = a.rows < a.cols ? c : q;
  int e = far_exponent(a);
  times_power(in, a, -e);
  status s = lapack_qr(&lw, in, tau, r);
  mat_copy(q, mat_cols(in, 0, q.cols));
  scale_back(r, e);
  return s;
}

status factor_lu(arena *w, mat a, mat l, mat u, mat p) {
  int q = least(a.rows, a.cols);
  int *pivot = arena_ints(w, (size_t)q), *row = arena_ints(w, (size_t)a.rows);
  if (!w->base) return STATUS_OK;
  if (!mat_finite(a)) return STATUS_NON_FINITE;
  mat c = a.rows >= a.cols ? l : u; /* the one that has the shape of a holds both for a while */
  int e = far_exponent(a);
  times_power(c, a, -e);
  lapack_lu(c, pivot); /* a zero pivot is no failure */
  for (int j = 0; j < a.cols; j++) {
    int n = j < q ? j + 1 : q;
    mat_copy(mat_sub(u, 0, j, n, 1), mat_sub(c, 0, j, n, 1));
    if (j < q) mat_copy(mat_sub(l, n, j, a.rows - n, 1), mat_sub(c, n, j, a.rows - n, 1));
    mat_fill(mat_sub(u, n, j, q - n, 1), 0.0);
  }
  scale_back(u, e);
  for (int j = 0; j < q; j++) {
    mat_fill(mat_sub(l, 0, j, j, 1), 0.0);
    *mat_at(l, j, j) = 1.0;
  }
  for (int i = 0; i < a.rows; i++) row[i] = i;
  for (int i = 0; i < q; i++) {
    int k = row[i];
    row[i] = row[pivot[i] - 1];
    row[pivot[i] - 1] = k;
  }
  mat_fill(p, 0.0);
  for (int i = 0; i < a.rows; i++) *mat_at(p, i, row[i]) = 1.0;
  return STATUS_OK;
}

status factor_chol(mat a, mat l) {
  int e = far_exponent(a); /* even: the factor's is its half */
  times_power(l, a, -e);
  status s = lapack_chol(l);
  if (s == STATUS_OK) scale_back(l, e / 2);
  return s;
}

status factor_det(arena *w, mat a, determinant *d) {
  mat c = arena_mat_raw(w, a.rows, a.cols);
  int *pivot = arena_ints(w, (size_t)a.rows);
  if (!w->base) return STATUS_OK;
  if (!mat_finite(a)) return STATUS_NON_FINITE;
  int far = far_exponent(a);
  times_power(c, a, -far);
  lapack_lu(c, pivot);
  double mantissa = 1.0, sign = 1.0, log_sum = far * (c.rows * log(2.0));
  long exponent = (long)far * c.rows; /* the product itself is mantissa 2^exponent */
  for (int i = 0; i < c.rows; i++) {
    int e = 0, carry = 0;
    double x = mat_get(c, i, i);
    if ((pivot[i] != i + 1) != (x < 0.0)) sign = -sign;
    log_sum += log(fabs(x));
    mantissa = frexp(mantissa * frexp(fabs(x), &e), &carry);
    exponent += e + carry;
  }
  if (exponent > 4000) exponent = 4000; /* far beyond the range of doubles */
  if (exponent < -4000) exponent = -4000;
  d->log = log_sum;
  d->sign = mantissa == 0.0 ? 0.0 : sign;
  d->value = d->sign * ldexp(mantissa, (int)exponent);
  return STATUS_OK;
}

status factor_solve(arena *w, mat a, mat x, double *rcond) {
  int n = a.rows;
  mat c = arena_mat_raw(w, n, n);
  double *work = arena_doubles(w, 4 * (size_t)n);
  int *pivot = arena_ints(w, (size_t)n), *iwork = arena_ints(w, (size_t)n);
  if (!w->base) return STATUS_OK;
  *rcond = 1.0;
  if (!n) return STATUS_OK;
  if (!mat_finite(a) || !mat_finite(x)) return STATUS_NON_FINITE;
  int ea = far_exponent(a), ex = far_exponent(x);
  times_power(c, a, -ea);
  scale_back(x, -ex);
  double norm = factor_norm_one(c);
  *rcond = lapack_lu(c, pivot) == STATUS_OK ? lapack_lu_rcond(c, norm, work, iwork) : 0.0;
  if (!(*rcond >= DBL_EPSILON)) return STATUS_SINGULAR;
  if (x.cols) lapack_lu_solve(c, pivot, x);
  scale_back(x, ex - ea);
  return mat_finite(x) ? STATUS_OK : STATUS_OVERFLOW;
}

status factor_lstsq(arena *w, mat a, mat b, double rtol, mat x, int *rank) {
  int q = least(a.rows, a.cols), big = a.rows < a.cols ? a.cols : a.rows, iwant = 1;
  double want = 1.0;
  if (q && b.cols) lapack_want_lstsq(a, b, &want, &iwant);
  double *work = arena_doubles(w, (size_t)want);
  int *iwork = arena_ints(w, (size_t)iwant);
  double *s = arena_doubles(w, (size_t)q);
  mat c = arena_mat_raw(w, a.rows, a.cols), y = arena_mat(w, big, b.cols);
  if (!w->base) return STATUS_OK;
  if (!mat_finite(a) || !mat_finite(b)) return STATUS_NON_FINITE;
  mat_fill(x, 0.0);
  *rank = 0;
  int ea = far_exponent(a), eb = far_exponent(b);
  times_power(c, a, -ea);
  times_power(mat_rows(y, 0, b.rows), b, -eb);
  status done = STATUS_OK;
  if (q && b.cols) done = lapack_lstsq(c, y, s, rtol, rank, work, (int)want, iwork);
  if (q) times_power(x, mat_rows(y, 0, x.rows), eb - ea);
  return done == STATUS_OK && !mat_finite(x) ? STATUS_OVERFLOW : done;
}

status factor_pinv(arena *w, mat a, double rtol, mat x) {
  int q = least(a.rows, a.cols);
  mat u = arena_mat(w, a.rows, q), s = arena_mat(w, q, 1), v = arena_mat(w, a.cols, q);
  mat c = arena_mat_raw(w, a.rows, a.cols);
  int e = w->base ? far_exponent(a) : 0;
  if (w->base) times_power(c, a, -e);
  status out = factor_svd(w, c, u, s, v);
  if (!w->base || out != STATUS_OK) return out;
  double least = q ? rtol * s.p[0] : 0.0;
  for (int i = 0; i < q; i++) s.p[i] = s.p[i] > least ? 1.0 / s.p[i] : 0.0;
  mat_scale_cols(v, s.p);
  blas_gemm('N', 'T', 1.0, v, u, 0.0, x);
  scale_back(x, -e);
  return STATUS_OK;
}

double factor_rtol(mat a) { return (a.rows > a.cols ? a.rows : a.cols) * DBL_EPSILON; }

double factor_norm_one(mat a) {
  double top = 0.0;
  for (int j = 0; j < a.cols; j++) {
    double sum = 0.0;
    for (int i = 0; i < a.rows; i++) sum += fabs(mat_get(a, i, j));
    if (!(sum <= top)) top = sum;
    if (isnan(sum)) return sum;
  }
  return top;
}
