/* csrc/model/pairs.h: a matrix as singular pairs with both bases complete, Y = P diag(s) R^T, P and
 * R square: what the structured starts and the closed forms of mathematics.md 5 and 8 are written
 * in. SPDX-License-Identifier: MIT */
#ifndef LINNET_MODEL_PAIRS_H
#define LINNET_MODEL_PAIRS_H

#include "model/field.h"
#include "num/arena.h"
#include "num/lapack.h"
#include "num/status.h"

typedef struct pairs {
  int r, m, count; /* count = min(r, m) */
  mat P;           /* r x r orthogonal */
  double *s;       /* count, decreasing; those below round-off are 0 */
  mat R;           /* m x m orthogonal */
  /* private */
  mat a, spare; /* max(r, m) x (r + m) */
  mat u, vt;    /* r x count, count x m */
  double *tau;
  lapack_work lapack;
} pairs;

/* Of matrices d.r x d.m. */
void pairs_layout(arena *a, pairs *w, dims d);
/* Y is r x m and stays. */
status pairs_of(pairs *w, mat Y);

static inline mat pairs_p(const pairs *w, int i) { return mat_cols(w->P, i, 1); }
static inline mat pairs_r(const pairs *w, int i) { return mat_cols(w->R, i, 1); }

#endif
