/* csrc/num/lapack.c: LAPACK drivers over views with their work from an arena (see lapack.h).
 * Every driver refuses non-finite input first: several LAPACK iterations never end on nan.
 * SPDX-License-Identifier: MIT */
#include "num/lapack.h"

#include <assert.h>
#include <limits.h>
#include <lapacke.h>

#define COLMAJOR LAPACK_COL_MAJOR

/* Sizes are collected as doubles, so that n^2 cannot overflow; too large a request becomes INT_MAX,
 * which the arena, or LAPACK's own int argument, could not serve anyway. */
static void want(lapack_work *w, double doubles, double ints) {
  if (doubles > w->lwork) w->lwork = doubles < INT_MAX ? (int)doubles : INT_MAX;
  if (ints > w->liwork) w->liwork = ints < INT_MAX ? (int)ints : INT_MAX;
}

static double larger(double a, double b) { return a > b ? a : b; }
static double smaller(double a, double b) { return a < b ? a : b; }

enum { BLOCK = 64 }; /* at least ILAENV's block size: with it no driver falls back to level 2 */

void lapack_want_eigh(lapack_work *w, int n) {
  double d = n;
  want(w, larger(1 + 6 * d + 2 * d * d, (BLOCK + 2) * d), 3 + 5 * d);
}

/* The minimum of dgesdd (jobz = S) and dgesvd plus their blocks: an upper bound that grows with
 * both sizes, so it serves every smaller shape too. */
void lapack_want_svd(lapack_work *w, int rows, int cols) {
  double q = smaller(rows, cols), big = larger(rows, cols);
  want(w, 4 * q * q + 8 * q + BLOCK * (q + big) + 1, 8 * q + 1);
}

void lapack_want_qr(lapack_work *w, int rows, int cols) {
  want(w, (BLOCK + 1) * larger(1, larger(rows, cols)), 0); /* + 1: the signs of R's diagonal */
}

void lapack_layout(arena *a, lapack_work *w) {
  w->work = arena_doubles_raw(a, (size_t)w->lwork);
  w->iwork = arena_ints(a, (size_t)w->liwork);
}

static status outcome(lapack_int info, status positive) {
  assert(info >= 0); /* negative: an argument of ours was wrong */
  return info == 0 ? STATUS_OK : positive;
}

static status eigh(lapack_work *w, char job, mat a, double *values) {
  assert(a.rows == a.cols);
  if (!mat_finite(a)) return STATUS_NON_FINITE;
  return outcome(LAPACKE_dsyevd_work(COLMAJOR, job, 'L', a.rows, a.p, a.ld, values, w->work,
                                     w->lwork, w->iwork, w->liwork),
                 STATUS_NO_CONVERGE);
}

status lapack_eigh(lapack_work *w, mat a, double *values) { return eigh(w, 'V', a, values); }

status lapack_eigvalsh(lapack_work *w, mat a, double *values) { return eigh(w, 'N', a, values); }

status lapack_svd_qr(lapack_work *w, mat a, mat u, double *s, mat vt) {
  return outcome(LAPACKE_dgesvd_work(COLMAJOR, 'S', 'S', a.rows, a.cols, a.p, a.ld, s, u.p, u.ld,
                                     vt.p, vt.ld, w->work, w->lwork),
                 STATUS_NO_CONVERGE);
}

status lapack_svd(lapack_work *w, mat a, mat spare, mat u, double *s, mat vt) {
  assert(u.rows == a.rows && vt.cols == a.cols && u.cols == vt.rows);
  assert(u.cols == (a.rows < a.cols ? a.rows : a.cols));
  if (!mat_finite(a)) return STATUS_NON_FINITE;
  if (spare.p) mat_copy(spare, a);
  status out = outcome(LAPACKE_dgesdd_work(COLMAJOR, 'S', a.rows, a.cols, a.p, a.ld, s, u.p, u.ld,
                                           vt.p, vt.ld, w->work, w->lwork, w->iwork),
                       STATUS_NO_CONVERGE);
  return out == STATUS_NO_CONVERGE && spare.p ? lapack_svd_qr(w, spare, u, s, vt) : out;
}

status lapack_singular_values(lapack_work *w, mat a, double *s) {
  double none;
  if (!mat_finite(a)) return STATUS_NON_FINITE;
  return outcome(LAPACKE_dgesdd_work(COLMAJOR, 'N', a.rows, a.cols, a.p, a.ld, s, &none, 1, &none,
                                     1, w->work, w->lwork, w->iwork),
                 STATUS_NO_CONVERGE);
}

/* r <- R from the upper trapezoid of a, rows negated where the diagonal is negative: LAPACK leaves
 * the signs to chance. */
static void take_r(mat a, mat r) {
  mat_fill(r, 0.0);
  for (int i = 0; i < r.rows; i++) {
    double sign = mat_get(a, i, i) < 0.0 ? -1.0 : 1.0;
    for (int j = i; j < r.cols; j++) *mat_at(r, i, j) = sign * mat_get(a, i, j);
  }
}

static status geqrf(lapack_work *w, mat a, double *tau) {
  if (!mat_finite(a)) return STATUS_NON_FINITE;
  return outcome(LAPACKE_dgeqrf_work(COLMAJOR, a.rows, a.cols, a.p, a.ld, tau, w->work, w->lwork),
                 STATUS_NO_CONVERGE);
}

status lapack_qr_r(lapack_work *w, mat a, double *tau, mat r) {
  assert(r.rows == (a.rows < a.cols ? a.rows : a.cols) && r.cols == a.cols);
  status s = geqrf(w, a, tau);
  if (s == STATUS_OK) take_r(a, r);
  return s;
}

status lapack_qr(lapack_work *w, mat a, double *tau, mat r) {
  int q = r.rows;
  status s = lapack_qr_r(w, a, tau, r);
  if (s != STATUS_OK || !q) return s;
  if (tick_asks(w->ask)) return STATUS_PAUSED;
  /* dorgqr overwrites the diagonal that knows the signs: they wait behind its work array */
  for (int j = 0; j < q; j++) w->work[w->lwork - q + j] = mat_get(a, j, j) < 0.0 ? -1.0 : 1.0;
  s = outcome(LAPACKE_dorgqr_work(COLMAJOR, a.rows, q, q, a.p, a.ld, tau, w->work, w->lwork - q),
              STATUS_NO_CONVERGE);
  for (int j = 0; j < q; j++)
    if (w->work[w->lwork - q + j] < 0.0) mat_scale(mat_cols(a, j, 1), -1.0);
  return s;
}

status lapack_triangle(lapack_work *w, mat a, double *tau, mat c) {
  int q = c.rows;
  bool tall = a.rows > a.cols;
  if (!mat_finite(a)) return STATUS_NON_FINITE;
  int info = tall ? LAPACKE_dgeqrf_work(COLMAJOR, a.rows, q, a.p, a.ld, tau, w->work, w->lwork)
                  : LAPACKE_dgelqf_work(COLMAJOR, q, a.cols, a.p, a.ld, tau, w->work, w->lwork);
  if (info) return outcome(info, STATUS_NO_CONVERGE);
  mat_fill(c, 0.0);
  for (int j = 0; j < q; j++) {
    int first = tall ? 0 : j, count = tall ? j + 1 : q - j;
    mat_copy(mat_sub(c, first, j, count, 1), mat_sub(a, first, j, count, 1));
  }
  info = tall ? LAPACKE_dorgqr_work(COLMAJOR, a.rows, q, q, a.p, a.ld, tau, w->work, w->lwork)
              : LAPACKE_dorglq_work(COLMAJOR, q, a.cols, q, a.p, a.ld, tau, w->work, w->lwork);
  return outcome(info, STATUS_NO_CONVERGE);
}

status lapack_chol(mat a) {
  assert(a.rows == a.cols);
  if (!mat_finite(a)) return STATUS_NON_FINITE;
  status s = outcome(LAPACKE_dpotrf_work(COLMAJOR, 'L', a.rows, a.p, a.ld), STATUS_SINGULAR);
  for (int j = 1; j < a.cols; j++) mat_fill(mat_sub(a, 0, j, j, 1), 0.0);
  return s;
}

status lapack_eig(mat a, double *re, double *im, double *work, int lwork) {
  double none;
  return outcome(LAPACKE_dgeev_work(COLMAJOR, 'N', 'N', a.rows, a.p, a.ld, re, im, &none, 1, &none,
                                    1, work, lwork),
                 STATUS_NO_CONVERGE);
}

status lapack_schur(mat a, double *re, double *im, mat q, double *work, int lwork) {
  int selected;
  return outcome(LAPACKE_dgees_work(COLMAJOR, 'V', 'N', NULL, a.rows, a.p, a.ld, &selected, re, im,
                                    q.p, q.ld, work, lwork, NULL),
                 STATUS_NO_CONVERGE);
}

status lapack_lu(mat a, int *pivot) {
  return outcome(LAPACKE_dgetrf_work(COLMAJOR, a.rows, a.cols, a.p, a.ld, pivot), STATUS_SINGULAR);
}

double lapack_lu_rcond(mat lu, double norm, double *work, int *iwork) {
  double rcond = 0.0;
  LAPACKE_dgecon_work(COLMAJOR, '1', lu.rows, lu.p, lu.ld, norm, &rcond, work, iwork);
  return rcond;
}

void lapack_lu_solve(mat lu, const int *pivot, mat x) {
  LAPACKE_dgetrs_work(COLMAJOR, 'N', lu.rows, x.cols, lu.p, lu.ld, pivot, x.p, x.ld);
}

status lapack_solve(mat a, int *pivot, mat x) {
  return outcome(LAPACKE_dgesv_work(COLMAJOR, a.rows, x.cols, a.p, a.ld, pivot, x.p, x.ld),
                 STATUS_SINGULAR);
}

void lapack_want_lstsq(mat a, mat b, double *lwork, int *liwork) {
  int rank;
  double none = 0.0;
  LAPACKE_dgelsd_work(COLMAJOR, a.rows, a.cols, b.cols, &none, a.rows, &none,
                      a.rows > a.cols ? a.rows : a.cols, &none, 0.0, &rank, lwork, -1, liwork);
}

status lapack_lstsq(mat a, mat b, double *s, double rtol, int *rank, double *work, int lwork,
                    int *iwork) {
  return outcome(LAPACKE_dgelsd_work(COLMAJOR, a.rows, a.cols, b.cols, a.p, a.ld, b.p, b.ld, s,
                                     rtol, rank, work, lwork, iwork),
                 STATUS_NO_CONVERGE);
}

double lapack_reflect(mat x) {
  double tau = 0.0;
  LAPACKE_dlarfg_work(x.rows, x.p, x.p + 1, 1, &tau);
  return tau;
}

void lapack_block(char stored, mat V, const double *tau, mat T) {
  LAPACKE_dlarft_work(COLMAJOR, 'F', stored, stored == 'C' ? V.rows : V.cols, T.cols, V.p, V.ld,
                      tau, T.p, T.ld);
}

void lapack_turn(char stored, mat V, mat T, mat c, double *shelf) {
  bool columns = stored == 'C';
  LAPACKE_dlarfb_work(COLMAJOR, columns ? 'L' : 'R', columns ? 'N' : 'T', 'F', stored, c.rows,
                      c.cols, T.cols, V.p, V.ld, T.p, T.ld, c.p, c.ld, shelf,
                      columns ? c.cols : c.rows);
}

status lapack_bidiagonal(double *d, double *e, mat u, mat vt, double *work, int *iwork) {
  return outcome(LAPACKE_dbdsdc_work(COLMAJOR, 'U', 'I', u.rows, d, e, u.p, u.ld, vt.p, vt.ld, NULL,
                                     NULL, work, iwork),
                 STATUS_NO_CONVERGE);
}

status lapack_bidiagonal_qr(double *d, double *e, mat u, mat vt, double *work) {
  mat_eye(u);
  mat_eye(vt);
  return outcome(LAPACKE_dbdsqr_work(COLMAJOR, 'U', u.rows, u.rows, u.rows, 0, d, e, vt.p, vt.ld,
                                     u.p, u.ld, NULL, 1, work),
                 STATUS_NO_CONVERGE);
}
