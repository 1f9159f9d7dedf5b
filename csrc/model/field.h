/* csrc/model/field.h: the reduced equation dZ/dt = (S - w) Z, S = [[0, A], [A^T, 0]], A =
 * diag(sigma) E, E = Yt - diag(sigma) U V^T, Z = [U; V] (k x k', k = r + m), w = 0 without weight
 * decay: mathematics.md, sections 2, 3 and 10.
 * SPDX-License-Identifier: MIT */
#ifndef LINNET_MODEL_FIELD_H
#define LINNET_MODEL_FIELD_H

#include "num/dense.h"

/* Rows of U1 and of V, columns of Z: the sizes of all that a layout takes; and the threads that may
 * work in it, which is never seen in a result: 0 is 1. */
typedef struct dims {
  int r, m, kp, threads;
} dims;

static inline dims dims_of(int r, int m, int kp) { return (dims){.r = r, .m = m, .kp = kp}; }

typedef struct field {
  int r, m;
  const double *sigma; /* r, descending, > 0 */
  mat Yt;              /* r x m */
  double weight_decay; /* w >= 0 of L + w/2 ||Z||^2 */
} field;

static inline mat field_U(const field *f, mat Z) { return mat_rows(Z, 0, f->r); }    /* r x k' */
static inline mat field_V(const field *f, mat Z) { return mat_rows(Z, f->r, f->m); } /* m x k' */

/* E = Yt - diag(sigma) U V^T (r x m). */
void field_error(const field *f, mat Z, mat E);
/* P = U V^T becomes the force diag(sigma) (Yt - diag(sigma) P), in place. */
void field_force_of_map(const field *f, mat P);
/* A = diag(sigma) E; A may be E itself. */
void field_force(const field *f, mat E, mat A);
/* SZ = S Z = [A V; A^T U] (k x k'), which must not overlap Z. */
void field_velocity(const field *f, mat Z, mat A, mat SZ);
/* (S - w) Z, by which the flow moves Z. */
void field_motion(const field *f, mat Z, mat A, mat out);
/* What weight decay alone leaves of Z after h: e^-wh Z; out may be Z. */
double field_keep(const field *f, double h);
void field_decayed(const field *f, mat Z, double h, mat out);
/* L - L* = 1/2 ||E||^2. */
double field_excess(mat E);
/* -d/dt log(L - L*) = 2 <S Z, (S - w) Z> / ||E||^2, 0 where E = 0; A (r x m) and SZ are scratch. */
double field_rate(const field *f, mat Z, mat E, mat A, mat SZ);
/* E at round-off: each entry within `units` (8 is what one evaluation makes) units in the last
 * place of what it was subtracted from. */
bool field_converged(const field *f, mat Z, mat E, double units);

#endif
