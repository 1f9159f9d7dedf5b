/* csrc/flow/choice.c: when it pays to try the other method (see choice.h): its step must get at
 * least MARGIN times as far for its price.
 * SPDX-License-Identifier: MIT */
#include "flow/choice.h"

#include <math.h>

static const double MARGIN = 1.2;
static const double PATIENCE = 2.0, PATIENCE_MOST = 32.0;
/* dop853 is tried against expo4 only well inside its region of stability: one step from a smooth
 * state would not show that it is unstable. */
static const double INSIDE = 0.7;

/* Microseconds of one core of 2023; only ratios matter. Eigenproblems of order r come near 0.06 r^2
 * + 1.1e-4 r^3, everything else moves r k' m numbers some thirty times; dop853's exact propagator
 * is of order 13 m or k. */
void choice_start(choice *c, int r, int m, int kp, bool active) {
  double n = r, products = n * m * kp, order = fmin(13.0 * m, n + m);
  c->active = active;
  c->cost[0] = 20.0 + 8e-3 * products + 1e-3 * pow(order, 3.0);
  c->cost[1] = 10.0 + 9e-3 * products + m * (2.0 + 0.06 * n * n + 1.1e-4 * n * n * n);
  c->spent = 0.0;
  c->patience = PATIENCE;
}

flow_method choice_alternative(const stepper *s) {
  return stepper_is_explicit(s->using) ? FLOW_EXPO4 : FLOW_DOP853;
}

double choice_other(choice *c, const stepper *s, double h, double left) {
  int use = stepper_is_explicit(s->using) ? 0 : 1;
  if (!c->active || c->spent < c->patience * c->cost[1 - use]) return 0.0;
  double enough = MARGIN * h * c->cost[1 - use] / c->cost[use];
  if (use == 1) {
    double top = mat_max_abs(s->expo->K[s->expo->current].lam);
    return enough * top <= INSIDE * tableau_dop853.stable ? fmin(enough, left) : 0.0;
  }
  return enough <= left ? enough : MARGIN * c->cost[1] <= c->cost[0] * left / h ? left : 0.0;
}

void choice_spend(choice *c, const stepper *s) {
  c->spent += c->cost[stepper_is_explicit(s->using) ? 0 : 1];
}

void choice_tried(choice *c, bool taken) {
  c->spent = 0.0;
  c->patience = taken ? PATIENCE : fmin(2.0 * c->patience, PATIENCE_MOST);
}
