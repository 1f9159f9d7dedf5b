/* csrc/model/kernel.h: the tangent kernel K[E] = diag(sigma)^2 E V V^T + diag(sigma) U U^T
 * diag(sigma) E in its eigenbasis: with V V^T = R diag(nu) R^T the columns of E R decouple
 * (mathematics.md, 3). SPDX-License-Identifier: MIT */
#ifndef LINNET_MODEL_KERNEL_H
#define LINNET_MODEL_KERNEL_H

#include "model/field.h"
#include "num/arena.h"
#include "num/lapack.h"
#include "num/status.h"

/* K_j = diag(sigma) U U^T diag(sigma) + nu_j diag(sigma)^2 = W_j diag(lam_j) W_j^T, j < m. */
typedef struct kernel {
  mat R;      /* m x m */
  mat lam;    /* r x m: ascending in each column, clipped at 0 */
  mat W;      /* r x r m: the W_j side by side */
  double *nu; /* m, ascending */
  int hands;  /* threads that may share the columns */
} kernel;

/* Room to compute kernels in; one serves many kernels, one call at a time. */
typedef struct kernel_room {
  mat SU, M, T, N; /* r x k', r x r, r x r, m x m */
  double *lam;     /* max(r, m) */
  int hands;
  lapack_work *lapack; /* one for each */
} kernel_room;

void kernel_layout(arena *a, kernel *K, dims d);
void kernel_room_layout(arena *a, kernel_room *w, dims d);

/* K(Z), m eigenproblems of order r; the tick is asked between them (STATUS_PAUSED: K is unusable).
 */
status kernel_at(kernel *K, kernel_room *w, const field *f, mat Z, const tick *t);
/* Smallest and largest eigenvalue of K(Z): two eigenproblems (one if m = 1), values only. */
status kernel_range(kernel_room *w, const field *f, mat Z, double *lam_min, double *lam_max);
/* e = E in eigen coordinates and back; scratch is r x m. e must not overlap E or scratch. */
void kernel_to(const kernel *K, mat E, mat e, mat scratch);
void kernel_back(const kernel *K, mat e, mat E, mat scratch);
/* e <- K^+ e, both in eigen coordinates, on the modes with lam > least; 0 on the others. */
void kernel_solve(const kernel *K, double least, mat e);

#endif
