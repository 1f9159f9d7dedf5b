/* csrc/model/alignment.c: how far the learned map has the target's singular vectors (see state.h).
 * SPDX-License-Identifier: MIT */
#include <float.h>
#include <math.h>

#include "model/state.h"
#include "num/blas.h"

static int most(int a, int b) { return a > b ? a : b; }

/* Sum of the singular values of a, which is destroyed. */
static status nuclear(state_work *w, mat a, double *sum) {
  int q = a.rows < a.cols ? a.rows : a.cols;
  *sum = mat_norm_fro(a);
  if (q <= 1) return STATUS_OK;
  status s = lapack_singular_values(&w->lapack, a, w->group);
  *sum = 0.0;
  for (int i = 0; i < q; i++) *sum += w->group[i];
  return s;
}

/* Of the target's modes first .. first + g - 1 with bases P_G, R_G:
 * |tr(P_G^T M R_G)| / max(||M R_G||_*, ||P_G^T M||_*), M in w->P. For one mode the cosine between
 * M v and u, or M^T u and v, whichever is less. It is at most 1, and 1 where P_G and R_G, turned
 * alike, hold singular vectors of M: no choice of basis among equal values enters. */
static status cosine(const problem *p, state_work *w, int first, int g, double noise, double *out) {
  mat left = mat_cols(p->Py, first, g), right = mat_rows(p->Rt, first, g);
  mat MR = mat_cols(w->A, 0, g), PM = mat_rows(w->E, 0, g);
  blas_gemm('N', 'T', 1.0, w->P, right, 0.0, MR);
  blas_gemm('T', 'N', 1.0, left, w->P, 0.0, PM);
  double trace = 0.0, a, b;
  for (int i = 0; i < g; i++) trace += mat_dot(mat_cols(left, i, 1), mat_cols(MR, i, 1));
  status s = nuclear(w, MR, &a);
  if (s == STATUS_OK) s = nuclear(w, PM, &b);
  if (s != STATUS_OK) return s;
  *out = fmax(a, b) > g * noise ? fmin(fabs(trace) / fmax(a, b), 1.0) : 0.0;
  return s;
}

/*** How far the learned map M = diag(sigma) U1 V' has the singular vectors u_i, v_i of the reduced
target Yt: the lesser of the cosines |u_i' M v_i| / ||M v_i|| and |u_i' M v_i| / ||M' u_i||, from 0
to 1, and 1 where M is aligned. Equal singular values of Yt are one group with one number, which no
choice of basis changes: |tr(P'M R)| / max(||M R||_*, ||P'M||_*), P and R the group's vectors. It is
0 where that singular value of Yt, or all of M on the mode, is round-off.
@function state:alignment
@treturn matrix min(rank, m) x 1, in the order of Yt's singular values
@usage
local p = linnet.problem(linnet.eye(3), linnet.ones(3, 2))
print(p:init("gaussian", {h = 10, seed = 1}):alignment()) */
status state_alignment(const state *s, state_work *w, double *values) {
  const problem *p = s->o->p;
  mat V = state_V(s), U = mat_sub(w->SZ, 0, 0, p->r, s->L.cols);
  mat_copy(U, state_U(s));
  mat_scale_rows(U, p->sigma);
  blas_gemm('N', 'T', 1.0, U, V, 0.0, w->P);
  double noise = 4.0 * s->o->kp * DBL_EPSILON * mat_norm_fro(U) * mat_norm_fro(V);
  int count = p->Py.cols;
  double top = count ? p->sy[0] : 0.0, zero = most(p->r, p->m) * DBL_EPSILON * top;
  for (int i = 0, g; i < count; i += g) {
    double value = 0.0;
    for (g = 1; i + g < count && p->sy[i + g - 1] - p->sy[i + g] <= 1e-12 * top;) g++;
    if (p->sy[i] > zero) {
      status done = cosine(p, w, i, g, noise, &value);
      if (done != STATUS_OK) return done;
    }
    for (int j = 0; j < g; j++) values[i + j] = value;
  }
  return STATUS_OK;
}
