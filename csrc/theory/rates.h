/* csrc/theory/rates.h: rates of -d/dt log(L - L*) at a state, lower bounds, exact values, envelope:
 * mathematics.md section 6; [M21] Theorem 1, [M22] Proposition 1 and Theorem 3, [X23] envelope.
 * SPDX-License-Identifier: MIT */
#ifndef LINNET_THEORY_RATES_H
#define LINNET_THEORY_RATES_H

#include "model/field.h"
#include "model/imbalance.h"
#include "num/arena.h"

/* Each a rate of -d/dt log(L - L*), 1 / time; 0 where a bound says nothing. */
typedef struct rates {
  double instantaneous; /* exact; 0 at E = 0, where it has no value */
  double imbalance;     /* Theorem 1: 2 sigma_r^2 c, for all later times */
  double proposition1;  /* lower bound of instantaneous, now */
  double margin;        /* lower bound from now on */
  double upper;         /* upper bound of instantaneous, now */
  double envelope;      /* upper bound from now on: upper with s_1 <= (||Yt|| + ||E||)/sigma_r */
  double corollary6;    /* lower bound of the limit as E -> 0: proposition1 at s_i(Yt)/sigma_1 */
  double late;          /* 2 lam_min(K): what instantaneous tends to if the state hardly moves */
} rates;

typedef struct rates_inputs {
  field f;                /* r, m, sigma (decreasing), Yt */
  mat L;                  /* k x kp, rows U1 (r) above V (m); kp <= k = r + m */
  mat E;                  /* r x m, Yt - diag(sigma) U1 V^T */
  const double *spectrum; /* kp values of L^T J L, decreasing; the flow conserves them */
} rates_inputs;

typedef struct rates_work {
  lapack_work lapack;
  mat A;          /* r x m */
  mat SZ;         /* k x k */
  mat stack;      /* r x (r + k) */
  double *values; /* k */
} rates_work;

/* For any number of columns. */
void rates_layout(arena *a, rates_work *w, dims d);

/* T(d, s) = -d + sqrt((d + c)^2 + 4 s^2), without cancellation; 0 if all are 0. [M22] Prop. 1. */
double rates_term(double d, double c, double s);
/* 2 sigma_r^2 c. [M21] Theorem 1. */
double rates_theorem1(double sigma_r, double c);
/* sigma_r^2 (T(D+, s_m) + T(D-, s_r)), s_i = 0 beyond min(r, m). [M22] Proposition 1. */
double rates_proposition1(const imbalance *b, double sigma_r, double s_m, double s_r);
/* 2 sigma_1^2 ((l+ + sqrt(l+^2 + 4 s_1^2)) / 2 + the same of l-). [X23]. */
double rates_upper(const imbalance *b, double sigma_1, double s_1);

status rates_from(rates_work *w, const rates_inputs *in, rates *out);

#endif
