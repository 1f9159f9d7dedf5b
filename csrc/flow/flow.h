/* csrc/flow/flow.h: gradient flow, one accepted step at a time, by any method; where steps end
 * depends on the problem, the state, method and tolerance alone (mathematics.md, section 4).
 * SPDX-License-Identifier: MIT */
#ifndef LINNET_FLOW_FLOW_H
#define LINNET_FLOW_FLOW_H

#include <stdint.h>

#include "flow/arrival.h"
#include "flow/between.h"
#include "flow/choice.h"
#include "flow/reason.h"
#include "flow/units.h"
#include "flow/stepper.h"
#include "num/arena.h"
#include "num/status.h"

typedef struct flow_spec {
  const method *method;
  double t_end;        /* > t0, INFINITY allowed */
  double tol;          /* > 0: what it promises, mathematics.md, 4.7; at least round-off */
  double weight_decay; /* w >= 0: the flow of L + w/2 ||Z||^2 */
  double until_excess; /* <= 0: off */
  int64_t max_steps;   /* <= 0: none */
  double max_seconds;  /* <= 0 or INFINITY: none; only ends a run, never shapes a step */
  /* To go on where another flow of this method was: what it had in use, and its next step. */
  const method *using; /* NULL: as from a start */
  double h;            /* <= 0: chosen */
} flow_spec;

typedef struct flow {
  flow_spec spec;
  double t, tprev; /* of the last accepted state and of the one before */
  int64_t steps, rejected;
  flow_reason reason;
  stepper step; /* the method in use, the work done */
  /* private; all of it, and the two above, in units of the flow */
  units unit;
  field f;
  double *sigma; /* r: of f */
  field_room room;
  mat Z, Zprev; /* k x k' */
  double now, before, t_end, level, started;
  arrival arrival;       /* E, A, S Z and the excess at Z */
  choice choice;         /* which other method to try, and when */
  double infinite_below; /* no step to infinity before the excess is below this */
  span_kind last;        /* what the last step was */
  mat next, above;       /* k x k': the state being tried; one above until_excess */
  double began;          /* clock at flow_start, seconds */
} flow;

/* Everything a flow of this method allocates; run twice, counting and placing. */
void flow_layout(arena *a, flow *w, dims d, const method *which);
/* Z0 (k x k') and f are copied. spec->method as given to the layout. */
void flow_start(flow *w, const field *f, const flow_spec *spec, mat Z0, double t0);
/* One accepted step, possibly to t_end or infinity. FLOW_RUNNING: call again. Any other reason is
 * final, but for FLOW_INTERRUPTED: called again it goes on with the same bits as undisturbed. */
flow_reason flow_advance(flow *w, const tick *t);
/* What weight decay leaves, at a time t, of the rows of U that the data do not see. */
double flow_decay(const flow *w, double t);
/* The last accepted state, its L - L*, and the size of the next step. */
void flow_state(const flow *w, mat out);
double flow_excess(const flow *w);
double flow_next_step(const flow *w);
/* The state at tprev <= t <= w->t by a partial step from the state before;
 * never changes what flow_advance does next. Inside a step to infinity there is none
 * (STATUS_LIMIT): another flow from the state before finds it. */
status flow_between(flow *w, double t, mat out);

#endif
