/* csrc/flow/explicit.c: what explicit methods share: how the steps of erk.c are judged.
 * Within a pair their steps are corrected to conserve the imbalance as those of the partner do.
 * SPDX-License-Identifier: MIT */
#include <math.h>

#include "flow/erk.h"
#include "flow/explicit.h"
#include "flow/tuning.h"

void *explicit_layout(arena *a, dims d) {
  erk shape, *w = arena_bytes(a, 1, sizeof *w);
  erk_layout(a, w ? w : &shape, d, TABLEAU_STAGES);
  return w;
}

void explicit_restart(stepper *s) {
  erk_use(stepper_room(s), stepper_method(s)->tableau, s->conserving);
}

/* A propagator M is in the group to round-off of |M|^2, and Z^T M^T J M Z sees |M|^2 times that.
 * With weight decay no estimate sees what turning it into the group does to a state at rest. */
static void judge_propagator(const stepper *s, const erk *w, double *err) {
  if (!w->conserving) return;
  stepper_shorten(s, w->propagator_bound / ERK_FAR, err);
  if (s->f.weight_decay > 0.0) *err = fmax(*err, w->decays.moved / stepper_local_tol(s));
}

/* Where a long step makes the estimate of order 5 small by chance, the combined one is far too
 * small; the square of that of order 3 is of the same order. */
static void judge_rough(const stepper *s, const erk *w, mat Z, mat out, double *err) {
  double rough = stepper_error(s, Z, out, w->rough, 1.0);
  *err = fmax(*err, DOP853_ROUGH * rough * rough / stepper_local_tol(s));
}

/* Where the loss bends within a step every order is 2, and each estimate passes through zero for
 * some place of the bend: not both for the same, and the product of both would be far too small. */
static void judge_bend(const stepper *s, const erk *w, mat Z, mat out, double *err) {
  double tol = stepper_local_tol(s);
  if (!w->bent) return;
  *err = fmax(*err, ERK_BENT * stepper_error(s, Z, out, w->raw, tol));
  *err = fmax(*err, stepper_error(s, Z, out, w->rough, tol));
}

status explicit_attempt(stepper *s, mat Z, double h, mat out, double *err, const tick *t) {
  erk *w = stepper_room(s);
  double diff[2];
  status done = erk_step(w, &s->f, Z, h, out, diff, t);
  /* that at its beginning is the one at the end before */
  if (done != STATUS_PAUSED) s->work.evaluations += w->tab->stages;
  if (done != STATUS_OK) return done;
  *err = stepper_error(s, Z, out, diff, stepper_local_tol(s));
  if (!isnan(*err)) {
    judge_rough(s, w, Z, out, err);
    judge_bend(s, w, Z, out, err);
    judge_propagator(s, w, err);
  }
  return done;
}

void explicit_accept(stepper *s) { erk_accept(stepper_room(s)); }

/* Stage 0 is that of another state, before and after. */
status explicit_again(stepper *s, mat Z, double h, mat out, double *err, const tick *t) {
  erk *w = stepper_room(s);
  w->have_first = false;
  status done = explicit_attempt(s, Z, h, out, err, t);
  w->have_first = false;
  return done;
}

void explicit_release(stepper *s) { ((erk *)stepper_room(s))->have_first = false; }
