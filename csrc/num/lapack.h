/* csrc/num/lapack.h: LAPACK drivers with their work arrays from an arena. X_layout runs twice
 * (count, place) for the largest shape; X then never allocates. Inputs marked "destroyed" are.
 * SPDX-License-Identifier: MIT */
#ifndef LINNET_NUM_LAPACK_H
#define LINNET_NUM_LAPACK_H

#include "num/arena.h"
#include "num/dense.h"
#include "num/status.h"

/* Work arrays shared by every driver; one may serve several drivers, one call at a time. */
typedef struct lapack_work {
  double *work;
  int *iwork;
  int lwork, liwork;
  const tick *ask; /* NULL, or asked where a driver of two LAPACK calls is between them (qr) */
} lapack_work;

/* Sizes of several drivers are collected first (lapack_want_*), then placed once. */
void lapack_want_eigh(lapack_work *w, int n);
void lapack_want_svd(lapack_work *w, int rows, int cols);
void lapack_want_qr(lapack_work *w, int rows, int cols);
void lapack_layout(arena *a, lapack_work *w);

/* a = Q diag(values) Q^T, values ascending; a (lower triangle read) is overwritten with Q. */
status lapack_eigh(lapack_work *w, mat a, double *values);
/* values alone, ascending; a is destroyed. */
status lapack_eigvalsh(lapack_work *w, mat a, double *values);
/* a = u diag(s) vt, q = min(rows, cols): u rows x q, s descending, vt q x cols; a is destroyed.
 * dgesdd, and dgesvd where that does not converge (which needs the copy: spare, shaped like a). */
status lapack_svd(lapack_work *w, mat a, mat spare, mat u, double *s, mat vt);
/* The same by dgesvd, slower and surer, for a finite a that the caller copied again; lapack_svd
 * with spare.p == NULL leaves that to the caller. */
status lapack_svd_qr(lapack_work *w, mat a, mat u, double *s, mat vt);
/* s alone; a is destroyed. */
status lapack_singular_values(lapack_work *w, mat a, double *s);
/* Thin QR, q = min(rows, cols), diag(R) >= 0: a is overwritten with Q (its first q columns),
 * r (q x cols) receives R; tau has q doubles. */
status lapack_qr(lapack_work *w, mat a, double *tau, mat r);
/* R alone (diag >= 0): a is destroyed. */
status lapack_qr_r(lapack_work *w, mat a, double *tau, mat r);
/* Lower Cholesky factor of a in place (upper triangle zeroed); SINGULAR if not positive. */
status lapack_chol(mat a);

#endif
