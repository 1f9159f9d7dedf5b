/* csrc/loss/loss.c: the list of losses (see loss.h).
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
