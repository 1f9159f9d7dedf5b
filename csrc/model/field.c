/* csrc/model/field.c: error, force and velocity of the reduced equation (see field.h),
 * dU/dt = A V - w U, dV/dt = A^T U - w V.
 * SPDX-License-Identifier: MIT */
#include "model/field.h"

#include <float.h>
#include <math.h>

#include "num/blas.h"

void field_room_layout(arena *a, field_room *w, dims d) {
  w->F = arena_mat_raw(a, d.n, d.m);
  w->R = arena_mat_raw(a, d.n, d.m);
}

/* F = W P, P = diag(sigma) U V^T, in units of the samples. */
static void outputs_of(const field *f, mat P, mat F) {
  blas_gemm('N', 'N', f->unit, f->W, P, 0.0, F);
}

/* P = diag(sigma) U V^T becomes E. */
static void error_of(const field *f, mat P) {
  mat F = f->room.F;
  outputs_of(f, P, F);
  f->loss->residual(f->delta, F, f->Y, F);
  blas_gemm('T', 'N', 1.0 / f->unit, f->W, F, 0.0, P);
}

static void map_of(const field *f, mat Z, mat P) {
  blas_gemm('N', 'T', 1.0, field_U(f, Z), field_V(f, Z), 0.0, P);
  mat_scale_rows(P, f->sigma);
}

void field_outputs(const field *f, mat Z, mat F) {
  mat P = mat_rows(f->room.R, 0, f->r); /* r <= n */
  map_of(f, Z, P);
  outputs_of(f, P, F);
}

void field_bend(const field *f, mat F, mat X) {
  if (!f->loss) return;
  mat WX = f->room.R;
  blas_gemm('N', 'N', 1.0, f->W, X, 0.0, WX);
  f->loss->curvature(f->delta, F, f->Y, WX, WX);
  blas_gemm('T', 'N', 1.0, f->W, WX, 0.0, X);
}

void field_error(const field *f, mat Z, mat E) {
  if (f->loss) {
    map_of(f, Z, E);
    error_of(f, E);
    return;
  }
  blas_gemm('N', 'T', 1.0, field_U(f, Z), field_V(f, Z), 0.0, E);
  for (int j = 0; j < f->m; j++) {
    const double *y = mat_col(f->Yt, j);
    double *e = mat_col(E, j);
    for (int i = 0; i < f->r; i++) e[i] = y[i] - f->sigma[i] * e[i];
  }
}

void field_gap(const field *f, mat Z, mat out) {
  if (!f->loss) {
    field_error(f, Z, out);
    return;
  }
  if (!f->attained) {
    mat_fill(out, NAN);
    return;
  }
  map_of(f, Z, out);
  blas_gemm('T', 'N', 1.0 / f->unit, f->W, f->best, -1.0, out);
}

void field_force_of_map(const field *f, mat P) {
  if (f->loss) {
    mat_scale_rows(P, f->sigma);
    error_of(f, P);
    mat_scale_rows(P, f->sigma);
    return;
  }
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

void field_kernel(const field *f, mat Z, mat A, mat VV, mat UA, mat out) {
  mat U = field_U(f, Z), V = field_V(f, Z);
  blas_syrk('N', 1.0, V, 0.0, VV);
  blas_gemm('N', 'N', 1.0, A, VV, 0.0, out);
  blas_gemm('T', 'N', 1.0, U, A, 0.0, UA);
  blas_gemm('N', 'N', 1.0, U, UA, 1.0, out);
  field_force(f, out, out);
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

static double excess_of_samples(const field *f, mat Z) {
  mat F = f->room.F;
  field_outputs(f, Z, F);
  double excess = f->best.p ? f->loss->divergence(f->delta, F, f->best, f->Y)
                            : f->loss->value(f->delta, F, f->Y) - f->least;
  return (excess < 0.0 ? 0.0 : excess) / f->unit / f->unit; /* a nan stays one */
}

double field_excess(const field *f, mat Z, mat E) {
  if (f->loss) return excess_of_samples(f, Z);
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
  double rate = 2.0 * (speed * speed - pulled); /* where the excess is ||E||^2 / 2 */
  return f->loss ? rate * (0.5 * size / field_excess(f, Z, E) * size) : rate;
}

/* What column j of E is a difference of, the outputs being in the room's F: the residuals of its
 * samples, and their slopes times what the outputs are sums of. */
static double terms_of_samples(const field *f, mat Z, int j) {
  mat F = f->room.F, X = f->room.R, U = field_U(f, Z);
  double v = mat_norm_fro(mat_rows(field_V(f, Z), j, 1));
  f->loss->residual(f->delta, F, f->Y, X);
  double residual = mat_norm_fro(mat_cols(X, j, 1)) / f->unit;
  mat_fill(X, 0.0);
  for (int i = 0; i < f->r; i++) {
    double size = f->sigma[i] * mat_norm_fro(mat_rows(U, i, 1)) * v;
    for (int s = 0; s < X.rows; s++) *mat_at(X, s, j) += size * fabs(mat_get(f->W, s, i));
  }
  f->loss->curvature(f->delta, F, f->Y, X, X);
  return residual + mat_norm_fro(mat_cols(X, j, 1));
}

void field_terms(const field *f, mat Z, mat terms) {
  mat U = field_U(f, Z), V = field_V(f, Z);
  if (f->loss) field_outputs(f, Z, f->room.F);
  for (int j = 0; j < f->m; j++) {
    double of_column = f->loss ? terms_of_samples(f, Z, j) : 0.0;
    for (int i = 0; i < f->r; i++)
      *mat_at(terms, i, j) =
          f->loss ? of_column
                  : fabs(mat_get(f->Yt, i, j)) + f->sigma[i] * mat_norm_fro(mat_rows(U, i, 1)) *
                                                     mat_norm_fro(mat_rows(V, j, 1));
  }
}

static bool samples_converged(const field *f, mat Z, mat E, double unit) {
  mat U = field_U(f, Z), V = field_V(f, Z);
  /* no slope of a loss is above 1, nor a residual above |Y| + 1 but those at which E is no zero */
  double coarse = sqrt((double)f->Y.rows) * (1.0 + mat_max_abs(f->Y)) / f->unit +
                  (f->r ? f->sigma[0] : 0.0) * mat_norm_fro(U) * mat_norm_fro(V);
  if (!(mat_max_abs(E) <= unit * coarse)) return false;
  field_outputs(f, Z, f->room.F);
  for (int j = 0; j < f->m; j++)
    if (!(mat_max_abs(mat_cols(E, j, 1)) <= unit * terms_of_samples(f, Z, j))) return false;
  return true;
}

/* E_ij is a difference of Yt_ij and a dot product of length k', whose round-off a random walk of
 * the products bounds well: 8 eps (|Yt_ij| + sigma_i ||U_i|| ||V_j||). */
bool field_converged(const field *f, mat Z, mat E, double units) {
  mat U = field_U(f, Z), V = field_V(f, Z);
  double top = mat_max_abs(E), unit = units * DBL_EPSILON;
  if (f->loss) return samples_converged(f, Z, E, unit);
  double coarse =
      mat_max_abs(f->Yt) + (f->r ? f->sigma[0] : 0.0) * Z.cols * mat_max_abs(U) * mat_max_abs(V);
  if (!(top <= fmax(unit * coarse, f->gone))) return false; /* cheap, and the usual answer */
  for (int i = 0; i < f->r; i++) {
    double u = mat_norm_fro(mat_rows(U, i, 1));
    for (int j = 0; j < f->m; j++) {
      double v = mat_norm_fro(mat_rows(V, j, 1));
      double target = fabs(mat_get(f->Yt, i, j)), gone = target == 0.0 ? f->gone : 0.0;
      if (fabs(mat_get(E, i, j)) > fmax(unit * (target + f->sigma[i] * u * v), gone)) return false;
    }
  }
  return true;
}
