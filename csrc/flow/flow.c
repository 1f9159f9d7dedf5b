/* csrc/flow/flow.c: the loop around the integrators: try, judge, accept, end (see flow.h).
 * Acceptance is err <= 1, so that a nan never passes.
 * SPDX-License-Identifier: MIT */
#include "flow/flow.h"

#include <float.h>
#include <math.h>

#include "num/clock.h"

const char *const flow_method_names[FLOW_METHODS] = {"auto", "expo2", "expo4", "dopri5", "dop853"};

const char *const flow_reason_names[FLOW_REASONS] = {
    "running",  "time",        "converged",      "until_excess", "stop",
    "saddle",   "unreachable", "step_underflow", "max_steps",    "max_seconds",
    "diverged", "non_finite",  "interrupted"};

void flow_layout(arena *a, flow *w, int r, int m, int kp, flow_method method) {
  mat *const states[] = {&w->Z, &w->Zprev, &w->next, &w->SZ};
  for (size_t i = 0; i < sizeof states / sizeof *states; i++) *states[i] = arena_mat(a, r + m, kp);
  w->E = arena_mat(a, r, m);
  w->A = arena_mat(a, r, m);
  w->s = arena_doubles(a, (size_t)(r + m));
  w->lapack = (lapack_work){0};
  lapack_want_svd(&w->lapack, r + m, kp);
  lapack_want_svd(&w->lapack, r, m);
  lapack_layout(a, &w->lapack);
  stepper_layout(a, &w->step, r, m, kp, method);
}

/* E, excess, A and S Z at Z. */
static void look(flow *w) {
  field_error(&w->f, w->Z, w->E);
  field_force(&w->f, w->E, w->A);
  field_velocity(&w->f, w->Z, w->A, w->SZ);
  w->excess = field_excess(w->E);
}

/* How far from a stationary point with E != 0: A V and A^T U against |A| |Z|. */
static double motion(const flow *w) {
  double top = mat_max_abs(w->A) * fmax(mat_max_abs(w->Z), w->top_state);
  return top > 0.0 ? mat_max_abs(w->SZ) / top : 0.0;
}

static int rank_of(flow *w, mat a, double tol) {
  int q = a.rows < a.cols ? a.rows : a.cols, rank = 0;
  if (lapack_singular_values(&w->lapack, a, w->s) != STATUS_OK) return q;
  while (rank < q && w->s[rank] > tol * w->s[0]) rank++;
  return rank;
}

/* Why a stationary state is one. rank(Z) never changes along a flow: below rank(Yt), E can never
 * vanish. */
static flow_reason rest(flow *w) {
  if (mat_max_abs(w->Z) == 0.0) return FLOW_SADDLE;
  mat_copy(w->next, w->Z);
  mat_copy(w->A, w->f.Yt);
  int have = rank_of(w, w->next, 1e-12), need = rank_of(w, w->A, 1e-12);
  return have < need ? FLOW_UNREACHABLE : FLOW_SADDLE;
}

/* E vanishes to round-off, of its own terms or of where it began. */
static bool vanished(flow *w) {
  enum { PATIENCE = 20 }; /* steps without halving the excess */
  w->idle = w->excess < 0.5 * w->least ? 0 : w->idle + 1;
  if (w->idle == 0) w->least = w->excess;
  /* explicit steps near their stability limit add round-off of their own, and hover above 8 units
   */
  return mat_max_abs(w->E) <= DBL_EPSILON * w->top_error ||
         field_converged(&w->f, w->Z, w->E, w->idle < PATIENCE ? 8.0 : 512.0);
}

/* What the state at Z says; FLOW_RUNNING: go on. */
static flow_reason verdict(flow *w) {
  look(w);
  if (!mat_finite(w->Z) || !isfinite(w->excess)) return FLOW_NON_FINITE;
  if (w->spec.until_excess > 0.0 && w->excess <= w->spec.until_excess) return FLOW_UNTIL_EXCESS;
  w->still = vanished(w);
  if (w->still && isinf(w->spec.t_end)) return FLOW_CONVERGED;
  w->motion = motion(w);
  if (!w->still && w->motion <= 16.0 * DBL_EPSILON) return rest(w);
  return w->t >= w->spec.t_end ? FLOW_TIME : FLOW_RUNNING;
}

void flow_start(flow *w, const field *f, const flow_spec *spec, mat Z0, double t0) {
  w->f = *f;
  w->spec = *spec;
  w->t = w->tprev = t0;
  w->steps = w->rejected = 0;
  w->leap_below = w->least = INFINITY;
  w->idle = 0;
  w->at_infinity = w->resting = false;
  w->began = clock_seconds();
  mat_copy(w->Z, Z0);
  mat_copy(w->Zprev, Z0);
  look(w);
  w->top_error = mat_max_abs(w->E);
  w->top_state = mat_max_abs(w->Z);
  stepper_start(&w->step, f, spec->tol, spec->method == FLOW_AUTO);
  stepper_use(&w->step, spec->method == FLOW_AUTO ? FLOW_DOP853 : spec->method);
  w->step.control.h = stepper_first(&w->step, w->Z, w->A);
  choice_start(&w->choice, f->r, f->m, Z0.cols, spec->method == FLOW_AUTO);
  w->reason = verdict(w);
}

static void accept(flow *w, double t) {
  mat old = w->Zprev;
  w->Zprev = w->Z;
  w->Z = w->next;
  w->next = old;
  w->tprev = w->t;
  w->t = t;
  w->steps++;
}

static flow_reason limits(const flow *w, const tick *t) {
  if (tick_asks(t)) return FLOW_INTERRUPTED;
  if (w->spec.max_steps > 0 && w->steps + w->rejected >= w->spec.max_steps) return FLOW_MAX_STEPS;
  if (w->spec.max_seconds > 0.0 && clock_seconds() - w->began >= w->spec.max_seconds)
    return FLOW_MAX_SECONDS;
  return FLOW_RUNNING;
}

/* An explicit method at its limit of stability carries stiff parts of E at the size of its
 * tolerance: they never vanish, and what they do to Z adds up. ||S Z||^2/||E||^2 is a Rayleigh
 * quotient of K at E and sees just those: with steps inside the region of stability they decay. */
static double settling_step(const flow *w, double h) {
  static const double INSIDE = 0.8;
  double e = mat_norm_fro(w->E), v = mat_norm_fro(w->SZ);
  return e > 0.0 && v > 0.0 ? fmin(h, INSIDE * w->step.erk->tab->stable * (e / v) * (e / v)) : h;
}

/* Near a stationary point with E != 0 nothing but stability bounds the step, and at that bound the
 * state hovers around the point at the tolerance: shorter steps let it settle, or leave. */
static double resting_step(const flow *w, double h) {
  return w->motion <= fmin(10.0 * w->step.held, 1e-3)
             ? fmin(h, 0.5 / stepper_rate(&w->step, w->Z, w->A))
             : h;
}

static double step_length(const flow *w) {
  double h = resting_step(w, w->step.control.h), left = w->spec.t_end - w->t;
  if (stepper_is_explicit(w->step.using)) h = settling_step(w, h);
  if (isinf(left)) return h;
  return h >= left ? left : h > 0.5 * left ? 0.5 * left : h;
}

static void accept_finite(flow *w, double h) {
  stepper_accept(&w->step);
  accept(w, h == w->spec.t_end - w->t ? w->spec.t_end : w->t + h);
}

/* Tries until a step is accepted; another reason than FLOW_RUNNING ends the attempts. */
static flow_reason step(flow *w, const tick *t) {
  enum { NON_FINITE = 20 };
  int bad = 0;
  for (;;) {
    flow_reason why = limits(w, t);
    double h = step_length(w), err;
    if (why != FLOW_RUNNING) return why;
    if (!(w->t + h > w->t)) return bad ? FLOW_NON_FINITE : FLOW_STEP_UNDERFLOW;
    if (stepper_try(&w->step, w->Z, h, w->next, &err, t) == STATUS_PAUSED) return FLOW_INTERRUPTED;
    choice_spend(&w->choice, &w->step);
    bad = isfinite(err) ? 0 : bad + 1;
    if (control_judge(&w->step.control, h, err)) {
      accept_finite(w, h);
      return FLOW_RUNNING;
    }
    w->rejected++;
    if (bad > NON_FINITE) return FLOW_NON_FINITE;
  }
}

/* auto: a step of the other method, so long that it pays. STATUS_OK: taken, and the method changed;
 * STATUS_NO_CONVERGE: not. */
static status try_other(flow *w, const tick *t) {
  stepper before = w->step;
  double h = choice_other(&w->choice, &w->step, step_length(w), w->spec.t_end - w->t), err;
  if (!(h > 0.0 && w->t + h > w->t)) return STATUS_NO_CONVERGE;
  stepper_use(&w->step, choice_alternative(&before));
  status s = stepper_try(&w->step, w->Z, h, w->next, &err, t);
  bool taken = s == STATUS_OK && err <= 1.0 && control_judge(&w->step.control, h, err);
  if (taken) {
    accept_finite(w, h);
  } else {
    w->step.using = before.using;
    w->step.held = before.held;
    w->step.control = before.control;
  }
  if (s == STATUS_PAUSED) return s;
  choice_tried(&w->choice, taken);
  return taken ? STATUS_OK : STATUS_NO_CONVERGE;
}

/* The step to infinity: worth a try once the controller would step past the slowest time scale, and
 * where it cannot cross until_excess. Refused, it waits until E has shrunk. */
static status leap(flow *w, const tick *t) {
  const expo *x = w->step.expo;
  double err;
  if (isfinite(w->spec.t_end) || stepper_is_explicit(w->step.using) || !x->known ||
      w->spec.until_excess > 0.0 || w->excess > w->leap_below ||
      !(w->step.control.h * mat_get(x->K[x->current].lam, 0, 0) > 1.0))
    return STATUS_NO_CONVERGE;
  status s = stepper_leap(&w->step, w->Z, w->next, &err, t);
  if (s == STATUS_PAUSED) return s;
  w->leap_below = 0.1 * w->excess;
  if (s != STATUS_OK || !(err <= 1.0)) return STATUS_NO_CONVERGE;
  accept(w, INFINITY);
  w->at_infinity = true;
  return STATUS_OK;
}

/* until_excess lies between tprev and t: bisection on log(excess) against time, false position
 * first (Illinois), ends the run there. */
static flow_reason locate(flow *w) {
  enum { ITERATIONS = 60 };
  double a = w->tprev, b = w->t, goal = log(w->spec.until_excess), fa, fb, c = b;
  mat Z = w->next;
  field_error(&w->f, w->Zprev, w->E);
  fa = log(field_excess(w->E)) - goal;
  fb = log(w->excess) - goal;
  mat_copy(Z, w->Z);
  for (int n = 0; n < ITERATIONS && fabs(fb) > 1e-10 && b - a > 4.0 * DBL_EPSILON * b; n++) {
    c = isfinite(fb) ? b - fb * (b - a) / (fb - fa) : 0.5 * (a + b);
    if (!(c > a && c < b)) c = 0.5 * (a + b);
    if (flow_between(w, c, Z) != STATUS_OK) break;
    field_error(&w->f, Z, w->E);
    double fc = log(field_excess(w->E)) - goal;
    if (fabs(fc) <= 1e-10) break;
    if (fc > 0.0) a = c, fa = fc, fb *= 0.5;
    else b = c, fb = fc, fa *= 0.5;
  }
  mat_copy(w->Z, Z);
  w->t = c;
  look(w);
  return FLOW_UNTIL_EXCESS;
}

flow_reason flow_advance(flow *w, const tick *t) {
  if (w->reason != FLOW_RUNNING && w->reason != FLOW_INTERRUPTED) return w->reason;
  if (w->still) { /* E is zero: nothing moves any more */
    mat_copy(w->next, w->Z);
    accept(w, w->spec.t_end);
    w->resting = true;
    return w->reason = FLOW_TIME;
  }
  if ((w->reason = limits(w, t)) != FLOW_RUNNING) return w->reason;
  status s = leap(w, t);
  if (s == STATUS_OK) {
    look(w);
    return w->reason = FLOW_CONVERGED;
  }
  if (s != STATUS_PAUSED) s = try_other(w, t);
  if (s == STATUS_PAUSED) return w->reason = FLOW_INTERRUPTED;
  if (s != STATUS_OK && (w->reason = step(w, t)) != FLOW_RUNNING) return w->reason;
  w->reason = verdict(w);
  return w->reason == FLOW_UNTIL_EXCESS ? w->reason = locate(w) : w->reason;
}

/* Finite controlled steps from out at t to the time wanted; h0 <= 0: chosen. */
static status march(flow *w, mat out, double t, double h0, double wanted) {
  enum { FAILURES = 60 };
  double err;
  stepper_use(&w->step, w->step.using);
  field_error(&w->f, out, w->A);
  field_force(&w->f, w->A, w->A);
  w->step.control.h = h0 > 0.0 ? h0 : stepper_first(&w->step, out, w->A);
  while (t < wanted) {
    double h = fmin(w->step.control.h, wanted - t);
    status s = stepper_try(&w->step, out, h, w->next, &err, NULL);
    if (!control_judge(&w->step.control, h, err)) {
      if (w->step.control.failures > FAILURES) return s == STATUS_OK ? STATUS_NO_CONVERGE : s;
      continue;
    }
    stepper_accept(&w->step);
    t = h == wanted - t ? wanted : t + h;
    mat_copy(out, w->next);
  }
  return STATUS_OK;
}

status flow_between(flow *w, double t, mat out) {
  double h = t - w->tprev;
  bool end = t >= w->t || w->resting;
  mat_copy(out, end ? w->Z : w->Zprev);
  if (end || !(h > 0.0)) return STATUS_OK;
  return w->at_infinity ? march(w, out, w->tprev, 0.0, t)
                        : stepper_again(&w->step, w->Zprev, h, out);
}

status flow_replay(flow *w, mat Zfrom, double tfrom, double h0, double t, mat out) {
  mat_copy(out, Zfrom);
  return march(w, out, tfrom, h0, t);
}
