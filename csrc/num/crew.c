/* csrc/num/crew.c: threads take the next task from a shared counter (see crew.h).
 * SPDX-License-Identifier: MIT */
#include "num/crew.h"

#include <pthread.h>
#include <stdatomic.h>

typedef struct crew {
  crew_task *task;
  void *arg;
  int count;
  atomic_int next;
  atomic_bool stop;
} crew;

typedef struct hand {
  crew *of;
  const tick *t; /* of the calling thread; NULL for the others */
  int number, failed_at;
  status failed;
  pthread_t thread;
} hand;

/* Tasks are taken in order: those before one that fails have all been begun, and end. */
static void *work(void *arg) {
  hand *h = arg;
  crew *c = h->of;
  while (h->failed == STATUS_OK && !atomic_load(&c->stop)) {
    int i = atomic_fetch_add(&c->next, 1);
    if (i >= c->count) break;
    h->failed = tick_asks(h->t) ? STATUS_PAUSED : c->task(c->arg, i, h->number);
    h->failed_at = i;
  }
  if (h->failed != STATUS_OK) atomic_store(&c->stop, 1);
  return NULL;
}

status crew_run(int hands, int count, const tick *t, crew_task *task, void *arg) {
  crew c = {.task = task, .arg = arg, .count = count};
  hand all[CREW_MOST];
  int started = 1;
  atomic_init(&c.next, 0);
  atomic_init(&c.stop, 0);
  all[0] = (hand){.of = &c, .t = t};
  while (started < hands && started < count) {
    hand *h = &all[started];
    *h = (hand){.of = &c, .number = started};
    if (pthread_create(&h->thread, NULL, work, h)) break;
    started++;
  }
  work(&all[0]);
  hand *first = &all[0];
  for (int i = 1; i < started; i++) {
    pthread_join(all[i].thread, NULL);
    if (all[i].failed != STATUS_OK &&
        (first->failed == STATUS_OK || all[i].failed_at < first->failed_at))
      first = &all[i];
  }
  return first->failed;
}
