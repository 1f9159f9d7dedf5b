/* spec/c/expo.c: rotations, the kernel's eigenbasis, orders of expo2 and expo4, exact imbalance,
 * and the step to infinity. SPDX-License-Identifier: MIT */
#include "flow/expo.h"

#include "cases.h"
#include "flow/erk.h"

/* exp([[0, B], [B^T, 0]]) Z by its series, for moderate B. */
static void series_rotation(const field *f, mat B, mat Z) {
  mat term = check_mat(Z.rows, Z.cols), next = check_mat(Z.rows, Z.cols);
  mat_copy(term, Z);
  for (int n = 1; n < 60; n++) {
    blas_gemm('N', 'N', 1.0 / n, B, field_V(f, term), 0.0, field_U(f, next));
    blas_gemm('T', 'N', 1.0 / n, B, field_U(f, term), 0.0, field_V(f, next));
    mat_copy(term, next);
    mat_axpy(1.0, term, Z);
  }
}

static void check_rotation(int r, int m, int kp, double size) {
  field f = case_random(r, m, 1.0, 1.0, 4);
  mat B = case_weights(r, m, size, 9), Z = case_weights(r + m, kp, 1.0, 8);
  mat want = check_mat(r + m, kp), Z0 = check_mat(r + m, kp);
  rotate_room w;
  CHECK_LAYOUT(a, rotate_layout(a, &w, dims_of(r, m, kp)));
  mat_copy(want, Z);
  mat_copy(Z0, Z);
  series_rotation(&f, B, want);
  check(rotate_apply(&w, &f, B, Z) == STATUS_OK, "the rotation exists");
  check(check_distance(Z, want) <= 1e-14 * mat_max_abs(want) * (r + m),
        "the rotation %d x %d of size %g is the exponential: %.1e", r, m, size,
        check_distance(Z, want) / mat_max_abs(want));
  check(case_drift(&f, Z, Z0) <= 1e-14, "and conserves the imbalance: %.1e", case_drift(&f, Z, Z0));
  mat_fill(B, 1e4);
  check(rotate_apply(&w, &f, B, Z) == STATUS_NON_FINITE, "a rotation that overflows is refused");
  check(mat_finite(Z), "and leaves the state alone");
}

/* Columns of B that are nearly parallel: a Gram matrix would lose the orthogonality of P. */
static void check_parallel(double size) {
  field f = case_random(5, 4, 1.0, 1.0, 4);
  mat B = case_weights(5, 4, size, 9), Z = case_weights(9, 6, 1.0, 8), Z0 = check_mat(9, 6);
  mat_copy(mat_cols(B, 1, 1), mat_cols(B, 0, 1));
  *mat_at(B, 0, 1) += 1e-13;
  rotate_room w;
  CHECK_LAYOUT(a, rotate_layout(a, &w, dims_of(5, 4, 6)));
  mat_copy(Z0, Z);
  rotate_apply(&w, &f, B, Z);
  check(case_drift(&f, Z, Z0) <= 2e-15, "nearly parallel columns of size %g: %.1e", size,
        case_drift(&f, Z, Z0));
}

/* On both sides of the limit of the series, with all of the norm in one singular value. */
static void check_little(double squared) {
  field f = case_random(5, 4, 1.0, 1.0, 4);
  mat B = check_mat(5, 4), Z = case_weights(9, 6, 1.0, 8), want = check_mat(9, 6);
  rotate_room w;
  CHECK_LAYOUT(a, rotate_layout(a, &w, dims_of(5, 4, 6)));
  mat_fill(B, sqrt(squared / 20.0));
  mat_copy(want, Z);
  series_rotation(&f, B, want);
  rotate_apply(&w, &f, B, Z);
  check(check_distance(Z, want) <= 4e-15 * mat_max_abs(want), "of squared norm %g: %.1e", squared,
        check_distance(Z, want) / mat_max_abs(want));
}

static void check_kernel(int r, int m, int kp) {
  dims d = dims_of(r, m, kp);
  field f = case_random(r, m, 50.0, 1.0, 4);
  mat Z = case_weights(r + m, kp, 1.0, 8), E = case_weights(r, m, 1.0, 10);
  mat e = check_mat(r, m), T = check_mat(r, m), KE = check_mat(r, m), want = check_mat(r, m);
  mat A = check_mat(r, m), SZ = check_mat(r + m, kp);
  kernel K;
  kernel_room w;
  CHECK_LAYOUT(a, (kernel_layout(a, &K, d), kernel_room_layout(a, &w, d)));
  check(kernel_at(&K, &w, &f, Z, NULL) == STATUS_OK, "the kernel's eigenproblems converge");
  kernel_to(&K, E, e, T);
  double rayleigh = 0.0;
  for (int j = 0; j < m; j++)
    for (int i = 0; i < r; i++) {
      rayleigh += mat_get(K.lam, i, j) * mat_get(e, i, j) * mat_get(e, i, j);
      *mat_at(e, i, j) *= mat_get(K.lam, i, j);
    }
  kernel_back(&K, e, KE, T);
  /* K[E] = diag(sigma)(A V V^T + U U^T A), A = diag(sigma) E, through S Z and its products */
  field_force(&f, E, A);
  field_velocity(&f, Z, A, SZ);
  blas_gemm('N', 'T', 1.0, field_U(&f, SZ), field_V(&f, Z), 0.0, want);
  blas_gemm('N', 'T', 1.0, field_U(&f, Z), field_V(&f, SZ), 1.0, want);
  mat_scale_rows(want, f.sigma);
  check(check_distance(KE, want) <= 1e-13 * mat_max_abs(want), "W diag(lam) W^T is K: %.1e",
        check_distance(KE, want) / mat_max_abs(want));
  check(fabs(rayleigh - mat_dot(SZ, SZ)) <= 1e-12 * rayleigh, "<E, K[E]> = ||S Z||^2");
  double low, high;
  kernel_range(&w, &f, Z, &low, &high);
  check(fabs(high - mat_max_abs(K.lam)) <= 1e-13 * high, "lam_max is the largest of all");
  check(fabs(low - mat_get(K.lam, 0, 0)) <= 1e-13 * high, "lam_min comes with the smallest nu");
}

typedef status (*expo_step)(expo *, const field *, mat, double, mat, mat, const tick *);
static int64_t eigenproblems;

static expo rooms(const field *f, int kp) {
  expo w = {0};
  CHECK_LAYOUT(a, expo_layout(a, &w, dims_of(f->r, f->m, kp)));
  expo_start(&w, f, 1e-10, &eigenproblems);
  return w;
}

static void run_fixed(int order, const field *f, mat Z0, double t, int steps, mat out) {
  expo w = rooms(f, Z0.cols);
  expo_step step = order == 2 ? expo_step2 : expo_step4;
  mat low = check_mat(Z0.rows, Z0.cols);
  mat Z = check_mat(Z0.rows, Z0.cols);
  mat_copy(Z, Z0);
  for (int i = 0; i < steps; i++) {
    check(step(&w, f, Z, t / steps, out, low, NULL) == STATUS_OK, "a step succeeds");
    expo_accept(&w);
    mat_copy(Z, out);
  }
}

static void check_order(int order, const field *f, mat Z0, double t, int steps, const char *what) {
  mat want = check_mat(Z0.rows, Z0.cols), Z = check_mat(Z0.rows, Z0.cols);
  double error[2];
  case_reference(f, Z0, t, 400, want);
  for (int i = 0; i < 2; i++) {
    run_fixed(order, f, Z0, t, steps << i, Z);
    error[i] = check_distance(Z, want);
    check(case_drift(f, Z, Z0) <= 4e-15 * sqrt(steps), "expo%d: drift %.1e", order,
          case_drift(f, Z, Z0));
  }
  double slope = log2(error[0] / error[1]);
  check(fabs(slope - order) <= 0.2, "expo%d has order %d on %s: slope %.3f (%.1e, %.1e)", order,
        order, what, slope, error[0], error[1]);
}

/* From near the end, the infinite step against a long flow; and where E cannot vanish, a refusal.
 */
static void check_infinite(void) {
  field f = case_random(6, 2, 10.0, 0.7, 21);
  mat Z = case_weights(8, 8, 0.7, 22), out = check_mat(8, 8), low = check_mat(8, 8);
  mat near = check_mat(8, 8), want = check_mat(8, 8), E = check_mat(6, 2);
  expo w = rooms(&f, 8);
  bool arrived;
  case_reference(&f, Z, 20.0, 1000, near);
  case_reference(&f, near, 3000.0, 60000, want);
  check(expo_infinite(&w, &f, near, out, low, &arrived, NULL) == STATUS_OK && arrived,
        "the infinite step exists");
  field_error(&f, out, E);
  check(mat_max_abs(E) <= 1e-14, "E vanishes: %.1e", mat_max_abs(E));
  double true_error = check_distance(out, want), estimate = check_distance(out, low);
  check(true_error > 1e-9 && true_error <= 0.9 * estimate,
        "its estimate %.1e covers its error %.1e", estimate, true_error);
  check(case_drift(&f, out, near) <= 4e-15, "it conserves the imbalance");
  mat_fill(field_V(&f, Z), 0.0); /* U = V = 0: a saddle */
  mat_fill(field_U(&f, Z), 0.0);
  check(expo_infinite(&w, &f, Z, out, low, &arrived, NULL) == STATUS_OK && !arrived,
        "from a saddle it does not arrive");
}

int main(void) {
  blas_threads(1);
  check_rotation(7, 1, 5, 0.8);
  check_rotation(1, 1, 1, 2.385);
  const double sizes[] = {0.4, 0.2, 0.1, 1e-3, 1e-9, 1e-170}; /* by singular vectors, by series */
  for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
    check_rotation(6, 4, 9, sizes[i]);
    check_rotation(2, 5, 4, sizes[i]);
    check_rotation(20, 12, 25, 0.5 * sizes[i]);
  }
  check_little(0.89);
  check_little(0.91);
  check_parallel(0.5);
  check_parallel(0.1);
  check_kernel(6, 1, 7);
  check_kernel(5, 3, 4);
  field f = case_random(4, 2, 2.0, 0.8, 11);
  mat Z0 = case_weights(6, 5, 0.5, 12);
  check_order(2, &f, Z0, 1.0, 16, "two outputs");
  check_order(4, &f, Z0, 1.0, 16, "two outputs");
  spec_case c = case_load("scalar_output");
  check_order(2, &c.f, c.Z0, 1.0, 32, "one output");
  check_order(4, &c.f, c.Z0, 1.0, 32, "one output");
  check_infinite();
  return check_done("expo");
}
