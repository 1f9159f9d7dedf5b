/* csrc/model/imbalance.c: one symmetric eigenproblem of order k' (see imbalance.h).
 * [M21] Min, Tarmoun, Vidal, Mallada 2021; [M22] its second version.
 * SPDX-License-Identifier: MIT */
#include "model/imbalance.h"

#include <float.h>
#include <math.h>

#include "num/blas.h"

static double positive(double x) { return x > 0.0 ? x : 0.0; }

void imbalance_matrix(int r, mat L, mat G) {
  blas_syrk('T', 1.0, mat_rows(L, 0, r), 0.0, G);
  blas_syrk('T', -1.0, mat_rows(L, r, L.rows - r), 1.0, G);
}

double imbalance_scale(int r, mat L) {
  double top = 0.0;
  for (int j = 0; j < L.cols; j++) {
    double u = mat_norm_fro(mat_sub(L, 0, j, r, 1));
    double v = mat_norm_fro(mat_sub(L, r, j, L.rows - r, 1));
    top = fmax(top, u * u + v * v);
  }
  return top;
}

status imbalance_spectrum(lapack_work *w, int r, mat L, mat G, double *spectrum) {
  int kp = L.cols;
  imbalance_matrix(r, L, G);
  status s = lapack_eigvalsh(w, G, spectrum);
  if (s != STATUS_OK) return s;
  double noise = kp * DBL_EPSILON * imbalance_scale(r, L);
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
imbalance imbalance_of(const double *spectrum, int kp, int r, int m) {
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
