/* csrc/num/lanczos.c: Rayleigh and Ritz over a Krylov space that is compressed when it is full (see
 * lanczos.h). Wu and Simon 2000.
 * SPDX-License-Identifier: MIT */
#include "num/lanczos.h"

#include <float.h>
#include <math.h>

#include "num/blas.h"

/* Vectors of the basis beyond two for each eigenvalue wanted: 16 and 64 cost more products, or more
 * work among the vectors, on spectra of Hessians of order 300 to 3,000. */
enum { SPARE = 30, ROWS = 64, MOST_PRODUCTS = 20000 };

static const double RESIDUAL = 1e-12;

void lanczos_layout(arena *a, lanczos *w, int n, int count) {
  int room = least(n, 2 * count + SPARE);
  *w = (lanczos){.n = n, .room = room};
  w->basis = arena_mat(a, n, room + 1);
  w->T = arena_mat(a, room, room);
  w->Y = arena_mat(a, room, room);
  w->block = arena_mat(a, ROWS, room);
  w->ritz = arena_doubles(a, (size_t)room);
  w->c = arena_doubles(a, (size_t)room);
  lapack_want_eigh(&w->lapack, room);
  lapack_layout(a, &w->lapack);
}

/* x <- x - Q Q^T x, twice, for the first j vectors Q; coefficients (j, or NULL) gain Q^T x. */
static void orthogonalize(lanczos *w, int j, mat x, double *coefficients) {
  mat Q = mat_cols(w->basis, 0, j), c = mat_of(w->c, j, 1);
  for (int twice = 0; twice < 2 && j > 0; twice++) {
    blas_gemm('T', 'N', 1.0, Q, x, 0.0, c);
    blas_gemm('N', 'N', -1.0, Q, c, 1.0, x);
    for (int i = 0; coefficients && i < j; i++) coefficients[i] += c.p[i];
  }
}

/* The j-th vector (from 0) becomes a random one, orthogonal to those before it. */
static void begin_anew(lanczos *w, int j) {
  mat x = mat_cols(w->basis, j, 1);
  double size = 0.0;
  while (!(size > 0.1)) { /* one in 1e10 draws is nearly parallel to the others */
    random_fill_normal(&w->g, x, 1.0);
    mat_scale(x, 1.0 / mat_norm_fro(x));
    orthogonalize(w, j, x, NULL);
    size = mat_norm_fro(x) * sqrt((double)w->n / (w->n - j));
  }
  mat_scale(x, 1.0 / mat_norm_fro(x));
}

/* Row and column j of T by one product; its remainder becomes vector j + 1. */
static status extend(lanczos *w, lanczos_operator A, int j) {
  mat x = mat_cols(w->basis, j, 1), next = mat_cols(w->basis, j + 1, 1);
  double *column = mat_col(w->T, j);
  A.apply(A.arg, x.p, next.p);
  if (!mat_finite(next)) return STATUS_NON_FINITE;
  double size = mat_norm_fro(next);
  for (int i = 0; i <= j; i++) column[i] = 0.0;
  orthogonalize(w, j + 1, next, column);
  for (int i = 0; i < j; i++) *mat_at(w->T, j, i) = column[i];
  w->scale = fmax(w->scale, size);
  w->left = mat_norm_fro(next);
  if (j + 1 == w->n) w->left = 0.0; /* the basis holds everything */
  else if (w->left > 16.0 * DBL_EPSILON * w->scale) mat_scale(next, 1.0 / w->left);
  else {
    w->left = 0.0; /* an invariant space: what else there is begins elsewhere */
    begin_anew(w, j + 1);
  }
  return STATUS_OK;
}

/* The basis of j vectors becomes that of its `keep` largest Ritz vectors, followed by vector j. */
static void compress(lanczos *w, int j, int keep) {
  mat Y = mat_sub(w->Y, 0, j - keep, j, keep);
  for (int i = 0; i < w->n; i += ROWS) {
    int rows = least(ROWS, w->n - i);
    mat block = mat_sub(w->block, 0, 0, rows, keep);
    blas_gemm('N', 'N', 1.0, mat_sub(w->basis, i, 0, rows, j), Y, 0.0, block);
    mat_copy(mat_sub(w->basis, i, 0, rows, keep), block);
  }
  mat_copy(mat_cols(w->basis, keep, 1), mat_cols(w->basis, j, 1));
  mat_fill(w->T, 0.0);
  for (int i = 0; i < keep; i++) *mat_at(w->T, i, i) = w->ritz[j - keep + i];
}

/* Ritz values and vectors of the first j vectors; whether the `want` largest have arrived. */
static status project(lanczos *w, int j, int want, bool *arrived) {
  mat Y = mat_sub(w->Y, 0, 0, j, j);
  mat_copy(Y, mat_sub(w->T, 0, 0, j, j));
  status s = lapack_eigh(&w->lapack, Y, w->ritz);
  *arrived = true;
  for (int i = 0; s == STATUS_OK && i < want; i++)
    if (w->left * fabs(mat_get(Y, j - 1, j - 1 - i)) > RESIDUAL * w->scale) *arrived = false;
  return s;
}

/* The count largest Ritz values of j, and whether none has risen above what values had. */
static bool lanczos_take(const lanczos *w, int j, int count, double *values) {
  bool same = true;
  for (int i = 0; i < count; i++) {
    double x = w->ritz[j - 1 - i];
    if (x > values[i] + 10.0 * RESIDUAL * w->scale) same = false;
    values[i] = x;
  }
  return same;
}

/* A Krylov space has one vector of each eigenvalue. So once those wanted have arrived, a random
 * vector looks for others beside them, until one more than wanted has arrived and none is new. */
status lanczos_largest(lanczos *w, lanczos_operator A, int count, double *values, const tick *t) {
  int want = count, j = 0;
  w->g = philox_make(0, STREAM_LANCZOS);
  w->scale = w->left = 0.0;
  for (int i = 0; i < count; i++) values[i] = -INFINITY;
  begin_anew(w, 0);
  for (int products = 0; products < MOST_PRODUCTS;) {
    bool arrived;
    for (; j < w->room; j++, products++) {
      if (tick_asks(t)) return STATUS_PAUSED;
      status s = extend(w, A, j);
      if (s != STATUS_OK) return s;
    }
    status s = project(w, j, want, &arrived);
    if (s != STATUS_OK) return s;
    bool same = arrived && lanczos_take(w, j, count, values);
    if (j == w->n || (arrived && (count == 1 || same))) return STATUS_OK;
    int keep = arrived ? count : want + (j - want) / 2;
    compress(w, j, keep);
    if (arrived) {
      begin_anew(w, keep);
      want = least(count + 1, w->n);
    }
    j = keep;
  }
  lanczos_take(w, w->room, count, values);
  return STATUS_LIMIT;
}
