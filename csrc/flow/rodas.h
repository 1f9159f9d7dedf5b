/* csrc/flow/rodas.h: Rosenbrock steps with the whole Jacobian of the flow, for states that creep
 * while E stays: there K alone, which the expo methods freeze, is half of the truth.
 * SPDX-License-Identifier: MIT */
#ifndef LINNET_FLOW_RODAS_H
#define LINNET_FLOW_RODAS_H

#include <stdbool.h>
#include <stdint.h>

#include "model/curved.h"
#include "model/kernel.h"
#include "model/narrow.h"
#include "num/arena.h"
#include "num/status.h"

enum { RODAS_STAGES = 6 };

typedef struct rodas {
  bool dense; /* another loss than the squared one, of few weights: the preconditioner is curved */
  bool few;   /* columns: it is narrow, at the state of the attempt; else it is K */
  curved curved;
  narrow narrow;
  kernel K;
  kernel_room room;
  bool known;          /* K and A are those of the state the next attempt begins with */
  mat A, E, force;     /* r x m: at that state; of a stage; of a direction */
  mat F;               /* n x m: outputs at that state, of another loss than the squared one */
  mat mode, scratch;   /* r x m, eigen coordinates and plain */
  mat u[RODAS_STAGES]; /* k x k': the stages' increments */
  mat state, right;    /* k x k': a stage's state and right-hand side */
  mat residual, solved, direction, image; /* k x k': conjugate gradients */
  mat imbalance, defect, gram, spare;     /* k' x k' */
  double *sizes;                          /* k' */
  lapack_work lapack;
  int64_t *eigenproblems; /* counted here */
} rodas;

void rodas_layout(arena *a, rodas *w, dims d);
/* Nothing is known of the state the next attempt begins with. */
void rodas_start(rodas *w, int64_t *eigenproblems);
/* A step h of order 4 from Z, and the largest difference from order 3 in U and in V. The imbalance
 * is kept to round-off. STATUS_LIMIT: some mode grows faster than so long a step can follow. */
status rodas_step(rodas *w, const field *f, mat Z, double h, mat out, double diff[2],
                  const tick *t);
void rodas_accept(rodas *w);

#endif
