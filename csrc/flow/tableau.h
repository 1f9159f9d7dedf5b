/* csrc/flow/tableau.h: embedded Runge-Kutta pairs as data (dopri5.c, dop853.c).
 * SPDX-License-Identifier: MIT */
#ifndef LINNET_FLOW_TABLEAU_H
#define LINNET_FLOW_TABLEAU_H

enum { TABLEAU_STAGES = 12 };

/* Z+ = Z + h sum b_i F_i, F_i = F(Z + h sum_{j<i} a_ij F_j). The derivative at Z+ is the first of
 * the next step, and error vectors may use it: they have stages + 1 entries. */
typedef struct tableau {
  const char *name;
  int stages, order;
  int estimate;    /* the error estimate is O(h^estimate) */
  const double *a; /* row i = 1.. has i entries, row after row */
  const double *b, *c;
  const double *e, *e2; /* error vectors; e2 NULL or the lower order one of a double estimate */
} tableau;

/* Row i of a. */
static inline const double *tableau_row(const tableau *t, int i) { return t->a + i * (i - 1) / 2; }

#endif
