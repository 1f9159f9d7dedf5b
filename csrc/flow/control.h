/* csrc/flow/control.h: step size control from one number, the error of the last attempt in units of
 * the tolerance: h+ = h min(GROW, max(SHRINK, 0.9 err^-1/p)), p the order of the estimate, or where
 * a refused step has shown a steeper one, that.
 * SPDX-License-Identifier: MIT */
#ifndef LINNET_FLOW_CONTROL_H
#define LINNET_FLOW_CONTROL_H

#include <stdbool.h>

#include "model/field.h"

typedef struct control {
  double power; /* 1/p, the estimate being O(h^p) */
  double h;     /* the next step to try */
  int failures; /* rejections in a row */
  /* private */
  double failed_h, failed; /* the last attempt refused, and its error */
  double steep, steep_h;   /* 1/p between it and the next accepted step, of that size; 0: none */
} control;

/* Nothing is known but the order p of the estimate. */
void control_start(control *c, int p);

/* Error of an attempt: max over the blocks U and V of max|difference| / (tol max|block|), the
 * larger of the block before, times keep, and after. 0/0 is 0; nan where anything is not finite. */
double control_error(const field *f, double keep, mat before, mat after, const double diff[2],
                     double tol);

/* Takes the verdict on an attempt of size h; true: accepted (err <= 1). An err that is not finite
 * shrinks the step most. Growth is barred right after a rejection. */
bool control_judge(control *c, double h, double err);

#endif
