/* csrc/descent/momentum.c: heavy ball, D+ = momentum D + eta S Z, Z+ = Z + D+, and Nesterov's
 * method, the same with S Z taken at Z + momentum D. SPDX-License-Identifier: MIT */
#include "descent/descent.h"
#include "num/blas.h"

typedef struct momentum {
  mat velocity, there; /* k x k': D; Nesterov's look-ahead */
  double velocity_u2;  /* D's part of U2, over U2 at the start */
} momentum;

static void *momentum_layout(arena *a, dims of, int n, int batch) {
  momentum shape, *w = arena_bytes(a, 1, sizeof *w);
  mat velocity = arena_mat(a, of.r + of.m, of.kp), there = arena_mat(a, of.r + of.m, of.kp);
  (void)n;
  (void)batch;
  *(w ? w : &shape) = (momentum){velocity, there, 0.0};
  return w;
}

static void momentum_start(descent *d) {
  momentum *w = d->room;
  mat_fill(w->velocity, 0.0);
  w->velocity_u2 = 0.0;
}

static status momentum_step(descent *d, bool ahead) {
  momentum *w = d->room;
  mat at = d->Z;
  double decay = d->eta * d->spec.weight_decay;
  blas_scale(d->spec.momentum, w->velocity);
  w->velocity_u2 *= d->spec.momentum;
  double u2 = ahead ? d->u2 + w->velocity_u2 : d->u2;
  if (ahead) {
    at = w->there;
    mat_copy(at, d->Z);
    blas_axpy(1.0, w->velocity, at);
    descent_error(d, at);
  }
  field_force(&d->f, d->E, d->A);
  descent_push(d, d->eta, decay, at, w->velocity);
  blas_axpy(1.0, w->velocity, d->Z);
  w->velocity_u2 -= decay * u2;
  d->u2 += w->velocity_u2;
  return STATUS_OK;
}

static status heavy_ball_step(descent *d, const tick *t) {
  (void)t;
  return momentum_step(d, false);
}

static status nesterov_step(descent *d, const tick *t) {
  (void)t;
  return momentum_step(d, true);
}

/* Where the larger root of z^2 - (1 + mu - x) z + mu, and of z^2 - (1 - x) ((1 + mu) z - mu), is
 * -1, with x = eta lam. */
static double heavy_ball_stable(double mu) { return 2.0 * (1.0 + mu); }
static double nesterov_stable(double mu) { return 2.0 * (1.0 + mu) / (1.0 + 2.0 * mu); }

const update update_heavy_ball = {.name = "heavy_ball",
                                  .options = {"momentum"},
                                  .gathers = true,
                                  .stable = heavy_ball_stable,
                                  .layout = momentum_layout,
                                  .start = momentum_start,
                                  .step = heavy_ball_step};
const update update_nesterov = {.name = "nesterov",
                                .options = {"momentum"},
                                .gathers = true,
                                .stable = nesterov_stable,
                                .layout = momentum_layout,
                                .start = momentum_start,
                                .step = nesterov_step};
