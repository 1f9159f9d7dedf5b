/* csrc/model/start.c: starts, sampled at any width or reduced from given weights (see
 * start.h). mathematics.md sections 2 and 5; Bartlett (1933) for the factor of a Wishart
 * matrix. SPDX-License-Identifier: MIT */
#include "model/start.h"

#include <math.h>

#include "num/blas.h"
#include "num/random.h"

int start_columns(const problem *p, double h) {
  int k = problem_k(p);
  return h < (double)k ? (int)h : k;
}

int start_frame_rows(const problem *p, int kp) { return least(p->D - p->r, kp); }

/* R <- s times the upper trapezoidal factor of C, D - r rows of normals: column by column, then the
 * chis. */
static void sample_complement(philox *g, const problem *p, double s, mat R) {
  for (int j = 0; j < R.cols; j++)
    for (int i = 0; i < least(j, R.rows); i++) *mat_at(R, i, j) = s * random_normal(g);
  for (int i = 0; i < R.rows; i++) *mat_at(R, i, i) = s * random_chi(g, (double)(p->D - p->r - i));
}

void start_rest(origin *o, double free, double s_n, int seen) {
  double entries = (double)(o->p->D - seen) * free;
  o->free = free;
  o->s_n = s_n;
  o->rest = isfinite(entries * s_n) ? entries * s_n * s_n : 0.0;
}

void start_sampled(origin *o) {
  const problem *p = o->p;
  philox weights = philox_make(o->seed, STREAM_WEIGHTS), rest = philox_make(o->seed, STREAM_C);
  random_bartlett(&weights, o->h, o->L0); /* two widths with one seed share the normals */
  mat_scale(mat_rows(o->L0, 0, p->r), o->s_u);
  mat_scale(mat_rows(o->L0, p->r, p->m), o->s_v);
  sample_complement(&rest, p, o->s_u, o->R);
  start_rest(o, o->h - (double)o->kp, o->s_u, p->r);
}

void start_zero_output(origin *o, double s_u, double s_v) {
  const problem *p = o->p;
  int r = p->r, ku = start_half(o->h, r), kv = o->kp - ku;
  double root2 = sqrt(2.0);
  philox weights = philox_make(o->seed, STREAM_WEIGHTS), rest = philox_make(o->seed, STREAM_C);
  mat U = mat_sub(o->L0, 0, 0, r, ku), V = mat_sub(o->L0, r, ku, p->m, kv);
  random_bartlett(&weights, 0.5 * o->h, U);
  random_bartlett(&weights, 0.5 * o->h, V);
  mat_scale(U, root2 * s_u);
  mat_scale(V, root2 * s_v);
  sample_complement(&rest, p, root2 * s_u, mat_cols(o->R, 0, ku));
  start_rest(o, 0.5 * o->h - (double)ku, root2 * s_u, r);
}

void start_orthogonal(origin *o, double a, double b) {
  mat_fill(o->L0, 0.0);
  for (int i = 0; i < o->kp; i++) *mat_at(o->L0, i, i) = sqrt(i < o->p->r ? a : b);
  start_rest(o, INFINITY, sqrt(a), o->p->r);
}

void start_frame_layout(arena *a, frame_work *w, const origin *o) {
  int pr = o->R.rows;
  *w = (frame_work){0};
  w->overlap = arena_mat(a, o->p->r, pr);
  w->r = arena_mat(a, pr, pr);
  w->tau = arena_doubles(a, (size_t)pr);
  lapack_want_qr(&w->lapack, o->p->D, pr);
  lapack_layout(a, &w->lapack);
}

/* x <- (I - Phi1 Phi1^T) x, twice: once leaves Phi1's share of the round-off behind. */
static void project_off(const problem *p, mat x, mat overlap) {
  for (int pass = 0; pass < 2; pass++) {
    blas_gemm('N', 'N', 1.0, p->Pt, x, 0.0, overlap);
    blas_gemm('T', 'N', -1.0, p->Pt, overlap, 1.0, x);
  }
}

status start_frame(frame_work *w, const origin *o, mat F) {
  philox g = philox_make(o->seed, STREAM_FRAME);
  random_fill_normal(&g, F, 1.0);
  project_off(o->p, F, w->overlap);
  return lapack_qr(&w->lapack, F, w->tau, w->r); /* diag(R) >= 0 makes Q Haar */
}

void start_draw(uint64_t seed, int law, double s_u, double s_v, mat U, mat V) {
  philox gu = philox_make(seed, STREAM_WEIGHTS), gv = philox_make(seed, STREAM_V);
  if (law == START_UNIFORM) { /* on (-a, a) with a^2/3 the variance */
    double a = sqrt(3.0);
    random_fill_uniform(&gu, U, -a * s_u, a * s_u);
    random_fill_uniform(&gv, V, -a * s_v, a * s_v);
  } else {
    random_fill_normal(&gu, U, s_u);
    random_fill_normal(&gv, V, s_v);
  }
}

void start_reduce_layout(arena *a, reduce_work *w, const problem *p, int h) {
  int k = problem_k(p), kp = least(h, k), big = h > p->D ? h : p->D;
  *w = (reduce_work){0};
  w->Zt = arena_mat(a, h, k);
  w->RZ = arena_mat(a, kp, k);
  w->P = arena_mat(a, p->r, h);
  w->C = arena_mat(a, p->D, kp);
  w->tau = arena_doubles(a, (size_t)(k > big ? k : big));
  lapack_want_qr(&w->lapack, h, k);
  lapack_want_qr(&w->lapack, p->D, kp);
  lapack_layout(a, &w->lapack);
}

status start_complement(reduce_work *w, origin *o, mat C) {
  if (o->R.rows == 0) return STATUS_OK;
  status s = lapack_qr(&w->lapack, C, w->tau, o->R);
  if (s == STATUS_OK) mat_copy(o->F, mat_cols(C, 0, o->R.rows));
  return s;
}

status start_reduce(reduce_work *w, origin *o, mat U, mat V) {
  const problem *p = o->p;
  int k = problem_k(p);
  blas_gemm('N', 'N', 1.0, p->Pt, U, 0.0, w->P);
  mat_transpose(mat_cols(w->Zt, 0, p->r), w->P);
  mat_transpose(mat_cols(w->Zt, p->r, p->m), V);
  status s = lapack_qr(&w->lapack, w->Zt, w->tau, w->RZ);
  if (s != STATUS_OK) return s;
  mat_copy(o->O, mat_cols(w->Zt, 0, o->kp));
  mat_transpose(o->L0, w->RZ);
  for (int j = 0; j < o->kp; j++) /* exactly lower trapezoidal */
    for (int i = 0; i < least(j, k); i++) *mat_at(o->L0, i, j) = 0.0;
  if (o->R.rows == 0) { /* D = r: the data see everything */
    mat_fill(o->U2, 0.0);
    return STATUS_OK;
  }
  mat_copy(o->U2, U);
  project_off(p, o->U2, w->P);
  blas_gemm('N', 'N', 1.0, o->U2, o->O, 0.0, w->C);
  return start_complement(w, o, w->C);
}

void start_invariant(origin *o) {
  if (o->R.rows == 0) return;
  for (int j = 0; j < o->U2.cols; j++) /* U2 <- U2 - F R O^T, a column at a time */
    for (int i = 0; i < o->R.rows; i++) {
      double x = 0.0;
      for (int c = 0; c < o->kp; c++) x += mat_get(o->R, i, c) * mat_get(o->O, j, c);
      mat_axpy(-x, mat_cols(o->F, i, 1), mat_cols(o->U2, j, 1));
    }
  mat_fill(o->R, 0.0);
}
