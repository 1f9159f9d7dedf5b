/* csrc/flow/choice.h: the method "auto": dop853 where K is harmless, expo4 where it is stiff. What
 * a step costs is known from r, m and k'; what it may measure, the estimates say. Never a clock.
 * SPDX-License-Identifier: MIT */
#ifndef LINNET_FLOW_CHOICE_H
#define LINNET_FLOW_CHOICE_H

#include "flow/stepper.h"

typedef struct choice {
  bool active;                /* there is a choice */
  double cost[STEPPER_SLOTS]; /* of a step by each slot of the stepper, in the same unit */
  double spent;               /* since the other method was last tried */
  double patience;            /* how much may be spent before it is tried again, in its own steps */
} choice;

void choice_start(choice *c, const stepper *s, int kp);
/* The size of a step of the other method that would pay, given the next one h of the method in use
 * and the time left; 0: do not try. */
double choice_other(const choice *c, const stepper *s, double h, double left);
/* The size of a step of the method for creeping states that would pay. */
double choice_creeping(const choice *c, const stepper *s, double h);
/* A step was tried by the method in use. */
void choice_spend(choice *c, const stepper *s);
/* The other method was tried; taken: it is in use now. A failure doubles the patience, so that the
 * question is not asked over and over again. */
void choice_tried(choice *c, bool taken);

#endif
