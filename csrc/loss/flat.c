/* csrc/loss/flat.c: the minimizer of least norm of Huber's loss as a point of least norm in a
 * polyhedron (see flat.h). SPDX-License-Identifier: MIT */
#include "loss/flat.h"

#include <math.h>

#include "num/blas.h"
#include "num/lapack.h"

/* The check costs r^2 numbers and the method n r + r^2. */
enum { MOST = 1000, ROWS = 256 };

/* Near samples see a direction if it changes them by more than this share; residuals this close to
 * delta are far; constraints may be missed by so much. */
static const double SEEN = 1e-5, EDGE = 1e-9, SLACK = 1e-12;

void flat_layout(arena *a, flat *w, int n, int r) {
  *w = (flat){0};
  if (r > MOST) return;
  nearest_layout(a, &w->nearest, r, n);
  w->order = arena_ints(a, (size_t)n);
  w->near_W = arena_mat(a, ROWS, r);
  w->gram = arena_mat(a, r, r);
  w->x = arena_mat(a, r, 1);
  w->P = arena_mat(a, r, 1);
  w->image = arena_mat(a, n, 1);
}

static double residual_of(const flat *w, int i) {
  return mat_get(w->Y, i, 0) - mat_get(w->F, i, 0);
}

static void sort_samples(flat *w) {
  int n = w->W.rows, far = n;
  w->near = 0;
  for (int i = 0; i < n; i++) {
    if (fabs(residual_of(w, i)) < w->delta * (1.0 - EDGE)) w->order[w->near++] = i;
    else w->order[--far] = i;
  }
}

/* Do near samples see every direction? Then the minimum is at one place. */
static bool is_unique(flat *w) {
  int r = w->W.cols;
  if (w->near < r) return false;
  mat_fill(w->gram, 0.0);
  for (int i = 0; i < w->near; i += ROWS) {
    mat rows = mat_rows(w->near_W, 0, least(ROWS, w->near - i));
    for (int k = 0; k < rows.rows; k++)
      mat_copy(mat_rows(rows, k, 1), mat_rows(w->W, w->order[i + k], 1));
    blas_gemm('T', 'N', 1.0, rows, rows, 1.0, w->gram);
  }
  if (lapack_chol(w->gram) != STATUS_OK) return false;
  for (int i = 0; i < r; i++)
    if (mat_get(w->gram, i, i) < SEEN) return false;
  return true;
}

/* Of far samples: which side of its target the output is on, and from where on. */
static double side_of(const flat *w, int i) { return residual_of(w, i) > 0.0 ? -1.0 : 1.0; }

static double bound_of(const flat *w, int place) {
  int i = w->order[place];
  if (place < w->near) return mat_get(w->F, i, 0);
  return side_of(w, i) * mat_get(w->Y, i, 0) + w->delta;
}

static void values(void *arg, const double *x, double *out) {
  flat *w = arg;
  mat_copy(w->P, mat_of((double *)x, w->P.rows, 1));
  mat_scale_rows(w->P, w->sigma);
  blas_gemm('N', 'N', 1.0, w->W, w->P, 0.0, w->image);
  for (int place = 0; place < w->W.rows; place++) {
    int i = w->order[place];
    double sign = place < w->near ? 1.0 : side_of(w, i);
    out[place] = sign * mat_get(w->image, i, 0) - bound_of(w, place);
  }
}

static double row(void *arg, int place, double *out) {
  flat *w = arg;
  int i = w->order[place];
  double sign = place < w->near ? 1.0 : side_of(w, i);
  for (int l = 0; l < w->W.cols; l++) out[l] = sign * w->sigma[l] * mat_get(w->W, i, l);
  return bound_of(w, place);
}

status flat_settle(flat *w, mat W, const double *sigma, double delta, mat F, mat Y, mat P,
                   const tick *t) {
  int n = W.rows, r = W.cols;
  if (!w->order) return STATUS_OK;
  w->W = W;
  w->F = F;
  w->Y = Y;
  w->sigma = sigma;
  w->delta = delta;
  w->near_W = mat_cols(w->near_W, 0, r);
  w->gram = mat_of(w->gram.p, r, r);
  w->x = mat_of(w->x.p, r, 1);
  w->P = mat_of(w->P.p, r, 1);
  sort_samples(w);
  if (is_unique(w)) return STATUS_OK;
  nearest_resize(&w->nearest, r);
  nearest_rows rows = {.count = n, .equal = w->near, .values = values, .row = row, .arg = w};
  status s = nearest_point(&w->nearest, &rows, SLACK, w->x.p, t);
  if (s == STATUS_PAUSED) return s;
  if (s != STATUS_OK) return STATUS_OK; /* the minimum found is one, to round-off */
  mat_copy(P, w->x);
  mat_scale_rows(P, sigma);
  return STATUS_OK;
}
