/* csrc/theory/lazy.c: the linearized dynamics E(t) = exp(-K(0) t) E(0) in K's eigenbasis.
 * mathematics.md sections 3 and 8; exact for the network only as its kernel does not move.
 * SPDX-License-Identifier: MIT */
#include "theory/exact.h"

#include <float.h>
#include <math.h>

void exact_lazy_layout(arena *a, exact_lazy *e, dims d) {
  int r = d.r, m = d.m;
  *e = (exact_lazy){0};
  kernel_layout(a, &e->K, d);
  kernel_room_layout(a, &e->room, d);
  e->e0 = arena_mat(a, r, m);
  e->e = arena_mat(a, r, m);
  e->E = arena_mat(a, r, m);
  e->spare = arena_mat(a, r, m);
}

status exact_lazy_set(exact_lazy *e, const field *f, mat L) {
  status s = kernel_at(&e->K, &e->room, f, L, NULL);
  if (s != STATUS_OK) return s;
  field_error(f, L, e->E);
  kernel_to(&e->K, e->E, e->e0, e->spare);
  double noise = f->r * DBL_EPSILON * mat_max_abs(e->K.lam);
  for (int j = 0; j < f->m; j++)
    for (int i = 0; i < f->r; i++)
      if (mat_get(e->K.lam, i, j) <= noise) *mat_at(e->K.lam, i, j) = 0.0;
  return STATUS_OK;
}

void exact_lazy_at(exact_lazy *e, double t) {
  for (int j = 0; j < e->e.cols; j++)
    for (int i = 0; i < e->e.rows; i++) {
      double lam = mat_get(e->K.lam, i, j); /* 0 t must be 0 for t = inf too */
      *mat_at(e->e, i, j) = mat_get(e->e0, i, j) * (lam > 0.0 ? exp(-lam * t) : 1.0);
    }
  kernel_back(&e->K, e->e, e->E, e->spare);
}
