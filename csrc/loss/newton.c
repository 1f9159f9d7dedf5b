/* csrc/loss/newton.c: the Hessian over linear maps, formed block by block or applied (see
 * newton.h). SPDX-License-Identifier: MIT */
#include "loss/newton.h"

#include <float.h>
#include <math.h>

#include "num/blas.h"
#include "num/lapack.h"

/* Dense up to this many unknowns: n (rm)^2 + (rm)^3/3 operations a step, whatever the condition.
 * Conjugate gradients take some dozen products of 4 n r m, and thousands near separable data: 2000
 * softmax samples with rm = 1900 took 3 s by the former and 0.2 to 0.8 by the latter, at the edge
 * of being separable 6 by either. */
enum { DENSE = 1000, ROWS = 512, MOST_PRODUCTS = 2000 };

/* Curvatures below this share of the largest are none where the basis is rough. */
static const double NO_CURVATURE = 1e-13;

void newton_layout(arena *a, newton *w, const loss *l, int n, int r, int m) {
  int d = arena_product(a, r, m);
  *w = (newton){.dense = d <= DENSE};
  int order = w->dense ? d : 0;
  w->H = arena_mat(a, order, order);
  w->L = arena_mat(a, order, order);
  w->s = arena_doubles(a, (size_t)order);
  if (l->classes && order > 0) lapack_want_eigh(&w->lapack, order);
  lapack_layout(a, &w->lapack);
  w->panel = arena_mat(a, w->dense ? least(ROWS, n) : 0, r);
  w->block = arena_mat(a, w->dense ? r : 0, w->dense ? r : 0);
  w->unit = arena_mat(a, n, m);
  w->h = arena_mat(a, n, m);
  w->residual = arena_mat(a, w->dense ? 0 : r, m);
  w->search = arena_mat(a, w->dense ? 0 : r, m);
  w->image = arena_mat(a, w->dense ? 0 : r, m);
  w->spread = arena_mat(a, w->dense ? 0 : n, m);
}

void newton_begin(newton *w, const loss *l, double delta, mat W, mat Y) {
  w->l = l;
  w->delta = delta;
  w->W = W;
  w->Y = Y;
  w->damp = 0.0;
  w->rough = false;
  int r = W.cols, d = w->dense ? r * Y.cols : 0, wide = w->dense ? 0 : r;
  w->H = mat_of(w->H.p, d, d);
  w->L = mat_of(w->L.p, d, d);
  w->panel = mat_cols(w->panel, 0, r);
  w->block = mat_of(w->block.p, w->dense ? r : 0, w->dense ? r : 0);
  w->residual = mat_of(w->residual.p, wide, Y.cols);
  w->search = mat_of(w->search.p, wide, Y.cols);
  w->image = mat_of(w->image.p, wide, Y.cols);
  mat_fill(w->h, 0.0);
  mat_fill(w->unit, 1.0);
  l->curvature(delta, w->h, Y, w->unit, w->unit);
  w->shift = Y.cols > 1 && l->classes && mat_max_abs(w->unit) <= 8.0 * DBL_EPSILON;
}

void newton_center(mat P) {
  for (int i = 0; i < P.rows; i++) {
    double sum = 0.0;
    for (int j = 0; j < P.cols; j++) sum += mat_get(P, i, j);
    for (int j = 0; j < P.cols; j++) *mat_at(P, i, j) -= sum / P.cols;
  }
}

/* block <- W^T diag(h) W by panels of rows. */
static status gram(newton *w, const double *h, const tick *t) {
  mat_fill(w->block, 0.0);
  for (int i = 0; i < w->W.rows; i += ROWS) {
    if (tick_asks(t)) return STATUS_PAUSED;
    int rows = least(ROWS, w->W.rows - i);
    mat part = mat_rows(w->W, i, rows), panel = mat_rows(w->panel, 0, rows);
    mat_copy(panel, part);
    mat_scale_rows(panel, h + i);
    blas_gemm('T', 'N', 1.0, part, panel, 1.0, w->block);
  }
  return STATUS_OK;
}

/* The lower triangle of H, blocks of pairs of outputs. */
static status form(newton *w, mat F, const tick *t) {
  int r = w->W.cols, m = F.cols;
  mat_fill(w->H, 0.0);
  for (int b = 0; b < m; b++) {
    loss_bend(w->l, w->delta, F, w->Y, b, w->h);
    if (!mat_finite(w->h)) return STATUS_NON_FINITE;
    for (int a = b; a < m; a++) {
      mat column = mat_cols(w->h, a, 1);
      if (mat_max_abs(column) == 0.0) continue; /* outputs that do not meet */
      status s = gram(w, column.p, t);
      if (s != STATUS_OK) return s;
      mat_copy(mat_sub(w->H, a * r, b * r, r, r), w->block);
    }
  }
  return STATUS_OK;
}

/* What the loss does not see gets a curvature: G has no part there, and so D has none. */
static void fix_shift(newton *w) {
  int r = w->W.cols, m = w->Y.cols;
  double top = 0.0;
  for (int i = 0; i < r * m; i++) top = fmax(top, mat_get(w->H, i, i));
  for (int b = 0; b < m; b++)
    for (int a = b; a < m; a++)
      for (int i = 0; i < r; i++) *mat_at(w->H, a * r + i, b * r + i) += top / m;
}

/* L L^T = S H S + lift I, S making the diagonal 1: tails of very different size keep their digits,
 * and the lift is nothing unless H is singular to working precision. */
static status factor(newton *w) {
  int d = w->H.rows;
  for (int i = 0; i < d; i++) {
    double x = *mat_at(w->H, i, i) += w->damp;
    w->s[i] = x > 0.0 ? 1.0 / sqrt(x) : 1.0;
  }
  for (double lift = 0.0; lift<1.0; lift = lift> 0.0 ? 16.0 * lift : DBL_EPSILON) {
    mat_copy(w->L, w->H);
    mat_scale_rows(w->L, w->s);
    mat_scale_cols(w->L, w->s);
    for (int i = 0; i < d; i++) *mat_at(w->L, i, i) += lift;
    status s = lapack_chol(w->L);
    if (s != STATUS_SINGULAR) return s;
  }
  return STATUS_SINGULAR;
}

/* D = H^+ G; h, n m >= r m numbers, is scratch. */
static status solve_rough(newton *w, mat G, mat D) {
  int d = w->H.rows;
  mat_copy(w->L, w->H);
  status s = lapack_eigh(&w->lapack, w->L, w->s);
  if (s != STATUS_OK) return s;
  mat x = mat_of(D.p, d, 1), c = mat_of(w->h.p, d, 1);
  mat_copy(D, G);
  blas_gemm('T', 'N', 1.0, w->L, x, 0.0, c);
  for (int i = 0; i < d; i++)
    c.p[i] = w->s[i] > NO_CURVATURE * w->s[d - 1] ? c.p[i] / w->s[i] : 0.0;
  blas_gemm('N', 'N', 1.0, w->L, c, 0.0, x);
  return STATUS_OK;
}

static status solve_dense(newton *w, mat F, mat G, mat D, const tick *t) {
  status s = form(w, F, t);
  if (s != STATUS_OK) return s;
  if (w->shift) fix_shift(w);
  if (tick_asks(t)) return STATUS_PAUSED;
  if (w->rough) return solve_rough(w, G, D);
  s = factor(w);
  if (s != STATUS_OK) return s;
  mat_copy(D, G);
  mat x = mat_of(D.p, D.rows * D.cols, 1);
  mat_scale_rows(x, w->s);
  blas_trsm('L', 'L', 'N', 1.0, w->L, x);
  blas_trsm('L', 'L', 'T', 1.0, w->L, x);
  mat_scale_rows(x, w->s);
  return STATUS_OK;
}

/* image <- W^T l''(F)[W search]. */
static void apply(newton *w, mat F) {
  blas_gemm('N', 'N', 1.0, w->W, w->search, 0.0, w->spread);
  w->l->curvature(w->delta, F, w->Y, w->spread, w->spread);
  blas_gemm('T', 'N', 1.0, w->W, w->spread, 0.0, w->image);
  mat_axpy(w->damp, w->search, w->image);
}

/* Conjugate gradients from 0: any iterate descends, and where there is no curvature at all along
 * the first search it is taken as it is. Round-off where the loss is blind is taken out at once:
 * nothing else would stop it from growing. */
static status solve_by_products(newton *w, mat F, mat G, double accuracy, mat D, const tick *t) {
  mat_fill(D, 0.0);
  mat_copy(w->residual, G);
  if (w->shift) newton_center(w->residual);
  mat_copy(w->search, w->residual);
  double left = mat_dot(w->residual, w->residual), enough = accuracy * accuracy * left;
  for (int k = 0; k < MOST_PRODUCTS && left > enough; k++) {
    if (tick_asks(t)) return STATUS_PAUSED;
    apply(w, F);
    double bend = mat_dot(w->search, w->image), size = mat_dot(w->search, w->search);
    if (!isfinite(bend)) return STATUS_NON_FINITE;
    if (bend <= DBL_EPSILON * DBL_EPSILON * size) {
      if (k == 0) mat_copy(D, w->search);
      return STATUS_OK;
    }
    double step = left / bend, before = left;
    mat_axpy(step, w->search, D);
    mat_axpy(-step, w->image, w->residual);
    if (w->shift) newton_center(w->residual);
    left = mat_dot(w->residual, w->residual);
    mat_scale(w->search, left / before);
    mat_axpy(1.0, w->residual, w->search);
  }
  return STATUS_OK;
}

status newton_solve(newton *w, mat F, mat G, double accuracy, mat D, const tick *t) {
  if (w->dense) return solve_dense(w, F, G, D, t);
  return solve_by_products(w, F, G, accuracy, D, t);
}
