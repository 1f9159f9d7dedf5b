/* spec/c/phi.c: phi functions against their definition in extended precision.
 * phi_{j+1}(z) = (phi_j(z) - 1/j!) / z.
 * SPDX-License-Identifier: MIT */
#include "num/phi.h"

#include "check.h"

/* In long double the series is good where it does not cancel, the definition itself elsewhere. */
static long double oracle(long double z, int j) {
  if (z > -1.0L) {
    long double term = 1.0L, sum = 0.0L;
    for (int i = 1; i <= j; i++) term /= i;
    for (int i = 0; i < 40; i++) sum += term, term *= z / (i + j + 1);
    return sum;
  }
  long double phi = expl(z), factorial = 1.0L;
  for (int i = 0; i < j; i++) {
    phi = (phi - 1.0L / factorial) / z;
    factorial *= i + 1;
  }
  return phi;
}

int main(void) {
  const double at[] = {0.0,  -1e-300, -1e-12, -1e-5, -0.013, -0.37, -0.999, -1.0, -1.7,
                       -2.9, -3.0,    -3.1,   -5.3,  -17.0,  -240., -745.0, -3e5, -1e18};
  double out[PHI_MAX + 1], less[PHI_MAX + 1];
  for (size_t i = 0; i < sizeof at / sizeof *at; i++) {
    phi_at(at[i], PHI_MAX, out);
    for (int j = 0; j <= PHI_MAX; j++) {
      double want = (double)oracle(at[i], j);
      /* just beyond -3 the recurrence upward multiplies round-off by (j + 1)!/3^j */
      check(fabs(out[j] - want) <= (j < 6 ? 2e-14 : 2e-12) * want, "phi_%d(%g) is %.17g, not %.17g",
            j, at[i], want, out[j]);
      check(j < 2 || out[j] < out[j - 1] || at[i] < -1e17, "phi_%d(%g) decreases with j", j, at[i]);
    }
    for (int kmax = 0; kmax < PHI_MAX; kmax++) {
      phi_at(at[i], kmax, less);
      for (int j = 0; j <= kmax; j++)
        check(fabs(less[j] - out[j]) <= 2e-13 * out[j], "phi_%d(%g) does not depend on kmax = %d",
              j, at[i], kmax);
    }
  }
  phi_at(-INFINITY, 3, out);
  check(out[0] == 0.0 && out[1] == 0.0 && out[2] == 0.0, "phi vanishes at -infinity");
  double naive = (expm1(-1e-5) / -1e-5 - 1.0) / -1e-5; /* the control: the definition cancels */
  check(fabs(naive - (double)oracle(-1e-5L, 2)) > 2e-14, "the naive phi_2 fails the tolerance");
  return check_done("phi");
}
