/* csrc/descent/gauss_newton.c: Gauss and Newton's step, the least dZ by which the linearized error
 * vanishes: dZ = J^+ E = S(K^+[E]) Z, as E' = -J dZ and K = J J^T; so E' = -E in the limit of
 * small eta. Weight decay is decoupled, Z+ = (1 - eta w) Z + eta dZ. SPDX-License-Identifier: MIT
 */
#include "descent/descent.h"
#include "flow/tuning.h"

typedef struct gauss_newton {
  kernel K;
  kernel_room room;
  mat e, scratch, SZ; /* r x m, r x m, k x k' */
} gauss_newton;

static void *gauss_newton_layout(arena *a, dims of, int n, int batch) {
  gauss_newton shape, *w = arena_bytes(a, 1, sizeof *w), *out = w ? w : &shape;
  (void)n;
  (void)batch;
  kernel_layout(a, &out->K, of);
  kernel_room_layout(a, &out->room, of);
  out->e = arena_mat(a, of.r, of.m);
  out->scratch = arena_mat(a, of.r, of.m);
  out->SZ = arena_mat(a, of.r + of.m, of.kp);
  return w;
}

static status gauss_newton_step(descent *d, const tick *t) {
  gauss_newton *w = d->room;
  status s = kernel_at(&w->K, &w->room, &d->f, d->Z, t);
  if (s != STATUS_OK) return s;
  kernel_to(&w->K, d->E, w->e, w->scratch);
  kernel_solve(&w->K, EXPO_NULL * mat_max_abs(w->K.lam), w->e);
  kernel_back(&w->K, w->e, d->A, w->scratch);
  field_force(&d->f, d->A, d->A);
  field_velocity(&d->f, d->Z, d->A, w->SZ);
  descent_shrink(d, d->Z);
  mat_axpy(d->eta, w->SZ, d->Z);
  return s;
}

const update update_gauss_newton = {.name = "gauss_newton",
                                    .no_flow = true,
                                    .squared = true,
                                    .layout = gauss_newton_layout,
                                    .step = gauss_newton_step};
