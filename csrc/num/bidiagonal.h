/* csrc/num/bidiagonal.h: the SVD of a large square matrix over several threads, A = Q B P^T with B
 * upper bidiagonal first, as LAPACK's dgesdd does. Its dgebrd takes two thirds of the time, reads
 * the matrix twice for each column, works on one thread and cannot be stopped.
 * SPDX-License-Identifier: MIT */
#ifndef LINNET_NUM_BIDIAGONAL_H
#define LINNET_NUM_BIDIAGONAL_H

#include "num/arena.h"
#include "num/crew.h"
#include "num/status.h"

/* Scratch of bidiagonal_svd, free afterwards. */
typedef struct bidiagonal_work {
  mat L, R;              /* q x 2 PANEL each: what is still to be taken off A is L R^T */
  mat parts, ones;       /* of A times a row: one column of each task */
  mat small;             /* 2 PANEL: numbers of a panel for each of its columns */
  double *d, *e;         /* B */
  double *tau_q, *tau_p; /* the reflectors in A, of Q below its diagonal, of P above */
  mat T_q, T_p;          /* triangles of their blocks, one behind the other */
  mat shelves;           /* a column for each hand */
  double *work;          /* of dbdsdc */
  int *iwork;
  int hands;
  crew *crew; /* while it works */
} bidiagonal_work;

/* By up to `hands` threads, which share the work but never decide a bit. */
void bidiagonal_layout(arena *a, bidiagonal_work *w, int q, int hands);

/* a = u diag(s) vt, all q x q, s descending; a is destroyed. The tick (or NULL) is asked all along,
 * but for the SVD of B, one call of LAPACK. 8 q^3/3 operations to B, as many again to u and vt. */
status bidiagonal_svd(bidiagonal_work *w, mat a, mat u, double *s, mat vt, const tick *ask);

#endif
