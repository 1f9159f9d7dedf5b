/* csrc/flow/between.h: dense output: states inside the last step, beside the trajectory and never
 * part of it.
 * SPDX-License-Identifier: MIT */
#ifndef LINNET_FLOW_BETWEEN_H
#define LINNET_FLOW_BETWEEN_H

#include "flow/stepper.h"

typedef enum span_kind {
  SPAN_STEP,     /* a step of the method in use */
  SPAN_INFINITE, /* a step to t = infinity */
  SPAN_COASTING, /* E had vanished: both ends are the same state */
  SPAN_FADING    /* and with a target of zero all that is left decays */
} span_kind;

/* The last accepted step, from (t0, Z0) to (t1, Z1). */
typedef struct span {
  span_kind kind;
  double t0, t1;
  mat Z0, Z1;
} span;

/* Scratch: k x k', r x m; free at every call. */
typedef struct between_room {
  mat Z, E;
} between_room;

/* The state at t0 <= t <= t1 by a partial step from Z0, judged as every step is, and where that
 * does not do by controlled steps. The stepper goes on as if nothing had been asked. STATUS_LIMIT:
 * inside a step to infinity, or no step is small enough. */
status between_at(stepper *s, const span *last, between_room room, double t, mat out);
/* Where L - L*, above the level at t0 and not at t1, crosses it: the time and its state out. from:
 * scratch like out. */
double between_locate(stepper *s, const span *last, between_room room, double level, mat from,
                      mat out);

#endif
