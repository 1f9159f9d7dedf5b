/* csrc/flow/stepper.c: erk and expo behind one face (see stepper.h),
 * err = max over the blocks U, V of max|difference| / (tol max|block|).
 * SPDX-License-Identifier: MIT */
#include "flow/stepper.h"

#include <math.h>

void stepper_layout(arena *a, stepper *s, int r, int m, int kp, flow_method method) {
  bool needs_erk = method == FLOW_AUTO || stepper_is_explicit(method);
  bool needs_expo = !stepper_is_explicit(method);
  erk erk_shape;
  expo expo_shape;
  s->low = arena_mat(a, r + m, kp);
  s->erk = needs_erk ? arena_bytes(a, 1, sizeof *s->erk) : NULL;
  s->expo = needs_expo ? arena_bytes(a, 1, sizeof *s->expo) : NULL;
  if (needs_erk) erk_layout(a, s->erk ? s->erk : &erk_shape, r, m, kp, TABLEAU_STAGES);
  if (needs_expo) expo_layout(a, s->expo ? s->expo : &expo_shape, r, m, kp);
}

void stepper_start(stepper *s, const field *f, double tol, bool exact) {
  s->exact = exact;
  s->f = *f;
  s->tol = tol;
  s->evaluations = s->eigenproblems = 0;
}

/* Local estimates of order 3 make global errors of tol^2/3 for expo2, and for expo4, whose steps
 * are two orders better than their estimate, of tol^4/3. Held against these, errors at the end are
 * about tol for both. */
static double held(flow_method method, double tol) {
  if (method == FLOW_EXPO2) return 100.0 * pow(tol, 1.5);
  return method == FLOW_EXPO4 ? 6.0 * pow(tol, 0.75) : tol;
}

void stepper_use(stepper *s, flow_method method) {
  s->using = method;
  s->held = held(method, s->tol);
  s->control.failures = 0;
  if (stepper_is_explicit(method))
    erk_use(s->erk, method == FLOW_DOPRI5 ? &tableau_dopri5 : &tableau_dop853, s->exact);
  else expo_start(s->expo, method == FLOW_EXPO2 ? 2 : 4, s->held);
  s->control.power = stepper_is_explicit(method) ? 1.0 / s->erk->tab->estimate : 1.0 / 3.0;
}

double stepper_rate(const stepper *s, mat Z, mat A) {
  double u = mat_norm_fro(field_U(&s->f, Z)), v = mat_norm_fro(field_V(&s->f, Z));
  double sigma = s->f.r ? s->f.sigma[0] : 0.0;
  return sigma * sigma * (u * u + v * v) + mat_norm_fro(A);
}

double stepper_first(const stepper *s, mat Z, mat A) {
  return 0.5 * pow(fmin(s->held, 1.0), s->control.power) / stepper_rate(s, Z, A);
}

/* Error of out against low, which is spent. */
static double difference(stepper *s, mat Z, mat out, double tol) {
  mat_axpy(-1.0, out, s->low);
  double diff[] = {mat_max_abs(field_U(&s->f, s->low)), mat_max_abs(field_V(&s->f, s->low))};
  return control_error(&s->f, Z, out, diff, tol);
}

/* A step that goes `ratio` times too far for the imbalance, whatever its error: with the
 * controller's power the next is shorter by that ratio. A nan stays one. */
static void shorten(const stepper *s, double ratio, double *err) {
  double far = ratio > 1.0 ? pow(ratio, 1.0 / s->control.power) : 0.0;
  if (far > *err) *err = far;
}

/* Rotations conserve the imbalance to round-off of the largest numbers on the way: they may not go
 * there and back, far beyond both ends of the step. */
static void judge_rotations(const stepper *s, mat Z, mat out, double *err) {
  static const double FAR = 4.0;
  double reach = s->expo->turn.reach;
  if (reach > 0.0) shorten(s, reach / (FAR * fmax(mat_max_abs(Z), mat_max_abs(out))), err);
}

/* A propagator M is in the group to round-off of |M|^2, and Z^T M^T J M Z sees |M|^2 times that. */
static void judge_propagator(const stepper *s, double *err) {
  static const double FAR = 4.0;
  if (s->exact) shorten(s, s->erk->norm / FAR, err);
}

/* Between expo4's error and its estimate lies a factor of order (h lam)^2 only while that is small:
 * from h lam_min = 1 on, the estimate is the error, and tol itself the bar. The factor and the
 * power 3/5, with which an estimate of order 5 shows the controller of order 3 the right step, were
 * measured against DOP853. */
static void judge_large(const stepper *s, double h, double *err) {
  const kernel *K = &s->expo->K[1 - s->expo->current];
  double x = h * mat_get(K->lam, 0, 0), share = fmin(1.0, 0.3 * x * x);
  if (s->using == FLOW_EXPO4) *err = fmax(*err, pow(share * *err * s->held / s->tol, 0.6));
}

status stepper_try(stepper *s, mat Z, double h, mat out, double *err, const tick *t) {
  double diff[2];
  status done;
  *err = NAN;
  if (stepper_is_explicit(s->using)) {
    s->erk->tick = t;
    done = erk_step(s->erk, &s->f, Z, h, out, diff);
    s->erk->tick = NULL;
    if (done != STATUS_PAUSED) s->evaluations += erk_evaluations(s->erk);
    if (done == STATUS_OK) *err = control_error(&s->f, Z, out, diff, s->held);
    if (done == STATUS_OK) judge_propagator(s, err);
  } else {
    s->expo->tick = t;
    done = expo_step(s->expo, &s->f, Z, h, out, s->low, t);
    s->expo->tick = NULL;
    s->eigenproblems = s->expo->eigenproblems;
    if (done == STATUS_OK) *err = difference(s, Z, out, s->held);
    if (done == STATUS_OK) judge_large(s, h, err);
    if (done == STATUS_OK) judge_rotations(s, Z, out, err);
  }
  return done;
}

void stepper_accept(stepper *s) {
  if (stepper_is_explicit(s->using)) erk_accept(s->erk);
  else expo_accept(s->expo);
}

status stepper_again(stepper *s, mat Z, double h, mat out) {
  status done;
  if (stepper_is_explicit(s->using)) {
    s->erk->first = false; /* stage 0 is that of another state, before and after */
    done = erk_step(s->erk, &s->f, Z, h, out, NULL);
    s->erk->first = false;
  } else {
    int64_t counted = s->expo->eigenproblems;
    done = expo_step(s->expo, &s->f, Z, h, out, s->low, NULL);
    s->expo->eigenproblems = counted;
  }
  return done;
}

status stepper_leap(stepper *s, mat Z, mat out, double *err, const tick *t) {
  s->expo->tick = t;
  status done = expo_infinite(s->expo, &s->f, Z, out, s->low, t);
  s->expo->tick = NULL;
  s->eigenproblems = s->expo->eigenproblems;
  *err = done == STATUS_OK ? difference(s, Z, out, s->tol) : NAN;
  if (done == STATUS_OK) judge_rotations(s, Z, out, err);
  return done;
}
