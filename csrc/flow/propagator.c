/* csrc/flow/propagator.c: Newton's iteration for the group O(r, m): D = L^-1 (M J M^T - J) L^-T, M
 * <- (I - L D L^T J / 2) M (see propagator.h).
 * SPDX-License-Identifier: MIT */
#include "flow/propagator.h"

#include <math.h>

#include "flow/tuning.h"
#include "num/blas.h"

/* L = I has less to multiply, so it may be somewhat larger. */
static bool is_full(int r, int m, int stages) { return PROPAGATOR_FULL * stages * m >= (double)r; }

int propagator_order(int r, int m, int stages) {
  return (is_full(r, m, stages) ? r : stages * m) + m;
}

void propagator_layout(arena *a, propagator *w, dims d, int stages) {
  int n = propagator_order(d.r, d.m, stages);
  for (int i = 0; i < 5; i++) w->room[i] = arena_mat(a, n, n);
}

void propagator_use(propagator *w, int r, int m, int stages) {
  mat *const views[] = {&w->C, &w->G, &w->defect, &w->left, &w->right};
  int n = propagator_order(r, m, stages);
  for (int i = 0; i < 5; i++) *views[i] = mat_sub(w->room[i], 0, 0, n, n);
  w->full = is_full(r, m, stages);
  w->unit = 1.0;
}

/* left = C G, right = G C; G is J' itself where full. */
static void products(propagator *w, int m) {
  int n = w->C.rows;
  if (w->full) {
    mat_copy(w->left, w->C);
    mat_copy(w->right, w->C);
    mat_scale(mat_cols(w->left, n - m, m), -1.0);
    mat_scale(mat_rows(w->right, n - m, m), -1.0);
  } else {
    blas_gemm('N', 'N', 1.0, w->C, w->G, 0.0, w->left);
    blas_gemm('N', 'N', 1.0, w->G, w->C, 0.0, w->right);
  }
}

/* D = C J' + J' C^T + C G C^T with J' = diag(I, -I_m), and one correction C <- C - D (J' + G C)/2.
 * Returns the size of the defect relative to what the step moves. */
static double correct(propagator *w, int m) {
  int n = w->C.rows, border = n - m;
  products(w, m);
  blas_gemm('N', 'T', 1.0, w->left, w->C, 0.0, w->defect);
  for (int j = 0; j < n; j++)
    for (int i = 0; i < n; i++)
      *mat_at(w->defect, i, j) += mat_get(w->C, i, j) * (j < border ? 1.0 : -1.0) +
                                  mat_get(w->C, j, i) * (i < border ? 1.0 : -1.0);
  for (int i = 0; i < n; i++) *mat_at(w->right, i, i) += i < border ? 1.0 : -1.0;
  double defect = mat_max_abs(w->defect), size = mat_max_abs(w->C);
  blas_gemm('N', 'N', -0.5, w->defect, w->right, 1.0, w->C);
  return size > 0.0 ? defect / size : defect;
}

/* G of the forces, which are tiny at t = 1e160 of classes. */
static void find_gram(propagator *w, mat A, int m) {
  int border = A.cols;
  mat_fill(w->G, 0.0);
  bool tiny = !isfinite(1.0 / w->unit / w->unit);
  if (tiny) mat_scale(A, 1.0 / w->unit);
  blas_syrk('T', tiny ? 1.0 : 1.0 / w->unit / w->unit, A, 0.0, mat_sub(w->G, 0, 0, border, border));
  if (tiny) mat_scale(A, w->unit);
  for (int i = border; i < border + m; i++) *mat_at(w->G, i, i) = -1.0;
}

bool propagator_find(propagator *w, mat A, int m) {
  if (!w->full) find_gram(w, A, m);
  for (int n = 0; n < PROPAGATOR_ITERATIONS; n++) {
    double defect = correct(w, m);
    if (!isfinite(defect)) return false;
    if (defect <= PROPAGATOR_DEFECT) return true; /* before the correction, which squares it */
  }
  return false;
}

double propagator_norm(propagator *w, int m) {
  int n = w->C.rows, border = n - m;
  if (w->full) return 1.0 + mat_norm_fro(w->C);
  mat_copy(w->left, w->G); /* L^T L: L^T J L without the sign of J */
  for (int i = border; i < n; i++) *mat_at(w->left, i, i) = 1.0;
  blas_gemm('N', 'N', 1.0, w->C, w->left, 0.0, w->right);
  blas_gemm('T', 'N', 1.0, w->C, w->left, 0.0, w->defect);
  double sum = 0.0; /* tr(C X C^T X) */
  for (int j = 0; j < n; j++)
    for (int i = 0; i < n; i++) sum += mat_get(w->right, i, j) * mat_get(w->defect, j, i);
  return 1.0 + sqrt(fmax(sum, 0.0));
}
