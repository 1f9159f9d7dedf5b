/* csrc/num/reduce.h: one number from the entries of a view (a whole matrix, one row or one column),
 * and sorting. Sums are compensated (Neumaier 1974); spreads scale, so 1e-150 and 1e150 are fine.
 * SPDX-License-Identifier: MIT */
#ifndef LINNET_NUM_REDUCE_H
#define LINNET_NUM_REDUCE_H

#include "num/dense.h"
#include "num/status.h"

double reduce_sum(mat a);  /* 0 if empty */
double reduce_mean(mat a); /* nan if empty */
double reduce_std(mat a);  /* sqrt(sum (x - mean)^2 / (count - 1)), nan below two entries */
double reduce_var(mat a);  /* its square */
/* Column-major position of the first extreme entry, the first nan if there is one; -1 if empty. */
ptrdiff_t reduce_argmin(mat a);
ptrdiff_t reduce_argmax(mat a);
static inline double reduce_entry(mat a, ptrdiff_t k) {
  return mat_get(a, (int)(k % a.rows), (int)(k / a.rows));
}

/* An entry and where it stood. */
typedef struct ranked {
  double x;
  int at;
} ranked;

/* Ascending, nan last, equal entries in their old order; spare has n entries. Merge sort, left half
 * done when t (or NULL) asks. */
void reduce_sort(ranked *v, int n, ranked *spare, const tick *t);

#endif
