/* csrc/flow/control.c: the error norm and the controller (see control.h),
 * h+ = h min(GROW, max(SHRINK, SAFETY err^-1/p)).
 * SPDX-License-Identifier: MIT */
#include "flow/control.h"

#include <math.h>

#include "flow/tuning.h"

static double block_error(double keep, mat before, mat after, double diff, double tol) {
  double top = fmax(keep * mat_max_abs(before), mat_max_abs(after));
  return diff == 0.0 && isfinite(top) ? 0.0 : diff / (tol * top);
}

double control_error(const field *f, double keep, mat before, mat after, const double diff[2],
                     double tol) {
  double u = block_error(keep, field_U(f, before), field_U(f, after), diff[0], tol);
  double v = block_error(keep, field_V(f, before), field_V(f, after), diff[1], tol);
  return isnan(u) || isnan(v) ? NAN : fmax(u, v);
}

void control_start(control *c, int p) {
  c->power = 1.0 / p;
  c->steep = 0.0;
}

/* At a limit of stability errors grow with a much higher power of h than an estimate's order: with
 * that order alone every third step is refused there, for as long as the limit is met. The power is
 * learned from the refused step and the next, and holds while steps are of about that size. */
static void learn(control *c, double h, double err) {
  bool between = c->failures && c->failed_h > h && c->failed > err && isfinite(c->failed);
  if (!between) return;
  double power = log(c->failed_h / h) / log(c->failed / fmax(err, CONTROL_LEAST));
  c->steep = fmax(power, CONTROL_STEEPEST * c->power);
  c->steep_h = h;
}

static double power_at(const control *c, double h) {
  bool known = c->steep > 0.0 && h <= CONTROL_AROUND * c->steep_h;
  return known && h * CONTROL_AROUND >= c->steep_h ? fmin(c->steep, c->power) : c->power;
}

bool control_judge(control *c, double h, double err) {
  bool accepted = err <= 1.0;
  if (accepted) learn(c, h, err);
  double power = power_at(c, h);
  double factor =
      isfinite(err) ? CONTROL_SAFETY * pow(fmax(err, CONTROL_LEAST), -power) : CONTROL_SHRINK;
  factor = fmin(c->failures && accepted ? 1.0 : CONTROL_GROW, fmax(CONTROL_SHRINK, factor));
  c->h = h * factor;
  c->failures = accepted ? 0 : c->failures + 1;
  if (!accepted) c->failed_h = h, c->failed = err;
  return accepted;
}
