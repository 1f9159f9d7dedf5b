/* csrc/theory/rates.c: the rates of mathematics.md section 6 (see rates.h).
 * [M21] Min, Tarmoun, Vidal, Mallada 2021; [M22] its second version; [X23] Xu et al. 2023.
 * SPDX-License-Identifier: MIT */
#include "theory/rates.h"

#include <float.h>
#include <math.h>

#include "num/blas.h"

static double positive(double x) { return x > 0.0 ? x : 0.0; }

void rates_layout(arena *a, rates_work *w, dims d) {
  int r = d.r, m = d.m, k = r + m;
  *w = (rates_work){0};
  w->A = arena_mat(a, r, m);
  w->SZ = arena_mat(a, k, k);
  w->stack = arena_mat(a, r, r + k);
  w->values = arena_doubles(a, (size_t)k);
  lapack_want_eigh(&w->lapack, k);
  lapack_want_svd(&w->lapack, r, r + k);
  lapack_want_svd(&w->lapack, k, k);
  lapack_layout(a, &w->lapack);
}

/* (2 d c + c^2 + 4 s^2) / (d + sqrt((d + c)^2 + 4 s^2)), forming no square that could overflow. */
double rates_term(double d, double c, double s) {
  double below = d + hypot(d + c, 2.0 * s);
  if (!(below > 0.0)) return 0.0;
  return c * ((2.0 * d + c) / below) + 2.0 * s * (2.0 * s / below);
}

double rates_theorem1(double sigma_r, double c) { return 2.0 * sigma_r * sigma_r * c; }

double rates_proposition1(const imbalance *b, double sigma_r, double s_m, double s_r) {
  return sigma_r * sigma_r *
         (rates_term(b->delta_plus, b->c, s_m) + rates_term(b->delta_minus, b->c, s_r));
}

double rates_upper(const imbalance *b, double sigma_1, double s_1) {
  double plus = b->plus_first, minus = b->minus_first;
  return sigma_1 * sigma_1 * (plus + hypot(plus, 2.0 * s_1) + minus + hypot(minus, 2.0 * s_1));
}

/* lam_min(K) as the square of a singular value of [diag(sigma) U1, sqrt(nu_min) diag(sigma)], so
 * its relative error grows with the condition number of X and not with its square. */
static status kernel_min(rates_work *w, const field *f, mat L, double *lam_min) {
  int r = f->r, m = f->m, kp = L.cols;
  double root_nu = 0.0; /* sqrt(nu_min): the smallest of m singular values of V, 0 when kp < m */
  if (m <= kp) {
    mat V = mat_sub(w->SZ, 0, 0, m, kp);
    mat_copy(V, field_V(f, L));
    status s = lapack_singular_values(&w->lapack, V, w->values);
    if (s != STATUS_OK) return s;
    root_nu = w->values[m - 1];
  }
  mat stack = mat_cols(w->stack, 0, kp + r), left = mat_cols(stack, 0, kp);
  mat_fill(stack, 0.0);
  mat_copy(left, field_U(f, L));
  mat_scale_rows(left, f->sigma);
  for (int i = 0; i < r; i++) *mat_at(stack, i, kp + i) = root_nu * f->sigma[i];
  status s = lapack_singular_values(&w->lapack, stack, w->values);
  *lam_min = w->values[r - 1] * w->values[r - 1];
  return s;
}

/* The min(r, m) singular values of the r x m matrix in w->A (destroyed), then zeros up to max. */
static status singular_values(rates_work *w, int r, int m) {
  status s = lapack_singular_values(&w->lapack, w->A, w->values);
  for (int i = least(r, m); i < r + m; i++) w->values[i] = 0.0;
  return s;
}

/* What ||Yt|| and ||E||, which the flow only lowers, say from now on: each singular value of
 * diag(sigma) U1 V^T = Yt - E is within ||E|| of Yt's. The round-off of these values and of E must
 * not make a bound: it counts as part of ||E||. */
static status rates_ahead(rates_work *w, const rates_inputs *in, const imbalance *b, rates *out) {
  const field *f = &in->f;
  int r = f->r, m = f->m, kp = in->L.cols;
  double sigma_1 = f->sigma[0], sigma_r = f->sigma[r - 1];
  mat SU = mat_sub(w->stack, 0, 0, r, kp);
  mat_copy(SU, field_U(f, in->L));
  mat_scale_rows(SU, f->sigma);
  double product = kp * mat_norm_fro(SU) * mat_norm_fro(field_V(f, in->L));
  mat_copy(w->A, f->Yt);
  status s = singular_values(w, r, m);
  const double *y = w->values;
  double noise = 4.0 * DBL_EPSILON * ((r > m ? r : m) * y[0] + product);
  double size = mat_norm_fro(in->E) + noise, s_m = y[m - 1], s_r = y[r - 1];
  out->margin = rates_proposition1(b, sigma_r, positive(s_m - size) / sigma_1,
                                   positive(s_r - size) / sigma_1);
  out->corollary6 = rates_proposition1(b, sigma_r, s_m / sigma_1, s_r / sigma_1);
  out->envelope = rates_upper(b, sigma_1, (y[0] + size) / sigma_r);
  return s;
}

status rates_from(rates_work *w, const rates_inputs *in, rates *out) {
  const field *f = &in->f;
  int r = f->r, m = f->m;
  double sigma_1 = f->sigma[0], sigma_r = f->sigma[r - 1], lam_min = 0.0;
  imbalance b = imbalance_of(in->spectrum, in->L.cols, r, m);
  *out = (rates){.imbalance = rates_theorem1(sigma_r, b.c)};
  out->instantaneous = field_rate(f, in->L, in->E, w->A, mat_cols(w->SZ, 0, in->L.cols));
  status s = kernel_min(w, f, in->L, &lam_min);
  if (s != STATUS_OK) return s;
  out->late = 2.0 * lam_min;
  blas_gemm('N', 'T', 1.0, field_U(f, in->L), field_V(f, in->L), 0.0, w->A);
  s = singular_values(w, r, m);
  if (s != STATUS_OK) return s;
  out->proposition1 = rates_proposition1(&b, sigma_r, w->values[m - 1], w->values[r - 1]);
  out->upper = rates_upper(&b, sigma_1, w->values[0]);
  return rates_ahead(w, in, &b, out);
}
