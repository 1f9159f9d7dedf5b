/* csrc/flow/choice.c: when it pays to try the other method (see choice.h): its step must get at
 * least CHOICE_MARGIN times as far for its price.
 * SPDX-License-Identifier: MIT */
#include "flow/choice.h"

#include <math.h>

#include "flow/tuning.h"

const method method_auto = {
    .name = "auto", .pair = {&method_dop853, &method_expo4}, .creeping = &method_rodas4};

void choice_start(choice *c, const stepper *s, int kp) {
  c->active = stepper_has(s, 1);
  for (int i = 0; i < STEPPER_SLOTS; i++)
    if (stepper_has(s, i)) c->cost[i] = s->slot[i].method->cost((dims){s->f.r, s->f.m, kp});
  c->spent = 0.0;
  c->patience = CHOICE_PATIENCE;
}

double choice_other(const choice *c, const stepper *s, double h, double left) {
  int use = s->used, other = 1 - use;
  if (!c->active || use == STEPPER_CREEPING || c->spent < c->patience * c->cost[other]) return 0.0;
  double enough = CHOICE_MARGIN * h * c->cost[other] / c->cost[use];
  double stable = s->slot[other].method->stable;
  /* A method without a limit must go so far that its price pays before the end; the other only
   * inside its region of stability, which its own first step would not find. */
  if (isinf(stable)) return enough <= left ? enough : 0.0;
  return enough * stepper_fastest(s) <= CHOICE_INSIDE * stable ? fmin(enough, left) : 0.0;
}

double choice_creeping(const choice *c, const stepper *s, double h) {
  return CHOICE_MARGIN * h * c->cost[STEPPER_CREEPING] / c->cost[s->used];
}

void choice_spend(choice *c, const stepper *s) { c->spent += c->cost[s->used]; }

void choice_tried(choice *c, bool taken) {
  c->spent = 0.0;
  c->patience = taken ? CHOICE_PATIENCE : fmin(2.0 * c->patience, CHOICE_PATIENCE_MOST);
}
