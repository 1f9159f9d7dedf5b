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

/* m eigenproblems of order r, and products. */
static double expo_cost(dims d) {
  double n = d.r, products = n * d.m * d.kp;
  return EXPO_COST_CALL + EXPO_COST_PRODUCT * products +
         d.m * (EXPO_COST_PROBLEM + EXPO_COST_SQUARE * n * n + EXPO_COST_CUBE * n * n * n);
}

/* Local estimates of order 3 make global errors of tol^2/3 for expo2, and for expo4, whose steps
 * are two orders better than their estimate, of tol^4/3. Held against these powers, errors at the
 * end are about tol for both. */
static double expo2_tol(double tol) { return EXPO2_BAR * pow(tol, 1.5); }
static double expo4_tol(double tol) { return EXPO4_BAR * pow(tol, 0.75); }

static void expo_restart(stepper *s) {
  expo_start(stepper_room(s), stepper_local_tol(s), &s->work.eigenproblems);
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
  judge_rotations(s, w, Z, out, err);
  return done;
}

/* Between expo4's error and its estimate lies a factor of order (h lam)^2 only while that is small:
 * from h lam_min = 1 on, the estimate is the error, and tol itself the bar. The factor, and the
 * power with which an estimate of order 5 shows the controller of order 3 the right step, were
 * measured against dop853. */
static void judge_large(const stepper *s, const expo *w, double h, double *err) {
  double x = h * mat_get(expo_tried(w)->lam, 0, 0), share = fmin(1.0, EXPO4_LARGE * x * x);
  double large = share * *err * stepper_local_tol(s) / s->tol;
  *err = fmax(*err, pow(large, EXPO4_LARGE_POWER));
}

static status expo4_attempt(stepper *s, mat Z, double h, mat out, double *err, const tick *t) {
  expo *w = stepper_room(s);
  status done = expo_step4(w, &s->f, Z, h, out, s->low, t);
  if (done != STATUS_OK) return done;
  *err = stepper_difference(s, Z, out, stepper_local_tol(s));
  judge_large(s, w, h, err);
  judge_rotations(s, w, Z, out, err);
  return done;
}

static void expo_take(stepper *s) { expo_accept(stepper_room(s)); }

static status expo2_again(stepper *s, mat Z, double h, mat out, const tick *t) {
  return expo_step2(stepper_room(s), &s->f, Z, h, out, s->low, t);
}

static status expo4_again(stepper *s, mat Z, double h, mat out, const tick *t) {
  return expo_step4(stepper_room(s), &s->f, Z, h, out, s->low, t);
}

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
    .estimate = 3,
    .stable = INFINITY,
    .local_tol = expo2_tol,
    .cost = expo_cost,
    .layout = expo_room,
    .restart = expo_restart,
    .attempt = expo2_attempt,
    .accept = expo_take,
    .again = expo2_again,
    .infinite = expo_infinity,
    .slowest = expo_slowest,
    .fastest = expo_fastest,
};

const method method_expo4 = {
    .name = "expo4",
    .creeping = &method_rodas4,
    .estimate = 3,
    .stable = INFINITY,
    .local_tol = expo4_tol,
    .cost = expo_cost,
    .layout = expo_room,
    .restart = expo_restart,
    .attempt = expo4_attempt,
    .accept = expo_take,
    .again = expo4_again,
    .infinite = expo_infinity,
    .slowest = expo_slowest,
    .fastest = expo_fastest,
};
