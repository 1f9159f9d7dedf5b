/* csrc/descent/direction.c: methods that use the direction of the gradient: normalized descent,
 * Z+ = Z + eta S Z / ||S Z||, and SAM, Z+ = Z + eta S Z taken at Z - rho S Z / ||S Z||. Norms are
 * of both blocks together; weight decay is decoupled, Z <- (1 - eta w) Z before Z moves.
 * SPDX-License-Identifier: MIT */
#include <float.h>
#include <math.h>

#include "descent/descent.h"
#include "num/blas.h"
#include "num/lapack.h"

typedef struct directed {
  mat Q, R;    /* A = Q R: r x m, q x m, q = min(r, m) */
  mat RV, AU;  /* q x k', m x k' */
  mat there;   /* k x k' */
  double *tau; /* q */
  lapack_work lapack;
} directed;

static void *directed_layout(arena *a, dims of, int n, int batch) {
  directed shape, *w = arena_bytes(a, 1, sizeof *w), *out = w ? w : &shape;
  int q = least(of.r, of.m);
  (void)n;
  (void)batch;
  *out = (directed){.Q = arena_mat(a, of.r, of.m), .R = arena_mat(a, q, of.m)};
  out->RV = arena_mat(a, q, of.kp);
  out->AU = arena_mat(a, of.m, of.kp);
  out->there = arena_mat(a, of.r + of.m, of.kp);
  out->tau = arena_doubles(a, (size_t)q);
  lapack_want_qr(&out->lapack, of.r, of.m);
  lapack_layout(a, &out->lapack);
  return w;
}

/* size <- 1/||S Z|| at Z, 0 where there is no direction; d->A becomes the force. ||A V|| = ||R V||
 * takes q rows instead of r. */
static status direction(descent *d, double *size) {
  directed *w = d->room;
  field_force(&d->f, d->E, d->A);
  mat_copy(w->Q, d->A);
  status s = lapack_qr_r(&w->lapack, w->Q, w->tau, w->R);
  if (s != STATUS_OK) return s;
  blas_gemm('N', 'N', 1.0, w->R, field_V(&d->f, d->Z), 0.0, w->RV);
  blas_gemm('T', 'N', 1.0, d->A, field_U(&d->f, d->Z), 0.0, w->AU);
  double norm = hypot(mat_norm_fro(w->RV), mat_norm_fro(w->AU));
  *size = norm >= DBL_MIN ? 1.0 / norm : 0.0;
  return s;
}

/* out <- keep out + x S Z at the Z of direction, which out may be. */
static void along(descent *d, double x, double keep, mat out) {
  mat V = field_V(&d->f, out);
  blas_gemm('N', 'N', x, d->A, field_V(&d->f, d->Z), keep, field_U(&d->f, out));
  if (keep != 1.0) mat_scale(V, keep);
  mat_axpy(x, ((directed *)d->room)->AU, V);
}

static status normalized_step(descent *d, const tick *t) {
  double size, keep = 1.0 - d->eta * d->spec.weight_decay;
  (void)t;
  status s = direction(d, &size);
  if (s != STATUS_OK) return s;
  along(d, d->eta * size, keep, d->Z);
  d->u2 *= keep;
  return s;
}

static status sam_step(descent *d, const tick *t) {
  directed *w = d->room;
  double size;
  (void)t;
  status s = direction(d, &size);
  if (s != STATUS_OK) return s;
  mat_copy(w->there, d->Z);
  along(d, -d->spec.rho * size, 1.0, w->there);
  descent_error(d, w->there);
  field_force(&d->f, d->E, d->A);
  descent_shrink(d, d->Z);
  descent_push(d, d->eta, 0.0, w->there, d->Z);
  return s;
}

const update update_normalized = {
    .name = "normalized", .no_flow = true, .layout = directed_layout, .step = normalized_step};
const update update_sam = {
    .name = "sam", .options = {"rho"}, .layout = directed_layout, .step = sam_step};
