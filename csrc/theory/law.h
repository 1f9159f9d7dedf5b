/* csrc/theory/law.h: how ||Theta(inf) - Theta_hat||^2 is distributed over the unseen rows of U,
 * given the rest, and its mean in the wide limit: mathematics.md section 7, derived for this
 * project. SPDX-License-Identifier: MIT */
#ifndef LINNET_THEORY_LAW_H
#define LINNET_THEORY_LAW_H

/* Given Z: dist^2 = s_u^2 sum_j nu_j chi^2_dof, dof = D - r, nu the m eigenvalues of V V^T at the
 * end, independent chi^2. Its mean s_u^2 dof tr(V V^T), its variance 2 s_u^4 dof sum nu_j^2. */
double law_mean(double s_u, double dof, const double *nu, int m);
double law_variance(double s_u, double dof, const double *nu, int m);
/* P(dist^2 <= x), any dof >= 0: the inversion of the characteristic function along a path through
 * its saddle point, to about 1e-13 in both tails (relative in the lower one). */
double law_cdf(double s_u, double dof, const double *nu, int m, double x);

/* Wide limit, any data: (D - r) s_u^2 sum_j nu(t_j) over the m singular values t_j of Theta_hat
 * (zeros included), nu(t) = sqrt(c2^2/4 + t^2) - d2/2 the eigenvalue of V V^T at the end that
 * belongs to t, c2 = h (s_u^2 + s_v^2), d2 = h (s_u^2 - s_v^2). */
double law_wide_mean(double h, double s_u, double s_v, double dof, const double *t, int m);
/* Least-squares slope of 1/2 log(law_wide_mean) against log h over n widths, s_u = s_v = h^-alpha:
 * what a slope measured on these widths is to be compared with. */
double law_wide_slope(const double *h, int n, double alpha, const double *t, int m);
/* Its limit for h -> inf: 1/2 - 2 alpha below 1/2, -1/2 at 1/2, -alpha above ([D]). */
double law_wide_exponent(double alpha);

#endif
