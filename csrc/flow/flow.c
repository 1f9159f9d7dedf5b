/* csrc/flow/flow.c: the loop around the methods: try, accept, judge, end (see flow.h); read it from
 * flow_next at the bottom. Acceptance is err <= 1, so that a nan never passes.
 * SPDX-License-Identifier: MIT */
#include "flow/flow.h"

#include <float.h>
#include <math.h>

#include "flow/tuning.h"
#include "num/clock.h"

void flow_layout(arena *a, flow *w, dims d, const method *which) {
  mat *const states[] = {&w->Z, &w->Zprev, &w->next, &w->above};
  for (size_t i = 0; i < sizeof states / sizeof *states; i++)
    *states[i] = arena_mat(a, d.r + d.m, d.kp);
  arrival_layout(a, &w->arrival, d);
  stepper_layout(a, &w->step, d, which);
  choice_layout(a, &w->choice, d);
  w->sigma = arena_doubles(a, (size_t)d.r);
  w->f.Yt = arena_mat(a, d.r, d.m);
  field_room_layout(a, &w->room, d);
}

/* What the state at Z says; FLOW_RUNNING: go on. */
static flow_reason flow_judge(flow *w) {
  arrival_evaluate(&w->arrival, w->Z);
  if (!mat_finite(w->Z) || !isfinite(w->arrival.excess)) return FLOW_NON_FINITE;
  if (w->level > 0.0 && w->arrival.excess <= w->level) return FLOW_UNTIL_EXCESS;
  flow_reason why = arrival_judge(&w->arrival, w->Zprev, w->Z, w->now - w->before);
  /* At the target with time left, the next step goes to the end at once; with weight decay so does
   * one to t = infinity, where all that decays is gone. */
  double decays = w->f.weight_decay * (w->t_end - w->now);
  if (why == FLOW_CONVERGED && decays <= DBL_EPSILON) w->arrival.at_target = true;
  bool goes_on = isfinite(w->t_end) || (w->f.weight_decay > 0.0 && w->arrival.at_target);
  if (why == FLOW_CONVERGED && goes_on) why = FLOW_RUNNING;
  if (why != FLOW_RUNNING) return why;
  return w->now >= w->t_end ? FLOW_TIME : FLOW_RUNNING;
}

/* The whole run in units in which it is of order one. */
static void flow_measure(flow *w, const field *f, mat Z0, double t0) {
  const flow_spec *spec = &w->spec;
  field decaying = *f;
  decaying.weight_decay = spec->weight_decay;
  decaying.room = w->room;
  w->unit = units_of(&decaying, Z0);
  units_field(w->unit, &decaying, &w->f, w->sigma);
  units_state(w->unit, Z0, w->Z);
  mat_copy(w->Zprev, w->Z);
  w->t = w->tprev = t0;
  w->now = w->before = w->started = units_time(w->unit, t0);
  w->t_end = units_time(w->unit, spec->t_end);
  w->level = units_excess(w->unit, spec->until_excess);
  /* Up to a finite time, or a level, only what underflows in L is gone: nothing moves from there on
   * that anyone sees. */
  bool forever = isinf(w->t_end) && !(w->level > 0.0);
  w->f.gone = forever ? FLOW_GONE : sqrt(DBL_MIN);
}

void flow_start(flow *w, const field *f, const flow_spec *spec, mat Z0, double t0) {
  w->spec = *spec;
  flow_measure(w, f, Z0, t0);
  w->steps = w->rejected = 0;
  w->infinite_below = INFINITY;
  w->last = SPAN_STEP;
  w->began = clock_seconds();
  arrival_start(&w->arrival, &w->f, w->Z);
  stepper_start(&w->step, &w->f, spec->tol);
  if (spec->using) stepper_begin_with(&w->step, spec->using);
  choice_start(&w->choice, &w->step, Z0.cols);
  double lam = spec->h > 0.0 ? 0.0 : choice_fastest(&w->choice, &w->step, w->Z, 0);
  w->step.control.h = spec->h > 0.0 ? units_time(w->unit, spec->h)
                                    : stepper_first(&w->step, w->Z, w->arrival.A, lam);
  w->reason = flow_judge(w);
}

/* The state tried becomes the state at t. */
static void flow_accept(flow *w, span_kind kind, double t) {
  mat old = w->Zprev;
  w->Zprev = w->Z;
  w->Z = w->next;
  w->next = old;
  w->before = w->now;
  w->now = t;
  w->tprev = w->t;
  w->t = t == w->t_end ? w->spec.t_end : units_time_back(w->unit, t);
  w->last = kind;
  w->steps++;
}

static void accept_finite(flow *w, double h) {
  stepper_accept(&w->step);
  flow_accept(w, SPAN_STEP, h == w->t_end - w->now ? w->t_end : w->now + h);
}

static flow_reason flow_limits(const flow *w, const tick *t) {
  if (tick_asks(t)) return FLOW_INTERRUPTED;
  if (w->spec.max_steps > 0 && w->steps + w->rejected >= w->spec.max_steps) return FLOW_MAX_STEPS;
  if (w->spec.max_seconds > 0.0 && clock_seconds() - w->began >= w->spec.max_seconds)
    return FLOW_MAX_SECONDS;
  return FLOW_RUNNING;
}

/* The next step to try; a finite end is met exactly, and not by a last step much shorter than the
 * one before. */
static double step_length(const flow *w) {
  double h = arrival_cap(&w->arrival, &w->step, w->Z, w->step.control.h);
  double left = w->t_end - w->now;
  return h >= left ? left : h > FLOW_HALVES * left ? FLOW_HALVES * left : h;
}

typedef enum attempt { REFUSED, TAKEN, PAUSED } attempt; /* what became of a step */

/* A step to infinity: worth a try once the controller would step past the slowest time scale, and
 * where it cannot cross until_excess. Refused, it waits until E has shrunk. */
static attempt try_infinite(flow *w, const tick *t) {
  double err;
  if (isfinite(w->t_end) || w->level > 0.0 || w->arrival.excess > w->infinite_below ||
      !(w->step.control.h * stepper_slowest(&w->step) > 1.0))
    return REFUSED;
  if (stepper_infinite(&w->step, w->Z, w->next, &err, t) == STATUS_PAUSED) return PAUSED;
  w->infinite_below = FLOW_INFINITE_AGAIN * w->arrival.excess;
  if (!(err <= 1.0)) return REFUSED;
  flow_accept(w, SPAN_INFINITE, INFINITY);
  arrival_evaluate(&w->arrival, w->Z);
  return TAKEN;
}

/* A step h by the method of another slot; taken, that method is in use from here on. */
static attempt try_method(flow *w, int slot, double h, double *err, const tick *t) {
  stepper *s = &w->step;
  stepper_mark before = stepper_swap(s, slot);
  status done = stepper_try(s, w->Z, h, w->next, err, t);
  bool taken = done == STATUS_OK && *err <= 1.0 && control_judge(&s->control, h, *err);
  if (taken) accept_finite(w, h);
  else stepper_undo(s, before);
  return done == STATUS_PAUSED ? PAUSED : taken ? TAKEN : REFUSED;
}

/* As E decays now, it is at until_excess or at round-off after this time; flows slow down, and it
 * takes longer. */
static double time_to_level(const flow *w) {
  double y = DBL_EPSILON * mat_norm_fro(w->f.Yt), level = fmax(w->level, 0.5 * y * y);
  if (w->f.weight_decay > 0.0) return INFINITY;
  return log(fmax(w->arrival.excess / level, 1.0)) / arrival_rate(&w->arrival);
}

static moment moment_of(const flow *w) {
  double hovers = w->level > 0.0 ? 0.0 : ARRIVAL_PATIENCE;
  return (moment){w->steps,          w->now,           w->now - w->started,
                  w->t_end - w->now, time_to_level(w), hovers};
}

/* A step by any other method that may pay. */
static attempt try_others(flow *w, const tick *t) {
  choice_settle(&w->choice, &w->step, &w->arrival, w->Z);
  for (;;) {
    double err;
    offer other =
        choice_offer(&w->choice, &w->step, &w->arrival, w->Z, moment_of(w), step_length(w));
    if (!(other.h > 0.0 && w->now + other.h > w->now)) return REFUSED;
    attempt got = try_method(w, other.slot, other.h, &err, t);
    if (got == PAUSED) return PAUSED;
    choice_tried(&w->choice, &w->step, other.slot, moment_of(w), got == TAKEN, err);
    if (got == TAKEN) return TAKEN;
  }
}

/* Tries the method in use until a step is accepted; another reason than FLOW_RUNNING ends the
 * attempts. */
static flow_reason flow_step(flow *w, const tick *t) {
  int bad = 0;
  for (;;) {
    flow_reason why = flow_limits(w, t);
    double h = step_length(w), err;
    if (why != FLOW_RUNNING) return why;
    if (!(w->now + h > w->now)) return bad ? FLOW_NON_FINITE : FLOW_STEP_UNDERFLOW;
    if (stepper_try(&w->step, w->Z, h, w->next, &err, t) == STATUS_PAUSED) return FLOW_INTERRUPTED;
    choice_spend(&w->choice, &w->step);
    bad = isfinite(err) ? 0 : bad + 1;
    if (control_judge(&w->step.control, h, err)) {
      accept_finite(w, h);
      return FLOW_RUNNING;
    }
    w->rejected++;
    if (bad > FLOW_NON_FINITE_MOST) return FLOW_NON_FINITE;
  }
}

static span last_step(const flow *w) { return (span){w->last, w->before, w->now, w->Zprev, w->Z}; }

/* The rest of the time is one step along the velocity: E has vanished, and nothing moves; or so
 * little time is left from the start on, against every rate of the flow, that nothing else is seen.
 */
static bool is_coasting(const flow *w) {
  double left = w->t_end - w->now;
  return w->arrival.at_target ||
         (w->steps == 0 && left * stepper_rate(&w->step, w->Z, w->arrival.A) <= DBL_EPSILON);
}

static flow_reason flow_coast(flow *w) {
  double left = w->t_end - w->now;
  field_decayed(&w->f, w->Z, w->arrival.fades ? left : 0.0, w->next);
  if (!w->arrival.at_target) mat_axpy(left, w->arrival.SZ, w->next);
  flow_accept(w, w->arrival.fades ? SPAN_FADING : SPAN_COASTING, w->t_end);
  arrival_evaluate(&w->arrival, w->Z);
  return isfinite(w->t_end) ? FLOW_TIME : FLOW_CONVERGED;
}

/* The run ends inside its last step, where the excess crossed the level. */
static flow_reason end_at_level(flow *w) {
  span last = last_step(w);
  /* out must not be an end of the step: the state found is kept in the room of S Z */
  between_room room = {w->next, w->arrival.E};
  w->now = between_locate(&w->step, &last, room, w->level, w->above, w->arrival.SZ);
  w->t = units_time_back(w->unit, w->now);
  mat_copy(w->Z, w->arrival.SZ);
  arrival_evaluate(&w->arrival, w->Z);
  return FLOW_UNTIL_EXCESS;
}

static flow_reason flow_next(flow *w, const tick *t) {
  if (is_coasting(w)) return flow_coast(w);
  flow_reason why = flow_limits(w, t);
  if (why != FLOW_RUNNING) return why;
  attempt got = try_infinite(w, t);
  if (got == TAKEN) return FLOW_CONVERGED;
  if (got == REFUSED) got = try_others(w, t);
  if (got == PAUSED) return FLOW_INTERRUPTED;
  if (got == REFUSED) why = flow_step(w, t);
  if (why != FLOW_RUNNING) return why;
  why = flow_judge(w);
  return why == FLOW_UNTIL_EXCESS ? end_at_level(w) : why;
}

flow_reason flow_advance(flow *w, const tick *t) {
  if (w->reason == FLOW_RUNNING || w->reason == FLOW_INTERRUPTED) w->reason = flow_next(w, t);
  return w->reason;
}

void flow_state(const flow *w, mat out) { units_state_back(w->unit, w->Z, out); }

double flow_decay(const flow *w, double t) {
  double passed = units_time(w->unit, t) - w->started;
  return w->f.weight_decay > 0.0 ? exp(-w->f.weight_decay * passed) : 1.0;
}

double flow_excess(const flow *w) { return units_excess_back(w->unit, w->arrival.excess); }

double flow_next_step(const flow *w) { return units_time_back(w->unit, w->step.control.h); }

status flow_between(flow *w, double t, mat out) {
  span last = last_step(w);
  double at = t >= w->t ? w->now : t <= w->tprev ? w->before : units_time(w->unit, t);
  status done = between_at(&w->step, &last, (between_room){w->next, w->arrival.A}, at, out);
  units_state_back(w->unit, out, out);
  return done;
}
