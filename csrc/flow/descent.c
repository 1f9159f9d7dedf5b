/* csrc/flow/descent.c: gradient descent and its relatives on the reduced coordinates (see
 * descent.h), Z+ = Z + eta S Z, Lambda+ - Lambda = eta^2 (V^T A^T A V - U^T A A^T U).
 * SPDX-License-Identifier: MIT */
#include "flow/descent.h"

#include <math.h>

#include "flow/tuning.h"
#include "num/blas.h"
#include "num/clock.h"

const char *const descent_method_names[DESCENT_METHODS] = {"gd", "heavy_ball", "nesterov", "sgd"};

void descent_layout(arena *a, descent *d, dims of, int n, int batch) {
  d->Z = arena_mat(a, of.r + of.m, of.kp);
  d->Z0 = arena_mat(a, of.r + of.m, of.kp);
  d->velocity = arena_mat(a, of.r + of.m, of.kp);
  d->there = arena_mat(a, of.r + of.m, of.kp);
  d->V = arena_mat(a, of.m, of.kp);
  d->E = arena_mat(a, of.r, of.m);
  d->A = arena_mat(a, of.r, of.m);
  d->map = arena_mat(a, of.r, of.m);
  d->batch_W = arena_mat(a, batch, of.r);
  d->batch_E = arena_mat(a, batch, of.m);
  d->order = arena_ints(a, (size_t)n);
}

static void descent_evaluate(descent *d) {
  field_error(&d->f, d->Z, d->E);
  d->excess = field_excess(d->E);
}

void descent_start(descent *d, const field *f, const descent_spec *spec, mat W, mat Y, mat Z0) {
  d->f = *f;
  d->spec = *spec;
  d->W = W;
  d->Y = Y;
  d->k = 0;
  d->began = clock_seconds();
  mat_copy(d->Z, Z0);
  mat_copy(d->Z0, Z0);
  mat_fill(d->velocity, 0.0);
  descent_evaluate(d);
  d->limit = DESCENT_DIVERGED * fmax(d->excess, field_excess(f->Yt));
  d->reason = isfinite(d->excess) ? FLOW_RUNNING : FLOW_NON_FINITE;
  if (spec->method == DESCENT_SGD) {
    d->rng = philox_make(spec->seed, STREAM_SGD);
    d->next = W.rows;
    for (int i = 0; i < W.rows; i++) d->order[i] = i;
  }
}

/* out <- out + x S Z at Z, whose force is A; out may be Z itself. */
static void push(const descent *d, double x, mat Z, mat out) {
  mat_copy(d->V, field_V(&d->f, Z)); /* U moves by the old V, and V by the old U */
  blas_gemm('T', 'N', x, d->A, field_U(&d->f, Z), 1.0, field_V(&d->f, out));
  blas_gemm('N', 'N', x, d->A, d->V, 1.0, field_U(&d->f, out));
}

static void shuffle(descent *d) {
  for (int i = d->W.rows - 1; i > 0; i--) {
    int j = (int)random_integer(&d->rng, 0, i), keep = d->order[i];
    d->order[i] = d->order[j];
    d->order[j] = keep;
  }
  d->next = 0;
}

/* A = (n/b) diag(sigma) W_b^T (Y_b - W_b diag(sigma) U V^T) for the next batch of the epoch. */
static void batch_force(descent *d) {
  int n = d->W.rows, left;
  if (d->next >= n) shuffle(d);
  left = n - d->next < d->spec.batch ? n - d->next : d->spec.batch;
  mat Wb = mat_rows(d->batch_W, 0, left), Eb = mat_rows(d->batch_E, 0, left);
  for (int i = 0; i < left; i++) {
    int from = d->order[d->next + i];
    mat_copy(mat_rows(Wb, i, 1), mat_rows(d->W, from, 1));
    mat_copy(mat_rows(Eb, i, 1), mat_rows(d->Y, from, 1));
  }
  d->next += left;
  blas_gemm('N', 'T', 1.0, field_U(&d->f, d->Z), field_V(&d->f, d->Z), 0.0, d->map);
  mat_scale_rows(d->map, d->f.sigma);
  blas_gemm('N', 'N', -1.0, Wb, d->map, 1.0, Eb);
  blas_gemm('T', 'N', (double)n / left, Wb, Eb, 0.0, d->A);
  mat_scale_rows(d->A, d->f.sigma);
}

double descent_clock(const descent_spec *spec) {
  bool heavy = spec->method == DESCENT_HEAVY_BALL || spec->method == DESCENT_NESTEROV;
  return heavy ? spec->eta / (1.0 - spec->momentum) : spec->eta;
}

/* D <- momentum D + eta S Z at Z or, looking ahead, at Z + momentum D; Z <- Z + D. */
static void momentum_step(descent *d, bool ahead) {
  mat at = d->Z;
  mat_scale(d->velocity, d->spec.momentum);
  if (ahead) {
    at = d->there;
    mat_copy(at, d->Z);
    mat_axpy(1.0, d->velocity, at);
    field_error(&d->f, at, d->E);
  }
  field_force(&d->f, d->E, d->A);
  push(d, d->spec.eta, at, d->velocity);
  mat_axpy(1.0, d->velocity, d->Z);
}

static void descent_step(descent *d) {
  switch (d->spec.method) {
  case DESCENT_HEAVY_BALL: momentum_step(d, false); break;
  case DESCENT_NESTEROV: momentum_step(d, true); break;
  case DESCENT_SGD:
    batch_force(d);
    push(d, d->spec.eta, d->Z, d->Z);
    break;
  default: field_force(&d->f, d->E, d->A); push(d, d->spec.eta, d->Z, d->Z);
  }
  d->k++;
  descent_evaluate(d);
}

static flow_reason descent_judge(descent *d, const tick *t) {
  if (!(d->excess <= d->limit)) return FLOW_DIVERGED;
  if (d->spec.until_excess > 0.0 && d->excess <= d->spec.until_excess) return FLOW_UNTIL_EXCESS;
  if (d->k >= d->spec.steps) return FLOW_TIME;
  if (d->spec.max_seconds > 0.0 && clock_seconds() - d->began >= d->spec.max_seconds)
    return FLOW_MAX_SECONDS;
  return tick_asks(t) ? FLOW_INTERRUPTED : FLOW_RUNNING;
}

flow_reason descent_advance(descent *d, int64_t count, const tick *t) {
  if (d->reason != FLOW_RUNNING && d->reason != FLOW_INTERRUPTED) return d->reason;
  d->reason = descent_judge(d, t);
  while (count-- > 0 && d->reason == FLOW_RUNNING) {
    descent_step(d);
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
  double low, high, top = 0.0;
  flow_start(&w->ahead, &d->f, &spec, d->Z0, 0.0);
  flow_reason why = w->ahead.reason;
  for (int n = 0;; n++) {
    if (n % DESCENT_AHEAD_EVERY == 0 || why != FLOW_RUNNING) {
      flow_state(&w->ahead, w->Z);
      if (kernel_range(&w->room, &d->f, w->Z, &low, &high) == STATUS_OK) top = fmax(top, high);
    }
    if (why != FLOW_RUNNING) return top > 0.0 ? 2.0 / top : 0.0;
    why = flow_advance(&w->ahead, NULL);
  }
}
