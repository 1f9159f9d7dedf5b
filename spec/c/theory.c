/* spec/c/theory.c: the parts of the theory that scripts do not see: complete singular bases,
 * the law of chi-square mixtures, terms at the ends of the range.
 * SPDX-License-Identifier: MIT */
#include "theory/law.h"
#include "model/pairs.h"
#include "theory/rates.h"
#include "num/blas.h"
#include "num/random.h"

#include "check.h"

/* Largest entry of Q^T Q - I. */
static double defect(mat Q) {
  mat G = check_mat(Q.cols, Q.cols), I = check_mat(Q.cols, Q.cols);
  mat_eye(I);
  blas_gemm('T', 'N', 1.0, Q, Q, 0.0, G);
  return check_distance(G, I);
}

/* Y = P diag(s) R^T with square orthogonal P, R, also when Y has zero or equal singular values. */
static void pairs_case(int r, int m, int rank, double scale) {
  philox g = philox_make(7, (uint64_t)(100 * r + m));
  mat A = check_mat(r, rank), B = check_mat(rank, m), Y = check_mat(r, m), Z = check_mat(r, m);
  random_fill_normal(&g, A, scale);
  random_fill_normal(&g, B, 1.0);
  blas_gemm('N', 'N', 1.0, A, B, 0.0, Y);
  pairs w;
  CHECK_LAYOUT(a, pairs_layout(a, &w, dims_of(r, m, 0)));
  mat_copy(Z, Y);
  check(pairs_of(&w, Y) == STATUS_OK, "pairs of %d x %d", r, m);
  check(check_distance(Y, Z) == 0.0, "the argument stays");
  check(defect(w.P) < 1e-14 && defect(w.R) < 1e-14, "P and R of %d x %d are orthogonal", r, m);
  int found = 0;
  for (int i = 0; i < w.count; i++) {
    found += w.s[i] > 0.0;
    for (int row = 0; row < r; row++) /* Z <- Z - s_i P_i R_i^T */
      mat_axpy(-w.s[i] * mat_get(w.P, row, i), mat_of(mat_col(w.R, i), 1, m), mat_rows(Z, row, 1));
  }
  check(mat_max_abs(Z) <= 1e-14 * (mat_max_abs(Y) + 1e-300), "their sum is Y: off by %g of %g",
        mat_max_abs(Z), mat_max_abs(Y));
  check(found == rank, "%d x %d of rank %d has %d values above round-off", r, m, rank, found);
}

int main(void) {
  const int shapes[][3] = {{1, 1, 1}, {5, 2, 2}, {2, 5, 2}, {4, 4, 4}, {6, 3, 1},
                           {3, 6, 2}, {4, 3, 0}, {1, 7, 1}, {7, 1, 1}};
  const double scales[] = {1e-150, 0.37, 1e150};
  for (size_t i = 0; i < sizeof shapes / sizeof *shapes; i++)
    for (int j = 0; j < 3; j++) pairs_case(shapes[i][0], shapes[i][1], shapes[i][2], scales[j]);

  /* P(a, x) by scipy.special.gammainc */
  const double gamma[][3] = {
      {1e-3, 1e-5, 0.98912304469578349},     {0.5, 0.1, 0.34527915398142317},
      {0.5, 3.0, 0.98569412156457037},       {2.385, 0.02, 2.9812583869940282e-05},
      {2.385, 2.0, 0.4825764636977608},      {2.385, 9.0, 0.99755930873410215},
      {150.5, 120.0, 0.0040290877679690701}, {150.5, 151.0, 0.52705943519409137},
      {150.5, 200.0, 0.99988715559939212},   {1e4, 9.9e3, 0.15865119219356463},
      {1e4, 1.01e4, 0.84134875044717961},    {5e5, 5.005e5, 0.76032319517447855}};
  for (size_t i = 0; i < sizeof gamma / sizeof *gamma; i++) {
    double one = 1.0, p = law_cdf(1.0, 2.0 * gamma[i][0], &one, 1, 2.0 * gamma[i][1]);
    check(fabs(p - gamma[i][2]) <= 1e-13 * gamma[i][2], "P(%g, %g) is %.17g, not %.17g",
          gamma[i][0], gamma[i][1], gamma[i][2], p);
  }

  /* P(a X + b Y <= x), X and Y chi-square of n degrees: by one-dimensional quadrature (scipy) */
  const double mixture[][5] = {{1.3, 0.4, 40, 68.0, 0.5266977731948},
                               {1.3, 0.4, 40, 45.0, 0.01656333511875},
                               {1.0, 0.001, 20, 31.0, 0.9445449012178},
                               {2.0, 1.9, 8, 12.5, 0.01699176410129}};
  for (size_t i = 0; i < sizeof mixture / sizeof *mixture; i++) {
    double p = law_cdf(0.5, mixture[i][2], (double[]){4.0 * mixture[i][0], 4.0 * mixture[i][1]}, 2,
                       mixture[i][3]);
    check(fabs(p - mixture[i][4]) < 1e-12, "mixture %d has %.12g, not %.12g", (int)i, mixture[i][4],
          p);
  }

  check(fabs(rates_term(1e300, 1e-300, 0.0) / 1e-300 - 1.0) < 1e-15, "T(d, 0) = c however small");
  return check_done("theory");
}
