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
  mat room[5];     /* for the most stages; the others are views of these */
  mat C;           /* n x n */
  mat G;           /* n x n: L^T J L = diag(A^T A / unit^2, -I) */
  mat defect;      /* n x n: of the group's equation */
  mat left, right; /* n x n: products with C */
  double unit;     /* of about max|A|: makes C and G free of scale; 1 where L = I */
} propagator;

/* n */
int propagator_order(int r, int m, int stages);
void propagator_layout(arena *a, propagator *w, dims d, int stages);
/* Before the first step: no more stages than were laid out. */
void propagator_use(propagator *w, int r, int m, int stages);
/* C, which comes as the step is, corrected until M J M^T = J to round-off; A (r x s m): the forces,
 * stages side by side. False where that cannot be reached: the step was far too long. */
bool propagator_find(propagator *w, mat A, int m);
/* 1 + ||M - I||_F of what was found: how far M can take a state. */
double propagator_norm(propagator *w, int m);

#endif
