/* csrc/flow/stepper.h: one step by whichever method is in use, with its error in units of the
 * tolerance and the size of the next: all that the flow sees of integrators.
 * SPDX-License-Identifier: MIT */
#ifndef LINNET_FLOW_STEPPER_H
#define LINNET_FLOW_STEPPER_H

#include <stdbool.h>
#include <stdint.h>

#include "flow/control.h"
#include "flow/method.h"
#include "num/arena.h"
#include "num/status.h"

/* What was computed for the trajectory, counted beside each call: failed attempts are in it, states
 * in between are not, so that it does not depend on what is recorded. */
typedef struct stepper_work {
  int64_t evaluations, eigenproblems;
} stepper_work;

/* auto has two methods, the others one; the last slot is for states that creep, or empty. */
enum { STEPPER_CREEPING = 2, STEPPER_SLOTS };

typedef struct stepper_slot {
  const method *method;
  void *room;
  double local_tol;
} stepper_slot;

struct stepper {
  field f;
  double tol;      /* the user's */
  control control; /* control.h is the next step to try */
  stepper_work work;
  bool conserving;                  /* explicit steps conserve the imbalance too */
  double keep;                      /* what weight decay leaves of a state in the attempt */
  mat low;                          /* k x k': the other state of an estimate */
  mat E;                            /* r x m: scratch */
  stepper_slot slot[STEPPER_SLOTS]; /* rooms are for methods alone */
  int used;                         /* the slot in use */
};

/* Rooms for a method; for auto those of both of its pair. Only where k' < r can K be singular, and
 * a state creep along while E stays. */
void stepper_layout(arena *a, stepper *s, dims d, const method *which);
/* Whether this method goes along as many columns as there are outputs, where those tell the others
 * (fold.h), by steps that are much cheaper. */
bool stepper_folds(dims d, const method *which);
/* Begins with the method of the layout, or with the first of its pair. */
void stepper_start(stepper *s, const field *f, double tol);

/* The method in use. */
static inline const method *stepper_method(const stepper *s) { return s->slot[s->used].method; }
/* What its estimates are held against. */
static inline double stepper_local_tol(const stepper *s) { return s->slot[s->used].local_tol; }
/* The rest is for methods: their own room. */
static inline void *stepper_room(const stepper *s) { return s->slot[s->used].room; }

/* There is a method in a slot. */
static inline bool stepper_has(const stepper *s, int slot) { return s->slot[slot].method != NULL; }
/* To the method of another slot; the result undoes it. */
typedef struct stepper_mark {
  int used;
  control control;
} stepper_mark;
stepper_mark stepper_swap(stepper *s, int slot);
/* The slot that holds a method is in use from the start; no slot does: as it is. */
void stepper_begin_with(stepper *s, const method *which);
void stepper_undo(stepper *s, stepper_mark before);
/* Forgets the last step: the next begins somewhere else. */
void stepper_restart(stepper *s);

/* sigma_1^2 ||Z||^2 + ||A|| + w >= ||K|| + ||A|| + w: no time scale of the flow is shorter than 1
 * over it. */
double stepper_rate(const stepper *s, mat Z, mat A);
/* A first step of half of tol^1/p / (lam + ||A|| + w), lam about ||K||: rescaling weights and time
 * rescales it. */
double stepper_first(const stepper *s, mat Z, mat A, double lam);
/* Rates of E near the last accepted state, eigenvalues of K + 2w, where the method in use knows
 * them; else 0. With weight decay E does not vanish, whatever its slowest: 0. */
double stepper_slowest(const stepper *s);
double stepper_fastest(const stepper *s);

/* A step h from Z to out; err <= 1 means good. The state of the stepper stays that of the last
 * accepted step, whatever comes back. */
status stepper_try(stepper *s, mat Z, double h, mat out, double *err, const tick *t);
/* The last attempt becomes the accepted step. */
void stepper_accept(stepper *s);
/* A step 0 < h <= the accepted one from where that began, judged as any but not counted; for the
 * expo methods with a kernel of its own midpoint: that of the longer step would spoil the accuracy.
 */
status stepper_again(stepper *s, mat Z, double h, mat out, double *err, const tick *t);
/* Around any steps beside the trajectory, the first after stepper_restart: the next step of the
 * trajectory and all counts are as if they had not been. */
typedef struct stepper_aside {
  stepper_work work;
  control control;
} stepper_aside;
stepper_aside stepper_hold(stepper *s);
void stepper_release(stepper *s, stepper_aside kept);
/* A step to t = infinity where slowest is known, judged against the user's tolerance itself; err is
 * infinite where E does not vanish there. */
status stepper_infinite(stepper *s, mat Z, mat out, double *err, const tick *t);

/* For methods. A bar that never is rougher than estimates are good for, which is `most`. */
double stepper_bar(double bar, double most);
/* Error of out, given max|difference| in U and in V, relative to the states that a step connects:
 * the one before as it has decayed. */
double stepper_error(const stepper *s, mat Z, mat out, const double diff[2], double tol);
/* The same against s->low, which is spent. */
double stepper_difference(stepper *s, mat Z, mat out, double tol);
/* A step that goes `ratio` times too far for the imbalance, whatever its error: with the
 * controller's power the next is shorter by that ratio. A nan stays one. */
void stepper_shorten(const stepper *s, double ratio, double *err);

#endif
