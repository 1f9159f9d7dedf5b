/* csrc/num/expm.h: the matrix exponential by scaling and squaring, Al-Mohy and Higham, SIAM J.
 * Matrix Anal. Appl. 31 (2009) 970: Pade degree and scaling from the norms of a's powers.
 * SPDX-License-Identifier: MIT */
#ifndef LINNET_NUM_EXPM_H
#define LINNET_NUM_EXPM_H

#include "num/arena.h"
#include "num/dense.h"
#include "num/status.h"

/* out <- exp(a), a square. Runs twice (see factor.h). Error about eps times the conditioning of the
 * problem. NON_FINITE: a has a nan or inf; OVERFLOW: exp(a) exceeds the doubles; PAUSED: t (or
 * NULL), asked between products, said so. */
status expm(arena *w, mat a, mat out, const tick *t);

#endif
