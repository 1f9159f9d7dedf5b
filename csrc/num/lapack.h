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
/* a = Q C where it is tall, C Q where it is wide: a is overwritten with Q, c (q x q) receives the
 * triangle C with the signs LAPACK gives; tau has q doubles. Not for square a. */
status lapack_triangle(lapack_work *w, mat a, double *tau, mat c);
/* Lower Cholesky factor of a in place (upper triangle zeroed); SINGULAR if not positive. */
status lapack_chol(mat a);
/* The following work in the caller's arrays. a (square but for lapack_lu) is destroyed. */
/* Eigenvalues re + i im; work has lwork >= 66 n + 1. */
status lapack_eig(mat a, double *re, double *im, double *work, int lwork);
/* a = Q T Q^T: a is overwritten with the real Schur form T. */
status lapack_schur(mat a, double *re, double *im, mat q, double *work, int lwork);
/* P a = L U in place, min(rows, cols) pivots from 1; SINGULAR where one is 0: it stands
 * nevertheless. */
status lapack_lu(mat a, int *pivot);
/* From that of a square a with 1-norm `norm`: its reciprocal condition number; work has 4 n, iwork
 * n. */
double lapack_lu_rcond(mat lu, double norm, double *work, int *iwork);
/* x <- a^-1 x. */
void lapack_lu_solve(mat lu, const int *pivot, mat x);
/* Both at once. */
status lapack_solve(mat a, int *pivot, mat x);
/* Least squares of smallest norm: b (max(rows, cols) x k) is overwritten with it, s has the
 * min(rows, cols) singular values; those below rtol s_1 count as 0. lwork and liwork by the first.
 */
void lapack_want_lstsq(mat a, mat b, double *lwork, int *liwork);
status lapack_lstsq(mat a, mat b, double *s, double rtol, int *rank, double *work, int lwork,
                    int *iwork);
/* Pieces of an SVD by reflectors I - tau v v^T, v_1 = 1, which stand in the columns of V below its
 * diagonal ('C') or in its rows above it ('R'); T is the triangle of a block of them. */
/* (I - tau v v^T) x = (beta, 0, ..): x (rows >= 1) becomes beta and the rest of v; tau. */
double lapack_reflect(mat x);
void lapack_block(char stored, mat V, const double *tau, mat T);
/* c <- H c (columns: 'C') or c H^T (rows: 'R'), H the product of the block; shelf has as many
 * numbers as c has columns or rows times the number of reflectors. */
void lapack_turn(char stored, mat V, mat T, mat c, double *shelf);
/* B = u diag(s) vt, n x n, of the upper bidiagonal B of diagonal d and e above it, both destroyed;
 * s is d afterwards. work has 3 n^2 + 4 n numbers, iwork 8 n. */
status lapack_bidiagonal(double *d, double *e, mat u, mat vt, double *work, int *iwork);
/* The same by the QR iteration, slower and surer. */
status lapack_bidiagonal_qr(double *d, double *e, mat u, mat vt, double *work);

#endif
