/* csrc/flow/rotate.h: Z <- exp([[0, B], [B^T, 0]]) Z, which conserves Z^T J Z to round-off whatever
 * B (mathematics.md, section 3). SPDX-License-Identifier: MIT */
#ifndef LINNET_FLOW_ROTATE_H
#define LINNET_FLOW_ROTATE_H

#include "model/field.h"
#include "num/arena.h"
#include "num/status.h"

typedef struct rotate_room {
  mat tall, small; /* max(r, m) x q, min(r, m) x q with q = min(r, m): the singular vectors of B */
  mat PU, RV, mix; /* q x k': P^T U, R^T V and a combination */
  mat G;           /* q x q: of a small B, B^T B */
  mat fg, spare;   /* q x 2q: f(G) and g(G) side by side */
  mat both;        /* 2q x k': B^T U above V */
  double *sinh, *cosh;       /* q: sinh and cosh - 1 of the singular values */
  double largest_on_the_way; /* largest cosh(s) max|Z| of a rotation by s > 1 since the caller set
                                it to 0: what the round-off of Z^T J Z is relative to, squared */
} rotate_room;

void rotate_layout(arena *a, rotate_room *w, dims d);
/* B (r x m) is kept. STATUS_NON_FINITE, and Z as it was, where cosh overflows or B is not finite.
 */
status rotate_apply(rotate_room *w, const field *f, mat B, mat Z);

#endif
