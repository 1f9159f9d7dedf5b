/* csrc/loss/tilt.c: log sum_k p_k e^{d_k} - sum_k p_k d_k of d = f - g (see tilt.h).
 * SPDX-License-Identifier: MIT */
#include "loss/tilt.h"

#include <math.h>

/* e^x - 1 - x, by its series where the difference cancels. */
static double beyond_line(double x) {
  if (!(fabs(x) <= 0.5)) return expm1(x) - x;
  double term = 0.5 * x * x, sum = 0.0;
  for (int k = 3; sum + term != sum; k++) sum += term, term *= x / k;
  return sum;
}

/* With e = d - d_top, top the likeliest class of p: its mean is a sum over the others, so that it
 * keeps relative digits where all of p is at top; then with x = e - mean the linear terms are gone
 * and log(1 + sum p_k (e^{x_k} - 1 - x_k)) has no term below 0. */
double tilt_divergence(int m, const double *f, int ldf, const double *g, int ldg) {
  int top = 0;
  for (int k = 1; k < m; k++)
    if (g[k * ldg] > g[top * ldg]) top = k;
  double d_top = f[top * ldf] - g[top * ldg], others = 0.0, mean = 0.0;
  for (int k = 0; k < m; k++) {
    if (k == top) continue;
    double p = exp(g[k * ldg] - g[top * ldg]);
    others += p;
    mean += p * ((f[k * ldf] - g[k * ldg]) - d_top);
  }
  mean /= 1.0 + others;
  double log_total = log1p(others), sum = 0.0, highest = -INFINITY;
  for (int k = 0; k < m; k++) {
    double log_p = g[k * ldg] - g[top * ldg] - log_total;
    double x = (k == top ? 0.0 : (f[k * ldf] - g[k * ldg]) - d_top) - mean;
    if (log_p + x > highest) highest = log_p + x;
    /* p e^x is formed whole where e^x alone might overflow */
    sum += x > 1.0 ? exp(log_p + x) - exp(log_p) * (1.0 + x) : exp(log_p) * beyond_line(x);
  }
  if (highest < 700.0) return log1p(sum);
  double shifted = 0.0; /* the sum is no double: its largest term carries the logarithm */
  for (int k = 0; k < m; k++) {
    double x = (k == top ? 0.0 : (f[k * ldf] - g[k * ldg]) - d_top) - mean;
    shifted += exp(g[k * ldg] - g[top * ldg] - log_total + x - highest);
  }
  return highest + log(shifted);
}
