/* csrc/loss/decided.c: samples and pairs of outputs that leave the loss (see decided.h).
 * SPDX-License-Identifier: MIT */
#include "loss/decided.h"

#include <math.h>

#include "num/blas.h"

/* A step may harm by a share HARM of its size, which is round-off, and decides what it moves by
 * more than SURE: round-off that large would harm others by more than HARM. e^-AWAY is 0. To follow
 * the step for as long as the loss fell, instead, was wrong: 2^40 times its round-off told equal
 * samples of two classes apart, and L* came out 2e-4 below the infimum. */
static const double HARM = 1e-9, SURE = 1e-6, AWAY = 1000.0;

void decided_layout(arena *a, decided *d, int n, int r, int m) {
  *d = (decided){0};
  d->gone = arena_mat(a, n, m);
  d->way = arena_mat(a, r, m);
}

void decided_begin(decided *d, mat Y, int r) {
  d->some = false;
  d->Y = Y;
  if (d->gone.rows == 0) return;
  d->way = mat_of(d->way.p, r, Y.cols);
  mat_fill(d->gone, 0.0);
}

static bool has_left(const decided *d, int i, int j) { return mat_get(d->gone, i, j) != 0.0; }

/* The largest of row i among what has not left; `count`: how many that are. */
static double highest(const decided *d, mat F, int i, int *count) {
  double top = -INFINITY;
  *count = 0;
  for (int j = 0; j < F.cols; j++)
    if (!has_left(d, i, j)) top = fmax(top, mat_get(F, i, j)), ++*count;
  return top;
}

/* How far F decides output j of sample i. */
static double gain(const decided *d, mat F, int i, int j) {
  int count;
  if (F.cols == 1) return mat_get(d->Y, i, 0) * mat_get(F, i, 0);
  return highest(d, F, i, &count) - mat_get(F, i, j);
}

void decided_outputs(const decided *d, mat F) {
  for (int i = 0; d->some && i < F.rows; i++) {
    int count;
    double top = highest(d, F, i, &count);
    for (int j = 0; j < F.cols; j++)
      if (has_left(d, i, j))
        *mat_at(F, i, j) = F.cols == 1 ? mat_get(d->Y, i, 0) * AWAY : top - AWAY;
  }
}

void decided_step(const decided *d, mat FD) {
  for (int i = 0; d->some && i < FD.rows; i++) {
    int count;
    double top = FD.cols == 1 ? 0.0 : highest(d, FD, i, &count);
    for (int j = 0; j < FD.cols; j++) {
      double *f = mat_at(FD, i, j);
      *f = has_left(d, i, j) ? 0.0 : *f - top;
    }
  }
}

/* Each must have its largest output, or one of them, wherever its target has weight. */
bool decided_recedes(const decided *d, mat FD) {
  double slack = HARM * mat_max_abs(FD);
  for (int i = 0; i < FD.rows; i++)
    for (int j = 0; j < FD.cols; j++) {
      double harm = FD.cols == 1 ? -gain(d, FD, i, j) : gain(d, FD, i, j);
      if (!has_left(d, i, j) && mat_get(d->Y, i, j) != 0.0 && harm > slack) return false;
    }
  return true;
}

/* The least of what `way` decides among what has left. */
static double least_gain(const decided *d, mat F) {
  double low = INFINITY;
  for (int i = 0; i < F.rows; i++)
    for (int j = 0; j < F.cols; j++)
      if (has_left(d, i, j)) low = fmin(low, gain(d, F, i, j));
  return low;
}

/* The way before is made so long that this step takes nothing back. */
bool decided_add(decided *d, mat W, mat D, mat FD, mat scratch) {
  bool new = false;
  double sure = SURE * mat_max_abs(FD);
  if (d->some) {
    blas_gemm('N', 'N', 1.0, W, d->way, 0.0, scratch);
    double gained = least_gain(d, scratch);
    blas_gemm('N', 'N', 1.0, W, D, 0.0, scratch);
    mat_scale(d->way, 1.0 + 4.0 * mat_max_abs(scratch) / gained);
  } else {
    mat_fill(d->way, 0.0);
  }
  mat_axpy(1.0, D, d->way);
  for (int i = 0; i < FD.rows; i++)
    for (int j = 0; j < FD.cols; j++) {
      bool may = FD.cols == 1 || mat_get(d->Y, i, j) == 0.0;
      if (may && !has_left(d, i, j) && gain(d, FD, i, j) > sure) {
        *mat_at(d->gone, i, j) = 1.0;
        new = true;
      }
    }
  d->some = d->some || new;
  return new;
}
