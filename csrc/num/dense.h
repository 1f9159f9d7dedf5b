/* csrc/num/dense.h: dense column-major views. A view owns nothing: element (i, j), 0-based, stands
 * at p[i + j * ld]; a column vector is n x 1, a row view has the parent's ld. Loops, no BLAS.
 * SPDX-License-Identifier: MIT */
#ifndef LINNET_NUM_DENSE_H
#define LINNET_NUM_DENSE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

static inline int least(int a, int b) { return a < b ? a : b; }

typedef struct mat {
  double *p;
  int rows, cols;
  int ld; /* >= max(1, rows) */
} mat;

static inline double *mat_at(mat a, int i, int j) {
  return a.p + (ptrdiff_t)i + (ptrdiff_t)j * (ptrdiff_t)a.ld;
}
static inline double mat_get(mat a, int i, int j) { return *mat_at(a, i, j); }
static inline double *mat_col(mat a, int j) { return mat_at(a, 0, j); }
static inline size_t mat_count(mat a) { return (size_t)a.rows * (size_t)a.cols; }

/* A view of n doubles as a column vector, of rows x cols doubles without gaps as a matrix. */
mat mat_of(double *p, int rows, int cols);
/* Rows i.. and columns j.. (0-based) of a, rows x cols of them. */
mat mat_sub(mat a, int i, int j, int rows, int cols);
static inline mat mat_rows(mat a, int i, int rows) { return mat_sub(a, i, 0, rows, a.cols); }
static inline mat mat_cols(mat a, int j, int cols) { return mat_sub(a, 0, j, a.rows, cols); }

void mat_fill(mat a, double x);
/* Numbers in [-1/2, 1/2) without a pattern, by the seed: a direction that misses none. */
void mat_probe(mat a, uint32_t seed);
void mat_eye(mat a);                         /* ones on the diagonal, zero elsewhere */
void mat_copy(mat dst, mat src);             /* same shape; src and dst may overlap only if equal */
void mat_transpose(mat dst, mat src);        /* dst cols x rows of src; no overlap */
void mat_scale(mat a, double x);             /* a <- x a */
void mat_axpy(double x, mat a, mat b);       /* b <- b + x a */
void mat_scale_rows(mat a, const double *d); /* a <- diag(d) a */
void mat_scale_cols(mat a, const double *d); /* a <- a diag(d) */
double mat_dot(mat a, mat b);                /* sum of a_ij b_ij */
double mat_norm_fro(mat a);                  /* sqrt(sum of squares), no overflow or underflow */
double mat_max_abs(mat a);                   /* max |a_ij|; nan if any is nan; 0 if empty */
bool mat_finite(mat a);
/* Column-major position (0-based) of the first non-finite entry, or -1. */
ptrdiff_t mat_first_non_finite(mat a);

#endif
