/* csrc/model/problem.c: one SVD of the data, everything else follows (see problem.h).
 * mathematics.md section 2 "Data".
 * SPDX-License-Identifier: MIT */
#include "model/problem.h"

#include <math.h>
#include <string.h>

#include "num/blas.h"

void problem_layout(arena *a, problem *p, int n, int D, int m, problem_loss of) {
  int q = least(n, D), s = least(q, m);
  *p = (problem){.of = of, .n = n, .D = D, .m = m, .q = q, .r = q};
  p->sigma = arena_doubles(a, (size_t)q);
  p->W = arena_mat(a, n, q);
  p->Pt = arena_mat(a, q, D);
  p->Y = arena_mat(a, n, m);
  p->Yt = arena_mat(a, q, m);
  p->Py = arena_mat(a, q, s);
  p->Rt = arena_mat(a, s, m);
  p->sy = arena_doubles(a, (size_t)s);
  if (!of.loss) return;
  optimum_layout(a, &p->optimum, q, m);
  p->best = arena_mat(a, n, m);
}

void problem_work_layout(arena *a, problem_work *w, int n, int D, int m, problem_loss of,
                         int hands) {
  int q = least(n, D);
  thin_layout(a, &w->thin, n, D, hands);
  w->residual = arena_mat(a, n, m);
  w->small = arena_mat(a, q, m);
  w->small_spare = arena_mat(a, q, m);
  w->lapack = (lapack_work){0};
  for (int r = 1; r <= q; r++) lapack_want_svd(&w->lapack, r, m);
  lapack_layout(a, &w->lapack);
  w->ask = NULL;
  if (of.loss) optimum_work_layout(a, &w->optimum, of.loss, n, q, m);
}

/* Yt = Py diag(sy) Rt for the margin bound, alignment and spectral starts. */
static status target_svd(problem *p, problem_work *w) {
  int s = least(p->r, p->m);
  mat copy = mat_rows(w->small, 0, p->r), spare = mat_rows(w->small_spare, 0, p->r);
  p->Py = mat_cols(mat_rows(p->Py, 0, p->r), 0, s);
  p->Rt = mat_rows(p->Rt, 0, s);
  mat_copy(copy, p->Yt);
  return lapack_svd(&w->lapack, copy, spare, p->Py, p->sy, p->Rt);
}

/* The rank is known: what lies behind it does not count. */
static void cut(problem *p, int r) {
  p->r = r;
  p->W = mat_cols(p->W, 0, r);
  p->Pt = mat_rows(p->Pt, 0, r);
  p->Yt = mat_rows(p->Yt, 0, r);
}

/* Yt and L* of another loss than the squared one. */
static status reduce_loss(problem *p, problem_work *w) {
  const loss *l = p->of.loss;
  mat_fill(w->residual, 0.0);
  l->residual(p->of.delta, w->residual, p->Y, w->residual);
  blas_gemm('T', 'N', 1.0, p->W, w->residual, 0.0, p->Yt);
  optimum *o = &p->optimum;
  status s = optimum_find(o, &w->optimum, l, p->of.delta, p->W, p->sigma, p->Y, w->ask);
  p->optimal_loss = o->loss;
  if (s != STATUS_OK) return s;
  p->attained = o->kind == OPTIMUM_ATTAINED;
  if (p->attained) blas_gemm('N', 'N', 1.0, p->W, o->P, 0.0, p->best);
  else if (o->kind == OPTIMUM_UNATTAINED) mat_copy(p->best, w->optimum.F);
  else p->best.p = NULL;
  return s;
}

/* What follows from W, sigma and Y. */
static status reduce(problem *p, problem_work *w) {
  double ratio = p->sigma[0] / p->sigma[p->r - 1];
  p->kappa = ratio * ratio;
  if (p->of.loss) {
    status s = reduce_loss(p, w);
    return s == STATUS_OK ? target_svd(p, w) : s;
  }
  blas_gemm('T', 'N', 1.0, p->W, p->Y, 0.0, p->Yt);
  mat_copy(w->residual, p->Y);
  blas_gemm('N', 'N', -1.0, p->W, p->Yt, 1.0, w->residual);
  double norm = mat_norm_fro(w->residual);
  p->optimal_loss = p->r < p->n ? 0.5 * norm * norm : 0; /* W is square: only round-off is left */
  return target_svd(p, w);
}

/* A sample of zeros has no outputs, whatever the map: round-off in its row of W, times a map that
 * runs away, would decide it. */
static void clear_rows(mat X, mat W) {
  for (int i = 0; i < X.rows; i++)
    if (mat_max_abs(mat_rows(X, i, 1)) == 0.0) mat_fill(mat_rows(W, i, 1), 0.0);
}

status problem_solve(problem *p, problem_work *w, mat X, mat Y, double rank_tol) {
  mat_copy(p->Y, Y);
  w->thin.ask = w->ask;
  status s = thin_svd(&w->thin, X, p->W, p->sigma, p->Pt);
  if (s != STATUS_OK) return s;
  if (p->of.loss) clear_rows(X, p->W);
  if (!isfinite(p->sigma[0])) return STATUS_OVERFLOW;
  int r = 0;
  while (r < p->q && p->sigma[r] > rank_tol * p->sigma[0]) r++;
  if (r == 0) return STATUS_SINGULAR;
  cut(p, r);
  return reduce(p, w);
}

status problem_restore(problem *p, problem_work *w, mat W, mat sigma, mat Pt, mat Y) {
  cut(p, W.cols);
  mat_copy(p->W, W);
  mat_copy(mat_of(p->sigma, p->r, 1), sigma);
  mat_copy(p->Pt, Pt);
  mat_copy(p->Y, Y);
  return reduce(p, w);
}

static bool same_bits(mat a, mat b) {
  if (a.rows != b.rows || a.cols != b.cols) return false;
  for (int j = 0; j < a.cols; j++)
    if (memcmp(mat_at(a, 0, j), mat_at(b, 0, j), sizeof(double) * (size_t)a.rows)) return false;
  return true;
}

bool problem_same(const problem *p, const problem *q) {
  return p->D == q->D && p->of.loss == q->of.loss && p->of.delta == q->of.delta &&
         same_bits(p->W, q->W) && same_bits(p->Pt, q->Pt) && same_bits(p->Y, q->Y) &&
         same_bits(mat_of(p->sigma, p->r, 1), mat_of(q->sigma, q->r, 1));
}

field problem_field(const problem *p, const field_room *room) {
  field f = {.r = p->r, .m = p->m, .sigma = p->sigma, .Yt = p->Yt, .unit = 1.0};
  if (!p->of.loss) return f;
  f.loss = p->of.loss;
  f.delta = p->of.delta;
  f.W = p->W;
  f.Y = p->Y;
  f.best = p->best;
  f.attained = p->attained;
  f.least = p->optimal_loss;
  if (room) f.room = *room;
  return f;
}

void problem_map(const problem *p, mat P, mat out) {
  for (int j = 0; j < p->m; j++)
    for (int d = 0; d < p->D; d++) {
      double sum = 0.0;
      for (int i = 0; i < p->r; i++) sum += mat_get(p->Pt, i, d) * (mat_get(P, i, j) / p->sigma[i]);
      *mat_at(out, d, j) = sum;
    }
}

void problem_min_norm(const problem *p, mat out) {
  problem_map(p, p->of.loss ? p->optimum.P : p->Yt, out);
}
