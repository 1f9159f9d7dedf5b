/* csrc/flow/arrival.c: round-off of E and of S Z, ranks, and steps that settle (see arrival.h).
 * SPDX-License-Identifier: MIT */
#include "flow/arrival.h"

#include <float.h>
#include <math.h>

#include "flow/tuning.h"
#include "num/blas.h"

void arrival_layout(arena *a, arrival *w, dims d) {
  w->E = arena_mat(a, d.r, d.m);
  w->A = arena_mat(a, d.r, d.m);
  w->SZ = arena_mat(a, d.r + d.m, d.kp);
  w->spare = arena_mat(a, d.r + d.m, d.kp);
  w->image = arena_mat(a, d.r, d.m);
  w->G = arena_mat(a, d.kp, d.kp);
  w->s = arena_doubles(a, (size_t)(d.r + d.m));
  w->lapack = (lapack_work){0};
  lapack_want_svd(&w->lapack, d.r + d.m, d.kp);
  lapack_want_svd(&w->lapack, d.r, d.m);
  lapack_layout(a, &w->lapack);
}

void arrival_evaluate(arrival *w, mat Z) {
  field_error(&w->f, Z, w->E);
  field_force(&w->f, w->E, w->A);
  field_motion(&w->f, Z, w->A, w->SZ);
  w->excess = field_excess(&w->f, Z, w->E);
}

/* Columns of a with a singular value above round-off, each scaled to one first: hidden units of
 * very different sizes count alike. a is spent. */
static int rank_of(arrival *w, mat a, bool by_column) {
  int q = a.rows < a.cols ? a.rows : a.cols, rank = 0, most = a.rows > a.cols ? a.rows : a.cols;
  for (int j = 0; j < a.cols && by_column; j++) {
    double top = mat_max_abs(mat_cols(a, j, 1));
    if (top > 0.0) mat_scale(mat_cols(a, j, 1), 1.0 / top);
  }
  if (lapack_singular_values(&w->lapack, a, w->s) != STATUS_OK) return q;
  while (rank < q && w->s[rank] > ARRIVAL_RANK * most * DBL_EPSILON * w->s[0]) rank++;
  return rank;
}

/* The diag(sigma) U V^T with E = 0 of least norm; 0, which any rank reaches, where there is none.
 */
static void target_of(const field *f, mat out) {
  if (!f->loss) mat_copy(out, f->Yt);
  else if (f->attained) blas_gemm('T', 'N', 1.0 / f->unit, f->W, f->best, 0.0, out);
  else mat_fill(out, 0.0);
}

/* Whether rank(Z), which the flow conserves, suffices for E = 0; found out once. */
static bool reachable(arrival *w, mat Z) {
  if (w->rank < 0) {
    mat_copy(w->spare, Z);
    w->rank = rank_of(w, w->spare, true);
    target_of(&w->f, w->image);
    w->rank_needed = rank_of(w, w->image, false);
  }
  return w->rank >= w->rank_needed;
}

/* The rank is clearest at the start, and cheap to find where hidden units are few; where there are
 * many the question will hardly come up. */
void arrival_start(arrival *w, const field *f, mat Z) {
  w->f = *f;
  w->at_target = w->fades = false;
  w->halved = INFINITY;
  w->stalled_for = w->resting_for = w->still_for = 0;
  w->rank = -1;
  if (Z.cols < f->r) reachable(w, Z);
  arrival_evaluate(w, Z);
}

/* Counts the steps in which what vanishes in the end did not halve. */
static void note_progress(arrival *w) {
  double left = w->f.weight_decay > 0.0 ? mat_dot(w->SZ, w->SZ) : w->excess;
  w->stalled_for = left < 0.5 * w->halved ? 0 : w->stalled_for + 1;
  if (w->stalled_for == 0) w->halved = left;
}

static double relative(mat velocity, mat state) {
  double v = mat_max_abs(velocity);
  return v > 0.0 ? v / mat_max_abs(state) : 0.0;
}

/* sigma_1 (||Yt|| + sigma_1 ||U|| ||V||): what A is the difference of. */
static double terms_of_force(const field *f, mat Z) {
  double sigma = f->r ? f->sigma[0] : 0.0;
  double size = sigma * mat_norm_fro(field_U(f, Z)) * mat_norm_fro(field_V(f, Z));
  double start = f->loss ? sqrt((double)f->Y.rows) / f->unit : 0.0; /* of W^T R: each R is of Y */
  return sigma * (mat_norm_fro(f->Yt) + start + size);
}

static void note_motion(arrival *w, mat Z) {
  const field *f = &w->f;
  double top = (mat_max_abs(w->A) + f->weight_decay) * mat_max_abs(Z);
  w->motion = top > 0.0 ? mat_max_abs(w->SZ) / top : 0.0;
  if (f->weight_decay > 0.0) w->terms = terms_of_force(f, Z);
  w->moving =
      fmax(relative(field_U(f, w->SZ), field_U(f, Z)), relative(field_V(f, w->SZ), field_V(f, Z)));
}

/* bar = the size of the terms of (S - w) Z: U_ij' = sum_l A_il V_lj, V_lj' = sum_i A_il U_ij, with
 * what A_il was subtracted from, sigma_i (|Yt_il| + sigma_i ||U_i|| ||V_l||), in its place. Also
 * its row sums, with the norms of U and V in place of those of rows. */
static void terms_of_velocity(const arrival *w, mat Z, mat bar, double *sums) {
  const field *f = &w->f;
  mat U = field_U(f, Z), V = field_V(f, Z), terms = w->image;
  double top = f->loss ? 0.0 : mat_norm_fro(U) * mat_norm_fro(V);
  field_terms(f, Z, terms);
  for (int j = 0; j < Z.cols; j++)
    for (int i = 0; i < Z.rows; i++) *mat_at(bar, i, j) = f->weight_decay * fabs(mat_get(Z, i, j));
  for (int i = 0; i < Z.rows; i++) sums[i] = f->weight_decay;
  for (int i = 0; i < f->r; i++) {
    double sigma = f->sigma[i];
    for (int l = 0; l < f->m; l++) {
      double x = sigma * mat_get(terms, i, l);
      double most = f->loss ? x : sigma * (fabs(mat_get(f->Yt, i, l)) + sigma * top);
      sums[i] += most;
      sums[f->r + l] += most;
      for (int j = 0; j < Z.cols; j++) {
        *mat_at(bar, i, j) += x * fabs(mat_get(V, l, j));
        *mat_at(bar, f->r + l, j) += x * fabs(mat_get(U, i, j));
      }
    }
  }
}

/* Every entry of S Z at round-off of its own terms: a mode of any size that grows is seen. Beside
 * larger entries of its hidden unit an entry may decay for ever, be lost in round-off of the step h
 * (which it would have outgrown), or hover: round-off is then that of the unit's largest entry. */
static bool velocity_vanished(const arrival *w, mat Z, double h, bool hovering) {
  const double units = ARRIVAL_UNITS * DBL_EPSILON;
  if (!(w->motion <= ARRIVAL_NEAR)) return false; /* cheap, and the usual answer */
  terms_of_velocity(w, Z, w->spare, w->s);
  for (int j = 0; j < Z.cols; j++) {
    double top = mat_max_abs(mat_cols(Z, j, 1));
    for (int i = 0; i < Z.rows; i++) {
      double x = mat_get(w->SZ, i, j), z = mat_get(Z, i, j), size = fabs(x);
      bool negligible = hovering || size * h > ARRIVAL_NOT_GROWING * fabs(z) || x * z <= 0.0;
      if (size <= fmax(units * mat_get(w->spare, i, j), DBL_MIN)) continue;
      if (!negligible || size > units * w->s[i] * top) return false;
    }
  }
  return true;
}

/* max|Z^T J Z| <= bar max|Z^T Z| */
static bool is_balanced(arrival *w, mat Z, double bar) {
  blas_syrk('T', 1.0, field_U(&w->f, Z), 0.0, w->G);
  blas_syrk('T', -1.0, field_V(&w->f, Z), 1.0, w->G);
  double imbalance = mat_max_abs(w->G);
  blas_syrk('T', 2.0, field_V(&w->f, Z), 1.0, w->G);
  return imbalance <= bar * mat_max_abs(w->G);
}

static bool velocity_small(const arrival *w, mat Z, double scale, double unit) {
  terms_of_velocity(w, Z, w->spare, w->s);
  for (int i = 0; i < Z.rows; i++)
    if (mat_max_abs(mat_rows(w->SZ, i, 1)) > unit * w->s[i] * scale) return false;
  return true;
}

/* With weight decay: at the least of L + w/2 ||Z||^2, because s_1(A) <= w and (S - w) Z vanishes
 * (mathematics.md, 10.3) on the scale to which weights grow: modes that are gone decay for ever; or
 * everything is gone. The imbalance has no part in that, but outlives a decay too slow to be seen
 * in (S - w) Z. */
static bool decayed_for_good(arrival *w, mat Z, bool hovering) {
  const field *f = &w->f;
  double unit = (hovering ? ARRIVAL_HOVERING : ARRIVAL_UNITS) * DBL_EPSILON;
  double yt = mat_max_abs(f->Yt), scale = yt > 0.0 ? sqrt(yt / f->sigma[0]) : 1.0;
  double top = mat_max_abs(Z);
  bool gone = top <= sqrt(DBL_MIN) * scale;
  if (!gone && !(w->motion <= ARRIVAL_NEAR && velocity_small(w, Z, fmax(scale, top), unit)))
    return false;
  mat_copy(w->image, w->A);
  if (lapack_singular_values(&w->lapack, w->image, w->s) != STATUS_OK) return false;
  bool least = f->r == 0 || w->s[0] <= f->weight_decay + unit * w->terms;
  return least && (gone || is_balanced(w, Z, unit));
}

/* E is at round-off, and so small a decay is not seen beside that of A: where it leads in the end
 * no step would find. */
static bool decay_unseen(const arrival *w, mat Z) {
  double unseen = ARRIVAL_HOVERING * DBL_EPSILON * w->terms;
  return w->f.weight_decay > 0.0 && w->f.weight_decay <= unseen &&
         field_converged(&w->f, Z, w->E, ARRIVAL_HOVERING);
}

/* What a state at rest with E != 0 is. Where the rank suffices it is left by round-off, unless that
 * has no way out: then the velocity is zero, or stays at round-off for ever. */
static flow_reason reason_of_rest(arrival *w, mat Z, bool resting) {
  bool zero = mat_max_abs(w->SZ) < DBL_MIN;
  w->resting_for = resting ? w->resting_for + 1 : 0;
  if (zero) return mat_max_abs(Z) < DBL_MIN || reachable(w, Z) ? FLOW_SADDLE : FLOW_UNREACHABLE;
  if (resting && !reachable(w, Z)) return FLOW_UNREACHABLE;
  return w->resting_for > ARRIVAL_GIVE_UP ? FLOW_SADDLE : FLOW_RUNNING;
}

/* Nothing changed but for round-off of the largest entry of each hidden unit. */
static bool same(mat a, mat b) {
  for (int j = 0; j < a.cols; j++) {
    double round = ARRIVAL_STILL_UNITS * DBL_EPSILON * mat_max_abs(mat_cols(a, j, 1));
    for (int i = 0; i < a.rows; i++)
      if (!(fabs(mat_get(a, i, j) - mat_get(b, i, j)) <= round)) return false;
  }
  return true;
}

/* Counts the steps, long against the fastest time scale, in which the state stayed. A
 * method without a limit makes each ten times as long as the one before. */
static void note_stillness(arrival *w, mat before, mat Z, double h) {
  double z = mat_norm_fro(Z), sigma = w->f.r ? w->f.sigma[0] : 0.0;
  bool longer = h * (sigma * sigma * z * z + mat_norm_fro(w->A)) >= ARRIVAL_STILL_LENGTH;
  w->still_for = longer && same(before, Z) ? w->still_for + 1 : 0;
}

flow_reason arrival_judge(arrival *w, mat before, mat Z, double h) {
  note_progress(w);
  note_motion(w, Z);
  note_stillness(w, before, Z, h);
  /* Explicit steps near their limit of stability add round-off of their own and hover above that of
   * the evaluation: after some patience that counts too. */
  bool hovering = w->stalled_for >= ARRIVAL_PATIENCE;
  double units = hovering ? ARRIVAL_HOVERING : ARRIVAL_UNITS;
  w->fades = !w->f.loss && mat_max_abs(w->f.Yt) == 0.0 && mat_max_abs(w->E) <= w->f.gone;
  w->at_target = w->fades || (w->f.weight_decay > 0.0 ? decayed_for_good(w, Z, hovering)
                                                      : field_converged(&w->f, Z, w->E, units));
  if (w->at_target || decay_unseen(w, Z)) return FLOW_CONVERGED; /* at_target tells which */
  bool still = w->still_for >= ARRIVAL_STILL;
  return reason_of_rest(w, Z, still || velocity_vanished(w, Z, h, hovering));
}

bool arrival_creeps(const arrival *w, const stepper *s, double h) {
  double accurate = pow(fmin(stepper_local_tol(s), 1.0), s->control.power);
  return w->stalled_for >= ARRIVAL_CREEPING && h * w->moving <= ARRIVAL_CREEP * accurate;
}

/* ||P||, of another loss than the squared one in the metric of its curvature at Z. */
static double damped_by(const field *f, mat Z, mat P) {
  if (!f->loss) return mat_norm_fro(P);
  mat F = f->room.F, WP = f->room.R, GP = mat_rows(F, 0, f->r);
  double size = mat_norm_fro(P);
  if (!(size > 0.0)) return size;
  field_outputs(f, Z, F);
  blas_gemm('N', 'N', 1.0 / size, f->W, P, 0.0, WP);
  f->loss->curvature(f->delta, F, f->Y, WP, WP);
  blas_gemm('T', 'N', 1.0, f->W, WP, 0.0, GP);
  return sqrt(size) * sqrt(fmax(mat_dot(GP, P), 0.0));
}

/* Rayleigh quotient of -J at the velocity X = (S - w) Z, J the whole Jacobian: w + (||T X||^2 - <X,
 * S X>) / ||X||^2 with T X = diag(sigma) (X_U V^T + U X_V^T). */
static double stiffness_of_motion(const arrival *w, mat Z) {
  const field *f = &w->f;
  mat Xu = field_U(f, w->SZ), Xv = field_V(f, w->SZ), P = w->image;
  double size = mat_norm_fro(w->SZ);
  blas_gemm('N', 'T', 1.0, Xu, Xv, 0.0, P);
  double pushed = 2.0 * mat_dot(P, w->A);
  blas_gemm('N', 'T', 1.0, Xu, field_V(f, Z), 0.0, P);
  blas_gemm('N', 'T', 1.0, field_U(f, Z), Xv, 1.0, P);
  field_force(f, P, P);
  double damped = damped_by(f, Z, P);
  return (damped / size) * (damped / size) - pushed / size / size + f->weight_decay;
}

/* Explicit steps at their limit of stability carry stiff parts of E at the size of the tolerance:
 * they never vanish, and what they do to Z adds up. Rayleigh quotients see just those, of K at E,
 * ||S Z||^2/||E||^2, and, where E stays or the loss bends, of the Jacobian at S Z: with steps
 * inside the region of stability they decay. */
static double settling_step(const arrival *w, const method *use, mat Z, double h) {
  mat_copy(w->spare, w->SZ);
  if (w->f.weight_decay > 0.0) mat_axpy(w->f.weight_decay, Z, w->spare); /* S Z itself */
  double e = mat_norm_fro(w->E), v = mat_norm_fro(w->spare);
  if (!(e > 0.0 && v > 0.0)) return h;
  if (!w->f.loss) h = fmin(h, ARRIVAL_INSIDE * use->stable * (e / v) * (e / v));
  bool hovers = w->f.weight_decay > 0.0 && w->stalled_for >= ARRIVAL_PATIENCE;
  if (w->motion > ARRIVAL_NEAR && !hovers && !w->f.loss) return h;
  double rate = stiffness_of_motion(w, Z);
  return rate > 0.0 ? fmin(h, ARRIVAL_INSIDE * use->stable / rate) : h;
}

/* Near a stationary point with E != 0 nothing but stability bounds the step of a method that
 * freezes K, and at that bound the state hovers around the point at the tolerance: shorter steps
 * let it settle, or leave. */
static double resting_step(const arrival *w, const stepper *s, mat Z, double h) {
  double near = fmin(ARRIVAL_NEAR_BARS * stepper_local_tol(s), ARRIVAL_NEAR);
  return w->motion <= near ? fmin(h, ARRIVAL_STEP / stepper_rate(s, Z, w->A)) : h;
}

/* Where Z comes to rest E stays, and moves with Z at rates up to 2w, which a frozen K does not
 * know: longer steps hover at the tolerance. Explicit steps must resolve w anyway; the rest of one
 * that is turned into the group is that of Z but for the error of e^-wh. */
double arrival_decay_cap(const arrival *w, const stepper *s, const method *use, double h) {
  double rate = w->f.weight_decay;
  if (!(rate > 0.0) || use->settles) return h;
  if (!isinf(use->stable)) h = fmin(h, ARRIVAL_DECAY * use->stable / rate);
  if (w->motion > ARRIVAL_NEAR && w->stalled_for < ARRIVAL_PATIENCE) return h;
  if (isinf(use->stable)) return fmin(h, 2.0 * ARRIVAL_STEP / (rate + mat_norm_fro(w->A)));
  return s->conserving ? fmin(h, ARRIVAL_DECAY_EXACT / rate) : h;
}

double arrival_cap(const arrival *w, const stepper *s, mat Z, double h) {
  const method *use = stepper_method(s);
  if (use->settles) return h;
  h = arrival_decay_cap(w, s, use, h);
  if (!isinf(use->stable)) return settling_step(w, use, Z, h);
  return w->f.weight_decay > 0.0 ? h : resting_step(w, s, Z, h);
}
