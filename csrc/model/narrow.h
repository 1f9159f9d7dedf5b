/* csrc/model/narrow.h: (I + eta K)^-1 where there are few columns: K_j = nu_j diag(sigma)^2 +
 * B B^T with B = diag(sigma) U (r x k') is diagonal plus rank k', so that no eigenproblem of order
 * r is needed (mathematics.md, 4.5). SPDX-License-Identifier: MIT */
#ifndef LINNET_MODEL_NARROW_H
#define LINNET_MODEL_NARROW_H

#include <stdbool.h>

#include "model/field.h"
#include "num/arena.h"
#include "num/thin.h"

typedef struct narrow {
  double eta;  /* of the shift; < 0: none yet */
  mat R;       /* m x m: V V^T = R diag(nu) R^T */
  double *nu;  /* m, ascending */
  mat B;       /* r x k' */
  mat root;    /* r x m: 1 / sqrt(1 + eta nu_j sigma_i^2) */
  mat W;       /* r x k' m: orthonormal W_j side by side, diag(root_j) B = W_j diag(s_j) right */
  mat shrunk;  /* k' x m: 1 / (1 + eta s_j^2) */
  mat scaled;  /* r x k' */
  mat right;   /* k' x k' */
  mat scratch; /* r x m */
  double *s;   /* k' */
  mat c, back; /* k' x 1 each */
  thin_work thin;
  lapack_work lapack;
} narrow;

/* Cheaper than eigenproblems: both what a step needs once and every product. */
static inline bool narrow_pays(dims d) { return 2 * d.kp <= d.r; }

void narrow_layout(arena *a, narrow *w, dims d);
/* K at Z. */
status narrow_at(narrow *w, const field *f, mat Z);
/* For this eta >= 0, O(r m k'^2); nothing to do where it is that of the last call. */
status narrow_shift(narrow *w, const field *f, double eta);
/* X <- (I + eta K)^-1 X (r x m), symmetric and positive to round-off, however large eta is: O(r m
 * k'). */
void narrow_solve(narrow *w, mat X);

/* No eigenvalue of K is larger: at most min(r, k') + 1 times the largest. */
double narrow_most(const narrow *w, const field *f);

#endif
