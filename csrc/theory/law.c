/* csrc/theory/law.c: the distribution of the final distance (see law.h); mathematics.md section 7.
 * U2's h columns are Gaussian and independent of Z, so U2 V(inf)^T has independent rows N(0, s_u^2
 * V V^T) off the data: dist^2 is a mixture of chi-squares.
 * SPDX-License-Identifier: MIT */
#include "theory/law.h"

#include <float.h>
#include <math.h>

static const double pi = 3.14159265358979323846;

double law_mean(double s_u, double dof, const double *nu, int m) {
  double sum = 0.0;
  for (int j = 0; j < m; j++) sum += nu[j];
  return s_u * s_u * dof * sum;
}

double law_variance(double s_u, double dof, const double *nu, int m) {
  double sum = 0.0;
  for (int j = 0; j < m; j++) sum += s_u * s_u * nu[j] * (s_u * s_u * nu[j]);
  return 2.0 * dof * sum;
}

enum { GAMMA_TERMS = 1000000 }; /* about 10 sqrt(a) are needed: enough for a = 1e9 */

double law_gamma_p(double a, double x) {
  if (!(x > 0.0)) return x == 0.0 || x < 0.0 ? 0.0 : x;
  if (isinf(x)) return 1.0;
  double front = exp(a * log(x) - x - lgamma(a));
  if (x < a + 1.0) { /* x^a e^-x / Gamma(a) sum x^n / (a (a + 1) ... (a + n)) */
    double term = 1.0 / a, sum = term;
    for (int n = 1; n < GAMMA_TERMS && term > sum * DBL_EPSILON; n++) sum += term *= x / (a + n);
    return front * sum;
  }
  /* 1 - the continued fraction of the upper function, by Lentz's recurrence */
  double b = x + 1.0 - a, c = INFINITY, d = 1.0 / b, f = d;
  for (int n = 1; n < GAMMA_TERMS; n++) {
    double an = -n * (n - a), step;
    b += 2.0;
    d = 1.0 / (an * d + b);
    c = b + an / c;
    f *= step = c * d;
    if (fabs(step - 1.0) <= DBL_EPSILON) break;
  }
  return 1.0 - front * f;
}

enum { LAW_TERMS = 1000000 };

/* P(Q <= x), Q = sum lam_j chi^2_dof, lam_j = s_u^2 nu_j: the inversion integral of its
 * characteristic function by the midpoint rule, whose error is the mass beyond x + 2 pi/step
 * (Imhof 1961, Davies 1973). */
static double mixture_cdf(double s2, double dof, const double *nu, int m, double x, double top) {
  double mean = 0.0, square = 0.0, tail = 30.0, cdf = 0.5;
  for (int j = 0; j < m; j++) {
    mean += nu[j] / top * dof;
    square += nu[j] / top * (nu[j] / top) * dof;
  }
  x /= s2 * top; /* all in units of the largest lam */
  /* P(Q > mean + 2 sqrt(t square) + 2 t) <= exp(-t) (Laurent and Massart 2000) */
  double range = fmax(mean + 2.0 * sqrt(tail * square) + 2.0 * tail, x), step = 2.0 * pi / range;
  for (int k = 0; k < LAW_TERMS; k++) {
    double u = (k + 0.5) * step, log_size = 0.0, angle = -u * x;
    for (int j = 0; j < m; j++) {
      double v = 2.0 * u * nu[j] / top;
      log_size -= 0.25 * dof * log1p(v * v);
      angle += 0.5 * dof * atan(v);
    }
    double size = exp(log_size) / (pi * (k + 0.5));
    cdf -= size * sin(angle);
    if (size < 1e-13) break;
  }
  return fmin(fmax(cdf, 0.0), 1.0);
}

double law_cdf(double s_u, double dof, const double *nu, int m, double x) {
  double top = 0.0;
  int count = 0;
  for (int j = 0; j < m; j++) top = fmax(top, nu[j]);
  for (int j = 0; j < m; j++) count += nu[j] > top * DBL_EPSILON;
  if (!(x >= 0.0)) return x < 0.0 ? 0.0 : x;
  if (!(dof > 0.0) || !(s_u * s_u * top > 0.0) || isinf(x)) return 1.0;
  if (count == 1) return law_gamma_p(0.5 * dof, 0.5 * x / (s_u * s_u * top));
  return mixture_cdf(s_u * s_u, dof, nu, m, x, top);
}

double law_wide_nu(double h, double s_u, double s_v, double t) {
  double a = h * s_u * s_u, b = h * s_v * s_v; /* Lambda's spectrum is a (r times), -b (m times) */
  double root = hypot(0.5 * (a + b), t), half = 0.5 * (a - b);
  if (half <= 0.0) return root - half;
  return (b * (a / (root + half))) + t * (t / (root + half));
}

double law_wide_mean(double h, double s_u, double s_v, double dof, const double *t, int m) {
  double sum = 0.0;
  for (int j = 0; j < m; j++) sum += law_wide_nu(h, s_u, s_v, t[j]);
  return dof * s_u * s_u * sum;
}

double law_wide_slope(const double *h, int n, double alpha, const double *t, int m) {
  double x0 = 0.0, y0 = 0.0, xx = 0.0, xy = 0.0;
  for (int pass = 0; pass < 2; pass++) /* means first: then nothing cancels */
    for (int i = 0; i < n; i++) {
      double x = log(h[i]), lam = exp((1.0 - 2.0 * alpha) * x), sum = 0.0;
      for (int j = 0; j < m; j++) sum += hypot(lam, t[j]); /* equal scales: nu_j, a = b = lam */
      double y = 0.5 * log(sum) - alpha * x;
      if (pass == 0) {
        x0 += x / n;
        y0 += y / n;
      } else {
        xx += (x - x0) * (x - x0);
        xy += (x - x0) * (y - y0);
      }
    }
  return xy / xx;
}

double law_wide_exponent(double alpha) {
  if (alpha < 0.5) return 0.5 - 2.0 * alpha;
  return alpha > 0.5 ? -alpha : -0.5;
}
