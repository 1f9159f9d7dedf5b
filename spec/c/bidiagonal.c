/* spec/c/bidiagonal.c: the SVD over threads against dgesdd and its own definition, to a few units
 * of round-off of sigma_1: on random, graded, deficient and repeated spectra, diagonal and zero
 * matrices, at scales whose squares leave the doubles; the same bits by any number of threads; an
 * end where the tick asks for one.
 * SPDX-License-Identifier: MIT */
#include "num/bidiagonal.h"

#include "check.h"
#include "num/blas.h"
#include "num/lapack.h"
#include "num/random.h"

enum { SIZE = 150 };
static const double ROUND_OFF = 0x1p-52;

typedef struct svd {
  mat u, s, vt;
  status out;
} svd;

static svd ours(mat A, int hands, const tick *t) {
  int n = A.rows;
  svd d = {check_mat(n, n), check_mat(n, 1), check_mat(n, n), STATUS_OK};
  mat a = check_mat(n, n);
  mat_copy(a, A);
  bidiagonal_work w;
  CHECK_LAYOUT(room, bidiagonal_layout(room, &w, n, hands));
  d.out = bidiagonal_svd(&w, a, d.u, d.s.p, d.vt, t);
  return d;
}

static mat lapacks(mat A) {
  int n = A.rows;
  mat a = check_mat(n, n), spare = check_mat(n, n), u = check_mat(n, n), vt = check_mat(n, n);
  mat s = check_mat(n, 1);
  lapack_work w = {0};
  lapack_want_svd(&w, n, n);
  CHECK_LAYOUT(room, lapack_layout(room, &w));
  mat_copy(a, A);
  check(lapack_svd(&w, a, spare, u, s.p, vt) == STATUS_OK, "dgesdd converges");
  return s;
}

/* |Q^T Q - I|, the largest entry. */
static double off_orthogonal(mat Q) {
  mat one = check_mat(Q.cols, Q.cols), product = check_mat(Q.cols, Q.cols);
  mat_eye(one);
  blas_gemm('T', 'N', 1.0, Q, Q, 0.0, product);
  return check_distance(product, one);
}

/* Largest entry of u diag(s) vt - A over sigma_1. */
static double off_definition(mat A, svd d) {
  mat us = check_mat(A.rows, A.cols), rest = check_mat(A.rows, A.cols);
  mat_copy(us, d.u);
  mat_scale_cols(us, d.s.p);
  blas_gemm('N', 'N', 1.0, us, d.vt, 0.0, rest);
  return check_distance(rest, A) / d.s.p[0];
}

static void judge(const char *what, mat A) {
  svd d = ours(A, 1, NULL);
  double bar = 20.0 * ROUND_OFF, top = d.s.p[0];
  check(d.out == STATUS_OK, "%s (%d): the SVD is found, not status %d", what, A.rows, (int)d.out);
  mat s = lapacks(A);
  double off = check_distance(d.s, s);
  check(off <= bar * top, "%s (%d): singular values as dgesdd's, not %g off", what, A.rows, off);
  for (int i = 1; i < A.rows; i++)
    check(d.s.p[i] <= d.s.p[i - 1] && d.s.p[i] >= 0.0, "%s: singular values descend", what);
  if (top > 0.0) {
    off = off_definition(A, d);
    check(off <= bar, "%s (%d): U S V^T is A, not %g off", what, A.rows, off);
  }
  double u = off_orthogonal(d.u), v = off_orthogonal(d.vt);
  check(u <= bar && v <= bar, "%s (%d): U and V are orthogonal, not %g and %g off", what, A.rows, u,
        v);
  for (int hands = 2; hands <= 5; hands += hands == 3 ? 2 : 1) {
    svd e = ours(A, hands, NULL);
    bool same = e.out == STATUS_OK && check_distance(e.s, d.s) == 0.0 &&
                check_distance(e.u, d.u) == 0.0 && check_distance(e.vt, d.vt) == 0.0;
    check(same, "%s (%d): %d threads give the bits of one", what, A.rows, hands);
  }
}

static mat random_matrix(int n, uint64_t seed) {
  philox g = philox_make(seed, 0);
  mat A = check_mat(n, n);
  random_fill_normal(&g, A, 1.0);
  return A;
}

/* Random vectors, the given spectrum. */
static mat with_spectrum(int n, double (*value)(int i, int n)) {
  svd d = ours(random_matrix(n, 5), 1, NULL);
  mat A = check_mat(n, n);
  for (int i = 0; i < n; i++) d.s.p[i] = value(i, n);
  mat_scale_cols(d.u, d.s.p);
  blas_gemm('N', 'N', 1.0, d.u, d.vt, 0.0, A);
  return A;
}

static double graded(int i, int n) { return pow(10.0, -16.0 * i / (n - 1)); }
static double deficient(int i, int n) { return i < n / 3 ? 2.385 : 0.0; }
static double two_values(int i, int n) { return i < n / 2 ? 2.385 : 1.17; }

static void kinds(void) {
  const int sizes[] = {2, 3, 31, 32, 33, 65, SIZE};
  for (int i = 0; i < 7; i++) judge("random", random_matrix(sizes[i], 7));
  judge("larger than a block", random_matrix(300, 8));
  judge("graded", with_spectrum(SIZE, graded));
  judge("deficient", with_spectrum(SIZE, deficient));
  judge("repeated", with_spectrum(SIZE, two_values));
  judge("zero", check_mat(SIZE, SIZE));
  mat A = check_mat(SIZE, SIZE);
  for (int i = 0; i < SIZE; i++) *mat_at(A, i, i) = graded((37 * i) % SIZE, SIZE);
  judge("diagonal", A);
  const double scales[] = {1e-300, 1e-160, 1e160, 1e300};
  for (int i = 0; i < 4; i++) {
    A = random_matrix(SIZE, 9);
    mat_scale(A, scales[i]);
    judge("scaled", A);
  }
  /* rows as small as denormal numbers beside ones of usual size */
  A = random_matrix(SIZE, 10);
  mat_scale(mat_sub(A, 1, 1, SIZE - 1, SIZE - 1), 1e-305);
  for (int i = 1; i < SIZE; i++) *mat_at(A, 0, i) = *mat_at(A, i, 0) = 0.0;
  judge("tiny beside one", A);
}

/* What the checks measure is seen when it is there. */
static void controls(void) {
  mat A = random_matrix(SIZE, 11);
  svd d = ours(A, 2, NULL);
  *mat_at(d.u, 3, 4) += 1e-13;
  check(off_orthogonal(d.u) > 20.0 * ROUND_OFF, "a wrong entry of U is seen");
  *mat_at(A, 5, 6) += 1e-13 * d.s.p[0];
  check(off_definition(A, d) > 20.0 * ROUND_OFF, "another A is seen");
}

/* What takes over where divide and conquer does not converge, on a B of which both do; to LAPACK's
 * own bar, which grows with the order. */
static void two_ways(void) {
  enum { N = 60 };
  philox g = philox_make(13, 0);
  mat B = check_mat(N, N), d = check_mat(N, 2), e = check_mat(N, 2), work = check_mat(N, 3 * N + 4);
  int iwork[8 * N];
  random_fill_normal(&g, mat_cols(d, 0, 1), 1.0);
  random_fill_normal(&g, mat_cols(e, 0, 1), 1.0);
  mat_copy(mat_cols(d, 1, 1), mat_cols(d, 0, 1));
  mat_copy(mat_cols(e, 1, 1), mat_cols(e, 0, 1));
  for (int i = 0; i < N; i++) *mat_at(B, i, i) = d.p[i];
  for (int i = 1; i < N; i++) *mat_at(B, i - 1, i) = e.p[i - 1];
  for (int way = 0; way < 2; way++) {
    svd f = {check_mat(N, N), mat_cols(d, way, 1), check_mat(N, N), STATUS_OK};
    f.out = way ? lapack_bidiagonal_qr(f.s.p, mat_col(e, 1), f.u, f.vt, work.p)
                : lapack_bidiagonal(f.s.p, mat_col(e, 0), f.u, f.vt, work.p, iwork);
    double off = off_definition(B, f);
    check(f.out == STATUS_OK && off <= N * ROUND_OFF, "way %d gives B, not %g off", way, off);
  }
}

static int asked, stop_at;
static int ask(void *arg) {
  (void)arg;
  return ++asked >= stop_at;
}

static void ends(void) {
  mat A = random_matrix(SIZE, 12);
  const tick t = {ask, NULL};
  asked = 0, stop_at = 1 << 30;
  check(ours(A, 1, &t).out == STATUS_OK && asked > SIZE, "asked at each column: %d times", asked);
  int all = asked;
  for (stop_at = 1; stop_at <= all; stop_at += all / 7) {
    asked = 0;
    status s = ours(A, 1, &t).out;
    check(s == STATUS_PAUSED && asked == stop_at, "it ends where asked (%d): status %d, asked %d",
          stop_at, (int)s, asked);
  }
  *mat_at(A, 17, 40) = NAN;
  check(ours(A, 2, NULL).out == STATUS_NON_FINITE, "nan is refused");
}

int main(void) {
  blas_threads(1);
  kinds();
  controls();
  two_ways();
  ends();
  return check_done("bidiagonal");
}
