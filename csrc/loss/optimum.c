/* csrc/loss/optimum.c: Newton's method with an exact line search, and what it means when it runs
 * away (see optimum.h). SPDX-License-Identifier: MIT */
#include "loss/optimum.h"

#include <float.h>
#include <math.h>

#include "num/blas.h"

enum { STEPS = 1000, POLISH = 4 };

/* A step that changes outputs by more than RUNNING when the loss hardly falls by it (LATE of it)
 * may be one to infinity: there Newton's steps are 1 and more (e^-f falls by e), while those to a
 * minimum end by squares. It is one if it does no sample harm. */
static const double RUNNING = 0.1, LATE = 1e-6;
/* Residuals of so many units of round-off of the targets are none. */
static const double EXACT = 16.0;
/* Margins below this share of the outputs are round-off of F = W P. */
static const double SLIGHT = 1e-12;

void optimum_layout(arena *a, optimum *o, int r, int m) {
  *o = (optimum){0};
  o->P = arena_mat(a, r, m);
}

/* Outputs at a time: those of classes meet in every sample, others never. */
static int together(const loss *l, int m) { return l->classes ? m : 1; }

void optimum_work_layout(arena *a, optimum_work *w, const loss *l, int n, int r, int m) {
  m = together(l, m);
  newton_layout(a, &w->newton, l, n, r, m);
  if (!l->classes) flat_layout(a, &w->flat, n, r);
  w->F = arena_mat(a, n, m);
  w->T = arena_mat(a, n, m);
  w->R = arena_mat(a, n, m);
  w->FD = arena_mat(a, n, m);
  w->G = arena_mat(a, r, m);
  w->D = arena_mat(a, r, m);
  decided_layout(a, &w->decided, l->classes ? n : 0, l->classes ? r : 0, m);
}

/* Are all targets classes, 0, 1 and -1? */
static bool is_hard(mat Y) {
  for (int j = 0; j < Y.cols; j++)
    for (int i = 0; i < Y.rows; i++) {
      double y = fabs(mat_get(Y, i, j));
      if (y != 0.0 && y != 1.0) return false;
    }
  return true;
}

double optimum_margin(mat F, mat Y) {
  double least_margin = INFINITY;
  for (int i = 0; i < F.rows; i++) {
    double right = mat_get(Y, i, 0) * mat_get(F, i, 0), best = 0.0;
    if (F.cols > 1) {
      best = right = -INFINITY;
      for (int j = 0; j < F.cols; j++) {
        double *of = mat_get(Y, i, j) > 0.5 ? &right : &best;
        *of = fmax(*of, mat_get(F, i, j));
      }
    }
    least_margin = fmin(least_margin, right - best);
  }
  return least_margin;
}

/* ||Theta|| of P. */
static double size_of(mat P, const double *sigma) {
  double sum = 0.0;
  for (int i = 0; i < P.rows; i++)
    for (int j = 0; j < P.cols; j++) sum = hypot(sum, mat_get(P, i, j) / sigma[i]);
  return sum;
}

/* Outputs, residual and descending gradient at P. */
static void look(optimum_work *w, mat P) {
  const newton *e = &w->newton;
  blas_gemm('N', 'N', 1.0, e->W, P, 0.0, w->F);
  decided_outputs(&w->decided, w->F);
  e->l->residual(e->delta, w->F, e->Y, w->R);
  blas_gemm('T', 'N', 1.0, e->W, w->R, 0.0, w->G);
}

/* The derivative of the loss along FD, at F + x FD. */
static double slope(optimum_work *w, double x) {
  const newton *e = &w->newton;
  mat_copy(w->T, w->F);
  mat_axpy(x, w->FD, w->T);
  e->l->residual(e->delta, w->T, e->Y, w->T);
  return -mat_dot(w->T, w->FD);
}

/* Where it has fallen to a tenth of that at 0, which is -fall: 1 near a minimum, on the way to
 * infinity as far as it takes. Late, no farther than 1: what is not on that way would be carried
 * past its place. */
static double step_length(optimum_work *w, double fall, bool late) {
  double low = 0.0, high = 1.0, at_low = -fall, at_high = slope(w, 1.0), enough = 0.1 * fall;
  while (at_high < -enough && high < 0x1p60 && !late) {
    low = high, at_low = at_high;
    high *= 2.0;
    at_high = slope(w, high);
  }
  if (!(at_high > enough)) return high;
  for (int k = 0, side = 0; k < 60; k++) { /* Illinois: the root lies in between */
    double x = low + (high - low) * at_low / (at_low - at_high);
    if (!(x > low && x < high)) x = 0.5 * (low + high);
    double at = slope(w, x);
    if (fabs(at) <= enough) return x;
    if (at < 0.0) {
      low = x, at_low = at;
      if (side == -1) at_high *= 0.5;
      side = -1;
    } else {
      high = x, at_high = at;
      if (side == 1) at_low *= 0.5;
      side = 1;
    }
  }
  return low > 0.0 ? low : high;
}

/* Further whole steps, for as long as each halves the gradient: the loss sees it no more, but P and
 * all that is measured from it does. */
static status polish(optimum_work *w, mat P, double accuracy, const tick *t) {
  double left = mat_norm_fro(w->G);
  for (int k = 0; k < POLISH && left > 0.0; k++) {
    mat_axpy(1.0, w->D, P);
    look(w, P);
    double now = mat_norm_fro(w->G);
    if (!(now < left)) {
      mat_axpy(-1.0, w->D, P);
      look(w, P);
      return STATUS_OK;
    }
    if (!(now < 0.5 * left)) return STATUS_OK;
    left = now;
    status s = newton_solve(&w->newton, w->F, w->G, accuracy, w->D, t);
    if (s != STATUS_OK) return s;
  }
  return STATUS_OK;
}

/* Data decided step by step may be separable: the way says so. */
static void conclude(optimum *o, optimum_work *w, mat P, bool hard) {
  mat_copy(P, w->decided.way);
  o->kind = OPTIMUM_UNATTAINED;
  if (w->newton.shift) newton_center(P);
  blas_gemm('N', 'N', 1.0, w->newton.W, P, 0.0, w->T);
  if (hard && optimum_margin(w->T, w->newton.Y) > SLIGHT * mat_max_abs(w->T))
    o->kind = OPTIMUM_SEPARABLE;
}

/* Where samples pass from far to near within a step its model is wrong, and where all are far it
 * has no curvature at all: short steps ask for more damping (the Hessian is at most 1), whole ones
 * for less. */
static double damping(double damp, double step) {
  if (step < 0.25) return fmax(8.0 * damp, 1e-12);
  return step > 0.5 && damp > 1e-12 ? damp / 8.0 : step > 0.5 ? 0.0 : damp;
}

/* The gradient is round-off of the residuals, or these are of the targets: a map fits them all. */
static bool met(const optimum_work *w, double size) {
  double left = mat_norm_fro(w->R);
  return size <= 2.0 * DBL_EPSILON * left ||
         left <= EXACT * DBL_EPSILON * mat_norm_fro(w->newton.Y);
}

/* From P to the minimum at one delta, or until the loss is known to have none. `least_fall`: what a
 * step may gain without being made, relative to the loss. */
static status descend(optimum *o, optimum_work *w, mat P, double least_fall, bool hard,
                      const tick *t) {
  const newton *e = &w->newton;
  double first = 0.0, start = 0.0;
  for (int k = 0; k < STEPS; k++) {
    look(w, P);
    double value = e->l->value(e->delta, w->F, e->Y), size = mat_norm_fro(w->G);
    if (!isfinite(value) || !isfinite(size)) return STATUS_OVERFLOW;
    if (k == 0) first = size, start = value;
    double margin = hard && !w->decided.some ? optimum_margin(w->F, e->Y) : 0.0;
    if (margin > SLIGHT * mat_max_abs(w->F)) {
      o->kind = OPTIMUM_SEPARABLE;
      return STATUS_OK;
    }
    mat_fill(w->D, 0.0);
    bool tails = e->l->classes && !w->decided.some; /* whose digits count, however small */
    if (size == 0.0 || (!tails && met(w, size))) return STATUS_OK;
    double accuracy = fmax(1e-10, fmin(0.1, size / first));
    status s = newton_solve(&w->newton, w->F, w->G, accuracy, w->D, t);
    if (s != STATUS_OK) return s;
    blas_gemm('N', 'N', 1.0, e->W, w->D, 0.0, w->FD);
    decided_step(&w->decided, w->FD);
    double fall = mat_dot(w->G, w->D);
    if (e->l->classes && fall <= LATE * value && mat_max_abs(w->FD) >= RUNNING &&
        decided_recedes(&w->decided, w->FD) && decided_add(&w->decided, e->W, w->D, w->FD, w->T)) {
      w->newton.rough = true; /* what is left may not see all directions */
      continue;
    }
    if (fall <= least_fall * value || fall <= DBL_EPSILON * DBL_EPSILON * start)
      return least_fall < 1e-8 ? polish(w, P, accuracy, t) : STATUS_OK;
    double x = step_length(w, fall, fall <= LATE * value);
    mat_axpy(x, w->D, P);
    if (!e->l->classes) w->newton.damp = damping(e->damp, x);
    o->steps++;
  }
  return STATUS_LIMIT;
}

/* All outputs that meet. Losses that grow like |f| have no curvature where all samples are far:
 * they are approached through larger deltas, from least squares. */
static status descend_all(optimum *o, optimum_work *w, const loss *l, double delta, mat W, mat P,
                          mat Y, const tick *t) {
  mat_fill(P, 0.0);
  if (!l->classes) {
    blas_gemm('T', 'N', 1.0, W, Y, 0.0, P);
    mat_copy(w->R, Y);
    blas_gemm('N', 'N', -1.0, W, P, 1.0, w->R);
    for (double far = 0.5 * mat_max_abs(w->R); far > delta; far *= 0.25) {
      newton_begin(&w->newton, l, far, W, Y);
      status s = descend(o, w, P, 1e-4, false, t);
      if (s != STATUS_OK) return s;
    }
  }
  newton_begin(&w->newton, l, delta, W, Y);
  decided_begin(&w->decided, Y, W.cols);
  bool hard = l->classes && is_hard(Y);
  status s = descend(o, w, P, 4.0 * DBL_EPSILON, hard, t);
  if (s == STATUS_OK && w->decided.some) conclude(o, w, P, hard);
  return s;
}

/* The least margin becomes 1. */
static void certify(optimum *o, optimum_work *w, mat W, const double *sigma, mat Y) {
  if (o->P.cols > 1) newton_center(o->P);
  blas_gemm('N', 'N', 1.0, W, o->P, 0.0, w->F);
  mat_scale(o->P, 1.0 / optimum_margin(w->F, Y));
  o->margin = 1.0 / size_of(o->P, sigma);
}

status optimum_find(optimum *o, optimum_work *w, const loss *l, double delta, mat W,
                    const double *sigma, mat Y, const tick *t) {
  int n = W.rows, r = W.cols, m = together(l, Y.cols);
  o->P = mat_of(o->P.p, r, Y.cols);
  w->G = mat_of(w->G.p, r, m);
  w->D = mat_of(w->D.p, r, m);
  o->kind = OPTIMUM_ATTAINED;
  o->loss = o->gradient = o->margin = 0.0;
  o->steps = 0;
  if (r == n && (!l->classes || is_hard(Y))) { /* every target can be met */
    blas_gemm('T', 'N', 1.0, W, Y, 0.0, o->P);
    if (!l->classes) return STATUS_OK;
    o->kind = OPTIMUM_SEPARABLE;
    certify(o, w, W, sigma, Y);
    return STATUS_OK;
  }
  for (int j = 0; j < Y.cols; j += m) {
    mat P = mat_cols(o->P, j, m), targets = mat_cols(Y, j, m);
    status s = descend_all(o, w, l, delta, W, P, targets, t);
    if (s == STATUS_OK && !l->classes)
      s = flat_settle(&w->flat, W, sigma, delta, w->F, targets, P, t);
    if (s != STATUS_OK) return s;
    o->loss += l->value(delta, w->F, targets);
    o->gradient = hypot(o->gradient, mat_norm_fro(w->G));
  }
  if (o->kind == OPTIMUM_SEPARABLE) {
    o->loss = o->gradient = 0.0;
    certify(o, w, W, sigma, Y);
  } else if (o->kind == OPTIMUM_ATTAINED && w->newton.shift) {
    newton_center(o->P);
  }
  return STATUS_OK;
}
