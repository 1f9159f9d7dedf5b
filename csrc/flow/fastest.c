/* csrc/flow/fastest.c: Rayleigh quotients of K (see fastest.h),
 * K[X] = diag(sigma) (A V V^T + U U^T A), A = diag(sigma) X; of K G for another loss.
 * SPDX-License-Identifier: MIT */
#include "flow/fastest.h"

#include <math.h>
#include <stdbool.h>

#include "flow/tuning.h"
#include "num/blas.h"

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
  uint32_t x = 1;
  for (int j = 0; j < f->m; j++)
    for (int i = 0; i < f->r; i++) {
      x = 1664525u * x + 1013904223u; /* any numbers without a pattern do */
      *mat_at(w->x, i, j) = f->sigma[i] * ((double)x / 4294967296.0 - 0.5);
    }
}

static void apply(fastest *w, const field *f, mat Z) {
  mat U = field_U(f, Z), V = field_V(f, Z);
  field_bend(f, w->F, w->x);
  mat_scale_rows(w->x, f->sigma);
  blas_syrk('N', 1.0, V, 0.0, w->VV);
  blas_gemm('N', 'N', 1.0, w->x, w->VV, 0.0, w->image);
  blas_gemm('T', 'N', 1.0, U, w->x, 0.0, w->UA);
  blas_gemm('N', 'N', 1.0, U, w->UA, 1.0, w->image);
  mat_scale_rows(w->image, f->sigma);
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
    mat_copy(w->x, w->image);
  }
  w->value = mat_norm_fro(w->x);
  w->at = steps;
  return w->value;
}
