/* csrc/model/curved.h: (c + eta T^T G T)^-1 of another loss than the squared one, G = W^T l''(F) W
 * (r m x r m), T T^T = K: dense, as G and K have no eigenbasis in common (mathematics.md, 4.5).
 * SPDX-License-Identifier: MIT */
#ifndef LINNET_MODEL_CURVED_H
#define LINNET_MODEL_CURVED_H

#include "model/field.h"
#include "num/arena.h"
#include "num/status.h"

typedef struct curved {
  mat F;         /* n x m: the outputs */
  mat L;         /* r m x r m: G = L L^T, lower */
  mat N;         /* r m x r m: L^T K L, whose eigenvalues are those of K G */
  mat C;         /* r m x r m: I + eta N = C C^T, lower */
  double eta;    /* of C; < 0: none yet */
  mat H, HW;     /* n x m, n x r */
  mat SU, M, VV; /* r x k', r x r, m x m */
  mat scaled;    /* r x r m */
  mat x;         /* r m x 1 */
} curved;

void curved_layout(arena *a, curved *w, dims d);
/* G and K at Z, O(n r^2 m^2 + r^3 m^3). */
status curved_at(curved *w, const field *f, mat Z);
/* For this eta >= 0; nothing to do where it is that of the last call. */
status curved_shift(curved *w, double eta);
/* X <- L (I + eta N)^-1 L^T X (r x m): (I + eta T^T G T)^-1 is I - eta T^T (this) T. */
void curved_solve(curved *w, mat X);
/* No eigenvalue of K G is larger. */
double curved_most(const curved *w);

#endif
