/* csrc/loss/newton.h: the equations of a Newton step over linear maps, (W^T l''(W P) W) D = G for
 * D (r x m): by Cholesky up to a size, by conjugate gradients beyond it. A loss that does not see
 * F + c 1^T (softmax) leaves the sums of D's rows at 0, so that ||Theta|| gains nothing by them.
 * SPDX-License-Identifier: MIT */
#ifndef LINNET_LOSS_NEWTON_H
#define LINNET_LOSS_NEWTON_H

#include "loss/loss.h"
#include "num/arena.h"
#include "num/lapack.h"
#include "num/status.h"

typedef struct newton {
  const loss *l;
  double delta;
  mat W, Y;    /* n x r with orthonormal columns, n x m */
  bool shift;  /* l(F + c 1^T) = l(F) */
  bool dense;  /* by Cholesky */
  bool rough;  /* by eigenvalues, those at round-off left out: W has directions that nothing sees */
  double damp; /* the solver's caller sets it: damp I is added to the Hessian; 0 at first */
  mat H, L;    /* rm x rm, dense only */
  double *s;   /* rm: H's diagonal to the power -1/2, or eigenvalues */
  lapack_work lapack;
  mat panel;                   /* rows of diag(h) W at a time */
  mat block;                   /* r x r */
  mat unit, h;                 /* n x m: all ones, to begin with; rows l''(F)[e_b] */
  mat residual, search, image; /* r x m, conjugate gradients only */
  mat spread;                  /* n x m */
} newton;

/* For at most r columns of W. */
void newton_layout(arena *a, newton *w, const loss *l, int n, int r, int m);
/* The loss, the map's basis and the targets stay in use. */
void newton_begin(newton *w, const loss *l, double delta, mat W, mat Y);
/* D for G (r x m) at F (n x m), to a relative residual of `accuracy` where it is not dense.
 * PAUSED by the tick; NON_FINITE where l'' is. */
status newton_solve(newton *w, mat F, mat G, double accuracy, mat D, const tick *t);

/* The rows of P sum to 0: without what such a loss does not see. */
void newton_center(mat P);

#endif
