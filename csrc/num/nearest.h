/* csrc/num/nearest.h: the point of least norm in a polyhedron, min ||x|| with a_i^T x >= b_i and
 * some of them equal, by the dual active-set method: from x = 0 the constraint that is violated
 * most is made active, at each step, until none is (Goldfarb and Idnani 1983).
 * SPDX-License-Identifier: MIT */
#ifndef LINNET_NUM_NEAREST_H
#define LINNET_NUM_NEAREST_H

#include "num/arena.h"
#include "num/status.h"

/* The constraints, seen through what they say of points: there may be many more than are ever
 * active. */
typedef struct nearest_rows {
  int count, equal; /* of all; the first ones hold with = */
  /* out[i] = a_i^T x - b_i, all of them. */
  void (*values)(void *arg, const double *x, double *out);
  /* a_i into out; b_i is returned. */
  double (*row)(void *arg, int i, double *out);
  void *arg;
} nearest_rows;

typedef struct nearest {
  int d, active;   /* numbers of x; constraints that are active */
  mat Q, R;        /* d x d, their normals, Q R: orthonormal columns, upper triangle */
  double *lambda;  /* d + 1: multipliers of the active ones, and of the one that enters */
  double *r, *z;   /* d: how these change, and where x moves */
  double *a;       /* d: the normal that enters */
  double *values;  /* count */
  int *which;      /* d: constraints that are active */
  bool *is_active; /* count */
} nearest;

void nearest_layout(arena *a, nearest *w, int d, int count);
/* For fewer numbers of x than it was laid out for. */
void nearest_resize(nearest *w, int d);
/* x (d numbers). `slack`: by how much a constraint may be violated, in units of |b_i| + |a_i| |x|.
 * SINGULAR: there is no such point; LIMIT: not found in 50 (d + count) changes; PAUSED by the tick.
 */
status nearest_point(nearest *w, const nearest_rows *rows, double slack, double *x, const tick *t);

#endif
