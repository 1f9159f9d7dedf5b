/* csrc/model/problem.h: the data reduction, mathematics.md section 2. Thin SVD X = W diag(sigma)
 * Phi1^T cut at the numerical rank r; reduced target Yt = W^T Y; L* = 1/2 ||Y - W Yt||^2 from
 * residuals. Of another loss Yt is what pulls at Theta = 0, W^T R(0).
 * SPDX-License-Identifier: MIT */
#ifndef LINNET_MODEL_PROBLEM_H
#define LINNET_MODEL_PROBLEM_H

#include "loss/optimum.h"
#include "model/field.h"
#include "num/arena.h"
#include "num/lapack.h"
#include "num/thin.h"

/* Which loss: none is the squared one. */
typedef struct problem_loss {
  const loss *loss;
  double delta; /* Huber's, else 0 */
} problem_loss;

typedef struct problem {
  problem_loss of;
  int n, D, m;     /* samples, inputs, outputs */
  int q, r;        /* min(n, D), numerical rank */
  double *sigma;   /* q, decreasing; the first r count */
  mat W;           /* n x r, left singular vectors */
  mat Pt;          /* r x D, Phi1^T: right singular vectors as rows */
  mat Y;           /* n x m, the raw target */
  mat Yt;          /* r x m, reduced target */
  optimum optimum; /* of another loss than the squared one: its infimum, and whether it is met */
  mat best;        /* n x m: the outputs there, P its map; where there is no minimum those whose
                      loss is least in the limit (decided.h), p NULL where that is 0 */
  bool attained;   /* there is a minimum */
  mat Py, Rt;      /* Yt = Py diag(sy) Rt: r x s, s x m, s = min(r, m) */
  double *sy;      /* s */
  double optimal_loss; /* L* */
  double kappa;        /* lambda_1/lambda_r of X^T X = (sigma_1/sigma_r)^2 */
} problem;

/* Scratch of problem_solve, free afterwards. */
typedef struct problem_work {
  thin_work thin;
  optimum_work optimum;
  mat residual; /* n x m */
  mat small, small_spare;
  lapack_work lapack;
  const tick *ask; /* NULL, or asked in a large SVD and while the optimum is looked for */
} problem_work;

void problem_layout(arena *a, problem *p, int n, int D, int m, problem_loss of);
/* The SVD by up to `hands` threads, which decide no bit. */
void problem_work_layout(arena *a, problem_work *w, int n, int D, int m, problem_loss of,
                         int hands);

/* X n x D, Y n x m, finite. Singular values <= rank_tol sigma_1 count as zero.
 * SINGULAR when X is zero (rank 0), OVERFLOW when sigma_1 is no double. O(n D min(n, D)) time, and
 * n D + O(min(n, D)^2 + n m) numbers; of another loss than the squared one what optimum.h takes.
 */
status problem_solve(problem *p, problem_work *w, mat X, mat Y, double rank_tol);

/* The problem of which W (n x r), sigma (r x 1), Pt (r x D) and Y (n x m) were kept: what follows
 * from them follows by the same operations, and so with the same bits. */
status problem_restore(problem *p, problem_work *w, mat W, mat sigma, mat Pt, mat Y);
/* Whether both are the same to the bit. */
bool problem_same(const problem *p, const problem *q);

static inline int problem_k(const problem *p) { return p->r + p->m; }
static inline dims problem_dims(const problem *p, int kp) {
  return (dims){.r = p->r, .m = p->m, .kp = kp, .n = p->of.loss ? p->n : 0};
}
/* The room is the caller's own, of problem_dims; a flow or a descent that is given the field takes
 * one of its own. */
field problem_field(const problem *p, const field_room *room);
/* Theta = Phi1 diag(1/sigma) P (D x m) of a P (r x m). */
void problem_map(const problem *p, mat P, mat out);
/* Theta_hat, the minimizer of least norm, where there is one: P = Yt of the squared loss. */
void problem_min_norm(const problem *p, mat out);

#endif
