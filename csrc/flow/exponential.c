/* csrc/flow/exponential.c: expo2 and expo4 as methods: records and judgement of the steps of
 * expo.c.
 * SPDX-License-Identifier: MIT */
#include <math.h>

#include "flow/expo.h"
#include "flow/stepper.h"
#include "flow/tuning.h"

static void *expo_room(arena *a, dims d) {
  expo shape, *w = arena_bytes(a, 1, sizeof *w);
  expo_layout(a, w ? w : &shape, d);
  return w;
}

/* Products, and the eigenproblems of order r of a kernel, m, for so many kernels a step. */
static double expo_cost(dims d, double kernels) {
  double n = d.r, products = n * (d.m + 2.0) * d.kp;
  double each = d.m * n * (EXPO_COST_ROW + n * (EXPO_COST_SQUARE + n * EXPO_COST_CUBE));
  return EXPO_COST_CALL + EXPO_COST_PRODUCT * products + kernels * each;
}

static double expo2_cost(dims d) { return expo_cost(d, 1.0); }
static double expo4_cost(dims d) { return expo_cost(d, EXPO_COST_KERNELS); }

/* A local estimate of order 3 makes global errors of tol^2/3 for expo2; that of expo4, of order 4
 * below steps of order 5, of tol itself. */
static double expo2_tol(double tol) {
  return stepper_bar(EXPO2_BAR * pow(tol, 1.5), STEPPER_ROUGHEST);
}
static double expo4_tol(double tol) { return stepper_bar(EXPO4_BAR * tol, EXPO4_ROUGHEST); }

static void expo_restart(stepper *s) {
  expo_start(stepper_room(s), &s->f, stepper_local_tol(s), &s->work.eigenproblems);
}

/* Rotations conserve the imbalance to round-off of the largest numbers on the way. So a step whose
 * stages go there and back, far beyond both of its ends, is made shorter. */
static void judge_rotations(const stepper *s, const expo *w, mat Z, mat out, double *err) {
  double top = w->rotations.largest_on_the_way;
  if (top > 0.0) stepper_shorten(s, top / (EXPO_FAR * fmax(mat_max_abs(Z), mat_max_abs(out))), err);
}

static status expo2_attempt(stepper *s, mat Z, double h, mat out, double *err, const tick *t) {
  expo *w = stepper_room(s);
  status done = expo_step2(w, &s->f, Z, h, out, s->low, t);
  if (done != STATUS_OK) return done;
  *err = stepper_difference(s, Z, out, stepper_local_tol(s));
  /* The kernel may grow after the midpoint alone, where out and low do not see it. */
  double fine = stepper_error(s, Z, out, w->fine, stepper_local_tol(s));
  *err = isnan(fine) ? NAN : fmax(*err, fine);
  judge_rotations(s, w, Z, out, err);
  return done;
}

/* The fine estimate is a second difference of the remainder and may pass through zero in a step of
 * about one time scale of growth, h ||A|| = 1. The rough one, what the remainder did at all, sees
 * those: their quotient is of order (h ||A||)^2. Where the state grows, errors of steps are a
 * larger part of the estimate and add up; where it relaxes, they are small and forgotten: so the
 * bar is lower by the share of growth (docs/mathematics.md, "What tol promises"). Weight decay
 * moves Z as growth does, and counts as that. */
static double judge_remainder(stepper *s, const expo *w, mat Z, mat out) {
  double tol = stepper_local_tol(s), x = fmin(1.0, w->moves), all = w->moves + w->decay;
  double growing = all > 0.0 ? fmax(x, w->moves / all) : x;
  double fine = stepper_error(s, Z, out, w->fine, tol);
  double rough = stepper_difference(s, Z, out, tol);
  if (isnan(fine) || isnan(rough)) return NAN;
  return (1.0 + EXPO4_GROWING * growing) * fmax(fine, EXPO4_ROUGH * x * x * rough);
}

static status expo4_attempt(stepper *s, mat Z, double h, mat out, double *err, const tick *t) {
  expo *w = stepper_room(s);
  status done = expo_step4(w, &s->f, Z, h, out, s->low, t);
  if (done != STATUS_OK) return done;
  *err = judge_remainder(s, w, Z, out);
  judge_rotations(s, w, Z, out, err);
  return done;
}

static void expo_take(stepper *s) { expo_accept(stepper_room(s)); }

/* With a kernel of its own midpoint: it may be that of a much longer step. */
static status expo4_again(stepper *s, mat Z, double h, mat out, double *err, const tick *t) {
  expo *w = stepper_room(s);
  expo_kernel last = w->last;
  w->last.stale = true;
  status done = expo4_attempt(s, Z, h, out, err, t);
  w->last = last;
  return done;
}

static void expo_aside(stepper *s) { expo_hold(stepper_room(s)); }
static void expo_back(stepper *s) { expo_release(stepper_room(s)); }

static status expo_infinity(stepper *s, mat Z, mat out, double *err, const tick *t) {
  expo *w = stepper_room(s);
  bool arrived;
  status done = expo_infinite(w, &s->f, Z, out, s->low, &arrived, t);
  *err = INFINITY;
  if (done != STATUS_OK || !arrived) return done;
  *err = stepper_difference(s, Z, out, s->tol);
  judge_rotations(s, w, Z, out, err);
  return done;
}

static double expo_slowest(const stepper *s) {
  const kernel *K = expo_accepted(stepper_room(s));
  return K ? mat_get(K->lam, 0, 0) : 0.0;
}

static double expo_fastest(const stepper *s) {
  const kernel *K = expo_accepted(stepper_room(s));
  return K ? mat_max_abs(K->lam) : 0.0;
}

const method method_expo2 = {
    .name = "expo2",
    .creeping = &method_rodas4,
    .squared = true,
    .estimate = 3,
    .stable = INFINITY,
    .local_tol = expo2_tol,
    .cost = expo2_cost,
    .layout = expo_room,
    .restart = expo_restart,
    .attempt = expo2_attempt,
    .accept = expo_take,
    .again = expo2_attempt,
    .hold = expo_aside,
    .release = expo_back,
    .infinite = expo_infinity,
    .slowest = expo_slowest,
    .fastest = expo_fastest,
};

const method method_expo4 = {
    .name = "expo4",
    .creeping = &method_rodas4,
    .squared = true,
    .estimate = 4,
    .stable = INFINITY,
    .local_tol = expo4_tol,
    .cost = expo4_cost,
    .layout = expo_room,
    .restart = expo_restart,
    .attempt = expo4_attempt,
    .accept = expo_take,
    .again = expo4_again,
    .hold = expo_aside,
    .release = expo_back,
    .infinite = expo_infinity,
    .slowest = expo_slowest,
    .fastest = expo_fastest,
};
