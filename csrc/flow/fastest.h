/* csrc/flow/fastest.h: the largest eigenvalue of the tangent kernel along a trajectory, without an
 * eigenproblem: the power method, which goes on from state to state.
 * SPDX-License-Identifier: MIT */
#ifndef LINNET_FLOW_FASTEST_H
#define LINNET_FLOW_FASTEST_H

#include <stdint.h>

#include "model/field.h"
#include "num/arena.h"

typedef struct fastest {
  mat x, image; /* r x m: the vector so far, and K of it */
  mat VV, UA;   /* m x m, k' x m */
  mat F;        /* n x m: outputs at the state, of another loss than the squared one */
  int64_t at;   /* the step at whose state the value was found; < 0: none yet */
  double value;
} fastest;

void fastest_layout(arena *a, fastest *w, dims d);
void fastest_start(fastest *w);
/* At the state Z after so many steps: at most the largest eigenvalue of K, of another loss than the
 * squared one of K G, within a few per cent where states change slowly. Asked twice of one state it
 * is the same number. */
double fastest_at(fastest *w, const field *f, mat Z, int64_t steps);

#endif
