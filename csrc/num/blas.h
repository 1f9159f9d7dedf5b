/* csrc/num/blas.h: products of views, through CBLAS. Shapes are asserted; 0-sized ones are fine.
 * ta, tb: 'N' or 'T'. Also the one place that knows BLAS threads.
 * SPDX-License-Identifier: MIT */
#ifndef LINNET_NUM_BLAS_H
#define LINNET_NUM_BLAS_H

#include "num/dense.h"

/* c <- x op(a) op(b) + y c; gemv is used when c or b is a vector. c must not overlap a or b. */
void blas_gemm(char ta, char tb, double x, mat a, mat b, double y, mat c);
/* a <- x a, b <- b + x a: where the loops of dense.h would be a good part of the work. */
void blas_scale(double x, mat a);
void blas_axpy(double x, mat a, mat b);
/* b <- op(a)^-1 b (side 'L') or b op(a)^-1 (side 'R'), a triangular: uplo 'L' or 'U'. */
void blas_trsm(char side, char uplo, char ta, double x, mat a, mat b);
/* The whole symmetric c <- x op(a) op(a)^T + y c, both triangles ('N': a a^T, 'T': a^T a). */
void blas_syrk(char ta, double x, mat a, double y, mat c);

/* Threads of the BLAS library: sets n and returns what was set before; 1 where it cannot be set. */
int blas_threads(int n);
/* May several threads of ours call the library at once? Not a serial build of OpenBLAS: without
 * locks around its buffers it returns wrong numbers then. */
bool blas_reentrant(void);

#endif
