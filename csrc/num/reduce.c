/* csrc/num/reduce.c: sums, spreads, extremes, merge sort (see reduce.h).
 * SPDX-License-Identifier: MIT */
#include "num/reduce.h"

#include <math.h>
#include <string.h>

double reduce_sum(mat a) {
  double sum = 0.0, lost = 0.0;
  for (int j = 0; j < a.cols; j++)
    for (int i = 0; i < a.rows; i++) {
      double x = mat_get(a, i, j), next = sum + x;
      lost += fabs(sum) >= fabs(x) ? (sum - next) + x : (x - next) + sum;
      sum = next;
    }
  return isfinite(sum) ? sum + lost : sum; /* inf - inf in lost would hide an honest inf */
}

double reduce_mean(mat a) {
  return mat_count(a) ? reduce_sum(a) / (double)mat_count(a) : (double)NAN;
}

double reduce_std(mat a) {
  double mean = reduce_mean(a), top = 0.0, sum = 0.0;
  if (mat_count(a) < 2 || !isfinite(mean)) return NAN;
  for (int j = 0; j < a.cols; j++)
    for (int i = 0; i < a.rows; i++) top = fmax(top, fabs(mat_get(a, i, j) - mean));
  if (!(top > 0.0) || isinf(top)) return top;
  double unit = ldexp(1.0, ilogb(top)); /* a power of two: scaling is exact */
  for (int j = 0; j < a.cols; j++)
    for (int i = 0; i < a.rows; i++) {
      double d = (mat_get(a, i, j) - mean) / unit;
      sum += d * d;
    }
  return unit * sqrt(sum / (double)(mat_count(a) - 1));
}

double reduce_var(mat a) {
  double sd = reduce_std(a);
  return sd * sd;
}

/* The first entry x with sign x smallest. */
static ptrdiff_t extreme(mat a, double sign) {
  ptrdiff_t best = -1;
  double least = INFINITY;
  for (int j = 0; j < a.cols; j++)
    for (int i = 0; i < a.rows; i++) {
      double x = sign * mat_get(a, i, j);
      ptrdiff_t here = (ptrdiff_t)i + (ptrdiff_t)j * a.rows;
      if (isnan(x)) return here;
      if (best >= 0 && !(x < least)) continue;
      best = here;
      least = x;
    }
  return best;
}

ptrdiff_t reduce_argmin(mat a) { return extreme(a, 1.0); }

ptrdiff_t reduce_argmax(mat a) { return extreme(a, -1.0); }

/* May y not stand before x? */
static bool in_order(double x, double y) { return x <= y || isnan(y); }

enum { UNASKED = 1 << 15 }; /* entries that are merged without asking the tick: 0.1 ms */

void reduce_sort(ranked *v, int n, ranked *spare, const tick *t) {
  if (n < 2 || (n > UNASKED && tick_asks(t))) return;
  int half = n / 2;
  reduce_sort(v, half, spare, t);
  reduce_sort(v + half, n - half, spare, t);
  if (n > UNASKED && tick_asks(t)) return;
  if (in_order(v[half - 1].x, v[half].x)) return;
  memcpy(spare, v, (size_t)half * sizeof *v);
  for (int i = 0, j = half, k = 0; i < half; k++)
    v[k] = j == n || in_order(spare[i].x, v[j].x) ? spare[i++] : v[j++];
}
