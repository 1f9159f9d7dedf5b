/* csrc/flow/expo.h: exponential integrators of orders 2 and 4 in the eigenbasis of a kernel K near
 * the step's own; states move by rotations alone, so the imbalance is exact (mathematics.md,
 * section 4). SPDX-License-Identifier: MIT */
#ifndef LINNET_FLOW_EXPO_H
#define LINNET_FLOW_EXPO_H

#include <stdbool.h>
#include <stdint.h>

#include "model/kernel.h"
#include "flow/rotate.h"
#include "num/phi.h"

enum { EXPO_PHI = 5 }; /* phi_0 .. phi_5 */

typedef struct expo {
  int order;   /* 2 or 4 */
  kernel K[2]; /* of the last accepted step, and of the step being tried */
  int current; /* which of the two is accepted */
  bool known;  /* there is an accepted one */
  kernel_room room;
  rotate_room turn;
  mat half[EXPO_PHI + 1], full[EXPO_PHI + 1]; /* phi_j(-h/2 lam), phi_j(-h lam), r x m each */
  mat e0, g0, g1, g2;       /* r x m, eigen coordinates: E at the start, remainder's coefficients */
  mat mid, end, rest, step; /* r x m, eigen coordinates */
  mat E, B, T;              /* r x m, plain coordinates */
  mat VV, UA;               /* m x m, k' x m */
  mat Q;                    /* k x k' */
  double settled;           /* consistency stops when a rotation is smaller than this */
  int64_t eigenproblems;
  const tick *tick; /* of the step being tried: asked before each rotation; NULL: none */
} expo;

void expo_layout(arena *a, expo *w, int r, int m, int kp);
/* tol: of the error estimates that steps will be judged by. */
void expo_start(expo *w, int order, double tol);
/* A step h from Z: out, and low (NULL: not wanted), whose difference is O(h^3). Finds its own
 * kernel near the midpoint. STATUS_PAUSED when the tick asked; the accepted kernel is never
 * touched. */
status expo_step(expo *w, const field *f, mat Z, double h, mat out, mat low, const tick *t);
/* A step to t = infinity by exponential midpoints, exact where K no longer moves. */
status expo_infinite(expo *w, const field *f, mat Z, mat out, mat low, const tick *t);
/* The step was accepted: its kernel predicts the next one. */
void expo_accept(expo *w);

#endif
