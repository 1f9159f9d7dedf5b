/* csrc/flow/propagator.c: C as it is known, or by the tableau's own recursion on M, then Newton's
 * iteration for the group O(r, m): D = L^-1 (M J M^T - J) L^-T, M <- (I - L D L^T J / 2) M (see
 * propagator.h).
 * SPDX-License-Identifier: MIT */
#include "flow/propagator.h"

#include <math.h>

#include "flow/tuning.h"
#include "num/blas.h"

/* L = I has less to multiply, so it may be somewhat larger. */
bool propagator_is_full(int r, int m, int stages) {
  return PROPAGATOR_FULL * stages * m >= (double)r;
}

static int order_of(int r, int m, int stages) {
  return (propagator_is_full(r, m, stages) ? r : stages * m) + m;
}

void propagator_layout(arena *a, propagator *w, dims d, int stages) {
  int n = order_of(d.r, d.m, stages);
  for (int i = 0; i < 7; i++) w->room[i] = arena_mat(a, n, n);
}

static void shape(propagator *w, int r, int m, int stages) {
  mat *const views[] = {&w->to_u, &w->to_v, &w->C, &w->G, &w->defect, &w->left, &w->right};
  int n = order_of(r, m, stages);
  for (int i = 0; i < 7; i++) *views[i] = mat_sub(w->room[i], 0, 0, n, i < 2 ? n - m : n);
  w->full = propagator_is_full(r, m, stages);
}

static mat block(mat a, int j, int m) { return mat_cols(a, j * m, m); }

/* Stage matrices M_i = I + L C_i L^T: the rows of A_j in C_i are h a_ij P_j, those of V the sum of
 * h a_ij Q_j, with P_i = [0 I] + sum_j h a_ij Q_j and Q_i = [e_i 0] + sum_j h a_ij A_i^T A_j P_j.
 */
static void recursion(propagator *w, const tableau *tab, double h, int m) {
  int s = tab->stages, n = (s + 1) * m;
  for (int i = 0; i < s; i++) {
    mat P = block(w->to_u, i, m), Q = block(w->to_v, i, m);
    mat_fill(P, 0.0);
    mat_fill(Q, 0.0);
    mat_eye(mat_rows(P, s * m, m));
    mat_eye(mat_rows(Q, i * m, m));
    for (int j = 0; j < i; j++) {
      double x = h * tableau_row(tab, i)[j];
      if (x == 0.0) continue;
      mat_axpy(x, block(w->to_v, j, m), P);
      blas_gemm('N', 'N', x, block(w->to_u, j, m), mat_sub(w->G, j * m, i * m, m, m), 1.0, Q);
    }
  }
  mat V = mat_rows(w->C, s * m, m);
  mat_fill(V, 0.0);
  for (int j = 0; j < s; j++) {
    double x = h * tab->b[j];
    mat row = mat_rows(w->C, j * m, m), P = block(w->to_u, j, m), Q = block(w->to_v, j, m);
    for (int l = 0; l < n; l++)
      for (int i = 0; i < m; i++) {
        *mat_at(row, i, l) = x * mat_get(P, l, i);
        *mat_at(V, i, l) += x * mat_get(Q, l, i);
      }
  }
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

/* G and C of the step as the tableau has it, from its forces. */
static void by_forces(propagator *w, const tableau *tab, double h, mat A, int m) {
  int border = A.cols;
  double top = mat_max_abs(A);
  w->unit = top > 0.0 ? top : 1.0;
  mat_fill(w->G, 0.0);
  bool tiny = !isfinite(1.0 / w->unit / w->unit); /* as forces are at t = 1e160 of classes */
  if (tiny) mat_scale(A, 1.0 / w->unit);
  blas_syrk('T', tiny ? 1.0 : 1.0 / w->unit / w->unit, A, 0.0, mat_sub(w->G, 0, 0, border, border));
  if (tiny) mat_scale(A, w->unit);
  for (int i = border; i < border + m; i++) *mat_at(w->G, i, i) = -1.0;
  recursion(w, tab, h * w->unit, m);
}

bool propagator_find(propagator *w, const tableau *tab, double h, mat A, int m, mat plain) {
  shape(w, A.rows, m, tab->stages);
  if (w->full) mat_copy(w->C, plain);
  else by_forces(w, tab, h, A, m);
  for (int n = 0; n < PROPAGATOR_ITERATIONS; n++) {
    double defect = correct(w, m);
    if (!isfinite(defect)) return false;
    if (defect <= PROPAGATOR_DEFECT) return true; /* before the correction, which squares it */
  }
  return false;
}

double propagator_norm(propagator *w) {
  int n = w->C.rows, border = w->to_u.cols;
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
