/* csrc/loss/huber.c: sum over entries of 1/2 e^2, e = y - f, where |e| <= delta, of
 * delta (|e| - delta/2) beyond. SPDX-License-Identifier: MIT */
#include "loss/loss.h"

#include <math.h>

static double clipped(double e, double delta) {
  return e > delta ? delta : e < -delta ? -delta : e;
}

static double value(double delta, mat F, mat Y) {
  double sum = 0.0;
  for (int j = 0; j < F.cols; j++)
    for (int i = 0; i < F.rows; i++) {
      double e = fabs(mat_get(Y, i, j) - mat_get(F, i, j));
      sum += e <= delta ? 0.5 * e * e : delta * (e - 0.5 * delta);
    }
  return sum;
}

static void residual(double delta, mat F, mat Y, mat R) {
  for (int j = 0; j < F.cols; j++)
    for (int i = 0; i < F.rows; i++)
      *mat_at(R, i, j) = clipped(mat_get(Y, i, j) - mat_get(F, i, j), delta);
}

static void curvature(double delta, mat F, mat Y, mat X, mat HX) {
  for (int j = 0; j < F.cols; j++)
    for (int i = 0; i < F.rows; i++) {
      double e = mat_get(Y, i, j) - mat_get(F, i, j);
      *mat_at(HX, i, j) = fabs(e) > delta ? 0.0 : mat_get(X, i, j);
    }
}

/* Which entries are clipped, and to which side. */
static unsigned piece(double delta, mat R) {
  unsigned sum = 1;
  for (int j = 0; j < R.cols; j++)
    for (int i = 0; i < R.rows; i++) {
      double r = mat_get(R, i, j);
      sum = 1000003u * sum + (r >= delta ? 2u : r <= -delta ? 1u : 0u);
    }
  return sum;
}

/* The integral of clipped(x) - clipped(b) over x from b to a, e going from b to a. */
static double between(double a, double b, double gap, double delta) {
  if (b < 0.0) a = -a, b = -b;
  if (b > delta) { /* flat until a comes back to delta, and again beyond -delta */
    if (a >= delta) return 0.0;
    return a > -delta ? 0.5 * (delta - a) * (delta - a) : -2.0 * delta * a;
  }
  if (a > delta) return (delta - b) * (a - 0.5 * (delta + b));
  if (a < -delta) return (delta + b) * (0.5 * (b - delta) - a);
  return 0.5 * gap * gap;
}

static double divergence(double delta, mat F, mat G, mat Y) {
  double sum = 0.0;
  for (int j = 0; j < F.cols; j++)
    for (int i = 0; i < F.rows; i++) {
      double f = mat_get(F, i, j), g = mat_get(G, i, j), y = mat_get(Y, i, j);
      sum += between(y - f, y - g, f - g, delta);
    }
  return sum;
}

const loss loss_huber = {.name = "huber",
                         .value = value,
                         .residual = residual,
                         .curvature = curvature,
                         .piece = piece,
                         .divergence = divergence};
