/* csrc/num/crew.c: threads take the next task from a shared counter (see crew.h).
 * SPDX-License-Identifier: MIT */
#include "num/crew.h"

/* With the lock held, which is given back for the task itself. Tasks are taken in order: those
 * before one that fails have all been begun, and end. */
static void work(crew *c, const tick *t, int hand) {
  int i = c->next++;
  crew_task *task = c->task;
  void *arg = c->arg;
  c->working++;
  pthread_mutex_unlock(&c->lock);
  status s = tick_asks(t) ? STATUS_PAUSED : task(arg, i, hand);
  pthread_mutex_lock(&c->lock);
  c->working--;
  if (s == STATUS_OK) return;
  if (c->failed == STATUS_OK || i < c->failed_at) {
    c->failed = s;
    c->failed_at = i;
  }
  c->next = c->count;
}

static void *serve(void *arg) {
  const crew_hand *h = arg;
  crew *c = h->of;
  pthread_mutex_lock(&c->lock);
  while (!c->over) {
    if (c->next < c->count) work(c, NULL, h->number);
    else pthread_cond_wait(&c->begun, &c->lock);
    if (!c->working && c->next >= c->count) pthread_cond_signal(&c->ended);
  }
  pthread_mutex_unlock(&c->lock);
  return NULL;
}

void crew_open(crew *c, int hands) {
  *c = (crew){.lock = PTHREAD_MUTEX_INITIALIZER,
              .begun = PTHREAD_COND_INITIALIZER,
              .ended = PTHREAD_COND_INITIALIZER,
              .hands = 1};
  for (; c->hands < least(hands, CREW_MOST); c->hands++) {
    crew_hand *h = &c->all[c->hands];
    *h = (crew_hand){.of = c, .number = c->hands};
    if (pthread_create(&h->thread, NULL, serve, h)) break;
  }
}

status crew_call(crew *c, int count, const tick *t, crew_task *task, void *arg) {
  pthread_mutex_lock(&c->lock);
  c->task = task;
  c->arg = arg;
  c->count = count;
  c->next = 0;
  c->failed = STATUS_OK;
  if (count > 1) pthread_cond_broadcast(&c->begun);
  while (c->next < c->count) work(c, t, 0);
  while (c->working) pthread_cond_wait(&c->ended, &c->lock);
  status s = c->failed;
  pthread_mutex_unlock(&c->lock);
  return s;
}

void crew_close(crew *c) {
  pthread_mutex_lock(&c->lock);
  c->over = true;
  pthread_cond_broadcast(&c->begun);
  pthread_mutex_unlock(&c->lock);
  for (int i = 1; i < c->hands; i++) pthread_join(c->all[i].thread, NULL);
}

status crew_run(int hands, int count, const tick *t, crew_task *task, void *arg) {
  crew c;
  crew_open(&c, least(hands, count));
  status s = crew_call(&c, count, t, task, arg);
  crew_close(&c);
  return s;
}
