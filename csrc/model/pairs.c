/* csrc/model/pairs.c: the thin SVD, its bases completed by Householder QR (see pairs.h).
 * Golub and Van Loan, Matrix Computations, 5.2.
 * SPDX-License-Identifier: MIT */
#include "model/pairs.h"

#include <float.h>

static int most(int a, int b) { return a > b ? a : b; }

void pairs_layout(arena *a, pairs *w, dims d) {
  int r = d.r, m = d.m, k = r + m, big = most(r, m), count = k - big;
  *w = (pairs){.r = r, .m = m, .count = count};
  w->P = arena_mat(a, r, r);
  w->s = arena_doubles(a, (size_t)count);
  w->R = arena_mat(a, m, m);
  w->a = arena_mat(a, big, k);
  w->spare = arena_mat(a, big, k);
  w->u = arena_mat(a, r, count);
  w->vt = arena_mat(a, count, m);
  w->tau = arena_doubles(a, (size_t)big);
  lapack_want_svd(&w->lapack, r, m);
  lapack_want_qr(&w->lapack, big, k);
  lapack_layout(a, &w->lapack);
}

/* Q (n x n) <- the orthonormal columns of q (n x c) completed: the Q of [q, I], which begins with q
 * itself as R's diagonal is positive. */
static status complete(pairs *w, mat q, mat Q) {
  int n = Q.rows, c = q.cols;
  mat both = mat_sub(w->a, 0, 0, n, n + c);
  mat_copy(mat_cols(both, 0, c), q);
  mat_eye(mat_cols(both, c, n));
  status s = lapack_qr(&w->lapack, both, w->tau, mat_sub(w->spare, 0, 0, n, n + c));
  if (s == STATUS_OK) mat_copy(Q, mat_cols(both, 0, n));
  return s;
}

status pairs_of(pairs *w, mat Y) {
  int r = w->r, m = w->m;
  mat copy = mat_sub(w->a, 0, 0, r, m);
  mat_copy(copy, Y);
  status s = lapack_svd(&w->lapack, copy, mat_sub(w->spare, 0, 0, r, m), w->u, w->s, w->vt);
  if (s != STATUS_OK) return s;
  double noise = most(r, m) * DBL_EPSILON * w->s[0];
  for (int i = 0; i < w->count; i++)
    if (w->s[i] <= noise) w->s[i] = 0.0;
  s = complete(w, w->u, w->P);
  if (s != STATUS_OK) return s;
  mat right = mat_cols(w->R, 0, w->count); /* complete() copies it before it writes R */
  mat_transpose(right, w->vt);
  return complete(w, right, w->R);
}
