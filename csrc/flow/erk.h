/* csrc/flow/erk.h: embedded Runge-Kutta steps of dU/dt = A V, dV/dt = A^T U. U moves by the rank
 * one (m) terms A_j V_j, so stages keep only A_j and V_j, and no r x k' stage is ever formed: U_i
 * V_i^T = U_0 V_i^T + h sum_j a_ij A_j (V_j V_i^T),  A_i^T U_i = A_i^T U_0 + h sum_j a_ij (A_i^T
 * A_j) V_j. SPDX-License-Identifier: MIT */
#ifndef LINNET_FLOW_ERK_H
#define LINNET_FLOW_ERK_H

#include "model/field.h"
#include "flow/propagator.h"
#include "flow/tableau.h"
#include "num/arena.h"
#include "num/status.h"

typedef struct erk {
  const tableau *tab;
  mat A;    /* r x (stages + 1) m: the forces A_j side by side */
  mat V, F; /* k' x (stages + 1) m: V_j^T and (A_j^T U_j)^T */
  mat G;    /* (stages + 1) m x m: inner products */
  mat B;    /* r x (stages + 1) m: A_j scaled */
  mat D;    /* k' x m */
  mat W;    /* k' x (stages + 1) m: U_0^T A_j, and V_0^T at the end; then a multiple of it */
  mat T;
  propagator step;
  bool exact;       /* steps are corrected to conserve the imbalance */
  double norm;      /* of an exact step: bounds how far its propagator takes a state */
  mat X;            /* r x k' */
  bool first;       /* stage 0 holds the derivative at the state the next step begins with */
  const tick *tick; /* asked before each stage; NULL: none */
} erk;

/* For any tableau of at most stages stages. */
void erk_layout(arena *a, erk *w, int r, int m, int kp, int stages);
/* exact: the imbalance is conserved to round-off, whatever the error of the step. */
void erk_use(erk *w, const tableau *tab, bool exact);
/* Z+ = out after a step h from Z. diff receives max|error| in U and in V (NULL: no estimate).
 * Stage 0 is reused when w->first. STATUS_NON_FINITE as soon as a stage is not finite. */
status erk_step(erk *w, const field *f, mat Z, double h, mat out, double diff[2]);
/* The step was accepted: the derivative at its end is the first of the next. */
void erk_accept(erk *w);
/* Field evaluations of one step. */
int erk_evaluations(const erk *w);

#endif
