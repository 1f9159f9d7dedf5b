/* csrc/net/flow.c: the loop around the integrators: try, judge, accept, end (see flow.h).
 * Acceptance is err <= 1, so that a nan never passes.
 * SPDX-License-Identifier: MIT */
#include "net/flow.h"

#include <float.h>
#include <math.h>

#include "net/erk.h"
#include "net/expo.h"
#include "num/clock.h"

const char *const flow_method_names[FLOW_METHODS] = {"auto", "expo2", "expo4", "dopri5", "dop853"};

const char *const flow_reason_names[FLOW_REASONS] = {
    "running",    "time",    "converged",      "until_excess", "stop",
    "saddle",     "unreachable", "step_underflow", "max_steps", "max_seconds",
    "diverged",   "non_finite",  "interrupted"};

static bool uses_erk(flow_method m) { return m != FLOW_EXPO2 && m != FLOW_EXPO4; }
static bool uses_expo(flow_method m) { return m != FLOW_DOPRI5 && m != FLOW_DOP853; }

void flow_layout(arena *a, flow *w, int r, int m, int kp, flow_method method) {
  mat *const states[] = {&w->Z, &w->Zprev, &w->next, &w->SZ, &w->low};
  erk explicit_room;
  expo expo_room;
  for (size_t i = 0; i < sizeof states / sizeof *states; i++) *states[i] = arena_mat(a, r + m, kp);
  w->E = arena_mat(a, r, m);
  w->A = arena_mat(a, r, m);
  w->s = arena_doubles(a, (size_t)(r + m));
  w->lapack = (lapack_work){0};
  lapack_want_svd(&w->lapack, r + m, kp);
  lapack_want_svd(&w->lapack, r, m);
  lapack_layout(a, &w->lapack);
  w->erk = uses_erk(method) ? arena_bytes(a, 1, sizeof *w->erk) : NULL;
  w->expo = uses_expo(method) ? arena_bytes(a, 1, sizeof *w->expo) : NULL;
  if (uses_erk(method)) erk_layout(a, w->erk ? w->erk : &explicit_room, r, m, kp, TABLEAU_STAGES);
  if (uses_expo(method)) expo_layout(a, w->expo ? w->expo : &expo_room, r, m, kp);
}

/* E, excess, A and S Z at Z. */
static void look(flow *w) {
  field_error(&w->f, w->Z, w->E);
  field_force(&w->f, w->E, w->A);
  field_velocity(&w->f, w->Z, w->A, w->SZ);
  w->excess = field_excess(w->E);
}

/* Z moves by no more than round-off: A V and A^T U vanish against |A| |Z|. */
static bool stationary(const flow *w) {
  double top = fmax(mat_max_abs(w->Z), w->top_state);
  return mat_max_abs(w->SZ) <= 2.0 * DBL_EPSILON * mat_max_abs(w->A) * top;
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
  mat_copy(w->low, w->Z);
  mat_copy(w->A, w->f.Yt);
  int have = rank_of(w, w->low, 1e-12), need = rank_of(w, w->A, 1e-12);
  return have < need ? FLOW_UNREACHABLE : FLOW_SADDLE;
}

/* E vanishes to round-off, of its own terms or of where it began. */
static bool vanished(const flow *w) {
  return mat_max_abs(w->E) <= DBL_EPSILON * w->top_error || field_converged(&w->f, w->Z, w->E);
}

/* What the state at Z says; FLOW_RUNNING: go on. */
static flow_reason verdict(flow *w) {
  look(w);
  if (!mat_finite(w->Z) || !isfinite(w->excess)) return FLOW_NON_FINITE;
  if (w->spec.until_excess > 0.0 && w->excess <= w->spec.until_excess) return FLOW_UNTIL_EXCESS;
  w->still = vanished(w);
  if (w->still && isinf(w->spec.t_end)) return FLOW_CONVERGED;
  if (!w->still && stationary(w)) return rest(w);
  return w->t >= w->spec.t_end ? FLOW_TIME : FLOW_RUNNING;
}

/* The tolerance an estimate is held against. expo4's is of order 3 and the step is of order 4:
 * estimate = tol would leave errors of tol^4/3. */
static double estimate_tolerance(flow_method method, double tol) {
  return method == FLOW_EXPO4 ? 6.0 * pow(tol, 0.75) : tol;
}

static void use(flow *w, flow_method method) {
  w->using = method;
  w->tol = estimate_tolerance(method, w->spec.tol);
  w->step.failures = 0;
  if (method == FLOW_DOPRI5) erk_use(w->erk, &tableau_dopri5);
  if (method == FLOW_DOP853) erk_use(w->erk, &tableau_dop853);
  if (method == FLOW_EXPO2) expo_start(w->expo, 2, w->tol);
  if (method == FLOW_EXPO4) expo_start(w->expo, 4, w->tol);
  w->step.power = uses_erk(method) ? 1.0 / w->erk->tab->estimate : 1.0 / 3.0;
}

/* tol^1/p / (||K|| + ||A||), bounds of both norms: rescaling weights and time rescales it. */
static double first_step(const flow *w) {
  double u = mat_norm_fro(field_U(&w->f, w->Z)), v = mat_norm_fro(field_V(&w->f, w->Z));
  double sigma = w->f.r ? w->f.sigma[0] : 0.0;
  double rate = sigma * sigma * (u * u + v * v) + mat_norm_fro(w->A);
  return 0.5 * pow(fmin(w->tol, 1.0), w->step.power) / rate;
}

void flow_start(flow *w, const field *f, const flow_spec *spec, mat Z0, double t0) {
  w->f = *f;
  w->spec = *spec;
  w->t = w->tprev = t0;
  w->steps = w->rejected = w->evaluations = w->eigenproblems = 0;
  w->leap_below = INFINITY;
  w->at_infinity = false;
  w->began = clock_seconds();
  mat_copy(w->Z, Z0);
  mat_copy(w->Zprev, Z0);
  look(w);
  w->top_error = mat_max_abs(w->E);
  w->top_state = mat_max_abs(w->Z);
  use(w, spec->method == FLOW_AUTO ? FLOW_EXPO4 : spec->method);
  w->step.h = first_step(w);
  w->reason = verdict(w);
}

/* max|out - low| in U and in V; low is spent. */
static void difference(flow *w, mat out, double diff[2]) {
  mat_axpy(-1.0, out, w->low);
  diff[0] = mat_max_abs(field_U(&w->f, w->low));
  diff[1] = mat_max_abs(field_V(&w->f, w->low));
}

/* One step of size h by the method in use; err in units of the tolerance. */
static status attempt(flow *w, mat Z, double h, mat out, double *err, const tick *t) {
  double diff[2];
  status s;
  if (uses_erk(w->using)) {
    s = erk_step(w->erk, &w->f, Z, h, out, diff);
    w->evaluations += erk_evaluations(w->erk);
  } else {
    s = expo_step(w->expo, &w->f, Z, h, out, w->low, t);
    w->eigenproblems = w->expo->eigenproblems;
    if (s == STATUS_OK) difference(w, out, diff);
  }
  *err = s == STATUS_OK ? control_error(&w->f, Z, out, diff, w->tol) : NAN;
  return s;
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

/* The step to infinity: worth a try once the controller would step past the slowest time scale.
 * Refused, it waits until E has shrunk. */
static status leap(flow *w, const tick *t) {
  double diff[2], lam = mat_get(w->expo->K[w->expo->current].lam, 0, 0);
  if (!w->expo->known || !(w->step.h * lam > 1.0) || w->excess > w->leap_below)
    return STATUS_NO_CONVERGE;
  status s = expo_infinite(w->expo, &w->f, w->Z, w->next, w->low, t);
  w->eigenproblems = w->expo->eigenproblems;
  if (s == STATUS_PAUSED) return s;
  w->leap_below = 0.1 * w->excess;
  if (s != STATUS_OK) return s;
  difference(w, w->next, diff);
  return control_error(&w->f, w->Z, w->next, diff, w->spec.tol) <= 1.0 ? STATUS_OK
                                                                      : STATUS_NO_CONVERGE;
}

static flow_reason limits(const flow *w, const tick *t) {
  if (tick_asks(t)) return FLOW_INTERRUPTED;
  if (w->spec.max_steps > 0 && w->steps + w->rejected >= w->spec.max_steps) return FLOW_MAX_STEPS;
  if (w->spec.max_seconds > 0.0 && clock_seconds() - w->began >= w->spec.max_seconds)
    return FLOW_MAX_SECONDS;
  return FLOW_RUNNING;
}

/* Explicit methods on the way to infinity: near their stability limit stiff parts of E hover at the
 * tolerance for ever. ||S Z||^2/||E||^2 is a Rayleigh quotient of K at E and sees just those. */
static double settling_step(const flow *w, double h) {
  double e = mat_norm_fro(w->E), v = mat_norm_fro(w->SZ);
  return e > 0.0 && v > 0.0 ? fmin(h, 0.5 * w->erk->tab->stable * (e / v) * (e / v)) : h;
}

static double step_length(const flow *w) {
  double h = w->step.h, left = w->spec.t_end - w->t;
  if (isinf(w->spec.t_end)) return uses_erk(w->using) ? settling_step(w, h) : h;
  return h >= left ? left : h > 0.5 * left ? 0.5 * left : h;
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
    status s = attempt(w, w->Z, h, w->next, &err, t);
    if (s == STATUS_PAUSED) return FLOW_INTERRUPTED;
    bad = isfinite(err) ? 0 : bad + 1;
    if (control_judge(&w->step, h, err)) {
      accept(w, h == w->spec.t_end - w->t ? w->spec.t_end : w->t + h);
      return FLOW_RUNNING;
    }
    w->rejected++;
    if (bad > NON_FINITE) return FLOW_NON_FINITE;
  }
}

static bool wants_infinity(const flow *w) {
  return isinf(w->spec.t_end) && !uses_erk(w->using) && !(w->spec.until_excess > 0.0);
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

static void accepted(flow *w) {
  w->at_infinity = false;
  if (uses_erk(w->using)) erk_accept(w->erk);
  else expo_accept(w->expo);
}

flow_reason flow_advance(flow *w, const tick *t) {
  if (w->reason != FLOW_RUNNING && w->reason != FLOW_INTERRUPTED) return w->reason;
  if (w->still) { /* E is zero: nothing moves any more */
    mat_copy(w->next, w->Z);
    accept(w, w->spec.t_end);
    return w->reason = FLOW_TIME;
  }
  if (wants_infinity(w)) {
    status s = leap(w, t);
    if (s == STATUS_PAUSED) return w->reason = FLOW_INTERRUPTED;
    if (s == STATUS_OK) {
      accept(w, INFINITY);
      w->at_infinity = true;
      look(w);
      return w->reason = FLOW_CONVERGED;
    }
  }
  w->reason = step(w, t);
  if (w->reason != FLOW_RUNNING) return w->reason;
  accepted(w);
  w->reason = verdict(w);
  if (w->reason == FLOW_UNTIL_EXCESS) w->reason = locate(w);
  return w->reason;
}

/* Finite controlled steps from Z (in out) at t to the time wanted; h0 <= 0: chosen. */
static status march(flow *w, mat out, double t, double h0, double wanted) {
  enum { FAILURES = 60 };
  double err;
  use(w, w->using);
  w->step.h = h0 > 0.0 ? h0 : first_step(w);
  while (t < wanted) {
    double h = fmin(w->step.h, wanted - t);
    status s = attempt(w, out, h, w->next, &err, NULL);
    if (s != STATUS_OK && w->step.failures > FAILURES) return s;
    if (!control_judge(&w->step, h, err)) continue;
    t = h == wanted - t ? wanted : t + h;
    mat_copy(out, w->next);
    if (uses_erk(w->using)) erk_accept(w->erk);
    else expo_accept(w->expo);
  }
  return STATUS_OK;
}

status flow_between(flow *w, double t, mat out) {
  double h = t - w->tprev;
  status s;
  mat_copy(out, t >= w->t || w->still ? w->Z : w->Zprev);
  if (t >= w->t || w->still || !(h > 0.0)) return STATUS_OK;
  if (w->at_infinity) return march(w, out, w->tprev, 0.0, t);
  if (!uses_erk(w->using)) return expo_again(w->expo, &w->f, w->Zprev, h, out, (mat){0});
  w->erk->first = false;
  s = erk_step(w->erk, &w->f, w->Zprev, h, out, NULL);
  w->erk->first = false;
  return s;
}

status flow_replay(flow *w, mat Zfrom, double tfrom, double h0, double t, mat out) {
  mat_copy(out, Zfrom);
  return march(w, out, tfrom, h0, t);
}
