/* csrc/num/factor.h: factorizations and solves that leave their input alone, on LAPACK. Each
 * function with an arena runs twice: counting, it only lays out its scratch; placed, it computes.
 * SPDX-License-Identifier: MIT */
#ifndef LINNET_NUM_FACTOR_H
#define LINNET_NUM_FACTOR_H

#include "num/arena.h"
#include "num/dense.h"
#include "num/status.h"

/* Below: a is rows x cols, q = min(rows, cols). Non-finite input is NON_FINITE everywhere. Where a
 * is huge or subnormal, a power of two is taken out first and put back into the result. */

/* a = u diag(s) v^T: u rows x q, s q x 1 descending, v cols x q. */
status factor_svd(arena *w, mat a, mat u, mat s, mat v);
status factor_singular_values(arena *w, mat a, mat s);
/* a = vectors diag(values) vectors^T, values q x 1 ascending; a's lower triangle is read. */
status factor_eigh(arena *w, mat a, mat values, mat vectors);
/* Eigenvalues of a square a as rows (re, im) of values, sorted by re, then im. */
status factor_eig(arena *w, mat a, mat values);
/* a = q r, q rows x q orthonormal, r q x cols upper, its diagonal >= 0. */
status factor_qr(arena *w, mat a, mat q, mat r);
/* p a = l u: l rows x q unit lower, u q x cols upper, p a permutation matrix; partial pivoting. */
status factor_lu(arena *w, mat a, mat l, mat u, mat p);
/* a = l l^T, l lower with positive diagonal; SINGULAR unless a is positive definite. */
status factor_chol(mat a, mat l);

/* By LU: det a = value = sign exp(log); log = -inf and sign 0 if exactly singular. value overflows
 * or underflows only where the determinant itself does. */
typedef struct determinant {
  double value, sign, log;
} determinant;
status factor_det(arena *w, mat a, determinant *d);

/* x <- a^-1 x for a square a, with the reciprocal condition number of a in the 1-norm. Where
 * rcond < eps, a is singular to working precision: SINGULAR, x undefined. OVERFLOW: the solution
 * exceeds the doubles. */
status factor_solve(arena *w, mat a, mat x, double *rcond);
/* The minimum-norm least-squares solution of a x = b, x cols x k; singular values below
 * rtol * s_1 count as 0 (dgelsd). OVERFLOW as above. */
status factor_lstsq(arena *w, mat a, mat b, double rtol, mat x, int *rank);
/* x <- pseudoinverse of a, cols x rows; singular values up to rtol * s_1 count as 0. What exceeds
 * the doubles is inf. */
status factor_pinv(arena *w, mat a, double rtol, mat x);
/* max(rows, cols) eps, the tolerance that rank, pinv and lstsq use unless told otherwise. */
double factor_rtol(mat a);

double factor_norm_one(mat a); /* largest column sum of |a|; nan if any is nan */

#endif
