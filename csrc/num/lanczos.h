/* csrc/num/lanczos.h: the largest eigenvalues of a symmetric operator that is known by its products
 * only: Lanczos with full reorthogonalization and thick restarts (Wu and Simon 2000).
 * SPDX-License-Identifier: MIT */
#ifndef LINNET_NUM_LANCZOS_H
#define LINNET_NUM_LANCZOS_H

#include "num/arena.h"
#include "num/lapack.h"
#include "num/random.h"
#include "num/status.h"

/* y <- A x, n numbers each. */
typedef struct lanczos_operator {
  void (*apply)(void *arg, const double *x, double *y);
  void *arg;
} lanczos_operator;

typedef struct lanczos {
  int n, room;  /* order of the operator; vectors of the basis */
  mat basis;    /* n x (room + 1), orthonormal; the last one is where the next may go */
  mat T, Y;     /* room x room: basis^T A basis, and its eigenvectors */
  mat block;    /* a few rows x room, of a product in place */
  double *ritz; /* room, ascending */
  double *c;    /* room, scratch */
  double scale; /* the largest |Ritz value| so far */
  double left;  /* norm of what the basis does not hold of A (its last vector) */
  philox g;
  lapack_work lapack;
} lanczos;

/* For up to count eigenvalues of an operator of order n >= 1. */
void lanczos_layout(arena *a, lanczos *w, int n, int count);
/* values <- the count <= n largest eigenvalues, decreasing, each as often as it stands, with
 * residuals below 1e-12 of the largest in modulus. The tick is asked between products
 * (STATUS_PAUSED); LIMIT: not so in 20,000 products, values has the nearest there were. */
status lanczos_largest(lanczos *w, lanczos_operator A, int count, double *values, const tick *t);

#endif
