/* csrc/model/state.c: what can be read off a state (see state.h).
 * Everything comes from L, E and R: no D x h object is formed and no two D x m matrices subtracted.
 * SPDX-License-Identifier: MIT */
#include "model/state.h"

#include <math.h>

#include "num/blas.h"

void origin_layout(arena *a, origin *o, const problem *p, int kp, int pr, int hidden,
                   bool keep_frame) {
  o->p = p;
  o->kp = kp;
  o->task = 1;
  o->free = o->s_n = o->rest = 0.0;
  o->L0 = arena_mat(a, problem_k(p), kp);
  o->G0 = arena_mat(a, kp, kp);
  o->R = arena_mat(a, pr, kp);
  o->F = keep_frame ? arena_mat(a, p->D, pr) : (mat){NULL, p->D, pr, p->D};
  o->O = hidden ? arena_mat(a, hidden, kp) : (mat){NULL, 0, kp, 1};
  o->U2 = hidden ? arena_mat(a, p->D, hidden) : (mat){NULL, p->D, 0, p->D};
}

void origin_begin(origin *o) { imbalance_matrix(o->p->r, o->L0, o->G0); }

void state_work_layout(arena *a, state_work *w, const origin *o) {
  int r = o->p->r, m = o->p->m, kp = o->kp, tall = r + o->R.rows, s = least(tall, m);
  *w = (state_work){0};
  w->E = arena_mat(a, r, m);
  w->A = arena_mat(a, r, m);
  field_room_layout(a, &w->room, problem_dims(o->p, kp));
  w->SZ = arena_mat(a, r + m, kp);
  w->LR = arena_mat(a, r + m, o->R.rows);
  w->G = arena_mat(a, kp, kp);
  w->values = arena_doubles(a, (size_t)kp);
  w->T = arena_mat(a, tall, m);
  w->P = arena_mat(a, r, m);
  w->VV = arena_mat(a, m, m);
  w->UU = arena_mat(a, r, r);
  w->UU0 = arena_mat(a, r, r);
  w->s = arena_doubles(a, (size_t)s);
  w->group = arena_doubles(a, (size_t)least(r, m));
  hessian_layout(a, &w->hessian, problem_dims(o->p, kp));
  lanczos_layout(a, &w->lanczos, w->hessian.order, 1);
  if (origin_may_fold(o)) {
    hessian_layout(a, &w->few_hessian, problem_dims(o->p, 2 * m));
    hessian_beside_layout(a, &w->few_hessian);
    lanczos_layout(a, &w->few_lanczos, w->few_hessian.order, 1);
    fold_open_layout(a, &w->folding, problem_dims(o->p, kp));
    w->columns = arena_mat(a, r + m, 2 * m);
  }
  lapack_want_eigh(&w->lapack, kp);
  lapack_want_svd(&w->lapack, tall, m);
  lapack_want_svd(&w->lapack, r, m);
  lapack_layout(a, &w->lapack);
}

double state_excess(const state *s, state_work *w) {
  field f = problem_field(s->o->p, &w->room);
  if (f.loss) return field_excess(&f, s->L, w->E); /* from outputs: E is not looked at */
  field_error(&f, s->L, w->E);
  double norm = mat_norm_fro(w->E);
  return 0.5 * norm * norm;
}

/* ||Z||; tr Z Z^T = ||Y||^2 + a d^2 (r - m) where it is folded. */
static double whole_norm(const state *s) {
  if (!s->Y.p) return mat_norm_fro(s->L);
  double y = mat_norm_fro(s->Y);
  return sqrt(fmax(y * y + s->of.a * s->decay * s->decay * (s->o->p->r - s->o->p->m), 0.0));
}

double state_objective(const state *s, state_work *w) {
  double z = whole_norm(s), out = mat_norm_fro(s->o->U2.p ? s->o->U2 : s->o->R);
  double size = z * z + s->decay * s->decay * (out * out + s->o->rest);
  double value = s->o->p->optimal_loss + state_excess(s, w);
  return s->weight_decay > 0.0 ? value + 0.5 * s->weight_decay * size : value;
}

double state_perpendicular(const state *s, state_work *w) {
  if (s->o->R.rows == 0) return 0.0;
  blas_gemm('N', 'T', 1.0, s->L, s->o->R, 0.0, w->LR);
  return fabs(s->decay) * mat_norm_fro(w->LR);
}

/* The rows of w->T below the first r: decay R V^T = F^T U2 V^T, those of so many rows of R. */
static mat outside(const state *s, state_work *w, int rows) {
  mat tail = mat_rows(w->T, s->o->p->r, rows);
  if (rows) blas_gemm('N', 'T', s->decay, mat_rows(s->o->R, 0, rows), state_V(s), 0.0, tail);
  return tail;
}

/* w->T = [diag(1/sigma) E; R V^T]: Theta_hat - Theta in an orthonormal basis, up to signs. */
static void gap(const state *s, state_work *w) {
  const problem *p = s->o->p;
  field f = problem_field(p, &w->room);
  field_gap(&f, s->L, w->E);
  for (int j = 0; j < p->m; j++)
    for (int i = 0; i < p->r; i++) *mat_at(w->T, i, j) = mat_get(w->E, i, j) / p->sigma[i];
  outside(s, w, s->o->R.rows);
}

double state_distance(const state *s, state_work *w, bool spectral) {
  gap(s, w);
  if (!spectral) return mat_norm_fro(w->T);
  if (lapack_singular_values(&w->lapack, w->T, w->s) != STATUS_OK) return NAN;
  return w->s[0];
}

status state_map_values(const state *s, state_work *w) {
  blas_gemm('N', 'T', 1.0, state_U(s), state_V(s), 0.0, mat_rows(w->T, 0, s->o->p->r));
  outside(s, w, s->o->R.rows);
  return lapack_singular_values(&w->lapack, w->T, w->s);
}

status state_imbalance(const state *s, state_work *w, imbalance *out) {
  const origin *o = s->o;
  status done = imbalance_spectrum(&w->lapack, o->p->r, s->L, w->G, w->values);
  *out = imbalance_of(w->values, o->kp, o->p->r, o->p->m);
  return done;
}

void state_kernel_parts(const problem *p, mat L, mat UU, mat VV) {
  blas_syrk('N', 1.0, mat_rows(L, 0, p->r), 0.0, UU);
  mat_scale_rows(UU, p->sigma);
  mat_scale_cols(UU, p->sigma);
  blas_syrk('N', 1.0, mat_rows(L, p->r, p->m), 0.0, VV);
}

void state_kernel_reduced(const state *s, state_work *w, mat K) {
  const problem *p = s->o->p;
  int r = p->r;
  state_kernel_parts(p, s->L, w->UU, w->VV);
  for (int a = 0; a < p->m; a++)
    for (int b = 0; b < p->m; b++) {
      mat block = mat_sub(K, a * r, b * r, r, r);
      mat_fill(block, 0.0);
      if (a == b) mat_copy(block, w->UU);
      for (int i = 0; i < r; i++)
        *mat_at(block, i, i) += mat_get(w->VV, a, b) * p->sigma[i] * p->sigma[i];
    }
}

void state_theta(const state *s, state_work *w, mat out) {
  const origin *o = s->o;
  blas_gemm('N', 'T', 1.0, state_U(s), state_V(s), 0.0, w->P);
  blas_gemm('T', 'N', 1.0, o->p->Pt, w->P, 0.0, out);
  int rows = least(o->R.rows, o->F.cols); /* a frame of fewer columns: the other rows are 0 */
  if (rows == 0) return;
  blas_gemm('N', 'N', 1.0, mat_cols(o->F, 0, rows), outside(s, w, rows), 1.0, out);
}

void state_weights_u(const state *s, mat scratch, mat out) {
  const origin *o = s->o;
  if (o->O.p) {
    blas_gemm('N', 'T', 1.0, state_U(s), o->O, 0.0, scratch);
    mat_copy(out, o->U2);
    mat_scale(out, s->decay);
  } else {
    int rows = least(o->R.rows, o->F.cols);
    mat_copy(scratch, state_U(s));
    mat_fill(out, 0.0);
    if (rows > 0)
      blas_gemm('N', 'N', s->decay, mat_cols(o->F, 0, rows), mat_rows(o->R, 0, rows), 0.0, out);
  }
  blas_gemm('T', 'N', 1.0, o->p->Pt, scratch, 1.0, out);
}

void state_weights_v(const state *s, mat out) {
  if (s->o->O.p) blas_gemm('N', 'T', 1.0, state_V(s), s->o->O, 0.0, out);
  else mat_copy(out, state_V(s));
}
