/* csrc/flow/between.c: partial steps, and the root of log(excess) - log(level) in time
 * (see between.h).
 * SPDX-License-Identifier: MIT */
#include "flow/between.h"

#include <float.h>
#include <math.h>

#include "flow/tuning.h"

status between_at(stepper *s, const span *last, double t, mat out) {
  double h = t - last->t0;
  bool end = t >= last->t1 || last->kind == SPAN_COASTING;
  mat_copy(out, end ? last->Z1 : last->Z0);
  if (end || !(h > 0.0)) return STATUS_OK;
  return last->kind == SPAN_STEP ? stepper_again(s, last->Z0, h, out, NULL) : STATUS_LIMIT;
}

static double log_excess(const field *f, mat Z, mat E) {
  field_error(f, Z, E);
  return log(field_excess(E));
}

/* False position with halving (Illinois) on log(excess), which is nearly a straight line in time;
 * bisection where that leaves the bracket. */
double between_locate(stepper *s, const span *last, double level, mat E, mat out) {
  double a = last->t0, b = last->t1, goal = log(level), c = b;
  double fa = log_excess(&s->f, last->Z0, E) - goal;
  double fb = log_excess(&s->f, last->Z1, E) - goal;
  mat_copy(out, last->Z1);
  for (int n = 0; n < BETWEEN_ITERATIONS; n++) {
    if (!(fabs(fb) > BETWEEN_LEVEL && b - a > 4.0 * DBL_EPSILON * b)) break;
    c = isfinite(fb) ? b - fb * (b - a) / (fb - fa) : 0.5 * (a + b);
    if (!(c > a && c < b)) c = 0.5 * (a + b);
    if (between_at(s, last, c, out) != STATUS_OK) break;
    double fc = log_excess(&s->f, out, E) - goal;
    if (fabs(fc) <= BETWEEN_LEVEL) break;
    if (fc > 0.0) a = c, fa = fc, fb *= 0.5;
    else b = c, fb = fc, fa *= 0.5;
  }
  return c;
}
