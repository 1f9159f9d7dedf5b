/* csrc/theory/bounds.c: Theorem 2, Lemma 1 and the ladder of [M21] in logarithms (see bounds.h).
 * mathematics.md section 7.
 * SPDX-License-Identifier: MIT */
#include "theory/bounds.h"

#include <math.h>

/* [M21] needs the singular values of a Gaussian (m + D) x h matrix within sqrt(h) -+ (sqrt(m + D) +
 * t), both ends, with probability >= 1 - 2 exp(-t^2/2) = 1 - delta: t = sqrt(2 log(2/delta)).
 * Printed is t = 1/2 log(2/delta), at least that only for delta <= 2 e^-8. */
static double bounds_q(const bounds_setting *b) {
  double x = log(2.0 / b->delta);
  return sqrt(b->m + b->D) + (b->printed_constants ? 0.5 * x : sqrt(2.0 * x));
}

static bool alpha_allowed(double alpha) { return alpha > 0.25 && alpha <= 0.5; }

bounds_theorem2 bounds_theorem2_of(const bounds_setting *b) {
  bounds_theorem2 out;
  double q = bounds_q(b), ratio = b->sigma_1 / b->sigma_r, log_h = log(b->h);
  /* printed: lam_1/lam_r^3, lam = sigma^2, which is no pure number: a slip in an exponent */
  double spread = b->printed_h0 ? pow(ratio, 2.0) * pow(b->sigma_r, -4.0) : pow(ratio, 4.0);
  out.q = q;
  out.h0 = fmax(16.0 * q * q, 4.0 * b->m * q * q * spread);
  out.log_threshold = b->alpha > 0.25 ? log(out.h0) / (4.0 * b->alpha - 1.0) : INFINITY;
  out.log_constant = 1.0 + b->sigma_1 * b->norm_y / (b->sigma_r * b->sigma_r);
  out.log_bound = log(2.0) + out.log_constant / pow(b->h, 1.0 - 2.0 * b->alpha) +
                  0.5 * log(b->m + b->r) + log(q) - (2.0 * b->alpha - 0.5) * log_h;
  if (isnan(out.log_bound)) out.log_bound = INFINITY; /* h = inf beside an alpha not allowed */
  out.applies = alpha_allowed(b->alpha) && log_h > out.log_threshold;
  return out;
}

bounds_lemma1 bounds_lemma1_of(const bounds_setting *b) {
  double q = bounds_q(b), shrink = 2.0 * q / pow(b->h, 2.0 * b->alpha - 0.5);
  bounds_lemma1 out = {.c_min = pow(b->h, 1.0 - 2.0 * b->alpha),
                       .perpendicular = sqrt(b->m + b->r) * shrink,
                       .product = sqrt(b->m) * shrink,
                       .threshold = 16.0 * q * q};
  out.applies = alpha_allowed(b->alpha) && b->h > out.threshold;
  return out;
}

/* A zero ||Zperp|| (the invariant set) is -inf, whatever the exponent. */
double bounds_log_rung(double norm_perp, double exponent) {
  return norm_perp > 0.0 ? log(norm_perp) + exponent : -INFINITY;
}

double bounds_log_apriori(double norm_perp, double sigma_1, double sigma_r, double norm_e0,
                          double c) {
  if (norm_e0 == 0.0) return bounds_log_rung(norm_perp, 0.0);
  return bounds_log_rung(norm_perp, sigma_1 / sigma_r * (norm_e0 / sigma_r / c));
}
