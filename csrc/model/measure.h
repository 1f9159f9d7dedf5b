/* csrc/model/measure.h: what can be measured of a state, one row each: the method state:<name>,
 * what record, ensemble and sweep know by that name, and how run:plot draws it all follow from the
 * row. SPDX-License-Identifier: MIT */
#ifndef LINNET_MODEL_MEASURE_H
#define LINNET_MODEL_MEASURE_H

#include "model/state.h"

typedef struct measure {
  const char *name;
  bool log;       /* drawn over a logarithmic axis */
  bool elsewhere; /* it can be asked of the data of another problem */
  enum {
    MEASURE_MAP,
    MEASURE_WHOLE,
    MEASURE_OWN
  } of; /* what it sees of a folded state (fold.h):
         * Y alone for L; an L that Y tells; the L of the hidden units of the start */
  /* one of them: a number, or min(r, m) numbers */
  double (*number)(const state *s, state_work *w);
  status (*column)(const state *s, state_work *w, double *out);
} measure;

extern const measure measures[]; /* name NULL at the end */

const measure *measure_named(const char *name); /* NULL: there is none */
static inline int measure_columns(const measure *m, const problem *p) {
  return m->column ? p->Py.cols : 1;
}
status measure_take(const measure *m, const state *s, state_work *w, double *out);

#endif
