/* csrc/num/dense.c: loops over column-major views (see dense.h).
 * Norms scale before they square, so 1e-200 and 1e200 are as good as 1.
 * SPDX-License-Identifier: MIT */
#include "num/dense.h"

#include <assert.h>
#include <math.h>
#include <string.h>

mat mat_of(double *p, int rows, int cols) { return (mat){p, rows, cols, rows > 0 ? rows : 1}; }

mat mat_sub(mat a, int i, int j, int rows, int cols) {
  assert(i >= 0 && j >= 0 && rows >= 0 && cols >= 0 && i + rows <= a.rows && j + cols <= a.cols);
  return (mat){a.p ? mat_at(a, i, j) : NULL, rows, cols, a.ld};
}

void mat_fill(mat a, double x) {
  for (int j = 0; j < a.cols; j++) {
    double *c = mat_col(a, j);
    for (int i = 0; i < a.rows; i++) c[i] = x;
  }
}

void mat_eye(mat a) {
  mat_fill(a, 0.0);
  for (int i = 0; i < a.rows && i < a.cols; i++) *mat_at(a, i, i) = 1.0;
}

void mat_probe(mat a, uint32_t seed) {
  for (int j = 0; j < a.cols; j++)
    for (int i = 0; i < a.rows; i++) {
      seed = 1664525u * seed + 1013904223u;
      *mat_at(a, i, j) = (double)seed / 4294967296.0 - 0.5;
    }
}

void mat_copy(mat dst, mat src) {
  assert(dst.rows == src.rows && dst.cols == src.cols);
  if (dst.p == src.p || !mat_count(src)) return;
  for (int j = 0; j < src.cols; j++)
    memcpy(mat_col(dst, j), mat_col(src, j), (size_t)src.rows * sizeof(double));
}

void mat_transpose(mat dst, mat src) {
  assert(dst.rows == src.cols && dst.cols == src.rows);
  for (int j = 0; j < src.cols; j++)
    for (int i = 0; i < src.rows; i++) *mat_at(dst, j, i) = mat_get(src, i, j);
}

void mat_scale(mat a, double x) {
  for (int j = 0; j < a.cols; j++) {
    double *c = mat_col(a, j);
    for (int i = 0; i < a.rows; i++) c[i] *= x;
  }
}

void mat_axpy(double x, mat a, mat b) {
  assert(a.rows == b.rows && a.cols == b.cols);
  for (int j = 0; j < a.cols; j++) {
    const double *s = mat_col(a, j);
    double *d = mat_col(b, j);
    for (int i = 0; i < a.rows; i++) d[i] += x * s[i];
  }
}

void mat_scale_rows(mat a, const double *d) {
  for (int j = 0; j < a.cols; j++) {
    double *c = mat_col(a, j);
    for (int i = 0; i < a.rows; i++) c[i] *= d[i];
  }
}

void mat_scale_cols(mat a, const double *d) {
  for (int j = 0; j < a.cols; j++) {
    double *c = mat_col(a, j);
    for (int i = 0; i < a.rows; i++) c[i] *= d[j];
  }
}

double mat_dot(mat a, mat b) {
  assert(a.rows == b.rows && a.cols == b.cols);
  double sum = 0.0;
  for (int j = 0; j < a.cols; j++) {
    const double *x = mat_col(a, j), *y = mat_col(b, j);
    for (int i = 0; i < a.rows; i++) sum += x[i] * y[i];
  }
  return sum;
}

/* x - x is 0 for a finite x, else nan; four sums keep the adder busy. */
static bool all_finite(const double *c, int n) {
  double s0 = 0.0, s1 = 0.0, s2 = 0.0, s3 = 0.0;
  int i = 0;
  for (; i + 3 < n; i += 4) {
    s0 += c[i] - c[i];
    s1 += c[i + 1] - c[i + 1];
    s2 += c[i + 2] - c[i + 2];
    s3 += c[i + 3] - c[i + 3];
  }
  for (; i < n; i++) s0 += c[i] - c[i];
  return (s0 + s1) + (s2 + s3) == 0.0;
}

static double larger(double x, double y) { return x > y ? x : y; }

/* Of entries that need not be finite: the first nan there is. */
static double max_any(mat a) {
  double top = 0.0;
  for (int j = 0; j < a.cols; j++) {
    const double *c = mat_col(a, j);
    for (int i = 0; i < a.rows; i++) {
      double x = fabs(c[i]);
      if (!(x <= top)) top = x;
      if (isnan(x)) return x;
    }
  }
  return top;
}

static double norm_scaled(mat a) {
  double top = mat_max_abs(a), sum = 0.0;
  if (!(top > 0.0) || isinf(top)) return top;
  double unit = ldexp(1.0, ilogb(top)); /* a power of two: scaling is exact */
  for (int j = 0; j < a.cols; j++) {
    const double *c = mat_col(a, j);
    for (int i = 0; i < a.rows; i++) sum += (c[i] / unit) * (c[i] / unit);
  }
  return unit * sqrt(sum);
}

/* Squares that neither overflow nor lose to underflow what the sum could show are summed as they
 * are: scaling by a power of two would not change a bit of the result. */
double mat_norm_fro(mat a) {
  double sum = 0.0;
  for (int j = 0; j < a.cols; j++) {
    const double *c = mat_col(a, j);
    for (int i = 0; i < a.rows; i++) sum += c[i] * c[i];
  }
  return sum > 0x1p-800 && sum < 0x1p800 ? sqrt(sum) : norm_scaled(a);
}

/* Four at a time, as above. */
double mat_max_abs(mat a) {
  double t0 = 0.0, t1 = 0.0, t2 = 0.0, t3 = 0.0;
  for (int j = 0; j < a.cols; j++) {
    const double *c = mat_col(a, j);
    if (!all_finite(c, a.rows)) return max_any(a);
    int i = 0;
    for (; i + 3 < a.rows; i += 4) {
      t0 = larger(t0, fabs(c[i]));
      t1 = larger(t1, fabs(c[i + 1]));
      t2 = larger(t2, fabs(c[i + 2]));
      t3 = larger(t3, fabs(c[i + 3]));
    }
    for (; i < a.rows; i++) t0 = larger(t0, fabs(c[i]));
  }
  return larger(larger(t0, t1), larger(t2, t3));
}

ptrdiff_t mat_first_non_finite(mat a) {
  for (int j = 0; j < a.cols; j++) {
    const double *c = mat_col(a, j);
    if (all_finite(c, a.rows)) continue;
    for (int i = 0; i < a.rows; i++)
      if (!isfinite(c[i])) return (ptrdiff_t)i + (ptrdiff_t)j * (ptrdiff_t)a.rows;
  }
  return -1;
}

bool mat_finite(mat a) { return mat_first_non_finite(a) < 0; }
