/* csrc/flow/unit.c: methods that use the direction of the gradient: normalized descent,
 * Z+ = Z + eta S Z / ||S Z||, and SAM, Z+ = Z + eta S Z taken at Z - rho S Z / ||S Z||. Norms are
 * of both blocks together; weight decay is decoupled, Z <- (1 - eta w) Z before Z moves.
 * SPDX-License-Identifier: MIT */
#include <float.h>

#include "flow/descent.h"

typedef struct unit {
  mat SZ, there; /* k x k' */
} unit;

static void *unit_layout(arena *a, dims of, int n, int batch) {
  unit shape, *w = arena_bytes(a, 1, sizeof *w);
  mat SZ = arena_mat(a, of.r + of.m, of.kp), there = arena_mat(a, of.r + of.m, of.kp);
  (void)n;
  (void)batch;
  *(w ? w : &shape) = (unit){SZ, there};
  return w;
}

/* SZ at Z, where E is the error; 1/||SZ||, or 0 where there is no direction. */
static double direction(descent *d) {
  unit *w = d->room;
  field_force(&d->f, d->E, d->A);
  field_velocity(&d->f, d->Z, d->A, w->SZ);
  double norm = mat_norm_fro(w->SZ);
  return norm >= DBL_MIN ? 1.0 / norm : 0.0;
}

static status move(descent *d, double x) {
  descent_shrink(d, d->Z);
  mat_axpy(x, ((unit *)d->room)->SZ, d->Z);
  return STATUS_OK;
}

static status normalized_step(descent *d, const tick *t) {
  (void)t;
  return move(d, d->eta * direction(d));
}

static status sam_step(descent *d, const tick *t) {
  unit *w = d->room;
  (void)t;
  double size = d->spec.rho * direction(d);
  mat_copy(w->there, d->Z);
  mat_axpy(-size, w->SZ, w->there);
  descent_error(d, w->there);
  field_force(&d->f, d->E, d->A);
  field_velocity(&d->f, w->there, d->A, w->SZ);
  return move(d, d->eta);
}

const update update_normalized = {
    .name = "normalized", .no_flow = true, .layout = unit_layout, .step = normalized_step};
const update update_sam = {
    .name = "sam", .options = {"rho"}, .layout = unit_layout, .step = sam_step};
