/* csrc/descent/descent.h: discrete descent in reduced coordinates: every update is a left
 * multiplication Z_k = M_k Z(0), so the width never enters (mathematics.md, section 4).
 * SPDX-License-Identifier: MIT */
#ifndef LINNET_DESCENT_DESCENT_H
#define LINNET_DESCENT_DESCENT_H

#include <stdint.h>

#include "flow/flow.h"
#include "descent/update.h"
#include "model/kernel.h"
#include "num/random.h"

typedef struct descent_spec {
  const update *method;
  double eta;          /* > 0, for the summed loss, of the first steps; or, one for each: */
  const double *etas;  /* steps of them, the caller's; NULL: eta */
  double weight_decay; /* w >= 0 of L + w/2 (||U||^2 + ||V||^2) */
  double momentum;     /* 0 <= momentum < 1, heavy ball, Nesterov and Muon */
  double rho;          /* > 0, sam */
  int batch;           /* 1..n, sgd */
  double label_noise;  /* sd of noise in every entry of Y, fresh at each step; 0: none */
  uint64_t seed;       /* sgd: stream STREAM_SGD; label noise: STREAM_LABEL */
  int64_t k0;          /* steps before these, whose label noise was drawn */
  int64_t steps;       /* of the whole descent */
  double until_excess; /* <= 0: off */
  double max_seconds;  /* <= 0 or INFINITY: none */
} descent_spec;

struct descent {
  field f;
  descent_spec spec;
  mat Z;              /* k x k' */
  int64_t k;          /* steps taken */
  double t;           /* of the flow they approximate */
  double excess;      /* L - L* at Z */
  double u2;          /* U2 is u2 times that of the start */
  flow_reason reason; /* time (all steps taken), until_excess, diverged, max_seconds, ... */
  /* for methods */
  double eta; /* of the next step */
  mat W, Y;   /* n x r, n x m: the caller's */
  mat E, A;   /* r x m */
  field_room samples;
  mat noise; /* r x m: W^T times the label noise of this step, where `noisy` */
  mat given; /* n x m: label noise that the caller gave; p NULL: none */
  bool noisy;
  philox rng;    /* of label noise */
  mat Z0, V;     /* k x k': the start; m x k': V before it moves */
  void *room;    /* the method's own */
  double t_then; /* t where eta last changed: until then sums, since then products */
  int64_t k_then;
  double limit, began; /* excess beyond which it has diverged; clock */
};

/* n: rows of X, batch: spec.batch. Run twice. */
void descent_layout(arena *a, descent *d, dims of, const update *u, int n, int batch);
/* Of the method of the layout. W (n x r) and Y (n x m, raw): of a method by sample, W alone where
 * label noise will be given; they, f's arrays and etas must outlive the descent. */
void descent_start(descent *d, const field *f, const descent_spec *spec, mat W, mat Y, mat Z0);
/* The size of the steps from here on. Each approximates the flow over a time of eta, and with
 * momentum of eta/(1 - momentum), which the velocity reaches after 1/(1 - momentum) steps. */
void descent_eta(descent *d, double eta);
/* From here on Y + Xi stands for Y (Xi n x m, the caller's), whatever spec.label_noise is. */
void descent_disturb(descent *d, mat Xi);
/* Up to count more steps. FLOW_RUNNING: call again; FLOW_INTERRUPTED: call again to go on. */
flow_reason descent_advance(descent *d, int64_t count, const tick *t);

/* For methods: out <- out + x S Z - y Z, A in S being d->A; out may be Z itself. */
void descent_push(const descent *d, double x, double y, mat Z, mat out);
/* d->E = the error at Z, with the label noise of this step in Y. */
void descent_error(descent *d, mat Z);
/* Decoupled weight decay: out <- (1 - eta w) out, and U2 likewise. */
void descent_shrink(descent *d, mat out);

/* Rooms to say afterwards what step would have been stable; only one that diverged is asked. */
typedef struct stable_eta {
  flow ahead;
  kernel_room room;
  mat Z; /* k x k' */
} stable_eta;

void stable_eta_layout(arena *a, stable_eta *w, dims d);
/* 2 / (w + max lam_max(K)), or what the method has for 2, over the start and the beginning of the
 * flow, where K grows to its size: the stiff modes that decide are the first to settle. 0: K is 0
 * there. */
double descent_stable_eta(const descent *d, stable_eta *w);

#endif
