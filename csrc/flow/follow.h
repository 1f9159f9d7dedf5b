/* csrc/flow/follow.h: where the hidden units of the start have gone, of a state that m columns tell
 * up to a rotation of them (model/fold.h): a flow of all k' columns beside it says.
 * SPDX-License-Identifier: MIT */
#ifndef LINNET_FLOW_FOLLOW_H
#define LINNET_FLOW_FOLLOW_H

#include "flow/flow.h"
#include "model/state.h"

typedef struct follower {
  flow flow;
  fold_room room;
  fold_turning turning;
  mat L;          /* k x k': as far as it got, */
  double t;       /* the time; INFINITY: nowhere yet */
  flow_spec spec; /* of the last flow; using and h: of the next */
} follower;

/* Of one origin, d its sizes. */
void follower_layout(arena *a, follower *w, dims d);
/* L of a folded state, which becomes its own; goes on from the last one where that lies before.
 * STATUS_PAUSED when the tick asked. */
status follower_own(follower *w, const state *s, mat L, const tick *t);

#endif
