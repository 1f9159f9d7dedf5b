/* csrc/flow/between.c: partial steps, replays, and the root of log(excess) - log(level) in time
 * (see between.h).
 * SPDX-License-Identifier: MIT */
#include "flow/between.h"

#include <float.h>
#include <math.h>

#include "flow/tuning.h"

status between_replay(stepper *s, between_room room, mat out, double t, double h0, double wanted) {
  double err;
  stepper_restart(s);
  field_error(&s->f, out, room.E);
  field_force(&s->f, room.E, room.E);
  s->control.h = h0 > 0.0 ? h0 : stepper_first(s, out, room.E);
  while (t < wanted) {
    double h = fmin(s->control.h, wanted - t);
    status done = stepper_try(s, out, h, room.Z, &err, NULL);
    if (!control_judge(&s->control, h, err)) {
      if (s->control.failures > BETWEEN_FAILURES) return done == STATUS_OK ? STATUS_LIMIT : done;
      continue;
    }
    stepper_accept(s);
    t = h == wanted - t ? wanted : t + h;
    mat_copy(out, room.Z);
  }
  return STATUS_OK;
}

status between_at(stepper *s, const span *last, between_room room, double t, mat out) {
  double h = t - last->t0;
  bool end = t >= last->t1 || last->kind == SPAN_COASTING;
  mat_copy(out, end ? last->Z1 : last->Z0);
  if (end || !(h > 0.0)) return STATUS_OK;
  if (last->kind == SPAN_STEP) return stepper_again(s, last->Z0, h, out, NULL);
  stepper_work kept = s->work; /* what is done beside the trajectory does not count */
  status done = between_replay(s, room, out, last->t0, 0.0, t);
  s->work = kept;
  return done;
}

static double log_excess(const field *f, mat Z, mat E) {
  field_error(f, Z, E);
  return log(field_excess(E));
}

/* False position with halving (Illinois) on log(excess), which is nearly a straight line in time;
 * bisection where that leaves the bracket. */
double between_locate(stepper *s, const span *last, between_room room, double level, mat out) {
  double a = last->t0, b = last->t1, goal = log(level), c = b;
  double fa = log_excess(&s->f, last->Z0, room.E) - goal;
  double fb = log_excess(&s->f, last->Z1, room.E) - goal;
  mat_copy(out, last->Z1);
  for (int n = 0; n < BETWEEN_ITERATIONS; n++) {
    if (!(fabs(fb) > BETWEEN_LEVEL && b - a > 4.0 * DBL_EPSILON * b)) break;
    c = isfinite(fb) ? b - fb * (b - a) / (fb - fa) : 0.5 * (a + b);
    if (!(c > a && c < b)) c = 0.5 * (a + b);
    if (between_at(s, last, room, c, out) != STATUS_OK) break;
    double fc = log_excess(&s->f, out, room.E) - goal;
    if (fabs(fc) <= BETWEEN_LEVEL) break;
    if (fc > 0.0) a = c, fa = fc, fb *= 0.5;
    else b = c, fb = fc, fa *= 0.5;
  }
  return c;
}
