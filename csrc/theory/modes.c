/* csrc/theory/modes.c: trajectories that split into scalar modes (see exact.h): a start Z Z^T =
 * diag(a I, b I), and one input with one output. mathematics.md section 8 [D].
 * SPDX-License-Identifier: MIT */
#include "theory/exact.h"

#include <math.h>

/* lam = (a + b)/2, w = hypot(s, lam), th = tanh(w t), 1 - th = x; N = w + (lam + s) th,
 * Dn = w + (lam - s) th: p = 2 lam s th (w + lam th)/(N Dn); the eigenvalues of U1 U1^T and V V^T
 * exceed a and b by (lam/2)(N/Dn + Dn/N) - lam = (lam/2)(N - Dn)^2/(N Dn), N - Dn = 2 s th. */
exact_mode exact_diagonal(double a, double b, double s, double t) {
  double lam = 0.5 * a + 0.5 * b, w = hypot(s, lam);
  exact_mode z = {0.0, a, b};
  if (lam == 0.0 || s == 0.0 || t == 0.0) return z;
  double decay = isinf(t) ? 0.0 : exp(-2.0 * w * t), th = isinf(t) ? 1.0 : tanh(w * t);
  double x = 2.0 * decay / (1.0 + decay);
  double N = w + (lam + s) * th, Dn = lam * th + lam * (lam / (w + s)) + s * x;
  double gain = 2.0 * (lam * (s * th / N)) * (s * th / Dn);
  z.p = 2.0 * (lam * th / N) * (s * ((w + lam * th) / Dn));
  z.uu += gain;
  z.vv += gain;
  return z;
}

/* A sum of products in two doubles, high + low: each product and each sum with its own round-off
 * (Dekker 1971; Ogita, Rump and Oishi 2005), so what cancels still has 16 digits. */
typedef struct twofold {
  double high, low;
} twofold;

static twofold add_product(twofold s, double x, double y) {
  double p = x * y, sum = s.high + p, back = sum - s.high;
  double lost = (s.high - (sum - back)) + (p - back) + fma(x, y, -p) + s.low;
  double high = sum + lost;
  return (twofold){high, lost - (high - sum)};
}

static twofold dot(const double *x, const double *y, int n, int ex, int ey) {
  twofold s = {0.0, 0.0};
  for (int i = 0; i < n; i++) s = add_product(s, ldexp(x[i], -ex), ldexp(y[i], -ey));
  return s;
}

/* An exponent that brings the largest entry below 1: then no square leaves the range. */
static int exponent_of(const double *x, int n) {
  double top = 0.0;
  int e = 0;
  for (int i = 0; i < n; i++) top = fmax(top, fabs(x[i]));
  frexp(top, &e);
  return e;
}

/* x - y of two twofolds in units 2^ex and 2^ey, in one double. */
static double minus(twofold x, int ex, twofold y, int ey) {
  int e = ex > ey ? ex : ey;
  double a = ldexp(x.high, ex - e), b = ldexp(y.high, ey - e), d = a - b, back = d - a;
  double lost = (a - (d - back)) - (b + back);
  return ldexp(d + (lost + (ldexp(x.low, ex - e) - ldexp(y.low, ey - e))), e);
}

/* area = |u| |v - (u.v/|u|^2) u|: Lagrange's |u|^2 |v|^2 - (u.v)^2 without its cancellation. */
static double area_of(const double *u, const double *v, int n, int eu, int ev, twofold uu,
                      twofold uv) {
  if (!(uu.high > 0.0)) return 0.0;
  double a = uv.high / uu.high; /* and its own round-off: together u.v/|u|^2 in two doubles */
  double rest = (fma(-a, uu.high, uv.high) + (uv.low - a * uu.low)) / uu.high, size = 0.0;
  for (int i = 0; i < n; i++) {
    double x = ldexp(u[i], -eu);
    twofold w = add_product((twofold){ldexp(v[i], -ev), 0.0}, -a, x);
    w = add_product(w, -rest, x);
    size = hypot(size, w.high + w.low);
  }
  return ldexp(sqrt(uu.high) * size, eu + ev);
}

exact_scalar exact_scalar_of(const double *u, const double *v, int n) {
  int eu = exponent_of(u, n), ev = exponent_of(v, n);
  twofold uu = dot(u, u, n, eu, eu), vv = dot(v, v, n, ev, ev), uv = dot(u, v, n, eu, ev);
  exact_scalar e = {.p0 = ldexp(uv.high + uv.low, eu + ev)};
  e.difference = minus(uu, 2 * eu, vv, 2 * ev);
  e.area = area_of(u, v, n, eu, ev, uu, uv);
  e.c = hypot(e.difference, 2.0 * e.area);
  return e;
}

/* c = 0, y >= 0: p' = 2 |p| sigma (y - sigma p); b = y/sigma, e = exp(-2 sigma y t). */
static double balanced(double p0, double sigma, double y, double t) {
  double b = y / sigma, decay = 2.0 * sigma * y * t, e = exp(-decay), gone = -expm1(-decay);
  if (p0 == 0.0 || t == 0.0) return p0;
  if (y == 0.0) return isinf(t) ? 0.0 : p0 / (1.0 + 2.0 * sigma * sigma * fabs(p0) * t);
  if (p0 > 0.0) return b * (p0 / (p0 * gone + b * e));
  return p0 * (b * e / (b - p0 * gone)); /* towards the saddle at 0 */
}

static double log_sum(double x, double y) {
  double top = fmax(x, y);
  return isinf(top) ? top : top + log1p(exp(-fabs(x - y)));
}

/* c > 0, y >= 0. With p = (c/2) sinh(phi), phi' = sigma^2 c (sinh(psi) - sinh(phi)), and X = e^phi,
 * a = e^-psi, E = e^(-kap t), kap = sigma^2 c cosh(psi), this is
 *   X = N/Dn,  N = X0 (1 + E a^2) + (1 - E) a,  Dn = X0 (1 - E) a + a^2 + E,
 *   N - Dn = E (1 + a^2)(X0 - 1) + (1 - E)(1 - a)(X0 + a):
 * sums of positive terms, but for the one sign that p really changes. */
static double unbalanced(double c, double p0, double sigma, double y, double t) {
  if (isinf(t)) return y / sigma;
  double psi = asinh(2.0 * (y / sigma / c)), phi = asinh(2.0 * (p0 / c));
  double kt = sigma * hypot(2.0 * y, sigma * c) * t, gone = -expm1(-kt);
  if (fmax(psi, fabs(phi)) > 150.0) { /* the same in logarithms, for tiny c */
    double on = log_sum(phi + log1p(exp(-kt - 2.0 * psi)), log(gone) - psi);
    double under = log_sum(phi + log(gone) - psi, log_sum(-2.0 * psi, -kt));
    return 0.5 * c * sinh(on - under);
  }
  double X = exp(phi), a = exp(-psi), E = exp(-kt);
  double N = X * (1.0 + E * a * a) + gone * a, Dn = X * gone * a + a * a + E;
  double more = E * (1.0 + a * a) * expm1(phi) + gone * -expm1(-psi) * (X + a);
  return 0.25 * c * (more / Dn) * ((N + Dn) / N);
}

exact_mode exact_scalar_at(const exact_scalar *e, double sigma, double target, double t) {
  exact_mode z;
  double sign = target < 0.0 ? -1.0 : 1.0, y = sign * target, p0 = sign * e->p0;
  double scale = fabs(p0) + y / sigma;
  /* a smaller c than this is 0: sinh would overflow */
  if (t == 0.0) z.p = e->p0;
  else if (e->c > 1e-300 * scale) z.p = sign * unbalanced(e->c, p0, sigma, y, t);
  else z.p = sign * balanced(p0, sigma, y, t);
  double sum = hypot(e->c, 2.0 * z.p), more = 0.5 * (sum + fabs(e->difference));
  double less = more > 0.0 ? z.p * (z.p / more) + e->area * (e->area / more) : 0.0;
  z.uu = e->difference >= 0.0 ? more : less;
  z.vv = e->difference >= 0.0 ? less : more;
  return z;
}
