/* csrc/num/nearest.c: the dual active-set method for points of least norm (see nearest.h). The
 * normals of active constraints are kept as Q R, columns appended by Gram and Schmidt, twice, and
 * taken out by rotations. SPDX-License-Identifier: MIT */
#include "num/nearest.h"

#include <float.h>
#include <math.h>
#include <stdint.h>
#include <string.h>

#include "num/blas.h"

/* A normal whose part beyond the active ones is smaller, relative to it, depends on them. */
static const double DEPENDENT = 1e-11;

void nearest_layout(arena *a, nearest *w, int d, int count) {
  *w = (nearest){.d = d};
  w->Q = arena_mat(a, d, d);
  w->R = arena_mat(a, d, d);
  w->lambda = arena_doubles(a, (size_t)d + 1);
  w->r = arena_doubles(a, (size_t)d);
  w->z = arena_doubles(a, (size_t)d);
  w->a = arena_doubles(a, (size_t)d);
  w->values = arena_doubles(a, (size_t)count);
  w->which = arena_ints(a, (size_t)d);
  w->is_active = arena_bytes(a, (size_t)count, sizeof(bool));
}

void nearest_resize(nearest *w, int d) {
  w->d = d;
  w->Q = mat_of(w->Q.p, d, d);
  w->R = mat_of(w->R.p, d, d);
}

/* z = (I - Q Q^T) a, and column `active` of R gets Q^T a. */
static void split(nearest *w) {
  int k = w->active;
  mat Q = mat_cols(w->Q, 0, k), z = mat_of(w->z, w->d, 1), c = mat_of(w->r, k, 1);
  memcpy(w->z, w->a, sizeof(double) * (size_t)w->d);
  for (int i = 0; k < w->d && i < k; i++) *mat_at(w->R, i, k) = 0.0;
  for (int twice = 0; twice < 2 && k > 0; twice++) {
    blas_gemm('T', 'N', 1.0, Q, z, 0.0, c);
    blas_gemm('N', 'N', -1.0, Q, c, 1.0, z);
    for (int i = 0; k < w->d && i < k; i++) *mat_at(w->R, i, k) += c.p[i];
    if (k == w->d) break; /* nothing is beyond them */
  }
}

/* r = R^-1 Q^T a: by how much the active multipliers fall as the entering one grows. */
static void fall_of_multipliers(nearest *w) {
  int k = w->active;
  if (k == 0) return;
  mat r = mat_of(w->r, k, 1);
  blas_gemm('T', 'N', 1.0, mat_cols(w->Q, 0, k), mat_of(w->a, w->d, 1), 0.0, r);
  blas_trsm('L', 'U', 'N', 1.0, mat_sub(w->R, 0, 0, k, k), r);
}

static void enter(nearest *w, int i, double multiplier) {
  int k = w->active++;
  mat z = mat_of(w->z, w->d, 1), column = mat_cols(w->Q, k, 1);
  double size = mat_norm_fro(z);
  mat_copy(column, z);
  mat_scale(column, 1.0 / size);
  *mat_at(w->R, k, k) = size;
  w->lambda[k] = multiplier;
  w->which[k] = i;
  w->is_active[i] = true;
}

/* Columns k and k + 1 of Q, and these rows of R from column k on, are rotated so that R(k+1, k)
 * becomes 0. */
static void rotate(nearest *w, int k) {
  double f = mat_get(w->R, k, k), g = mat_get(w->R, k + 1, k), size = hypot(f, g);
  double c = size > 0.0 ? f / size : 1.0, s = size > 0.0 ? g / size : 0.0;
  for (int j = k; j < w->active; j++) {
    double x = mat_get(w->R, k, j), y = mat_get(w->R, k + 1, j);
    *mat_at(w->R, k, j) = c * x + s * y;
    *mat_at(w->R, k + 1, j) = c * y - s * x;
  }
  for (int i = 0; i < w->d; i++) {
    double x = mat_get(w->Q, i, k), y = mat_get(w->Q, i, k + 1);
    *mat_at(w->Q, i, k) = c * x + s * y;
    *mat_at(w->Q, i, k + 1) = c * y - s * x;
  }
}

static void leave(nearest *w, int place) {
  w->is_active[w->which[place]] = false;
  w->active--;
  for (int j = place; j < w->active; j++) {
    for (int i = 0; i <= j + 1; i++) *mat_at(w->R, i, j) = mat_get(w->R, i, j + 1);
    w->lambda[j] = w->lambda[j + 1];
    w->which[j] = w->which[j + 1];
  }
  for (int k = place; k < w->active; k++) rotate(w, k);
}

/* The active inequality whose multiplier vanishes first, -1: none does; when. */
static int first_to_leave(const nearest *w, const nearest_rows *rows, double *when) {
  int first = -1;
  *when = INFINITY;
  for (int j = 0; j < w->active; j++)
    if (w->which[j] >= rows->equal && w->r[j] > 0.0 && w->lambda[j] / w->r[j] < *when) {
      *when = w->lambda[j] / w->r[j];
      first = j;
    }
  return first;
}

/* The constraint that is violated most, beyond its slack; -1: none is. */
static int worst(nearest *w, const nearest_rows *rows, double slack, double size, const double *x) {
  int found = -1;
  double most = 0.0;
  rows->values(rows->arg, x, w->values);
  for (int i = 0; i < rows->count; i++) {
    double off = i < rows->equal ? fabs(w->values[i]) : -w->values[i];
    if (w->is_active[i] || !(off > most)) continue;
    double b = rows->row(rows->arg, i, w->a);
    if (off <= slack * (fabs(b) + mat_norm_fro(mat_of(w->a, w->d, 1)) * size)) continue;
    most = off;
    found = i;
  }
  return found;
}

/* Constraint i, whose value is `value` < 0, becomes active; others that would have to push the
 * wrong way are given up for it. */
static status activate(nearest *w, const nearest_rows *rows, int i, double value, double *x) {
  double multiplier = 0.0, norm = mat_norm_fro(mat_of(w->a, w->d, 1));
  for (;;) {
    split(w);
    double free = w->active < w->d ? mat_norm_fro(mat_of(w->z, w->d, 1)) : 0.0, when;
    fall_of_multipliers(w);
    int leaving = first_to_leave(w, rows, &when);
    bool moves = free > DEPENDENT * norm;
    double whole = moves ? -value / (free * free) : INFINITY, step = fmin(when, whole);
    if (isinf(step)) return STATUS_SINGULAR;
    if (moves) mat_axpy(step, mat_of(w->z, w->d, 1), mat_of(x, w->d, 1));
    for (int j = 0; j < w->active; j++) w->lambda[j] -= step * w->r[j];
    multiplier += step;
    if (whole <= when) {
      enter(w, i, multiplier);
      return STATUS_OK;
    }
    value += moves ? step * free * free : 0.0;
    leave(w, leaving);
  }
}

status nearest_point(nearest *w, const nearest_rows *rows, double slack, double *x, const tick *t) {
  mat point = mat_of(x, w->d, 1);
  mat_fill(point, 0.0);
  w->active = 0;
  memset(w->is_active, 0, sizeof(bool) * (size_t)rows->count);
  for (int64_t k = 0; k < 50 * ((int64_t)w->d + rows->count); k++) {
    if (tick_asks(t)) return STATUS_PAUSED;
    int i = worst(w, rows, slack, mat_norm_fro(point), x);
    if (i < 0) return STATUS_OK;
    double value = w->values[i];
    rows->row(rows->arg, i, w->a);
    if (value > 0.0) { /* an equality, from its other side */
      value = -value;
      mat_scale(mat_of(w->a, w->d, 1), -1.0);
    }
    status s = activate(w, rows, i, value, x);
    if (s != STATUS_OK) return s;
  }
  return STATUS_LIMIT;
}
