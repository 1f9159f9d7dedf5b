/* spec/c/narrow.c: (I + eta K)^-1 of few columns is that of the eigenproblems, symmetric and
 * positive however large eta is.
 * SPDX-License-Identifier: MIT */
#include "model/narrow.h"

#include "check.h"
#include "model/kernel.h"
#include "num/blas.h"

enum { R = 40, M = 3, KP = 5 };

static double sigma[R];

static unsigned seed = 1;
static double draw(void) {
  seed = 1664525u * seed + 1013904223u;
  return (double)seed / 4294967296.0 - 0.5;
}
static void fill(mat a) {
  for (int j = 0; j < a.cols; j++)
    for (int i = 0; i < a.rows; i++) *mat_at(a, i, j) = draw();
}
static mat fresh(int rows, int cols) {
  mat a = mat_of(check_memory(sizeof(double) * (size_t)(rows * cols)), rows, cols);
  fill(a);
  return a;
}

/* X + eta K X, from the kernel's definition. */
static void image_of(const field *f, mat Z, double eta, mat X, mat out) {
  mat U = field_U(f, Z), V = field_V(f, Z), half = fresh(R, KP), A = fresh(R, M);
  mat_copy(A, X);
  blas_gemm('N', 'N', 1.0, A, V, 0.0, half);
  mat_scale_rows(half, sigma);
  mat_scale_rows(half, sigma);
  blas_gemm('N', 'T', eta, half, V, 0.0, out);
  mat_scale_rows(A, sigma);
  mat UA = fresh(KP, M);
  blas_gemm('T', 'N', 1.0, U, A, 0.0, UA);
  blas_gemm('N', 'N', 1.0, U, UA, 0.0, A);
  mat_scale_rows(A, sigma);
  mat_axpy(eta, A, out);
  mat_axpy(1.0, X, out);
}

/* In the eigenbasis. Where K has zero eigenvalues their round-off times eta is all it knows. */
static void oracle(const field *f, mat Z, double eta, mat X) {
  kernel K;
  kernel_room room;
  dims d = dims_of(R, M, KP);
  CHECK_LAYOUT(a, (kernel_layout(a, &K, d), kernel_room_layout(a, &room, d)));
  check(kernel_at(&K, &room, f, Z, NULL) == STATUS_OK, "the kernel's eigenproblems converge");
  mat e = fresh(R, M), scratch = fresh(R, M);
  kernel_to(&K, X, e, scratch);
  for (int j = 0; j < M; j++)
    for (int i = 0; i < R; i++) *mat_at(e, i, j) /= 1.0 + eta * mat_get(K.lam, i, j);
  kernel_back(&K, e, X, scratch);
}

int main(void) {
  for (int i = 0; i < R; i++) sigma[i] = pow(10.0, -3.0 * i / (R - 1));
  mat Yt = fresh(R, M);
  field f = {.r = R, .m = M, .sigma = sigma, .Yt = Yt};
  const double etas[] = {0.0, 1e-12, 1.0, 1e4, 1e12, 1e100};
  for (int kind = 0; kind < 3; kind++) { /* any; an empty second layer; empty columns */
    mat Z = fresh(R + M, KP);
    if (kind == 1) mat_fill(field_V(&f, Z), 0.0);
    if (kind == 2) mat_fill(mat_cols(Z, 1, 3), 0.0);
    narrow w;
    CHECK_LAYOUT(a, narrow_layout(a, &w, dims_of(R, M, KP)));
    check(narrow_at(&w, &f, Z) == STATUS_OK, "V V^T has eigenvalues");
    for (int e = 0; e < 6; e++) {
      mat X = fresh(R, M), want = fresh(R, M), Y = fresh(R, M), back = fresh(R, M);
      mat_copy(want, X);
      mat_copy(back, Y);
      check(narrow_shift(&w, &f, etas[e]) == STATUS_OK, "a shift of %g", etas[e]);
      oracle(&f, Z, etas[e], want);
      mat solved = fresh(R, M);
      mat_copy(solved, X);
      narrow_solve(&w, solved);
      double size = mat_norm_fro(want);
      mat_axpy(-1.0, solved, want);
      check(kind > 0 || mat_norm_fro(want) <= 1e-11 * size, "eta %g: off by %g of %g", etas[e],
            mat_norm_fro(want), size);
      if (etas[e] < 1e13) {
        image_of(&f, Z, etas[e], solved, want);
        mat_axpy(-1.0, X, want);
        double scale = mat_norm_fro(X) + etas[e] * mat_norm_fro(Z) * mat_norm_fro(Z);
        check(mat_norm_fro(want) <= 1e-14 * scale, "kind %d, eta %g: residual %g of %g", kind,
              etas[e], mat_norm_fro(want), scale);
      }
      narrow_solve(&w, back);
      double xy = mat_dot(Y, solved), yx = mat_dot(X, back);
      check(fabs(xy - yx) <= 1e-13 * mat_norm_fro(X) * mat_norm_fro(Y), "symmetric: %g and %g", xy,
            yx);
      /* a direction in the range of B, where almost nothing may be left */
      mat b = fresh(R, M);
      for (int j = 0; j < M; j++) mat_copy(mat_cols(b, j, 1), mat_cols(w.B, j, 1));
      mat_copy(back, b);
      narrow_solve(&w, back);
      check(mat_dot(b, back) >= 0.0, "kind %d, eta %g: positive, %g", kind, etas[e],
            mat_dot(b, back));
    }
  }
  return check_done("narrow");
}
