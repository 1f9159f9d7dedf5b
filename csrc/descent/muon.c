/* csrc/descent/muon.c: Muon and, without momentum, spectral descent: per block, D+ = momentum D + S
 * Z, Z+ = (1 - eta w) Z + eta polar(D+), polar(P s Q^T) = P Q^T over s > 1e-12 s_1. The full D_U is
 * Phi1 times the reduced one and has its singular values, so U2 only decays.
 * SPDX-License-Identifier: MIT */
#include "descent/descent.h"
#include "num/blas.h"
#include "num/lapack.h"

static const double MUON_NULL = 1e-12; /* part of the definition: polar jumps there */

typedef struct muon {
  mat velocity, pushed, next; /* k x k': D, the next D, the next Z */
  mat taken, P, Qt;           /* a block and its singular vectors, each as large as any is */
  mat F, R, AR, turned;       /* V^T = F R: k' x m, q x m; A R^T: r x q; q x k', q = min(m, k') */
  double *s;
  lapack_work lapack;
} muon;

static void *muon_layout(arena *a, dims of, int n, int batch) {
  muon shape, *w = arena_bytes(a, 1, sizeof *w), *out = w ? w : &shape;
  int k = of.r + of.m, rows = of.r > of.m ? of.r : of.m, q = least(of.m, of.kp);
  (void)n;
  (void)batch;
  *out = (muon){.velocity = arena_mat(a, k, of.kp), .pushed = arena_mat(a, k, of.kp)};
  out->next = arena_mat(a, k, of.kp);
  out->taken = arena_mat(a, rows, of.kp);
  out->P = arena_mat(a, rows, least(rows, of.kp));
  out->Qt = arena_mat(a, least(rows, of.kp), of.kp);
  out->F = arena_mat(a, of.kp, of.m);
  out->R = arena_mat(a, q, of.m);
  out->AR = arena_mat(a, of.r, q);
  out->turned = arena_mat(a, q, of.kp);
  out->s = arena_doubles(a, (size_t)least(rows, of.kp));
  lapack_want_svd(&out->lapack, of.r, of.kp);
  lapack_want_svd(&out->lapack, of.r, q);
  lapack_want_svd(&out->lapack, of.m, of.kp);
  lapack_want_qr(&out->lapack, of.kp, of.m);
  lapack_layout(a, &out->lapack);
  return w;
}

static void muon_start(descent *d) { mat_fill(((muon *)d->room)->velocity, 0.0); }

/* out <- out + x polar(D F^T); F has orthonormal columns, or is the identity (p NULL). */
static status polar_push(muon *w, double x, mat D, mat F, mat out) {
  int q = least(D.rows, D.cols), rank = 0;
  mat taken = mat_sub(w->taken, 0, 0, D.rows, D.cols), P = mat_sub(w->P, 0, 0, D.rows, q);
  mat Qt = mat_sub(w->Qt, 0, 0, q, D.cols), none = {0};
  mat_copy(taken, D);
  status s = lapack_svd(&w->lapack, taken, none, P, w->s, Qt);
  if (s == STATUS_NO_CONVERGE) {
    mat_copy(taken, D);
    s = lapack_svd_qr(&w->lapack, taken, P, w->s, Qt);
  }
  if (s != STATUS_OK) return s;
  while (rank < q && w->s[rank] > MUON_NULL * w->s[0]) rank++;
  P = mat_cols(P, 0, rank);
  Qt = mat_rows(Qt, 0, rank);
  if (F.p) {
    blas_gemm('N', 'T', 1.0, Qt, F, 0.0, mat_rows(w->turned, 0, rank));
    Qt = mat_rows(w->turned, 0, rank);
  }
  blas_gemm('N', 'N', x, P, Qt, 1.0, out);
  return s;
}

/* The same for D = A V from factors: polar(A R^T F^T), at the cost of m columns instead of k'. */
static status product_push(muon *w, double x, mat A, mat V, mat out) {
  mat_transpose(w->F, V);
  status s = lapack_qr(&w->lapack, w->F, w->s, w->R);
  if (s != STATUS_OK) return s;
  blas_gemm('N', 'T', 1.0, A, w->R, 0.0, w->AR);
  return polar_push(w, x, w->AR, mat_cols(w->F, 0, w->R.rows), out);
}

static status muon_step(descent *d, const tick *t) {
  muon *w = d->room;
  const field *f = &d->f;
  mat U = field_U(f, d->Z), V = field_V(f, d->Z), none = {0}, D = w->pushed, Z = w->next;
  double mu = d->spec.momentum, keep = 1.0 - d->eta * d->spec.weight_decay;
  status s;
  field_force(f, d->E, d->A);
  mat_copy(Z, d->Z);
  if (keep < 1.0) blas_scale(keep, Z);
  if (mu > 0.0) {
    field_velocity(f, d->Z, d->A, D);
    blas_axpy(mu, w->velocity, D);
    s = polar_push(w, d->eta, field_U(f, D), none, field_U(f, Z));
  } else {
    blas_gemm('T', 'N', 1.0, d->A, U, 0.0, field_V(f, D));
    s = product_push(w, d->eta, d->A, V, field_U(f, Z));
  }
  if (s == STATUS_OK && tick_asks(t)) s = STATUS_PAUSED;
  if (s == STATUS_OK) s = polar_push(w, d->eta, field_V(f, D), none, field_V(f, Z));
  if (s != STATUS_OK) return s;
  w->pushed = w->velocity;
  w->velocity = D;
  w->next = d->Z;
  d->Z = Z;
  d->u2 *= keep;
  return s;
}

const update update_muon = {.name = "muon",
                            .options = {"momentum"},
                            .no_flow = true,
                            .layout = muon_layout,
                            .start = muon_start,
                            .step = muon_step};
