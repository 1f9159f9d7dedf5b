/* csrc/net/structured.h: starts of a prescribed shape: Z(0) = L O^T, U2(0) = C O^T, O (h x kp) Haar,
 * which the caller draws if it wants U and V: mathematics.md section 5, [D] unless said otherwise.
 * SPDX-License-Identifier: MIT */
#ifndef LINNET_NET_STRUCTURED_H
#define LINNET_NET_STRUCTURED_H

#include "num/arena.h"
#include "num/dense.h"
#include "num/lapack.h"
#include "num/status.h"

/* Why a start cannot be. structured_reason says it in words. */
typedef enum structured_refusal {
  STRUCTURED_OK = 0,
  STRUCTURED_NARROW,    /* h is below the columns the start needs (*kp) */
  STRUCTURED_ROW_SPACE, /* rows of Theta_perp outside the column space of V */
  STRUCTURED_POSITIVE,  /* homogeneous, lam > 0, h > r */
  STRUCTURED_NEGATIVE,  /* homogeneous, lam < 0, h > m */
  STRUCTURED_RANK       /* homogeneous, rank(Theta0) > h */
} structured_refusal;

/* One sentence without a final stop, e.g. "U^T U - V^T V = lam I with lam > 0 needs h <= rank ...". */
const char *structured_reason(structured_refusal why);

/* Theta0 in the coordinates of the data: Phi1^T Theta0 = P diag(s) R^T, and what lies outside. */
typedef struct structured {
  mat P;     /* r x r orthogonal */
  double *s; /* min(r, m) values, decreasing; those below round-off are 0 */
  mat R;     /* m x m orthogonal */
  double *outside; /* m norms ||Theta_perp R_i|| */
  double norm;     /* ||Theta0|| */
  /* results, filled by each structured_<kind> below; columns 0..kp-1 count */
  mat L;     /* k x k */
  mat G;     /* m x k: C = Theta_perp G, so that C L_V^T = Theta_perp */
  int kp;    /* columns needed, also when refused for h */
  /* work */
  double *p, *q; /* r, m: wanted imbalance spectrum */
  mat a, spare;  /* max(r,m) x (r + m) */
  double *tau;
  lapack_work lapack;
  int r, m;
} structured;

void structured_layout(arena *a, structured *w, int r, int m);
/* theta1 = Phi1^T Theta0 (r x m); perp: any matrix with m columns and perp^T perp = Theta_perp^T
 * Theta_perp: Theta_perp itself (D x m), its R factor, or one without rows when D = r. */
status structured_set(structured *w, mat theta1, mat perp);

/* Lambda with eigenvalues p_i >= 0 (r of them), -q_i <= 0 (m of them), at Theta0; the caller fills
 * w->p and w->q before. */
structured_refusal structured_spectrum(structured *w, double h);
structured_refusal structured_imbalanced(structured *w, double h, double c); /* p = q = c/2 */
structured_refusal structured_balanced(structured *w, double h);             /* Lambda = 0 */
structured_refusal structured_homogeneous(structured *w, double h, double lam); /* lam I_h */

/* Without Theta0 (structured_set not needed); C = 0. */
/* L = diag(sqrt(a) I_r, sqrt(b) I_m): a = b = lam is the orthogonal start; also the wide limit. */
structured_refusal structured_diagonal(structured *w, double h, double a, double b);
/* The min(h, r, m) leading singular pairs (P_i, R_i) of diag(sigma) Yt, L = scale [P; R]: each mode
 * of U1 V^T starts at scale^2 (Saxe et al. 2014). target is Yt, r x m. */
status structured_spectral(structured *w, double h, const double *sigma, mat target, double scale);

#endif
