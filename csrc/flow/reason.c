/* csrc/flow/reason.c: the words for the ends of flows and descents (see reason.h).
 * SPDX-License-Identifier: MIT */
#include "flow/reason.h"

const char *const flow_reason_names[FLOW_REASONS] = {
    "running",  "time",        "converged",      "until_excess", "stop",
    "saddle",   "unreachable", "step_underflow", "max_steps",    "max_seconds",
    "diverged", "non_finite",  "interrupted"};
