/* csrc/flow/descent.h: discrete descent in reduced coordinates: every update is a left
 * multiplication Z_k = M_k Z(0), so the width never enters (mathematics.md, section 4).
 * SPDX-License-Identifier: MIT */
#ifndef LINNET_FLOW_DESCENT_H
#define LINNET_FLOW_DESCENT_H

#include <stdint.h>

#include "flow/flow.h"
#include "model/kernel.h"
#include "num/random.h"

typedef enum descent_method {
  DESCENT_GD,         /* Z+ = (I + eta S) Z */
  DESCENT_HEAVY_BALL, /* D+ = momentum D + eta S Z, Z+ = Z + D+ */
  DESCENT_NESTEROV,   /* the same with S Z taken at Z + momentum D */
  DESCENT_SGD,        /* gd with n / batch times the gradient of a batch, a new one of the epoch */
  DESCENT_METHODS
} descent_method;

extern const char *const descent_method_names[DESCENT_METHODS]; /* "gd", "heavy_ball", ... */

typedef struct descent_spec {
  descent_method method;
  double eta;          /* > 0, for the summed loss */
  double momentum;     /* 0 <= momentum < 1, heavy ball and Nesterov */
  int batch;           /* 1..n, sgd */
  uint64_t seed;       /* sgd: stream STREAM_SGD */
  int64_t steps;       /* of the whole descent */
  double until_excess; /* <= 0: off */
  double max_seconds;  /* <= 0 or INFINITY: none */
} descent_spec;

typedef struct descent {
  field f;
  descent_spec spec;
  mat Z;              /* k x k' */
  int64_t k;          /* steps taken */
  double excess;      /* L - L* at Z */
  flow_reason reason; /* time (all steps taken), until_excess, diverged, max_seconds, ... */
  /* private */
  mat W, Y;                /* n x r, n x m: sgd only, the caller's */
  mat Z0, velocity, there; /* k x k': start, momentum's velocity, Nesterov's look-ahead */
  mat V, map;              /* m x k': V before it moves; r x m: diag(sigma) U V^T */
  mat E, A;                /* r x m */
  mat batch_W, batch_E;    /* batch x r, batch x m */
  int *order;              /* n: this epoch's permutation */
  int next;                /* where the next batch begins */
  philox rng;
  double limit, began; /* excess beyond which it has diverged; clock */
} descent;

/* n: rows of X (sgd; otherwise 0). batch: spec.batch (sgd; otherwise 0). Run twice. */
void descent_layout(arena *a, descent *d, dims of, int n, int batch);
/* W (n x r) and Y (n x m, raw) only for sgd: they and f's arrays must outlive the descent. */
void descent_start(descent *d, const field *f, const descent_spec *spec, mat W, mat Y, mat Z0);
/* Time of the flow that one step approximates: eta, and with momentum eta/(1 - momentum), which
 * the velocity reaches after 1/(1 - momentum) steps. */
double descent_clock(const descent_spec *spec);
/* Up to count more steps. FLOW_RUNNING: call again; FLOW_INTERRUPTED: call again to go on. */
flow_reason descent_advance(descent *d, int64_t count, const tick *t);

/* Rooms to say afterwards what step would have been stable; only one that diverged is asked. */
typedef struct stable_eta {
  flow ahead;
  kernel_room room;
  mat Z; /* k x k' */
} stable_eta;

void stable_eta_layout(arena *a, stable_eta *w, dims d);
/* 2 / max lam_max(K) over the start and the beginning of the flow, where K grows to its size: the
 * stiff modes that decide are the first to settle. 0: K is 0 there. */
double descent_stable_eta(const descent *d, stable_eta *w);

#endif
