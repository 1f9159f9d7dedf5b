/* csrc/loss/loss.c: the list of losses, and what all have (see loss.h).
 * SPDX-License-Identifier: MIT */
#include "loss/loss.h"

#include <string.h>

#define LOSS(name) &loss_##name,
const loss *const losses[] = {LOSSES(LOSS) NULL};
#undef LOSS

const loss *loss_named(const char *name) {
  for (int i = 0; losses[i]; i++)
    if (!strcmp(losses[i]->name, name)) return losses[i];
  return NULL;
}

void loss_bend(const loss *l, double delta, mat F, mat Y, int j, mat H) {
  mat_fill(H, 0.0);
  mat_fill(mat_cols(H, j, 1), 1.0);
  l->curvature(delta, F, Y, H, H);
}
