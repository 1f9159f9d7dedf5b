/* csrc/loss/decided.h: what steps to infinity decide, at no sample's cost: outputs that fall behind
 * their sample's largest one for ever leave the loss, and its infimum is that of what is left
 * (11.1). SPDX-License-Identifier: MIT */
#ifndef LINNET_LOSS_DECIDED_H
#define LINNET_LOSS_DECIDED_H

#include <stdbool.h>

#include "num/arena.h"
#include "num/dense.h"

typedef struct decided {
  mat Y;     /* targets of classes, n x m */
  mat gone;  /* n x m: 1 where an output has left, with m = 1 a sample */
  mat way;   /* r x m: along it all that left did so, and no other difference changes */
  bool some; /* something has left */
} decided;

void decided_layout(arena *a, decided *d, int n, int r, int m);
/* Nothing has left yet; losses without classes, laid out with n = 0, leave it there. */
void decided_begin(decided *d, mat Y, int r);
/* What left is put out of sight in outputs F: e^ of its distance is 0. */
void decided_outputs(const decided *d, mat F);
/* Of a step's outputs what counts: how far each that stays falls behind its sample's largest. */
void decided_step(const decided *d, mat FD);
/* Does such a step decide no sample wrongly, but for round-off? */
bool decided_recedes(const decided *d, mat FD);
/* What it decides leaves; false: nothing. FD: what counts of the step W D; scratch is n x m. */
bool decided_add(decided *d, mat W, mat D, mat FD, mat scratch);

#endif
