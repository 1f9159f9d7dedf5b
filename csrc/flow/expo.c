/* csrc/flow/expo.c: exponential midpoint (order 2) and the order 4 method with a quadratic
 * remainder, dE/dt = -(K + 2w) E + 2w Yt + g(t), Z+ = e^-wh times products of rotations by
 * diag(sigma) int E (see expo.h). SPDX-License-Identifier: MIT */
#include "flow/expo.h"

#include <float.h>
#include <math.h>

#include "flow/tuning.h"

void expo_layout(arena *a, expo *w, dims d) {
  mat *const rm[] = {&w->e0,   &w->g0,   &w->g1, &w->g2,    &w->mid,     &w->end,
                     &w->rest, &w->step, &w->E,  &w->force, &w->scratch, &w->decays};
  for (int i = 0; i < 3; i++) kernel_layout(a, &w->K[i], d);
  w->last.which = 0;
  w->tried = 1;
  kernel_room_layout(a, &w->room, d);
  rotate_layout(a, &w->rotations, d);
  for (int j = 0; j <= EXPO_PHI; j++) {
    w->half[j] = arena_mat(a, d.r, d.m);
    w->full[j] = arena_mat(a, d.r, d.m);
  }
  for (size_t i = 0; i < sizeof rm / sizeof *rm; i++) *rm[i] = arena_mat(a, d.r, d.m);
  w->VV = arena_mat(a, d.m, d.m);
  w->UA = arena_mat(a, d.kp, d.m);
  w->Q = arena_mat(a, d.r + d.m, d.kp);
}

/* Rotations far below the tolerance: what is left unsettled is multiplied by t lam in E, and an
 * unsettled stage costs rejections long before it costs accuracy. */
void expo_start(expo *w, const field *f, double tol, int64_t *eigenproblems) {
  double far = EXPO_SETTLED * tol;
  if (f->weight_decay > 0.0) far = fmin(far, EXPO_SETTLED_DECAY * f->weight_decay);
  w->settled = fmax(far, 4.0 * DBL_EPSILON);
  w->last = (expo_kernel){.which = w->last.which};
  w->eigenproblems = eigenproblems;
}

void expo_accept(expo *w) {
  bool own = w->used == w->tried;
  if (own) {
    w->tried = w->last.which;
    w->last = (expo_kernel){.which = w->used};
  }
  w->last.age++;
  w->last.moved += w->moves;
  w->last.known = true;
  w->last.pending = false;
  w->last.stale = w->last.age >= EXPO_KEPT || w->corrections > EXPO_KEPT_CORRECTIONS;
}

void expo_hold(expo *w) {
  w->held = w->last;
  w->last.which = 3 - w->last.which - w->tried;
}

void expo_release(expo *w) { w->last = w->held; }

/* phi_j(-t (lam + 2w)), entry by entry. */
static void phis(const field *f, mat lam, double t, int kmax, mat *out) {
  double value[PHI_MAX + 1];
  for (int j = 0; j < lam.cols; j++)
    for (int i = 0; i < lam.rows; i++) {
      phi_at(-t * (mat_get(lam, i, j) + 2.0 * f->weight_decay), kmax, value);
      for (int l = 0; l <= kmax; l++) *mat_at(out[l], i, j) = value[l];
    }
}

/* out = sum_l x_l p_l o c_l (entrywise products), l < n */
static void blend(mat out, int n, const double *x, const mat *p, const mat *const *c) {
  mat_fill(out, 0.0);
  for (int l = 0; l < n; l++)
    for (int j = 0; j < out.cols; j++) {
      const double *a = mat_col(p[l], j), *b = mat_col(*c[l], j);
      double *o = mat_col(out, j);
      for (int i = 0; i < out.rows; i++) o[i] += x[l] * a[i] * b[i];
    }
}

/* n-fold integral of E at t: t^n (phi_n e0 + t phi_{n+1} g0 + t^2 phi_{n+2} g1 + 2 t^3 phi_{n+3}
 * g2); without the remainder g is 2 w Yt, or 0. */
static void predicted(const expo *w, const field *f, mat out, int n, double t, const mat *p,
                      bool remainder) {
  const mat *const c[] = {&w->e0, remainder ? &w->g0 : &w->decays, &w->g1, &w->g2};
  double s = pow(t, n), x[] = {s, s * t, s * t * t, 2.0 * s * t * t * t};
  blend(out, remainder ? 4 : f->weight_decay > 0.0 ? 2 : 1, x, p + n, c);
}

/* Z <- exp of the rotation by x diag(sigma) e, e in eigen coordinates. */
static status rotate_by(expo *w, const kernel *K, const field *f, double x, mat e, mat Z) {
  if (tick_asks(w->tick)) return STATUS_PAUSED;
  kernel_back(K, e, w->force, w->scratch);
  field_force(f, w->force, w->force);
  mat_scale(w->force, x);
  return rotate_apply(&w->rotations, f, w->force, Z);
}

/* rest = K_Q[e] in eigen coordinates. */
static void apply(expo *w, const kernel *K, const field *f, mat Q, mat e, mat rest) {
  kernel_back(K, e, w->force, w->scratch);
  field_force(f, w->force, w->force);
  field_kernel(f, Q, w->force, w->VV, w->UA, w->E);
  kernel_to(K, w->E, rest, w->scratch);
}

/* Rotates Q by Newton's iteration with the frozen K until E(Q) is the predicted error in the stiff
 * modes. Without it stages stand off the slow manifold by a kick of order t lam. A mode is
 * corrected in full or not at all; corrections that fade out towards slow modes were tried too:
 * they never settle, and gain no accuracy. */
static status consistent(expo *w, const kernel *K, const field *f, mat Q, mat wanted, double t) {
  status s = STATUS_OK;
  if (!(t * mat_max_abs(K->lam) > EXPO_STIFF)) return s;
  for (int n = 0; n < EXPO_CONSISTENT && s == STATUS_OK; n++) {
    field_error(f, Q, w->E);
    kernel_to(K, w->E, w->step, w->scratch);
    mat_axpy(-1.0, wanted, w->step);
    kernel_solve(K, EXPO_STIFF / t, w->step);
    s = rotate_by(w, K, f, 1.0, w->step, Q);
    w->corrections = n > w->corrections ? n : w->corrections;
    if (mat_max_abs(w->force) <= w->settled) break;
  }
  return s;
}

/* The state at t: Z rotated by the integral of the predicted error, then made consistent with it.
 */
static status expo_stage(expo *w, const kernel *K, const field *f, mat Z, double t, const mat *p,
                         bool remainder, mat e, mat Q) {
  predicted(w, f, w->step, 1, t, p, remainder);
  field_decayed(f, Z, t, Q);
  status s = rotate_by(w, K, f, 1.0, w->step, Q);
  predicted(w, f, e, 0, t, p, remainder);
  return s == STATUS_OK ? consistent(w, K, f, Q, e, t) : s;
}

/* g = lam e - K_Q[e] + 2 w Yt */
static void remainder_at(expo *w, const kernel *K, const field *f, mat Q, mat e, mat g) {
  apply(w, K, f, Q, e, w->rest);
  for (int j = 0; j < f->m; j++)
    for (int i = 0; i < f->r; i++)
      *mat_at(g, i, j) = mat_get(K->lam, i, j) * mat_get(e, i, j) - mat_get(w->rest, i, j);
  if (f->weight_decay > 0.0) mat_axpy(1.0, w->decays, g);
}

/* g1 = (-3 g0 + 4 g(h/2) - g(h)) / h, g2 = (2 g0 - 4 g(h/2) + 2 g(h)) / h^2, which come in as g1,
 * g2 */
static void interpolate(expo *w, double h) {
  for (int j = 0; j < w->g0.cols; j++)
    for (int i = 0; i < w->g0.rows; i++) {
      double a = mat_get(w->g0, i, j), b = mat_get(w->g1, i, j), c = mat_get(w->g2, i, j);
      *mat_at(w->g1, i, j) = (-3.0 * a + 4.0 * b - c) / h;
      *mat_at(w->g2, i, j) = (2.0 * a - 4.0 * b + 2.0 * c) / (h * h);
    }
}

/* The commutator-free Magnus pair exp(M0/2 + 2 M1) exp(M0/2 - 2 M1), M0 = diag(sigma) I1,
 * M1 = diag(sigma)(I1/2 - I2/h). */
static status magnus(expo *w, const kernel *K, const field *f, mat Z, double h, mat out) {
  predicted(w, f, w->mid, 1, h, w->full, true);
  predicted(w, f, w->rest, 2, h, w->full, true);
  for (int j = 0; j < f->m; j++)
    for (int i = 0; i < f->r; i++) {
      double i1 = mat_get(w->mid, i, j), i2 = mat_get(w->rest, i, j), m1 = 0.5 * i1 - i2 / h;
      *mat_at(w->mid, i, j) = 0.5 * i1 - 2.0 * m1;
      *mat_at(w->rest, i, j) = 0.5 * i1 + 2.0 * m1;
    }
  field_decayed(f, Z, h, out);
  status s = rotate_by(w, K, f, 1.0, w->mid, out);
  return s == STATUS_OK ? rotate_by(w, K, f, 1.0, w->rest, out) : s;
}

/* max|difference| in U and V of out and of out rotated by the small force diag(sigma) w->step. */
static void note_fine(expo *w, const kernel *K, const field *f, mat out) {
  kernel_back(K, w->step, w->force, w->scratch);
  field_force(f, w->force, w->force);
  field_velocity(f, out, w->force, w->Q);
  w->fine[0] = mat_max_abs(field_U(f, w->Q));
  w->fine[1] = mat_max_abs(field_V(f, w->Q));
}

/* What the end would differ by if g were interpolated without its middle value: a rotation by the
 * integral of g2 (t^2 - h t). */
static void estimate4(expo *w, const kernel *K, const field *f, double h, mat out) {
  double h4 = h * h * h * h;
  for (int j = 0; j < f->m; j++)
    for (int i = 0; i < f->r; i++)
      *mat_at(w->step, i, j) =
          h4 * mat_get(w->g2, i, j) * (2.0 * mat_get(w->full[4], i, j) - mat_get(w->full[3], i, j));
  note_fine(w, K, f, out);
}

/* What the end would differ by if E had been all along as far from its prediction as it is there:
 * it sees a kernel that grows only after the midpoint. */
static void estimate2(expo *w, const kernel *K, const field *f, double h, mat out) {
  field_error(f, out, w->E);
  kernel_to(K, w->E, w->step, w->scratch);
  predicted(w, f, w->end, 0, h, w->full, false);
  for (int j = 0; j < f->m; j++)
    for (int i = 0; i < f->r; i++) {
      double *e = mat_at(w->step, i, j);
      *e = h * mat_get(w->full[1], i, j) * (*e - mat_get(w->end, i, j));
    }
  note_fine(w, K, f, out);
}

/* Two passes of stages at h/2 and h, the first without the remainder, whose end is low; then the
 * Magnus pair. */
static status corrected(expo *w, const kernel *K, const field *f, mat Z, double h, mat out,
                        mat low) {
  status s = STATUS_OK;
  phis(f, K->lam, h, EXPO_PHI, w->full);
  phis(f, K->lam, 0.5 * h, EXPO_PHI, w->half);
  remainder_at(w, K, f, Z, w->e0, w->g0);
  for (int pass = 0; pass < 2 && s == STATUS_OK; pass++) {
    s = expo_stage(w, K, f, Z, 0.5 * h, w->half, pass > 0, w->mid, w->Q);
    if (s != STATUS_OK) break;
    s = expo_stage(w, K, f, Z, h, w->full, pass > 0, w->end, out);
    if (s != STATUS_OK) break;
    if (pass == 0) mat_copy(low, out);
    remainder_at(w, K, f, w->Q, w->mid, w->g1);
    remainder_at(w, K, f, out, w->end, w->g2);
    interpolate(w, h);
  }
  w->rotations.largest_on_the_way = 0.0; /* stages are copies: only what follows makes out */
  if (s == STATUS_OK) s = magnus(w, K, f, Z, h, out);
  if (s != STATUS_OK) return s;
  estimate4(w, K, f, h, out);
  predicted(w, f, w->end, 0, h, w->full, true);
  return consistent(w, K, f, out, w->end, h);
}

static status frozen(expo *w, const kernel *K, const field *f, mat Z, double t, mat out) {
  phis(f, K->lam, t, f->weight_decay > 0.0 ? 2 : 1, w->full);
  predicted(w, f, w->step, 1, t, w->full, false);
  field_decayed(f, Z, t, out);
  w->rotations.largest_on_the_way = 0.0;
  return rotate_by(w, K, f, 1.0, w->step, out);
}

/* e0 = E(Z), and 2 w Yt, in the eigenbasis of K. */
static void start_from(expo *w, const kernel *K, const field *f, mat Z) {
  field_error(f, Z, w->E);
  kernel_to(K, w->E, w->e0, w->scratch);
  if (!(f->weight_decay > 0.0)) return;
  kernel_to(K, f->Yt, w->decays, w->scratch);
  mat_scale(w->decays, 2.0 * f->weight_decay);
}

static status find_kernel(expo *w, const field *f, mat Z, kernel *K) {
  *w->eigenproblems += f->m;
  return kernel_at(K, &w->room, f, Z, w->tick);
}

/* Begins an attempt with the kernel of the last accepted step, or of Z where there is none. */
static status begin(expo *w, const field *f, mat Z, double h, const tick *t) {
  kernel *last = &w->K[w->last.which];
  w->tick = t;
  w->used = w->last.which;
  w->corrections = 0;
  status s = w->last.known ? STATUS_OK : find_kernel(w, f, Z, last);
  if (s != STATUS_OK) return s;
  w->last.known = true;
  start_from(w, last, f, Z);
  field_force(f, w->E, w->force);
  w->moves = h * (mat_norm_fro(w->force) + f->weight_decay);
  return s;
}

/* Finds the tried kernel at the midpoint that the last one predicts, which is near enough for that,
 * and starts from Z again in its eigenbasis. */
static status midpoint(expo *w, const field *f, mat Z, double h) {
  kernel *next = &w->K[w->tried];
  status s = frozen(w, &w->K[w->last.which], f, Z, 0.5 * h, w->Q);
  if (s == STATUS_OK) s = find_kernel(w, f, w->Q, next);
  if (s == STATUS_OK) start_from(w, next, f, Z);
  w->used = w->tried;
  return s;
}

/* An attempt ended; where it is not accepted the next one has a kernel of its own. */
static status ended(expo *w, const field *f, double h, status s) {
  if (s != STATUS_OK) return s;
  w->decay = h * (mat_max_abs(w->K[w->used].lam) + 2.0 * f->weight_decay);
  w->last.pending = true;
  return s;
}

status expo_step2(expo *w, const field *f, mat Z, double h, mat out, mat low, const tick *t) {
  const kernel *tried = &w->K[w->tried];
  status s = begin(w, f, Z, h, t);
  if (s == STATUS_OK) s = frozen(w, &w->K[w->last.which], f, Z, h, low);
  if (s == STATUS_OK) s = midpoint(w, f, Z, h);
  if (s == STATUS_OK) s = frozen(w, tried, f, Z, h, out);
  if (s == STATUS_OK) estimate2(w, tried, f, h, out);
  return ended(w, f, h, s);
}

/* A kernel is kept while it stays near: S and weight decay cannot have moved Z far. */
status expo_step4(expo *w, const field *f, mat Z, double h, mat out, mat low, const tick *t) {
  status s = begin(w, f, Z, h, t);
  bool own = w->last.stale || w->last.pending || w->last.moved + w->moves > EXPO_KEPT_MOVED;
  if (s == STATUS_OK && own) s = midpoint(w, f, Z, h);
  if (s == STATUS_OK) s = corrected(w, &w->K[w->used], f, Z, h, out, low);
  return ended(w, f, h, s);
}

/* out = exp(x diag(sigma) K^+ E(Z)) out */
static status solved(expo *w, const kernel *K, const field *f, mat Z, double x, mat out) {
  start_from(w, K, f, Z);
  kernel_solve(K, EXPO_NULL * mat_max_abs(K->lam), w->e0); /* below: zero but for round-off */
  return rotate_by(w, K, f, x, w->e0, out);
}

/* low and the half step with K(Z); then K at the half step, and Newton's iteration on E = 0 with
 * that K. */
status expo_infinite(expo *w, const field *f, mat Z, mat out, mat low, bool *arrived,
                     const tick *t) {
  kernel *K = &w->K[w->tried];
  *arrived = false;
  w->tick = t;
  status s = find_kernel(w, f, Z, K);
  mat_copy(low, Z);
  mat_copy(w->Q, Z);
  mat_copy(out, Z);
  if (s == STATUS_OK) s = solved(w, K, f, Z, 1.0, low);
  if (s == STATUS_OK) s = solved(w, K, f, Z, 0.5, w->Q);
  if (s == STATUS_OK) s = find_kernel(w, f, w->Q, K);
  w->rotations.largest_on_the_way = 0.0;
  if (s == STATUS_OK) s = solved(w, K, f, Z, 1.0, out);
  for (int n = 0; n < EXPO_NEWTON && s == STATUS_OK; n++) {
    field_error(f, out, w->E);
    if ((*arrived = field_converged(f, out, w->E, ARRIVAL_UNITS))) return STATUS_OK;
    s = solved(w, K, f, out, 1.0, out);
  }
  return s;
}
