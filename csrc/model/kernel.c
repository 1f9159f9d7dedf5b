/* csrc/model/kernel.c: eigenproblems of the tangent kernel (see kernel.h),
 * K_j = diag(sigma) U U^T diag(sigma) + nu_j diag(sigma)^2.
 * SPDX-License-Identifier: MIT */
#include "model/kernel.h"

#include <math.h>

#include "num/blas.h"
#include "num/crew.h"

/* A thread takes about 20 us to start, in which so many multiplications are done: below, the others
 * would come when everything is over. */
#define WORTH_A_THREAD 1e5

static int worth(int hands, double multiplications) {
  return multiplications > WORTH_A_THREAD ? hands : 1;
}

/* More hands than columns would find nothing to do. */
static int hands_of(dims d) { return least(d.threads > 1 ? d.threads : 1, least(d.m, CREW_MOST)); }

void kernel_layout(arena *a, kernel *K, dims d) {
  K->R = arena_mat(a, d.m, d.m);
  K->lam = arena_mat(a, d.r, d.m);
  K->W = arena_mat(a, d.r, arena_product(a, d.r, d.m));
  K->nu = arena_doubles(a, (size_t)d.m);
  K->hands = hands_of(d);
}

void kernel_room_layout(arena *a, kernel_room *w, dims d) {
  w->SU = arena_mat(a, d.r, d.kp);
  w->M = arena_mat(a, d.r, d.r);
  w->N = arena_mat(a, d.m, d.m);
  w->T = arena_mat(a, d.r, d.r);
  w->lam = arena_doubles(a, (size_t)(d.r > d.m ? d.r : d.m));
  w->hands = hands_of(d);
  w->lapack = arena_bytes(a, (size_t)w->hands, sizeof *w->lapack);
  for (int i = 0; i < w->hands; i++) {
    lapack_work counted = {0}, *each = w->lapack ? &w->lapack[i] : &counted;
    lapack_want_eigh(each, d.r);
    lapack_want_eigh(each, d.m);
    lapack_layout(a, each);
  }
}

/* M = diag(sigma) U U^T diag(sigma), R and nu from V V^T. */
static status factors(kernel_room *w, const field *f, mat Z, mat R, double *nu) {
  mat_copy(w->SU, field_U(f, Z));
  mat_scale_rows(w->SU, f->sigma);
  blas_syrk('N', 1.0, w->SU, 0.0, w->M);
  blas_syrk('N', 1.0, field_V(f, Z), 0.0, R);
  if (f->m > 1) return lapack_eigh(w->lapack, R, nu);
  nu[0] = mat_get(R, 0, 0);
  *mat_at(R, 0, 0) = 1.0;
  return isfinite(nu[0]) ? STATUS_OK : STATUS_NON_FINITE;
}

static void shifted(mat K, const kernel_room *w, const field *f, double nu) {
  mat_copy(K, w->M);
  for (int i = 0; i < f->r; i++) *mat_at(K, i, i) += nu * f->sigma[i] * f->sigma[i];
}

typedef struct columns {
  const kernel *K;
  kernel_room *w; /* of kernel_at */
  const field *f;
  char op; /* of products */
  mat from, to;
} columns;

static status column_eigh(void *arg, int j, int hand) {
  const columns *c = arg;
  int r = c->f->r;
  mat W = mat_cols(c->K->W, j * r, r);
  double *lam = mat_col(c->K->lam, j);
  shifted(W, c->w, c->f, fmax(c->K->nu[j], 0.0));
  status s = lapack_eigh(&c->w->lapack[hand], W, lam);
  for (int i = 0; i < r; i++) lam[i] = fmax(lam[i], 0.0);
  return s;
}

status kernel_at(kernel *K, kernel_room *w, const field *f, mat Z, const tick *t) {
  status s = factors(w, f, Z, K->R, K->nu);
  columns c = {.K = K, .w = w, .f = f};
  int hands = worth(w->hands, 9.0 * f->r * f->r * f->r * f->m); /* of dsyevd, about */
  return s == STATUS_OK ? crew_run(hands, f->m, t, column_eigh, &c) : s;
}

status kernel_range(kernel_room *w, const field *f, mat Z, double *lam_min, double *lam_max) {
  status s = factors(w, f, Z, w->N, w->lam);
  double low = w->lam[0], high = w->lam[f->m - 1]; /* w->lam has room for max(r, m) */
  if (s != STATUS_OK) return s;
  shifted(w->T, w, f, fmax(low, 0.0));
  s = lapack_eigvalsh(w->lapack, w->T, w->lam);
  *lam_min = fmax(w->lam[0], 0.0);
  *lam_max = w->lam[f->r - 1];
  if (s != STATUS_OK || f->m == 1) return s;
  shifted(w->T, w, f, fmax(high, 0.0));
  s = lapack_eigvalsh(w->lapack, w->T, w->lam);
  *lam_max = w->lam[f->r - 1];
  return s;
}

static status column_product(void *arg, int j, int hand) {
  const columns *c = arg;
  mat W = mat_cols(c->K->W, j * c->from.rows, c->from.rows);
  (void)hand;
  blas_gemm(c->op, 'N', 1.0, W, mat_cols(c->from, j, 1), 0.0, mat_cols(c->to, j, 1));
  return STATUS_OK;
}

/* to <- op(W_j) times column j of from: r^2 multiplications each. */
static void products(const kernel *K, char op, mat from, mat to) {
  columns c = {.K = K, .op = op, .from = from, .to = to};
  double all = (double)from.rows * from.rows * from.cols;
  crew_run(worth(K->hands, all), from.cols, NULL, column_product, &c);
}

void kernel_to(const kernel *K, mat E, mat e, mat scratch) {
  if (E.cols > 1) blas_gemm('N', 'N', 1.0, E, K->R, 0.0, scratch);
  else mat_copy(scratch, E); /* R = 1 */
  products(K, 'T', scratch, e);
}

void kernel_back(const kernel *K, mat e, mat E, mat scratch) {
  products(K, 'N', e, E.cols > 1 ? scratch : E);
  if (E.cols > 1) blas_gemm('N', 'T', 1.0, scratch, K->R, 0.0, E);
}

void kernel_solve(const kernel *K, double least, mat e) {
  for (int j = 0; j < e.cols; j++)
    for (int i = 0; i < e.rows; i++) {
      double lam = mat_get(K->lam, i, j);
      *mat_at(e, i, j) = lam > least ? mat_get(e, i, j) / lam : 0.0;
    }
}
