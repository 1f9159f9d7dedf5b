/* csrc/flow/control.c: the error norm and the controller (see control.h),
 * h+ = h min(GROW, max(SHRINK, SAFETY err^-1/p)).
 * SPDX-License-Identifier: MIT */
#include "flow/control.h"

#include <math.h>

#include "flow/tuning.h"

static double block_error(mat before, mat after, double diff, double tol) {
  double top = fmax(mat_max_abs(before), mat_max_abs(after));
  return diff == 0.0 && isfinite(top) ? 0.0 : diff / (tol * top);
}

double control_error(const field *f, mat before, mat after, const double diff[2], double tol) {
  double u = block_error(field_U(f, before), field_U(f, after), diff[0], tol);
  double v = block_error(field_V(f, before), field_V(f, after), diff[1], tol);
  return isnan(u) || isnan(v) ? NAN : fmax(u, v);
}

bool control_judge(control *c, double h, double err) {
  bool accepted = err <= 1.0;
  double factor =
      isfinite(err) ? CONTROL_SAFETY * pow(fmax(err, CONTROL_LEAST), -c->power) : CONTROL_SHRINK;
  factor = fmin(c->failures && accepted ? 1.0 : CONTROL_GROW, fmax(CONTROL_SHRINK, factor));
  c->h = h * factor;
  c->failures = accepted ? 0 : c->failures + 1;
  return accepted;
}
