/* spec/c/loss.c: each loss against its definition in long double, its derivatives against
 * differences of it, its divergence in relative digits, and outputs from 1e-8 to 1e8.
 * SPDX-License-Identifier: MIT */
#include "loss/loss.h"

#include "check.h"

enum { SAMPLES = 4 };
static const double DELTA = 0.7;

static double random_in(double low, double high) {
  static unsigned long long state = 20;
  state = state * 6364136223846793005ull + 1442695040888963407ull;
  return low + (high - low) * ldexp((double)(state >> 11), -53);
}

/* Whether definition_row knows the loss. */
static bool is_defined(const loss *l) {
  return l == &loss_squared || l == &loss_logistic || l == &loss_softmax || l == &loss_huber;
}

static long double definition_row(const loss *l, int m, const long double *f, const double *y) {
  long double sum = 0.0L, top = f[0];
  if (l == &loss_softmax) {
    for (int j = 1; j < m; j++) top = f[j] > top ? f[j] : top;
    for (int j = 0; j < m; j++) sum += expl(f[j] - top);
    sum = top + logl(sum);
    for (int j = 0; j < m; j++) sum -= y[j] * f[j];
    return sum;
  }
  for (int j = 0; j < m; j++) {
    long double e = fabsl(y[j] - f[j]);
    if (l == &loss_logistic) {
      sum += logl(1.0L + expl(-y[j] * f[j]));
    } else if (l == &loss_huber && e > DELTA) {
      sum += DELTA * (e - 0.5L * DELTA);
    } else {
      sum += 0.5L * e * e;
    }
  }
  return sum;
}

/* Of F + x D. */
static long double definition(const loss *l, mat F, long double x, mat D, mat Y) {
  long double sum = 0.0L, f[8];
  double y[8];
  for (int i = 0; i < F.rows; i++) {
    for (int j = 0; j < F.cols; j++) {
      f[j] = mat_get(F, i, j) + (D.p ? x * mat_get(D, i, j) : 0.0L);
      y[j] = mat_get(Y, i, j);
    }
    sum += definition_row(l, F.cols, f, y);
  }
  return sum;
}

static void draw(mat a, double size) {
  for (int j = 0; j < a.cols; j++)
    for (int i = 0; i < a.rows; i++) *mat_at(a, i, j) = random_in(-size, size);
}

static mat targets(const loss *l, int m, bool smooth) {
  mat Y = check_mat(SAMPLES, m);
  draw(Y, 1.0);
  for (int i = 0; i < SAMPLES; i++) {
    if (l == &loss_logistic) *mat_at(Y, i, 0) = i % 2 ? 1.0 : -1.0;
    for (int j = 0; l == &loss_softmax && j < m; j++)
      *mat_at(Y, i, j) = smooth ? 0.25 / (m - 1) + (j == i % m ? 0.75 - 0.25 / (m - 1) : 0.0)
                                : (j == i % m ? 1.0 : 0.0);
  }
  return Y;
}

/* <l'(F), D> = -<R, D> and <D, H D>, against central differences of the definition. */
static void check_derivatives(const loss *l, mat F, mat Y) {
  mat D = check_mat(F.rows, F.cols), R = check_mat(F.rows, F.cols), HD = check_mat(F.rows, F.cols);
  draw(D, 1.0);
  l->residual(DELTA, F, Y, R);
  l->curvature(DELTA, F, Y, D, HD);
  long double h = 1e-4L, at = definition(l, F, 0.0L, D, Y);
  long double up = definition(l, F, h, D, Y), down = definition(l, F, -h, D, Y);
  double slope = (double)((up - down) / (2.0L * h)),
         bend = (double)((up - 2.0L * at + down) / (h * h));
  check(fabs(slope + mat_dot(R, D)) <= 3e-8 * (1.0 + fabs(slope)),
        "%s: slope %.12g, residual %.12g", l->name, slope, -mat_dot(R, D));
  check(fabs(bend - mat_dot(HD, D)) <= 3e-7 * (1.0 + fabs(bend)), "%s: bend %.12g, curvature %.12g",
        l->name, bend, mat_dot(HD, D));
  mat same = check_mat(F.rows, F.cols); /* in place: R over F, HX over X */
  mat_copy(same, F);
  l->residual(DELTA, same, Y, same);
  check(check_distance(same, R) == 0.0, "%s: the residual may replace F", l->name);
  l->curvature(DELTA, F, Y, D, D);
  check(check_distance(D, HD) == 0.0, "%s: the curvature may replace X", l->name);
}

/* The definition of the divergence in long double: relative digits where it is not tiny. */
static void check_divergence(const loss *l, mat F, mat Y, double size) {
  mat G = check_mat(F.rows, F.cols), R = check_mat(F.rows, F.cols), D = check_mat(F.rows, F.cols);
  draw(D, size);
  mat_copy(G, F);
  mat_axpy(1.0, D, G);
  for (int j = 0; j < D.cols; j++) /* what G is, rounded */
    for (int i = 0; i < D.rows; i++) *mat_at(D, i, j) = mat_get(G, i, j) - mat_get(F, i, j);
  double have = l->divergence(DELTA, G, F, Y), want, bend;
  if (size < 1e-2) { /* the quadratic form at F, in the middle of which l''' enters */
    mat middle = check_mat(F.rows, F.cols);
    mat_copy(middle, F);
    mat_axpy(1.0 / 3.0, D, middle);
    l->curvature(DELTA, middle, Y, D, R);
    bend = 0.5 * mat_dot(D, R);
    check(fabs(have - bend) <= size * size * bend, "%s: divergence %.15g near, %.15g", l->name,
          have, bend);
    return;
  }
  l->residual(DELTA, F, Y, R);
  long double slope = 0.0L;
  for (int j = 0; j < D.cols; j++)
    for (int i = 0; i < D.rows; i++) slope += (long double)mat_get(R, i, j) * mat_get(D, i, j);
  want = (double)(definition(l, G, 0.0L, D, Y) - definition(l, F, 0.0L, D, Y) + slope);
  check(fabs(have - want) <= 1e-12 * want + 1e-15 * mat_max_abs(D),
        "%s: divergence %.15g, not %.15g", l->name, have, want);
}

static void check_loss(const loss *l, int m, bool smooth) {
  mat F = check_mat(SAMPLES, m), Y = targets(l, m, smooth), none = {0};
  check(!l->refuse || !l->refuse(Y), "%s takes its own targets", l->name);
  for (int k = 0; k < 40; k++) {
    draw(F, k % 4 == 3 ? 20.0 : 1.0 + k % 4);
    double want = (double)definition(l, F, 0.0L, none, Y);
    check(fabs(l->value(DELTA, F, Y) - want) <= 1e-15 * SAMPLES * (m + want),
          "%s is %.17g, not %.17g", l->name, l->value(DELTA, F, Y), want);
    check_derivatives(l, F, Y);
    if (l != &loss_huber || k % 4 == 0) check_divergence(l, F, Y, 1e-5);
    for (double size = 0.1; size < 200.0; size *= 10.0) check_divergence(l, F, Y, size);
    check(l->divergence(DELTA, F, F, Y) == 0.0, "%s: no divergence from itself", l->name);
  }
  for (double size = 1e-8; size < 1e9; size *= 1e16) { /* nothing overflows, nothing is lost */
    mat R = check_mat(SAMPLES, m), G = check_mat(SAMPLES, m);
    draw(F, size), draw(G, size);
    double value = l->value(DELTA, F, Y), apart = l->divergence(DELTA, F, G, Y);
    l->residual(DELTA, F, Y, R);
    check(isfinite(value) && value >= 0.0 && mat_finite(R), "%s is finite at %g", l->name, size);
    check(isfinite(apart) && apart >= 0.0, "%s: divergence %g at %g", l->name, apart, size);
    l->curvature(DELTA, F, Y, G, R);
    check(mat_finite(R) && mat_dot(R, G) >= 0.0, "%s: curvature at %g", l->name, size);
  }
}

/* Right by a margin: log(1 + e^-z) = e^-z to e^-2z/2, and so are residual and curvature. */
static void check_margins(void) {
  const double z[] = {40.0, 80.0, 200.0, 700.0};
  mat one = check_mat(1, 1), two = check_mat(1, 2), r = check_mat(1, 2), x = check_mat(1, 2);
  mat y1 = check_mat(1, 1), y2 = check_mat(1, 2);
  *y1.p = -1.0, y2.p[1] = 1.0;
  for (size_t i = 0; i < sizeof z / sizeof *z; i++) {
    double want = exp(-z[i]);
    *one.p = -z[i];
    two.p[0] = -0.25 * z[i], two.p[1] = 0.75 * z[i];
    check(fabs(loss_logistic.value(0, one, y1) - want) <= 1e-15 * want, "logistic at %g", z[i]);
    check(fabs(loss_softmax.value(0, two, y2) - want) <= 1e-15 * want, "softmax at %g", z[i]);
    loss_softmax.residual(0, two, y2, r);
    check(fabs(r.p[1] - want) <= 1e-15 * want && r.p[0] == -r.p[1], "residual at %g", z[i]);
    x.p[0] = 0.0, x.p[1] = 1.0;
    loss_softmax.curvature(0, two, y2, x, x);
    check(fabs(x.p[1] - want) <= 1e-15 * want && x.p[0] == -x.p[1], "curvature at %g", z[i]);
    r.p[0] = 0.0, r.p[1] = z[i] + 1.0; /* from there to a margin one greater */
    double apart = loss_softmax.divergence(0, r, two, y2), e = exp(-1.0);
    check(fabs(apart - want * e) <= 1e-14 * want, "divergence at %g is %g of %g", z[i], apart,
          want);
  }
  *one.p = -1e3;
  check(loss_logistic.value(0, one, y1) == 0.0, "below all doubles it is 0");
  *one.p = 1e3;
  check(loss_logistic.value(0, one, y1) == 1e3, "wrong by 1000 costs 1000");
}

/* Two classes of softmax are the logistic loss of the difference. */
static void check_two_classes(void) {
  mat one = check_mat(1, 1), two = check_mat(1, 2), y1 = check_mat(1, 1), y2 = check_mat(1, 2);
  mat g1 = check_mat(1, 1), g2 = check_mat(1, 2);
  for (int k = 0; k < 50; k++) {
    draw(two, 30.0), draw(g2, 30.0);
    *y1.p = 1.0, y2.p[0] = 1.0;
    *one.p = two.p[0] - two.p[1], *g1.p = g2.p[0] - g2.p[1];
    double a = loss_logistic.value(0, one, y1), b = loss_softmax.value(0, two, y2);
    check(fabs(a - b) <= 1e-14 * a, "logistic %.17g, softmax %.17g", a, b);
    a = loss_logistic.divergence(0, one, g1, y1), b = loss_softmax.divergence(0, two, g2, y2);
    check(fabs(a - b) <= 1e-13 * a, "divergences: logistic %.17g, softmax %.17g", a, b);
  }
}

int main(void) {
  for (int i = 0; losses[i]; i++) {
    check(loss_named(losses[i]->name) == losses[i], "%s has its name", losses[i]->name);
    check(is_defined(losses[i]), "%s has a definition here", losses[i]->name);
    if (!is_defined(losses[i])) continue;
    for (int m = losses[i] == &loss_softmax ? 2 : 1; m <= (losses[i]->outputs ? 1 : 5); m++)
      check_loss(losses[i], m, m % 2);
  }
  check(!loss_named("hinge"), "there is no hinge");
  mat bad = check_mat(2, 2);
  check(loss_softmax.refuse(bad) && loss_logistic.refuse(mat_cols(bad, 0, 1)), "zeros are refused");
  bad.p[0] = bad.p[1] = NAN;
  check(loss_softmax.refuse(bad) && loss_logistic.refuse(mat_cols(bad, 0, 1)), "nan is refused");
  bad.p[0] = INFINITY, bad.p[2] = -INFINITY;
  check(loss_softmax.refuse(bad) != NULL, "infinities are refused");
  check_margins();
  check_two_classes();
  return check_done("loss");
}
