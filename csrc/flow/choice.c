/* csrc/flow/choice.c: when it pays to try another method (see choice.h): its step must get at least
 * CHOICE_MARGIN times as far for its price.
 * SPDX-License-Identifier: MIT */
#include "flow/choice.h"

#include <math.h>

#include "flow/tuning.h"

const method method_auto = {
    .name = "auto", .pair = {&method_dop853, &method_expo4}, .creeping = &method_rodas4};

void choice_start(choice *c, const stepper *s, int kp) {
  dims d = {.r = s->f.r, .m = s->f.m, .kp = kp, .n = s->f.loss ? s->f.Y.rows : 0};
  c->active = stepper_has(s, 1);
  for (int i = 0; i < STEPPER_SLOTS; i++)
    if (stepper_has(s, i)) c->cost[i] = s->slot[i].method->cost(d);
  c->spent = 0.0;
  c->patience = CHOICE_PATIENCE;
  c->again = 0.0;
  c->creep_after = 0;
  c->creep_patience = ARRIVAL_CREEPING;
}

/* Near a point of rest the other methods take steps of the fastest time scale, which is no way on
 * while another one moves: there the creeping one stays. */
void choice_settle(const choice *c, stepper *s, const arrival *a, mat Z) {
  if (s->used != STEPPER_CREEPING || !arrival_moves_on(a)) return;
  stepper_mark creeping = stepper_swap(s, c->crept_from);
  double h = arrival_cap(a, s, Z, creeping.control.h);
  if (h * c->cost[STEPPER_CREEPING] < creeping.control.h * c->cost[c->crept_from])
    stepper_undo(s, creeping);
}

/* A step by a slot from which on it pays. */
static double enough(const choice *c, const stepper *s, int slot, double h) {
  return CHOICE_MARGIN * h * c->cost[slot] / c->cost[s->used];
}

/* Something has been spent, and the other method seems to get far enough by now, or a lot has been
 * spent. */
static bool is_time(const choice *c, int other, double since) {
  double spent = c->spent / c->cost[other];
  return spent >= CHOICE_PATIENCE && (since >= c->again || spent >= c->patience);
}

/* Of the other method of a pair; 0: do not try. */
static double size_of_other(const choice *c, const stepper *s, const arrival *a, moment now,
                            double h) {
  int other = 1 - s->used;
  double left = now.left;
  if (!c->active || !is_time(c, other, now.since)) return 0.0;
  double most = enough(c, s, other, h), stable = s->slot[other].method->stable;
  if (arrival_decay_cap(a, s, s->slot[other].method, most) < most) return 0.0;
  /* A method without a limit must go so far that its price pays before the end; the other only
   * inside its region of stability, which its own first step would not find. */
  if (isinf(stable)) return most <= left ? most : 0.0;
  return most * stepper_fastest(s) <= CHOICE_INSIDE * stable ? fmin(most, left) : 0.0;
}

offer choice_offer(choice *c, const stepper *s, const arrival *a, moment now, double h) {
  if (s->used == STEPPER_CREEPING) return (offer){STEPPER_CREEPING, 0.0};
  if (stepper_has(s, STEPPER_CREEPING) && now.steps >= c->creep_after && arrival_creeps(a, s, h)) {
    c->crept_from = s->used;
    return (offer){STEPPER_CREEPING, fmin(enough(c, s, STEPPER_CREEPING, h), now.left)};
  }
  return (offer){1 - s->used, size_of_other(c, s, a, now, h)};
}

void choice_spend(choice *c, const stepper *s) { c->spent += c->cost[s->used]; }

/* Flows slow down as they learn: the steps that accuracy allows grow like the time itself. So a
 * step that was this many times too long is right that many times later. */
static double when_again(const method *other, double since, double err) {
  double longer = isfinite(err) ? pow(fmax(err, 1.0), 1.0 / other->estimate) : CHOICE_LATER_MOST;
  return since * fmin(fmax(longer, CHOICE_LATER), CHOICE_LATER_MOST);
}

void choice_tried(choice *c, const stepper *s, int slot, moment now, bool taken, double err) {
  if (slot == STEPPER_CREEPING) {
    double longer = fmin(2.0 * c->creep_patience, ARRIVAL_CREEPING_MOST);
    c->creep_patience = taken ? ARRIVAL_CREEPING : longer;
    c->creep_after = now.steps + (int64_t)c->creep_patience;
  } else {
    c->spent = 0.0;
    c->again = taken ? 0.0 : when_again(s->slot[slot].method, now.since, err);
    c->patience = taken ? CHOICE_PATIENCE : fmin(2.0 * c->patience, CHOICE_PATIENCE_MOST);
  }
}
