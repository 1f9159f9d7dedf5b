/* csrc/flow/choice.c: when it pays to try another method (see choice.h): its step must get at least
 * CHOICE_MARGIN times as far for its price.
 * SPDX-License-Identifier: MIT */
#include "flow/choice.h"

#include <math.h>

#include "flow/tuning.h"

const method method_auto = {
    .name = "auto", .pair = {&method_dop853, &method_expo4}, .creeping = &method_rodas4};

void choice_start(choice *c, const stepper *s, int kp) {
  c->active = stepper_has(s, 1);
  for (int i = 0; i < STEPPER_SLOTS; i++)
    if (stepper_has(s, i)) c->cost[i] = s->slot[i].method->cost(dims_of(s->f.r, s->f.m, kp));
  c->spent = 0.0;
  c->patience = CHOICE_PATIENCE;
  c->creep_after = 0;
  c->creep_patience = ARRIVAL_CREEPING;
}

void choice_settle(const choice *c, stepper *s, const arrival *a) {
  if (s->used == STEPPER_CREEPING && arrival_moves_on(a)) stepper_swap(s, c->crept_from);
}

/* A step by a slot from which on it pays. */
static double enough(const choice *c, const stepper *s, int slot, double h) {
  return CHOICE_MARGIN * h * c->cost[slot] / c->cost[s->used];
}

/* Of the other method of a pair; 0: do not try. */
static double size_of_other(const choice *c, const stepper *s, double h, double left) {
  int other = 1 - s->used;
  if (!c->active || c->spent < c->patience * c->cost[other]) return 0.0;
  double most = enough(c, s, other, h), stable = s->slot[other].method->stable;
  /* A method without a limit must go so far that its price pays before the end; the other only
   * inside its region of stability, which its own first step would not find. */
  if (isinf(stable)) return most <= left ? most : 0.0;
  return most * stepper_fastest(s) <= CHOICE_INSIDE * stable ? fmin(most, left) : 0.0;
}

offer choice_offer(choice *c, const stepper *s, const arrival *a, int64_t steps, double h,
                   double left) {
  if (s->used == STEPPER_CREEPING) return (offer){STEPPER_CREEPING, 0.0};
  if (stepper_has(s, STEPPER_CREEPING) && steps >= c->creep_after && arrival_creeps(a, s, h)) {
    c->crept_from = s->used;
    return (offer){STEPPER_CREEPING, fmin(enough(c, s, STEPPER_CREEPING, h), left)};
  }
  return (offer){1 - s->used, size_of_other(c, s, h, left)};
}

void choice_spend(choice *c, const stepper *s) { c->spent += c->cost[s->used]; }

void choice_tried(choice *c, int slot, int64_t steps, bool taken) {
  if (slot == STEPPER_CREEPING) {
    double longer = fmin(2.0 * c->creep_patience, ARRIVAL_CREEPING_MOST);
    c->creep_patience = taken ? ARRIVAL_CREEPING : longer;
    c->creep_after = steps + (int64_t)c->creep_patience;
  } else {
    c->spent = 0.0;
    c->patience = taken ? CHOICE_PATIENCE : fmin(2.0 * c->patience, CHOICE_PATIENCE_MOST);
  }
}
