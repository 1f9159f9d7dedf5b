/* csrc/flow/arrival.h: has a flow come to rest, and why: at the target (E at round-off), or at a
 * point where E stays and S Z vanishes. Also how long steps may be so that it can come to rest.
 * SPDX-License-Identifier: MIT */
#ifndef LINNET_FLOW_ARRIVAL_H
#define LINNET_FLOW_ARRIVAL_H

#include <stdbool.h>

#include "flow/reason.h"
#include "flow/stepper.h"
#include "num/arena.h"
#include "num/lapack.h"

typedef struct arrival {
  field f;
  mat E, A, SZ;   /* r x m, r x m, k x k': at the state last evaluated */
  double excess;  /* L - L* there */
  bool at_target; /* E is at round-off: nothing moves any more */
  /* private */
  double motion;               /* max|S Z| / (max|A| max|Z|): near 0 only where Z is stationary */
  double top_error, top_state; /* max|E|, max|Z| at the start: what round-off is relative to */
  double halved;               /* the excess when it last had halved, */
  int stalled_for;             /* and steps since */
  double *s;                   /* min(k, k') singular values */
  lapack_work lapack;
} arrival;

void arrival_layout(arena *a, arrival *w, dims d);
/* Evaluates the start Z, which is not judged yet. */
void arrival_start(arrival *w, const field *f, mat Z);
/* E, excess, A and S Z at Z. */
void arrival_evaluate(arrival *w, mat Z);
/* Judges the state that was evaluated, once after each step. FLOW_RUNNING: it moves;
 * FLOW_CONVERGED: at the target; FLOW_SADDLE, FLOW_UNREACHABLE: at rest elsewhere, and SZ and A are
 * spent. */
flow_reason arrival_judge(arrival *w, mat Z);
/* The step h, or a shorter one with which the flow comes to rest where steps of accuracy alone
 * hover around. */
double arrival_cap(const arrival *w, const stepper *s, mat Z, double h);

#endif
