/* csrc/num/clock.h: seconds of a monotonic clock, for limits and statistics only: no result of ours
 * depends on it.
 * SPDX-License-Identifier: MIT */
#ifndef LINNET_NUM_CLOCK_H
#define LINNET_NUM_CLOCK_H

#include <time.h>

static inline double clock_seconds(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

#endif
