/* csrc/num/crew.h: independent tasks of one computation over a few threads. Each writes only what
 * is its own, so results are the same bits for any number of them. No threads between calls: a
 * start costs about 20 us, and there is nothing to keep, to stop, or to forget.
 * SPDX-License-Identifier: MIT */
#ifndef LINNET_NUM_CREW_H
#define LINNET_NUM_CREW_H

#include "num/status.h"

/* Task i of a call, by hand `hand`: scratch belongs to a hand, results to a task. */
typedef status crew_task(void *arg, int i, int hand);

enum { CREW_MOST = 64 };

/* Tasks 0 .. count - 1 by up to `hands` threads (1 .. CREW_MOST), the calling one among them, which
 * alone asks the tick before each of its own. The status of the first task that is not OK; later
 * ones may not have been begun then. A thread that cannot be had is done without. */
status crew_run(int hands, int count, const tick *t, crew_task *task, void *arg);

#endif
