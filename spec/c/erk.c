/* spec/c/erk.c: order conditions of the tableaus by rooted trees, the low-rank step against the
 * plain one, orders by slope, and the propagator that makes a step exact in the imbalance.
 * SPDX-License-Identifier: MIT */
#include "flow/erk.h"

#include "cases.h"
#include "flow/method.h"
#include "flow/rotate.h"

/* Rooted trees of order <= 8 are multisets of smaller ones: children as indices, not increasing.
 * Phi_i(tree) = prod over children of sum_j a_ij Phi_j(child), gamma = order * prod gamma(child).
 */
enum { TREES = 200, DEEPEST = 8 }; /* 1 + 1 + 2 + 4 + 9 + 20 + 48 + 115 */
typedef struct tree {
  int order, children, child[DEEPEST];
  double gamma;
} tree;

static tree trees[TREES + 1];
static int tree_count;

/* Adds every tree with the given children and more of at most index last, of the order wanted. */
static void grow(tree t, int last, int wanted) {
  if (t.order == wanted) {
    t.gamma *= t.order;
    trees[tree_count++] = t;
    return;
  }
  for (int i = 0; i <= last; i++) {
    if (t.order + trees[i].order > wanted) continue;
    tree more = t;
    more.child[more.children++] = i;
    more.order += trees[i].order;
    more.gamma *= trees[i].gamma;
    grow(more, i, wanted);
  }
}

static void plant(void) {
  for (int order = 1; order <= DEEPEST; order++)
    grow((tree){.order = 1, .gamma = 1.0}, tree_count - 1, order);
}

/* Elementary weights at the stages, the derivative at the end (whose row is b) included. */
static void weights(const tableau *tab, int index, double *phi) {
  const tree *t = &trees[index];
  double inner[TABLEAU_STAGES + 1];
  for (int i = 0; i <= tab->stages; i++) phi[i] = 1.0;
  for (int c = 0; c < t->children; c++) {
    weights(tab, t->child[c], inner);
    for (int i = 0; i <= tab->stages; i++) {
      const double *row = i < tab->stages ? tableau_row(tab, i) : tab->b;
      double sum = 0.0;
      for (int j = 0; j < i; j++) sum += row[j] * inner[j];
      phi[i] *= sum;
    }
  }
}

/* Largest violation of sum_i x_i Phi_i(t) = wanted/gamma(t) over the trees of one order. */
static double violation(const tableau *tab, const double *x, int n, int order, double wanted) {
  double worst = 0.0, phi[TABLEAU_STAGES + 1];
  for (int i = 0; i < tree_count; i++) {
    if (trees[i].order != order) continue;
    double sum = -wanted / trees[i].gamma;
    weights(tab, i, phi);
    for (int j = 0; j < n; j++) sum += x[j] * phi[j];
    worst = fmax(worst, fabs(sum));
  }
  return worst;
}

static bool near(double sum, double wanted, double size) {
  return fabs(sum - wanted) <= 4e-15 * (1.0 + size);
}

static bool sums_to(const double *x, int n, double wanted) {
  double sum = 0.0, size = 0.0;
  for (int i = 0; i < n; i++) sum += x[i], size += fabs(x[i]);
  return near(sum, wanted, size);
}

/* Row sums are c, sum b = 1, sums of error vectors 0, to round-off: a mistyped digit shows. */
static bool consistent(const tableau *t) {
  bool good = sums_to(t->b, t->stages, 1.0) && sums_to(t->e, t->stages + 1, 0.0) &&
              (!t->e2 || sums_to(t->e2, t->stages + 1, 0.0));
  for (int i = 0; i < t->stages; i++) good = good && sums_to(tableau_row(t, i), i, t->c[i]);
  return good;
}

static void check_tableau(const tableau *tab, int low, int lower) {
  check(consistent(tab), "%s is consistent", tab->name);
  for (int p = 1; p <= tab->order; p++)
    check(violation(tab, tab->b, tab->stages, p, 1.0) < 1e-14, "%s satisfies order %d: %.1e",
          tab->name, p, violation(tab, tab->b, tab->stages, p, 1.0));
  if (tab->order < DEEPEST)
    check(violation(tab, tab->b, tab->stages, tab->order + 1, 1.0) > 1e-6, "%s is not of order %d",
          tab->name, tab->order + 1);
  for (int p = 1; p <= low; p++)
    check(violation(tab, tab->e, tab->stages + 1, p, 0.0) < 1e-14,
          "%s: its estimate vanishes to order %d", tab->name, p);
  check(violation(tab, tab->e, tab->stages + 1, low + 1, 0.0) > 1e-6,
        "%s: its estimate is not of order %d", tab->name, low + 1);
  for (int p = 1; tab->e2 && p <= lower; p++)
    check(violation(tab, tab->e2, tab->stages + 1, p, 0.0) < 1e-14,
          "%s: its lower estimate vanishes to order %d", tab->name, p);
  double spoilt[100];
  int entries = tab->stages * (tab->stages - 1) / 2;
  memcpy(spoilt, tab->a, (size_t)entries * sizeof(double));
  spoilt[entries - 1] += 1e-10;
  tableau wrong = *tab;
  wrong.a = spoilt;
  check(!consistent(&wrong), "a wrong digit in %s is seen", tab->name);
  check(violation(&wrong, wrong.b, wrong.stages, 3, 1.0) > 1e-12, "a wrong digit breaks an order");
}

static void velocity(const field *f, mat Z, mat out) {
  mat A = check_mat(f->r, f->m);
  field_error(f, Z, A);
  field_force(f, A, A);
  field_velocity(f, Z, A, out);
}

/* The step as in any textbook: full k x k' stages. */
static void plain_step(const tableau *tab, const field *f, mat Z, double h, mat out, mat error) {
  mat F[TABLEAU_STAGES + 1], X = check_mat(Z.rows, Z.cols);
  for (int i = 0; i <= tab->stages; i++) {
    const double *row = i < tab->stages ? tableau_row(tab, i) : tab->b;
    F[i] = check_mat(Z.rows, Z.cols);
    mat_copy(X, Z);
    for (int j = 0; j < i; j++) mat_axpy(h * row[j], F[j], X);
    velocity(f, X, F[i]);
  }
  mat_copy(out, X);
  mat_fill(error, 0.0);
  for (int i = 0; i <= tab->stages; i++) mat_axpy(h * tab->e[i], F[i], error);
}

static erk rooms(const field *f, int kp) {
  erk w = {0};
  CHECK_LAYOUT(a, erk_layout(a, &w, dims_of(f->r, f->m, kp), TABLEAU_STAGES));
  return w;
}

static void check_low_rank(int r, int m, int kp) {
  field f = case_random(r, m, 3.0, 0.7, 5);
  mat Z = case_weights(r + m, kp, 0.6, 7), out = check_mat(r + m, kp);
  mat want = check_mat(r + m, kp), error = check_mat(r + m, kp);
  const tableau *const tabs[] = {method_dopri5.tableau, method_dop853.tableau};
  erk w = rooms(&f, kp);
  for (int i = 0; i < 2; i++) {
    double diff[2];
    erk_use(&w, tabs[i], false);
    for (int step = 0; step < 3;
         step++) { /* the second and third begin with a derivative at hand */
      plain_step(tabs[i], &f, Z, 0.11, want, error);
      check(erk_step(&w, &f, Z, 0.11, out, diff, NULL) == STATUS_OK, "a step succeeds");
      check(check_distance(out, want) <= 4e-14 * mat_max_abs(want),
            "%s at r = %d, m = %d, k' = %d is the plain step: %.1e", tabs[i]->name, r, m, kp,
            check_distance(out, want));
      double u = mat_max_abs(field_U(&f, error)), v = mat_max_abs(field_V(&f, error));
      if (!tabs[i]->e2)
        check(fabs(diff[0] - u) <= 1e-14 && fabs(diff[1] - v) <= 1e-14, "and so is its estimate");
      else
        check(diff[0] <= u + 1e-14 && diff[1] <= v + 1e-14, "and its estimate not above order 5's");
      erk_accept(&w);
      mat_copy(Z, out);
    }
  }
}

static void run_fixed(const tableau *tab, bool conserving, const field *f, mat Z0, double t,
                      int steps, mat out) {
  erk w = rooms(f, Z0.cols);
  mat Z = check_mat(Z0.rows, Z0.cols);
  mat_copy(Z, Z0);
  erk_use(&w, tab, conserving);
  for (int i = 0; i < steps; i++) {
    erk_step(&w, f, Z, t / steps, out, NULL, NULL);
    erk_accept(&w);
    mat_copy(Z, out);
  }
}

static void check_slope(const tableau *tab, bool conserving, const field *f, mat Z0, double t,
                        int steps, mat want, const char *what) {
  double error[2];
  mat Z = check_mat(Z0.rows, Z0.cols);
  for (int i = 0; i < 2; i++) {
    run_fixed(tab, conserving, f, Z0, t, steps << i, Z);
    error[i] = check_distance(Z, want);
    check(!conserving || case_drift(f, Z, Z0) <= 2e-15 * sqrt(steps),
          "%s, conserving: the imbalance drifts by %.1e", tab->name, case_drift(f, Z, Z0));
  }
  double slope = log2(error[0] / error[1]);
  check(fabs(slope - tab->order) <= 0.2, "%s%s has order %d %s: slope %.3f (%.1e, %.1e)", tab->name,
        conserving ? ", conserving," : "", tab->order, what, slope, error[0], error[1]);
}

/* With sigma = 1e-9 and Yt = 1e9 A the force is constant to round-off: a linear equation, whose
 * exponential is the rotation. */
static void check_linear(void) {
  enum { R = 4, M = 2, KP = 5 };
  field f = case_random(R, M, 1.0, 0.8, 3);
  mat A = check_mat(R, M), sigma = check_mat(R, 1), Z0 = case_weights(R + M, KP, 0.5, 2);
  mat want = check_mat(R + M, KP);
  mat_copy(A, f.Yt);
  for (int i = 0; i < R; i++) sigma.p[i] = 1e-9;
  mat_scale(f.Yt, 1e9);
  f.sigma = sigma.p;
  rotate_room turn;
  CHECK_LAYOUT(a, rotate_layout(a, &turn, dims_of(R, M, KP)));
  mat_copy(want, Z0);
  mat_scale(A, 3.0);
  check(rotate_apply(&turn, &f, A, want) == STATUS_OK, "the exponential exists");
  check_slope(method_dopri5.tableau, false, &f, Z0, 3.0, 40, want, "on a linear equation");
  check_slope(method_dop853.tableau, false, &f, Z0, 3.0, 8, want, "on a linear equation");
}

static void check_nonlinear(void) {
  field f = case_random(4, 2, 2.0, 0.8, 11);
  mat Z0 = case_weights(6, 5, 0.5, 12), want = check_mat(6, 5), Z = check_mat(6, 5);
  run_fixed(method_dop853.tableau, false, &f, Z0, 1.0, 400, want);
  check_slope(method_dopri5.tableau, false, &f, Z0, 1.0, 40, want, "on the flow");
  check_slope(method_dop853.tableau, false, &f, Z0, 1.0, 8, want, "on the flow");
  check_slope(method_dop853.tableau, true, &f, Z0, 1.0, 8, want, "on the flow");
  field wide = case_random(30, 1, 2.0, 0.8, 11); /* L of forces */
  mat wide0 = case_weights(31, 5, 0.5, 12), there = check_mat(31, 5);
  run_fixed(method_dop853.tableau, false, &wide, wide0, 0.5, 400, there);
  check_slope(method_dop853.tableau, true, &wide, wide0, 0.5, 8, there, "on a wide flow");
  run_fixed(method_dop853.tableau, false, &f, Z0, 2.0, 1, Z); /* the control */
  check(case_drift(&f, Z, Z0) > 1e-8, "a plain step does not conserve the imbalance");
}

/* |R(z)| <= 1 on [-stable, 0], R(z) the step's result on z' = lam z from 1. Within an eighth of an
 * interval more it is not: the number is not too careful either. */
static double growth(const tableau *tab, double z) {
  double F[TABLEAU_STAGES], end = 1.0;
  for (int i = 0; i < tab->stages; i++) {
    double x = 1.0;
    for (int j = 0; j < i; j++) x += z * tableau_row(tab, i)[j] * F[j];
    F[i] = x;
    end += z * tab->b[i] * x;
  }
  return fabs(end);
}

static void check_stable(const tableau *tab, const method *which) {
  enum { POINTS = 100000 };
  double worst = 0.0;
  for (int i = 1; i <= POINTS; i++) worst = fmax(worst, growth(tab, -which->stable * i / POINTS));
  check(worst < 1.0, "%s is stable on [-%g, 0]: %.6f", tab->name, which->stable, worst);
  check(growth(tab, -1.125 * which->stable) > 1.0, "and not much farther");
}

int main(void) {
  blas_threads(1);
  plant();
  check(tree_count == TREES, "there are 200 rooted trees of order 8 at most, not %d", tree_count);
  check_tableau(method_dopri5.tableau, 4, 0);
  check_tableau(method_dop853.tableau, 5, 3);
  check_stable(method_dopri5.tableau, &method_dopri5);
  check_stable(method_dop853.tableau, &method_dop853);
  check_low_rank(6, 1, 7);
  check_low_rank(5, 3, 8);
  check_low_rank(3, 5, 2);
  check_low_rank(4, 2, 1);
  check_linear();
  check_nonlinear();
  return check_done("erk");
}
