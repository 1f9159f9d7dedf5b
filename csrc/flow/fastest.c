/* csrc/flow/fastest.c: the power method for K, of another loss for K G (see fastest.h).
 * SPDX-License-Identifier: MIT */
#include "flow/fastest.h"

#include <math.h>
#include <stdbool.h>

#include "flow/tuning.h"

void fastest_layout(arena *a, fastest *w, dims d) {
  w->x = arena_mat(a, d.r, d.m);
  w->image = arena_mat(a, d.r, d.m);
  w->VV = arena_mat(a, d.m, d.m);
  w->UA = arena_mat(a, d.kp, d.m);
  w->F = arena_mat(a, d.n, d.m);
}

void fastest_start(fastest *w) { w->at = -1; }

/* Every direction, those of large sigma first: E would leave out modes in which nothing is to be
 * learned, and explicit steps are unstable there too. */
static void begin(fastest *w, const field *f) {
  mat_probe(w->x, 1);
  mat_scale_rows(w->x, f->sigma);
}

/* x <- K G x */
static void apply(fastest *w, const field *f, mat Z) {
  field_bend(f, w->F, w->x);
  field_force(f, w->x, w->x);
  field_kernel(f, Z, w->x, w->VV, w->UA, w->image);
  mat_copy(w->x, w->image);
}

double fastest_at(fastest *w, const field *f, mat Z, int64_t steps) {
  if (w->at == steps) return w->value;
  bool first = w->at < 0 || !(w->value > 0.0 && isfinite(w->value)); /* or it was out of range */
  if (first) begin(w, f);
  if (f->loss) field_outputs(f, Z, w->F);
  for (int i = 0; i < (first ? FASTEST_FIRST : FASTEST_NEXT); i++) {
    double size = mat_norm_fro(w->x);
    if (!(size > 0.0)) break; /* K = 0 */
    mat_scale(w->x, 1.0 / size);
    apply(w, f, Z);
  }
  w->value = mat_norm_fro(w->x);
  w->at = steps;
  return w->value;
}
