/* csrc/flow/implicit.c: rodas4 as a method: record and judgement of the steps of rodas.c.
 * SPDX-License-Identifier: MIT */
#include <math.h>

#include "flow/rodas.h"
#include "flow/stepper.h"
#include "flow/tuning.h"

static void *rodas_room(arena *a, dims d) {
  rodas shape, *w = arena_bytes(a, 1, sizeof *w);
  rodas_layout(a, w ? w : &shape, d);
  return w;
}

/* Six solves of about ten products each, and m eigenproblems of order r where columns are not few.
 */
static double rodas_cost(dims d) {
  double rows = (double)d.r * d.m, products = rows * d.kp;
  if (d.n > 0 && rows <= RODAS_DENSE)
    return RODAS_FEW_CALL * d.m + RODAS_DENSE_CUBE * rows * rows * rows +
           RODAS_DENSE_PRODUCT * products + RODAS_DENSE_SAMPLE * d.n * rows;
  if (narrow_pays(d))
    return RODAS_FEW_CALL * d.m + RODAS_FEW_ROW * rows + RODAS_FEW_PRODUCT * products;
  return 2.0 * method_expo2.cost(d) + RODAS_COST_PRODUCT * products;
}

static double rodas_tol(double tol) {
  return stepper_bar(RODAS_BAR * fmax(tol, RODAS_SHARPEST), STEPPER_ROUGHEST);
}

static void rodas_restart(stepper *s) { rodas_start(stepper_room(s), &s->work.eigenproblems); }

static status rodas_attempt(stepper *s, mat Z, double h, mat out, double *err, const tick *t) {
  double diff[2];
  status done = rodas_step(stepper_room(s), &s->f, Z, h, out, diff, t);
  if (done == STATUS_OK) *err = stepper_error(s, Z, out, diff, stepper_local_tol(s));
  if (done == STATUS_LIMIT) *err = RODAS_UNSOLVED;
  return done == STATUS_LIMIT ? STATUS_OK : done;
}

static void rodas_take(stepper *s) { rodas_accept(stepper_room(s)); }

/* The kernel is that of another state, before and after. */
static status rodas_again(stepper *s, mat Z, double h, mat out, double *err, const tick *t) {
  rodas_take(s);
  status done = rodas_attempt(s, Z, h, out, err, t);
  rodas_take(s);
  return done;
}

static double rodas_fastest(const stepper *s) {
  const rodas *w = stepper_room(s);
  if (w->dense) return curved_most(&w->curved);
  return w->few ? narrow_most(&w->narrow, &s->f) : 0.0;
}

const method method_rodas4 = {
    .name = "rodas4",
    .settles = true,
    .estimate = 4,
    .stable = INFINITY,
    .local_tol = rodas_tol,
    .cost = rodas_cost,
    .layout = rodas_room,
    .restart = rodas_restart,
    .attempt = rodas_attempt,
    .accept = rodas_take,
    .again = rodas_again,
    .release = rodas_take,
    .fastest = rodas_fastest,
};
