/* csrc/model/start.c: starts, sampled at any width or reduced from given weights (see
 * start.h). mathematics.md sections 2 and 5; Bartlett (1933) for the factor of a Wishart
 * matrix. SPDX-License-Identifier: MIT */
#include "model/start.h"

#include <math.h>

#include "num/blas.h"
#include "num/random.h"

static int least(int a, int b) { return a < b ? a : b; }

int initialize_columns(const problem *p, double h) {
  int k = problem_k(p);
  return h < (double)k ? (int)h : k;
}

int initialize_frame_rows(const problem *p, int kp) { return least(p->D - p->r, kp); }

void initialize_sampled(origin *o) {
  const problem *p = o->p;
  int k = problem_k(p), r = p->r, pr = o->R.rows;
  philox weights = philox_make(o->seed, STREAM_WEIGHTS), rest = philox_make(o->seed, STREAM_C);
  /* the normals first, so that two widths with one seed share them */
  for (int j = 0; j < o->kp; j++)
    for (int i = j + 1; i < k; i++)
      *mat_at(o->L0, i, j) = (i < r ? o->s_u : o->s_v) * random_normal(&weights);
  for (int j = 0; j < o->kp; j++)
    *mat_at(o->L0, j, j) = (j < r ? o->s_u : o->s_v) * random_chi(&weights, o->h - j);
  for (int j = 0; j < o->kp; j++)
    for (int i = 0; i < least(j, pr); i++) *mat_at(o->R, i, j) = o->s_u * random_normal(&rest);
  for (int i = 0; i < pr; i++)
    *mat_at(o->R, i, i) = o->s_u * random_chi(&rest, (double)(p->D - p->r - i));
}

void initialize_orthogonal(origin *o, double a, double b) {
  mat_fill(o->L0, 0.0);
  for (int i = 0; i < o->kp; i++) *mat_at(o->L0, i, i) = sqrt(i < o->p->r ? a : b);
}

void initialize_frame_layout(arena *a, frame_work *w, const origin *o) {
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

status initialize_frame(frame_work *w, const origin *o, mat F) {
  philox g = philox_make(o->seed, STREAM_FRAME);
  random_fill_normal(&g, F, 1.0);
  project_off(o->p, F, w->overlap);
  return lapack_qr(&w->lapack, F, w->tau, w->r); /* diag(R) >= 0 makes Q Haar */
}

void initialize_draw(uint64_t seed, int law, double s_u, double s_v, mat U, mat V) {
  philox gu = philox_make(seed, STREAM_WEIGHTS), gv = philox_make(seed, STREAM_V);
  if (law == INITIALIZE_UNIFORM) { /* on (-a, a) with a^2/3 the variance */
    double a = sqrt(3.0);
    random_fill_uniform(&gu, U, -a * s_u, a * s_u);
    random_fill_uniform(&gv, V, -a * s_v, a * s_v);
  } else {
    random_fill_normal(&gu, U, s_u);
    random_fill_normal(&gv, V, s_v);
  }
}

void initialize_reduce_layout(arena *a, reduce_work *w, const problem *p, int h) {
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

status initialize_complement(reduce_work *w, origin *o, mat C) {
  if (o->R.rows == 0) return STATUS_OK;
  status s = lapack_qr(&w->lapack, C, w->tau, o->R);
  if (s == STATUS_OK) mat_copy(o->F, mat_cols(C, 0, o->R.rows));
  return s;
}

status initialize_reduce(reduce_work *w, origin *o, mat U, mat V) {
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
  return initialize_complement(w, o, w->C);
}

void initialize_invariant(origin *o) {
  if (o->R.rows == 0) return;
  for (int j = 0; j < o->U2.cols; j++) /* U2 <- U2 - F R O^T, a column at a time */
    for (int i = 0; i < o->R.rows; i++) {
      double x = 0.0;
      for (int c = 0; c < o->kp; c++) x += mat_get(o->R, i, c) * mat_get(o->O, j, c);
      mat_axpy(-x, mat_cols(o->F, i, 1), mat_cols(o->U2, j, 1));
    }
  mat_fill(o->R, 0.0);
}
