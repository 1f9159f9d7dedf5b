/* csrc/model/fold.c: m columns for k (see fold.h). M = [[P, Q], [R, S]], Y = (a+b)^{1/2} [Q; S].
 * SPDX-License-Identifier: MIT */
#include "model/fold.h"

#include <float.h>
#include <math.h>
#include <stdint.h>

#include "num/blas.h"

void fold_find_layout(arena *a, fold_room *w, dims d) {
  w->x = arena_mat(a, d.r + d.m, 1);
  w->y = arena_mat(a, d.kp, 1);
  w->z = arena_mat(a, d.r + d.m, 1);
  w->c = arena_mat(a, d.m, 1);
}

void fold_open_layout(arena *a, fold_room *w, dims d) {
  fold_find_layout(a, w, d);
  w->tall = arena_mat(a, d.r, d.m);
  w->W = arena_mat(a, d.r, d.m);
  w->s = arena_doubles(a, (size_t)d.m);
  w->ratio = arena_doubles(a, (size_t)d.m);
  w->rest = arena_doubles(a, (size_t)d.m);
  w->Bt = arena_mat(a, d.m, d.m);
  w->O = arena_mat(a, d.m, d.m);
  w->part = arena_mat(a, d.m, d.kp);
  thin_layout(a, &w->thin, d.r, d.m, 1);
}

/* z = L L^T x */
static void gram_times(fold_room *w, mat L) {
  blas_gemm('T', 'N', 1.0, L, w->x, 0.0, w->y);
  blas_gemm('N', 'N', 1.0, L, w->y, 0.0, w->z);
}

/* |z| is round-off of products of that size. */
static bool is_round_off(mat z, double size) {
  return mat_norm_fro(z) <= 8.0 * DBL_EPSILON * sqrt(z.rows) * size;
}

static double mean_square(mat rows) {
  double norm = mat_norm_fro(rows);
  return norm * norm / rows.rows;
}

bool fold_start(fold *f, fold_room *w, int r, mat L0) {
  int k = L0.rows;
  f->L0 = L0;
  f->a = mean_square(mat_rows(L0, 0, r));
  f->b = mean_square(mat_rows(L0, r, k - r));
  if (!(f->b > 0.0 && isfinite(f->a) && isfinite(f->b))) return false;
  for (uint32_t seed = 1; seed <= 2; seed++) {
    mat_probe(w->x, seed);
    gram_times(w, L0);
    for (int i = 0; i < k; i++) w->z.p[i] -= (i < r ? f->a : f->b) * w->x.p[i];
    if (!is_round_off(w->z, (f->a + f->b) * sqrt(k))) return false;
  }
  return true;
}

bool fold_find(const fold *f, fold_room *w, int r, mat L, double d, mat Y) {
  int k = L.rows;
  blas_gemm('N', 'T', sqrt(f->a + f->b) / f->b, L, mat_rows(f->L0, r, k - r), 0.0, Y);
  if (!mat_finite(Y)) return false;
  double size = mat_norm_fro(Y), shift = f->a * d * d;
  for (uint32_t seed = 1; seed <= 2; seed++) {
    mat_probe(w->x, seed);
    gram_times(w, L);
    blas_gemm('T', 'N', 1.0, Y, w->x, 0.0, w->c);
    blas_gemm('N', 'N', -1.0, Y, w->c, 1.0, w->z);
    for (int i = 0; i < k; i++) w->z.p[i] -= (i < r ? shift : -shift) * w->x.p[i];
    if (!is_round_off(w->z, (size * size + shift) * sqrt(k))) return false;
  }
  return true;
}

/* Q = W diag(s) B^T, c^2 = s^2 + d^2, S = O diag(c) B^T with O^T O = I: then P = d I + W diag(c -
 * d) W^T, R = O diag(s) W^T have M^T J M = d^2 J. Which O is asked for where c = 0 does not matter:
 * there s is 0 too. Leaves S B in w->O, s / c in w->ratio. */
static status decompose(const fold *f, fold_room *w, int r, mat Y, double d) {
  double unit = 1.0 / sqrt(f->a + f->b);
  mat_copy(w->tall, mat_rows(Y, 0, r));
  mat_scale(w->tall, unit);
  status done = thin_svd(&w->thin, w->tall, w->W, w->s, w->Bt);
  if (done != STATUS_OK) return done;
  for (int i = 0; i < Y.cols; i++) {
    double s = w->s[i], c = hypot(s, d);
    w->ratio[i] = c > 0.0 ? s / c : 0.0;
    w->rest[i] = c > 0.0 ? c * s / (c + d) : 0.0; /* c - d = s^2 / (c + d), the ratio times this */
  }
  blas_gemm('N', 'T', unit, mat_rows(Y, r, Y.cols), w->Bt, 0.0, w->O);
  return STATUS_OK;
}

/* The columns M [W; 0] and M [0; I] times the sizes that they have in L0. */
status fold_columns(const fold *f, fold_room *w, int r, mat Y, double d, mat Z) {
  int m = Y.cols;
  mat U = mat_sub(Z, 0, 0, r, m), V = mat_sub(Z, r, 0, m, m), last = mat_cols(Z, m, m);
  status done = decompose(f, w, r, Y, d);
  if (done != STATUS_OK) return done;
  mat_copy(U, w->W);
  mat_copy(V, w->O);
  for (int i = 0; i < m; i++) {
    mat_scale(mat_cols(U, i, 1), sqrt(f->a) * hypot(w->s[i], d));
    mat_scale(mat_cols(V, i, 1), sqrt(f->a) * w->ratio[i]);
  }
  mat_copy(last, Y);
  mat_scale(last, sqrt(f->b / (f->a + f->b)));
  return STATUS_OK;
}

status fold_open(const fold *f, fold_room *w, int r, mat Y, double d, mat T, mat L) {
  int m = Y.cols;
  double unit = 1.0 / sqrt(f->a + f->b);
  mat VL = mat_rows(f->L0, r, m), LU = mat_rows(L, 0, r), LV = mat_rows(L, r, m);
  status done = decompose(f, w, r, Y, d);
  if (done != STATUS_OK) return done;
  blas_gemm('T', 'N', 1.0, w->W, T, 0.0, w->part); /* W^T T */
  blas_gemm('N', 'N', unit, mat_rows(Y, 0, r), VL, 0.0, LU);
  blas_gemm('N', 'N', unit, mat_rows(Y, r, m), VL, 0.0, LV);
  mat_axpy(d, T, LU);
  mat_scale_rows(w->part, w->ratio);
  blas_gemm('N', 'N', 1.0, w->O, w->part, 1.0, LV);
  mat_scale_rows(w->part, w->rest);
  blas_gemm('N', 'N', 1.0, w->W, w->part, 1.0, LU);
  return STATUS_OK;
}

void fold_turn_layout(arena *a, fold_turning *w, dims d) {
  mat *const squares[] = {&w->G, &w->spare, &w->W, &w->Wt};
  w->first = arena_mat(a, d.r + d.m, d.r);
  w->other = arena_mat(a, d.r + d.m, d.r);
  for (size_t i = 0; i < sizeof squares / sizeof *squares; i++)
    *squares[i] = arena_mat(a, d.r, d.r);
  w->T = arena_mat(a, d.r, d.kp);
  w->s = arena_doubles(a, (size_t)d.r);
  w->lapack = (lapack_work){0};
  lapack_want_svd(&w->lapack, d.r, d.r);
  lapack_layout(a, &w->lapack);
}

/* Y tells [P; R] but for a rotation W of its columns: that of the polar decomposition of [P; R]^T
 * times what they are in `like`. Where a = 0 nothing is multiplied by them. */
status fold_turn(const fold *f, fold_room *w, fold_turning *t, int r, mat Y, double d, mat like,
                 mat L) {
  mat UL = mat_rows(f->L0, 0, r);
  status done = fold_open(f, w, r, Y, d, UL, L);
  if (done != STATUS_OK || f->a == 0.0) return done;
  blas_gemm('N', 'T', 1.0 / f->a, L, UL, 0.0, t->first);
  blas_gemm('N', 'T', 1.0 / f->a, like, UL, 0.0, t->other);
  blas_gemm('T', 'N', 1.0, t->first, t->other, 0.0, t->G);
  if (!mat_finite(t->G)) return STATUS_NON_FINITE;
  done = lapack_svd(&t->lapack, t->G, t->spare, t->W, t->s, t->Wt);
  if (done != STATUS_OK) return done;
  blas_gemm('N', 'N', 1.0, t->W, t->Wt, 0.0, t->G);
  blas_gemm('N', 'N', 1.0, t->G, UL, 0.0, t->T);
  return fold_open(f, w, r, Y, d, t->T, L);
}
