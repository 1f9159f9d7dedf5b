/* csrc/loss/tilt.h: what losses with exponential tails share: a distribution over few classes whose
 * log weights move. SPDX-License-Identifier: MIT */
#ifndef LINNET_LOSS_TILT_H
#define LINNET_LOSS_TILT_H

/* KL(p || q) >= 0 of p ~ e^g and q ~ e^f, m numbers with strides ldf and ldg: the Bregman
 * divergence of log-sum-exp from g to f, to relative round-off of f - g. */
double tilt_divergence(int m, const double *f, int ldf, const double *g, int ldg);

#endif
