/* csrc/flow/erk.c: one embedded Runge-Kutta step in low-rank form (see erk.h),
 * Z+ = Z + h sum b_j [A_j V_j; A_j^T U_j], error h sum e_j [A_j V_j; A_j^T U_j].
 * SPDX-License-Identifier: MIT */
#include "flow/erk.h"

#include <math.h>

#include "num/blas.h"

void erk_layout(arena *a, erk *w, dims d, int stages) {
  int n = arena_product(a, stages + 1, d.m);
  w->A = arena_mat(a, d.r, n);
  w->scaled = arena_mat(a, d.r, n);
  w->V = arena_mat(a, d.kp, n);
  w->velocity = arena_mat(a, d.kp, n);
  w->products = arena_mat(a, n, d.m);
  w->error_v = arena_mat(a, d.kp, d.m);
  w->error_u = arena_mat(a, d.r, d.kp);
  w->start = arena_mat(a, d.kp, n);
  w->moved = arena_mat(a, d.kp, n);
  propagator_layout(a, &w->step, d, stages);
}

void erk_use(erk *w, const tableau *tab, bool conserving) {
  w->tab = tab;
  w->conserving = conserving;
  w->have_first = false;
}

/* Columns of stages 0..n-1, and of stage i alone. */
static mat before(mat a, int n, int m) { return mat_cols(a, 0, n * m); }
static mat nth_stage(mat a, int i, int m) { return mat_cols(a, i * m, m); }

/* Rows of block j of the products times h x_j. */
static void weigh(mat products, int n, int m, double h, const double *x) {
  for (int j = 0; j < n; j++) mat_scale(mat_rows(products, j * m, m), h * x[j]);
}

/* Force and its product at stage i, which is alpha times what V_i^T, known, belongs to; x: row i of
 * a, n = i earlier stages. With n = 0 this is the field at Z itself. */
static bool evaluate(erk *w, const field *f, mat U, double alpha, double h, const double *x, int n,
                     int i) {
  int m = f->m;
  mat A = nth_stage(w->A, i, m), V = nth_stage(w->V, i, m), dV = nth_stage(w->velocity, i, m);
  mat products = mat_rows(w->products, 0, n * m);
  blas_gemm('N', 'N', 1.0, U, V, 0.0, A);
  if (n) {
    blas_gemm('T', 'N', 1.0, before(w->V, n, m), V, 0.0, products);
    weigh(products, n, m, h, x);
    blas_gemm('N', 'N', 1.0, before(w->A, n, m), products, 1.0, A);
  }
  if (f->weight_decay > 0.0) mat_scale(A, alpha * alpha);
  field_force_of_map(f, A);
  w->last = field_piece(f);
  if (i == 0) w->piece = w->last;
  else if (w->last != w->piece) w->bent = true;
  blas_gemm('T', 'N', 1.0, U, A, 0.0, dV);
  if (n) {
    mat_copy(nth_stage(w->start, i, m), dV);
    blas_gemm('T', 'N', 1.0, before(w->A, n, m), A, 0.0, products);
    weigh(products, n, m, h, x);
    blas_gemm('N', 'N', 1.0, before(w->V, n, m), products, 1.0, dV);
  }
  return isfinite(mat_max_abs(dV));
}

/* V_i^T = V_0^T + h sum x_j A_j^T U_j */
static void advance_v(const erk *w, int m, double h, const double *x, int n, mat V) {
  mat_copy(V, nth_stage(w->V, 0, m));
  for (int j = 0; j < n; j++)
    if (x[j] != 0.0) mat_axpy(h * x[j], nth_stage(w->velocity, j, m), V);
}

/* U <- y U + h sum x_j A_j V_j over n stages. */
static void advance_u(const erk *w, int m, double h, const double *x, int n, double y, mat U) {
  mat scaled = before(w->scaled, n, m);
  for (int j = 0; j < n; j++) {
    mat_copy(nth_stage(scaled, j, m), nth_stage(w->A, j, m));
    mat_scale(nth_stage(scaled, j, m), h * x[j]);
  }
  blas_gemm('N', 'T', 1.0, scaled, before(w->V, n, m), y, U);
}

/* Z+ by the tableau's weights. */
static void finish_plain(const erk *w, const field *f, const tableau *tab, mat Z, double h,
                         mat out) {
  int m = f->m, s = tab->stages;
  advance_v(w, m, h, tab->b, s, nth_stage(w->V, s, m));
  mat_copy(field_U(f, out), field_U(f, Z));
  advance_u(w, m, h, tab->b, s, 1.0, field_U(f, out));
}

/* Z+ = M Z with the propagator's M = I + L C L^T: L^T Z = [A^T U / unit; V] is at hand. */
static bool finish_conserving(erk *w, const field *f, const tableau *tab, mat Z, double h,
                              mat out) {
  int m = f->m, s = tab->stages;
  mat A = before(w->A, s, m);
  mat start = before(w->start, s + 1, m), moved = before(w->moved, s + 1, m);
  mat V = nth_stage(w->V, s, m);
  if (!propagator_find(&w->step, tab, h, A, m)) return false;
  w->propagator_bound = propagator_norm(&w->step);
  mat_copy(out, Z);
  if (w->step.full) {
    blas_gemm('N', 'N', 1.0, w->step.C, Z, 1.0, out);
    mat_transpose(V, field_V(f, out));
    return true;
  }
  mat_copy(nth_stage(start, 0, m), nth_stage(w->velocity, 0, m));
  mat_scale(before(start, s, m), 1.0 / w->step.unit);
  mat_copy(nth_stage(start, s, m), nth_stage(w->V, 0, m));
  blas_gemm('N', 'T', 1.0, start, w->step.C, 0.0, moved);
  mat_copy(V, nth_stage(w->V, 0, m));
  mat_axpy(1.0, nth_stage(moved, s, m), V);
  blas_gemm('N', 'T', 1.0 / w->step.unit, A, before(moved, s, m), 1.0, field_U(f, out));
  return true;
}

/* max|start Z + h sum e_j F_j| in U and in V. */
static void erk_error(erk *w, mat U, double h, double start, const double *e, double diff[2]) {
  int n = w->tab->stages + 1, m = w->error_v.cols;
  if (start != 0.0) mat_copy(w->error_u, U);
  advance_u(w, m, h, e, n, start, w->error_u);
  mat_fill(w->error_v, 0.0);
  if (start != 0.0) mat_axpy(start, nth_stage(w->V, 0, m), w->error_v);
  for (int j = 0; j < n; j++)
    if (e[j] != 0.0) mat_axpy(h * e[j], nth_stage(w->velocity, j, m), w->error_v);
  diff[0] = mat_max_abs(w->error_u);
  diff[1] = mat_max_abs(w->error_v);
}

/* Hairer's combination of the estimates of order 5 and 3: e5^2 / sqrt(e5^2 + e3^2 / 100). */
static void combine(double diff[2], const double low[2]) {
  for (int i = 0; i < 2; i++)
    if (diff[i] != 0.0) diff[i] *= diff[i] / hypot(diff[i], 0.1 * low[i]);
}

static void estimate(erk *w, const tableau *tab, mat U, double h, double diff[2]) {
  erk_error(w, U, h, w->decays.start, tab->e, diff);
  for (int i = 0; i < 2; i++) w->raw[i] = diff[i], w->rough[i] = 0.0;
  if (tab->e2) {
    erk_error(w, U, h, w->decays.start2, tab->e2, w->rough);
    combine(diff, w->rough);
  }
}

/* The tableau of a step h; its factors alpha are in w->decays. */
static const tableau *tableau_for(erk *w, const field *f, double h) {
  if (f->weight_decay > 0.0) {
    decaying_of(&w->decays, w->tab, f->weight_decay * h, w->conserving);
    return &w->decays.tab;
  }
  w->decays.start = w->decays.start2 = 0.0;
  for (int i = 0; i <= w->tab->stages; i++) w->decays.alpha[i] = 1.0;
  return w->tab;
}

status erk_step(erk *w, const field *f, mat Z, double h, mat out, double diff[2], const tick *t) {
  const tableau *tab = tableau_for(w, f, h);
  const double *alpha = w->decays.alpha;
  int m = f->m, s = tab->stages;
  mat U = field_U(f, Z);
  w->bent = false;
  if (!w->have_first) {
    mat_transpose(nth_stage(w->V, 0, m), field_V(f, Z));
    if (!evaluate(w, f, U, 1.0, 0.0, NULL, 0, 0)) return STATUS_NON_FINITE;
    w->have_first = true;
  }
  for (int i = 1; i < s; i++) {
    const double *x = tableau_row(tab, i);
    if (tick_asks(t)) return STATUS_PAUSED;
    advance_v(w, m, h, x, i, nth_stage(w->V, i, m));
    if (!evaluate(w, f, U, alpha[i], h, x, i, i)) return STATUS_NON_FINITE;
  }
  if (!w->conserving) finish_plain(w, f, tab, Z, h, out);
  else if (!finish_conserving(w, f, tab, Z, h, out)) return STATUS_NON_FINITE;
  if (f->weight_decay > 0.0) {
    mat_scale(nth_stage(w->V, s, m), alpha[s]);
    mat_scale(field_U(f, out), alpha[s]);
  }
  mat_transpose(field_V(f, out), nth_stage(w->V, s, m));
  if (!evaluate(w, f, field_U(f, out), 1.0, 0.0, NULL, 0, s)) return STATUS_NON_FINITE;
  if (diff) estimate(w, tab, U, h, diff);
  return STATUS_OK;
}

void erk_accept(erk *w) {
  int m = w->products.cols, s = w->tab->stages;
  mat_copy(nth_stage(w->A, 0, m), nth_stage(w->A, s, m));
  mat_copy(nth_stage(w->V, 0, m), nth_stage(w->V, s, m));
  mat_copy(nth_stage(w->velocity, 0, m), nth_stage(w->velocity, s, m));
  w->piece = w->last;
  w->have_first = true;
}
