/* csrc/flow/tableau.h: embedded Runge-Kutta pairs as data: Dormand and Prince 5(4) and the 8(5,3)
 * of Dormand and Prince as modified by Hairer (Hairer, Norsett, Wanner, Solving ODEs I, II.5,
 * II.10). SPDX-License-Identifier: MIT */
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

extern const tableau tableau_dopri5, tableau_dop853;

/* Row i of a. */
static inline const double *tableau_row(const tableau *t, int i) { return t->a + i * (i - 1) / 2; }

#endif
