/* csrc/flow/follow.c: a flow from the start, with all columns and the tolerance of the state, to
 * its time (see follow.h); what it finds turns the L that Y tells. SPDX-License-Identifier: MIT */
#include "flow/follow.h"

#include <math.h>

void follower_layout(arena *a, follower *w, dims d) {
  flow_layout(a, &w->flow, d, &method_auto);
  fold_open_layout(a, &w->room, d);
  fold_turn_layout(a, &w->turning, d);
  w->L = arena_mat(a, d.r + d.m, d.kp);
  w->t = INFINITY;
}

/* From the start where it has gone further than asked, or with other options. */
static void begin(follower *w, const state *s) {
  bool goes_on = w->t <= s->t && w->spec.tol == s->tol && w->spec.weight_decay == s->weight_decay;
  if (goes_on) return;
  mat_copy(w->L, s->o->L0);
  w->t = 0.0;
  w->spec = (flow_spec){.method = &method_auto, .tol = s->tol, .weight_decay = s->weight_decay};
}

static status advance(follower *w, const state *s, const tick *t) {
  field f = problem_field(s->o->p, NULL);
  flow_reason why = FLOW_RUNNING;
  if (s->t == w->t) return STATUS_OK;
  w->spec.t_end = s->t;
  flow_start(&w->flow, &f, &w->spec, w->L, w->t);
  while (why == FLOW_RUNNING) why = flow_advance(&w->flow, t);
  if (why == FLOW_INTERRUPTED) return STATUS_PAUSED;
  flow_state(&w->flow, w->L);
  w->t = s->t;
  w->spec.using = stepper_method(&w->flow.step);
  w->spec.h = flow_next_step(&w->flow);
  return STATUS_OK;
}

status follower_own(follower *w, const state *s, mat L, const tick *t) {
  begin(w, s);
  status done = advance(w, s, t);
  if (done != STATUS_OK) return done;
  return fold_turn(&s->of, &w->room, &w->turning, s->o->p->r, s->Y, s->decay, w->L, L);
}
