/* csrc/flow/choice.h: which other method may pay for the next step. "auto": dop853 where K is
 * harmless, expo4 where it is stiff; and where the state creeps, the method for that. What a step
 * costs is known from r, m and k'; what it may measure, the estimates say. Never a clock.
 * SPDX-License-Identifier: MIT */
#ifndef LINNET_FLOW_CHOICE_H
#define LINNET_FLOW_CHOICE_H

#include "flow/arrival.h"
#include "flow/fastest.h"
#include "flow/stepper.h"

typedef struct choice {
  bool active;                /* there is a choice */
  double cost[STEPPER_SLOTS]; /* of a step by each slot of the stepper, in the same unit */
  double spent;               /* since the other method was last tried */
  double patience;            /* how much may be spent before it is tried again, in its own steps */
  double again;               /* time from the start at which it will get far enough, as it seems */
  int crept_from;             /* the slot in use before the state crept */
  int64_t creep_after;        /* no attempt at creeping before so many steps, */
  int64_t crept_at;           /* and none twice from this state */
  double creep_patience;      /* steps from one such attempt to the next */
  fastest fastest;            /* the largest eigenvalue of K */
} choice;

/* Where a flow is: accepted steps, the time, that since its start, what is left until its end; as E
 * decays now, how long until the level it ends at, and how many steps it may take to notice. */
typedef struct moment {
  int64_t steps;
  double at, since, left, ahead, hovers;
} moment;

/* A step worth a try: of size h by the method of a slot. */
typedef struct offer {
  int slot;
  double h; /* 0: none */
} offer;

void choice_layout(arena *a, choice *c, dims d);
void choice_start(choice *c, const stepper *s, int kp);
/* About the largest eigenvalue of K at Z, after so many steps. */
double choice_fastest(choice *c, const stepper *s, mat Z, int64_t steps);
/* Where the state Z crept and E falls again, the method before is in use again, if it pays. */
void choice_settle(const choice *c, stepper *s, const arrival *a, mat Z);
/* So long a step of another method from Z that it would pay, given the next one h of the method in
 * use. */
offer choice_offer(choice *c, const stepper *s, const arrival *a, mat Z, moment now, double h);
/* A step was tried by the method in use. */
void choice_spend(choice *c, const stepper *s);
/* The offer was tried, with this error; taken: its method is in use. A failure doubles the
 * patience, so that the question is not asked over and over again. */
void choice_tried(choice *c, const stepper *s, int slot, moment now, bool taken, double err);

#endif
