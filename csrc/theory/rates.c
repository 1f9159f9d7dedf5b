/* csrc/theory/rates.c: the rates of mathematics.md section 6 (see rates.h).
 * [M21] Min, Tarmoun, Vidal, Mallada 2021; [M22] its second version; [X23] Xu et al. 2023.
 * SPDX-License-Identifier: MIT */
#include "theory/rates.h"

#include <float.h>
#include <math.h>

#include "num/blas.h"

static int least(int a, int b) { return a < b ? a : b; }
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

status rates_spectrum(lapack_work *w, int r, mat L, mat G, double *spectrum) {
  int kp = L.cols;
  blas_syrk('T', 1.0, mat_rows(L, 0, r), 0.0, G);
  blas_syrk('T', -1.0, mat_rows(L, r, L.rows - r), 1.0, G);
  status s = lapack_eigvalsh(w, G, spectrum);
  if (s != STATUS_OK) return s;
  double top = 0.0;
  for (int j = 0; j < kp; j++) top = fmax(top, mat_norm_fro(mat_cols(L, j, 1)));
  double noise = kp * DBL_EPSILON * top * top;
  for (int i = 0, j = kp - 1; i < j; i++, j--) {
    double x = spectrum[i];
    spectrum[i] = spectrum[j];
    spectrum[j] = x;
  }
  for (int i = 0; i < kp; i++)
    if (fabs(spectrum[i]) <= noise) spectrum[i] = 0.0;
  return STATUS_OK;
}

/* Lambda's other h - kp eigenvalues are 0, which changes no positive part; and kp <= h, so r <= kp
 * says that h >= r too. */
imbalance rates_imbalance(const double *spectrum, int kp, int r, int m) {
  imbalance b = {0};
  if (kp > 0) {
    b.plus_first = positive(spectrum[0]);
    b.minus_first = positive(-spectrum[kp - 1]);
  }
  if (r <= kp) b.plus_last = positive(spectrum[r - 1]);
  if (m <= kp) b.minus_last = positive(-spectrum[kp - m]);
  b.c = b.plus_last + b.minus_last;
  b.delta_plus = b.plus_first - b.plus_last;
  b.delta_minus = b.minus_first - b.minus_last;
  return b;
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

double rates_instantaneous(const field *f, mat L, mat E, mat A, mat SZ) {
  double size = mat_norm_fro(E);
  if (!(size > 0.0)) return size; /* 0, or nan */
  mat_copy(A, E);
  mat_scale(A, 1.0 / size);
  field_force(f, A, A);
  field_velocity(f, L, A, SZ);
  double speed = mat_norm_fro(SZ);
  return 2.0 * speed * speed;
}

status rates_kernel_min(rates_work *w, const field *f, mat L, double *lam_min) {
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

status rates_from(rates_work *w, const rates_inputs *in, rates *out) {
  const field *f = &in->f;
  int r = f->r, m = f->m;
  double sigma_1 = f->sigma[0], sigma_r = f->sigma[r - 1], lam_min = 0.0;
  imbalance b = rates_imbalance(in->spectrum, in->L.cols, r, m);
  *out = (rates){.imbalance = rates_theorem1(sigma_r, b.c)};
  out->instantaneous = rates_instantaneous(f, in->L, in->E, w->A, mat_cols(w->SZ, 0, in->L.cols));
  status s = rates_kernel_min(w, f, in->L, &lam_min);
  if (s != STATUS_OK) return s;
  out->late = 2.0 * lam_min;
  blas_gemm('N', 'T', 1.0, field_U(f, in->L), field_V(f, in->L), 0.0, w->A);
  s = singular_values(w, r, m);
  if (s != STATUS_OK) return s;
  out->proposition1 = rates_proposition1(&b, sigma_r, w->values[m - 1], w->values[r - 1]);
  out->upper = rates_upper(&b, sigma_1, w->values[0]);
  mat_copy(w->A, f->Yt);
  s = singular_values(w, r, m);
  double size = mat_norm_fro(in->E); /* moves each singular value of Yt by at most itself */
  double s_m = positive(w->values[m - 1] - size) / sigma_1;
  double s_r = positive(w->values[r - 1] - size) / sigma_1;
  out->margin = rates_proposition1(&b, sigma_r, s_m, s_r);
  return s;
}
