/* csrc/model/start.h: starts. Independent Gaussian weights are drawn directly in reduced form,
 * at the same cost for any width (mathematics.md section 2 "Sampling"); given U, V are reduced by
 * LQ. SPDX-License-Identifier: MIT */
#ifndef LINNET_MODEL_START_H
#define LINNET_MODEL_START_H

#include "model/state.h"

enum { START_GAUSSIAN, START_UNIFORM };

/* k' = min(h, k) for a width as a double, INFINITY allowed. */
int start_columns(const problem *p, double h);
/* Rows of C's factor R for a sampled start: min(D - r, k'). */
int start_frame_rows(const problem *p, int kp);

/* What U2 has in `free` hidden directions off the rows of Z, entries of deviation s_n (see origin),
 * and its mean square norm; `seen`: of how many directions of the inputs it has nothing. */
void start_rest(origin *o, double free, double s_n, int seen);
/* L and R (shapes set by origin_layout) of independent N(0, s_u^2), N(0, s_v^2) entries:
 * Bartlett's factor of a Wishart matrix with h degrees of freedom, any h >= 1. */
void start_sampled(origin *o);
/* U = [Ua, Ua], V = [Va, -Va], h even, so that Theta(0) = 0 (Chizat et al. 2019), at any width:
 * with Ua = La Oa^T, Va = Lb Ob^T, L = sqrt(2) diag(La, Lb), Bartlett factors of h/2 degrees of
 * freedom, and C = F R off the data, R's first columns of variance 2 s_u^2, the others 0. With
 * ku = half(h, r), kv = half(h, m): L is (r + m) x (ku + kv), R min(D - r, ku) x (ku + kv), both 0
 * before. */
static inline int start_half(double h, int rows) { return 0.5 * h < rows ? (int)(0.5 * h) : rows; }
void start_zero_output(origin *o, double s_u, double s_v);
/* L = diag(sqrt(a) I_r, sqrt(b) I_m), C = 0: the wide limit h = infinity. k' = k. */
void start_orthogonal(origin *o, double a, double b);
/* Haar frame F (D x pr) in the complement of the data, from the seed's own stream. */
typedef struct frame_work {
  mat overlap; /* r x pr */
  mat r;       /* pr x pr */
  double *tau;
  lapack_work lapack;
} frame_work;
void start_frame_layout(arena *a, frame_work *w, const origin *o);
status start_frame(frame_work *w, const origin *o, mat F);

/* Reduction of given weights: U D x h, V m x h, h a true number of columns.
 * Fills o->L0, o->R, o->F, o->O, o->U2. */
typedef struct reduce_work {
  mat Zt; /* h x k */
  mat RZ; /* k' x k */
  mat P;  /* r x h */
  mat C;  /* D x k' */
  double *tau;
  lapack_work lapack;
} reduce_work;
void start_reduce_layout(arena *a, reduce_work *w, const problem *p, int h);
status start_reduce(reduce_work *w, origin *o, mat U, mat V);
/* U <- U - U2 O O^T: the reduced part C of U2 vanishes and the start lies in the invariant set. */
void start_invariant(origin *o);
/* As above from a factored start: L k x k' into o->L0 is the caller's; C (D x k', destroyed) into
 * F, R. */
status start_complement(reduce_work *w, origin *o, mat C);

/* Explicit weights of a law: U (D x h), V (m x h), column by column from their own streams. */
void start_draw(uint64_t seed, int law, double s_u, double s_v, mat U, mat V);

#endif
