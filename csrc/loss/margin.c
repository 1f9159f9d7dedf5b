/* csrc/loss/margin.c: margins as constraints on Phi1^T Theta (see margin.h), a sample's right
 * output against each other one. SPDX-License-Identifier: MIT */
#include "loss/margin.h"

#include <math.h>

#include "loss/optimum.h"
#include "num/blas.h"

/* Margins may miss 1 by so much, relative to their terms. */
static const double SLACK = 1e-13;

static int others(int m) { return m > 1 ? m - 1 : 1; }

void margin_layout(arena *a, margin *w, int n, int r, int m) {
  *w = (margin){0};
  nearest_layout(a, &w->nearest, arena_product(a, r, m), arena_product(a, n, others(m)));
  w->x = arena_mat(a, r, m);
  w->P = arena_mat(a, r, m);
  w->F = arena_mat(a, n, m);
}

/* The output that is right for sample i, and the one that constraint i others(m) + k is about. */
static int right_of(const margin *w, int i) {
  int j = 0;
  while (j + 1 < w->Y.cols && !(mat_get(w->Y, i, j) > 0.5)) j++;
  return j;
}

static int other_of(int right, int k) { return k < right ? k : k + 1; }

static void margins(void *arg, const double *x, double *out) {
  margin *w = arg;
  int m = w->Y.cols;
  mat_copy(w->P, mat_of((double *)x, w->P.rows, m));
  mat_scale_rows(w->P, w->sigma);
  blas_gemm('N', 'N', 1.0, w->W, w->P, 0.0, w->F);
  for (int i = 0; i < w->F.rows; i++) {
    int right = right_of(w, i);
    if (m == 1) out[i] = mat_get(w->Y, i, 0) * mat_get(w->F, i, 0) - 1.0;
    for (int k = 0; k < m - 1; k++)
      out[i * (m - 1) + k] = mat_get(w->F, i, right) - mat_get(w->F, i, other_of(right, k)) - 1.0;
  }
}

static double normal(void *arg, int constraint, double *out) {
  margin *w = arg;
  int m = w->Y.cols, r = w->W.cols, i = constraint / others(m), right = right_of(w, i);
  mat a = mat_of(out, r, m);
  mat_fill(a, 0.0);
  for (int l = 0; l < r; l++) {
    double f = w->sigma[l] * mat_get(w->W, i, l);
    *mat_at(a, l, right) = m == 1 ? mat_get(w->Y, i, 0) * f : f;
    if (m > 1) *mat_at(a, l, other_of(right, constraint % (m - 1))) = -f;
  }
  return 1.0;
}

status margin_find(margin *w, mat W, const double *sigma, mat Y, mat P, const tick *t) {
  int m = Y.cols;
  w->W = W;
  w->Y = Y;
  w->sigma = sigma;
  nearest_rows rows = {.count = W.rows * others(m), .values = margins, .row = normal, .arg = w};
  status s = nearest_point(&w->nearest, &rows, SLACK, w->x.p, t);
  if (s != STATUS_OK) return s;
  mat_copy(P, w->x);
  mat_scale_rows(P, sigma);
  blas_gemm('N', 'N', 1.0, W, P, 0.0, w->F);
  double least_margin = optimum_margin(w->F, Y);
  if (!(least_margin > 0.5)) return STATUS_NO_CONVERGE;
  mat_scale(P, 1.0 / least_margin);
  return STATUS_OK;
}
