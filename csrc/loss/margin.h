/* csrc/loss/margin.h: the map of least norm among those without a mistake by less than 1: that of
 * the largest margin over ||Theta||, a support vector machine in the data's span. Of one output a
 * margin is y f, of more what the right one is above each other one.
 * SPDX-License-Identifier: MIT */
#ifndef LINNET_LOSS_MARGIN_H
#define LINNET_LOSS_MARGIN_H

#include "num/nearest.h"

typedef struct margin {
  nearest nearest;
  mat W, Y;
  const double *sigma;
  mat x; /* r x m: Phi1^T Theta */
  mat P; /* r x m: diag(sigma) x */
  mat F; /* n x m */
} margin;

void margin_layout(arena *a, margin *w, int n, int r, int m);
/* P <- diag(sigma) Phi1^T Theta (r x m), least margin 1. W n x r, Y n x m one-hot or +1 and -1.
 * SINGULAR: no map is without a mistake. */
status margin_find(margin *w, mat W, const double *sigma, mat Y, mat P, const tick *t);

#endif
