/* csrc/flow/choice.c: when it pays to try another method (see choice.h): its step must get at least
 * CHOICE_MARGIN times as far for its price.
 * SPDX-License-Identifier: MIT */
#include "flow/choice.h"

#include <math.h>

#include "flow/tuning.h"

const method method_auto = {
    .name = "auto", .pair = {&method_dop853, &method_expo4}, .creeping = &method_rodas4};

void choice_layout(arena *a, choice *c, dims d) { fastest_layout(a, &c->fastest, d); }

void choice_start(choice *c, const stepper *s, int kp) {
  dims d = {.r = s->f.r, .m = s->f.m, .kp = kp, .n = s->f.loss ? s->f.Y.rows : 0};
  c->active = stepper_has(s, 1);
  for (int i = 0; i < STEPPER_SLOTS; i++)
    if (stepper_has(s, i)) c->cost[i] = s->slot[i].method->cost(d);
  c->spent = 0.0;
  c->patience = CHOICE_PATIENCE;
  c->again = 0.0;
  c->creep_after = 0;
  c->crept_at = -1;
  c->creep_patience = ARRIVAL_CREEPING;
  fastest_start(&c->fastest);
}

double choice_fastest(choice *c, const stepper *s, mat Z, int64_t steps) {
  return fastest_at(&c->fastest, &s->f, Z, steps);
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

/* Stability and not accuracy is about to bound explicit steps h, or, where weight decay is among
 * what moves Z in them, how they stay at rest. */
static bool is_stiff(const stepper *s, double lam, double h) {
  return h * s->f.weight_decay >= CHOICE_DECAY ||
         h * lam >= CHOICE_STIFF * stepper_method(s)->stable;
}

/* How far Z goes within a step h, relative to Z, and how much E changes. */
static double moves_in(const arrival *a, double h) {
  return a->moving * fmin(h, 2.0 / arrival_rate(a));
}
static double changes_in(const arrival *a, double moves, double h) {
  return fmin(1.0, moves + h * arrival_rate(a));
}

/* What the other method neglects hardly matters within a step h. It is of second order in how far Z
 * goes, relative to Z, where E vanishes within h, and of third where E hardly changes; or E stays
 * while Z grows from almost nothing. */
static bool is_lazy(const stepper *s, int other, const arrival *a, double lam, double h) {
  double tol = s->slot[other].local_tol, moves = moves_in(a, h);
  double grown = exp(2.0 * h * mat_norm_fro(a->A));
  return moves * moves * changes_in(a, moves, h) <= CHOICE_LAZY * tol || h * lam * grown <= tol;
}

/* So rough a step h of a method that freezes K that it would be refused: what it neglects goes with
 * how far Z goes, with h ||A|| (which turns Z where nothing seems to move) and with how E changes.
 */
static bool is_rough(const stepper *s, int other, const arrival *a, double h) {
  double moves = moves_in(a, h), turns = h * mat_norm_fro(a->A);
  if (!s->slot[other].method->squared) return false;
  return moves * turns * changes_in(a, turns, h) > CHOICE_ROUGH * s->slot[other].local_tol;
}

/* A method without a limit seems to be as good as a step `most` in place of h asks for, and what is
 * left to do costs more in steps h, as far as they are stable, than a few of its own, of which the
 * first has nothing to begin with. */
static bool is_promising(choice *c, const stepper *s, const arrival *a, mat Z, moment now, double h,
                         double most) {
  int other = 1 - s->used;
  double stable = stepper_method(s)->stable, lam = choice_fastest(c, s, Z, now.steps);
  bool asks = c->spent < CHOICE_PATIENCE_MOST * c->cost[other];
  if (!is_lazy(s, other, a, lam, most) &&
      (!is_stiff(s, lam, h) || (asks && is_rough(s, other, a, most))))
    return false;
  h = fmin(h, stable / lam);
  double steps = fmin(now.left / h, now.ahead / h + now.hovers);
  return steps * c->cost[s->used] >= CHOICE_ENTRY * c->cost[other];
}

/* Of the other method of a pair; 0: do not try. */
static double size_of_other(choice *c, const stepper *s, const arrival *a, mat Z, moment now,
                            double h) {
  int other = 1 - s->used;
  double left = now.left;
  if (!c->active || !is_time(c, other, now.since)) return 0.0;
  double most = enough(c, s, other, h), stable = s->slot[other].method->stable;
  if (arrival_decay_cap(a, s, s->slot[other].method, most) < most) return 0.0;
  /* A method without a limit must go so far that its price pays before the end; the other only
   * inside its region of stability, which its own first step would not find. */
  if (isinf(stable)) return most <= left && is_promising(c, s, a, Z, now, h, most) ? most : 0.0;
  return most * stepper_fastest(s) <= CHOICE_INSIDE * stable ? fmin(most, left) : 0.0;
}

/* Where a step that is to come to rest is lost in the time that has passed, what accuracy allows is
 * worth a try at once: there is no other way on. 0: the state does not creep. */
static double size_of_creeping(const choice *c, const stepper *s, const arrival *a, moment now,
                               double h) {
  if (!stepper_has(s, STEPPER_CREEPING)) return 0.0;
  if (!(now.at + h > now.at)) return c->crept_at < now.steps ? s->control.h : 0.0;
  bool creeps = now.steps >= c->creep_after && arrival_creeps(a, s, h);
  return creeps ? enough(c, s, STEPPER_CREEPING, h) : 0.0;
}

offer choice_offer(choice *c, const stepper *s, const arrival *a, mat Z, moment now, double h) {
  if (s->used == STEPPER_CREEPING) return (offer){STEPPER_CREEPING, 0.0};
  double creeping = size_of_creeping(c, s, a, now, h);
  if (creeping > 0.0) {
    c->crept_from = s->used;
    return (offer){STEPPER_CREEPING, fmin(creeping, now.left)};
  }
  return (offer){1 - s->used, size_of_other(c, s, a, Z, now, h)};
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
    c->crept_at = now.steps;
  } else {
    c->spent = 0.0;
    c->again = taken ? 0.0 : when_again(s->slot[slot].method, now.since, err);
    c->patience = taken ? CHOICE_PATIENCE : fmin(2.0 * c->patience, CHOICE_PATIENCE_MOST);
  }
}
