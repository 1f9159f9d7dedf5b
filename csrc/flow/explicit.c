/* csrc/flow/explicit.c: dopri5 and dop853 as methods: records and judgement of the steps of erk.c.
 * Within a pair their steps are corrected to conserve the imbalance as those of the partner do.
 * SPDX-License-Identifier: MIT */
#include <math.h>

#include "flow/erk.h"
#include "flow/stepper.h"
#include "flow/tuning.h"

static void *explicit_layout(arena *a, dims d) {
  erk shape, *w = arena_bytes(a, 1, sizeof *w);
  erk_layout(a, w ? w : &shape, d, TABLEAU_STAGES);
  return w;
}

/* Everything moves r k' m numbers some thirty times; the exact propagator is of order 13 m or k. */
static double dop853_cost(dims d) {
  double n = d.r, products = n * (d.m + 2.0) * d.kp, order = fmin(13.0 * d.m, n + d.m);
  return DOP853_COST_CALL + DOP853_COST_PRODUCT * products + DOP853_COST_CUBE * pow(order, 3.0);
}

static double dopri5_cost(dims d) { return 0.5 * dop853_cost(d); }

static double dopri5_tol(double tol) { return stepper_bar(DOPRI5_BAR * tol, STEPPER_ROUGHEST); }
static double dop853_tol(double tol) { return stepper_bar(DOP853_BAR * tol, STEPPER_ROUGHEST); }

static void dopri5_restart(stepper *s) { erk_use(stepper_room(s), &tableau_dopri5, s->conserving); }

static void dop853_restart(stepper *s) { erk_use(stepper_room(s), &tableau_dop853, s->conserving); }

/* A propagator M is in the group to round-off of |M|^2, and Z^T M^T J M Z sees |M|^2 times that. */
static void judge_propagator(const stepper *s, const erk *w, double *err) {
  if (w->conserving) stepper_shorten(s, w->propagator_bound / ERK_FAR, err);
}

/* Where a long step makes the estimate of order 5 small by chance, the combined one is far too
 * small; the square of that of order 3 is of the same order. */
static void judge_rough(const stepper *s, const erk *w, mat Z, mat out, double *err) {
  double rough = control_error(&s->f, Z, out, w->rough, 1.0);
  *err = fmax(*err, DOP853_ROUGH * rough * rough / stepper_local_tol(s));
}

static status explicit_attempt(stepper *s, mat Z, double h, mat out, double *err, const tick *t) {
  erk *w = stepper_room(s);
  double diff[2];
  status done = erk_step(w, &s->f, Z, h, out, diff, t);
  /* that at its beginning is the one at the end before */
  if (done != STATUS_PAUSED) s->work.evaluations += w->tab->stages;
  if (done != STATUS_OK) return done;
  *err = control_error(&s->f, Z, out, diff, stepper_local_tol(s));
  if (!isnan(*err)) {
    judge_rough(s, w, Z, out, err);
    judge_propagator(s, w, err);
  }
  return done;
}

static void explicit_accept(stepper *s) { erk_accept(stepper_room(s)); }

/* Stage 0 is that of another state, before and after. */
static status explicit_again(stepper *s, mat Z, double h, mat out, double *err, const tick *t) {
  erk *w = stepper_room(s);
  w->have_first = false;
  status done = explicit_attempt(s, Z, h, out, err, t);
  w->have_first = false;
  return done;
}

static void explicit_release(stepper *s) { ((erk *)stepper_room(s))->have_first = false; }

const method method_dopri5 = {
    .name = "dopri5",
    .is_explicit = true,
    .estimate = 5,
    .stable = TABLEAU_DOPRI5_STABLE,
    .local_tol = dopri5_tol,
    .cost = dopri5_cost,
    .layout = explicit_layout,
    .restart = dopri5_restart,
    .attempt = explicit_attempt,
    .accept = explicit_accept,
    .again = explicit_again,
    .release = explicit_release,
};

const method method_dop853 = {
    .name = "dop853",
    .is_explicit = true,
    .estimate = 8,
    .stable = TABLEAU_DOP853_STABLE,
    .local_tol = dop853_tol,
    .cost = dop853_cost,
    .layout = explicit_layout,
    .restart = dop853_restart,
    .attempt = explicit_attempt,
    .accept = explicit_accept,
    .again = explicit_again,
    .release = explicit_release,
};
