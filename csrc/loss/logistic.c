/* csrc/loss/logistic.c: sum of log(1 + e^{-y f}), one output, y = +1 or -1.
 * SPDX-License-Identifier: MIT */
#include "loss/loss.h"
#include "loss/tilt.h"

#include <math.h>

static const char *refuse(mat Y) {
  for (int i = 0; i < Y.rows; i++)
    if (fabs(mat_get(Y, i, 0)) != 1.0) return "entries +1 and -1";
  return NULL;
}

/* log(1 + e^{-z}) at either sign without overflow, relative digits kept where it is small. */
static double tail(double z) { return (z < 0.0 ? -z : 0.0) + log1p(exp(-fabs(z))); }

/* 1/(1 + e^z). */
static double miss(double z) {
  double e = exp(-fabs(z));
  return (z < 0.0 ? 1.0 : e) / (1.0 + e);
}

static double value(double delta, mat F, mat Y) {
  (void)delta;
  double sum = 0.0;
  for (int i = 0; i < F.rows; i++) sum += tail(mat_get(Y, i, 0) * mat_get(F, i, 0));
  return sum;
}

static void residual(double delta, mat F, mat Y, mat R) {
  (void)delta;
  for (int i = 0; i < F.rows; i++) {
    double y = mat_get(Y, i, 0);
    *mat_at(R, i, 0) = y * miss(y * mat_get(F, i, 0));
  }
}

static void curvature(double delta, mat F, mat Y, mat X, mat HX) {
  (void)delta, (void)Y;
  for (int i = 0; i < F.rows; i++) {
    double e = exp(-fabs(mat_get(F, i, 0))), up = 1.0 + e;
    for (int j = 0; j < X.cols; j++) *mat_at(HX, i, j) = e / (up * up) * mat_get(X, i, j);
  }
}

static double divergence(double delta, mat F, mat G, mat Y) {
  (void)delta;
  double sum = 0.0;
  for (int i = 0; i < F.rows; i++) { /* two classes: right, and wrong by the margin */
    double y = mat_get(Y, i, 0);
    const double f[] = {0.0, -y * mat_get(F, i, 0)}, g[] = {0.0, -y * mat_get(G, i, 0)};
    sum += tilt_divergence(2, f, 1, g, 1);
  }
  return sum;
}

const loss loss_logistic = {.name = "logistic",
                            .outputs = 1,
                            .classes = true,
                            .refuse = refuse,
                            .value = value,
                            .residual = residual,
                            .curvature = curvature,
                            .divergence = divergence};
