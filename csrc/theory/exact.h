/* csrc/theory/exact.h: trajectories known in closed form, for all t in [0, inf]: mathematics.md
 * section 8. All but exact_scalar and exact_lazy need sigma = 1 (whitened data).
 * SPDX-License-Identifier: MIT */
#ifndef LINNET_THEORY_EXACT_H
#define LINNET_THEORY_EXACT_H

#include "model/field.h"
#include "model/kernel.h"
#include "model/pairs.h"

/* Lambda = lam I_h, or lam = 0 and any h, sigma = 1: Fukumizu 1998, Braun et al. 2022, Domine et
 * al. 2024. F = [[lam/2 I, Yt], [Yt^T, -lam/2 I]] = Q diag(f) Q^T, f decreasing. */
typedef struct exact_riccati {
  int r, m, k, kp;
  double lam;
  pairs target;
  double *f; /* k, decreasing */
  mat Q;     /* k x k */
  mat start; /* k x kp: Q^T Z0 in row echelon form, up to a right rotation */
  mat Z;     /* k x kp: result, Z(t) up to a right rotation */
  /* private: of a step */
  mat T, G, W;   /* k x kp */
  mat M;         /* kp x kp */
  double *logs;  /* kp */
  double *tau;   /* k */
  double *sizes; /* k: sum_l |Q_li| ||row l of L|| */
} exact_riccati;

void exact_riccati_layout(arena *a, exact_riccati *e, dims d);
/* L k x kp with rows U1 above V, target Yt r x m. *defect = max |L^T J L - lam I| / max |L^T L|:
 * the caller refuses when it is not round-off. */
status exact_riccati_set(exact_riccati *e, mat L, mat target, double lam, double *defect);
/* Writes e->Z; t in [0, inf]. A row of Q^T Z0 that is no more than the round-off of the terms it is
 * summed from counts as absent for all t: starts that go to a saddle stay on their way there, and
 * small rows of Z0 that meet no large ones are learned however small. */
status exact_riccati_at(exact_riccati *e, double t);

/* Z(0) Z(0)^T = diag(a I_r, b I_m), a, b >= 0, sigma = 1, one mode s of Yt: singular value of
 * U1 V^T, eigenvalues of U1 U1^T and of V V^T that belong to it; s = 0 beyond min(r, m). [D] */
typedef struct exact_mode {
  double p, uu, vv;
} exact_mode;
exact_mode exact_diagonal(double a, double b, double s, double t);

/* r = m = 1, any h, sigma > 0: p = u . v, and |u|^2, |v|^2. [D] after Saxe et al. 2014. */
typedef struct exact_scalar {
  double p0;         /* u . v at 0 */
  double difference; /* |u|^2 - |v|^2, conserved */
  double area;       /* sqrt(|u|^2 |v|^2 - p^2), conserved */
  double c;          /* lam_1(Lambda) + lam_1(-Lambda) = hypot(difference, 2 area) */
} exact_scalar;
/* Of u and v with n entries each, every value to round-off of itself: c is 0 only where it is. */
exact_scalar exact_scalar_of(const double *u, const double *v, int n);
exact_mode exact_scalar_at(const exact_scalar *e, double sigma, double target, double t);

/* The linearized (lazy) dynamics E(t) = exp(-K(0) t) E(0), any data. */
typedef struct exact_lazy {
  kernel K; /* its eigenvalues below round-off are 0 */
  kernel_room room;
  mat e0, e;    /* r x m: E(0), E(t) in the eigenbasis */
  mat E, spare; /* r x m: E is the result */
} exact_lazy;
void exact_lazy_layout(arena *a, exact_lazy *e, dims d);
/* At the state L (k x kp). */
status exact_lazy_set(exact_lazy *e, const field *f, mat L);
/* Writes e->E, t in [0, inf]; modes that K does not move keep their error at t = inf. */
void exact_lazy_at(exact_lazy *e, double t);

#endif
