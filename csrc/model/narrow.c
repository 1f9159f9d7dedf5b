/* csrc/model/narrow.c: a shifted kernel of few columns and its inverse (see narrow.h).
 * SPDX-License-Identifier: MIT */
#include "model/narrow.h"

#include <math.h>

#include "num/blas.h"

void narrow_layout(arena *a, narrow *w, dims d) {
  w->R = arena_mat(a, d.m, d.m);
  w->nu = arena_doubles(a, (size_t)d.m);
  w->B = arena_mat(a, d.r, d.kp);
  w->root = arena_mat(a, d.r, d.m);
  w->W = arena_mat(a, d.r, arena_product(a, d.kp, d.m));
  w->shrunk = arena_mat(a, d.kp, d.m);
  w->scaled = arena_mat(a, d.r, d.kp);
  w->right = arena_mat(a, d.kp, d.kp);
  w->scratch = arena_mat(a, d.r, d.m);
  w->s = arena_doubles(a, (size_t)d.kp);
  w->c = arena_mat(a, d.kp, 1);
  w->back = arena_mat(a, d.kp, 1);
  thin_layout(a, &w->thin, d.r, d.kp, 1);
  w->lapack = (lapack_work){0};
  lapack_want_eigh(&w->lapack, d.m);
  lapack_layout(a, &w->lapack);
}

status narrow_at(narrow *w, const field *f, mat Z) {
  w->eta = -1.0;
  mat_copy(w->B, field_U(f, Z));
  mat_scale_rows(w->B, f->sigma);
  blas_syrk('N', 1.0, field_V(f, Z), 0.0, w->R);
  return lapack_eigh(&w->lapack, w->R, w->nu);
}

/* I + eta K_j = D^{1/2} (I + eta C C^T) D^{1/2}, D = I + eta nu_j diag(sigma)^2, C = D^{-1/2} B.
 * The form of Woodbury, which inverts a k' x k' matrix, subtracts almost all where eta ||C||^2 is
 * large: it is no longer positive then, and conjugate gradients fail. With C = W diag(s) (..)^T the
 * part in the range of C and the part beside it are taken apart first. */
status narrow_shift(narrow *w, const field *f, double eta) {
  int kp = w->B.cols;
  if (w->eta == eta) return STATUS_OK;
  for (int j = 0; j < f->m; j++) {
    double *root = mat_col(w->root, j), *shrunk = mat_col(w->shrunk, j);
    for (int i = 0; i < f->r; i++)
      root[i] = 1.0 / sqrt(1.0 + eta * fmax(w->nu[j], 0.0) * f->sigma[i] * f->sigma[i]);
    mat_copy(w->scaled, w->B);
    mat_scale_rows(w->scaled, root);
    status done = thin_svd(&w->thin, w->scaled, mat_cols(w->W, j * kp, kp), w->s, w->right);
    if (done != STATUS_OK) return done;
    for (int i = 0; i < kp; i++) shrunk[i] = 1.0 / (1.0 + eta * w->s[i] * w->s[i]);
  }
  w->eta = eta;
  return STATUS_OK;
}

/* x <- x - W W^T x, twice, and c = W^T x of both times: once leaves round-off of x in the range. */
static void beside(narrow *w, mat W, mat x) {
  blas_gemm('T', 'N', 1.0, W, x, 0.0, w->c);
  blas_gemm('N', 'N', -1.0, W, w->c, 1.0, x);
  blas_gemm('T', 'N', 1.0, W, x, 0.0, w->back);
  blas_gemm('N', 'N', -1.0, W, w->back, 1.0, x);
  mat_axpy(1.0, w->back, w->c);
}

void narrow_solve(narrow *w, mat X) {
  int kp = w->B.cols;
  blas_gemm('N', 'N', 1.0, X, w->R, 0.0, w->scratch);
  for (int j = 0; j < X.cols; j++) {
    mat x = mat_cols(w->scratch, j, 1), W = mat_cols(w->W, j * kp, kp);
    mat_scale_rows(x, mat_col(w->root, j));
    beside(w, W, x);
    mat_scale_rows(w->c, mat_col(w->shrunk, j));
    blas_gemm('N', 'N', 1.0, W, w->c, 1.0, x);
    mat_scale_rows(x, mat_col(w->root, j));
  }
  blas_gemm('N', 'T', 1.0, w->scratch, w->R, 0.0, X);
}

double narrow_most(const narrow *w, const field *f) {
  double b = mat_norm_fro(w->B), nu = fmax(w->nu[f->m - 1], 0.0);
  return b * b + nu * f->sigma[0] * f->sigma[0];
}
