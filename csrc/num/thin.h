/* csrc/num/thin.h: the SVD of a long matrix in the room of its longer factor. A = Q C (tall) or
 * C Q (wide) first, then the SVD of the square C, and Q times its vectors panel by panel: what is
 * needed besides the factors is of order q^2, q = min(rows, cols), never another rows x cols.
 * SPDX-License-Identifier: MIT */
#ifndef LINNET_NUM_THIN_H
#define LINNET_NUM_THIN_H

#include "num/arena.h"
#include "num/bidiagonal.h"
#include "num/lapack.h"

/* Scratch of thin_svd, free afterwards. */
typedef struct thin_work {
  mat core, vectors; /* q x q */
  mat spare;         /* q x q, of small ones */
  mat panel;         /* rows or columns of Q at a time */
  double *tau;       /* q */
  lapack_work lapack;
  bidiagonal_work bidiagonal; /* of large ones */
  const tick *ask;            /* NULL, or asked in large ones, between pieces of the SVD of C */
} thin_work;

/* By up to `hands` threads where q is large: the same bits for any number of them. */
void thin_layout(arena *a, thin_work *w, int rows, int cols, int hands);

/* a = u diag(s) vt, u rows x q, s descending, vt q x cols. O(rows cols q) time. */
status thin_svd(thin_work *w, mat a, mat u, double *s, mat vt);

#endif
