/* csrc/num/random.h: counter-based random numbers, Philox4x64-10 keyed by (seed, stream), the raw
 * words equal to numpy.random.Philox; one word per uniform and per normal, nothing cached.
 * SPDX-License-Identifier: MIT */
#ifndef LINNET_NUM_RANDOM_H
#define LINNET_NUM_RANDOM_H

#include <stdint.h>

#include "num/dense.h"

typedef struct philox {
  uint64_t key[2];     /* seed, stream */
  uint64_t counter[4]; /* of the block in buffer; incremented before each block */
  uint64_t buffer[4];
  int used; /* words of buffer already handed out; 4 when empty */
} philox;

/* Streams by purpose: the same seed for data and weights never gives the same words.
 * User streams (linnet.random(seed, stream)) are stream + STREAM_USER. */
enum {
  STREAM_X = 1,
  STREAM_THETA,
  STREAM_NOISE,
  STREAM_WEIGHTS,
  STREAM_V,
  STREAM_C,
  STREAM_FRAME,
  STREAM_SGD,
  STREAM_SPLIT,
  STREAM_START,
  STREAM_LABEL,
  STREAM_LANCZOS,
  STREAM_TASK
};
#define STREAM_USER ((uint64_t)1 << 32)

philox philox_make(uint64_t seed, uint64_t stream);
uint64_t philox_word(philox *g);
/* How many words were drawn, and as if n had been drawn: the place in the stream, below 2^63. */
uint64_t philox_drawn(const philox *g);
void philox_seek(philox *g, uint64_t n);
double random_uniform(philox *g); /* [0, 1), 53 bits, one word */
double random_normal(philox *g);  /* N(0, 1) by inversion (Wichura's AS241), one word */
/* chi-square of dof > 0 degrees of freedom, up to 1e15 and beyond without losing its spread */
double random_chi2(philox *g, double dof);
double random_chi(philox *g, double dof);                /* sqrt of it */
int64_t random_integer(philox *g, int64_t a, int64_t b); /* a..b, unbiased */
/* The lower trapezoidal factor of a Wishart matrix of dof degrees of freedom (Bartlett 1933), any
 * real dof > a.cols - 1: normals below the diagonal, column by column, then the chis on it. */
void random_bartlett(philox *g, double dof, mat a);
void random_fill_normal(philox *g, mat a, double sd); /* column by column */
void random_fill_uniform(philox *g, mat a, double lo, double hi);

#endif
