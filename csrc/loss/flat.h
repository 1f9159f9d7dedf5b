/* csrc/loss/flat.h: Huber's loss may have many minimizers: samples that are far pull with one
 * force wherever they are. Over all of them the outputs of near samples are the same, and far ones
 * stay far on their side: a polyhedron, whose point of least ||Theta|| is taken.
 * SPDX-License-Identifier: MIT */
#ifndef LINNET_LOSS_FLAT_H
#define LINNET_LOSS_FLAT_H

#include "num/nearest.h"

typedef struct flat {
  nearest nearest;
  mat W, F, Y; /* n x r; n x 1: outputs at a minimum, targets */
  const double *sigma;
  double delta;
  int near;   /* samples whose residual is below delta */
  int *order; /* n: these first */
  mat near_W; /* ROWS x r, some of their rows */
  mat gram;   /* r x r */
  mat x, P;   /* r x 1 */
  mat image;  /* n x 1 */
} flat;

void flat_layout(arena *a, flat *w, int n, int r);
/* P (r x 1), a minimum for targets Y at outputs F (n x 1), becomes the one of least ||Theta||; it
 * stays where there is no other to round-off, and above 1,000 directions. */
status flat_settle(flat *w, mat W, const double *sigma, double delta, mat F, mat Y, mat P,
                   const tick *t);

#endif
