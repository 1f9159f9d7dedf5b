/* csrc/num/crew.h: independent tasks of one computation over a few threads. Each writes only what
 * is its own, so results are the same bits for any number of them. No threads between calls of
 * crew_run: a start costs about 20 us, and there is nothing to keep, to stop, or to forget. Many
 * short calls behind each other keep theirs.
 * SPDX-License-Identifier: MIT */
#ifndef LINNET_NUM_CREW_H
#define LINNET_NUM_CREW_H

#include <pthread.h>

#include "num/dense.h"
#include "num/status.h"

/* Task i of a call, by hand `hand`: scratch belongs to a hand, results to a task. */
typedef status crew_task(void *arg, int i, int hand);

enum { CREW_MOST = 64 };

/* Tasks 0 .. count - 1 by up to `hands` threads (1 .. CREW_MOST), the calling one among them, which
 * alone asks the tick before each of its own. The status of the first task that is not OK; later
 * ones may not have been begun then. A thread that cannot be had is done without. */
status crew_run(int hands, int count, const tick *t, crew_task *task, void *arg);

typedef struct crew crew;
typedef struct crew_hand {
  crew *of;
  int number;
  pthread_t thread;
} crew_hand;

/* Threads that wait between calls; on the stack of the function that opens and closes it. */
struct crew {
  pthread_mutex_t lock; /* of what follows, down to over */
  pthread_cond_t begun, ended;
  crew_task *task;
  void *arg;
  int count, next, working; /* tasks; the next to be taken; those that are under way */
  int failed_at;
  status failed;
  bool over;
  int hands;
  crew_hand all[CREW_MOST];
};

void crew_open(crew *c, int hands);
/* As crew_run, by those of c. A thread that is late takes no task, and nobody waits for it: on a
 * loaded machine a start would cost what the scheduler gives others first, some milliseconds. */
status crew_call(crew *c, int count, const tick *t, crew_task *task, void *arg);
void crew_close(crew *c);

#endif
