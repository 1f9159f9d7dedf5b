/* csrc/loss/squared.c: 1/2 ||Y - F||^2. SPDX-License-Identifier: MIT */
#include "loss/loss.h"

#include <math.h>

/* 1/2 ||A - B||^2, squares that under- or overflow included. */
static double half_square(mat A, mat B) {
  double top = 0.0, sum = 0.0;
  for (int j = 0; j < A.cols; j++)
    for (int i = 0; i < A.rows; i++) {
      double d = fabs(mat_get(A, i, j) - mat_get(B, i, j));
      if (!(d <= top)) top = d;
    }
  if (!(top > 0.0 && top < INFINITY)) return top; /* 0, infinite, or nan */
  for (int j = 0; j < A.cols; j++)
    for (int i = 0; i < A.rows; i++) {
      double d = (mat_get(A, i, j) - mat_get(B, i, j)) / top;
      sum += d * d;
    }
  return 0.5 * sum * top * top;
}

static double value(double delta, mat F, mat Y) {
  (void)delta;
  return half_square(Y, F);
}

static void residual(double delta, mat F, mat Y, mat R) {
  (void)delta;
  for (int j = 0; j < F.cols; j++)
    for (int i = 0; i < F.rows; i++) *mat_at(R, i, j) = mat_get(Y, i, j) - mat_get(F, i, j);
}

static void curvature(double delta, mat F, mat Y, mat X, mat HX) {
  (void)delta, (void)F, (void)Y;
  if (HX.p != X.p) mat_copy(HX, X);
}

static double divergence(double delta, mat F, mat G, mat Y) {
  (void)delta, (void)Y;
  return half_square(F, G);
}

const loss loss_squared = {.name = "squared",
                           .value = value,
                           .residual = residual,
                           .curvature = curvature,
                           .divergence = divergence};
