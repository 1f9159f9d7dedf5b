/* csrc/theory/bounds.h: how far from Theta_hat the flow can end, as [M21] bounds it, in logarithms
 * (the last rung can be 10^(1e9)): mathematics.md section 7, ladder, Theorem 2 and Lemma 1.
 * SPDX-License-Identifier: MIT */
#ifndef LINNET_THEORY_BOUNDS_H
#define LINNET_THEORY_BOUNDS_H

#include <stdbool.h>

/* Entries of U and V are N(0, h^(-2 alpha)); the event has probability >= 1 - delta. */
typedef struct bounds_setting {
  double D, m, r; /* dimensions */
  double h, alpha, delta;
  double sigma_1, sigma_r; /* largest and smallest singular value of X */
  double norm_y;           /* ||Y||_F */
  bool printed_constants;  /* q as printed in [M21], too small unless delta <= 2 e^-8 */
  bool printed_h0;         /* h0 as printed in [M21], with its slip in an exponent */
} bounds_setting;

typedef struct bounds_theorem2 {
  double log_bound;     /* of ||Theta(inf) - Theta_hat||_2; -inf at h = inf */
  double q;             /* sqrt(m + D) + sqrt(2 log(2/delta)), printed: 1/2 log(2/delta) */
  double log_constant;  /* log Cc = 1 + sigma_1 ||Y|| / sigma_r^2 */
  double h0;            /* max(16 q^2, 4 m q^2 (sigma_1/sigma_r)^4), printed: lam_1/lam_r^3 */
  double log_threshold; /* of h0^(1/(4 alpha - 1)); inf for alpha <= 1/4 */
  bool applies;         /* 1/4 < alpha <= 1/2 and h above the threshold */
} bounds_theorem2;

/* On the same event, when h > 16 q^2: c > c_min, ||Z U2^T|| <= perpendicular and ||U1 V^T|| <=
 * product, Frobenius norms, all at t = 0. */
typedef struct bounds_lemma1 {
  double c_min;         /* h^(1 - 2 alpha) */
  double perpendicular; /* 2 sqrt(m + r) q / h^(2 alpha - 1/2) */
  double product;       /* 2 sqrt(m) q / h^(2 alpha - 1/2) */
  double threshold;     /* 16 q^2 */
  bool applies;         /* 1/4 < alpha <= 1/2 and h > threshold */
} bounds_lemma1;

bounds_theorem2 bounds_theorem2_of(const bounds_setting *b);
bounds_lemma1 bounds_lemma1_of(const bounds_setting *b);

/* ||U2 V(t)^T|| <= ||Zperp|| exp(int ||A||_2) <= ||Zperp|| exp(sigma_1 int ||E||_F)
 *              <= ||Zperp|| exp(sigma_1 ||E(0)||_F / (sigma_r^2 c)), Zperp = Z(0) U2^T,
 * as logarithms; each holds on every instance, the last for all t when c > 0 (inf at c = 0). */
double bounds_log_rung(double norm_perp, double exponent);
double bounds_log_apriori(double norm_perp, double sigma_1, double sigma_r, double norm_e0,
                          double c);

#endif
