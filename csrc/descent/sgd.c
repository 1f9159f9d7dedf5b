/* csrc/descent/sgd.c: gd with n / batch times the gradient of a batch, a new one of the epoch each
 * step; an epoch visits every sample once, in the order of a new permutation.
 * SPDX-License-Identifier: MIT */
#include "descent/descent.h"
#include "num/blas.h"
#include "num/random.h"

typedef struct sgd {
  mat map;              /* r x m: diag(sigma) U V^T */
  mat batch_W, batch_E; /* batch x r, batch x m: targets, then residuals */
  mat batch_F;          /* batch x m: outputs, of another loss than the squared one */
  int *order;           /* n: this epoch's permutation */
  int next;             /* where the next batch begins */
  philox rng;
} sgd;

static void *sgd_layout(arena *a, dims of, int n, int batch) {
  sgd shape, *w = arena_bytes(a, 1, sizeof *w), *out = w ? w : &shape;
  out->map = arena_mat(a, of.r, of.m);
  out->batch_W = arena_mat(a, batch < n ? batch : 0, of.r); /* all samples are W itself */
  out->batch_E = arena_mat(a, batch, of.m);
  out->batch_F = arena_mat(a, of.n ? batch : 0, of.m);
  out->order = arena_ints(a, (size_t)n);
  return w;
}

static void sgd_start(descent *d) {
  sgd *w = d->room;
  w->rng = philox_make(d->spec.seed, STREAM_SGD);
  w->next = d->W.rows;
  for (int i = 0; i < d->W.rows; i++) w->order[i] = i;
}

static void shuffle(sgd *w, int n) {
  for (int i = n - 1; i > 0; i--) {
    int j = (int)random_integer(&w->rng, 0, i), keep = w->order[i];
    w->order[i] = w->order[j];
    w->order[j] = keep;
  }
  w->next = 0;
}

/* Row i of to is row rows[i] of from. */
static void gather(mat to, mat from, const int *rows) {
  for (int j = 0; j < to.cols; j++) {
    const double *source = mat_col(from, j);
    double *target = mat_col(to, j);
    for (int i = 0; i < to.rows; i++) target[i] = source[rows[i]];
  }
}

/* Label noise of sample i of the data, added to row j of the batch. */
static void disturb(descent *d, mat Eb, int j, int i) {
  for (int c = 0; c < Eb.cols; c++) {
    double *e = mat_at(Eb, j, c);
    if (d->given.p) *e += mat_get(d->given, i, c);
    else if (d->spec.label_noise > 0.0) *e += d->spec.label_noise * random_normal(&d->rng);
  }
}

/* Targets of a batch become residuals at its outputs W_b diag(sigma) U V^T. */
static void batch_residual(descent *d, mat Wb, mat Eb) {
  sgd *w = d->room;
  const field *f = &d->f;
  if (!f->loss) {
    blas_gemm('N', 'N', -1.0, Wb, w->map, 1.0, Eb);
    return;
  }
  mat Fb = mat_rows(w->batch_F, 0, Eb.rows);
  blas_gemm('N', 'N', 1.0, Wb, w->map, 0.0, Fb);
  f->loss->residual(f->delta, Fb, Eb, Fb);
  mat_copy(Eb, Fb);
}

/* A = (n/b) diag(sigma) W_b^T R_b for the next batch of the epoch, R_b = Y_b - W_b diag(sigma) U
 * V^T of the squared loss. */
static void batch_force(descent *d) {
  sgd *w = d->room;
  int n = d->W.rows, left;
  bool whole = d->spec.batch == n;
  if (w->next >= n) shuffle(w, whole ? 0 : n);
  left = n - w->next < d->spec.batch ? n - w->next : d->spec.batch;
  mat Wb = whole ? d->W : mat_rows(w->batch_W, 0, left), Eb = mat_rows(w->batch_E, 0, left);
  if (!whole) gather(Wb, d->W, w->order + w->next);
  gather(Eb, d->Y, w->order + w->next);
  for (int i = 0; i < left; i++) disturb(d, Eb, i, w->order[w->next + i]);
  w->next += left;
  blas_gemm('N', 'T', 1.0, field_U(&d->f, d->Z), field_V(&d->f, d->Z), 0.0, w->map);
  mat_scale_rows(w->map, d->f.sigma);
  batch_residual(d, Wb, Eb);
  blas_gemm('T', 'N', (double)n / left, Wb, Eb, 0.0, d->A);
  mat_scale_rows(d->A, d->f.sigma);
}

static status sgd_step(descent *d, const tick *t) {
  (void)t;
  double decay = d->eta * d->spec.weight_decay;
  batch_force(d);
  descent_push(d, d->eta, decay, d->Z, d->Z);
  d->u2 *= 1.0 - decay;
  return STATUS_OK;
}

const update update_sgd = {.name = "sgd",
                           .options = {"batch", "seed"},
                           .by_sample = true,
                           .layout = sgd_layout,
                           .start = sgd_start,
                           .step = sgd_step};
