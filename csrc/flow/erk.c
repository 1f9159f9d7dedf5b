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
  int rows = d.kp + propagator_order(d.r, d.m, stages);
  w->rows = d.kp;
  w->rooms[0] = arena_mat(a, rows, n);
  w->rooms[1] = arena_mat(a, rows, n);
  w->rooms[2] = arena_mat(a, rows, d.m);
  w->products = arena_mat(a, n, d.m);
  w->error_u = arena_mat(a, d.r, d.kp);
  w->start = arena_mat(a, d.kp, n);
  w->moved = arena_mat(a, d.kp, n);
  propagator_layout(a, &w->step, d, stages);
}

void erk_use(erk *w, const tableau *tab, bool conserving) {
  w->tab = tab;
  w->conserving = conserving;
  w->have_first = false;
  int r = w->A.rows, m = w->products.cols, n = w->rooms[0].cols;
  int rows = w->rows + (conserving ? propagator_order(r, m, tab->stages) : 0);
  propagator_use(&w->step, r, m, tab->stages);
  w->V_all = mat_of(w->rooms[0].p, rows, n); /* without gaps */
  w->moves_all = mat_of(w->rooms[1].p, rows, n);
  w->error_v = mat_of(w->rooms[2].p, rows, m);
  w->V = mat_rows(w->V_all, 0, w->rows);
  w->velocity = mat_rows(w->moves_all, 0, w->rows);
}

/* Columns of stages 0..n-1, and of stage i alone. */
static mat before(mat a, int n, int m) { return mat_cols(a, 0, n * m); }
static mat nth_stage(mat a, int i, int m) { return mat_cols(a, i * m, m); }

/* Rows of block j of the products times h x_j. */
static void weigh(mat products, int n, int m, double h, const double *x) {
  for (int j = 0; j < n; j++) mat_scale(mat_rows(products, j * m, m), h * x[j]);
}

/* Corrected steps take L^T along as they take Z, and so find their own C: a few more rows in
 * products that are formed anyway. A recursion of its own, with products for each pair of stages,
 * took up to a third of a step. Rows of L^T in V_all or moves_all: */
static mat of_group(const erk *w, mat all) { return mat_rows(all, w->rows, all.rows - w->rows); }

/* V_0^T of L^T = [.. 0; 0 I]. */
static void begin_group(erk *w, int m) {
  mat V = of_group(w, nth_stage(w->V_all, 0, m));
  mat_fill(V, 0.0);
  mat_eye(mat_rows(V, V.rows - m, m));
}

/* (A_i^T U)^T of L^T: with L = I A_i itself, else unit times the columns of stage i. */
static void move_group(erk *w, mat A, int i, int m) {
  mat moves = of_group(w, nth_stage(w->moves_all, i, m));
  mat_fill(moves, 0.0);
  if (w->step.full) {
    mat_copy(mat_rows(moves, 0, A.rows), A);
    return;
  }
  if (i == 0) {
    double top = mat_max_abs(A);
    w->step.unit = top > 0.0 ? top : 1.0;
  }
  for (int j = 0; j < m && i < w->tab->stages; j++) *mat_at(moves, i * m + j, j) = w->step.unit;
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
  if (w->conserving) move_group(w, A, i, m);
  if (n) {
    if (w->conserving && !w->step.full) mat_copy(nth_stage(w->start, i, m), dV);
    mat moved = nth_stage(w->scaled, i, m); /* h A is of order 1 where A^T A would underflow */
    mat_copy(moved, A);
    mat_scale(moved, h);
    blas_gemm('T', 'N', 1.0, before(w->A, n, m), moved, 0.0, products);
    weigh(products, n, m, 1.0, x);
    blas_gemm('N', 'N', 1.0, before(w->V_all, n, m), products, 1.0, nth_stage(w->moves_all, i, m));
  }
  return isfinite(mat_max_abs(dV));
}

/* out = y times its value + h sum x_j moves_j over n stages, which lie without gaps. */
static void add_moves(erk *w, double h, const double *x, int n, double y, mat out) {
  mat weights = mat_of(w->weights, n, 1);
  for (int j = 0; j < n; j++) weights.p[j] = h * x[j];
  int size = out.rows * out.cols;
  blas_gemm('N', 'N', 1.0, mat_of(w->moves_all.p, size, n), weights, y, mat_of(out.p, size, 1));
}

/* V_i^T = V_0^T + h sum x_j A_j^T U_j */
static void advance_v(erk *w, int m, double h, const double *x, int n, int i) {
  mat V = nth_stage(w->V_all, i, m);
  mat_copy(V, nth_stage(w->V_all, 0, m));
  add_moves(w, h, x, n, 1.0, V);
}

/* U <- y U + h sum x_j A_j V_j over n stages of V. */
static void advance_u(const erk *w, mat V, int m, double h, const double *x, int n, double y,
                      mat U) {
  mat scaled = before(w->scaled, n, m);
  for (int j = 0; j < n; j++) {
    mat_copy(nth_stage(scaled, j, m), nth_stage(w->A, j, m));
    mat_scale(nth_stage(scaled, j, m), h * x[j]);
  }
  blas_gemm('N', 'T', 1.0, scaled, before(V, n, m), y, U);
}

/* Z+ by the tableau's weights. */
static void finish_plain(erk *w, const field *f, const tableau *tab, mat Z, double h, mat out) {
  int m = f->m, s = tab->stages;
  advance_v(w, m, h, tab->b, s, s);
  mat_copy(field_U(f, out), field_U(f, Z));
  advance_u(w, w->V, m, h, tab->b, s, 1.0, field_U(f, out));
}

/* C of the step as the tableau has it, which is what its weights add to L^T. */
static void find_step(erk *w, const tableau *tab, double h, int m) {
  mat C = w->step.C, moves = nth_stage(w->V_all, tab->stages, m), V = of_group(w, w->V_all);
  int border = C.rows - m;
  add_moves(w, h, tab->b, tab->stages, 0.0, moves);
  mat_transpose(mat_rows(C, border, m), of_group(w, moves));
  if (w->step.full) {
    advance_u(w, V, m, h, tab->b, tab->stages, 0.0, mat_rows(C, 0, border));
    return;
  }
  for (int j = 0; j < tab->stages; j++) {
    mat rows = mat_rows(C, j * m, m);
    mat_transpose(rows, nth_stage(V, j, m));
    mat_scale(rows, h * w->step.unit * tab->b[j]);
  }
}

/* Z+ = M Z with the propagator's M = I + L C L^T: L^T Z = [A^T U / unit; V] is at hand. */
static bool finish_conserving(erk *w, const field *f, const tableau *tab, mat Z, double h,
                              mat out) {
  int m = f->m, s = tab->stages;
  mat A = before(w->A, s, m);
  mat start = before(w->start, s + 1, m), moved = before(w->moved, s + 1, m);
  mat V = nth_stage(w->V, s, m);
  find_step(w, tab, h, m);
  if (!propagator_find(&w->step, A, m)) return false;
  w->propagator_bound = propagator_norm(&w->step, m);
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
  int n = w->tab->stages + 1, m = w->products.cols;
  if (start != 0.0) {
    mat_copy(w->error_u, U);
    mat_copy(w->error_v, nth_stage(w->V_all, 0, m));
  }
  advance_u(w, w->V, m, h, e, n, start, w->error_u);
  add_moves(w, h, e, n, start, w->error_v);
  diff[0] = mat_max_abs(w->error_u);
  diff[1] = mat_max_abs(mat_rows(w->error_v, 0, w->rows));
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
    if (w->conserving) begin_group(w, m);
    if (!evaluate(w, f, U, 1.0, 0.0, NULL, 0, 0)) return STATUS_NON_FINITE;
    w->have_first = true;
  }
  for (int i = 1; i < s; i++) {
    const double *x = tableau_row(tab, i);
    if (tick_asks(t)) return STATUS_PAUSED;
    advance_v(w, m, h, x, i, i);
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
  if (w->conserving) move_group(w, nth_stage(w->A, 0, m), 0, m);
  w->piece = w->last;
  w->have_first = true;
}
