/* csrc/flow/decaying.h: a tableau for weights that decay. The stages of dZ/dt = (S - w) Z are
 * Z_i = alpha_i N_i, and the N_i are those of dN/dt = S N by another tableau: a group propagator
 * again, and states at rest stay (mathematics.md, section 10.2). SPDX-License-Identifier: MIT */
#ifndef LINNET_FLOW_DECAYING_H
#define LINNET_FLOW_DECAYING_H

#include <stdbool.h>

#include "flow/tableau.h"

typedef struct decaying {
  tableau tab; /* of the N_i: a, b and the error vectors below; c as it was */
  double a[TABLEAU_STAGES * (TABLEAU_STAGES - 1) / 2], b[TABLEAU_STAGES];
  double e[TABLEAU_STAGES + 1], e2[TABLEAU_STAGES + 1];
  double start, start2;             /* what the errors take of Z; their last entry is of S Z+ */
  double alpha[TABLEAU_STAGES + 1]; /* of the stages, and of the end */
  double moved; /* how far, relatively, a step turned into the group moves a Z at rest */
} decaying;

/* Of a step h with x = w h. The end is beta N, beta what the tableau makes of e^-x, or keep N. */
void decaying_of(decaying *out, const tableau *tab, double x, bool conserving);

#endif
