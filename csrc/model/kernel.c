/* csrc/model/kernel.c: eigenproblems of the tangent kernel (see kernel.h),
 * K_j = diag(sigma) U U^T diag(sigma) + nu_j diag(sigma)^2.
 * SPDX-License-Identifier: MIT */
#include "model/kernel.h"

#include <math.h>

#include "num/blas.h"

void kernel_layout(arena *a, kernel *K, dims d) {
  K->R = arena_mat(a, d.m, d.m);
  K->lam = arena_mat(a, d.r, d.m);
  K->W = arena_mat(a, d.r, arena_product(a, d.r, d.m));
  K->nu = arena_doubles(a, (size_t)d.m);
}

void kernel_room_layout(arena *a, kernel_room *w, dims d) {
  w->SU = arena_mat(a, d.r, d.kp);
  w->M = arena_mat(a, d.r, d.r);
  w->N = arena_mat(a, d.m, d.m);
  w->T = arena_mat(a, d.r, d.r);
  w->lam = arena_doubles(a, (size_t)(d.r > d.m ? d.r : d.m));
  w->lapack = (lapack_work){0};
  lapack_want_eigh(&w->lapack, d.r);
  lapack_want_eigh(&w->lapack, d.m);
  lapack_layout(a, &w->lapack);
}

/* M = diag(sigma) U U^T diag(sigma), R and nu from V V^T. */
static status factors(kernel_room *w, const field *f, mat Z, mat R, double *nu) {
  mat_copy(w->SU, field_U(f, Z));
  mat_scale_rows(w->SU, f->sigma);
  blas_syrk('N', 1.0, w->SU, 0.0, w->M);
  blas_syrk('N', 1.0, field_V(f, Z), 0.0, R);
  if (f->m > 1) return lapack_eigh(&w->lapack, R, nu);
  nu[0] = mat_get(R, 0, 0);
  *mat_at(R, 0, 0) = 1.0;
  return isfinite(nu[0]) ? STATUS_OK : STATUS_NON_FINITE;
}

static void shifted(mat K, const kernel_room *w, const field *f, double nu) {
  mat_copy(K, w->M);
  for (int i = 0; i < f->r; i++) *mat_at(K, i, i) += nu * f->sigma[i] * f->sigma[i];
}

status kernel_at(kernel *K, kernel_room *w, const field *f, mat Z, const tick *t) {
  status s = factors(w, f, Z, K->R, K->nu);
  for (int j = 0; j < f->m && s == STATUS_OK; j++) {
    mat W = mat_cols(K->W, j * f->r, f->r);
    double *lam = mat_col(K->lam, j);
    if (tick_asks(t)) return STATUS_PAUSED;
    shifted(W, w, f, fmax(K->nu[j], 0.0));
    s = lapack_eigh(&w->lapack, W, lam);
    for (int i = 0; i < f->r; i++) lam[i] = fmax(lam[i], 0.0);
  }
  return s;
}

status kernel_range(kernel_room *w, const field *f, mat Z, double *lam_min, double *lam_max) {
  status s = factors(w, f, Z, w->N, w->lam);
  double low = w->lam[0], high = w->lam[f->m - 1]; /* w->lam has room for max(r, m) */
  if (s != STATUS_OK) return s;
  shifted(w->T, w, f, fmax(low, 0.0));
  s = lapack_eigvalsh(&w->lapack, w->T, w->lam);
  *lam_min = fmax(w->lam[0], 0.0);
  *lam_max = w->lam[f->r - 1];
  if (s != STATUS_OK || f->m == 1) return s;
  shifted(w->T, w, f, fmax(high, 0.0));
  s = lapack_eigvalsh(&w->lapack, w->T, w->lam);
  *lam_max = w->lam[f->r - 1];
  return s;
}

void kernel_to(const kernel *K, mat E, mat e, mat scratch) {
  int r = E.rows;
  if (E.cols > 1) blas_gemm('N', 'N', 1.0, E, K->R, 0.0, scratch);
  else mat_copy(scratch, E); /* R = 1 */
  for (int j = 0; j < E.cols; j++)
    blas_gemm('T', 'N', 1.0, mat_cols(K->W, j * r, r), mat_cols(scratch, j, 1), 0.0,
              mat_cols(e, j, 1));
}

void kernel_back(const kernel *K, mat e, mat E, mat scratch) {
  int r = E.rows;
  mat to = E.cols > 1 ? scratch : E;
  for (int j = 0; j < E.cols; j++)
    blas_gemm('N', 'N', 1.0, mat_cols(K->W, j * r, r), mat_cols(e, j, 1), 0.0, mat_cols(to, j, 1));
  if (E.cols > 1) blas_gemm('N', 'T', 1.0, scratch, K->R, 0.0, E);
}

void kernel_solve(const kernel *K, double least, mat e) {
  for (int j = 0; j < e.cols; j++)
    for (int i = 0; i < e.rows; i++) {
      double lam = mat_get(K->lam, i, j);
      *mat_at(e, i, j) = lam > least ? mat_get(e, i, j) / lam : 0.0;
    }
}
