/* csrc/theory/riccati.c: Z Z^T = e^(Ft) Z0 [I + Z0^T (int_0^t e^(2Fs) ds) Z0]^-1 Z0^T e^(Ft),
 * the flow for Lambda = lam I and sigma = 1 (Fukumizu 1998; Braun et al. 2022; Domine et al. 2024).
 * SPDX-License-Identifier: MIT */
#include "theory/exact.h"

#include <float.h>
#include <math.h>

#include "model/imbalance.h"
#include "num/blas.h"

void exact_riccati_layout(arena *a, exact_riccati *e, dims d) {
  int r = d.r, m = d.m, k = r + m, kp = d.kp;
  *e = (exact_riccati){.r = r, .m = m, .k = k, .kp = kp};
  pairs_layout(a, &e->target, d);
  e->f = arena_doubles(a, (size_t)k);
  e->Q = arena_mat(a, k, k);
  e->start = arena_mat(a, k, kp);
  e->Z = arena_mat(a, k, kp);
  e->T = arena_mat(a, k, kp);
  e->G = arena_mat(a, k, kp);
  e->W = arena_mat(a, k, kp);
  e->M = arena_mat(a, kp, kp);
  e->logs = arena_doubles(a, (size_t)kp);
  e->tau = arena_doubles(a, (size_t)k);
  e->sizes = arena_doubles(a, (size_t)k);
}

/* F = [[lam/2 I, Yt], [Yt^T, -lam/2 I]] = Q diag(f) Q^T from Yt = P diag(s) R^T: in each plane of
 * (P_i, 0) and (0, R_i) f = +-hypot(lam/2, s_i), in the rest +-lam/2; so exact zeros are exact. */
static void eigensystem(exact_riccati *e) {
  const pairs *y = &e->target;
  int r = e->r, m = e->m, k = e->k;
  double half = 0.5 * e->lam;
  mat_fill(e->Q, 0.0);
  mat up = mat_rows(e->Q, 0, r), down = mat_rows(e->Q, r, m);
  for (int i = 0; i < y->count; i++) {
    int j = k - 1 - i; /* f decreasing: +w_1 .. +w_q, +-lam/2, -w_q .. -w_1 */
    double angle = 0.5 * atan2(y->s[i], half), c = cos(angle), s = sin(angle);
    e->f[i] = hypot(half, y->s[i]);
    e->f[j] = -e->f[i];
    mat_axpy(c, pairs_p(y, i), mat_cols(up, i, 1));
    mat_axpy(s, pairs_r(y, i), mat_cols(down, i, 1));
    mat_axpy(-s, pairs_p(y, i), mat_cols(up, j, 1));
    mat_axpy(c, pairs_r(y, i), mat_cols(down, j, 1));
  }
  for (int i = y->count; i < k - y->count; i++) {
    e->f[i] = r > m ? half : -half;
    if (r > m) mat_copy(mat_cols(up, i, 1), pairs_p(y, i));
    else mat_copy(mat_cols(down, i, 1), pairs_r(y, i));
  }
}

/* T <- T H, H orthogonal, in echelon form: row by row a reflection gathers what lies right of the
 * pivots so far. What is no larger than round-off of its own row is 0, size (or NULL: T's own)
 * telling what the rows were made of: a small mode beside a large one is none. */
static void echelon(mat T, const double *size) {
  for (int i = 0, pivot = 0; i < T.rows && pivot < T.cols; i++) {
    mat row = mat_sub(T, i, 0, 1, T.cols), v = mat_sub(T, i, pivot, 1, T.cols - pivot);
    double norm = mat_norm_fro(v), whole = size ? size[i] : mat_norm_fro(row);
    if (!(norm > 4.0 * T.rows * DBL_EPSILON * whole)) {
      mat_fill(v, 0.0);
      continue;
    }
    double sign = mat_get(v, 0, 0) < 0.0 ? -1.0 : 1.0;
    mat_scale(v, 1.0 / norm); /* the reflection's vector is v + sign e_1 */
    *mat_at(v, 0, 0) += sign;
    double factor = 1.0 / fabs(mat_get(v, 0, 0));
    for (int l = i + 1; l < T.rows; l++) {
      mat x = mat_sub(T, l, pivot, 1, v.cols);
      mat_axpy(-factor * mat_dot(x, v), v, x);
    }
    mat_fill(v, 0.0);
    *mat_at(v, 0, 0) = -sign * norm;
    pivot++;
  }
}

status exact_riccati_set(exact_riccati *e, mat L, mat target, double lam, double *defect) {
  imbalance_matrix(e->r, L, e->M);
  for (int j = 0; j < e->kp; j++) *mat_at(e->M, j, j) -= lam;
  double change = mat_max_abs(e->M);
  *defect = change > 0.0 ? change / imbalance_scale(e->r, L) : change;
  e->lam = lam;
  status s = pairs_of(&e->target, target);
  if (s != STATUS_OK) return s;
  eigensystem(e);
  blas_gemm('T', 'N', 1.0, e->Q, L, 0.0, e->start);
  for (int i = 0; i < e->k; i++) { /* row i of Q^T L is a sum of these */
    e->sizes[i] = 0.0;
    for (int l = 0; l < e->k; l++)
      e->sizes[i] += fabs(mat_get(e->Q, l, i)) * mat_norm_fro(mat_rows(L, l, 1));
  }
  echelon(e->start, e->sizes);
  return STATUS_OK;
}

/* One step of length tau of T = Q^T Z. With columns scaled by exp(-logs), which keeps every entry
 * below 1 for any tau: G = e^(f tau) T, W = (int_0^tau e^(2 f s) ds)^(1/2) T, M = I + W^T W,
 * T <- G M^(-1/2). False when the columns are so dependent that digits would be lost: halve tau. */
static bool riccati_step(exact_riccati *e, double tau) {
  for (int j = 0; j < e->kp; j++) {
    double top = 0.0;
    for (int i = 0; i < e->k; i++) {
      double x = fabs(mat_get(e->T, i, j));
      if (x > 0.0) top = fmax(top, log(x) + e->f[i] * tau);
    }
    e->logs[j] = top;
    for (int i = 0; i < e->k; i++) {
      double f = e->f[i], x = mat_get(e->T, i, j);
      double g = x != 0.0 ? x * exp(f * tau - top) : 0.0; /* 0 exp(inf) is 0 here */
      *mat_at(e->G, i, j) = g;
      double part = f == 0.0 ? tau : -expm1(-2.0 * fabs(f) * tau) / (2.0 * fabs(f));
      *mat_at(e->W, i, j) = (f > 0.0 ? g : x * exp(-top)) * sqrt(part);
    }
  }
  blas_syrk('T', 1.0, e->W, 0.0, e->M);
  for (int j = 0; j < e->kp; j++) {
    *mat_at(e->M, j, j) += exp(-2.0 * e->logs[j]);
    e->logs[j] = 1.0 / sqrt(mat_get(e->M, j, j));
  }
  mat_scale_rows(e->M, e->logs);
  mat_scale_cols(e->M, e->logs);
  if (lapack_chol(e->M) != STATUS_OK) return false;
  for (int j = 0; j < e->kp; j++) /* 1 on independent columns; 0.1 costs two digits at most */
    if (!(mat_get(e->M, j, j) > 0.1)) return false;
  mat_scale_cols(e->G, e->logs);
  blas_trsm('R', 'L', 'T', 1.0, e->M, e->G);
  mat_copy(e->T, e->G);
  echelon(e->T, NULL);
  return true;
}

/* T <- the limit: of the rows with equal f > 0 stays sqrt(2 f) times an orthonormal basis of what
 * their pivot columns span, everything else vanishes. */
static status limit(exact_riccati *e) {
  int k = e->k, pivot = 0;
  double equal = 8.0 * k * DBL_EPSILON * e->f[0];
  mat_fill(e->T, 0.0);
  for (int i = 0, end; i < k && e->f[i] > 0.0; i = end) {
    int first = pivot;
    for (end = i; end < k && e->f[end] > 0.0 && e->f[i] - e->f[end] <= equal; end++)
      if (pivot < e->kp && mat_get(e->start, end, pivot) != 0.0) pivot++;
    if (pivot == first) continue;
    int rows = end - i, cols = pivot - first;
    mat basis = mat_sub(e->T, i, first, rows, cols);
    mat_copy(basis, mat_sub(e->start, i, first, rows, cols));
    for (int j = 0; j < cols; j++) /* graded columns: QR is to see directions, not sizes */
      mat_scale(mat_cols(basis, j, 1), 1.0 / mat_norm_fro(mat_cols(basis, j, 1)));
    status s = lapack_qr(&e->target.lapack, basis, e->tau, mat_sub(e->M, 0, 0, cols, cols));
    if (s != STATUS_OK) return s;
    mat_scale(basis, sqrt(2.0 * e->f[i]));
  }
  return STATUS_OK;
}

enum { STEPS_MAX = 1000000 }; /* about 100 are taken */

status exact_riccati_at(exact_riccati *e, double t) {
  status s = STATUS_OK;
  if (isinf(t)) {
    s = limit(e);
  } else {
    double size = mat_norm_fro(e->start), done = 0.0, rate = e->f[0] + size * size;
    double tau = rate > 0.0 ? 1.0 / rate : t;
    mat_copy(e->T, e->start);
    for (int n = 0; done < t; n++) {
      if (n == STEPS_MAX || !(tau > 0.0)) return STATUS_LIMIT;
      double now = tau < t - done ? tau : t - done;
      bool taken = riccati_step(e, now);
      if (taken) done = now == tau ? done + now : t;
      tau = taken ? 2.0 * tau : 0.5 * now;
    }
  }
  if (s == STATUS_OK) blas_gemm('N', 'N', 1.0, e->Q, e->T, 0.0, e->Z);
  return s;
}
