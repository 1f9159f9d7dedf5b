/* csrc/descent/descent.c: gradient descent and its relatives on the reduced coordinates (see
 * descent.h): the loop, and what the methods (update.h) share.
 * SPDX-License-Identifier: MIT */
#include "descent/descent.h"

#include <math.h>
#include <string.h>

#include "flow/tuning.h"
#include "num/blas.h"
#include "num/clock.h"

#define METHOD(name) &update_##name,
const update *const descent_methods[] = {DESCENT_METHODS(METHOD) NULL};
#undef METHOD

const update *update_named(const char *name) {
  for (int i = 0; descent_methods[i]; i++)
    if (!strcmp(descent_methods[i]->name, name)) return descent_methods[i];
  return NULL;
}

void descent_layout(arena *a, descent *d, dims of, const update *u, int n, int batch) {
  d->Z = arena_mat(a, of.r + of.m, of.kp);
  d->Z0 = arena_mat(a, of.r + of.m, of.kp);
  d->V = arena_mat(a, of.m, of.kp);
  d->E = arena_mat(a, of.r, of.m);
  d->A = arena_mat(a, of.r, of.m);
  d->noise = arena_mat(a, of.r, of.m);
  field_room_layout(a, &d->samples, of);
  d->room = u->layout ? u->layout(a, of, n, batch) : NULL;
}

/* Noise is by the step's number: what goes on from step k0 has that of a descent of one piece. */
static void noise_seek(descent *d) {
  int rows = d->spec.method->by_sample ? d->spec.batch : d->f.r;
  d->rng = philox_make(d->spec.seed, STREAM_LABEL);
  philox_seek(&d->rng, (uint64_t)(d->spec.k0 + d->k) * (uint64_t)rows * (uint64_t)d->f.m);
}

/* Independent normal entries of Xi are independent normal entries of W^T Xi. */
static void noise_draw(descent *d) {
  if (!(d->spec.label_noise > 0.0) || d->given.p || d->spec.method->by_sample) return;
  random_fill_normal(&d->rng, d->noise, d->spec.label_noise);
  d->noisy = true;
}

void descent_disturb(descent *d, mat Xi) {
  d->given = Xi;
  if (d->spec.method->by_sample) return;
  blas_gemm('T', 'N', 1.0, d->W, Xi, 0.0, d->noise);
  d->noisy = true;
}

void descent_error(descent *d, mat Z) {
  field_error(&d->f, Z, d->E);
  if (d->noisy) mat_axpy(1.0, d->noise, d->E);
}

void descent_shrink(descent *d, mat out) {
  double keep = 1.0 - d->eta * d->spec.weight_decay;
  if (keep < 1.0) blas_scale(keep, out);
  d->u2 *= keep;
}

static void descent_evaluate(descent *d) {
  field_error(&d->f, d->Z, d->E);
  d->excess = field_excess(&d->f, d->Z, d->E);
}

/* L - L* of Z = 0. */
static double excess_at_zero(descent *d) {
  if (!d->f.loss) return field_excess(&d->f, d->Z, d->f.Yt);
  mat_fill(d->Z, 0.0);
  double excess = field_excess(&d->f, d->Z, d->E);
  mat_copy(d->Z, d->Z0);
  return excess;
}

void descent_start(descent *d, const field *f, const descent_spec *spec, mat W, mat Y, mat Z0) {
  d->f = *f;
  d->f.room = d->samples;
  d->spec = *spec;
  d->W = W;
  d->Y = Y;
  d->k = d->k_then = 0;
  d->t = d->t_then = 0.0;
  d->eta = spec->etas ? spec->etas[0] : spec->eta;
  d->u2 = 1.0;
  d->given = (mat){0};
  d->noisy = false;
  noise_seek(d);
  d->began = clock_seconds();
  mat_copy(d->Z, Z0);
  mat_copy(d->Z0, Z0);
  descent_evaluate(d);
  d->limit = DESCENT_DIVERGED * fmax(d->excess, excess_at_zero(d));
  d->reason = isfinite(d->excess) ? FLOW_RUNNING : FLOW_NON_FINITE;
  if (spec->method->start) spec->method->start(d);
}

static double descent_clock(const descent *d) {
  return d->spec.method->gathers ? d->eta / (1.0 - d->spec.momentum) : d->eta;
}

void descent_eta(descent *d, double eta) {
  if (eta == d->eta) return; /* t stays one product: as exact as it was */
  d->eta = eta;
  d->t_then = d->t;
  d->k_then = d->k;
}

void descent_push(const descent *d, double x, double y, mat Z, mat out) {
  double keep = out.p == Z.p ? 1.0 - y : 1.0;
  if (out.p != Z.p && y > 0.0) blas_axpy(-y, Z, out);
  mat_copy(d->V, field_V(&d->f, Z)); /* U moves by the old V, and V by the old U */
  blas_gemm('T', 'N', x, d->A, field_U(&d->f, Z), keep, field_V(&d->f, out));
  blas_gemm('N', 'N', x, d->A, d->V, keep, field_U(&d->f, out));
}

static flow_reason descent_judge(descent *d, const tick *t) {
  if (!(d->excess <= d->limit)) return FLOW_DIVERGED;
  if (d->spec.until_excess > 0.0 && d->excess <= d->spec.until_excess) return FLOW_UNTIL_EXCESS;
  if (d->k >= d->spec.steps) return FLOW_TIME;
  if (d->spec.max_seconds > 0.0 && clock_seconds() - d->began >= d->spec.max_seconds)
    return FLOW_MAX_SECONDS;
  return tick_asks(t) ? FLOW_INTERRUPTED : FLOW_RUNNING;
}

static status descent_step(descent *d, const tick *t) {
  if (d->spec.etas) descent_eta(d, d->spec.etas[d->k]);
  noise_draw(d);
  if (d->noisy) mat_axpy(1.0, d->noise, d->E);
  return d->spec.method->step(d, t);
}

flow_reason descent_advance(descent *d, int64_t count, const tick *t) {
  if (d->reason != FLOW_RUNNING && d->reason != FLOW_INTERRUPTED) return d->reason;
  d->reason = descent_judge(d, t);
  while (count-- > 0 && d->reason == FLOW_RUNNING) {
    status s = descent_step(d, t);
    if (s != STATUS_OK) {
      descent_evaluate(d);
      if (d->spec.label_noise > 0.0) noise_seek(d);
      return d->reason = s == STATUS_PAUSED ? FLOW_INTERRUPTED : FLOW_NON_FINITE;
    }
    d->k++;
    d->t = d->t_then + descent_clock(d) * (double)(d->k - d->k_then);
    descent_evaluate(d);
    d->reason = descent_judge(d, t);
  }
  return d->reason;
}

void stable_eta_layout(arena *a, stable_eta *w, dims d) {
  flow_layout(a, &w->ahead, d, &method_dopri5);
  kernel_room_layout(a, &w->room, d);
  w->Z = arena_mat(a, d.r + d.m, d.kp);
}

double descent_stable_eta(const descent *d, stable_eta *w) {
  flow_spec spec = {.method = &method_dopri5,
                    .t_end = INFINITY,
                    .tol = DESCENT_AHEAD_TOL,
                    .max_steps = DESCENT_AHEAD};
  const update *u = d->spec.method;
  double low, high, top = 0.0, most = u->stable ? u->stable(d->spec.momentum) : 2.0;
  if (u->no_flow || d->f.loss) return 0.0; /* K bounds the curvature, but is not that */
  flow_start(&w->ahead, &d->f, &spec, d->Z0, 0.0);
  flow_reason why = w->ahead.reason;
  for (int n = 0;; n++) {
    if (n % DESCENT_AHEAD_EVERY == 0 || why != FLOW_RUNNING) {
      flow_state(&w->ahead, w->Z);
      if (kernel_range(&w->room, &d->f, w->Z, &low, &high) == STATUS_OK) top = fmax(top, high);
    }
    if (why != FLOW_RUNNING) return top > 0.0 ? most / (top + d->spec.weight_decay) : 0.0;
    why = flow_advance(&w->ahead, NULL);
  }
}
