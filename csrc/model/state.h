/* csrc/model/state.h: a state of the network in reduced coordinates, mathematics.md section 2.
 * Z = [U1; V] = L O^T; L moves, everything in origin stays for the whole life of a trajectory.
 * SPDX-License-Identifier: MIT */
#ifndef LINNET_MODEL_STATE_H
#define LINNET_MODEL_STATE_H

#include <stdint.h>

#include "model/fold.h"
#include "model/hessian.h"
#include "model/imbalance.h"
#include "model/problem.h"

/* What gradient flow and descent never change. */
typedef struct origin {
  const problem *p;
  const char *kind; /* name of the start; "matrices" when U and V were given */
  double h;         /* hidden width, INFINITY in the wide limit */
  int kp;           /* k' = min(h, k): columns of L */
  int task;         /* 1: a start; of a state that another problem continued, one more */
  uint64_t seed;
  double s_u, s_v; /* standard deviations of the entries; nan where the law has none */
  bool sampled;    /* U2 is independent Gaussian of deviation s_u: the exact law applies */
  bool explicit;   /* O and U2 are of all h hidden units */
  mat L0;          /* k x k', the start */
  mat G0;          /* k' x k', L0^T J L0 */
  mat R;           /* pr x k': C = U2(0) O = F R; pr = 0 where C = 0 */
  mat F;           /* D x pr, orthonormal columns off Phi1; p NULL: not drawn yet */
  /* Explicit states: h x k' and D x h, else p NULL. Of a state that another problem continued,
   * those of the hidden directions along which the weights are known. */
  mat O, U2;
  /* What of U2(0) was not drawn: in `free` more hidden directions, along inputs that no problem has
   * seen, entries N(0, s_n^2); free infinite: rows orthogonal, of length s_n; s_n nan: not known.
   * Its mean square norm, 0 where that is infinite or not known. */
  double free, s_n, rest;
} origin;

/* What an origin of kp columns and pr frame rows owns; hidden > 0 adds O and U2 of so many. */
void origin_layout(arena *a, origin *o, const problem *p, int kp, int pr, int hidden,
                   bool keep_frame);
/* L0 stands: what belongs to it follows. */
void origin_begin(origin *o);

typedef struct state {
  const origin *o;
  mat L;               /* k x k' */
  double t;            /* time of the flow, or of that which descents approximate */
  int64_t k;           /* steps of descents that led here */
  double decay;        /* U2 is decay times that of the start: 1 without weight decay */
  double weight_decay; /* w of the run that led here, 0 at a start */
  /* Where the state is folded; else Y.p is NULL. L.p may be NULL then, and is any that Y tells. */
  mat Y; /* k x m */
  fold of;
  double tol; /* of the flow that led here */
  bool own;   /* L is that of the hidden units of the start, not only up to a rotation */
} state;

/* Buffers of the functions below, for one problem and k'. */
typedef struct state_work {
  mat E, A; /* r x m */
  field_room room;
  mat SZ, LR;      /* k x k', k x pr */
  mat G;           /* k' x k': L^T J L (destroyed by its spectrum) */
  double *values;  /* k' */
  mat T;           /* (r + pr) x m */
  mat P;           /* r x m, U1 V^T */
  mat VV;          /* m x m */
  mat UU, UU0;     /* r x r */
  double *s;       /* min(r + pr, m) */
  double *group;   /* min(r, m) */
  hessian hessian; /* for one eigenvalue */
  lanczos lanczos;
  hessian few_hessian; /* of folded states, where there can be some */
  lanczos few_lanczos;
  fold_room folding;
  mat columns;     /* k x 2m */
  const tick *ask; /* or NULL: between the products of long work, which is nan where it stops */
  lapack_work lapack;
} state_work;

void state_work_layout(arena *a, state_work *w, const origin *o);

static inline mat state_U(const state *s) { return mat_rows(s->L, 0, s->o->p->r); } /* r x k' */
static inline mat state_V(const state *s) {                                         /* m x k' */
  return mat_rows(s->L, s->o->p->r, s->o->p->m);
}

/* Whether states of this origin can be folded so that it pays. */
static inline bool origin_may_fold(const origin *o) {
  return !o->O.p && o->R.rows == 0 && 2 * o->p->m <= o->p->r && 2 * o->p->m < o->kp;
}

static inline dims state_dims(const state *s) { return problem_dims(s->o->p, s->o->kp); }

/* The state by what tells its map: with Y for L where it is folded. E, the map, rate and distance
 * are the same, and U2 moves in none. */
static inline state state_by_map(const state *s) {
  state seen = *s;
  if (s->Y.p) seen.L = s->Y;
  return seen;
}

/* L - L* at the state. */
double state_excess(const state *s, state_work *w);
/* ||Theta - Theta_hat||, Frobenius (spectral = false) or spectral, from the reduced parts:
 * the matrix [diag(1/sigma) E; R V^T] has the same singular values. Of another loss than the
 * squared one Theta_hat is its minimizer of least norm; nan where there is none. */
double state_distance(const state *s, state_work *w, bool spectral);
/* The min(r + pr, m) singular values of Theta = U V^T into w->s: those of [U1 V^T; R V^T]. */
status state_map_values(const state *s, state_work *w);
/* ||Z U2^T||_F = hypot(||U1 U2^T||, ||V U2^T||): 0 on the invariant set and only there. */
double state_perpendicular(const state *s, state_work *w);
/* L + w/2 (||U||^2 + ||V||^2); what of U2 was not drawn counts with its mean. */
double state_objective(const state *s, state_work *w);
/* The imbalance Lambda: the k' eigenvalues of L^T J L, decreasing, into w->values, and from them
 * the rest. */
status state_imbalance(const state *s, state_work *w, imbalance *out);
/* UU <- diag(sigma) U1 U1^T diag(sigma), VV <- V V^T: K = V V^T (x) diag(sigma)^2 + I (x) UU. */
void state_kernel_parts(const problem *p, mat L, mat UU, mat VV);
/* How far M = diag(sigma) U1 V^T has the singular vectors u_i, v_i of Yt: the lesser of |cos(M v_i,
 * u_i)| and |cos(M^T u_i, v_i)|, of equal singular values of Yt together one number; 0 where the
 * value of Yt, or all that M does to the mode, is round-off. min(r, m) values. In alignment.c. */
status state_alignment(const state *s, state_work *w, double *values);
/* The kernel in the reduced basis, rm x rm, index (i, j) of E at i + j r. */
void state_kernel_reduced(const state *s, state_work *w, mat K);
/* Theta = U V^T into out (D x m); needs o->F where pr > 0, but no columns where R is 0. */
void state_theta(const state *s, state_work *w, mat out);
/* U = Phi1 U1 O^T + U2 (D x h) and V = V O^T (m x h) of an explicit state; scratch r x h. Of others
 * U O' (D x K) and V O' (m x K), O' (h x K) with orthonormal columns that nobody knows, all of V
 * and what is known of U: with K = state_units, and o->F where R is not 0. */
static inline int state_units(const state *s) { return s->o->O.p ? s->o->O.rows : s->o->kp; }
void state_weights_u(const state *s, mat scratch, mat out);
void state_weights_v(const state *s, mat out);

#endif
