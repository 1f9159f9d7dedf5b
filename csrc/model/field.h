/* csrc/model/field.h: the reduced equation dZ/dt = (S - w) Z, S = [[0, A], [A^T, 0]], A =
 * diag(sigma) E, Z = [U; V] (k x k', k = r + m), w = 0 without weight decay: mathematics.md,
 * sections 2, 3 and 10. Of the squared loss E = Yt - diag(sigma) U V^T; of another one E = W^T R, R
 * = -l'(F) at the outputs F = W diag(sigma) U V^T of the samples (section 2.4).
 * SPDX-License-Identifier: MIT */
#ifndef LINNET_MODEL_FIELD_H
#define LINNET_MODEL_FIELD_H

#include "loss/loss.h"
#include "num/arena.h"

/* Rows of U1 and of V, columns of Z: the sizes of all that a layout takes; samples where the loss
 * must see them, 0 of the squared one; and the threads that may work in it, which is never seen in
 * a result: 0 is 1. */
typedef struct dims {
  int r, m, kp, n, threads;
} dims;

static inline dims dims_of(int r, int m, int kp) { return (dims){.r = r, .m = m, .kp = kp}; }

/* What a loss that sees samples is evaluated in: one for each thread. */
typedef struct field_room {
  mat F, R; /* n x m: outputs, residuals */
} field_room;

void field_room_layout(arena *a, field_room *w, dims d);

typedef struct field {
  int r, m;
  const double *sigma; /* r, descending, > 0 */
  mat Yt;              /* r x m: E at Z = 0 */
  double weight_decay; /* w >= 0 of L + w/2 ||Z||^2 */
  double gone;         /* an entry of E below it counts as 0 where that of Yt is */
  /* of another loss than the squared one, else empty */
  const loss *loss; /* NULL: squared */
  double delta;     /* Huber's */
  double unit;      /* the samples' outputs are so many times W diag(sigma) U V^T */
  mat W, Y;         /* n x r, n x m */
  mat best;         /* n x m: the outputs of least loss (problem.h); p NULL: the least is 0 */
  bool attained;    /* they are those of a minimum */
  double least;     /* the infimum of the loss */
  field_room room;
} field;

static inline mat field_U(const field *f, mat Z) { return mat_rows(Z, 0, f->r); }    /* r x k' */
static inline mat field_V(const field *f, mat Z) { return mat_rows(Z, f->r, f->m); } /* m x k' */

/* E at Z (r x m). */
void field_error(const field *f, mat Z, mat E);
/* How far diag(sigma) U V^T is from where the loss is least: E of the squared loss; nan where there
 * is no such place. */
void field_gap(const field *f, mat Z, mat out);
/* P = U V^T becomes the force A = diag(sigma) E, in place. */
void field_force_of_map(const field *f, mat P);
/* Right after either: the piece of the loss it is on, whose curvature jumps from piece to piece; of
 * a smooth loss always 0. */
static inline unsigned field_piece(const field *f) {
  return f->loss && f->loss->piece ? f->loss->piece(f->delta, f->room.F) : 0;
}
/* The samples' outputs F at Z, of another loss than the squared one. */
void field_outputs(const field *f, mat Z, mat F);
/* X <- W^T l''(F)[W X] (r x m), F being outputs: E moves by minus this as diag(sigma) U V^T moves
 * by X. Of the squared loss X stays. */
void field_bend(const field *f, mat F, mat X);
/* A = diag(sigma) E; A may be E itself. */
void field_force(const field *f, mat E, mat A);
/* out = K[X] = diag(sigma) (A V V^T + U U^T A), A = diag(sigma) X, for the tangent kernel K at Z;
 * VV (m x m) and UA (k' x m) are scratch, and nothing overlaps. */
void field_kernel(const field *f, mat Z, mat A, mat VV, mat UA, mat out);
/* SZ = S Z = [A V; A^T U] (k x k'), which must not overlap Z. */
void field_velocity(const field *f, mat Z, mat A, mat SZ);
/* (S - w) Z, by which the flow moves Z. */
void field_motion(const field *f, mat Z, mat A, mat out);
/* What weight decay alone leaves of Z after h: e^-wh Z; out may be Z. */
double field_keep(const field *f, double h);
void field_decayed(const field *f, mat Z, double h, mat out);
/* L - L* at Z, where E is the error: 1/2 ||E||^2 of the squared loss; the Bregman divergence from
 * the outputs at the minimum, to relative round-off, where there is one. */
double field_excess(const field *f, mat Z, mat E);
/* -d/dt log(L - L*) = <S Z, (S - w) Z> / (L - L*), 0 where E = 0; A (r x m) and SZ are scratch. */
double field_rate(const field *f, mat Z, mat E, mat A, mat SZ);
/* terms (r x m) = what each entry of E is the difference of, whose round-off it has. */
void field_terms(const field *f, mat Z, mat terms);
/* E at round-off: each entry within `units` (8 is what one evaluation makes) units in the last
 * place of what it was subtracted from; or below `gone` where nothing was. */
bool field_converged(const field *f, mat Z, mat E, double units);

#endif
