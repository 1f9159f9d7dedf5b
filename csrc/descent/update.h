/* csrc/descent/update.h: what a method of descent is to the descent: one const record of facts and
 * functions. A new one is a file with its record, and its name in the list at the end.
 * SPDX-License-Identifier: MIT */
#ifndef LINNET_DESCENT_UPDATE_H
#define LINNET_DESCENT_UPDATE_H

#include "model/field.h"
#include "num/arena.h"
#include "num/status.h"

typedef struct descent descent;

enum { UPDATE_OPTIONS = 3 };

/* Functions see the descent that uses them, and in it their own room (d->room). */
typedef struct update {
  const char *name;
  /* Options of problem:descend that it alone, or with others, uses; NULL at the end. */
  const char *options[UPDATE_OPTIONS];
  bool gathers;   /* a velocity: steps approximate the flow over eta / (1 - momentum) in the end */
  bool no_flow;   /* steps that do not see the size of the loss: they follow no gradient flow, and
                   * no eta is stable because it is small */
  bool squared;   /* it solves with K, and so is of the squared loss alone */
  bool by_sample; /* it sees single rows of the data: W, Y and a batch */
  /* Times lam, the largest stable step at a minimum where lam is the largest eigenvalue; NULL: 2.
   */
  double (*stable)(double momentum);
  /* Its room, zeroed: run twice, counting (NULL comes back) and placing; NULL: it needs none. n:
   * rows of X, batch: samples a step, 0 unless by_sample. */
  void *(*layout)(arena *a, dims d, int n, int batch);
  /* The first step comes next; NULL: nothing to do. */
  void (*start)(descent *d);
  /* One step of size d->eta from d->Z, where d->E is the error, to d->Z. Unless OK it was not
   * done, and nothing moved; PAUSED: the tick asked. */
  status (*step)(descent *d, const tick *t);
} update;

/* All of them, in the order of the documentation. */
#define DESCENT_METHODS(one)                                                                       \
  one(gd) one(heavy_ball) one(nesterov) one(sgd) one(normalized) one(sam) one(muon)                \
      one(gauss_newton)
#define METHOD(name) extern const update update_##name;
DESCENT_METHODS(METHOD)
#undef METHOD
/* The same, NULL at the end. */
extern const update *const descent_methods[];
/* NULL: there is none of that name. */
const update *update_named(const char *name);

#endif
