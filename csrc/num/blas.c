/* csrc/num/blas.c: products of views through CBLAS (see blas.h). Vectors go to gemv, an empty inner
 * dimension never reaches BLAS (gemv would then leave c unscaled).
 * SPDX-License-Identifier: MIT */
#include "num/blas.h"

#include <assert.h>
#include <cblas.h>
#include <limits.h>

static CBLAS_TRANSPOSE trans_of(char t) { return t == 'N' ? CblasNoTrans : CblasTrans; }

static CBLAS_UPLO uplo_of(char u) { return u == 'L' ? CblasLower : CblasUpper; }

static CBLAS_SIDE side_of(char s) { return s == 'L' ? CblasLeft : CblasRight; }

/* One vector, as far as BLAS is concerned. */
static bool is_vector(mat a) { return a.ld == a.rows && mat_count(a) <= INT_MAX; }

void blas_scale(double x, mat a) {
  if (is_vector(a)) cblas_dscal((int)mat_count(a), x, a.p, 1);
  else
    for (int j = 0; j < a.cols; j++) cblas_dscal(a.rows, x, mat_col(a, j), 1);
}

void blas_axpy(double x, mat a, mat b) {
  assert(a.rows == b.rows && a.cols == b.cols);
  if (is_vector(a) && is_vector(b)) cblas_daxpy((int)mat_count(a), x, a.p, 1, b.p, 1);
  else
    for (int j = 0; j < a.cols; j++) cblas_daxpy(a.rows, x, mat_col(a, j), 1, mat_col(b, j), 1);
}

/* c <- y c, where y = 0 overwrites whatever stood there, nan included. */
static void scale_or_clear(double y, mat c) {
  if (y == 0.0) mat_fill(c, 0.0);
  else if (y != 1.0) blas_scale(y, c);
}

void blas_gemm(char ta, char tb, double x, mat a, mat b, double y, mat c) {
  int rows = ta == 'N' ? a.rows : a.cols, inner = ta == 'N' ? a.cols : a.rows;
  int cols = tb == 'N' ? b.cols : b.rows;
  assert(inner == (tb == 'N' ? b.rows : b.cols) && c.rows == rows && c.cols == cols);
  if (!mat_count(c)) return;
  if (!inner) {
    scale_or_clear(y, c);
    return;
  }
  /* some gemv multiply by y = 0 instead of overwriting, which keeps a nan that stood there */
  if (y == 0.0 && (cols == 1 || rows == 1)) mat_fill(c, 0.0);
  if (cols == 1) {
    cblas_dgemv(CblasColMajor, trans_of(ta), a.rows, a.cols, x, a.p, a.ld, b.p,
                tb == 'N' ? 1 : b.ld, y, c.p, 1);
  } else if (rows == 1) { /* c^T = op(b)^T op(a)^T */
    cblas_dgemv(CblasColMajor, tb == 'N' ? CblasTrans : CblasNoTrans, b.rows, b.cols, x, b.p, b.ld,
                a.p, ta == 'N' ? a.ld : 1, y, c.p, c.ld);
  } else if (inner == 1) {
    scale_or_clear(y, c);
    cblas_dger(CblasColMajor, rows, cols, x, a.p, ta == 'N' ? 1 : a.ld, b.p, tb == 'N' ? b.ld : 1,
               c.p, c.ld);
  } else {
    cblas_dgemm(CblasColMajor, trans_of(ta), trans_of(tb), rows, cols, inner, x, a.p, a.ld, b.p,
                b.ld, y, c.p, c.ld);
  }
}

void blas_trsm(char side, char uplo, char ta, double x, mat a, mat b) {
  assert(a.rows == a.cols && a.rows == (side == 'L' ? b.rows : b.cols));
  if (!mat_count(b)) return;
  cblas_dtrsm(CblasColMajor, side_of(side), uplo_of(uplo), trans_of(ta), CblasNonUnit, b.rows,
              b.cols, x, a.p, a.ld, b.p, b.ld);
}

void blas_syrk(char ta, double x, mat a, double y, mat c) {
  int n = ta == 'N' ? a.rows : a.cols, inner = ta == 'N' ? a.cols : a.rows;
  assert(c.rows == n && c.cols == n);
  if (!n) return;
  if (!inner) {
    scale_or_clear(y, c);
    return;
  }
  cblas_dsyrk(CblasColMajor, CblasLower, trans_of(ta), n, inner, x, a.p, a.ld, y, c.p, c.ld);
  for (int j = 1; j < n; j++)
    for (int i = 0; i < j; i++) *mat_at(c, i, j) = mat_get(c, j, i);
}

/* Only OpenBLAS has these; weak, so that a reference BLAS links and they are then null. */
extern void openblas_set_num_threads(int) __attribute__((weak));
extern int openblas_get_num_threads(void) __attribute__((weak));
extern int openblas_get_parallel(void) __attribute__((weak)); /* 0: a serial build */

int blas_threads(int n) {
  if (!openblas_set_num_threads || !openblas_get_num_threads) return 1;
  int before = openblas_get_num_threads();
  if (n != before) openblas_set_num_threads(n);
  return before;
}

bool blas_reentrant(void) { return !openblas_get_parallel || openblas_get_parallel() != 0; }
