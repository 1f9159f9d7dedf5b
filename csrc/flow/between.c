/* csrc/flow/between.c: judged partial steps, and the root of log(excess / level) in time
 * (see between.h).
 * SPDX-License-Identifier: MIT */
#include "flow/between.h"

#include <math.h>

#include "flow/tuning.h"

/* From out at time t by controlled steps to the time wanted, the first of size h0. */
static status between_replay(stepper *s, between_room room, mat out, double t, double h0,
                             double wanted) {
  double err;
  stepper_restart(s);
  s->control.h = h0;
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

/* Steps from Z0 beside the trajectory, which never notices. */
static status between_aside(stepper *s, between_room room, mat Z0, double t0, double h0, double t,
                            mat out) {
  stepper_aside kept = stepper_hold(s);
  mat_copy(out, Z0);
  status done = between_replay(s, room, out, t0, h0, t);
  stepper_release(s, kept);
  return done;
}

/* One step from Z0 where its estimate says that it is as good as any, else as many as it takes. */
static status between_from(stepper *s, between_room room, mat Z0, double t0, double t, mat out) {
  double err, h = t - t0;
  if (stepper_again(s, Z0, h, out, &err, NULL) == STATUS_OK && err <= 1.0) return STATUS_OK;
  return between_aside(s, room, Z0, t0, BETWEEN_FIRST * h, t, out);
}

status between_at(stepper *s, const span *last, between_room room, double t, mat out) {
  bool end = t >= last->t1 || last->kind == SPAN_COASTING;
  if (end || !(t > last->t0)) {
    mat_copy(out, end ? last->Z1 : last->Z0);
    return STATUS_OK;
  }
  if (last->kind == SPAN_FADING) {
    field_decayed(&s->f, last->Z0, t - last->t0, out);
    return STATUS_OK;
  }
  return last->kind == SPAN_STEP ? between_from(s, room, last->Z0, last->t0, t, out) : STATUS_LIMIT;
}

/* log(excess / level), and how fast it falls: <S Z, (S - w) Z> over the excess. */
static double level_at(const field *f, mat Z, between_room room, double level, double *rate) {
  field_error(f, Z, room.E);
  double excess = field_excess(f, Z, room.E);
  field_force(f, room.E, room.E);
  field_velocity(f, Z, room.E, room.Z);
  double speed = mat_norm_fro(room.Z);
  *rate = speed * speed / excess;
  if (f->weight_decay > 0.0) *rate -= f->weight_decay * mat_dot(room.Z, Z) / excess;
  return log(excess / level);
}

/* Steps towards the level from the last state above it: by Newton's iteration in time until one
 * goes too far, then by false position (Illinois) between the two. Each state above the level is
 * where the next step begins, so that steps become short, and their own errors vanish in the end:
 * from one beginning for all, an error of tol at the end of a long step would hide the level. */
double between_locate(stepper *s, const span *last, between_room room, double level, mat from,
                      mat out) {
  double t = last->t0, most = last->t1 - last->t0, rate, beyond = 0.0, far = INFINITY;
  double f = level_at(&s->f, last->Z0, room, level, &rate);
  mat_copy(from, last->Z0);
  for (int n = 0; n < BETWEEN_ITERATIONS; n++) {
    double h = isfinite(far) ? far * (f / (f - beyond)) : fmin(f / rate, most), next;
    if (!(h > 0.0 && h < far)) h = 0.5 * fmin(far, most);
    if (!(t + h > t) || between_from(s, room, from, t, t + h, out) != STATUS_OK) break;
    double found = level_at(&s->f, out, room, level, &next);
    if (fabs(found) <= BETWEEN_LEVEL) return t + h;
    if (found > 0.0) {
      mat_copy(from, out);
      t += h, f = found, rate = next, far = INFINITY;
    } else {
      if (isfinite(far)) f *= 0.5;
      far = h, beyond = found;
    }
  }
  mat_copy(out, from);
  return t;
}
