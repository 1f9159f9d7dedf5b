/* csrc/flow/rodas.c: RODAS, order 4(3), L-stable and stiffly accurate (Hairer, Wanner, Solving ODEs
 * II, IV.7), (I - eta J) u_i = eta (F(Z + sum a_ij u_j) + sum c_ij u_j / h), eta = h/4.
 * J X = (S - w) X - T^T T X is symmetric, T X = diag(sigma) (X_U V^T + U X_V^T), T T^T = K. Of
 * another loss than the squared one T^T G T X stands for T^T T X, G = W^T l''(F) W.
 * SPDX-License-Identifier: MIT */
#include "flow/rodas.h"

#include <float.h>
#include <math.h>

#include "flow/tuning.h"
#include "num/blas.h"

static const double GAMMA = 0.25;

/* clang-format off */
static const double stage_a[RODAS_STAGES - 1][RODAS_STAGES - 2] = {
    {0},
    {1.544},
    {0.9466785280815826, 0.2557011698983284},
    {3.314825187068521, 2.896124015972201, 0.9986419139977817},
    {1.221224509226641, 6.019134481288629, 12.53708332932087, -0.6878860361058950}};

static const double stage_c[RODAS_STAGES][RODAS_STAGES - 1] = {
    {0},
    {-5.6688},
    {-2.430093356833875, -0.2063599157091915},
    {-0.1073529058151375, -9.594562251023355, -20.47028614809616},
    {7.496443313967647, -10.24680431464352, -33.99990352819905, 11.70890893206160},
    {8.083246795921522, -7.981132988064893, -31.52159432874371, 16.31930543123136,
     -6.058818238834054}};
/* clang-format on */

void rodas_layout(arena *a, rodas *w, dims d) {
  mat *const rm[] = {&w->A, &w->E, &w->force, &w->mode, &w->scratch};
  mat *const states[] = {&w->state, &w->right, &w->residual, &w->solved, &w->direction, &w->image};
  mat *const small[] = {&w->imbalance, &w->defect, &w->gram, &w->spare};
  w->dense = d.n > 0 && (double)d.r * d.m <= RODAS_DENSE;
  w->few = !w->dense && narrow_pays(d);
  w->F = arena_mat(a, d.n, d.m);
  if (w->dense) {
    curved_layout(a, &w->curved, d);
  } else if (w->few) {
    narrow_layout(a, &w->narrow, d);
  } else {
    kernel_layout(a, &w->K, d);
    kernel_room_layout(a, &w->room, d);
  }
  for (size_t i = 0; i < sizeof rm / sizeof *rm; i++) *rm[i] = arena_mat(a, d.r, d.m);
  for (size_t i = 0; i < sizeof states / sizeof *states; i++)
    *states[i] = arena_mat(a, d.r + d.m, d.kp);
  for (int i = 0; i < RODAS_STAGES; i++) w->u[i] = arena_mat(a, d.r + d.m, d.kp);
  for (size_t i = 0; i < sizeof small / sizeof *small; i++) *small[i] = arena_mat(a, d.kp, d.kp);
  w->sizes = arena_doubles(a, (size_t)d.kp);
  w->lapack = (lapack_work){0};
  lapack_want_eigh(&w->lapack, d.kp);
  lapack_layout(a, &w->lapack);
}

void rodas_start(rodas *w, int64_t *eigenproblems) {
  w->known = false;
  w->eigenproblems = eigenproblems;
}

void rodas_accept(rodas *w) { w->known = false; }

/* force = diag(sigma) T X = diag(sigma)^2 (X_U V^T + U X_V^T). */
static void map_forward(rodas *w, const field *f, mat Z, mat X) {
  blas_gemm('N', 'T', 1.0, field_U(f, X), field_V(f, Z), 0.0, w->force);
  blas_gemm('N', 'T', 1.0, field_U(f, Z), field_V(f, X), 1.0, w->force);
  field_force(f, w->force, w->force);
}

/* Weight decay adds eta w to I in I - eta J: c = 1 + eta w times the same without it, with eta / c.
 */
static double decayed(const field *f, double eta) { return 1.0 + eta * f->weight_decay; }

/* out = X - eta J X */
static void apply(rodas *w, const field *f, mat Z, double eta, mat X, mat out) {
  map_forward(w, f, Z, X);
  field_bend(f, w->F, w->force);
  field_force(f, w->force, w->force);
  field_velocity(f, Z, w->force, out); /* T^T G T X */
  mat_scale(out, eta);
  blas_gemm('N', 'N', -eta, w->A, field_V(f, X), 1.0, field_U(f, out));
  blas_gemm('T', 'N', -eta, w->A, field_U(f, X), 1.0, field_V(f, out));
  mat_axpy(decayed(f, eta), X, out);
}

/* force <- -eta (I + eta K)^-1 force, in the eigenbasis of K where columns are not few; K, which no
 * loss bends by more than 1, stands for K G where that is too large to hold. */
static void damp(rodas *w, const field *f, double eta) {
  if (w->dense) {
    curved_solve(&w->curved, w->force);
    mat_scale(w->force, -eta);
    return;
  }
  if (w->few) {
    narrow_solve(&w->narrow, w->force);
    mat_scale(w->force, -eta);
    return;
  }
  kernel_to(&w->K, w->force, w->mode, w->scratch);
  for (int j = 0; j < f->m; j++)
    for (int i = 0; i < f->r; i++)
      *mat_at(w->mode, i, j) *= -eta / (1.0 + eta * mat_get(w->K.lam, i, j));
  kernel_back(&w->K, w->mode, w->force, w->scratch);
}

/* out = (c + eta T^T T)^-1 X = (X - eta T^T (c + eta K)^-1 T X) / c */
static void precondition(rodas *w, const field *f, mat Z, double eta, mat X, mat out) {
  double c = decayed(f, eta);
  map_forward(w, f, Z, X); /* T X */
  damp(w, f, eta / c);
  field_force(f, w->force, w->force);
  field_velocity(f, Z, w->force, out);
  mat_axpy(1.0, X, out);
  mat_scale(out, 1.0 / c);
}

/* Conjugate gradients for (I - eta J) x = right. Where the flow is stable the preconditioned
 * spectrum lies within 1 +- s, s < 1 the ratio of what E drives to what K damps. A direction of
 * negative curvature grows within the step: STATUS_LIMIT. So is a preconditioner of which round-off
 * has left nothing positive: x would stay 0, and the step not move. */
static status solve(rodas *w, const field *f, mat Z, double eta, mat x, const tick *t) {
  double shift = eta / decayed(f, eta);
  status s = w->dense ? curved_shift(&w->curved, shift)
             : w->few ? narrow_shift(&w->narrow, f, shift)
                      : STATUS_OK;
  if (s != STATUS_OK) return s;
  mat_fill(x, 0.0);
  mat_copy(w->residual, w->right);
  precondition(w, f, Z, eta, w->residual, w->solved);
  mat_copy(w->direction, w->solved);
  double now = mat_dot(w->residual, w->solved), start = now;
  for (int n = 0; n < RODAS_SOLVER && now > RODAS_SOLVED * RODAS_SOLVED * start; n++) {
    if (tick_asks(t)) return STATUS_PAUSED;
    apply(w, f, Z, eta, w->direction, w->image);
    double curvature = mat_dot(w->direction, w->image);
    if (!(curvature > 0.0)) return STATUS_LIMIT;
    mat_axpy(now / curvature, w->direction, x);
    mat_axpy(-now / curvature, w->image, w->residual);
    precondition(w, f, Z, eta, w->residual, w->solved);
    double next = mat_dot(w->residual, w->solved);
    mat_scale(w->direction, next / now);
    mat_axpy(1.0, w->solved, w->direction);
    now = next;
  }
  return fabs(now) <= start ? STATUS_OK : STATUS_LIMIT;
}

/* Nothing grows faster than a step of h resolves: I - h J is positive, which conjugate gradients
 * for a right-hand side that contains every direction would notice. The stages' own do not see
 * modes far below the tolerance, which would then neither grow nor be missed. Hidden units of zeros
 * stay zero. */
static status resolves_growth(rodas *w, const field *f, mat Z, double h, const tick *t) {
  mat_probe(w->right, 1);
  for (int j = 0; j < Z.cols; j++)
    if (mat_max_abs(mat_cols(Z, j, 1)) == 0.0) mat_fill(mat_cols(w->right, j, 1), 0.0);
  return solve(w, f, Z, h, w->state, t);
}

/* out = Z^T J Z = U^T U - V^T V */
static void imbalance_of(const field *f, mat Z, mat out) {
  blas_syrk('T', 1.0, field_U(f, Z), 0.0, out);
  blas_syrk('T', -1.0, field_V(f, Z), 1.0, out);
}

/* Z <- Z - J Z X with X Z^T Z + Z^T Z X = D, D the defect of the imbalance after h: Newton's
 * iteration, whose first correction is of the size of the step's error. X is symmetric, so that U
 * V^T moves in second order alone; X = (Z^T Z)^-1 D / 2, tried first, lets round-off of D into E.
 */
static status restore_imbalance(rodas *w, const field *f, double h, mat Z) {
  mat X = w->defect, G = w->gram;
  for (int pass = 0; pass < RODAS_RESTORE; pass++) {
    imbalance_of(f, Z, X);
    mat_axpy(-field_keep(f, 2.0 * h), w->imbalance, X);
    blas_syrk('T', 1.0, Z, 0.0, G);
    status s = lapack_eigh(&w->lapack, G, w->sizes);
    if (s != STATUS_OK) return s;
    blas_gemm('T', 'N', 1.0, G, X, 0.0, w->spare);
    blas_gemm('N', 'N', 1.0, w->spare, G, 0.0, X);
    double least = DBL_EPSILON * w->sizes[Z.cols - 1];
    for (int j = 0; j < Z.cols; j++)
      for (int i = 0; i < Z.cols; i++)
        *mat_at(X, i, j) /= fmax(w->sizes[i], least) + fmax(w->sizes[j], least);
    blas_gemm('N', 'N', 1.0, G, X, 0.0, w->spare);
    blas_gemm('N', 'T', 1.0, w->spare, G, 0.0, X);
    blas_gemm('N', 'N', -1.0, Z, X, 0.0, w->image);
    mat_scale(field_V(f, w->image), -1.0);
    mat_axpy(1.0, w->image, Z);
  }
  return STATUS_OK;
}

/* right = eta (F at the stage's state + sum_j c_ij u_j / h) */
static void stage_right(rodas *w, const field *f, double h, int i) {
  field_error(f, w->state, w->E);
  field_force(f, w->E, w->force);
  field_motion(f, w->state, w->force, w->right);
  for (int j = 0; j < i; j++) mat_axpy(stage_c[i][j] / h, w->u[j], w->right);
  mat_scale(w->right, GAMMA * h);
}

static status begin(rodas *w, const field *f, mat Z, const tick *t) {
  if (w->known) return STATUS_OK;
  if (!w->few && !w->dense) *w->eigenproblems += f->m;
  if (f->loss) field_outputs(f, Z, w->F);
  status s = w->dense ? curved_at(&w->curved, f, Z)
             : w->few ? narrow_at(&w->narrow, f, Z)
                      : kernel_at(&w->K, &w->room, f, Z, t);
  field_error(f, Z, w->A);
  field_force(f, w->A, w->A);
  imbalance_of(f, Z, w->imbalance);
  w->known = s == STATUS_OK;
  return s;
}

status rodas_step(rodas *w, const field *f, mat Z, double h, mat out, double diff[2],
                  const tick *t) {
  status s = begin(w, f, Z, t);
  if (s == STATUS_OK) s = resolves_growth(w, f, Z, RODAS_GROWTH * h, t);
  for (int i = 0; i < RODAS_STAGES && s == STATUS_OK; i++) {
    if (i < RODAS_STAGES - 1) { /* the last stage begins where the one before ended */
      mat_copy(w->state, Z);
      for (int j = 0; j < i; j++) mat_axpy(stage_a[i][j], w->u[j], w->state);
    }
    stage_right(w, f, h, i);
    s = solve(w, f, Z, GAMMA * h, w->u[i], t);
    if (i >= RODAS_STAGES - 2) mat_axpy(1.0, w->u[i], w->state);
  }
  if (s != STATUS_OK) return s;
  mat last = w->u[RODAS_STAGES - 1];
  diff[0] = mat_max_abs(field_U(f, last));
  diff[1] = mat_max_abs(field_V(f, last));
  mat_copy(out, w->state);
  if (!mat_finite(out)) return STATUS_NON_FINITE;
  return restore_imbalance(w, f, h, out);
}
