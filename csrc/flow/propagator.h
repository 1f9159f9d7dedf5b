/* csrc/flow/propagator.h: a Runge-Kutta step as Z+ = M Z with M J M^T = J made exact. The step is
 * M = I + L C L^T, L = diag([A_0 .. A_{s-1}]/unit, I_m) or, where that is cheaper, L = I.
 * SPDX-License-Identifier: MIT */
#ifndef LINNET_FLOW_PROPAGATOR_H
#define LINNET_FLOW_PROPAGATOR_H

#include "flow/tableau.h"
#include "model/field.h"
#include "num/arena.h"
#include "num/dense.h"

/* n = s m + m, or r + m where L = I: the last m rows and columns belong to V. */
typedef struct propagator {
  bool full;       /* L = I */
  mat room[7];     /* for the most stages; the others are views of these */
  mat to_u, to_v;  /* n x (n - m) each: what stage j adds to the rows of A_j and of V,
                      transposed */
  mat C;           /* n x n */
  mat G;           /* n x n: L^T J L = diag(A^T A / unit^2, -I) */
  mat defect;      /* n x n: of the group's equation */
  mat left, right; /* n x n: products with C */
  double unit;     /* max|A|: makes C and G free of scale */
} propagator;

void propagator_layout(arena *a, propagator *w, dims d, int stages);
/* L = I for this shape: the stages take I along, and know the step as it is. */
bool propagator_is_full(int r, int m, int stages);
/* C of a step h with forces A (r x s m, stages side by side), corrected until M J M^T = J to
 * round-off; plain: where L = I, C of the step as it is. False where that cannot be
 * reached: the step was far too long. */
bool propagator_find(propagator *w, const tableau *tab, double h, mat A, int m, mat plain);
/* 1 + ||M - I||_F of what was found: how far M can take a state. */
double propagator_norm(propagator *w);

#endif
