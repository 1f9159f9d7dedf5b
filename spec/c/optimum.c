/* spec/c/optimum.c: the least loss over linear maps against minima found by SciPy in the inputs'
 * own coordinates, identities at a minimum, and verdicts on data whose kind is known.
 * SPDX-License-Identifier: MIT */
#include "loss/margin.h"
#include "loss/optimum.h"
#include "num/blas.h"
#include "num/random.h"
#include "num/thin.h"

#include "check.h"

/* A problem as the optimum wants it, and what it says. */
typedef struct asked {
  const loss *l;
  double delta;
  mat W, Pt, Y;
  double *sigma;
  optimum o;
  optimum_work w;
  status s;
} asked;

static asked ask(const char *name, double delta, mat X, mat Y, const tick *t) {
  int q = least(X.rows, X.cols), r = 0;
  asked a = {.l = loss_named(name), .delta = delta, .Y = Y};
  thin_work thin;
  CHECK_LAYOUT(room, thin_layout(room, &thin, X.rows, X.cols, 1));
  mat W = check_mat(X.rows, q), Pt = check_mat(q, X.cols);
  a.sigma = check_memory((size_t)q * sizeof(double));
  thin_svd(&thin, X, W, a.sigma, Pt);
  while (r < q && a.sigma[r] > 1e-13 * a.sigma[0]) r++;
  a.W = mat_cols(W, 0, r);
  a.Pt = mat_rows(Pt, 0, r);
  CHECK_LAYOUT(room, optimum_layout(room, &a.o, r, Y.cols));
  CHECK_LAYOUT(room, optimum_work_layout(room, &a.w, a.l, X.rows, r, Y.cols));
  a.s = optimum_find(&a.o, &a.w, a.l, delta, a.W, a.sigma, Y, t);
  return a;
}

/* Theta = Phi1 diag(1/sigma) P. */
static mat map_of(const asked *a) {
  mat scaled = check_mat(a->o.P.rows, a->o.P.cols), theta = check_mat(a->Pt.cols, a->o.P.cols);
  for (int j = 0; j < scaled.cols; j++)
    for (int i = 0; i < scaled.rows; i++)
      *mat_at(scaled, i, j) = mat_get(a->o.P, i, j) / a->sigma[i];
  blas_gemm('T', 'N', 1.0, a->Pt, scaled, 0.0, theta);
  return theta;
}

static mat outputs_of(const asked *a) {
  mat F = check_mat(a->W.rows, a->o.P.cols);
  blas_gemm('N', 'N', 1.0, a->W, a->o.P, 0.0, F);
  return F;
}

/* ||W^T R||: at a minimum of a convex loss, and nowhere else, it is 0. */
static double gradient_of(const asked *a) {
  mat R = outputs_of(a), G = check_mat(a->o.P.rows, a->o.P.cols);
  a->l->residual(a->delta, R, a->Y, R);
  blas_gemm('T', 'N', 1.0, a->W, R, 0.0, G);
  return mat_norm_fro(G);
}

static mat normal(int rows, int cols, int seed) {
  philox g = philox_make(11, (uint64_t)seed);
  mat a = check_mat(rows, cols);
  random_fill_normal(&g, a, 1.0);
  return a;
}

/* Classes of the largest outputs of a random map and `noise` times a normal, one-hot. */
static mat classes_of(mat X, int m, double noise, int seed) {
  mat T = normal(X.cols, m, seed + 1), F = normal(X.rows, m, seed + 2), Y = check_mat(X.rows, m);
  blas_gemm('N', 'N', 1.0, X, T, noise, F);
  for (int i = 0; i < F.rows; i++) {
    int top = 0;
    for (int j = 1; j < m; j++)
      if (mat_get(F, i, j) > mat_get(F, i, top)) top = j;
    *mat_at(Y, i, top) = 1.0;
  }
  return Y;
}

static void reference_case(const char *file, const char *key, const char *name, double delta) {
  const char *text = check_key(file, key);
  int n = (int)check_number(text, "n"), D = (int)check_number(text, "D");
  int m = (int)check_number(text, "m");
  mat X = check_matrix(text, "X", n, D), Y = check_matrix(text, "Y", n, m);
  mat theta = check_matrix(text, "theta", D, m);
  double known = check_number(text, "loss");
  asked a = ask(name, delta, X, Y, NULL);
  check(a.s == STATUS_OK && a.o.kind == OPTIMUM_ATTAINED, "%s: attained", key);
  check(fabs(a.o.loss - known) <= 4e-15 * known, "%s: L* off by %g", key, a.o.loss / known - 1.0);
  check(check_distance(map_of(&a), theta) <= 1e-12 * mat_max_abs(theta),
        "%s: the minimizer is off by %g", key, check_distance(map_of(&a), theta));
  check(gradient_of(&a) <= 1e-14 * sqrt(n), "%s: a gradient of %g is left", key, gradient_of(&a));
}

/* The same two classes as one output of +1 and -1, and as two of 0 and 1. */
static void two_classes(void) {
  mat X = normal(40, 3, 1), hot = classes_of(X, 2, 2.0, 1), sign = check_mat(40, 1);
  for (int i = 0; i < 40; i++) sign.p[i] = mat_get(hot, i, 0) - mat_get(hot, i, 1);
  asked one = ask("logistic", 0.0, X, sign, NULL), two = ask("softmax", 0.0, X, hot, NULL);
  check(fabs(one.o.loss / two.o.loss - 1.0) <= 4e-15, "two classes cost the same in both losses");
  mat difference = mat_cols(two.o.P, 0, 1);
  mat_axpy(-1.0, mat_cols(two.o.P, 1, 1), difference);
  check(check_distance(one.o.P, difference) <= 1e-13, "logistic is the difference: off by %g",
        check_distance(one.o.P, difference));
}

/* No entry is far: least squares. Nearly all are: the median of five numbers. */
static void huber_ends(void) {
  mat X = normal(30, 4, 5), Y = normal(30, 2, 6);
  asked wide = ask("huber", 1e3, X, Y, NULL);
  mat P = check_mat(4, 2);
  blas_gemm('T', 'N', 1.0, wide.W, Y, 0.0, P);
  check(check_distance(wide.o.P, P) <= 1e-14, "a large delta makes least squares");
  mat ones = check_mat(5, 1), five = check_mat(5, 1);
  const double numbers[] = {7.0, -3.0, 1e6, 0.25, 2.0};
  for (int i = 0; i < 5; i++) ones.p[i] = 1.0, five.p[i] = numbers[i];
  asked median = ask("huber", 1e-3, ones, five, NULL);
  check(fabs(map_of(&median).p[0] - 2.0) <= 1e-9, "a small delta makes medians, not %.15g",
        map_of(&median).p[0]);
}

/* Two targets that are far apart: any constant between is a minimum, but for delta at each end; and
 * two such in directions of very different size, one of them with 0 between. */
static void huber_flat(void) {
  mat X = check_mat(5, 3), Y = check_mat(5, 1);
  const double inputs[][3] = {{2, 0, 0}, {2, 0, 0}, {0, 1e-3, 0}, {0, 1e-3, 0}, {0, 0, 1}};
  const double targets[] = {6.0, 26.0, -3.0, 4.0, 7.0};
  for (int i = 0; i < 5; i++) {
    for (int j = 0; j < 3; j++) *mat_at(X, i, j) = inputs[i][j];
    Y.p[i] = targets[i];
  }
  asked a = ask("huber", 0.5, X, Y, NULL);
  mat theta = map_of(&a);
  check(fabs(theta.p[0] - 3.25) <= 1e-12, "the nearer end of many minima: %.15g", theta.p[0]);
  check(fabs(theta.p[1]) <= 1e-9, "0 where it is one of them: %.15g", theta.p[1]);
  check(fabs(theta.p[2] - 7.0) <= 1e-12, "met where that is possible: %.15g", theta.p[2]);
  check(gradient_of(&a) <= 1e-13, "it is a minimum: %g", gradient_of(&a));

  mat Z = normal(12, 9, 60), T = normal(12, 1, 61);
  asked b = ask("huber", 1e-3, Z, T, NULL);
  check(gradient_of(&b) <= 1e-15, "a small delta: a gradient of %g is left", gradient_of(&b));
}

/* Six pairs of equal samples with targets apart, each output free in between, and three samples of
 * inputs of their own: none of many steps in the other inputs keeps the loss and shortens Theta. */
static void huber_shortest(void) {
  mat X = check_mat(15, 9), Y = normal(15, 1, 61), F = check_mat(15, 1);
  mat some = normal(6, 9, 60), centers = normal(6, 1, 62);
  for (int i = 0; i < 12; i++) {
    mat_copy(mat_rows(X, i, 1), mat_rows(some, i / 2, 1));
    *mat_at(X, i, i / 2) += 3.0; /* well apart: 1 step in 64 keeps all six */
    Y.p[i] = 3.0 * centers.p[i / 2] + (i % 2 ? 1.0 : -1.0);
  }
  for (int i = 0; i < 3; i++) *mat_at(X, 12 + i, 6 + i) = 1.0;
  asked a = ask("huber", 0.1, X, Y, NULL);
  mat theta = map_of(&a), moved = check_mat(9, 1);
  check(gradient_of(&a) <= 1e-13, "pairs: a gradient of %g is left", gradient_of(&a));
  philox g = philox_make(12, 1);
  int same = 0, shorter = 0;
  for (int k = 0; k < 2000; k++) {
    mat_copy(moved, theta);
    random_fill_normal(&g, mat_rows(F, 0, 6), 1e-2);
    mat_axpy(1.0, mat_rows(F, 0, 6), mat_rows(moved, 0, 6));
    blas_gemm('N', 'N', 1.0, X, moved, 0.0, F);
    if (a.l->value(a.delta, F, Y) > a.o.loss * (1.0 + 1e-13)) continue;
    same++;
    shorter += mat_norm_fro(moved) < mat_norm_fro(theta) * (1.0 - 1e-6);
  }
  check(same > 10 && shorter == 0, "%d steps keep the loss, %d of them shorten the map", same,
        shorter);
}

/* The map of largest margin, against SciPy's quadratic program. */
static void margin_case(const char *file, const char *key, const char *name) {
  const char *text = check_key(file, key);
  int n = (int)check_number(text, "n"), D = (int)check_number(text, "D");
  int m = (int)check_number(text, "m");
  mat X = check_matrix(text, "X", n, D), Y = check_matrix(text, "Y", n, m);
  mat theta = check_matrix(text, "theta", D, m);
  asked a = ask(name, 0.0, X, Y, NULL);
  margin w;
  CHECK_LAYOUT(room, margin_layout(room, &w, n, a.W.cols, m));
  check(margin_find(&w, a.W, a.sigma, Y, a.o.P, NULL) == STATUS_OK, "%s: found", key);
  check(check_distance(map_of(&a), theta) <= 1e-12 * mat_max_abs(theta), "%s: off by %g", key,
        check_distance(map_of(&a), theta));
  double reached = optimum_margin(outputs_of(&a), Y);
  check(fabs(reached - 1.0) <= 1e-14, "%s: the least margin is %.17g", key, reached);
  double certified = a.o.margin * mat_norm_fro(theta);
  check(certified > 0.0 && certified <= 1.0 + 1e-12, "%s: the certificate's is no larger", key);
  for (int j = 0; j < m; j++) *mat_at(Y, 0, j) = m == 1 ? -mat_get(Y, 0, 0) : mat_get(Y, 1, j);
  for (int j = 0; j < D; j++) *mat_at(X, 1, j) = mat_get(X, 0, j); /* one sample, two classes */
  *mat_at(Y, 1, 0) = m == 1 ? -mat_get(Y, 0, 0) : 1.0 - mat_get(Y, 0, 0);
  for (int j = 1; j < m; j++) *mat_at(Y, 1, j) = 0.0;
  if (m > 1 && mat_get(Y, 1, 0) == 0.0) *mat_at(Y, 1, 1) = 1.0;
  asked b = ask(name, 0.0, X, Y, NULL);
  check(margin_find(&w, b.W, b.sigma, Y, b.o.P, NULL) == STATUS_SINGULAR, "%s: none", key);
}

static void separable(const char *what, const char *name, mat X, mat Y) {
  asked a = ask(name, 0.0, X, Y, NULL);
  check(a.s == STATUS_OK && a.o.kind == OPTIMUM_SEPARABLE && a.o.loss == 0.0, "%s: separable",
        what);
  double reached = optimum_margin(outputs_of(&a), Y);
  check(fabs(reached - 1.0) <= 1e-10, "%s: the certificate's least margin is %.15g", what, reached);
  check(fabs(a.o.margin * mat_norm_fro(map_of(&a)) - 1.0) <= 1e-12, "%s: margin over norm", what);
}

static void kinds(void) {
  mat X = normal(60, 5, 20), Y = classes_of(X, 3, 0.0, 20);
  separable("classes made by a map", "softmax", X, Y);
  mat square = normal(12, 20, 21), random = classes_of(square, 4, 1e3, 21);
  separable("as many directions as samples", "softmax", square, random);

  /* Smoothed, every map decides wrongly somewhere: a minimum there is. */
  mat smooth = check_mat(60, 3);
  for (int j = 0; j < 3; j++)
    for (int i = 0; i < 60; i++) *mat_at(smooth, i, j) = 0.1 + 0.7 * mat_get(Y, i, j);
  asked a = ask("softmax", 0.0, X, smooth, NULL);
  check(a.s == STATUS_OK && a.o.kind == OPTIMUM_ATTAINED && gradient_of(&a) < 1e-13,
        "smoothed labels have a minimum");

  /* Two blocks: inputs 1 and 2 of 40 samples that overlap, input 3 of 10 that it decides. The
   * infimum is that of the first block. */
  mat both = check_mat(50, 3), sign = check_mat(50, 1);
  mat first = normal(40, 2, 30), hot = classes_of(first, 2, 2.0, 30);
  mat_copy(mat_sub(both, 0, 0, 40, 2), first);
  for (int i = 0; i < 50; i++) {
    if (i >= 40) *mat_at(both, i, 2) = i % 2 ? 0.3 * i : -0.2 * i;
    sign.p[i] = i >= 40 ? (i % 2 ? 1.0 : -1.0) : 2.0 * mat_get(hot, i, 0) - 1.0;
  }
  asked part =
      ask("logistic", 0.0, mat_rows(mat_cols(both, 0, 2), 0, 40), mat_rows(sign, 0, 40), NULL);
  asked whole = ask("logistic", 0.0, both, sign, NULL);
  check(whole.o.kind == OPTIMUM_UNATTAINED, "decided in part: no minimum");
  check(fabs(whole.o.loss / part.o.loss - 1.0) <= 4e-15, "decided in part: L* off by %g",
        whole.o.loss / part.o.loss - 1.0);
  double harm = 0.0, good = 0.0;
  mat F = outputs_of(&whole);
  for (int i = 0; i < 50; i++) {
    harm = fmin(harm, F.p[i] * sign.p[i]);
    good = fmax(good, F.p[i] * sign.p[i]);
  }
  check(good > 0.0 && harm >= -1e-9 * good, "its direction helps by %g and harms by %g", good,
        harm);
  *mat_at(both, 49, 2) *= -1.0; /* the control: one is now mistaken */
  check(ask("logistic", 0.0, both, sign, NULL).o.kind == OPTIMUM_ATTAINED, "undecided: a minimum");
}

/* More unknowns than are factorized. */
static void by_products(void) {
  mat X = normal(1800, 110, 40), Y = classes_of(X, 10, 20.0, 40);
  asked a = ask("softmax", 0.0, X, Y, NULL);
  check(a.s == STATUS_OK && a.o.kind == OPTIMUM_ATTAINED && !a.w.newton.dense, "by products");
  check(gradient_of(&a) <= 1e-12, "by products a gradient of %g is left", gradient_of(&a));
  double sums = 0.0;
  for (int i = 0; i < a.o.P.rows; i++) {
    double sum = 0.0;
    for (int j = 0; j < 10; j++) sum += mat_get(a.o.P, i, j);
    sums = fmax(sums, fabs(sum));
  }
  check(sums <= 1e-13, "what softmax does not see is left out: %g", sums);
}

static int now(void *arg) {
  (void)arg;
  return 1;
}

int main(void) {
  const char *file = check_file("optimum.json");
  reference_case(file, "logistic", "logistic", 0.0);
  reference_case(file, "softmax", "softmax", 0.0);
  reference_case(file, "smoothed", "softmax", 0.0);
  reference_case(file, "huber", "huber", 0.7);
  two_classes();
  huber_ends();
  huber_flat();
  huber_shortest();
  margin_case(file, "margin_logistic", "logistic");
  margin_case(file, "margin_softmax", "softmax");
  kinds();
  by_products();
  tick t = {now, NULL};
  mat X = normal(30, 4, 50);
  check(ask("softmax", 0.0, X, classes_of(X, 3, 3.0, 50), &t).s == STATUS_PAUSED, "interrupted");
  return check_done("optimum");
}
