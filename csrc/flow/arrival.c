/* csrc/flow/arrival.c: round-off of E and of S Z, ranks, and steps that settle (see arrival.h).
 * SPDX-License-Identifier: MIT */
#include "flow/arrival.h"

#include <float.h>
#include <math.h>

#include "flow/tuning.h"

void arrival_layout(arena *a, arrival *w, dims d) {
  w->E = arena_mat(a, d.r, d.m);
  w->A = arena_mat(a, d.r, d.m);
  w->SZ = arena_mat(a, d.r + d.m, d.kp);
  w->s = arena_doubles(a, (size_t)(d.r + d.m));
  w->lapack = (lapack_work){0};
  lapack_want_svd(&w->lapack, d.r + d.m, d.kp);
  lapack_want_svd(&w->lapack, d.r, d.m);
  lapack_layout(a, &w->lapack);
}

void arrival_evaluate(arrival *w, mat Z) {
  field_error(&w->f, Z, w->E);
  field_force(&w->f, w->E, w->A);
  field_velocity(&w->f, Z, w->A, w->SZ);
  w->excess = field_excess(w->E);
}

void arrival_start(arrival *w, const field *f, mat Z) {
  w->f = *f;
  w->at_target = false;
  w->motion = INFINITY;
  w->halved = INFINITY;
  w->stalled_for = 0;
  arrival_evaluate(w, Z);
  w->top_error = mat_max_abs(w->E);
  w->top_state = mat_max_abs(Z);
}

/* Counts the steps in which the excess did not halve. */
static void note_progress(arrival *w) {
  w->stalled_for = w->excess < 0.5 * w->halved ? 0 : w->stalled_for + 1;
  if (w->stalled_for == 0) w->halved = w->excess;
}

/* E at round-off, of its own terms or of where it began. Explicit steps near their limit of
 * stability add round-off of their own and hover above it: after some patience that counts too. */
static bool error_vanished(const arrival *w, mat Z) {
  double units = w->stalled_for < ARRIVAL_PATIENCE ? ARRIVAL_UNITS : ARRIVAL_HOVERING;
  return mat_max_abs(w->E) <= DBL_EPSILON * w->top_error || field_converged(&w->f, Z, w->E, units);
}

/* How far from a stationary point with E != 0: A V and A^T U against |A| |Z|. */
static double motion_at(const arrival *w, mat Z) {
  double top = mat_max_abs(w->A) * fmax(mat_max_abs(Z), w->top_state);
  return top > 0.0 ? mat_max_abs(w->SZ) / top : 0.0;
}

static int rank_of(arrival *w, mat a) {
  int q = a.rows < a.cols ? a.rows : a.cols, rank = 0;
  if (lapack_singular_values(&w->lapack, a, w->s) != STATUS_OK) return q;
  while (rank < q && w->s[rank] > ARRIVAL_RANK * w->s[0]) rank++;
  return rank;
}

/* Why a stationary state is one. rank(Z) never changes along a flow: below rank(Yt), E can never
 * vanish. */
static flow_reason reason_of_rest(arrival *w, mat Z) {
  if (mat_max_abs(Z) == 0.0) return FLOW_SADDLE;
  mat_copy(w->SZ, Z);
  mat_copy(w->A, w->f.Yt);
  int have = rank_of(w, w->SZ), need = rank_of(w, w->A);
  return have < need ? FLOW_UNREACHABLE : FLOW_SADDLE;
}

flow_reason arrival_judge(arrival *w, mat Z) {
  note_progress(w);
  w->at_target = error_vanished(w, Z);
  w->motion = motion_at(w, Z);
  if (w->at_target) return FLOW_CONVERGED;
  return w->motion <= ARRIVAL_STATIONARY * DBL_EPSILON ? reason_of_rest(w, Z) : FLOW_RUNNING;
}

/* Explicit steps at their limit of stability carry stiff parts of E at the size of the tolerance:
 * they never vanish, and what they do to Z adds up. ||S Z||^2/||E||^2 is a Rayleigh quotient of K
 * at E and sees just those: with steps inside the region of stability they decay. */
static double settling_step(const arrival *w, double stable, double h) {
  double e = mat_norm_fro(w->E), v = mat_norm_fro(w->SZ);
  if (isinf(stable) || !(e > 0.0 && v > 0.0)) return h;
  return fmin(h, ARRIVAL_INSIDE * stable * (e / v) * (e / v));
}

/* Near a stationary point with E != 0 nothing but stability bounds the step, and at that bound the
 * state hovers around the point at the tolerance: shorter steps let it settle, or leave. */
static double resting_step(const arrival *w, const stepper *s, mat Z, double h) {
  double near = fmin(ARRIVAL_NEAR_BARS * stepper_local_tol(s), ARRIVAL_NEAR);
  return w->motion <= near ? fmin(h, ARRIVAL_STEP / stepper_rate(s, Z, w->A)) : h;
}

double arrival_cap(const arrival *w, const stepper *s, mat Z, double h) {
  return settling_step(w, stepper_method(s)->stable, resting_step(w, s, Z, h));
}
