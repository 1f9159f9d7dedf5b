/* csrc/model/spectrum.h: starts of a prescribed shape: Z(0) = L O^T, U2(0) = C O^T for any O
 * (h x kp) with orthonormal columns: mathematics.md section 5, [D] unless said otherwise.
 * SPDX-License-Identifier: MIT */
#ifndef LINNET_MODEL_SPECTRUM_H
#define LINNET_MODEL_SPECTRUM_H

#include "model/pairs.h"

/* Why a start cannot be. spectrum_reason says it in words. */
typedef enum spectrum_refusal {
  SPECTRUM_OK = 0,
  SPECTRUM_NARROW,    /* h is below the columns the start needs (*kp) */
  SPECTRUM_ROW_SPACE, /* rows of Theta_perp outside the column space of V(0) */
  SPECTRUM_POSITIVE,  /* homogeneous, lam > 0, h > r */
  SPECTRUM_NEGATIVE,  /* homogeneous, lam < 0, h > m */
  SPECTRUM_RANK       /* homogeneous, rank(Theta0) > h */
} spectrum_refusal;

/* A clause without a final stop; SPECTRUM_NARROW is for the caller, who knows h and kp. */
const char *spectrum_reason(spectrum_refusal why);

/* Theta0 in the coordinates of the data, Phi1^T Theta0 = P diag(s) R^T, and what lies outside. */
typedef struct spectrum {
  int r, m;
  pairs theta;
  double *outside; /* m norms ||Theta_perp R_i|| */
  double norm;     /* ||Theta0|| */
  double *p, *q;   /* r, m: wanted imbalance spectrum */
  /* results, filled by each spectrum_<kind> below; columns 0..kp-1 count */
  mat L;  /* k x k */
  mat G;  /* m x k: C = Theta_perp G, so that C L_V^T = Theta_perp */
  int kp; /* columns needed, also when refused for h */
} spectrum;

void spectrum_layout(arena *a, spectrum *w, dims d);
/* theta1 = Phi1^T Theta0 (r x m); perp: any matrix with m columns and perp^T perp = Theta_perp^T
 * Theta_perp: Theta_perp itself (D x m), its R factor, or one without rows when D = r. */
status spectrum_set(spectrum *w, mat theta1, mat perp);

/* Lambda with eigenvalues p_i >= 0 (r of them) and -q_i <= 0 (m of them) at Theta0; the caller
 * fills w->p and w->q before: 0 for the balanced start, c/2 for one of imbalance c. */
spectrum_refusal spectrum_prescribed(spectrum *w, double h);
/* Lambda = lam I_h at Theta0. */
spectrum_refusal spectrum_homogeneous(spectrum *w, double h, double lam);

/* The min(h, r, m) leading singular pairs (P_i, R_i) of diag(sigma) Yt, L = scale [P; R]: each mode
 * of U1 V^T starts at scale^2 (Saxe et al. 2014), C = 0; no spectrum_set before. target: Yt. */
status spectrum_leading(spectrum *w, double h, const double *sigma, mat target, double scale);

#endif
