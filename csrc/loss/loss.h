/* csrc/loss/loss.h: what a loss is to the rest: one const record of facts and functions of outputs
 * F = X Theta (n x m) and targets Y. A new one is a file with its record, and its name in the list
 * at the end. SPDX-License-Identifier: MIT */
#ifndef LINNET_LOSS_LOSS_H
#define LINNET_LOSS_LOSS_H

#include <stdbool.h>

#include "num/dense.h"

/* delta is Huber's alone: the others do not look at it. */
typedef struct loss {
  const char *name;
  int outputs;  /* the only m it is of; 0: any */
  bool classes; /* exponential tails: no minimum where the data are separable */
  /* NULL, or what targets must be ("entries +1 and -1"); NULL itself: any number will do. */
  const char *(*refuse)(mat Y);
  /* Sum over samples of l(F, Y). */
  double (*value)(double delta, mat F, mat Y);
  /* R = -dl/dF (n x m), each entry to relative round-off where Y is 0, 1 or -1; R may be F. */
  void (*residual)(double delta, mat F, mat Y, mat R);
  /* HX = l''(F)[X], row by row; HX may be X. */
  void (*curvature)(double delta, mat F, mat Y, mat X, mat HX);
  /* NULL: smooth; or a number for the piece of the loss that residuals R are on, whose curvature
   * jumps between pieces. */
  unsigned (*piece)(double delta, mat R);
  /* Bregman: value(F) - value(G) - <l'(G), F - G> >= 0, to relative round-off. */
  double (*divergence)(double delta, mat F, mat G, mat Y);
} loss;

#define LOSSES(one) one(squared) one(logistic) one(softmax) one(huber)
#define LOSS(name)  extern const loss loss_##name;
LOSSES(LOSS)
#undef LOSS
/* The same, NULL at the end. */
extern const loss *const losses[];
/* NULL: there is none of that name. */
const loss *loss_named(const char *name);
/* H = l''(F)[e_j] (n x m): column j of each sample's second derivative, as its row. */
void loss_bend(const loss *l, double delta, mat F, mat Y, int j, mat H);

#endif
