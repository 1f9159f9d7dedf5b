/* csrc/flow/choice.h: the method "auto": dop853 where K is harmless, expo4 where it is stiff. What
 * a step costs is known from r, m and k'; what it may measure, the estimates say. Never a clock.
 * SPDX-License-Identifier: MIT */
#ifndef LINNET_FLOW_CHOICE_H
#define LINNET_FLOW_CHOICE_H

#include "flow/stepper.h"

typedef struct choice {
  bool active;
  double cost[2];  /* of a step of dop853 and of expo4, in the same unit */
  double spent;    /* since the other method was last tried */
  double patience; /* how much may be spent before it is tried again, in its own steps */
} choice;

void choice_start(choice *c, int r, int m, int kp, bool active);
/* The size of a step of the other method that would pay, given the next one h of the method in use
 * and the time left; 0: do not try. Raises no question twice: a failure doubles the patience. */
double choice_other(choice *c, const stepper *s, double h, double left);
flow_method choice_alternative(const stepper *s);
/* A step was tried by the method in use. */
void choice_spend(choice *c, const stepper *s);
/* The other method was tried; taken: it is in use now. */
void choice_tried(choice *c, bool taken);

#endif
