/* csrc/flow/rotate.c: the exponential of a boost by the thin SVD B = P diag(s) R^T (see rotate.h),
 * U += P((cosh s - 1) P^T U + sinh s R^T V), V += R((cosh s - 1) R^T V + sinh s P^T U),
 * or, of a small one, by series in G = B^T B: with f = (cosh s - 1)/s^2 and g = sinh(s)/s at s^2 =
 * G, U += B (f B^T U + g V), V += G f V + g B^T U.
 * SPDX-License-Identifier: MIT */
#include "flow/rotate.h"

#include <float.h>
#include <math.h>

#include "flow/tuning.h"
#include "num/blas.h"

void rotate_layout(arena *a, rotate_room *w, dims d) {
  int q = d.r < d.m ? d.r : d.m, p = d.r < d.m ? d.m : d.r;
  w->tall = arena_mat(a, p, q);
  w->small = arena_mat(a, q, q);
  w->G = arena_mat(a, q, q);
  w->fg = arena_mat(a, q, arena_product(a, q, 2));
  w->spare = arena_mat(a, q, arena_product(a, q, 2));
  w->both = arena_mat(a, arena_product(a, q, 2), d.kp);
  w->PU = arena_mat(a, q, d.kp);
  w->RV = arena_mat(a, q, d.kp);
  w->mix = arena_mat(a, q, d.kp);
  w->sinh = arena_doubles(a, (size_t)q);
  w->cosh = arena_doubles(a, (size_t)q);
}

static double column_dot(const double *x, const double *y, int n) {
  double sum = 0.0;
  for (int i = 0; i < n; i++) sum += x[i] * y[i];
  return sum;
}

/* Keeps the largest size that a state had on its way. Rotations by less than about 1 are left out:
 * they take it no further than Z itself, which the caller knows. */
static void note_largest(rotate_room *w, mat Z) {
  double c = 0.0;
  for (int i = 0; i < w->tall.cols; i++) c = fmax(c, w->cosh[i]);
  if (c > ROTATE_SMALL)
    w->largest_on_the_way = fmax(w->largest_on_the_way, (1.0 + c) * mat_max_abs(Z));
}

static void givens(double *x, double *y, int n, double c, double s) {
  for (int i = 0; i < n; i++) {
    double a = x[i], b = y[i];
    x[i] = c * a - s * b;
    y[i] = s * a + c * b;
  }
}

/* One-sided Jacobi (Hestenes): columns of Q are turned, and P with them, until each pair is
 * orthogonal relative to its own norms: even small singular vectors are orthonormal to round-off,
 * which a Gram matrix would not give. Then Q diag(1/s) and P are the singular vectors. */
static void jacobi(mat Q, mat P, double *s) {
  enum { SWEEPS = 30 };
  bool turned = Q.cols > 1;
  mat_eye(P);
  for (int sweep = 0; sweep < SWEEPS && turned; sweep++) {
    turned = false;
    for (int i = 0; i < Q.cols; i++)
      for (int j = i + 1; j < Q.cols; j++) {
        double *x = mat_col(Q, i), *y = mat_col(Q, j);
        double a = column_dot(x, x, Q.rows), b = column_dot(y, y, Q.rows);
        double d = column_dot(x, y, Q.rows);
        if (fabs(d) <= DBL_EPSILON * sqrt(a) * sqrt(b)) continue;
        double zeta = (b - a) / (2.0 * d);
        double t = copysign(1.0, zeta) / (fabs(zeta) + hypot(1.0, zeta)), c = 1.0 / hypot(1.0, t);
        givens(x, y, Q.rows, c, c * t);
        givens(mat_col(P, i), mat_col(P, j), P.rows, c, c * t);
        turned = true;
      }
  }
  for (int j = 0; j < Q.cols; j++) {
    s[j] = sqrt(column_dot(mat_col(Q, j), mat_col(Q, j), Q.rows));
    if (s[j] > 0.0) mat_scale(mat_cols(Q, j, 1), 1.0 / s[j]);
  }
}

/* tall, scaled by an exact power of two so that squares cannot under- or overflow; singular values
 * are scaled back. */
static void decompose(rotate_room *w) {
  double top = mat_max_abs(w->tall), unit = top > 0.0 ? ldexp(1.0, ilogb(top)) : 1.0;
  mat_scale(w->tall, 1.0 / unit);
  jacobi(w->tall, w->small, w->sinh);
  for (int j = 0; j < w->tall.cols; j++) w->sinh[j] *= unit;
}

/* out = diag(c) a + diag(s) b */
static void combine_rows(mat out, const double *c, mat a, const double *s, mat b) {
  for (int j = 0; j < out.cols; j++)
    for (int i = 0; i < out.rows; i++)
      *mat_at(out, i, j) = c[i] * mat_get(a, i, j) + s[i] * mat_get(b, i, j);
}

/* f = sum G^k/(2k + 2)! and g = sum G^k/(2k + 1)!, ||G|| <= size <= 1, to round-off. */
static void sum_series(rotate_room *w, double size) {
  int n = 0, q = w->G.rows;
  mat f = mat_cols(w->fg, 0, q), g = mat_cols(w->fg, q, q);
  for (double rest = 1.0; rest > 0.25 * DBL_EPSILON && n < ROTATE_TERMS; n++)
    rest *= size / ((2.0 * n + 2.0) * (2.0 * n + 3.0));
  mat_eye(f);
  mat_eye(g);
  for (; n > 0; n--) { /* each as 1 + G/((2k + 2)(2k + 3)) (1 + ...), f of one half */
    blas_gemm('N', 'N', 1.0, w->G, w->fg, 0.0, w->spare);
    mat_eye(f);
    mat_eye(g);
    mat_axpy(1.0 / ((2.0 * n + 1.0) * (2.0 * n + 2.0)), mat_cols(w->spare, 0, q), f);
    mat_axpy(1.0 / (2.0 * n * (2.0 * n + 1.0)), mat_cols(w->spare, q, q), g);
  }
  mat_scale(f, 0.5);
}

/* Without singular vectors, which cost most of a step where m is more than a few. Z = [big; low] as
 * the rows and columns of tall go. */
static void rotate_little(rotate_room *w, double size, mat big, mat low) {
  int q = w->G.rows;
  blas_syrk('T', 1.0, w->tall, 0.0, w->G);
  sum_series(w, size);
  blas_gemm('T', 'N', 1.0, w->tall, big, 0.0, mat_rows(w->both, 0, q));
  mat_copy(mat_rows(w->both, q, q), low);
  blas_gemm('N', 'N', 1.0, w->fg, w->both, 0.0, w->mix);
  blas_gemm('N', 'N', 1.0, w->tall, w->mix, 1.0, big);
  mat_copy(mat_cols(w->spare, 0, q), mat_cols(w->fg, q, q));
  blas_gemm('N', 'N', 1.0, w->G, mat_cols(w->fg, 0, q), 0.0, mat_cols(w->spare, q, q));
  blas_gemm('N', 'N', 1.0, w->spare, w->both, 1.0, low);
}

/* By singular vectors: P is of U, R of V. */
static void rotate_far(rotate_room *w, mat P, mat R, mat U, mat V) {
  blas_gemm('T', 'N', 1.0, P, U, 0.0, w->PU);
  blas_gemm('T', 'N', 1.0, R, V, 0.0, w->RV);
  combine_rows(w->mix, w->cosh, w->PU, w->sinh, w->RV);
  blas_gemm('N', 'N', 1.0, P, w->mix, 1.0, U);
  combine_rows(w->mix, w->cosh, w->RV, w->sinh, w->PU);
  blas_gemm('N', 'N', 1.0, R, w->mix, 1.0, V);
}

status rotate_apply(rotate_room *w, const field *f, mat B, mat Z) {
  mat U = field_U(f, Z), V = field_V(f, Z);
  double top = mat_max_abs(B);
  if (!(top <= ROTATE_MOST)) return STATUS_NON_FINITE;
  if (top == 0.0) return STATUS_OK;
  bool upright = B.rows >= B.cols;
  if (upright) mat_copy(w->tall, B);
  else mat_transpose(w->tall, B);
  double size = mat_norm_fro(B) * mat_norm_fro(B); /* at least s^2 */
  if (w->tall.cols >= ROTATE_SERIES && size <= ROTATE_LITTLE) {
    rotate_little(w, size, upright ? U : V, upright ? V : U);
    return STATUS_OK;
  }
  decompose(w);
  for (int i = 0; i < w->tall.cols; i++) {
    double half = sinh(0.5 * w->sinh[i]); /* here they still are the singular values */
    w->cosh[i] = 2.0 * half * half;
    w->sinh[i] = sinh(w->sinh[i]);
  }
  note_largest(w, Z);
  rotate_far(w, upright ? w->tall : w->small, upright ? w->small : w->tall, U, V);
  return STATUS_OK;
}
