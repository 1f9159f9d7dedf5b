/* csrc/flow/expo.h: exponential integrators of orders 2 and 4 in the eigenbasis of a kernel K near
 * the step's own; states move by rotations alone, so the imbalance is exact (mathematics.md,
 * section 4). SPDX-License-Identifier: MIT */
#ifndef LINNET_FLOW_EXPO_H
#define LINNET_FLOW_EXPO_H

#include <stdbool.h>
#include <stdint.h>

#include "flow/rotate.h"
#include "model/kernel.h"
#include "num/phi.h"

enum { EXPO_PHI = 5 }; /* phi_0 .. phi_5 */

/* A kernel that steps have in use. */
typedef struct expo_kernel {
  int which;
  bool known;   /* it is the kernel of a state */
  int age;      /* accepted steps that have used it */
  double moved; /* how far Z can have gone in them, relative to Z */
  bool stale;   /* the next attempt needs one of its own */
  bool pending; /* an attempt ended and is not accepted: the next one says that it failed */
} expo_kernel;

typedef struct expo {
  kernel K[3];      /* of the last accepted step, of the one being tried, and one put aside */
  expo_kernel last; /* the first */
  expo_kernel held; /* the last, put aside */
  int tried, used;  /* the second, and which of both the attempt uses */
  int corrections;  /* the most that a stage of it took to be consistent */
  kernel_room room;
  rotate_room rotations;
  mat half[EXPO_PHI + 1], full[EXPO_PHI + 1]; /* phi_j(-h/2 lam), phi_j(-h lam), r x m each */
  mat e0, g0, g1, g2;       /* r x m, eigen coordinates: E at the start, remainder's coefficients */
  mat decays;               /* r x m, eigen coordinates: 2 w Yt */
  mat mid, end, rest, step; /* r x m, eigen coordinates */
  mat E, force, scratch;    /* r x m, plain coordinates */
  mat VV, UA;               /* m x m, k' x m */
  mat Q;                    /* k x k': a state on the way */
  double moves;             /* h (||A|| + w) at the start of the attempt: how far Z can go in it */
  double decay;             /* h lam_max of the kernel tried: how far E decays at most */
  double fine[2];           /* the other estimate of an attempt: max|error| in U and in V */
  double settled;           /* consistency stops when a rotation is smaller than this */
  int64_t *eigenproblems;   /* counted here */
  const tick *tick;         /* of the attempt, asked before each rotation and eigenproblem */
} expo;

void expo_layout(arena *a, expo *w, dims d);
/* tol: of the error estimates that steps of f will be judged by. No kernel is known. */
void expo_start(expo *w, const field *f, double tol, int64_t *eigenproblems);
/* A step h from Z of order 2 or 4: out, and low, whose difference is O(h^3). Both leave an estimate
 * O(h^4) in fine. That of order 2 finds its own kernel near the midpoint; that of order 4, for
 * which a kernel is no more than near, keeps the last one for some steps. STATUS_PAUSED when the
 * tick asked; the accepted kernel is never touched. */
status expo_step2(expo *w, const field *f, mat Z, double h, mat out, mat low, const tick *t);
status expo_step4(expo *w, const field *f, mat Z, double h, mat out, mat low, const tick *t);
/* A step to t = infinity by exponential midpoints, exact where K no longer moves. Not arrived: E
 * does not vanish there (a saddle, modes out of reach). */
status expo_infinite(expo *w, const field *f, mat Z, mat out, mat low, bool *arrived,
                     const tick *t);
/* The step was accepted: its kernel predicts the next one. */
void expo_accept(expo *w);
/* Between the two, steps beside the trajectory leave the accepted kernel alone. */
void expo_hold(expo *w);
void expo_release(expo *w);

/* The kernel of the last accepted step (NULL: none). */
static inline const kernel *expo_accepted(const expo *w) {
  return w->last.known ? &w->K[w->last.which] : NULL;
}

#endif
