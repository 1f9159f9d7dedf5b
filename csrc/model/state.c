/* csrc/model/state.c: what can be read off a state (see state.h).
 * Everything comes from L, E and R: no D x h object is formed and no two D x m matrices subtracted.
 * SPDX-License-Identifier: MIT */
#include "model/state.h"

#include <math.h>

#include "num/blas.h"

void origin_layout(arena *a, origin *o, const problem *p, int kp, int pr, int explicit_h,
                   bool keep_frame) {
  o->p = p;
  o->kp = kp;
  o->L0 = arena_mat(a, problem_k(p), kp);
  o->G0 = arena_mat(a, kp, kp);
  o->R = arena_mat(a, pr, kp);
  o->F = keep_frame ? arena_mat(a, p->D, pr) : (mat){NULL, p->D, pr, p->D};
  o->O = explicit_h ? arena_mat(a, explicit_h, kp) : (mat){NULL, 0, kp, 1};
  o->U2 = explicit_h ? arena_mat(a, p->D, explicit_h) : (mat){NULL, p->D, 0, p->D};
}

void origin_begin(origin *o) { imbalance_matrix(o->p->r, o->L0, o->G0); }

void state_work_layout(arena *a, state_work *w, const origin *o) {
  int r = o->p->r, m = o->p->m, kp = o->kp, tall = r + o->R.rows, s = least(tall, m);
  *w = (state_work){0};
  w->E = arena_mat(a, r, m);
  w->A = arena_mat(a, r, m);
  w->SZ = arena_mat(a, r + m, kp);
  w->LR = arena_mat(a, r + m, o->R.rows);
  w->G = arena_mat(a, kp, kp);
  w->values = arena_doubles(a, (size_t)kp);
  w->T = arena_mat(a, tall, m);
  w->P = arena_mat(a, r, m);
  w->VV = arena_mat(a, m, m);
  w->UU = arena_mat(a, r, r);
  w->UU0 = arena_mat(a, r, r);
  w->s = arena_doubles(a, (size_t)s);
  lapack_want_eigh(&w->lapack, kp);
  lapack_want_svd(&w->lapack, tall, m);
  lapack_want_svd(&w->lapack, r, m);
  lapack_layout(a, &w->lapack);
}

static void error_of(const state *s, mat E) {
  field f = problem_field(s->o->p);
  field_error(&f, s->L, E);
}

double state_excess(const state *s, state_work *w) {
  error_of(s, w->E);
  double norm = mat_norm_fro(w->E);
  return 0.5 * norm * norm;
}

double state_perpendicular(const state *s, state_work *w) {
  if (s->o->R.rows == 0) return 0.0;
  blas_gemm('N', 'T', 1.0, s->L, s->o->R, 0.0, w->LR);
  return mat_norm_fro(w->LR);
}

/* The rows of w->T below the first r: R V^T = F^T U2 V^T. */
static mat outside(const state *s, state_work *w) {
  mat tail = mat_rows(w->T, s->o->p->r, s->o->R.rows);
  blas_gemm('N', 'T', 1.0, s->o->R, state_V(s), 0.0, tail);
  return tail;
}

/* w->T = [diag(1/sigma) E; R V^T]: Theta_hat - Theta in an orthonormal basis, up to signs. */
static void gap(const state *s, state_work *w) {
  const problem *p = s->o->p;
  error_of(s, w->E);
  for (int j = 0; j < p->m; j++)
    for (int i = 0; i < p->r; i++) *mat_at(w->T, i, j) = mat_get(w->E, i, j) / p->sigma[i];
  outside(s, w);
}

double state_distance(const state *s, state_work *w, bool spectral) {
  gap(s, w);
  if (!spectral) return mat_norm_fro(w->T);
  if (lapack_singular_values(&w->lapack, w->T, w->s) != STATUS_OK) return NAN;
  return w->s[0];
}

double state_rate(const state *s, state_work *w) {
  field f = problem_field(s->o->p);
  field_error(&f, s->L, w->E);
  return field_rate(&f, s->L, w->E, w->A, w->SZ);
}

status state_imbalance(const state *s, state_work *w, imbalance *out) {
  const origin *o = s->o;
  status done = imbalance_spectrum(&w->lapack, o->p->r, s->L, w->G, w->values);
  *out = imbalance_of(w->values, o->kp, o->p->r, o->p->m);
  return done;
}

double state_drift(const state *s, state_work *w) {
  int r = s->o->p->r;
  imbalance_matrix(r, s->L, w->G);
  mat_axpy(-1.0, s->o->G0, w->G);
  double change = mat_max_abs(w->G);
  return change == 0.0 ? 0.0 : change / imbalance_scale(r, s->L);
}

/* UU <- diag(sigma) U1 U1^T diag(sigma), VV <- V V^T. */
static void kernel_parts(const problem *p, mat L, mat UU, mat VV) {
  blas_syrk('N', 1.0, mat_rows(L, 0, p->r), 0.0, UU);
  mat_scale_rows(UU, p->sigma);
  mat_scale_cols(UU, p->sigma);
  blas_syrk('N', 1.0, mat_rows(L, p->r, p->m), 0.0, VV);
}

/* ||N (x) diag(sigma)^2 + I (x) M||_F^2 */
static double kernel_norm2(const problem *p, mat N, mat M) {
  double s4 = 0.0, cross = 0.0, trace = 0.0;
  for (int i = 0; i < p->r; i++) {
    double s2 = p->sigma[i] * p->sigma[i];
    s4 += s2 * s2;
    cross += s2 * mat_get(M, i, i);
  }
  for (int j = 0; j < p->m; j++) trace += mat_get(N, j, j);
  return fmax(mat_dot(N, N) * s4 + (double)p->m * mat_dot(M, M) + 2.0 * trace * cross, 0.0);
}

double state_kernel_distance(const state *s, state_work *w) {
  const problem *p = s->o->p;
  double now, start;
  kernel_parts(p, s->o->L0, w->UU0, w->VV);
  start = kernel_norm2(p, w->VV, w->UU0);
  kernel_parts(p, s->L, w->UU, w->VV);
  mat_axpy(-1.0, w->UU0, w->UU);
  mat V0 = mat_rows(s->o->L0, p->r, p->m);
  blas_gemm('N', 'T', -1.0, V0, V0, 1.0, w->VV);
  now = kernel_norm2(p, w->VV, w->UU);
  return start > 0.0 ? sqrt(now / start) : (now > 0.0 ? INFINITY : 0.0);
}

double state_travel(const state *s, state_work *w) {
  (void)w;
  double total = 0.0;
  for (int j = 0; j < s->o->kp; j++)
    for (int i = 0; i < s->L.rows; i++)
      total = hypot(total, mat_get(s->L, i, j) - mat_get(s->o->L0, i, j));
  return total;
}

status state_singular_values(const state *s, state_work *w, double *values) {
  blas_gemm('N', 'T', 1.0, state_U(s), state_V(s), 0.0, w->P);
  return lapack_singular_values(&w->lapack, w->P, values);
}

status state_alignment(const state *s, state_work *w, double *values) {
  const problem *p = s->o->p;
  status done = state_singular_values(s, w, values);
  if (done != STATUS_OK) return done;
  blas_gemm('N', 'T', 1.0, state_U(s), state_V(s), 0.0, w->P);
  for (int i = 0; i < p->Py.cols; i++) {
    double sum = 0.0;
    for (int j = 0; j < p->m; j++)
      sum += mat_dot(mat_cols(p->Py, i, 1), mat_cols(w->P, j, 1)) * mat_get(p->Rt, i, j);
    values[i] = values[i] > 0.0 ? fabs(sum) / values[i] : 0.0;
  }
  return STATUS_OK;
}

void state_kernel_reduced(const state *s, state_work *w, mat K) {
  const problem *p = s->o->p;
  int r = p->r;
  kernel_parts(p, s->L, w->UU, w->VV);
  for (int a = 0; a < p->m; a++)
    for (int b = 0; b < p->m; b++) {
      mat block = mat_sub(K, a * r, b * r, r, r);
      mat_fill(block, 0.0);
      if (a == b) mat_copy(block, w->UU);
      for (int i = 0; i < r; i++)
        *mat_at(block, i, i) += mat_get(w->VV, a, b) * p->sigma[i] * p->sigma[i];
    }
}

void state_theta(const state *s, state_work *w, mat out) {
  const origin *o = s->o;
  blas_gemm('N', 'T', 1.0, state_U(s), state_V(s), 0.0, w->P);
  blas_gemm('T', 'N', 1.0, o->p->Pt, w->P, 0.0, out);
  if (o->R.rows == 0) return;
  blas_gemm('N', 'N', 1.0, o->F, outside(s, w), 1.0, out);
}

void state_weights_u(const state *s, mat scratch, mat out) {
  blas_gemm('N', 'T', 1.0, state_U(s), s->o->O, 0.0, scratch);
  mat_copy(out, s->o->U2);
  blas_gemm('T', 'N', 1.0, s->o->p->Pt, scratch, 1.0, out);
}

void state_weights_v(const state *s, mat out) {
  blas_gemm('N', 'T', 1.0, state_V(s), s->o->O, 0.0, out);
}
