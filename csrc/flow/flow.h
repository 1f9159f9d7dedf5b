/* csrc/flow/flow.h: gradient flow, one accepted step at a time, by any of the four integrators;
 * where steps end depends on the problem, the state, method and tolerance alone (mathematics.md,
 * 4). SPDX-License-Identifier: MIT */
#ifndef LINNET_FLOW_FLOW_H
#define LINNET_FLOW_FLOW_H

#include <stdint.h>

#include "flow/choice.h"
#include "flow/stepper.h"
#include "num/arena.h"
#include "num/lapack.h"
#include "num/status.h"

typedef enum flow_reason {
  FLOW_RUNNING,        /* not an end: go on */
  FLOW_TIME,           /* t_end reached */
  FLOW_CONVERGED,      /* t = infinity reached, or E at round-off on the way there */
  FLOW_UNTIL_EXCESS,   /* L - L* = until_excess, located */
  FLOW_STOP,           /* the caller's own condition (never set here) */
  FLOW_SADDLE,         /* ||S Z|| at round-off at an unstable point while E is not 0 */
  FLOW_UNREACHABLE,    /* ||S Z|| at round-off: rank(Z) too small for E to vanish */
  FLOW_STEP_UNDERFLOW, /* t + h = t */
  FLOW_MAX_STEPS,      /* accepted plus rejected */
  FLOW_MAX_SECONDS,
  FLOW_DIVERGED,    /* descent: the step is too large */
  FLOW_NON_FINITE,  /* nan or inf which smaller steps do not cure */
  FLOW_INTERRUPTED, /* the tick asked; the last accepted state stands, call again to go on */
  FLOW_REASONS
} flow_reason;

extern const char *const flow_method_names[FLOW_METHODS]; /* "auto", "expo2", ... */
extern const char *const flow_reason_names[FLOW_REASONS]; /* "running", "time", ... */

typedef struct flow_spec {
  flow_method method;
  double t_end;        /* > t0, INFINITY allowed */
  double tol;          /* > 0: error of a step relative to max|U| and max|V| */
  double until_excess; /* <= 0: off */
  int64_t max_steps;   /* <= 0: none */
  double max_seconds;  /* <= 0 or INFINITY: none; only ends a run, never shapes a step */
} flow_spec;

typedef struct flow {
  field f;
  flow_spec spec;
  mat Z, Zprev; /* k x k': last accepted state and the one before */
  double t, tprev;
  double excess; /* L - L* at Z */
  int64_t steps, rejected;
  flow_reason reason;
  stepper step; /* method in use, next step, evaluations, eigenproblems */
  /* private */
  choice choice;     /* of auto */
  double leap_below; /* no infinite step before the excess is below this */
  double least;      /* excess when it last had halved, and steps since */
  int idle;
  bool still;                  /* E is at round-off: nothing moves any more */
  bool at_infinity, resting;   /* what the last step was: infinite; a rest until t_end */
  double motion;               /* max|S Z| / (max|A| max|Z|): near 0 only at a stationary point */
  double top_error, top_state; /* max|E|, max|Z| at the start: what round-off is relative to */
  mat next, E, A, SZ;          /* k x k', r x m, r x m, k x k' */
  double *s;                   /* min(k, k') singular values */
  lapack_work lapack;
  double began; /* clock at flow_start, seconds */
} flow;

/* Everything a flow of this method allocates; run twice, counting and placing. */
void flow_layout(arena *a, flow *w, int r, int m, int kp, flow_method method);
/* Z0 (k x k') is copied; f's arrays must outlive the flow. spec->method as given to the layout. */
void flow_start(flow *w, const field *f, const flow_spec *spec, mat Z0, double t0);
/* One accepted step, possibly to t_end or infinity. FLOW_RUNNING: call again. Any other reason is
 * final, but for FLOW_INTERRUPTED: called again it goes on with the same bits as undisturbed. */
flow_reason flow_advance(flow *w, const tick *t);
/* The state at tprev <= t <= w->t by a partial step from Zprev;
 * never changes what flow_advance does next. After an infinite step: finite steps from Zprev. */
status flow_between(flow *w, double t, mat out);
/* The state at t >= tfrom by finite controlled steps from a checkpoint, beginning with h0 (<= 0:
 * chosen). The flow itself is over afterwards: only flow_start revives it. */
status flow_replay(flow *w, mat Zfrom, double tfrom, double h0, double t, mat out);

#endif
