/* csrc/flow/erk.c: one embedded Runge-Kutta step in low-rank form (see erk.h),
 * Z+ = Z + h sum b_j [A_j V_j; A_j^T U_j], error h sum e_j [A_j V_j; A_j^T U_j].
 * SPDX-License-Identifier: MIT */
#include "flow/erk.h"

#include <math.h>

#include "num/blas.h"

void erk_layout(arena *a, erk *w, int r, int m, int kp, int stages) {
  int n = (stages + 1) * m;
  w->A = arena_mat(a, r, n);
  w->B = arena_mat(a, r, n);
  w->V = arena_mat(a, kp, n);
  w->F = arena_mat(a, kp, n);
  w->G = arena_mat(a, n, m);
  w->D = arena_mat(a, kp, m);
  w->X = arena_mat(a, r, kp);
  w->W = arena_mat(a, kp, n);
  w->T = arena_mat(a, kp, n);
  propagator_layout(a, &w->step, r, m, stages);
}

void erk_use(erk *w, const tableau *tab, bool exact) {
  w->tab = tab;
  w->exact = exact;
  w->first = false;
}

int erk_evaluations(const erk *w) { return w->tab->stages; }

/* Columns of stages 0..n-1, and of stage i alone. */
static mat until(mat a, int n, int m) { return mat_cols(a, 0, n * m); }
static mat stage(mat a, int i, int m) { return mat_cols(a, i * m, m); }

/* Rows of block j of G scaled by h x_j. */
static void weigh(mat G, int n, int m, double h, const double *x) {
  for (int j = 0; j < n; j++) mat_scale(mat_rows(G, j * m, m), h * x[j]);
}

/* Force and its product at stage i, whose V_i^T is known; x: row i of a, n = i earlier stages.
 * With n = 0 this is the field at Z itself. */
static bool evaluate(erk *w, const field *f, mat U, double h, const double *x, int n, int i) {
  int m = f->m;
  mat A = stage(w->A, i, m), V = stage(w->V, i, m), F = stage(w->F, i, m);
  mat G = mat_rows(w->G, 0, n * m);
  blas_gemm('N', 'N', 1.0, U, V, 0.0, A);
  if (n) {
    blas_gemm('T', 'N', 1.0, until(w->V, n, m), V, 0.0, G);
    weigh(G, n, m, h, x);
    blas_gemm('N', 'N', 1.0, until(w->A, n, m), G, 1.0, A);
  }
  for (int j = 0; j < m; j++) {
    double *a = mat_col(A, j);
    const double *y = mat_col(f->Yt, j);
    for (int l = 0; l < f->r; l++) a[l] = f->sigma[l] * (y[l] - f->sigma[l] * a[l]);
  }
  blas_gemm('T', 'N', 1.0, U, A, 0.0, F);
  if (n) {
    mat_copy(stage(w->W, i, m), F);
    blas_gemm('T', 'N', 1.0, until(w->A, n, m), A, 0.0, G);
    weigh(G, n, m, h, x);
    blas_gemm('N', 'N', 1.0, until(w->V, n, m), G, 1.0, F);
  }
  return isfinite(mat_max_abs(F));
}

/* V_i^T = V_0^T + h sum x_j F_j */
static void advance_v(const erk *w, int m, double h, const double *x, int n, mat V) {
  mat_copy(V, stage(w->V, 0, m));
  for (int j = 0; j < n; j++)
    if (x[j] != 0.0) mat_axpy(h * x[j], stage(w->F, j, m), V);
}

/* U <- y U + h sum x_j A_j V_j over n stages. */
static void advance_u(const erk *w, int m, double h, const double *x, int n, double y, mat U) {
  mat B = until(w->B, n, m);
  for (int j = 0; j < n; j++) {
    mat_copy(stage(w->B, j, m), stage(w->A, j, m));
    mat_scale(stage(w->B, j, m), h * x[j]);
  }
  blas_gemm('N', 'T', 1.0, B, until(w->V, n, m), y, U);
}

/* Z+ by the tableau's weights. */
static void finish(const erk *w, const field *f, mat Z, double h, mat out) {
  int m = f->m, s = w->tab->stages;
  advance_v(w, m, h, w->tab->b, s, stage(w->V, s, m));
  mat_copy(field_U(f, out), field_U(f, Z));
  advance_u(w, m, h, w->tab->b, s, 1.0, field_U(f, out));
}

/* Z+ = M Z with the propagator's M = I + L C L^T: L^T Z = [A^T U / unit; V] is at hand. */
static bool finish_exact(erk *w, const field *f, mat Z, double h, mat out) {
  int m = f->m, s = w->tab->stages;
  mat A = until(w->A, s, m), W = until(w->W, s + 1, m), T = until(w->T, s + 1, m);
  mat V = stage(w->V, s, m);
  if (!propagator_find(&w->step, w->tab, h, A, m)) return false;
  w->norm = propagator_norm(&w->step);
  mat_copy(out, Z);
  if (w->step.full) {
    blas_gemm('N', 'N', 1.0, w->step.C, Z, 1.0, out);
    mat_transpose(V, field_V(f, out));
    return true;
  }
  mat_copy(stage(W, 0, m), stage(w->F, 0, m));
  mat_scale(until(W, s, m), 1.0 / w->step.unit);
  mat_copy(stage(W, s, m), stage(w->V, 0, m));
  blas_gemm('N', 'T', 1.0, W, w->step.C, 0.0, T);
  mat_copy(V, stage(w->V, 0, m));
  mat_axpy(1.0, stage(T, s, m), V);
  blas_gemm('N', 'T', 1.0 / w->step.unit, A, until(T, s, m), 1.0, field_U(f, out));
  return true;
}

static void error_of(erk *w, int m, double h, const double *e, double diff[2]) {
  int n = w->tab->stages + 1;
  advance_u(w, m, h, e, n, 0.0, w->X);
  mat_fill(w->D, 0.0);
  for (int j = 0; j < n; j++)
    if (e[j] != 0.0) mat_axpy(h * e[j], stage(w->F, j, m), w->D);
  diff[0] = mat_max_abs(w->X);
  diff[1] = mat_max_abs(w->D);
}

/* Hairer's combination of the estimates of order 5 and 3: e5^2 / sqrt(e5^2 + e3^2 / 100). */
static void combine(double diff[2], const double low[2]) {
  for (int i = 0; i < 2; i++)
    if (diff[i] != 0.0) diff[i] *= diff[i] / hypot(diff[i], 0.1 * low[i]);
}

status erk_step(erk *w, const field *f, mat Z, double h, mat out, double diff[2]) {
  const tableau *t = w->tab;
  int m = f->m, s = t->stages;
  mat U = field_U(f, Z);
  if (!w->first) {
    mat_transpose(stage(w->V, 0, m), field_V(f, Z));
    if (!evaluate(w, f, U, 0.0, NULL, 0, 0)) return STATUS_NON_FINITE;
    w->first = true;
  }
  for (int i = 1; i < s; i++) {
    const double *x = tableau_row(t, i);
    if (tick_asks(w->tick)) return STATUS_PAUSED;
    advance_v(w, m, h, x, i, stage(w->V, i, m));
    if (!evaluate(w, f, U, h, x, i, i)) return STATUS_NON_FINITE;
  }
  if (!w->exact) finish(w, f, Z, h, out);
  else if (!finish_exact(w, f, Z, h, out)) return STATUS_NON_FINITE;
  mat_transpose(field_V(f, out), stage(w->V, s, m));
  if (!evaluate(w, f, field_U(f, out), 0.0, NULL, 0, s)) return STATUS_NON_FINITE;
  if (diff) {
    double low[2];
    error_of(w, m, h, t->e, diff);
    if (t->e2) {
      error_of(w, m, h, t->e2, low);
      combine(diff, low);
    }
  }
  return STATUS_OK;
}

void erk_accept(erk *w) {
  int m = w->G.cols, s = w->tab->stages;
  mat_copy(stage(w->A, 0, m), stage(w->A, s, m));
  mat_copy(stage(w->V, 0, m), stage(w->V, s, m));
  mat_copy(stage(w->F, 0, m), stage(w->F, s, m));
  w->first = true;
}
