/* csrc/flow/stepper.h: one step by whichever integrator is in use, with its error in units of the
 * tolerance and the size of the next: what flow and its companions see of erk and expo.
 * SPDX-License-Identifier: MIT */
#ifndef LINNET_FLOW_STEPPER_H
#define LINNET_FLOW_STEPPER_H

#include <stdbool.h>
#include <stdint.h>

#include "flow/control.h"
#include "flow/erk.h"
#include "flow/expo.h"
#include "num/arena.h"
#include "num/status.h"

typedef enum flow_method {
  FLOW_AUTO,
  FLOW_EXPO2,
  FLOW_EXPO4,
  FLOW_DOPRI5,
  FLOW_DOP853,
  FLOW_METHODS
} flow_method;

typedef struct stepper {
  field f;
  flow_method using; /* never FLOW_AUTO */
  double tol;        /* the user's */
  bool exact;        /* explicit steps conserve the imbalance too */
  double held;       /* what the estimate of the method in use is held against */
  control control;   /* control.h is the next step to try */
  int64_t evaluations, eigenproblems;
  mat low;  /* k x k': the other state of an estimate */
  erk *erk; /* NULL where the methods asked for need none */
  expo *expo;
} stepper;

static inline bool stepper_is_explicit(flow_method m) {
  return m == FLOW_DOPRI5 || m == FLOW_DOP853;
}

/* Rooms for a method; for FLOW_AUTO for all of them. */
void stepper_layout(arena *a, stepper *s, int r, int m, int kp, flow_method method);
void stepper_start(stepper *s, const field *f, double tol, bool exact);
void stepper_use(stepper *s, flow_method method);
/* sigma_1^2 ||Z||^2 + ||A|| >= ||K|| + ||A||: no time scale of the flow is shorter than 1 over it.
 */
double stepper_rate(const stepper *s, mat Z, mat A);
/* tol^1/p / (||K|| + ||A||), from bounds of both norms: rescaling weights and time rescales it. */
double stepper_first(const stepper *s, mat Z, mat A);
/* A step h from Z to out; err <= 1 means good. The state of the stepper stays that of the last
 * accepted step, whatever comes back. */
status stepper_try(stepper *s, mat Z, double h, mat out, double *err, const tick *t);
/* The last attempt becomes the accepted step. */
void stepper_accept(stepper *s);
/* A step 0 < h <= the accepted one from where that began, unjudged and uncounted; for the expo
 * methods with a kernel of its own midpoint: that of the longer step would spoil the accuracy. */
status stepper_again(stepper *s, mat Z, double h, mat out);
/* A step to t = infinity (needs expo), judged against the user's tolerance itself. */
status stepper_leap(stepper *s, mat Z, mat out, double *err, const tick *t);

#endif
