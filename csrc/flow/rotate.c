/* csrc/flow/rotate.c: the exponential of a boost by the thin SVD B = P diag(s) R^T (see rotate.h),
 * U += P((cosh s - 1) P^T U + sinh s R^T V), V += R((cosh s - 1) R^T V + sinh s P^T U).
 * SPDX-License-Identifier: MIT */
#include "flow/rotate.h"

#include <float.h>
#include <math.h>

#include "num/blas.h"

void rotate_layout(arena *a, rotate_room *w, int r, int m, int kp) {
  int q = r < m ? r : m, p = r < m ? m : r;
  w->Q = arena_mat(a, p, q);
  w->P = arena_mat(a, q, q);
  w->X = arena_mat(a, q, kp);
  w->Y = arena_mat(a, q, kp);
  w->T = arena_mat(a, q, kp);
  w->s = arena_doubles(a, (size_t)q);
  w->c = arena_doubles(a, (size_t)q);
}

static double column_dot(const double *x, const double *y, int n) {
  double sum = 0.0;
  for (int i = 0; i < n; i++) sum += x[i] * y[i];
  return sum;
}

/* Small rotations reach no further than Z itself, which the caller knows. */
static void note_reach(rotate_room *w, mat Z) {
  static const double FAR = 0.5; /* cosh s - 1 of s about 1 */
  double c = 0.0;
  for (int i = 0; i < w->Q.cols; i++) c = fmax(c, w->c[i]);
  if (c > FAR) w->reach = fmax(w->reach, (1.0 + c) * mat_max_abs(Z));
}

static void turn(double *x, double *y, int n, double c, double s) {
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
        turn(x, y, Q.rows, c, c * t);
        turn(mat_col(P, i), mat_col(P, j), P.rows, c, c * t);
        turned = true;
      }
  }
  for (int j = 0; j < Q.cols; j++) {
    s[j] = sqrt(column_dot(mat_col(Q, j), mat_col(Q, j), Q.rows));
    if (s[j] > 0.0) mat_scale(mat_cols(Q, j, 1), 1.0 / s[j]);
  }
}

/* Q = B or B^T (the taller), scaled by an exact power of two so that squares cannot under- or
 * overflow; s is scaled back. */
static void decompose(rotate_room *w, mat B) {
  double top = mat_max_abs(B), unit = top > 0.0 ? ldexp(1.0, ilogb(top)) : 1.0;
  if (B.rows >= B.cols) mat_copy(w->Q, B);
  else mat_transpose(w->Q, B);
  mat_scale(w->Q, 1.0 / unit);
  jacobi(w->Q, w->P, w->s);
  for (int j = 0; j < w->Q.cols; j++) w->s[j] *= unit;
}

/* T = diag(c) X + diag(s) Y */
static void mix(mat T, const double *c, mat X, const double *s, mat Y) {
  for (int j = 0; j < T.cols; j++)
    for (int i = 0; i < T.rows; i++)
      *mat_at(T, i, j) = c[i] * mat_get(X, i, j) + s[i] * mat_get(Y, i, j);
}

status rotate_apply(rotate_room *w, const field *f, mat B, mat Z) {
  static const double overflow = 300.0; /* e^300 squared still is finite */
  mat U = field_U(f, Z), V = field_V(f, Z);
  double top = mat_max_abs(B);
  if (!(top <= overflow)) return STATUS_NON_FINITE;
  if (top == 0.0) return STATUS_OK;
  decompose(w, B);
  for (int i = 0; i < w->Q.cols; i++) {
    double half = sinh(0.5 * w->s[i]);
    w->c[i] = 2.0 * half * half; /* cosh s - 1 */
    w->s[i] = sinh(w->s[i]);
  }
  note_reach(w, Z);
  mat P = B.rows >= B.cols ? w->Q : w->P, R = B.rows >= B.cols ? w->P : w->Q;
  blas_gemm('T', 'N', 1.0, P, U, 0.0, w->X);
  blas_gemm('T', 'N', 1.0, R, V, 0.0, w->Y);
  mix(w->T, w->c, w->X, w->s, w->Y);
  blas_gemm('N', 'N', 1.0, P, w->T, 1.0, U);
  mix(w->T, w->c, w->Y, w->s, w->X);
  blas_gemm('N', 'N', 1.0, R, w->T, 1.0, V);
  return STATUS_OK;
}
