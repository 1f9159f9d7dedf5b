/* csrc/flow/erk.h: embedded Runge-Kutta steps of dU/dt = A V, dV/dt = A^T U. U moves by the rank
 * one (m) terms A_j V_j, so stages keep only A_j and V_j, and no r x k' stage is ever formed: U_i
 * V_i^T = U_0 V_i^T + h sum_j a_ij A_j (V_j V_i^T),  A_i^T U_i = A_i^T U_0 + h sum_j a_ij (A_i^T
 * A_j) V_j. With weight decay these are the N_i of decaying.h. SPDX-License-Identifier: MIT */
#ifndef LINNET_FLOW_ERK_H
#define LINNET_FLOW_ERK_H

#include <stdbool.h>

#include "flow/decaying.h"
#include "flow/propagator.h"
#include "flow/tableau.h"
#include "model/field.h"
#include "num/arena.h"
#include "num/status.h"

typedef struct erk {
  const tableau *tab;
  decaying decays;      /* of the last attempt, with weight decay */
  mat A;                /* r x (stages + 1) m: the forces A_j side by side */
  int rows;             /* k' */
  mat rooms[3];         /* of V_all, moves_all and error_v, with the most rows that they can have */
  mat V_all;            /* k' x (stages + 1) m: V_j^T; with n more rows where steps are corrected:
                           of U, V = the two parts of L^T, L and n the propagator's */
  mat moves_all;        /* of that size: (A_j^T U_j)^T, by which V moves */
  mat V, velocity;      /* their rows that belong to Z */
  mat products;         /* (stages + 1) m x m: inner products of stages */
  mat scaled;           /* r x (stages + 1) m: A_j times its weight */
  mat start, moved;     /* k' x (stages + 1) m: U_0^T A_j, and V_0^T at the end; a multiple of it */
  mat error_u, error_v; /* r x k', rows of V_all x m */
  double weights[TABLEAU_STAGES + 1];
  propagator step;
  bool conserving;         /* steps are corrected to conserve the imbalance */
  double propagator_bound; /* of a corrected step: how far its propagator takes a state */
  double raw[2];           /* the estimate of order 5 before it was combined with that */
  double rough[2]; /* the estimate of order 3 behind a double one, max|error| in U and V; or 0 */
  unsigned piece, last; /* of the loss at stage 0 and at the stage evaluated last, */
  bool bent;            /* and whether the last step left it */
  bool have_first;      /* stage 0 holds the derivative at the state the next step begins with */
} erk;

/* For any tableau of at most stages stages. */
void erk_layout(arena *a, erk *w, dims d, int stages);
/* conserving: the imbalance is kept to round-off, whatever the error of the step. Nothing is known
 * of the state the next step begins with. */
void erk_use(erk *w, const tableau *tab, bool conserving);
/* Z+ = out after a step h from Z. diff receives max|error| in U and in V (NULL: no estimate). The
 * tick is asked before each stage. Stage 0 is reused when w->have_first. STATUS_NON_FINITE as soon
 * as a stage is not finite. */
status erk_step(erk *w, const field *f, mat Z, double h, mat out, double diff[2], const tick *t);
/* The step was accepted: the derivative at its end is the first of the next. */
void erk_accept(erk *w);

#endif
