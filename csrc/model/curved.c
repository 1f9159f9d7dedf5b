/* csrc/model/curved.c: Cholesky factors of G and of I + eta L^T K L (see curved.h).
 * SPDX-License-Identifier: MIT */
#include "model/curved.h"

#include <float.h>
#include <math.h>

#include "num/blas.h"
#include "num/lapack.h"

/* Added to G, which has no inverse where outputs may all be shifted alike: of its largest diagonal
 * entry, far above what Cholesky's factor loses and far below what a preconditioner needs. */
static const double RIDGE = 1e-13;

void curved_layout(arena *a, curved *w, dims d) {
  int order = arena_product(a, d.r, d.m);
  w->F = arena_mat(a, d.n, d.m);
  w->L = arena_mat(a, order, order);
  w->N = arena_mat(a, order, order);
  w->C = arena_mat(a, order, order);
  w->H = arena_mat(a, d.n, d.m);
  w->HW = arena_mat(a, d.n, d.r);
  w->SU = arena_mat(a, d.r, d.kp);
  w->M = arena_mat(a, d.r, d.r);
  w->VV = arena_mat(a, d.m, d.m);
  w->scaled = arena_mat(a, d.r, order);
  w->x = arena_mat(a, order, 1);
}

static mat rows_of(mat a, int j, int r) { return mat_rows(a, j * r, r); }

/* L <- G: block (l, j) is W^T diag(l''_lj) W, l''_.j what a change of output j makes. */
static void find_curvature(curved *w, const field *f) {
  int r = f->r, m = f->m;
  for (int j = 0; j < m; j++) {
    loss_bend(f->loss, f->delta, w->F, f->Y, j, w->H);
    for (int l = j; l < m; l++) {
      mat_copy(w->HW, f->W);
      mat_scale_rows(w->HW, mat_col(w->H, l));
      mat block = mat_sub(w->L, l * r, j * r, r, r);
      blas_gemm('T', 'N', 1.0, f->W, w->HW, 0.0, block);
    }
  }
}

/* G times a power of 4 that makes it of order 1: below tails of e^-700 there is no room for a
 * ridge, and Cholesky's method would fail at every step, however small. */
static status factor_curvature(curved *w) {
  double top = 0.0;
  for (int i = 0; i < w->L.rows; i++) top = fmax(top, mat_get(w->L, i, i));
  if (!isfinite(top)) return STATUS_NON_FINITE;
  if (top < DBL_MIN) { /* flat: nothing is damped */
    mat_fill(w->L, 0.0);
    return STATUS_OK;
  }
  int half = ilogb(top) / 2;
  for (int j = 0; j < w->L.cols; j++)
    for (int i = 0; i < w->L.rows; i++) *mat_at(w->L, i, j) = ldexp(mat_get(w->L, i, j), -2 * half);
  top = ldexp(top, -2 * half);
  for (int i = 0; i < w->L.rows; i++) *mat_at(w->L, i, i) += RIDGE * top;
  status s = lapack_chol(w->L);
  mat_scale(w->L, ldexp(1.0, half));
  return s;
}

/* KL <- K L below and on the diagonal of its blocks: block (j, l) is M L_jl + sum_q (V V^T)_jq
 * diag(sigma)^2 L_ql, q >= l. */
static void find_product(curved *w, const field *f, mat KL) {
  int r = f->r, m = f->m;
  for (int j = 0; j < m; j++) {
    int cols = (j + 1) * r;
    blas_gemm('N', 'N', 1.0, w->M, mat_cols(rows_of(w->L, j, r), 0, cols), 0.0,
              mat_cols(rows_of(KL, j, r), 0, cols));
  }
  for (int q = 0; q < m; q++) {
    mat scaled = mat_cols(w->scaled, 0, (q + 1) * r);
    mat_copy(scaled, mat_cols(rows_of(w->L, q, r), 0, scaled.cols));
    mat_scale_rows(scaled, f->sigma);
    mat_scale_rows(scaled, f->sigma);
    for (int j = 0; j < m; j++) {
      int cols = (least(j, q) + 1) * r;
      mat_axpy(mat_get(w->VV, j, q), mat_cols(scaled, 0, cols),
               mat_cols(rows_of(KL, j, r), 0, cols));
    }
  }
}

/* N <- L^T K L, block rows of its lower half, of which the upper one is the mirror: a sixth of the
 * whole product, L being lower. */
static void find_kernel(curved *w, const field *f, mat Z) {
  int r = f->r, m = f->m, order = r * m;
  mat KL = w->C;
  mat_copy(w->SU, field_U(f, Z));
  mat_scale_rows(w->SU, f->sigma);
  blas_syrk('N', 1.0, w->SU, 0.0, w->M);
  blas_syrk('N', 1.0, field_V(f, Z), 0.0, w->VV);
  find_product(w, f, KL);
  for (int j = 0; j < m; j++) {
    int above = j * r, left = order - above;
    blas_gemm('T', 'N', 1.0, mat_sub(w->L, above, above, left, r),
              mat_sub(KL, above, 0, left, above + r), 0.0, mat_sub(w->N, above, 0, r, above + r));
  }
  for (int j = 0; j < order; j++)
    for (int i = j + 1; i < order; i++) *mat_at(w->N, j, i) = mat_get(w->N, i, j);
}

status curved_at(curved *w, const field *f, mat Z) {
  w->eta = -1.0;
  field_outputs(f, Z, w->F);
  find_curvature(w, f);
  status s = factor_curvature(w);
  if (s == STATUS_OK) find_kernel(w, f, Z);
  return s;
}

status curved_shift(curved *w, double eta) {
  if (w->eta == eta) return STATUS_OK;
  mat_copy(w->C, w->N);
  mat_scale(w->C, eta);
  for (int i = 0; i < w->C.rows; i++) *mat_at(w->C, i, i) += 1.0;
  status s = lapack_chol(w->C);
  w->eta = s == STATUS_OK ? eta : -1.0;
  return s;
}

void curved_solve(curved *w, mat X) {
  mat column = mat_of(X.p, X.rows * X.cols, 1); /* X has no gaps */
  blas_gemm('T', 'N', 1.0, w->L, column, 0.0, w->x);
  blas_trsm('L', 'L', 'N', 1.0, w->C, w->x);
  blas_trsm('L', 'L', 'T', 1.0, w->C, w->x);
  blas_gemm('N', 'N', 1.0, w->L, w->x, 0.0, column);
}

double curved_most(const curved *w) { return mat_norm_fro(w->N); }
