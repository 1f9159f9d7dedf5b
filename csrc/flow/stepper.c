/* csrc/flow/stepper.c: the methods behind one face, and the list of them (see stepper.h),
 * err = max over the blocks U, V of max|difference| / (tol max|block|).
 * SPDX-License-Identifier: MIT */
#include "flow/stepper.h"

#include <float.h>
#include <math.h>
#include <string.h>

#include "flow/tuning.h"

#define METHOD(name) &method_##name,
const method *const flow_methods[] = {FLOW_METHODS(METHOD) NULL};
#undef METHOD

const method *method_named(const char *name) {
  const method *const *m = flow_methods;
  while (*m && strcmp((*m)->name, name) != 0) m++;
  return *m;
}

/* Where columns are few, what takes over creeping states can be so much cheaper than the second of
 * a pair that it takes its place. */
static bool displaces(const method *creeping, const method *second, dims d) {
  return creeping && second && STEPPER_DISPLACE * creeping->cost(d) < second->cost(d);
}

bool stepper_folds(dims d, const method *which) {
  dims few = d;
  few.kp = d.m;
  return 2 * d.m <= d.r && few.kp < d.kp && displaces(which->creeping, which->pair[1], few);
}

void stepper_layout(arena *a, stepper *s, dims d, const method *which) {
  bool pair = which->pair[0] != NULL;
  s->low = arena_mat(a, d.r + d.m, d.kp);
  s->E = arena_mat(a, d.r, d.m);
  s->slot[0].method = pair ? which->pair[0] : which;
  s->slot[1].method = pair ? which->pair[1] : NULL;
  s->slot[STEPPER_CREEPING].method = d.kp < d.r || d.n > 0 ? which->creeping : NULL;
  if (d.n > 0 || displaces(s->slot[STEPPER_CREEPING].method, s->slot[1].method, d)) {
    s->slot[1].method = s->slot[STEPPER_CREEPING].method;
    s->slot[STEPPER_CREEPING].method = NULL;
  }
  for (int i = 0; i < STEPPER_SLOTS; i++)
    s->slot[i].room = stepper_has(s, i) ? s->slot[i].method->layout(a, d) : NULL;
}

static void use(stepper *s, int slot) {
  s->used = slot;
  control_start(&s->control, stepper_method(s)->estimate);
  stepper_restart(s);
}

/* Errors along a valley are small and forgotten. */
static double tol_of(int slot, double tol) {
  return slot == STEPPER_CREEPING ? RODAS_CREEPING * tol : tol;
}

void stepper_start(stepper *s, const field *f, double tol) {
  s->f = *f;
  s->tol = fmax(tol, STEPPER_SHARPEST);
  tol = s->tol;
  s->work = (stepper_work){0, 0};
  s->conserving = stepper_has(s, 1);
  s->keep = 1.0;
  for (int i = 0; i < STEPPER_SLOTS; i++)
    if (stepper_has(s, i)) s->slot[i].local_tol = s->slot[i].method->local_tol(tol_of(i, tol));
  use(s, 0);
}

stepper_mark stepper_swap(stepper *s, int slot) {
  stepper_mark before = {s->used, s->control};
  use(s, slot);
  return before;
}

void stepper_begin_with(stepper *s, const method *which) {
  for (int i = 0; i < STEPPER_SLOTS; i++)
    if (s->slot[i].method == which) use(s, i);
}

void stepper_undo(stepper *s, stepper_mark before) {
  s->used = before.used;
  s->control = before.control;
}

void stepper_restart(stepper *s) {
  s->control.failures = 0;
  stepper_method(s)->restart(s);
}

double stepper_rate(const stepper *s, mat Z, mat A) {
  double u = mat_norm_fro(field_U(&s->f, Z)), v = mat_norm_fro(field_V(&s->f, Z));
  double sigma = s->f.r ? s->f.sigma[0] : 0.0;
  return sigma * sigma * (u * u + v * v) + mat_norm_fro(A) + s->f.weight_decay;
}

/* Where the loss bends a first step that is too long has nothing before it to be judged by: there
 * it stays as short as the bound says. */
double stepper_first(const stepper *s, mat Z, mat A, double lam) {
  double bound = stepper_rate(s, Z, A), rate = lam + mat_norm_fro(A) + s->f.weight_decay;
  if (s->f.loss || !(rate < bound)) rate = bound;
  return STEPPER_FIRST * pow(fmin(stepper_local_tol(s), 1.0), s->control.power) / rate;
}

double stepper_slowest(const stepper *s) {
  const method *m = stepper_method(s);
  return m->slowest && !(s->f.weight_decay > 0.0) ? m->slowest(s) : 0.0;
}

double stepper_fastest(const stepper *s) {
  const method *m = stepper_method(s);
  return m->fastest ? m->fastest(s) + 2.0 * s->f.weight_decay : 0.0;
}

/* (2 (L - L*) + w ||Z||^2)^1/2, without weight decay and of the squared loss ||E||, and the
 * round-off it can hover at. */
static double objective_norm(stepper *s, mat Z, double *round) {
  double u = mat_norm_fro(field_U(&s->f, Z)), v = mat_norm_fro(field_V(&s->f, Z));
  double sigma = s->f.r ? s->f.sigma[0] : 0.0, decays = sqrt(s->f.weight_decay) * hypot(u, v);
  *round = ARRIVAL_HOVERING * DBL_EPSILON * (mat_norm_fro(s->f.Yt) + sigma * u * v + decays);
  field_error(&s->f, Z, s->E);
  double error = s->f.loss ? sqrt(2.0 * field_excess(&s->f, Z, s->E)) : mat_norm_fro(s->E);
  return hypot(error, decays);
}

/* The objective, without weight decay the excess, never grows along a flow. A step that makes it
 * grow is too long, whatever its estimate: at a saddle, or where parts of E that had vanished come
 * back at the size of the tolerance. */
static void judge_objective(stepper *s, mat Z, mat out, double *err) {
  double round, before = objective_norm(s, Z, &round), after = objective_norm(s, out, &round);
  if (after > before + round) stepper_shorten(s, STEPPER_UPHILL, err);
}

status stepper_try(stepper *s, mat Z, double h, mat out, double *err, const tick *t) {
  *err = NAN;
  s->keep = field_keep(&s->f, h);
  status done = stepper_method(s)->attempt(s, Z, h, out, err, t);
  if (done == STATUS_OK && *err <= 1.0) judge_objective(s, Z, out, err);
  return done;
}

void stepper_accept(stepper *s) { stepper_method(s)->accept(s); }

status stepper_again(stepper *s, mat Z, double h, mat out, double *err, const tick *t) {
  stepper_work kept = s->work;
  *err = NAN;
  s->keep = field_keep(&s->f, h);
  status done = stepper_method(s)->again(s, Z, h, out, err, t);
  if (done == STATUS_OK && *err <= 1.0) judge_objective(s, Z, out, err);
  s->work = kept;
  return done;
}

stepper_aside stepper_hold(stepper *s) {
  stepper_aside kept = {s->work, s->control};
  if (stepper_method(s)->hold) stepper_method(s)->hold(s);
  return kept;
}

void stepper_release(stepper *s, stepper_aside kept) {
  stepper_method(s)->release(s);
  s->work = kept.work;
  s->control = kept.control;
}

status stepper_infinite(stepper *s, mat Z, mat out, double *err, const tick *t) {
  *err = NAN;
  return stepper_method(s)->infinite(s, Z, out, err, t);
}

double stepper_bar(double bar, double most) { return bar / (1.0 + bar / most); }

double stepper_error(const stepper *s, mat Z, mat out, const double diff[2], double tol) {
  return control_error(&s->f, s->keep, Z, out, diff, tol);
}

double stepper_difference(stepper *s, mat Z, mat out, double tol) {
  mat_axpy(-1.0, out, s->low);
  double diff[] = {mat_max_abs(field_U(&s->f, s->low)), mat_max_abs(field_V(&s->f, s->low))};
  return stepper_error(s, Z, out, diff, tol);
}

void stepper_shorten(const stepper *s, double ratio, double *err) {
  double far = ratio > 1.0 ? pow(ratio, 1.0 / s->control.power) : 0.0;
  if (far > *err) *err = far;
}
