/* csrc/loss/optimum.h: the least loss over linear maps, min over P (r x m) of l(W P, Y), P being
 * diag(sigma) Phi1^T Theta: a convex problem. Losses of classes have no minimum where some map
 * makes no mistake: there the infimum is 0; nor where one makes none on some samples and is
 * undecided on all others. SPDX-License-Identifier: MIT */
#ifndef LINNET_LOSS_OPTIMUM_H
#define LINNET_LOSS_OPTIMUM_H

#include "loss/decided.h"
#include "loss/flat.h"
#include "loss/newton.h"

typedef enum optimum_kind {
  OPTIMUM_ATTAINED,  /* by one map, or several: P is that of least ||Theta|| */
  OPTIMUM_SEPARABLE, /* 0, by no map: P decides every sample rightly, the least margin is 1 */
  OPTIMUM_UNATTAINED /* by no map: P decides no sample wrongly, some rightly; the work's F has the
                        outputs that the least loss is that of in the limit */
} optimum_kind;

typedef struct optimum {
  optimum_kind kind;
  double loss;     /* the infimum, L*, to relative round-off */
  mat P;           /* r x m */
  double gradient; /* ||W^T R|| at the end of the iteration; 0 where there was none */
  double margin;   /* separable: the least margin of P over ||Theta|| */
  int steps;       /* of Newton */
} optimum;

typedef struct optimum_work {
  newton newton;
  flat flat;       /* of losses that are no classes' */
  decided decided; /* of those that are */
  mat F, T, R, FD; /* n x m, or n x 1 where outputs do not meet */
  mat G, D;        /* r x m, the same */
} optimum_work;

/* Both for at most r columns of W. */
void optimum_layout(arena *a, optimum *o, int r, int m);
void optimum_work_layout(arena *a, optimum_work *w, const loss *l, int n, int r, int m);

/* W n x r with orthonormal columns, sigma r > 0, Y n x m such as the loss wants. PAUSED by the
 * tick; LIMIT: not found in some hundred steps; OVERFLOW: the loss at 0 is no double. */
status optimum_find(optimum *o, optimum_work *w, const loss *l, double delta, mat W,
                    const double *sigma, mat Y, const tick *t);

/* The least margin of outputs F (n x m) over targets that are classes, one-hot or +1 and -1:
 * negative where a sample is mistaken. */
double optimum_margin(mat F, mat Y);

#endif
