/* csrc/num/phi.c: phi_j(z) for z <= 0 (see phi.h): exp, expm1, then upward where that only divides
 * errors by |z|, and the series of the highest with the recurrence downward where |z| is small.
 * SPDX-License-Identifier: MIT */
#include "num/phi.h"

#include <assert.h>
#include <math.h>

/* Upward a relative error grows by about (j + 1)/|z| a step, downward by at most |z|/(j + 1): at
 * this border both stay within a few units, and the series needs SERIES terms to 1e-17. */
static const double BORDER = 3.0;
enum { SERIES = 26 };

static const double inverse_factorial[PHI_MAX + 1] = {
    1.0,       1.0,       1.0 / 2,    1.0 / 6,     1.0 / 24,
    1.0 / 120, 1.0 / 720, 1.0 / 5040, 1.0 / 40320, 1.0 / 362880};

void phi_at(double z, int kmax, double *out) {
  assert(kmax >= 0 && kmax <= PHI_MAX);
  out[0] = exp(z);
  if (kmax < 1) return;
  out[1] = z == 0.0 ? 1.0 : expm1(z) / z;
  if (z < -BORDER) {
    for (int j = 1; j < kmax; j++) out[j + 1] = (out[j] - inverse_factorial[j]) / z;
  } else if (kmax > 1) {
    double sum = 1.0; /* kmax! phi_kmax = 1 + z/(k+1) (1 + z/(k+2) (1 + ...)) */
    for (int j = SERIES; j >= 1; j--) sum = 1.0 + sum * z / (kmax + j);
    out[kmax] = sum * inverse_factorial[kmax];
    for (int j = kmax - 1; j > 1; j--) out[j] = z * out[j + 1] + inverse_factorial[j];
  }
}
