/* csrc/model/imbalance.h: Lambda = U1^T U1 - V^T V, which the flow conserves, by the k' x k' matrix
 * L^T J L, J = diag(I_r, -I_m): mathematics.md section 2. Lambda is that matrix and zeros beside
 * it. SPDX-License-Identifier: MIT */
#ifndef LINNET_MODEL_IMBALANCE_H
#define LINNET_MODEL_IMBALANCE_H

#include "num/lapack.h"

/* What the spectrum of Lambda says; lam_i decreasing, [x]+ = max(x, 0). */
typedef struct imbalance {
  double plus_first, plus_last;   /* [lam_1(Lambda)]+, [lam_r(Lambda)]+ (0 when h < r) */
  double minus_first, minus_last; /* [lam_1(-Lambda)]+, [lam_m(-Lambda)]+ (0 when h < m) */
  double c;                       /* plus_last + minus_last */
  double delta_plus, delta_minus; /* plus_first - plus_last, minus_first - minus_last */
} imbalance;

/* Below: L is k x k', its first r rows U1, the others V. G <- L^T J L. */
void imbalance_matrix(int r, mat L, mat G);
/* max |L^T L|, which stands on its diagonal: what changes and round-off of G are relative to. */
double imbalance_scale(int r, mat L);
/* The k' eigenvalues of L^T J L, decreasing; G is k' x k' scratch. Those below the round-off of
 * forming it, k' eps max |L^T L|, are 0: no bound is round-off alone. */
status imbalance_spectrum(lapack_work *w, int r, mat L, mat G, double *spectrum);
/* Lambda, h x h, has these kp <= h eigenvalues, decreasing, and zeros. */
imbalance imbalance_of(const double *spectrum, int kp, int r, int m);

#endif
