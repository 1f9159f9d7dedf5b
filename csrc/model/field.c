/* csrc/model/field.c: error, force and velocity of the reduced equation (see field.h),
 * dU/dt = A V - w U, dV/dt = A^T U - w V.
 * SPDX-License-Identifier: MIT */
#include "model/field.h"

#include <float.h>
#include <math.h>

#include "num/blas.h"

void field_error(const field *f, mat Z, mat E) {
  blas_gemm('N', 'T', 1.0, field_U(f, Z), field_V(f, Z), 0.0, E);
  for (int j = 0; j < f->m; j++) {
    const double *y = mat_col(f->Yt, j);
    double *e = mat_col(E, j);
    for (int i = 0; i < f->r; i++) e[i] = y[i] - f->sigma[i] * e[i];
  }
}

void field_force_of_map(const field *f, mat P) {
  for (int j = 0; j < f->m; j++) {
    const double *y = mat_col(f->Yt, j);
    double *a = mat_col(P, j);
    for (int i = 0; i < f->r; i++) a[i] = f->sigma[i] * (y[i] - f->sigma[i] * a[i]);
  }
}

void field_force(const field *f, mat E, mat A) {
  for (int j = 0; j < f->m; j++) {
    const double *e = mat_col(E, j);
    double *a = mat_col(A, j);
    for (int i = 0; i < f->r; i++) a[i] = f->sigma[i] * e[i];
  }
}

void field_velocity(const field *f, mat Z, mat A, mat SZ) {
  blas_gemm('N', 'N', 1.0, A, field_V(f, Z), 0.0, field_U(f, SZ));
  blas_gemm('T', 'N', 1.0, A, field_U(f, Z), 0.0, field_V(f, SZ));
}

void field_motion(const field *f, mat Z, mat A, mat out) {
  field_velocity(f, Z, A, out);
  if (f->weight_decay > 0.0) mat_axpy(-f->weight_decay, Z, out);
}

double field_keep(const field *f, double h) {
  return f->weight_decay > 0.0 ? exp(-f->weight_decay * h) : 1.0;
}

void field_decayed(const field *f, mat Z, double h, mat out) {
  if (out.p != Z.p) mat_copy(out, Z);
  if (f->weight_decay > 0.0) mat_scale(out, field_keep(f, h));
}

double field_excess(mat E) {
  double sum = mat_dot(E, E), norm;
  if (sum > 1e-280 && sum < 1e280) return 0.5 * sum;
  norm = mat_norm_fro(E); /* squares that would under- or overflow, and nan */
  return 0.5 * norm * norm;
}

double field_rate(const field *f, mat Z, mat E, mat A, mat SZ) {
  double size = mat_norm_fro(E);
  if (!(size > 0.0)) return size; /* 0, or nan */
  mat_copy(A, E);
  mat_scale(A, 1.0 / size);
  field_force(f, A, A);
  field_velocity(f, Z, A, SZ);
  double speed = mat_norm_fro(SZ);
  double pulled = f->weight_decay > 0.0 ? f->weight_decay * mat_dot(SZ, Z) / size : 0.0;
  return 2.0 * (speed * speed - pulled);
}

/* E_ij is a difference of Yt_ij and a dot product of length k', whose round-off a random walk of
 * the products bounds well: 8 eps (|Yt_ij| + sigma_i ||U_i|| ||V_j||). */
bool field_converged(const field *f, mat Z, mat E, double units) {
  mat U = field_U(f, Z), V = field_V(f, Z);
  double top = mat_max_abs(E), unit = units * DBL_EPSILON;
  double coarse =
      mat_max_abs(f->Yt) + (f->r ? f->sigma[0] : 0.0) * Z.cols * mat_max_abs(U) * mat_max_abs(V);
  if (!(top <= unit * coarse)) return false; /* cheap, and the usual answer */
  for (int i = 0; i < f->r; i++) {
    double u = mat_norm_fro(mat_rows(U, i, 1));
    for (int j = 0; j < f->m; j++) {
      double v = mat_norm_fro(mat_rows(V, j, 1));
      if (fabs(mat_get(E, i, j)) > unit * (fabs(mat_get(f->Yt, i, j)) + f->sigma[i] * u * v))
        return false;
    }
  }
  return true;
}
