/* csrc/model/fold.h: infinite width is width m. Where Z(0) Z(0)^T = diag(a I, b I), all that a flow
 * does is done by m columns Y, Z Z^T = Y Y^T + a d^2 J, d what weight decay has left; and Y tells Z
 * up to a rotation of hidden units (mathematics.md, 3.4). SPDX-License-Identifier: MIT */
#ifndef LINNET_MODEL_FOLD_H
#define LINNET_MODEL_FOLD_H

#include "model/field.h"
#include "num/arena.h"
#include "num/status.h"
#include "num/thin.h"

typedef struct fold {
  double a, b; /* b > 0 */
  mat L0;      /* k x k', L0 L0^T = diag(a I, b I) */
} fold;

/* Scratch of what follows. */
typedef struct fold_room {
  mat x, y, z, c;           /* k x 1, k' x 1, k x 1, m x 1 */
  mat tall, W;              /* r x m */
  mat Bt, O;                /* m x m */
  mat part;                 /* m x k' */
  double *s, *ratio, *rest; /* m */
  thin_work thin;
} fold_room;

/* What a fold is turned in. */
typedef struct fold_turning {
  mat first, other;    /* k x r */
  mat G, spare, W, Wt; /* r x r */
  mat T;               /* r x k' */
  double *s;           /* r */
  lapack_work lapack;
} fold_turning;

/* Room to find; to open as well; to turn besides. */
void fold_find_layout(arena *a, fold_room *w, dims d);
void fold_open_layout(arena *a, fold_room *w, dims d);
void fold_turn_layout(arena *a, fold_turning *w, dims d);

/* Whether L0 is such a start, to round-off: decided by products with two vectors. */
bool fold_start(fold *f, fold_room *w, int r, mat L0);
/* Y (k x m) of L = d M L0, M in O(r, m); false where L is no such matrix. */
bool fold_find(const fold *f, fold_room *w, int r, mat L, double d, mat Y);
/* Z (k x 2m) and W (r x m, in the room, orthonormal): in a basis of hidden units all of L that Y
 * tells is Z and, for the r - m directions w off W, the columns (a^{1/2} d w; 0). */
status fold_columns(const fold *f, fold_room *w, int r, mat Y, double d, mat Z);
/* An L that Y tells: L L^T is right, and L^T J L that of the start. O(r m k'). T, r x k', stands
 * for the first rows of L0: those rows themselves, or turned from the left. */
status fold_open(const fold *f, fold_room *w, int r, mat Y, double d, mat T, mat L);
/* The same, of all that Y tells the L nearest to `like`, up to errors of that: L = d M L0 with the
 * hidden units where they are in like. O(r^2 k'). */
status fold_turn(const fold *f, fold_room *w, fold_turning *t, int r, mat Y, double d, mat like,
                 mat L);

#endif
