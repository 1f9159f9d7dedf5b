/* csrc/theory/law.c: the distribution of the final distance (see law.h); mathematics.md section 7.
 * U2's h columns are Gaussian and independent of Z, so U2 V(inf)^T has independent rows N(0, s_u^2
 * V V^T) off the data: dist^2 is a mixture of chi-squares.
 * SPDX-License-Identifier: MIT */
#include "theory/law.h"

#include <complex.h>
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

/* log(1 + z) - z without cancellation, z = x + iy off the cut: its series near 0. */
static double complex log1p_less(double complex z) {
  if (cabs(z) >= 0.25) return clog(1.0 + z) - z;
  double complex sum = 0.0, power = z * z;
  for (int n = 2; n < 40; n++, power *= -z) {
    double complex term = -power / n;
    sum += term;
    if (cabs(term) <= 1e-17 * cabs(sum)) break;
  }
  return sum;
}

/* The inversion integral of P(Q <= x), Q = sum lam_j chi^2_dof, with s in units of 1/x:
 *   (1/2 pi i) int exp(psi(s)) ds,  psi(s) = s - (dof/2) sum log(1 + c_j s) - log s. */
typedef struct inversion {
  double dof, scale, top; /* c_j = scale nu_j/top = 2 lam_j/x */
  const double *nu;
  int m;
  double s; /* where the path crosses the real axis: the saddle point of psi, s >= 1 */
} inversion;

static double slope(const inversion *w, double s, double *curvature) {
  double first = 1.0 - 1.0 / s;
  *curvature = 1.0 / (s * s);
  for (int j = 0; j < w->m; j++) {
    double c = w->scale * (w->nu[j] / w->top), d = c / (1.0 + c * s);
    first -= 0.5 * w->dof * d;
    *curvature += 0.5 * w->dof * d * d;
  }
  return first;
}

/* psi' is concave and increasing: Newton's steps from 1, where it is negative, stay below. */
static void find_saddle(inversion *w) {
  double curvature;
  w->s = 1.0;
  for (int i = 0; i < 2000; i++) {
    double step = -slope(w, w->s, &curvature) / curvature;
    if (!(step > 1e-12 * w->s)) break;
    w->s += step;
  }
}

/* psi(s + d) - psi(s); psi(s) itself, given its slope there. Linear terms are taken together. */
static double complex rise(const inversion *w, double first, double complex d) {
  double complex sum = first * d - log1p_less(d / w->s);
  for (int j = 0; j < w->m; j++) {
    double c = w->scale * (w->nu[j] / w->top);
    sum -= 0.5 * w->dof * log1p_less(c / (1.0 + c * w->s) * d);
  }
  return sum;
}
static double height(const inversion *w, double first) {
  double sum = first * w->s + 1.0 - log(w->s);
  for (int j = 0; j < w->m; j++) {
    double a = w->scale * (w->nu[j] / w->top) * w->s, part = a / (1.0 + a);
    sum -= 0.5 * w->dof * (a < 0.25 ? -creal(log1p_less(-part)) : log1p(a) - part);
  }
  return sum;
}

enum { LAW_NODES = 1000000 }; /* some tens are taken */

/* Along the parabola s + A(2iu - u^2) by the trapezoidal rule, which converges geometrically there
 * (Weideman and Trefethen 2007): no branch point, all on the negative axis, and not the pole 0 lies
 * near it, and from s on the integrand falls, like a Gaussian when dof m is large. A > s keeps the
 * path steep then: bent to the left at once it would pass where (1 + c s)^(-dof/2) is large.
 * Imhof's (1961) path, the imaginary axis, falls only like |s|^(-1 - dof/2). */
static double contour(inversion *w) {
  find_saddle(w);
  double curvature, first = slope(w, w->s, &curvature), n = w->dof * w->m;
  double A = w->s * fmax(1.0, 0.1 * n), pole = w->s / (A + sqrt(A * (A - w->s)));
  double step = fmin(0.5 / sqrt(curvature) / (2.0 * A), pole / 8.0), sum = 0.0;
  for (int k = 0; k < LAW_NODES; k++) {
    double u = k * step;
    double complex d = A * (2.0 * I * u - u * u), f = cexp(rise(w, first, d));
    sum += (k ? 1.0 : 0.5) * (creal(f) - u * cimag(f));
    if (cabs(f) * (1.0 + u) < 1e-18 && (n > 115.0 || A * u * u > 40.0)) break;
  }
  return exp(height(w, first)) * (2.0 * A * step / pi) * sum;
}

double law_cdf(double s_u, double dof, const double *nu, int m, double x) {
  double top = 0.0, mean = 0.0, square = 0.0, shrink = 1.0, active = 0.0;
  for (int j = 0; j < m; j++) top = fmax(top, nu[j]);
  if (!(x >= 0.0)) return x < 0.0 ? 0.0 : x;
  if (!(dof > 0.0) || !(s_u > 0.0) || !(top > 0.0) || isinf(x)) return 1.0;
  x = x / s_u / s_u / top; /* in units of the largest lam */
  for (int j = 0; j < m; j++) {
    double lam = nu[j] / top;
    mean += dof * lam;
    square += dof * lam * lam;
    active += lam > 1e-290;
  }
  /* P(Q > mean + 2 sqrt(t square) + 2 t) <= exp(-t) (Laurent and Massart 2000), t = 40 */
  if (x > mean + 2.0 * sqrt(40.0 * square) + 80.0) return 1.0;
  if (x < 1e-290) { /* a power law by far */
    shrink = pow(x / 1e-290, 0.5 * dof * active);
    x = 1e-290;
  }
  inversion w = {.dof = dof, .scale = 2.0 / x, .top = top, .nu = nu, .m = m};
  return shrink == 0.0 ? 0.0 : fmin(fmax(shrink * contour(&w), 0.0), 1.0);
}

/* nu(t) of law.h, without cancellation. */
static double wide_nu(double h, double s_u, double s_v, double t) {
  double a = h * s_u * s_u, b = h * s_v * s_v; /* Lambda's spectrum is a (r times), -b (m times) */
  double root = hypot(0.5 * (a + b), t), half = 0.5 * (a - b);
  if (half <= 0.0) return root - half;
  return (b * (a / (root + half))) + t * (t / (root + half));
}

double law_wide_mean(double h, double s_u, double s_v, double dof, const double *t, int m) {
  double sum = 0.0;
  for (int j = 0; j < m; j++) sum += wide_nu(h, s_u, s_v, t[j]);
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
