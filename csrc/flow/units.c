/* csrc/flow/units.c: everything by exact powers of two (see units.h),
 * time goes with (data + state) squared, the excess with data + 2 state squared.
 * SPDX-License-Identifier: MIT */
#include "flow/units.h"

#include <float.h>
#include <limits.h>
#include <math.h>

#include "flow/tuning.h"

static int halved(int e) { return e >= 0 ? e / 2 : -((1 - e) / 2); } /* rounded down */

units units_of(const field *f, mat Z) {
  double z = mat_max_abs(Z), y = mat_max_abs(f->Yt), s1 = f->r ? f->sigma[0] : 0.0;
  units s = {s1 > 0.0 && isfinite(s1) ? ilogb(s1) : 0, INT_MIN};
  if (z > 0.0 && isfinite(z)) s.state = ilogb(z);
  if (y > 0.0 && isfinite(y) && halved(ilogb(y) - s.data) > s.state)
    s.state = halved(ilogb(y) - s.data);
  if (s.state == INT_MIN) s.state = 0;
  int least = UNITS_LEAST;
  if (f->weight_decay > 0.0) {
    int decays = halved(ilogb(f->weight_decay) - UNITS_DECAY);
    if (decays > least) least = decays;
  }
  if (s.data + s.state < least) s.state = least - s.data;
  return s;
}

/* to = 2^e from: where 2^e is a double, a product rounds no more than ldexp, which takes its time.
 */
static void shift(mat from, int e, mat to) {
  bool fits = e >= DBL_MIN_EXP - 1 && e < DBL_MAX_EXP;
  double unit = fits ? ldexp(1.0, e) : 0.0;
  for (int j = 0; j < to.cols; j++)
    for (int i = 0; i < to.rows; i++) {
      double x = mat_get(from, i, j);
      *mat_at(to, i, j) = fits ? unit * x : ldexp(x, e);
    }
}

void units_field(units s, const field *f, field *out, double *sigma) {
  mat Yt = out->Yt;
  for (int i = 0; i < f->r; i++) sigma[i] = ldexp(f->sigma[i], -s.data);
  shift(f->Yt, -s.data - 2 * s.state, Yt);
  *out = *f;
  out->sigma = sigma;
  out->Yt = Yt;
  out->unit = ldexp(f->unit, s.data + 2 * s.state);
  out->weight_decay = ldexp(f->weight_decay, -2 * (s.data + s.state));
}

void units_state(units s, mat Z, mat out) { shift(Z, -s.state, out); }
void units_state_back(units s, mat Z, mat out) { shift(Z, s.state, out); }

double units_time(units s, double t) {
  double x = ldexp(t, 2 * (s.data + s.state));
  return isfinite(t) ? fmin(x, DBL_MAX) : x;
}
double units_time_back(units s, double t) { return ldexp(t, -2 * (s.data + s.state)); }
double units_excess(units s, double x) {
  double y = ldexp(x, -2 * (s.data + 2 * s.state));
  return x > 0.0 ? fmax(y, DBL_MIN) : y;
}
double units_excess_back(units s, double x) { return ldexp(x, 2 * (s.data + 2 * s.state)); }
