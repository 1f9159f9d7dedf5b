/* csrc/flow/arrival.h: has a flow come to rest, and why: at the target (E at round-off; with weight
 * decay the least of L + w/2 ||Z||^2), or at a point where E stays and (S - w) Z vanishes. Also how
 * long steps may be so that it can come to rest.
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
  mat E, A, SZ;   /* r x m, r x m, k x k': at the state last evaluated; SZ is (S - w) Z */
  double excess;  /* L - L* there */
  bool at_target; /* nothing moves any more */
  bool fades;     /* nothing but weight decay does: the target is zero, and E has vanished */
  /* private */
  int rank, rank_needed; /* of Z and of Yt; rank < 0: not known yet */
  double terms;          /* with weight decay: of A, which is at round-off of them */
  double motion;         /* max|S Z| / (max|A| max|Z|) */
  double moving;   /* max|S Z| / max|Z|, the larger of U and V: the rate at which the state moves */
  double halved;   /* the excess (with weight decay ||(S - w) Z||^2) when it last had halved, */
  int stalled_for; /* and steps since */
  int resting_for; /* steps for which S Z has been at round-off */
  int still_for;   /* long steps in which nothing changed at all */
  mat spare, image; /* k x k', r x m */
  mat G;            /* k' x k' */
  double *s;        /* min(k, k') singular values */
  lapack_work lapack;
} arrival;

void arrival_layout(arena *a, arrival *w, dims d);
/* Evaluates the start Z, which is not judged yet. */
void arrival_start(arrival *w, const field *f, mat Z);
/* E, excess, A and S Z at Z. */
void arrival_evaluate(arrival *w, mat Z);
/* Judges the state that was evaluated, once after each step of size h from `before`. FLOW_RUNNING:
 * it moves; FLOW_CONVERGED: at the target, or E is and a decay remains that is not seen;
 * FLOW_UNREACHABLE: at rest, and rank(Z) is below that of Yt; FLOW_SADDLE: at rest elsewhere. */
flow_reason arrival_judge(arrival *w, mat before, mat Z, double h);
/* The step h, or a shorter one with which the flow comes to rest where steps of accuracy alone
 * hover around. */
double arrival_cap(const arrival *w, const stepper *s, mat Z, double h);

/* With weight decay, the step h or a shorter one that this method takes near rest. */
double arrival_decay_cap(const arrival *w, const stepper *s, const method *use, double h);

/* Steps of size h hardly move the state, and the excess has long not halved: something else than
 * accuracy keeps them short. */
bool arrival_creeps(const arrival *w, const stepper *s, double h);
/* Without weight decay: d/dt of -log(L - L*). */
static inline double arrival_rate(const arrival *w) {
  double v = mat_norm_fro(w->SZ);
  return v * v / w->excess;
}
/* The excess, or motion, halved in the last step. */
static inline bool arrival_moves_on(const arrival *w) { return w->stalled_for == 0; }

#endif
