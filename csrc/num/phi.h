/* csrc/num/phi.h: the phi functions of exponential integrators, phi_0 = exp,
 * phi_{j+1}(z) = (phi_j(z) - 1/j!) / z = int_0^1 e^{(1 - s) z} s^j / j! ds, for z <= 0.
 * SPDX-License-Identifier: MIT */
#ifndef LINNET_NUM_PHI_H
#define LINNET_NUM_PHI_H

enum { PHI_MAX = 9 };

/* out[j] = phi_j(z), j = 0..kmax <= PHI_MAX, z <= 0 (-inf allowed), to a few units of round-off. */
void phi_at(double z, int kmax, double *out);

#endif
