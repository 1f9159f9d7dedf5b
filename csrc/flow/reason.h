/* csrc/flow/reason.h: why a flow or a descent ended. Outcomes are data.
 * SPDX-License-Identifier: MIT */
#ifndef LINNET_FLOW_REASON_H
#define LINNET_FLOW_REASON_H

typedef enum flow_reason {
  FLOW_RUNNING,        /* not an end: go on */
  FLOW_TIME,           /* t_end reached */
  FLOW_CONVERGED,      /* t = infinity reached, or E at round-off on the way there */
  FLOW_UNTIL_EXCESS,   /* L - L* = until_excess, located */
  FLOW_STOP,           /* the caller's own condition (never set here) */
  FLOW_SADDLE,         /* ||S Z|| at round-off at an unstable point while E is not 0 */
  FLOW_UNREACHABLE,    /* ||S Z|| at round-off: rank(Z) too small for E to vanish */
  FLOW_STEP_UNDERFLOW, /* t + h = t */
  FLOW_MAX_STEPS,      /* accepted plus rejected */
  FLOW_MAX_SECONDS,
  FLOW_DIVERGED,    /* descent: the step is too large */
  FLOW_NON_FINITE,  /* nan or inf which smaller steps do not cure */
  FLOW_INTERRUPTED, /* the tick asked; the last accepted state stands, call again to go on */
  FLOW_REASONS
} flow_reason;

extern const char *const flow_reason_names[FLOW_REASONS]; /* "running", "time", ... */

#endif
