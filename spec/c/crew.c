/* spec/c/crew.c: tasks over threads are each done once, in order of their beginning; the first that
 * fails, or a tick, ends the call.
 * SPDX-License-Identifier: MIT */
#include "num/crew.h"

#include "check.h"

enum { TASKS = 200 };

typedef struct job {
  int done[TASKS];           /* how often each task ran */
  int hand_most;             /* allowed */
  int fails_at, fails_later; /* tasks that fail, with different statuses; -1: none */
} job;

static status task(void *arg, int i, int hand) {
  job *j = arg;
  j->done[i] += hand < j->hand_most ? 1 : 1000;
  if (i == j->fails_at) return STATUS_SINGULAR;
  return i == j->fails_later ? STATUS_NON_FINITE : STATUS_OK;
}

static int asked, stop_at;
static int ask(void *arg) {
  (void)arg;
  return ++asked >= stop_at;
}

static void all_once(void) {
  const int hands[] = {1, 2, 3, 7, CREW_MOST}, counts[] = {0, 1, 2, 5, TASKS};
  for (int a = 0; a < 5; a++)
    for (int b = 0; b < 5; b++) {
      job j = {.hand_most = hands[a], .fails_at = -1, .fails_later = -1};
      check(crew_run(hands[a], counts[b], NULL, task, &j) == STATUS_OK, "%d tasks end well",
            counts[b]);
      for (int i = 0; i < TASKS; i++)
        check(j.done[i] == (i < counts[b]), "%d hands: task %d of %d ran %d times", hands[a], i,
              counts[b], j.done[i]);
    }
}

static void first_failure(void) {
  for (int hands = 1; hands <= 8; hands++)
    for (int round = 0; round < 50; round++) {
      job j = {.hand_most = hands, .fails_at = round, .fails_later = round + 1};
      check(crew_run(hands, TASKS, NULL, task, &j) == STATUS_SINGULAR,
            "%d hands: the first failure, of task %d, is the one that counts", hands, round);
      for (int i = 0; i <= round; i++)
        check(j.done[i] == 1, "%d hands: task %d before the failure was done", hands, i);
    }
}

static int all_done(const job *j) {
  int n = 0;
  for (int i = 0; i < TASKS; i++) n += j->done[i];
  return n == TASKS;
}

/* The others may have done everything before the calling thread comes to ask. */
static void ticks(void) {
  const tick t = {ask, NULL};
  for (int hands = 1; hands <= 3; hands++) {
    job j = {.hand_most = hands, .fails_at = -1, .fails_later = -1};
    asked = 0, stop_at = 1;
    status s = crew_run(hands, TASKS, &t, task, &j);
    bool ended = s == STATUS_OK && hands > 1 && all_done(&j);
    check(s == STATUS_PAUSED || ended, "%d hands stop when asked, not with %d", hands, (int)s);
    check(asked <= 1, "nobody asks again, and not %d times", asked);
    job k = {.hand_most = hands, .fails_at = -1, .fails_later = -1};
    asked = 0, stop_at = TASKS + 1;
    check(crew_run(hands, TASKS, &t, task, &k) == STATUS_OK, "%d hands are asked only", hands);
    check(all_done(&k), "%d hands do everything", hands);
  }
}

/* Threads that stay take up the next call, whatever the last one came to. */
static void many_calls(void) {
  for (int hands = 1; hands <= 5; hands += 2) {
    crew c;
    crew_open(&c, hands);
    for (int round = 0; round < 300; round++) {
      int count = round % TASKS, fails = round % 3 ? -1 : count / 2;
      job j = {.hand_most = hands, .fails_at = fails, .fails_later = -1};
      status s = crew_call(&c, count, NULL, task, &j);
      check(s == (fails >= 0 && count ? STATUS_SINGULAR : STATUS_OK), "call %d: status %d", round,
            (int)s);
      for (int i = 0; i < (fails < 0 ? count : fails); i++)
        check(j.done[i] == 1, "call %d: task %d ran %d times", round, i, j.done[i]);
    }
    crew_close(&c);
  }
}

int main(void) {
  all_once();
  many_calls();
  first_failure();
  ticks();
  return check_done("crew");
}
