/* csrc/flow/decaying.c: alpha_i = 1 - x sum a_ij alpha_j, and the same recursion for what stage i
 * takes of S_j Z_j (see decaying.h).
 * SPDX-License-Identifier: MIT */
#include "flow/decaying.h"

#include <math.h>
#include <stddef.h>

/* A row of n weights becomes what it takes of S_l Z_l, in terms of N: to (n of them, the factor
 * of the state it makes still missing). Returns what it takes of Z. */
static double carry(const decaying *d, double x, const double *row, int n, double *to) {
  double all = 0.0;
  for (int j = 0; j < n; j++) {
    const double *earlier = tableau_row(&d->tab, j);
    all += row[j] * d->alpha[j];
    to[j] = row[j] * d->alpha[j];
    for (int l = 0; l < j; l++) to[l] -= x * row[j] * d->alpha[j] * earlier[l];
  }
  return -x * all;
}

static double decaying_error(const decaying *d, double x, const double *e, double *to) {
  int s = d->tab.stages;
  double end = e[s] * d->alpha[s], start = carry(d, x, e, s, to) - x * end;
  to[s] = e[s];
  for (int l = 0; l < s; l++) to[l] -= x * end * d->b[l];
  return start;
}

/* What the tableau makes of e^-y. */
static double damped(const tableau *tab, double y) {
  double alpha[TABLEAU_STAGES + 1];
  for (int i = 0; i <= tab->stages; i++) {
    const double *row = i < tab->stages ? tableau_row(tab, i) : tab->b;
    alpha[i] = 1.0;
    for (int j = 0; j < i; j++) alpha[i] -= y * row[j] * alpha[j];
  }
  return alpha[tab->stages];
}

void decaying_of(decaying *d, const tableau *tab, double x, bool conserving) {
  int s = tab->stages;
  d->tab = *tab;
  d->tab.a = d->a;
  d->tab.b = d->b;
  d->tab.e = d->e;
  d->tab.e2 = tab->e2 ? d->e2 : NULL;
  for (int i = 0; i <= s; i++) {
    double *to = i < s ? d->a + i * (i - 1) / 2 : d->b;
    d->alpha[i] = 1.0 + carry(d, x, i < s ? tableau_row(tab, i) : tab->b, i, to);
    for (int j = 0; j < i; j++) to[j] /= d->alpha[i];
  }
  if (conserving) d->alpha[s] = exp(-x);
  /* Of the two modes that S couples one stays, by the tableau too, and one falls by e^-2x: the
   * group takes half of the error of that one from both. */
  d->moved = conserving ? 0.5 * fabs(damped(tab, 2.0 * x) * exp(2.0 * x) - 1.0) : 0.0;
  d->start = decaying_error(d, x, tab->e, d->e);
  d->start2 = tab->e2 ? decaying_error(d, x, tab->e2, d->e2) : 0.0;
}
