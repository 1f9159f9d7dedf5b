/* csrc/flow/method.h: what an integrator is to the flow: one const record of facts and functions.
 * A new one is a file with its record, and its name in the list at the end.
 * SPDX-License-Identifier: MIT */
#ifndef LINNET_FLOW_METHOD_H
#define LINNET_FLOW_METHOD_H

#include <stdbool.h>

#include "num/arena.h"
#include "num/dense.h"
#include "num/status.h"

typedef struct stepper stepper;
typedef struct method method;

/* Functions see the stepper that uses them, and in it their own room (stepper_room). */
struct method {
  const char *name;
  const method *pair[2];  /* of "auto" alone, which has no functions: it begins with the first */
  const method *creeping; /* what takes over where the state creeps and E stays; or NULL */
  const struct tableau *tableau; /* of explicit Runge-Kutta: cheap steps, a bounded region of
                                  * stability; else NULL */
  int estimate;                  /* its error estimate is O(h^estimate) */
  bool squared;                  /* it freezes K, and so is of the squared loss alone */
  bool settles;                  /* comes to rest where E stays, with steps of any length */
  double stable;                 /* steps with h lam <= stable damp a mode; INFINITY: any */
  /* What its estimate is held against, so that errors at the end are about tol. */
  double (*local_tol)(double tol);
  /* About the microseconds of a step: only ratios matter. */
  double (*cost)(dims d);
  /* Its room: run twice, counting (NULL comes back) and placing. */
  void *(*layout)(arena *a, dims d);
  /* The next attempt begins at a state never seen. */
  void (*restart)(stepper *s);
  /* As stepper_try, stepper_accept and stepper_again. */
  status (*attempt)(stepper *s, mat Z, double h, mat out, double *err, const tick *t);
  void (*accept)(stepper *s);
  status (*again)(stepper *s, mat Z, double h, mat out, double *err, const tick *t);
  /* Around steps beside the trajectory, which begin with restart: what is known of the last
   * accepted step is put aside and comes back. hold may be NULL. */
  void (*hold)(stepper *s), (*release)(stepper *s);
  /* As stepper_infinite; NULL: it knows no step to t = infinity. */
  status (*infinite)(stepper *s, mat Z, mat out, double *err, const tick *t);
  /* Smallest and largest eigenvalue of K near the last accepted state; 0, or NULL: not known. */
  double (*slowest)(const stepper *s), (*fastest)(const stepper *s);
};

/* All of them, in the order of the documentation. */
#define FLOW_METHODS(one) one(auto) one(expo2) one(expo4) one(dopri5) one(dop853) one(rodas4)
#define METHOD(name)      extern const method method_##name;
FLOW_METHODS(METHOD)
#undef METHOD
/* The same, NULL at the end. */
extern const method *const flow_methods[];
/* NULL: there is none of that name. */
const method *method_named(const char *name);

#endif
