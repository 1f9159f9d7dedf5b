/* csrc/loss/softmax.c: sum of logsumexp(f) - <y, f>, rows of y >= 0 that sum to 1: classes, or
 * smoothed labels. With top the largest of f, all is said by e^{f_k - f_top} of the others, whose
 * sum keeps the digits that 1 - p_top would lose at a large margin.
 * SPDX-License-Identifier: MIT */
#include "loss/loss.h"
#include "loss/tilt.h"

#include <float.h>
#include <math.h>

static const char *refuse(mat Y) {
  for (int i = 0; i < Y.rows; i++) {
    double sum = 0.0;
    for (int j = 0; j < Y.cols; j++) {
      if (!(mat_get(Y, i, j) >= 0.0)) return "rows >= 0 that sum to 1";
      sum += mat_get(Y, i, j);
    }
    if (!(fabs(sum - 1.0) <= 4.0 * Y.cols * DBL_EPSILON)) return "rows >= 0 that sum to 1";
  }
  return NULL;
}

/* The largest of row i; others: sum of e^{f_k - f_top} over k but top. */
static int summit(mat F, int i, double *others) {
  int top = 0;
  for (int j = 1; j < F.cols; j++)
    if (mat_get(F, i, j) > mat_get(F, i, top)) top = j;
  *others = 0.0;
  for (int j = 0; j < F.cols; j++)
    if (j != top) *others += exp(mat_get(F, i, j) - mat_get(F, i, top));
  return top;
}

/* logsumexp(f) - <y, f> as a sum without a term below 0. */
static double value(double delta, mat F, mat Y) {
  (void)delta;
  double sum = 0.0, others;
  for (int i = 0; i < F.rows; i++) {
    int top = summit(F, i, &others);
    double row = log1p(others);
    for (int j = 0; j < F.cols; j++)
      if (mat_get(Y, i, j) > 0.0) row += mat_get(Y, i, j) * (mat_get(F, i, top) - mat_get(F, i, j));
    sum += row;
  }
  return sum;
}

static void residual(double delta, mat F, mat Y, mat R) {
  (void)delta;
  double others;
  for (int i = 0; i < F.rows; i++) {
    int top = summit(F, i, &others);
    double f_top = mat_get(F, i, top), total = 1.0 + others;
    for (int j = 0; j < F.cols; j++)
      *mat_at(R, i, j) = j == top ? mat_get(Y, i, j) - 1.0 + others / total
                                  : mat_get(Y, i, j) - exp(mat_get(F, i, j) - f_top) / total;
  }
}

/* p_k (x_k - mean), from x - x_top, whose mean is a sum over the others. */
static void curvature(double delta, mat F, mat Y, mat X, mat HX) {
  (void)delta, (void)Y;
  double others;
  for (int i = 0; i < F.rows; i++) {
    int top = summit(F, i, &others);
    double f_top = mat_get(F, i, top), x_top = mat_get(X, i, top), mean = 0.0;
    for (int j = 0; j < F.cols; j++)
      if (j != top) mean += exp(mat_get(F, i, j) - f_top) * (mat_get(X, i, j) - x_top);
    mean /= 1.0 + others;
    for (int j = 0; j < F.cols; j++) {
      double p = exp(mat_get(F, i, j) - f_top) / (1.0 + others);
      *mat_at(HX, i, j) = p * ((j == top ? 0.0 : mat_get(X, i, j) - x_top) - mean);
    }
  }
}

static double divergence(double delta, mat F, mat G, mat Y) {
  (void)delta, (void)Y;
  double sum = 0.0;
  for (int i = 0; i < F.rows; i++)
    sum += tilt_divergence(F.cols, mat_at(F, i, 0), F.ld, mat_at(G, i, 0), G.ld);
  return sum;
}

const loss loss_softmax = {.name = "softmax",
                           .classes = true,
                           .refuse = refuse,
                           .value = value,
                           .residual = residual,
                           .curvature = curvature,
                           .divergence = divergence};
