/* csrc/num/thin.c: a long matrix is made square by QR before its SVD (see thin.h). dgesdd does so
 * too where one side is 11/6 of the other, but wants A, a copy of it and u at once.
 * SPDX-License-Identifier: MIT */
#include "num/thin.h"

#include "num/blas.h"

/* Rows of u, or columns of vt, that are multiplied at a time: enough for a fast product, and
 * little beside the factor. */
enum { PANEL = 256 };

/* From this order on B is ours: 0.7 of the time of dgesdd at 500, 0.9 at 1000 and 0.85 at 3000 on
 * one thread. Below it all is over in a tenth of a second. */
enum { LARGE = 512 };

void thin_layout(arena *a, thin_work *w, int rows, int cols, int hands) {
  int q = least(rows, cols);
  *w = (thin_work){0};
  w->core = arena_mat(a, q, q);
  w->vectors = arena_mat(a, q, q);
  w->panel = rows > cols ? arena_mat(a, PANEL, q) : arena_mat(a, q, PANEL);
  w->tau = arena_doubles(a, (size_t)q);
  if (q < LARGE) {
    w->spare = arena_mat(a, q, q);
    lapack_want_svd(&w->lapack, q, q);
  } else {
    bidiagonal_layout(a, &w->bidiagonal, q, hands);
  }
  lapack_want_qr(&w->lapack, rows, cols);
  lapack_layout(a, &w->lapack);
}

/* u <- u w->vectors */
static void turn_rows(thin_work *w, mat u) {
  for (int i = 0; i < u.rows; i += PANEL) {
    mat part = mat_rows(u, i, least(PANEL, u.rows - i)), panel = mat_rows(w->panel, 0, part.rows);
    blas_gemm('N', 'N', 1.0, part, w->vectors, 0.0, panel);
    mat_copy(part, panel);
  }
}

/* vt <- w->vectors vt */
static void turn_cols(thin_work *w, mat vt) {
  for (int j = 0; j < vt.cols; j += PANEL) {
    mat part = mat_cols(vt, j, least(PANEL, vt.cols - j)), panel = mat_cols(w->panel, 0, part.cols);
    blas_gemm('N', 'N', 1.0, w->vectors, part, 0.0, panel);
    mat_copy(part, panel);
  }
}

static status core_svd(thin_work *w, mat u, double *s, mat vt) {
  return w->core.rows < LARGE ? lapack_svd(&w->lapack, w->core, w->spare, u, s, vt)
                              : bidiagonal_svd(&w->bidiagonal, w->core, u, s, vt, w->ask);
}

status thin_svd(thin_work *w, mat a, mat u, double *s, mat vt) {
  bool tall = a.rows > a.cols, wide = a.rows < a.cols;
  mat longer = tall ? u : vt;
  status out = STATUS_OK;
  mat_copy(tall || wide ? longer : w->core, a);
  if (tall || wide) out = lapack_triangle(&w->lapack, longer, w->tau, w->core);
  if (out == STATUS_OK) out = core_svd(w, tall ? w->vectors : u, s, wide ? w->vectors : vt);
  if (out == STATUS_OK && tall) turn_rows(w, u);
  if (out == STATUS_OK && wide) turn_cols(w, vt);
  return out;
}
