/* csrc/num/status.h: what a numerical room says when it returns. Outcomes are data, never exits.
 * SPDX-License-Identifier: MIT */
#ifndef LINNET_NUM_STATUS_H
#define LINNET_NUM_STATUS_H

typedef enum status {
  STATUS_OK = 0,
  STATUS_PAUSED,      /* the tick asked to stop; the last accepted state is intact */
  STATUS_NON_FINITE,  /* nan or inf where a finite number must stand */
  STATUS_SINGULAR,    /* a factorization met an exactly singular or indefinite matrix */
  STATUS_NO_CONVERGE, /* an iteration inside LAPACK did not converge */
  STATUS_OVERFLOW,    /* the result exceeds the doubles */
  STATUS_LIMIT        /* as many steps as are allowed did not get there */
} status;

/* Asked between LAPACK calls and at least every 10 ms of long work; true means: stop soon. */
typedef struct tick {
  int (*ask)(void *arg);
  void *arg;
} tick;

static inline int tick_asks(const tick *t) { return t && t->ask && t->ask(t->arg); }

#endif
